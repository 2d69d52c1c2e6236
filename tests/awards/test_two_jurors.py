"""Several people at the same moment: two jurors, one juror on two devices, and the office that closes the round."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.awards.models import Conflict, Declaration, JudgingRound, Sheet
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from tests.awards.jury import Jury, Seat, make_jury, seen_of
from tests.engines import both_engines
from tests.people import People

pytestmark = both_engines
MARKS = {"mark1": "90", "mark2": "80.5"}


@pytest.fixture
def jury(app: Flask, people: People) -> Jury:
    del people
    return make_jury(app)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act answers; all of them begin together."""
    start = threading.Barrier(len(acts))

    def begin(act: Callable[[], Any]) -> Any:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(begin, acts))


def ready(jury: Jury, seat: Seat, entry: str) -> Callable[[], Any]:
    """The last press of the button, on a browser of its own."""
    browser = jury.browser(seat)
    browser.post(seat.sheet(entry), data=MARKS)
    seen = seen_of(browser.get(seat.sheet(entry, "/check")))
    return lambda: browser.post(seat.sheet(entry, "/check"), data={"seen": seen})


def test_two_jurors_send_at_once_and_both_count(jury: Jury) -> None:
    acts = [ready(jury, seat, entry) for seat in (jury.first, jury.second) for entry in ("A-01", "A-02")]
    assert {answer.status_code for answer in at_once(*acts)} == {303}
    for seat in (jury.first, jury.second):
        for entry in ("A-01", "A-02"):
            [sheet] = jury.sheets(seat, entry)
            assert (jury.state(seat, entry), sheet.submitted_at is None) == ("submitted", False)
            assert sheet.marks == {"innovation": "90", "craft": "80.5"}


def test_one_juror_sends_twice_at_once_and_it_is_one_sheet(jury: Jury) -> None:
    """A double click, or two devices: one version, sent once (B7)."""
    acts = [ready(jury, jury.first, "A-01") for _ in range(3)]
    assert {answer.status_code for answer in at_once(*acts)} == {303}
    [sheet] = jury.sheets(jury.first, "A-01")
    assert (sheet.version, sheet.submitted_at is None) == (1, False)


def test_devices_that_type_at_once_lose_no_field(jury: Jury) -> None:
    """The first sheet of an assignment is made by both, and each has its fields in it."""
    fields = {"mark:innovation": "88", "mark:craft": "77.5", "comment": "好", "note": "x"}

    def typing(field: str, value: str) -> Callable[[], Any]:
        browser = jury.browser(jury.first)
        change = {"field": field, "value": value, "at": 5}
        body = {"sent_at": 5, "changes": [change]}
        return lambda: browser.post(jury.first.sheet("A-01", "/fields"), json=body)

    answers = at_once(*(typing(field, value) for field, value in fields.items()))
    assert {answer.status_code for answer in answers} == {200}
    [sheet] = jury.sheets(jury.first, "A-01")
    assert (sheet.marks, sheet.comment, sheet.note) == ({"innovation": "88", "craft": "77.5"}, "好", "x")


def test_interests_that_are_declared_twice_at_once_are_kept_once(jury: Jury) -> None:
    def declaring() -> Callable[[], Any]:
        browser = jury.browser(jury.first, declared=False)
        said = {"answer": "some", "companies": "A-01轻工有限公司"}
        return lambda: browser.post(f"{jury.first.home}/interests", data=said)

    answers = at_once(*(declaring() for _ in range(3)))
    assert sorted(answer.status_code for answer in answers)[0] == 303
    with jury.app.app_context():
        counts = [db.session.scalar(sa.select(sa.func.count(row.id))) for row in (Declaration, Conflict)]
    assert counts == [1, 1]


def test_a_sheet_that_is_sent_while_the_round_closes_is_in_it_or_refused(jury: Jury) -> None:
    """Never both: after the moment at which the office closed the round no sheet is newly sent."""

    def closing() -> Any:
        with jury.app.app_context(), transaction() as session:
            # The office waits for who is sending, and who sends later sees that it is closed.
            judging = session.scalars(sa.select(JudgingRound).with_for_update()).one()
            judging.closed_at = clock.now()
            return judging.closed_at

    acts = [ready(jury, seat, "A-01") for seat in (jury.first, jury.second)]
    closed_at = at_once(*acts, closing)[-1]
    with jury.app.app_context():
        sheets = db.session.scalars(sa.select(Sheet)).all()
        late = [each for each in sheets if each.submitted_at and each.submitted_at > closed_at]
    assert late == []
    states = {jury.state(seat, "A-01") for seat in (jury.first, jury.second)}
    assert states <= {"submitted", "in_progress"}
