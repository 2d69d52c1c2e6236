"""Messages between the office and an exhibitor: one thread a company. The other side hears of them by letter.

A letter says that there is something to read, and where; what was written stays in the thread. What is written in a few
minutes is one letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from exhibitions.accounts import queries as accounts
from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Refused
from exhibitions.exhibitors import queries as settings_queries
from exhibitions.exhibitors.models import Exhibitor, ExhibitorMessage, ExhibitorPerson
from exhibitions.exhibitors.queries import applying
from exhibitions.exhibitors.queries import messages as queries
from exhibitions.exhibitors.rules import letters
from exhibitions.exhibitors.rules.people import HEARS, Duty, may
from exhibitions.exhibitors.service.telling import PERSON
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import planning
from exhibitions.jobs import service as jobs
from exhibitions.mail import service as mail

LONGEST = 2_000
TELL = "exhibitors.messages"
"""The job that writes to the other side."""
FOLD = timedelta(minutes=5)
"""What is written within such a span is one letter, which leaves a minute after its end."""


def write(
    expo: Expo, exhibitor: Exhibitor, text: str, by: Actor, person_id: int | None = None
) -> ExhibitorMessage:
    """Put a text into the thread: from the office, or from the exhibitor's person `person_id`.

    The very same text again, while nobody has answered, is the same message (a double click). Who answers has read
    what stood there. Raises `Refused` for an empty text and one above 2,000 characters.
    """
    words = text.strip()
    if not words:
        raise Refused("message_empty", N_("Write a message"))
    if len(words) > LONGEST:
        raise Refused("message_long", N_("A message has at most %(most)s characters"), most=LONGEST)
    from_office = person_id is None
    before = queries.last(expo, exhibitor.id)
    if before is not None and before.text == words and before.from_office is from_office:
        return before
    row = ExhibitorMessage(
        expo_id=expo.id,
        exhibitor_id=exhibitor.id,
        from_office=from_office,
        text=words,
        user_id=by.id if from_office else None,
        person_id=person_id,
        at=clock.now(),
    )
    db.session.add(row)
    seen(expo, exhibitor, by_office=from_office)
    db.session.flush()
    _ask(row)
    audit.record(
        "exhibitors.message_written",
        by,
        expo_id=expo.id,
        subject=("exhibitor", exhibitor.id),
        after={"from_office": from_office},
    )
    return row


def _ask(row: ExhibitorMessage) -> None:
    span = int(row.at.timestamp() // FOLD.total_seconds())
    jobs.enqueue(
        TELL,
        f"{row.exhibitor_id}-{int(row.from_office)}-{span}",
        {"exhibitor_id": row.exhibitor_id, "from_office": int(row.from_office)},
        expo_id=row.expo_id,
        run_after=datetime.fromtimestamp((span + 1) * FOLD.total_seconds(), UTC) + timedelta(minutes=1),
    )


def tell_other_side(expo: Expo, exhibitor: Exhibitor, *, from_office: bool) -> int:
    """Write to whom the youngest message of a side is for, once; gives how many. Nobody when it was seen meanwhile."""
    row = queries.last_of_side(expo, exhibitor.id, from_office=from_office)
    if row is None or row.read_at is not None:
        return 0
    if from_office:
        return sum(_tell_person(row, person) for person in _hearers(expo, exhibitor))
    return sum(_tell_office(row, *each) for each in _office(expo, exhibitor))


def _hearers(expo: Expo, exhibitor: Exhibitor) -> Sequence[ExhibitorPerson]:
    """Owners, stand managers, and who of the company has written last."""
    asked = queries.last_of_side(expo, exhibitor.id, from_office=False)
    writer = asked.person_id if asked is not None else None
    return [
        each
        for each in applying.living_people(exhibitor)
        if each.role in HEARS or (each.id == writer and may(each.role, Duty.MESSAGES))
    ]


def _tell_person(row: ExhibitorMessage, person: ExhibitorPerson) -> bool:
    return mail.send(
        letters.MESSAGE,
        person.email or "",
        person.language,
        {"expo_id": row.expo_id, "person_id": person.id, "message_id": row.id},
        key=f"{letters.MESSAGE}-{person.id}-{row.id}",
        expo_id=row.expo_id,
        subject=(PERSON, person.id),
        phone=person.phone,
    )


def _office(expo: Expo, exhibitor: Exhibitor) -> list[tuple[str, str, int | None]]:
    """Address, language and account of whom an exhibitor's message is for: its owner at the organiser; where it has
    none any more, the contact for exhibitors; without one, those who run the fair."""
    settings = settings_queries.settings(expo)
    owner = exhibitor.user_id if exhibitor.user_id in planning.members(expo) else None
    if owner is None and settings is not None and settings.contact_email:
        return [(settings.contact_email, "zh", None)]
    users = [accounts.user_by_id(number) for number in ([owner] if owner else expos.organisers_of(expo))]
    return [(user.email, user.language or "zh", user.id) for user in users if user and not user.disabled_at]


def _tell_office(row: ExhibitorMessage, address: str, language: str, user_id: int | None) -> bool:
    return mail.send(
        letters.MESSAGE_TO_OFFICE,
        address,
        language,
        {"expo_id": row.expo_id, "exhibitor_id": row.exhibitor_id, "message_id": row.id},
        key=f"{letters.MESSAGE_TO_OFFICE}-{user_id or 0}-{row.id}",
        expo_id=row.expo_id,
        subject=("user", user_id) if user_id is not None else None,
    )


def seen(expo: Expo, exhibitor: Exhibitor, *, by_office: bool) -> None:
    """Note that one side has seen what the other wrote."""
    theirs = sa.update(ExhibitorMessage).where(
        ExhibitorMessage.expo_id == expo.id,
        ExhibitorMessage.exhibitor_id == exhibitor.id,
        ExhibitorMessage.from_office.is_(not by_office),
        ExhibitorMessage.read_at.is_(None),
    )
    db.session.execute(theirs.values(read_at=clock.now()), execution_options={"synchronize_session": False})


def erase_person(number: int) -> None:
    """Take away what one of an exhibitor's people wrote; that there was a message stays."""
    theirs = sa.update(ExhibitorMessage).where(ExhibitorMessage.person_id == number)
    db.session.execute(theirs.values(text=""), execution_options={"synchronize_session": False})
