"""The rows behind a number of the board: the list agrees with the number, because both come from the same count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from exhibitions.badges.models import Badge, BadgeClass
from exhibitions.badges.rules.number import shown
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.expos.models import Expo, Gate
from exhibitions.gates.models import Scan
from exhibitions.gates.queries.fair import setup_of
from exhibitions.gates.rules.counting import Visit
from exhibitions.reports.queries.board import RECENT, counted_days
from exhibitions.reports.rules.documents import UNKNOWN

PAGE = 50
EVIDENCE = ("visits", "visitors")
KINDS = (*EVIDENCE, "recent", "refused", "review", "all")


@dataclass(frozen=True)
class Filter:
    """Which rows: of which kind, and of which day, local hour (two digits), gate and verdict where given.

    Visits and visitors may be of one class or region, too; `unknown` is the empty one, as in figures.
    """

    kind: str = "all"
    day: date | None = None
    hour: str = ""
    gate_id: int | None = None
    verdict: str = ""
    badge_class: str = ""
    region: str = ""


@dataclass(frozen=True)
class Row:
    """A scan as the list shows it. `stands_for` is how many visits it proves (a leader's scan proves several).

    `mark` says why a scan counts nowhere (rehearsal, undone, review, rejected) and is empty for one that counts.
    """

    at: datetime
    gate_zh: str
    gate_en: str
    direction: str
    verdict: str
    admitted: bool
    heads: int
    stands_for: int
    number: str
    name: str
    company: str
    class_zh: str
    class_en: str
    mark: str = ""


@dataclass(frozen=True)
class Found:
    """One page of rows, newest first. `total` is the number that the board shows, `rows_total` how many rows there are."""

    rows: Sequence[Row]
    total: int
    rows_total: int


def rows_behind(expo: Expo, wanted: Filter, page: int) -> Found:
    """The rows of a filter, fifty a page; pages count from 1."""
    if wanted.kind in EVIDENCE:
        return _evidence(expo, wanted, page)
    condition = _condition(expo, wanted)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Scan).where(condition)) or 0
    ids = sa.select(Scan.id).where(condition).order_by(Scan.corrected_at.desc(), Scan.id.desc())
    found = db.session.scalars(ids.offset((page - 1) * PAGE).limit(PAGE)).all()
    return Found(_rows(expo, Scan.id.in_(found), {}), total, total)


def _evidence(expo: Expo, wanted: Filter, page: int) -> Found:
    """The scans that prove visits; for visitors only the first of each person."""
    setup = setup_of(expo.id, expo.setup_version)
    stands_for: dict[str, int] = {}
    moments: dict[str, datetime] = {}
    seen: set[object] = set()
    for _day, found in sorted(counted_days(expo).items()):
        for visit in sorted(
            found.visits, key=lambda one: (one.scan.at, one.scan.scan_id) if one.scan else ()
        ):
            if visit.scan is None or not _fits(wanted, visit, setup.calendar.hour_of(visit.scan.at)):
                continue
            if wanted.kind == "visitors" and (visit.person is None or visit.person in seen):
                continue
            seen.add(visit.person)
            stands_for[visit.scan.scan_id] = stands_for.get(visit.scan.scan_id, 0) + visit.heads
            moments[visit.scan.scan_id] = visit.scan.at
    newest = sorted(moments, key=lambda scan_id: (moments[scan_id], scan_id), reverse=True)
    part = newest[(page - 1) * PAGE : page * PAGE]
    return Found(_rows(expo, Scan.scan_id.in_(part), stands_for), sum(stands_for.values()), len(newest))


def _fits(wanted: Filter, visit: Visit, hour: str) -> bool:
    return (
        wanted.day in (None, visit.day)
        and wanted.hour in ("", hour)
        and wanted.gate_id in (None, visit.scan and visit.scan.gate)
        and wanted.badge_class in ("", visit.rule or UNKNOWN)
        and wanted.region in ("", visit.region or UNKNOWN)
    )


def _condition(expo: Expo, wanted: Filter) -> sa.ColumnElement[bool]:
    parts = [Scan.expo_id == expo.id]
    if wanted.day is not None:
        parts.append(Scan.day == wanted.day)
    if wanted.gate_id is not None:
        parts.append(Scan.gate_id == wanted.gate_id)
    if wanted.verdict:
        parts.append(sa.func.coalesce(Scan.device_verdict, Scan.verdict) == wanted.verdict)
    counts: list[sa.ColumnElement[bool]] = [
        Scan.annulled_at.is_(None),
        Scan.rehearsal_as_of.is_(None),
        sa.or_(Scan.review.is_(None), Scan.accepted.is_(True)),
        Scan.direction == "in",
    ]
    if wanted.kind == "recent":
        at = clock.now() + setup_of(expo.id, expo.setup_version).shift
        parts += [*counts, Scan.admitted.is_(True), Scan.corrected_at > at - RECENT, Scan.corrected_at <= at]
    elif wanted.kind == "refused":
        parts += [*counts, Scan.admitted.is_(False)]
    elif wanted.kind == "review":
        parts += [Scan.review.is_not(None), Scan.accepted.is_(None)]
    return sa.and_(*parts)


def _rows(expo: Expo, chosen: sa.ColumnElement[bool], stands_for: dict[str, int]) -> list[Row]:
    found = (
        sa.select(Scan, Gate, Badge, BadgeClass)
        .join(Gate, Gate.id == Scan.gate_id)
        .outerjoin(Badge, Badge.id == Scan.badge_id)
        .outerjoin(BadgeClass, BadgeClass.id == Badge.class_id)
        .where(Scan.expo_id == expo.id, chosen)
        .order_by(Scan.corrected_at.desc(), Scan.id.desc())
    )
    return [_row(*line, stands_for.get(line[0].scan_id, 0)) for line in db.session.execute(found)]


def _row(scan: Scan, gate: Gate, badge: Badge | None, badge_class: BadgeClass | None, stands_for: int) -> Row:
    return Row(
        at=scan.corrected_at,
        gate_zh=gate.name_zh or gate.code,
        gate_en=gate.name_en or gate.code,
        direction=scan.direction,
        verdict=scan.device_verdict or scan.verdict,
        admitted=scan.admitted,
        heads=scan.heads,
        stands_for=stands_for,
        number=shown(badge.number) if badge else "",
        name=badge.name if badge else "",
        company=badge.company if badge else "",
        class_zh=badge_class.name_zh if badge_class else "",
        class_en=badge_class.name_en if badge_class else "",
        mark=_mark(scan),
    )


def _mark(scan: Scan) -> str:
    if scan.rehearsal_as_of is not None:
        return "rehearsal"
    if scan.annulled_at is not None:
        return "undone"
    if scan.review is None or scan.accepted:
        return ""
    return "review" if scan.accepted is None else "rejected"
