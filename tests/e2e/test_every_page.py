"""Every page that can be opened, in Chinese and English, on a narrow phone and on a desk screen (ux §2).

The pages come from `url_map`: an address whose places have words in `full_fair` is opened, an endpoint that is no page
stands in `NO_PAGES` with the reason, and whatever is neither fails. Each page is opened once a language, looked at in both
widths, and must have: no axe violation (B4; in Chinese on the phone, in English on the desk screen, because what axe looks
at hangs on the width and on the page, not on the words), no sideways scrolling at 320 px (B4), nothing from another host
(B1), no error in the console and none of the policy, the right language and no word left untranslated (B8), controls that
a thumb hits where thumbs are used (B9; 24 px elsewhere is axe's), and a weight within its bar (B1).
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from babel.messages.pofile import read_po
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Response
from werkzeug.routing import Rule

from exhibitions.accounts import queries as accounts
from exhibitions.accounts import service as account_service
from exhibitions.app import create_app
from exhibitions.core import clock
from exhibitions.core.access import Kind, Permission, mark_of
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import Role
from exhibitions.files import service as files
from exhibitions.jobs import service as jobs
from exhibitions.jobs.commands.running import drain
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import State
from exhibitions.portal.service.demo import making
from exhibitions.visitors.models import Registration
from exhibitions.visitors.service import importing
from tests.companies.register import fill_register
from tests.conftest import COMPILED_TEMPLATES, settings_for
from tests.e2e.conftest import DESK, serving
from tests.e2e.look import AXE, LOCALES, NARROWEST, violations
from tests.full_fair import Everything, failed_mail, fill, kept_file
from tests.people import sign_in

ROOT = Path(__file__).resolve().parents[2]
PUBLIC_MOST, REGISTER_MOST, DESK_MOST = 100_000, 60_000, 180_000
THUMB = 43.5

NO_PAGES = {
    "awards.paper_scan": "a file",
    "accounts.app": "leads to the account unless a secret waits to be confirmed; looked at in tests/e2e/test_passkey.py",
    "awards.judging": "after the code alone, as the pages behind it; looked at in tests/e2e/test_judging.py",
    "awards.judging_check": "as the juror's other pages",
    "awards.judging_fields": "an answer for the page's script",
    "awards.judging_interests": "as the juror's other pages",
    "awards.judging_order": "as the juror's other pages",
    "awards.judging_order_check": "as the juror's other pages",
    "awards.judging_order_fields": "an answer for the page's script",
    "awards.jury_leave": "as the juror's other pages",
    "awards.judging_picture": "a picture, looked at on the sheet",
    "awards.judging_recuse": "as the juror's other pages",
    "awards.judging_sheet": "as the juror's other pages",
    "awards.judging_worker": "a script",
    "accounts.recovery_codes": "shown once, after they were made; looked at in tests/e2e/test_passkey.py",
    "stands.plan_import_template": "a table",
    "stands.plan_paper": "a PDF",
    "stands.plan_picture_file": "a picture, looked at under the plan",
    "stands.public_plan_pdf": "a PDF",
    "awards.certificates_pdf": "a PDF",
    "awards.result_zip": "a file",
    "awards.tally_file": "a table",
    "awards.winners_zip": "a file",
    "static": "files of the product",
    "badges.calibration_sheet": "a PDF",
    "badges.preview": "a picture, looked at on the page of the design",
    "badges.sample": "a PDF",
    "exhibitors.application_paper": "a file",
    "exhibitors.decision_letter": "a PDF",
    "exhibitors.known": "only after this browser named a company of the register; opened in tests/exhibitors/test_applying.py",
    "exhibitors.paper": "a file",
    "files.download": "a file",
    "files.organisation_download": "a file",
    "calendars.tasks": "a calendar file",
    "companies.import_template": "a file",
    "mail.picture": "a picture, looked at on the page of the message",
    "orders.receipt": "a PDF",
    "orders.slip_file": "a file",
    "my_badge.calendar": "a calendar file",
    "orders.contract_pdf": "a PDF",
    "orders.supplement_pdf": "a PDF",
    "orders.supplement_scan": "a file",
    "orders.my_supplement": "a PDF, of its own order",
    "orders.my_contract": "a PDF, once there is an order",
    "orders.stamped_scan": "a file",
    "my_badge.card": "a picture",
    "my_badge.code": "a picture",
    "my_badge.colleague_code": "a picture",
    "my_badge.colleagues_pdf": "a file, where a job has made one",
    "portal.assigning_order_file": "a table as a file",
    "portal.demo_code": "a picture",
    "portal.directory_csv": "a table as a file",
    "portal.directory_json": "open data",
    "portal.directory_pdf": "a file, where a job has made one",
    "portal.directory_picture": "a picture",
    "portal.fascias": "a table as a file",
    "portal.own_picture": "a picture",
    "portal.award_file": "a picture or a paper",
    "awards.entry_file": "a picture or a paper",
    "orders.ordered_services": "a table as a file",
    "exhibitors.figures_by_day": "a picture, looked at on the page of the figures",
    "reports.exhibition_evidence": "a file",
    "visitors.fair_poster": "a picture or a PDF",
    "visitors.poster": "a picture or a PDF",
    "portal.demo_scanned": "opened by pressing a sample's button, below",
    "portal.desk_index": "leads to the doors",
    "portal.favicon": "a picture",
    "portal.my_copy_file": "a file",
    "portal.processing_file": "a table as a file",
    "previews.enter": "leads to the fair's page and lets it be seen",
    "portal.healthz": "an answer for machines",
    "portal.readyz": "an answer for machines",
    "portal.robots": "a text for machines",
    "reports.arrivals": "a picture, looked at on the board",
    "reports.figures": "a part of the board",
    "reports.registrations_chart": "a picture, looked at on the desk",
    "scanner.decoder": "a script",
    "scanner.today": "figures for the scanner",
    "tasks.export": "a table as a file",
    "upkeep.logo": "a picture",
    "upkeep.metrics_page": "figures for machines, closed unless opened",
    "visitors.badge_worker": "a script",
    "visitors.import_template": "a workbook",
}
_PLACE = re.compile(r"<(?:int:|any\((\w+)[^)]*\):)?(\w+)>")


@dataclass(frozen=True)
class Visit:
    """A page: its address with places for words, who opens it, what is pressed there, and the answer's status."""

    path: str
    who: str
    press: str = ""
    status: int = 200

    def __str__(self) -> str:
        return f"{self.path}{' ' + self.press if self.press else ''}".replace("<slug>", "8th")


