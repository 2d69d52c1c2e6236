"""E3: an exhibitor checks what it orders, confirms it once, and finds contract and dates again by its link."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, render_template, request
from flask_babel import gettext as _

from exhibitions.core import clock
from exhibitions.core.access import actor, personal_link
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson
from exhibitions.exhibitors.queries import LINK
from exhibitions.exhibitors.queries import person as person_of
from exhibitions.exhibitors.rules.people import Duty, check_duty, may
from exhibitions.expos.models import Expo
from exhibitions.orders import queries
from exhibitions.orders.forms.order import OrderForm, StampedForm
from exhibitions.orders.models import Order
from exhibitions.orders.queries import checking, shown
from exhibitions.orders.rules import references
from exhibitions.orders.rules.contract import LANGUAGES
from exhibitions.orders.service import contracts, ordering
from exhibitions.orders.views import order_words as words
from exhibitions.orders.views.base import blueprint

PAGE = "/<slug>/exhibitor/<token>/order"
CHOOSE = "stands.choose"


def link_token() -> str:
    """The secret of the address that was asked for; the access mark has taken it out of the arguments."""
    return request.path.split("/")[3]


def mine(expo: Expo, subject_id: int) -> tuple[ExhibitorPerson, Exhibitor]:
    """The person whose link was opened and the exhibitor they act for; 404 to who was removed."""
    person = person_of(expo, subject_id)
    if person is None:
        abort(404)
    return person, person.exhibitor


@blueprint.route(PAGE, methods=["GET", "POST"])
@personal_link(LINK)
def order(expo: Expo, subject_id: int) -> Any:
    person, exhibitor = mine(expo, subject_id)
    check_duty(person.role, Duty.ORDER)
    known = queries.live_order(expo, exhibitor)
    if known is not None and request.method == "POST":
        return go("orders.order", slug=expo.slug, token=link_token())
    if known is not None:
        return _ordered(expo, person, exhibitor, known)
    try:
        checked = checking.check(expo, exhibitor, clock.now())
    except Refused as refusal:
        return _nothing(expo, exhibitor, refusal)
    form = OrderForm(data=OrderForm.usual(exhibitor, person)).of(exhibitor)
    if form.accepted():
        return _confirm(expo, person, exhibitor, form)
    return _check_page(expo, person, exhibitor, checked, form)


def _confirm(expo: Expo, person: ExhibitorPerson, exhibitor: Exhibitor, form: OrderForm) -> Any:
    check_duty(person.role, Duty.SIGN)
    try:
        with transaction():
            ordering.confirm(expo, exhibitor, person, form.seen.data or "", form.wish(), actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "warning")
    else:
        tell(_("Your order is confirmed. The contract is ready."))
    return go("orders.order", slug=expo.slug, token=link_token())


def _check_page(
    expo: Expo, person: ExhibitorPerson, exhibitor: Exhibitor, checked: checking.Checked, form: OrderForm
) -> Any:
    form.seen.data = checked.mark
    page = render_template(
        "orders/check.html",
        expo=expo,
        exhibitor=exhibitor,
        exhibitor_name=words.company_name(exhibitor),
        checked=checked,
        form=form,
        words=words,
        token=link_token(),
        may_sign=may(person.role, Duty.SIGN),
        may_order=exhibitor.state in ordering.ORDERING,
        choose=CHOOSE if CHOOSE in current_app.view_functions else "",
    )
    return page, 422 if form.errors else 200


def _nothing(expo: Expo, exhibitor: Exhibitor, refusal: Refused) -> Any:
    """There is nothing to order: the hold is over, or no stand was chosen. The way back leads to the stands."""
    page = render_template(
        "orders/nothing.html",
        expo=expo,
        exhibitor_name=words.company_name(exhibitor),
        sentence=_(refusal.message, **refusal.params),
        token=link_token(),
        choose=CHOOSE if CHOOSE in current_app.view_functions else "",
    )
    return page, 409 if request.method == "POST" else 200


def _ordered(expo: Expo, person: ExhibitorPerson, exhibitor: Exhibitor, row: Order) -> Any:
    return render_template(
        "orders/order.html",
        expo=expo,
        exhibitor_name=words.company_name(exhibitor),
        order=row,
        lines=shown.lines_of(row),
        sums=shown.sums_of(row),
        invoice=shown.invoice_of(expo, row) if may(person.role, Duty.MONEY) else None,
        reference=references.shown(row.reference),
        words=words,
        token=link_token(),
        langs=LANGUAGES,
        supplements=row.valid_supplements[::-1],
        stamped=StampedForm(),
        may_sign=may(person.role, Duty.SIGN),
    )


@blueprint.get(f"{PAGE}/contract/<any(zh, en):lang>")
@personal_link(LINK)
def my_contract(expo: Expo, subject_id: int, lang: str) -> Response:
    person, exhibitor = mine(expo, subject_id)
    check_duty(person.role, Duty.ORDER)
    row = queries.live_order(expo, exhibitor)
    if row is None:
        abort(404)
    return contract_response(expo, [row], lang)


def contract_response(expo: Expo, orders: list[Order], lang: str) -> Response:
    """The contracts as a PDF that opens in the browser."""
    name = orders[0].number if len(orders) == 1 else f"{expo.slug}-contracts"
    return as_pdf(contracts.draw(expo, orders, lang), name)


def as_pdf(drawn: bytes, name: str) -> Response:
    """A PDF that opens in the browser."""
    response = Response(drawn, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
