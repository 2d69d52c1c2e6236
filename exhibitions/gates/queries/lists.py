"""What the chief looks at: scans that wait, that were let in against a rule, that two devices let in; the fair first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.gates.models import OpenGate, Scan
from exhibitions.gates.queries.scans import COUNTS


@dataclass(frozen=True)
class OpenGateReport:
    """How many a period of open-gate mode let in, by scans and by heads, when, why and by whom."""

    period: OpenGate
    scans: int
    heads: int


def scan_of(expo: Expo, scan_id: str) -> Scan | None:
    """The scan with this id, if it is this fair's."""
    return db.session.scalar(sa.select(Scan).where(Scan.expo_id == expo.id, Scan.scan_id == scan_id))


def in_review(expo: Expo) -> Sequence[Scan]:
    """The scans that wait for the chief's decision, the oldest first."""
    found = sa.select(Scan).where(
        Scan.expo_id == expo.id, Scan.review.is_not(None), Scan.accepted.is_(None), Scan.annulled_at.is_(None)
    )
    return db.session.scalars(found.order_by(Scan.received_at, Scan.id)).all()


def overridden(expo: Expo) -> Sequence[Scan]:
    """The scans that somebody let in against questions 6 to 11, the youngest first."""
    found = sa.select(Scan).where(Scan.expo_id == expo.id, Scan.overridden, Scan.rehearsal_as_of.is_(None))
    return db.session.scalars(found.order_by(Scan.corrected_at.desc())).all()


def admitted_against_invalid(expo: Expo) -> Sequence[Scan]:
    """Entries that a device let in offline though the badge was voided or cancelled then, or not ours (F11)."""
    wrong = Scan.verdict.in_(("voided", "cancelled", "unknown", "forged", "other_fair"))
    found = sa.select(Scan).where(Scan.expo_id == expo.id, COUNTS, wrong, Scan.direction == "in")
    return db.session.scalars(found.order_by(Scan.corrected_at.desc())).all()


def claimed_twice(expo: Expo) -> list[tuple[int, date]]:
    """The badges and days with more than one counted first entry: where `counting.doubles` has to look."""
    claim = sa.func.coalesce(Scan.device_verdict, Scan.verdict) == "first_today"
    found = (
        sa.select(Scan.badge_id, Scan.day)
        .where(Scan.expo_id == expo.id, COUNTS, claim, Scan.direction == "in", Scan.badge_id.is_not(None))
        .group_by(Scan.badge_id, Scan.day)
        .having(sa.func.count() > 1)
    )
    return [(badge_id, day) for badge_id, day in db.session.execute(found) if badge_id is not None]


def open_gate_of(expo: Expo) -> OpenGate | None:
    """The period of open-gate mode that lasts, if there is one."""
    return db.session.scalar(
        sa.select(OpenGate).where(OpenGate.expo_id == expo.id, OpenGate.ended_at.is_(None))
    )


def open_gate_reports(expo: Expo) -> list[OpenGateReport]:
    """Every period of open-gate mode with what it let in, in time order."""
    found = sa.select(OpenGate).where(OpenGate.expo_id == expo.id).order_by(OpenGate.started_at)
    return [OpenGateReport(period, *_let_in(period)) for period in db.session.scalars(found)]


def _let_in(period: OpenGate) -> tuple[int, int]:
    within = [Scan.corrected_at >= period.started_at]
    if period.ended_at is not None:
        within.append(Scan.corrected_at < period.ended_at)
    found = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Scan.heads), 0)).where(
        Scan.expo_id == period.expo_id, COUNTS, Scan.verdict == "open_gate", *within
    )
    scans, heads = db.session.execute(found).one()
    return int(scans), int(heads)


def refusals_between(expo: Expo, start: datetime, end: datetime) -> dict[str, int]:
    """How many entries were refused for which reason in [start, end), rehearsals and undone ones left out."""
    found = (
        sa.select(Scan.verdict, sa.func.count())
        .where(
            Scan.expo_id == expo.id,
            Scan.admitted.is_(False),
            Scan.rehearsal_as_of.is_(None),
            Scan.annulled_at.is_(None),
            Scan.corrected_at >= start,
            Scan.corrected_at < end,
        )
        .group_by(Scan.verdict)
    )
    return {str(verdict): int(count) for verdict, count in db.session.execute(found)}
