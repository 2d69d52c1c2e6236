"""The clearing deposit: its rules, asked for, deducted from, and given back (exhibitors-stands.md §2.4).

Deposit and deductions are lines of the order. A deduction moves money from the one to the other, so the total stays; what
is given back leaves the total, and what was paid for it becomes credit that is refunded like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict
from exhibitions.exhibitors.service.centre import settings_row
from exhibitions.expos.models import Expo
from exhibitions.orders.models import Instalment, Order, OrderLine
from exhibitions.orders.queries import checking, money
from exhibitions.orders.queries import clearing as queries
from exhibitions.orders.rules import clearing as rules
from exhibitions.orders.rules.clearing import DEDUCTION, DEPOSIT, Clearing, StandDeposit
from exhibitions.orders.rules.states import BINDING, InstalmentKind
from exhibitions.orders.service import booking

SUBJECT = "order"
_PAY_WITHIN = timedelta(days=14)
_TAKEN = (("清场押金转扣款", "Kept of the clearing deposit"), ("清场扣款", "Deduction for the clearing"))
_TAKEN_BACK = (
    ("扣款转回清场押金", "Put back into the clearing deposit"),
    ("撤回清场扣款", "Deduction taken back"),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A deduction: minor units, and why in both languages. `seen` is the youngest line that the page knew.

    Less than nothing takes so much of a mistaken deduction back.
    """

    minor: int
    reason_zh: str
    reason_en: str
    seen: int | None = None


def save(expo: Expo, wanted: Clearing, by: Actor) -> None:
    """Say by which sizes a deposit is asked and what is deducted; what was asked before stays. Raises `Refused`."""
    rules.check(wanted)
    row = settings_row(expo)
    row.data = row.data | {queries.IN_DATA: rules.as_data(wanted)}
    row.changed_at = clock.now()
    audit.record(
        "orders.clearing_set",
        by,
        expo_id=expo.id,
        after={"sizes": len(wanted.sizes), "cap": wanted.cap_minor},
    )


def ask(expo: Expo, order: Order, wanted: list[StandDeposit], due: date, by: Actor) -> int:
    """Put the deposit of each stand on an order, due by `due`; gives what is asked, 0 where there is one already.

    The order is the caller's: confirmed, and locked or new.
    """
    if not wanted or rules.was_asked(order.lines):
        return 0
    for each in wanted:
        area = f"{each.area_m2.normalize():f} m²"
        _add(
            order,
            DEPOSIT,
            each.minor,
            (f"清场押金 {each.number}", f"Clearing deposit {each.number}"),
            (f"光地 {area}，清场后退还", f"raw space, {area}; given back once the stand is cleared"),
        )
    asked = sum(each.minor for each in wanted)
    order.instalments.append(
        Instalment(expo_id=expo.id, order_id=order.id, kind=InstalmentKind.CLEARING, due=due, amount=asked)
    )
    db.session.flush()
    _record("orders.clearing_asked", expo, order, by, asked)
    return asked


def ask_missing(expo: Expo, by: Actor) -> int:
    """Ask for the deposit on every order that owes one by the rules and was never asked; gives how many were.

    It is due in 14 days, and not after the opening where that is still to come.
    """
    booking.take_turn(expo)
    today = money.today_of(expo)
    due = min(today + _PAY_WITHIN, max(today, checking.opening(expo) or date.max))
    missing = [row for row in queries.rows(expo, queries.rules_of(expo)) if row.is_missing]
    return sum(bool(ask(expo, booking.lock(expo, row.order), row.wanted, due, by)) for row in missing)


