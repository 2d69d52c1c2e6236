"""Reserve badges 备用证 at the visitor desk: handed out by a named member of staff, bound to a person now or later."""

from __future__ import annotations

from dataclasses import dataclass

from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import Badge
from exhibitions.badges.queries import reserves as reserve_queries
from exhibitions.badges.rules.reserves import serial_of
from exhibitions.badges.rules.token import Token, TypedNumber, parse_code
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, NotFound, Refused
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.rules.registration import Channel, State
from exhibitions.visitors.service.registering import (
    Entry,
    Person,
    check_alive,
    prepare,
    register_without_badge,
)
from exhibitions.visitors.service.registration import holder_of


@dataclass(frozen=True)
class Given:
    """A reserve badge that was handed out; `registration` is whose it is now, None while it is nobody's."""

    badge: Badge
    registration: Registration | None = None


def reserve_badge(expo: Expo, text: str) -> Badge:
    """The reserve badge that is meant by a scanned code, a typed number, or the serial number on it. Raises `Refused` with what is wrong."""
    serial = serial_of(text)
    badge = reserve_queries.badge_by_serial(expo, serial) if serial is not None else None
    if badge is not None:
        return badge
    code = parse_code(text)
    if isinstance(code, Token) and code.claims.fair != expo.code:
        raise Refused("reserve_other_fair", N_("This badge is of another fair."))
    if not isinstance(code, Token | TypedNumber):
        raise Refused(
            "reserve_unreadable", N_("Scan the reserve badge, or type its ten digits or its serial number.")
        )
    number = code.claims.badge if isinstance(code, Token) else code.number
    badge = badge_queries.badge_by_number(expo, number)
    if badge is None or (isinstance(code, Token) and code.signature != badge.signature):
        raise NotFound("reserve_unknown", N_("No badge of this fair has this number."))
    return badge


def give_reserve(expo: Expo, text: str, person: Person | None, language: str, by: Actor) -> Given:
    """Hand a reserve badge out, and bind it to `person` when one is named.

    A number that is registered binds it to that registration, else the person is registered by this. Doing the same
    twice changes nothing. Raises `Refused` or `Conflict` with what is wrong.
    """
    badge = reserve_badge(expo, text)
    if person is None:
        badges.hand_out_reserve(expo, badge, by)
        return Given(badge)
    owner = _owner(expo, badge)
    if owner is not None and person.name in ("", owner.name) and person.phone in (None, owner.phone):
        return Given(badge, owner)
    known = queries.alive_with(expo, person.phone, None)
    if known is not None:
        if person.name not in ("", known.name):
            raise Conflict(
                "reserve_other_name",
                N_("This number is registered under another name. Leave one of the two empty."),
            )
        return bind_reserve(expo, text, known, by)
    if not person.name:
        raise Refused("reserve_nameless", N_("This number is not registered yet. Enter the name, too."))
    ready = prepare(expo, badge.badge_class, person, Entry(Channel.DESK, language))
    registration = db.session.get_one(Registration, register_without_badge(ready, by).id)
    _bind(expo, badge, registration, by)
    return Given(badge, registration)


def bind_reserve(expo: Expo, text: str, registration: Registration, by: Actor) -> Given:
    """Bind a reserve badge to a registration of the same class; the badge that it had is void from now on.

    Raises `Refused` or `Conflict` with what is wrong.
    """
    badge = reserve_badge(expo, text)
    check_alive(registration)
    if _owner(expo, badge) is registration:
        return Given(badge, registration)
    if registration.state is State.WAITING:
        raise Conflict("reserve_waiting", N_("This registration waits for approval. Decide that first."))
    if badge.class_id != registration.class_id:
        raise Conflict(
            "reserve_class",
            N_("This reserve badge is of another class than the registration. Take one of the same class."),
        )
    _bind(expo, badge, registration, by)
    return Given(badge, registration)


def _bind(expo: Expo, badge: Badge, registration: Registration, by: Actor) -> None:
    old = badge_queries.current_badge(expo, HOLDER, registration.id)
    badges.hand_out_reserve(expo, badge, by)
    badges.bind_reserve(expo, badge, holder_of(registration, old.heads if old else 1), by, instead_of=old)


def _owner(expo: Expo, badge: Badge) -> Registration | None:
    if not badge.reserve or badge.holder_kind != HOLDER or badge.holder_id is None:
        return None
    row = queries.registration_of(expo, badge.holder_id)
    return row.registration if row is not None else None
