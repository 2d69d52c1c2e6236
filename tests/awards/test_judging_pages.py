"""J1 and J2 without script: the code, the declaration, drafts, sending, recusal, and what nobody else may see."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from exhibitions.accounts import service as accounts
from exhibitions.audit.models import Entry
from exhibitions.awards.models import (
    Assignment,
    AwardEntry,
    AwardSeason,
    Ballot,
    Conflict,
    Declaration,
    EntryFile,
    EntryMaker,
    Juror,
)
from exhibitions.awards.queries.judging import LINK
from exhibitions.awards.rules import sheet_entry
from exhibitions.awards.rules.rule_set import Round, RoundKind, RuleSet
from exhibitions.awards.rules.states import (
    AssignmentState,
    ConflictDecision,
    ConflictKind,
    ConflictSource,
    EntryState,
    FileKind,
    SeasonState,
)
from exhibitions.awards.service import juror_access
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.files import service as files
from tests.asked import counted
from tests.awards.jury import RUBRIC, Jury, Seat, declare_none, make_jury, seen_of, send
from tests.awards.making import assign, make_entry, make_juror
from tests.people import People

MARKS = {"mark1": "90", "mark2": "80.5", "mark3": ""}
CANARY = "73.19"


@pytest.fixture
def jury(app: Flask, people: People) -> Jury:
    del people
    return make_jury(app)


def said(page: TestResponse) -> str:
    """The text of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def change(jury: Jury, row: type[Any], number: int, **values: Any) -> None:
    with jury.app.app_context(), transaction() as session:
        session.execute(sa.update(row).where(row.id == number).values(**values))


# ---- Link and code


def test_a_forwarded_link_shows_nothing_but_the_code_form(jury: Jury) -> None:
    stranger = jury.app.test_client()
    for path in ("", "/interests", "/order", *(f"/entries/{jury.first.tasks['A-01']}{end}" for end in PARTS)):
        answer = stranger.get(jury.first.home + path)
        if path.endswith("/fields"):
            assert (answer.status_code, answer.get_json()["code"]) == (403, "code")
        else:
            assert (answer.status_code, answer.location) == (303, f"{jury.first.home}/code"), path
    page = stranger.get(f"{jury.first.home}/code")
    assert page.status_code == 200
    for told in ("产品评选", "Product award", "评委J01", "A-01", "大连市轻工业联合会"):
        assert told not in page.text


PARTS = ("", "/check", "/recuse", "/fields", "/pictures/1")


def test_the_code_opens_the_pages_on_this_browser_alone(jury: Jury) -> None:
    browser = jury.browser(jury.first)
    assert browser.get(jury.first.home).status_code == 200
    assert browser.get(f"{jury.first.home}/code").location == jury.first.home
    assert jury.app.test_client().get(jury.first.home).status_code == 303


def test_the_browser_is_forgotten_when_the_round_closes_and_when_the_code_is_new(jury: Jury) -> None:
    browser = jury.browser(jury.first)
    jury.change_round(closed_at=clock.now())
    assert browser.get(jury.first.home).location.endswith("/code")
    browser.post(f"{jury.first.home}/code", data={"code": jury.first.code})
    assert browser.get(jury.first.home).status_code == 200
    with jury.app.app_context(), transaction() as session:
        juror_access.new_code(session.get_one(Juror, jury.first.id))
    assert browser.get(jury.first.home).location.endswith("/code")


def test_a_code_is_taken_however_it_is_typed_and_stored_as_a_keyed_hash(jury: Jury) -> None:
    wide = "".join(chr(ord(each) + 0xFEE0) for each in jury.first.code)
    with jury.app.app_context():
        juror = db.session.get_one(Juror, jury.first.id)
        for typed in (jury.first.code, f" {jury.first.code[:3]} {jury.first.code[3:]} ", wide):
            assert juror_access.check_code(juror, typed)
        other = db.session.get_one(Juror, jury.second.id)
        assert not juror_access.check_code(other, jury.first.code)
        assert jury.first.code not in juror.code_hash
        for typed in ("", "12345", "1234567", "abcdef"):
            assert not juror_access.check_code(juror, typed)


def test_no_code_opens_a_juror_who_was_given_none(jury: Jury) -> None:
    change(jury, Juror, jury.first.id, code_hash="")
    answer = jury.app.test_client().post(f"{jury.first.home}/code", data={"code": "000000"})
    assert answer.status_code == 422


