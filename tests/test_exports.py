"""F17: no export starts a cell with a formula, and no calendar gains a line, whatever people have written.

Which modules write tables and calendars is found in the source: a new one fails here until it is named with its test.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.sheets.writing import DANGEROUS
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Task
from exhibitions.expos.rules.feed import Scope
from exhibitions.expos.rules.setup import TaskFacts
from exhibitions.jobs.commands.running import drain
from exhibitions.visitors.models import Registration
from exhibitions.visitors.service import reminders
from tests.people import People
from tests.visitors.imports import HEADING, finished, upload
from tests.visitors.listing import fetched
from tests.visitors.registering import add, fair, link_of

SOURCE = Path(__file__).resolve().parents[1] / "exhibitions"
DESK = "/desk/8th"
EVIL = [f"{sign}cmd|' /C calc'!A0" for sign in DANGEROUS]
WRITERS = {
    "audit/views.py",
    "awards/service/bundle.py",
    "companies/service/importing.py",
    "expos/views/tasks.py",
    "portal/views/incident.py",
    "portal/views/processing.py",
    "stands/views/plan_tools.py",
    "visitors/commands/exporting.py",
    "visitors/service/importing.py",
    "visitors/views/background.py",
    "visitors/views/exporting.py",
    "visitors/views/reminders.py",
    "core/tables.py",
}
CALENDARS = {"expos/views/calendars.py", "visitors/views/badge.py"}
# The one place that may write tables, in which each text is made safe.
WRITING = "core/sheets/writing.py"
# Rows that are given back into the box they were pasted into, as they were: a page, not a file.
GIVEN_BACK = "visitors/rules/pasted.py"


def modules(pattern: str) -> set[str]:
    """The files of the product whose text has this."""
    return {
        str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py") if re.search(pattern, path.read_text())
    }


def test_every_export_is_named() -> None:
    assert modules(r"csv_chunks\(|write_xlsx\(") - {WRITING} == WRITERS
    assert modules(r"csv\.writer|csv\.DictWriter|xlsxwriter") == {WRITING, GIVEN_BACK}
    assert modules(r"text/calendar") - {"files/rules.py", "core/compression.py"} == CALENDARS


@pytest.fixture
def evil(app: Flask, people: People) -> People:
    """A fair whose people, tasks and reasons begin with what a spreadsheet would run."""
    for at, text in enumerate(EVIL):
        number = add(app, f"客{at}", f"+861380013800{at}")
        # Past every rule for names: what stands in the database must not matter.
        with app.app_context(), transaction() as session:
            facts = {"name": text, "company": text, "region": text, "email": text, "note": text}
            session.execute(sa.update(Registration).where(Registration.id == number).values(**facts))
            audit.record("visitors.exported", SYSTEM, expo_id=fair().id, reason=text, after={"rows": text})
    with app.app_context(), transaction():
        for text in EVIL:
            task = TaskFacts(title_zh=text.strip(), title_en=text.strip(), days_before=45, note=text)
            expo_service.save_task(fair(), None, task, Actor("user", 1, "Alice"), user_id=1)
        db.session.execute(sa.update(Task).values(note=EVIL[4]))
    return people


def cells_of(content: bytes) -> Iterator[str]:
    """The texts in the cells of an export, of either kind."""
    if not content.startswith(b"PK"):
        assert content.startswith(b"\xef\xbb\xbf"), "Excel reads it as UTF-8 only with a mark"
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
            yield from row
        return
    with ZipFile(io.BytesIO(content)) as book:
        for name in book.namelist():
            sheet = book.read(name).decode()
            assert re.search(r"<(f|hyperlink)[ />]", sheet) is None, name
            yield from map(unescape, re.findall(r"<t(?: [^>]*)?>(.*?)</t>", sheet, re.DOTALL))


def is_harmless(content: bytes, *, holds: str = "calc") -> None:
    cells = list(cells_of(content))
    assert [cell for cell in cells if cell.startswith(DANGEROUS)] == []
    assert any(holds in cell for cell in cells), cells


def posted(browser: FlaskClient, address: str, **data: Any) -> bytes:
    with browser.post(address, data={"reason": EVIL[0]} | data) as answer:
        assert answer.status_code == 200, answer.data
        return bytes(answer.data)


def test_people(app: Flask, evil: People) -> None:
    columns = ["number", "name", "company", "phone", "email", "region", "state"]
    is_harmless(posted(evil.alice, f"{DESK}/visitors/export", format="csv", columns=columns))
    job = evil.alice.post(
        f"{DESK}/visitors/export", data={"format": "xlsx", "columns": columns, "reason": "x"}
    )
    with app.app_context():
        drain()
    (address,) = re.findall(r'href="(/desk/8th/files/\d+)"', evil.alice.get(job.headers["Location"]).text)
    with evil.alice.get(address) as answer:
        is_harmless(bytes(answer.data))
    is_harmless(posted(evil.dora, "/desk/privacy/incident?fair=8th"))
    told = app.test_cli_runner().invoke(args=["export", "visitors", "--expo", "8th", "--format", "csv"])
    is_harmless(told.stdout_bytes)


def test_audit_tasks_and_the_record_of_processing(evil: People) -> None:
    is_harmless(posted(evil.alice, f"{DESK}/audit/export"))
    is_harmless(posted(evil.dora, "/desk/audit/export"))
    is_harmless(evil.alice.get(f"{DESK}/tasks/list.csv").data)
    is_harmless(evil.alice.get(f"{DESK}/processing.csv?lang=en").data, holds="Purpose")


def test_numbers_to_be_reminded(app: Flask, evil: People) -> None:
    with app.app_context(), transaction():
        fair().registration_opens_at = clock.now() + timedelta(days=1)
        reminders.ask(fair(), "+8613800138000", None, "zh")
    is_harmless(posted(evil.alice, f"{DESK}/visitors/reminders"), holds="13800138000")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_an_import_gives_back(app: Flask, people: People, kind: str) -> None:
    """IR10, IR3: the rows come back as they were, but for what would run."""
    rows = [f'"{text}",138001380{at}0,,"{text}",,"{text}"' for at, text in enumerate(EVIL)]
    rows += ["-王,13900139000,,+星河,,@x", '"=1",1,,"\tx",,']
    address = upload(people.alice, "\n".join([HEADING, *rows]).encode())
    for act in ("check", "run"):
        people.alice.post(f"{address}/{act}")
        finished(app)
    is_harmless(posted(people.alice, f"{address}/refused.{kind}"))
    if kind == "csv":
        content = posted(people.alice, f"{address}/people.csv")
    else:
        asked = people.alice.post(f"{address}/people.xlsx", data={"reason": EVIL[0]})
        content = fetched(app, people.alice, asked.headers["Location"])
    is_harmless(content, holds="-王")


def test_calendars_gain_no_line(app: Flask, evil: People) -> None:
    hostile = "投保\r\nBEGIN:VALARM\nACTION:AUDIO;X=1,2\\n\u2028END:VEVENT"
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Task).values(title_zh=hostile, title_en=hostile, note=hostile))
        fair().venue_zh = fair().venue_en = fair().name_zh = hostile
        token = expo_service.open_feed(fair(), 1, Scope.ALL, "zh", SYSTEM)
    link = link_of(app, add(app, "王敏", "+8613700137000"))
    for address in (f"/8th/calendar/{token}/tasks.ics", f"{link}/calendar.ics"):
        answer = evil.nobody.get(address)
        assert answer.mimetype == "text/calendar", address
        text = answer.data.decode()
        assert re.search(r"\r(?!\n)|(?<!\r)\n", text) is None, "lines end with CR LF alone (RFC 5545)"
        lines = text.replace("\r\n ", "").split("\r\n")
        assert "BEGIN:VALARM" not in lines
        assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") > 0
        assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
