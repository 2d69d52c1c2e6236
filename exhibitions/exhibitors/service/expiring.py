"""The end of what is known of the people of exhibitors, a while after the fair; counts and companies stay (P6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db
from exhibitions.exhibitors.models import (
    Arrival,
    Call,
    CoExhibitor,
    Exhibitor,
    ExhibitorPerson,
    Presence,
    StaffBadge,
)
from exhibitions.exhibitors.queries.personal import said
from exhibitions.exhibitors.service import forgetting, messages, people, staff
from exhibitions.exhibitors.service.applying import PAPERS
from exhibitions.expos.models import Expo
from exhibitions.files import queries as file_queries
from exhibitions.files import service as files

_PORTION = 100


def told(expo: Expo) -> int:
    """How many rows of the fair still tell of people of exhibitors, or were begun and never sent."""
    counts = (
        sa.select(sa.func.count(table.id)).where(*_of(expo, table, still)) for table, still, _ in _KINDS
    )
    return sum(db.session.scalar(count) or 0 for count in counts)


def expire(expo: Expo) -> int:
    """End a portion of these rows; gives their number, 0 when none is left."""
    for table, still, end in _KINDS:
        found = sa.select(table).where(*_of(expo, table, still)).order_by(table.id).limit(_PORTION)
        rows = db.session.scalars(found).all()
        for row in rows:
            end(row)
        if rows:
            return len(rows)
    return 0


def _of(expo: Expo, table: Any, still: sa.ColumnElement[bool]) -> tuple[sa.ColumnElement[bool], ...]:
    return table.expo_id == expo.id, still


def _person(row: ExhibitorPerson) -> None:
    messages.erase_person(row.id)
    people.erase_person(row, SYSTEM)


def _talk(row: Call) -> None:
    row.with_whom = row.text = ""


def _arrival(row: Arrival) -> None:
    forgetting.unsign(row)
    row.note = ""


def _photo(row: Presence) -> None:
    photo, row.photo_id = row.photo_id, None
    _drop(row.expo_id, photo)


def _draft(row: Exhibitor) -> None:
    for paper in row.answers.get(PAPERS) or ():
        # What a known company had handed in before may have become a paper of the register.
        if row.company_id is None and row.merged_into_id is None:
            _drop(row.expo_id, paper["file_id"])
    row.answers = {}


def _drop(expo_id: int, file_id: int | None) -> None:
    stored = file_queries.file_of(expo_id, file_id) if file_id is not None else None
    if stored is not None:
        files.delete(stored)


_KINDS: tuple[tuple[Any, sa.ColumnElement[bool], Callable[[Any], object]], ...] = (
    (ExhibitorPerson, said(), _person),
    (
        StaffBadge,
        sa.or_(StaffBadge.name != "", StaffBadge.title != "", StaffBadge.phone.is_not(None)),
        lambda row: staff.erase_person(row.id),
    ),
    (
        CoExhibitor,
        sa.or_(
            CoExhibitor.contact_name != "",
            CoExhibitor.contact_phone.is_not(None),
            CoExhibitor.contact_email.is_not(None),
        ),
        lambda row: people.erase_co_contact(row, SYSTEM),
    ),
    (Call, sa.or_(Call.with_whom != "", Call.text != ""), _talk),
    (
        Arrival,
        sa.or_(Arrival.signed_by != "", Arrival.note != "", Arrival.signature_id.is_not(None)),
        _arrival,
    ),
    (Presence, Presence.photo_id.is_not(None), _photo),
    (
        Exhibitor,
        sa.and_(Exhibitor.submitted_at.is_(None), sa.cast(Exhibitor.answers, sa.Text) != "{}"),
        _draft,
    ),
)
"""What tells of people, where it still does, and how it ends."""