def test_five_wrong_tries_an_hour_and_then_none(jury: Jury) -> None:
    """Also the right one is refused then; another juror's link is not held up, and a right code forgets wrong ones."""
    wrong = f"{(int(jury.first.code) + 1) % 10**6:06d}"
    path = f"{jury.first.home}/code"
    stranger = jury.app.test_client()
    for _ in range(4):
        assert stranger.post(path, data={"code": wrong}).status_code == 422
    jury.browser(jury.first)
    answers = [stranger.post(path, data={"code": wrong}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert jury.app.test_client().post(path, data={"code": jury.first.code}).status_code == 429
    jury.browser(jury.second)


def test_the_link_of_another_person_is_refused(jury: Jury, people: People) -> None:
    """Of another kind, of another fair, ended, of a juror who left, or invented: 404."""
    with jury.app.app_context(), transaction():
        other_kind = accounts.mint_link("exhibitor", jury.first.id, expo_id=1)
        other_fair = accounts.mint_link(LINK, jury.first.id, expo_id=99)
    for token in (other_kind, other_fair, "invented"):
        for client in (people.nobody, people.alice):
            assert client.get(f"/8th/jury/{token}").status_code == 404
            assert client.get(f"/8th/jury/{token}/code").status_code == 404
    browser = jury.browser(jury.first)
    change(jury, Juror, jury.first.id, left_at=clock.now())
    assert browser.get(jury.first.home).status_code == 404
    assert browser.get(f"{jury.first.home}/code").status_code == 404


def test_another_jurors_entry_does_not_exist(jury: Jury) -> None:
    browser, other = jury.browser(jury.first), jury.second.tasks["A-01"]
    send(jury.browser(jury.second), jury.second, "A-01", MARKS)
    for end in PARTS:
        assert browser.get(f"{jury.first.home}/entries/{other}{end}").status_code == 404, end
    answer = browser.post(f"{jury.first.home}/entries/{other}/fields", json={"sent_at": 0})
    assert answer.status_code == 404


# ---- The declaration of interests


def test_nothing_is_shown_before_interests_are_declared(jury: Jury) -> None:
    browser = jury.browser(jury.first, declared=False)
    page = browser.get(jury.first.home)
    assert "First say whether you have an interest" in page.text
    assert "Score next" not in page.text
    assert browser.get(jury.first.sheet("A-01")).location == jury.first.home
    answer = browser.post(jury.first.sheet("A-01", "/fields"), json=_typed("mark:innovation", "80"))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "undeclared")
    assert jury.sheets(jury.first, "A-01") == []


def test_a_declaration_without_interest_opens_every_entry(jury: Jury) -> None:
    browser = jury.browser(jury.first)
    page = browser.get(jury.first.home)
    assert "0 of 3 scored" in page.text
    assert {jury.state(jury.first, entry) for entry in jury.first.tasks} == {"accepted"}
    with jury.app.app_context():
        found = db.session.scalars(sa.select(Declaration)).one()
        assert (found.juror_id, found.has_none) == (jury.first.id, True)
    # Once a round: a second one changes nothing.
    assert browser.get(f"{jury.first.home}/interests").status_code == 303


def test_declared_entries_and_companies_are_recused(jury: Jury) -> None:
    """Conflict rows with source declared; a company that nothing was found of stays open for the office."""
    browser = jury.browser(jury.first, declared=False)
    with jury.app.app_context():
        entry = db.session.scalars(sa.select(AwardEntry).where(AwardEntry.number == "A-01")).one().id
    said_ = {
        "answer": "some",
        "entries": str(entry),
        "companies": "a-02轻工有限公司\n\n星河家具",
        "text": "My brother works there.",
    }
    assert browser.post(f"{jury.first.home}/interests", data=said_).status_code == 303
    states = {number: jury.state(jury.first, number) for number in jury.first.tasks}
    assert states == {"A-01": "recused", "A-02": "recused", "A-03": "accepted"}
    assert {jury.state(jury.second, number) for number in jury.second.tasks} == {"assigned"}
    with jury.app.app_context():
        found = db.session.scalars(sa.select(Conflict).order_by(Conflict.id)).all()
        rows = [(each.entry_id, each.company, each.kind, each.source, each.decision) for each in found]
    declared = (ConflictKind.DECLARED, ConflictSource.DECLARED)
    assert rows == [
        (entry, "", *declared, ConflictDecision.UPHELD),
        (None, "a-02轻工有限公司", *declared, ConflictDecision.UPHELD),
        (None, "星河家具", *declared, ConflictDecision.OPEN),
    ]
    page = browser.get(jury.first.home)
    assert "0 of 1 scored" in page.text
    assert page.text.count("Recused") == 2
    assert browser.get(jury.first.sheet("A-01")).location == jury.first.home


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Choose one of the two"),
        ({"answer": "some"}, "Name at least one entry or company"),
        ({"answer": "none", "companies": "星河"}, "You chose “No” and named something"),
        ({"answer": "some", "entries": "99999"}, "is not a valid choice"),
        ({"answer": "some", "companies": "\n".join(["x" * 10] * 51)}, "At most 50 companies"),
    ],
)
def test_a_declaration_that_says_nothing_is_refused_in_words(
    jury: Jury, typed: dict[str, str], sentence: str
) -> None:
    browser = jury.browser(jury.first, declared=False)
    page = browser.post(f"{jury.first.home}/interests", data=typed)
    assert page.status_code == 422
    assert sentence in page.text or "Not a valid choice" in page.text
    with jury.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Declaration.id))) == 0