@dataclass
class Running:
    """The running product: the demo with one of everything in its fair, and a fair in which nothing is."""

    url: str
    app: Flask
    made: Everything
    organisation: dict[str, int]
    more: dict[str, int]
    contexts: dict[tuple[str, str], BrowserContext] = field(default_factory=dict)

    def context(self, browser: Browser, who: str, language: str) -> BrowserContext:
        if (who, language) not in self.contexts:
            context = browser.new_context(locale=LOCALES[language], viewport=DESK, base_url=self.url)
            # Sent once a window, not once a page: to send and compile axe took as long as its looking.
            context.add_init_script(path=AXE)
            if who:
                cookie = sign_in(self.app, making.email_of(who)).get_cookie("session")
                assert cookie is not None
                context.add_cookies([{"name": "session", "value": cookie.value, "url": self.url}])
            self.contexts[who, language] = context
        return self.contexts[who, language]

    @contextmanager
    def tab(self, browser: Browser, who: str, language: str) -> Iterator[Page]:
        """The reader's window, in which one page is opened after the other; a new one after a visit that went wrong.

        A window for each page would start a process of the browser for each, and there nothing is compiled yet.
        """
        context = self.context(browser, who, language)
        page = context.pages[0] if context.pages else context.new_page()
        page.set_viewport_size(DESK)
        try:
            yield page
        except BaseException:
            page.close()
            raise

    def address(self, path: str) -> str:
        numbers = (
            self.organisation if path.startswith("/desk/") and "<slug>" not in path else self.made.places
        )
        secret = self.made.pairing if path.startswith("/gate/") else self.made.link
        secret = self.made.leave if "/unsubscribe/" in path else secret
        secret = self.made.copy if "/my-data/" in path else secret
        if path.startswith("/sign-in/"):
            secret = self.made.account_links.get(path.split("/")[2], "")
        words = {name: str(number) for name, number in (numbers | self.more).items()}
        words |= {"slug": self.made.slug, "token": secret, "kind": "visitors.badge_link"}
        if not path.startswith("/desk/"):
            words["key"] = "press"
        words |= self.made.words_under(path)
        return _PLACE.sub(lambda place: place[1] or words[place[2]], path)


