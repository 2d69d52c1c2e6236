"""Issue 4 demand 2 and O4: prospects of an edition, their stages, talks, next steps; the last edition copied."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.audit.models import Entry
from exhibitions.companies.models import CompanyContact
from exhibitions.companies.rules.roles import ContactRole
from exhibitions.companies.service import joining
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.queries import listing
from exhibitions.exhibitors.queries.listing import Filters
from exhibitions.exhibitors.rules import recruiting as rules
from exhibitions.exhibitors.rules.recruiting import NextStep, Talk
from exhibitions.exhibitors.rules.states import Stage, State
from exhibitions.exhibitors.service import recruiting
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import expo_by_slug, planning
from tests.asked import counted
from tests.exhibiting import make_company, make_exhibitor
from tests.exhibitors.applying import CODE
from tests.factories import make_expo
from tests.people import People

BY = Actor("system")
LIST = "/desk/8th/exhibitors"


def fair(slug: str = "8th") -> Expo:
    found = expo_by_slug(slug)
    assert found is not None
    return found


def everybody(**narrowed: object) -> Filters:
    return Filters(clock.now(), date(2026, 8, 1), **narrowed)  # type: ignore[arg-type]


def test_who_stands_still() -> None:
    """ux.md §10: stuck is more than 14 days in a stage where the office acts; exactly 14 days are not."""
    now = clock.now()
    assert not rules.is_stuck(State.PROSPECT, now - timedelta(days=14), now)
    assert rules.is_stuck(State.PROSPECT, now - timedelta(days=14, seconds=1), now)
    assert rules.is_stuck(State.SUBMITTED, now - timedelta(days=20), now)
    assert not rules.is_stuck(State.PAID, now - timedelta(days=90), now)
    assert not rules.is_stuck(State.NOT_THIS_EDITION, now - timedelta(days=90), now)


def test_which_step_is_late() -> None:
    assert not rules.is_late(None, date(2026, 8, 1))
    assert not rules.is_late(date(2026, 8, 1), date(2026, 8, 1))
    assert rules.is_late(date(2026, 7, 31), date(2026, 8, 1))


@pytest.mark.parametrize(
    ("talk", "code"),
    [
        (Talk(clock.now(), "phone", "", ""), "talk_empty"),
        (Talk(clock.now(), "pigeon", "", "x"), "way_unknown"),
        (Talk(clock.now() + timedelta(hours=1), "phone", "", "x"), "talk_ahead"),
    ],
)
def test_what_is_no_talk(talk: Talk, code: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.check_talk(talk, clock.now())
    assert refused.value.code == code


def test_a_company_is_taken_in_once(context: None) -> None:
    make_expo()
    with transaction():
        company = make_company()
        made = recruiting.take_in(fair(), company, BY)
        assert made.state is State.PROSPECT
        with pytest.raises(Conflict) as conflict:
            recruiting.take_in(fair(), company, BY)
        assert conflict.value.params["number"] == made.number
        company.merged_into_id = make_company("另一家").id
        with pytest.raises(Refused):
            recruiting.take_in(fair(), company, BY)


def test_a_talk_makes_a_contact_and_a_next_step(context: None) -> None:
    make_expo()
    with transaction():
        prospect = recruiting.take_in(fair(), make_company(), BY)
        said = Talk(clock.now(), "wechat", "王总", "想要角位", NextStep("寄合同", date(2026, 9, 1), None))
        recruiting.talk(fair(), prospect, said, BY)
        assert prospect.state is State.CONTACTED
        assert (prospect.next_step, prospect.next_on) == ("寄合同", date(2026, 9, 1))
        recruiting.finish_step(prospect, BY)
        assert (prospect.next_step, prospect.next_on) == ("", None)
        recruiting.finish_step(prospect, BY)
    assert [call.with_whom for call in listing.calls(fair(), prospect)] == ["王总"]


def test_stages_that_come_from_deeds_are_not_put_by_hand(context: None) -> None:
    make_expo()
    with transaction():
        prospect = recruiting.take_in(fair(), make_company(), BY)
        with pytest.raises(Refused):
            recruiting.put(prospect, State.PAID, BY)
        recruiting.put(prospect, State.NOT_THIS_EDITION, BY)
        recruiting.put(prospect, State.NOT_THIS_EDITION, BY)
        paid, *_others = make_exhibitor(fair(), "已付", State.PAID)
        assert recruiting.put_many([prospect, paid], State.INTERESTED, BY) == (1, 1)
        assert paid.state is State.PAID


def test_a_foreign_company_entered_by_hand_stays_foreign_e5(app: Flask, people: People) -> None:
    """Without a country nobody is taken for Chinese; a credit code says China."""
    for number, (typed, kept) in enumerate(((("DE", ""), "DE"), (("", ""), ""), (("", CODE), "CN"))):
        said = {
            "name_en": f"Stern {'abc'[number]} GmbH",
            "country": typed[0],
            "credit_code": typed[1],
            "owner": "",
        }
        assert people.alice.post(f"{LIST}/new", data=said).status_code == 303, typed
        with app.app_context():
            row = db.session.scalars(sa.select(Exhibitor).order_by(Exhibitor.id.desc())).first()
            assert row is not None
            assert row.company is not None
            assert (row.country, row.company.country) == (kept, kept)
    both = {"name_en": "Stern c GmbH", "credit_code": CODE, "owner": "", "country": "DE", "anew": "1"}
    assert people.alice.post(f"{LIST}/new", data=both).status_code == 422


def test_the_last_edition_is_copied_once(context: None) -> None:
    """Demand 2: who was admitted last time becomes a prospect; who is here already, or was refused, does not."""
    make_expo()
    with transaction():
        series = fair().series_id
    make_expo("7th", 7, date(2025, 8, 1))
    with transaction():
        last = fair("7th")
        last.series_id = series
        came, *_rest = make_exhibitor(last, "来过", State.CLOSED)
        assert came.company is not None
        came.company.country = "DE"
        both, *_rest = make_exhibitor(last, "两届都有", State.PAID)
        make_exhibitor(last, "未通过", State.REFUSED)
        here, *_rest = make_exhibitor(fair(), "占位", State.ADMITTED)
        here.company_id = both.company_id
        db.session.flush()
        assert recruiting.copy_from(fair(), last, BY, None) == 1
        assert recruiting.copy_from(fair(), last, BY, None) == 0
        copied = listing.part_in(fair(), came.company_id or 0)
        assert copied is not None
        # E-5, E-6: abroad stays abroad in the next edition.
        assert (copied.is_returning, copied.country) == (True, "DE")
        assert copied.state is State.PROSPECT
        assert [(row.id, other.slug) for row, other in listing.past_of(fair(), came.company_id or 0)] == [
            (came.id, "7th")
        ]


def test_the_list_narrows_and_counts(context: None) -> None:
    make_expo()
    with transaction():
        one, *_rest = make_exhibitor(fair(), "青松家居", State.PAID)
        two, *_rest = make_exhibitor(fair(), "大连食品", State.PROSPECT)
        two.next_on = date(2026, 7, 1)
        two.state_since = clock.now() - timedelta(days=30)
        for each in (one, two):
            assert each.company is not None
            each.company.search = (
                "大连食品 dalianshipin dlsp" if each is two else "青松家居 qingsongjiaju qsjj"
            )
        db.session.flush()

    def names(**narrowed: object) -> list[str]:
        return [each.exhibitor.number for each in listing.found(fair(), everybody(**narrowed)).rows]

    assert set(names()) == {one.number, two.number}
    assert names(stage="paid") == [one.number]
    assert names(state="prospect") == [two.number]
    assert names(late=True) == [two.number]
    assert names(stuck=True) == [two.number]
    assert names(owner=listing.NOBODY, stage="prospect") == [two.number]
    assert names(owner=7) == []
    assert names(text="dlsp") == [two.number]
    assert names(text="陈芳", stage="paid") == [one.number]
    assert names(text=one.number.lower()) == [one.number]
    assert names(zone=99) == []
    assert names(category=99) == []
    assert listing.counts(fair())[Stage.PAID] == 1
    assert sum(listing.counts(fair()).values()) == 2


def test_a_page_of_the_list_asks_a_bounded_number_of_times(app: Flask, people: People) -> None:
    asked, page = [], ""
    for made in (10, 50):
        with app.app_context(), transaction():
            for number in range(made):
                make_exhibitor(fair(), f"公司{made}-{number}", State.PROSPECT)
        with counted(app) as selects:
            answer = people.alice.get(LIST)
        assert answer.status_code == 200
        page = answer.text
        asked.append(len(selects))
    assert page.count("row-link") == 50
    assert asked[1] <= asked[0]


def test_pages_of_recruiting_work_and_hide_numbers_from_who_looks(app: Flask, people: People) -> None:
    """B12: the desk sees names and masked numbers; the organiser calls."""
    with app.app_context(), transaction():
        made, person, _token = make_exhibitor(fair(), "青松家居", State.PROSPECT)
        number, phone = made.number, person.phone or ""
    whole = phone.removeprefix("+86")
    shown = f"{whole[:3]} {whole[3:7]} {whole[7:]}"
    assert shown in people.alice.get(LIST).text
    assert shown not in people.bob.get(LIST).text
    assert people.bob.get(f"{LIST}/{number}").status_code == 200
    assert people.bob.post(f"{LIST}/{number}/stage", data={"stage": "contacted"}).status_code == 403
    assert people.charlie.get(f"{LIST}/{number}").status_code == 404
    assert people.alice.post(f"{LIST}/{number}/stage", data={"stage": "contacted"}).status_code == 303
    assert people.alice.post(f"{LIST}/{number}/stage", data={"stage": "paid"}).status_code == 404
    written = people.alice.post(
        f"{LIST}/{number}/talk", data={"way": "phone", "text": "谈过", "next_step": "寄资料"}
    )
    assert written.status_code == 303
    page = people.alice.get(f"{LIST}/{number}").text
    assert "谈过" in page
    assert "寄资料" in page
    assert people.alice.post(f"{LIST}/{number}/talk", data={"way": "phone", "text": ""}).status_code == 422
    assert people.alice.get(f"{LIST}/board").text.count("board-card") == 1
    assert people.alice.get(f"{LIST}/E0000000").status_code == 404


def test_another_fairs_company_is_not_found(app: Flask, people: People) -> None:
    with app.app_context():
        make_expo("9th", 9, date(2027, 8, 1))
    with app.app_context(), transaction():
        other, *_rest = make_exhibitor(fair("9th"), "别届", State.PROSPECT)
        number = other.number
    assert people.alice.get(f"{LIST}/{number}").status_code == 404
    assert people.alice.post(f"{LIST}/{number}/step-done").status_code == 404
    people.alice.post(f"{LIST}/many", data={"deed": "contacted", "id": number})
    with app.app_context(), transaction():
        row = db.session.scalar(sa.select(Exhibitor).where(Exhibitor.number == number))
        assert row is not None
        assert row.state is State.PROSPECT


def test_adding_looks_for_doubles_first(app: Flask, people: People) -> None:
    """O4: a double is suspected before it is made; the chosen company is taken, the same one never twice."""
    with app.app_context(), transaction():
        known = make_company("青松家居有限公司", name_key_zh="青松家居", credit_code="91210200MA0ABCDE63")
        number = known.number
    asked = people.alice.post(
        f"{LIST}/new", data={"name_zh": "别的名字", "credit_code": "91210200ma0abcde63"}
    )
    assert asked.status_code == 200
    assert number in asked.text
    taken = people.alice.post(f"{LIST}/new", data={"name_zh": "别的名字", "company": number})
    assert taken.status_code == 303
    again = people.alice.post(f"{LIST}/new", data={"name_zh": "别的名字", "company": number})
    assert again.status_code == 303
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Exhibitor)) == 1


def test_many_change_hands_and_an_export_says_why(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        made, *_rest = make_exhibitor(fair(), "青松家居", State.PROSPECT)
        number = made.number
    assert people.alice.post(f"{LIST}/many", data={"deed": "contacted", "id": number}).status_code == 303
    assert (
        people.alice.post(f"{LIST}/many", data={"deed": "owner", "owner": "99999", "id": number}).status_code
        == 404
    )
    assert people.alice.post(f"{LIST}/export", data={"reason": ""}).status_code == 422
    file = people.alice.post(f"{LIST}/export", data={"reason": "打电话", "format": "csv"})
    assert "青松家居" in file.data.decode("utf-8-sig")
    assert people.bob.post(f"{LIST}/export", data={"reason": "x"}).status_code == 403
    with app.app_context():
        row = db.session.scalars(sa.select(Exhibitor)).one()
        assert (row.state, row.user_id) == (State.CONTACTED, None)
        alice = min(planning.members(fair()))
    given = {"deed": "owner", "owner": str(alice), "id": number}
    assert people.alice.post(f"{LIST}/many", data=given).status_code == 303
    with app.app_context():
        assert db.session.scalars(sa.select(Exhibitor)).one().user_id == alice
        told = sa.select(sa.func.count()).where(Entry.action == "exhibitors.given")
        assert db.session.scalar(told) == 1


def test_merged_companies_keep_their_fairs_and_are_parted_again(context: None) -> None:
    """Demand 1: a merge loses nothing and can be taken back; two applications to one fair are not made one silently."""
    make_expo()
    with transaction():
        gone, *_rest = make_exhibitor(fair(), "星河家具", State.PAID)
        kept = make_company("星河家居")
        old = gone.company
        assert old is not None
        merge = joining.merge(kept, old, {}, BY)
        db.session.refresh(gone)
        assert gone.company_id == kept.id
        joining.part(merge, BY)
        db.session.refresh(gone)
        assert gone.company_id == old.id
        make_exhibitor(fair(), "占位", State.DRAFT)[0].company_id = kept.id
        db.session.flush()
        with pytest.raises(Conflict):
            joining.merge(kept, old, {}, BY)


def test_the_record_says_what_each_deed_led_to_and_names_a_person_once(app: Flask, people: People) -> None:
    """O4: history and people. Who stands in the register and in the fair alike is one."""
    with app.app_context(), transaction():
        row, owner, _token = make_exhibitor(fair(), state=State.PROSPECT)
        same = CompanyContact(
            role=ContactRole.MAIN, name=owner.name, phone=owner.phone, email=owner.email, position=0
        )
        other = CompanyContact(role=ContactRole.INVOICE, name="账务", phone=None, email="a@b.cn", position=1)
        assert row.company is not None
        row.company.contacts = [same, other]
        recruiting.talk(fair(), row, Talk(clock.now(), "phone", "", "来电", None), BY)
        number, name = row.number, owner.name
    page = people.alice.get(f"/desk/8th/exhibitors/{number}?lang=en").text
    assert re.search(r"→</span>\s*<strong>Contacted</strong>", page)
    assert (page.count(f"<span>{name}"), page.count("<span>账务")) == (1, 1)
