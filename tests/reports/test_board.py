"""O9: the numbers of the board are the rows behind them and the report; it costs little and says when nothing changed."""

from __future__ import annotations

import gzip
import html
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Expo, Gate, Zone
from exhibitions.gates.models import Device as DeviceRow
from exhibitions.gates.models import Scan
from exhibitions.gates.service import pairing
from exhibitions.portal.queries import attendance_after
from exhibitions.reports.queries.board import board
from tests.gates.fair import Device, GateFair, undo
from tests.people import People
from tests.reports.demo8 import report

FIGURES = "/desk/8th/live/figures"
_LINK = re.compile(r'<a[^>]*href="(/desk/8th/scans[^"]*)"[^>]*>\s*([\d,]+)')
_HEAD = re.compile(r'<span class="list-count">([\d,]+)</span>')


def set_clock(fair: GateFair, hour: str) -> timedelta:
    """Let the fair's clock show an hour of its present day, as a demo's does; how far it is ahead of the real one."""
    shift = fair.at(hour) - clock.now()
    fair.change(sa.update(Expo).values(demo_shift_seconds=int(shift.total_seconds())))
    return timedelta(seconds=int(shift.total_seconds()))


def number(text: str) -> int:
    return int(text.replace(",", ""))


def rows_of(browser: FlaskClient, address: str) -> tuple[int, int]:
    """What the page behind a number says: its count, and the sum of the people of its rows over all pages."""
    page, people = 1, 0
    while True:
        joined = "&" if "?" in address else "?"
        answer = browser.get(f"{address}{joined}page={page}&lang=en")
        assert answer.status_code == 200
        head = number(_HEAD.findall(answer.text)[0])
        cells = re.findall(r'<td[^>]* class="num"[^>]*>([\d,]+)</td>\s*</tr>', answer.text)
        people += sum(map(number, cells))
        if len(cells) < 50:
            return head, people
        page += 1


@pytest.fixture
def busy(fair: GateFair, desk: People) -> GateFair:
    """A day with a group, a re-entry, refusals, an undone entry, an exit, media, and yesterday's visits."""
    shift = set_clock(fair, "15:00")
    a, b = fair.device("A"), fair.device("B")

    def at(hour: str) -> datetime:
        return fair.at(hour) - shift

    yesterday = at("11:00") - timedelta(days=1)
    regular = fair.badge()
    a.scan(regular, yesterday)
    a.scan(regular, at("09:30"))
    a.scan(regular, at("12:30"))
    b.scan(fair.badge("public"), at("09:45"))
    b.scan(fair.badge("media"), at("10:15"))
    a.scan(fair.badge(), at("14:50"), heads=4)
    a.scan("nonsense", at("14:55"))
    b.scan(fair.badge(cancelled_at=clock.now() - timedelta(days=9)), at("10:00"))
    gone = a.scan(fair.badge(), at("14:51"))["scan_id"]
    a.send(undo(gone, at("14:52")))
    b.scan(fair.badge(), at("14:58"))
    b.send(b.item(regular, at("14:59"), direction="out"))
    return fair


def test_each_number_is_the_rows_behind_it(busy: GateFair, desk: People) -> None:
    """O9: every number opens to its rows, and the two agree."""
    page = desk.alice.get("/desk/8th/live?lang=en").text
    links = [(html.unescape(address), number(shown)) for address, shown in _LINK.findall(page)]
    assert len(links) > 15
    for address, shown in links:
        head, people = rows_of(desk.alice, address)
        assert (address, head) == (address, shown)
        if "kind=visit" in address:
            assert (address, people) == (address, shown)


def test_the_board_says_what_the_report_says(busy: GateFair, desk: People) -> None:
    page = desk.alice.get("/desk/8th/live?lang=en").text
    found = report(busy)
    tiles = {name: number(shown) for name, shown in re.findall(r'id="([\w-]+)">([\d,]+)<span', page)}
    today = busy.today.isoformat()
    assert tiles == {
        "recent": 2,
        "visits-today": found["by_day"][today]["visits"],
        "visits": found["visits"],
        "visitors": found["visitors"],
    }
    assert (found["visits"], found["visitors"], found["by_day"][today]["visits"]) == (8, 4, 7)
    assert found["by_hour"]["14"] == {"visitors": 2, "visits": 5}


def test_the_attendance_page_opens_every_line(busy: GateFair, desk: People) -> None:
    """Visits and visitors of each day, hour, gate, class and region are the rows behind them."""
    page = desk.alice.get("/desk/8th/attendance?lang=en").text
    links = [(html.unescape(address), number(shown)) for address, shown in _LINK.findall(page)]
    parts = {
        word
        for address, _ in links
        for word in ("day", "hour", "gate", "class", "region")
        if f"{word}=" in address
    }
    assert parts == {"day", "hour", "gate", "class", "region"}
    for address, shown in links:
        assert (address, rows_of(desk.alice, address)) == (address, (shown, shown))


