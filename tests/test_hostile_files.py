"""F17: hostile files of every kind to every view that takes a file.

Which views take files is found in the forms and the templates: a new one fails here until it is named.
"""

from __future__ import annotations

import gc
import re
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse
from wtforms import FileField

from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.forms import Form
from exhibitions.core.garbage import settle
from exhibitions.expos.models import Expo
from exhibitions.files.models import StoredFile
from tests.companies.register import enter
from tests.full_jury import jury
from tests.hostile import BAD_NAMES, MAKERS, made
from tests.orders import paying
from tests.orders.pricing import make_order
from tests.people import People
from tests.visitors.registering import add

ROOT = Path(__file__).resolve().parents[1]
IMPORTS, GROUP, RETURNED, LOGO, COMPANIES, PAPER = (
    "/desk/8th/visitors/imports",
    "/desk/8th/visitors/groups/1/add",
    "/desk/8th/mail/returned",
    "/desk/settings/organisation",
    "/desk/companies/imports",
    "/desk/companies/COMPANY/papers/add",
)
PICTURE, STANDS = "/desk/8th/floor-plan/halls/1/picture", "/desk/8th/floor-plan/import"
POINTS = "/desk/8th/floor-plan/order/points"
CONTRACT = "/desk/8th/orders/HT0800001"
BANK, PAID = "/desk/8th/orders/statements", "/8th/exhibitor/TOKEN/payments"
JURY_SHEET = "/desk/8th/awards/1/paper/P1-0001/scan"
OF_THE_HOUSE = frozenset({LOGO, COMPANIES, PAPER})
# The form, the template and the field of each view that takes files.
TAKES = {
    IMPORTS: ("UploadForm", "core/imports.html", "file"),
    GROUP: ("GroupForm", "visitors/group_add.html", "file"),
    RETURNED: ("BouncesForm", "mail/returned.html", "files"),
    PICTURE: ("PictureForm", "stands/plan_picture.html", "file"),
    STANDS: ("TableForm", "stands/plan_import.html", "file"),
    POINTS: ("PointsForm", "portal/assigning_order.html", "file"),
    LOGO: ("OrganisationForm", "upkeep/organisation.html", "logo"),
    CONTRACT: ("StampedForm", "orders/desk_order.html", "scan"),
    BANK: ("StatementForm", "orders/statements.html", "file"),
    PAID: ("SlipForm", "orders/my_payments.html", "file"),
    COMPANIES: ("UploadForm", "core/imports.html", "file"),
    PAPER: ("PaperForm", "companies/paper_form.html", "copy"),
    JURY_SHEET: ("ScanForm", "awards/paper_scan.html", "scan"),
}
PICTURES = {
    "AwardEntryForm": "portal/award_entry.html",
    "AwardFilesForm": "awards/entry.html",
    "EntryForm": "portal/entry.html",
    "ProductForm": "portal/entry.html",
    "PresenceForm": "portal/presence.html",
}
"""Pictures, all drawn anew by one rule: tests/exhibitors/test_centre_rules.py, tests/portal/test_exhibitor_desk.py,
tests/awards/test_entering.py."""
# F17's promise; a run that measures coverage is several times slower.
MOST_SECONDS = 15 if sys.gettrace() is None else 90
MOST_GROWTH_KIB = 300 * 1024
_TEMPLATE = re.compile(r"multipart=true|type=.file.|multipart/form-data")


def test_every_view_that_takes_a_file_is_named(app: Flask) -> None:
    def under(form: type[Form]) -> Iterator[type[Form]]:
        for one in form.__subclasses__():
            yield one
            yield from under(one)

    forms = {
        form.__name__
        for form in under(Form)
        if form.__module__.startswith("exhibitions.")
        for field in vars(form).values()
        if isinstance(getattr(field, "field_class", None), type) and issubclass(field.field_class, FileField)
    }
    templates = {
        str(path.relative_to(ROOT / "templates"))
        for path in (ROOT / "templates").rglob("*.html")
        if "_macros" not in path.parts and _TEMPLATE.search(path.read_text())
    }
    readers = {
        str(path.relative_to(ROOT / "exhibitions"))
        for path in (ROOT / "exhibitions").rglob("*.py")
        if re.search(r"request\.(files|stream|get_data|data\b)", path.read_text())
    }
    # A leader's own page has the form of the office's; an applicant's papers are copied as the register's own.
    assert forms == {form for form, _, _ in TAKES.values()} | PICTURES.keys()
    # An exhibitor's sealed supplement is read as the office's stamped copy (tests/orders/test_supplements.py).
    others = {
        "visitors/colleagues.html",
        "exhibitors/apply_papers.html",
        "orders/order.html",
        *PICTURES.values(),
    }
    assert templates == {template for _, template, _ in TAKES.values()} | others
    # Besides forms: the scans of devices (tests/api), and what only asks whether a file came.
    # A provider's notice is read once its signature is right (tests/orders).
    # What a juror types comes as JSON, strictly read (tests/awards/test_score_sheet.py, test_juror_order.py).
    typed = {"awards/views/judging.py", "awards/views/judging_order.py"}
    assert (
        readers
        == {"mail/forms.py", "api/views/scans.py", "core/kept.py", "orders/views/providers.py"} | typed
    )


