"""V2, V3: a leader brings up to 500 people by a list, and looks after them by the personal link."""

from __future__ import annotations

import io
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.datastructures import FileStorage

from exhibitions.audit.models import Entry
from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import Badge, BadgeDay
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.core.sheets.writing import write_xlsx
from exhibitions.jobs.commands.running import drain
from exhibitions.visitors import service
from exhibitions.visitors.models import Consent, InvitationSource, Registration
from exhibitions.visitors.rules.group_list import Member
from exhibitions.visitors.rules.registration import Channel, State
from tests.engines import both_engines
from tests.hostile import workbook
from tests.people import People
from tests.visitors.registering import (
    add,
    all_rows,
    at_once,
    change_class,
    change_fair,
    fair,
    link_of,
    register,
)

MANY = "\n".join(f"团员{n}" for n in range(500))


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement of a block, whatever it does."""
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def numbers_of(app: Flask) -> dict[str, int]:
    with app.app_context():
        return dict(db.session.execute(sa.select(Badge.name, Badge.number)).all())


def bring(people: People, where: str, names: str, **more: str) -> int:
    data = {"names": names, "confirmed": "1", "form_key": "", **more}
    return people.nobody.post(f"{where}/colleagues", data=data).status_code


def test_a_pasted_table_is_shown_before_anybody_is_registered(app: Flask, people: People) -> None:
    """Nothing is lost: what was pasted stands in its box, and sending it on registers everybody."""
    where = register(people.nobody)
    text = "姓名\t单位\t手机号\t类别\n李雷\t银河\t13900139001\t普通观众\n韩梅\t\t\t"
    page = people.nobody.post(f"{where}/colleagues?lang=en", data={"names": text})
    assert page.status_code == 200
    assert "2 people were found" in page.text
    assert "13900139001" in page.text
    assert len(all_rows(app)) == 1
    key = re.search(r'name="form_key" value="([^"]+)"', page.text)
    assert key is not None
    for _ in range(2):
        # B7: the same form twice is one list.
        assert bring(people, where, text, form_key=key[1]) == 303
    rows = all_rows(app)
    assert [(row.name, row.company, row.phone) for row in rows[1:]] == [
        ("李雷", "银河", "+8613900139001"),
        ("韩梅", "星河家居", None),
    ]
    assert rows[1].class_id != rows[2].class_id == rows[0].class_id


def test_a_file_is_read_as_the_import_reads_it(app: Flask, people: People, tmp_path: Path) -> None:
    where = register(people.nobody)
    made = tmp_path / "list.xlsx"
    with made.open("wb") as out:
        write_xlsx(
            out,
            "名单",
            [["序号", "姓名", "联系电话"], ["1", "李雷", "13900139001"], ["2", "=1+1", ""]],
            [9, 9, 9],
        )
    file = FileStorage(io.BytesIO(made.read_bytes()), "list.xlsx")
    page = people.nobody.post(f"{where}/colleagues?lang=en", data={"file": file})
    assert page.status_code == 200
    assert "李雷" in page.text
    csv = FileStorage(io.BytesIO("姓名,手机\n李雷,13900139001\n韩梅,1234567\n".encode("gb18030")), "a.csv")
    page = people.nobody.post(f"{where}/colleagues?lang=en", data={"file": csv})
    assert page.status_code == 422
    assert "Line 3 (韩梅" in page.text
    assert "13900139001" in page.text
    assert len(all_rows(app)) == 1


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04broken", b"<html><table>", b"\x89PNG\r\n\x1a\n", b"x" * 3_000]
)
def test_a_file_that_is_no_list_is_refused_in_words(
    people: People, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F18: hostile files never bring down the page; one over the limit is not even read."""
    monkeypatch.setattr("exhibitions.visitors.forms.groups._MOST_BYTES", 2_000)
    where = register(people.nobody)
    file = FileStorage(io.BytesIO(content), "list.xlsx")
    assert people.nobody.post(f"{where}/colleagues", data={"file": file}).status_code == 422


