"""Named questions about fairs; the fair is the first argument."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta
from functools import wraps
from typing import NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import joinedload, selectinload

from exhibitions.accounts import queries as account_queries
from exhibitions.accounts.queries import people as account_people
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.expos.models import (
    ConsentText,
    Door,
    Expo,
    ExpoDay,
    Gate,
    Hall,
    Membership,
    Series,
    Unit,
    Zone,
)
from exhibitions.expos.rules import RIGHTS, DayKind, Role, local_day
from exhibitions.expos.rules.calendar import Course
from exhibitions.expos.rules.setup import (
    DayFacts,
    DoorFacts,
    FairFacts,
    GateFacts,
    HallFacts,
    UnitFacts,
    ZoneFacts,
)

LARGEST_NUMBER = 2**63 - 1
"""The largest number that a key column holds; what is larger in an address is nobody's."""
SERVICE = "service"
"""The purpose of consent whose text in force stands on the fair itself."""
MOST_FAIRS = 100
"""No page lists more fairs than this."""


# Asked by nearly every request: made once, because making a question costs as much as asking it.
_BY_SLUG = sa.select(Expo).where(Expo.slug == sa.bindparam("slug"))


# A change that forgot to raise the version of the set-up is noticed after so many seconds all the same.
_OLD_AFTER = 5.0
T = TypeVar("T")


def remembered(read: Callable[[Expo], T]) -> Callable[[Expo], T]:
    """Ask a question about a fair's set-up anew only when its `setup_version` has changed; at most five seconds old.

    For what every public page asks. The answer is shared by all requests of the process: values, never rows of a
    session. Inside a transaction it is always asked, because what is not committed is nobody else's.
    """
    answers: WeakKeyDictionary[Engine, dict[int, tuple[int, float, T]]] = WeakKeyDictionary()

    @wraps(read)
    def ask(expo: Expo) -> T:
        if db.session.info.get("writing"):
            return read(expo)
        known = answers.setdefault(db.engine, {})
        answer, now = known.get(expo.id), time.monotonic()
        if answer is not None and answer[0] == expo.setup_version and now - answer[1] < _OLD_AFTER:
            return answer[2]
        fresh = read(expo)
        known[expo.id] = (expo.setup_version, now, fresh)
        return fresh

    return ask


@remembered
def visitor_days(expo: Expo) -> tuple[date, ...]:
    """The dates on which visitors come, in order."""
    found = sa.select(ExpoDay.date).where(ExpoDay.expo_id == expo.id, ExpoDay.kind == DayKind.OPEN)
    return tuple(db.session.scalars(found.order_by(ExpoDay.date)))


def expo_by_slug(slug: str) -> Expo | None:
    """The fair with this address, published or not."""
    return db.session.scalar(_BY_SLUG, {"slug": slug})


def all_expos() -> Sequence[Expo]:
    """The fairs of every series, the youngest edition first, at most 100."""
    return _youngest()


def published_expos() -> Sequence[Expo]:
    """The fairs that the public may see, the youngest edition first, at most 100."""
    return _youngest(Expo.published_at.is_not(None))


def demo_expos() -> Sequence[Expo]:
    """The fairs of the demo, which have a clock of their own, the youngest edition first."""
    return _youngest(Expo.demo_shift_seconds.is_not(None))


def editions(series_id: int) -> Sequence[Expo]:
    """The fairs of a series, the youngest edition first, at most 100."""
    return _youngest(Expo.series_id == series_id)


def _youngest(*which: sa.ColumnElement[bool]) -> Sequence[Expo]:
    found = sa.select(Expo).where(*which).order_by(Expo.edition.desc(), Expo.id.desc())
    return db.session.scalars(found.limit(MOST_FAIRS)).all()


def roles(expo: Expo, user_id: int) -> frozenset[Role]:
    """The person's roles in this fair."""
    return _roles_in([expo], user_id)[expo.id]


def _roles_in(expos: Sequence[Expo], user_id: int) -> dict[int, frozenset[Role]]:
    wanted = [expo.id for expo in expos]
    rows = sa.select(Membership.expo_id, Membership.role).where(
        Membership.expo_id.in_(wanted), Membership.user_id == user_id
    )
    found: dict[int, frozenset[Role]] = dict.fromkeys(wanted, frozenset())
    for expo_id, role in db.session.execute(rows):
        found[expo_id] |= {role}
    return found


