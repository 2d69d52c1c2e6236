"""Settling an edition's exhibitors after the fair (exhibitors-stands.md §2.1, on site → closed): what still hinders one."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from exhibitions.core.errors import N_, Conflict


class Point(enum.StrEnum):
    """What is still open with an exhibitor."""

    MONEY = "money"
    CREDIT = "credit"
    DEPOSIT = "deposit"
    FIGURES = "figures"


POINT_WORDS = {
    Point.MONEY: N_("Money is open"),
    Point.CREDIT: N_("Credit is to be given back"),
    Point.DEPOSIT: N_("Clearing deposit is not settled"),
    Point.FIGURES: N_("Daily figures are missing"),
}


@dataclass(frozen=True, slots=True)
class Account:
    """Where an exhibitor stands: what it owes, what it is owed, what is held of its deposit (minor units, whatever the
    currency), and on how many days of the fair it has reported nothing.

    Days are counted while they can still come in; once the figures are frozen none is waited for.
    """

    open_minor: int = 0
    credit_minor: int = 0
    held_minor: int = 0
    days_missing: int = 0

    @property
    def points(self) -> list[Point]:
        """What hinders, in the order in which it is shown; nothing for who is settled."""
        found = {
            Point.MONEY: self.open_minor,
            Point.CREDIT: self.credit_minor,
            Point.DEPOSIT: self.held_minor,
            Point.FIGURES: self.days_missing,
        }
        return [point for point, amount in found.items() if amount]


def check_time(*, is_over: bool) -> None:
    """Nobody is settled while the fair runs: money is taken and figures are reported to the end of its last day."""
    if not is_over:
        raise Conflict("fair_runs", N_("Exhibitors are settled once the last day of the fair is over."))
