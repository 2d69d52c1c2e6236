"""The visitors of the demo and their ways through the gates, stored by the same code that stores real ones."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random  # noqa: TID251 - repeatable draws for a demo; nothing of it is secret.

import sqlalchemy as sa

from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import Badge, BadgeClass
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.core.search import found_by
from exhibitions.expos.models import Expo, Gate
from exhibitions.expos.rules import at
from exhibitions.gates.models import Device
from exhibitions.gates.service import pairing
from exhibitions.gates.service.scanning import store
from exhibitions.gates.service.uploads import DeviceTicket, ScanItem, Upload
from exhibitions.portal.service.demo import invited
from exhibitions.portal.service.demo.fair import CLOSES, OPENS, ZONE
from exhibitions.portal.service.demo.people import Invented
from exhibitions.visitors.models import Consent, Registration
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.rules.registration import Channel, State
from exhibitions.visitors.service import SERVICE

BATCH = 500
# By gate: seconds since the phone there last spoke, its battery in per cent, and the scans that wait on it.
_LAST_SAID = {
    "N": (4, 81, 0),
    "S": (9, 64, 0),
    "E": (17, 72, 0),
    "W": (560, 8, 14),
    "VIP": (38, 90, 0),
    "B": (25, 55, 0),
}
_SPEAKS_AGAIN = timedelta(seconds=30)
_PORTION = 2000
# Where people come in: most by the north gate; press and VIP guests by their own entrance.
_GATES = ("N", "N", "N", "N", "S", "S", "E", "W", "W")
# Arrivals by the half hour after opening: a steep morning, a second wave after lunch.
_WAVE = (18, 20, 15, 10, 7, 5, 5, 7, 8, 5, 3, 2, 1, 1)


@dataclass(frozen=True)
class Ticket:
    """A badge with what a gate reads, and who carries it."""

    badge_id: int
    code: str
    class_key: str


def register(expo: Expo, people: Iterable[Invented], registered_at: datetime) -> None:
    """Register people with consent and badge, two thousand at a time, inside the caller's transaction."""
    classes = {found.key: found for found in badge_queries.classes(expo)}
    waiting = iter(people)
    draw = Random(expo.edition)  # noqa: S311 - see the import.
    while portion := list(islice(waiting, _PORTION)):
        _register_portion(expo, classes, portion, registered_at, draw)


def _register_portion(
    expo: Expo, classes: Mapping[str, BadgeClass], portion: Sequence[Invented], when: datetime, draw: Random
) -> None:
    before = db.session.scalar(sa.select(sa.func.max(Registration.id))) or 0
    sources = invited.words(expo)
    rows = [
        {
            "expo_id": expo.id,
            "class_id": classes[person.class_key].id,
            "state": State.REGISTERED,
            "name": person.name,
            "company": person.company,
            "phone": person.phone,
            "email": person.email,
            "region": person.region,
            "channel": Channel.ONLINE,
            "source": draw.choice(sources),
            "language": "zh" if person.language == "zh" else "en",
            **found_by(person.name, person.company, person.phone, person.email),
            "created_at": (moment := when - timedelta(minutes=draw.randrange(50 * 24 * 60))),
            "changed_at": moment,
        }
        for person in portion
    ]
    connection = db.session.connection()
    connection.execute(sa.insert(Registration), rows)
    made = sa.select(Registration.id).where(Registration.expo_id == expo.id, Registration.id > before)
    numbers = db.session.scalars(made.order_by(Registration.id)).all()
    agreed = {
        "expo_id": expo.id,
        "purpose": SERVICE,
        "version": expo.consent_version,
        "channel": Channel.ONLINE,
    }
    connection.execute(
        sa.insert(Consent),
        [
            agreed | {"registration_id": number, "language": row["language"], "given_at": row["created_at"]}
            for number, row in zip(numbers, rows, strict=True)
        ],
    )
    badges.issue_many(
        expo,
        [
            (
                classes[person.class_key],
                badges.Holder(HOLDER, number, person.name, person.company, person.region),
            )
            for number, person in zip(numbers, portion, strict=True)
        ],
    )


def tickets(expo: Expo) -> list[Ticket]:
    """All badges of the fair in the order in which they were made."""
    found = sa.select(Badge).where(Badge.expo_id == expo.id).order_by(Badge.id)
    keys = {one.id: one.key for one in badge_queries.classes(expo)}
    return [
        Ticket(badge.id, badges.code_of(expo, badge), keys[badge.class_id])
        for badge in db.session.scalars(found)
    ]


def make_devices(expo: Expo) -> None:
    """A phone at every gate."""
    for gate in expo.gates:
        pairing.pair(expo, pairing.Rights([gate], f"{gate.code}-1"))


def phones_of(expo: Expo) -> Sequence[Device]:
    """The phones of `make_devices`; a visitor of the demo may have paired others."""
    names = [f"{gate.code}-1" for gate in expo.gates]
    found = sa.select(Device).where(Device.expo_id == expo.id, Device.name.in_(names))
    return db.session.scalars(found.order_by(Device.id)).all()


