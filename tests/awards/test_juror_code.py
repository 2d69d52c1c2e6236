"""J1: the personal link and the code beside it."""

from __future__ import annotations

import sqlalchemy as sa

from exhibitions.accounts import service as accounts
from exhibitions.audit.models import Entry
from exhibitions.awards.models import Juror
from exhibitions.awards.queries.jury import LINK
from exhibitions.awards.service import juror_access
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Expo
from tests.awards.jury import MARKS, PARTS, Jury, change, send
from tests.people import People


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


def test_leaving_forgets_the_code_on_this_browser_alone(jury: Jury) -> None:
    """ux §3: the bar has leave. Another juror on the same tablet stays in."""
    browser = jury.browser(jury.first)
    browser.post(f"{jury.second.home}/code", data={"code": jury.second.code})
    assert f'href="{jury.first.home}/leave"' in browser.get(jury.first.home).text
    assert browser.get(f"{jury.first.home}/leave").status_code == 200
    assert browser.get(jury.first.home).status_code == 200
    assert browser.post(f"{jury.first.home}/leave").location == f"{jury.first.home}/code"
    assert browser.get(jury.first.home).location == f"{jury.first.home}/code"
    assert browser.get(jury.second.home).status_code == 200


def test_pages_are_kept_without_network_for_a_fair_that_is_not_published(jury: Jury) -> None:
    """The worker belongs to the link and to its pages alone; without a live link there is none."""
    with jury.app.app_context(), transaction() as session:
        session.execute(sa.update(Expo).values(published_at=None))
    worker = jury.app.test_client().get(f"{jury.first.home}/offline.js")
    assert (worker.status_code, worker.mimetype) == (200, "text/javascript")
    assert worker.headers["Service-Worker-Allowed"] == jury.first.home
    assert jury.app.test_client().get("/8th/jury/invented/offline.js").status_code == 404


def test_a_jurors_trail_is_one(jury: Jury) -> None:
    """What the office does with a juror and what the juror does stand under the same subject."""
    browser = jury.browser(jury.first)
    send(browser, jury.first, "A-01", MARKS)
    with jury.app.app_context():
        found = sa.select(Entry.action).where(
            Entry.subject_kind == "award_juror", Entry.subject_id == jury.first.id
        )
        actions = set(db.session.scalars(found))
    assert {"awards.juror_entered", "awards.interest_declared", "awards.sheet_sent"} <= actions
