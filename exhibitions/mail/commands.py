"""`flask mail`: messages that came back, read from files."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import transaction
from exhibitions.mail.rules.bounces import MOST_BYTES, read_returned
from exhibitions.mail.service import bounces

mail = AppGroup("mail", help="The outbox.")


@mail.command("returned")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def returned(files: tuple[Path, ...]) -> None:
    """Mark the messages that came back (.eml files of the sender's letter box), of all fairs."""
    found = []
    for file in files:
        with file.open("rb") as stream:
            found += read_returned(stream.read(MOST_BYTES))
    with transaction():
        taken = bounces.take_back(found, SYSTEM, everywhere=True)
    click.echo(f"{taken.marked} marked, {taken.delayed} only late, {taken.unknown} unknown.")
