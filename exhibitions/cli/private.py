"""What the server writes is for the account that runs it: the folder 0700, files 0600, whatever umask it was started with.

The commands that make part of the program (`flask assets`, `flask translations` …) write as they are told: a web server
or another account may have to read that.
"""

from __future__ import annotations

import functools
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import ParamSpec, TypeVar

from sqlalchemy.engine import make_url

_PRIVATE = 0o077
_given: list[int] = []
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def write_privately() -> None:
    """Let this process and its children make files that nobody else may read."""
    given = os.umask(_PRIVATE)
    if not _given:
        _given.append(given)


def for_others(command: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """A command whose files belong to the program: they are made with the umask that the process was started with."""

    @functools.wraps(command)
    def run(*arguments: Arguments.args, **values: Arguments.kwargs) -> Result:
        before = os.umask(_given[0]) if _given else None
        try:
            return command(*arguments, **values)
        finally:
            if before is not None:
                os.umask(before)

    return run


def close(data_dir: Path, database_url: str) -> None:
    """Close to others what an earlier release left open: the data folder, the file of the database, its journal.

    What belongs to another account, and a folder that many write to (like /tmp), is left as it is.
    """
    _close(data_dir)
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        for path in (url.database, f"{url.database}-wal", f"{url.database}-shm"):
            _close(Path(path))


def _close(path: Path) -> None:
    with suppress(OSError):
        found = path.stat()
        mode = stat.S_IMODE(found.st_mode)
        if found.st_uid == os.geteuid() and mode & _PRIVATE and not mode & stat.S_ISVTX:
            path.chmod(mode & ~_PRIVATE)