def test_an_upheld_interest_shuts_the_entry(jury: Jury) -> None:
    """AW-34: whoever found it; a draft that is already there can be neither changed nor sent."""
    browser = jury.browser(jury.first)
    browser.post(jury.first.sheet("A-02"), data={**MARKS, "save": "y"})
    page = browser.get(jury.first.sheet("A-02", "/check"))
    with jury.app.app_context(), transaction() as session:
        juror = session.get_one(Juror, jury.first.id)
        session.add(
            Conflict(
                expo_id=juror.expo_id,
                season_id=juror.season_id,
                juror_id=juror.id,
                company="A-02 light-industry",
                kind=ConflictKind.EMPLOYER,
                source=ConflictSource.AUTO,
                decision=ConflictDecision.UPHELD,
                at=clock.now(),
            )
        )
    assert browser.get(jury.first.sheet("A-02")).location == jury.first.home
    assert browser.post(jury.first.sheet("A-02", "/check"), data={"seen": seen_of(page)}).status_code == 303
    answer = browser.post(jury.first.sheet("A-02", "/fields"), json=_typed("note", "x"))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "recused")
    assert jury.state(jury.first, "A-02") == "in_progress"


# ---- The queue


def test_an_empty_queue_says_so(jury: Jury) -> None:
    with jury.app.app_context(), transaction() as session:
        session.execute(sa.update(Assignment).values(state=AssignmentState.WITHDRAWN))
    browser = jury.browser(jury.first, declared=False)
    assert "No entries are assigned to you yet." in browser.get(jury.first.home).text


def test_a_season_without_a_round_has_nothing_to_judge(app: Flask, people: People) -> None:
    del people
    jury = make_jury(app)
    with app.app_context(), transaction() as session:
        session.execute(sa.text("DELETE FROM award_rounds"))
    browser = jury.browser(jury.first, declared=False)
    assert "No entries are assigned to you yet." in browser.get(jury.first.home).text


def test_the_queue_leads_on_and_counts(jury: Jury) -> None:
    browser = jury.browser(jury.first)
    assert f'href="{jury.first.sheet("A-01")}">Score next' in re.sub(
        r"\s+", " ", browser.get(jury.first.home).text
    )
    sent = send(browser, jury.first, "A-01", MARKS)
    page = browser.get(sent.location)
    assert "Score of A-01 sent." in page.text
    assert "1 of 3 scored" in page.text
    assert f'href="{jury.first.sheet("A-02")}">Score next' in re.sub(r"\s+", " ", page.text)
    browser.post(jury.first.sheet("A-03"), data={"mark1": "50", "save": "y"})
    assert list(re.findall(r"</svg>(\w+)</span>", browser.get(jury.first.home).text)) == [
        "Sent",
        "Open",
        "Draft",
    ]


def test_entries_that_are_gone_are_no_longer_counted(jury: Jury) -> None:
    browser = jury.browser(jury.first)
    with jury.app.app_context(), transaction() as session:
        gone = sa.update(AwardEntry).where(AwardEntry.number == "A-02")
        session.execute(gone.values(state=EntryState.WITHDRAWN))
    assert "0 of 2 scored" in browser.get(jury.first.home).text
    assert browser.get(jury.first.sheet("A-02")).status_code == 404


def test_the_rules_and_the_end_are_said_in_words(jury: Jury) -> None:
    page = jury.browser(jury.first, language="zh").get(jury.first.home)
    assert "评审" in page.text
    english = said(jury.browser(jury.second).get(jury.second.home))
    assert "mean of its jurors" in english
    assert "An entry needs at least 3 sheets." in english
    assert "Closes in" in english


# ---- The sheet


