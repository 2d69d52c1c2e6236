"""What happens when people register: made ready while nobody waits, then stored in one short transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, NoReturn, cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from exhibitions.audit import service as audit
from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.rules.classes import Issued
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.core.signing import hash_link_token
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries
from exhibitions.visitors.models import Consent, Registration
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.rules.registration import (
    ALIVE,
    MOST_COLLEAGUES,
    Channel,
    Moment,
    OpenState,
    State,
    form_state,
)
from exhibitions.visitors.rules.search import found_by

SERVICE = "service"
"""The purpose without which there is no visit: the row says which text the person was told (P1)."""

_BY_THEMSELVES = frozenset({Channel.ONLINE, Channel.POSTER})
# Made once and sent past the session: what it costs here, everybody who waits to write pays.
_ADD = sa.insert(cast(sa.Table, Registration.__table__))
_AGREE = sa.insert(cast(sa.Table, Consent.__table__))


@dataclass(frozen=True)
class Person:
    """Who wants to come, in the form in which it is kept (rules.registration, rules.contact)."""

    name: str
    company: str = ""
    phone: str | None = None
    email: str | None = None
    region: str = ""
    visit_day: date | None = None

    @classmethod
    def of(cls, registration: Registration) -> Person:
        """The person as registered now."""
        return cls(**{one.name: getattr(registration, one.name) for one in fields(cls)})


@dataclass(frozen=True)
class Entry:
    """By which door a person came: channel, language of the page, word of the source link, secret of the form, and
    the registration of who brings this person along. `held`: waits at the desk for what was not given online."""

    channel: Channel
    language: str = "zh"
    source: str = ""
    form_key: str = ""
    leader_id: int | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """A registration of which all is made that needs no lock; nothing of it is stored.

    `limited` is the fair where its places are counted.
    """

    row: dict[str, Any]
    class_key: str
    consent_version: int
    badge: badges.Draft
    limited: Expo | None


@dataclass(frozen=True, slots=True)
class Registered:
    """Who has just registered, as far as it takes to reach them."""

    id: int
    expo_id: int
    email: str | None
    language: str


def standing(expo: Expo, moment: Moment, *, on_site: bool = False) -> OpenState:
    """Whether the public form of the fair takes another person at this moment."""
    alive = queries.places_taken(expo) if expo.capacity is not None else 0
    return form_state(expo, alive, moment, on_site=on_site)


def prepare(
    expo: Expo, badge_class: Issued, person: Person, entry: Entry, moment: Moment | None = None
) -> Ready:
    """Make a registration ready for `register`, best before the transaction.

    Raises `Conflict` (`not_yet`, `closed`, `over`) when people who register by themselves come at the wrong time; what
    counts is the moment of their coming (now when not said), not how long they then wait for their turn to write.
    """
    by_themselves = entry.channel in _BY_THEMSELVES
    if by_themselves:
        moment = moment or queries.moment(expo)
        _refuse_unless_open(form_state(expo, 0, moment, on_site=entry.channel is Channel.POSTER))
    waits = (badge_class.needs_approval or entry.held) and entry.channel is not Channel.DESK
    now = clock.now()
    row = {
        "expo_id": expo.id,
        "class_id": badge_class.id,
        "state": State.WAITING if waits else State.REGISTERED,
        "name": person.name,
        "company": person.company,
        "phone": person.phone,
        "email": person.email,
        "region": person.region,
        "visit_day": person.visit_day,
        **found_by(person.name, person.company, person.phone, person.email),
        "channel": entry.channel,
        "source": entry.source,
        "language": entry.language,
        "form_key": hash_link_token(entry.form_key) if entry.form_key else "",
        "leader_id": entry.leader_id,
        "created_at": now,
        "changed_at": now,
    }
    return Ready(
        row=row,
        class_key=badge_class.key,
        consent_version=expo.consent_version,
        badge=badges.draft(expo, badge_class, person.visit_day),
        limited=expo if by_themselves and expo.capacity is not None else None,
    )


def register(ready: Ready, by: Actor) -> Registered:
    """Store a registration with its consent and its signed badge, inside the caller's transaction.

    A class that needs approval leaves it waiting, unless the desk registers. Raises `Conflict` (`phone_taken`,
    `email_taken`) when another living registration has the number or address: the unique index is the judge, and the
    transaction is lost. Raises `Conflict("full")` where the fair has no place left; the last one goes to exactly one.
    """
    registered, row = register_without_badge(ready, by), ready.row
    holder = badges.Holder(
        HOLDER,
        registered.id,
        row["name"],
        row["company"],
        row["region"],
        row["visit_day"],
        group_id=row["leader_id"],
    )
    approved = row["created_at"] if row["state"] is State.REGISTERED else None
    badges.give(ready.badge, holder, badges.Standing(approved_at=approved))
    return registered


def register_without_badge(ready: Ready, by: Actor) -> Registered:
    """The same for somebody for whom a badge lies ready that was printed before."""
    row = ready.row
    if ready.limited is not None:
        check_open(ready.limited, on_site=row["channel"] is Channel.POSTER)
    connection = db.session.connection()
    try:
        (number,) = connection.execute(_ADD, row).inserted_primary_key or (0,)
    except IntegrityError as error:
        taken(error)
    consent = {
        "expo_id": row["expo_id"],
        "registration_id": number,
        "purpose": SERVICE,
        "version": ready.consent_version,
        "language": row["language"],
        "channel": row["channel"],
        "given_at": row["created_at"],
    }
    connection.execute(_AGREE, consent)
    audit.record(
        "visitors.registered",
        by,
        expo_id=row["expo_id"],
        subject=(HOLDER, number),
        after={"class": ready.class_key, "channel": row["channel"].value, "source": row["source"]},
    )
    return Registered(number, row["expo_id"], row["email"], row["language"])


def bring(expo: Expo, leader: Registration, names: Sequence[str], by: Actor) -> list[Registered]:
    """Register colleagues of a person with the same company, class, day and region, a badge each.

    Raises `Refused` when there would be more than 20, when the leader's registration is not alive, or like `register`.
    """
    # Two lists sent at once are counted one after the other.
    db.session.refresh(leader, with_for_update=True)
    check_alive(leader)
    check_open(expo, on_site=False)
    room = MOST_COLLEAGUES - len(queries.colleagues(expo, leader))
    if len(names) > room:
        raise Refused("names_many", N_("You can bring %(room)s more. Shorten the list"), room=room)
    if expo.capacity is not None and queries.places_taken(expo) + len(names) > expo.capacity:
        _refuse_unless_open(OpenState.FULL)
    badge_class = badge_queries.class_of(expo, leader.class_id)
    if badge_class is None:
        raise LookupError(leader.class_id)
    entry = Entry(Channel.COMPANION, leader.language, leader.source, leader_id=leader.id)
    brought = []
    for name in names:
        person = Person(name, leader.company, region=leader.region, visit_day=leader.visit_day)
        brought.append(register(prepare(expo, badge_class, person, entry), by))
    return brought


def sent_before(expo: Expo, person: Person, form_key: str) -> Registration | None:
    """The registration that this very form has made already (a double click, a reload), None when there is none.

    Who knows the form's secret is the browser that sent it.
    """
    registration = queries.alive_with(expo, person.phone, person.email)
    if registration is None or not form_key or registration.form_key != hash_link_token(form_key):
        return None
    return registration


def check_alive(registration: Registration) -> None:
    """Raise `Conflict` when the registration was cancelled or refused, or its person erased."""
    if registration.state not in ALIVE or registration.erased_at is not None:
        raise Conflict("registration_ended", N_("This registration was cancelled. Register again to come."))


_CLOSED_SENTENCES = {
    OpenState.NOT_YET: N_("Registration has not opened yet."),
    OpenState.CLOSED: N_("Online registration is closed. You can still register at the visitor desk."),
    OpenState.FULL: N_("All places are taken. You can still ask at the visitor desk."),
    OpenState.OVER: N_("The fair is over."),
}


def check_open(expo: Expo, *, on_site: bool) -> None:
    """Raise `Conflict` unless the fair takes another person now; inside a transaction its places are then held."""
    if expo.capacity is not None:
        # Whoever takes a place waits for the one before: on PostgreSQL by this lock, on SQLite by the queue.
        db.session.execute(sa.select(Expo.id).where(Expo.id == expo.id).with_for_update())
    _refuse_unless_open(standing(expo, queries.moment(expo), on_site=on_site))


def _refuse_unless_open(state: OpenState) -> None:
    if state is not OpenState.OPEN:
        raise Conflict(state.value, _CLOSED_SENTENCES[state])


def taken(error: IntegrityError) -> NoReturn:
    """The unique index has spoken: raise `Conflict` (`phone_taken`, `email_taken`), or else the error itself.

    The driver's words hold the number itself and must not travel on (P19).
    """
    words = str(error.orig)
    for field, sentence in _TAKEN.items():
        if f"uq_registrations_expo_id_{field}" in words or f"registrations.{field}" in words:
            raise Conflict(f"{field}_taken", sentence) from None
    raise error


_TAKEN = {
    "phone": N_("This number is already registered. We can send the badge again"),
    "email": N_("This address is already registered. We can send the badge again"),
}
