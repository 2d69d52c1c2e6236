"""Traps that others fell into (security-privacy.md, Traps), where no room's own tests watch them.

Pictures are not among them: no code of the product opens a picture that somebody uploaded.
"""

from __future__ import annotations

import dataclasses
import email
import email.policy
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, request

from exhibitions.app import create_app
from exhibitions.core import access
from exhibitions.core.db import db, transaction, write_connection
from exhibitions.jobs.commands.running import drain
from tests.conftest import settings_for
from tests.people import People
from tests.visitors.registering import register

EVIL = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "203.0.113.9",
    "Forwarded": "host=evil.example;proto=https",
}


def is_durable(connection: sa.Connection) -> bool:
    pragmas = {
        name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
        for name in ("synchronous", "journal_mode")
    }
    return pragmas == {"synchronous": 2, "journal_mode": "wal"}


def test_every_connection_of_sqlite_is_durable(app: Flask, context: None) -> None:
    """WAL with synchronous=NORMAL (1) lost acknowledged commits in 210 of 240 power cuts; FULL (2) in none."""
    pool = [db.engine.connect() for _ in range(5)]
    assert all(is_durable(connection) for connection in pool)
    for connection in pool:
        connection.close()
    with transaction() as session:
        assert is_durable(session.connection())
    with write_connection(db.engine) as connection:
        assert is_durable(connection)
    assert is_durable(db.session.connection())


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [(0, "http://localhost/ 127.0.0.1"), (1, "https://fair.example.org/ 203.0.113.9")],
)
def test_forwarded_headers_are_believed_only_from_configured_proxies(
    sqlite: str, tmp_path: Path, proxies: int, seen: str
) -> None:
    """pretix CVE-2023-44463. Of a chain only the part that our own proxy wrote counts."""
    settings = dataclasses.replace(
        settings_for(sqlite, tmp_path), trusted_proxies=proxies, allowed_hosts=("fair.example.org",)
    )
    app = create_app(settings)
    app.add_url_rule(
        "/try/who", "who", access.public(lambda: f"{request.host_url} {request.remote_addr}"), methods=["GET"]
    )
    headers = EVIL | {
        "X-Forwarded-Host": "evil.example, fair.example.org",
        "X-Forwarded-For": "192.0.2.1, 203.0.113.9",
    }
    assert app.test_client().get("/try/who", headers=headers).text == seen
    foreign = app.test_client().get("/try/who", headers=EVIL)
    assert foreign.status_code == (400 if proxies else 200)


def test_links_in_mails_are_never_made_of_the_host_header(app: Flask, people: People, tmp_path: Path) -> None:
    """Indico CVE-2021-30185: the reader of the mail would be led to whoever sent the request."""
    client = app.test_client()
    client.environ_base["HTTP_HOST"] = "127.0.0.1:8000"
    for name, value in EVIL.items():
        client.environ_base[f"HTTP_{name.upper().replace('-', '_')}"] = value
    register(client, "/8th/register?by=email", phone="", email="wang@example.com")
    with app.app_context():
        drain()
    (file,) = (tmp_path / "outbox").glob("*.eml")
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    links = re.findall(r"https?://[^/\s]+", body.get_content())
    assert links
    assert set(links) == {"http://localhost"}


@pytest.mark.parametrize(
    "path",
    [
        "/desk%2f8th/setup",
        "/desk/8th%2fsetup",
        "/desk%2F8th%2Fsetup%2Ffacts",
        "//desk/8th/setup",
        "/desk//8th/setup",
        "/desk/./8th/setup",
        "/8th/../desk/8th/setup",
        "/8th/%2e%2e/desk/8th/setup",
        "/desk/8th/setup;x=1",
        "/desk/8th/setup%00",
        "/DESK/8th/setup",
        "/desk/8th/setup/",
        "/static/../desk/8th/setup",
        "/static/%2e%2e%2fexhibitions/config.py",
        "/static/..%2f..%2fetc/passwd",
        "/api/v1/../../desk/8th/setup",
    ],
)
def test_no_way_of_writing_an_address_opens_it(people: People, path: str) -> None:
    """Access is decided by the view that answers, never by the text of the path."""
    for stranger in (people.nobody, people.charlie):
        answer = stranger.get(path, follow_redirects=False)
        assert answer.status_code in (301, 303, 308, 400, 404), path
        if answer.status_code in (301, 308):
            assert stranger.get(answer.location).status_code in (303, 404)
    assert people.alice.get("/desk/8th/setup").status_code == 200


def test_no_picture_of_a_stranger_is_ever_opened() -> None:
    """A PNG of 200 bytes may claim 60,000 × 60,000 pixels. Whoever opens one must compare its size before loading."""
    sources = Path(create_app.__code__.co_filename).parent.rglob("*.py")
    opening = re.compile(r"Image\.open|ImageReader\(|drawImage\(")
    # Their sizes are compared first: tests/upkeep/test_hostile_logos.py, tests/test_hostile_files.py and the rules' own tests.
    compared = [
        *("core/picture.py", "organisation/rules.py"),
        *("rules/copies.py", "rules/pictures.py", "rules/under_plan.py"),
    ]
    opened = [path for path in sources if opening.search(path.read_text())]
    assert sorted("/".join(path.parts[-2:]) for path in opened) == compared
