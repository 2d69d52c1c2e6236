"""What was sold stays what it is until somebody says otherwise: splitting, changing, undoing, reducing (§3 rule 4, O3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.rules.states import State
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.jobs.models import Job
from exhibitions.mail.models import Mail
from exhibitions.orders.queries.parties import parties
from exhibitions.stands.models import Allocation, Stand
from exhibitions.stands.queries import holding as held
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.queries import quoting
from exhibitions.stands.queries.of_exhibitors import area_of
from exhibitions.stands.rules.allocation import EndReason
from exhibitions.stands.rules.background import Unit
from exhibitions.stands.rules.facts import HallFacts, StandFacts
from exhibitions.stands.rules.geometry import rectangle
from exhibitions.stands.rules.picture import StandState
from exhibitions.stands.rules.plan import StandKind
from exhibitions.stands.rules.rows import Numbering, Row
from exhibitions.stands.service import (
    assigning,
    drawing,
    holding,
    importing,
    merging,
    recording,
    telling,
    versions,
)
from exhibitions.stands.service.public_plan import public_states
from exhibitions.stands.views import letters
from tests.asked import counted
from tests.exhibiting import make_exhibitor
from tests.factories import make_expo


@pytest.fixture
def expo(context: None) -> Expo:
    """A hall with the stands A01 to A04 of 9 m² side by side."""
    make_expo()
    found = expos.expo_by_slug("8th")
    assert found is not None
    with transaction():
        drawing.measure_hall(found, found.halls[0].id, HallFacts(60_000, 40_000), SYSTEM)
        row = Row(10_000, 10_000, 4, 3000, 3000, numbering=Numbering(prefix="A"))
        drawing.lay_row(found, found.halls[0].id, row, facts(found), SYSTEM)
    return found


def facts(expo: Expo, number: str = "A01", x: int = 10_000, **changes: Any) -> StandFacts:
    values = {"polygon": rectangle(x, 10_000, 3000, 3000)} | changes
    return StandFacts(number, expo.halls[0].id, **values)


def stand(expo: Expo, number: str) -> Stand:
    return queries.stands_named(expo, [number])[0]


def sell(expo: Expo, number: str = "A01", state: State = State.PAID) -> tuple[Exhibitor, Allocation]:
    """The stand is the exhibitor's, whose order has come so far."""
    exhibitor, _, _ = make_exhibitor(expo)
    row, _ = assigning.assign(expo, exhibitor, stand(expo, number).id, SYSTEM)
    exhibitor.state = state
    db.session.flush()
    return exhibitor, row


def having(expo: Expo, exhibitor: Exhibitor) -> list[str]:
    return [row.stand.number for row in held.of_exhibitor(expo, exhibitor, clock.now())]


def refused(code: str, deed: Any) -> Refused:
    with pytest.raises(Refused) as caught, transaction():
        deed()
    assert caught.value.code == code
    return caught.value


@pytest.mark.parametrize("state", [State.ACCEPTED, State.CONTRACTED, State.PAID])
def test_a_sold_stand_is_split_only_with_every_part_to_its_exhibitor(expo: Expo, state: State) -> None:
    """§3 rule 4: a split of an allocated stand needs a new allocation for each part."""
    with transaction():
        exhibitor, _ = sell(expo, state=state)
    for stay in ((), ("A01",), ("A98",)):
        refusal = refused(
            "stand_sold",
            lambda stay=stay: merging.split(
                expo, stand(expo, "A01"), [1500, 1500], ["A01", "A98"], stay, SYSTEM
            ),
        )
        assert refusal.params["company"] == "星河家居有限公司"
    refused(
        "stay_unknown",
        lambda: merging.split(
            expo, stand(expo, "A01"), [1500, 1500], ["A01", "A98"], ("A01", "A98", "A99"), SYSTEM
        ),
    )
    assert having(expo, exhibitor) == ["A01"]
    with transaction():
        parts = ["A01", "A98"]
        merging.split(expo, stand(expo, "A01"), [1500, 1500], parts, parts, SYSTEM)
    assert having(expo, exhibitor) == parts
    assert exhibitor.state is state
    last = queries.deeds(expo, 1)[0].id
    refused("stand_taken", lambda: recording.undo(expo, last, SYSTEM))


