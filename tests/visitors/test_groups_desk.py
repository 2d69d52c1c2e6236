"""O6: groups at the office, by who may look and who may change (C14b)."""

from __future__ import annotations

import ast
import csv
import io
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from python_calamine import CalamineWorkbook

from exhibitions.audit import queries as audit_queries
from exhibitions.audit import service as audit
from exhibitions.badges.models import Badge
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.files import queries as file_queries
from exhibitions.files import service as files
from exhibitions.files.models import StoredFile
from exhibitions.files.rules import EXPORT_LIFE
from exhibitions.jobs.commands.running import drain
from exhibitions.portal.service import persons
from exhibitions.visitors import service
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import groups
from exhibitions.visitors.queries.groups import GroupFilters
from exhibitions.visitors.rules.group_list import Member
from exhibitions.visitors.service.group_print import PRINT
from tests.asked import counted
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People
from tests.visitors.registering import add, all_rows, fair, link_of

GROUPS = "/desk/8th/visitors/groups"


def make_group(app: Flask, people: int = 2, phone: str = "+8613900139000") -> int:
    number = add(app, "领队王", phone, company="旅行社")
    with app.app_context():
        leader = db.session.get_one(Registration, number)
        gathered = service.gather(fair(), leader, [Member(f"团员{n}") for n in range(people)])
        with transaction():
            service.bring(fair(), leader, gathered, SYSTEM)
    return number


@both_engines
def test_sizes_and_states_narrow_the_list_and_its_count(app: Flask) -> None:
    with app.app_context():
        make_expo()
    small, large = make_group(app, 2), make_group(app, 12, "+8613900139001")
    with app.app_context(), transaction():
        service.cancel(fair(), db.session.get_one(Registration, small), SYSTEM)
    with app.app_context():
        for filters, wanted in (
            (GroupFilters(people_in="small"), [small]),
            (GroupFilters(people_in="middle"), [large]),
            (GroupFilters(people_in="middle", text="lingdui"), [large]),
            (GroupFilters(state="cancelled"), [small]),
            (GroupFilters(state="registered", people_in="small"), []),
        ):
            found = groups.found(fair(), filters)
            assert ([each.id for each in found.rows], found.total) == (wanted, len(wanted))


