"""Services that exhibitors order: the price of the day, deadlines with surcharges, marks on the plan, deposits.

Money is in minor units of the fair's currency; a line is rounded once, half up.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from exhibitions.core.contact import clean_code
from exhibitions.core.errors import N_, Refused

CLEARING_CAP_MINOR = 2_000_000
"""The clearing deposit of a stand is never above ¥20,000 (exhibitors-stands.md §2.4)."""
MOST_SURCHARGE = 500


@dataclass(frozen=True, slots=True)
class Step:
    """Until this day (which still counts) an order costs so many per cent more."""

    until: date
    percent: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """What a service costs on a day: the surcharge in per cent, and the last day on which that holds (None: no end)."""

    percent: int
    until: date | None


def check_steps(steps: Sequence[Step]) -> None:
    """Refuse deadlines that do not follow each other, surcharges that fall, and such above 500 %."""
    for first, second in pairwise(steps):
        if second.until <= first.until:
            raise Refused("steps_order", N_("Each deadline must be later than the one before"))
        if second.percent < first.percent:
            raise Refused("steps_fall", N_("A surcharge cannot fall with a later deadline"))
    if any(not 0 <= step.percent <= MOST_SURCHARGE for step in steps):
        raise Refused("steps_percent", N_("A surcharge is from 0 to %(most)s %%"), most=MOST_SURCHARGE)


def price_on(steps: Sequence[Step], day: date) -> Price | None:
    """The price of the day; None when all deadlines are over and the form can only be read.

    A service without deadlines is always open at its plain price.
    """
    if not steps:
        return Price(0, None)
    step = next((one for one in steps if day <= one.until), None)
    return None if step is None else Price(step.percent, step.until)


def may_cancel(steps: Sequence[Step], day: date, opening: date | None) -> bool:
    """Whether an exhibitor may cancel what it ordered, for nothing: as long as it could still order it.

    A service without deadlines can be cancelled until the day before the opening; from then on it is delivered.
    """
    return price_on(steps, day) is not None and (opening is None or day < opening)


def next_price(steps: Sequence[Step], day: date) -> Price | None:
    """What follows when today's deadline is over; None when the form closes then, or nothing follows."""
    later = [one for one in steps if day <= one.until][1:]
    return Price(later[0].percent, later[0].until) if later else None


def line_minor(unit_minor: int, quantity: Decimal | int, percent: int = 0) -> int:
    """A line of an order: price × quantity with its surcharge, rounded once and half up to the minor unit."""
    exact = Decimal(unit_minor) * Decimal(quantity) * (100 + percent) / 100
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def mark(lines: Iterable[tuple[int, int, int, int]]) -> str:
    """What a check page was opened with: service, quantity, price and tax of each line; another of them is another mark."""
    return hashlib.sha256("\n".join(map(str, lines)).encode()).hexdigest()[:24]


def check_quantity(quantity: int, least: int, most: int | None) -> None:
    """Refuse a quantity outside what is offered."""
    if quantity < max(1, least) or (most is not None and quantity > most):
        raise Refused(
            "service_quantity",
            N_("Enter a quantity from %(least)s to %(most)s"),
            least=max(1, least),
            most=most if most is not None else 9999,
        )


@dataclass(frozen=True, slots=True)
class Size:
    """A size class of a deposit: up to and with so many square metres it is so much."""

    up_to_m2: Decimal
    minor: int


def deposit_by_size(area_m2: Decimal, sizes: Sequence[Size], cap_minor: int = CLEARING_CAP_MINOR) -> int:
    """The deposit by size class, the largest for whatever is larger still; capped for each stand."""
    if not sizes or area_m2 <= 0:
        return 0
    ordered = sorted(sizes, key=lambda size: size.up_to_m2)
    found = next((size for size in ordered if area_m2 <= size.up_to_m2), ordered[-1])
    return min(cap_minor, found.minor)


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a connection is wanted: mm from the stand's left and front edge, as seen from the aisle."""

    x_mm: int
    y_mm: int


_MARK = re.compile(r"\s*(\d+(?:\.\d+)?)\s*[,，;；/ \t]\s*(\d+(?:\.\d+)?)\s*")


def read_marks(text: str, quantity: int, width_mm: int, depth_mm: int) -> list[Mark]:
    """The places of the connections, one a line in metres from the left and the front: "1.5 0.2".

    Every connection is marked or the order is refused (§2.4): raises `Refused` for too few or too many, for a line
    that is none, and for a place off the stand; its edge belongs to it.
    """
    lines = [line for line in clean_code(text).splitlines() if line.strip()]
    if len(lines) != quantity:
        raise Refused(
            "marks_count",
            N_("Mark every connection on the stand plan: %(wanted)s are ordered, %(found)s are marked"),
            wanted=quantity,
            found=len(lines),
        )
    return [_mark(line, width_mm, depth_mm) for line in lines]


def _mark(line: str, width_mm: int, depth_mm: int) -> Mark:
    found = _MARK.fullmatch(line)
    if found is None:
        raise Refused(
            "mark_unread", N_("Write a place as metres from the left and from the front, like 1.5 0.2")
        )
    x, y = (int(Decimal(text) * 1000) for text in found.groups())
    if x > width_mm or y > depth_mm:
        raise Refused("mark_outside", N_("%(place)s lies outside the stand"), place=line.strip())
    return Mark(x, y)