def test_entries_that_are_no_visit(busy: GateFair) -> None:
    assert report(busy)["not_counted"] == {"annulled": 1, "not_a_visitor": 1, "re_entry": 1, "refused": 2}


def ask(browser: FlaskClient, tag: str | None = None) -> Any:
    return browser.get(FIGURES, headers={"If-None-Match": tag} if tag else {})


def silence(fair: GateFair, browser: FlaskClient, minutes: int) -> list[tuple[str, str]]:
    """The marks beside a gate whose only phone was heard so many minutes ago: their look and their words."""
    seen_at = clock.now() - timedelta(minutes=minutes, seconds=1)
    fair.change(sa.update(DeviceRow).values(seen_at=seen_at, battery=8, queue=14))
    time.sleep(1.1)
    page = browser.get(FIGURES + "?lang=en").text
    assert re.search(r">8 %</td>\s*<td[^>]*>14</td>", page)
    return re.findall(r'class="state state-(\w+)">.*?</svg>([^<]+)</span>', page, re.DOTALL)


def test_a_silent_device_is_seen_on_the_board(fair: GateFair, desk: People) -> None:
    """O9: amber after two minutes, red after five, with battery and queue; at night every phone is silent."""
    set_clock(fair, "12:00")
    fair.device("A")
    assert silence(fair, desk.alice, 1) == []
    assert silence(fair, desk.alice, 3) == [("wait", "1 not heard for two minutes")]
    assert silence(fair, desk.alice, 6) == [("stop", "1 silent")]
    set_clock(fair, "20:00")
    assert silence(fair, desk.alice, 6) == []


def test_an_unchanged_board_is_304_and_a_scan_shows_at_a_next_look(busy: GateFair, desk: People) -> None:
    tag = ask(desk.alice).headers["ETag"]
    unchanged = ask(desk.alice, tag)
    if unchanged.status_code == 200:  # The minute that the board shows has passed between the two.
        tag = unchanged.headers["ETag"]
        unchanged = ask(desk.alice, tag)
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    busy.device("A").scan(busy.badge(), clock.now())
    until = time.monotonic() + 20
    answer = ask(desk.alice, tag)
    while answer.status_code == 304 and time.monotonic() < until:
        time.sleep(0.1)
        answer = ask(desk.alice, tag)
    assert answer.status_code == 200
    assert re.findall(r'id="visits-today">([\d,]+)<', answer.text) == ["8"]


@contextmanager
def counted(fair: GateFair) -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    with fair.app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield said
    sa.event.remove(engine, "before_cursor_execute", note)


def _fresh(fair: GateFair, browser: FlaskClient) -> int:
    """How many statements a board costs whose snapshot is too old, a scan having come meanwhile."""
    fair.device("A").scan(fair.badge(), clock.now())
    time.sleep(1.1)
    with counted(fair) as said:
        assert browser.get(FIGURES).status_code == 200
    return len(said)


def test_what_a_board_costs(busy: GateFair, desk: People) -> None:
    """The same number of questions for ten more gates with devices and scans; watchers share one snapshot."""
    desk.alice.get(FIGURES)
    before = _fresh(busy, desk.alice)
    with busy.app.app_context():
        zone = db.session.scalars(sa.select(Zone.id).where(Zone.code == "main")).one()
    busy.add(
        *(
            Gate(expo_id=busy.expo_id, zone_id=zone, code=f"G{n}", name_zh=f"{n}号门", name_en=f"Gate {n}")
            for n in range(10)
        )
    )
    with busy.app.app_context(), transaction() as session:
        expo = session.get_one(Expo, busy.expo_id)
        for gate in session.scalars(sa.select(Gate).where(Gate.code.like("G%"))):
            pairing.pair(expo, pairing.Rights([gate]))
    desk.alice.get(FIGURES)
    after = _fresh(busy, desk.alice)
    assert after == before
    with counted(busy) as shared:
        desk.dora.get(FIGURES)
        desk.alice.get(FIGURES)
    assert [statement for statement in shared if "FROM scans" in statement] == []


def test_a_change_of_class_without_a_scan_reaches_the_report_at_once(busy: GateFair) -> None:
    before = report(busy)["visits"]
    busy.change(sa.text("UPDATE badges SET class_id = (SELECT id FROM badge_classes WHERE key = 'media')"))
    assert before == 8
    assert report(busy)["visits"] == 0


def test_empty_board_and_lists(fair: GateFair, desk: People) -> None:
    """What the pages say before the gates open, on a closed day, and when nothing matches."""
    set_clock(fair, "08:00")
    board = desk.alice.get("/desk/8th/live?lang=en").text
    assert "Gates open at 09:00" in board
    assert "Nobody was refused today." in board
    assert "No scans yet" in desk.alice.get("/desk/8th/scans?lang=en").text
    assert "No scans match these filters." in desk.alice.get("/desk/8th/scans?gate=1&lang=en").text
    assert "No visits yet" in desk.alice.get("/desk/8th/attendance?lang=en").text
    fair.change(sa.update(Expo).values(demo_shift_seconds=-40 * 86400))
    time.sleep(1.1)
    assert "The fair is not open to visitors today" in desk.alice.get("/desk/8th/live?lang=en").text


