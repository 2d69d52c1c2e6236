"""The office makes an order smaller: new areas, what it would cost, and only then the new order."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import N_, Refused
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.orders.forms.order import ReductionForm, area_of
from exhibitions.orders.models import Order
from exhibitions.orders.service import reducing as service
from exhibitions.orders.views import order_words as words
from exhibitions.orders.views.base import blueprint, order_or_404


@blueprint.route("/desk/<slug>/orders/<number>/smaller", methods=["GET", "POST"])
@require(Permission.ORDERS_EDIT)
def reduce_order(expo: Expo, number: str) -> Any:
    row = order_or_404(expo, number)
    form, preview, refusal = ReductionForm(), None, None
    if form.accepted():
        try:
            areas = _areas(row)
            preview = service.preview(expo, row, areas)
            if form.seen.data == str(preview.total):
                with transaction():
                    new = service.reduce(expo, row, areas, preview.total, actor(), form.reason.data or "")
                tell(_("The smaller order is made. The supplement to its contract waits to be stamped."))
                return go("orders.desk_order", slug=expo.slug, number=new.number)
        except Refused as found:
            preview, refusal = None, _(found.message, **found.params)
    return _page(expo, row, form, preview, refusal), 422 if refusal else 200


def _areas(row: Order) -> dict[str, int]:
    """The areas that were typed, by stand."""
    typed = {}
    for number in service.areas_of(row):
        area = area_of(request.form.get(f"area-{number}", ""))
        if area is None:
            raise Refused("area", N_("Enter an area in m² for %(number)s, 0 to give it up."), number=number)
        typed[number] = area
    return typed


def _page(
    expo: Expo, row: Order, form: ReductionForm, preview: service.Preview | None, refusal: str | None
) -> str:
    form.seen.data = str(preview.total) if preview is not None else ""
    return render_template(
        "orders/reduce_order.html",
        expo=expo,
        order=row,
        form=form,
        preview=preview,
        refusal=refusal,
        company=words.company_name(row.exhibitor),
        areas=service.areas_of(row),
        typed=request.form,
    )
