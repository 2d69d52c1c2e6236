"""The jobs of stored files: removing bytes, dropping what has expired, sweeping up orphans."""

from __future__ import annotations

from datetime import timedelta

from exhibitions.core import clock
from exhibitions.core.errors import N_
from exhibitions.files import service
from exhibitions.jobs import service as jobs
from exhibitions.jobs.rules import JobRun, in_portions


def register() -> None:
    """Enter the jobs of this room into the table of names."""
    jobs.register(service.REMOVE, remove, title=N_("Removing a file"), quick=True)
    jobs.register(
        "files.expire", expire, title=N_("Removing expired files"), quick=True, every=timedelta(minutes=15)
    )
    jobs.register("files.sweep", sweep, title=N_("Sweeping up left-over files"), every=timedelta(hours=6))


def remove(run: JobRun) -> dict[str, object]:
    service.remove_bytes(str(run.arguments["path"]), expired=bool(run.arguments.get("expired")))
    return {}


def expire(run: JobRun) -> dict[str, object]:
    return {"files": in_portions(run, lambda: service.expire(clock.now()))}


def sweep(run: JobRun) -> dict[str, object]:
    return {"files": service.sweep(clock.now())}
