"""The scans and badges of a fair as counting wants them: everything shown about attendance is computed from these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from exhibitions.badges.models import Badge
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.gates.models import GateMinute, Scan
from exhibitions.gates.queries.fair import setup_of
from exhibitions.gates.queries.lists import claimed_twice
from exhibitions.gates.rules import counting
from exhibitions.gates.rules.setup import Setup
from exhibitions.gates.rules.timing import Interval
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import HOLDER, came_back

_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
_ROWS_AT_ONCE = 5000


def attendance(expo: Expo) -> counting.Attendance:
    """Visits and visitors of the fair, recounted from all its scans."""
    return counting.attendance(scans(expo), setting(expo))


def doubles(expo: Expo) -> list[counting.Double]:
    """The badges that two devices let in as first of the day, at least one of them offline (F10)."""
    places = set(claimed_twice(expo))
    if not places:
        return []
    calendar = setup_of(expo.id, expo.setup_version).calendar
    those = scans(expo, Scan.badge_id.in_({badge_id for badge_id, _ in places}))
    return counting.doubles(counting.in_order(those), calendar)


def scans(expo: Expo, *which: sa.ColumnElement[bool]) -> list[counting.Scan]:
    """The scans of the fair as plain facts, rehearsals left out, in any order."""
    found = sa.select(
        Scan.corrected_at,
        Scan.scan_id,
        Scan.gate_id,
        Scan.direction,
        Scan.badge_id,
        Scan.code,
        Scan.admitted,
        Scan.heads,
        Scan.kind,
        Scan.verdict,
        Scan.device_verdict,
        Scan.review,
        Scan.accepted,
        Scan.annulled_at.is_not(None),
    ).where(Scan.expo_id == expo.id, Scan.rehearsal_as_of.is_(None), *which)
    rows: Iterable[Any] = db.session.connection().execute(found.execution_options(yield_per=_ROWS_AT_ONCE))
    return [_scan(*row) for row in rows]


def _scan(  # noqa: PLR0913 - a row of the question above, column by column.
    at: datetime,
    scan_id: str,
    gate_id: int,
    direction: str,
    badge_id: int | None,
    code: str | None,
    admitted: bool,
    heads: int,
    kind: str,
    verdict: str,
    claimed: str | None,
    review: str | None,
    accepted: bool | None,
    annulled: bool,
) -> counting.Scan:
    badge: Hashable = code if badge_id is None else badge_id
    state: str = counting.State.COUNTS
    if review is not None or annulled:
        state = _state(review, accepted, annulled)
    return counting.Scan(
        at, scan_id, gate_id, direction, badge, admitted, heads, kind, state, verdict, claimed
    )


def _state(review: str | None, accepted: bool | None, annulled: bool) -> counting.State:
    if annulled:
        return counting.State.ANNULLED
    if review is None or accepted:
        return counting.State.COUNTS
    return counting.State.REVIEW if accepted is None else counting.State.REJECTED


def setting(expo: Expo) -> counting.Setting:
    """What the fair's scans are read against, as it is now."""
    setup = setup_of(expo.id, expo.setup_version)
    return counting.Setting(
        calendar=setup.calendar,
        gates={
            g.id: counting.Place(g.zone_id, setup.zones[g.zone_id].counts_visits)
            for g in setup.gates.values()
        },
        classes={
            c.key: counting.ClassRule(c.rules.visitor, _early_doors(setup, c.key))
            for c in setup.classes.values()
        },
        badges=_holders(expo, setup),
    )


def _early_doors(setup: Setup, class_key: str) -> dict[date, Interval]:
    """The doors of a class as they stand at last, with the earliest opening that they ever had that day."""
    doors: dict[date, Interval] = {}
    for day in setup.calendar.hours:
        place = (day, class_key) if (day, class_key) in setup.doors else (day, "")
        moments = [move.since for move in setup.moves.get(place, ())]
        ever = [door for door in (setup.door(day, class_key, m) for m in (_BEGINNING, *moments)) if door]
        if ever:
            doors[day] = Interval(min(door.opens for door in ever), max(door.closes for door in ever))
    return doors


