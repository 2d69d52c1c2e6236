"""Messages between the office and an exhibitor: one thread a company, seen by all who work there."""

from __future__ import annotations

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Refused
from exhibitions.exhibitors.models import Exhibitor, ExhibitorMessage
from exhibitions.exhibitors.queries import messages as queries
from exhibitions.expos.models import Expo

LONGEST = 2_000


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
    audit.record(
        "exhibitors.message_written",
        by,
        expo_id=expo.id,
        subject=("exhibitor", exhibitor.id),
        after={"from_office": from_office},
    )
    return row


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
