"""`flask badges`: the keys that badges are signed with."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from exhibitions.badges import queries, service
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import transaction

badges = AppGroup("badges", help="Badges and the keys that they are signed with.")


@badges.command("keys")
def keys() -> None:
    """List the public keys by number; codes of all of them are valid."""
    in_force = {key.number for key in queries.keys_in_force()}
    for number, public in sorted(queries.public_keys().items()):
        click.echo(f"{number}\t{public.hex()}\t{'in force' if number in in_force else 'retired'}")


@badges.command("rotate-key")
@click.option("--reason", default="", help="Why; kept in the audit.")
def rotate_key(reason: str) -> None:
    """Sign new badges with a new key. Badges that exist stay valid."""
    with transaction():
        key = service.rotate(SYSTEM, reason)
    click.echo(f"New badges are signed with key {key.number}.")
