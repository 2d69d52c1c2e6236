"""`flask demo`: the sample fairs that a newcomer walks through."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from exhibitions.core import clock
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.gates.queries.figures import attendance
from exhibitions.portal.service.demo import making, samples


@click.command("demo")
@click.option("--visits", type=click.IntRange(1000, 500_000), help="Make a full fair of so many visits.")
@click.option("--remove", is_flag=True, help="Take the demo away.")
@click.option("--again", is_flag=True, help="Take the demo away and make it anew.")
@with_appcontext
def demo(visits: int | None, remove: bool, again: bool) -> None:
    """Make the demo: the 7th fair of last year, the 8th of today, the 9th in planning. Never in production."""
    if current_app.config["SETTINGS"].production:
        raise click.ClickException("There is no demo in production.")
    if remove or again:
        with transaction():
            making.remove()
    if not remove:
        _make(visits)


def _make(visits: int | None) -> None:
    try:
        for word, step in making.steps(visits, clock.now()):
            with transaction():
                step()
            click.echo(".", nl=False, err=True) if word in ("people", "gates") else None
    except Refused as refusal:
        raise click.ClickException(refusal.message % refusal.params) from refusal
    click.echo("", err=True)
    fairs = samples.demo_fairs()
    if fairs is not None:
        found = attendance(fairs[0])
        click.echo(f"Demo made: {found.total.visitors:,} visitors, {found.total.visits:,} visits so far.")
