"""An order is called off: what it costs by its ladder, seen before it is done."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.orders.forms.money import CancelForm
from exhibitions.orders.queries import money
from exhibitions.orders.service import cancelling as service
from exhibitions.orders.views import words
from exhibitions.orders.views.base import blueprint, order_or_404


@blueprint.route("/desk/<slug>/orders/<number>/cancel", methods=["GET", "POST"])
@require(Permission.ORDERS_EDIT)
def cancel_order(expo: Expo, number: str) -> Any:
    order = order_or_404(expo, number)
    form = CancelForm()
    form.prepare(order.currency)
    if form.accepted():
        try:
            with transaction():
                service.cancel(expo, order, fee=form.minor, reason=form.reason.data, by=actor())
        except Refused as refusal:
            form.refuse("fee" if refusal.code == "fee_range" else "reason", refusal)
        else:
            tell(_("The order is cancelled; the stand is free."))
            return go("orders.order_money", slug=expo.slug, number=number)
    now = money.money_of(expo, order)
    page = render_template(
        "orders/cancel.html",
        expo=expo,
        order=order,
        company=order.exhibitor.company,
        form=form,
        found=service.preview(expo, order, now.received),
        ladder=service.ladder_of(order),
        money=now,
        words=words,
    )
    return page, 422 if form.errors else 200