def deduct(expo: Expo, order: Order, taken: Taken, by: Actor) -> None:
    """Keep a part of the deposit, for a reason; the total of the order stays. At most what is left of it.

    Raises `Refused`, and `Conflict("deposit_meanwhile")` when the order has another line since the page was opened: a
    form sent twice deducts once.
    """
    order = booking.lock(expo, order)
    _check_seen(order, taken.seen)
    rules.check_deduction(taken.minor, taken.reason_zh or taken.reason_en, queries.state_of(order))
    why = (taken.reason_zh or taken.reason_en, taken.reason_en or taken.reason_zh)
    kept, deducted = _TAKEN if taken.minor > 0 else _TAKEN_BACK
    _add(order, DEPOSIT, -taken.minor, kept, why)
    _add(order, DEDUCTION, taken.minor, deducted, why)
    db.session.flush()
    _record("orders.clearing_deducted", expo, order, by, taken.minor, reason=why[0])


def release(expo: Expo, order: Order, seen: int | None, by: Actor) -> int:
    """Give the rest of the deposit back: it leaves the order, and what was paid for it is credit; gives how much.

    Raises `Conflict("nothing_held")` where nothing is left of it, and `Conflict("deposit_meanwhile")` as `deduct` does.
    """
    order = booking.lock(expo, order)
    _check_seen(order, seen)
    back = take_off(order)
    if not back:
        raise Conflict("nothing_held", N_("Nothing is left of the deposit."))
    db.session.flush()
    _record("orders.clearing_released", expo, order, by, back)
    booking.drive(expo, order, by)
    return back


def take_off(order: Order) -> int:
    """Take what is held of the deposit off the order and its instalments, inside the caller's transaction."""
    held = queries.state_of(order).held
    if held <= 0:
        return 0
    _add(order, DEPOSIT, -held, ("清场押金退还", "Clearing deposit given back"), ("", ""))
    left = held
    ordered = sorted(order.instalments, key=lambda each: (each.kind is not InstalmentKind.CLEARING, -each.id))
    for part in ordered:
        taken = min(left, max(0, part.amount))
        part.amount -= taken
        left -= taken
    return held


def asked_anew(expo: Expo, old: Order, new: Order, by: Actor) -> None:
    """A smaller stand deposits less: ask of the order that came in the place of the old one by its own stands.

    What was deducted or given back before stays as it is.
    """
    was = queries.state_of(old)
    if not was.held or was.deducted or was.back:
        return
    due = max((part.due for part in old.instalments if part.kind is InstalmentKind.CLEARING), default=None)
    ask(expo, new, queries.wanted(expo, queries.rules_of(expo), new), due or money.today_of(expo), by)


def stays(old: Order, line: OrderLine) -> bool:
    """Whether a line of the old order goes over to the one in its place: a deposit that is only held is asked anew."""
    was = queries.state_of(old)
    return line.code != DEPOSIT or not was.held or bool(was.deducted or was.back)


def _check_seen(order: Order, seen: int | None) -> None:
    db.session.refresh(order, attribute_names=["lines", "instalments"])
    if order.state not in BINDING or order.replaced_by_id is not None:
        raise Conflict("not_binding", N_("This order is not confirmed or was called off."))
    if seen is not None and seen != queries.last_line(order):
        raise Conflict(
            "deposit_meanwhile",
            N_("This order has changed since the page was opened. Look at it, then send again"),
        )


def _add(order: Order, code: str, amount: int, text: tuple[str, str], reason: tuple[str, str]) -> None:
    order.lines.append(
        OrderLine(
            expo_id=order.expo_id,
            order_id=order.id,
            code=code,
            text_zh=text[0],
            text_en=text[1],
            reason_zh=reason[0][:500],
            reason_en=reason[1][:500],
            amount=amount,
            tax_rate="0",
            tax=0,
            position=len(order.lines),
            created_at=clock.now(),
        )
    )
    order.net += amount
    order.total += amount


def _record(action: str, expo: Expo, order: Order, by: Actor, amount: int, *, reason: str = "") -> None:
    facts: dict[str, Any] = {"number": order.number, "amount": amount, "currency": order.currency}
    audit.record(action, by, expo_id=expo.id, subject=(SUBJECT, order.id), after=facts, reason=reason)
