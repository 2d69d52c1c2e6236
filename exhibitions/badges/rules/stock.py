"""Blanks, holders and lanyards: what is there, what is still needed, and for how many days it lasts."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from exhibitions.core.errors import N_, Refused

HOLDER, LANYARD = "holder", "lanyard"
BLANKS = ("a4x4", "90x130", "a6", "86x54", "80x60", "70x50", "60x40")
ITEMS = (HOLDER, LANYARD, *BLANKS)
TURN_UP_PERCENT = 60
WALK_INS_A_DAY = 200
MOST = 1_000_000


class Move(enum.StrEnum):
    """What happened to a kind of stock."""

    IN = "in"
    OUT = "out"
    SPOILT = "spoilt"


@dataclass(frozen=True, slots=True)
class Level:
    """A kind of stock: what came, went, was spoilt and went through printers, in pieces."""

    came: int = 0
    went: int = 0
    spoilt: int = 0
    printed: int = 0

    @property
    def left(self) -> int:
        """How many are there now."""
        return self.came - self.went - self.spoilt - self.printed


@dataclass(frozen=True, slots=True)
class Coming:
    """What is known of the demand: registered people, those of them whose badge is printed, and the days to come."""

    registered: int
    printed: int
    open_days_left: int
    turn_up_percent: int = TURN_UP_PERCENT
    walk_ins_a_day: int = WALK_INS_A_DAY


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many badges are still to be made, of them on an average day; `short` are missing, `lasts` in open days."""

    need: int
    a_day: int
    short: int
    lasts: int | None


def need(coming: Coming) -> int:
    """Badges still to be printed: registrations × turn-up + walk-ins of the days left − those printed already."""
    registered = -(-coming.registered * coming.turn_up_percent // 100)
    return max(0, registered - coming.printed) + coming.walk_ins_a_day * coming.open_days_left


def forecast(left: int, coming: Coming, badges_each: int = 1) -> Forecast:
    """Whether `left` pieces, each enough for so many badges, last for what is still to come.

    `lasts` are whole open days; None when nothing is needed or no open day is left.
    """
    pieces = -(-need(coming) // badges_each)
    days = coming.open_days_left
    a_day = -(-pieces // days) if days else 0
    lasts = max(0, left) // a_day if a_day else None
    return Forecast(pieces, a_day, max(0, pieces - left), lasts)


def check_move(item: str, kind: Move, count: int, left: int) -> None:
    """Raises `Refused` for an unknown kind of stock, a strange number, and for taking more than is there."""
    if item not in ITEMS:
        raise Refused("item_unknown", N_("There is no such kind of stock."))
    if not 1 <= count <= MOST:
        raise Refused("count_range", N_("Enter a number from %(min)s to %(max)s"), min=1, max=MOST)
    if kind is not Move.IN and count > left:
        raise Refused("stock_short", N_("Only %(left)s are there."), left=max(0, left))
