"""Whatever changes a stand after the freeze fills the swap list: deeds on the plan, and who is called off (demand 5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.models import Exhibitor, ExhibitorSettings
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import deciding
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Allocation, Stand
from exhibitions.stands.queries import holding
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.queries import swaps as swap_queries
from exhibitions.stands.rules.allocation import EndReason
from exhibitions.stands.rules.facts import HallFacts, StandFacts
from exhibitions.stands.rules.geometry import rectangle
from exhibitions.stands.rules.plan import StandKind
from exhibitions.stands.rules.rows import Numbering, Row
from exhibitions.stands.rules.swaps import Thing, differing
from exhibitions.stands.service import assigning, drawing, merging, recording, swapping, versions
from tests.asked import counted
from tests.exhibiting import make_exhibitor
from tests.factories import make_expo

OFFICE = Actor("user", None, "Alice")
NOON = datetime(2026, 9, 28, 4, 0, tzinfo=UTC)


@pytest.fixture
def expo(app: Flask, context: None, monkeypatch: pytest.MonkeyPatch) -> Expo:
    """A fair with the stands A1 to A4 side by side, 9 m² each, frozen now; A1 and A2 are a paying exhibitor's."""
    make_expo()
    monkeypatch.setattr(clock, "now", lambda: NOON)
    found = expos.expo_by_slug("8th")
    assert found is not None
    row = Row(10_000, 10_000, 4, 3000, 3000, numbering=Numbering(prefix="A"))
    with transaction():
        drawing.measure_hall(found, found.halls[0].id, HallFacts(60_000, 40_000), SYSTEM)
        drawing.lay_row(found, found.halls[0].id, row, facts(found), SYSTEM)
        exhibitor = make_exhibitor(found, state=State.PAID)[0]
        for number in ("A01", "A02"):
            assigning.assign(found, exhibitor, stand(found, number).id, OFFICE)
        db.session.add(ExhibitorSettings(expo_id=found.id, changed_at=NOON, data={}, stands_frozen_at=NOON))
    return found


def facts(expo: Expo, number: str = "A01", **changes: Any) -> StandFacts:
    values = {"polygon": rectangle(10_000, 10_000, 3000, 3000)} | changes
    return StandFacts(number, expo.halls[0].id, **values)


def stand(expo: Expo, number: str) -> Stand:
    return queries.stands_named(expo, [number])[0]


def lines(expo: Expo) -> dict[str, tuple[str, str]]:
    """By open thing what it says, and what it should say."""
    return {
        row.swap.thing: tuple(  # type: ignore[misc]  # two of them.
            " ".join(side.values()) for side in differing(row.swap.before, row.swap.after)
        )
        for row in swap_queries.swaps(expo, done=False).rows
    }


def test_a_stand_that_is_drawn_smaller(expo: Expo) -> None:
    smaller = facts(expo, polygon=rectangle(10_000, 10_000, 3000, 2000))
    with transaction():
        drawing.change_stand(expo, stand(expo, "A01"), smaller, OFFICE, sure=True)
    found = lines(expo)
    assert set(found) == {"confirmation", "contract", "stand_sheet"}
    assert found["contract"][0].startswith("A01, A02 18")
    assert found["contract"][1].startswith("A01, A02 15")


def test_a_stand_that_is_undone_is_true_again(expo: Expo) -> None:
    with transaction():
        drawing.change_many(expo, ["A01"], {"kind": StandKind.RAW}, OFFICE, sure=True)
    assert set(lines(expo)) == {"confirmation", "contract", "stand_sheet"}
    with transaction():
        recording.undo(expo, queries.deeds(expo, 1)[0].id, OFFICE)
    assert lines(expo) == {}


def test_merged_and_split(expo: Expo) -> None:
    with transaction():
        merging.merge(expo, ["A01", "A02"], "A01", OFFICE)
    was, now = lines(expo)["contract"]
    assert (was[:8], now.split()[0]) == ("A01, A02", "A01")
    with transaction():
        whole = stand(expo, "A01")
        merging.split(expo, whole, [3000, 3000], ["A01", "A02"], ["A01", "A02"], OFFICE)
    assert lines(expo) == {}, "parted as it was, the papers are true again"


def test_a_sold_stand_that_is_moved_under_its_number_makes_the_printed_plan_false(expo: Expo) -> None:
    with transaction():
        versions.save(expo, "", OFFICE, publish=True)
    moved = facts(expo, polygon=rectangle(10_000, 20_000, 3000, 3000))
    with transaction():
        drawing.change_stand(expo, stand(expo, "A01"), moved, OFFICE, sure=True)
    # It was published at this very moment: what is made before or at the change can be false.
    assert lines(expo)["plan"] == ("A01, A02 10/10 3×3; 13/10 3×3", "A01, A02 10/20 3×3; 13/10 3×3")
    with transaction():
        versions.save(expo, "", OFFICE, publish=True)
    assert "plan" not in lines(expo), "published anew"


def test_a_deed_asks_once_for_all_whom_it_touches(expo: Expo, app: Flask) -> None:
    """However many exhibitors a deed touches, what was made for them is asked for once."""
    with transaction(), counted(app) as few:
        drawing.change_many(expo, ["A01"], {"kind": StandKind.RAW}, OFFICE, sure=True)
    with transaction():
        for number in ("A03", "A04"):
            other = make_exhibitor(expo, number, state=State.PAID)[0]
            assigning.assign(expo, other, stand(expo, number).id, OFFICE)
    with transaction(), counted(app) as many:
        drawing.change_many(expo, ["A02", "A03", "A04"], {"kind": StandKind.UPGRADED}, OFFICE, sure=True)
    assert len({row.swap.exhibitor_id for row in swap_queries.swaps(expo).rows}) == 3
    assert len(many) <= len(few)


def test_who_is_called_off_without_an_order_gives_up_the_stand(expo: Expo) -> None:
    """The office calls a part off on the page of the application: the stand is free a minute later, and is listed."""
    with transaction():
        row = db.session.scalars(sa.select(Exhibitor)).one()
        deciding.call_off(row, "破产", 0, OFFICE)
    with transaction():
        assert assigning.free_called_off() == 2
        assert assigning.free_called_off() == 0
    ended = db.session.scalars(sa.select(Allocation)).all()
    assert {each.end_reason for each in ended} == {EndReason.CANCELLED}
    assert [each.number for each in holding.free(expo, NOON)] == ["A01", "A02", "A03", "A04"]
    assert lines(expo)["stand_sheet"] == ("A01, A02", "")


def test_an_own_hold_that_becomes_the_stand_makes_no_paper_of_its_own_false(expo: Expo) -> None:
    """The contract named the stand that was held: only what is made for the whole fair is to be made again."""
    with transaction():
        other = make_exhibitor(expo, "乙", state=State.CONTRACTED)[0]
        swapping.note_made(expo, Thing.CONTRACT, OFFICE, exhibitor=other)
        assigning.assign(expo, other, stand(expo, "A04").id, OFFICE)
    assert set(lines(expo)) == {"stand_sheet"}


def test_before_the_freeze_nothing_is_listed(expo: Expo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON - timedelta(microseconds=1))
    with transaction():
        drawing.change_many(expo, ["A01"], {"kind": StandKind.RAW}, OFFICE, sure=True)
    assert lines(expo) == {}
