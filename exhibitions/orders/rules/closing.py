"""The close of a day: what was booked against what was counted, receipts without gaps, and what may no longer change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from exhibitions.core.errors import N_, Conflict, Refused

COUNTED_KINDS = ("cash", "qr")
"""What the desk takes in and counts: money in the box, and payments by QR code as the provider lists them."""


@dataclass(frozen=True)
class Count:
    """One kind of money of a day in minor units: booked by us, counted by a person."""

    kind: str
    booked: int
    counted: int

    @property
    def difference(self) -> int:
        """More than booked is positive, less is negative."""
        return self.counted - self.booked


def counts(booked: Mapping[str, int], counted: Mapping[str, int]) -> list[Count]:
    """Each kind that is counted, also those of which nothing was booked: an empty box is counted too."""
    return [Count(kind, booked.get(kind, 0), counted.get(kind, 0)) for kind in COUNTED_KINDS]


def check_close(found: Iterable[Count], explanation: str, signed_by: str) -> None:
    """Raises Refused where a difference is not explained or nobody signs by name."""
    if any(each.difference for each in found) and not explanation.strip():
        raise Refused("unexplained", N_("The count differs from what was booked. Say why."))
    if not signed_by.strip():
        raise Refused("unsigned", N_("Enter the name of who counted."))


def check_open(day: date, closed: Collection[date]) -> None:
    """Raises Conflict when nothing may be booked or changed on this day any more."""
    if day in closed:
        raise Conflict("day_closed", N_("This day is closed. Book a correction on a later day."))


def may_close(day: date, today: date, closed: Collection[date]) -> None:
    """Raises Refused for a day that has not come; Conflict for one that is closed already."""
    if day > today:
        raise Refused("day_ahead", N_("This day has not come yet."))
    if day in closed:
        raise Conflict("day_closed_already", N_("This day is closed already."))


def booking_day(wanted: date, today: date, closed: Collection[date]) -> date:
    """The day on which money of `wanted` is booked: that day, or where it is closed the first open one after it.

    A bank's row of a closed day is booked later and keeps the bank's day beside. With today closed as well it is
    tomorrow: money that came must not get lost because the desk has counted already.
    """
    day = min(wanted, today)
    while day in closed:
        day += timedelta(days=1)
    return day


def next_number(last: int | None) -> int:
    """The number of the next receipt: from 1, without gaps. A receipt that was taken back keeps its number."""
    return (last or 0) + 1


def receipt_text(year: int, number: int) -> str:
    """As printed: `R2026-000123`; longer when a year has a million of them."""
    return f"R{year}-{number:06d}"


def gaps(numbers: Iterable[int]) -> list[int]:
    """The numbers that are missing from 1 to the highest; an auditor asks, and the answer is none."""
    have = set(numbers)
    return [number for number in range(1, max(have, default=0)) if number not in have]
