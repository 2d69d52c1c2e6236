"""One ordered service is cancelled: by the exhibitor before its deadline, by the office after it with what it costs."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template
from flask_babel import gettext as _

from exhibitions.core.access import Permission, actor, personal_link, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.queries import LINK
from exhibitions.exhibitors.rules.people import Duty, check_duty
from exhibitions.exhibitors.service.acting import mine
from exhibitions.exhibitors.service.staff import company_words
from exhibitions.expos.models import Expo
from exhibitions.orders.forms.money import FeeForm
from exhibitions.orders.models import ServiceOrder
from exhibitions.orders.queries import services as queries
from exhibitions.orders.service import ending as service
from exhibitions.orders.views.base import blueprint
from exhibitions.orders.views.order import link_token


@blueprint.route("/desk/<slug>/orders/services/ordered/<int:ordered_id>/cancel", methods=["GET", "POST"])
@require(Permission.ORDERS_EDIT)
def cancel_service(expo: Expo, ordered_id: int) -> Any:
    row, exhibitor = _of(expo, ordered_id)
    form, found = FeeForm(), None
    form.prepare(expo.currency)
    try:
        if form.accepted():
            with transaction():
                reason = form.reason.data or ""
                done = service.cancel(expo, exhibitor, row, fee=form.minor, reason=reason, by=actor())
            return _done(expo, done=done)
        found = service.preview(expo, row, exhibitor)
    except Refused as refusal:
        form.refuse("fee" if refusal.code == "fee_range" else "reason", refusal)
    return _page(expo, row, exhibitor, form, found), form.status


def _done(expo: Expo, *, done: bool) -> Any:
    tell(_("The service is cancelled.") if done else _("This service was cancelled already."))
    return go("orders.services", slug=expo.slug)


def _page(
    expo: Expo, row: ServiceOrder, exhibitor: Exhibitor, form: FeeForm, found: service.Ending | None
) -> str:
    return render_template(
        "orders/cancel_service.html",
        expo=expo,
        row=row,
        company=company_words(exhibitor),
        form=form,
        found=found,
    )


@blueprint.post("/<slug>/exhibitor/<token>/services/<int:ordered_id>/cancel")
@personal_link(LINK)
def cancel_my_service(expo: Expo, subject_id: int, ordered_id: int) -> Any:
    """Before the deadline, for nothing; a second click changes nothing."""
    person, exhibitor = mine(expo, subject_id)
    check_duty(person.role, Duty.SERVICES)
    row, whose = _of(expo, ordered_id)
    if whose.id != exhibitor.id:
        abort(404)
    try:
        with transaction():
            done = service.cancel_own(expo, exhibitor, row, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("The service is cancelled.") if done else _("This service was cancelled already."))
    return go("orders.order_services", slug=expo.slug, token=link_token())


def _of(expo: Expo, ordered_id: int) -> tuple[ServiceOrder, Exhibitor]:
    found = queries.one_ordered(expo, ordered_id)
    if found is None:
        abort(404)
    return found
