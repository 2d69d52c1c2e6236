"""O6 and G3, first parts: the organiser's list and the visitor desk."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

from exhibitions.accounts.queries import live_link
from exhibitions.audit import queries as audit_queries
from exhibitions.audit import service as audit
from exhibitions.audit.models import Entry
from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import Badge, BadgeDay
from exhibitions.badges.rules import number
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict
from exhibitions.core.signing import hash_link_token
from exhibitions.expos.models import Gate
from exhibitions.mail import service as mail
from exhibitions.mail.models import Mail
from exhibitions.visitors import queries, service
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import Filters
from exhibitions.visitors.rules.exporting import HEADINGS
from exhibitions.visitors.rules.registration import Channel, State
from exhibitions.visitors.service import bulk, registration
from exhibitions.visitors.views.letters import badge_link
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People
from tests.visitors.registering import add, all_rows, change_class, fair, link_of, register

LIST = "/desk/8th/visitors"
BADGE = re.compile(r"http://localhost(/8th/badge/[\w-]{32})")
DESK = "/desk/8th/visitor-desk"
READING = [LIST, f"{LIST}/1"]
EDITING = [f"{LIST}/1/correct", f"{LIST}/1/cancel"]
SERVING = [DESK]
EXPORTING = [f"{LIST}/export"]
POSTS = [
    f"{LIST}/search",
    f"{LIST}/decide",
    f"{LIST}/1/unmask",
    f"{LIST}/1/link",
    f"{LIST}/1/correct",
    f"{LIST}/1/cancel",
    f"{LIST}/1/decide",
    f"{LIST}/export",
    f"{DESK}/search",
    f"{DESK}/register",
    f"{DESK}/1/print",
    f"{DESK}/1/replace",
]


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def names_in(page: str) -> list[str]:
    return [html.unescape(name) for name in re.findall(r'class="row-link"[^>]*>([^<]+)</a>', page)]


def search(client: FlaskClient, text: str) -> list[str]:
    answer = client.post(f"{LIST}/search", data={"q": text})
    assert answer.status_code == 303
    return names_in(text_of(client, answer.headers["Location"]))


@pytest.mark.parametrize("path", READING + EDITING + SERVING + EXPORTING)
def test_owner_colleague_and_stranger(app: Flask, people: People, path: str) -> None:
    """Access of every page: the organiser and the administrator, the desk where it has the right, nobody else."""
    add(app)
    assert people.alice.get(path).status_code == 200
    assert people.dora.get(path).status_code == 200
    assert people.bob.get(path).status_code == (403 if path in EXPORTING else 200)
    assert people.charlie.get(path).status_code == 404
    answer = people.nobody.get(path)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("path", POSTS)
def test_strangers_change_nothing(app: Flask, people: People, path: str) -> None:
    add(app)
    with app.app_context():
        before = db.session.query(Entry).count()
    assert people.charlie.post(path, data={"decision": "approve", "reason": "x"}).status_code == 404
    assert people.nobody.post(path).status_code == 303
    if path in (f"{LIST}/export",):
        assert people.bob.post(path).status_code == 403
    with app.app_context():
        assert db.session.query(Entry).count() == before
    assert all_rows(app)[0].state is State.REGISTERED


def test_people_of_another_fair_are_not_there(app: Flask, people: People) -> None:
    """Permission between events: ids are looked up inside the fair of the address."""
    with app.app_context():
        make_expo("9th", 9)
    other = add(app, "别届观众", slug="9th")
    mine = add(app)
    assert people.alice.get("/desk/9th/visitors").status_code == 404
    assert people.alice.get(f"{LIST}/{mine}").status_code == 200
    for path in (f"{LIST}/{other}", f"{LIST}/{other}/correct", f"{LIST}/{other}/cancel", f"{LIST}/{2**70}"):
        assert people.alice.get(path).status_code == 404
    for path in (f"{LIST}/{other}/unmask", f"{DESK}/{other}/print", f"{DESK}/{other}/replace"):
        assert people.alice.post(path, data={"reason": "x"}).status_code == 404
    assert "别届观众" not in text_of(people.alice, f"{DESK}?one={other}")
    people.alice.post(f"{LIST}/decide", data={"id": str(other), "decision": "refuse", "confirm": "1"})
    assert all_rows(app)[0].state is State.REGISTERED


@both_engines
def test_anybody_is_found_by_any_word(app: Flask, people: People) -> None:
    """O6, F18: name, company, end of phone, number, pinyin, initials; NFD typed as NFC; nothing by a wildcard."""
    add(app, "王敏", company="星河家居")
    add(app, "单于雪", "+8613900139001", company="Harbour 100% Light")
    add(app, "Zoë O'Brien", "+821012345678", email="zoe@example.org")
    add(app, "𠮷野", "+8613700137000")
    with app.app_context():
        badge = badge_queries.current_badge(fair(), "visitor", 4)
        assert badge is not None
        shown, code = number.shown(badge.number), badges.code_of(fair(), badge)
    for text, found in {
        "王": ["王敏"],
        "wangmin": ["王敏"],
        "WM": ["王敏"],
        "星河": ["王敏"],
        "xhjj": ["王敏"],
        "8000": ["王敏"],
        "138 0013 8000": ["王敏"],
        "shanyu": ["单于雪"],
        "100%": ["单于雪"],
        "harbour light": ["单于雪"],
        "zoe\u0308": ["Zoë O'Brien"],
        "o'brien": ["Zoë O'Brien"],
        "ZOE@example.org": ["Zoë O'Brien"],
        "+82 10 1234 5678": ["Zoë O'Brien"],
        "𠮷": ["𠮷野"],
        shown: ["𠮷野"],
        shown.replace(" ", "").replace("-", ""): ["𠮷野"],
        code: ["𠮷野"],
        "%": ["单于雪"],
        "_": [],
        "3800": [],
        "nobody": [],
        "'; DROP TABLE registrations": [],
    }.items():
        assert search(people.alice, text) == found, text
    assert len(search(people.alice, "")) == 4


def test_the_searched_text_stands_in_no_address(people: People) -> None:
    """design §6: free text is posted and kept under an opaque id, which another browser does not have."""
    answer = people.alice.post(f"{LIST}/search", data={"q": "王敏"})
    assert re.fullmatch(rf"{LIST}\?s=[\w-]{{8}}", answer.headers["Location"])
    assert "王敏" in text_of(people.alice, answer.headers["Location"])
    assert "王敏" not in text_of(people.bob, answer.headers["Location"])


def came_in(app: Flask, registration_id: int) -> None:
    with app.app_context(), transaction() as session:
        badge = badge_queries.current_badge(fair(), "visitor", registration_id)
        assert badge is not None
        gate = session.query(Gate).first()
        assert gate is not None
        session.add(
            BadgeDay(
                expo_id=fair().id,
                badge_id=badge.id,
                day=clock.today("Asia/Shanghai"),
                first_at=clock.now(),
                first_gate_id=gate.id,
            )
        )


@both_engines
def test_each_filter_narrows_and_they_add_up(app: Flask, people: People) -> None:
    """O6: class, region, day, source, status stand in the address, in words (ux §3)."""
    day = clock.today("Asia/Shanghai")
    add(app, "甲", "+8613800138001", region="大连", source="wechat-7", visit_day=day)
    add(app, "乙", "+8613800138002", region="KR", key="public")
    add(app, "丙", "+8613800138003", region="大连", key="media")
    change_class(app, "public", needs_approval=True)
    add(app, "丁", "+8613800138004", key="public", channel=Channel.ONLINE)
    people.alice.post(f"{LIST}/3/cancel")
    came_in(app, 2)
    for query, found in {
        "sort=name": 4,
        "class=trade": ["甲"],
        "region=大连": ["丙", "甲"],
        "region=Dalian": ["丙", "甲"],
        "region=韩国": ["乙"],
        "region=-": ["丁"],
        f"day={day}": ["甲"],
        "source=wechat-7": ["甲"],
        "status=waiting": ["丁"],
        "status=registered": ["甲"],
        "status=visited": ["乙"],
        "status=cancelled": ["丙"],
        "status=refused": [],
        "region=大连&status=registered&class=trade": ["甲"],
        "status=nonsense": 4,
        "day=never&page=x&sort=password": 4,
        "class=%00&source=%00": 4,
        "page=99999": 4,
    }.items():
        names = names_in(text_of(people.alice, f"{LIST}?{query}"))
        assert (len(names) if isinstance(found, int) else names) == found, query


def test_fifty_rows_a_page_in_order(app: Flask, people: People) -> None:
    for place in range(51):
        add(app, f"N{place:02}", f"+861380013{8000 + place}")
    first = names_in(text_of(people.alice, f"{LIST}?sort=name"))
    assert first == [f"N{place:02}" for place in range(50)]
    assert names_in(text_of(people.alice, f"{LIST}?sort=name&page=2")) == ["N50"]
    assert names_in(text_of(people.alice, f"{LIST}?sort=-name"))[0] == "N50"


def test_numbers_are_masked_until_somebody_asks_and_that_is_noted(app: Flask, people: People) -> None:
    """B12, P12."""
    add(app, email="lee@example.org")
    for path in (LIST, f"{LIST}/1", f"{LIST}/1/correct", f"{DESK}?one=1"):
        page = text_of(people.bob, path)
        assert "138****8000" in page, path
        assert "13800138000" not in page.replace(" ", ""), path
        assert "lee@example.org" not in page, path
    page = people.bob.post(f"{LIST}/1/unmask", follow_redirects=True).get_data(as_text=True)
    assert "138 0013 8000" in page
    assert "lee@example.org" in page
    with app.app_context():
        entries = audit_queries.entries(fair().id, audit_queries.Wanted(action="visitors.unmasked"))
        assert [entry.subject_id for entry in entries] == [1]


def let_mail_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a server for mail."""
    account = replace(mail.account(), server="mail.example.org")
    monkeypatch.setattr(mail, "account", lambda: account)