def test_who_has_ordered_nothing_and_keeps_no_part_may_choose_again(expo: Expo) -> None:
    with transaction():
        exhibitor, row = sell(expo, state=State.OFFERED)
        merging.split(expo, stand(expo, "A01"), [1500, 1500], ["A01", "A98"], (), SYSTEM)
    assert (having(expo, exhibitor), exhibitor.state, row.end_reason) == (
        [],
        State.ADMITTED,
        EndReason.REDUCED,
    )


def test_what_is_sold_is_not_changed_unasked(expo: Expo) -> None:
    """Kind, zone, open sides and areas are what was sold, as the place is; what the price list calls it is not."""
    with transaction():
        sell(expo)
    row = stand(expo, "A01")
    for change in (
        {"kind": StandKind.RAW},
        {"open_sides_set": 4},
        {"contracted_area": 60_000},
        {"upper_area": 10_000},
        {"polygon": rectangle(10_000, 10_000, 3000, 2000)},
    ):
        changed = facts(expo, **change)
        refusal = refused("stand_sold", lambda to=changed: drawing.change_stand(expo, row, to, SYSTEM))
        assert isinstance(refusal, Conflict)
        assert refusal.params["company"] == "星河家居有限公司"
    many = {"kind": StandKind.RAW}
    refused("stand_sold", lambda: drawing.change_many(expo, ["A01", "A02"], many, SYSTEM))
    table = b"number\tx\ty\tw\td\tkind\nA01\t10\t10\t3\t3\traw"
    with importing.opened(table) as opened:
        checked = importing.check(expo, opened, Unit.METRE)
    assert [line.holder for line in checked.lines] == ["星河家居有限公司"]
    refused("stand_sold", lambda: importing.draw_checked(expo, checked, SYSTEM))
    with transaction():
        # The same as before, said by hand, and what is nobody's to have sold.
        same = facts(expo, open_sides_set=row.open_sides, contracted_area=90_000, price_class="B", note="x")
        drawing.change_stand(expo, row, same, SYSTEM)
        assert drawing.change_many(expo, ["A02", "A01"], {"price_class": "C"}, SYSTEM) == 2
        drawing.change_stand(expo, row, facts(expo, kind=StandKind.RAW), SYSTEM, sure=True)
        assert drawing.change_many(expo, ["A01"], {"kind": StandKind.SHELL}, SYSTEM, sure=True) == 1


def test_a_table_is_drawn_on_the_plan_that_it_was_judged_by(expo: Expo) -> None:
    with importing.opened(b"number\tx\ty\tw\td\nA01\t30\t10\t3\t3") as opened:
        checked = importing.check(expo, opened, Unit.METRE)
    with transaction():
        sell(expo)
    refused("plan_changed", lambda: importing.draw_checked(expo, checked, SYSTEM))
    with importing.opened(b"number\tx\ty\tw\td\nA02\t30\t10\t3\t3") as opened:
        checked = importing.check(expo, opened, Unit.METRE)
    with transaction():
        drawing.change_stand(expo, stand(expo, "A03"), facts(expo, "A03", 40_000), SYSTEM)
    refused("plan_changed", lambda: importing.draw_checked(expo, checked, SYSTEM))


def test_undo_takes_back_its_own_deed_and_nothing_else(expo: Expo) -> None:
    """An old change of the price class must not bring back the area from before a reduction."""
    with transaction():
        drawing.change_many(expo, ["A01"], {"price_class": "B"}, SYSTEM)
        sell(expo)
        stand(expo, "A01").contracted_area = 60_000
    with transaction():
        recording.undo(expo, queries.deeds(expo, 1)[0].id, SYSTEM)
    row = stand(expo, "A01")
    assert (row.price_class, row.contracted_area) == ("", 60_000)
    with transaction():
        drawing.change_stand(
            expo, row, facts(expo, kind=StandKind.RAW, contracted_area=60_000), SYSTEM, sure=True
        )
        row.kind = StandKind.UPGRADED
    refused("changed_since", lambda: recording.undo(expo, queries.deeds(expo, 1)[0].id, SYSTEM))


