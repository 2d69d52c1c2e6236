"""Badges of two holders who are one person: one stays live, all are the person's; and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from exhibitions.badges.models import Badge, BadgeDay
from exhibitions.badges.service.changing import carry_days, move_holder
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.expos.models import Expo


@dataclass(frozen=True, slots=True)
class Joined:
    """What joining has changed: the badges that were moved, the one that was voided, and the days it brought along."""

    moved: list[int]
    voided: int | None
    days: list[date]
    live: int | None


def join(expo: Expo, kind: str, kept_id: int, gone_id: int, live_id: int | None) -> Joined:
    """Give the badges of `gone_id` to `kept_id`; of two valid ones `live_id` stays and replaces the other (check-in.md 4).

    The days on which the other came in are those of the live one, too: its holder is not first twice.
    """
    theirs = _of(expo, kind, gone_id)
    both = [badge for badge in (*_of(expo, kind, kept_id), *theirs) if badge.voided_at is None]
    moved = [badge.id for badge in theirs]
    move_holder(expo, kind, gone_id, kept_id)
    live = next((badge for badge in both if badge.id == live_id), both[0] if both else None)
    other = next((badge for badge in both if badge is not live), None)
    days: list[date] = []
    if live is not None and other is not None:
        other.voided_at, other.replaced_by_id = clock.now(), live.id
        days = _missing(other, live)
        carry_days(other, live)
    db.session.flush()
    return Joined(moved, other.id if other else None, days, live.id if live else None)


def part(expo: Expo, kind: str, gone_id: int, joined: Joined) -> None:
    """Undo `join`: the badges go back, the voided one is valid again, the days that were brought along are taken off.

    Days on which the live badge itself came in afterwards stay its own.
    """
    rows = db.session.scalars(sa.select(Badge).where(Badge.expo_id == expo.id, Badge.id.in_(joined.moved)))
    for badge in rows:
        badge.holder_id = gone_id
    voided = db.session.get(Badge, joined.voided) if joined.voided is not None else None
    if voided is None or voided.replaced_by_id != joined.live:
        return
    voided.voided_at, voided.replaced_by_id = None, None
    firsts = {day.day: day.first_at for day in _days(voided.id)}
    for day in _days(joined.live or 0):
        if day.day in joined.days and day.first_at == firsts.get(day.day):
            db.session.delete(day)
    db.session.flush()


def _of(expo: Expo, kind: str, holder_id: int) -> list[Badge]:
    theirs = sa.select(Badge).where(
        Badge.expo_id == expo.id, Badge.holder_kind == kind, Badge.holder_id == holder_id
    )
    # In the order in which gates lock them.
    return list(db.session.scalars(theirs.order_by(Badge.number).with_for_update(of=Badge)))


def _days(badge_id: int) -> list[BadgeDay]:
    return list(db.session.scalars(sa.select(BadgeDay).where(BadgeDay.badge_id == badge_id)))


def _missing(other: Badge, live: Badge) -> list[date]:
    own = {day.day for day in _days(live.id)}
    return [day.day for day in _days(other.id) if day.day not in own]
