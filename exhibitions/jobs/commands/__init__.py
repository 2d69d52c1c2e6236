"""`flask jobs`: the worker, and a look at the queue."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from exhibitions.jobs import queries
from exhibitions.jobs.commands.worker import Wish, Worker

jobs = AppGroup("jobs", help="Long work: mail, imports, exports, print runs.")


@jobs.command("work")
@click.option("--once", is_flag=True, help="Do one job if one is ready, then end.")
@click.option("--drain", is_flag=True, help="End as soon as nothing is ready.")
@click.option("--heartbeat", type=click.Path(path_type=Path), help="A file to touch every second.")
@click.option(
    "--lease", type=click.FloatRange(min=0.5), default=60.0, help="Seconds before a silent job is taken over."
)
@click.option("--grace", type=click.FloatRange(min=0), default=10.0, help="Seconds that jobs get to stop.")
def work(once: bool, drain: bool, heartbeat: Path | None, lease: float, grace: float) -> None:
    """Do jobs until told to stop."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    wish = Wish(
        timedelta(seconds=lease),
        drain=drain or once,
        most=1 if once else None,
        heartbeat=heartbeat,
        grace=grace,
    )
    Worker(app, wish).work()


@jobs.command("list")
def show() -> None:
    """Show what is queued or running."""
    for job in queries.open_jobs():
        click.echo(
            f"{job.id}\t{job.state}\t{job.name}\t{job.done}/{job.total}\t"
            f"attempts {job.attempts}\tafter {job.run_after:%Y-%m-%d %H:%M:%S}"
        )
