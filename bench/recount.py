"""What must be true inside a database whatever happened to it: the checker's I3, I4, I5 and I7 (spec/faults).

Everything is counted again from the scans; what the product keeps beside them must say the same.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import sqlalchemy as sa

from exhibitions.badges.models import BadgeDay
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.gates.models import GateMinute, Scan, ZoneLevel
from exhibitions.gates.queries import figures
from exhibitions.gates.queries.fair import setup_of
from exhibitions.gates.rules import occupancy

_COUNTS = (
    Scan.rehearsal_as_of.is_(None),
    Scan.annulled_at.is_(None),
    sa.or_(Scan.review.is_(None), Scan.accepted.is_(True)),
)


def faults() -> list[str]:
    """What is wrong, in words; empty when all is well. Needs an application context."""
    found = _twice() + _firsts() + _minutes() + _integrity()
    for expo in db.session.scalars(sa.select(Expo)).all():
        found += _levels(expo)
    return found


def _twice() -> list[str]:
    """I3: no id is stored twice."""
    many = sa.select(Scan.scan_id).group_by(Scan.expo_id, Scan.scan_id).having(sa.func.count() > 1)
    return [f"scan {scan_id} is stored twice" for scan_id in db.session.scalars(many)]


def _firsts() -> list[str]:
    """I4: a badge is first once a day, and the row of its day names the entry that was."""
    place = (Scan.expo_id, Scan.badge_id, Scan.day)
    first = (*_COUNTS, Scan.verdict == "first_today", Scan.device_verdict.is_(None))
    said = sa.select(*place, sa.func.count(), sa.func.min(Scan.corrected_at)).where(*first).group_by(*place)
    rows = {(row[0], row[1], row[2]): row[3:] for row in db.session.execute(said)}
    kept = sa.select(BadgeDay.expo_id, BadgeDay.badge_id, BadgeDay.day, BadgeDay.first_at)
    days = {(row[0], row[1], row[2]): row[3] for row in db.session.execute(kept)}
    found = [
        f"badge {badge} was first {count} times on {day}"
        for (_, badge, day), (count, _at) in rows.items()
        if count > 1
    ]
    lonely = rows.keys() - days.keys()
    return found + ([f"{len(lonely)} first entries without the row of their badge's day"] if lonely else [])


def _minutes() -> list[str]:
    """I5: the counters of gates by the minute are what a recount of the scans gives."""
    columns = (Scan.expo_id, Scan.gate_id, Scan.direction, Scan.verdict, Scan.admitted)
    counted: Counter[tuple[object, ...]] = Counter()
    for at, heads, *place in db.session.execute(
        sa.select(Scan.corrected_at, Scan.heads, *columns).where(*_COUNTS)
    ):
        minute = at.replace(second=0, microsecond=0)
        counted[minute, *place, "scans"] += 1
        counted[minute, *place, "heads"] += heads
    kept: Counter[tuple[object, ...]] = Counter()
    for row in db.session.scalars(sa.select(GateMinute)):
        where = (row.minute, row.expo_id, row.gate_id, row.direction, row.verdict, row.admitted)
        kept[*where, "scans"] += row.scans
        kept[*where, "heads"] += row.heads
    wrong = [place for place in counted.keys() | kept.keys() if counted[place] != kept[place]]
    return [f"{len(wrong)} counters of minutes differ from a recount, {wrong[0]}"] if wrong else []


def _levels(expo: Expo) -> list[str]:
    """I5: how full each zone is, since each reset, is what replaying the scans gives."""
    calendar = setup_of(expo.id, expo.setup_version).calendar
    replayed: dict[tuple[int, datetime], int] = {}
    for zone, curve in occupancy.curve(figures.scans(expo), figures.setting(expo)).items():
        for level in curve:
            since = calendar.frame(calendar.day_of(level.at)).period_start(level.at)
            replayed[zone, since] = level.inside
    rows = db.session.scalars(sa.select(ZoneLevel).where(ZoneLevel.expo_id == expo.id))
    kept = {(row.zone_id, row.since): row.inside for row in rows}
    return [
        f"zone {zone} holds {kept.get((zone, since), 0)} since {since}, and {replayed.get((zone, since), 0)} by a replay"
        for zone, since in sorted(replayed.keys() | kept.keys())
        if kept.get((zone, since), 0) != replayed.get((zone, since), 0)
    ]


def _integrity() -> list[str]:
    """I7: the database itself finds nothing wrong with its pages and indexes."""
    if db.engine.dialect.name == "sqlite":
        said = db.session.execute(sa.text("PRAGMA integrity_check")).scalars().all()
        return [] if said == ["ok"] else [f"integrity: {line}" for line in said]
    db.session.execute(sa.text("CREATE EXTENSION IF NOT EXISTS amcheck"))
    tables = "SELECT c.oid FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
    heap = f"SELECT t.oid::regclass || ': ' || v.msg FROM ({tables}) t, verify_heapam(t.oid) v"  # noqa: S608
    found = [f"integrity: {line}" for line in db.session.execute(sa.text(heap)).scalars()]
    trees = (
        "SELECT bt_index_check(i.indexrelid, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'btree' AND c.relnamespace = 'public'::regnamespace"
    )
    try:
        db.session.execute(sa.text(trees)).all()
    except sa.exc.DBAPIError as error:
        found.append(f"integrity: {error.orig}")
    db.session.rollback()
    return found
