"""Look at pages as people see them, and measure them against the bars of ux §2.

    python -m tests.e2e.look [--door PATH WORDS] BASE_URL OUTDIR PATH…

Each path is opened in Chinese and in English, on a phone (390×844) and on a desk screen (1280×900). A picture
of the whole page is kept in OUTDIR, and one line is printed for each: status, gzipped bytes (pictures apart),
sideways scrolling at 320 px, requests to other hosts, console errors and axe violations. `--door` first opens
PATH and clicks the button or link that says WORDS, to come in with a role. The exit code is 1 if anything is amiss.
"""

from __future__ import annotations

import argparse
import gzip
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, Error, Page, Response, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SIZES = {"phone": (390, 844), "desk": (1280, 900)}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
NARROWEST = 320
# The shell without windows needs half of the time; it is taken where it is.
CHROMIUM = (
    "/usr/bin/chromium-headless-shell",
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
)


@dataclass
class Seen:
    """What one visit of one page showed."""

    status: int = 0
    text_bytes: int = 0
    picture_bytes: int = 0
    sideways: int = 0
    foreign: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    axe: list[str] = field(default_factory=list)

    @property
    def amiss(self) -> bool:
        """Whether the page breaks a bar that holds for every page (B1, B4)."""
        return bool(self.sideways or self.foreign or self.console or self.axe)

    def line(self) -> str:
        """One line for the terminal; sizes in kB of 1,000 bytes."""
        parts = [
            str(self.status),
            f"{self.text_bytes / 1000:.1f} kB",
            f"pictures {self.picture_bytes / 1000:.1f} kB",
        ]
        if self.sideways:
            parts.append(f"SIDEWAYS {self.sideways} px at {NARROWEST}")
        parts += [f"FOREIGN {url}" for url in self.foreign]
        parts += [f"CONSOLE {text}" for text in self.console]
        parts += [f"AXE {text}" for text in self.axe]
        return " · ".join(parts)


def chromium() -> str | None:
    """The system's Chromium, or None for the one that playwright brings."""
    return next((path for path in CHROMIUM if Path(path).exists()), None)


# What lies under a bar that stays in view is scrolled out from under it; axe takes it for too small where it stands.
_AXE = """async tags => {
  const bars = [...document.querySelectorAll(".room-bar")];
  for (const bar of bars) bar.style.position = "static";
  const result = await axe.run({runOnly: {type: "tag", values: tags}});
  for (const bar of bars) bar.style.position = "";
  return result.violations;
}"""


def violations(page: Page, axe: Path = AXE) -> list[str]:
    """Axe's violations of WCAG 2.2 A and AA on the page as it stands (B4)."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(axe.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(_AXE, AXE_TAGS)
    return [
        f"{item['id']}: "
        + " | ".join(f"{node['target'][0]} {node['failureSummary']}" for node in item["nodes"][:3])
        for item in found
    ]


def sideways(page: Page) -> int:
    """How many px the page scrolls sideways at 320 px width (B4: none)."""
    before = page.viewport_size
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    width: int = page.evaluate("document.scrollingElement.scrollWidth")
    if before is not None:
        page.set_viewport_size(before)
    return max(0, width - NARROWEST)


def _weigh(seen: Seen, answer: Response, host: str) -> None:
    """Add the answer to the page's weight: text as if gzipped, pictures as they are."""
    if urlsplit(answer.url).scheme not in {"http", "https"}:
        return
    if urlsplit(answer.url).netloc != host:
        seen.foreign.append(answer.url)
    try:
        body = answer.body()
    except Error:
        return  # A redirect has no body.
    kind = answer.headers.get("content-type", "")
    if kind.startswith("image/") and "svg" not in kind:
        seen.picture_bytes += len(body)
    else:
        seen.text_bytes += len(gzip.compress(body, 9))


def visit(page: Page, url: str, picture: Path, axe: Path = AXE) -> Seen:
    """Open `url`, keep a picture of the whole page, and measure it."""
    seen = Seen()
    answers: dict[str, Response] = {}
    page.on("response", lambda answer: answers.update({answer.url: answer}))
    page.on("console", lambda note: seen.console.append(note.text) if note.type == "error" else None)
    page.on("pageerror", lambda error: seen.console.append(str(error)))
    first = page.goto(url, wait_until="load")
    seen.status = first.status if first else 0
    page.wait_for_timeout(300)
    for answer in list(answers.values()):
        _weigh(seen, answer, urlsplit(url).netloc)
    page.screenshot(path=str(picture), full_page=True)
    seen.axe = violations(page, axe)
    seen.sideways = sideways(page)
    if seen.status >= 400:  # The browser itself reports the page's own status as an error.
        seen.console = [text for text in seen.console if "Failed to load resource" not in text]
    return seen


def look(browser: Browser, options: argparse.Namespace) -> bool:
    """Visit every path in both languages and sizes; True if nothing is amiss."""
    fine = True
    for language, locale in LOCALES.items():
        for size, (width, height) in SIZES.items():
            context = browser.new_context(
                locale=locale, viewport={"width": width, "height": height}, ignore_https_errors=True
            )
            if options.door:
                page = context.new_page()
                page.goto(urljoin(options.base, options.door[0]))
                page.locator("a, button").filter(has_text=re.compile(options.door[1])).first.click()
                page.wait_for_load_state("load")
                page.close()
            for path in options.paths:
                page = context.new_page()
                name = re.sub(r"[^\w-]+", "-", path).strip("-") or "index"
                picture = options.outdir / f"{name}.{size}.{language}.png"
                seen = visit(page, urljoin(options.base, path), picture, options.axe)
                sys.stdout.write(f"{path} {size} {language}: {seen.line()}\n")
                fine = fine and not seen.amiss
                page.close()
            context.close()
    return fine


def main() -> int:
    """Read the command line, look, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("base")
    parser.add_argument("outdir", type=Path)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--door", nargs=2, metavar=("PATH", "WORDS"))
    parser.add_argument("--axe", type=Path, default=AXE)
    options = parser.parse_args()
    options.outdir.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        fine = look(browser, options)
        browser.close()
    return 0 if fine else 1


if __name__ == "__main__":
    raise SystemExit(main())
