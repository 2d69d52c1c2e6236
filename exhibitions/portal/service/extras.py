"""What an exhibitor gets over its quota or after the print date at a price: the thing itself, and the line on the order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_, Refused
from exhibitions.exhibitors.models import DirectoryEntry, Exhibitor, StaffBadge
from exhibitions.exhibitors.rules.arriving import Extra, Standing
from exhibitions.exhibitors.service import arriving, staff
from exhibitions.exhibitors.service import directory as entries
from exhibitions.exhibitors.service.arriving import Wanted
from exhibitions.exhibitors.service.centre import centre_of
from exhibitions.exhibitors.service.staff import Added, Ask
from exhibitions.expos.models import Expo
from exhibitions.orders import queries as orders
from exhibitions.orders.models import Order, Payment
from exhibitions.orders.queries import money
from exhibitions.orders.rules.states import BINDING, PaymentKind
from exhibitions.orders.service import booking
from exhibitions.orders.service.booking import Incoming
from exhibitions.orders.service.charging import Charge, charge

_PAY_WITHIN = timedelta(days=14)
AT_DESK = "badge_at_desk"
"""The code of the line for a badge that was given at the exhibitor desk."""


@dataclass(frozen=True, slots=True)
class Given:
    """A badge from the desk, and the payment for it where it was paid at once."""

    badge: StaffBadge
    payment: Payment | None = None


def name_people(expo: Expo, exhibitor: Exhibitor, ask: Ask, by: Actor) -> Added:
    """Name people for badges; what is over the quota at a price becomes a line of the exhibitor's order.

    Raises what `staff.add` does, and `Conflict("no_order")` where a price is due and no order is confirmed.
    """
    # Money is locked before the exhibitor, as everywhere.
    booking.take_turn(expo)
    added = staff.add(expo, exhibitor, ask, by)
    if added.fee_minor:
        due = clock.today(expo.timezone) + _PAY_WITHIN
        words = Charge(
            "extra_badge", "超额证件", "Badges over the quota", added.extra, added.fee_minor // added.extra
        )
        charge(expo, exhibitor, words, due, by)
    return added


def decide_change(
    expo: Expo, exhibitor: Exhibitor, entry: DirectoryEntry, by: Actor, *, accept: bool
) -> int | None:
    """Take over or refuse what was asked of an entry after the print date; another fascia costs the fair's fee.

    Gives the fee in minor units, 0 where nothing is due, None where it is due and no confirmed order could carry it: the
    office is told so. Raises what `directory.decide_change` does.
    """
    # Money is locked before the exhibitor, as everywhere.
    booking.take_turn(expo)
    asked, fee = entry.asked or {}, centre_of(expo).fascia_fee_minor
    is_cut_again = any(
        name in asked and asked[name] != getattr(entry, name) for name in ("fascia_zh", "fascia_en")
    )
    entries.decide_change(expo, entry, by, accept=accept)
    if not (accept and is_cut_again and fee):
        return 0
    order = orders.live_order(expo, exhibitor)
    if order is None or order.state not in BINDING:
        return None
    line = Charge(
        "fascia_change",
        "楣板变更费",
        "Another text on the fascia",
        1,
        fee,
        reason_zh="付印日期之后变更",
        reason_en="asked for after the print date",
    )
    charge(expo, exhibitor, line, clock.today(expo.timezone) + _PAY_WITHIN, by)
    return fee


def badge_at_desk(
    expo: Expo, exhibitor: Exhibitor, standing: Standing, wanted: Wanted, paid: PaymentKind | None, by: Actor
) -> Given:
    """Give a badge at the exhibitor desk; what it costs becomes a line of the exhibitor's order, due today.

    `paid` says that the price was taken in at the desk, in cash or by QR code: it is booked with a receipt and counted in
    the close of the day. Grace and badges within the quota make no line: the badge itself says who allowed it. Raises
    what `arriving.give_badge` and `booking.book` do, and `Refused("no_order")` for a price that could stand on no order.
    """
    if not wanted.price:
        return Given(arriving.give_badge(expo, exhibitor, standing, wanted, by))
    # Money is locked before the exhibitor, as everywhere: two desks wait for each other and never in a circle.
    order = booking.lock(expo, _order(expo, exhibitor))
    row = arriving.give_badge(expo, exhibitor, standing, wanted, by)
    line = _line(wanted)
    charge(expo, exhibitor, line, money.today_of(expo), by)
    if paid is None:
        return Given(row)
    came = Incoming(
        paid,
        wanted.price,
        money.today_of(expo),
        payer=staff.company_words(exhibitor),
        note=line.text_zh if exhibitor.language == "zh" else line.text_en,
        key=f"staff-badge:{row.id}",
    )
    return Given(row, booking.book(expo, order, came, by))


def _order(expo: Expo, exhibitor: Exhibitor) -> Order:
    order = orders.live_order(expo, exhibitor)
    if order is None or order.state not in BINDING:
        raise Refused(
            "no_order",
            N_("There is no confirmed order that the price could stand on. Ask the office, or choose grace"),
            field="how",
        )
    return order


def _line(wanted: Wanted) -> Charge:
    """The line says what and why, and names nobody: it outlives the person's data."""
    if wanted.how is Extra.DAY:
        zh, en = "现场单日证", "Day pass from the exhibitor desk"
        day = wanted.day.isoformat() if wanted.day else ""
        why = (f"仅限{day}当日" if day else "", f"for {day} alone" if day else "")
    else:
        zh, en = "现场加办参展商证", "Extra exhibitor badge from the desk"
        why = ("超出证件配额，按当日价格", "beyond the quota, at the day's price")
    return Charge(AT_DESK, zh, en, 1, wanted.price, reason_zh=why[0], reason_en=why[1])
