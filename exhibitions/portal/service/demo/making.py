"""Making the demo, and taking it away again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import islice
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from exhibitions.accounts import queries as account_queries
from exhibitions.accounts import service as accounts
from exhibitions.accounts.models import PersonalLink, User
from exhibitions.accounts.rules import OrganisationRole
from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict
from exhibitions.expos import queries as expos
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Expo, Series
from exhibitions.expos.rules import Role, at
from exhibitions.gates.service.uploads import ScanItem
from exhibitions.portal.service.demo import (
    award,
    award_entries,
    crowd,
    exhibition,
    fair,
    invited,
    judged,
    people,
    plan,
    samples,
)
from exhibitions.stands.models import Stand

PEOPLE = 300
EARLIER_PEOPLE = 120
# On average each person of the full fair makes so many visits; both numbers are printed.
_VISITS_A_PERSON = 2.3
_SCANS_A_STEP = 5000
_PEOPLE_A_STEP = 4000
# What a door is called, and what its person may do; the addresses end in a domain that nobody can own.
DOORS: tuple[tuple[str, str, Role | OrganisationRole], ...] = (
    ("organiser", "演示主办", Role.ORGANISER),
    ("desk", "演示服务台", Role.DESK),
    ("gate", "演示检票", Role.GATE),
    ("viewer", "演示领导", Role.VIEWER),
    ("award", "演示评选办公室", Role.AWARD_ADMIN),
    ("chair", "演示评委主席", Role.JURY_CHAIR),
    ("administrator", "演示管理员", OrganisationRole.ADMINISTRATOR),
)
# What they are called by who came in reading another language.
ENGLISH_NAMES = {
    "organiser": "Demo organiser",
    "desk": "Demo desk",
    "gate": "Demo gate chief",
    "viewer": "Demo viewer",
    "award": "Demo award office",
    "chair": "Demo jury chair",
    "administrator": "Demo administrator",
}


@dataclass
class Made:
    """What was made: people and visits of the running fair, and the text of its moment."""

    visits_wanted: int
    people: int = 0
    scans: int = 0
    expo_id: int = 0
    earlier_id: int = 0
    tickets: dict[int, list[crowd.Ticket]] = field(default_factory=dict)
    stands: dict[str, list[Stand]] = field(default_factory=dict)


def email_of(door: str) -> str:
    """The address of the person behind a door of the demo."""
    return f"{door}@demo.invalid"


def is_there() -> bool:
    """Whether the demo's data exist."""
    return samples.demo_fairs() is not None


def steps(visits: int | None, now: datetime) -> Iterator[tuple[str, Callable[[], None]]]:
    """What is to be done, one transaction a step; each with a word for who waits.

    Without `visits` today is day 2 of 4 at half past ten; with it the fair is full and today is its last afternoon.
    """
    if is_there():
        raise Conflict("demo_there", N_("The demo is there already."))
    made = Made(visits or 0)
    day_number = 2 if visits is None else 4
    today = now.astimezone(ZoneInfo(fair.ZONE)).date()
    first = today - timedelta(days=day_number - 1)
    moment = at(today, time(10, 30) if visits is None else time(16, 40), fair.ZONE)
    yield "fairs", partial(_make_fairs, made, first, moment - now)
    count = PEOPLE if visits is None else max(PEOPLE, round(visits / _VISITS_A_PERSON))
    crowd_ = people.people(count)
    while portion := list(islice(crowd_, _PEOPLE_A_STEP)):
        yield "people", partial(_register, made, portion, now)
    yield "samples", partial(_make_samples, made)
    yield "plan", partial(_draw_plan, made)
    yield "exhibitors", partial(_make_exhibitors, made, first, today)
    yield "award", partial(_begin_award, made, first)
    yield "juries", partial(_judge, made)
    yield from _gate_steps(made, first, day_number, moment)
    yield "again", partial(_sample_was_in, made, moment)


def _make_fairs(made: Made, first: date, shift: timedelta) -> None:
    series = fair.make_series()
    earlier = fair.make_fair(series, 7, first - timedelta(days=364), published=True)
    running = fair.make_fair(series, 8, first, published=True)
    _plan_next(series, first)
    for expo in expos.editions(series.id):
        expo.demo_shift_seconds = round(shift.total_seconds())
    for door, name, role in DOORS:
        _make_person(door, name, role, running)
    for expo in expos.editions(series.id):
        plan.make_plan(expo, [email_of(door) for door in ("organiser", "desk", "gate")])
    plan.make_permit(running)
    invited.invite(running)
    made.expo_id, made.earlier_id = running.id, earlier.id
    audit.record("portal.demo_made", SYSTEM, expo_id=running.id)


def _plan_next(series: Series, first: date) -> None:
    fair.make_fair(series, 9, first + timedelta(days=364), published=False)


def _make_person(door: str, name: str, role: Role | OrganisationRole, expo: Expo) -> None:
    user = account_queries.user_by_email(email_of(door)) or accounts.create_user(email_of(door), name, None)
    user.disabled_at = None
    if isinstance(role, OrganisationRole):
        accounts.grant_organisation_role(user, role)
        return
    for one in expos.editions(expo.series_id):
        expo_service.grant_role(one, user.id, role)


