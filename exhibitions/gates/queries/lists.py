"""What the chief looks at: scans that wait, that were let in against a rule, that two devices let in; the fair first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from exhibitions.badges.models import Badge
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import present
from exhibitions.expos.rules import local_day
from exhibitions.gates.models import Device, DoorMove, OpenGate, Scan
from exhibitions.gates.queries.devices import devices_with_wrong_clocks
from exhibitions.gates.queries.fair import setup_of
from exhibitions.gates.queries.scans import COUNTS
from exhibitions.gates.rules import timing
from exhibitions.gates.rules.decision import NOT_VALID
from exhibitions.gates.rules.setup import Hours

PAGE = 50
_WAITS = sa.and_(Scan.review.is_not(None), Scan.accepted.is_(None), Scan.annulled_at.is_(None))
_OVERRIDDEN = sa.and_(Scan.overridden, Scan.rehearsal_as_of.is_(None))
_AGAINST_INVALID = sa.and_(
    COUNTS,
    # Written out: a database uses the index of these few only where it sees that they are what is asked for.
    Scan.verdict.in_(sa.bindparam("not_valid", NOT_VALID, expanding=True, literal_execute=True)),
    Scan.direction == "in",
)
_REHEARSED = Scan.rehearsal_as_of.is_not(None)
_FAR_OFF = sa.func.abs(Scan.offset_ms) > timing.OFFSET_LISTED // timedelta(milliseconds=1)


@dataclass(frozen=True)
class Counts:
    """How many scans each of the chief's lists holds, and how many were rehearsed."""

    review: int
    overridden: int
    invalid: int
    rehearsed: int


@dataclass(frozen=True)
class ClockReport:
    """A device whose clock is or was wrong: the offset of its last contact, and its scans that were over 24 h off."""

    device: Device
    far_scans: int
    worst: timedelta


@dataclass(frozen=True)
class DoorNow:
    """A door of a day as it stands: "" is the common one, for every class without a door of its own."""

    class_key: str
    hours: Hours
    moved: bool


@dataclass(frozen=True)
class OpenGateReport:
    """How many a period of open-gate mode let in, by scans and by heads, when, why and by whom."""

    period: OpenGate
    scans: int
    heads: int


def scan_of(expo: Expo, scan_id: str) -> Scan | None:
    """The scan with this id, if it is this fair's."""
    return db.session.scalar(sa.select(Scan).where(Scan.expo_id == expo.id, Scan.scan_id == scan_id))


def scan_of_row(expo: Expo, row_id: int) -> Scan | None:
    """The scan with this number of its row, if it is this fair's."""
    return db.session.scalar(sa.select(Scan).where(Scan.expo_id == expo.id, Scan.id == row_id))


def scans_by_id(expo: Expo, scan_ids: Collection[str]) -> Sequence[Scan]:
    """Those of these scans that are this fair's."""
    return db.session.scalars(
        sa.select(Scan).where(Scan.expo_id == expo.id, Scan.scan_id.in_(scan_ids))
    ).all()


def counts(expo: Expo) -> Counts:
    """How long the chief's lists are; each is counted by the index of its own few scans."""
    wanted = (_WAITS, _OVERRIDDEN, _AGAINST_INVALID, _REHEARSED)
    parts = (sa.select(sa.func.count(Scan.id)).where(Scan.expo_id == expo.id, each) for each in wanted)
    row = db.session.execute(sa.select(*(part.scalar_subquery() for part in parts))).one()
    return Counts(*map(int, row))


def in_review(expo: Expo, page: int = 1) -> Sequence[Scan]:
    """The scans that wait for the chief's decision, the oldest first, fifty a page."""
    return _page(expo, _WAITS, [Scan.received_at, Scan.id], page)


