"""The exhibitor's own page of money: what is due, how to pay, "I have paid" with the bank's receipt (E3)."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from exhibitions.core.access import actor, personal_link
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import local
from exhibitions.core.web import go, tell
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.queries import LINK
from exhibitions.exhibitors.rules.people import Duty, check_duty
from exhibitions.exhibitors.service.acting import mine
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.orders.forms.money import SlipForm
from exhibitions.orders.models import Order
from exhibitions.orders.queries import clearing, money, named
from exhibitions.orders.rules import references
from exhibitions.orders.service import contracts, paying, proofs
from exhibitions.orders.views import words
from exhibitions.orders.views.base import blueprint

_PAGE = "/<slug>/exhibitor/<token>/payments"


@blueprint.route(_PAGE, methods=["GET", "POST"])
@personal_link(LINK)
def my_payments(expo: Expo, subject_id: int) -> Any:
    person, exhibitor = mine(expo, subject_id)
    check_duty(person.role, Duty.MONEY)
    order = named.newest_of(expo, exhibitor.id)
    form = SlipForm(data={"paid_on": money.today_of(expo)})
    form.prepare(order.currency if order else expo.currency)
    if order is not None and form.accepted() and form.check_day(money.today_of(expo)):
        key = f"{person.id}:{form.once}"[:100]
        facts = {"amount": form.minor, "paid_on": form.paid_on.data}
        try:
            file = _file(form)
            with transaction():
                proofs.send(expo, order, person, file=file, by=actor(), key=key, **facts)
        except Refused as refusal:
            form.refuse("file", refusal)
        else:
            tell(_("Thank you. The organiser sees it and books it when the money has arrived."))
            return go("orders.my_payments", slug=expo.slug, token=_token())
    return _page(expo, exhibitor, order, form), 422 if form.errors else 200


def _page(expo: Expo, exhibitor: Exhibitor, order: Order | None, form: SlipForm) -> str:
    company = exhibitor.company
    owed = money.money_of(expo, order) if order else None
    return render_template(
        "orders/my_payments.html",
        expo=expo,
        token=_token(),
        exhibitor_name=local(company, "name") if company else "",
        order=order,
        money=owed,
        payments=money.payments(expo, order) if order else [],
        slips=money.slips(expo, order) if order else [],
        deposit=clearing.state_of(order) if order else clearing.NONE,
        deposit_lines=clearing.lines_of(order) if order else [],
        account=contracts.account_of(order) if order else {},
        form=form,
        words=words,
        shown=references.shown,
        ways=paying.ways(order, owed.next, request.path) if order and owed else [],
    )


def _file(form: SlipForm) -> tuple[files.Bytes, str, str] | None:
    sent = form.file.data
    if not (sent and sent.filename):
        return None
    with sent.stream as stream:
        content = stream.read(proofs.MOST_BYTES + 1)
    kind = proofs.type_of(content)
    return files.write(content), sent.filename, kind


def _token() -> str:
    return request.path.split("/")[3]
