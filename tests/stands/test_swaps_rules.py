"""After the freeze every printed or sent thing that is now false is named (issue C demand 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from exhibitions.stands.rules.swaps import (
    SAYS,
    WORDS,
    Change,
    Fact,
    Made,
    Standing,
    Thing,
    changed_facts,
    differing,
    is_frozen,
    now_false,
    numbers,
    said,
)

AT = datetime(2026, 8, 20, 4, 0, tzinfo=UTC)
FREEZE = datetime(2026, 8, 14, 16, 0, tzinfo=UTC)  # The first moment of the 15th in Shanghai.
HERE = Standing(("A01",), ("1",), ("shell",), (1,), 9_000_000)
MOVED = Change(7, HERE, replace(HERE, numbers=("B02",)), AT)
EVERYTHING = [
    Made(
        thing,
        AT - timedelta(days=1),
        None if thing in (Thing.PLAN, Thing.DIRECTORY, Thing.STAND_SHEET) else 7,
    )
    for thing in Thing
]


def things(change: Change, made: list[Made] = EVERYTHING, frozen: datetime | None = FREEZE) -> set[str]:
    return {line.thing.value for line in now_false(change, made, frozen)}


def test_a_move_makes_false_what_says_the_number() -> None:
    everything = {thing.value for thing in Thing}
    assert numbers(said(Thing.PLAN, Standing())) == ""
    assert things(MOVED) == everything - {"invoice"}
    lines = now_false(MOVED, EVERYTHING, FREEZE)
    assert {(line.exhibitor, numbers(line.was), numbers(line.now)) for line in lines} == {(7, "A01", "B02")}
    assert [line.thing for line in lines] == [thing for thing in Thing if thing is not Thing.INVOICE]


@pytest.mark.parametrize(
    ("after", "false"),
    [
        ({}, set()),
        ({"area_mm2": 18_000_000}, {"confirmation", "contract", "invoice", "plan", "stand_sheet"}),
        ({"sides": (2,)}, {"confirmation", "contract", "stand_sheet"}),
        ({"kinds": ("raw",)}, {"confirmation", "contract", "plan", "fascia", "stand_sheet"}),
        ({"halls": ("2",)}, {"confirmation", "contract", "letter", "directory"}),
        # A sold stand moved a metre, under its number: the printed plan shows it where it is not.
        ({"places": ("4/9 3×3",)}, {"plan"}),
        ({"fascia": "星河"}, {"fascia", "stand_sheet"}),
        ({"name": "星河家居"}, {"directory"}),
    ],
)
def test_each_thing_is_false_by_what_it_says(after: dict[str, object], false: set[str]) -> None:
    assert things(replace(MOVED, after=replace(HERE, **after))) == false  # type: ignore[arg-type]


def test_before_the_freeze_nothing_is_listed_and_from_its_moment_on_it_is() -> None:
    assert is_frozen(FREEZE, FREEZE)
    assert not is_frozen(FREEZE - timedelta(microseconds=1), FREEZE)
    assert not is_frozen(AT, None)
    assert things(MOVED, frozen=None) == set()
    assert things(MOVED, frozen=AT) != set()
    assert things(MOVED, frozen=AT + timedelta(microseconds=1)) == set()


def test_the_own_words_are_frozen_by_their_printing_not_by_the_plan() -> None:
    """A fascia that was cut is false from the change on, though stands are still moved about freely."""
    changed = replace(MOVED, after=replace(HERE, numbers=("B02",), fascia="星河", name="星河家居"))
    assert things(changed, frozen=None) == {"fascia", "stand_sheet", "directory"}
    assert things(changed, [Made(Thing.FASCIA, AT + timedelta(microseconds=1), 7)], None) == set()


def test_a_line_shows_the_stand_and_what_differs() -> None:
    """A smaller stand keeps its number: the line says of which area."""
    smaller = replace(HERE, area_mm2=4_500_000, kinds=("raw",))
    one, other = said(Thing.CONTRACT, HERE), said(Thing.CONTRACT, smaller)
    assert differing(one, other) == (
        {Fact.NUMBER: "A01", Fact.AREA: "9", Fact.KIND: "shell"},
        {Fact.NUMBER: "A01", Fact.AREA: "4.5", Fact.KIND: "raw"},
    )
    assert differing(one, said(Thing.CONTRACT, Standing())) == ({Fact.NUMBER: "A01"}, {Fact.NUMBER: ""})
    # An invoice names no stand.
    assert differing(said(Thing.INVOICE, HERE), said(Thing.INVOICE, smaller)) == (
        {Fact.AREA: "9"},
        {Fact.AREA: "4.5"},
    )
    assert said(Thing.FASCIA, replace(HERE, fascia="星河\nGalaxy")).endswith("fascia=星河 / Galaxy")
    assert differing("", "") == ({}, {})


def test_many_stands_fit_a_line_and_still_differ() -> None:
    many = replace(HERE, places=tuple(f"{x}/9 3×3" for x in range(40)), numbers=("A01",) * 60)
    moved = replace(many, places=(*many.places[:-1], "1/1 3×3"))
    assert said(Thing.PLAN, many) != said(Thing.PLAN, replace(many, numbers=("A01",)))
    one, other = (said(Thing.PLAN, replace(each, numbers=("A01",))) for each in (many, moved))
    assert one != other
    assert len(said(Thing.PLAN, many)) == 300


def test_only_what_was_made_before_and_for_this_exhibitor() -> None:
    made = [
        Made(Thing.LETTER, AT, 7, "at the very moment", owner=3),
        Made(Thing.LETTER, AT + timedelta(microseconds=1), 7, "after"),
        Made(Thing.LETTER, AT - timedelta(days=1), 8, "another's"),
        Made(Thing.BADGES, AT - timedelta(days=1), None, "a badge belongs to somebody"),
        Made(Thing.CONTRACT, AT - timedelta(days=2), 7, "C-1", owner=1),
        Made(Thing.CONTRACT, AT - timedelta(days=1), 7, "C-1", owner=2),
        Made(Thing.CONTRACT, AT - timedelta(days=1), 7, "C-0"),
    ]
    lines = now_false(MOVED, made, FREEZE)
    assert [(line.reference, line.owner) for line in lines] == [
        ("C-0", None),
        ("C-1", 2),
        ("at the very moment", 3),
    ]


def test_who_gets_or_gives_up_a_stand_changes_the_plan() -> None:
    nothing = Standing()
    assert Fact.HOLDER in changed_facts(Change(7, nothing, HERE, AT))
    assert "plan" in things(Change(7, HERE, nothing, AT))
    assert set(SAYS) == set(WORDS) == set(Thing)
