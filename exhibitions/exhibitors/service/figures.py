"""Daily figures: reporting and correcting a day, moving an intent, reminding the silent, freezing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, lock_named
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.exhibitors.models import DailyFigure, Exhibitor, FiguresFreeze, FiguresMove
from exhibitions.exhibitors.queries import figures as queries
from exhibitions.exhibitors.rules import figures as rules
from exhibitions.exhibitors.rules.figures import Conversion, Figures
from exhibitions.exhibitors.rules.states import UNDER_CONTRACT
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import present, visitor_days
from exhibitions.jobs import service as jobs
from exhibitions.jobs.models import Job
from exhibitions.mail import queries as mail_queries
from exhibitions.mail import service as mail

REMINDER = "exhibitors.figures_reminder"
"""The letter to who has not reported the day."""
REMIND = "exhibitors.remind_by_hand"
AT_ONCE = 200
"""So many are written to while the page waits; more are a job."""
LONGEST_NOTE = 1000
CURRENCIES = ("CNY", "USD", "EUR", "HKD", "JPY", "KRW", "GBP", "TWD")


@dataclass(frozen=True, slots=True)
class Said:
    """A report as it was typed: figures of one currency, a note, and whether the note is for the organiser's eyes only."""

    figures: Figures
    currency: str = "CNY"
    note: str = ""
    confidential: bool = False


def report(
    expo: Expo, exhibitor: Exhibitor, day: date, said: Said, by: Actor, person_id: int | None = None
) -> DailyFigure:
    """Keep what an exhibitor says of a day; a second report is a correction, and the old one stays with its time.

    The same report again changes nothing. Raises `Refused` before 15:00 of the day, after the freeze, and for what are
    no figures; `Conflict` for who has no contract.
    """
    check_asked(exhibitor)
    _check_currency(said.currency)
    figures = rules.check(said.figures)
    _lock(expo, day)
    now = clock.now()
    old = _live(expo, exhibitor, day, said.currency)
    _check_moved(expo, exhibitor, day, said.currency, figures)
    values = {**asdict(figures), "note": said.note.strip()[:LONGEST_NOTE], "confidential": said.confidential}
    if old is not None and all(getattr(old, name) == value for name, value in values.items()):
        return old
    if old is not None:
        old.replaced_at = now
        db.session.flush()
    row = DailyFigure(
        expo_id=expo.id,
        exhibitor_id=exhibitor.id,
        day=day,
        currency=said.currency,
        person_id=person_id,
        user_id=by.id if by.kind == "user" else None,
        reported_at=now,
        **values,
    )
    db.session.add(row)
    db.session.flush()
    _record(
        "exhibitors.figures_corrected" if old else "exhibitors.figures_reported", expo, exhibitor, day, by
    )
    return row


def _check_moved(expo: Expo, exhibitor: Exhibitor, day: date, currency: str, figures: Figures) -> None:
    """A correction leaves at least the intents that became contracts already."""
    moves = [
        queries.conversion_of(row) for row in queries.moves(expo, exhibitor.id) if row.currency == currency
    ]
    if not moves:
        return
    others = [
        queries.report_of(row)
        for row in queries.live(expo, exhibitor.id)
        if row.currency == currency and row.day != day
    ]
    fresh = rules.Report(exhibitor.id, day, currency, figures)
    rules.check_left(rules.totals([*others, fresh], moves)[currency])


def check_asked(exhibitor: Exhibitor) -> None:
    """Raise `Conflict` for who is not asked for figures: only companies under contract exhibit (E-2)."""
    if exhibitor.state not in UNDER_CONTRACT:
        raise Conflict(
            "no_contract", N_("Daily figures are reported by companies whose contract is in force.")
        )


def _lock(expo: Expo, day: date) -> None:
    # One freeze, and one report of two at the same instant; what each of them looked at is true until it commits.
    lock_named(f"figures:{expo.id}")
    frozen = queries.freeze(expo) is not None
    rules.check_open(day, visitor_days(expo), present(expo), ZoneInfo(expo.timezone), frozen=frozen)


def _check_currency(currency: str) -> None:
    if currency not in CURRENCIES:
        raise Refused("no_such_currency", N_("Choose a currency of the list"))


def _live(expo: Expo, exhibitor: Exhibitor, day: date, currency: str) -> DailyFigure | None:
    rows = queries.live(expo, exhibitor.id, day)
    return next((row for row in rows if row.currency == currency), None)


def _record(action: str, expo: Expo, exhibitor: Exhibitor, day: date, by: Actor) -> None:
    # Without the amounts: they are confidential, and the rows themselves keep every one of them.
    said: dict[str, object] = {"day": day.isoformat()}
    audit.record(action, by, expo_id=expo.id, subject=("exhibitor", exhibitor.id), after=said)


