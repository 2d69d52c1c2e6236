"""A server of its own for every test, browsers of all sizes, and films that a camera sees.

Without Chromium these tests are skipped with a sentence; in CI they must run.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, ViewportSize, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.rules import number
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Door, Expo, ExpoDay, Gate
from exhibitions.gates.service.pairing import Rights, offer_pairing
from tests.e2e.look import CHROMIUM, chromium
from tests.factories import make_expo
from tests.people import make_people, sign_in

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
_FILM_SIZE = (640, 480)
_PICTURES_A_SECOND = 5


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: the application writes its own line for each request."""


@dataclass(frozen=True)
class Ticket:
    """A badge: its number in the store, its code, and its number as people type it."""

    id: int
    code: str
    typed: str


@dataclass
class Site:
    """A running server on a fresh database, with the fair "8th" open around the clock today."""

    url: str
    app: Flask
    expo_id: int
    _holders: int = 0

    def gate(self, code: str = "A") -> int:
        with self.app.app_context():
            found = sa.select(Gate.id).where(Gate.expo_id == self.expo_id, Gate.code == code)
            return int(db.session.scalars(found).one())

    def rows(self, question: sa.Executable) -> list[Any]:
        """What stands in the database now."""
        with self.app.app_context():
            return [tuple(row) for row in db.session.execute(question)]

    def do(self, act: Callable[[Expo], Any]) -> Any:
        """Let the fair be changed by `act`, in a transaction of its own."""
        with self.app.app_context(), transaction() as session:
            return act(session.get_one(Expo, self.expo_id))

    def sign_in(self, context: BrowserContext, name: str = "alice") -> None:
        """Put the session of one of the four people of tests.people on this browser."""
        cookie = sign_in(self.app, f"{name}@example.org").get_cookie("session")
        assert cookie is not None
        context.add_cookies([{"name": "session", "value": cookie.value, "url": self.url}])

    def badge(self, name: str = "王敏", class_key: str = "trade") -> Ticket:
        """A new badge that is good now."""

        def issue(expo: Expo) -> Ticket:
            badge_class = badge_queries.class_by_key(expo, class_key)
            assert badge_class is not None
            self._holders += 1
            holder = badges.Holder("visitor", self._holders, name, "大连星河工艺品有限公司", "LN")
            badge = badges.issue(expo, badge_class, holder)
            return Ticket(badge.id, badges.code_of(expo, badge), number.with_check(badge.number))

        made: Ticket = self.do(issue)
        return made

    def paired(self, page: Page, gate: str = "A") -> Page:
        """Make the browser the scanner of a gate, by a link of the organiser (G1)."""
        found = self.gate(gate)
        token = self.do(lambda expo: offer_pairing(expo, Rights([db.session.get_one(Gate, found)])))
        page.goto(f"/gate/8th/pair/{token}")
        page.locator("[data-part=start]").click()
        page.wait_for_url(f"**/gate/8th/{found}/")
        page.wait_for_selector("#scanner[data-ready]")
        return page

    def report(self) -> dict[str, Any]:
        """What `flask report attendance --json` prints."""
        done = self.app.test_cli_runner().invoke(args=["report", "attendance", "--expo", "8th", "--json"])
        assert done.exit_code == 0, done.output
        found: dict[str, Any] = json.loads(done.output)
        return found


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[str]:
    """The address of a server of the application, at a free port unless one is named. At the end requests under way are waited for, or their connections would
    be found open when the database of the test goes."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    server.daemon_threads = False  # type: ignore[attr-defined]  # A daemon's thread is not waited for.
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _open_around_the_clock(expo_id: int) -> None:
    """So that a test gives the same answers at every hour: from midnight to midnight."""
    always = {"door_from": time(0), "door_to": time(0)}
    official = {"official_from": time(0), "official_to": time(0)}
    with transaction() as session:
        session.execute(sa.update(Door).where(Door.expo_id == expo_id).values(**always))
        opened = sa.update(ExpoDay).where(ExpoDay.expo_id == expo_id, ExpoDay.official_from.is_not(None))
        session.execute(opened.values(**official))
        session.execute(sa.update(Expo).values(setup_version=Expo.setup_version + 1))


@pytest.fixture
def site(app: Flask) -> Iterator[Site]:
    with app.app_context():
        expo_id = make_expo()
        _open_around_the_clock(expo_id)
    make_people(app)
    with serving(app) as url:
        app.config.update(PUBLIC_URL=url, WTF_CSRF_ENABLED=True)
        yield Site(url, app, expo_id)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    if chromium() is None:
        sentence = f"Chromium is not installed: none of {', '.join(CHROMIUM)} is there."
        if os.environ.get("CI"):
            pytest.fail(f"{sentence} In CI the browser tests must run.")
        pytest.skip(sentence)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser that has no camera."""
    browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture
def phone(browser: Browser, site: Site) -> Iterator[Page]:
    """A phone of a visitor or a helper: nobody is signed in."""
    context = browser.new_context(locale="zh-CN", viewport=PHONE, base_url=site.url, has_touch=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(browser: Browser, site: Site) -> Iterator[Page]:
    """Alice's screen, the organiser's."""
    context = browser.new_context(locale="zh-CN", viewport=DESK, base_url=site.url)
    site.sign_in(context)
    yield context.new_page()
    context.close()


@pytest.fixture
def camera_phone(playwright: Playwright, site: Site) -> Iterator[Callable[[Path], Page]]:
    """Makes phones whose camera sees a film, again and again."""
    started: list[Browser] = []

    def make(film: Path) -> Page:
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=[
                "--no-sandbox",
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={film}",
            ],
        )
        started.append(browser)
        return browser.new_context(locale="zh-CN", viewport=PHONE, base_url=site.url).new_page()

    yield make
    for browser in started:
        with suppress(Exception):
            browser.close()


def film_of(code: Path, film: Path, seconds: float, then_nothing: float) -> Path:
    """A film in which the picture `code` is held before the camera, then a grey wall: raw YUV 4:2:0 in .y4m."""
    wall = Image.new("L", _FILM_SIZE, 128)
    held = wall.copy()
    picture = Image.open(code).convert("L").resize((380, 380), Image.Resampling.LANCZOS)
    held.paste(picture, ((_FILM_SIZE[0] - 380) // 2, (_FILM_SIZE[1] - 380) // 2))
    assert zxingcpp.read_barcodes(held)[0].text == zxingcpp.read_barcodes(Image.open(code))[0].text
    grey = bytes([128]) * (_FILM_SIZE[0] * _FILM_SIZE[1] // 2)
    with film.open("wb") as file:
        file.write(b"YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420jpeg\n" % (*_FILM_SIZE, _PICTURES_A_SECOND))
        for shown, length in ((held, seconds), (wall, then_nothing)):
            for _ in range(round(length * _PICTURES_A_SECOND)):
                file.write(b"FRAME\n" + shown.tobytes() + grey)
    return film