def reader(rule: Rule, app: Flask) -> str:
    """Whose page it is: nobody's in particular, the administrator's, the award office's, or the organiser's."""
    mark = mark_of(app.view_functions[rule.endpoint])
    assert mark is not None
    if mark.kind in (Kind.PUBLIC, Kind.PERSONAL_LINK, Kind.DEVICE):
        return ""
    if mark.permission is Permission.AWARDS_RESULTS:
        return "award"
    return "organiser" if "<slug>" in rule.rule else "administrator"


@cache
def visits() -> list[Visit]:
    """Every page of the map, then states of pages that an address or a click brings about."""
    app = create_app(settings_for("sqlite:////nowhere.db", Path("/tmp")))  # noqa: S108 - nothing is written: it is asked for its map.
    rules = [
        r for r in app.url_map.iter_rules() if "GET" in (r.methods or set()) and r.endpoint not in NO_PAGES
    ]
    pages = [Visit(rule.rule, reader(rule, app)) for rule in sorted(rules, key=lambda rule: rule.rule)]
    desk = "/desk/<slug>"
    empty = [
        Visit(one.path.replace("<slug>", "empty"), "administrator")
        for one in pages
        if one.path.startswith(f"{desk}/")
        and "<int:" not in one.path
        and "<key>" not in one.path
        and "<stand_number" not in one.path
        and not any(place in one.path for place in ("<key>", "<day>", "<number>", "<exhibitor_number>"))
        # A fair that is no copy has nothing to say of one.
        and not one.path.endswith(("/new", "/copied"))
    ]
    return [
        *pages,
        *empty,
        Visit("/empty/", "administrator"),
        Visit("/empty/register", "administrator"),
        Visit("/empty/remind-me", "administrator"),
        Visit("/empty/remind-me", "administrator", "main form [type=submit]", 422),
        Visit("/7th/", ""),
        Visit("/7th/register", ""),
        Visit("/8th/register", "", "main form [type=submit]", 422),
        Visit("/8th/register?at=1", ""),
        Visit("/8th/find-badge", "", "main form [type=submit]", 422),
        Visit("/sign-in", "", "main form [type=submit]", 422),
        Visit("/sign-in/invitation/none", "", status=404),
        Visit("/sign-in/new-password/none", "", status=404),
        Visit(f"{desk}/people?state=disabled", "organiser"),
        Visit("/desk/people/invite", "administrator", "main form [type=submit]", 422),
        Visit("/demo", "", "form[action$='/scan'] button"),
        Visit("/nothing", "", status=404),
        Visit("/8th/badge/none", "", status=404),
        Visit("/desk/audit", "organiser", status=403),
        Visit("/desk/new", "administrator", "main form [type=submit]", 422),
        Visit("/doors", "organiser"),
        Visit(f"{desk}/gates", "organiser", "main form button"),
        Visit(f"{desk}/visitors/<int:registration_id>", "organiser", "form[action$='/unmask'] button"),
        Visit(f"{desk}/visitors/<int:cancelled>", "organiser"),
        Visit(f"{desk}/visitors?status=cancelled&sort=name&page=2", "organiser"),
        Visit(f"{desk}/visitor-desk?one=<int:registration_id>", "desk"),
        Visit(f"{desk}/visitors/imports/<int:checked>", "organiser"),
        Visit(f"{desk}/visitors/imports/<int:imported>", "organiser"),
        Visit(f"{desk}/visitors/imports/<int:imported>/undo", "organiser"),
        Visit(f"{desk}/jobs/<int:done>", "organiser"),
        Visit(f"{desk}/jobs/<int:failed>", "organiser"),
        Visit(f"{desk}/mail?box=sent", "organiser"),
        Visit(f"{desk}/badges?printed=all", "organiser"),
        Visit(f"{desk}/badges?printed=printed", "organiser"),
        Visit(f"{desk}/scans?gate=<int:gate_id>&verdict=first_today", "organiser"),
        Visit(f"{desk}/scans", "viewer"),
        Visit(f"{desk}/setup/days/new", "organiser", "main form [type=submit]", 422),
    ]