def test_undo_does_not_change_what_was_sold_since(expo: Expo) -> None:
    with transaction():
        drawing.change_many(expo, ["A01"], {"kind": StandKind.RAW}, SYSTEM)
    with transaction():
        sell(expo)
    refused("stand_taken", lambda: recording.undo(expo, queries.deeds(expo, 1)[0].id, SYSTEM))


def test_an_agreed_area_ends_with_the_exhibitor_it_was_agreed_with(expo: Expo) -> None:
    """A reduction to 5 m² is a fact of this exhibitor: the next one is offered 9 m² again."""
    with transaction():
        exhibitor, row = sell(expo, state=State.OFFERED)
        row.area_before, row.stand.contracted_area = 90_000, 50_000
    with transaction():
        row = assigning.move(expo, row.id, stand(expo, "A02").id, SYSTEM)
    assert [area_of(stand(expo, number)) for number in ("A01", "A02")] == [90_000, 90_000]
    with transaction():
        stand(expo, "A02").contracted_area = 88_000
        row.area_before, row.stand.contracted_area = 88_000, 50_000
        assigning.give_up(expo, exhibitor, SYSTEM)
    assert stand(expo, "A02").contracted_area == 88_000, "what the office had said of the stand is said again"
    with transaction():
        # Nothing was reduced: what the office says of a stand stays, whoever lets it go.
        assigning.give_up(expo, sell(expo, "A02")[0], SYSTEM)
    assert stand(expo, "A02").contracted_area == 88_000
    with transaction():
        hold = holding.hold(expo, exhibitor, stand(expo, "A03").id, SYSTEM)
        hold.area_before, hold.stand.contracted_area = 90_000, 50_000
        kept, _ = assigning.assign(expo, exhibitor, stand(expo, "A03").id, SYSTEM)
    assert (kept.area_before, stand(expo, "A03").contracted_area) == (90_000, 50_000)


def test_nought_is_an_area_and_a_number_of_sides_for_price_and_contract(expo: Expo) -> None:
    with transaction():
        row = stand(expo, "A01")
        row.contracted_area, row.open_sides_set = 0, 0
        exhibitor, one = sell(expo)
    (priced,) = quoting.stand_facts(expo, [row])
    assert (int(priced.area_m2), priced.open_sides) == (0, 0)
    told: Any = parties(expo, exhibitor, [one])["stands"]
    assert [(each["area"], each["sides"]) for each in told] == [(0, 0)]


def test_who_was_at_the_last_edition_is_asked_once_for_price_and_figures(expo: Expo) -> None:
    number = make_expo("7th", 7)
    with transaction():
        last = db.session.get_one(Expo, number)
        last.series_id = expo.series_id
        first, *_ = make_exhibitor(last, state=State.PAID)
        again, new, said = (make_exhibitor(expo, name)[0] for name in ("再来", "新来", "自称"))
        again.company_id, said.is_returning = first.company_id, True
    assert quoting.returning(expo, [again, new, said]) == {again.id, said.id}
    assert [quoting.facts(expo, each, ()).new for each in (again, new, said)] == [False, True, False]


def test_a_stand_that_lies_wrong_is_not_chosen(expo: Expo) -> None:
    """What could not be published is not sold to an exhibitor: two would hold the same floor."""
    with transaction():
        exhibitor, person, _ = make_exhibitor(expo)
        wide = facts(expo, polygon=rectangle(10_000, 10_000, 6000, 3000))
        drawing.change_stand(expo, stand(expo, "A01"), wide, SYSTEM)
    assert [each.number for each in held.free(expo, clock.now())] == ["A03", "A04"]
    for number in ("A01", "A02"):
        place = stand(expo, number).id
        refused("stand_faulty", lambda at=place: holding.hold(expo, exhibitor, at, SYSTEM, person=person))
    with transaction():
        recording.undo(expo, queries.deeds(expo, 1)[0].id, SYSTEM)
    assert [each.number for each in held.free(expo, clock.now())] == ["A01", "A02", "A03", "A04"]


