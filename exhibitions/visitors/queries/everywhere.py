"""Named questions about a person over all fairs of the installation: for who answers a request about personal data."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from exhibitions.badges.models import Badge, BadgeClass
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import Guest, Merge, Registration
from exhibitions.visitors.queries.people import HOLDER
from exhibitions.visitors.rules.registration import ALIVE

MOST = 50


class Known(NamedTuple):
    """A registration with its fair, its class and the badge that it holds now."""

    registration: Registration
    expo: Expo
    badge_class: BadgeClass
    badge: Badge | None


def known_by(phone: str | None, email: str | None, badge_number: int | None) -> list[Known]:
    """Who is registered in any fair with this number (E.164), address (lower case) or badge, the newest first, at most 50.

    Whoever shares number or address with one of them is found as well.
    """
    first = _ids(phone, email, badge_number)
    if not first:
        return []
    contacts = db.session.execute(
        sa.select(Registration.phone, Registration.email).where(Registration.id.in_(first))
    ).all()
    ids = set(first)
    for number, address in {tuple(pair) for pair in contacts} - {(phone, email)}:
        ids |= set(_ids(number, address, None))
    return _known(ids)


def guests_by(phone: str | None, name: str) -> list[tuple[Guest, Expo]]:
    """The guests of honour without a registration, of any fair, with this number (E.164) or this whole name; at most 50.

    Often nothing but a name is known of a guest.
    """
    wanted: list[sa.ColumnElement[bool]] = [Guest.name == name] if name else []
    if phone:
        wanted.append(Guest.phone == phone)
    if not wanted:
        return []
    asked = sa.select(Guest, Expo).join(Expo, Expo.id == Guest.expo_id)
    asked = asked.where(Guest.registration_id.is_(None), sa.or_(*wanted))
    return [(row[0], row[1]) for row in db.session.execute(asked.order_by(Guest.id.desc()).limit(MOST))]


def known(registration_id: int) -> Known | None:
    """One registration, of whatever fair."""
    return next(iter(_known({registration_id})), None)


def all_of(registration: Registration, expo_id: int | None = None) -> list[Known]:
    """Every registration of this person that is not erased, this one first, then the newest; of one fair, or of any.

    One person are those that were merged and not parted, whichever was kept, and who has the same name with the same
    number or address; so step by step. None is left out for their number: an erasure that left one would be none (P9).
    """
    found = {registration.id: registration}
    behind = [registration]
    while behind:
        merged = Merge.parted_at.is_(None)
        ids = [each.id for each in behind]
        same: list[sa.ColumnElement[bool]] = [
            Registration.id.in_(sa.select(Merge.gone_id).where(merged, Merge.kept_id.in_(ids))),
            Registration.id.in_(sa.select(Merge.kept_id).where(merged, Merge.gone_id.in_(ids))),
            *(_is_again(*who) for who in {(each.name, each.phone, each.email) for each in behind}),
        ]
        asked = sa.select(Registration).where(
            sa.or_(*same), Registration.erased_at.is_(None), Registration.id.not_in(found)
        )
        if expo_id is not None:
            asked = asked.where(Registration.expo_id == expo_id)
        behind = list(db.session.scalars(asked))
        found |= {each.id: each for each in behind}
    theirs = _known(found, None)
    return sorted(theirs, key=lambda each: each.registration.id != registration.id)


def _is_again(name: str, phone: str | None, email: str | None) -> sa.ColumnElement[bool]:
    contact: list[sa.ColumnElement[bool]] = []
    if phone:
        contact.append(Registration.phone == phone)
    if email:
        contact.append(Registration.email == email)
    return sa.and_(Registration.name == name, sa.or_(*contact)) if name and contact else sa.false()


def _ids(phone: str | None, email: str | None, badge_number: int | None) -> Sequence[int]:
    wanted: list[sa.ColumnElement[bool]] = []
    if phone:
        wanted.append(Registration.phone == phone)
    if email:
        wanted.append(Registration.email == email)
    if badge_number is not None:
        holders = sa.select(Badge.holder_id).where(Badge.number == badge_number, Badge.holder_kind == HOLDER)
        wanted.append(Registration.id.in_(holders))
    if not wanted:
        return []
    asked = sa.select(Registration.id).where(sa.or_(*wanted), Registration.erased_at.is_(None))
    return db.session.scalars(asked.order_by(Registration.id.desc()).limit(MOST)).all()


def _known(ids: Collection[int], most: int | None = MOST) -> list[Known]:
    theirs = sa.and_(
        Badge.expo_id == Registration.expo_id,
        Badge.holder_kind == HOLDER,
        Badge.holder_id == Registration.id,
        Badge.voided_at.is_(None),
    )
    asked = (
        sa.select(Registration, Expo, BadgeClass, Badge)
        .join(Expo, Expo.id == Registration.expo_id)
        .join(BadgeClass, BadgeClass.id == Registration.class_id)
        .outerjoin(Badge, theirs)
        .where(Registration.id.in_(ids))
        .order_by(Registration.id.desc())
        .limit(most)
    )
    return [Known(*row) for row in db.session.execute(asked)]


def brought_by(registration_ids: Collection[int]) -> int:
    """How many people stand on the lists of these leaders, of whatever fair, and have not ended."""
    theirs = sa.select(sa.func.count()).where(
        Registration.leader_id.in_(registration_ids), Registration.state.in_(ALIVE)
    )
    return db.session.scalar(theirs) or 0
