"""Where a person stands in the papers of exhibitors, over all fairs: a person's right is against the organiser (P7, P9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from exhibitions.core.db import db
from exhibitions.core.somebody import Somebody
from exhibitions.exhibitors.models import (
    Arrival,
    Call,
    CoExhibitor,
    DirectoryEntry,
    Exhibitor,
    ExhibitorEvent,
    ExhibitorMessage,
    ExhibitorPerson,
    StaffBadge,
)

MOST = 500
"""Nobody acts for more companies in more fairs."""
_MOST_WORDS = 5_000


def acting(who: Somebody) -> Sequence[ExhibitorPerson]:
    """Who acts for an exhibitor with one of these numbers or addresses."""
    reached = who.reached(ExhibitorPerson.phone, ExhibitorPerson.email)
    found = sa.select(ExhibitorPerson).where(reached).order_by(ExhibitorPerson.id)
    return db.session.scalars(found.limit(MOST)).all()


def said() -> sa.ColumnElement[bool]:
    """Where a row about somebody who acts for an exhibitor still says anything of them."""
    return sa.or_(
        *(column != "" for column in (ExhibitorPerson.name, ExhibitorPerson.title, ExhibitorPerson.wechat)),
        ExhibitorPerson.phone.is_not(None),
        ExhibitorPerson.email.is_not(None),
    )


def staff(who: Somebody) -> Sequence[StaffBadge]:
    """The staff badges with one of these numbers."""
    found = sa.select(StaffBadge).where(who.reached(StaffBadge.phone)).order_by(StaffBadge.id)
    return db.session.scalars(found.limit(MOST)).all()


def contacts(who: Somebody) -> Sequence[CoExhibitor]:
    """The co-exhibitors whose contact has one of these numbers or addresses."""
    reached = who.reached(CoExhibitor.contact_phone, CoExhibitor.contact_email)
    found = sa.select(CoExhibitor).where(reached).order_by(CoExhibitor.id)
    return db.session.scalars(found.limit(MOST)).all()


def of_companies(ids: Collection[int]) -> set[int]:
    """The numbers of these companies as exhibitors, in every fair."""
    found = sa.select(Exhibitor.id).where(Exhibitor.company_id.in_(ids)).order_by(Exhibitor.id)
    return set(db.session.scalars(found.limit(MOST)))


def exhibitors(ids: Collection[int], *, for_update: bool = False) -> dict[int, Exhibitor]:
    """These exhibitors with their companies, by number; `for_update` locks them in one order."""
    found = sa.select(Exhibitor).where(Exhibitor.id.in_(ids)).order_by(Exhibitor.id)
    if for_update:
        found = found.with_for_update(of=Exhibitor).execution_options(populate_existing=True)
    rows = db.session.scalars(found.options(joinedload(Exhibitor.company)))
    return {row.id: row for row in rows}


def calls(here: Collection[int]) -> Sequence[Call]:
    """The talks with these exhibitors."""
    found = sa.select(Call).where(Call.exhibitor_id.in_(here)).order_by(Call.id)
    return db.session.scalars(found.limit(_MOST_WORDS)).all()


def events(here: Collection[int]) -> Sequence[ExhibitorEvent]:
    """What is noted in the history of these exhibitors with words."""
    found = sa.select(ExhibitorEvent).where(ExhibitorEvent.exhibitor_id.in_(here), ExhibitorEvent.text != "")
    return db.session.scalars(found.order_by(ExhibitorEvent.id).limit(_MOST_WORDS)).all()


def messages(here: Collection[int]) -> Sequence[ExhibitorMessage]:
    """The threads of these exhibitors."""
    found = sa.select(ExhibitorMessage).where(ExhibitorMessage.exhibitor_id.in_(here))
    return db.session.scalars(found.order_by(ExhibitorMessage.id).limit(_MOST_WORDS)).all()


def written_by(people: Iterable[ExhibitorPerson]) -> Sequence[ExhibitorMessage]:
    """What these people wrote to the office."""
    ids = [person.id for person in people]
    found = sa.select(ExhibitorMessage).where(ExhibitorMessage.person_id.in_(ids))
    return db.session.scalars(found.order_by(ExhibitorMessage.id).limit(_MOST_WORDS)).all()


def arrivals(here: Collection[int]) -> Sequence[Arrival]:
    """Who signed for the bags of these exhibitors."""
    found = sa.select(Arrival).where(Arrival.exhibitor_id.in_(here)).order_by(Arrival.id)
    return db.session.scalars(found.limit(MOST)).all()


def entries(here: Collection[int]) -> Sequence[DirectoryEntry]:
    """The directory entries of these exhibitors and their co-exhibitors."""
    found = sa.select(DirectoryEntry).where(DirectoryEntry.exhibitor_id.in_(here)).order_by(DirectoryEntry.id)
    return db.session.scalars(found.limit(_MOST_WORDS)).all()