def rights(expo: Expo, user_id: int) -> frozenset[str]:
    """All rights (values of core.access.Permission) that the person's roles in this fair give."""
    return rights_in([expo], user_id, frozenset())[expo.id]


def all_rights() -> frozenset[str]:
    """Every right that a role in a fair can give."""
    return frozenset().union(*RIGHTS.values())


def rights_of(expo: Expo, user_id: int) -> frozenset[str]:
    """The person's rights in this fair; an administrator of the organisation has every one that a role can give."""
    return rights_in([expo], user_id, account_queries.organisation_rights(user_id))[expo.id]


def rights_in(
    expos: Sequence[Expo], user_id: int, organisation_rights: frozenset[str]
) -> dict[int, frozenset[str]]:
    """The person's rights in each of these fairs, by its number: one question at most, however many they are.

    `organisation_rights` are what the person may do in the organisation.
    """
    if "organisation.system" in organisation_rights:
        return dict.fromkeys((expo.id for expo in expos), all_rights())
    return {
        expo_id: frozenset().union(*(RIGHTS[role] for role in held))
        for expo_id, held in _roles_in(expos, user_id).items()
    }


def expos_of(user_id: int) -> Sequence[Expo]:
    """The fairs in which the person has a role, the youngest edition first, at most 100."""
    mine = sa.select(Membership.expo_id).where(Membership.user_id == user_id)
    return _youngest(Expo.id.in_(mine))


def gate_of(expo: Expo, gate_id: int) -> Gate | None:
    """The gate with this number, if it is this fair's."""
    if gate_id > LARGEST_NUMBER:
        return None
    found = sa.select(Gate).where(Gate.expo_id == expo.id, Gate.id == gate_id)
    return db.session.scalar(found.options(joinedload(Gate.zone)))


def gate_by_name(expo: Expo, name: str) -> Gate | None:
    """The gate of this fair with this code or name in either language."""
    named = sa.or_(Gate.code == name, Gate.name_zh == name, Gate.name_en == name)
    found = sa.select(Gate).where(Gate.expo_id == expo.id, named).order_by(Gate.position, Gate.id)
    return db.session.scalar(found.options(joinedload(Gate.zone)))


def days_with_doors(expo: Expo) -> Sequence[ExpoDay]:
    """All days of the fair in order, their doors loaded."""
    found = sa.select(ExpoDay).where(ExpoDay.expo_id == expo.id).order_by(ExpoDay.date)
    return db.session.scalars(found.options(selectinload(ExpoDay.doors))).all()


def open_days_of(expos: Sequence[Expo]) -> dict[int, list[ExpoDay]]:
    """The days on which visitors come, in order, by the number of the fair."""
    wanted = [expo.id for expo in expos]
    found = sa.select(ExpoDay).where(ExpoDay.expo_id.in_(wanted), ExpoDay.kind == DayKind.OPEN)
    days: dict[int, list[ExpoDay]] = {}
    for day in db.session.scalars(found.order_by(ExpoDay.date)):
        days.setdefault(day.expo_id, []).append(day)
    return days


def unit_of(expo: Expo, unit_id: int) -> Unit | None:
    """The organising unit with this number, if it is this fair's."""
    return _part(expo, Unit, unit_id)


def day_of(expo: Expo, day_id: int) -> ExpoDay | None:
    """The day with this number, if it is this fair's."""
    return _part(expo, ExpoDay, day_id)


def hall_of(expo: Expo, hall_id: int) -> Hall | None:
    """The hall with this number, if it is this fair's."""
    return _part(expo, Hall, hall_id)


def zone_of(expo: Expo, zone_id: int) -> Zone | None:
    """The zone with this number, if it is this fair's."""
    return _part(expo, Zone, zone_id)


Part = TypeVar("Part", Unit, ExpoDay, Hall, Zone, Gate)


def _part(expo: Expo, kind: type[Part], number: int) -> Part | None:
    if number > LARGEST_NUMBER:
        return None
    return db.session.scalar(sa.select(kind).where(kind.expo_id == expo.id, kind.id == number))


