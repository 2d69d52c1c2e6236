"""Bar B3 of the pages: Lighthouse's marks that do not depend on the machine. `bench/lighthouse.py` also gives speed."""

from __future__ import annotations

import os
from collections.abc import Iterator

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


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("page", lighthouse.PAGES, ids=lambda page: page.name)
def test_b3_every_mark_but_speed(demo: str, browser: Browser, page: lighthouse.Marked, language: str) -> None:
    least = {name: mark for name, mark in page.sort.least.items() if name != "performance"}
    address, cookie = lighthouse.enter(browser, demo, page, language)
    report = lighthouse.ask(address, cookie, language, list(least))
    assert report["finalDisplayedUrl"] == address
    for name, mark in least.items():
        wrong = [
            report["audits"][one["id"]]["title"]
            for one in report["categories"][name]["auditRefs"]
            if one["weight"] and report["audits"][one["id"]]["score"] not in (None, 1)
        ]
        assert 100 * report["categories"][name]["score"] >= mark, wrong
