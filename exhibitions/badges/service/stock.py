"""Stock of blanks, holders and lanyards: what somebody writes down, and what printing counts by itself."""

from __future__ import annotations

from datetime import date
from typing import cast

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.badges.models import Expected, SheetsPrinted, StockMove
from exhibitions.badges.queries import paper
from exhibitions.badges.rules import layout, stock
from exhibitions.badges.rules.stock import Coming, Forecast, Level, Move
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.bulk import NewRows
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Refused
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import local_day

_PRINTED = NewRows(
    cast(sa.Table, SheetsPrinted.__table__),
    ("expo_id", "sheet", "day", "count"),
    key=("expo_id", "sheet", "day"),
    adds=("count",),
)


def move(expo: Expo, item: str, kind: Move, count: int, note: str, by: Actor) -> StockMove:
    """Write down that so many pieces came, went or were spoilt. Raises `Refused` for more than are there."""
    stock.check_move(item, kind, count, paper.levels(expo).get(item, Level()).left)
    row = StockMove(
        expo_id=expo.id,
        item=item,
        kind=kind,
        count=count,
        note=note.strip()[:200],
        by_id=by.id if by.kind == "user" else None,
        by_name=by.name[:100],
        at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    after: dict[str, object] = {"item": item, "move": kind.value, "count": count}
    audit.record("badges.stock_moved", by, expo_id=expo.id, subject=("expo", expo.id), after=after)
    return row


def expect(expo: Expo, turn_up_percent: int, walk_ins_a_day: int, by: Actor) -> None:
    """Say what share of the registered is expected to come (0 to 100 %) and how many walk in a day."""
    if not (0 <= turn_up_percent <= 100 and 0 <= walk_ins_a_day <= stock.MOST):
        raise Refused("expectation_range", N_("Enter a share from 0 to 100 % and a number of people."))
    row = paper.expected(expo)
    before: dict[str, object] = {}
    if row is None:
        row = Expected(expo_id=expo.id)
        db.session.add(row)
    else:
        before = {"turn_up_percent": row.turn_up_percent, "walk_ins_a_day": row.walk_ins_a_day}
    row.turn_up_percent, row.walk_ins_a_day = turn_up_percent, walk_ins_a_day
    after: dict[str, object] = {"turn_up_percent": turn_up_percent, "walk_ins_a_day": walk_ins_a_day}
    audit.record(
        "badges.demand_expected", by, expo_id=expo.id, subject=("expo", expo.id), before=before, after=after
    )
    db.session.flush()


def count_pages(expo: Expo, sheet_key: str, badges: int, day: date | None = None) -> None:
    """Count the pages that so many badges took on this paper, inside the caller's transaction."""
    pages = -(-badges // len(layout.SHEETS[sheet_key].places))
    day = day or _today(expo)
    _PRINTED.insert(db.session.connection(), [(expo.id, sheet_key, day, pages)])


def _today(expo: Expo) -> date:
    """The fair's own today: by its clock and its border between days."""
    return local_day(expos.present(expo), expo.timezone, expo.cutoff_hour)


def coming(expo: Expo) -> Coming:
    """What is still to come of the fair's demand for badges."""
    registered, printed = paper.badge_counts(expo)
    said = paper.expected(expo)
    today = _today(expo)
    days = sum(1 for day in expos.visitor_days(expo) if day >= today)
    if said is None:
        return Coming(registered, printed, days)
    return Coming(registered, printed, days, said.turn_up_percent, said.walk_ins_a_day)


def stand(expo: Expo, ahead: Coming) -> list[tuple[str, Level, Forecast]]:
    """Each kind of stock that the fair has had, and holders, with what is left and how long it lasts for what is ahead."""
    levels = paper.levels(expo)
    items = [item for item in stock.ITEMS if item in levels or item == stock.HOLDER]
    found = []
    for item in items:
        level = levels.get(item, Level())
        each = len(layout.SHEETS[item].places) if item in layout.SHEETS else 1
        found.append((item, level, stock.forecast(level.left, ahead, each)))
    return found