@both_engines
def test_five_hundred_people_are_one_transaction_of_few_statements(app: Flask, people: People) -> None:
    """500 names: bulk inserts, no statement a person; each with consent, entry and badge."""
    where = register(people.nobody)
    assert bring(people, where, MANY + "\n再一人") == 422
    with app.app_context(), counted() as said:
        expo = fair()
        leader = db.session.get_one(Registration, 1)
        gathered = service.gather(expo, leader, [Member(f"团员{n}") for n in range(500)])
        before = len(said)
        with transaction():
            assert len(service.bring(expo, leader, gathered, SYSTEM)) == 500
        assert len(said) - before <= 25
    with app.app_context():
        count = sa.select(sa.func.count())
        assert db.session.scalar(count.select_from(Badge)) == 501
        assert db.session.scalar(count.select_from(Consent)) == 501
        noted = count.select_from(Entry).where(Entry.action == "visitors.registered")
        assert db.session.scalar(noted) == 501
        assert db.session.scalar(count.select_from(Badge).where(Badge.approved_at.is_(None))) == 0
        names = db.session.execute(
            sa.select(Registration.name, Badge.name).join(Badge, Badge.holder_id == Registration.id)
        )
        assert all(one == other for one, other in names)
    assert bring(people, where, "再一人") == 422
    page = people.nobody.get(f"{where}/colleagues?lang=en")
    assert "500 people besides you" in page.text
    assert len(page.data) < 100_000
    assert len(people.nobody.get(where).data) < 100_000
    words = people.nobody.get(f"{where}/colleagues/words")
    assert words.text.count("团员") >= 500
    assert len(words.data) < 100_000


@both_engines
def test_lists_sent_at_once_are_never_more_than_500(app: Flask, people: People) -> None:
    where = register(people.nobody)

    def send(turn: int) -> int:
        names = "\n".join(f"甲{turn}乙{n}" for n in range(250))
        data = {"names": names, "confirmed": "1"}
        return app.test_client().post(f"{where}/colleagues", data=data).status_code

    assert sorted(at_once(send, 4)) == [303] * 2 + [422] * 2
    assert len(all_rows(app)) == 501


def test_a_known_number_is_not_told_and_not_lost(app: Flask, people: People) -> None:
    """Whether somebody else is registered is nobody's to find out; the office sees the two together."""
    register(people.nobody, phone="13900139009", name="赵六")
    where = register(people.nobody)
    assert bring(people, where, "李雷 13900139009\n韩梅 13900139001") == 303
    rows = {row.name: row for row in all_rows(app)}
    assert (rows["李雷"].phone, rows["李雷"].same_phone_id) == (None, rows["赵六"].id)
    assert (rows["韩梅"].phone, rows["韩梅"].same_phone_id) == ("+8613900139001", None)
    known, free = (
        people.nobody.get(f"{where}/colleagues/{numbers_of(app)[name]}").text for name in ("李雷", "韩梅")
    )
    assert "1390013" not in known + free
    for end in ("9001", "13900139001"):
        word = people.nobody.post(f"{where}/colleagues/search", data={"q": end}).location
        assert "韩梅" not in people.nobody.get(word).text
    assert "赵六" in people.bob.get(f"/desk/8th/visitors/{rows['李雷'].id}").text
    assert "李雷" in people.bob.get(f"/desk/8th/visitors/{rows['赵六'].id}").text
    # The own group's numbers are known to the leader: a second line with one is wrong.
    assert bring(people, where, "李磊 13900139001") == 422


def test_the_rules_of_the_fair_hold_for_each(app: Flask, people: People) -> None:
    where = register(people.nobody)
    change_class(app, "trade", needs_approval=True)
    change_fair(app, capacity=3)
    assert bring(people, where, "甲\n乙\n丙") == 422
    assert bring(people, where, "甲\n乙") == 303
    assert {row.state for row in all_rows(app)[1:]} == {State.WAITING}