def test_a_draft_is_kept_and_a_sheet_is_sent(jury: Jury) -> None:
    browser = jury.browser(jury.first)
    saved = browser.post(
        jury.first.sheet("A-01"), data={"mark1": "90", "comment": "好", "note": "privat", "save": "y"}
    )
    assert saved.location == jury.first.sheet("A-01")
    page = browser.get(saved.location)
    assert "Saved as a draft." in page.text
    assert re.search(r"<output data-total>90.00</output>", page.text)
    assert "1 of 3 criteria" in page.text
    assert jury.state(jury.first, "A-01") == "in_progress"
    send(browser, jury.first, "A-01", {**MARKS, "comment": "好", "note": "privat", "eliminated": "y"})
    sheet = jury.sheets(jury.first, "A-01")[0]
    assert jury.state(jury.first, "A-01") == "submitted"
    assert (sheet.marks, sheet.eliminated, sheet.comment, sheet.note) == (
        {"innovation": "90", "craft": "80.5"},
        True,
        "好",
        "privat",
    )
    assert sheet.submitted_at is not None
    assert sheet.hash == sheet_entry.sheet_hash(sheet.marks, eliminated=True)
    page = browser.get(jury.first.sheet("A-01"))
    assert "It counts, and cannot be changed any more." in page.text
    assert "<input" not in page.text.split("<main")[1]
    assert "86.83" in page.text


def test_a_missing_criterion_is_named_and_what_was_typed_is_kept(jury: Jury) -> None:
    browser = jury.browser(jury.first)
    page = browser.post(jury.first.sheet("A-01"), data={"mark1": "", "mark2": "80.5"})
    assert page.status_code == 422
    assert '<a href="#mark1">' in page.text
    assert "Give a mark for “Innovation”." in page.text
    assert "Give a mark for “Look”." not in page.text
    assert jury.sheets(jury.first, "A-01")[0].marks == {"craft": "80.5"}
    checked = browser.get(jury.first.sheet("A-01", "/check"))
    assert "A mark is missing." in checked.text
    assert 'name="seen"' not in checked.text


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        ("101", "101 is not a mark for “Craft”: it goes from 0 to 100."),
        ("-1", "-1 is not a mark for “Craft”: it goes from 0 to 100."),
        ("80.25", "80.25 is not a mark for “Craft”: marks go in steps of 0.5."),
        ("eighty", "Enter a number such as 88 or 88.5"),
        ("9e9", "Enter a number such as 88 or 88.5"),
    ],
)
def test_a_mark_off_the_scale_is_refused_in_words(jury: Jury, mark: str, sentence: str) -> None:
    browser = jury.browser(jury.first)
    page = browser.post(jury.first.sheet("A-01"), data={"mark1": "90", "mark2": mark})
    assert page.status_code == 422
    assert sentence in page.text
    assert f'value="{mark}"' in page.text
    assert jury.sheets(jury.first, "A-01") == []


def test_a_sheet_is_sent_only_as_it_was_shown(jury: Jury) -> None:
    """Two pages of one juror: what the second changed was not looked at on the first."""
    browser = jury.browser(jury.first)
    browser.post(jury.first.sheet("A-01"), data=MARKS)
    shown = seen_of(browser.get(jury.first.sheet("A-01", "/check")))
    browser.post(jury.first.sheet("A-01", "/fields"), json=_typed("mark:innovation", "10"))
    back = browser.post(jury.first.sheet("A-01", "/check"), data={"seen": shown})
    assert back.location == jury.first.sheet("A-01")
    assert "The marks were changed meanwhile" in browser.get(back.location).text
    assert jury.state(jury.first, "A-01") == "in_progress"


def test_a_form_that_was_opened_earlier_overwrites_nothing(jury: Jury) -> None:
    """B7: two devices without script; the second is told, and its typing stays in the form."""
    browser = jury.browser(jury.first)
    page = browser.get(jury.first.sheet("A-01"))
    found = re.search(r'name="_opened" value="([^"]+)"', page.text)
    assert found is not None
    browser.post(jury.first.sheet("A-01"), data={"mark1": "95", "save": "y"})
    late = browser.post(
        jury.first.sheet("A-01"), data={"mark1": "60", "mark2": "70", "save": "y", "_opened": found[1]}
    )
    assert late.status_code == 409
    assert jury.sheets(jury.first, "A-01")[0].marks == {"innovation": "95"}
    assert 'value="60"' in late.text


def test_a_sent_sheet_takes_nothing_more(jury: Jury) -> None:
    browser = jury.browser(jury.first)
    send(browser, jury.first, "A-01", MARKS)
    before = jury.sheets(jury.first, "A-01")[0]
    again = browser.post(jury.first.sheet("A-01"), data={"mark1": "10", "mark2": "10"})
    assert again.status_code == 422
    assert "This score was sent and cannot be changed any more." in again.text
    answer = browser.post(jury.first.sheet("A-01", "/fields"), json=_typed("mark:innovation", "10"))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "sent")
    assert browser.post(jury.first.sheet("A-01", "/recuse"), data={"reason": "late"}).status_code == 422
    after = jury.sheets(jury.first, "A-01")
    assert [(each.marks, each.hash) for each in after] == [(before.marks, before.hash)]


