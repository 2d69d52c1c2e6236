"""What was noted about entries once their result was locked."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from exhibitions.awards.models import AwardEntry, EntryEvent
from exhibitions.core.db import db


def notes(entry: AwardEntry, deed: str) -> Sequence[EntryEvent]:
    """The notes of this kind about an entry, in their order."""
    found = sa.select(EntryEvent).where(EntryEvent.entry_id == entry.id, EntryEvent.deed == deed)
    return db.session.scalars(found.order_by(EntryEvent.id)).all()
