"""Which registrations are one person: merged by somebody, or registered again after they had ended; and suspected doubles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import Merge, Registration
from exhibitions.visitors.queries.people import by_itself
from exhibitions.visitors.rules.registration import ALIVE, State

MOST_DOUBLES = 100
_PHONE_END = 8
_MOST_GROUPS = 300
_MOST_STEPS = 8


def came_back(expo: Expo) -> dict[int, int]:
    """Registrations of people who have another one, each with the first of that person.

    A person who was cancelled or refused and registered again is known by name and contact (V-6): the same name with the
    same phone number, or the same e-mail address; of who was erased that was noted before the name went. Others are one
    person because somebody has merged them.
    """
    ended, other = aliased(Registration), aliased(Registration)
    same = sa.or_(
        sa.and_(other.phone == ended.phone, ended.phone.is_not(None)),
        sa.and_(other.email == ended.email, ended.email.is_not(None)),
    )
    again = (
        sa.select(ended.id, other.id)
        .join(other, sa.and_(other.expo_id == ended.expo_id, other.name == ended.name, same))
        .where(ended.expo_id == expo.id, ended.state.not_in(ALIVE), other.id != ended.id)
        .order_by(ended.id, other.id)
    )
    first: dict[int, int] = {}
    pairs: list[tuple[int, int]] = []
    merged = sa.select(Merge.gone_id, Merge.kept_id).where(
        Merge.expo_id == expo.id, Merge.parted_at.is_(None)
    )
    noted = sa.select(Registration.id, Registration.counted_as_id).where(
        Registration.expo_id == expo.id, Registration.counted_as_id.is_not(None)
    )
    for asked in (again, merged, noted):
        pairs += [(int(row[0]), int(row[1] or 0)) for row in db.session.execute(asked)]
    for one, another in pairs:
        low, high = sorted((first.get(one, one), first.get(another, another)))
        for number, known in list(first.items()):
            if known == high:
                first[number] = low
        first[one] = first[another] = first[high] = low
    return {number: known for number, known in first.items() if number != known}


def merges_of(expo: Expo, registration_id: int) -> Sequence[Merge]:
    """The merges that hold in which this registration was kept or ended, the newest first."""
    found = sa.select(Merge).where(
        Merge.expo_id == expo.id,
        Merge.parted_at.is_(None),
        sa.or_(Merge.kept_id == registration_id, Merge.gone_id == registration_id),
    )
    return db.session.scalars(found.order_by(Merge.id.desc())).all()


def merge_of(expo: Expo, merge_id: int) -> Merge | None:
    """The merge with this number, if it is this fair's."""
    return db.session.scalar(sa.select(Merge).where(Merge.expo_id == expo.id, Merge.id == merge_id))


def stands_for(expo: Expo, registration_id: int) -> int:
    """The registration that this one has become by merging; itself where it was not merged away."""
    for _ in range(_MOST_STEPS):
        found = sa.select(Merge.kept_id).where(
            Merge.expo_id == expo.id, Merge.gone_id == registration_id, Merge.parted_at.is_(None)
        )
        kept = db.session.scalar(found.limit(1))
        if kept is None:
            break
        registration_id = kept
    return registration_id


def merges_with(registration_id: int) -> Sequence[Merge]:
    """Every merge that this registration was a part of, whether it still holds or not."""
    either = sa.or_(Merge.kept_id == registration_id, Merge.gone_id == registration_id)
    return db.session.scalars(sa.select(Merge).where(either)).all()


def old_merges(before: datetime, most: int) -> Sequence[Merge]:
    """Merges of before this moment that still keep what it takes to part them, at most so many."""
    kept = sa.cast(Merge.before, sa.Text) != "{}"
    found = sa.select(Merge).where(Merge.merged_at < before, kept).order_by(Merge.id)
    return db.session.scalars(found.limit(most)).all()


def suspected(expo: Expo) -> list[tuple[Registration, Registration]]:
    """Pairs of living registrations that may be one person, at most a hundred, the older one first.

    They have the same name, and the same company or the same end of the phone number. Asked of the index of names alone,
    in which namesakes stand together.
    """
    end = sa.func.substr(Registration.phone, sa.func.length(Registration.phone) - _PHONE_END + 1)
    pairs: dict[tuple[int, int], None] = {}
    # Said by what they are not: SQLite would take the index of the states, and then read the row of everybody.
    alive = Registration.state.not_in([state for state in State if state not in ALIVE])
    for known, key in (
        (Registration.sort_company != "", Registration.sort_company),
        (Registration.phone > "", end),
    ):
        groups = (
            sa.select(sa.func.min(Registration.id), sa.func.max(Registration.id))
            .where(Registration.expo_id == expo.id, alive, known)
            .group_by(Registration.sort_name, key)
            .having(sa.func.count() > 1)
            .limit(_MOST_GROUPS)
        )
        pairs |= dict.fromkeys((one, other) for one, other in db.session.execute(groups))
    people = _by_id(expo, {number for pair in pairs for number in pair})
    both = [(people[one], people[other]) for one, other in pairs]
    # Numbers tell nothing of time where a list was brought in with the moments of its own.
    both = [(one, other) if _since(one) <= _since(other) else (other, one) for one, other in both]
    # What sounds alike is one group, and need not be one name.
    return [(one, other) for one, other in both if one.name and one.name == other.name][:MOST_DOUBLES]


def _since(person: Registration) -> tuple[datetime, int]:
    return person.created_at, person.id


def namesakes(expo: Expo, registration: Registration, most: int = 10) -> Sequence[Registration]:
    """Other living registrations under the same name, those of the same company first; before them whoever has the
    number that a group's list gave for this person, or on whose list this person's number stands.
    """
    other = Registration
    same_name = sa.and_(other.sort_name == registration.sort_name, other.name == registration.name)
    same_phone = sa.or_(other.same_phone_id == registration.id, other.id == (registration.same_phone_id or 0))
    found = sa.select(other).where(
        other.expo_id == expo.id,
        other.id != registration.id,
        other.state.in_(ALIVE),
        sa.or_(same_name, same_phone),
    )
    same = sa.case((same_phone, 0), (other.company == registration.company, 1), else_=2)
    return db.session.scalars(found.order_by(same, Registration.id).limit(most)).all()


def _by_id(expo: Expo, ids: set[int]) -> dict[int, Registration]:
    here = by_itself(Registration.expo_id) == expo.id
    found = sa.select(Registration).where(here, Registration.id.in_(ids))
    return {each.id: each for each in db.session.scalars(found)}
