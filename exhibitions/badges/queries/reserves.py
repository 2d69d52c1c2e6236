"""Questions about reserve badges: where each is, who has them, and how many there are of each state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from exhibitions.badges.models import Badge, BadgeClass, Handout, Reserve
from exhibitions.badges.rules.reserves import Where, where
from exhibitions.core.db import db
from exhibitions.expos.models import Expo

PAGE = 50
MOST_HANDOUTS = 100


class Line(NamedTuple):
    """A reserve badge as a list shows it."""

    serial: int
    number: int
    class_zh: str
    class_en: str
    state: Where
    holder: str
    handout_id: int | None
    given_to: str | None
    badge_id: int


_state: sa.ColumnElement[str] = sa.case(
    (Reserve.spoilt_at.is_not(None), Where.SPOILT.value),
    (Badge.holder_id.is_not(None), Where.BOUND.value),
    (Reserve.handout_id.is_not(None), Where.OUT.value),
    (Badge.prints > 0, Where.STOCK.value),
    else_=Where.MADE.value,
)


def reserve_of(expo: Expo, badge_id: int) -> Reserve | None:
    """What is kept of this badge as a reserve badge of the fair."""
    return db.session.scalar(
        sa.select(Reserve).where(Reserve.expo_id == expo.id, Reserve.badge_id == badge_id)
    )


def badge_by_serial(expo: Expo, serial: int) -> Badge | None:
    """The reserve badge of this fair with this serial number."""
    found = sa.select(Badge).join(Reserve, Reserve.badge_id == Badge.id)
    return db.session.scalar(found.where(Reserve.expo_id == expo.id, Reserve.serial == serial))


def states(expo: Expo, first: int, last: int) -> dict[int, Where]:
    """The state of each reserve badge of a range of serial numbers."""
    rows = db.session.execute(
        sa.select(
            Reserve.serial,
            Badge.prints > 0,
            Reserve.handout_id.is_not(None),
            Badge.holder_id.is_not(None),
            Reserve.spoilt_at.is_not(None),
        )
        .join(Badge, Badge.id == Reserve.badge_id)
        .where(Reserve.expo_id == expo.id, Reserve.serial.between(first, last))
    )
    return {
        serial: where(printed=printed, out=out, bound=bound, spoilt=spoilt)
        for serial, printed, out, bound, spoilt in rows
    }


def counts(expo: Expo) -> dict[Where, int]:
    """How many reserve badges of the fair are in each state."""
    counted = (
        sa.select(_state.label("state"), sa.func.count())
        .select_from(Reserve)
        .join(Badge, Badge.id == Reserve.badge_id)
        .where(Reserve.expo_id == expo.id)
        .group_by("state")
    )
    return {Where(state): count for state, count in db.session.execute(counted)}


def lines(expo: Expo, state: Where | None, page: int) -> tuple[list[Line], int]:
    """A page of 50 reserve badges by serial number, of one state or of all, and how many there are."""
    asked = _lines(expo)
    counted = (
        sa.select(sa.func.count())
        .select_from(Reserve)
        .join(Badge, Badge.id == Reserve.badge_id)
        .where(Reserve.expo_id == expo.id)
    )
    if state is not None:
        asked, counted = asked.where(_state == state.value), counted.where(_state == state.value)
    rows = db.session.execute(asked.limit(PAGE).offset((page - 1) * PAGE))
    return [_line(row) for row in rows], db.session.scalar(counted) or 0


def lines_of(expo: Expo, handout: Handout) -> list[Line]:
    """The reserve badges that were given away together, by serial number."""
    asked = _lines(expo).where(Reserve.serial.between(handout.first, handout.last))
    return [_line(row) for row in db.session.execute(asked.limit(handout.count))]


def handouts(expo: Expo) -> Sequence[Handout]:
    """The youngest hundred handouts of more than a single badge across the counter."""
    found = sa.select(Handout).where(Handout.expo_id == expo.id, Handout.name != "")
    return db.session.scalars(found.order_by(Handout.id.desc()).limit(MOST_HANDOUTS)).all()


def handout_of(expo: Expo, handout_id: int) -> Handout | None:
    """The handout with this id, if it is this fair's."""
    return db.session.scalar(sa.select(Handout).where(Handout.expo_id == expo.id, Handout.id == handout_id))


def first_in_stock(expo: Expo) -> int | None:
    """The lowest serial number that is printed and in stock."""
    found = (
        sa.select(sa.func.min(Reserve.serial))
        .join(Badge, Badge.id == Reserve.badge_id)
        .where(Reserve.expo_id == expo.id, _state == Where.STOCK.value)
    )
    return db.session.scalar(found)


def _lines(expo: Expo) -> Any:
    return (
        sa.select(
            Reserve.serial,
            Badge.number,
            BadgeClass.name_zh,
            BadgeClass.name_en,
            _state,
            Badge.name,
            Reserve.handout_id,
            Handout.name,
            Badge.id,
        )
        .join(Badge, Badge.id == Reserve.badge_id)
        .join(BadgeClass, BadgeClass.id == Badge.class_id)
        .outerjoin(Handout, Handout.id == Reserve.handout_id)
        .where(Reserve.expo_id == expo.id)
        .order_by(Reserve.serial)
    )


def _line(row: Any) -> Line:
    serial, number, class_zh, class_en, state, *rest = row
    return Line(serial, number, class_zh, class_en, Where(state), *rest)
