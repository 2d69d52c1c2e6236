"""Rounds in which jurors give an order (awards.md §3.4 step 13): drafts, stale pages, the check, what comes later."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from exhibitions.awards.models import Assignment, AwardEntry, AwardSeason, Ballot, Juror
from exhibitions.awards.queries.casework import case_of
from exhibitions.awards.rules import order_entry
from exhibitions.awards.rules.rule_set import Round, RoundKind, RuleSet
from exhibitions.awards.rules.states import AssignmentState
from exhibitions.awards.service import reopening
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Expo
from tests.asked import counted
from tests.awards.jury import RUBRIC, Jury, Seat, change, make_jury, seen_of, typed
from tests.awards.making import assign, make_entry
from tests.people import People


@pytest.fixture
def ranking(app: Flask, people: People) -> Jury:
    """Two jurors who put the entries in order."""
    del people
    rules = RuleSet(criteria=RUBRIC.criteria, rounds=(Round(kind=RoundKind.RANKING),))
    return make_jury(app, rules=rules)


def ballots(jury: Jury) -> list[Ballot]:
    with jury.app.app_context():
        return list(db.session.scalars(sa.select(Ballot).order_by(Ballot.version)))


def places(seat: Seat, *order: str) -> dict[str, str]:
    """The fields of the form for this order; entries of one text stand at one place."""
    found, at = {}, 1
    for group in order:
        for entry in group.split():
            found[f"place{seat.tasks[entry]}"] = str(at)
        at += len(group.split())
    return found


def json_of(seat: Seat, seen: str, *order: str, round_: str = "1") -> dict[str, Any]:
    """The same as a device hands it in."""
    fields = places(seat, *order)
    numbers = {name.removeprefix("place"): int(place) for name, place in fields.items()}
    return {"round": round_, "seen": seen, "places": numbers}


def home(seat: Seat, rest: str = "") -> str:
    return f"{seat.home}/order{rest}"


def send_order(browser: FlaskClient, seat: Seat, *order: str) -> TestResponse:
    """Save the order, go through its check page, and send it, as without script."""
    saved = browser.post(home(seat), data={**places(seat, *order), "check": "y"})
    assert saved.location == home(seat, "/check"), saved.text
    return browser.post(saved.location, data={"seen": seen_of(browser.get(saved.location))})


def opened(page: TestResponse) -> str:
    found = re.search(r'name="_opened" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def give(jury: Jury, seat: Seat, number: str, *, position: int = 9) -> Seat:
    """One more entry for this juror, after everything else."""
    with jury.app.app_context(), transaction() as session:
        entry = session.scalar(sa.select(AwardEntry).where(AwardEntry.number == number))
        entry = entry or make_entry(session.get_one(AwardSeason, jury.season_id), number)
        task = assign(entry, session.get_one(Juror, seat.id), position=position).id
    return Seat(seat.id, seat.token, seat.code, {**seat.tasks, number: task})


def counted_order(jury: Jury) -> Sequence[Sequence[str]]:
    """The order of the one juror who sent one, as the result counts it."""
    with jury.app.app_context():
        [found] = case_of(db.session.get_one(AwardSeason, jury.season_id)).file.ballots
        return found.order


def test_an_order_is_made_by_buttons_and_numbers_checked_and_sent(ranking: Jury) -> None:
    """§3.4 step 13: equal numbers are equal places; ux §2: a check page before it binds."""
    seat = ranking.first
    browser = ranking.browser(seat)
    assert f'href="{home(seat)}"' in browser.get(seat.home).text
    browser.post(home(seat), data={**places(seat, "A-01", "A-02", "A-03"), "up": seat.tasks["A-03"]})
    assert ballots(ranking)[0].order == [["A-01"], ["A-03"], ["A-02"]]
    page = browser.get(home(seat))
    assert page.text.index("A-03") < page.text.index("A-02")
    browser.post(home(seat), data={**places(seat, "A-03", "A-01 A-02"), "save": "y"})
    assert ballots(ranking)[0].order == [["A-03"], ["A-01", "A-02"]]
    assert ballots(ranking)[0].submitted_at is None
    sent = send_order(browser, seat, "A-02", "A-01 A-03")
    assert sent.location == seat.home
    [ballot] = ballots(ranking)
    assert (ballot.order, ballot.submitted_at is None) == ([["A-02"], ["A-01", "A-03"]], False)
    assert {ranking.state(seat, entry) for entry in seat.tasks} == {"submitted"}
    assert "3 of 3 scored" in browser.get(seat.home).text
    page = browser.get(home(seat))
    assert "cannot be changed any more" in page.text
    # Equal places are equal on the page as well.
    assert re.findall(r'<li value="(\d)">', page.text) == ["1", "2", "2"]


def test_a_field_belongs_to_its_entry_wherever_that_stands_by_now(ranking: Jury) -> None:
    """A page that was opened before another tab moved an entry: what it sends is meant for the entries that it shows."""
    seat = ranking.first
    browser = ranking.browser(seat)
    late = opened(browser.get(home(seat)))
    browser.post(home(seat), data={**places(seat, "A-03", "A-01", "A-02"), "save": "y"})
    # Without the mark of what was seen (a script's own page) the fields still say whose they are …
    browser.post(home(seat), data={**places(seat, "A-01", "A-02", "A-03"), "save": "y"})
    assert ballots(ranking)[0].order == [["A-01"], ["A-02"], ["A-03"]]
    browser.post(home(seat), data={**places(seat, "A-03", "A-02", "A-01"), "save": "y"})
    # … and with it the late page overwrites nothing and is told (B7).
    for button in ({"save": "y"}, {"check": "y"}, {"down": seat.tasks["A-01"]}):
        page = browser.post(
            home(seat), data={**places(seat, "A-01", "A-02", "A-03"), **button, "_opened": late}
        )
        assert page.status_code == 409
        assert "Changed meanwhile, not saved yet" in page.text
    assert ballots(ranking)[0].order == [["A-03"], ["A-02"], ["A-01"]]


def test_an_order_is_sent_only_as_it_was_shown(ranking: Jury) -> None:
    seat = ranking.first
    browser = ranking.browser(seat)
    browser.post(home(seat), data={**places(seat, "A-01", "A-02", "A-03"), "check": "y"})
    shown = seen_of(browser.get(home(seat, "/check")))
    browser.post(home(seat), data={**places(seat, "A-02", "A-01", "A-03"), "save": "y"})
    back = browser.post(home(seat, "/check"), data={"seen": shown})
    assert back.location == home(seat)
    assert "The order was changed meanwhile" in browser.get(back.location).text
    assert ballots(ranking)[0].submitted_at is None
    # An entry that came meanwhile was not looked at either.
    shown = seen_of(browser.get(home(seat, "/check")))
    give(ranking, seat, "A-04")
    assert browser.post(home(seat, "/check"), data={"seen": shown}).location == home(seat)
    assert ballots(ranking)[0].submitted_at is None


def test_an_entry_that_comes_after_sending_is_put_into_the_order_that_was_sent(ranking: Jury) -> None:
    """The last order alone counts: it has the old entries as they were sent, and the new one in its place."""
    seat = ranking.first
    browser = ranking.browser(seat)
    send_order(browser, seat, "A-02", "A-01 A-03")
    more = give(ranking, seat, "A-04")
    page = browser.get(home(more)).text
    assert page.count("data-entry=") == 4
    assert "put only what is new in its place" in page
    # Until it is sent, the order from before counts.
    browser.post(home(more), data={**places(more, "A-02", "A-04", "A-01 A-03"), "save": "y"})
    assert counted_order(ranking) == (("A-02",), ("A-01", "A-03"))
    # What was sent keeps its order.
    refused = browser.post(home(more), data={**places(more, "A-01", "A-04", "A-02 A-03"), "save": "y"})
    assert refused.status_code == 409
    assert "put only what is new in its place" in refused.text
    send_order(browser, more, "A-02", "A-04", "A-01 A-03")
    assert counted_order(ranking) == (("A-02",), ("A-04",), ("A-01", "A-03"))
    assert [each.version for each in ballots(ranking)] == [1, 2]
    assert browser.post(home(more), data={**places(more, "A-04", "A-02", "A-01 A-03")}).status_code == 409


def test_an_order_that_is_opened_again_may_be_made_anew(ranking: Jury) -> None:
    """AW-33: the one that was sent counts until the next is sent; all of it may change, unlike beside what is new."""
    seat = ranking.first
    browser = ranking.browser(seat)
    send_order(browser, seat, "A-02", "A-01", "A-03")
    with ranking.app.app_context(), transaction() as session:
        season = session.get_one(AwardSeason, ranking.season_id)
        place = session.get_one(Assignment, seat.tasks["A-01"])
        reopening.reopen(session.get_one(Expo, season.expo_id), season, place, "a slip", SYSTEM)
    page = browser.get(home(seat)).text
    assert "it counts until you send the next" in page
    assert "put only what is new" not in page
    assert counted_order(ranking) == (("A-02",), ("A-01",), ("A-03",))
    send_order(browser, seat, "A-03", "A-01", "A-02")
    assert counted_order(ranking) == (("A-03",), ("A-01",), ("A-02",))


def test_what_a_juror_lost_is_in_no_order_that_counts(ranking: Jury) -> None:
    """Places that were withdrawn count as little as recused ones, as their sheets do."""
    seat = ranking.first
    send_order(ranking.browser(seat), seat, "A-02", "A-01", "A-03")
    change(ranking, Assignment, seat.tasks["A-02"], state=AssignmentState.WITHDRAWN)
    assert counted_order(ranking) == (("A-01",), ("A-03",))
    change(ranking, Assignment, seat.tasks["A-01"], state=AssignmentState.RECUSED)
    assert counted_order(ranking) == (("A-03",),)


@pytest.mark.parametrize("place", ["0", "4", "x", ""])
def test_a_place_that_does_not_exist_is_refused_in_words(ranking: Jury, place: str) -> None:
    seat = ranking.first
    browser = ranking.browser(seat)
    data = {**places(seat, "A-01", "A-02", "A-03"), f"place{seat.tasks['A-02']}": place, "save": "y"}
    page = browser.post(home(seat), data=data)
    assert page.status_code == 422
    assert "Enter a place from 1 to 3" in page.text or "Enter a whole number" in page.text
    assert ballots(ranking) == []


@pytest.mark.parametrize("pressed", ["999999999999", "x", "-1"])
def test_a_button_for_no_entry_moves_nothing(ranking: Jury, pressed: str) -> None:
    seat = ranking.first
    browser = ranking.browser(seat)
    data = {**places(seat, "A-01", "A-02", "A-03"), "up": pressed}
    assert browser.post(home(seat), data=data).status_code == 303
    assert ballots(ranking)[0].order == [["A-01"], ["A-02"], ["A-03"]]


def test_an_order_after_the_end_is_refused_and_stays_typed(ranking: Jury) -> None:
    seat = ranking.first
    browser = ranking.browser(seat)
    browser.post(home(seat), data={**places(seat, "A-01", "A-02", "A-03"), "check": "y"})
    shown = seen_of(browser.get(home(seat, "/check")))
    ranking.change_round(closed_at=clock.now())
    browser.post(f"{seat.home}/code", data={"code": seat.code})
    late = browser.post(home(seat), data={**places(seat, "A-03", "A-02", "A-01"), "save": "y"})
    assert late.status_code == 409
    assert "A sheet counts when it was sent before the end" in late.text
    browser.post(home(seat, "/check"), data={"seen": shown})
    assert [(each.order, each.submitted_at) for each in ballots(ranking)] == [
        ([["A-01"], ["A-02"], ["A-03"]], None)
    ]
    answer = browser.post(home(seat, "/fields"), json=json_of(seat, shown, "A-03", "A-02", "A-01"))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "late")
    assert "<input" not in browser.get(home(seat)).text.split("<main")[1]


def test_no_marks_are_taken_in_a_round_of_orders(ranking: Jury) -> None:
    """A sheet among orders would contradict the rules, and nothing could be judged any more (awards/rules/case.py)."""
    seat = ranking.first
    browser = ranking.browser(seat)
    answer = browser.post(seat.sheet("A-01", "/fields"), json=typed("mark:innovation", "80"))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "order_only")
    assert browser.post(seat.sheet("A-01"), data={"mark1": "80", "mark2": "70"}).status_code == 422
    assert browser.post(seat.sheet("A-01", "/check"), data={"seen": "0" * 64}).location == seat.sheet("A-01")
    assert ranking.sheets(seat, "A-01") == []


def test_no_order_is_taken_in_a_round_of_marks(jury: Jury) -> None:
    seat = jury.first
    browser = jury.browser(seat)
    answer = browser.post(home(seat, "/fields"), json=json_of(seat, "", "A-01", "A-02", "A-03"))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "marks_only")
    assert browser.get(home(seat)).location == seat.home
    assert browser.post(home(seat, "/check"), data={"seen": "0" * 64}).location == home(seat)
    assert ballots(jury) == []


def test_an_entry_is_read_and_left_to_others_in_a_round_of_orders(ranking: Jury) -> None:
    """J2: pictures and text are there, no marks; whoever recuses orders the rest, and may no more once it is sent."""
    seat = ranking.first
    browser = ranking.browser(seat)
    assert f'href="{seat.sheet("A-02")}"' in browser.get(home(seat)).text
    page = browser.get(seat.sheet("A-02"))
    assert "一种新的做法。" in page.text
    assert "<input" not in page.text.split("<main")[1]
    assert f'href="{seat.sheet("A-02", "/recuse")}"' in page.text
    browser.post(home(seat), data={**places(seat, "A-02", "A-01", "A-03"), "save": "y"})
    assert browser.post(seat.sheet("A-02", "/recuse"), data={"reason": "我的学生做的"}).location == seat.home
    assert browser.get(home(seat)).text.count("data-entry=") == 2
    send_order(browser, seat, "A-03", "A-01")
    assert ballots(ranking)[-1].order == [["A-03"], ["A-01"]]
    # Opened again: what was sent counts, and nobody takes it away without the office.
    change(ranking, Assignment, seat.tasks["A-01"], state=AssignmentState.IN_PROGRESS)
    refused = browser.post(seat.sheet("A-01", "/recuse"), data={"reason": "doubt"})
    assert refused.status_code == 422
    assert "Only the office can take it out now" in refused.text


def test_a_device_hands_in_its_order_and_is_told_when_it_saw_another_one(ranking: Jury) -> None:
    """What was made without network arrives later; of two pages the second is asked, not overwritten."""
    seat = ranking.first
    browser, path = ranking.browser(seat), home(ranking.first, "/fields")
    first = browser.get(path).get_json()
    numbers = [str(seat.tasks[entry]) for entry in ("A-01", "A-02", "A-03")]
    assert (first["places"], first["state"]) == (dict(zip(numbers, (1, 2, 3), strict=True)), "open")
    taken = browser.post(path, json=json_of(seat, first["seen"], "A-03", "A-01 A-02"))
    assert taken.status_code == 200
    assert ballots(ranking)[0].order == [["A-03"], ["A-01", "A-02"]]
    # The same once more, because its answer was lost: nothing is wrong.
    again = browser.post(path, json=json_of(seat, first["seen"], "A-03", "A-01 A-02"))
    assert (again.status_code, again.get_json()["seen"]) == (200, taken.get_json()["seen"])
    late = browser.post(path, json=json_of(seat, first["seen"], "A-02", "A-01", "A-03"))
    assert (late.status_code, late.get_json()["code"]) == (409, "order_changed")
    assert late.get_json()["places"] == taken.get_json()["places"]
    assert ballots(ranking)[0].order == [["A-03"], ["A-01", "A-02"]]
    kept = browser.post(path, json=json_of(seat, late.get_json()["seen"], "A-02", "A-01", "A-03"))
    assert kept.status_code == 200
    assert ballots(ranking)[0].order == [["A-02"], ["A-01"], ["A-03"]]
    # One that came meanwhile stands at the end; one that is gone is left out.
    more = give(ranking, seat, "A-04")
    now = browser.get(path).get_json()
    body = json_of(seat, now["seen"], "A-03", "A-02", "A-01")
    body["places"]["999999"] = 1
    assert browser.post(path, json=body).get_json()["places"] == {
        str(more.tasks[entry]): at for at, entry in enumerate(("A-03", "A-02", "A-01", "A-04"), 1)
    }
    old = browser.post(path, json=json_of(seat, now["seen"], "A-01", "A-02", "A-03", round_="0"))
    assert (old.status_code, old.get_json()["code"]) == (404, "no_task")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"round": "1", "seen": "", "places": {}}',
        b'{"round": "1", "seen": "", "places": {"a": 1}}',
        b'{"round": "1", "seen": "", "places": {"1": 0}}',
        b'{"round": "1", "seen": "", "places": {"1": 1}, "juror": 2}',
        b'{"round": "1", "seen": "", "places": {"1": 99999999999999999999}}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_order_is_refused(ranking: Jury, content: bytes) -> None:
    browser = ranking.browser(ranking.first)
    answer = browser.post(home(ranking.first, "/fields"), data=content, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "malformed")


def test_an_order_asks_as_little_for_many_entries_as_for_few(ranking: Jury) -> None:
    seat = ranking.first
    browser = ranking.browser(seat)

    def asked() -> int:
        with counted(ranking.app) as found:
            assert browser.get(home(seat)).status_code == 200
        assert len(set(found)) == len(found)
        return len(found)

    few = asked()
    for at in range(20):
        give(ranking, seat, f"B-{at:02}", position=10 + at)
    assert asked() == few <= 10


def test_orders_are_compared_and_completed() -> None:
    order = [["C"], ["B", "A"], ["D"]]
    assert order_entry.only(order, {"A", "B", "D"}) == [["A", "B"], ["D"]]
    assert order_entry.completed(order, ["A", "D", "E", "F"]) == [["A"], ["D"], ["E"], ["F"]]
    assert order_entry.order_hash(order) == order_entry.order_hash([["C"], ["A", "B"], ["D"]])
    assert order_entry.order_hash(order) != order_entry.order_hash([["C"], ["A"], ["B"], ["D"]])
    assert order_entry.moved(order, "D", -1) == [["C"], ["B"], ["D"], ["A"]]
    assert order_entry.moved(order, "C", -1) == [["C"], ["B"], ["A"], ["D"]]
