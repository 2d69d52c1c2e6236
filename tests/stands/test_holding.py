"""What holding, assigning and moving leave behind: one live row a stand, and the list of what is false (demand 5)."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, NotFound, Refused
from exhibitions.exhibitors.models import Exhibitor, ExhibitorSettings
from exhibitions.exhibitors.rules.states import State
from exhibitions.expos.models import Expo, Hall
from exhibitions.jobs.models import Job
from exhibitions.stands.models import Allocation, Stand, Swap
from exhibitions.stands.queries import holding as queries
from exhibitions.stands.queries import is_live
from exhibitions.stands.queries import swaps as swap_queries
from exhibitions.stands.rules.allocation import EndReason, WhoChooses
from exhibitions.stands.rules.choosing import KEY, Choosing, check, read, write
from exhibitions.stands.rules.swaps import Thing, numbers
from exhibitions.stands.service import assigning, holding, swapping, wishes
from tests.exhibiting import make_exhibitor, make_stand
from tests.factories import make_expo

OFFICE = Actor("system")
NOON = datetime(2026, 9, 28, 4, 0, tzinfo=UTC)


class Time:
    """The clock of a test."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    found = Time()
    monkeypatch.setattr(clock, "now", found)
    return found


@pytest.fixture
def expo(context: None, time: Time) -> Expo:
    """A fair with the stands A01 to A04 of 9 m² and B01 of 36 m², inside an open transaction of each test."""
    number = make_expo()
    with transaction():
        expo = db.session.get_one(Expo, number)
        for n in range(1, 5):
            make_stand(expo, f"A0{n}", x=3000 * n)
        make_stand(expo, "B01", y=9000, w=6000, d=6000)
    return expo


def stand(expo: Expo, number: str) -> int:
    found = queries.stand_by_number(expo, number)
    assert found is not None
    return found.id


def choosing(expo: Expo, frozen_at: datetime | None = None, **facts: Any) -> None:
    row = db.session.scalar(sa.select(ExhibitorSettings).where(ExhibitorSettings.expo_id == expo.id))
    if row is None:
        row = ExhibitorSettings(expo_id=expo.id, changed_at=NOON, data={})
        db.session.add(row)
    row.data = {**row.data, KEY: write(Choosing(**facts))}
    row.stands_frozen_at = frozen_at
    db.session.flush()


def test_a_request_at_the_end_of_a_hold_wins(expo: Expo, time: Time) -> None:
    """§3: hold expires at 12:00:00 → a request at 12:00:00 wins, though no job has come by yet."""
    with transaction():
        choosing(expo, amount=30)
        (one, person, _), (other, second, _) = make_exhibitor(expo), make_exhibitor(expo, "乙")
        first = holding.hold(expo, one, stand(expo, "A01"), OFFICE, person=person)
    assert first.until == NOON + timedelta(minutes=30)
    time.now = NOON + timedelta(minutes=30, microseconds=-1)
    with pytest.raises(holding.Taken, match="stand_taken") as refused, transaction():
        holding.hold(expo, other, stand(expo, "A01"), OFFICE, person=second)
    assert holding.told(expo, refused.value).params["other"] == "A02"
    time.now = NOON + timedelta(minutes=30)
    assert "A01" in [each.number for each in queries.free(expo, time.now)]
    with transaction():
        assert holding.hold(expo, other, stand(expo, "A01"), OFFICE, person=second).exhibitor_id == other.id
    db.session.refresh(first)
    assert (first.ended_at, first.end_reason) == (NOON + timedelta(minutes=30), EndReason.EXPIRED)
    assert [job.key for job in db.session.scalars(sa.select(Job).where(Job.name == holding.TELL))] == [
        f"hold-{first.id}"
    ]


