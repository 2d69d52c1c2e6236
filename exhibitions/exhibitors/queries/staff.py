"""Named questions about the badges of exhibitors' people; the fair is the first argument."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from exhibitions.badges.models import Badge, BadgeClass
from exhibitions.badges.queries import classes
from exhibitions.core.db import db
from exhibitions.exhibitors.models import CoExhibitor, Exhibitor, StaffBadge
from exhibitions.exhibitors.rules.co_exhibitors import CoState
from exhibitions.exhibitors.rules.staff import AUDIENCES, StaffKind
from exhibitions.expos.models import Expo

HOLDER = "exhibitor_staff"
"""The kind of holder by which badges know these people."""
MOST = 1_000
"""No exhibitor has more people; a list of them stays a list."""


@dataclass(frozen=True, slots=True)
class Worn:
    """Somebody of an exhibitor with the badge, if it was issued, and the co-exhibitor whose people it is one of."""

    person: StaffBadge
    badge: Badge | None
    co_exhibitor: CoExhibitor | None


def staff(expo: Expo, exhibitor_id: int) -> list[Worn]:
    """The people of an exhibitor who were not cancelled, by kind, then in the order in which they were named."""
    found = (
        sa.select(StaffBadge, Badge, CoExhibitor)
        .outerjoin(Badge, Badge.id == StaffBadge.badge_id)
        .outerjoin(CoExhibitor, CoExhibitor.id == StaffBadge.co_exhibitor_id)
        .where(*_live(expo, exhibitor_id))
        .order_by(StaffBadge.kind, StaffBadge.id)
        .limit(MOST)
    )
    return [Worn(*row) for row in db.session.execute(found)]


def staff_of(expo: Expo, exhibitor_id: int, number: int) -> StaffBadge | None:
    """One of the exhibitor's people by number, cancelled or not."""
    return db.session.scalar(
        sa.select(StaffBadge).where(
            StaffBadge.expo_id == expo.id, StaffBadge.exhibitor_id == exhibitor_id, StaffBadge.id == number
        )
    )


def used(expo: Expo, exhibitor_id: int) -> dict[StaffKind, int]:
    """How many places of each quota are taken: who came over it, at a price or by grace, takes none."""
    found = (
        sa.select(StaffBadge.kind, sa.func.count())
        .where(*_live(expo, exhibitor_id), StaffBadge.extra == "")
        .group_by(StaffBadge.kind)
    )
    return {kind: int(count) for kind, count in db.session.execute(found)}


def known(expo: Expo, exhibitor_id: int, kind: StaffKind) -> set[tuple[str, str | None]]:
    """Name and phone of the people of a kind who were not cancelled."""
    found = sa.select(StaffBadge.name, StaffBadge.phone).where(
        *_live(expo, exhibitor_id), StaffBadge.kind == kind
    )
    return {(name, phone) for name, phone in db.session.execute(found)}


def phones_elsewhere(expo: Expo, exhibitor_id: int, phones: Collection[str]) -> set[str]:
    """Which of these numbers somebody of another exhibitor has as well."""
    found = sa.select(StaffBadge.phone).where(
        StaffBadge.expo_id == expo.id,
        StaffBadge.exhibitor_id != exhibitor_id,
        StaffBadge.cancelled_at.is_(None),
        StaffBadge.phone.in_(list(phones)),
    )
    return {phone for phone in db.session.scalars(found) if phone}


def badge_class(expo: Expo, kind: StaffKind) -> BadgeClass | None:
    """The class of badge that this kind wears in the fair: the first of its group."""
    return next((each for each in classes(expo) if each.audience is AUDIENCES[kind]), None)


def co_exhibitors(expo: Expo, exhibitor_id: int) -> Sequence[CoExhibitor]:
    """The admitted co-exhibitors that share the exhibitor's stand, in the order in which they were named."""
    found = sa.select(CoExhibitor).where(
        CoExhibitor.expo_id == expo.id,
        CoExhibitor.exhibitor_id == exhibitor_id,
        CoExhibitor.state == CoState.ADMITTED,
    )
    return db.session.scalars(found.order_by(CoExhibitor.id)).all()


def with_ids(expo: Expo, exhibitor_id: int, ids: Collection[int | None]) -> dict[int, CoExhibitor]:
    """These companies on the exhibitor's stand, by number of row, whatever they have come to; asks nothing for none."""
    wanted = [number for number in ids if number is not None]
    if not wanted:
        return {}
    found = sa.select(CoExhibitor).where(
        CoExhibitor.expo_id == expo.id, CoExhibitor.exhibitor_id == exhibitor_id, CoExhibitor.id.in_(wanted)
    )
    return {row.id: row for row in db.session.scalars(found)}


def asked(expo: Expo, most: int = 200) -> Sequence[tuple[StaffBadge, Exhibitor]]:
    """Who is wanted over the quota and waits for the office, the longest waiting first."""
    found = (
        sa.select(StaffBadge, Exhibitor)
        .join(Exhibitor, Exhibitor.id == StaffBadge.exhibitor_id)
        .options(selectinload(Exhibitor.company))
        .where(StaffBadge.expo_id == expo.id, StaffBadge.extra == "asked", StaffBadge.cancelled_at.is_(None))
        .order_by(StaffBadge.id)
        .limit(most)
    )
    return [(person, exhibitor) for person, exhibitor in db.session.execute(found)]


def _live(expo: Expo, exhibitor_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        StaffBadge.expo_id == expo.id,
        StaffBadge.exhibitor_id == exhibitor_id,
        StaffBadge.cancelled_at.is_(None),
    )
