"""The drawing of lots for the jury: repeatable, without conflicts, even, and named where it falls short (awards.md §3.3)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibitions.awards.rules.assignment import Drawn, Pair, Task, _Lots, draw, lot

JURORS = [f"J{number:02}" for number in range(1, 10)]


def task(entries: int, jurors: int, per_entry: int, **more: object) -> Task:
    names = JURORS[:jurors]
    return Task("seed", "1", {f"A{n:03}": names for n in range(entries)}, per_entry, **more)  # type: ignore[arg-type]


@st.composite
def tasks(some: st.DrawFn) -> Task:
    """Categories with panels of their own, conflicts, limits."""
    entries = some(st.integers(0, 14))
    jurors = JURORS[: some(st.integers(1, 7))]
    panels = [some(st.lists(st.sampled_from(jurors), unique=True, max_size=7)) for _ in range(3)]
    named = {f"A{n:03}": panels[some(st.integers(0, 2))] for n in range(entries)}
    pairs = [Pair(juror, entry) for juror, entry in itertools.product(jurors, named)]
    barred = some(st.sets(st.sampled_from(pairs), max_size=20)) if pairs else set()
    limit = some(st.none() | st.integers(0, 12))
    return Task(some(st.text(max_size=5)), "1", named, some(st.integers(1, 5)), limit, frozenset(barred))


def loads(drawn: Drawn) -> list[int]:
    return sorted(len(queue) for queue in drawn.queues.values())


@given(tasks(), st.data())
def test_the_order_of_what_goes_in_changes_nothing(given_: Task, data: st.DataObject) -> None:
    entries = data.draw(st.permutations(sorted(given_.jurors_of)))
    mixed = {entry: data.draw(st.permutations(sorted(given_.jurors_of[entry]))) for entry in entries}
    assert draw(replace(given_, jurors_of=mixed, barred=list(given_.barred))) == draw(given_)


@given(tasks())
def test_never_a_barred_pair_nor_a_stranger_nor_too_many(given_: Task) -> None:
    drawn = draw(given_)
    for juror, entry in drawn.pairs:
        assert Pair(juror, entry) not in given_.barred
        assert juror in given_.jurors_of[entry]
    assert given_.most_load is None or all(load <= given_.most_load for load in loads(drawn))
    for entry in given_.jurors_of:
        has = sum(pair.entry == entry for pair in drawn.pairs)
        assert has + drawn.lacking.get(entry, 0) == given_.per_entry


@given(tasks())
def test_loads_are_as_even_as_they_can_be(given_: Task) -> None:
    """Nobody could pass an entry on to somebody with two fewer."""
    drawn = draw(given_)
    load = {juror: len(queue) for juror, queue in drawn.queues.items()}
    for juror, entry in drawn.pairs:
        for other in given_.jurors_of[entry]:
            pair = Pair(other, entry)
            if pair not in given_.barred and pair not in drawn.pairs:
                assert load[other] >= load[juror] - 1


@given(tasks())
def test_what_lacks_cannot_be_filled_by_anybody(given_: Task) -> None:
    """As many places are filled as a maximum flow would fill (counted by brute force over who is full)."""
    drawn = draw(given_)
    filled = len(drawn.pairs)
    jurors = sorted({juror for names in given_.jurors_of.values() for juror in names})
    best = filled + 1
    # Minimum cut over the jurors' side: the capacity of the chosen ones and, of every entry, the rest of its jurors.
    for size in range(len(jurors) + 1):
        for cut in itertools.combinations(jurors, size):
            rest = 0
            for entry, names in given_.jurors_of.items():
                free = [each for each in names if each not in cut and Pair(each, entry) not in given_.barred]
                rest += min(given_.per_entry, len(free))
            room = len(cut) * (given_.most_load if given_.most_load is not None else 10**6)
            best = min(best, rest + room)
    assert filled == best


def test_without_conflicts_loads_differ_by_at_most_one() -> None:
    found = loads(draw(task(40, 9, 5)))
    assert sum(found) == 200
    assert found[-1] - found[0] <= 1


def test_what_cannot_be_met_is_named() -> None:
    drawn = draw(task(2, 3, 5))
    assert drawn.lacking == {"A000": 2, "A001": 2}
    assert draw(task(3, 3, 3, most_load=2)).lacking != {}


def test_a_new_entry_moves_nothing() -> None:
    before = draw(task(12, 6, 3))
    after = draw(replace(task(13, 6, 3), kept=before.pairs))
    assert before.pairs <= after.pairs
    assert after.dropped == frozenset()
    assert {pair.entry for pair in after.added} == {"A012"}
    for juror, queue in before.queues.items():
        assert tuple(each for each in after.queues[juror] if each != "A012") == queue


def test_a_new_juror_takes_only_what_was_open() -> None:
    before = draw(task(4, 3, 4))
    assert sum(before.lacking.values()) == 4
    after = draw(replace(task(4, 4, 4), kept=before.pairs))
    assert after.added == {Pair("J04", f"A{n:03}") for n in range(4)}
    assert after.dropped == frozenset()


def test_earlier_places_are_passed_on_only_for_who_would_lack() -> None:
    """J01 is full with A000, which J02 could take as well; A001 has J01 alone."""
    jurors = {"A000": ["J01", "J02"], "A001": ["J01"]}
    kept = frozenset({Pair("J01", "A000")})
    moved = draw(Task("s", "1", jurors, 1, 1, kept=kept))
    assert moved.pairs == {Pair("J02", "A000"), Pair("J01", "A001")}
    assert (moved.dropped, moved.lacking) == (kept, {})
    stays = draw(Task("s", "1", jurors, 1, 1, kept=kept, begun=kept))
    assert (stays.pairs, stays.lacking) == (kept, {"A001": 1})


def test_the_seed_and_the_round_change_the_lots() -> None:
    one = draw(task(20, 8, 3))
    assert draw(replace(task(20, 8, 3), seed="another")).pairs != one.pairs
    assert draw(replace(task(20, 8, 3), round="2")).pairs != one.pairs


def test_the_lot_is_what_the_description_says() -> None:
    """Anybody can count it again: printf 'seed\\x1f1\\x1fpair\\x1fJ01\\x1fA001' | sha256sum."""
    assert lot("seed", "1", "pair", "J01", "A001").startswith("c6e5c99da5e28de9083542f53d30f17b")


@pytest.mark.parametrize(("entries", "jurors", "per_entry", "most"), [(300, 9, 5, 100), (400, 9, 7, 200)])
def test_a_tight_load_searches_no_chain_where_nobody_has_room(
    entries: int, jurors: int, per_entry: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once every juror is full no entry is passed on any more: the drawing ends at once, and says what lacks."""
    steps = 0
    before = _Lots._can_pass

    def counting(lots: _Lots, *args: Any, **more: Any) -> Sequence[str]:
        nonlocal steps
        steps += 1
        return before(lots, *args, **more)

    monkeypatch.setattr(_Lots, "_can_pass", counting)
    drawn = draw(task(entries, jurors, per_entry, most_load=most))
    assert loads(drawn) == [most] * jurors
    assert sum(drawn.lacking.values()) == entries * per_entry - jurors * most
    assert steps < entries * jurors