def test_the_nearest_free_stand_is_that_of_the_rule(expo: Expo, time: Time) -> None:
    """Same kind and size first, then the way; of another hall none before those of this one."""

    def nearest(number: str) -> list[str]:
        found = queries.stand_by_number(expo, number)
        assert found is not None
        return [each.number for each in queries.nearest_free(expo, found, time.now)]

    with transaction():
        hall = Hall(expo_id=expo.id, code="2", name_zh="2号馆")
        db.session.add(hall)
        db.session.flush()
        make_stand(expo, "Z01", hall=hall)
        assigning.assign(expo, make_exhibitor(expo)[0], stand(expo, "A02"), OFFICE)
    assert nearest("A01") == ["A03", "A04", "Z01", "B01"]
    assert nearest("B01") == ["A01", "A03", "A04", "Z01"]
    with transaction():
        other, _, _ = make_exhibitor(expo, "乙")
        for number in ("A03", "A04", "Z01", "B01"):
            assigning.assign(expo, other, stand(expo, number), OFFICE)
    taken = holding.Taken(queries.with_ids(expo, [stand(expo, "A02")])[0])
    assert holding.told(expo, taken).params["other"] == "A01"
    with transaction():
        assigning.assign(expo, other, stand(expo, "A01"), OFFICE)
    assert holding.told(expo, taken).params == {"number": "A02"}


def test_the_job_ends_holds_once_and_at_their_own_time(expo: Expo, time: Time) -> None:
    with transaction():
        one, _, _ = make_exhibitor(expo, state=State.OFFERED)
        row = holding.hold(expo, one, stand(expo, "A01"), OFFICE)
        kept = holding.hold(expo, one, stand(expo, "A02"), OFFICE, until=NOON + timedelta(hours=9))
    time.now = NOON + timedelta(hours=3)
    with transaction():
        assert (holding.end_expired(), holding.end_expired()) == (1, 0)
    assert row.ended_at == row.until == NOON + timedelta(hours=1)
    assert kept.ended_at is None
    with transaction():
        # It still has a stand: nothing is to be told, and its state stays.
        assert holding.after_the_end(row.id) is None
        assert holding.after_the_end(kept.id) is None
    time.now = NOON + timedelta(hours=9)
    with transaction():
        holding.end_expired()
        assert holding.after_the_end(kept.id) is kept
        assert one.state is State.ADMITTED


def test_who_may_hold_what(expo: Expo, time: Time) -> None:
    with transaction():
        one, person, _ = make_exhibitor(expo)
        early, early_person, _ = make_exhibitor(expo, "早", state=State.SUBMITTED)
        make_stand(expo, "N01", y=20_000, for_sale=False)
        other_fair = db.session.get_one(Expo, 1)
    a01, n01 = stand(expo, "A01"), stand(expo, "N01")

    def refused(what: str, who: Exhibitor, number: int, by: Any, **more: Any) -> None:
        with pytest.raises(Refused, match=what), transaction():
            holding.hold(expo, who, number, OFFICE, person=by, **more)

    assert other_fair is expo
    refused("not_admitted", early, a01, early_person)
    refused("not_for_sale", one, n01, person)
    refused("not_for_sale", one, n01, None)
    refused("stand_gone", one, 9_999, person)
    refused("until_past", one, a01, None, until=NOON)
    with transaction():
        holding.hold(expo, one, a01, OFFICE, person=person)
    refused("too_many", one, stand(expo, "A02"), person)
    with transaction():
        # The office is bound by no limit.
        holding.hold(expo, one, stand(expo, "A02"), OFFICE)
        choosing(expo, who=WhoChooses.OFFICE)
    refused("not_open", one, stand(expo, "A03"), person)


