"""Reminding who has not reported the day (E7: at 16:30), and the words of the reminder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from flask import current_app
from flask_babel import gettext as _

from exhibitions.accounts import service as accounts
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import N_, Refused
from exhibitions.core.i18n import format_date
from exhibitions.exhibitors import queries
from exhibitions.exhibitors.queries import LINK
from exhibitions.exhibitors.queries import figures as figures_queries
from exhibitions.exhibitors.service import figures as service
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import present, published_expos
from exhibitions.jobs import service as jobs
from exhibitions.jobs.rules import JobRun
from exhibitions.mail import service as mail
from exhibitions.mail.rules import Message

JOB = "exhibitors.figures"


def register() -> None:
    """Enter the letter and the job into the tables of names."""
    mail.register(service.REMINDER, reminder, N_("Daily figures are missing"), mint)
    jobs.register(
        JOB,
        remind_silent,
        title=N_("Reminding exhibitors of their daily figures"),
        quick=True,
        every=timedelta(minutes=10),
    )


def remind_silent(run: JobRun) -> dict[str, object]:
    """From 16:30 of an open day on: write once to every exhibitor that has not reported it."""
    sent = 0
    for expo in published_expos():
        day = service.is_due(expo, present(expo))
        if day is not None and not service.reminded(expo, day):
            with run.transaction():
                sent += service.remind(expo, day)
    return {"people": sent}


def mint(arguments: Mapping[str, int | str]) -> str:
    """A fresh link into the exhibitor's centre, in the caller's transaction."""
    return accounts.mint_link(LINK, int(arguments["person_id"]), expo_id=int(arguments["expo_id"]))


def reminder(arguments: Mapping[str, int | str], lang: str) -> Message:
    """The reminder in the reader's language; refused when the day has been reported meanwhile, or the figures are frozen."""
    expo, day = db.session.get(Expo, int(arguments["expo_id"])), date.fromisoformat(str(arguments["day"]))
    person = queries.person(expo, int(arguments["person_id"])) if expo else None
    if expo is None or person is None or figures_queries.freeze(expo) is not None:
        raise _ended()
    if figures_queries.live(expo, person.exhibitor_id, day):
        raise _ended()
    token = str(arguments.get("token", ""))
    if not token:
        with transaction():
            token = mint(arguments)
    words = {"slug": expo.slug, "token": token, "day": day.isoformat()}
    link = current_app.config["PUBLIC_URL"] + current_app.url_map.bind("").build(
        "exhibitors.daily_figures", words
    )
    fair = (expo.name_zh if lang == "zh" else expo.name_en) or expo.name_zh or expo.name_en
    return Message(
        _("Your figures of %(day)s: %(fair)s", day=format_date(day), fair=fair),
        _(
            "Hello,\n\nyour daily figures of %(day)s are not here yet. It takes half a minute:\n%(link)s\n\n"
            "If there was nothing today, one touch on “Nothing today” is enough.\n\n"
            "Your figures are added to the total of the fair and never published by company.",
            day=format_date(day),
            link=link,
        ),
    )


def _ended() -> Refused:
    return Refused("figures_there", N_("The figures have been reported meanwhile."))
