"""The pictures of the README, taken from a running demo: `python -m tests.e2e.pictures http://localhost:8000`."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"


def shoot(browser: Browser, base: str, name: str, door: str, size: tuple[int, int]) -> None:
    """Enter by a door of the demo (an address, or the action of a form on its page) and take one picture."""
    page = browser.new_context(viewport={"width": size[0], "height": size[1]}).new_page()
    page.goto(f"{base}/demo?lang=zh")
    if door.startswith("/demo/"):
        page.locator(f'form[action="{door}"] button').click()
    else:
        page.goto(base + door)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")


def main() -> None:
    """Take all pictures."""
    base = sys.argv[1].rstrip("/")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        shoot(browser, base, "fair", "/8th/", (1120, 760))
        shoot(browser, base, "badge", "/demo/visitor", (390, 760))
        shoot(browser, base, "board", "/demo/enter/viewer", (1120, 760))
        browser.close()


if __name__ == "__main__":
    main()
