"""What an order owes: due, paid, open and credit, and which instalments the money fills (O5).

Amounts are whole minor units of the order's currency. Money that came in is positive, money that went back negative,
whatever its kind; so the sum of an order's payments is what the organiser holds for it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


class PayState(enum.StrEnum):
    """The state of an order's money (ux.md §6)."""

    DUE = "due"
    PART = "part"
    PAID = "paid"
    LATE = "late"
    REFUNDED = "refunded"


@dataclass(frozen=True)
class Balance:
    """Where the money of an order, or of many, stands: `paid + open == total` always; what is beyond is `credit`."""

    total: int
    paid: int
    open: int
    credit: int

    def __add__(self, other: Balance) -> Balance:
        """Both together: the credit of one order pays nothing of another, so sums of a list stay true."""
        return Balance(
            self.total + other.total,
            self.paid + other.paid,
            self.open + other.open,
            self.credit + other.credit,
        )


NOTHING = Balance(0, 0, 0, 0)


def balance(total: int, received: int) -> Balance:
    """The balance of an order of `total` for which `received` is held after all refunds and corrections.

    More than the total becomes credit and never counts as paid; less than nothing (more went back than had come) is
    owed on top of nothing paid and cannot be: bookings refuse it (`booking`).
    """
    paid = max(0, min(total, received))
    return Balance(total, paid, total - paid, max(0, received - total))


def together(balances: Iterable[Balance]) -> Balance:
    """The foot of a list."""
    return sum(balances, NOTHING)


@dataclass(frozen=True)
class Due:
    """An instalment: so much, on this day of the fair's zone. The `place` orders those of one day."""

    place: int
    amount: int
    on: date


@dataclass(frozen=True)
class Filled:
    """An instalment and how much of it is paid."""

    due: Due
    paid: int

    @property
    def open(self) -> int:
        """What is still to be paid of it."""
        return self.due.amount - self.paid

    @property
    def is_full(self) -> bool:
        """Whether nothing of it is left."""
        return self.open <= 0

    def is_late(self, today: date) -> bool:
        """Whether its day is over and something is left: on the day itself it is in time."""
        return not self.is_full and today > self.due.on


def in_order(instalments: Iterable[Due]) -> list[Due]:
    """By day, those of one day by their place."""
    return sorted(instalments, key=lambda due: (due.on, due.place))


def fill(instalments: Iterable[Due], paid: int) -> list[Filled]:
    """Money fills the instalments in order: the second gets nothing before the first is full."""
    filled = []
    left = max(0, paid)
    for due in in_order(instalments):
        part = min(due.amount, left)
        left -= part
        filled.append(Filled(due, part))
    return filled


def next_open(filled: Sequence[Filled]) -> Filled | None:
    """The instalment that is to be paid next; None when nothing is open."""
    return next((each for each in filled if not each.is_full), None)


def late_since(filled: Sequence[Filled], today: date) -> date | None:
    """The day on which the first late instalment was due; None when nothing is late."""
    first = next_open(filled)
    return first.due.on if first and first.is_late(today) else None


def pay_state(
    now: Balance, filled: Sequence[Filled], today: date, *, cancelled: bool, refunded: int
) -> PayState:
    """The one word for an order's money.

    `refunded` is what went back in all, as a positive number. Late comes before part paid: it asks for more. An
    order that was cancelled with all its money settled and some of it given back is refunded. A free order is paid.
    """
    if now.open > 0:
        if late_since(filled, today) is not None:
            return PayState.LATE
        return PayState.PART if now.paid > 0 else PayState.DUE
    if cancelled and refunded > 0 and now.credit == 0:
        return PayState.REFUNDED
    return PayState.PAID
