"""Named questions about exhibitors; the fair is the first argument."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from exhibitions.core.db import db
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson, ExhibitorSettings
from exhibitions.expos.models import Expo

LINK = "exhibitor"
"""The kind of personal link that opens the exhibitor's centre; its subject is a person."""
CO_LINK = "co_exhibitor"
"""The kind of personal link by which a co-exhibitor declares itself."""


def settings(expo: Expo) -> ExhibitorSettings | None:
    """How the fair takes exhibitors; None where nobody has said so yet."""
    return db.session.scalar(sa.select(ExhibitorSettings).where(ExhibitorSettings.expo_id == expo.id))


def hotline(expo: Expo) -> str:
    """Whom an exhibitor calls: who is named for exhibitors, else the fair's own number; "" where there is neither."""
    row = settings(expo)
    return (row.contact_phone if row is not None else "") or expo.hotline


def person(expo: Expo, person_id: int) -> ExhibitorPerson | None:
    """Somebody who acts for an exhibitor of this fair, with the exhibitor and its company; None once removed."""
    found = sa.select(ExhibitorPerson).where(
        ExhibitorPerson.expo_id == expo.id,
        ExhibitorPerson.id == person_id,
        ExhibitorPerson.removed_at.is_(None),
    )
    whole = joinedload(ExhibitorPerson.exhibitor).joinedload(Exhibitor.company)
    return db.session.scalar(found.options(whole))


def exhibitor(expo: Expo, number: str) -> Exhibitor | None:
    """The exhibitor of this fair with this number, with its company; None for one that became part of another."""
    found = sa.select(Exhibitor).where(
        Exhibitor.expo_id == expo.id, Exhibitor.number == number, Exhibitor.merged_into_id.is_(None)
    )
    return db.session.scalar(found.options(joinedload(Exhibitor.company)))
