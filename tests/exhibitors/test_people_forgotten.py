"""Who was taken out of an exhibitor's centre is erased by the job, when 30 days have passed (P6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.accounts import service as accounts
from exhibitions.audit.models import Entry
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.handlers.people import JOB, KEPT
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson
from exhibitions.exhibitors.queries import LINK
from exhibitions.exhibitors.rules.people import PersonRole
from exhibitions.expos.models import Expo
from exhibitions.jobs import service as jobs
from exhibitions.jobs.commands.running import drain
from exhibitions.jobs.models import Job
from tests.exhibiting import make_exhibitor
from tests.factories import make_expo

NOW = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)  # Midnight in Shanghai.


def add(exhibitor: Exhibitor, name: str, removed_at: datetime | None) -> int:
    row = ExhibitorPerson(
        expo_id=exhibitor.expo_id,
        exhibitor_id=exhibitor.id,
        role=PersonRole.FINANCE,
        name=name,
        title="会计",
        phone="+8613800138000",
        email=f"{name}@firm.example",
        wechat="wx",
        created_at=NOW - timedelta(days=90),
        removed_at=removed_at,
    )
    db.session.add(row)
    db.session.flush()
    accounts.mint_link(LINK, row.id, expo_id=row.expo_id)
    return row.id


def test_the_job_erases_after_thirty_days_and_not_a_moment_before(
    context: None, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert KEPT.days == 30
    monkeypatch.setattr(clock, "now", lambda: NOW)
    moment = timedelta(microseconds=1)
    number = make_expo()
    with transaction():
        exhibitor = make_exhibitor(db.session.get_one(Expo, number))[0]
        removed = {
            "past": NOW - KEPT - moment,
            "border": NOW - KEPT,
            "young": NOW - KEPT + moment,
            "here": None,
        }
        ids = {name: add(exhibitor, name, at) for name, at in removed.items()}
        # More than one portion of them.
        many = [add(exhibitor, f"old{n}", NOW - timedelta(days=60)) for n in range(101)]

    def run() -> dict[str, object]:
        with transaction():
            job = jobs.enqueue(JOB, "test", {})
        drain(names={JOB})
        db.session.expire_all()
        return db.session.get_one(Job, job.id).result or {}

    def left() -> set[str]:
        kept = sa.select(ExhibitorPerson.name).where(ExhibitorPerson.id.in_(ids.values()))
        return set(db.session.scalars(kept)) - {""}

    assert run() == {"people": 102}
    assert left() == {"border", "young", "here"}, "30 days are kept whole"
    gone = db.session.get_one(ExhibitorPerson, ids["past"])
    assert (gone.title, gone.phone, gone.email, gone.wechat) == ("", None, None, "")
    assert gone.removed_at == NOW - KEPT - moment, "that somebody was there, and until when, stays"
    told = sa.select(Entry.subject_id).where(Entry.action == "exhibitors.person_erased")
    assert set(db.session.scalars(told)) == {ids["past"], *many}
    assert run() == {"people": 0}, "who is erased is not erased again"
    monkeypatch.setattr(clock, "now", lambda: NOW + moment)
    assert run() == {"people": 1}
    assert left() == {"young", "here"}
    assert jobs.KINDS[JOB].every == timedelta(hours=6), "it comes by itself"