@pytest.fixture(autouse=True)
def leader(app: Flask, people: People) -> None:
    """Somebody who leads a group, the first who is registered."""
    assert add(app) == 1


@pytest.fixture(autouse=True)
def contract(app: Flask, people: People) -> None:
    """An order whose stamped copy is still missing."""
    with app.app_context(), transaction():
        expo = db.session.scalars(sa.select(Expo)).one()
        assert make_order(expo).number == CONTRACT.rpartition("/")[2]


FIELDS = {
    LOGO: {"name_en": "Host", "timezone": "Asia/Shanghai"},
    STANDS: {"unit": "m"},
    PAPER: {"kind": "licence"},
    PAID: {"key": "1", "amount": "1", "paid_on": "2026-01-01"},
}
TOKENS: dict[str, str] = {}


@pytest.fixture(autouse=True)
def payer(app: Flask, people: People) -> None:
    """An exhibitor who has something to pay."""
    TOKENS["TOKEN"] = paying.make_order(app).token


@pytest.fixture(autouse=True)
def sheet(app: Flask, people: People) -> None:
    """A sheet of a paper jury."""
    with app.app_context(), transaction():
        jury(db.session.query(Expo).filter_by(slug="8th").one(), SYSTEM)


@pytest.fixture(autouse=True)
def company(app: Flask, people: People) -> None:
    """A company whose papers are kept."""
    with app.app_context(), transaction():
        TOKENS["COMPANY"] = str(enter().id)


def send(browser: FlaskClient, address: str, name: str, content: bytes) -> TestResponse:
    """Send a file as a browser does, but for the name, which goes as it is; gives the page that comes in the end."""
    fields = FIELDS.get(address, {})
    lines = [
        f'--frontier\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}'
        for key, value in fields.items()
    ]
    lines.append(
        f'--frontier\r\nContent-Disposition: form-data; name="{TAKES[address][2]}"; filename="{name}"\r\n\r\n'
    )
    body = "\r\n".join(lines).encode("utf-8", "replace") + content + b"\r\n--frontier--\r\n"
    answer = browser.post(
        f"{where(address)}?lang=zh",
        data=body,
        content_type="multipart/form-data; boundary=frontier",
    )
    return browser.get(f"{answer.location}") if answer.status_code == 303 else answer


def where(address: str) -> str:
    """The address, with the exhibitor's link or the company's number in it."""
    for place, word in TOKENS.items():
        address = address.replace(place, word)
    return address


def who(people: People, address: str) -> FlaskClient:
    return people.dora if address in OF_THE_HOUSE else people.alice


def named_files(app: Flask) -> set[str]:
    with app.app_context():
        return set(db.session.scalars(sa.select(StoredFile.path)))


def on_disk(folder: Path) -> set[str]:
    return {
        str(path.relative_to(folder / "files")) for path in (folder / "files").rglob("*") if path.is_file()
    }


def says_why(page: str) -> bool:
    """A sentence in Chinese beside the field or above the page; or the file is read, and its preview shown."""
    kinds = "<h1>核对名单|notice-error|notice-warning|field-error|error-summary|<table"
    return any(
        re.search(r"[\u4e00-\u9fff]{2}", page[found.end() :][:1500]) for found in re.finditer(kinds, page)
    )


@pytest.mark.parametrize("address", TAKES)
def test_f17_hostile_files_are_answered_in_words(
    app: Flask, people: People, tmp_path: Path, address: str
) -> None:
    """No fault, in time, in bounded memory, in the reader's language; nothing is left that no row names."""
    browser = who(people, address)
    # What was there before is not looked through again for each file.
    settle()
    for what in MAKERS:
        if address not in (IMPORTS, COMPANIES) and what.startswith("30 MB of"):
            continue  # Only a reader of tables sees a difference.
        name, content = made(what)
        gc.collect()
        before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
        answer = send(browser, address, name, content)
        seconds = time.monotonic() - began
        growth = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert answer.status_code in (200, 413, 422), (what, answer.text)
        assert "<script>alert" not in answer.text, what
        assert "root:" not in answer.text, what
        assert says_why(answer.text), (what, answer.text)
        # Not a figure of speed: the promise of F17 itself.
        assert seconds < MOST_SECONDS, what
        assert growth < MOST_GROWTH_KIB, what
        assert on_disk(tmp_path) == named_files(app), what
    assert browser.get("/healthz").status_code == 200
    assert browser.get(where(address)).status_code == 200


@pytest.mark.parametrize("address", TAKES)
def test_f17_names_of_files_lead_nowhere(app: Flask, people: People, tmp_path: Path, address: str) -> None:
    browser = who(people, address)
    for name in BAD_NAMES:
        answer = send(browser, address, name, f"姓名,手机号\n{name!r},1\n".encode())
        assert answer.status_code in (200, 422), (name, answer.text)
        assert "<img src=x" not in answer.text
        assert "X-Evil" not in answer.headers
        assert on_disk(tmp_path) == named_files(app), name
    with app.app_context():
        for name in db.session.scalars(sa.select(StoredFile.name)):
            assert not set(name) & set("/\\\0\r\n\u202e"), name
            assert 0 < len(name) <= 200
    assert browser.get(where(address)).status_code == 200
