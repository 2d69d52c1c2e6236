"""Reserve badges 备用证: where each is, and the balance that must add up (printed = handed out + in stock + spoilt)."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass

from exhibitions.core.errors import N_, Refused

MOST_AT_ONCE = 5000
_SERIAL = re.compile(r"(?:备用证?|R)?\s*#?\s*0*([1-9][0-9]{0,5})", re.IGNORECASE)


class Place(enum.StrEnum):
    """To whom reserve badges are handed out."""

    DESK = "desk"
    GATE = "gate"
    GROUP = "group"
    OTHER = "other"


class Where(enum.StrEnum):
    """Where a reserve badge is: made and not printed, in stock, handed out, bound to a person, spoilt."""

    MADE = "made"
    STOCK = "stock"
    OUT = "out"
    BOUND = "bound"
    SPOILT = "spoilt"


def where(*, printed: bool, out: bool, bound: bool, spoilt: bool) -> Where:
    """The state by what is known of the badge; what is later in its life wins."""
    if spoilt:
        return Where.SPOILT
    if bound:
        return Where.BOUND
    if out:
        return Where.OUT
    return Where.STOCK if printed else Where.MADE


@dataclass(frozen=True, slots=True)
class Balance:
    """How many reserve badges are where. `out` are handed out, bound ones among them."""

    made: int
    printed: int
    out: int
    bound: int
    stock: int
    spoilt: int


def balance(counts: Mapping[Where, int]) -> Balance:
    """The balance of a fair by its counts; `printed` is always the sum of `out`, `stock` and `spoilt`."""
    bound, stock, spoilt = (counts.get(state, 0) for state in (Where.BOUND, Where.STOCK, Where.SPOILT))
    out = counts.get(Where.OUT, 0) + bound
    printed = out + stock + spoilt
    return Balance(printed + counts.get(Where.MADE, 0), printed, out, bound, stock, spoilt)


def check_range(first: int, last: int) -> None:
    """Raises `Refused` unless the serial numbers go upwards and are at most 5,000."""
    if not 1 <= first <= last:
        raise Refused("serial_order", N_("The first number must not be larger than the last."))
    if last - first >= MOST_AT_ONCE:
        raise Refused("serial_many", N_("At most %(most)s at a time."), most=MOST_AT_ONCE)


def shown(serial: int) -> str:
    """The serial number as it stands on the badge: `R0042`."""
    return f"R{serial:04d}"


def serial_of(text: str) -> int | None:
    """The serial number that somebody typed (`R0042`, `备用证 42`, `42`), or None."""
    found = _SERIAL.fullmatch(text.strip())
    return int(found[1]) if found else None
