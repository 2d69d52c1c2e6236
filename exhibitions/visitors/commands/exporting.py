"""`flask export visitors`: who is registered, for other programs."""

from __future__ import annotations

import json
import sys

import click
from flask.cli import with_appcontext

from exhibitions.core.actor import SYSTEM
from exhibitions.core.contact import written_phone
from exhibitions.core.db import db, transaction
from exhibitions.core.sheets.writing import csv_chunks
from exhibitions.expos.commands import find_expo
from exhibitions.visitors import service
from exhibitions.visitors.queries import Filters


@click.command("visitors")
@click.option("--expo", "slug", required=True, help="The fair's address word, like 8th.")
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("--codes", is_flag=True, help="Also the text of each QR code.")
@with_appcontext
def export_visitors(slug: str, kind: str, codes: bool) -> None:
    """Write all registrations of a fair to standard output.

    JSON has phone numbers in E.164; CSV has them as every list that can be imported again: 13800138000, (+82) 1012345678.
    """
    expo = find_expo(slug)
    fields = service.FIELDS if codes else service.FIELDS[:-1]
    people = list(service.export(expo, Filters(), codes=codes))
    db.session.rollback()
    with transaction():
        service.record(expo, len(people), fields, SYSTEM)
    if kind == "json":
        click.echo(json.dumps(people, ensure_ascii=False, indent=1))
        return
    for person in people:
        person["phone"] = written_phone(person["phone"])
    rows = [fields, *([person[field] for field in fields] for person in people)]
    for chunk in csv_chunks(rows):
        sys.stdout.buffer.write(chunk)
