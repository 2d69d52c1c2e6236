"""Who asks to be told when registration opens (ux.md V1): kept for that alone, told once, then forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict
from exhibitions.expos.models import Expo
from exhibitions.mail import service as mail
from exhibitions.mail.models import Bounce
from exhibitions.mail.service import texting
from exhibitions.visitors import queries
from exhibitions.visitors.models import Reminder
from exhibitions.visitors.rules import letters
from exhibitions.visitors.rules.registration import OpenState
from exhibitions.visitors.service.registering import standing

LETTER = letters.OPENING
# The office sends text messages with a tool of its own; it has this long to fetch the numbers after the opening.
KEPT_AFTER_OPENING = timedelta(days=14)
_PORTION = 500


def ask(expo: Expo, phone: str | None, email: str | None, language: str) -> None:
    """Keep the wish to be told, inside the caller's transaction; who asks twice is kept once, and nothing tells them apart.

    Raises `Conflict` (`reminder_late`) unless registration is still to open.
    """
    if standing(expo, queries.moment(expo)) is not OpenState.NOT_YET:
        raise Conflict("reminder_late", N_("Registration is open already."))
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    wish = {
        "expo_id": expo.id,
        "phone": phone,
        "email": email,
        "language": language,
        "consent_version": expo.consent_version,
        "asked_at": clock.now(),
    }
    db.session.execute(insert(Reminder).values(wish).on_conflict_do_nothing())


def tell(expo: Expo) -> int:
    """Tell a portion of those who left an address that registration is open, and forget them; gives their number.

    Nothing happens while it is not open. Whoever left a number gets a text message where a sender of these is set up;
    else they are forgotten when the office has had its time to tell them, and everybody is when the fair no longer takes
    registrations.
    """
    moment = queries.moment(expo)
    state = standing(expo, moment)
    if state is OpenState.NOT_YET:
        return 0
    theirs = sa.select(Reminder).where(Reminder.expo_id == expo.id, Reminder.email.is_not(None))
    told = [*db.session.scalars(theirs.order_by(Reminder.id).limit(_PORTION)), *_texted(expo)]
    for reminder in told:
        if state is OpenState.OPEN:
            mail.send(
                LETTER,
                reminder.email or "",
                reminder.language,
                {"expo_id": expo.id},
                key=f"opening-{expo.id}",
                expo_id=expo.id,
                phone=reminder.phone,
            )
        db.session.delete(reminder)
    opened = expo.registration_opens_at
    if state is OpenState.OVER or opened is None or opened + KEPT_AFTER_OPENING <= moment.now:
        left = sa.delete(Reminder).where(Reminder.expo_id == expo.id, Reminder.phone.is_not(None))
        db.session.execute(left, execution_options={"synchronize_session": False})
    return len(told)


def _texted(expo: Expo) -> list[Reminder]:
    """The next of those whose numbers take a text message; the office tells the others."""
    if not texting.can_text():
        return []
    known = sa.exists().where(Bounce.address == Reminder.phone)
    theirs = sa.select(Reminder).where(Reminder.expo_id == expo.id, Reminder.phone.is_not(None), ~known)
    rows = db.session.scalars(theirs.order_by(Reminder.id).limit(_PORTION))
    return [reminder for reminder in rows if texting.number_for(reminder.phone)]


def take_numbers(expo: Expo, by: Actor, reason: str) -> Iterator[tuple[str, str, datetime]]:
    """The numbers to be told by a text message, each with its language and when it was left; noted in the audit (P13)."""
    theirs = sa.select(Reminder.phone, Reminder.language, Reminder.asked_at).where(
        Reminder.expo_id == expo.id, Reminder.phone.is_not(None)
    )
    rows = db.session.execute(theirs.order_by(Reminder.id)).all()
    audit.record("visitors.reminders_exported", by, expo_id=expo.id, after={"rows": len(rows)}, reason=reason)
    return ((phone or "", language, asked_at) for phone, language, asked_at in rows)
