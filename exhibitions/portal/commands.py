"""`flask expos export` and `flask expos import`: the set-up of a fair as a document."""

from __future__ import annotations

from typing import BinaryIO

import click

from exhibitions.accounts.commands import say
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.expos.commands import expos, find_expo
from exhibitions.portal.service import document

# The group with its two more commands; importing this module is what adds them.
__all__ = ["expos"]


@expos.command("export")
@click.argument("slug")
def export(slug: str) -> None:
    """Write the set-up of a fair as JSON to standard output."""
    click.echo(document.write(find_expo(slug)))


@expos.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--slug", default=None, help="The address of the new fair, when it is not the document's.")
def import_(file: BinaryIO, slug: str | None) -> None:
    """Make a new, unpublished fair from a document (a file, or - for standard input)."""
    try:
        read = document.read(file.read(document.MOST_BYTES + 1))
        with transaction():
            expo = document.create(read, slug)
    except Refused as refusal:
        raise say(refusal) from refusal
    click.echo(f"{expo.slug} is made. It is not public yet.")
