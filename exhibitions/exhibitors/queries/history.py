"""What happened to an exhibitor, the newest first."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.exhibitors.models import Exhibitor, ExhibitorEvent
from exhibitions.exhibitors.rules.states import State

MOST_EVENTS = 200


def events(exhibitor: Exhibitor) -> Sequence[ExhibitorEvent]:
    """The history of an exhibitor, at most the last 200 deeds."""
    found = sa.select(ExhibitorEvent).where(ExhibitorEvent.exhibitor_id == exhibitor.id)
    return db.session.scalars(found.order_by(ExhibitorEvent.id.desc()).limit(MOST_EVENTS)).all()


def last_of(exhibitor: Exhibitor, deed: str) -> ExhibitorEvent | None:
    """The last deed of this kind."""
    found = sa.select(ExhibitorEvent).where(
        ExhibitorEvent.exhibitor_id == exhibitor.id, ExhibitorEvent.deed == deed
    )
    return db.session.scalar(found.order_by(ExhibitorEvent.id.desc()).limit(1))


def last_before(exhibitor: Exhibitor, state: State) -> State | None:
    """In which state the exhibitor was when it last came into this one; None when it never did."""
    found = sa.select(ExhibitorEvent.state_before).where(
        ExhibitorEvent.exhibitor_id == exhibitor.id,
        ExhibitorEvent.state_after == state,
        ExhibitorEvent.state_before != state,
    )
    return db.session.scalar(found.order_by(ExhibitorEvent.id.desc()).limit(1))
