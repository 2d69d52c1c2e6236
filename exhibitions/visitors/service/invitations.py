"""Who invites visitors: entered, renamed, ended, opened again; and by whom a person who registers was invited."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Refused
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import InvitationSource
from exhibitions.visitors.queries import invitations as queries
from exhibitions.visitors.rules.invitations import (
    LETTERS,
    MOST_SOURCES,
    WORD_LENGTH,
    SourceFacts,
    name_key,
)
from exhibitions.visitors.service.unique import flush_unique

SUBJECT = "invitation_source"
_KNOWN = {"name_key": ("source_known", N_("This name is among the sources already"))}
_PERSONAL = frozenset({"contact", "phone"})


def add_sources(expo: Expo, sources: Sequence[SourceFacts], by: Actor) -> list[InvitationSource]:
    """Enter who invites, each with the word of its link.

    Raises `Conflict("source_known")` when one of the names is there already: the unique constraint is the judge, and the
    transaction is lost. Raises `Refused` when they become more than a fair can have.
    """
    # Two lists sent at once are counted one after the other.
    db.session.execute(sa.select(Expo.id).where(Expo.id == expo.id).with_for_update())
    if queries.count_sources(expo) + len(sources) > MOST_SOURCES:
        raise Refused("sources_many", N_("A fair can have %(most)s sources"), most=MOST_SOURCES)
    words = set(queries.source_names(expo.id))
    rows = []
    for facts in sources:
        word = _new_word(words)
        words.add(word)
        rows.append(
            InvitationSource(
                expo_id=expo.id, word=word, name_key=name_key(facts), created_at=clock.now(), **asdict(facts)
            )
        )
    db.session.add_all(rows)
    flush_unique(InvitationSource.__tablename__, _KNOWN)
    for row in rows:
        audit.record(
            "visitors.source_added",
            by,
            expo_id=expo.id,
            subject=(SUBJECT, row.id),
            after={"kind": row.kind.value, "name_zh": row.name_zh, "name_en": row.name_en},
        )
    return rows


def _new_word(taken: set[str]) -> str:
    while True:
        word = "".join(secrets.choice(LETTERS) for _ in range(WORD_LENGTH))
        if word not in taken:
            return word


def change_source(
    expo: Expo, row: InvitationSource, facts: SourceFacts, by: Actor, *, without_phone: bool = False
) -> None:
    """Name a source anew; its link stays. A number that is left out is kept, unless it is to be taken away.

    Raises like `add_sources`.
    """
    values = asdict(facts)
    if facts.phone is None and not without_phone:
        del values["phone"]
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return
    before = {name: getattr(row, name) for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    row.name_key = name_key(facts)
    flush_unique(InvitationSource.__tablename__, _KNOWN)
    audit.record(
        "visitors.source_changed",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, row.id),
        before=before,
        after=changed,
        personal=_PERSONAL & changed.keys(),
    )


def end_source(expo: Expo, row: InvitationSource, by: Actor, *, ended: bool) -> None:
    """End a source or open it again: who registers by the link of an ended one comes by nobody. Twice changes nothing."""
    if (row.ended_at is not None) == ended:
        return
    row.ended_at = clock.now() if ended else None
    deed = "visitors.source_ended" if ended else "visitors.source_opened"
    audit.record(deed, by, expo_id=expo.id, subject=(SUBJECT, row.id))


def unmask_source(expo: Expo, row: InvitationSource, by: Actor) -> None:
    """Note that somebody read the full number of who is asked there (B12)."""
    audit.record("visitors.source_unmasked", by, expo_id=expo.id, subject=(SUBJECT, row.id))


def invited_by(expo: Expo, word: str) -> tuple[str, InvitationSource | None]:
    """The word of a link as it is kept with a registration, and who invites by it.

    A word that is no source's stays as it is: the organiser may use words of the own. That of an ended source counts for
    nobody.
    """
    row = queries.source_by_word(expo, word)
    if row is None:
        return word, None
    return ("", None) if row.ended_at is not None else (row.word, row)


def expire_contacts(expo: Expo, most: int = 500) -> int:
    """Take away the persons and numbers of a portion of the sources of a fair; gives their number (P6)."""
    left = sa.select(InvitationSource.id).where(InvitationSource.expo_id == expo.id, _names_somebody())
    numbers = db.session.scalars(left.order_by(InvitationSource.id).limit(most).with_for_update()).all()
    if not numbers:
        return 0
    audit.erase_person_keys(SUBJECT, numbers)
    emptied = (
        sa.update(InvitationSource).where(InvitationSource.id.in_(numbers)).values(contact="", phone=None)
    )
    db.session.execute(emptied, execution_options={"synchronize_session": False})
    return len(numbers)


def count_contacts(expo: Expo) -> int:
    """How many sources of the fair still name a person to ask or a number."""
    found = sa.select(sa.func.count(InvitationSource.id))
    return db.session.scalar(found.where(InvitationSource.expo_id == expo.id, _names_somebody())) or 0


def _names_somebody() -> sa.ColumnElement[bool]:
    return sa.or_(InvitationSource.contact != "", InvitationSource.phone.is_not(None))
