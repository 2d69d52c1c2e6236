"""Who waits for a stand, as the rules of allocation look at it (exhibitors-stands.md §2.3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from exhibitions.core.db import db
from exhibitions.exhibitors.models import Exhibitor, ExhibitorEvent
from exhibitions.exhibitors.rules import application
from exhibitions.exhibitors.rules.states import UNDER_CONTRACT, State
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Allocation, Stand, StandWish
from exhibitions.stands.queries import is_live
from exhibitions.stands.queries.holding import FreeStand, as_shown
from exhibitions.stands.rules.plan import StandKind
from exhibitions.stands.rules.wishes import Applicant, Offer, Order, Proposal, propose

MOST_APPLICANTS = 500
"""So many are placed by one proposal, those who applied first."""
WAITING = frozenset({State.ADMITTED, State.OFFERED, State.ACCEPTED}) | UNDER_CONTRACT - {State.CLOSED}
"""In which states somebody without a stand waits for one."""
_STAND_CM2, _MM2 = 90_000, 100


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits for a stand, with the wishes in their order."""

    exhibitor: Exhibitor
    wishes: tuple[Stand, ...]
    asked: application.StandBlock


def waiting(expo: Expo, now: datetime) -> list[Waiting]:
    """Who is admitted and neither holds nor has a stand at `now`, those who applied first first."""
    has = sa.select(Allocation.id).where(Allocation.exhibitor_id == Exhibitor.id, is_live(now))
    found = (
        sa.select(Exhibitor)
        .where(Exhibitor.expo_id == expo.id, Exhibitor.state.in_(WAITING), ~has.exists())
        .options(joinedload(Exhibitor.company))
        .order_by(Exhibitor.submitted_at, Exhibitor.id)
        .limit(MOST_APPLICANTS)
    )
    rows = db.session.scalars(found).all()
    wished = _wishes(expo, [row.id for row in rows])
    asked = {row.id: application.read(row.answers).stand for row in rows}
    named = _named(expo, {number for block in asked.values() for number in block.wishes})
    return [
        Waiting(
            row,
            tuple(wished.get(row.id) or [named[each] for each in asked[row.id].wishes if each in named]),
            asked[row.id],
        )
        for row in rows
    ]


def _wishes(expo: Expo, exhibitors: Collection[int]) -> dict[int, list[Stand]]:
    found = (
        sa.select(StandWish.exhibitor_id, Stand)
        .join(Stand, Stand.id == StandWish.stand_id)
        .where(StandWish.expo_id == expo.id, StandWish.exhibitor_id.in_(exhibitors))
        .order_by(StandWish.exhibitor_id, StandWish.rank)
    )
    wishes: dict[int, list[Stand]] = {}
    for exhibitor, stand in db.session.execute(found):
        wishes.setdefault(exhibitor, []).append(stand)
    return wishes


def _named(expo: Expo, numbers: Collection[str]) -> dict[str, Stand]:
    found = sa.select(Stand).where(Stand.expo_id == expo.id, Stand.number.in_(numbers))
    return {stand.number: stand for stand in db.session.scalars(found)}


def proposal(
    expo: Expo, who: Sequence[Waiting], order: Order, seed: str, free: Sequence[FreeStand]
) -> Proposal:
    """Who gets which of the free stands by this rule and seed. The same question gives the same answer."""
    ids = [each.exhibitor.id for each in who]
    paid, years = _paid_on(expo, ids), _years(expo, who)
    offers = [Offer(each.place, each.zone_id) for each in free]
    known = {stand.number: as_shown(stand).place for each in who for stand in each.wishes}
    zone = ZoneInfo(expo.timezone)
    applicants = [_applicant(each, paid.get(each.exhibitor.id), years, zone) for each in who]
    return propose(applicants, offers, order, seed, known)


def _applicant(each: Waiting, paid_on: date | None, years: Mapping[int, int], zone: ZoneInfo) -> Applicant:
    row, asked = each.exhibitor, each.asked
    return Applicant(
        row.id,
        tuple(stand.number for stand in each.wishes),
        kind=asked.package if asked.package in list(StandKind) else "",
        min_area_mm2=(asked.least_area or 0) * _MM2,
        area_mm2=asked.area * _MM2,
        sides=asked.open_sides,
        zone=asked.zone_id or row.zone_id,
        # The rule counts days: they are the fair's own.
        complete_at=row.submitted_at and row.submitted_at.astimezone(zone),
        paid_on=paid_on,
        stands=max(1, asked.area // _STAND_CM2),
        years=years.get(row.company_id or 0, 0),
        points=_points(row.points),
    )


def _points(text: str) -> Decimal:
    try:
        found = Decimal(text or 0)
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() else Decimal(0)


def _paid_on(expo: Expo, exhibitors: Collection[int]) -> dict[int, date]:
    """The day in the fair's zone on which each one's payment was booked first."""
    found = (
        sa.select(ExhibitorEvent.exhibitor_id, sa.func.min(ExhibitorEvent.at))
        .where(
            ExhibitorEvent.expo_id == expo.id,
            ExhibitorEvent.exhibitor_id.in_(exhibitors),
            ExhibitorEvent.state_after.in_((State.DEPOSIT_PAID, State.PAID)),
        )
        .group_by(ExhibitorEvent.exhibitor_id)
    )
    zone = ZoneInfo(expo.timezone)
    return {who: at.astimezone(zone).date() for who, at in db.session.execute(found)}


def _years(expo: Expo, who: Sequence[Waiting]) -> dict[int, int]:
    """At how many earlier editions of the series each company took part."""
    companies = [each.exhibitor.company_id for each in who if each.exhibitor.company_id]
    found = (
        sa.select(Exhibitor.company_id, sa.func.count())
        .join(Expo, Expo.id == Exhibitor.expo_id)
        .where(
            Exhibitor.company_id.in_(companies),
            Exhibitor.state.in_(UNDER_CONTRACT),
            Expo.series_id == expo.series_id,
            Expo.edition < expo.edition,
        )
        .group_by(Exhibitor.company_id)
    )
    return {company: count for company, count in db.session.execute(found) if company is not None}
