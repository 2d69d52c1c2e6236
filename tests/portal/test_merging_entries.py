"""Issue 4.1: two entries of one company on one fair's list are merged and parted, over all rooms; then the companies can be."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.audit.models import Entry as AuditEntry
from exhibitions.companies.models import Company
from exhibitions.companies.service import joining as companies
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import Model, db, transaction
from exhibitions.core.errors import Conflict, NotFound, Refused
from exhibitions.core.somebody import Somebody
from exhibitions.exhibitors import queries as exhibitors
from exhibitions.exhibitors.models import (
    Call,
    CoExhibitor,
    DailyFigure,
    DirectoryEntry,
    Exhibitor,
    ExhibitorMerge,
    ExhibitorPerson,
    RepresentedCompany,
    StaffBadge,
)
from exhibitions.exhibitors.queries import listing
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import directory, messages, personal, recruiting
from exhibitions.expos.models import Expo
from exhibitions.orders.models import Order
from exhibitions.orders.service import cancelling
from exhibitions.portal.service import merging_entries as service
from exhibitions.stands.models import Allocation
from exhibitions.stands.service import holding
from tests.engines import both_engines
from tests.exhibiting import make_exhibitor, make_hall_plan, make_stand
from tests.factories import make_expo
from tests.orders.pricing import make_order
from tests.people import People

BY = Actor("user", None, "Alice")
DAY = date(2026, 9, 10)
WHEN = {"changed_at", "state_since"}


def the_expo() -> Expo:
    return db.session.scalars(sa.select(Expo).where(Expo.slug == "8th")).one()


def two(state: State = State.SUBMITTED) -> tuple[Exhibitor, Exhibitor]:
    """One company on the list twice, each entry with things of its own, inside the caller's transaction."""
    expo = the_expo()
    kept, _person, _token = make_exhibitor(
        expo, "星河家居有限公司", state, answers={"company": {"name_zh": "星河"}}
    )
    gone, _person, _token = make_exhibitor(
        expo,
        "星河家居公司",
        state,
        note="老客户",
        answers={
            "company": {"name_zh": "星河家居"},
            "contact": {"name": "李丽"},
            "papers": [{"file_id": 7, "sha256": "x", "kind": "licence"}],
        },
    )
    now = clock.now()
    here: dict[str, Any] = {"expo_id": expo.id, "exhibitor_id": gone.id}
    db.session.add_all(
        [
            CoExhibitor(**here, name_zh="联合", created_at=now),
            RepresentedCompany(**here, name_zh="代理"),
            RepresentedCompany(**here, name_zh="同名"),
            RepresentedCompany(expo_id=expo.id, exhibitor_id=kept.id, name_zh="同名"),
            StaffBadge(**here, name="王敏", created_at=now),
            Call(**here, at=now, text="谈过"),
        ]
    )
    messages.write(expo, gone, "您好", SYSTEM)
    directory.save(expo, kept, directory.Words(name_zh="星河", text_zh="家居"), BY, DAY)
    directory.save(expo, gone, directory.Words(name_zh="星河家居", brand="星", text_en="Homes"), BY, DAY)
    directory.add_product(expo, gone, ("实木门", "Door"), BY)
    for each, sales in ((kept, 100), (gone, 900)):
        db.session.add(
            DailyFigure(expo_id=expo.id, exhibitor_id=each.id, day=DAY, sales=sales, reported_at=now)
        )
    db.session.add(DailyFigure(**here, day=DAY + timedelta(1), sales=5, reported_at=now))
    db.session.flush()
    return kept, gone


def of(number: int, model: type[Model]) -> list[Any]:
    table: Any = model
    return list(db.session.scalars(sa.select(table).where(table.exhibitor_id == number).order_by(table.id)))


def picture() -> dict[str, Any]:
    """All rows of exhibitors, but for moments and the history, which tells of both deeds."""
    left_out = {"exhibitor_events", "exhibitor_merges"}
    return {
        table.name: [
            {name: value for name, value in row._mapping.items() if name not in WHEN}
            for row in db.session.execute(sa.select(table).order_by(table.c.id))
        ]
        for table in Model.metadata.sorted_tables
        if "exhibitor_id" in table.c or table.name in ("exhibitors", "directory_products")
        if table.name not in left_out
    }


