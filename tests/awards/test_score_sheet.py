"""J2: drafts, sending, what is late, recusal, and the fields that a device hands in one by one."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from exhibitions.awards.models import Assignment, AwardEntry, AwardSeason, EntryFile
from exhibitions.awards.rules import sheet_entry
from exhibitions.awards.rules.states import AssignmentState, FileKind, SeasonState
from exhibitions.awards.service import reopening
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from tests.awards.jury import MARKS, Jury, change, seen_of, send, typed


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
    browser.post(jury.first.sheet("A-01", "/fields"), json=typed("mark:innovation", "10"))
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
    answer = browser.post(jury.first.sheet("A-01", "/fields"), json=typed("mark:innovation", "10"))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "sent")
    assert browser.post(jury.first.sheet("A-01", "/recuse"), data={"reason": "late"}).status_code == 422
    after = jury.sheets(jury.first, "A-01")
    assert [(each.marks, each.hash) for each in after] == [(before.marks, before.hash)]


def test_a_reopened_sheet_becomes_a_new_version(jury: Jury) -> None:
    """AW-33: the old version stays; the one that is sent last counts."""
    browser = jury.browser(jury.first)
    send(browser, jury.first, "A-01", MARKS)
    with jury.app.app_context(), transaction() as session:
        place = session.get_one(Assignment, jury.first.tasks["A-01"])
        season = session.get_one(AwardSeason, jury.season_id)
        reopening.reopen(session.get_one(Expo, season.expo_id), season, place, "a slip", SYSTEM)
    page = browser.get(jury.first.sheet("A-01"))
    assert 'value="90"' in page.text
    # What was sent counts: it can be changed, and no longer left to others.
    assert "/recuse" not in page.text
    refused = browser.post(jury.first.sheet("A-01", "/recuse"), data={"reason": "doubt"})
    assert refused.status_code == 422
    assert "Only the office can take it out now" in refused.text
    assert jury.state(jury.first, "A-01") == "in_progress"
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
        assert re.search(r">\s*61\s*<", late.text)
    answer = browser.post(jury.first.sheet("A-01", "/fields"), json=typed("mark:innovation", "61"))
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


def test_fields_are_kept_one_by_one(jury: Jury) -> None:
    browser, path = jury.browser(jury.first), jury.first.sheet("A-01", "/fields")
    assert browser.get(path).get_json()["fields"] == {}
    first = browser.post(path, json=typed("mark:craft", "８０．５０"))
    assert (first.status_code, first.get_json()["fields"]["mark:craft"]) == (200, "80.5")
    browser.post(path, json=typed("eliminated", "y"))
    older = browser.post(path, json=typed("mark:craft", "20", ago_ms=30 * 60_000))
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
    browser.post(path, json=typed("note", "b"))
    assert jury.sheets(jury.first, "A-01")[0].note == "b"


def test_typing_from_another_site_is_refused(jury: Jury) -> None:
    browser = jury.browser(jury.first)
    jury.app.config["WTF_CSRF_ENABLED"] = True
    path = jury.first.sheet("A-01", "/fields")
    assert browser.post(path, json=typed("note", "x")).status_code == 400
    token = browser.get(path).get_json()["csrf_token"]
    answer = browser.post(path, json=typed("note", "x"), headers={"X-CSRFToken": token})
    assert answer.status_code == 200


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
