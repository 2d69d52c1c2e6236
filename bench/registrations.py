"""Registrations through the real server: the public form with its check against forgery, consent, badge and audit.

The load generator runs on the same cores as the server, and every answer comes after a durable commit.
"""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import count
from urllib.parse import quote, urlencode

import sqlalchemy as sa

from bench.figures import Figure
from bench.served import SLUG, Load, Served, drive, durable_postgres, served
from tests import postgres

_LINES = 16
# Measured with one row an answer and nothing else, see docs/dependencies.md.
_BEST = 2_300
_TOKEN = re.compile(r'name="csrf_token"\s+value="([^"]+)"')


def measure(short: bool) -> Iterator[Figure]:
    """The figures; a short run registers for a second, at one web process."""
    seconds = 1.0 if short else 8.0
    for engine in ("SQLite", "PostgreSQL") if postgres.available() else ("SQLite",):
        with (
            durable_postgres() if engine == "PostgreSQL" else nullcontext("") as url,
            served(1, 0, url, processes=1 if short else 2) as place,
        ):
            _sign_with_a_real_key(place)
            source = _Visitors(place)
            drive(place.port, _LINES, 1.0, source.request)
            before = _registered(place)
            load = drive(place.port, _LINES, seconds, source.request)
            _prove(load, _registered(place) - before)
            yield Figure(
                f"registrations, {_LINES} browsers",
                engine,
                load.rate,
                "/s",
                _BEST,
                300,
                note=f"p50 {load.percentile(0.5):.1f} ms",
            )
            slow = load.percentile(0.95)
            yield Figure("registration, p95", engine, slow, "ms", goal=150, least=True)


def _prove(load: Load, rows: int) -> None:
    """An answer is a registration only if its row is there: a redirect and a page of a fault both are "not 200"."""
    if rows < len(load.times):
        raise RuntimeError(f"{len(load.times)} answers, but only {rows} registrations")


@contextmanager
def _database(place: Served) -> Iterator[sa.Connection]:
    url = place.environ.get("DATABASE_URL") or f"sqlite:///{next(place.folder.glob('*.db'))}"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def _registered(place: Served) -> int:
    with _database(place) as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM registrations").scalar_one())


def _sign_with_a_real_key(place: Served) -> None:
    """The badges of the bench are signed with a key that the server does not have: it shall make one of its own."""
    with _database(place) as connection:
        connection.exec_driver_sql("UPDATE signing_keys SET retired_at = created_at")


class _Visitors:
    """Makes one visitor after another, each with a number of his own, as one browser's session sends them."""

    def __init__(self, place: Served) -> None:
        with urllib.request.urlopen(f"http://127.0.0.1:{place.port}/{SLUG}/register") as page:
            cookies = [cookie.split(";")[0] for cookie in page.headers.get_all("Set-Cookie")]
            found = _TOKEN.search(page.read().decode())
        if found is None:
            raise RuntimeError("the form has no token against forgery")
        self._token = found[1]
        self._cookie = "; ".join(cookie for cookie in cookies if cookie.startswith("session="))
        self._port = place.port
        self._numbers = count(13_800_000_000)

    def request(self, _line: int) -> bytes:
        """The next visitor's form as it goes over the wire."""
        number = next(self._numbers)
        body = urlencode(
            {
                "csrf_token": self._token,
                "form_key": f"form-{number}",
                "phone": str(number),
                "name": f"观众{number % 1000}",
                "visitor_class": "trade",
                "company": "大连轻工有限公司",
                "region": "大连",
                "visit_day": "",
            },
            quote_via=quote,
        )
        head = (
            f"POST /{SLUG}/register HTTP/1.1\r\nHost: localhost:{self._port}\r\nCookie: {self._cookie}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return (head + body).encode()
