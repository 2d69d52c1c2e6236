"""Telling people what happened to them: by mail where there is an address, by text message, else on the list of those to be told."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from exhibitions.accounts import service as accounts
from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Refused
from exhibitions.expos.models import Expo
from exhibitions.mail import service as mail
from exhibitions.visitors import queries as people
from exhibitions.visitors.models import Consent, Registration, VisitReminder
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.queries import mailing as queries
from exhibitions.visitors.rules import letters, mailing
from exhibitions.visitors.rules.registration import Channel

LEAVE = "unsubscribe"
"""The kind of personal link that ends marketing, and nothing else."""
_PORTION = 50


def tell(registration: Registration, letter: str) -> None:
    """Write a letter about what has just been done; without an address it waits to be told by people."""
    mail.send(
        letter,
        registration.email or "",
        registration.language,
        {"expo_id": registration.expo_id, "registration_id": registration.id},
        key=f"{letter}-{registration.id}-{clock.now().timestamp()}",
        expo_id=registration.expo_id,
        subject=(HOLDER, registration.id),
        phone=registration.phone,
    )


def set_reminder(expo: Expo, days_before: int, by: Actor) -> None:
    """Remind people so many days before their visit; 0: not at all."""
    if days_before not in (0, *mailing.REMIND_DAYS):
        raise Refused("reminder_days", N_("Choose one of the days in the list"))
    # Of two at once the unique constraint is the judge, and both find the one row.
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    first = insert(VisitReminder).values(expo_id=expo.id, days_before=0)
    db.session.execute(first.on_conflict_do_nothing())
    row = db.session.scalars(sa.select(VisitReminder).where(VisitReminder.expo_id == expo.id)).one()
    before, row.days_before = row.days_before, days_before
    row.done_on = None
    if before != days_before:
        audit.record(
            "visitors.reminder_set",
            by,
            expo_id=expo.id,
            before={"days_before": before},
            after={"days_before": days_before},
        )


def remind(expo: Expo, row: VisitReminder, behind: int) -> int | None:
    """Remind the next of those whose visit is near; gives the number to go on behind, None when today's round is done.

    Everybody is reminded once for a day, however often this is asked.
    """
    moment = people.moment(expo)
    if row.done_on == moment.today or not mailing.is_reminding_hour(moment.now, expo.timezone):
        return None
    days = mailing.reminded_days(moment.days, moment.today, row.days_before)
    first = next((day for day in days if day == moment.days[0]), None)
    midnight = datetime.combine(moment.today, time(), ZoneInfo(expo.timezone))
    found = queries.to_remind(expo, days, first, midnight, behind, _PORTION) if days else []
    for person in found:
        mail.send(
            letters.BEFORE,
            person.email or "",
            person.language,
            {"expo_id": expo.id, "registration_id": person.id},
            key=f"before-{person.id}",
            expo_id=expo.id,
            subject=(HOLDER, person.id),
            batch=f"before-{expo.id}",
            phone=person.phone,
        )
    if len(found) < _PORTION:
        row.done_on = moment.today
        return None
    return found[-1].id


def leave_link(registration: Registration) -> str:
    """A fresh token of the link by which a person leaves marketing (RFC 8058)."""
    return accounts.mint_link(LEAVE, registration.id, expo_id=registration.expo_id)


def leave_marketing(expo: Expo, registration_id: int, by: Actor) -> None:
    """Withdraw the person's consent to marketing; a second time changes nothing. Messages about the visit go on."""
    ended = [row for row in queries.marketing_of(expo.id, [registration_id]) if row.withdrawn_at is None]
    for consent in ended:
        consent.withdrawn_at = clock.now()
    if ended:
        audit.record("visitors.marketing_left", by, expo_id=expo.id, subject=(HOLDER, registration_id))


def join_marketing(expo: Expo, registration_id: int, language: str, by: Actor) -> None:
    """Agree to marketing again, by the text that the person agreed to last; nothing for who never did or still does."""
    given = queries.marketing_of(expo.id, [registration_id])
    if not given or any(consent.withdrawn_at is None for consent in given):
        return
    db.session.add(
        Consent(
            expo_id=expo.id,
            registration_id=registration_id,
            purpose=mailing.MARKETING,
            version=given[-1].version,
            language=language[:2],
            channel=Channel.ONLINE,
            given_at=clock.now(),
        )
    )
    audit.record("visitors.marketing_joined", by, expo_id=expo.id, subject=(HOLDER, registration_id))
