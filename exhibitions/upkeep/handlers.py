"""The jobs of this room: a backup now and every night, and the test of one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import url_for

from exhibitions.core import clock
from exhibitions.core.access import Permission
from exhibitions.core.db import db, write_connection
from exhibitions.core.errors import N_, Refused
from exhibitions.jobs import service as jobs
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import JobRun
from exhibitions.organisation import queries as organisations
from exhibitions.upkeep.rules import archive
from exhibitions.upkeep.service import keeping, making
from exhibitions.upkeep.service.keeping import Kept
from exhibitions.upkeep.service.place import here

RESTORING = N_("Restoring into an empty place")
_LABELS = {"rows": N_("Rows"), "files": N_("Files"), "seconds": N_("Seconds")}


def register() -> None:
    """Enter the jobs of this room into the table of names."""
    jobs.register(
        keeping.BACKUP,
        backup,
        title=N_("Making a backup"),
        steps=(making.COPYING, making.PACKING),
        labels=_LABELS,
        links=_links,
    )
    jobs.register(keeping.NIGHTLY, nightly, title=N_("The backup of the night"), every=timedelta(hours=1))
    jobs.register(
        keeping.PROVE, prove, title=N_("Testing a backup"), steps=(RESTORING,), labels=_LABELS, links=_links
    )


def _links(_: Job) -> list[jobs.Link]:
    return [jobs.Link(N_("Show the backups"), url_for("upkeep.settings"), Permission.SYSTEM_MANAGE)]


def backup(run: JobRun) -> dict[str, object]:
    return _made(run, "", "")


def nightly(run: JobRun) -> dict[str, object]:
    """Asked every hour, does something once a night; a night without a server is made up for in the morning."""
    place, result, zone = here(), dict[str, object](), organisations.zone()
    if archive.night_is_due(keeping.last_night(place), clock.now(), zone):
        file = place.passphrase_file
        words = Path(file).read_text(encoding="utf-8").strip() if file else ""
        result = _made(run, "nightly", words)
    forgotten = keeping.forget_old(place, clock.now())
    if forgotten:
        with run.transaction():
            keeping.record_forgotten(forgotten)
    return result | {"forgotten": len(forgotten)}


def _made(run: JobRun, kind: str, passphrase: str) -> dict[str, object]:
    began = clock.now()
    path = here().folder / archive.file_name(began, kind)
    step = [""]

    def say(name: str, done: int, total: int) -> None:
        if step[0] != name:
            step[0] = name
            run.step(name)
        run.progress(done, total)

    manifest = making.make(db.engine, here(), path, passphrase, say)
    with run.transaction():
        making.record_made(manifest, path.name, run.actor)
    seconds = round((clock.now() - began).total_seconds(), 1)
    return {"rows": manifest.rows, "files": manifest.files, "seconds": seconds}


def prove(run: JobRun) -> dict[str, object]:
    found = keeping.backup_of(here(), str(run.arguments["backup"]))
    run.step(RESTORING)
    with _empty_place(found) as environ:
        proof = keeping.prove(found, environ)
    with run.transaction():
        keeping.record_proof(found, proof, run.actor)
    if proof.wrong:
        raise Refused(
            "backup_not_good",
            N_("This backup cannot be relied on: %(reason)s Make another one now."),
            reason=proof.wrong[0],
        )
    return {"rows": proof.rows, "files": proof.files, "seconds": proof.seconds}


@contextmanager
def _empty_place(found: Kept) -> Iterator[dict[str, str]]:
    """Where a backup is tested: a file of its own, or an own schema of the same PostgreSQL, gone afterwards."""
    url = db.engine.url
    if db.engine.dialect.name == "sqlite":
        yield {"DATABASE_URL": ""}
        return
    schema = f"proof_{uuid.uuid4().hex[:12]}"
    with write_connection(db.engine) as connection:
        connection.execute(sa.schema.CreateSchema(schema))
    try:
        own = url.update_query_dict({"options": f"-csearch_path={schema}"})
        yield {"DATABASE_URL": own.render_as_string(hide_password=False)}
    finally:
        with write_connection(db.engine) as connection:
            connection.execute(sa.schema.DropSchema(schema, cascade=True))
