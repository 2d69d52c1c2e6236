"""Where a badge is: its movements of a day, folded by scan time.

The upload order never matters: an entry at 10:00 that arrives after the exit at 11:00 leaves the person outside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

IN = "in"
OUT = "out"


@dataclass(frozen=True, slots=True, order=True)
class Movement:
    """An admitted entry or an exit that counts; ordered by corrected time, then by scan id."""

    at: datetime
    scan_id: str
    direction: str
    zone: int
    gate: int
    heads: int = 1


@dataclass(frozen=True, slots=True)
class Presence:
    """What a gate must know about a badge at one moment.

    `last` is the entry nearest before the moment (or, when a device's clock runs a little behind another's, the nearest
    after it); `exited` tells whether an exit came between. `inside` is the zone that the badge is in.
    """

    last: Movement | None = None
    exited: bool = False
    inside: int | None = None
    heads: int = 0


NOWHERE = Presence()


def presence_at(movements: Iterable[Movement], moment: datetime, period_start: datetime) -> Presence:
    """The state of one badge at `moment` from all its movements of the local day, in any order.

    Movements at the very moment belong to the past. `inside` goes by movements since `period_start` only (reset at
    closing); an entry into another zone is an exit from the first, and a second entry changes nothing.
    """
    last: Movement | None = None
    exited = False
    inside: int | None = None
    heads = 0
    for movement in sorted(movements):
        if movement.at > moment:
            if last is None and movement.direction == IN:
                return Presence(last=movement)
            break
        if movement.direction == OUT:
            exited, inside, heads = True, None, 0
            continue
        last, exited = movement, False
        if movement.at >= period_start and movement.zone != inside:
            inside, heads = movement.zone, movement.heads
    return Presence(last, exited, inside, heads)
