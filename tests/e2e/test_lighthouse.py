"""Bar B3 of the pages: Lighthouse's marks that do not depend on the machine. `bench/lighthouse.py` also gives speed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser

from bench import lighthouse
from tests.e2e.look import LOCALES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo(browser: Browser) -> Iterator[str]:
    if not lighthouse.PROGRAM.exists():
        if os.environ.get("CI"):
            pytest.fail("Lighthouse is not installed: npm ci brings it.")
        pytest.skip("Lighthouse is not installed: npm ci brings it.")
    with lighthouse.running() as base:
        yield base


@pytest.mark.parametrize("page", lighthouse.PAGES, ids=lambda page: page.name)
def test_b3_every_mark_but_speed(demo: str, browser: Browser, page: lighthouse.Marked) -> None:
    """In both languages, at once: most of the time Lighthouse waits for a page to be quiet."""
    least = {name: mark for name, mark in page.sort.least.items() if name != "performance"}
    doors = {language: lighthouse.enter(browser, demo, page, language) for language in LOCALES}
    with ThreadPoolExecutor(len(doors)) as pool:
        asked = {
            language: pool.submit(lighthouse.ask, address, cookie, language, list(least))
            for language, (address, cookie) in doors.items()
        }
    for language, (address, _cookie) in doors.items():
        report = asked[language].result()
        assert report["finalDisplayedUrl"] == address, language
        for name, mark in least.items():
            wrong = [
                report["audits"][one["id"]]["title"]
                for one in report["categories"][name]["auditRefs"]
                if one["weight"] and report["audits"][one["id"]]["score"] not in (None, 1)
            ]
            assert 100 * report["categories"][name]["score"] >= mark, (language, wrong)
