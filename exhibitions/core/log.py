"""The log: one JSON line an event on standard error, which names nobody (P19)."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError


def configure() -> None:
    """Say how events are written. Paths, addresses, bodies and values of rows are never logged: they name people."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_values,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # Asked anew each time: a command's own output goes to standard output, and tests replace both.
        logger_factory=lambda *_: structlog.PrintLogger(_TARGET),  # type: ignore[arg-type]  # two members of a file are asked for
    )


class _Unfailing:
    """Standard error whose own failing harms nobody: with a full disk under the log, requests go on unlogged (F3)."""

    def write(self, text: str) -> None:
        """Write `text`, or lose it."""
        with contextlib.suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Hand on what was written, or keep it for the next time."""
        with contextlib.suppress(OSError):
            sys.stderr.flush()


_TARGET = _Unfailing()


def without_values(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Write an error of the database without its words: PostgreSQL repeats the row in them ("DETAIL: Failing row contains").

    Where it happened, its class, its SQLSTATE and the constraint stay. Errors without one in their chain pass as they are.
    """
    error = event.get("exc_info")
    if not isinstance(error, BaseException):
        return event
    chain = list(_chain(error))
    if any(_is_of_the_database(each) for each in chain):
        del event["exc_info"]
        event["exception"] = "\n".join(map(_told, chain))
    return event


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what led to it, the first cause first."""
    if error is not None:
        yield from _chain(error.__cause__ or (None if error.__suppress_context__ else error.__context__))
        yield error


def _is_of_the_database(error: BaseException) -> bool:
    return isinstance(error, (DBAPIError, sqlite3.Error)) or type(error).__module__.startswith("psycopg")


def _told(error: BaseException) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    if not _is_of_the_database(error):
        return frames + "".join(traceback.format_exception_only(error))
    facts = (
        getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None),
        getattr(getattr(error, "diag", None), "constraint_name", None),
    )
    return f"{frames}{type(error).__qualname__} {' '.join(fact for fact in facts if fact)}".rstrip()