def test_a_reopened_sheet_becomes_a_new_version(jury: Jury) -> None:
    """AW-33: the old version stays; the one that is sent last counts."""
    browser = jury.browser(jury.first)
    send(browser, jury.first, "A-01", MARKS)
    change(jury, Assignment, jury.first.tasks["A-01"], state=AssignmentState.IN_PROGRESS)
    assert 'value="90"' in browser.get(jury.first.sheet("A-01")).text
    send(browser, jury.first, "A-01", {**MARKS, "mark1": "70"})
    versions = jury.sheets(jury.first, "A-01")
    assert [(each.version, each.marks["innovation"]) for each in versions] == [(1, "90"), (2, "70")]
    assert versions[0].hash != versions[1].hash


@pytest.mark.parametrize(
    "closing",
    [
        lambda jury: jury.change_round(closes_at=clock.now() - timedelta(seconds=2)),
        lambda jury: jury.change_round(closed_at=clock.now()),
        lambda jury: change(jury, AwardSeason, jury.season_id, state=SeasonState.SCORED),
    ],
    ids=["at its time", "by the office", "with the season"],
)
def test_a_late_sheet_is_refused_in_words(jury: Jury, closing: Callable[[Jury], None]) -> None:
    """A sheet counts when it was sent in time: a draft from before the end does not. What was typed is shown again."""
    browser = jury.browser(jury.first)
    browser.post(jury.first.sheet("A-01"), data={**MARKS, "save": "y"})
    shown = seen_of(browser.get(jury.first.sheet("A-01", "/check")))
    closing(jury)
    browser.post(f"{jury.first.home}/code", data={"code": jury.first.code})
    for data in ({"mark1": "61", "mark2": "62"}, {"mark1": "61", "mark2": "62", "save": "y"}):
        late = browser.post(jury.first.sheet("A-01"), data=data)
        assert late.status_code == 422
        assert "A sheet counts when it was sent before the end" in late.text
        assert ">61<" in late.text
    answer = browser.post(jury.first.sheet("A-01", "/fields"), json=_typed("mark:innovation", "61"))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "late")
    browser.post(jury.first.sheet("A-01", "/check"), data={"seen": shown})
    assert jury.state(jury.first, "A-01") == "in_progress"
    assert jury.sheets(jury.first, "A-01")[0].marks["innovation"] == "90"
    page = browser.get(jury.first.home)
    assert "Judging is closed." in page.text
    assert "Score next" not in page.text
    assert "<input" not in browser.get(jury.first.sheet("A-01")).text.split("<main")[1]


def test_a_recusal_needs_a_reason(jury: Jury) -> None:
    browser = jury.browser(jury.first)
    path = jury.first.sheet("A-01", "/recuse")
    assert path in browser.get(jury.first.sheet("A-01")).text
    assert browser.get(path).status_code == 200
    for reason in ("", "   "):
        refused = browser.post(path, data={"reason": reason})
        assert refused.status_code == 422
        assert "Say why you recuse yourself." in refused.text
    assert browser.post(path, data={"reason": "我的学生做的"}).location == jury.first.home
    with jury.app.app_context():
        row = db.session.get_one(Assignment, jury.first.tasks["A-01"])
        assert (row.state, row.reason) == (AssignmentState.RECUSED, "我的学生做的")
    assert browser.get(jury.first.sheet("A-01")).location == jury.first.home
    assert "0 of 2 scored" in browser.get(jury.first.home).text


# ---- Typing by field


def _typed(field: str, value: str, *, ago_ms: float = 0, sent_at: float = 1e12) -> dict[str, Any]:
    return {"sent_at": sent_at, "changes": [{"field": field, "value": value, "at": sent_at - ago_ms}]}


