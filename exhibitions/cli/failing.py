"""What a command says in place of a stack trace when the installation, and not the program, is at fault."""

from __future__ import annotations

import errno
import sys
from types import TracebackType

import click
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from exhibitions.core.errors import Refused

_OTHER_TABLES = ("no such table", "no such column", "UndefinedTable", "UndefinedColumn")
_NO_WRITING = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC)
_SQLITE_FILE = ("unable to open", "readonly", "read-only", "not a database", "malformed", "disk", "locked")


def sentence_for(error: BaseException) -> str | None:
    """One sentence about what to mend outside the program; None for a fault that needs its stack trace."""
    if isinstance(error, Refused):
        return error.message % error.params
    if isinstance(error, PoolTimeout):
        return "DATABASE_URL: the database is there, but too busy to answer. Try again in a moment."
    if isinstance(error, OSError) and error.errno in _NO_WRITING and error.filename:
        return f"DATA_DIR: a folder that the server may write to is expected; {error.filename}: {error.strerror}."
    return _about_database(error) if isinstance(error, DBAPIError) else None


def _about_database(error: DBAPIError) -> str | None:
    cause = error.orig
    text = f"{type(cause).__name__}: {cause}"
    if any(sign in text for sign in _OTHER_TABLES):
        return "The database has no tables yet, or those of another release. Run `flask db upgrade`, then try again."
    if type(cause).__module__.startswith("sqlite3"):
        unusable = any(sign in text for sign in _SQLITE_FILE)
        expected = "an address like sqlite:////var/lib/fair.db of a file that the server may write to"
    else:
        # What a running server refuses has a state; without one there was no connection to answer over.
        unusable = isinstance(error, OperationalError) or getattr(cause, "sqlstate", None) is None
        expected = "an address like postgresql+psycopg://user:password@host/name of a running server"
    reason = str(cause).strip().splitlines() or ["no answer"]
    said = f"DATABASE_URL: the database cannot be used ({reason[0].rstrip('.')}). Expected is {expected}."
    return said if unusable else None


def say_or_trace(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """For `sys.excepthook`: the sentence on standard error, or the stack trace when there is none. Python exits with 1."""
    sentence = sentence_for(error)
    if sentence is None:
        sys.__excepthook__(kind, error, traceback)
    else:
        click.echo(f"Error: {sentence}", err=True)
