"""Supplements to contracts: the paper, the copy that comes back with the exhibitor's seal, and who sends it (E3)."""

from __future__ import annotations

from typing import Any

from flask import Response, abort
from flask_babel import gettext as _

from exhibitions.core.access import Permission, actor, personal_link, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import N_, Refused
from exhibitions.core.web import go, tell
from exhibitions.exhibitors.queries import LINK
from exhibitions.exhibitors.rules.people import Duty, check_duty
from exhibitions.expos.models import Expo
from exhibitions.orders.forms.order import StampedForm
from exhibitions.orders.models import Supplement
from exhibitions.orders.queries import papers
from exhibitions.orders.service import contracts
from exhibitions.orders.service import supplementing as service
from exhibitions.orders.views import scans
from exhibitions.orders.views.base import blueprint
from exhibitions.orders.views.order import PAGE, as_pdf, link_token, mine

_DESK = "/desk/<slug>/orders/supplements/<number>"
_MINE = f"{PAGE}/supplements/<number>"


@blueprint.get(f"{_DESK}/<any(zh, en):lang>")
@require(Permission.ORDERS_VIEW)
def supplement_pdf(expo: Expo, number: str, lang: str) -> Response:
    return as_pdf(contracts.draw_supplement(expo, _of(expo, number), lang), number)


@blueprint.post(_DESK)
@require(Permission.ORDERS_EDIT)
def stamped_supplement(expo: Expo, number: str) -> Any:
    row = _of(expo, number)
    try:
        scan = scans.received(StampedForm().scan.data)
        with transaction():
            service.stamped(expo, row, actor(), scan)
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("The stamped copy is noted."))
    return go("orders.desk_order", slug=expo.slug, number=row.order.number)


@blueprint.post(f"{_DESK}/not-stamped")
@require(Permission.ORDERS_EDIT)
def supplement_not_stamped(expo: Expo, number: str) -> Any:
    row = _of(expo, number)
    try:
        with transaction():
            service.unstamped(expo, row, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("The supplement waits for its stamped copy again."))
    return go("orders.desk_order", slug=expo.slug, number=row.order.number)


@blueprint.get(f"{_DESK}/stamped-copy")
@require(Permission.ORDERS_VIEW)
def supplement_scan(expo: Expo, number: str) -> Response:
    return scans.handed_out(expo, _of(expo, number).stamped_id)


@blueprint.get(f"{_MINE}/<any(zh, en):lang>")
@personal_link(LINK)
def my_supplement(expo: Expo, subject_id: int, number: str, lang: str) -> Response:
    return as_pdf(contracts.draw_supplement(expo, _mine(expo, subject_id, number, Duty.ORDER), lang), number)


@blueprint.post(_MINE)
@personal_link(LINK)
def send_supplement(expo: Expo, subject_id: int, number: str) -> Any:
    """The scan of the sealed copy, from the exhibitor itself; the office looks at it before it counts."""
    row = _mine(expo, subject_id, number, Duty.SIGN)
    try:
        scan = _chosen(scans.received(StampedForm().scan.data))
        with transaction():
            service.sent(expo, row, actor(), scan)
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("Thank you. The organiser looks at it and notes that it is back."))
    return go("orders.order", slug=expo.slug, token=link_token())


def _chosen(scan: service.Scan | None) -> service.Scan:
    if scan is None:
        raise Refused("no_scan", N_("Choose the scan or photo of the stamped copy first."))
    return scan


def _of(expo: Expo, number: str) -> Supplement:
    row = papers.supplement(expo, number)
    if row is None:
        abort(404)
    return row


def _mine(expo: Expo, subject_id: int, number: str, duty: Duty) -> Supplement:
    """A supplement of the exhibitor whose link was opened, for somebody who may do this; 404 for another's."""
    person, exhibitor = mine(expo, subject_id)
    check_duty(person.role, duty)
    row = _of(expo, number)
    if row.order.exhibitor_id != exhibitor.id:
        abort(404)
    return row
