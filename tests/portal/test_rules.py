"""What is left to do in a set-up, what comes first, and where links lead, without application or database (O1, O2)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from exhibitions.portal.rules.checklist import Counted, State, Step, checklist, gaps, nine
from exhibitions.portal.rules.maps import map_links
from exhibitions.portal.rules.navigation import Way, open_ways
from exhibitions.portal.rules.urgency import Urgent, most_urgent

WHOLE = {
    "name": "展",
    "venue": "馆",
    "consent": "同意",
    "organisers": 1,
    "open_days": 4,
    "doorless": 0,
    "halls": 1,
    "zones": 1,
    "gates": 1,
    "registrable": 1,
}


@pytest.mark.parametrize(
    ("change", "step", "gap"),
    [
        ({"name": ""}, Step.FACTS, "Enter the name of the fair"),
        ({"venue": ""}, Step.FACTS, "Enter the venue"),
        ({"organisers": 0}, Step.UNITS, "Name the organiser, who answers for the fair and its data"),
        ({"open_days": 0}, Step.DAYS, "Add at least one day for visitors"),
        ({"doorless": 1}, Step.DAYS, "On some days for visitors the doors open for nobody"),
        ({"zones": 0}, Step.ZONES, "Add at least one zone"),
        ({"gates": 0}, Step.GATES, "Add at least one gate"),
        ({"registrable": 0}, Step.BADGES, "Offer at least one badge class on the public form"),
        ({"consent": ""}, Step.REGISTRATION, "Write the text that visitors agree to"),
    ],
)
def test_each_gap_of_a_set_up_is_said(change: dict[str, object], step: Step, gap: str) -> None:
    """O2: what keeps a fair from being published."""
    items = checklist(Counted(**WHOLE | change))  # type: ignore[arg-type]
    assert [(item.step, item.gap) for item in gaps(items)] == [(step, gap)]


def test_halls_may_be_left_out_and_a_whole_set_up_has_no_gap() -> None:
    assert gaps(checklist(Counted(**WHOLE))) == []  # type: ignore[arg-type]
    items = checklist(Counted(**WHOLE | {"halls": 0}))  # type: ignore[arg-type]
    assert gaps(items) == []
    assert [item.step for item in items if item.gap] == [Step.HALLS]
    assert [item.step for item in items] == list(Step)


@pytest.mark.parametrize(
    ("fact", "step"),
    [("planless", Step.FLOOR_PLAN), ("priceless", Step.PRICES), ("closed_to_exhibitors", Step.APPLICATION)],
)
def test_what_exhibitors_need_is_said_and_holds_no_fair_back(fact: str, step: Step) -> None:
    """O2, nine lines: floor plan, prices and application form are there to be set up."""
    whole = nine(checklist(Counted(**WHOLE)))  # type: ignore[arg-type]
    assert (len(whole), {line.state for line in whole}) == (9, {State.COMPLETE})
    items = checklist(Counted(**WHOLE | {fact: True}))  # type: ignore[arg-type]
    assert gaps(items) == []
    assert [item.step for item in items if item.gap] == [step]
    (line,) = [line for line in nine(items) if line.state is not State.COMPLETE]
    assert (line.state, [item.step for item in line.items]) == (State.OPTIONAL, [step])


@pytest.mark.parametrize(
    ("facts", "task"),
    [
        ((2, False, False, 0), Urgent.FILL_GAPS),
        ((0, False, False, 0), Urgent.PUBLISH),
        ((0, True, True, 0), Urgent.SHARE),
        ((0, True, True, 1), Urgent.NOTHING),
        ((0, True, False, 0), Urgent.NOTHING),
    ],
)
def test_the_most_urgent_task(facts: tuple[int, bool, bool, int], task: Urgent) -> None:
    """O1: one thing to do next."""
    assert most_urgent(*facts) is task


def test_maps_are_those_of_the_readers_country_and_take_any_place() -> None:
    """ux.md §2: Amap, Baidu, Tencent; Google and Naver for others. A place is text and never a part of the address."""
    place = "世博广场 1&2?/馆"
    chinese, others = map_links(place, "zh"), map_links(place, "en")
    assert [name for name, _ in chinese] == ["Amap", "Baidu Maps", "Tencent Maps"]
    assert [name for name, _ in others] == ["Google Maps", "Naver Map", "Amap"]
    for _, address in [*chinese, *others]:
        parts = urlsplit(address)
        assert parts.scheme == "https"
        in_path = parts.netloc == "map.naver.com"
        assert in_path or any(place in values for values in parse_qs(parts.query).values())
        assert parts.fragment == ""


def test_only_pages_that_exist_and_that_the_reader_may_open_are_offered() -> None:
    """ux.md §3."""
    free, kept, absent = Way("a", "a.a"), Way("b", "b.b", "b.view"), Way("c", "c.c")
    assert open_ways((free, kept, absent), set(), {"a.a", "b.b"}) == [free]
    assert open_ways((free, kept, absent), {"b.view"}, {"a.a", "b.b"}) == [free, kept]