def sheet(content: bytes) -> list[list[Any]]:
    """The rows of a workbook, read by a library that did not write it."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_p13_the_list_is_taken_out_for_a_reason_by_who_may(app: Flask, people: People) -> None:
    make_group(app, 2)
    address = f"{GROUPS}/export"
    assert address in people.alice.get(GROUPS).text
    assert address not in people.bob.get(GROUPS).text
    assert people.bob.post(address, data={"reason": "x"}).status_code == 403
    assert people.alice.post(address).status_code == 422
    answer = people.alice.post(f"{address}?lang=en&size=small", data={"reason": "reception"})
    heading, row = sheet(answer.data)
    assert heading[:4] == ["Group leader", "Company", "Mobile number", "People"]
    assert row[:4] == ["领队王", "旅行社", "13900139000", 3]
    with app.app_context():
        (entry,) = audit_queries.entries(fair().id, audit_queries.Wanted(action="visitors.exported"))
        assert (entry.after or {})["rows"] == 1
        assert audit.readable([entry])[0].reason == "reception"
    empty = people.alice.post(f"{address}?size=huge", data={"reason": "reception"})
    assert len(sheet(empty.data)) == 1


@both_engines
def test_the_list_names_leaders_with_people_and_who_came(app: Flask, people: People) -> None:
    first, _ = make_group(app, 2), make_group(app, 3, "+8613900139001")
    add(app, "独行者", "+8613900139002")
    with app.app_context():
        found = groups.found(fair(), GroupFilters(order="-people"))
        assert [(each.people, each.came, each.heads) for each in found.rows] == [(3, 0, 1), (2, 0, 1)]
        assert [each.id for each in groups.found(fair(), GroupFilters("lingdui")).rows] == [first + 3, first]
        for order in groups.ORDERS:
            assert groups.found(fair(), GroupFilters(order=order)).total == 2
    page = people.bob.get(GROUPS).text
    assert "领队王" in page
    assert "独行者" not in page
    word = people.bob.post(f"{GROUPS}/search", data={"q": "nobody"}).location
    assert "领队王" not in people.bob.get(word).text


def test_the_list_asks_as_much_for_many_as_for_few(app: Flask, people: People) -> None:
    make_group(app)
    people.bob.get(GROUPS)
    with counted(app) as few:
        people.bob.get(GROUPS)
    for n in range(1, 6):
        make_group(app, phone=f"+861390013900{n}")
    with counted(app) as many:
        people.bob.get(GROUPS)
    assert len(many) == len(few)


def test_the_office_adds_people_whatever_the_form_of_the_fair_says(app: Flask, people: People) -> None:
    number = add(app, "领队王", "+8613900139000")
    where = f"{GROUPS}/{number}"
    assert people.alice.post(f"{where}/add", data={"names": "=1"}).status_code == 422
    page = people.alice.post(f"{where}/add?lang=en", data={"names": "李雷 13900139001"})
    assert "1 person was found" in page.text
    for _ in range(2):
        answer = people.alice.post(
            f"{where}/add", data={"names": "李雷 13900139001", "confirmed": "1", "form_key": "once"}
        )
        assert (answer.status_code, answer.location) == (303, where)
    assert [row.name for row in all_rows(app)] == ["领队王", "李雷"]
    assert "李雷" in people.alice.get(where).text


def test_heads_are_announced_on_the_leaders_badge(app: Flask, people: People) -> None:
    """Decision 0006: 45 come, 40 are named; the gate asks about 45."""
    number = make_group(app, 39)
    where = f"{GROUPS}/{number}"
    for wrong in ("0", "501", "x"):
        assert people.alice.post(f"{where}/heads", data={"heads": wrong}).status_code == 422
    assert people.alice.post(f"{where}/heads", data={"heads": "45"}).status_code == 303
    with app.app_context():
        heads = sa.select(Badge.heads).where(Badge.holder_id == number)
        assert db.session.scalar(heads) == 45
        assert [(each.heads, each.people) for each in groups.found(fair(), GroupFilters()).rows] == [(45, 39)]


@both_engines
def test_another_of_its_people_leads_the_group(app: Flask, people: People) -> None:
    number = make_group(app, 3)
    with app.app_context(), transaction():
        service.announce(fair(), db.session.get_one(Registration, number), 10, SYSTEM)
    assert people.alice.post(f"{GROUPS}/{number}/lead", data={"member": str(number)}).status_code == 404
    answer = people.alice.post(f"{GROUPS}/{number}/lead", data={"member": str(number + 1)})
    assert answer.location == f"{GROUPS}/{number + 1}"
    rows = {row.id: row.leader_id for row in all_rows(app)}
    assert rows == {number: number + 1, number + 1: None, number + 2: number + 1, number + 3: number + 1}
    with app.app_context():
        held = sa.select(Badge.holder_id, Badge.group_id, Badge.heads).order_by(Badge.holder_id)
        assert db.session.execute(held).all() == [
            (number, number + 1, 1),
            (number + 1, None, 10),
            (number + 2, number + 1, 1),
            (number + 3, number + 1, 1),
        ]
    assert people.alice.get(f"{GROUPS}/{number}").status_code == 404


def test_filter_and_export_know_the_group(app: Flask, people: People) -> None:
    number = make_group(app, 2)
    add(app, "独行者", "+8613900139002")
    page = people.alice.get(f"/desk/8th/visitors?group={number}").text
    assert "团员1" in page
    assert "独行者" not in page
    sent = {"columns": ["name", "group"], "reason": "名单", "format": "csv"}
    answer = people.alice.post("/desk/8th/visitors/export", data=sent)
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert sorted(rows[1:]) == [
        ["团员0", "领队王"],
        ["团员1", "领队王"],
        ["独行者", ""],
        ["领队王", "领队王"],
    ]


def test_ending_the_group_ends_each_badge(app: Flask, people: People) -> None:
    number = make_group(app, 2)
    assert "团员1" in people.alice.get(f"/desk/8th/visitors/{number}/cancel").text
    people.alice.post(f"/desk/8th/visitors/{number}/cancel", data={"whose": "all", "reason": "不来"})
    assert {row.state.value for row in all_rows(app)} == {"cancelled"}


@pytest.mark.parametrize("path", ["", "/add"])
def test_another_fairs_group_is_not_there(app: Flask, people: People, path: str) -> None:
    number = make_group(app)
    with app.app_context():
        make_expo("9th")
    assert people.dora.get(f"/desk/9th/visitors/groups/{number}{path}").status_code == 404
    assert people.nobody.get(f"{GROUPS}/{number}{path}").status_code == 303
    assert people.charlie.get(f"{GROUPS}/{number}{path}").status_code == 404


def test_the_link_of_who_led_before_opens_nothing_of_the_group(app: Flask, people: People) -> None:
    """The drawn badges of all go with the old leader, and so does one that is being drawn at that moment."""
    number = make_group(app, 60)
    where = link_of(app, number)
    assert people.nobody.post(f"{where}/colleagues/print").status_code == 303
    with app.app_context():
        drain()
    assert people.nobody.get(f"{where}/colleagues/badges.pdf").status_code == 200
    assert people.nobody.post(f"{where}/colleagues/print").status_code == 303
    people.alice.post(f"{GROUPS}/{number}/lead", data={"member": str(number + 1)})
    with app.app_context():
        drain()
        assert db.session.scalars(sa.select(StoredFile).where(StoredFile.purpose == PRINT)).all() == []
    for path in ("badges.pdf", "print", "words"):
        assert people.nobody.get(f"{where}/colleagues/{path}").status_code == 404
    assert people.nobody.post(f"{where}/colleagues/print").status_code == 404
    assert people.nobody.post(f"{where}/colleagues/search", data={"q": "团"}).status_code == 404
    assert people.nobody.get(where).status_code == 200


def test_a_leaders_page_asks_for_the_files_of_this_group_alone(app: Flask, people: People) -> None:
    number = make_group(app, 2)
    where = link_of(app, number)
    with app.app_context(), transaction():
        for one in range(30):
            files.store(
                b"x",
                name=f"group-{number + one}.pdf",
                content_type="application/pdf",
                purpose=PRINT,
                expo_id=fair().id,
                owner=SYSTEM,
                expires_at=clock.now() + EXPORT_LIFE,
            )
    with app.app_context():
        found = file_queries.named(fair().id, PRINT, f"group-{number}.pdf")
        assert [one.name for one in found] == [f"group-{number}.pdf"]
    with counted(app) as asked:
        assert people.nobody.get(f"{where}/colleagues/print").status_code == 200
    assert any(f"group-{number}.pdf" in one for one in asked)


@both_engines
def test_the_group_of_an_erased_leader_goes_on(app: Flask, people: People) -> None:
    """P18: the page before the erasure names the group; afterwards the office sees to its people."""
    number = make_group(app, 3)
    lone = add(app, "独行者", "+8613900139002")
    page = people.dora.get(f"/desk/privacy/people/{number}/erase?lang=en").text
    assert "leads a group of 3 more people" in page
    assert "leads a group" not in people.dora.get(f"/desk/privacy/people/{lone}/erase?lang=en").text
    with app.app_context(), transaction():
        rows = [(fair(), db.session.get_one(Registration, one)) for one in (number, lone)]
        assert persons.erase_person(rows, SYSTEM) == 2
    where = f"{GROUPS}/{number}"
    page = people.alice.get(f"{where}?lang=en").text
    assert "Group whose leader was erased" in page
    assert "Make leader" in page
    assert people.alice.get(f"{GROUPS}/{lone}").status_code == 404
    assert "Group of 4" in people.alice.get(f"/desk/8th/badges?group={number}&lang=en").text
    assert people.alice.post(f"{where}/add", data={"names": "李雷", "confirmed": "1"}).status_code == 303
    assert people.alice.post(f"{where}/heads", data={"heads": "5"}).status_code == 409
    answer = people.alice.post(f"{where}/lead", data={"member": str(number + 1)})
    assert answer.location == f"{GROUPS}/{number + 1}"
    page = people.alice.get(answer.location).text
    assert "团员1" in page
    assert "李雷" in page
    assert people.alice.get(where).status_code == 404


def test_the_list_of_groups_reads_no_registration_that_is_in_none(app: Flask, people: People) -> None:
    """It begins at those who lead, by their index; 100,000 who come alone are not looked at."""
    make_group(app, 2)
    alone = add(app, "独行者", "+8613900139002")
    with app.app_context(), transaction():
        service.announce(fair(), db.session.get_one(Registration, alone), 4, SYSTEM)
    with app.app_context():
        found = groups.found(fair(), GroupFilters(order="-people"))
        assert [(each.people, each.heads) for each in found.rows] == [(2, 1), (0, 4)]
    with counted(app) as asked, app.app_context():
        groups.found(fair(), GroupFilters())
    lists = [one for one in asked if "leading" in one]
    assert len(lists) == 2
    with app.app_context():
        for one in lists:
            statement, _, values = one.rpartition(" (")
            plan = db.session.connection().exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", ast.literal_eval(f"({values}")
            )
            for line in plan:
                assert not line[3].startswith(("SCAN registrations", "SCAN leader")), line[3]