def test_a_new_link_ends_the_earlier_ones_and_goes_out_by_mail(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """design §4: a personal link can be revoked. V3: what opens nothing leads to where the badge is found again."""
    let_mail_leave(monkeypatch)
    person = add(app, email="lee@example.org")
    with app.app_context(), transaction():
        service.send_link(db.session.get_one(Registration, person))
    earlier = [link_of(app, person), link_of(app, person)]
    other = link_of(app, add(app, "李雷", "+8613900139000"))
    page = people.bob.post(f"{LIST}/{person}/link?lang=en", follow_redirects=True).get_data(as_text=True)
    assert "The earlier links have ended. A new one is sent by e-mail." in page
    assert "New link to the badge made, earlier ones ended" in page
    assert "/8th/badge/" not in page
    for path in earlier:
        answer = people.nobody.get(f"{path}?lang=en")
        assert answer.status_code == 404
        assert "This link opens no badge" in answer.get_data(as_text=True)
    assert people.nobody.get(other).status_code == 200
    with app.app_context():
        letters = db.session.scalars(sa.select(Mail).where(Mail.template == service.LETTER)).all()
        # The letter of a moment ago may have left with a link that is dead now: this is another one.
        assert [letter.recipient for letter in letters] == ["lee@example.org"] * 2
        entries = audit_queries.entries(fair().id, audit_queries.Wanted(action="visitors.link_renewed"))
        assert [entry.subject_id for entry in entries] == [person]
    with app.app_context():
        expo_id = fair().id
        db.session.rollback()
        with force_locale("en"):
            text = badge_link({"expo_id": expo_id, "registration_id": person}, "en").text
    assert people.nobody.get(BADGE.findall(text)[0]).status_code == 200


@pytest.mark.parametrize("why", ["no address", "no server", "not approved yet"])
def test_a_new_link_that_no_letter_carries_is_shown_once_to_hand_over(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    if why != "no server":
        let_mail_leave(monkeypatch)
    if why == "not approved yet":
        change_class(app, "trade", needs_approval=True)
    person = add(app, email=None if why == "no address" else "lee@example.org")
    earlier = link_of(app, person)
    answer = people.bob.post(f"{LIST}/{person}/link")
    page = text_of(people.bob, f"{answer.location}&lang=en")
    (link,) = set(BADGE.findall(page))
    assert "Give the person this new one" in page
    assert people.nobody.get(link).status_code == 200
    assert people.nobody.get(earlier).status_code == 404
    for path in (
        f"{LIST}/{person}",
        f"{LIST}/{add(app, '李雷', '+8613900139000')}?{answer.location.split('?')[1]}",
    ):
        assert not BADGE.findall(text_of(people.bob, path))
    with app.app_context():
        assert db.session.scalars(sa.select(Mail)).all() == []


def test_who_has_cancelled_gets_no_new_link(app: Flask, people: People) -> None:
    person = add(app)
    path = link_of(app, person)
    people.bob.post(f"{LIST}/{person}/cancel")
    assert "/link" not in text_of(people.bob, f"{LIST}/{person}")
    assert people.bob.post(f"{LIST}/{person}/link").status_code == 409
    assert people.nobody.get(path).status_code == 200


def test_erasure_ends_every_link_to_the_badge(app: Flask, people: People) -> None:
    """P6: nothing of the person is opened by a link that is still in a mailbox."""
    person = add(app)
    path = link_of(app, person)
    with app.app_context(), transaction():
        service.erase_person(db.session.get_one(Registration, person))
        assert live_link("badge", hash_link_token(path.rsplit("/", 1)[1]), clock.now()) is None
    # P9: it says that the data is gone, and nothing else.
    assert people.nobody.get(path).status_code == 410


@both_engines
def test_the_desk_corrects_everything(app: Flask, people: People) -> None:
    add(app, region="火星")
    add(app, "李雷", "+8613900139000")
    data = {"name": "王小敏", "company": "", "phone": "", "email": "new@example.org", "visitor_class": "vip"}
    answer = people.bob.post(f"{LIST}/1/correct", data=data | {"region": "火星", "visit_day": ""})
    assert answer.status_code == 303
    row = all_rows(app)[0]
    assert (row.name, row.phone, row.email, row.region) == (
        "王小敏",
        "+8613800138000",
        "new@example.org",
        "火星",
    )
    taken = people.bob.post(f"{LIST}/1/correct", data=data | {"phone": "13900139000", "region": ""})
    assert taken.status_code == 422
    with app.app_context():
        badge = badge_queries.current_badge(fair(), "visitor", 1)
        assert badge is not None
        assert (badge.name, badge.badge_class.key) == ("王小敏", "vip")


@both_engines
@pytest.mark.parametrize("one", [True, False])
def test_of_two_who_decide_at_once_the_second_finds_it_decided(
    app: Flask, people: People, *, one: bool
) -> None:
    """O6: approved and refused at the same moment is one decision and one letter, alone and among many."""
    change_class(app, "trade", needs_approval=True)
    person = add(app, channel=Channel.ONLINE)
    begun, done = Event(), Event()

    def approve() -> None:
        with app.app_context(), transaction() as session:
            registration.approve(fair(), session.get_one(Registration, person), SYSTEM)
            session.flush()
            begun.set()
            done.wait(1)

    def refuse() -> int:
        begun.wait(10)
        try:
            with app.app_context(), transaction() as session:
                if not one:
                    return bulk.do(fair(), bulk.Deed("refuse"), [person], SYSTEM)
                with pytest.raises(Conflict):
                    registration.refuse(fair(), session.get_one(Registration, person), SYSTEM)
                return 0
        finally:
            done.set()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(approve), pool.submit(refuse)
        first.result()
        assert second.result() == 0
    assert [row.state for row in all_rows(app)] == [State.REGISTERED]


@both_engines
def test_approving_and_refusing_one_and_many(app: Flask, people: People) -> None:
    """O6: approve/refuse bulk; refusing many asks for their number to be typed."""
    change_class(app, "trade", needs_approval=True)
    for place in range(5):
        add(app, f"N{place}", f"+861380013{8000 + place}", channel=Channel.ONLINE)
    assert {row.state for row in all_rows(app)} == {State.WAITING}
    people.alice.post(f"{LIST}/1/decide", data={"decision": "approve"})
    people.alice.post(f"{LIST}/2/decide", data={"decision": "refuse"})
    again = people.alice.post(f"{LIST}/2/decide", data={"decision": "approve"})
    assert again.status_code == 409
    asked = people.alice.post(f"{LIST}/decide", data={"id": ["3", "4"], "decision": "refuse"})
    assert asked.status_code == 200
    wrong = people.alice.post(f"{LIST}/decide", data={"id": ["3", "4"], "decision": "refuse", "confirm": "3"})
    assert wrong.status_code == 422
    done = people.alice.post(f"{LIST}/decide", data={"id": ["3"], "decision": "refuse", "confirm": "1"})
    assert done.status_code == 303
    people.alice.post(f"{LIST}/decide?status=waiting", data={"all": "1", "decision": "approve"})
    assert [row.state for row in all_rows(app)] == [
        State.REGISTERED,
        State.REFUSED,
        State.REFUSED,
        State.REGISTERED,
        State.REGISTERED,
    ]
    with app.app_context():
        approved = [badge.approved_at is not None for badge in db.session.query(Badge).order_by(Badge.id)]
        cancelled = [badge.cancelled_at is not None for badge in db.session.query(Badge).order_by(Badge.id)]
    assert approved == [True, False, False, True, True]
    assert cancelled == [False, True, True, False, False]


def fetched(app: Flask, client: FlaskClient, page: str) -> bytes:
    """The file that the job of this page has made."""
    run = app.test_cli_runner().invoke(args=["jobs", "work", "--once"])
    assert run.exit_code == 0, run.output
    (address,) = re.findall(r'href="(/desk/8th/files/\d+)"', text_of(client, page))
    with client.get(address, buffered=True) as answer:
        return bytes(answer.data)


def test_an_export_holds_what_is_filtered_and_no_formula(app: Flask, people: People) -> None:
    """O6: every list exports what is on screen; IR: no cell starts with = + - @; P12: noted."""
    add(app, "-王敏", region="大连")
    add(app, "李雷", "+8613900139000", region="KR")
    answer = people.alice.post(
        f"{LIST}/export?region=大连&lang=zh",
        data={"format": "csv", "reason": "为了打印", "columns": ["number", "name", "company", "phone"]},
    )
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[1] for row in rows] == ["姓名", "'-王敏"]
    assert rows[1][3] == "'+8613800138000"
    asked = people.alice.post(f"{LIST}/export", data={"format": "xlsx", "reason": "x", "columns": "name"})
    assert asked.status_code == 303
    with ZipFile(io.BytesIO(fetched(app, people.alice, asked.headers["Location"]))) as book:
        assert "李雷" in book.read("xl/worksheets/sheet1.xml").decode() + (
            book.read("xl/sharedStrings.xml").decode() if "xl/sharedStrings.xml" in book.namelist() else ""
        )
    with app.app_context():
        entries = audit_queries.entries(fair().id, audit_queries.Wanted(action="visitors.exported"))
        assert [(entry.after or {})["rows"] for entry in entries] == [2, 1]
        assert entries[1].reason == "为了打印"
        assert (entries[1].after or {})["columns"] == ["number", "name", "company", "phone"]


def test_p13_an_export_needs_a_reason_and_holds_only_the_chosen_columns(app: Flask, people: People) -> None:
    add(app, "王敏", email="wang@example.org")
    page = text_of(people.alice, f"{LIST}/export?lang=en")
    ticked = re.findall(r'name="columns"\s+value="(\w+)" checked', page)
    assert {"name", "company", "state"} <= set(ticked)
    assert not {"phone", "email"} & set(ticked)
    for data in (
        {"columns": "name"},
        {"columns": "name", "reason": "  "},
        {"reason": "x"},
        {"columns": "code", "reason": "x"},
    ):
        assert people.alice.post(f"{LIST}/export", data={"format": "csv", **data}).status_code == 422, data
    with app.app_context():
        assert not audit_queries.entries(fair().id, audit_queries.Wanted(action="visitors.exported"))
    answer = people.alice.post(
        f"{LIST}/export?lang=en", data={"format": "csv", "reason": "badges", "columns": ["name", "state"]}
    )
    assert answer.data.decode("utf-8-sig") == "Name,State\r\n王敏,Registered\r\n"


def test_an_export_speaks_to_people_and_comes_back_by_number(
    app: Flask, people: People, tmp_path: Path
) -> None:
    """O6: state, source and time as people read them, the time in the fair's zone; spec/imports.md: by number."""
    add(app, "王敏", region="大连", source="association-7", company="星河")
    with app.app_context(), transaction():
        person = db.session.get_one(Registration, 1)
        person.created_at = datetime(2026, 10, 25, 21, 38, 47, tzinfo=UTC)
    columns = list(HEADINGS)
    answer = people.alice.post(
        f"{LIST}/export?lang=zh", data={"format": "csv", "reason": "x", "columns": columns}
    )
    (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert (row["状态"], row["来源"], row["登记时间"]) == ("已登记", "协会 7", "2026-10-26 05:38")
    path = tmp_path / "visitors.csv"
    path.write_bytes(answer.data.replace("星河".encode(), "星海".encode()))
    run = app.test_cli_runner().invoke(args=["import", "visitors", "--expo", "8th", str(path), "--json"])
    assert json.loads(run.output.strip().splitlines()[-1])["accepted"] == 1, run.output
    (person,) = all_rows(app)
    assert (person.company, person.state, person.source) == ("星海", State.REGISTERED, "association-7")


def test_the_filters_speak_the_readers_language(app: Flask, people: People) -> None:
    """B8, B10: known sources in words, others as the organiser wrote them; days as everywhere."""
    for place, source in enumerate(("wechat", "exhibitor-12", "spring")):
        add(app, "王敏", f"+861380013800{place}", source=source)
    page = text_of(people.alice, f"{LIST}?lang=zh")
    offered = dict(re.findall(r'<option value="([^"]*)">([^<]*)</option>', page))
    assert (offered["wechat"], offered["exhibitor-12"], offered["spring"]) == (
        "微信",
        "参展商邀请 12",
        "spring",
    )
    with app.app_context():
        day = queries.moment(fair()).days[0]
    assert offered[day.isoformat()].startswith(f"{day.year}年{day.month}月{day.day}日")


def test_a_demo_is_open_by_its_own_clock(app: Flask) -> None:
    """A fair whose days are over by the calendar is today for whoever tries the demo."""
    with app.app_context():
        make_expo()
        expo = fair()
        before = queries.moment(expo)
        expo.demo_shift_seconds = 3 * 86_400
        after = queries.moment(expo)
        db.session.rollback()
    assert (after.today - before.today).days == 3
    assert 3 * 86_400 - 5 < (after.now - before.now).total_seconds() < 3 * 86_400 + 5


def test_b7_each_cell_of_a_list_says_on_a_phone_what_it_is(app: Flask, people: People) -> None:
    add(app, "王敏", company="星河家居")
    page = text_of(people.alice, f"{LIST}?lang=en")
    assert re.search(r'<td data-label="Company" class="long">星河家居</td>', page)
    assert re.search(r'<td data-label="State">\s*<span class="state', page)
    assert '<td class="nowrap"></td>' in page


def test_the_command_writes_the_agreed_fields(app: Flask, people: People) -> None:
    """Issue 2, demand 7: flask export visitors."""
    add(app, "王敏", company="星河", region="大连")
    run = app.test_cli_runner().invoke(
        args=["export", "visitors", "--expo", "8th", "--format", "json", "--codes"]
    )
    assert run.exit_code == 0, run.output
    (person,) = json.loads(run.output)
    assert list(person) == ["number", "name", "company", "phone", "email", "class", "region", "state", "code"]
    with app.app_context():
        badge = badge_queries.current_badge(fair(), "visitor", 1)
        assert badge is not None
        assert person == {
            "number": number.with_check(badge.number),
            "name": "王敏",
            "company": "星河",
            "phone": "+8613800138000",
            "email": None,
            "class": "trade",
            "region": "大连",
            "state": "registered",
            "code": badges.code_of(fair(), badge),
        }
    plain = app.test_cli_runner().invoke(args=["export", "visitors", "--expo", "8th", "--format", "csv"])
    assert next(csv.reader(io.StringIO(plain.output.lstrip("\ufeff"))))[-1] == "state"
    missing = app.test_cli_runner().invoke(args=["export", "visitors", "--expo", "nowhere"])
    assert missing.exit_code == 1
    assert "nowhere" in missing.output


@both_engines
def test_the_desk_registers_in_three_fields_and_prints(app: Flask, people: People) -> None:
    """G3: find, register, print; the first page of the PDF, counted as a print."""
    answer = people.bob.post(
        f"{DESK}/register", data={"phone": "13800138000", "name": "散客", "visitor_class": "public"}
    )
    assert answer.status_code == 303
    assert "散客" in text_of(people.bob, answer.headers["Location"])
    row = all_rows(app)[0]
    assert (row.channel, row.visit_day) == (Channel.DESK, clock.today("Asia/Shanghai"))
    pdf = people.bob.post(f"{DESK}/{row.id}/print")
    assert (pdf.status_code, pdf.headers["Content-Type"], pdf.data[:5]) == (200, "application/pdf", b"%PDF-")
    people.bob.post(f"{DESK}/{row.id}/print", data={"reason": "丢失"})
    with app.app_context():
        badge = db.session.query(Badge).one()
        assert badge.prints == 2
        entries = audit_queries.entries(fair().id, audit_queries.Wanted(action="badges."))
        assert [entry.action for entry in entries] == ["badges.reprinted", "badges.printed"]


@both_engines
def test_a_known_number_at_the_desk_shows_the_person(app: Flask, people: People) -> None:
    """G3: double person → shown, so that the badge is printed instead."""
    add(app)
    answer = people.bob.post(
        f"{DESK}/register", data={"phone": "13800138000", "name": "王", "visitor_class": "trade"}
    )
    assert answer.status_code == 409
    assert "王敏" in answer.get_data(as_text=True)
    assert f"{DESK}/1/print" in answer.get_data(as_text=True)


@both_engines
def test_replacing_voids_the_lost_badge_and_wants_a_reason(app: Flask, people: People) -> None:
    """Reprint keeps the code, replace voids it (C4)."""
    add(app)
    people.bob.post(f"{DESK}/1/replace", data={"reason": ""})
    with app.app_context():
        assert db.session.query(Badge).count() == 1
    people.bob.post(f"{DESK}/1/replace", data={"reason": "挂失"})
    with app.app_context():
        old, new = db.session.query(Badge).order_by(Badge.id)
        assert old.voided_at is not None
        assert (old.replaced_by_id, new.voided_at) == (new.id, None)
        assert queries.registration_of(fair(), 1).badge.id == new.id  # type: ignore[union-attr]


def test_a_cancelled_registration_is_not_printed(app: Flask, people: People) -> None:
    add(app)
    people.bob.post(f"{LIST}/1/cancel", data={"reason": "本人要求"})
    assert people.bob.post(f"{DESK}/1/print").status_code == 409
    assert f"{DESK}/1/print" not in text_of(people.bob, f"{DESK}?one=1")


@both_engines
def test_a_search_over_many_people_is_counted_right(app: Flask, people: People) -> None:
    """The page's total, the rows of all pages and the export agree."""
    for place in range(60):
        add(app, f"王{place}", f"+861380013{8000 + place}", key="trade" if place % 2 else "public")
    with app.app_context():
        for filters in (
            Filters(),
            Filters(class_key="trade"),
            Filters(text="王"),
            Filters(has="phone"),
            Filters(printed=False),
            Filters(text="w"),
            Filters(state="registered"),
        ):
            first = queries.found(fair(), filters)
            every = [
                row.registration.id
                for page in range(1, first.last + 1)
                for row in queries.found(fair(), filters, page).rows
            ]
            exported = [row.registration.id for row in queries.export_rows(fair(), filters)]
            assert len(every) == len(set(every)) == first.total
            assert sorted(every) == exported


def test_the_badge_of_somebody_just_registered_is_there(app: Flask, people: People) -> None:
    register(people.nobody)
    assert names_in(text_of(people.alice, LIST)) == ["王敏"]


def test_a_search_that_is_forgotten_is_nobody_and_never_everybody(app: Flask, people: People) -> None:
    """O6: an old tab, or a colleague's browser: neither the list nor what is done to all that match takes the rest."""
    with app.app_context():
        add(app)
    page = people.alice.get("/desk/8th/visitors?s=forgotten&lang=en").text
    assert "This search is over" in page
    assert "王敏" not in page
    told = people.alice.post(
        "/desk/8th/visitors/decide?s=forgotten",
        data={"all": "1", "decision": "cancel"},
        follow_redirects=True,
    )
    assert "Tick somebody first" in told.text


def test_history_speaks_of_what_other_rooms_did(app: Flask, people: People) -> None:
    number = add(app)
    with app.app_context(), transaction():
        audit.record("portal.person_exported", SYSTEM, expo_id=1, subject=("visitor", number))
    page = people.alice.get(f"/desk/8th/visitors/{number}?lang=en").text
    assert "Copy of a person&#39;s data made" in page