def test_fields_are_kept_one_by_one(jury: Jury) -> None:
    browser, path = jury.browser(jury.first), jury.first.sheet("A-01", "/fields")
    assert browser.get(path).get_json()["fields"] == {}
    first = browser.post(path, json=_typed("mark:craft", "８０．５０"))
    assert (first.status_code, first.get_json()["fields"]["mark:craft"]) == (200, "80.5")
    browser.post(path, json=_typed("eliminated", "y"))
    older = browser.post(path, json=_typed("mark:craft", "20", ago_ms=30 * 60_000))
    assert older.get_json()["fields"]["mark:craft"] == "80.5"
    mixed = browser.post(
        path,
        json={
            "sent_at": 5,
            "changes": [
                {"field": "mark:innovation", "value": "200", "at": 5},
                {"field": "note", "value": "only me", "at": 5},
            ],
        },
    )
    assert mixed.get_json()["refused"] == {
        "mark:innovation": "200 is not a mark for “Innovation”: it goes from 0 to 100."
    }
    sheet = jury.sheets(jury.first, "A-01")[0]
    assert (sheet.marks, sheet.eliminated, sheet.note) == ({"craft": "80.5"}, True, "only me")
    assert set(sheet.moments) == {"mark:craft", "eliminated", "note"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b'{"sent_at": "now"}',
        b'{"sent_at": 1, "changes": [{"field": "note", "value": 3, "at": 1}]}',
        b'{"sent_at": 1, "changes": [], "juror": 2}',
        b'{"sent_at": 1, "changes": [' + b",".join([b'{"field":"note","value":"","at":1}'] * 201) + b"]}",
        b"\xff\xfe",
    ],
)
def test_what_is_no_typing_is_refused(jury: Jury, content: bytes) -> None:
    browser = jury.browser(jury.first)
    answer = browser.post(jury.first.sheet("A-01", "/fields"), data=content, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "malformed")


@pytest.mark.parametrize("moment", ["1e400", "-1e300", "1e300"])
def test_no_moment_makes_a_text_the_newest_for_ever(jury: Jury, moment: str) -> None:
    browser, path = jury.browser(jury.first), jury.first.sheet("A-01", "/fields")
    body = f'{{"sent_at": 0, "changes": [{{"field": "note", "value": "a", "at": {moment}}}]}}'
    answer = browser.post(path, data=body, content_type="application/json")
    assert answer.status_code in (200, 422)
    browser.post(path, json=_typed("note", "b"))
    assert jury.sheets(jury.first, "A-01")[0].note == "b"


def test_typing_from_another_site_is_refused(jury: Jury) -> None:
    browser = jury.browser(jury.first)
    jury.app.config["WTF_CSRF_ENABLED"] = True
    path = jury.first.sheet("A-01", "/fields")
    assert browser.post(path, json=_typed("note", "x")).status_code == 400
    token = browser.get(path).get_json()["csrf_token"]
    answer = browser.post(path, json=_typed("note", "x"), headers={"X-CSRFToken": token})
    assert answer.status_code == 200


# ---- What nobody else sees (P22)


def _pages_of(jury: Jury, seat: Seat, browser: FlaskClient) -> list[TestResponse]:
    paths = [seat.home, f"{seat.home}/interests", f"{seat.home}/order"]
    paths += [seat.sheet(entry, end) for entry in seat.tasks for end in ("", "/check", "/recuse", "/fields")]
    return [browser.get(path, follow_redirects=True) for path in paths]


def test_a_mark_stands_in_no_page_of_another_juror(jury: Jury) -> None:
    """P22: nor in the JSON, whether the other has sent an own sheet or not."""
    send(jury.browser(jury.first), jury.first, "A-01", {**MARKS, "mark1": CANARY, "comment": "canary words"})
    other = jury.browser(jury.second)
    for _ in range(2):
        for page in _pages_of(jury, jury.second, other):
            assert CANARY not in page.text
            assert "canary words" not in page.text
            assert "Scores of the other jurors" not in page.text
        if jury.state(jury.second, "A-01") != "submitted":
            send(other, jury.second, "A-01", MARKS)


def test_a_mark_stands_in_no_page_of_the_organiser(jury: Jury, people: People) -> None:
    """P22: nor in the audit trail that the administrator reads."""
    send(jury.browser(jury.first), jury.first, "A-01", {**MARKS, "mark1": CANARY})
    hash_ = jury.sheets(jury.first, "A-01")[0].hash
    season = f"/desk/8th/awards/{jury.season_id}"
    paths = ["/desk/8th/awards", "/desk/8th/audit", "/desk/audit", "/desk/8th/"]
    rules = [rule.rule for rule in jury.app.url_map.iter_rules() if "/awards/<int:season_id>" in rule.rule]
    paths += [
        rule.replace("<slug>", "8th").replace("<int:season_id>", str(jury.season_id))
        for rule in rules
        if rule.count("<") == 2
    ]
    del season
    for client in (people.alice, people.bob):
        for path in paths:
            page = client.get(path, follow_redirects=True)
            assert CANARY not in page.text, path
            assert hash_ not in page.text, path
    with jury.app.app_context():
        entries = db.session.scalars(sa.select(Entry).where(Entry.action.like("awards.%"))).all()
        told = [f"{each.before} {each.after} {each.reason}" for each in entries]
    assert "awards.sheet_sent" in {each.action for each in entries}
    assert not [each for each in told if CANARY in each or hash_ in each]