def count_parts(expo: Expo, kind: type[Part]) -> int:
    """How many units, days, halls, zones or gates the fair has."""
    return db.session.scalar(sa.select(sa.func.count(kind.id)).where(kind.expo_id == expo.id)) or 0


def hall_by_code(expo: Expo, code: str) -> Hall | None:
    """The hall of this fair with this code."""
    return db.session.scalar(sa.select(Hall).where(Hall.expo_id == expo.id, Hall.code == code))


def zone_by_code(expo: Expo, code: str) -> Zone | None:
    """The zone of this fair with this code."""
    return db.session.scalar(sa.select(Zone).where(Zone.expo_id == expo.id, Zone.code == code))


def edition_of(series: Series, edition: int) -> Expo | None:
    """The fair of this series with this edition number."""
    return db.session.scalar(sa.select(Expo).where(Expo.series_id == series.id, Expo.edition == edition))


def is_over(expo: Expo) -> bool:
    """Whether the last day on which visitors come lies behind the fair."""
    days = visitor_days(expo)
    return bool(days) and local_day(present(expo), expo.timezone, expo.cutoff_hour) > days[-1]


def next_edition(expo: Expo) -> Expo | None:
    """The edition that follows this one in its series, if the public may see it."""
    found = sa.select(Expo).where(Expo.series_id == expo.series_id, Expo.edition > expo.edition)
    return db.session.scalar(found.where(Expo.published_at.is_not(None)).order_by(Expo.edition).limit(1))


def previous_edition(expo: Expo) -> Expo | None:
    """The edition before this one in its series."""
    found = sa.select(Expo).where(Expo.series_id == expo.series_id, Expo.edition < expo.edition)
    return db.session.scalar(found.order_by(Expo.edition.desc()).limit(1))


def course(expo: Expo) -> Course | None:
    """The days on which visitors come, to be compared with another edition's; None before there are any."""
    days = visitor_days(expo)
    return Course(days, expo.timezone, expo.cutoff_hour) if days else None


def all_series() -> Sequence[Series]:
    """The series by name, at most 100."""
    found = sa.select(Series).order_by(Series.name_zh, Series.name_en, Series.id)
    return db.session.scalars(found.limit(MOST_FAIRS)).all()


def series_by_id(series_id: int) -> Series | None:
    """The series with this number."""
    return db.session.get(Series, series_id) if series_id <= LARGEST_NUMBER else None


def series_named(name_zh: str, name_en: str) -> Sequence[Series]:
    """The series that bear exactly these names, the oldest first."""
    found = sa.select(Series).where(Series.name_zh == name_zh, Series.name_en == name_en)
    return db.session.scalars(found.order_by(Series.id)).all()


def door_counts(expo: Expo) -> dict[int, int]:
    """How many doors each day of the fair has."""
    found = (
        sa.select(Door.day_id, sa.func.count(Door.id)).where(Door.expo_id == expo.id).group_by(Door.day_id)
    )
    return {row[0]: row[1] for row in db.session.execute(found)}


def fair_facts(expo: Expo) -> FairFacts:
    """What is said about the fair as a whole, as values."""
    return FairFacts(**{name: getattr(expo, name) for name in FairFacts.__struct_fields__})


def unit_facts(unit: Unit) -> UnitFacts:
    """An organising unit as values."""
    return UnitFacts(**{name: getattr(unit, name) for name in UnitFacts.__struct_fields__})


def hall_facts(hall: Hall) -> HallFacts:
    """A hall as values."""
    return HallFacts(**{name: getattr(hall, name) for name in HallFacts.__struct_fields__})


def zone_facts(expo: Expo, zone: Zone) -> ZoneFacts:
    """A zone as values; its hall by code."""
    code = next((hall.code for hall in expo.halls if hall.id == zone.hall_id), None)
    names = [name for name in ZoneFacts.__struct_fields__ if name != "hall"]
    return ZoneFacts(hall=code, **{name: getattr(zone, name) for name in names})


def gate_facts(gate: Gate) -> GateFacts:
    """A gate as values; its zone by code."""
    names = [name for name in GateFacts.__struct_fields__ if name not in ("zone", "class_keys")]
    return GateFacts(
        zone=gate.zone.code, class_keys=list(gate.class_keys), **{name: getattr(gate, name) for name in names}
    )


