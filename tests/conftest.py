"""The fixtures of every test: a real database of each kind, the application on it, and people with roles."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from copy import copy
from operator import attrgetter
from pathlib import Path
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Map, Rule, RuleFactory
from werkzeug.routing.matcher import StateMachineMatcher

from exhibitions.app import create_app
from exhibitions.config import MailSettings, Settings
from exhibitions.core.db import db
from exhibitions.core.garbage import settle
from tests import postgres
from tests.factories import make_expo
from tests.people import People, make_people

SECRET = "a secret of the tests, long enough to be none 0123456789"


def settings_for(url: str, folder: Path) -> Settings:
    """Settings of an installation whose whole state lies in `folder` and in the database at `url`."""
    return Settings(
        data_dir=folder,
        database_url=url,
        secret_key=SECRET,
        public_url="http://localhost",
        port=0,
        production=False,
        allowed_hosts=(),
        trusted_proxies=0,
        limits_url="memory://",
        mail=MailSettings(sender="fair@localhost"),
        payment_provider="sandbox",
        pool_size=40,
    )


class CompiledTemplates(BytecodeCache):
    """What Jinja made of each template, kept for the process: every test has an application of its own."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if kept := self._kept.get(bucket.key):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED_TEMPLATES = CompiledTemplates()


_SAID = attrgetter(
    "rule",
    "endpoint",
    "provide_automatic_options",
    "strict_slashes",
    "merge_slashes",
    "subdomain",
    "host",
    "build_only",
    "alias",
    "websocket",
    "redirect_to",
)


class SharedMap(Map):
    """The addresses of an application, laid out once a process: every test has an application with the same addresses.

    They are laid out when the first is asked for, and anew when one was added since: no other application sees that one.
    """

    _laid_out: ClassVar[dict[tuple[Any, ...], Map]] = {}

    def __init__(self, *arguments: Any, **more: Any) -> None:
        self._written: list[Rule] = []
        self._own: Map | None = Map(*arguments, **more)
        super().__init__(*arguments, **more)

    def add(self, rulefactory: RuleFactory) -> None:
        self._written += rulefactory.get_rules(self)
        self._own = None

    def update(self) -> None:
        self._map.update()

    @property
    def _map(self) -> Map:
        if self._own is None:
            key = (*map(self._settings, self._written), *sorted(self.converters.items()), self.host_matching)
            self._own = self._laid_out.get(key) or self._laid_out.setdefault(key, self._lay_out())
        return self._own

    @staticmethod
    def _settings(rule: Rule) -> tuple[Any, ...]:
        """All that was said of an address."""
        return *_SAID(rule), frozenset(rule.methods or ()), repr(rule.defaults)

    def _lay_out(self) -> Map:
        laid = Map(converters=self.converters, host_matching=self.host_matching)
        for rule in self._written:
            laid.add(copy(rule))
        laid.update()
        return laid

    # What the class keeps of its own is that of the map that was laid out.
    @property
    def _matcher(self) -> StateMachineMatcher:
        return self._map._matcher

    @_matcher.setter
    def _matcher(self, _empty: StateMachineMatcher) -> None:
        """Each map begins with one; ours has the one of the map that was laid out."""

    @property
    def _rules_by_endpoint(self) -> dict[Any, list[Rule]]:
        return self._map._rules_by_endpoint

    @_rules_by_endpoint.setter
    def _rules_by_endpoint(self, _empty: dict[Any, list[Rule]]) -> None:
        """As above."""


Flask.url_map_class = SharedMap


# What SQLAlchemy made of each statement, kept for the process: every test has a database of its own, with the same tables,
# and compiling took a fifth of the tests' time. A statement is kept by the dialect that it was compiled for; those of one
# kind are one here, as they are in the product, which has one engine.
COMPILED_STATEMENTS: LRUCache[Any, Any] = LRUCache(6_000)


def share_statements(dialect: type[Dialect]) -> None:
    """Let all dialects of this kind find what was compiled for one of them."""
    of_this_kind: Callable[[Dialect, object], bool] = lambda one, other: type(one) is type(other)  # noqa: E731
    dialect.__eq__ = of_this_kind  # type: ignore[assignment]
    dialect.__hash__ = lambda one: hash(type(one))  # type: ignore[assignment, method-assign]


share_statements(SQLiteDialect_pysqlite)
share_statements(PGDialect_psycopg)

TRANSLATIONS = Path(__file__).resolve().parent.parent / "exhibitions" / "translations"


def pytest_configure() -> None:
    """Stop at once where pages would be half English: tests read Chinese letters and pages."""
    if any(not source.with_suffix(".mo").exists() for source in TRANSLATIONS.rglob("*.po")):
        raise pytest.UsageError("the catalogues are not compiled: run `flask translations compile` first")


# What tests write is thrown away: a disk in memory spares thousands of waits for a real one.
MEMORY = Path("/dev/shm")  # noqa: S108 - only files of this run, in folders that pytest and PostgreSQL make for themselves.
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 4 << 30:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test that uses PostgreSQL carries the mark, so that it can be left out or run alone."""
    for item in items:
        if "postgresql" in getattr(item, "fixturenames", ()) or "[postgresql" in item.name:
            item.add_marker("postgres")


def pytest_collection_finish() -> None:
    """As the server's processes do once all is loaded: looking through it again and again took a third of the tests' time."""
    settle()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with all tables, copied for every test."""
    folder = tmp_path_factory.mktemp("template")
    path = folder / "template.db"
    app = create_app(settings_for(f"sqlite:///{path}", folder))
    with app.app_context():
        db.create_all()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    # The first application has made what all others share: mappers, statements, addresses.
    settle()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server (TEST_DATABASE_URL, or one of our own), without a database name."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of an empty database with all tables, copied for every test."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    _administer(postgres_server, f'CREATE DATABASE "{name}"')
    url = sa.make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    app = create_app(settings_for(url, tmp_path_factory.mktemp("pg")))
    with app.app_context():
        db.create_all()
        db.engine.dispose()
    return name


def _administer(server: str, statement: str) -> None:
    engine = sa.create_engine(sa.make_url(server).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture
def sqlite(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh SQLite database of this test's own."""
    path = tmp_path / "test.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql(postgres_server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh PostgreSQL database of this test's own."""
    template = request.getfixturevalue("postgres_template")
    name = f"test_{uuid.uuid4().hex[:12]}"
    _administer(postgres_server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield sa.make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    _administer(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite"])
def database(request: pytest.FixtureRequest) -> str:
    """The database of a test. SQLite; `@both_engines` (tests.engines) makes it PostgreSQL as well."""
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database of this test's own."""
    app = create_app(settings_for(database, tmp_path))
    app.testing = True
    app.jinja_env.bytecode_cache = COMPILED_TEMPLATES
    # A fault must be seen as the page that people get, never as an exception in the test client.
    app.config.update(PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    with app.app_context():
        db.engine._compiled_cache = COMPILED_STATEMENTS
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """An application context, for tests that call services and queries themselves."""
    with app.app_context():
        yield


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in on."""
    return app.test_client()


@pytest.fixture
def people(app: Flask) -> People:
    """A published fair "8th" with Alice (organiser), Bob (desk), Charlie (nobody there) and Dora (administrator).

    `people.alice` and the others are browsers that they are signed in on.
    """
    with app.app_context():
        make_expo()
    return make_people(app)
