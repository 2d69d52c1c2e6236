"""What earlier editions of a fair know of its exhibitors, for their priority points (exhibitors-stands.md §2.3).

It spans rooms: who took part and came is the exhibitors', the area is the plan's, the money the orders'.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.money import from_minor
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.queries import presence
from exhibitions.exhibitors.rules.presence import Attended, attended
from exhibitions.exhibitors.rules.states import UNDER_CONTRACT
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.orders.queries.money import agreed
from exhibitions.stands.queries import applicants
from exhibitions.stands.queries import points as queries
from exhibitions.stands.queries.of_exhibitors import area_of, stands_of
from exhibitions.stands.rules.points import Earlier
from exhibitions.stands.service import points


def count_points(expo: Expo, by: Actor) -> int:
    """Count everybody's points anew from what earlier editions know and lists have brought; draw the lot where none is.

    Says of how many exhibitors.
    """
    who = {each.exhibitor.id: each.exhibitor for each in applicants.everybody(expo, clock.now())}
    earlier, brought = _earlier(expo), _brought_before(expo)
    facts = {
        number: _with_membership(row, earlier.get(row.company_id or 0, Earlier()))
        for number, row in who.items()
    }
    lists = {number: brought[row.company_id] for number, row in who.items() if row.company_id in brought}
    count = points.count(expo, facts, lists, by)
    if queries.last_draw(expo) is None:
        points.draw_lot(expo, by)
    return count


def _with_membership(row: Exhibitor, earlier: Earlier) -> Earlier:
    is_member = row.company is not None and row.company.is_member
    return Earlier(
        years=earlier.years,
        is_member=is_member,
        area_cm2=earlier.area_cm2,
        money=earlier.money,
        absences=earlier.absences,
    )


def _editions_before(expo: Expo) -> list[Expo]:
    """The editions before this one in its series, the youngest first."""
    return [one for one in expos.editions(expo.series_id) if one.edition < expo.edition]


def _earlier(expo: Expo) -> dict[int, Earlier]:
    """By company: the years, the area and money of the last time, and how often nobody came."""
    years: dict[int, int] = defaultdict(int)
    absences: dict[int, int] = defaultdict(int)
    last: dict[int, dict[str, Any]] = {}
    for one in _editions_before(expo):
        there = {row.id: row.company_id or 0 for row in _took_part(one)}
        stands, money = stands_of(one, there), agreed(one)
        absent = _absent(one)
        for number, company in there.items():
            years[company] += 1
            absences[company] += number in absent
            same = one.currency == expo.currency and number in money
            last.setdefault(
                company,
                {
                    "area_cm2": sum(map(area_of, stands.get(number, ()))),
                    "money": from_minor(money[number], one.currency) if same else None,
                },
            )
    return {
        company: Earlier(years=count, absences=absences[company], **last[company])
        for company, count in years.items()
    }


def _took_part(expo: Expo) -> list[Exhibitor]:
    found = sa.select(Exhibitor).where(
        Exhibitor.expo_id == expo.id,
        Exhibitor.state.in_(UNDER_CONTRACT),
        Exhibitor.company_id.is_not(None),
    )
    return list(db.session.scalars(found))


def _absent(expo: Expo) -> frozenset[int]:
    """Exhibitors of whom nobody was there when an inspector looked, and nobody proved the opposite."""
    hour = presence.empty_from(expo)
    if hour is None:
        return frozenset()
    now = expos.present(expo)
    states: dict[int, set[Attended]] = defaultdict(set)
    for (exhibitor, _co), evidence in presence.evidence(expo).items():
        states[exhibitor].add(attended(evidence, now, hour))
    return frozenset(number for number, found in states.items() if found == {Attended.ABSENT})


def _brought_before(expo: Expo) -> Mapping[int | None, Mapping[str, Any]]:
    """By company what a list said of it for the last edition that has one: faults and old points are not forgotten."""
    found: dict[int | None, Mapping[str, Any]] = {}
    for one in _editions_before(expo):
        accounts = queries.accounts(one)
        for row in _named(one, accounts):
            if accounts[row.id].brought:
                found.setdefault(row.company_id, accounts[row.id].brought)
    return found


def _named(expo: Expo, accounts: Mapping[int, object]) -> list[Exhibitor]:
    found = sa.select(Exhibitor).where(Exhibitor.expo_id == expo.id, Exhibitor.company_id.is_not(None))
    return [row for row in db.session.scalars(found) if row.id in accounts]
