"""How people have arranged their list: saved views and chosen columns."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import ListColumns, SavedView
from exhibitions.visitors.rules.columns_shown import MOST_VIEWS, USUAL


def views(expo: Expo, by: Actor) -> Sequence[SavedView]:
    """The saved views of a fair that this person sees: the shared ones and the person's own, oldest first."""
    seen = sa.select(SavedView).where(
        SavedView.expo_id == expo.id, sa.or_(SavedView.shared.is_(True), SavedView.owner_id == by.id)
    )
    return db.session.scalars(seen.order_by(SavedView.id).limit(2 * MOST_VIEWS)).all()


def view_of(expo: Expo, view_id: int, by: Actor) -> SavedView | None:
    """The saved view with this number, if it is this fair's and the person sees it."""
    found = sa.select(SavedView).where(
        SavedView.expo_id == expo.id,
        SavedView.id == view_id,
        sa.or_(SavedView.shared.is_(True), SavedView.owner_id == by.id),
    )
    return db.session.scalar(found)


def columns(by: Actor) -> Sequence[str]:
    """The columns that this person has chosen, else the usual ones."""
    chosen = db.session.get(ListColumns, by.id) if by.id is not None else None
    return chosen.columns if chosen is not None else USUAL