def waiting_of_device(expo: Expo, device_id: int, most: int) -> Sequence[Scan]:
    """At most so many of one device's scans that wait for the chief's decision, the oldest first."""
    found = sa.select(Scan).where(Scan.expo_id == expo.id, _WAITS, Scan.device_id == device_id)
    return db.session.scalars(found.order_by(Scan.received_at, Scan.id).limit(most)).all()


def count_waiting_of_device(expo: Expo, device_id: int) -> int:
    """How many of one device's scans wait for the chief's decision."""
    found = sa.select(sa.func.count(Scan.id)).where(Scan.expo_id == expo.id, _WAITS)
    return db.session.scalar(found.where(Scan.device_id == device_id)) or 0


def waiting_by_device(expo: Expo) -> list[tuple[Device, int]]:
    """How many scans of a device wait for the chief's decision, for the fifty devices with most, most first."""
    number = sa.func.count(Scan.id)
    found = sa.select(Device, number).join(Scan, Scan.device_id == Device.id)
    found = (
        found.where(Scan.expo_id == expo.id, _WAITS).group_by(Device.id).order_by(number.desc(), Device.id)
    )
    return [(device, count) for device, count in db.session.execute(found.limit(PAGE))]


def overridden(expo: Expo, page: int = 1) -> Sequence[Scan]:
    """The scans that somebody let in against questions 6 to 11, the youngest first, fifty a page."""
    return _page(expo, _OVERRIDDEN, [Scan.corrected_at.desc(), Scan.id.desc()], page)


def admitted_against_invalid(expo: Expo, page: int = 1) -> Sequence[Scan]:
    """Entries that a device let in offline though the badge was voided or cancelled then, or not ours (F11).

    The youngest first, fifty a page.
    """
    return _page(expo, _AGAINST_INVALID, [Scan.corrected_at.desc(), Scan.id.desc()], page)


def _page(
    expo: Expo, which: sa.ColumnElement[bool], order: list[sa.SQLColumnExpression[object]], page: int
) -> Sequence[Scan]:
    found = sa.select(Scan).where(Scan.expo_id == expo.id, which).order_by(*order)
    return db.session.scalars(found.offset((page - 1) * PAGE).limit(PAGE)).all()


def badges_of_scans(expo: Expo, badge_ids: Collection[int | None]) -> dict[int, Badge]:
    """The badges with these ids, by id; for a page of scans."""
    found = sa.select(Badge).where(Badge.expo_id == expo.id, Badge.id.in_({i for i in badge_ids if i}))
    return {badge.id: badge for badge in db.session.scalars(found)}


def wrong_clocks(expo: Expo) -> list[ClockReport]:
    """The devices whose clock was over five minutes off when they last spoke, or that brought scans over a day off.

    The worst first. A known offset is applied, whatever it is (F9): this is a list and no refusal.
    """
    far = sa.select(Scan.device_id, sa.func.count(), sa.func.max(sa.func.abs(Scan.offset_ms))).where(
        Scan.expo_id == expo.id, _FAR_OFF, Scan.rehearsal_as_of.is_(None)
    )
    scans = {row[0]: (row[1], row[2]) for row in db.session.execute(far.group_by(Scan.device_id))}
    devices = [*devices_with_wrong_clocks(expo)]
    righted = scans.keys() - {device.id for device in devices}
    devices += db.session.scalars(sa.select(Device).where(Device.expo_id == expo.id, Device.id.in_(righted)))
    reports = []
    for device in devices:
        number, worst = scans.get(device.id, (0, 0))
        worst = max(worst, abs(device.offset_ms or 0))
        reports.append(ClockReport(device, number, timedelta(milliseconds=worst)))
    return sorted(reports, key=lambda report: (-report.worst, report.device.id))


def fair_today(expo: Expo) -> date:
    """The fair's own day at this moment."""
    return local_day(present(expo), expo.timezone, expo.cutoff_hour)