def make_imports(expo: Expo, by: Actor) -> dict[str, int]:
    """Imports at every stage and jobs with every end."""
    numbers = {}
    for name, ask in (("checked", importing.ask_check), ("imported", importing.ask_run)):
        people = "".join(f"来宾{n},139{len(name)}000{n:04},星河\n" for n in range(12))
        kept = files.write(f"姓名,手机号,单位名称\n{people}坏,12,\n".encode())
        with transaction():
            row = importing.begin(expo, kept, f"{name}.csv", by)
            numbers[name] = row.id
        with transaction():
            ask(expo, row, by)
    drain(names={importing.CHECK, importing.RUN})
    with transaction() as session:
        failed, done = session.scalars(sa.select(Job).where(Job.state == State.DONE).order_by(Job.id)).all()
        numbers |= {"failed": failed.id, "done": done.id}
        failed.state, failed.error_reference = State.FAILED, "1A2B-3C"
        failed.error_code, failed.error_message = "fault", "Something went wrong on our side."
    return numbers


def build(app: Flask) -> tuple[Everything, dict[str, int], dict[str, int]]:
    for _word, step in making.steps(None, clock.now()):
        with transaction():
            step()
    expo = db.session.scalars(sa.select(Expo).where(Expo.slug == "8th")).one()
    users = {name: accounts.user_by_email(making.email_of(name)) for name in ("organiser", "administrator")}
    by, higher = (Actor("user", user.id, user.name) for user in users.values() if user is not None)
    more = make_imports(expo, by)
    with transaction() as session:
        empty = expo_service.create_expo(
            expo_service.create_series("新展", "New fair"),
            expo_service.Identity("empty", 1, "新展", "New fair"),
        )
        empty.registration_opens_at = clock.now() + timedelta(days=3)
        expo_service.grant_role(empty, by.id or 0, Role.ORGANISER)
        made = fill(expo, by)
        person = session.get_one(Registration, made.places["registration_id"])
        cancelled = sa.select(Registration.id).where(Registration.state == "cancelled").limit(1)
        more["cancelled"] = session.scalars(cancelled).one()
        organisation = {"mail_id": failed_mail(None, person), "file_id": kept_file(None, higher)}
        organisation["user_id"] = int(made.places["user_id"])
        organisation["registration_id"] = person.id
        for kind in ("invitation", "new-password"):
            ends = clock.now() + timedelta(days=7)
            made.account_links[kind] = account_service.mint_link(
                kind, organisation["user_id"], expires_at=ends
            )
        organisation["job_id"] = jobs.enqueue(importing.CHECK, "0", {}, actor=higher).id
        organisation |= fill_register(higher)
    return made, organisation, more


