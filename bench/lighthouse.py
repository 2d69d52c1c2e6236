"""Lighthouse's marks for V1 V2 V3 O1 O6 in both languages, against bar B3 of the pages: a phone on a slow network.

The product is served as an operator serves it, with the demo in it, and Chromium comes in by the demo's doors. The mark
for speed depends on how busy the machine is; the others do not, and tests/e2e/test_lighthouse.py holds them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import flask_migrate
import sqlalchemy as sa
from playwright.sync_api import Browser, sync_playwright

from bench.figures import Figure
from bench.installation import ROOT, Installation
from exhibitions.core import clock
from exhibitions.core.db import transaction
from exhibitions.expos.models import Expo
from tests.e2e.look import LOCALES, chromium

PROGRAM = ROOT / "node_modules" / "lighthouse" / "cli" / "index.js"
_FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"


@dataclass(frozen=True)
class Sort:
    """The least marks out of a hundred, by Lighthouse's own names."""

    least: dict[str, int]


# A personal page is kept out of search machines on purpose, so nothing is asked of it there.
FOUND = Sort({"performance": 95, "accessibility": 100, "best-practices": 95, "seo": 90})
PERSONAL = Sort({"performance": 95, "accessibility": 100, "best-practices": 95})
DESK = Sort({"performance": 90, "accessibility": 100, "best-practices": 95})


@dataclass(frozen=True)
class Marked:
    """A page and what comes in by which door of the demo: the action of a form there, or nothing."""

    name: str
    sort: Sort
    path: str
    door: str = ""


PAGES = (
    Marked("V1 fair", FOUND, "/8th/"),
    Marked("V2 register", FOUND, "/8th/register"),
    Marked("V3 badge", PERSONAL, "", "/demo/visitor"),
    Marked("O1 desk", DESK, "/desk/8th/", "/demo/enter/organiser"),
    Marked("O6 registrations", DESK, "/desk/8th/visitors", "/demo/enter/organiser"),
)


def measure(short: bool) -> Iterator[Figure]:
    """A figure a page, language and category; in short one page of each sort, in Chinese."""
    if chromium() is None:
        return
    pages = [page for page in PAGES if page.name[:2] in ("V1", "O1")] if short else PAGES
    with running() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for page in pages:
            for language in ["zh"] if short else LOCALES:
                address, cookie = enter(browser, base, page, language)
                found = marks(address, cookie, language, list(page.sort.least))
                for category, least in page.sort.least.items():
                    yield Figure(f"{page.name}, {language}: {category}", "", found[category], "", 100, least)
        browser.close()


@contextmanager
def running() -> Iterator[str]:
    """The address of a server with a small demo, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as folder:
        place = Installation(Path(folder))
        with place.app().app_context():
            flask_migrate.upgrade()
        place.flask("demo", "--visits", "1000")
        with place.app().app_context(), transaction() as session:
            # The demo's day may be nearly over; a form that is closed is another page.
            session.execute(sa.update(Expo).values(registration_closes_at=clock.now() + timedelta(days=1)))
        place.start()
        try:
            yield f"http://localhost:{place.port}"
        finally:
            place.stop()


def enter(browser: Browser, base: str, page: Marked, language: str) -> tuple[str, str]:
    """The address of the page and the Cookie header of a person who came in by its door and reads this language."""
    context = browser.new_context(locale=LOCALES[language])
    tab = context.new_page()
    tab.goto(f"{base}/demo?lang={language}")
    if page.door:
        tab.locator(f'form[action="{page.door}"] button').click()
    address = base + page.path if page.path else tab.url
    cookie = "; ".join(f"{one.get('name')}={one.get('value')}" for one in context.cookies())
    context.close()
    return address, cookie


def marks(address: str, cookie: str, language: str, categories: list[str]) -> dict[str, float]:
    """What Lighthouse gives each category, out of a hundred. Raises RuntimeError when it could not look."""
    report = ask(address, cookie, language, categories)
    return {name: 100 * report["categories"][name]["score"] for name in categories}


def ask(address: str, cookie: str, language: str, categories: list[str]) -> dict[str, Any]:
    """Lighthouse's report of a page. Raises RuntimeError when it could not look."""
    headers = {"Cookie": cookie, "Accept-Language": LOCALES[language]}
    command = [
        str(Path(sys.executable).with_name("node")),
        str(PROGRAM),
        address,
        "--quiet",
        "--output=json",
        # Nobody looks at it, and it takes a third of the time.
        "--disable-full-page-screenshot",
        f"--chrome-flags={_FLAGS}",
    ]
    command += [f"--only-categories={','.join(categories)}", f"--extra-headers={json.dumps(headers)}"]
    environ = os.environ | {"CHROME_PATH": chromium() or ""}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=180)
    if done.returncode:
        raise RuntimeError(f"lighthouse {address}: {done.stderr[-2000:]}")
    report: dict[str, Any] = json.loads(done.stdout)
    if report.get("runtimeError"):
        raise RuntimeError(f"lighthouse {address}: {report['runtimeError']}")
    return report