def test_release_and_extend(expo: Expo, time: Time) -> None:
    with transaction():
        (one, _, _), (other, _, _) = make_exhibitor(expo), make_exhibitor(expo, "乙")
        row = holding.hold(expo, one, stand(expo, "A01"), OFFICE)
    with pytest.raises(NotFound), transaction():
        holding.release(expo, row.id, OFFICE, only_of=other)
    time.now = NOON + timedelta(minutes=30)
    with transaction():
        assert holding.extend(expo, row.id, OFFICE).until == NOON + timedelta(minutes=90)
        assert holding.extend(expo, row.id, OFFICE, until=NOON + timedelta(minutes=40)).until is not None
        choosing(expo, order_amount=2)
        # Two working days after Monday: the end of Wednesday in Shanghai.
        assert holding.prolong_for_order(expo, one, OFFICE)[0].until == datetime(
            2026, 9, 30, 16, 0, tzinfo=UTC
        )
    with pytest.raises(Refused, match="until_past"), transaction():
        holding.extend(expo, row.id, OFFICE, until=time.now)
    time.now = datetime(2026, 9, 30, 16, 0, tzinfo=UTC)
    with pytest.raises(Conflict, match="hold_over"), transaction():
        holding.extend(expo, row.id, OFFICE)
    with transaction():
        again = holding.hold(expo, one, stand(expo, "A01"), OFFICE)
        assert again.id != row.id
        assert holding.release(expo, again.id, OFFICE, only_of=one).end_reason is EndReason.RELEASED
    with pytest.raises(NotFound), transaction():
        holding.release(expo, again.id, OFFICE, only_of=one)


def test_the_down_payment_keeps_a_hold_and_comes_too_late_for_a_lapsed_one(expo: Expo, time: Time) -> None:
    """§2.2: 50 % within 5 days or the hold lapses; day 6 without payment → released."""
    with transaction():
        (one, _, _), (late, _, _) = make_exhibitor(expo), make_exhibitor(expo, "乙")
        for who, number in ((one, "A01"), (late, "A02")):
            holding.hold(expo, who, stand(expo, number), OFFICE, until=NOON + timedelta(days=5))
    time.now = NOON + timedelta(days=5, seconds=-1)
    with transaction():
        assert [row.stand.number for row in assigning.keep(expo, one, OFFICE)] == ["A01"]
        assert one.state is State.OFFERED
    time.now = NOON + timedelta(days=5)
    with transaction():
        assert assigning.keep(expo, late, OFFICE) == []
    assert [each.number for each in queries.free(expo, time.now)] == ["A02", "A03", "A04", "B01"]


def test_assigning(expo: Expo, time: Time) -> None:
    with transaction():
        (one, _, _), (other, _, _) = make_exhibitor(expo), make_exhibitor(expo, "乙")
        early, _, _ = make_exhibitor(expo, "早", state=State.CHECKED)
        a01 = stand(expo, "A01")
        held = holding.hold(expo, one, a01, OFFICE)
    with pytest.raises(Refused, match="not_admitted"), transaction():
        assigning.assign(expo, early, a01, OFFICE)
    with pytest.raises(Conflict, match="stand_held"), transaction():
        assigning.assign(expo, other, a01, OFFICE)
    with transaction():
        row, replaced = assigning.assign(expo, other, a01, OFFICE, instead=True)
        assert (replaced, held.end_reason) == (held, EndReason.REPLACED)
        assert assigning.assign(expo, other, a01, OFFICE) == (row, None)
    with pytest.raises(Conflict, match="stand_sold"), transaction():
        assigning.assign(expo, one, a01, OFFICE, instead=True)
    with pytest.raises(Refused, match="assigned"), transaction():
        holding.release(expo, row.id, OFFICE, only_of=other)
    with transaction():
        other.state = State.CONTRACTED
    with pytest.raises(Refused, match="under_contract"), transaction():
        assigning.take_back(expo, row.id, OFFICE)
    with transaction():
        assert [each.end_reason for each in assigning.give_up(expo, other, OFFICE)] == [EndReason.CANCELLED]
        row, _ = assigning.assign(expo, one, a01, OFFICE)
        stages = [one.state]
        assigning.take_back(expo, row.id, OFFICE, "asked for another hall")
        assert [*stages, one.state] == [State.OFFERED, State.ADMITTED]


def test_space_sold_held_and_free(expo: Expo, time: Time) -> None:
    with transaction():
        one, _, _ = make_exhibitor(expo)
        assigning.assign(expo, one, stand(expo, "B01"), OFFICE)
        holding.hold(expo, one, stand(expo, "A01"), OFFICE)
        make_stand(expo, "N01", y=20_000, for_sale=False)
    (hall,) = queries.space(expo, time.now)
    assert (hall.assigned, hall.held, hall.free) == (360_000, 90_000, 270_000)
    assert (hall.stands_assigned, hall.stands_held, hall.stands_free) == (1, 1, 3)
    (hall,) = queries.space(expo, NOON + timedelta(hours=1))
    assert (hall.held, hall.free) == (0, 360_000)


