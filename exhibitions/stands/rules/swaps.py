"""What becomes false when a stand changes hands after the freeze: the list of things to make again (O3, demand 5).

Before the freeze nothing is listed, because everything is still made from what is true then. From the freeze on each
thing that was printed or sent before the change, and that says what is no longer so, gets a line with an owner and a tick.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from exhibitions.core.errors import N_


class Thing(enum.StrEnum):
    """What is printed or sent with a stand in it, in the order in which people look for it."""

    CONFIRMATION = "confirmation"
    CONTRACT = "contract"
    INVOICE = "invoice"
    LETTER = "letter"
    PLAN = "plan"
    DIRECTORY = "directory"
    FASCIA = "fascia"
    BADGES = "badges"
    STAND_SHEET = "stand_sheet"


class Fact(enum.StrEnum):
    """What such a thing says of a stand or of who has it."""

    NUMBER = "number"
    HALL = "hall"
    AREA = "area"
    SIDES = "sides"
    KIND = "kind"
    HOLDER = "holder"


SAYS = {
    Thing.CONFIRMATION: frozenset({Fact.NUMBER, Fact.HALL, Fact.AREA, Fact.SIDES, Fact.KIND}),
    Thing.CONTRACT: frozenset({Fact.NUMBER, Fact.HALL, Fact.AREA, Fact.SIDES, Fact.KIND}),
    Thing.INVOICE: frozenset({Fact.AREA}),
    Thing.LETTER: frozenset({Fact.NUMBER, Fact.HALL}),
    Thing.PLAN: frozenset({Fact.NUMBER, Fact.AREA, Fact.KIND, Fact.HOLDER}),
    Thing.DIRECTORY: frozenset({Fact.NUMBER, Fact.HALL, Fact.HOLDER}),
    Thing.FASCIA: frozenset({Fact.NUMBER, Fact.KIND}),
    Thing.BADGES: frozenset({Fact.NUMBER}),
    Thing.STAND_SHEET: frozenset({Fact.NUMBER, Fact.AREA, Fact.SIDES, Fact.KIND, Fact.HOLDER}),
}
"""What each thing says. An invoice names the area it charges, not the place; a badge names the stand alone."""

OF_THE_FAIR = frozenset({Thing.PLAN, Thing.DIRECTORY, Thing.STAND_SHEET})
"""Made once for all stands of the fair or of a hall, not for one exhibitor."""

WORDS = {
    Thing.CONFIRMATION: N_("Confirmation of the stand"),
    Thing.CONTRACT: N_("Contract"),
    Thing.INVOICE: N_("Tax invoice"),
    Thing.LETTER: N_("Letter with the stand number"),
    Thing.PLAN: N_("Printed floor plan"),
    Thing.DIRECTORY: N_("Show directory"),
    Thing.FASCIA: N_("Fascia text"),
    Thing.BADGES: N_("Exhibitor badges"),
    Thing.STAND_SHEET: N_("Stand sheet of the hall"),
}


@dataclass(frozen=True)
class Standing:
    """What is true of an exhibitor's stands at one time, as these things say it: numbers in their order."""

    numbers: tuple[str, ...] = ()
    halls: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    sides: tuple[int, ...] = ()
    area_mm2: int = 0


@dataclass(frozen=True)
class Change:
    """One exhibitor's stand before and after a deed."""

    exhibitor: int
    before: Standing
    after: Standing
    at: datetime


@dataclass(frozen=True)
class Made:
    """That a thing was printed or sent: for one exhibitor, or for the whole fair where `exhibitor` is None."""

    thing: Thing
    at: datetime
    exhibitor: int | None = None
    reference: str = ""
    owner: int | None = None


@dataclass(frozen=True)
class NowFalse:
    """A line of the swap list: this thing of this exhibitor says `was` and should say `now`."""

    thing: Thing
    exhibitor: int
    reference: str
    owner: int | None
    was: str
    now: str


def changed_facts(change: Change) -> frozenset[Fact]:
    """What of what is said is no longer so. Another holder of a number is a change of who has it as well."""
    before, after = change.before, change.after
    facts = set()
    if before.numbers != after.numbers:
        facts |= {Fact.NUMBER, Fact.HOLDER}
    for fact, one, other in (
        (Fact.HALL, before.halls, after.halls),
        (Fact.KIND, before.kinds, after.kinds),
        (Fact.SIDES, before.sides, after.sides),
        (Fact.AREA, before.area_mm2, after.area_mm2),
    ):
        if one != other:
            facts.add(fact)
    return frozenset(facts)


def is_frozen(now: datetime, frozen_at: datetime | None) -> bool:
    """Whether the plan is frozen at `now`: from the very moment of the freeze on, and never without one."""
    return frozen_at is not None and now >= frozen_at


def now_false(change: Change, made: Iterable[Made], frozen_at: datetime | None) -> tuple[NowFalse, ...]:
    """The things that the change made false, one line a thing and reference, in the order of `Thing`.

    Only what was made before the change, or at its very moment, can be false; what was made since says the truth. Of
    several makings under one reference the last is the one that lies about. Empty before the freeze.
    """
    if not is_frozen(change.at, frozen_at):
        return ()
    facts = changed_facts(change)
    if not facts:
        return ()
    lines: dict[tuple[Thing, str], NowFalse] = {}
    for one in sorted(made, key=lambda each: each.at):
        concerns = one.thing in OF_THE_FAIR if one.exhibitor is None else one.exhibitor == change.exhibitor
        if concerns and one.at <= change.at and SAYS[one.thing] & facts:
            lines[one.thing, one.reference] = NowFalse(
                one.thing,
                change.exhibitor,
                one.reference,
                one.owner,
                ", ".join(change.before.numbers),
                ", ".join(change.after.numbers),
            )
    order = list(Thing)
    return tuple(lines[key] for key in sorted(lines, key=lambda key: (order.index(key[0]), key[1])))
