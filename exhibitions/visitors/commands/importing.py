"""`flask import visitors`: the import of O7 from a terminal."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import click
from flask.cli import AppGroup

from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.core.imports import stages
from exhibitions.core.sheets.table import Unreadable
from exhibitions.expos.commands import find_expo
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.jobs.commands.running import drain
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import OPEN
from exhibitions.visitors.queries import importing as queries
from exhibitions.visitors.rules.importing import LONGEST, REASON_TEXTS, Reason
from exhibitions.visitors.service import importing as service

imports = AppGroup("import", help="Lists of people from files.")
CONSOLE = Actor("console")
WAIT_SECONDS = 0.2


@imports.command("visitors")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--expo", "slug", required=True, help="The address of the fair.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option(
    "--update", is_flag=True, help="Also change who is known by name and phone number or e-mail address."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def visitors(file: Path, slug: str, dry_run: bool, update: bool, as_json: bool) -> None:
    """Bring the people of a CSV, TXT, XLSX or XLS file into a fair.

    A file whose import was cut off goes on where it stopped; nobody comes in twice. A row with the badge number of somebody
    changes that person. With --update so does a row with the name and the phone number or e-mail address of somebody, and
    --json also has the counts created, updated and unchanged; without, such a row is a duplicate.
    """
    expo = find_expo(slug)
    try:
        report = _checked(expo, file, update=update) if dry_run else _imported(expo, file, update=update)
    except Unreadable as refusal:
        report = {
            "rows": 0,
            "accepted": 0,
            "created": 0,
            "updated": 0,
            "unchanged": 0,
            "rejected": [],
            "refused": refusal.code,
            "sentence": refusal.message,
        }
    except Refused as refusal:
        raise click.ClickException(refusal.message % refusal.params) from refusal
    _print_json(report, update=update) if as_json else _print_text(report, dry_run=dry_run)


def _checked(expo: Expo, file: Path, *, update: bool) -> dict[str, object]:
    opened = replace(service.open_path(file), classes=service.class_names(expo))
    return service.judged(expo, opened, by_contact=update).summary()


def _imported(expo: Expo, file: Path, *, update: bool) -> dict[str, object]:
    """Ask for the job and do it here, unless a worker was quicker; if this process dies, a worker takes it over."""
    with file.open("rb") as stream:
        kept = files.write(stream)
    with transaction():
        row = queries.same_file(expo, kept.sha256, {stages.RUNNING})
        row = row or service.begin(expo, kept, file.name, CONSOLE)
        job_id, import_id = (
            service.ask_run(expo, row, CONSOLE, stages.CHANGE if update else service.BY_NUMBER).id,
            row.id,
        )
    while True:
        drain(names=[service.RUN])
        db.session.rollback()
        db.session.expire_all()
        job = db.session.get_one(Job, job_id, populate_existing=True)
        if job.state not in OPEN:
            break
        if job.error_reference:
            # A fault of our own: the worker tries again later, nobody has to wait at a terminal.
            raise click.ClickException(f"{job.error_message} ({job.error_reference})")
        time.sleep(WAIT_SECONDS)
    found = queries.import_of(expo, import_id)
    if found is None or found.state not in (stages.DONE, stages.REFUSED):
        raise click.ClickException(job.error_message % job.error_params)
    return dict(found.counts)


def _print_json(report: dict[str, object], *, update: bool) -> None:
    pairs: list[tuple[int, str]] = report["rejected"]  # type: ignore[assignment]
    answer = {
        "rows": report["rows"],
        "accepted": int(str(report["accepted"])) + int(str(report["unchanged"])),
        "rejected": [{"row": row, "reason": reason} for row, reason in pairs],
        "refused": report["refused"],
    }
    if update:
        answer |= {name: report[name] for name in ("created", "updated", "unchanged")}
    click.echo(json.dumps(answer, ensure_ascii=False))


def _print_text(report: dict[str, object], *, dry_run: bool) -> None:
    if report["refused"]:
        raise click.ClickException(str(report["sentence"]))
    counted: dict[str, int] = report["by_reason"]  # type: ignore[assignment]
    done = "would be accepted" if dry_run else "accepted"
    click.echo(f"{report['rows']} rows, {report['accepted']} {done}, {sum(counted.values())} rejected.")
    if report["updated"] or report["unchanged"]:
        click.echo(f"{report['created']} new, {report['updated']} changed, {report['unchanged']} unchanged.")
    if not report["rows"]:
        click.echo("The file has headings but no people under them.")
    if report["shortened"]:
        limits = ", ".join(f"{name} {most}" for name, most in LONGEST.items())
        click.echo(
            f"{report['shortened']} rows have texts that are too long and are cut, in characters: {limits}."
        )
    if report["unreadable"]:
        click.echo(f"{report['unreadable']} rows have characters that could not be read and stand as \ufffd.")
    for reason, count in counted.items():
        click.echo(f"  {count:>7}  {reason}: {REASON_TEXTS[Reason(reason)]}")