def test_others_scores_are_shown_only_after_the_own_sheet_and_without_names(
    app: Flask, people: People
) -> None:
    """§3.6, the season's setting; the score, never the marks."""
    del people
    jury = make_jury(app, shows_others=True)
    send(jury.browser(jury.first), jury.first, "A-01", {"mark1": CANARY, "mark2": "80.5"})
    other = jury.browser(jury.second)
    assert "75.63" not in other.get(jury.second.sheet("A-01")).text
    send(other, jury.second, "A-01", MARKS)
    page = other.get(jury.second.sheet("A-01"))
    assert "75.63" in page.text
    assert CANARY not in page.text
    assert "评委J01" not in page.text
    assert "J01" not in page.text
    # Of an entry whose own sheet is not sent nothing is shown, and a reopened one hides them again.
    change(jury, Assignment, jury.second.tasks["A-01"], state=AssignmentState.IN_PROGRESS)
    assert "75.63" not in other.get(jury.second.sheet("A-01")).text


def test_blind_judging_names_no_company(jury: Jury) -> None:
    browser = jury.browser(jury.first)
    names = ("轻工有限公司", "Light Industry", "牌子")
    with jury.app.app_context(), transaction() as session:
        session.execute(sa.update(AwardEntry).values(brand="牌子"))
    for page in _pages_of(jury, jury.first, browser):
        main = page.text.split("<main")[-1]
        assert not [
            name for name in names if name in main.replace("大连市轻工业联合会", "").replace(ORGANISER, "")
        ]
    change(jury, AwardSeason, jury.season_id, is_blind=False)
    assert "A-01 Light Industry" in browser.get(jury.first.sheet("A-01")).text


ORGANISER = "Dalian Light Industry Federation"


# ---- Pictures


def test_a_picture_is_served_to_who_judges_the_entry_and_tells_no_name(jury: Jury) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (12, 8), "teal").save(drawn, "PNG")
    with jury.app.app_context(), transaction() as session:
        entry = session.scalars(sa.select(AwardEntry).where(AwardEntry.number == "A-01")).one()
        for kind in (FileKind.PAPER, FileKind.PICTURE):
            kept = files.store(
                drawn.getvalue(),
                name="星河公司的灯.png",
                content_type="image/png",
                purpose="awards.entry",
                expo_id=entry.expo_id,
                owner=SYSTEM,
            )
            session.add(EntryFile(expo_id=entry.expo_id, entry_id=entry.id, file_id=kept.id, kind=kind))
    browser = jury.browser(jury.first)
    path = jury.first.sheet("A-01", "/pictures/1")
    assert f'src="{path}"' in browser.get(jury.first.sheet("A-01")).text
    answer = browser.get(path)
    assert (answer.status_code, answer.data) == (200, drawn.getvalue())
    assert answer.headers["Content-Disposition"] == 'inline; filename="picture-1"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    answer.close()
    # The office's paper is none of the jury's pictures.
    for wrong in ("/pictures/2", "/pictures/0"):
        assert browser.get(jury.first.sheet("A-01", wrong)).status_code == 404
    browser.post(jury.first.sheet("A-01", "/recuse"), data={"reason": "mine"})
    assert browser.get(path).status_code == 404


# ---- Rounds in which jurors give an order


@pytest.fixture
def ranking(app: Flask, people: People) -> Jury:
    del people
    rules = RuleSet(criteria=RUBRIC.criteria, rounds=(Round(kind=RoundKind.RANKING),))
    return make_jury(app, rules=rules)


def _ballots(jury: Jury) -> list[Ballot]:
    with jury.app.app_context():
        return list(db.session.scalars(sa.select(Ballot).order_by(Ballot.version)))


def test_an_order_is_made_by_buttons_and_numbers_and_sent(ranking: Jury) -> None:
    """§3.4 step 13: equal numbers are equal places."""
    browser, path = ranking.browser(ranking.first), f"{ranking.first.home}/order"
    assert f'href="{path}"' in browser.get(ranking.first.home).text
    assert browser.get(ranking.first.sheet("A-01")).location == ranking.first.home
    places = {"place1": "1", "place2": "2", "place3": "3"}
    browser.post(path, data={**places, "up": "A-03"})
    assert _ballots(ranking)[0].order == [["A-01"], ["A-03"], ["A-02"]]
    page = browser.get(path)
    assert page.text.index("A-03") < page.text.index("A-02")
    browser.post(path, data={"place1": "2", "place2": "1", "place3": "2", "save": "y"})
    assert _ballots(ranking)[0].order == [["A-03"], ["A-01", "A-02"]]
    assert _ballots(ranking)[0].submitted_at is None
    browser.post(path, data={"place1": "1", "place2": "2", "place3": "2", "send": "y"})
    [ballot] = _ballots(ranking)
    assert (ballot.order, ballot.submitted_at is None) == ([["A-03"], ["A-01", "A-02"]], False)
    assert {ranking.state(ranking.first, entry) for entry in ranking.first.tasks} == {"submitted"}
    assert "3 of 3 scored" in browser.get(ranking.first.home).text
    assert "cannot be changed any more" in browser.get(path).text


