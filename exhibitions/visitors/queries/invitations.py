"""Who invites visitors to a fair, by whose word people came, and what came of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from exhibitions.badges.models import Badge, BadgeDay
from exhibitions.core.contact import clean_name
from exhibitions.core.db import db
from exhibitions.core.paging import Part, part
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import InvitationSource, Registration
from exhibitions.visitors.queries.people import HOLDER
from exhibitions.visitors.rules.invitations import MOST_SOURCES, Kind, Tally
from exhibitions.visitors.rules.registration import ALIVE

PAGE = 50
ENDED = "ended"
OPEN = "open"


@dataclass(frozen=True, slots=True)
class SourceFilters:
    """Which sources are wanted; empty words narrow nothing. `state` is OPEN or ENDED."""

    kind: str = ""
    state: str = ""
    text: str = ""


def sources_found(expo: Expo, filters: SourceFilters, page: int = 1) -> Part[InvitationSource]:
    """A page of the sources that are wanted, the newest first."""
    conditions = _conditions(expo, filters)
    total = db.session.scalar(sa.select(sa.func.count(InvitationSource.id)).where(*conditions)) or 0
    wanted = sa.select(InvitationSource).where(*conditions).order_by(InvitationSource.id.desc()).limit(PAGE)
    return part(total, page, PAGE, lambda behind: db.session.scalars(wanted.offset(behind)).all())


def all_sources(expo: Expo, filters: SourceFilters) -> Sequence[InvitationSource]:
    """All sources that are wanted, in the order in which they were entered."""
    wanted = sa.select(InvitationSource).where(*_conditions(expo, filters)).order_by(InvitationSource.id)
    return db.session.scalars(wanted.limit(MOST_SOURCES)).all()


def open_names(expo: Expo) -> list[tuple[str, str]]:
    """What the open sources are called in Chinese and in English, in the order in which they were entered."""
    found = sa.select(InvitationSource.name_zh, InvitationSource.name_en).where(
        *_conditions(expo, SourceFilters(state=OPEN))
    )
    rows = db.session.execute(found.order_by(InvitationSource.id).limit(MOST_SOURCES))
    return [(zh, en) for zh, en in rows]


def source_of(expo: Expo, source_id: int) -> InvitationSource | None:
    """The source with this number, if it is this fair's."""
    if source_id > expo_queries.LARGEST_NUMBER:
        return None
    asked = sa.select(InvitationSource).where(
        InvitationSource.expo_id == expo.id, InvitationSource.id == source_id
    )
    return db.session.scalar(asked)


def source_by_word(expo: Expo, word: str) -> InvitationSource | None:
    """The source whose link has this word, ended or not; small and capital letters are alike."""
    asked = sa.select(InvitationSource).where(
        InvitationSource.expo_id == expo.id, InvitationSource.word == word.lower()
    )
    return db.session.scalar(asked) if word else None


def source_keys(expo: Expo) -> frozenset[str]:
    """The names of the fair's sources as they are compared."""
    asked = sa.select(InvitationSource.name_key).where(InvitationSource.expo_id == expo.id)
    return frozenset(db.session.scalars(asked.limit(MOST_SOURCES)))


def count_sources(expo: Expo) -> int:
    """How many sources the fair has, the ended ones too."""
    counted = sa.select(sa.func.count(InvitationSource.id)).where(InvitationSource.expo_id == expo.id)
    return db.session.scalar(counted) or 0


def source_names(expo_id: int) -> dict[str, tuple[str, str]]:
    """Chinese and English name of each source of the fair, by the word of its link."""
    named = sa.select(InvitationSource.word, InvitationSource.name_zh, InvitationSource.name_en).where(
        InvitationSource.expo_id == expo_id
    )
    found = db.session.execute(named.order_by(InvitationSource.id).limit(MOST_SOURCES))
    return {word: (name_zh, name_en) for word, name_zh, name_en in found}


def tallies(expo: Expo, words: Collection[str]) -> dict[str, Tally]:
    """What came of each of these sources (V-7), in one question. Each figure is the list's under the same filter."""
    came = (
        sa.select(Badge.holder_id.label("holder_id"))
        .join(BadgeDay, BadgeDay.badge_id == Badge.id)
        .where(Badge.expo_id == expo.id, Badge.holder_kind == HOLDER)
        .distinct()
        .subquery()
    )
    counted = (
        sa.select(
            Registration.source,
            sa.func.count(Registration.id),
            sa.func.count(sa.case((Registration.state.in_(ALIVE), 1))),
            sa.func.count(came.c.holder_id),
        )
        .outerjoin(came, came.c.holder_id == Registration.id)
        .where(Registration.expo_id == expo.id, Registration.source.in_(words))
        .group_by(Registration.source)
    )
    return {word: Tally(*counts) for word, *counts in db.session.execute(counted)}


def _conditions(expo: Expo, filters: SourceFilters) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [InvitationSource.expo_id == expo.id]
    if filters.kind in list(Kind):
        conditions.append(InvitationSource.kind == Kind(filters.kind))
    if filters.state in (OPEN, ENDED):
        ended = InvitationSource.ended_at
        conditions.append(ended.is_(None) if filters.state == OPEN else ended.is_not(None))
    text = clean_name(filters.text).lower()
    if text:
        columns = (
            InvitationSource.name_zh,
            InvitationSource.name_en,
            InvitationSource.contact,
            InvitationSource.word,
        )
        conditions.append(
            sa.or_(*(sa.func.lower(column).contains(text, autoescape=True) for column in columns))
        )
    return conditions