@pytest.mark.parametrize(
    "query",
    ["kind=nothing", "gate=999999", "day=yesterday", "class=trade", "kind=refused&region=LN"],
)
def test_words_that_are_no_filter_lead_nowhere(fair: GateFair, desk: People, query: str) -> None:
    assert desk.alice.get(f"/desk/8th/scans?{query}").status_code == 404


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=99999999999999999999", "page=x", "verdict=%00", "hour=99"]
)
def test_odd_filters_are_no_fault(busy: GateFair, desk: People, query: str) -> None:
    assert desk.alice.get(f"/desk/8th/scans?{query}").status_code == 200


def test_an_hour_that_filters_nothing_is_no_chip(busy: GateFair, desk: People) -> None:
    """The chips of a list are the filters in force: not hour 99, nor an hour of rows that are not counted by hours."""
    for query in ("hour=99", "kind=visits&hour=99", "kind=visits&hour=9", "hour=09"):
        assert ":00</" not in desk.alice.get(f"/desk/8th/scans?lang=en&{query}").text.split("<table")[0], (
            query
        )
    assert "09:00" in desk.alice.get("/desk/8th/scans?lang=en&kind=visits&hour=09").text


def test_the_plot_is_one_small_drawing(busy: GateFair, desk: People) -> None:
    """ux §10: SVG of at most 15 kB gzipped, which may load nothing and run nothing."""
    answer = desk.alice.get("/desk/8th/live/arrivals.svg?lang=en")
    assert answer.mimetype == "image/svg+xml"
    assert len(gzip.compress(answer.data)) <= 15_000
    assert b"<script" not in answer.data
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"


PAGES = ("/desk/8th/live", FIGURES, "/desk/8th/live/arrivals.svg", "/desk/8th/attendance", "/desk/8th/scans")


@pytest.mark.parametrize("path", PAGES)
def test_owner_colleague_and_stranger(fair: GateFair, desk: People, path: str) -> None:
    """Alice owns, Bob serves the desk and sees no figures, Charlie is nobody here, and nobody is sent to sign in."""
    answers = [
        browser.get(path).status_code
        for browser in (desk.alice, desk.dora, desk.bob, desk.charlie, desk.nobody)
    ]
    assert answers == [200, 200, 403, 404, 303]


def test_figures_of_another_fair_are_not_shown(fair: GateFair, desk: People) -> None:
    """A gate's number of another fair is no gate of this one."""
    from_elsewhere = fair.rows(sa.select(sa.func.max(Gate.id)))[0][0] + 1
    assert desk.alice.get(f"/desk/8th/scans?gate={from_elsewhere}").status_code == 404
    assert desk.alice.get("/desk/9th/live").status_code == 404


def test_scans_that_do_not_count_are_marked(fair: GateFair, gate_a: Device, desk: People) -> None:
    """By a word and a shape, and the page says what it means."""
    set_clock(fair, "15:00")
    now = clock.now()
    gate_a.scan(fair.badge(), now)
    assert "count nowhere" not in desk.alice.get("/desk/8th/scans?lang=en").text
    undone = gate_a.scan(fair.badge(), now)
    gate_a.send(undo(undone["scan_id"], now))
    gate_a.scan(fair.badge(), now, rehearsal={"as_of": fair.at("11:00").isoformat()})
    page = desk.alice.get("/desk/8th/scans?lang=en").text
    assert "count nowhere" in page
    marks = re.findall(r'<span class="state state-\w+">\s*<svg.*?</svg>([^<]+)</span>', page, re.DOTALL)
    assert sorted(mark.strip() for mark in marks) == ["Rehearsal", "Undone"]


def test_the_board_has_totals_and_shares_and_no_links_to_nothing(busy: GateFair, desk: People) -> None:
    page = desk.alice.get("/desk/8th/live?lang=en").text
    assert not re.search(r"<a [^>]*kind=(visits|recent)[^>]*hour=[^>]*>0</a>", page)
    assert "100%" in page
    assert page.count('<tr class="total">') == 2
    assert "Use gate" not in page


def test_what_the_public_is_told_is_kept_for_its_fair_alone(busy: GateFair) -> None:
    """A large fair is not counted for everybody who opens its page; an id that is given out again shows nothing old."""
    with busy.app.app_context():
        told = attendance_after(db.session.get_one(Expo, busy.expo_id))
    assert told is not None
    busy.change(sa.delete(Scan))
    with busy.app.app_context():
        assert attendance_after(db.session.get_one(Expo, busy.expo_id)) == told
    busy.change(sa.update(Expo).values(created_at=clock.now()))
    with busy.app.app_context():
        assert attendance_after(db.session.get_one(Expo, busy.expo_id)) is None
        assert board(db.session.get_one(Expo, busy.expo_id)).visits == 0
