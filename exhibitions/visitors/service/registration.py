"""What happens to a registration: made, corrected, cancelled, approved or refused, and its link given out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NoReturn

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from exhibitions.accounts import service as accounts
from exhibitions.audit import service as audit
from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import BadgeClass
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.core.signing import hash_link_token
from exhibitions.expos.models import Expo
from exhibitions.mail import service as mail
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
from exhibitions.visitors.rules.search import search_line

LINK = "badge"
"""The kind of personal link that opens "my badge"."""

LETTER = "visitors.badge_link"
SERVICE = "service"
"""The purpose of consent without which there is no visit (P1)."""

_PERSONAL = frozenset({"name", "company", "phone", "email"})
_AUDITED = ("name", "company", "phone", "email", "region", "visit_day", "class_id")
# A letter that was asked for again within this time is the same letter.
_LETTER_SECONDS = 600
_BY_THEMSELVES = frozenset({Channel.ONLINE, Channel.POSTER})


@dataclass(frozen=True)
class Person:
    """Who wants to come, in the form in which it is kept (rules.registration, rules.contact)."""

    name: str
    company: str = ""
    phone: str | None = None
    email: str | None = None
    region: str = ""
    visit_day: date | None = None


@dataclass(frozen=True)
class Entry:
    """By which door a person came: channel, language of the page, word of the source link, secret of the form."""

    channel: Channel
    language: str = "zh"
    source: str = ""
    form_key: str = ""


def standing(expo: Expo, moment: Moment, *, on_site: bool = False) -> OpenState:
    """Whether the public form of the fair takes another person at this moment."""
    alive = queries.count_alive(expo) if expo.capacity is not None else 0
    return form_state(expo, alive, moment, on_site=on_site)


def register(expo: Expo, badge_class: BadgeClass, person: Person, entry: Entry, by: Actor) -> Registration:
    """A new registration with its consent and its signed badge, inside the caller's transaction.

    A class that needs approval leaves it waiting, unless the desk registers. Raises `Conflict` (`phone_taken`,
    `email_taken`) when another living registration has the number or address: the unique index is the judge, and the
    transaction is lost. Raises `Refused` (`not_yet`, `closed`, `full`, `over`) when people who register by themselves
    come at the wrong time; the last place goes to exactly one.
    """
    if entry.channel in _BY_THEMSELVES:
        _check_open(expo, on_site=entry.channel is Channel.POSTER)
    registration = _add(expo, badge_class, person, entry)
    _flush_unique()
    _finish(expo, badge_class, registration, by)
    return registration


def bring(expo: Expo, leader: Registration, names: Sequence[str], by: Actor) -> list[Registration]:
    """Register colleagues of a person with the same company, class, day and region, a badge each.

    Raises `Refused` when there would be more than 20, when the leader's registration is not alive, or like `register`.
    """
    # Two lists sent at once are counted one after the other.
    db.session.refresh(leader, with_for_update=True)
    check_alive(leader)
    _check_open(expo, on_site=False)
    room = MOST_COLLEAGUES - len(queries.colleagues(expo, leader))
    if len(names) > room:
        raise Refused("names_many", N_("You can bring %(room)s more. Shorten the list"), room=room)
    if expo.capacity is not None and queries.count_alive(expo) + len(names) > expo.capacity:
        raise Conflict("full", _CLOSED_SENTENCES[OpenState.FULL])
    badge_class = badge_queries.class_of(expo, leader.class_id)
    if badge_class is None:
        raise LookupError(leader.class_id)
    entry = Entry(Channel.COMPANION, leader.language, leader.source)
    brought = []
    for name in names:
        person = Person(name, leader.company, region=leader.region, visit_day=leader.visit_day)
        registration = _add(expo, badge_class, person, entry)
        registration.leader_id = leader.id
        db.session.flush()
        _finish(expo, badge_class, registration, by)
        brought.append(registration)
    return brought


def correct(
    expo: Expo, registration: Registration, person: Person, badge_class: BadgeClass, by: Actor
) -> None:
    """Change what is known of a person; the badge follows at once and keeps its code (P8).

    Raises `Conflict` like `register`, `Refused` when the registration is not alive.
    """
    check_alive(registration)
    before = {name: getattr(registration, name) for name in _AUDITED}
    # Read first: loading anything after the change would flush it outside of `_flush_unique`.
    registration.class_id = badge_class.id
    _write(registration, person)
    registration.changed_at = clock.now()
    _flush_unique()
    after = {name: getattr(registration, name) for name in _AUDITED}
    changed = {name for name in _AUDITED if before[name] != after[name]}
    if not changed:
        return
    badge = badge_queries.current_badge(expo, HOLDER, registration.id)
    if badge is not None:
        badges.correct(badge, _holder(registration, badge.heads), badge_class)
    audit.record(
        "visitors.corrected",
        by,
        expo_id=expo.id,
        subject=(HOLDER, registration.id),
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
        personal=_PERSONAL & changed,
    )


def cancel(expo: Expo, registration: Registration, by: Actor, reason: str = "") -> None:
    """End a registration; its badge is refused at the gates from now on. A second time changes nothing.

    The number and address are free for a new registration.
    """
    if registration.state not in ALIVE:
        return
    now = clock.now()
    _move(expo, registration, State.CANCELLED, by, reason)
    registration.cancelled_at = now
    badges.cancel_of_holders(expo, HOLDER, [registration.id], now)


def approve(expo: Expo, registration: Registration, by: Actor) -> None:
    """Let a waiting person in. Raises `Conflict` when the registration is not waiting (any more)."""
    _check_waiting(registration)
    _move(expo, registration, State.REGISTERED, by)
    badge = badge_queries.current_badge(expo, HOLDER, registration.id)
    if badge is not None:
        badges.approve(badge)
    send_link(expo, registration)


def refuse(expo: Expo, registration: Registration, by: Actor, reason: str = "") -> None:
    """Do not let a waiting person in. Raises `Conflict` when the registration is not waiting (any more)."""
    _check_waiting(registration)
    _move(expo, registration, State.REFUSED, by, reason)
    badges.cancel_of_holders(expo, HOLDER, [registration.id])


def unmask(expo: Expo, registration: Registration, by: Actor) -> None:
    """Note that somebody read the full number and address of a person (B12)."""
    audit.record("visitors.unmasked", by, expo_id=expo.id, subject=(HOLDER, registration.id))


def new_link(expo: Expo, registration: Registration) -> str:
    """A fresh token of a personal link to the badge; earlier links stay good."""
    return accounts.mint_link(LINK, registration.id, expo_id=expo.id)


def send_link(expo: Expo, registration: Registration) -> bool:
    """Send the link to the badge by mail; False when no address is known. Twice in ten minutes is one letter."""
    if registration.email is None:
        return False
    window = int(clock.now().timestamp()) // _LETTER_SECONDS
    mail.send(
        LETTER,
        registration.email,
        registration.language,
        {"expo_id": expo.id, "registration_id": registration.id},
        key=f"badge-link-{registration.id}-{window}",
        expo_id=expo.id,
        subject=(HOLDER, registration.id),
    )
    return True


def send_again(expo: Expo, phone: str | None, email: str | None, by: Actor) -> None:
    """Send the link to who is registered with this number or address (V4).

    Nothing comes back, and an entry is written either way, so that neither the answer nor its time tells who is known.
    """
    registration = queries.alive_with(expo, phone, email)
    if registration is not None:
        send_link(expo, registration)
    audit.record("visitors.link_asked", by, expo_id=expo.id)


def sent_before(expo: Expo, person: Person, form_key: str) -> Registration | None:
    """The registration that this very form has made already (a double click, a reload), None when there is none.

    Who knows the form's secret is the browser that sent it.
    """
    registration = queries.alive_with(expo, person.phone, person.email)
    if registration is None or not form_key or registration.form_key != hash_link_token(form_key):
        return None
    return registration


def check_alive(registration: Registration) -> None:
    """Raise `Conflict` when the registration was cancelled or refused."""
    if registration.state not in ALIVE:
        raise Conflict("registration_ended", N_("This registration was cancelled. Register again to come."))


_CLOSED_SENTENCES = {
    OpenState.NOT_YET: N_("Registration has not opened yet."),
    OpenState.CLOSED: N_("Online registration is closed. You can still register at the visitor desk."),
    OpenState.FULL: N_("All places are taken. You can still ask at the visitor desk."),
    OpenState.OVER: N_("The fair is over."),
}


def _check_open(expo: Expo, *, on_site: bool) -> None:
    if expo.capacity is not None:
        # Whoever takes a place waits for the one before: on PostgreSQL by this lock, on SQLite by the queue.
        db.session.execute(sa.select(Expo.id).where(Expo.id == expo.id).with_for_update())
    state = standing(expo, queries.moment(expo), on_site=on_site)
    if state is not OpenState.OPEN:
        raise Conflict(state.value, _CLOSED_SENTENCES[state])


def _check_waiting(registration: Registration) -> None:
    if registration.state is not State.WAITING:
        raise Conflict("not_waiting", N_("This registration is not waiting for approval any more."))


def _add(expo: Expo, badge_class: BadgeClass, person: Person, entry: Entry) -> Registration:
    now = clock.now()
    waits = badge_class.needs_approval and entry.channel is not Channel.DESK
    registration = Registration(
        expo_id=expo.id,
        class_id=badge_class.id,
        state=State.WAITING if waits else State.REGISTERED,
        channel=entry.channel,
        source=entry.source,
        language=entry.language,
        form_key=hash_link_token(entry.form_key) if entry.form_key else "",
        created_at=now,
        changed_at=now,
    )
    _write(registration, person)
    db.session.add(registration)
    return registration


def _write(registration: Registration, person: Person) -> None:
    registration.name = person.name
    registration.company = person.company
    registration.phone = person.phone
    registration.email = person.email
    registration.region = person.region
    registration.visit_day = person.visit_day
    registration.search = search_line(person.name, person.company, person.phone, person.email)


def _finish(expo: Expo, badge_class: BadgeClass, registration: Registration, by: Actor) -> None:
    """What belongs to every new registration: the consent, the badge, the entry in the audit."""
    now = registration.created_at
    db.session.add(
        Consent(
            expo_id=expo.id,
            registration_id=registration.id,
            purpose=SERVICE,
            version=expo.consent_version,
            language=registration.language,
            channel=registration.channel,
            given_at=now,
        )
    )
    approved = now if registration.state is State.REGISTERED else None
    badges.issue(expo, badge_class, _holder(registration), badges.Standing(approved_at=approved))
    audit.record(
        "visitors.registered",
        by,
        expo_id=expo.id,
        subject=(HOLDER, registration.id),
        after={
            "class": badge_class.key,
            "channel": registration.channel.value,
            "source": registration.source,
        },
    )


def _holder(registration: Registration, heads: int = 1) -> badges.Holder:
    return badges.Holder(
        HOLDER,
        registration.id,
        registration.name,
        registration.company,
        registration.region,
        registration.visit_day,
        heads,
    )


def _move(expo: Expo, registration: Registration, state: State, by: Actor, reason: str = "") -> None:
    before, registration.state = registration.state, state
    registration.changed_at = clock.now()
    audit.record(
        f"visitors.{state.value}",
        by,
        expo_id=expo.id,
        subject=(HOLDER, registration.id),
        before={"state": before},
        after={"state": state},
        reason=reason,
    )


def _flush_unique() -> None:
    try:
        db.session.flush()
    except IntegrityError as error:
        _taken(error)


def _taken(error: IntegrityError) -> NoReturn:
    """The unique index has spoken. The driver's words hold the number itself and must not travel on (P19)."""
    words = str(error.orig)
    for field, sentence in _TAKEN.items():
        if f"uq_registrations_expo_id_{field}" in words or f"registrations.{field}" in words:
            raise Conflict(f"{field}_taken", sentence) from None
    raise error


_TAKEN = {
    "phone": N_("This number is already registered. We can send the badge again"),
    "email": N_("This address is already registered. We can send the badge again"),
}