def day_facts(day: ExpoDay) -> DayFacts:
    """A day with its doors as values; the doors in the order of their classes."""
    return DayFacts(
        date=day.date,
        kind=day.kind,
        official_from=day.official_from,
        official_to=day.official_to,
        doors=sorted((door_facts(door) for door in day.doors), key=lambda door: door.class_key),
    )


def door_facts(door: Door) -> DoorFacts:
    """A door as values."""
    return DoorFacts(**{name: getattr(door, name) for name in DoorFacts.__struct_fields__})


def present(expo: Expo) -> datetime:
    """The fair's own present moment: now, in a demo by its clock."""
    return on_clock_of(clock.now(), expo)


def on_clock_of(moment: datetime, expo: Expo | None) -> datetime:
    """What the clock of the fair showed at a moment that was noted by the real one; outside of fairs the moment itself.

    They differ in a demo only. What gates note (scans, open-gate mode) is by the fair's clock already.
    """
    return moment + timedelta(seconds=expo.demo_shift_seconds or 0) if expo is not None else moment


def open_days(expo: Expo) -> Sequence[ExpoDay]:
    """The days on which visitors come, in order."""
    found = sa.select(ExpoDay).where(ExpoDay.expo_id == expo.id, ExpoDay.kind == DayKind.OPEN)
    return db.session.scalars(found.order_by(ExpoDay.date)).all()


MOST_TEXTS = 500
"""No fair changes its texts more often than this; a list of them stays a list."""


def consent_texts(expo: Expo) -> Sequence[ConsentText]:
    """Every version of every consent text of the fair that is kept as a row, by purpose, the youngest first."""
    found = sa.select(ConsentText).where(ConsentText.expo_id == expo.id)
    found = found.order_by(ConsentText.purpose, ConsentText.version.desc())
    return db.session.scalars(found.limit(MOST_TEXTS)).all()


def consent_words(expo: Expo) -> dict[tuple[str, int], tuple[str, str]]:
    """The texts (zh, en) of all versions, by purpose and version; that of the service in force among them."""
    words = {(row.purpose, row.version): (row.text_zh, row.text_en) for row in consent_texts(expo)}
    return words | {(SERVICE, expo.consent_version): (expo.consent_zh, expo.consent_en)}


class Brief(NamedTuple):
    """A fair's number, its word in addresses and its names, for a choice among many."""

    id: int
    slug: str
    name_zh: str
    name_en: str


def all_in_brief() -> list[Brief]:
    """Every fair in brief, the youngest edition first, at most 100."""
    found = sa.select(Expo.id, Expo.slug, Expo.name_zh, Expo.name_en)
    rows = db.session.execute(found.order_by(Expo.edition.desc(), Expo.id.desc()).limit(MOST_FAIRS))
    return [Brief(*row) for row in rows]


def members_of(expo: Expo) -> sa.Select[int]:
    """The numbers of the people who have a role in this fair, as a question to put into another."""
    return sa.select(Membership.user_id).where(Membership.expo_id == expo.id)


def organisers_of(expo: Expo) -> list[int]:
    """The numbers of those who organise this fair and can sign in: not disabled, and invited people have come."""
    found = sa.select(Membership.user_id).where(
        Membership.expo_id == expo.id, Membership.role == Role.ORGANISER
    )
    return account_people.who_can_sign_in(found)


def fair_roles_of(user_ids: Collection[int]) -> dict[int, dict[Expo, list[Role]]]:
    """The roles of each of these people in every fair, by person and fair, the youngest fair first."""
    found = (
        sa.select(Membership.user_id, Expo, Membership.role)
        .join(Expo, Expo.id == Membership.expo_id)
        .where(Membership.user_id.in_(user_ids))
        .order_by(Expo.edition.desc(), Expo.id.desc())
        .limit(MOST_FAIRS * max(len(user_ids), 1))
    )
    people: dict[int, dict[Expo, list[Role]]] = {}
    for user_id, expo, role in db.session.execute(found):
        people.setdefault(user_id, {}).setdefault(expo, []).append(role)
    order = list(Role).index
    return {
        user_id: {expo: sorted(held, key=order) for expo, held in fairs.items()}
        for user_id, fairs in people.items()
    }
