"""Named questions about fairs; the fair is the first argument."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from exhibitions.core.db import db
from exhibitions.expos.models import Expo, ExpoDay, Gate, Membership, Zone
from exhibitions.expos.rules import RIGHTS, DayKind, Role


def expo_by_slug(slug: str) -> Expo | None:
    """The fair with this address, published or not."""
    return db.session.scalar(sa.select(Expo).where(Expo.slug == slug))


def all_expos() -> Sequence[Expo]:
    """Every fair, the youngest edition first."""
    return db.session.scalars(sa.select(Expo).order_by(Expo.edition.desc(), Expo.id.desc())).all()


def published_expos() -> Sequence[Expo]:
    """The fairs that the public may see, the youngest edition first."""
    found = sa.select(Expo).where(Expo.published_at.is_not(None)).order_by(Expo.edition.desc(), Expo.id.desc())
    return db.session.scalars(found).all()


def roles(expo: Expo, user_id: int) -> frozenset[Role]:
    """The person's roles in this fair."""
    rows = sa.select(Membership.role).where(Membership.expo_id == expo.id, Membership.user_id == user_id)
    return frozenset(db.session.scalars(rows))


def rights(expo: Expo, user_id: int) -> frozenset[str]:
    """All rights (values of core.access.Permission) that the person's roles in this fair give."""
    return frozenset().union(*(RIGHTS[role] for role in roles(expo, user_id)))


def all_rights() -> frozenset[str]:
    """Every right that a role in a fair can give."""
    return frozenset().union(*RIGHTS.values())


def expos_of(user_id: int) -> Sequence[Expo]:
    """The fairs in which the person has a role, the youngest edition first."""
    mine = sa.select(Membership.expo_id).where(Membership.user_id == user_id)
    found = sa.select(Expo).where(Expo.id.in_(mine)).order_by(Expo.edition.desc(), Expo.id.desc())
    return db.session.scalars(found).all()


def gate_of(expo: Expo, gate_id: int) -> Gate | None:
    """The gate with this number, if it is this fair's."""
    found = sa.select(Gate).where(Gate.expo_id == expo.id, Gate.id == gate_id)
    return db.session.scalar(found.options(joinedload(Gate.zone)))


def gate_by_name(expo: Expo, name: str) -> Gate | None:
    """The gate of this fair with this code or name in either language."""
    named = sa.or_(Gate.code == name, Gate.name_zh == name, Gate.name_en == name)
    found = sa.select(Gate).where(Gate.expo_id == expo.id, named).order_by(Gate.position, Gate.id)
    return db.session.scalar(found.options(joinedload(Gate.zone)))


def zone_of(expo: Expo, zone_id: int) -> Zone | None:
    """The zone with this number, if it is this fair's."""
    return db.session.scalar(sa.select(Zone).where(Zone.expo_id == expo.id, Zone.id == zone_id))


def open_days(expo: Expo) -> Sequence[ExpoDay]:
    """The days on which visitors come, in order."""
    found = sa.select(ExpoDay).where(ExpoDay.expo_id == expo.id, ExpoDay.kind == DayKind.OPEN)
    return db.session.scalars(found.order_by(ExpoDay.date)).all()
