"""Entries of the show directory; the fair is the first argument."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from exhibitions.core.db import db
from exhibitions.exhibitors.models import CoExhibitor, DirectoryEntry, DirectoryProduct, Exhibitor
from exhibitions.exhibitors.rules.co_exhibitors import CoState
from exhibitions.exhibitors.rules.directory import EntryState
from exhibitions.exhibitors.rules.states import UNDER_CONTRACT
from exhibitions.expos.models import Expo

MOST = 5_000
"""No fair has more exhibitors."""


def entry(expo: Expo, exhibitor_id: int) -> DirectoryEntry | None:
    """The entry of an exhibitor itself, with its products."""
    return db.session.scalar(
        sa.select(DirectoryEntry)
        .where(
            DirectoryEntry.expo_id == expo.id,
            DirectoryEntry.exhibitor_id == exhibitor_id,
            DirectoryEntry.co_exhibitor_id.is_(None),
        )
        .options(selectinload(DirectoryEntry.products))
    )


def entry_by_number(expo: Expo, number: str) -> tuple[DirectoryEntry, Exhibitor] | None:
    """An entry of this fair by the number in its address, with its exhibitor."""
    found = (
        sa.select(DirectoryEntry, Exhibitor)
        .join(Exhibitor, Exhibitor.id == DirectoryEntry.exhibitor_id)
        .where(DirectoryEntry.expo_id == expo.id, DirectoryEntry.number == number)
        .options(selectinload(DirectoryEntry.products), joinedload(Exhibitor.company))
    )
    row = db.session.execute(found).first()
    return (row[0], row[1]) if row is not None else None


def product(expo: Expo, entry_id: int, number: int) -> DirectoryProduct | None:
    """A product of an entry of this fair."""
    return db.session.scalar(
        sa.select(DirectoryProduct).where(
            DirectoryProduct.expo_id == expo.id,
            DirectoryProduct.entry_id == entry_id,
            DirectoryProduct.id == number,
        )
    )


def last_entry(expo: Expo, exhibitor: Exhibitor) -> DirectoryEntry | None:
    """What the same company's entry said in the youngest other fair."""
    if exhibitor.company_id is None:
        return None
    return db.session.scalar(
        sa.select(DirectoryEntry)
        .join(Exhibitor, Exhibitor.id == DirectoryEntry.exhibitor_id)
        .where(
            Exhibitor.company_id == exhibitor.company_id,
            Exhibitor.expo_id != expo.id,
            DirectoryEntry.co_exhibitor_id.is_(None),
        )
        .order_by(DirectoryEntry.changed_at.desc())
        .limit(1)
    )


def taking_part(expo: Expo, *, for_update: bool = False) -> Sequence[Exhibitor]:
    """The exhibitors under contract, with their companies and co-exhibitors; `for_update` locks them in one order."""
    found = (
        sa.select(Exhibitor)
        .where(Exhibitor.expo_id == expo.id, Exhibitor.state.in_(UNDER_CONTRACT))
        .options(joinedload(Exhibitor.company), selectinload(Exhibitor.co_exhibitors))
        .order_by(Exhibitor.id)
        .limit(MOST)
    )
    return db.session.scalars(found.with_for_update(of=Exhibitor) if for_update else found).all()


def entries(
    expo: Expo, states: Sequence[EntryState] = (), *, products: bool = False
) -> list[tuple[DirectoryEntry, Exhibitor]]:
    """The entries of exhibitors under contract in the order of the directory; of some states only, where said."""
    found = (
        sa.select(DirectoryEntry, Exhibitor)
        .join(Exhibitor, Exhibitor.id == DirectoryEntry.exhibitor_id)
        .where(DirectoryEntry.expo_id == expo.id, Exhibitor.state.in_(UNDER_CONTRACT), takes_part(expo))
        .options(joinedload(Exhibitor.company))
        .order_by(DirectoryEntry.sort_key, DirectoryEntry.id)
        .limit(MOST)
    )
    if states:
        found = found.where(DirectoryEntry.state.in_(states))
    if products:
        found = found.options(selectinload(DirectoryEntry.products))
    return [(entry, exhibitor) for entry, exhibitor in db.session.execute(found)]


def takes_part(expo: Expo) -> sa.ColumnElement[bool]:
    """Whether an entry is an exhibitor's own, or of a co-exhibitor that is admitted: who withdrew stands in no directory."""
    admitted = sa.select(CoExhibitor.id).where(
        CoExhibitor.expo_id == expo.id, CoExhibitor.state == CoState.ADMITTED
    )
    return sa.or_(DirectoryEntry.co_exhibitor_id.is_(None), DirectoryEntry.co_exhibitor_id.in_(admitted))


def without_entry(expo: Expo) -> list[Exhibitor]:
    """Exhibitors under contract that have not begun an entry, with their companies."""
    own = sa.select(DirectoryEntry.exhibitor_id).where(
        DirectoryEntry.expo_id == expo.id, DirectoryEntry.co_exhibitor_id.is_(None)
    )
    found = (
        sa.select(Exhibitor)
        .where(Exhibitor.expo_id == expo.id, Exhibitor.state.in_(UNDER_CONTRACT), Exhibitor.id.not_in(own))
        .options(joinedload(Exhibitor.company))
        .order_by(Exhibitor.id)
        .limit(MOST)
    )
    return list(db.session.scalars(found))
