"""What happens on a plan: drawn, changed, merged, split, undone, saved and published (exhibitors-stands.md §3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, NotFound, Refused
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Allocation, PlanChange, PlanVersion, Stand
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.rules.allocation import AllocationKind
from exhibitions.stands.rules.checks import Finding
from exhibitions.stands.rules.facts import HallFacts, ShapeFacts, StandFacts
from exhibitions.stands.rules.geometry import rectangle
from exhibitions.stands.rules.picture import StandState
from exhibitions.stands.rules.plan import ShapeKind, StandKind
from exhibitions.stands.rules.rows import Numbering, Row
from exhibitions.stands.rules.snapshot import hash_of
from exhibitions.stands.service import drawing, merging, recording, versions
from tests.engines import both_engines
from tests.exhibiting import make_exhibitor
from tests.factories import make_expo


@pytest.fixture
def expo(context: None) -> Expo:
    make_expo()
    found = expos.expo_by_slug("8th")
    assert found is not None
    with transaction():
        drawing.measure_hall(found, found.halls[0].id, HallFacts(60_000, 40_000), SYSTEM)
    return found


def facts(expo: Expo, number: str = "A01", x: int = 10_000, **changes: Any) -> StandFacts:
    values = {"polygon": rectangle(x, 10_000, 3000, 3000)} | changes
    return StandFacts(number, expo.halls[0].id, **values)


def row_of_four(expo: Expo) -> None:
    row = Row(10_000, 10_000, 4, 3000, 3000, numbering=Numbering(prefix="A"))
    with transaction():
        drawing.lay_row(expo, expo.halls[0].id, row, facts(expo), SYSTEM)


def assign(expo: Expo, *numbers: str, name: str = "星河家居有限公司") -> int:
    exhibitor, _, _ = make_exhibitor(expo, name)
    for stand in queries.stands_named(expo, numbers):
        db.session.add(
            Allocation(
                expo_id=expo.id,
                stand_id=stand.id,
                exhibitor_id=exhibitor.id,
                kind=AllocationKind.ASSIGNED,
                since=clock.now(),
            )
        )
    db.session.flush()
    return exhibitor.id


def plan(expo: Expo) -> dict[str, tuple[int, int]]:
    """Area in m² and open sides by number."""
    return {one.number: (one.area // 10_000, one.open_sides) for one in queries.stands(expo)}


def refused(code: str, deed: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught, transaction():
        deed()
    assert caught.value.code == code
    return caught.value


def test_open_sides_follow_every_deed(expo: Expo) -> None:
    row_of_four(expo)
    assert plan(expo) == {"A01": (9, 3), "A02": (9, 2), "A03": (9, 2), "A04": (9, 3)}
    with transaction():
        drawing.draw_stand(expo, facts(expo, "A05", polygon=rectangle(10_000, 13_000, 12_000, 3000)), SYSTEM)
    assert plan(expo)["A02"] == (9, 1)
    stand = queries.stands_named(expo, ["A05"])[0]
    with transaction():
        moved = facts(expo, "A05", polygon=rectangle(10_000, 20_000, 12_000, 3000), kind=StandKind.RAW)
        drawing.change_stand(expo, stand, moved, SYSTEM)
    assert plan(expo)["A02"] == (9, 2)
    assert plan(expo)["A05"] == (36, 4)


def test_what_cannot_be_drawn(expo: Expo) -> None:
    row_of_four(expo)
    crossing = ((0, 0), (3000, 3000), (3000, 0), (0, 3000))
    draw = drawing.draw_stand
    assert isinstance(refused("number_taken", lambda: draw(expo, facts(expo), SYSTEM)), Conflict)
    refused("polygon_broken", lambda: draw(expo, facts(expo, "A09", polygon=crossing), SYSTEM))
    refused("number_invalid", lambda: draw(expo, facts(expo, "展位"), SYSTEM))
    refused("outside", lambda: draw(expo, facts(expo, "A09", 58_000), SYSTEM))
    refused("sides_invalid", lambda: draw(expo, facts(expo, "A09", 30_000, open_sides_set=5), SYSTEM))
    refused("area_invalid", lambda: draw(expo, facts(expo, "A09", 30_000, contracted_area=-1), SYSTEM))
    refused("hall_size", lambda: drawing.measure_hall(expo, expo.halls[0].id, HallFacts(0, 9), SYSTEM))
    refused("not_found", lambda: drawing.measure_hall(expo, 999, HallFacts(9000, 9000), SYSTEM))
    again = Row(12_000, 11_000, 1, 3000, 3000, numbering=Numbering(prefix="B"))
    refused("floor_taken", lambda: drawing.lay_row(expo, expo.halls[0].id, again, facts(expo), SYSTEM))
    with transaction():
        kept = ShapeFacts(ShapeKind.HYDRANT, expo.halls[0].id, rectangle(40_000, 10_000, 1000, 1000))
        shape = drawing.save_shape(expo, None, kept, SYSTEM)
    refused("floor_kept", lambda: draw(expo, facts(expo, "A09", 39_000), SYSTEM))
    with transaction():
        drawing.remove_shape(expo, shape, SYSTEM)
        draw(expo, facts(expo, "A09", 39_000), SYSTEM)


def test_a_sold_stand_is_not_moved_without_a_warning_that_names_the_exhibitor(expo: Expo) -> None:
    """ux.md O3."""
    row_of_four(expo)
    with transaction():
        assign(expo, "A01")
    stand = queries.stands_named(expo, ["A01"])[0]
    moved = facts(expo, "A01", 40_000)
    warning = refused("stand_sold", lambda: drawing.change_stand(expo, stand, moved, SYSTEM))
    assert warning.params["company"] == "星河家居有限公司"
    refused("stand_sold", lambda: drawing.remove_stands(expo, ["A01", "A02"], SYSTEM))
    with transaction():
        drawing.change_stand(expo, stand, facts(expo, "A01", price_class="B"), SYSTEM)
        drawing.change_stand(expo, stand, moved, SYSTEM, sure=True)
    assert stand.polygon[0] == [40_000, 10_000]


def test_merge_and_split_and_back(expo: Expo) -> None:
    """§3: merge A01+A02 → 18 m², corner status re-derived; separate restores; the number of the other is not free."""
    row_of_four(expo)
    with transaction():
        merging.merge(expo, ["A01", "A02"], "A01", SYSTEM)
    assert plan(expo) == {"A01": (18, 3), "A03": (9, 2), "A04": (9, 3)}
    refused("number_taken", lambda: drawing.draw_stand(expo, facts(expo, "A02", 40_000), SYSTEM))
    refused("not_found", lambda: merging.merge(expo, ["A02", "A03"], "A03", SYSTEM))
    whole = queries.stands_named(expo, ["A01"])[0]
    with transaction():
        merging.split(expo, whole, [3000, 3000], ["A01", "A02"], (), SYSTEM)
    assert plan(expo) == {"A01": (9, 3), "A02": (9, 2), "A03": (9, 2), "A04": (9, 3)}
    assert len(queries.numbers(expo)) == 4, "the old row came back"


def test_merged_areas_are_sums_and_come_back_apart(expo: Expo) -> None:
    """§3: sizes sum into the surviving stand, its corner status is derived anew also where somebody had set it."""
    row_of_four(expo)
    with transaction():
        one, two = queries.stands_named(expo, ["A01", "A02"])
        one.contracted_area, two.contracted_area, two.upper_area, one.open_sides_set = (
            90_000,
            88_000,
            50_000,
            1,
        )
    with transaction():
        merging.merge(expo, ["A01", "A02"], "A01", SYSTEM)
    assert (one.contracted_area, one.upper_area, one.open_sides) == (178_000, 50_000, 3)
    assert queries.stands_named(expo, ["A01"])[0].open_sides_set is None
    with transaction():
        merging.split(expo, one, [3000, 3000], ["A01", "A02"], (), SYSTEM)
    assert (one.contracted_area, one.upper_area) == (90_000, 0)
    assert (two.contracted_area, two.upper_area) == (88_000, 50_000)
    with transaction():
        merging.merge(expo, ["A01", "A02"], "A01", SYSTEM)
    with transaction():
        merging.split(expo, one, [2000, 4000], ["A01", "A02"], (), SYSTEM)
    assert {row.number: row.contracted_area for row in queries.stands_named(expo, ["A01", "A02"])} == {
        "A01": None,
        "A02": None,
    }
    assert (one.upper_area, two.upper_area) == (50_000, 0)


def test_merge_of_the_stands_of_one_exhibitor_and_split_of_an_assigned_one(expo: Expo) -> None:
    """§3 rule 4: the same holder; a split needs an allocation of each part."""
    row_of_four(expo)
    with transaction():
        mine = assign(expo, "A01", "A02")
        assign(expo, "A03", name="另一家公司")
    refused("holders_differ", lambda: merging.merge(expo, ["A02", "A03"], "A02", SYSTEM))
    refused("holders_differ", lambda: merging.merge(expo, ["A03", "A04"], "A03", SYSTEM))
    with transaction():
        merging.merge(expo, ["A01", "A02"], "A02", SYSTEM)
    whole = queries.stands_named(expo, ["A02"])[0]
    assert queries.live(expo, clock.now())[whole.id].exhibitor_id == mine
    with transaction():
        merging.split(expo, whole, [2000, 4000], ["A01", "A02"], ["A01"], SYSTEM)
    now = queries.live(expo, clock.now())
    by_number = {one.number: now.get(one.id) for one in queries.stands(expo)}
    assert by_number["A02"] is None
    assert by_number["A01"] is not None
    assert by_number["A01"].exhibitor_id == mine
    assert db.session.scalar(sa.select(sa.func.count(Allocation.id))) == 4


def test_undo_of_fifty_steps(expo: Expo) -> None:
    """§3: undo of 50 steps, back to the very same plan."""
    row_of_four(expo)
    start = versions.text_now(expo)
    stand = queries.stands_named(expo, ["A04"])[0]
    for step in range(48):
        with transaction():
            drawing.change_stand(expo, stand, facts(expo, "A04", 20_000 + 100 * step), SYSTEM)
    with transaction():
        merging.merge(expo, ["A01", "A02"], "A01", SYSTEM)
        drawing.remove_stands(expo, ["A03"], SYSTEM)
    assert plan(expo).keys() == {"A01", "A04"}
    for _ in range(50):
        with transaction():
            recording.undo(expo, queries.deeds(expo, 1)[0].id, SYSTEM)
    assert versions.text_now(expo) == start
    kept = db.session.scalar(sa.select(sa.func.count(PlanChange.id)))
    assert kept == recording.MOST_STEPS, "older deeds leave no rows behind"
    refused("not_the_last", lambda: recording.undo(expo, 999_999, SYSTEM))


def test_undo_stops_before_what_somebody_holds(expo: Expo) -> None:
    row_of_four(expo)
    with transaction():
        assign(expo, "A02")
    refused("stand_taken", lambda: recording.undo(expo, queries.deeds(expo, 1)[0].id, SYSTEM))


def test_many_at_once_and_taken_off(expo: Expo) -> None:
    row_of_four(expo)
    with transaction():
        values = {"kind": StandKind.RAW, "price_class": "A", "number": "X"}
        assert drawing.change_many(expo, ["A01", "A02", "Z9"], values, SYSTEM) == 2
        assert drawing.remove_stands(expo, ["A03", "A04"], SYSTEM) == 2
    assert {(one.number, one.kind, one.price_class) for one in queries.stands(expo)} == {
        ("A01", StandKind.RAW, "A"),
        ("A02", StandKind.RAW, "A"),
    }
    with transaction():
        drawing.draw_stand(expo, facts(expo, "A03", 40_000), SYSTEM)
    gone = queries.stands_named(expo, ["A03"])[0]
    with transaction():
        drawing.remove_stands(expo, ["A03"], SYSTEM)
    assert queries.stands_with_ids(expo, [gone.id]) == {}, "what was never published leaves nothing"


def test_versions_are_kept_as_they_were(expo: Expo) -> None:
    refused("plan_empty", lambda: versions.save(expo, "", SYSTEM))
    row_of_four(expo)
    with transaction():
        first = versions.save(expo, "一稿", SYSTEM)
        assert versions.save(expo, "", SYSTEM) is first, "the same plan is the same version"
        versions.save(expo, "", SYSTEM, publish=True)
    text, digest = first.snapshot, first.sha256
    assert digest == hash_of(text)
    assert queries.published(expo) is first
    stand = queries.stands_named(expo, ["A01"])[0]
    refused("number_published", lambda: drawing.change_stand(expo, stand, facts(expo, "A07"), SYSTEM))
    with transaction():
        drawing.remove_stands(expo, ["A01"], SYSTEM)
        second = versions.save(expo, "二稿", SYSTEM)
    refused("number_taken", lambda: drawing.draw_stand(expo, facts(expo, "A01", 40_000), SYSTEM))
    db.session.expire_all()
    kept = db.session.get(PlanVersion, first.id)
    assert kept is not None
    assert (kept.snapshot, kept.sha256) == (text, digest)
    found = versions.changes_since(kept, second.snapshot)
    assert [(one.name, one.after) for one in found if one.after is None] == [("A01", None)]
    assert queries.published(expo) is kept, "the public sees what was published"


def test_a_plan_with_an_overlap_is_not_published(expo: Expo) -> None:
    row_of_four(expo)
    with transaction():
        drawing.draw_stand(expo, facts(expo, "B01", 21_000), SYSTEM)
    assert [(found.finding, found.number) for _, found, _ in drawing.findings(expo)] == [
        (Finding.OVERLAP, "A04")
    ]
    refused("plan_wrong", lambda: versions.save(expo, "", SYSTEM, publish=True))


def test_states_on_the_plan(expo: Expo) -> None:
    row_of_four(expo)
    with transaction():
        assign(expo, "A01")
        drawing.change_many(expo, ["A04"], {"for_sale": False}, SYSTEM)
    rows = queries.stands(expo)
    assert queries.states(rows, queries.live(expo, clock.now())) == {
        "A01": StandState.CONTRACTED,
        "A02": StandState.FREE,
        "A03": StandState.FREE,
        "A04": StandState.CLOSED,
    }


@both_engines
def test_another_fair_has_a_plan_of_its_own(expo: Expo) -> None:
    row_of_four(expo)
    make_expo("9th", 9)
    other = expos.expo_by_slug("9th")
    assert other is not None
    assert queries.stands(other) == []
    with pytest.raises(NotFound), transaction():
        merging.merge(other, ["A01", "A02"], "A01", SYSTEM)
    refused("hall_unmeasured", lambda: drawing.draw_stand(other, facts(other), SYSTEM))
    assert db.session.scalar(sa.select(sa.func.count(Stand.id))) == 4
