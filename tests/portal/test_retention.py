"""P6: what was kept long enough ends by itself; the dry run says the same; a second run finds nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.audit import queries as audit_queries
from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo, ExpoDay
from exhibitions.gates.models import Post, Scan
from exhibitions.jobs import service as jobs
from exhibitions.jobs.commands.running import drain
from exhibitions.jobs.models import Job
from exhibitions.portal.rules.retention import Kind, months_later
from exhibitions.portal.service import retention
from exhibitions.visitors.models import Registration
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People
from tests.portal.known_person import dump, held, held_on_disk, leave_traces, scan

PAGE = "/desk/privacy/retention"


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Let it be another time for everything that asks the clock."""
    monkeypatch.setattr(clock, "now", lambda: moment)


def last_day() -> date:
    return db.session.scalars(sa.select(sa.func.max(ExpoDay.date))).one()


def run(app: Flask) -> dict[str, int]:
    with app.app_context():
        with transaction():
            number = jobs.enqueue(retention.RUN, "test", {}).id
        drain()
        db.session.expire_all()
        found: dict[str, int] = dict(db.session.get_one(Job, number).result)
        return found


def due(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {line.kind.value: line.due for line in retention.lines()}


@both_engines
def test_p6_thirteen_months_later_rows_files_search_and_disk_are_empty_of_the_canary(
    app: Flask, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = leave_traces(app, tmp_path)
    scan(app, made, clock.now(), verdict="first_today", admitted=True)
    with app.app_context():
        later = clock.now() + timedelta(days=31 * 13)
    assert held(dump(app))
    assert due(app)["visitors"] == 0, "the fair is today"
    at(monkeypatch, later)
    told = due(app)
    assert told["visitors"] == 1
    with app.app_context():
        with transaction():
            jobs.enqueue_periodic(clock.now())
        drain()
        drain()
    assert held(dump(app)) == []
    assert held_on_disk(tmp_path) == {}
    with app.app_context():
        entries = audit_queries.entries(None, audit_queries.Wanted(action="portal.retention_run"))
        counts = audit.readable(entries)[0].after
    assert counts["visitors"] == 1
    assert run(app) == {kind.value: 0 for kind in Kind}
    assert due(app) == {kind.value: 0 for kind in Kind}


def test_the_invented_people_of_a_demo_stay(
    app: Flask, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_traces(app, tmp_path)
    sentence = "The fairs of the demo are left out"
    assert sentence not in people.dora.get("/desk/privacy/retention?lang=en").text
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Expo).values(demo_shift_seconds=0))
    assert sentence in people.dora.get("/desk/privacy/retention?lang=en").text
    at(monkeypatch, clock.now() + timedelta(days=31 * 13))
    assert due(app)["visitors"] == 0
    assert run(app)["visitors"] == 0
    assert held(dump(app))


def test_p6_a_day_too_early_nothing_ends(
    app: Flask, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_traces(app, tmp_path)
    with app.app_context():
        ends = months_later(last_day(), 12)
    at(monkeypatch, datetime.fromisoformat(f"{ends}T15:00:00+00:00"))
    assert due(app)["visitors"] == 0
    assert run(app)["visitors"] == 0
    at(monkeypatch, datetime.fromisoformat(f"{ends}T16:00:00+00:00"))
    assert due(app)["visitors"] == 1, "midnight at the fair"


def test_p6_scans_wait_for_the_audit_of_the_next_edition(
    app: Flask, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """check-in.md: pseudonymised when the audit of the next edition is closed; figures tell codes apart afterwards."""
    made = leave_traces(app, tmp_path)
    for code in ("BEGIN:VCARD 王敏", "BEGIN:VCARD 王敏", "another"):
        made.code = code
        scan(app, made, clock.now(), operator="小赵")
    with app.app_context(), transaction() as session:
        expo_id = session.scalars(sa.select(ExpoDay.expo_id).limit(1)).one()
        session.add(Post(expo_id=expo_id, place="desk", person="小钱", phone="13900000000"))
    later = clock.now() + timedelta(days=400)
    at(monkeypatch, later)
    assert due(app)["scans"] == 0, "there is no next edition"
    monkeypatch.undo()
    with app.app_context():
        make_expo("9th", 9, start=clock.today("Asia/Shanghai") + timedelta(days=100))
        with transaction() as session:
            # One series with two editions.
            session.execute(sa.text("UPDATE expos SET series_id = (SELECT min(id) FROM series)"))
    at(monkeypatch, later)
    assert due(app)["scans"] == 4
    assert run(app)["scans"] == 4
    assert "小钱" not in dump(app)
    with app.app_context():
        rows = db.session.execute(sa.select(Scan.code, Scan.operator)).all()
    codes = [code for code, _ in rows if code]
    assert all(code.startswith("gone:") for code in codes)
    assert len(set(codes)) == 2
    assert {operator for _, operator in rows} == {None}
    assert due(app)["scans"] == 0


def test_the_page_shows_terms_and_the_dry_run_and_runs(
    app: Flask, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_traces(app, tmp_path)
    page = people.dora.get(f"{PAGE}?lang=en").text
    assert "Due now" in page
    assert "to go on" not in page
    terms = {
        "visitors": 1,
        "exhibitors": 24,
        "accounts": 120,
        "contracts": 120,
        "awards": 60,
        "scans": 6,
        "mails": 12,
        "sign_ins": 6,
    }
    answer = people.dora.post(PAGE, data=terms)
    assert answer.status_code == 303
    with app.app_context():
        assert audit_queries.terms() == terms
        coming = clock.now() + timedelta(days=60)
    wrong = people.dora.post(PAGE, data=terms | {"visitors": "0", "mails": "13"})
    assert wrong.status_code == 422
    real = clock.now
    monkeypatch.setattr(expos, "present", lambda _expo: coming)
    total = sum(due(app).values())
    assert total == 1
    assert people.dora.post(f"{PAGE}/run", data={"confirm": "2"}).status_code == 422
    assert people.dora.post(f"{PAGE}/run", data={"confirm": "1"}).status_code == 303
    assert clock.now is real
    with app.app_context():
        drain()
        assert db.session.scalars(sa.select(Registration.name)).all() == [""]


def test_only_who_answers_for_personal_data_may(people: People) -> None:
    for browser in (people.alice, people.bob, people.charlie):
        assert browser.get(PAGE).status_code == 403
        assert browser.post(PAGE, data={}).status_code == 403
        assert browser.post(f"{PAGE}/run", data={}).status_code == 403