@pytest.fixture
def fair(context: None) -> int:
    return make_expo()


@both_engines
def test_merged_and_parted_nothing_is_lost(fair: int) -> None:
    with transaction():
        kept, gone = two()
        kept_id, gone_id = kept.id, gone.id
    before = picture()
    with transaction():
        service.merge(the_expo(), *both(kept_id, gone_id), BY)
    assert_merged(*both(kept_id, gone_id))
    with transaction():
        service.part(the_expo(), db.session.scalars(sa.select(ExhibitorMerge)).one(), BY)
    db.session.expire_all()
    assert picture() == before
    with transaction(), pytest.raises(Refused, match="entry_parting_late"):
        service.part(the_expo(), db.session.scalars(sa.select(ExhibitorMerge)).one(), BY)


def assert_merged(kept: Exhibitor, gone: Exhibitor) -> None:
    """All that the one that ended had is with the one that stays, and the list knows one."""
    kept_id, gone_id = kept.id, gone.id
    assert [row.name_zh for row in of(kept_id, CoExhibitor)] == ["联合"]
    assert [row.name_zh for row in of(kept_id, RepresentedCompany)] == ["代理", "同名"]
    assert [row.name for row in of(kept_id, StaffBadge)] == ["王敏"]
    assert [row.text for row in of(kept_id, Call)] == ["谈过"]
    assert len(of(kept_id, ExhibitorPerson)) == 2
    assert kept.note == "老客户"
    assert kept.answers["company"] == {"name_zh": "星河"}
    assert kept.answers["contact"] == {"name": "李丽"}
    assert [paper["file_id"] for paper in kept.answers["papers"]] == [7]
    (entry,) = of(kept_id, DirectoryEntry)
    assert (entry.name_zh, entry.brand, entry.text_zh, entry.text_en) == ("星河", "星", "家居", "Homes")
    assert [product.name_zh for product in entry.products] == ["实木门"]
    # The figures of a merged exhibitor follow it; of a day that both reported, those of the one that stays count (O10).
    live = [(row.day.day, row.sales) for row in of(kept_id, DailyFigure) if row.replaced_at is None]
    assert live == [(10, 100), (11, 5)]
    assert (gone.state, gone.company_id, gone.merged_into_id) == (State.NOT_THIS_EDITION, None, kept_id)
    assert exhibitors.exhibitor(the_expo(), gone.number) is None
    filters = listing.Filters(clock.now(), DAY)
    assert [each.exhibitor.id for each in listing.found(the_expo(), filters).rows] == [kept_id]
    assert sum(listing.counts(the_expo()).values()) == 1
    told = sa.select(AuditEntry.subject_id).where(AuditEntry.action == "exhibitors.merged")
    assert set(db.session.scalars(told)) == {kept_id, gone_id}


def both(kept_id: int, gone_id: int) -> tuple[Exhibitor, Exhibitor]:
    db.session.expire_all()
    return db.session.get_one(Exhibitor, kept_id), db.session.get_one(Exhibitor, gone_id)


def test_then_the_companies_can_be_merged_and_both_ways_lead_back(fair: int) -> None:
    """The register refuses while both stand on one list; it parts first what it merged last."""
    with transaction():
        kept, gone = two()
        one, other = kept.company, gone.company
        assert one is not None
        assert other is not None
    with pytest.raises(Conflict, match="both_exhibit"), transaction():
        companies.merge(one, other, {}, BY)
    with transaction():
        kept, gone = both(kept.id, gone.id)
        row = service.merge(the_expo(), kept, gone, BY)
        firms = companies.merge(
            db.session.get_one(Company, one.id), db.session.get_one(Company, other.id), {}, BY
        )
    with transaction(), pytest.raises(Conflict, match="companies_merged"):
        service.part(the_expo(), row, BY)
    with transaction():
        companies.part(firms, BY)
        service.part(the_expo(), row, BY)
    assert (kept.company_id, gone.company_id) == (one.id, other.id)


