"""The guests of honour: pasted, confirmed with a badge, arrived by the badge's days, printed, masked, forgotten."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.audit.models import PersonKey
from exhibitions.badges import queries as badge_queries
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.visitors import service as visitors
from exhibitions.visitors.models import Guest, Registration
from exhibitions.visitors.queries import guests as queries
from exhibitions.visitors.queries.guests import GuestFilters
from exhibitions.visitors.rules import guests as rules
from exhibitions.visitors.rules.guests import GuestFacts, GuestState
from exhibitions.visitors.rules.invitations import Kind, SourceFacts
from exhibitions.visitors.rules.registration import State
from exhibitions.visitors.service import guests, invitations, merging
from tests.asked import counted
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People
from tests.visitors.listing import came_in, text_of
from tests.visitors.registering import add, fair

PAGE = "/desk/8th/visitors/guests"
ZHAO = GuestFacts(
    "赵部长", "部长", "轻工业联合会", "+8613800138001", host="李梅", host_phone="+8613800138002"
)


def guest(app: Flask, facts: GuestFacts = ZHAO, slug: str = "8th") -> int:
    with app.app_context(), transaction():
        return guests.add_guests(fair(slug), [facts], SYSTEM)[0].id


def answer(app: Flask, number: int, state: GuestState) -> None:
    with app.app_context(), transaction():
        guests.answer_guest(fair(), db.session.get_one(Guest, number), state, SYSTEM)


def registration(app: Flask, number: int) -> tuple[State, str, str, bool]:
    """State, class and job title of the registration that a guest has, and whether its badge opens gates."""
    with app.app_context():
        row = db.session.get_one(Registration, number)
        badge = badge_queries.current_badge(fair(), "visitor", number)
        assert badge is not None
        badge_class = badge_queries.class_of(fair(), row.class_id)
        assert badge_class is not None
        return row.state, badge_class.key, row.title, badge.cancelled_at is None


# The rules.


def test_ir8_days_and_times_as_people_write_them() -> None:
    cells = {"name": " 王敏 ", "day": "2016/8/19 9:30", "phone": "138 0013 8000", "note": "素食"}
    facts = rules.checked_guest(cells)
    assert (facts.name, facts.arrives_on, facts.arrives_minute) == ("王敏", date(2016, 8, 19), 570)
    assert [rules.minute_of(text) for text in ("14：05", "9点", "9点20分", "9:30:00", "")] == [
        *(845, 540, 560, 570),
        None,
    ]
    written = ("1430", "0930", "930", "１４３０", "2016/8/19 9:30", "2016-08-19T09:30", "2016年8月19日 9点")
    assert [rules.minute_of(text) for text in written] == [870, 570, 570, 870, 570, 570, 540]
    days = ("2016-08-19", "2016-08-19T09:30", "2016年8月19日 14：05:10", "42601", "20160819", "")
    assert [rules.minute_in_day(text) for text in days] == [None, 570, 845, None, None, None]
    assert rules.checked_guest({"name": "王", "day": "20160819", "time": "0930"}).arrives_minute == 570
    assert (rules.time_shown(570), rules.time_shown(None)) == ("09:30", "")
    assert rules.shown_state(GuestState.INVITED, came=True) == "arrived"
    assert rules.shown_state(GuestState.DECLINED, came=False) == "declined"


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"name": ""}, "name_missing"),
        ({"name": "王", "seat": "=1"}, "formula_text"),
        ({"name": "王", "seat": "x" * 51}, "text_long"),
        ({"name": "王", "day": "soon"}, "date_invalid"),
        ({"name": "王", "time": "25:00"}, "time_invalid"),
        ({"name": "王", "time": "9:75"}, "time_invalid"),
        *(
            ({"name": "王", "day": "2016-08-19", "time": time}, "time_invalid")
            for time in ("x", "9", "14:300", "2:30pm 2016", "2460", "12345", "2016-08-19", "9:30 to 10:30")
        ),
        ({"name": "王", "host_phone": "1"}, "phone_invalid"),
    ],
)
def test_what_no_guest_is(cells: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        rules.checked_guest(cells)
    assert refusal.value.code == code


def test_ir7_the_same_guest_twice_is_said_with_the_row() -> None:
    text = "姓名\t单位\t手机\n王敏\t星河\t13800138001\n王 敏\t星河\t\n李丽\t\t13800138001\n张三\t甲\t\n王敏\t银河\t\n"
    _pasted, good, bad = rules.read_guests(text, {"张三|甲"}, set())
    assert [facts.organisation for facts in good] == ["星河", "银河"]
    assert [(row.number, row.why.code) for row in bad] == [
        (3, "guest_known"),
        (4, "guest_phone_known"),
        (5, "guest_known"),
    ]
    assert rules.double_key(GuestFacts("?!")) == "?!|"


def test_what_no_guest_is_stands_beside_its_field(app: Flask, people: People) -> None:
    bad = {"name": "王", "time": "14:300", "day": "soon", "phone": "12"}
    answered = people.alice.post(f"{PAGE}/new", data=bad)
    assert answered.status_code == 422
    assert all(f'href="#{field}"' in answered.text for field in ("phone", "day", "time"))


# The service.


@both_engines
def test_confirmed_gives_a_vip_badge_and_declined_takes_it_away(app: Flask) -> None:
    with app.app_context():
        make_expo()
    number = guest(app)
    answer(app, number, GuestState.CONFIRMED)
    answer(app, number, GuestState.CONFIRMED)
    assert registration(app, 1) == (State.REGISTERED, "vip", "部长", True)
    answer(app, number, GuestState.DECLINED)
    answer(app, number, GuestState.DECLINED)
    state, _key, _title, opens = registration(app, 1)
    assert (state, opens) == (State.CANCELLED, False)
    answer(app, number, GuestState.CONFIRMED)
    assert registration(app, 2) == (State.REGISTERED, "vip", "部长", True)
    with app.app_context(), pytest.raises(Conflict), transaction():
        guests.add_guests(fair(), [GuestFacts("另一位", phone=ZHAO.phone)], SYSTEM)
    with app.app_context(), pytest.raises(Conflict), transaction():
        guests.add_guests(fair(), [GuestFacts("赵 部长", organisation="轻工业联合会")], SYSTEM)


def test_who_is_registered_already_keeps_the_code_and_goes_back_to_the_class(app: Flask) -> None:
    with app.app_context():
        make_expo()
    person = add(app, "赵部长", ZHAO.phone)
    number = guest(app)
    answer(app, number, GuestState.CONFIRMED)
    assert registration(app, person)[:2] == (State.REGISTERED, "vip")
    answer(app, number, GuestState.DECLINED)
    assert registration(app, person)[:2] == (State.REGISTERED, "trade")


def test_a_number_under_another_name_is_a_conflict(app: Flask, people: People) -> None:
    add(app, "别人", ZHAO.phone)
    number = guest(app)
    told = people.alice.post(f"{PAGE}/{number}/answer", data={"answer": "confirmed"}, follow_redirects=True)
    assert "已以其他姓名登记" in told.get_data(as_text=True)
    with app.app_context():
        assert db.session.get_one(Guest, number).state is GuestState.INVITED
    assert people.alice.post(f"{PAGE}/{number}/answer", data={"answer": "arrived"}).status_code == 400


def test_a_fair_without_the_class_says_so(app: Flask, people: People) -> None:
    number = guest(app)
    with app.app_context(), transaction():
        vip = badge_queries.class_by_key(fair(), "vip")
        assert vip is not None
        vip.key = "honour"
    told = people.alice.post(f"{PAGE}/{number}/answer", data={"answer": "confirmed"}, follow_redirects=True)
    assert "没有“vip”证件类别" in told.get_data(as_text=True)


def test_arrived_is_read_from_the_badge_also_after_a_merge(app: Flask) -> None:
    with app.app_context():
        make_expo()
    number = guest(app)
    answer(app, number, GuestState.CONFIRMED)
    with app.app_context():
        assert queries.guests_found(fair(), GuestFilters("arrived")).total == 0
    came_in(app, 1)
    other = add(app, "赵部长", None, email="zhao@example.org")
    with app.app_context():
        with transaction():
            kept, gone = db.session.get_one(Registration, other), db.session.get_one(Registration, 1)
            merging.merge(fair(), kept, gone, {}, None, SYSTEM)
        assert queries.guests_found(fair(), GuestFilters("arrived")).total == 1
        assert queries.guests_found(fair(), GuestFilters("confirmed")).total == 0


def test_a_change_of_a_confirmed_guest_reaches_the_badge(app: Flask, people: People) -> None:
    number = guest(app)
    answer(app, number, GuestState.CONFIRMED)
    data = {"name": "赵主席", "title": "主席", "organisation": "轻工业联合会", "day": "", "time": "10:00"}
    assert people.alice.post(f"{PAGE}/{number}/change", data=data).status_code == 303
    with app.app_context():
        badge = badge_queries.current_badge(fair(), "visitor", 1)
        assert badge is not None
        assert (badge.name, badge.title) == ("赵主席", "主席")
        row = db.session.get_one(Guest, number)
        assert (row.phone, row.arrives_minute) == (ZHAO.phone, 600)


@both_engines
def test_p8_a_number_can_be_taken_away(app: Flask, people: People) -> None:
    number = guest(app)
    answer(app, number, GuestState.CONFIRMED)
    path, data = f"{PAGE}/{number}/change", {"name": ZHAO.name, "host": ZHAO.host}
    assert text_of(people.alice, path).count('value="y"') == 2
    assert people.alice.post(path, data=data).status_code == 303
    assert people.alice.post(path, data={**data, "no_host_phone": "y"}).status_code == 303
    assert numbers(app, number) == (ZHAO.phone, None, ZHAO.phone)
    replaced = {**data, "phone": "13800138009", "no_phone": "y"}
    assert people.alice.post(path, data=replaced).status_code == 303
    assert numbers(app, number) == ("+8613800138009", None, "+8613800138009")
    assert people.alice.post(path, data={**data, "no_phone": "y"}).status_code == 303
    assert numbers(app, number) == (None, None, None)
    assert 'value="y"' not in text_of(people.alice, path)


def numbers(app: Flask, number: int) -> tuple[str | None, str | None, str | None]:
    """The numbers of a guest, of who receives, and of the registration."""
    with app.app_context():
        row = db.session.get_one(Guest, number)
        person = db.session.get_one(Registration, row.registration_id)
        return row.phone, row.host_phone, person.phone


def test_a_fair_has_a_bound_of_guests(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guests, "MOST_GUESTS", 0)
    assert people.alice.post(f"{PAGE}/new", data={"name": "王敏"}).status_code == 422


# The pages.


def test_numbers_are_masked_and_each_look_is_noted(app: Flask, people: People) -> None:
    number = guest(app)
    for path in (PAGE, f"{PAGE}/{number}", f"{PAGE}/print", f"{PAGE}/{number}/change"):
        page = text_of(people.alice, path)
        assert "138****8001" in page
        assert "13800138001" not in page
        assert "138 0013 8001" not in page
    shown = people.alice.post(f"{PAGE}/{number}/unmask", follow_redirects=True).get_data(as_text=True)
    assert "138 0013 8001" in shown
    assert "+8613800138002" in people.alice.post(f"{PAGE}/unmask", follow_redirects=True).get_data(
        as_text=True
    )
    printed = people.alice.post(f"{PAGE}/print/full")
    assert "138 0013 8001" in printed.get_data(as_text=True)
    with app.app_context():
        actions = db.session.execute(sa.text("SELECT action FROM audit_entries ORDER BY id")).scalars().all()
    assert actions[-3:] == ["visitors.guest_unmasked", "visitors.guest_unmasked", "visitors.guests_printed"]


def test_p13_who_may_not_export_prints_no_full_numbers(app: Flask, people: People) -> None:
    guest(app)
    assert people.bob.post(f"{PAGE}/print/full").status_code == 403
    assert people.charlie.get(PAGE).status_code == 404


def test_the_list_is_filtered_sorted_and_printed_with_its_filters(app: Flask, people: People) -> None:
    first = guest(app, GuestFacts("甲", host="张", arrives_on=date(2016, 8, 20), arrives_minute=540))
    guest(app, GuestFacts("乙", host="李", arrives_on=date(2016, 8, 20), arrives_minute=500))
    guest(app, GuestFacts("丙", host="张", arrives_on=date(2016, 8, 19)))
    guest(app, GuestFacts("丁"))
    with app.app_context():
        names = [row.guest.name for row in queries.all_guests(fair(), GuestFilters())]
        by_host = [row.guest.name for row in queries.all_guests(fair(), GuestFilters(order="host"))]
    assert names == ["丙", "乙", "甲", "丁"]
    assert by_host[-1] == "丁"
    page = text_of(people.alice, f"{PAGE}/print?host={first}&day=2016-08-20")
    assert "<td>甲" in page
    assert "<td>丙" not in page
    assert f'<option value="{first}">张' in text_of(people.alice, PAGE)
    assert 'list-count">2' in text_of(people.alice, f"{PAGE}?host={first}")
    found = people.alice.post(f"{PAGE}/search", data={"q": "丁"}, follow_redirects=True)
    assert found.request.query_string.startswith(b"s=")
    assert 'list-count">1' in found.get_data(as_text=True)
    assert "没有符合条件的贵宾" in text_of(people.alice, f"{PAGE}?state=declined&day=x")


def test_the_list_asks_as_much_for_many_guests_as_for_few(app: Flask, people: People) -> None:
    guest(app)
    with counted(app) as few:
        people.alice.get(PAGE)
    for at in range(60):
        guest(app, GuestFacts(f"贵宾{at}"))
    with counted(app) as many:
        people.alice.get(PAGE)
    assert len(many) == len(few)
    assert "贵宾59" in text_of(people.alice, f"{PAGE}?page=2")


def test_bad_rows_of_a_paste_stay(app: Flask, people: People) -> None:
    rows = "姓名\t手机\n王敏\t13800138001\n坏\t12\n"
    assert people.alice.post(f"{PAGE}/paste", data={"pasted": rows}).status_code == 422
    page = people.alice.post(f"{PAGE}/paste", data={"pasted": rows, "others": "yes"}).get_data(as_text=True)
    assert "坏\t12</textarea>" in page
    assert people.alice.post(f"{PAGE}/paste", data={"pasted": "李丽"}).status_code == 303
    assert people.alice.post(f"{PAGE}/paste", data={"pasted": "姓名\n"}).status_code == 422
    with app.app_context():
        assert queries.count_guests(fair()) == 2


def test_a_guest_of_another_fair_is_none(app: Flask, people: People) -> None:
    with app.app_context():
        make_expo("9th", 9)
    number = guest(app, slug="9th")
    assert people.alice.get(f"{PAGE}/{number}").status_code == 404
    for deed in ("answer", "remove", "unmask", "change"):
        assert people.alice.post(f"{PAGE}/{number}/{deed}", data={"answer": "confirmed"}).status_code == 404
    with app.app_context():
        assert queries.guest_of(fair(), 2**70) is None


def test_taken_off_the_list_the_badge_goes_too(app: Flask, people: People) -> None:
    number = guest(app)
    answer(app, number, GuestState.CONFIRMED)
    assert people.alice.post(f"{PAGE}/{number}/remove").status_code == 303
    assert registration(app, 1)[0] is State.CANCELLED
    with app.app_context():
        assert queries.count_guests(fair()) == 0


def test_p7_p9_a_person_s_copy_and_erasure_hold_the_guest(app: Flask) -> None:
    with app.app_context():
        make_expo()
    number = guest(app)
    answer(app, number, GuestState.CONFIRMED)
    with app.app_context():
        person = db.session.get_one(Registration, 1)
        copy = visitors.export_person(fair(), person)
        assert isinstance(copy["guest"], list)
        assert copy["guest"][0]["organisation"] == "轻工业联合会"
        assert "李梅" not in str(copy)
        with transaction():
            visitors.erase_person(db.session.get_one(Registration, 1))
        assert queries.count_guests(fair()) == 0


@both_engines
def test_p6_guests_and_persons_to_ask_go_with_the_term_in_few_statements(app: Flask) -> None:
    with app.app_context():
        make_expo()
    for at in range(5):
        guest(app, GuestFacts(f"客{at}", "部长"))
        with app.app_context(), transaction():
            invitations.add_sources(fair(), [SourceFacts(Kind.MEDIA, f"日报{at}", contact="李梅")], SYSTEM)
    with app.app_context(), transaction():
        first = db.session.scalars(sa.select(Guest).order_by(Guest.id)).first()
        assert first is not None
        guests.change_guest(fair(), first, GuestFacts("客", "主席"), SYSTEM)
    for kind in ("guest", "invitation_source"):
        with app.app_context():
            assert visitors.identified(fair()) == (10 if kind == "guest" else 5)
            with counted(app) as asked, transaction():
                assert visitors.expire(fair()) == 5
            assert len(asked) < 12
            keys = sa.select(PersonKey.sealed_key, PersonKey.erased_at).where(PersonKey.kind == kind)
            found = db.session.execute(keys).all()
        assert len(found) == 5
        assert all(key is None and at is not None for key, at in found)
    with app.app_context():
        assert visitors.identified(fair()) == 0
        with transaction():
            assert visitors.expire(fair()) == 0


def test_the_list_looks_for_the_guests_badges_and_not_through_all_of_the_fair(app: Flask) -> None:
    """B6 with many visitors: SQLite would walk along every number of the fair for the highest of a guest."""
    asked: list[str] = []
    with app.app_context():
        make_expo()
        sa.event.listen(
            db.engine, "before_cursor_execute", lambda *args: asked.append(_plan(args[0], *args[2:4]))
        )
        queries.guests_found(fair(), GuestFilters())
    plans = [plan for plan in asked if "badges" in plan]
    assert len(plans) == 1
    assert plans[0].count("SEARCH badges") == plans[0].count("ix_badges_holder (expo_id=? AND holder_kind=?")


def _plan(connection: sa.Connection, statement: str, values: Any) -> str:
    if "guests" not in statement:
        return ""
    raw = connection.connection.cursor()
    found = raw.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
    raw.close()
    return "; ".join(row[3] for row in found)