@pytest.fixture(scope="module")
def running(
    browser: Browser, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    # It asks for the browser so that its windows are closed before the browser is.
    folder = tmp_path_factory.mktemp("pages")
    path = folder / "pages.db"
    path.write_bytes(sqlite_template.read_bytes())
    app = create_app(settings_for(f"sqlite:///{path}", folder))
    app.jinja_env.bytecode_cache = COMPILED_TEMPLATES
    with app.app_context():
        made, organisation, more = build(app)
        db.session.remove()
    with serving(app) as url:
        app.config.update(PUBLIC_URL=url)
        running = Running(url, app, made, organisation, more)
        yield running
        for context in running.contexts.values():
            context.close()
    with app.app_context():
        db.engine.dispose()


@cache
def english() -> re.Pattern[str]:
    """The sentences of the product in English, of two words or more: a Chinese page has none of them as a line."""
    found: set[str] = set()
    for path in sorted((ROOT / "exhibitions" / "translations" / "zh" / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                texts = message.id if isinstance(message.id, tuple) else (message.id,)
                said = message.string if isinstance(message.string, tuple) else (message.string,)
                found |= {str(text) for text in texts if text not in said}
    words = {text: re.findall(r"[A-Za-z]{2,}", re.sub(r"%\(\w+\)[sd]", "", text)) for text in found}
    long = sorted(text for text in found if len(words[text]) > 1)
    return re.compile("|".join(re.sub(r"%\\\(\w+\\\)[sd]", ".+", re.escape(text)) for text in long))


# What is said to be English (the English words of a message beside the Chinese ones) may be.
_WORDS = """() => {
  const foreign = [...document.querySelectorAll("main [lang=en]:not([hidden])")];
  for (const item of foreign) item.style.display = "none";
  const lines = document.body.innerText.split("\\n");
  for (const item of foreign) item.style.display = "";
  for (const item of document.querySelectorAll("[aria-label],[title],[placeholder],[alt]"))
    for (const name of ["aria-label", "title", "placeholder", "alt"])
      if (item.hasAttribute(name)) lines.push(item.getAttribute(name));
  lines.push(document.title.split(" · ")[0]);
  return lines.map(line => line.trim()).filter(line => /[A-Za-z]{2}/.test(line));
}"""
# A control counts with the label that belongs to it, and with what it is spread over.
_SMALL = """least => [...document.querySelectorAll(
    "button, .btn, input:not([type=hidden]), select, textarea, summary")]
  .filter(item => item.checkVisibility() && !item.closest(".skip-link, .visually-hidden"))
  .map(item => item.matches("[type=checkbox], [type=radio]") ? (item.labels[0] ?? item) : item)
  .map(item => {
    const after = getComputedStyle(item, "::after");
    const spread = after.content !== "none" && after.position === "absolute";
    return [item, (spread ? item.offsetParent : item).getBoundingClientRect()];
  })
  .filter(([item, box]) => box.width > 1 && box.height > 1 && box.height < least)
  .map(([item, box]) => `${item.outerHTML.slice(0, 90)} is ${box.height} px high`)"""


_WIDE = """most => [...document.querySelectorAll("body *")]
  .filter(item => item.getBoundingClientRect().right > most && !item.closest(".table-box"))
  .slice(0, 3).map(item => item.outerHTML.slice(0, 120)).join(" | ")"""


class Notes:
    """What the browser says while a page is opened."""

    def __init__(self, page: Page, host: str) -> None:
        self._host = host
        self.wrong: list[str] = []
        self._answers: dict[str, Response] = {}
        self._page = page
        page.on("response", self._answered)
        page.on("console", self._said)
        page.on("pageerror", self._failed)

    def _answered(self, answer: Response) -> None:
        self._answers[answer.url] = answer

    def _said(self, note: ConsoleMessage) -> None:
        if note.type == "error":
            self.wrong.append(note.text)

    def _failed(self, error: Error) -> None:
        self.wrong.append(str(error))

    def __enter__(self) -> Notes:
        return self

    def __exit__(self, *_exception: object) -> None:
        """The next page's notes are taken by another."""
        self._page.remove_listener("response", self._answered)
        self._page.remove_listener("console", self._said)
        self._page.remove_listener("pageerror", self._failed)

    def foreign(self) -> list[str]:
        places = [(url, urlsplit(url)) for url in list(self._answers)]
        return [
            url for url, place in places if place.scheme in ("http", "https") and place.netloc != self._host
        ]

    def weight(self) -> int:
        """Bytes of the page and what it fetched, as if gzipped, without pictures."""
        return sum(_gzipped(answer) for answer in list(self._answers.values()))


_weights: dict[str, int] = {}


def _gzipped(answer: Response) -> int:
    kind = answer.headers.get("content-type", "")
    if kind.startswith("image/") and "svg" not in kind:
        return 0
    if "/static/" in answer.url and answer.url in _weights:
        return _weights[answer.url]
    try:
        size = len(gzip.compress(answer.body(), 9))
    except Error:
        return 0  # A redirect has no body.
    if "/static/" in answer.url:
        _weights[answer.url] = size
    return size


def most(path: str) -> int | None:
    """The bar of a page's weight; the scanner brings a reader of codes with it and has none."""
    if path.startswith("/gate/"):
        return None
    if path.startswith("/desk"):
        return DESK_MOST
    return REGISTER_MOST if path.endswith("/register") else PUBLIC_MOST


def wrong_words(page: Page, language: str) -> list[str]:
    said = page.get_attribute("html", "lang")
    found = [] if said == {"zh": "zh-CN", "en": "en"}[language] else [f"the page says it is in {said}"]
    if language == "zh":
        lines: list[str] = page.evaluate(_WORDS)
        found += [f"not translated: {line}" for line in lines if english().fullmatch(line)]
    return found


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("visit", visits(), ids=str)
def test_a_page(browser: Browser, running: Running, visit: Visit, language: str) -> None:
    with (
        running.tab(browser, visit.who, language) as page,
        Notes(page, urlsplit(running.url).netloc) as notes,
    ):
        wrong = look_at(page, notes, visit, running.address(visit.path), language)
    assert not wrong, "\n".join(wrong)


def look_at(page: Page, notes: Notes, visit: Visit, path: str, language: str) -> list[str]:
    """All that is wrong with the page of this visit."""
    answer = page.goto(path)
    if visit.press:
        with page.expect_navigation() as arriving:
            page.locator(visit.press).first.click()
        answer = arriving.value
    assert answer is not None
    assert answer.status == visit.status
    wrong = wrong_words(page, language)
    if language == "en":
        wrong += [f"axe, wide: {text}" for text in violations(page)]
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    if language == "zh":
        wrong += [f"axe, narrow: {text}" for text in violations(page)]
    width: int = page.evaluate("document.scrollingElement.scrollWidth")
    wrong += (
        [f"{width} px wide at {NARROWEST}: {page.evaluate(_WIDE, NARROWEST)}"] if width > NARROWEST else []
    )
    if not path.startswith("/desk"):
        wrong += page.evaluate(_SMALL, THUMB)
    wrong += [f"from elsewhere: {url}" for url in notes.foreign()]
    # The browser itself reports the page's own status as an error.
    wrong += [text for text in notes.wrong if visit.status == 200 or "Failed to load resource" not in text]
    limit, weight = most(visit.path), notes.weight()
    return wrong + ([f"{weight} bytes"] if limit is not None and not visit.press and weight > limit else [])


def test_every_address_is_a_page_or_is_none(running: Running) -> None:
    """A new address with a word that `full_fair` does not know, or a reason for an endpoint that is gone, fails here."""
    assert [path for visit in visits() if "<" in (path := running.address(visit.path))] == []
    assert set(NO_PAGES) - set(running.app.view_functions) == set()