def doors_now(expo: Expo, day: date) -> list[DoorNow]:
    """The doors of a day as they stand at this moment, the common one first."""
    setup, now = setup_of(expo.id, expo.setup_version), present(expo)
    found = []
    for (_day, class_key), hours in sorted(setup.doors.items()):
        if _day == day:
            moves = [move.hours for move in setup.moves.get((day, class_key), ()) if move.since <= now]
            found.append(DoorNow(class_key, moves[-1] if moves else hours, bool(moves)))
    return found


def claimed_twice(expo: Expo) -> list[tuple[int, date]]:
    """The badges and days with several counted entries, one of them offline as the first: where `counting.doubles` has
    to look."""
    claims = sa.func.max(sa.case((Scan.device_verdict == "first_today", 1), else_=0))
    found = (
        sa.select(Scan.badge_id, Scan.day)
        .where(Scan.expo_id == expo.id, COUNTS, Scan.direction == "in", Scan.badge_id.is_not(None))
        .group_by(Scan.badge_id, Scan.day)
        .having(sa.func.count() > 1, claims == 1)
    )
    return [(badge_id, day) for badge_id, day in db.session.execute(found) if badge_id is not None]


def open_gate_of(expo: Expo) -> OpenGate | None:
    """The period of open-gate mode that lasts, if there is one."""
    return db.session.scalar(
        sa.select(OpenGate).where(OpenGate.expo_id == expo.id, OpenGate.ended_at.is_(None))
    )


def moves_of(expo: Expo, day: date, class_key: str) -> Sequence[DoorMove]:
    """How the chief has moved a door of a day, in time order."""
    found = sa.select(DoorMove).where(
        DoorMove.expo_id == expo.id, DoorMove.day == day, DoorMove.class_key == class_key
    )
    return db.session.scalars(found.order_by(DoorMove.moved_at, DoorMove.id)).all()


def count_open_gates(expo: Expo) -> int:
    """How many periods of open-gate mode the fair has had."""
    return (
        db.session.scalar(sa.select(sa.func.count()).select_from(OpenGate).where(OpenGate.expo_id == expo.id))
        or 0
    )


def open_gate_reports(expo: Expo, page: int = 1) -> list[OpenGateReport]:
    """The periods of open-gate mode with what they let in, the youngest first, fifty a page."""
    found = sa.select(OpenGate).where(OpenGate.expo_id == expo.id)
    found = found.order_by(OpenGate.started_at.desc(), OpenGate.id.desc())
    periods = db.session.scalars(found.offset((page - 1) * PAGE).limit(PAGE)).all()
    let_in = _let_in(expo, periods) if periods else {}
    return [OpenGateReport(period, *let_in.get(period.id, (0, 0))) for period in periods]


def _let_in(expo: Expo, periods: Sequence[OpenGate]) -> dict[int, tuple[int, int]]:
    """Scans and heads of each of these periods, which never overlap, by the number of the period."""
    ends = [period.ended_at for period in periods if period.ended_at is not None]
    # The days are there for the index: without them every scan of the fair would be read.
    within = [Scan.day >= _day_of(expo, min(period.started_at for period in periods))]
    if len(ends) == len(periods):
        within.append(Scan.day <= _day_of(expo, max(ends)))
    which = sa.case(*((_during(period), period.id) for period in periods)).label("period")
    found = sa.select(which, sa.func.count(), sa.func.coalesce(sa.func.sum(Scan.heads), 0)).where(
        Scan.expo_id == expo.id, COUNTS, Scan.verdict == "open_gate", *within
    )
    rows = db.session.execute(found.group_by("period"))
    return {number: (int(scans), int(heads)) for number, scans, heads in rows}


def _during(period: OpenGate) -> sa.ColumnElement[bool]:
    begun = Scan.corrected_at >= period.started_at
    return begun if period.ended_at is None else sa.and_(begun, Scan.corrected_at < period.ended_at)


def _day_of(expo: Expo, moment: datetime) -> date:
    return local_day(moment, expo.timezone, expo.cutoff_hour)
