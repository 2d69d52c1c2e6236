"""Who waits for a stand, as the rules of allocation look at it (exhibitors-stands.md §2.3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
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
from exhibitions.stands.models import Allocation, PointAccount, Stand, StandWish
from exhibitions.stands.queries import is_live
from exhibitions.stands.queries.holding import FreeStand, as_shown
from exhibitions.stands.queries.points import Rule
from exhibitions.stands.rules.plan import StandKind
from exhibitions.stands.rules.wishes import Applicant, Offer, Proposal, in_order, propose

MOST_APPLICANTS = 5_000
MOST_PLACED = 500
"""So many are placed by one proposal, those who come first in its order."""
WAITING = frozenset({State.ADMITTED, State.OFFERED, State.ACCEPTED}) | UNDER_CONTRACT - {State.CLOSED}
"""In which states somebody without a stand waits for one."""
_STAND_CM2, _MM2 = 90_000, 100


@dataclass(frozen=True)
class Waiting:
    """Somebody in the order of assigning, with the wishes in their order; `has` are the numbers of stands held or had."""

    exhibitor: Exhibitor
    wishes: tuple[Stand, ...]
    asked: application.StandBlock
    has: tuple[str, ...] = ()


def waiting(expo: Expo, now: datetime) -> list[Waiting]:
    """Who is admitted and neither holds nor has a stand at `now`, those who applied first first."""
    has = sa.select(Allocation.id).where(Allocation.exhibitor_id == Exhibitor.id, is_live(now))
    return _with_wishes(expo, {}, ~has.exists())


def everybody(expo: Expo, now: datetime) -> list[Waiting]:
    """Who is admitted, with or without a stand, those who applied first first: the whole order of assigning."""
    return _with_wishes(expo, _stands_had(expo, now))


def _stands_had(expo: Expo, now: datetime) -> dict[int, tuple[str, ...]]:
    found = (
        sa.select(Allocation.exhibitor_id, Stand.number)
        .join(Stand, Stand.id == Allocation.stand_id)
        .where(Allocation.expo_id == expo.id, is_live(now))
        .order_by(Stand.number)
    )
    had: dict[int, tuple[str, ...]] = {}
    for exhibitor, number in db.session.execute(found):
        had[exhibitor] = (*had.get(exhibitor, ()), number)
    return had


def _with_wishes(
    expo: Expo, had: Mapping[int, tuple[str, ...]], *where: sa.ColumnElement[bool]
) -> list[Waiting]:
    found = (
        sa.select(Exhibitor)
        .where(Exhibitor.expo_id == expo.id, Exhibitor.state.in_(WAITING), *where)
        .options(joinedload(Exhibitor.company))
        .order_by(Exhibitor.submitted_at, Exhibitor.id)
        .limit(MOST_APPLICANTS)
    )
    rows = db.session.scalars(found).all()
    wished = _wishes(expo)
    asked = {row.id: application.read(row.answers).stand for row in rows}
    named = _named(expo, {number for block in asked.values() for number in block.wishes})
    return [
        Waiting(
            row,
            tuple(wished.get(row.id) or [named[each] for each in asked[row.id].wishes if each in named]),
            asked[row.id],
            had.get(row.id, ()),
        )
        for row in rows
    ]


def _wishes(expo: Expo) -> dict[int, list[Stand]]:
    found = (
        sa.select(StandWish.exhibitor_id, Stand)
        .join(Stand, Stand.id == StandWish.stand_id)
        .where(StandWish.expo_id == expo.id)
        .order_by(StandWish.exhibitor_id, StandWish.rank)
    )
    wishes: dict[int, list[Stand]] = {}
    for exhibitor, stand in db.session.execute(found):
        wishes.setdefault(exhibitor, []).append(stand)
    return wishes


def _named(expo: Expo, numbers: Collection[str]) -> dict[str, Stand]:
    found = sa.select(Stand).where(Stand.expo_id == expo.id, Stand.number.in_(numbers))
    return {stand.number: stand for stand in db.session.scalars(found)}


def proposal(expo: Expo, who: Sequence[Waiting], rule: Rule, free: Sequence[FreeStand]) -> Proposal:
    """Who gets which of the free stands by this rule and seed. The same question gives the same answer."""
    offers = [offer_of(each) for each in free]
    known = {stand.number: as_shown(stand).place for each in who for stand in each.wishes}
    first = in_order(applicants(expo, who, rule), rule.order, rule.seed)[:MOST_PLACED]
    return propose(first, offers, rule.order, rule.seed, known)


def offer_of(stand: FreeStand) -> Offer:
    """A free stand as the rules look at it."""
    return Offer(stand.place, stand.zone_id)


def applicants(expo: Expo, who: Sequence[Waiting], rule: Rule) -> list[Applicant]:
    """The same as the rules look at them, with points, years, and the days of application and payment."""
    paid, years, counted = _paid_on(expo), _years(expo, who), _counted_years(expo)
    zone, deadline = ZoneInfo(expo.timezone), rule.scheme.deadline
    found = []
    for each in who:
        company = each.exhibitor.company_id or 0
        known = max(years.get(company, 0), counted.get(each.exhibitor.id, 0))
        one = _applicant(each, paid.get(each.exhibitor.id), known, zone)
        late = deadline is not None and (one.complete_at is None or one.complete_at.date() > deadline)
        found.append(replace(one, late=late))
    return found


def _applicant(each: Waiting, paid_on: date | None, years: int, zone: ZoneInfo) -> Applicant:
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
        years=years,
        points=_points(row.points),
        name=row.number,
    )


def _points(text: str) -> Decimal:
    try:
        found = Decimal(text or 0)
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() else Decimal(0)


def _paid_on(expo: Expo) -> dict[int, date]:
    """The day in the fair's zone on which each one's payment was booked first."""
    found = (
        sa.select(ExhibitorEvent.exhibitor_id, sa.func.min(ExhibitorEvent.at))
        .where(
            ExhibitorEvent.expo_id == expo.id,
            ExhibitorEvent.state_after.in_((State.DEPOSIT_PAID, State.PAID)),
        )
        .group_by(ExhibitorEvent.exhibitor_id)
    )
    zone = ZoneInfo(expo.timezone)
    return {who: at.astimezone(zone).date() for who, at in db.session.execute(found)}


def _years(expo: Expo, who: Sequence[Waiting]) -> dict[int, int]:
    """At how many earlier editions of the series each company took part."""
    companies = {each.exhibitor.company_id for each in who}
    found = (
        sa.select(Exhibitor.company_id, sa.func.count())
        .join(Expo, Expo.id == Exhibitor.expo_id)
        .where(
            Exhibitor.state.in_(UNDER_CONTRACT),
            Expo.series_id == expo.series_id,
            Expo.edition < expo.edition,
        )
        .group_by(Exhibitor.company_id)
    )
    rows = db.session.execute(found)
    return {company: count for company, count in rows if company is not None and company in companies}


def _counted_years(expo: Expo) -> dict[int, int]:
    """The years exhibited as the points were counted from, those before this installation among them."""
    found = sa.select(PointAccount.exhibitor_id, PointAccount.brought, PointAccount.earlier)
    rows = db.session.execute(found.where(PointAccount.expo_id == expo.id))
    return {
        exhibitor: int(brought.get("years", 0)) + int(earlier.get("years", 0))
        for exhibitor, brought, earlier in rows
    }
