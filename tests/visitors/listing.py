"""What the tests of the list share: its addresses, the rows of a page, a search, somebody who came in, a file."""

from __future__ import annotations

import html
import re

from flask import Flask
from flask.testing import FlaskClient

from exhibitions.badges import queries as badge_queries
from exhibitions.badges.models import BadgeDay
from exhibitions.core import clock
from exhibitions.core.db import transaction
from exhibitions.expos.models import Gate
from tests.visitors.registering import fair

LIST = "/desk/8th/visitors"
DESK = "/desk/8th/visitor-desk"


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def names_in(page: str) -> list[str]:
    return [html.unescape(name) for name in re.findall(r'class="row-link"[^>]*>([^<]+)</a>', page)]


def search(client: FlaskClient, text: str) -> list[str]:
    answer = client.post(f"{LIST}/search", data={"q": text})
    assert answer.status_code == 303
    return names_in(text_of(client, answer.headers["Location"]))


def came_in(app: Flask, registration_id: int) -> None:
    with app.app_context(), transaction() as session:
        badge = badge_queries.current_badge(fair(), "visitor", registration_id)
        assert badge is not None
        gate = session.query(Gate).first()
        assert gate is not None
        session.add(
            BadgeDay(
                expo_id=fair().id,
                badge_id=badge.id,
                day=clock.today("Asia/Shanghai"),
                first_at=clock.now(),
                first_gate_id=gate.id,
            )
        )


def fetched(app: Flask, client: FlaskClient, page: str) -> bytes:
    """The file that the job of this page has made."""
    run = app.test_cli_runner().invoke(args=["jobs", "work", "--once"])
    assert run.exit_code == 0, run.output
    (address,) = re.findall(r'href="(/desk/8th/files/\d+)"', text_of(client, page))
    with client.get(address, buffered=True) as answer:
        return bytes(answer.data)