def test_the_leader_searches_pages_and_sends_on(app: Flask, people: People) -> None:
    """Names stand in no address; the words for one person hold a link of that person's own."""
    where = register(people.nobody)
    assert bring(people, where, MANY) == 303
    found = people.nobody.post(f"{where}/colleagues/search", data={"q": "团员499"}).location
    assert "499" not in found.rpartition("?")[2]
    page = people.nobody.get(found).text
    assert "团员499" in page
    assert "团员12<" not in page
    assert "团员77<" in people.nobody.get(f"{where}/colleagues?page=2").text
    one = f"{where}/colleagues/{numbers_of(app)['团员7']}"
    sent = people.nobody.get(people.nobody.post(f"{one}/link").location)
    link = re.search(r"(/8th/badge/[\w-]{20,})", sent.text.partition("data-copy")[2])
    assert link is not None
    assert "团员7" in people.nobody.get(link[1]).text
    # A member leads nobody, and opens nobody else's badge.
    assert people.nobody.get(f"{link[1]}/colleagues").status_code == 303
    assert people.nobody.get(f"{link[1]}/colleagues/{numbers_of(app)['团员8']}").status_code == 404


def test_a_name_stays_once_its_badge_came_in(app: Flask, people: People) -> None:
    where = register(people.nobody)
    assert bring(people, where, "李雷") == 303
    one = f"{where}/colleagues/{numbers_of(app)['李雷']}"
    with app.app_context(), transaction() as session:
        badge = session.scalars(sa.select(Badge).where(Badge.name == "李雷")).one()
        gate = fair().gates[0]
        day = BadgeDay(expo_id=badge.expo_id, badge_id=badge.id, day=date(2026, 8, 19), first_at=clock.now())
        day.first_gate_id = gate.id
        session.add(day)
    assert people.nobody.post(f"{one}/change", data={"name": "韩梅"}).location == one
    assert [row.name for row in all_rows(app)] == ["王敏", "李雷"]


def test_a_few_badges_are_printed_at_once_and_many_by_a_job(
    app: Flask, people: People, tmp_path: Path
) -> None:
    """A4, four to a page; an independent reader finds every code on a drawn page."""
    where = register(people.nobody)
    assert bring(people, where, "李雷\n韩梅") == 303
    answer = people.nobody.post(f"{where}/colleagues/print")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert bring(people, where, "\n".join(f"团员{n}" for n in range(60))) == 303
    assert people.nobody.get(f"{where}/colleagues/badges.pdf").status_code == 404
    for _ in range(2):
        assert people.nobody.post(f"{where}/colleagues/print").status_code == 303
    assert 'data-job="open"' in people.nobody.get(f"{where}/colleagues/print").text
    with app.app_context():
        assert drain() == 1
    assert "badges.pdf" in people.nobody.get(f"{where}/colleagues/print").text
    drawn = tmp_path / "badges.pdf"
    drawn.write_bytes(people.nobody.get(f"{where}/colleagues/badges.pdf").data)
    subprocess.run(
        ["pdftoppm", "-r", "200", "-png", "-f", "2", "-l", "2", drawn, tmp_path / "page"], check=True
    )
    image = next(tmp_path.glob("page*.png"))
    read = subprocess.run(["zbarimg", "-q", "--raw", image], check=True, capture_output=True, text=True)
    with app.app_context():
        expected = [
            badges.code_of(fair(), badge) for badge in db.session.scalars(sa.select(Badge).order_by(Badge.id))
        ]
        assert set(read.stdout.split("\n")[:-1]) == set(expected[4:8])
        assert db.session.scalar(sa.select(sa.func.sum(Badge.prints))) == 0
    stranger = register(people.nobody, phone="13900139009")
    assert people.nobody.get(f"{stranger}/colleagues/badges.pdf").status_code == 404


@pytest.mark.parametrize("key", ["vip", "organiser", "exhibitor", "buildup", "media"])
def test_a_personal_link_gives_out_no_badges_of_a_class_that_is_not_open(
    app: Flask, people: People, key: str
) -> None:
    """Whoever has the link of a guest of honour brings visitors, not guests of honour."""
    where = link_of(app, add(app, "赵部长", key=key))
    page = people.nobody.get(f"{where}/colleagues?lang=en").text
    assert "company and day, as" in page
    assert bring(people, where, "甲\n乙") == 303
    assert bring(people, where, f"姓名\t类别\n丙\t{key}") == 422
    with app.app_context():
        names = {each.id: each.key for each in badge_queries.classes(fair())}
        assert [names[row.class_id] for row in all_rows(app)] == [key, "trade", "trade"]
        expo, leader = fair(), db.session.get_one(Registration, 1)
        with pytest.raises(Refused, match="class_closed"):
            service.gather(expo, leader, [Member("丙", class_key=key)])
        # The office's own list may.
        gathered = service.gather(expo, leader, [Member("丙", class_key=key)], channel=Channel.DESK)
        assert gathered.class_keys == [key]


