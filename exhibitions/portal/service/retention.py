"""What is kept, until when, how much is due, and its end (P6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from exhibitions.accounts import service as accounts
from exhibitions.audit import queries as audit_queries
from exhibitions.audit import service as audit
from exhibitions.awards.service import personal as awards
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.exhibitors.service import expiring as exhibitors
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo, ExpoDay
from exhibitions.expos.rules import local_day
from exhibitions.gates.service import personal as gates
from exhibitions.jobs.rules import JobRun, in_portions
from exhibitions.mail import queries as mail_queries
from exhibitions.mail import service as mail
from exhibitions.orders.service import expiring as accounts_of
from exhibitions.portal.rules.retention import TERMS, Kind, is_due, months_later, months_of
from exhibitions.visitors import service as visitors

RUN = "portal.retention"


@dataclass(frozen=True)
class Line:
    """A kind with its term: how many are due now, and the next day on which some will be (None: not known yet)."""

    kind: Kind
    months: int
    due: int
    next_day: date | None


def lines() -> list[Line]:
    """Every kind as it stands now: the dry run, by the same questions that the run asks."""
    chosen = audit_queries.terms()
    fairs = _fairs()
    return [_line(kind, months_of(kind, chosen), fairs) for kind in Kind]


def months() -> dict[Kind, int]:
    """For how many months each kind is kept now."""
    chosen = audit_queries.terms()
    return {kind: months_of(kind, chosen) for kind in Kind}


def save_terms(months: Mapping[Kind, int], by: Actor) -> None:
    """Keep kinds for so many months from now on."""
    for kind, number in months.items():
        audit.set_term(kind.value, number, by)


def end_kind(run: JobRun, kind: Kind) -> int:
    """End everything of a kind that is due, a portion a transaction; gives how much that was."""
    months = months_of(kind, audit_queries.terms())
    if kind in _BY_FAIR:
        _count, expire = _BY_FAIR[kind]
        return sum(_end_in(run, fair.expo, expire) for fair in _due(kind, months, _fairs()))
    return in_portions(run, lambda: _BY_MOMENT[kind][1](_before(months)))


def _end_in(run: JobRun, expo: Expo, expire: Callable[[Expo], int]) -> int:
    return in_portions(run, lambda: expire(expo))


def note_run(done: Mapping[str, object], by: Actor) -> None:
    """Write the counts of a run into the audit; one that ended nothing leaves no entry."""
    counts = {name: number for name, number in done.items() if number}
    if counts:
        audit.record("portal.retention_run", by, after=counts)


@dataclass(frozen=True)
class _Fair:
    """A fair with what its terms need: today by its own clock, its last day, and the last day of its next edition."""

    expo: Expo
    today: date
    last: date | None
    next_last: date | None


_BY_FAIR: Mapping[Kind, tuple[Callable[[Expo], int], Callable[[Expo], int]]] = {
    Kind.VISITORS: (visitors.identified, visitors.expire),
    Kind.EXHIBITORS: (
        lambda expo: exhibitors.told(expo) + accounts_of.told_aside(expo),
        lambda expo: exhibitors.expire(expo) or accounts_of.expire_aside(expo),
    ),
    Kind.ACCOUNTS: (accounts_of.told, accounts_of.expire),
    Kind.CONTRACTS: (accounts_of.stamped_scans, accounts_of.expire_stamped),
    Kind.AWARDS: (awards.told, awards.expire),
    Kind.SCANS: (gates.told, gates.expire),
}
_BY_MOMENT: Mapping[Kind, tuple[Callable[[datetime], int], Callable[[datetime], int]]] = {
    Kind.MAILS: (mail_queries.finished, mail.expire),
    Kind.SIGN_INS: (accounts.count_old, accounts.expire),
}


def _fairs() -> list[_Fair]:
    """The fairs whose terms run. The people of a demo are invented, and it would lose its edition before."""
    last = dict(
        db.session.execute(
            sa.select(ExpoDay.expo_id, sa.func.max(ExpoDay.date)).group_by(ExpoDay.expo_id)
        ).all()
    )
    real = sa.select(Expo).where(Expo.demo_shift_seconds.is_(None))
    rows = db.session.scalars(real.order_by(Expo.id)).all()
    return [_Fair(expo, _today(expo), last.get(expo.id), _next_last(expo, rows, last)) for expo in rows]


def exempt() -> int:
    """How many fairs have no terms because they are a demo's."""
    asked = sa.select(sa.func.count(Expo.id)).where(Expo.demo_shift_seconds.is_not(None))
    return db.session.scalar(asked) or 0


def _next_last(expo: Expo, rows: Sequence[Expo], last: Mapping[int, date]) -> date | None:
    later = [row for row in rows if row.series_id == expo.series_id and row.edition > expo.edition]
    return last.get(min(later, key=lambda row: row.edition).id) if later else None


def _today(expo: Expo) -> date:
    return local_day(expos.present(expo), expo.timezone, expo.cutoff_hour)


def _begins(kind: Kind, fair: _Fair) -> date | None:
    return fair.next_last if kind is Kind.SCANS else fair.last


def _due(kind: Kind, months: int, fairs: Sequence[_Fair]) -> list[_Fair]:
    return [fair for fair in fairs if is_due(_begins(kind, fair), months, fair.today)]


def _line(kind: Kind, months: int, fairs: Sequence[_Fair]) -> Line:
    if kind not in _BY_FAIR:
        return Line(kind, months, _BY_MOMENT[kind][0](_before(months)), None)
    due = _due(kind, months, fairs)
    coming = [
        months_later(begins, months)
        for fair in fairs
        if fair not in due and (begins := _begins(kind, fair)) is not None
    ]
    count = _BY_FAIR[kind][0]
    return Line(kind, months, sum(count(fair.expo) for fair in due), min(coming, default=None))


def _before(months: int) -> datetime:
    """The moment before which things ended so many months ago: the beginning of that day in UTC."""
    today = clock.today("UTC")
    day = months_later(today, -months)
    return datetime.combine(day, time(), ZoneInfo("UTC"))


def labels() -> Mapping[str, str]:
    """What each kind is called, as English message ids."""
    return {kind.value: term.label for kind, term in TERMS.items()}