@pytest.mark.parametrize("place", ["0", "4", "x", ""])
def test_a_place_that_does_not_exist_is_refused_in_words(ranking: Jury, place: str) -> None:
    browser = ranking.browser(ranking.first)
    page = browser.post(
        f"{ranking.first.home}/order", data={"place1": place, "place2": "1", "place3": "2", "save": "y"}
    )
    assert page.status_code == 422
    assert "Enter a place from 1 to 3" in page.text or "Enter a whole number" in page.text
    assert _ballots(ranking) == []


def test_an_order_after_the_end_is_refused(ranking: Jury) -> None:
    browser, path = ranking.browser(ranking.first), f"{ranking.first.home}/order"
    ranking.change_round(closed_at=clock.now())
    browser.post(f"{ranking.first.home}/code", data={"code": ranking.first.code})
    browser.post(path, data={"place1": "1", "place2": "2", "place3": "3", "send": "y"})
    assert _ballots(ranking) == []
    assert "A sheet counts when it was sent before the end" in browser.get(path).text


# ---- Size


def test_a_long_queue_asks_as_little_as_a_short_one(jury: Jury) -> None:
    """J1 and J2: as many questions for 43 entries as for three."""
    browser = jury.browser(jury.first)

    def asked(path: str) -> int:
        with counted(jury.app) as found:
            assert browser.get(path).status_code == 200
        assert len(set(found)) == len(found)
        return len(found)

    few = [asked(jury.first.home), asked(jury.first.sheet("A-01"))]
    with jury.app.app_context(), transaction() as session:
        season, juror = session.get_one(AwardSeason, jury.season_id), session.get_one(Juror, jury.first.id)
        others = [make_juror(season, f"K{at}") for at in range(3)]
        for at in range(40):
            entry = make_entry(season, f"B-{at:02}")
            for each in (juror, *others):
                assign(entry, each, position=10 + at)
    many = [asked(jury.first.home), asked(jury.first.sheet("A-01"))]
    assert many == few
    # One of them asks for joint makers, whose names are covered and compared as the company's are.
    assert max(many) <= 11


def test_a_juror_who_declared_elsewhere_is_not_asked_again(jury: Jury) -> None:
    declare_none(jury, jury.first)
    page = jury.browser(jury.first, declared=False).get(jury.first.home)
    assert "Score next" in page.text


def test_a_blind_jury_reads_no_name_of_those_who_made_it(jury: Jury) -> None:
    """E9: what the company saw in its preview is what the jury reads: names are covered in every text of a blind season."""
    with jury.app.app_context(), transaction() as session:
        entry = session.scalars(sa.select(AwardEntry).where(AwardEntry.number == "A-01")).one()
        entry.product_en, entry.innovation_en = (
            "Kettle of Rivermouth Porcelain",
            "Rivermouth Porcelain made it.",
        )
        entry.company_en, entry.brand = "Rivermouth Porcelain", "Seastar"
    browser = jury.browser(jury.first)
    pages = [browser.get(jury.first.home).text, browser.get(jury.first.sheet("A-01")).text]
    assert all("Kettle of" in page and "Rivermouth" not in page for page in pages)


@pytest.mark.parametrize("declared", ["河口瓷业", "海湾釉料厂"])
def test_a_declared_company_is_known_without_its_legal_form_and_as_a_joint_maker(
    jury: Jury, declared: str
) -> None:
    """AW-34: an interest in who made it, under whatever form of the name, takes the entry out of the queue."""
    with jury.app.app_context(), transaction() as session:
        entry = session.scalars(sa.select(AwardEntry).where(AwardEntry.number == "A-01")).one()
        entry.company_zh = "河口瓷业有限公司"
        session.add(EntryMaker(expo_id=entry.expo_id, entry_id=entry.id, company="海湾釉料厂"))
    browser = jury.browser(jury.first, declared=False)
    browser.post(
        f"{jury.first.home}/interests", data={"answer": "some", "companies": declared, "text": "顾问"}
    )
    with jury.app.app_context():
        place = db.session.get_one(Assignment, jury.first.tasks["A-01"])
        assert place.state is AssignmentState.RECUSED