def _register(made: Made, portion: list[people.Invented], now: datetime) -> None:
    crowd.register(_fair(made.expo_id), portion, now)
    made.people += len(portion)


def _make_samples(made: Made) -> None:
    running, earlier = _fair(made.expo_id), _fair(made.earlier_id)
    crowd.register(earlier, people.people(EARLIER_PEOPLE, seed=7), clock.now() - timedelta(days=364))
    made.tickets = {expo.id: crowd.tickets(expo) for expo in (running, earlier)}
    samples.make_samples(running, earlier)
    for expo in (running, earlier):
        crowd.make_devices(expo)


def _draw_plan(made: Made) -> None:
    made.stands = exhibition.prepare(_fair(made.expo_id))


def _make_exhibitors(made: Made, first: date, today: date) -> None:
    running, earlier = _fair(made.expo_id), _fair(made.earlier_id)
    owners = [
        user.id for door in ("organiser", "desk") if (user := account_queries.user_by_email(email_of(door)))
    ]
    register = exhibition.make_register()
    exhibition.take_earlier(earlier, register)
    taking = exhibition.make_exhibitors(running, register, made.stands, owners)
    day = first
    while day < today:
        exhibition.report_day(running, taking, day)
        day += timedelta(days=1)
    exhibition.publish_directory(running)


def _begin_award(made: Made, first: date) -> None:
    running = _fair(made.expo_id)
    season = award.begin_award(running, first)
    award_entries.add_entries(running, season, clock.now())


def _judge(made: Made) -> None:
    judged.judge_now(_fair(made.expo_id))
    judged.judge_before(_fair(made.earlier_id))


def _gate_steps(
    made: Made, first: date, day_number: int, moment: datetime
) -> Iterator[tuple[str, Callable[[], None]]]:
    """The ways through the gates, five thousand scans a step; worked out when the people are there."""
    wanted = made.visits_wanted or 10**9
    days = [first + timedelta(days=number) for number in range(day_number)]
    past = [day - timedelta(days=364) for day in (first + timedelta(days=number) for number in range(4))]
    plans = (
        (made.earlier_id, past, 10**9, moment),
        (made.expo_id, days, wanted, moment),
    )
    for expo_id, those, most, until in plans:
        expo = _fair(expo_id)
        items = sorted(
            crowd.visits(expo, made.tickets[expo_id], those, most, until), key=lambda item: item.scanned_at
        )
        for start in range(0, len(items), _SCANS_A_STEP):
            yield "gates", partial(_let_in, made, expo_id, items[start : start + _SCANS_A_STEP])


def _let_in(made: Made, expo_id: int, items: list[ScanItem]) -> None:
    expo = _fair(expo_id)
    made.scans += crowd.let_in(expo, crowd.phones_of(expo), items)


def _sample_was_in(made: Made, moment: datetime) -> None:
    """The sample that comes again has been in this morning."""
    running, earlier = _fair(made.expo_id), _fair(made.earlier_id)
    gate = next(gate for gate in running.gates if gate.code == "N")
    code = samples.code_of(running, earlier, samples.sample_of("again"))
    entered = moment - timedelta(hours=1, minutes=12)
    item = ScanItem(str(crowd.new_id()), "badge", code, gate.id, "in", 1, entered)
    crowd.let_in(running, crowd.phones_of(running), [item])
    crowd.let_phones_speak(running)


def _fair(expo_id: int) -> Expo:
    return db.session.get_one(Expo, expo_id)


def remove() -> None:
    """Take the demo away: its fairs with all that hangs on them, and its people's accounts; the audit stays."""
    mine = sa.select(Expo.id).where(Expo.demo_shift_seconds.is_not(None))
    numbers = list(db.session.scalars(mine))
    series = list(db.session.scalars(sa.select(Expo.series_id).where(Expo.id.in_(numbers)).distinct()))
    if not numbers:
        return
    for table in reversed(db.metadata.sorted_tables):
        if "expo_id" in table.c and table.name != "audit_entries":
            db.session.execute(_unlinked(table, numbers))
            db.session.execute(sa.delete(table).where(table.c.expo_id.in_(numbers)))
    db.session.execute(sa.delete(PersonalLink).where(PersonalLink.expo_id.in_(numbers)))
    db.session.execute(sa.delete(Expo).where(Expo.id.in_(numbers)))
    exhibition.remove_companies()
    unused = sa.select(Expo.series_id)
    db.session.execute(sa.delete(Series).where(Series.id.in_(series), Series.id.not_in(unused)))
    addresses = [email_of(door) for door, _name, _role in DOORS]
    db.session.execute(sa.update(User).where(User.email.in_(addresses)).values(disabled_at=clock.now()))
    for user in db.session.scalars(sa.select(User).where(User.email.in_(addresses))):
        accounts.end_all_sessions(user.id)
    audit.record("portal.demo_removed", SYSTEM)


def _unlinked(table: sa.Table, numbers: list[int]) -> sa.Update | sa.Select[tuple[int]]:
    """Rows that point at rows of their own table (a leader, a replacement) let go of them before both are deleted."""
    own = {key.parent.name: None for key in table.foreign_keys if key.column.table is table}
    if not own:
        return sa.select(sa.literal(0))
    return sa.update(table).where(table.c.expo_id.in_(numbers)).values(own)
