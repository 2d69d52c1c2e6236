"""What becomes false when a stand changes after the freeze: the list of things to make again (O3, demand 5).

Before the freeze nothing is listed, because everything is still made from what is true then. From the freeze on each
thing that was printed or sent before the change, and that says what is no longer so, gets a line with an owner and a tick.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zlib import crc32

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
    PLACE = "place"
    FASCIA = "fascia"
    NAME = "name"


SAYS = {
    Thing.CONFIRMATION: frozenset({Fact.NUMBER, Fact.HALL, Fact.AREA, Fact.SIDES, Fact.KIND}),
    Thing.CONTRACT: frozenset({Fact.NUMBER, Fact.HALL, Fact.AREA, Fact.SIDES, Fact.KIND}),
    Thing.INVOICE: frozenset({Fact.AREA}),
    Thing.LETTER: frozenset({Fact.NUMBER, Fact.HALL}),
    Thing.PLAN: frozenset({Fact.NUMBER, Fact.AREA, Fact.KIND, Fact.HOLDER, Fact.PLACE}),
    Thing.DIRECTORY: frozenset({Fact.NUMBER, Fact.HALL, Fact.HOLDER, Fact.NAME}),
    Thing.FASCIA: frozenset({Fact.NUMBER, Fact.KIND, Fact.FASCIA}),
    Thing.BADGES: frozenset({Fact.NUMBER}),
    Thing.STAND_SHEET: frozenset({Fact.NUMBER, Fact.AREA, Fact.SIDES, Fact.KIND, Fact.HOLDER, Fact.FASCIA}),
}
"""What each thing says. An invoice names the area it charges, not the place; a badge names the stand alone."""

OF_THE_ENTRY = frozenset({Fact.FASCIA, Fact.NAME})
"""What the exhibitor writes itself. It is frozen by its own printing, whether or not the plan is."""

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
    """What is true of an exhibitor's stands at one time, as these things say it: numbers in their order.

    `places` are where the stands lie in their halls, in any form that differs where they do; `fascia` and `name` are
    those of the directory entry.
    """

    numbers: tuple[str, ...] = ()
    halls: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    sides: tuple[int, ...] = ()
    area_mm2: int = 0
    places: tuple[str, ...] = ()
    fascia: str = ""
    name: str = ""


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
    """A line of the swap list: this thing of this exhibitor says `was` and should say `now` (both as `said` writes them)."""

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
        (Fact.PLACE, before.places, after.places),
        (Fact.FASCIA, before.fascia, after.fascia),
        (Fact.NAME, before.name, after.name),
    ):
        if one != other:
            facts.add(fact)
    return frozenset(facts)


_ORDER = (
    *(Fact.NUMBER, Fact.AREA, Fact.HALL, Fact.SIDES, Fact.KIND),
    *(Fact.FASCIA, Fact.NAME, Fact.PLACE),
)
LONGEST = 300
"""Characters of what a line keeps of each side."""


def said(thing: Thing, standing: Standing) -> str:
    """All that a thing says when this is true, to be kept in a line: two texts are equal where the thing would be.

    `number=A01, A02`, then a line a fact; at most `LONGEST` characters.
    """
    values = {
        Fact.NUMBER: ", ".join(standing.numbers),
        Fact.AREA: _square_metres(standing.area_mm2),
        Fact.HALL: ", ".join(dict.fromkeys(standing.halls)),
        Fact.SIDES: ", ".join(map(str, standing.sides)),
        Fact.KIND: ", ".join(dict.fromkeys(standing.kinds)),
        Fact.FASCIA: standing.fascia.replace("\n", " / ")[:100],
        Fact.NAME: standing.name[:100],
        Fact.PLACE: _short("; ".join(standing.places)),
    }
    told = [fact for fact in _ORDER if fact in SAYS[thing] and (values[fact] or fact is Fact.NUMBER)]
    return "\n".join(f"{fact}={values[fact]}" for fact in told)[:LONGEST]


def differing(before: str, after: str) -> tuple[dict[Fact, str], dict[Fact, str]]:
    """What to show of two such texts: the numbers on both sides, and each other fact that is not the same on both.

    Where one side has no stand there is nothing else to say.
    """
    one, other = _read(before), _read(after)
    if Fact.NUMBER in one and not (one[Fact.NUMBER] and other.get(Fact.NUMBER)):
        one, other = ({Fact.NUMBER: each.get(Fact.NUMBER, "")} for each in (one, other))
    told = [fact for fact in _ORDER if fact in one or fact in other]
    shown = [fact for fact in told if fact is Fact.NUMBER or one.get(fact, "") != other.get(fact, "")]
    return {fact: one.get(fact, "") for fact in shown}, {fact: other.get(fact, "") for fact in shown}


_LONGEST_PLACES = 60


def _short(places: str) -> str:
    """The places as they are, or what differs where they do, when they are many."""
    if len(places) <= _LONGEST_PLACES:
        return places
    return f"{places[: _LONGEST_PLACES - 11]}… {crc32(places.encode()):08x}"


def numbers(text: str) -> str:
    """The stands that such a text names, "" for none."""
    return _read(text).get(Fact.NUMBER, "")


def _read(text: str) -> dict[Fact, str]:
    lines = [line.partition("=") for line in text.split("\n")]
    return {Fact(name): value for name, mark, value in lines if mark and name in set(Fact)}


def _square_metres(area_mm2: int) -> str:
    return f"{(Decimal(area_mm2) / 1_000_000).normalize():f}"


def is_frozen(now: datetime, frozen_at: datetime | None) -> bool:
    """Whether the plan is frozen at `now`: from the very moment of the freeze on, and never without one."""
    return frozen_at is not None and now >= frozen_at


def now_false(change: Change, made: Iterable[Made], frozen_at: datetime | None) -> tuple[NowFalse, ...]:
    """The things that the change made false, one line a thing and reference, in the order of `Thing`.

    Only what was made before the change, or at its very moment, can be false; what was made since says the truth. Of
    several makings under one reference the last is the one that lies about. Before the freeze nothing is false but what
    was printed of the exhibitor's own words; who had no stand before has no paper of its own that says another.
    """
    facts = changed_facts(change)
    if not is_frozen(change.at, frozen_at):
        facts &= OF_THE_ENTRY
    if not facts:
        return ()
    of_papers = facts if change.before.numbers else facts & OF_THE_ENTRY
    lines: dict[tuple[Thing, str], NowFalse] = {}
    for one in sorted(made, key=lambda each: each.at):
        concerns = one.thing in OF_THE_FAIR if one.exhibitor is None else one.exhibitor == change.exhibitor
        false = SAYS[one.thing] & (facts if one.thing in OF_THE_FAIR else of_papers)
        if concerns and one.at <= change.at and false:
            lines[one.thing, one.reference] = NowFalse(
                one.thing,
                change.exhibitor,
                one.reference,
                one.owner,
                said(one.thing, change.before),
                said(one.thing, change.after),
            )
    order = list(Thing)
    return tuple(lines[key] for key in sorted(lines, key=lambda key: (order.index(key[0]), key[1])))
