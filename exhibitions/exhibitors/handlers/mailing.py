"""The job that puts a message to many companies into the outbox."""

from __future__ import annotations

from flask import url_for

from exhibitions.core.access import Permission
from exhibitions.core.db import db
from exhibitions.core.errors import N_, NotFound
from exhibitions.exhibitors.models import ExhibitorMailing
from exhibitions.exhibitors.queries.mailing import mailing_of
from exhibitions.exhibitors.service import mailing
from exhibitions.expos.models import Expo
from exhibitions.jobs import service as jobs
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import JobRun

_MAILING = N_("Putting the messages into the outbox")


def register() -> None:
    """Enter the jobs of this room into the table of names."""
    jobs.register(
        mailing.SEND,
        send_mailing,
        title=N_("Sending a message to many companies"),
        steps=(_MAILING,),
        labels={"companies": N_("Companies"), "no_address": N_("Without an address")},
        links=_links,
    )


def send_mailing(run: JobRun) -> dict[str, object]:
    """Put one message to many companies into the outbox, portion by portion; it may be cut off and goes on."""
    run.step(_MAILING)
    while True:
        with run.transaction():
            expo, row = _mailing(run)
            more = mailing.send_portion(expo, row)
            counts = dict(row.counts)
        if not more:
            return {"companies": counts.get("done", 0), "no_address": counts.get("no_address", 0)}
        run.progress(counts.get("done", 0), counts.get("companies", 0))
        db.session.expunge_all()


def _mailing(run: JobRun) -> tuple[Expo, ExhibitorMailing]:
    expo = db.session.get(Expo, run.expo_id)
    row = mailing_of(expo, int(run.arguments["mailing_id"])) if expo else None
    if expo is None or row is None:
        raise NotFound("mailing_gone", N_("This message is not there any more."))
    return expo, row


def _links(job: Job) -> list[jobs.Link]:
    expo = db.session.get(Expo, job.expo_id)
    if expo is None:
        return []
    url = url_for("exhibitors.company_mailing", slug=expo.slug, mailing_id=job.arguments["mailing_id"])
    return [jobs.Link(N_("Show the message"), url, Permission.MESSAGES_SEND)]
