"""What happens when people register: made ready while nobody waits, then stored in one short transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, NoReturn, cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from exhibitions.audit import service as audit
from exhibitions.badges import service as badges
from exhibitions.badges.rules.classes import Issued
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict
from exhibitions.core.search import found_by
from exhibitions.core.signing import hash_link_token
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries
from exhibitions.visitors.models import Consent, Registration
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.rules.registration import (
    ALIVE,
    Channel,
    Moment,
    OpenState,
    State,
    form_state,
)

REGISTERED = "visitors.registered"
SERVICE = "service"
"""The purpose without which there is no visit: the row says which text the person was told (P1)."""

_BY_THEMSELVES = frozenset({Channel.ONLINE, Channel.POSTER})
# Made once and sent past the session: what it costs here, everybody who waits to write pays.
_ADD = sa.insert(cast(sa.Table, Registration.__table__))
_TELL_APART = ("name", "company", "phone", "class_id", "state")
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
    state: State
    phone: str | None = None


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
    return Ready(
        row=row_of(expo, badge_class, person, entry),
        class_key=badge_class.key,
        consent_version=expo.consent_version,
        badge=badges.draft(expo, badge_class, person.visit_day),
        limited=expo if by_themselves and expo.capacity is not None else None,
    )


def row_of(expo: Expo, badge_class: Issued, person: Person, entry: Entry) -> dict[str, Any]:
    """The columns of a new registration."""
    waits = (badge_class.needs_approval or entry.held) and entry.channel is not Channel.DESK
    now = clock.now()
    return {
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


def register(ready: Ready, by: Actor) -> Registered:
    """Store a registration with its consent and its signed badge, inside the caller's transaction.

    A class that needs approval leaves it waiting, unless the desk registers. Raises `Conflict` (`phone_taken`,
    `email_taken`) when another living registration has the number or address: the unique index is the judge, and the
    transaction is lost. Raises `Conflict("full")` where the fair has no place left; the last one goes to exactly one.
    """
    registered, row = register_without_badge(ready, by), ready.row
    badges.give(ready.badge, *held_by(registered.id, row))
    return registered


def held_by(number: int, row: dict[str, Any]) -> tuple[badges.Holder, badges.Standing]:
    """What the badge of a registration prints that was stored with these columns, and how it stands."""
    holder = badges.Holder(
        HOLDER,
        number,
        row["name"],
        row["company"],
        row["region"],
        row["visit_day"],
        group_id=row["leader_id"],
    )
    approved = row["created_at"] if row["state"] is State.REGISTERED else None
    return holder, badges.Standing(approved_at=approved)


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
    connection.execute(_AGREE, told(number, row, ready.consent_version))
    audit.record(
        REGISTERED,
        by,
        expo_id=row["expo_id"],
        subject=(HOLDER, number),
        after=said_of(row, ready.class_key),
    )
    return Registered(number, row["expo_id"], row["email"], row["language"], row["state"], row["phone"])


def store_many(
    rows: Sequence[dict[str, Any]], class_keys: Sequence[str], version: int, by: Actor
) -> list[int]:
    """Store registrations that one leader brings and what each was told, without badges, in few statements.

    Gives their ids in this order. The caller holds the leader's row, so that nobody else brings people meanwhile.
    """
    connection = db.session.connection()
    theirs = Registration.expo_id == rows[0]["expo_id"], Registration.leader_id == rows[0]["leader_id"]
    behind = connection.scalar(sa.select(sa.func.max(Registration.id)).where(*theirs)) or 0
    try:
        connection.execute(_ADD, list(rows))
    except IntegrityError as error:
        taken(error)
    # Engines number many rows in an order of their own; people of whom all is the same may change places.
    facts = [Registration.__table__.c[name] for name in _TELL_APART]
    made: dict[tuple[Any, ...], list[int]] = {}
    for number, *found in connection.execute(
        sa.select(Registration.id, *facts).where(*theirs, Registration.id > behind)
    ):
        made.setdefault(tuple(found), []).append(int(number))
    ids = [made[tuple(row[name] for name in _TELL_APART)].pop() for row in rows]
    connection.execute(_AGREE, [told(number, row, version) for number, row in zip(ids, rows, strict=True)])
    said = [(number, said_of(row, key)) for number, row, key in zip(ids, rows, class_keys, strict=True)]
    audit.record_each(REGISTERED, by, rows[0]["expo_id"], HOLDER, said)
    return ids


def told(number: int, row: dict[str, Any], version: int) -> dict[str, Any]:
    """The columns of the consent that comes with a registration (P1)."""
    return {
        "expo_id": row["expo_id"],
        "registration_id": number,
        "purpose": SERVICE,
        "version": version,
        "language": row["language"],
        "channel": row["channel"],
        "given_at": row["created_at"],
    }


def said_of(row: dict[str, Any], class_key: str) -> dict[str, object]:
    """What the audit says of a new registration."""
    return {"class": class_key, "channel": row["channel"].value, "source": row["source"]}


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


def check_open(expo: Expo, *, on_site: bool, more: int = 1) -> None:
    """Raise `Conflict` unless the fair takes `more` people now; inside a transaction their places are then held."""
    if expo.capacity is not None:
        # Whoever takes a place waits for the one before: on PostgreSQL by this lock, on SQLite by the queue.
        db.session.execute(sa.select(Expo.id).where(Expo.id == expo.id).with_for_update())
    _refuse_unless_open(standing(expo, queries.moment(expo), on_site=on_site))
    if expo.capacity is not None and queries.places_taken(expo) + more > expo.capacity:
        _refuse_unless_open(OpenState.FULL)


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