def test_who_came_on_the_list_again_keeps_the_place(fair: int) -> None:
    with transaction():
        kept, gone = two()
        company = gone.company
        row = service.merge(the_expo(), kept, gone, BY)
        assert company is not None
        recruiting.take_in(the_expo(), company, BY)
    with transaction(), pytest.raises(Conflict, match="company_entered"):
        service.part(the_expo(), row, BY)


def test_a_chain_is_parted_from_its_end(fair: int) -> None:
    with transaction():
        kept, gone = two()
        third, _person, _token = make_exhibitor(the_expo(), "星河", State.SUBMITTED)
        first = service.merge(the_expo(), kept, gone, BY)
        second = service.merge(the_expo(), third, kept, BY)
    with transaction():
        assert gone.merged_into_id == third.id
        assert len(of(third.id, StaffBadge)) == 1
    with transaction(), pytest.raises(Conflict, match="entry_merged"):
        service.merge(the_expo(), third, gone, BY)
    with transaction(), pytest.raises(Conflict, match="entry_merged_since"):
        service.part(the_expo(), first, BY)
    with transaction():
        service.part(the_expo(), second, BY)
        service.part(the_expo(), first, BY)
    assert {each.merged_into_id for each in (gone, kept)} == {None}
    assert len(of(gone.id, StaffBadge)) == 1


