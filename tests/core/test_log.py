"""P19: what goes wrong in the database is logged without the row that it went wrong with."""

from __future__ import annotations

import json
import sqlite3

import psycopg
import pytest
import sqlalchemy as sa
import structlog
from flask import Flask
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from exhibitions.core import log
from exhibitions.core.db import Trouble, db, transaction, trouble_of
from exhibitions.visitors.models import Reminder
from tests.engines import both_engines

NAMED = "zhang.sanfeng@example.org"


@both_engines
def test_an_error_of_the_database_is_logged_without_its_row(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    log.configure()
    with app.app_context():
        row = {"expo_id": None, "email": NAMED, "language": "zh"}
        with pytest.raises(IntegrityError) as caught, transaction() as session:
            session.execute(sa.insert(Reminder.__table__), row)  # type: ignore[arg-type]
        if db.engine.dialect.name == "postgresql":
            assert NAMED in str(caught.value.orig), "else this test proves nothing"
    try:
        raise RuntimeError("on the way") from caught.value
    except RuntimeError as error:
        structlog.get_logger("t").error("fault", exc_info=error)
    line = capsys.readouterr().err
    assert NAMED not in line
    written = json.loads(line)["exception"]
    assert "IntegrityError" in written
    assert "test_log.py" in written
    assert written.endswith("RuntimeError: on the way\n")


def test_other_errors_are_logged_whole(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure()
    try:
        raise ValueError("no such thing")
    except ValueError as error:
        structlog.get_logger("t").error("fault", exc_info=error)
    assert "ValueError: no such thing" in json.loads(capsys.readouterr().err)["exception"]


class _Coded(psycopg.OperationalError):
    def __init__(self, code: str | None) -> None:
        super().__init__("so ein Pech")
        self.sqlstate = code


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        ("40P01", Trouble.BUSY),
        ("55P03", Trouble.BUSY),
        ("57014", Trouble.BUSY),
        ("08006", Trouble.BUSY),
        (None, Trouble.BUSY),
        ("53100", Trouble.DISK_FULL),
        ("42P01", Trouble.FAULT),
    ],
)
def test_postgresqls_trouble_is_known_by_its_code_in_any_language(code: str | None, trouble: Trouble) -> None:
    assert trouble_of(OperationalError("", {}, _Coded(code))) is trouble


def test_sqlites_trouble_is_known_by_its_name(tmp_path: object) -> None:
    path = f"{tmp_path}/t.db"
    with sqlite3.connect(path) as first, sqlite3.connect(path, timeout=0) as second:
        first.execute("CREATE TABLE t (a)")
        first.commit()
        first.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError) as locked:
            second.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError) as wrong:
            second.execute("SELECT nothing FROM nowhere")
        first.rollback()
    first.close()
    second.close()
    assert trouble_of(DBAPIError("", {}, locked.value)) is Trouble.BUSY
    assert trouble_of(DBAPIError("", {}, wrong.value)) is Trouble.FAULT