def _holders(expo: Expo, setup: Setup) -> dict[Hashable, counting.Holder]:
    rows = _badge_rows(expo)
    same = came_back(expo)
    valid = _validity(rows, same)
    named = _groups(expo, setup, same)
    holders: dict[Hashable, counting.Holder] = {}
    for row in rows:
        person = _person(row, same)
        holders[row.id] = counting.Holder(
            person=person,
            rule=setup.classes[row.class_id].key,
            region=row.region,
            named=named.get(person, ()),
            valid=valid.get(person if person is not None else row.id),
        )
    return holders


def _badge_rows(expo: Expo) -> list[Any]:
    columns = ("id", "class_id", "holder_kind", "holder_id", "region", "reserve", "cancelled_at", "voided_at")
    found = sa.select(*(getattr(Badge, name) for name in columns)).where(Badge.expo_id == expo.id)
    return list(db.session.connection().execute(found))


def _person(row: Any, same: Mapping[int, int]) -> Hashable:
    """Whose badge it is; a badge that nobody holds is a person of its own, unless it is an unbound reserve badge.

    Who was cancelled and registered again is one person (V-6).
    """
    if row.holder_id is not None:
        number = same.get(row.holder_id, row.holder_id) if row.holder_kind == HOLDER else row.holder_id
        return row.holder_kind, number
    return None if row.reserve else ("badge", row.id)


def _validity(rows: Iterable[Any], same: Mapping[int, int]) -> dict[Hashable, tuple[Interval, ...]]:
    """For persons whose badges were all ended: until when they held a valid one."""
    ends: defaultdict[Hashable, list[datetime | None]] = defaultdict(list)
    for row in rows:
        moments = [moment for moment in (row.cancelled_at, row.voided_at) if moment is not None]
        person = _person(row, same)
        ends[row.id if person is None else person].append(min(moments, default=None))
    last = {who: max(m for m in moments if m) for who, moments in ends.items() if all(moments)}
    return {who: (Interval(_BEGINNING, moment),) for who, moment in last.items()}


def _groups(expo: Expo, setup: Setup, same: Mapping[int, int]) -> dict[Hashable, tuple[counting.Holder, ...]]:
    """The people of each leader's list, the leader first."""
    listed = sa.select(Registration.leader_id).where(
        Registration.expo_id == expo.id, Registration.leader_id.is_not(None)
    )
    found = (
        sa.select(Registration.id, Registration.leader_id, Registration.class_id, Registration.region)
        .where(
            Registration.expo_id == expo.id,
            Registration.cancelled_at.is_(None),
            sa.or_(Registration.leader_id.is_not(None), Registration.id.in_(listed)),
        )
        .order_by(Registration.leader_id.is_not(None), Registration.id)
    )
    groups: defaultdict[Hashable, list[counting.Holder]] = defaultdict(list)
    for row, leader_row, class_id, region in db.session.connection().execute(found):
        number, leader = same.get(row, row), same.get(leader_row or 0, leader_row)
        holder = counting.Holder((HOLDER, number), setup.classes[class_id].key, region)
        groups[HOLDER, leader or number].append(holder)
    return {leader: tuple(people) for leader, people in groups.items()}


def minutes(expo: Expo, start: datetime, end: datetime) -> list[GateMinute]:
    """The counters of all gates in [start, end), for boards that must not count rows."""
    found = sa.select(GateMinute).where(
        GateMinute.expo_id == expo.id, GateMinute.minute >= start, GateMinute.minute < end
    )
    return list(db.session.scalars(found.order_by(GateMinute.minute, GateMinute.gate_id)))


def let_in(expo: Expo, now: datetime) -> dict[int, int]:
    """How many people each gate has let in on the fair's day of `now`, by the counters; gates without any are left out."""
    setup = setup_of(expo.id, expo.setup_version)
    frame = setup.calendar.frame(setup.calendar.day_of(now + setup.shift))
    found = (
        sa.select(GateMinute.gate_id, sa.func.sum(GateMinute.heads))
        .where(
            GateMinute.expo_id == expo.id,
            GateMinute.minute >= frame.starts,
            GateMinute.minute < frame.ends,
            GateMinute.direction == "in",
            GateMinute.admitted,
        )
        .group_by(GateMinute.gate_id)
    )
    return {int(gate_id): int(heads) for gate_id, heads in db.session.execute(found)}