def test_who_loses_a_hold_to_another_is_told_and_may_choose_again(expo: Expo) -> None:
    with transaction():
        (one, _, _), (other, _, _) = make_exhibitor(expo, state=State.OFFERED), make_exhibitor(expo, "乙")
        row = holding.hold(expo, one, stand(expo, "A01").id, SYSTEM)
        assigning.assign(expo, other, stand(expo, "A01").id, SYSTEM, instead=True)
        assert one.state is State.ADMITTED
    jobs = sa.select(Job.key).where(Job.name == holding.TELL)
    assert list(db.session.scalars(jobs)) == [f"hold-{row.id}"]
    with transaction():
        assert holding.after_the_end(row.id) is row


def test_only_a_hold_that_its_time_ended_is_told_as_ended(expo: Expo) -> None:
    now = clock.now()
    with transaction():
        one, _, _ = make_exhibitor(expo)
        row = holding.hold(expo, one, stand(expo, "A01").id, SYSTEM, until=now + timedelta(hours=1))
        holding.release(expo, row.id, SYSTEM)
    assert held.last_ended(expo, one, now + timedelta(hours=2)) is None
    with transaction():
        row = holding.hold(expo, one, stand(expo, "A02").id, SYSTEM, until=now + timedelta(hours=1))
    assert held.last_ended(expo, one, now + timedelta(hours=1)) is row


@pytest.mark.parametrize("typed", ["Ａ０１", " a01 ", "a 01"])
def test_numbers_are_read_as_people_type_them(expo: Expo, typed: str) -> None:
    found = held.stand_by_number(expo, typed)
    assert found is not None
    assert found.number == "A01"


def test_the_public_plan_offers_nothing_that_is_gone(expo: Expo) -> None:
    with transaction():
        version = versions.save(expo, "", SYSTEM, publish=True)
        exhibitor, _ = sell(expo)
        assigning.assign(expo, exhibitor, stand(expo, "A02").id, SYSTEM)
        merging.merge(expo, ["A01", "A02"], "A01", SYSTEM)
        drawing.remove_stands(expo, ["A03"], SYSTEM)
    assert public_states(expo, versions.halls_of(version, "zh")) == {
        "A01": StandState.TAKEN,
        "A02": StandState.TAKEN,
        "A03": StandState.CLOSED,
        "A04": StandState.FREE,
    }


def test_the_list_of_versions_reads_no_plan(expo: Expo, app: Any) -> None:
    with transaction():
        versions.save(expo, "", SYSTEM)
    with counted(app) as asked:
        assert [each.version for each in queries.versions(expo)] == [1]
    assert not any("snapshot" in str(each) for each in asked)


def test_who_gets_another_stand_is_told_by_letter(expo: Expo) -> None:
    with transaction():
        _, row = sell(expo)
        new = assigning.move(expo, row.id, stand(expo, "A02").id, SYSTEM)
    with transaction():
        letter = db.session.scalars(sa.select(Mail).where(Mail.template == telling.MOVED)).one()
        assert letter.arguments["allocation_id"] == new.id
    words = letters.moved(letter.arguments, "en")
    assert "您的展位已由 A01 调换为 A02" in words.text
    with transaction():
        assigning.move(expo, new.id, stand(expo, "A03").id, SYSTEM)
    refused("hold_told", lambda: letters.moved(letter.arguments, "en"))


def test_a_stand_that_is_sold_for_long_was_not_taken_a_moment_ago(expo: Expo) -> None:
    with transaction():
        _, row = sell(expo)
        other, person, _ = make_exhibitor(expo, "乙")

    def told() -> str:
        with pytest.raises(holding.Taken) as caught, transaction():
            holding.hold(expo, other, row.stand_id, SYSTEM, person=person)
        return holding.told(expo, caught.value).message

    assert told() == "%(number)s was taken a moment ago. %(other)s is free and the same size"
    with transaction():
        row.since -= timedelta(days=20)
    assert told() == "%(number)s is taken. %(other)s is free and the same size"
