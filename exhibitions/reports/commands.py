"""`flask report`."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

import click
from flask.cli import AppGroup

from exhibitions.core.errors import NotFound
from exhibitions.expos.commands import find_expo
from exhibitions.gates.queries.fair import setup_of
from exhibitions.reports.queries.attendance import attendance, gate_names
from exhibitions.reports.queries.exhibition import facts as exhibition_facts
from exhibitions.reports.rules.documents import attendance_document, exhibition_document
from exhibitions.reports.rules.evidence import digest, evidence
from exhibitions.reports.rules.exhibition import exhibition
from exhibitions.reports.rules.profiles import DEFAULT, PROFILES, profile_of

report = AppGroup("report", help="Figures.")


@report.command("attendance")
@click.option("--expo", "slug", required=True)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def show_attendance(slug: str, as_json: bool) -> None:
    """Visits and visitors of a fair, counted from its scans."""
    expo = find_expo(slug)
    document = attendance_document(attendance(expo), gate_names(setup_of(expo.id, expo.setup_version)))
    click.echo(json.dumps(document, ensure_ascii=False, indent=2) if as_json else _table(document))


@report.command("exhibition")
@click.option("--expo", "slug", required=True)
@click.option(
    "--profile", "key", default=DEFAULT, show_default=True, help="ISO-UFI, FKM, CENTREX, ABC or CN-LOCAL."
)
@click.option("--evidence", "file", type=click.File("wb"), help="Write the rows behind the figures there.")
def show_exhibition(slug: str, key: str, file: BinaryIO | None) -> None:
    """Space and exhibitors of a fair under a profile of counting rules, as JSON."""
    try:
        profile = profile_of(key)
    except NotFound as error:
        raise click.ClickException(f"no such profile; there are {', '.join(PROFILES)}") from error
    facts = exhibition_facts(find_expo(slug))
    content = evidence(facts)
    if file is not None:
        file.write(content)
    document = exhibition_document(exhibition(facts, profile), digest(content))
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def _table(document: dict[str, Any]) -> str:
    lines = [
        f"{'visits':>10} {'visitors':>10}",
        f"{document['visits']:>10,} {document['visitors']:>10,}  total",
    ]
    for part in ("by_day", "by_hour", "by_gate", "by_class", "by_region"):
        lines.append(part.replace("_", " "))
        lines += [
            f"{line['visits']:>10,} {line['visitors']:>10,}  {key}" for key, line in document[part].items()
        ]
    lines.append("entries that are no visit")
    lines += [f"{count:>10,}  {reason}" for reason, count in document["not_counted"].items()]
    return "\n".join(lines)