def let_phones_speak(expo: Expo) -> None:
    """Give the phones of `make_devices` what phones in use last said; the one at the west gate has been silent for a while.

    To be called again when `phones_fell_silent`: nobody scans with these phones.
    """
    now = clock.now()
    for phone in phones_of(expo):
        gate = phone.name.removesuffix("-1")
        if gate in _LAST_SAID:
            silent, phone.battery, phone.queue = _LAST_SAID[gate]
            phone.seen_at = now - timedelta(seconds=silent)
            phone.offset_ms = 120 * silent % 900


def new_id() -> uuid.UUID:
    """A fresh id for a scan."""
    return uuid.uuid4()


def phones_fell_silent(expo: Expo) -> bool:
    """Whether phones of `make_devices` may scan (not so when the fair is over) and none has spoken for half a minute."""
    now = clock.now()
    heard = sa.select(sa.func.count(), sa.func.max(Device.seen_at))
    named = Device.name.in_([f"{gate}-1" for gate in _LAST_SAID])
    count, last = db.session.execute(
        heard.where(Device.expo_id == expo.id, named, Device.expires_at > now)
    ).one()
    return count > 0 and (last is None or last < now - _SPEAKS_AGAIN)


def visits(
    expo: Expo, those: Sequence[Ticket], days: Sequence[date], wanted: int, until: datetime
) -> Iterator[ScanItem]:
    """Entries and exits that make about `wanted` visits on these days, none later than `until` (the fair's own time).

    Some come on several days, a sixth goes out for lunch and returns, a few are turned away at the wrong gate.
    """
    draw = Random(expo.edition * 100 + len(days))  # noqa: S311 - see the import.
    gates = {gate.code: gate for gate in expo.gates}
    made = 0
    for day in days:
        for ticket in those:
            if made >= wanted:
                return
            if draw.random() > 0.62:
                continue
            moment = _arrival(draw, day)
            code = "VIP" if ticket.class_key in ("vip", "media") else draw.choice(_GATES)
            if moment <= until:
                made += ticket.class_key not in ("media", "exhibitor", "organiser")
                yield from _one_day(draw, ticket, gates, code, moment, until)


def _arrival(draw: Random, day: date) -> datetime:
    half_hour = draw.choices(range(len(_WAVE)), _WAVE)[0]
    return at(day, OPENS, ZONE) + timedelta(minutes=30 * half_hour, seconds=draw.randrange(1800))


def _one_day(
    draw: Random, ticket: Ticket, gates: Mapping[str, Gate], code: str, moment: datetime, until: datetime
) -> Iterator[ScanItem]:
    if draw.random() < 0.015 and code != "VIP":
        yield _item(draw, ticket, gates["B"], moment - timedelta(minutes=4), "in")
    yield _item(draw, ticket, gates[code], moment, "in")
    leaves = moment + timedelta(minutes=draw.randrange(60, 200))
    if draw.random() < 0.16 and leaves < until:
        yield _item(draw, ticket, gates[code], leaves, "out")
        back = leaves + timedelta(minutes=draw.randrange(25, 60))
        if back < min(until, at(moment.date(), CLOSES, ZONE) - timedelta(minutes=40)):
            yield _item(draw, ticket, gates[code], back, "in")


def _item(draw: Random, ticket: Ticket, gate: Gate, moment: datetime, direction: str) -> ScanItem:
    number = uuid.UUID(int=draw.getrandbits(128), version=4)
    return ScanItem(str(number), "badge", ticket.code, gate.id, direction, 1, moment)


def let_in(expo: Expo, phones: Sequence[Device], items: Iterable[ScanItem]) -> int:
    """Hand the items to the gates in the order of their time, 500 at a time; gives how many there were.

    Inside the caller's transaction. The items carry the fair's own time, from which a demo's shift is taken back.
    """
    shift = timedelta(seconds=expo.demo_shift_seconds or 0)
    ordered = sorted(items, key=lambda item: (item.scanned_at, item.scan_id))
    every = frozenset(gate.id for gate in expo.gates)
    at_gate = {phone.gate_ids[0]: _ticket(phone, expo, every) for phone in phones}
    for start in range(0, len(ordered), BATCH):
        part = [_at(item, item.scanned_at - shift) for item in ordered[start : start + BATCH]]
        sent = part[-1].scanned_at + timedelta(seconds=1)
        by_gate: dict[int, list[ScanItem]] = {}
        for item in part:
            by_gate.setdefault(item.gate, []).append(item)
        store(
            db.session.connection(),
            [Upload(at_gate[gate], sent, sent, tuple(items)) for gate, items in by_gate.items()],
        )
    return len(ordered)


def _ticket(phone: Device, expo: Expo, gates: frozenset[int]) -> DeviceTicket:
    return DeviceTicket(phone.id, expo.id, expo.setup_version, gates, True, phone.expires_at)


def _at(item: ScanItem, moment: datetime) -> ScanItem:
    return ScanItem(item.scan_id, item.kind, item.code, item.gate, item.direction, item.heads, moment)
