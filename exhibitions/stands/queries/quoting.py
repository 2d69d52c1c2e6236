"""What stands would cost an exhibitor: the one place where rows become the facts of a price (E2, E3, contract)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.core.errors import N_, Refused
from exhibitions.exhibitors.models import CoExhibitor, Exhibitor, RepresentedCompany
from exhibitions.exhibitors.rules.co_exhibitors import CoState
from exhibitions.exhibitors.rules.states import UNDER_CONTRACT, State
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.stands import queries
from exhibitions.stands.models import HallPlan, Stand
from exhibitions.stands.models import PriceList as PriceListRow
from exhibitions.stands.queries.of_exhibitors import area_of, sides_of
from exhibitions.stands.rules.price_list import PriceList, loaded
from exhibitions.stands.rules.pricing import Facts, Quote, StandFacts, price

_CM2 = Decimal(10_000)
_HAS_A_STAND = UNDER_CONTRACT | {State.OFFERED, State.ACCEPTED}


def in_force(expo: Expo, now: datetime) -> PriceListRow:
    """The price list that counts at `now`. Raises `Refused("no_price_list")` while the fair has none."""
    row = queries.price_list(expo, now)
    if row is None:
        raise Refused("no_price_list", N_("The prices of this fair are not published yet."))
    return row


def day_of(expo: Expo, now: datetime) -> date:
    """The calendar day of the fair at `now`, by which early prices end."""
    return now.astimezone(ZoneInfo(expo.timezone)).date()


def quote(expo: Expo, exhibitor: Exhibitor | None, stands: Iterable[Stand], now: datetime) -> Quote:
    """The price of these stands for this exhibitor at `now`; without an exhibitor, of a returning firm's usual part.

    Raises `Refused`: no price list, no price for a stand, a stand without area.
    """
    return price(loaded(in_force(expo, now).data), facts(expo, exhibitor, stands), day_of(expo, now))


def quotes(
    expo: Expo, exhibitor: Exhibitor | None, stands: Iterable[Stand], now: datetime
) -> dict[int, Quote]:
    """The price of each stand by itself, by its id, for lists: as many questions for 1,500 stands as for one.

    Stands without a price in the list are left out; empty while there is no list.
    """
    row = queries.price_list(expo, now)
    wanted = list(stands)
    if row is None or not wanted:
        return {}
    prices, day, all_facts = loaded(row.data), day_of(expo, now), facts(expo, exhibitor, wanted)
    found = {}
    for stand, one in zip(wanted, all_facts.stands, strict=True):
        quoted = _priced(prices, all_facts, one, day)
        if quoted is not None:
            found[stand.id] = quoted
    return found


def _priced(prices: PriceList, whole: Facts, one: StandFacts, day: date) -> Quote | None:
    alone = Facts(
        (one,), whole.new, whole.member, whole.co_exhibitors, whole.co_exhibitors_main, whole.represented
    )
    try:
        return price(prices, alone, day)
    except Refused:
        return None


def facts(expo: Expo, exhibitor: Exhibitor | None, stands: Iterable[Stand]) -> Facts:
    """What the price of these stands depends on for this exhibitor."""
    priced = stand_facts(expo, stands)
    if exhibitor is None:
        return Facts(priced)
    co_exhibitors = _co_exhibitors(expo, exhibitor)
    return Facts(
        priced,
        new=exhibitor.id not in returning(expo, [exhibitor]),
        member=exhibitor.company is not None and exhibitor.company.is_member,
        co_exhibitors=len(co_exhibitors),
        co_exhibitors_main=sum(co_exhibitors),
        represented=_represented(exhibitor),
    )


def stand_facts(expo: Expo, stands: Iterable[Stand]) -> tuple[StandFacts, ...]:
    """Stands as the rules of prices read them; the agreed area counts before the drawn one."""
    outdoor = set(
        db.session.scalars(
            sa.select(HallPlan.hall_id).where(HallPlan.expo_id == expo.id, HallPlan.is_outdoor.is_(True))
        )
    )
    zones = {zone.id: zone.code for zone in expo.zones}
    return tuple(
        StandFacts(
            number=stand.number,
            area_m2=Decimal(area_of(stand)) / _CM2,
            open_sides=sides_of(stand),
            kind=stand.kind.value,
            outdoor=stand.hall_id in outdoor,
            zone=zones.get(stand.zone_id or 0, ""),
            price_class=stand.price_class,
            upper_m2=Decimal(stand.upper_area) / _CM2,
            free=stand.is_free_of_charge,
        )
        for stand in stands
    )


def returning(expo: Expo, exhibitors: Collection[Exhibitor]) -> set[int]:
    """Those who were at the last edition, by the office's word or by their contract of then: for prices and figures."""
    found = {each.id for each in exhibitors if each.is_returning}
    last = expo_queries.previous_edition(expo)
    rest = {each.id: each.company_id for each in exhibitors if each.company_id and each.id not in found}
    if last is None or not rest:
        return found
    there = sa.select(Exhibitor.company_id).where(
        Exhibitor.expo_id == last.id, Exhibitor.state.in_(UNDER_CONTRACT)
    )
    if len(rest) == 1:
        there = there.where(Exhibitor.company_id.in_(rest.values()))
    were = set(db.session.scalars(there))
    return found | {number for number, company in rest.items() if company in were}


def _co_exhibitors(expo: Expo, exhibitor: Exhibitor) -> list[bool]:
    """Of each co-exhibitor that counts, whether it has a stand of its own at this edition.

    One that has said itself that it sends no staff, or shows no goods, is none (E-3, E-4).
    """
    main = (
        sa.select(Exhibitor.id)
        .where(
            Exhibitor.expo_id == expo.id,
            Exhibitor.company_id == CoExhibitor.company_id,
            Exhibitor.state.in_(_HAS_A_STAND),
        )
        .exists()
    )
    found = sa.select(main).where(
        CoExhibitor.exhibitor_id == exhibitor.id,
        CoExhibitor.state.not_in(_NOT_COUNTED),
        CoExhibitor.own_staff.is_not(False),
        CoExhibitor.own_goods.is_not(False),
    )
    return list(db.session.scalars(found))


_NOT_COUNTED = (CoState.REFUSED, CoState.WITHDRAWN)


def _represented(exhibitor: Exhibitor) -> int:
    found = sa.select(sa.func.count(RepresentedCompany.id)).where(
        RepresentedCompany.exhibitor_id == exhibitor.id
    )
    # Goods alone on somebody's stand make a represented company, whatever page it was named on (E-4).
    goods_alone = sa.select(sa.func.count(CoExhibitor.id)).where(
        CoExhibitor.exhibitor_id == exhibitor.id,
        CoExhibitor.state.not_in(_NOT_COUNTED),
        CoExhibitor.own_staff.is_(False),
        CoExhibitor.own_goods.is_not(False),
    )
    return (db.session.scalar(found) or 0) + (db.session.scalar(goods_alone) or 0)