def things(expo: Expo, **asked: Any) -> set[tuple[str, str, str]]:
    return {
        (row.swap.thing, numbers(row.swap.before), numbers(row.swap.after))
        for row in swap_queries.swaps(expo, **asked).rows
    }


def test_the_list_of_what_is_false_after_the_freeze(expo: Expo, time: Time) -> None:
    with transaction():
        (one, _, _), (other, _, _) = make_exhibitor(expo), make_exhibitor(expo, "乙")
        row, _ = assigning.assign(expo, one, stand(expo, "A01"), OFFICE)
        swapping.note_made(expo, Thing.CONTRACT, OFFICE, exhibitor=one, reference="C-1")
        swapping.note_made(expo, Thing.LETTER, OFFICE, exhibitor=other)
        choosing(expo, frozen_at=NOON + timedelta(hours=1))
        # Before the freeze nothing is listed.
        row = assigning.move(expo, row.id, stand(expo, "A02"), OFFICE)
    assert swap_queries.still_false(expo) == 0
    time.now = NOON + timedelta(hours=1)
    with transaction():
        row = assigning.move(expo, row.id, stand(expo, "A03"), OFFICE)
    told = {"confirmation", "contract", "stand_sheet"}
    assert things(expo) == {(thing, "A02", "A03") for thing in told}
    with transaction():
        # A second move: what the paper says stays, what it should say is newer.
        row = assigning.move(expo, row.id, stand(expo, "A04"), OFFICE)
    assert things(expo) == {(thing, "A02", "A04") for thing in told}
    with transaction():
        # The contract is printed again: true, and ticked by itself.
        swapping.note_made(expo, Thing.CONTRACT, OFFICE, exhibitor=one, reference="C-1")
    assert things(expo, done=False) == {(thing, "A02", "A04") for thing in told - {"contract"}}
    with transaction():
        # Back where the papers say it is: they are true again. The new contract is not.
        assigning.move(expo, row.id, stand(expo, "A02"), OFFICE)
    assert things(expo, done=False) == {("contract", "A04", "A02")}


def test_an_exchange_lists_both_and_lines_are_ticked_by_their_own_fair(expo: Expo, time: Time) -> None:
    with transaction():
        (one, _, _), (other, _, _) = make_exhibitor(expo), make_exhibitor(expo, "乙")
        first, _ = assigning.assign(expo, one, stand(expo, "A01"), OFFICE)
        second, _ = assigning.assign(expo, other, stand(expo, "B01"), OFFICE)
        choosing(expo, frozen_at=NOON)
        with pytest.raises(Refused, match="same_exhibitor"):
            assigning.exchange(expo, first.id, first.id, OFFICE)
        new, _ = assigning.exchange(expo, first.id, second.id, OFFICE)
    assert (new.exhibitor_id, new.stand.number) == (one.id, "B01")
    assert {row.swap.exhibitor_id for row in swap_queries.swaps(expo).rows} == {one.id, other.id}
    with transaction():
        line = swap_queries.swaps(expo).rows[0].swap
        assert swapping.tick(expo, line.id, OFFICE).done_at == NOON
        assert swapping.tick(expo, line.id, OFFICE, done=False).done_at is None
        with pytest.raises(Refused, match="owner_unknown"):
            swapping.hand_over(expo, line.id, 999, OFFICE)
        with pytest.raises(NotFound):
            swapping.tick(expo, 999, OFFICE)
    with pytest.raises(NotFound), transaction():
        assigning.move(expo, first.id, stand(expo, "A02"), OFFICE)


