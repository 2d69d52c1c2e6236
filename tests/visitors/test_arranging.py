"""O6, list pattern: saved views, columns, filters, sorting by pinyin, and what is done to many at once."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from exhibitions.accounts.models import User
from exhibitions.audit import queries as audit_queries
from exhibitions.audit.models import Entry
from exhibitions.audit.service import readable
from exhibitions.badges import service as badges
from exhibitions.badges.models import Badge, SheetsPrinted
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.core.search import SEARCH_BYTES, SORT_LENGTH, found_by
from exhibitions.visitors import queries
from exhibitions.visitors.queries import Filters
from exhibitions.visitors.queries import arranging as arranged
from exhibitions.visitors.rules import columns_shown as rules
from exhibitions.visitors.rules.registration import Channel, State
from exhibitions.visitors.service import arranging, bulk
from tests.asked import counted
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People
from tests.visitors.listing import LIST, fetched, names_in, text_of
from tests.visitors.registering import add, all_rows, change_class, fair

DECIDE = f"{LIST}/decide"


@both_engines
def test_names_are_sorted_by_their_sound(app: Flask, people: People) -> None:
    """List pattern: names sort in pinyin, Latin ones by their letters; companies too."""
    for place, name in enumerate(("赵六", "Zoë", "单于雪", "安娜", "李雷", "adam", "王敏", "汪敏")):
        add(app, name, f"+861380013800{place}", company=name)
    expected = ["adam", "安娜", "李雷", "单于雪", "汪敏", "王敏", "赵六", "Zoë"]
    assert names_in(text_of(people.alice, f"{LIST}?sort=name")) == expected
    assert names_in(text_of(people.alice, f"{LIST}?sort=-name")) == expected[::-1]
    by_company = names_in(text_of(people.alice, f"{LIST}?sort=company"))
    assert by_company[:3] == ["adam", "安娜", "单于雪"]
    assert 'aria-sort="ascending"' in text_of(people.alice, f"{LIST}?sort=company")


def test_a_line_of_any_length_fits_into_an_index() -> None:
    """PostgreSQL refuses an entry above 2,700 bytes: a long name must not keep anybody from registering."""
    found = found_by("𠮷" * 100, "龘" * 200, "+8613800138000", f"{'a' * 240}@example.org")
    assert len(found["search"].encode()) <= SEARCH_BYTES
    assert found["search"].endswith(f"8613800138000; {'a' * 240}@example.org")
    assert len(found["sort_name"]) <= SORT_LENGTH
    assert found_by("", "", None, None)["sort_name"] == ""
    assert found_by("王敏", "星河", None, None)["sort_company"].startswith("xing")


@both_engines
def test_the_longest_names_are_stored_and_found(app: Flask, people: People) -> None:
    add(app, "龘" * 100, company="𠮷" * 200, email=f"{'a' * 240}@example.org")
    with app.app_context():
        assert queries.found(fair(), Filters(text="龘龘")).total == 1
        assert queries.found(fair(), Filters(text="8000")).total == 1


def test_further_filters(app: Flask, people: People) -> None:
    """O6: printed, has phone or e-mail, import, ticked ones."""
    add(app, "甲")
    add(app, "乙", None, email="b@example.org")
    with app.app_context(), transaction():
        db.session.query(Badge).filter_by(holder_id=1).update({"prints": 1})
    for query, found in {
        "printed=yes": ["甲"],
        "printed=no": ["乙"],
        "printed=x": ["乙", "甲"],
        "has=phone": ["甲"],
        "has=no-phone": ["乙"],
        "has=email": ["乙"],
        "has=no-email": ["甲"],
        "has=x": ["乙", "甲"],
        "import=7": [],
        "import=x": ["乙", "甲"],
        "ids=1": ["甲"],
        "ids=1.x.99": ["甲"],
    }.items():
        assert names_in(text_of(people.alice, f"{LIST}?{query}")) == found, query


@both_engines
def test_more_people_than_one_look_gives_are_counted_and_paged(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exhibitions.visitors.queries.listing._FAR", 10)
    with app.app_context():
        make_expo()
    for place in range(25):
        add(app, f"王{place}", f"+86138001380{place:02}")
    with app.app_context():
        for filters in (Filters(), Filters(text="王")):
            pages = [queries.found(fair(), filters, page, 4) for page in range(1, 8)]
            assert {page.total for page in pages} == {25}
            ids = [row.registration.id for page in pages for row in page.rows]
            assert ids == list(range(25, 0, -1))
        assert queries.found(fair(), Filters(), 99, 4).page == 7


def test_a_view_is_saved_shared_shown_as_a_tab_and_removed_by_its_owner(app: Flask, people: People) -> None:
    add(app, region="大连")
    answer = people.alice.post(
        f"{LIST}/views?region=大连&page=3&s=secret&status=registered", data={"name": " 大连  已登记 "}
    )
    assert answer.status_code == 303
    page = text_of(people.alice, answer.headers["Location"])
    assert re.search(r'aria-current="page">大连 已登记', page)
    assert "secret" not in page
    assert "大连 已登记" not in text_of(people.bob, LIST)
    people.alice.post(f"{LIST}/views?class=vip", data={"name": "重点客户", "shared": "1"})
    assert "重点客户" in text_of(people.bob, LIST)
    assert people.bob.post(f"{LIST}/views/2/remove").status_code == 403
    assert people.bob.post(f"{LIST}/views/1/remove").status_code == 404
    people.alice.post(f"{LIST}/views/2/remove")
    assert "重点客户" not in text_of(people.bob, LIST)
    with app.app_context():
        entries = audit_queries.entries(fair().id, audit_queries.Wanted(action="visitors."))
        assert [entry.action for entry in entries if "view" in entry.action] == [
            "visitors.view_removed",
            "visitors.view_saved",
            "visitors.view_saved",
        ]


def test_a_view_needs_a_name_and_something_to_keep(app: Flask, people: People) -> None:
    for query, name in (("", "x"), ("?class=vip", " "), ("?class=vip", "长" * 41)):
        people.alice.post(f"{LIST}/views{query}", data={"name": name})
    with app.app_context():
        me = Actor("user", 1, "Alice")
        assert arranged.views(fair(), me) == []
        with transaction():
            for place in range(rules.MOST_VIEWS):
                arranging.save_view(fair(), f"v{place}", {"class": "vip"}, me, shared=False)
            with pytest.raises(Refused):
                arranging.save_view(fair(), "one more", {"class": "vip"}, me, shared=False)


def test_columns_are_kept_per_person(app: Flask, people: People) -> None:
    add(app, company="星河")
    assert "星河" in text_of(people.alice, LIST)
    people.alice.post(
        f"{LIST}/columns?sort=name", data={"columns": ["number", "printed", "source", "title", "x"]}
    )
    page = text_of(people.alice, f"{LIST}?lang=en")
    assert "星河" not in page
    assert 'data-label="Prints"' in page
    assert "星河" in text_of(people.bob, LIST)
    people.alice.post(f"{LIST}/columns", data={})
    assert "星河" in text_of(people.alice, LIST)
    people.alice.post(f"{LIST}/columns", data={"columns": ["state"]})
    assert "138****" not in text_of(people.alice, LIST)


def test_b12_a_page_of_numbers_is_shown_in_full_and_each_is_noted(app: Flask, people: People) -> None:
    """P12: who saw whose number."""
    add(app)
    add(app, "李雷", "+8613900139000")
    answer = people.bob.post(f"{LIST}/unmask?sort=name")
    assert "13900139000" in text_of(people.bob, answer.headers["Location"])
    assert "13900139000" not in text_of(people.bob, LIST)
    with app.app_context():
        entries = audit_queries.entries(fair().id, audit_queries.Wanted(action="visitors.unmasked"))
        assert sorted(entry.subject_id or 0 for entry in entries) == [1, 2]


def several(app: Flask, count: int = 4) -> None:
    change_class(app, "public", needs_approval=True)
    for place in range(count):
        add(app, f"N{place}", f"+8613800138{place:03}", key="public", channel=Channel.ONLINE)


@both_engines
def test_many_are_cancelled_when_their_number_is_typed(app: Flask, people: People) -> None:
    several(app)
    page = people.alice.post(DECIDE, data={"id": ["1", "2"], "decision": "cancel"})
    assert page.status_code == 200
    assert (
        people.alice.post(DECIDE, data={"id": ["1", "2"], "decision": "cancel", "confirm": "1"}).status_code
        == 422
    )
    data = {"id": ["1", "2"], "decision": "cancel", "confirm": "2", "reason": "展会取消"}
    assert people.alice.post(f"{DECIDE}?sort=name", data=data).headers["Location"].endswith("?sort=name")
    assert [row.state for row in all_rows(app)][:3] == [State.CANCELLED, State.CANCELLED, State.WAITING]
    with app.app_context():
        entries = audit_queries.entries(fair().id, audit_queries.Wanted(action="visitors.cancelled"))
        assert {entry.reason for entry in readable(entries)} == {"展会取消"}


def test_many_get_another_class(app: Flask, people: People) -> None:
    several(app)
    assert people.alice.post(DECIDE, data={"all": "1", "decision": "class"}).status_code == 200
    wrong = people.alice.post(DECIDE, data={"all": "1", "decision": "class", "class_key": "x"})
    assert wrong.status_code == 422
    people.alice.post(DECIDE, data={"all": "1", "decision": "class", "class_key": "vip"})
    with app.app_context():
        assert queries.count(fair(), Filters(class_key="vip")) == 4
        assert {badge.badge_class.key for badge in db.session.query(Badge)} == {"vip"}


def test_ticked_ones_are_printed_exported_and_written_to(app: Flask, people: People) -> None:
    add(app, "甲")
    add(app, "乙", "+8613900139000")
    pdf = people.alice.post(DECIDE, data={"id": ["1"], "decision": "print"})
    assert pdf.data.startswith(b"%PDF")
    with app.app_context():
        assert [badge.prints for badge in db.session.query(Badge).order_by(Badge.id)] == [1, 0]
    answer = people.alice.post(DECIDE, data={"id": ["2"], "decision": "export"})
    assert answer.headers["Location"].endswith("export?ids=2")
    data = {"format": "csv", "reason": "x", "columns": ["name"]}
    assert people.alice.post(answer.headers["Location"], data=data).data.decode("utf-8-sig").split()[1:] == [
        "乙"
    ]
    assert (
        people.alice.post(f"{DECIDE}?class=trade", data={"all": "1", "decision": "export"})
        .headers["Location"]
        .endswith("export?class=trade")
    )
    assert people.bob.post(DECIDE, data={"id": ["2"], "decision": "export"}).status_code == 403
    people.alice.post(f"{LIST}/2/cancel")
    assert people.alice.post(DECIDE, data={"id": ["2"], "decision": "print"}).status_code == 303
    assert people.alice.post(DECIDE, data={"id": ["2"], "decision": "nonsense"}).status_code == 400
    assert people.alice.post(DECIDE, data={"decision": "cancel"}).status_code == 303


def test_ticked_ones_are_printed_as_a_single_one_is(app: Flask, people: People) -> None:
    """C4: at the own printer, with its paper counted, and again only with a reason, which the first print has not."""
    add(app, "甲")
    add(app, "乙", "+8613900139000")
    with app.app_context(), transaction():
        alice = Actor("user", db.session.query(User.id).filter(User.email.like("alice%")).scalar(), "alice")
        printer = badges.save_printer(
            fair(), None, {"name": "A", "sheet": "a4x4", "shift_x": 0, "shift_y": 0, "turned": False}, alice
        )
        badges.choose_printer(fair(), printer, alice)
    assert people.alice.post(DECIDE, data={"id": ["1"], "decision": "print"}).data.startswith(b"%PDF")
    both = {"id": ["1", "2"], "decision": "print"}
    asked = people.alice.post(f"{DECIDE}?lang=en", data=both)
    assert (asked.status_code, "Say why it is printed again." in asked.text) == (200, True)
    assert people.alice.post(DECIDE, data={**both, "reason": " "}).status_code == 422
    with app.app_context():
        assert [badge.prints for badge in db.session.query(Badge).order_by(Badge.id)] == [1, 0]
    assert people.alice.post(DECIDE, data={**both, "reason": "卡纸"}).data.startswith(b"%PDF")
    with app.app_context():
        assert [badge.prints for badge in db.session.query(Badge).order_by(Badge.id)] == [2, 1]
        assert [(row.sheet, row.count) for row in db.session.query(SheetsPrinted)] == [("a4x4", 2)]
        entries = db.session.query(Entry).filter(Entry.action.in_(["badges.printed", "badges.reprinted"]))
        assert [(row.action, row.reason != "") for row in entries.order_by(Entry.id)] == [
            ("badges.printed", False),
            ("badges.reprinted", True),
            ("badges.printed", False),
        ]


def test_thousands_are_done_in_the_background_and_twice_changes_nothing(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    several(app, 5)
    add(app, "已登记", "+8613900139000")
    answer = people.alice.post(DECIDE, data={"all": "1", "decision": "approve"})
    again = people.alice.post(DECIDE, data={"all": "1", "decision": "approve"})
    assert again.headers["Location"] == answer.headers["Location"]
    run = app.test_cli_runner().invoke(args=["jobs", "work", "--once"])
    assert run.exit_code == 0, run.output
    assert "5" in text_of(people.alice, answer.headers["Location"])
    assert {row.state for row in all_rows(app)} == {State.REGISTERED}
    with app.app_context(), transaction():
        deed = bulk.Deed("approve")
        assert bulk.do(fair(), deed, [1, 2, 3], Actor("public")) == 0
    assert (
        people.alice.post(DECIDE, data={"all": "1", "decision": "print"})
        .headers["Location"]
        .endswith("/badges")
    )


def test_p13_the_file_of_an_export_is_only_its_makers(app: Flask, people: People) -> None:
    add(app)
    data = {"format": "xlsx", "reason": "x", "columns": ["name"]}
    page = people.alice.post(f"{LIST}/export", data=data).headers["Location"]
    assert fetched(app, people.alice, page).startswith(b"PK")
    (address,) = re.findall(r'href="(/desk/8th/files/\d+)"', text_of(people.alice, page))
    assert people.dora.get(address).status_code == 404
    assert people.bob.get(address).status_code == 404


@pytest.mark.parametrize(
    "query", ["", "?status=waiting&class=trade&region=大连&source=wechat&printed=no&has=phone"]
)
def test_the_list_asks_little_and_nothing_twice(app: Flask, people: People, query: str) -> None:
    """At most 16 questions a page, none twice, however many rows."""
    for place in range(3):
        add(app, f"N{place}", f"+861380013800{place}")
    text_of(people.alice, LIST)
    with counted(app) as asked:
        text_of(people.alice, f"{LIST}{query}")
    assert len(asked) <= 16, asked
    assert len(asked) == len(set(asked))
    with counted(app) as asked:
        text_of(people.alice, f"{LIST}/1")
    assert len(asked) <= 18, asked
    assert len(asked) == len(set(asked))
