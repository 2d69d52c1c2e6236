"""The housekeeping that repeats by itself, as it is registered in the whole application (P6)."""

import sqlalchemy as sa
from flask import Flask

from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.jobs import service
from exhibitions.jobs.commands.running import drain
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import State
from tests.engines import both_engines

OURS = {"jobs.expire", "files.expire", "files.sweep", "mail.expire", "mail.rescue"}


@both_engines
def test_every_periodic_job_of_these_rooms_runs(app: Flask) -> None:
    with app.app_context():
        with transaction():
            service.enqueue_periodic(clock.now())
        assert drain(names=OURS) == len(OURS)
        rows = db.session.execute(sa.select(Job.name, Job.state).where(Job.name.in_(OURS))).all()
        assert {row.name: row.state for row in rows} == dict.fromkeys(OURS, State.DONE)