def test_wishes(expo: Expo, time: Time) -> None:
    with transaction():
        one, _, _ = make_exhibitor(expo)
        paid, _, _ = make_exhibitor(expo, "乙", state=State.PAID)
        a01, a02 = stand(expo, "A01"), stand(expo, "A02")
        assert wishes.save_wishes(expo, one, [None, a02, a01], OFFICE) == [a02, a01]
        assert wishes.save_wishes(expo, one, [a01, None, a02], OFFICE) == [a01, a02]
    assert [(wish.rank, each.number) for wish, each in queries.wishes_of(expo, one)] == [
        (1, "A01"),
        (2, "A02"),
    ]
    assert queries.wished_by_others(expo, paid, [a01]) == {a01: 1}
    for who, wished, what in ((one, [a01, a01], "wish_twice"), (paid, [a01], "late"), (one, [999], "gone")):
        with pytest.raises(Refused, match=what), transaction():
            wishes.save_wishes(expo, who, wished, OFFICE)


def test_the_rules_of_choosing_are_data() -> None:
    kept = Choosing(opens_at=NOON, closed=(NOON.date(),), amount=3)
    assert read({KEY: write(kept)}) == kept
    assert read({}) == Choosing()
    for wrong, what in (
        ({"amount": 0}, "hold_length"),
        ({"order_amount": 61}, "hold_length"),
        ({"closed": (NOON.date(),), "worked": (NOON.date(),)}, "day_is_both"),
        ({"opens_at": NOON, "closes_at": NOON}, "closes_early"),
        ({"limit": 0}, "hold_limit"),
    ):
        with pytest.raises(Refused, match=what):
            check(Choosing(**wrong))
    check(kept)


KINDS = ["hold", "assign", "instead", "move", "exchange", "release", "back", "keep", "wait", "end"]
DEEDS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 2), st.integers(0, 3)), max_size=25)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DEEDS)
def test_whatever_is_done_a_stand_has_one_holder(expo: Expo, time: Time, deeds: list[Any]) -> None:
    """No two live allocations of a stand ever, and a time line of each stand without overlaps."""
    time.now = NOON
    with transaction():
        db.session.execute(sa.delete(Allocation))
        db.session.execute(sa.delete(Stand))
        stands = [make_stand(expo, f"S{n}", x=3000 * n).id for n in range(4)]
        who = [make_exhibitor(expo, f"企业{n}")[0] for n in range(3)]
    for what, one, place in deeds:
        time.now += timedelta(minutes=7)
        mine = [row.id for row in queries.of_exhibitor(expo, who[one], time.now)] or [0]
        others = [row.id for row in queries.of_exhibitor(expo, who[place % 3], time.now)] or [0]
        with contextlib.suppress(Refused), transaction():
            DO[what](expo, who[one], stands[place], mine, others)
        if what == "wait":
            time.now += timedelta(minutes=30 * place)
        live = list(db.session.scalars(sa.select(Allocation.stand_id).where(is_live(time.now))))
        assert len(live) == len(set(live))
    _check_time_lines()


Deed = Callable[[Expo, Exhibitor, int, list[int], list[int]], Any]
DO: dict[str, Deed] = {
    "hold": lambda expo, who, place, mine, others: holding.hold(expo, who, place, OFFICE),
    "assign": lambda expo, who, place, mine, others: assigning.assign(expo, who, place, OFFICE),
    "instead": lambda expo, who, place, mine, others: assigning.assign(
        expo, who, place, OFFICE, instead=True
    ),
    "move": lambda expo, who, place, mine, others: assigning.move(expo, mine[0], place, OFFICE),
    "exchange": lambda expo, who, place, mine, others: assigning.exchange(expo, mine[0], others[0], OFFICE),
    "release": lambda expo, who, place, mine, others: holding.release(expo, mine[0], OFFICE, only_of=who),
    "back": lambda expo, who, place, mine, others: assigning.take_back(expo, mine[-1], OFFICE),
    "keep": lambda expo, who, place, mine, others: assigning.keep(expo, who, OFFICE),
    "wait": lambda expo, who, place, mine, others: None,
    "end": lambda expo, who, place, mine, others: holding.end_expired(),
}


def _check_time_lines() -> None:
    rows = db.session.scalars(sa.select(Allocation).order_by(Allocation.stand_id, Allocation.id)).all()
    for before, after in itertools.pairwise(rows):
        if before.stand_id == after.stand_id:
            assert before.ended_at is not None
            assert before.since <= before.ended_at <= after.since
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Swap)) == 0
