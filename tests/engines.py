"""Running a test on both databases."""

import os

import pytest

from tests import postgres

_HAVE = bool(os.environ.get("TEST_DATABASE_URL")) or postgres.available()
if not _HAVE and os.environ.get("CI"):
    raise RuntimeError("PostgreSQL is not found, and in CI it must be used.")

_POSTGRESQL = pytest.param(
    "postgresql",
    marks=() if _HAVE else pytest.mark.skip(reason="no PostgreSQL server or binaries on this machine"),
)

# Applied to a test (or module by `pytestmark`), makes its `database` fixture first SQLite, then PostgreSQL.
both_engines = pytest.mark.parametrize("database", ["sqlite", _POSTGRESQL], indirect=True)

# For what only a server with several writers can get wrong: SQLite writes one at a time.
on_postgresql = pytest.mark.parametrize("database", [_POSTGRESQL], indirect=True)