def test_after_thirty_days_nothing_parts_them(fair: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction():
        row = service.merge(the_expo(), *two(), BY)
    later = clock.now() + timedelta(days=30)
    monkeypatch.setattr(clock, "now", lambda: later)
    with transaction(), pytest.raises(Refused, match="entry_parting_late"):
        service.part(the_expo(), row, BY)


def test_the_same_one_twice_and_one_that_is_gone_are_refused(fair: int) -> None:
    with transaction():
        kept, gone = two()
        with pytest.raises(Refused, match="same_entry"):
            service.merge(the_expo(), kept, kept, BY)
        db.session.execute(sa.delete(Order))
    with transaction():
        db.session.delete(gone)
    with transaction(), pytest.raises(NotFound):
        service.merge(the_expo(), kept, gone, BY)


@both_engines
def test_a_stand_and_an_order_stay_where_they_are(fair: int) -> None:
    """Both bound is refused with what to do first; the order of one that was called off goes over with its money."""
    with transaction():
        expo = the_expo()
        order = make_order(expo)
        bound = order.exhibitor
        other, _person, _token = make_exhibitor(expo, "订购企业", State.ADMITTED)
        stand = make_stand(expo, "S02", 3_000, 15_000)
        held = holding.hold(expo, other, stand.id, SYSTEM)
        with pytest.raises(Conflict, match="both_on_stands"):
            service.merge(expo, bound, other, BY)
        holding.release(expo, held.id, SYSTEM)
    with transaction(), pytest.raises(Refused, match="other_is_further"):
        service.merge(the_expo(), other, bound, BY)
    with transaction():
        cancelling.cancel(the_expo(), order, fee=0, reason="重复", by=BY)
    with transaction():
        row = service.merge(the_expo(), other, bound, BY)
        assert order.exhibitor_id == other.id
        assert {each.exhibitor_id for each in db.session.scalars(sa.select(Allocation))} == {other.id}
    with transaction():
        service.part(the_expo(), row, BY)
    db.session.expire_all()
    assert order.exhibitor_id == bound.id
    assert [
        each.exhibitor_id for each in db.session.scalars(sa.select(Allocation).order_by(Allocation.id))
    ] == [
        bound.id,
        other.id,
    ]


def test_who_is_erased_is_gone_from_the_entry_that_ended_too(fair: int) -> None:
    """P9: its answers and its note stay with it, and the person who moved on is found in them."""
    with transaction():
        kept, gone = two()
        person = of(gone.id, ExhibitorPerson)[0]
        person.name = "李丽"
        who = Somebody.of("李丽", person.phone, person.email)
        gone.answers = {**gone.answers, "contact": {"name": "李丽", "phone": person.phone}}
        service.merge(the_expo(), kept, gone, BY)
        personal.erase_person(who, BY)
    kept, gone = both(kept.id, gone.id)
    assert "李丽" not in str((kept.answers, gone.answers))


MERGE = "/desk/8th/exhibitors/{}/merge"


@pytest.fixture
def numbers(app: Flask, people: People) -> tuple[str, str]:
    """The numbers of two entries of one company."""
    people.alice.set_cookie("lang", "en")
    people.dora.set_cookie("lang", "en")
    with app.app_context(), transaction():
        kept, gone = two()
        return kept.number, gone.number


def test_both_stand_side_by_side_and_the_chosen_one_stays(people: People, numbers: tuple[str, str]) -> None:
    one, other = numbers
    page = people.alice.get(MERGE.format(one) + f"?with={other}").text
    for word in (
        "星河家居有限公司",
        "星河家居公司",
        "联合",
        "代理",
        "老客户",
        f"Keep {one}",
        f"Keep {other}",
    ):
        assert word in page
    answer = people.alice.post(MERGE.format(one), data={"with": other, "keep": other})
    assert answer.location.endswith(f"/exhibitors/{other}")
    record = people.alice.get(answer.location).text
    assert "Undo merging" in record
    assert one in record
    stale = people.alice.get(f"/desk/8th/exhibitors/{one}")
    assert stale.location.endswith(f"/exhibitors/{other}")
    assert people.alice.get(f"/desk/8th/exhibitors/{one}/note").status_code == 404
    assert people.alice.post("/desk/8th/exhibitors/merges/1/part").status_code == 303
    assert people.alice.get(f"/desk/8th/exhibitors/{one}").status_code == 200
    assert (
        "30 days. This is over"
        in people.alice.post("/desk/8th/exhibitors/merges/1/part", follow_redirects=True).text
    )


def test_a_refusal_is_said_on_the_page(app: Flask, people: People, numbers: tuple[str, str]) -> None:
    one, other = numbers
    with app.app_context(), transaction():
        make_hall_plan(the_expo())
        for place, number in enumerate(numbers):
            row = exhibitors.exhibitor(the_expo(), number)
            assert row is not None
            row.state = State.ADMITTED
            holding.hold(the_expo(), row, make_stand(the_expo(), f"A0{place}", place * 3000).id, SYSTEM)
    answer = people.alice.post(MERGE.format(one), data={"with": other, "keep": one}, follow_redirects=True)
    assert "Take the stand of the one that is to end back first" in answer.text
    assert "A00" in answer.text


def test_the_other_one_is_found_by_likeness_and_by_search(people: People, numbers: tuple[str, str]) -> None:
    one, other = numbers
    assert people.alice.get(MERGE.format(one)).status_code == 200
    asked = people.alice.post(MERGE.format(one) + "/find", data={"q": other}, follow_redirects=True)
    assert f"with={other}" in asked.text
    for strange in ("Z", one, ""):
        assert "Keep " not in people.alice.get(MERGE.format(one) + f"?with={strange}").text
    assert people.alice.get(MERGE.format("Z")).status_code == 404
    assert people.alice.post("/desk/8th/exhibitors/merges/99/part").status_code == 404


def test_the_register_shows_the_way_to_the_fair(app: Flask, people: People, numbers: tuple[str, str]) -> None:
    with app.app_context():
        one, other = (exhibitors.exhibitor(the_expo(), number) for number in numbers)
        assert one is not None
        assert other is not None
        page = f"/desk/companies/{one.company_id}/merge?with={other.company_id}"
    assert f"/desk/8th/exhibitors/{numbers[0]}/merge?with={numbers[1]}" in people.dora.get(page).text
    people.alice.post(MERGE.format(numbers[0]), data={"with": numbers[1], "keep": numbers[0]})
    assert "/exhibitors/" not in people.dora.get(page).text.split("<main")[1].split("</main")[0]
