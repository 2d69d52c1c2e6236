"""What the tests of imports share: files, the command, the pages' addresses, and what is in the database afterwards."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.badges.models import Badge
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Expo
from exhibitions.jobs.commands.running import drain
from exhibitions.jobs.models import Job
from exhibitions.visitors import queries
from exhibitions.visitors.models import Consent, Import, Registration
from exhibitions.visitors.views import importing as pages

FILES = Path(__file__).parent / "files"


HEADING = "姓名,手机号,电子邮箱,单位名称,观众类别,备注"


PAGES = pages.PAGES.replace("<slug>", "8th")


def csv_file(folder: Path, *rows: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([HEADING, *rows]) + "\n", encoding="utf-8")
    return path


def command(app: Flask, path: Path, *options: str) -> dict[str, object]:
    """What `flask import visitors` prints last."""
    result = app.test_cli_runner().invoke(
        args=["import", "visitors", "--expo", "8th", str(path), "--json", *options]
    )
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.output.strip().splitlines()[-1])
    return found


def people_of(expo: Expo) -> list[Registration]:
    db.session.rollback()
    db.session.expire_all()
    return list(
        db.session.scalars(
            sa.select(Registration).where(Registration.expo_id == expo.id).order_by(Registration.id)
        )
    )


def whole(expo: Expo) -> None:
    """I6: every registration has its badge and its import; none has a consent, because nobody was shown a text (P1)."""
    db.session.rollback()
    people = people_of(expo)
    ids = {person.id for person in people}
    consents = db.session.scalars(sa.select(Consent.registration_id).where(Consent.expo_id == expo.id)).all()
    holders = db.session.scalars(sa.select(Badge.holder_id).where(Badge.expo_id == expo.id)).all()
    assert consents == []
    assert sorted(number or 0 for number in holders) == sorted(ids)
    assert {person.import_id is not None for person in people} <= {True}


# the pages


def upload(browser: FlaskClient, content: bytes, name: str = "list.csv") -> str:
    answer = browser.post(
        PAGES, data={"file": (io.BytesIO(content), name)}, content_type="multipart/form-data"
    )
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def grow_old(app: Flask, by: timedelta) -> None:
    """The imports ended this much longer ago."""
    with app.app_context(), transaction() as session:
        for row in session.scalars(sa.select(Import)):
            row.finished_at = (row.finished_at or clock.now()) - by


def finished(app: Flask) -> None:
    """Everything that was asked for in the background is done."""
    with app.app_context():
        drain()
        states = set(db.session.scalars(sa.select(Job.state).where(Job.name.startswith("visitors.import"))))
        assert states <= {"done", "failed"}


def alive(expo: Expo) -> int:
    db.session.rollback()
    return queries.count_alive(expo)
