"""Attendance of a fair: its scans, badges and set-up put before the pure count."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple

import sqlalchemy as sa

from exhibitions.badges.models import Badge, BadgeClass
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.gates.models import Scan
from exhibitions.gates.queries.fair import setup_of
from exhibitions.gates.rules import counting
from exhibitions.gates.rules.setup import Setup
from exhibitions.gates.rules.timing import Interval
from exhibitions.visitors.models import Registration

_ALWAYS = datetime.min.replace(tzinfo=UTC)
_EVER = datetime.max.replace(tzinfo=UTC)
_VISITOR = "visitor"


class _BadgeRow(NamedTuple):
    id: int
    holder_kind: str
    holder_id: int | None
    class_key: str
    region: str
    cancelled_at: datetime | None
    voided_at: datetime | None
    issued_at: datetime

    @property
    def person(self) -> tuple[str, int] | None:
        """Who holds it; None for a reserve badge that is bound to nobody."""
        return None if self.holder_id is None else (self.holder_kind, self.holder_id)

    @property
    def chain(self) -> tuple[str, int]:
        """What its validity belongs to: its person, or the badge itself."""
        return self.person or ("badge", self.id)


def attendance(expo: Expo) -> counting.Attendance:
    """The figures of the whole fair as its scans stand now (statistics.md V-1 to V-7)."""
    return counting.attendance(scans_of(expo), setting_of(expo))


def setting_of(expo: Expo) -> counting.Setting:
    """What the scans of a fair are read against: calendar, gates, classes, and every badge's holder as true now."""
    setup = setup_of(expo.id, expo.setup_version)
    return counting.Setting(
        calendar=setup.calendar,
        gates={
            gate.id: counting.Place(gate.zone_id, setup.zones[gate.zone_id].counts_visits)
            for gate in setup.gates.values()
        },
        classes={
            one.key: counting.ClassRule(one.rules.visitor, _doors(setup, one.key))
            for one in setup.classes.values()
        },
        badges=_holders(expo),
    )


def _doors(setup: Setup, class_key: str) -> dict[date, Interval]:
    """The doors of a class by day at their widest: who came in early, before hours that were moved back, had come."""
    found: dict[date, Interval] = {}
    for day in setup.calendar.hours:
        place = (day, class_key) if (day, class_key) in setup.doors else (day, "")
        hours = [setup.doors[place]] if place in setup.doors else []
        spans = [
            setup.calendar.span(day, one.opens, one.closes)
            for one in hours + [move.hours for move in setup.moves.get(place, ())]
        ]
        if spans:
            found[day] = Interval(min(span.start for span in spans), max(span.end for span in spans))
    return found


def _holders(expo: Expo) -> dict[Hashable, counting.Holder]:
    """Every badge of the fair as its holder. All badges of one person share the times at which one of them was valid."""
    found = (
        sa.select(
            Badge.id,
            Badge.holder_kind,
            Badge.holder_id,
            BadgeClass.key,
            Badge.region,
            Badge.cancelled_at,
            Badge.voided_at,
            Badge.issued_at,
        )
        .join(BadgeClass, BadgeClass.id == Badge.class_id)
        .where(Badge.expo_id == expo.id)
        .order_by(Badge.id)
    )
    rows = [_BadgeRow._make(row) for row in db.session.execute(found)]
    spans = _valid_spans(rows)
    holders: dict[Hashable, counting.Holder] = {
        row.id: counting.Holder(row.person, row.class_key, row.region, valid=spans.get(row.chain))
        for row in rows
    }
    return holders | _leaders(expo, rows, holders)


def _valid_spans(rows: Collection[_BadgeRow]) -> dict[Hashable, tuple[Interval, ...]]:
    """The times at which people held a valid badge, only for those who at some time did not."""
    spans: defaultdict[Hashable, list[Interval]] = defaultdict(list)
    ended: set[Hashable] = set()
    for row in rows:
        end = min(row.cancelled_at or _EVER, row.voided_at or _EVER)
        # The first badge of a person was valid from the beginning: an offline clock may run behind the desk's.
        spans[row.chain].append(Interval(row.issued_at if spans[row.chain] else _ALWAYS, end))
        if end != _EVER:
            ended.add(row.chain)
    return {chain: tuple(spans[chain]) for chain in ended}


def _leaders(
    expo: Expo, rows: Collection[_BadgeRow], holders: Mapping[Hashable, counting.Holder]
) -> dict[Hashable, counting.Holder]:
    """Leaders' badges with the people of their lists, the leader first (check-in.md C14b)."""
    newest = {row.holder_id: row.id for row in rows if row.holder_kind == _VISITOR}
    listed = sa.select(Registration.leader_id, Registration.id).where(
        Registration.expo_id == expo.id, Registration.leader_id.is_not(None)
    )
    groups: defaultdict[int | None, list[counting.Holder]] = defaultdict(list)
    for leader_id, member_id in db.session.execute(listed.order_by(Registration.id)):
        if member_id in newest:
            groups[leader_id].append(holders[newest[member_id]])
    return {
        row.id: dataclasses.replace(holders[row.id], named=(holders[row.id], *groups[row.holder_id]))
        for row in rows
        if row.holder_kind == _VISITOR and row.holder_id in groups
    }


def scans_of(expo: Expo, days: Collection[date] | None = None) -> list[counting.Scan]:
    """The scans of a fair as counting sees them, on these local days or all."""
    found = sa.select(
        Scan.corrected_at,
        Scan.scan_id,
        Scan.gate_id,
        Scan.direction,
        Scan.badge_id,
        Scan.admitted,
        Scan.heads,
        Scan.kind,
        Scan.verdict,
        Scan.device_verdict,
        Scan.code,
        Scan.rehearsal_as_of.is_not(None),
        Scan.annulled_at.is_not(None),
        Scan.review,
        Scan.accepted,
    ).where(Scan.expo_id == expo.id)
    if days is not None:
        found = found.where(Scan.day.in_(days))
    return [
        counting.Scan(
            at=row[0],
            scan_id=row[1],
            gate=row[2],
            direction=row[3],
            badge=row[4] if row[4] is not None else row[10],
            admitted=row[5],
            heads=row[6],
            kind=row[7],
            state=_state(row[11], row[12], row[13], row[14]),
            verdict=row[8],
            claimed=row[9],
        )
        for row in db.session.execute(found)
    ]


def _state(rehearsed: bool, annulled: bool, review: str | None, accepted: bool | None) -> counting.State:
    if rehearsed:
        return counting.State.REHEARSAL
    if annulled:
        return counting.State.ANNULLED
    if review is None or accepted:
        return counting.State.COUNTS
    return counting.State.REVIEW if accepted is None else counting.State.REJECTED


def gate_names(setup: Setup) -> Mapping[int, str]:
    """The gates' names as files have them: the Chinese one where there is one."""
    return {gate.id: gate.name.text("zh") for gate in setup.gates.values()}