def convert(
    expo: Expo, exhibitor: Exhibitor, moved: Conversion, by: Actor, person_id: int | None = None
) -> None:
    """An intent of so much became a contract of so much on that day; the history keeps both (case 50)."""
    check_asked(exhibitor)
    _check_currency(moved.currency)
    _lock(expo, moved.day)
    rows = [queries.report_of(row) for row in queries.live(expo, exhibitor.id)]
    done = [queries.conversion_of(row) for row in queries.moves(expo, exhibitor.id)]
    left = rules.totals(rows, done).get(moved.currency, rules.Sums())
    rules.check_conversion(moved, left.intents, left.intents_amount)
    row = FiguresMove(
        expo_id=expo.id,
        exhibitor_id=exhibitor.id,
        day=moved.day,
        currency=moved.currency,
        intent_amount=moved.intent_amount,
        contract_amount=moved.contract_amount,
        person_id=person_id,
        user_id=by.id if by.kind == "user" else None,
        at=clock.now(),
    )
    db.session.add(row)
    _record("exhibitors.intent_signed", expo, exhibitor, moved.day, by)


def freeze(expo: Expo, by: Actor) -> FiguresFreeze:
    """Fix the figures as they stand, with the digest of all reports; raises `Conflict` when they are frozen already."""
    lock_named(f"figures:{expo.id}")
    if queries.freeze(expo) is not None:
        raise Conflict("already_frozen", N_("The figures are frozen already"))
    reports = [queries.report_of(row) for row in queries.live(expo)]
    done = [queries.conversion_of(row) for row in queries.moves(expo)]
    record = rules.frozen_record(reports, done)
    sums = {currency: asdict(line) for currency, line in rules.totals(reports, done).items()}
    took_part = rules.participation(queries.expected(expo), reports)
    data = {"totals": sums, "participation": asdict(took_part), "record": record.decode()}
    digest = rules.frozen_hash(record)
    row = FiguresFreeze(expo_id=expo.id, at=clock.now(), user_id=by.id, sha256=digest, data=data)
    db.session.add(row)
    db.session.flush()
    audit.record("exhibitors.figures_frozen", by, expo_id=expo.id, after={"sha256": digest})
    return row


def is_due(expo: Expo, now: datetime) -> date | None:
    """The day whose silent exhibitors are to be reminded at `now`: today, from 16:30 on, before the freeze."""
    zone = ZoneInfo(expo.timezone)
    today = now.astimezone(zone).date()
    if today not in visitor_days(expo) or queries.freeze(expo) is not None:
        return None
    return today if rules.phase(today, now, zone) is rules.Phase.DUE else None


@dataclass(frozen=True, slots=True)
class Reminded:
    """How many letters were written, or the job that writes them."""

    people: int = 0
    job: Job | None = None


def remind(expo: Expo, day: date) -> int:
    """Write to every exhibitor that has not reported the day, once; gives how many letters were written.

    Who has no address waits on the list of those to be told.
    """
    return write_to(expo, day, silent(expo, day), "")


def remind_by_hand(expo: Expo, day: date, by: Actor) -> Reminded:
    """The same because somebody asks, once more each time; thousands are written to by a job (ux.md §9)."""
    numbers, stamp = silent(expo, day), f"{present(expo):%H%M}"
    if len(numbers) > AT_ONCE:
        asked: dict[str, int | str] = {"day": day.isoformat(), "stamp": stamp}
        return Reminded(job=jobs.enqueue(REMIND, f"{expo.id}/{day}", asked, expo_id=expo.id, actor=by))
    sent = write_to(expo, day, numbers, stamp)
    note_reminded(expo, day, sent, by)
    return Reminded(sent)


def silent(expo: Expo, day: date) -> list[int]:
    """The exhibitors that are asked for figures and have not reported this day, by number of row."""
    reports = [queries.report_of(row) for row in queries.live(expo, day=day)]
    return sorted(rules.silent(queries.expected(expo), reports, day))


def write_to(expo: Expo, day: date, exhibitor_ids: Sequence[int], stamp: str) -> int:
    """Write to these exhibitors about the day; the same `stamp` again writes to nobody twice, "" is the fair's own."""
    people = queries.callers(expo, exhibitor_ids)
    return sum(
        mail.send(
            REMINDER,
            person.email or "",
            person.language,
            {"expo_id": expo.id, "person_id": person.id, "day": day.isoformat()},
            key=f"figures-{person.id}-{day}{f'-{stamp}' if stamp else ''}",
            expo_id=expo.id,
            subject=("exhibitor_person", person.id),
            batch=f"figures-{day}{'-by-hand' if stamp else ''}",
            phone=person.phone,
        )
        for person in people.values()
    )


def note_reminded(expo: Expo, day: date, sent: int, by: Actor) -> None:
    """Note who had the silent reminded of a day, and how many letters that were."""
    audit.record(
        "exhibitors.figures_reminded", by, expo_id=expo.id, after={"day": day.isoformat(), "people": sent}
    )


def reminded(expo: Expo, day: date) -> bool:
    """Whether everybody was written to about this day by the fair itself; a reminder by hand before 16:30 is not that one."""
    return bool(mail_queries.states_of(expo.id, f"figures-{day}"))
