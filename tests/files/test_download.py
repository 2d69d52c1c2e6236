"""Who may fetch a file, and how it is handed out (P13, pretix CVE-2025-14881, alf.io GHSA-gpmg-8f92-37cf)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from exhibitions.accounts.models import User
from exhibitions.audit import queries as audit_queries
from exhibitions.core import clock
from exhibitions.core.access import Permission
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Expo
from exhibitions.files import service, views
from exhibitions.files.models import StoredFile
from tests.factories import make_expo
from tests.people import People


@pytest.fixture(autouse=True)
def shared() -> Iterator[None]:
    """Print runs are for everyone who prints; all other purposes for their maker."""
    before = dict(views.SHARED)
    views.SHARED["test.print"] = Permission.BADGES_PRINT
    yield
    views.SHARED.clear()
    views.SHARED.update(before)


def get(client: FlaskClient, path: str) -> TestResponse:
    """The whole answer, with its file closed again."""
    answer = client.get(path, headers={"Accept-Language": "en"}, buffered=True)
    answer.close()
    return answer


def keep(app: Flask, *, slug: str | None = "8th", by: str = "alice", **how: object) -> int:
    with app.app_context(), transaction():
        expo_id = db.session.scalar(sa.select(Expo.id).where(Expo.slug == slug))
        person = db.session.scalars(sa.select(User).where(User.email == f"{by}@example.org")).one()
        facts: dict[str, object] = {
            "name": "观众 名单.csv",
            "content_type": "text/csv",
            "purpose": "test.export",
        }
        facts |= {"expo_id": expo_id, "owner": Actor("user", person.id, person.name)} | how
        return service.store(b"number,name\r\n", **facts).id  # type: ignore[arg-type]


def test_the_maker_gets_an_attachment_and_nobody_else_does(app: Flask, people: People) -> None:
    path = f"/desk/8th/files/{keep(app)}"
    answer = get(people.alice, path)
    assert (answer.status_code, answer.data) == (200, b"number,name\r\n")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert (
        "filename*=UTF-8''%E8%A7%82%E4%BC%97%20%E5%90%8D%E5%8D%95.csv"
        in answer.headers["Content-Disposition"]
    )
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Length"] == "13"
    answers = [get(who, path).status_code for who in (people.bob, people.charlie, people.dora, people.nobody)]
    assert answers == [404, 404, 404, 303]


def test_each_download_leaves_an_entry(app: Flask, people: People) -> None:
    """P12."""
    number = keep(app)
    get(people.alice, f"/desk/8th/files/{number}")
    get(people.bob, f"/desk/8th/files/{number}")
    with app.app_context():
        found = audit_queries.entries(None, audit_queries.Wanted(action="files."))
        assert [(e.action, e.subject_id, e.after) for e in found] == [
            ("files.downloaded", number, {"name": "观众 名单.csv", "purpose": "test.export", "size": 13})
        ]


def test_a_shared_purpose_is_open_to_its_right(app: Flask, people: People) -> None:
    path = f"/desk/8th/files/{keep(app, purpose='test.print')}"
    answers = [get(who, path).status_code for who in (people.alice, people.bob, people.charlie)]
    assert answers == [200, 200, 404]
    views.SHARED["test.print"] = Permission.EXPO_EDIT
    assert get(people.bob, path).status_code == 403


def test_a_file_of_another_fair_does_not_exist_here(app: Flask, people: People) -> None:
    with app.app_context():
        make_expo("9th", 9)
    number = keep(app, slug="9th")
    assert get(people.alice, f"/desk/8th/files/{number}").status_code == 404
    assert get(people.alice, f"/desk/files/{number}").status_code == 404


def test_files_of_the_organisation(app: Flask, people: People) -> None:
    path = f"/desk/files/{keep(app, slug=None, by='charlie')}"
    answers = [
        get(who, path).status_code for who in (people.charlie, people.alice, people.dora, people.nobody)
    ]
    assert answers == [200, 404, 404, 303]
    shared = f"/desk/files/{keep(app, slug=None, by='charlie', purpose='test.print')}"
    views.SHARED["test.print"] = Permission.SYSTEM_MANAGE
    assert [get(who, shared).status_code for who in (people.dora, people.alice)] == [200, 403]


def test_an_expired_file_is_gone(app: Flask, people: People) -> None:
    """P13: 410 after its time, for its maker too."""
    number = keep(app, expires_at=clock.now() - timedelta(seconds=1))
    answer = get(people.alice, f"/desk/8th/files/{number}")
    assert answer.status_code == 410
    assert "This file has expired. Make it again." in answer.text


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript"])
def test_nothing_is_handed_out_that_a_browser_would_run(app: Flask, people: People, kind: str) -> None:
    answer = get(people.alice, f"/desk/8th/files/{keep(app, content_type=kind)}")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")


def test_a_file_that_the_disk_lost_is_404_with_words(app: Flask, people: People, tmp_path: Path) -> None:
    number = keep(app)
    with app.app_context():
        (tmp_path / "files" / db.session.get_one(StoredFile, number).path).unlink()
    answer = get(people.alice, f"/desk/8th/files/{number}")
    assert answer.status_code == 404
    assert "The file is not there any more." in answer.text
