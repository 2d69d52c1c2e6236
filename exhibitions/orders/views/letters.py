"""The words of the room's letters. Called when one is sent or shown, in its reader's language, mostly outside a request."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app
from flask_babel import gettext as _

from exhibitions.accounts import service as accounts
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import N_, Refused
from exhibitions.core.i18n import format_date
from exhibitions.core.money import formatted_minor
from exhibitions.exhibitors.models import ExhibitorPerson
from exhibitions.exhibitors.queries import LINK
from exhibitions.expos.models import Expo
from exhibitions.mail import service as mail
from exhibitions.mail.rules import Message
from exhibitions.orders.models import Instalment, Order
from exhibitions.orders.queries import money
from exhibitions.orders.rules import references, reminding
from exhibitions.orders.service.reminding import LETTER
from exhibitions.orders.views import words

Arguments = Mapping[str, int | str]


def register() -> None:
    """Enter the letters of this room into the tables of names."""
    mail.register(LETTER, reminder, N_("Reminder of a payment"), _mint)


def reminder(arguments: Arguments, _lang: str) -> Message:
    """What is open of an instalment, until when, and with which reference; withdrawn when it was paid meanwhile."""
    expo = db.session.get_one(Expo, int(arguments["expo_id"]))
    row = db.session.get(Instalment, int(arguments["instalment_id"]))
    order = db.session.get(Order, row.order_id) if row else None
    if row is None or order is None:
        raise Refused("nothing_due", N_("Nothing is due any more."))
    filled = next((each for each in money.money_of(expo, order).filled if each.due.place == row.id), None)
    if filled is None or filled.is_full:
        raise Refused("nothing_due", N_("Nothing is due any more."))
    fair = words.plain(expo)
    values = {
        "fair": fair,
        "amount": formatted_minor(filled.open, order.currency),
        "day": format_date(row.due),
        "reference": references.shown(order.reference),
        "contract": order.number,
        "link": _link(expo, arguments),
        "hotline": expo.hotline,
    }
    late = reminding.is_late(int(arguments["step"]))
    subject = _("Payment overdue: %(fair)s", **values) if late else _("Payment due: %(fair)s", **values)
    return Message(subject, _body(values, late=late), short=_short(values, late=late))


def _body(values: dict[str, str], *, late: bool) -> str:
    first = (
        _("%(amount)s for contract %(contract)s was due on %(day)s and has not arrived.", **values)
        if late
        else _("%(amount)s for contract %(contract)s is due on %(day)s.", **values)
    )
    parts = [
        _("Hello,"),
        first,
        _(
            "Please write the reference %(reference)s into the note of the transfer: by it we find your payment.",
            **values,
        ),
        _("What is open, and a place to tell us that you have paid:") + "\n" + values["link"],
        _("If you have paid meanwhile, please take no notice of this letter."),
    ]
    if values["hotline"]:
        parts.append(_("Questions? %(hotline)s", **values))
    return "\n\n".join(parts) + "\n"


def _short(values: dict[str, str], *, late: bool) -> str:
    if late:
        return str(_("%(fair)s: %(amount)s was due on %(day)s, reference %(reference)s. %(link)s", **values))
    return str(_("%(fair)s: %(amount)s is due on %(day)s, reference %(reference)s. %(link)s", **values))


def _mint(arguments: Arguments) -> str:
    person = db.session.get_one(ExhibitorPerson, int(arguments["person_id"]))
    return accounts.mint_link(LINK, person.id, expo_id=person.expo_id)


def _link(expo: Expo, arguments: Arguments) -> str:
    token = arguments.get("token")
    if not token:
        with transaction():
            token = _mint(arguments)
    return f"{current_app.config['PUBLIC_URL']}/{expo.slug}/exhibitor/{token}/payments"