def test_a_class_of_which_each_is_approved_brings_people_who_wait(app: Flask, people: People) -> None:
    change_class(app, "media", needs_approval=True)
    where = link_of(app, add(app, "记者", key="media"))
    assert bring(people, where, "甲\n乙") == 303
    rows = all_rows(app)
    assert {row.class_id for row in rows} == {rows[0].class_id}
    assert [row.state for row in rows[1:]] == [State.WAITING] * 2


def test_where_no_class_is_open_nobody_is_brought(app: Flask, people: People) -> None:
    where = link_of(app, add(app, "赵部长", key="vip"))
    for key in ("trade", "public"):
        change_class(app, key, registrable=False)
    page = people.nobody.get(f"{where}/colleagues?lang=en").text
    assert "nobody can be registered here" in page
    assert 'name="names"' not in page
    assert bring(people, where, "甲") == 422
    assert len(all_rows(app)) == 1


def test_the_word_of_an_ended_source_counts_for_nobody_new(app: Flask, people: People) -> None:
    invited = "/desk/8th/visitors/invitations"
    people.alice.post(f"{invited}/new", data={"kind": "exhibitor", "name_zh": "甲"})
    with app.app_context():
        source = db.session.scalars(sa.select(InvitationSource)).one()
        number, word = source.id, source.word
    where = register(people.nobody, address=f"/8th/register?from={word}")
    assert bring(people, where, "李雷") == 303
    people.alice.post(f"{invited}/{number}/end", data={"ended": "yes"})
    assert bring(people, where, "韩梅") == 303
    assert [row.source for row in all_rows(app)] == [word, word, ""]


def test_a_pasted_row_is_shown_before_it_is_taken(app: Flask, people: People) -> None:
    """One line with tabs is a table of one row, never two people at once."""
    where = register(people.nobody)
    for text in ("张三\t同行单位", "李八\t孙九"):
        page = people.nobody.post(f"{where}/colleagues?lang=en", data={"names": text})
        assert page.status_code == 200
        assert "found in the list" in page.text
    page = people.nobody.post(f"{where}/colleagues?lang=en", data={"names": "张三\t同行单位\t123\t"})
    assert page.status_code == 422
    assert "mobile number" in page.text
    page = people.nobody.post(f"{where}/colleagues?lang=en", data={"names": "张三\t\t\t媒体"})
    assert page.status_code == 422
    assert len(all_rows(app)) == 1


def test_a_small_file_that_unpacks_to_much_is_refused_at_once(app: Flask, people: People) -> None:
    """F17: what anybody may upload is read up to 8 MB unpacked, while the page waits."""
    rows = '<row><c t="inlineStr"><is><t>姓名</t></is></c></row>' + "<x/>" * 2_500_000
    packed = workbook(rows)
    assert len(packed) < 2 * 1024 * 1024
    where = register(people.nobody)
    began = time.process_time()
    file = FileStorage(io.BytesIO(packed), "a.xlsx")
    assert people.nobody.post(f"{where}/colleagues", data={"file": file}).status_code == 422
    assert time.process_time() - began < 1


def test_a_file_that_takes_long_to_read_is_given_up(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exhibitions.visitors.forms.groups._MOST_SECONDS", 0.0)
    rows = "".join(f'<row><c t="inlineStr"><is><t>团员{n}</t></is></c></row>' for n in range(400))
    where = register(people.nobody)
    file = FileStorage(io.BytesIO(workbook(rows)), "a.xlsx")
    assert people.nobody.post(f"{where}/colleagues", data={"file": file}).status_code == 422
