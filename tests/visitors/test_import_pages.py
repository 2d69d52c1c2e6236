"""The import by its pages, from upload to undo (O7)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.badges import queries as badge_queries
from exhibitions.badges.models import Badge, BadgeDay
from exhibitions.badges.rules import number as badge_number
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.imports import stages
from exhibitions.core.sheets.reading import open_table
from exhibitions.expos.models import Expo, Gate
from exhibitions.files import service as files
from exhibitions.files.models import StoredFile
from exhibitions.jobs.models import Job
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.rules.columns import columns_of, known_columns
from exhibitions.visitors.rules.registration import State
from exhibitions.visitors.service import importing
from tests.people import People
from tests.visitors.imports import (
    HEADING,
    PAGES,
    command,
    csv_file,
    finished,
    grow_old,
    people_of,
    upload,
)


def test_o7_upload_preview_check_import_report_undo(app: Flask, people: People) -> None:
    content = f"观众名单\n{HEADING}\n" + "王小明,13800138000,,大连,专业观众,\n坏,123,,,,\n" * 2
    address = upload(people.alice, content.encode("gb18030"))
    page = people.alice.get(address).text
    assert 'value="gb18030" selected' in page or 'selected value="gb18030"' in page
    assert "王小明" in page
    assert "phone number is not valid" in page or "手机号" in page
    job = people.alice.post(f"{address}/check")
    assert job.status_code == 303
    finished(app)
    page = people.alice.get(address, headers={"Accept-Language": "en"}).text
    assert "Import 1 row" in page
    people.alice.post(f"{address}/run")
    finished(app)
    page = people.alice.get(address, headers={"Accept-Language": "en"}).text
    assert "Result of the import" in page
    rejected = people.alice.post(f"{address}/refused.csv", headers={"Accept-Language": "zh"}).data.decode(
        "utf-8-sig"
    )
    lines = rejected.splitlines()
    assert lines[0].startswith(HEADING)
    assert [line.split(",")[:2] for line in lines[1:]] == [
        ["坏", "123"],
        ["王小明", "13800138000"],
        ["坏", "123"],
    ]
    assert [line.split(",")[6] for line in lines[1:]] == ["4", "5", "6"]
    with app.app_context():
        fair = db.session.scalars(sa.select(Expo)).one()
        assert [person.name for person in people_of(fair)] == ["王小明"]
    undone(app, people.alice, address)


def undone(app: Flask, browser: FlaskClient, address: str) -> None:
    """The one person of the import is taken back with the badge, once the number is typed."""
    page = browser.get(f"{address}/undo", headers={"Accept-Language": "en"}).text
    assert "1 person came" in page
    assert browser.post(f"{address}/undo", data={"confirm": "5"}).status_code == 422
    assert browser.post(f"{address}/undo", data={"confirm": " １ "}).status_code == 303
    finished(app)
    with app.app_context():
        fair = db.session.scalars(sa.select(Expo)).one()
        assert people_of(fair) == []
        assert db.session.scalars(sa.select(Badge)).all() == []
    assert "undone" in browser.get(address, headers={"Accept-Language": "en"}).text


def test_p1_the_record_says_how_the_person_came_and_claims_no_consent(
    app: Flask, people: People, tmp_path: Path
) -> None:
    with app.app_context():
        command(app, csv_file(tmp_path, "张三,13800138000,,,,"))
    page = people.alice.get("/desk/8th/visitors/1", headers={"Accept-Language": "en"}).text
    assert "Came with an import" in page
    assert "None was given here" in page
    assert "text version" not in page


def test_o7_the_page_stays_and_shows_the_progress_and_then_the_result(app: Flask, people: People) -> None:
    """ux §9, O7: whoever imports is sent nowhere else, and what was imported is not called importable any more."""
    address = upload(people.alice, f"{HEADING}\n张三,13800138000,,,,\n坏,1,,,,\n".encode())
    english = {"Accept-Language": "en"}
    preview = people.alice.get(address, headers=english).text
    assert "Check file" in preview
    assert re.search(r'name="place_1"[^>]*>.*?value="phone" selected', preview, re.DOTALL)
    for step, going, after in (
        ("check", "Checking the file", "Can be imported"),
        ("run", "Importing", "1 row was imported."),
    ):
        assert people.alice.post(f"{address}/{step}").location == address
        page = people.alice.get(address, headers=english).text
        assert going in page
        assert 'data-job="open"' in page
        finished(app)
        page = people.alice.get(address, headers=english).text
        assert after in page
        assert 'id="job"' not in page
    page = people.alice.get(address, headers=english).text
    assert "Can be imported" not in page
    assert "The phone number is not valid." in page
    assert "Undo the import" in page
    earlier = people.alice.get(PAGES, headers=english).text
    assert "Not imported" in earlier
    assert "Accepted" not in earlier


def test_o7_work_that_has_stopped_can_go_on(app: Flask, people: People) -> None:
    address = upload(people.alice, f"{HEADING}\n张三,13800138000,,,,\n".encode())
    people.alice.post(f"{address}/run")
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Job).where(Job.name == importing.RUN).values(state="failed"))
    assert "Go on" in people.alice.get(address, headers={"Accept-Language": "en"}).text
    people.alice.post(f"{address}/run")
    finished(app)
    assert "1 row was imported." in people.alice.get(address, headers={"Accept-Language": "en"}).text


def test_o7_a_file_that_cannot_be_imported_is_not_called_unchecked(app: Flask, people: People) -> None:
    upload(people.alice, b"<html><table>", "list.xls")
    named = upload(people.alice, b"wer,nummer\nAnna,13800138000\n")
    english = {"Accept-Language": "en"}
    page = people.alice.get(PAGES, headers=english).text
    assert page.count("cannot be imported") == 2
    assert "not checked yet" not in page
    preview = people.alice.get(named, headers=english).text
    assert "13800138000" in preview, "the row of headings can be chosen only by who sees the rows"
    values = {
        "encoding": "utf-8",
        "separator": ",",
        "heading_row": "1",
        "place_0": "name",
        "place_1": "phone",
    }
    people.alice.post(f"{named}/reading", data=values)
    people.alice.post(f"{named}/reading", data=values)
    assert people.alice.get(PAGES, headers=english).text.count("cannot be imported") == 1


def test_o7_guesses_are_corrected_and_remembered(app: Flask, people: People) -> None:
    content = b"wer,nummer\nAnna,13800138000\n"
    address = upload(people.alice, content)
    refused = people.alice.get(address, headers={"Accept-Language": "en"}).text
    assert "No column headings were recognised" in refused
    values = {"encoding": "utf-8", "separator": ",", "heading_row": "1"}
    assert people.alice.post(f"{address}/reading", data=values).status_code == 303
    twice = people.alice.post(
        f"{address}/check?lang=en", data=values | {"place_0": "name", "place_1": "name"}
    )
    assert twice.status_code == 422
    assert "Two columns are read as “Name”" in twice.text
    values |= {"place_0": "name", "place_1": "phone"}
    assert people.alice.post(f"{address}/check", data=values).status_code == 303
    assert "data-job" in people.alice.get(address).text
    finished(app)
    assert "Import 1 row" in people.alice.get(address, headers={"Accept-Language": "en"}).text
    people.alice.post(f"{address}/run")
    finished(app)
    with app.app_context():
        assert [person.name for person in db.session.scalars(sa.select(Registration))] == ["Anna"]
    second = upload(people.alice, b"wer,nummer\nBerta,13800138001\n")
    corrected = people.alice.post(
        f"{second}/reading", data={"encoding": "utf-8", "separator": ",", "heading_row": "1"}
    )
    assert corrected.status_code == 303
    people.alice.post(f"{second}/run")
    finished(app)
    with app.app_context():
        assert [person.name for person in db.session.scalars(sa.select(Registration).order_by("id"))] == [
            "Anna",
            "Berta",
        ]


def test_ir1_a_table_without_headings_is_read_as_people_say(app: Flask, people: People) -> None:
    """O7: no heading is known, so whoever sees the rows says what the columns hold; the first row is a person too."""
    address = upload(people.alice, "安娜,13800138000,星河\n贝塔,坏,星海\n".encode())
    page = people.alice.get(f"{address}?lang=en").text
    assert "No column headings were recognised" in page
    assert page.count('name="place_') == 3
    values = {"encoding": "utf-8", "separator": ",", "heading_row": ""}
    nothing = people.alice.post(f"{address}/check?lang=en", data=values, follow_redirects=True).text
    assert "Choose which column is the name" in nothing
    values |= {"place_0": "name", "place_1": "phone", "place_2": "company"}
    assert people.alice.post(f"{address}/check", data=values).status_code == 303
    finished(app)
    page = people.alice.get(f"{address}?lang=en").text
    assert "No column headings were recognised" not in page
    assert re.search(r'<option value="company" selected>', page)
    assert "The phone number is not valid." in page
    assert "Import 1 row" in page
    refused = people.alice.post(f"{address}/refused.csv?lang=en").data.decode("utf-8-sig")
    assert refused.splitlines()[0] == "Name,Phone,Company,Row,Why it was not imported"
    assert "贝塔,坏,星海,2," in refused
    people.alice.post(f"{address}/run")
    finished(app)
    with app.app_context():
        (person,) = db.session.scalars(sa.select(Registration))
        assert (person.name, person.phone, person.company) == ("安娜", "+8613800138000", "星河")
    other = upload(people.alice, "星海,13800138001,贝塔\n".encode())
    assert not re.search(r'<option value="\w+" selected>', preview_of(people.alice, other))


def preview_of(browser: FlaskClient, address: str) -> str:
    """The head of the preview, where the columns are chosen."""
    return browser.get(f"{address}?lang=en").text.partition('class="preview"')[2].partition("</thead>")[0]


def test_the_page_says_before_importing_what_is_cut_or_unreadable_or_missing(
    app: Flask, people: People
) -> None:
    rows = [
        HEADING.encode(),
        "名".encode() * 101 + b",13800138000,,,,",
        "张三".encode() + b"\xff,13800138001,,,,",
    ]
    address = upload(people.alice, b"\n".join(rows))
    page = people.alice.get(f"{address}?lang=en").text
    assert "A text is longer than can be kept" in page
    assert "Some characters could not be read." in page
    head = preview_of(people.alice, address)
    assert head.index("Remark") < head.index("place_0"), "behind forty columns nobody sees it"
    people.alice.post(f"{address}/check")
    finished(app)
    page = people.alice.get(f"{address}?lang=en").text
    assert "1 row has a text that is longer than can be kept and is cut: names after 100 characters" in page
    assert "1 row has characters that could not be read" in page
    empty = upload(people.alice, HEADING.encode())
    said = "The file has headings but no people under them."
    assert people.alice.get(f"{empty}?lang=en").text.count(said) == 1
    people.alice.post(f"{empty}/check")
    finished(app)
    assert people.alice.get(f"{empty}?lang=en").text.count(said) == 1


def test_o7_a_pasted_table_and_a_second_click_are_one_import(app: Flask, people: People) -> None:
    data = {"pasted": "姓名\t手机号\r\n张三\t13800138000\r\n"}
    first, second = (people.alice.post(PAGES, data=data).location for _ in range(2))
    assert first == second
    for _ in range(4):
        assert people.alice.post(f"{first}/run").location == first
    with app.app_context():
        assert len(db.session.scalars(sa.select(Job).where(Job.name == importing.RUN)).all()) == 1
    finished(app)
    assert people.alice.post(f"{first}/run").status_code == 409
    assert people.alice.post(f"{first}/reading", data={"heading_row": "1"}).status_code == 409
    assert people.alice.get(PAGES).status_code == 200


def test_o7_owner_colleague_and_stranger(app: Flask, people: People) -> None:
    address = upload(people.alice, f"{HEADING}\n张三,13800138000,,,,\n".encode())
    paths = ["", "/check", "/run", "/undo", "/reading", "/refused.csv", "/people.csv"]
    for browser, status in ((people.bob, 403), (people.charlie, 404)):
        for path in paths:
            call = browser.get if path == "" else browser.post
            assert call(f"{address}{path}").status_code == status
    assert people.alice.get(f"{PAGES}/{2**63}").status_code == 404
    assert people.alice.get(f"{PAGES}/template").status_code == 200
    assert people.alice.post(PAGES, data={}).status_code == 422


def test_o7_the_template_is_a_list_that_can_be_imported(app: Flask, people: People, tmp_path: Path) -> None:
    for language in ("zh", "en"):
        path = tmp_path / f"{language}.xlsx"
        path.write_bytes(people.alice.get(f"{PAGES}/template", headers={"Accept-Language": language}).data)
        table = open_table(path, known_columns)
        assert len(columns_of(table.heading)) == 9
        with app.app_context():
            fair = db.session.scalars(sa.select(Expo)).one()
            verdicts = importing.judged(fair, importing.open_path(path))
        assert (verdicts.rows, verdicts.rejected) == (2, [])


def test_an_export_in_the_files_columns_changes_people_by_number_and_the_undo_brings_them_back(
    app: Flask, people: People
) -> None:
    content = f"{HEADING}\n王小明,13800138000,,大连,专业观众,\nKim,+82 10 1234 5678,,,,\n"
    first = upload(people.alice, content.encode())
    people.alice.post(f"{first}/run")
    finished(app)
    assert people.alice.post(f"{first}/people.csv").status_code == 303
    answer = people.alice.post(
        f"{first}/people.csv", data={"reason": "corrections"}, headers={"Accept-Language": "en"}
    )
    exported = answer.data.decode("utf-8-sig")
    assert exported.splitlines()[0] == f"{HEADING},Badge number"
    assert "(+82) 1012345678" in exported
    changed = exported.replace("大连", "大连星河").replace("13800138000", "13900139000")
    second = upload(people.alice, changed.encode())
    people.alice.post(f"{second}/check")
    finished(app)
    page = people.alice.get(second, headers={"Accept-Language": "en"}).text
    assert "大连星河" in page
    assert "Import 1 row" in page, "Kim stays as he is, and is not counted as imported"
    assert "Leave them as they are" in page
    people.alice.post(f"{second}/run")
    finished(app)
    with app.app_context():
        fair = db.session.scalars(sa.select(Expo)).one()
        wang, kim = people_of(fair)
        assert (wang.company, wang.phone, kim.phone) == ("大连星河", "+8613900139000", "+821012345678")
        badge = badge_queries.current_badge(fair, HOLDER, wang.id)
        assert badge is not None
        assert badge.company == "大连星河"
        assert badge_number.shown(badge.number) in exported
    people.alice.post(f"{second}/undo", data={"confirm": "0"})
    finished(app)
    assert companies(app) == [("大连", "+8613800138000"), ("", "+821012345678")]


def test_o7_known_people_stay_as_they_are_when_that_is_chosen(app: Flask, people: People) -> None:
    first = upload(people.alice, f"{HEADING}\n王小明,13800138000,,大连,,\n".encode())
    people.alice.post(f"{first}/run")
    finished(app)
    exported = people.alice.post(
        f"{first}/people.csv", data={"reason": "corrections"}, headers={"Accept-Language": "zh"}
    ).data.decode("utf-8-sig")
    second = upload(people.alice, (exported.replace("大连", "沈阳") + "李四,13800138001,,鞍山,,\n").encode())
    people.alice.post(f"{second}/check")
    finished(app)
    assert people.alice.post(f"{second}/run", data={"known": "perhaps"}).status_code == 422
    assert people.alice.post(f"{second}/run", data={"known": "leave", "_lang": "en"}).status_code == 200
    finished(app)
    assert companies(app) == [("大连", "+8613800138000")]
    people.alice.post(f"{second}/run", data={"known": "leave"})
    finished(app)
    assert companies(app) == [("大连", "+8613800138000"), ("鞍山", "+8613800138001")]
    page = people.alice.get(second, headers={"Accept-Language": "en"}).text
    assert "1 row was imported." in page
    assert "1 row was left out" in page


@pytest.mark.parametrize(
    "again",
    [
        "姓名,手机号,参观证号\n王小明,13800138000,{number}\n",
        f"{HEADING},参观证号\n王小明,,wang@example.com,,,,{{number}}\n",
    ],
    ids=["no such columns", "empty cells"],
)
def test_an_import_by_number_changes_nothing_that_it_has_no_cell_for(
    app: Flask, fair: Expo, tmp_path: Path, again: str
) -> None:
    """imports.md, last paragraph: the class above all, because an empty category means public for somebody new."""
    path = csv_file(tmp_path, "王小明,13800138000,wang@example.com,大连,专业观众,素食")
    command(app, path)
    (before,) = people_of(fair)
    badge = badge_queries.current_badge(fair, HOLDER, before.id)
    assert badge is not None
    columns = [column.key for column in sa.inspect(Registration).column_attrs]
    kept = {name: getattr(before, name) for name in columns}
    printed = (badge.class_id, badge.company, badge.region)
    path.write_text(again.format(number=badge_number.shown(badge.number)))
    assert command(app, path)["accepted"] == 1
    (after,) = people_of(fair)
    assert {name: getattr(after, name) for name in columns} == kept
    badge = badge_queries.current_badge(fair, HOLDER, after.id)
    assert badge is not None
    assert (badge.class_id, badge.company, badge.region) == printed


def companies(app: Flask) -> list[tuple[str, str | None]]:
    """Company and phone number of everybody, in the order of registering."""
    with app.app_context():
        fair = db.session.scalars(sa.select(Expo)).one()
        return [(person.company, person.phone) for person in people_of(fair)]


def test_undo_keeps_who_has_come_in_and_ends_after_a_day(app: Flask, people: People) -> None:
    address = upload(people.alice, f"{HEADING}\n张三,13800138000,,,,\n李四,13800138001,,,,\n".encode())
    people.alice.post(f"{address}/run")
    finished(app)
    now = clock.now()
    with app.app_context():
        fair = db.session.scalars(sa.select(Expo)).one()
        zhang = people_of(fair)[0]
        badge = badge_queries.current_badge(fair, HOLDER, zhang.id)
        gate = db.session.scalars(sa.select(Gate)).first()
        assert badge is not None
        assert gate is not None
        with transaction() as session:
            session.add(
                BadgeDay(
                    expo_id=fair.id, badge_id=badge.id, day=now.date(), first_at=now, first_gate_id=gate.id
                )
            )
    grow_old(app, stages.LIFE)
    assert people.alice.post(f"{address}/undo", data={"confirm": "2"}).status_code == 422
    grow_old(app, -stages.LIFE / 2)
    assert people.alice.post(f"{address}/undo", data={"confirm": "2"}).status_code == 303
    finished(app)
    with app.app_context():
        fair = db.session.scalars(sa.select(Expo)).one()
        assert [(person.name, person.state) for person in people_of(fair)] == [("张三", State.CANCELLED)]


def test_p6_the_file_goes_a_day_after_the_import(app: Flask, people: People) -> None:
    address = upload(people.alice, f"{HEADING}\n张三,13800138000,,,,\n坏,123,,,,\n".encode())
    people.alice.post(f"{address}/run")
    finished(app)
    grow_old(app, stages.LIFE)
    with app.app_context():
        with transaction():
            assert importing.expire_files(clock.now()) == 1
        (report,) = db.session.scalars(sa.select(StoredFile)).all()
        with files.open_file(report) as stream:
            assert stream.read().decode("utf-8-sig") == "row,reason\r\n3,phone_invalid\r\n"
        with transaction():
            assert importing.expire_files(clock.now()) == 0
    assert people.alice.get(address).status_code == 200
    assert people.alice.post(f"{address}/refused.csv").status_code == 404
    assert people.alice.get(PAGES).status_code == 200
