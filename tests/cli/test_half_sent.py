"""F12: a browser that goes away in the middle of its file leaves nothing behind, and the same file sent whole is one import."""

from __future__ import annotations

import http.client
import re
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from bench.installation import Installation, until
from exhibitions.core.db import db
from exhibitions.files.models import StoredFile
from exhibitions.visitors.models import Import, Registration
from tests.people import make_people, sign_in

PAGE = "/desk/8th/visitors/imports"
ROWS = 3_000
EDGE = "half-a-file"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    place = Installation(tmp_path)
    place.prepare()
    place.start()
    yield place
    place.stop()


def cookie_and_token(client: FlaskClient) -> tuple[str, str]:
    """What the browser sends with a form of the page of imports."""
    text = client.get(PAGE).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
    cookie = client.get_cookie("session")
    assert token is not None
    assert cookie is not None
    return f"session={cookie.value}", token[1]


def upload(token: str) -> bytes:
    people = "".join(f"客{n},137{n:08}\n" for n in range(ROWS))
    parts = (
        f'--{EDGE}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="people.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\n姓名,手机号\n{people}\r\n--{EDGE}--\r\n"
    )
    return parts.encode()


def counts(place: Installation) -> tuple[int, int, int, list[str]]:
    """Imports, kept files and registrations in the database, and the names of files on disk."""
    with place.app().app_context():
        rows = [
            db.session.scalar(sa.select(sa.func.count()).select_from(t))
            for t in (Import, StoredFile, Registration)
        ]
        db.session.remove()
        db.engine.dispose()
    kept = sorted(p.name for p in (place.folder / "files").rglob("*") if p.is_file())
    return rows[0] or 0, rows[1] or 0, rows[2] or 0, kept


def test_a_browser_that_goes_away_leaves_nothing(place: Installation) -> None:
    app = place.app()
    make_people(app)
    with app.app_context():
        cookie, token = cookie_and_token(sign_in(app, "alice@example.org"))
        db.session.remove()
        db.engine.dispose()
    body = upload(token)
    headers = {
        "Host": f"localhost:{place.port}",
        "Cookie": cookie,
        "Content-Type": f"multipart/form-data; boundary={EDGE}",
        "Content-Length": str(len(body)),
    }
    before = counts(place)
    for part in (0, 1, len(body) // 2, len(body) - 40, len(body) - 20):
        with socket.create_connection(("127.0.0.1", place.port)) as line:
            head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            line.sendall(f"POST {PAGE} HTTP/1.1\r\n{head}\r\n".encode() + body[:part])
    assert until(place.is_ready, 10)
    assert counts(place) == before
    with closing(http.client.HTTPConnection("127.0.0.1", place.port, timeout=30)) as line:
        line.request("POST", PAGE, body, headers)
        assert line.getresponse().status == 303
    after = counts(place)
    assert (after[0], after[1], after[2]) == (before[0] + 1, before[1] + 1, before[2])
