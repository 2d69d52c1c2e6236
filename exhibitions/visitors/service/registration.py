"""What happens to a registration: corrected, cancelled, approved or refused, and its link given out again."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from exhibitions.accounts import service as accounts
from exhibitions.audit import service as audit
from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import BadgeClass
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict
from exhibitions.core.search import found_by
from exhibitions.expos.models import Expo
from exhibitions.mail import service as mail
from exhibitions.mail.service import texting
from exhibitions.visitors import queries
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.rules import letters
from exhibitions.visitors.rules.registration import ALIVE, State, checked_message
from exhibitions.visitors.service.registering import Person, Registered, check_alive, taken
from exhibitions.visitors.service.telling import tell

LINK = "badge"
"""The kind of personal link that opens "my badge"."""

LETTER = letters.BADGE_LINK
_PERSONAL = frozenset({"name", "company", "phone", "email"})
_AUDITED = ("name", "company", "phone", "email", "region", "visit_day", "class_id")
# A letter that was asked for again within this time is the same letter.
_LETTER_SECONDS = 600


def correct(
    expo: Expo,
    registration: Registration,
    person: Person,
    badge_class: BadgeClass,
    by: Actor,
    *,
    tells: bool = True,
) -> None:
    """Change what is known of a person; the badge follows at once and keeps its code (P8).

    What the office changes is told by letter, unless others do so (`tells`).

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
        badges.correct(badge, holder_of(registration, badge.heads), badge_class)
    audit.record(
        "visitors.corrected",
        by,
        expo_id=expo.id,
        subject=(HOLDER, registration.id),
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
        personal=_PERSONAL & changed,
    )
    if by.kind == "user" and tells:
        tell(registration, letters.changed_letter(registration.state))


def cancel(
    expo: Expo, registration: Registration, by: Actor, reason: str = "", *, with_colleagues: bool = False
) -> None:
    """End a registration; its badge is refused at the gates from now on. A second time changes nothing.

    The number and address are free for a new registration. `with_colleagues` ends those of the people whom the person
    brings as well, also when the person's own has ended before.
    """
    ended = [registration]
    if with_colleagues:
        # A list of colleagues that is sent at the same moment is ended too, or comes too late.
        db.session.refresh(registration, with_for_update=True)
        ended += [row.registration for row in queries.colleagues(expo, registration, alive=True)]
    ending, now = [each for each in ended if each.state in ALIVE], clock.now()
    for each in ending:
        each.cancelled_at = now
        _move(expo, each, State.CANCELLED, by, reason)
        if by.kind == "user":
            tell(each, letters.CANCELLED)
    badges.cancel_of_holders(expo, HOLDER, [each.id for each in ending], now)


def approve(expo: Expo, registration: Registration, by: Actor, message: str = "") -> None:
    """Let a waiting person in; `message` is told by letter and on the person's page.

    Raises `Conflict` when the registration is not waiting (any more).
    """
    _check_waiting(registration)
    registration.decision_note = checked_message(message)
    _move(expo, registration, State.REGISTERED, by)
    badge = badge_queries.current_badge(expo, HOLDER, registration.id)
    if badge is not None:
        badges.approve(badge)
    tell(registration, letters.APPROVED)


def refuse(expo: Expo, registration: Registration, by: Actor, message: str = "") -> None:
    """Do not let a waiting person in; `message` is told by letter and on the person's page.

    Raises `Conflict` when the registration is not waiting (any more).
    """
    _check_waiting(registration)
    registration.decision_note = checked_message(message)
    _move(expo, registration, State.REFUSED, by)
    badges.cancel_of_holders(expo, HOLDER, [registration.id])
    tell(registration, letters.REFUSED)


def unmask(expo: Expo, registration: Registration, by: Actor) -> None:
    """Note that somebody read the full number and address of a person (B12)."""
    audit.record("visitors.unmasked", by, expo_id=expo.id, subject=(HOLDER, registration.id))


def new_link(registration: Registration | Registered) -> str:
    """A fresh token of a personal link to the badge; earlier links stay good."""
    return accounts.mint_link(LINK, registration.id, expo_id=registration.expo_id)


def renew_link(expo: Expo, registration: Registration, by: Actor) -> str | None:
    """End every link to the badge and give out a new one: by mail or text message, or as a token to hand over where
    neither can go.

    Raises `Conflict` when the registration was cancelled or refused.
    """
    check_alive(registration)
    accounts.revoke_links(LINK, registration.id)
    audit.record("visitors.link_renewed", by, expo_id=expo.id, subject=(HOLDER, registration.id))
    leaves = (registration.email and mail.account().server) or texting.number_for(registration.phone)
    # Who still waits for approval gets no letter before.
    if registration.state is not State.REGISTERED or not leaves:
        return new_link(registration)
    # The link in a letter of a moment ago has just ended, so this is never that same letter.
    _send(registration, f"renewed-{clock.now().timestamp()}", registration.phone)
    return None


def send_link(registration: Registration | Registered, *, text: bool = True, to_phone: bool = False) -> bool:
    """Send the link to the badge by mail, else as a text message unless `text` forbids it; `to_phone`: rather by text
    message. False when neither can go. Twice in ten minutes is one letter.
    """
    number = texting.number_for(registration.phone) if text else ""
    if registration.email is None and not number:
        return False
    occasion = str(int(clock.now().timestamp()) // _LETTER_SECONDS)
    _send(registration, occasion, number or None, by_mail=not (to_phone and number))
    return True


def _send(
    registration: Registration | Registered, occasion: str, phone: str | None, *, by_mail: bool = True
) -> None:
    mail.send(
        letters.first_letter(registration.state),
        (registration.email or "") if by_mail else "",
        registration.language,
        {"expo_id": registration.expo_id, "registration_id": registration.id},
        key=f"badge-link-{registration.id}-{occasion}",
        expo_id=registration.expo_id,
        subject=(HOLDER, registration.id),
        phone=phone,
    )


def send_again(expo: Expo, phone: str | None, email: str | None, by: Actor) -> None:
    """Send the link to who is registered with this number or address (V4): where it was asked for, if it can go there.

    Nothing comes back, and an entry is written either way, so that neither the answer nor its time tells who is known.
    """
    registration = queries.alive_with(expo, phone, email)
    if registration is not None:
        send_link(registration, to_phone=phone is not None)
    audit.record("visitors.link_asked", by, expo_id=expo.id)


def _check_waiting(registration: Registration) -> None:
    # Of two who decide at once the second one finds it decided.
    db.session.refresh(registration, with_for_update={"of": Registration})
    if registration.state is not State.WAITING:
        raise Conflict("not_waiting", N_("This registration is not waiting for approval any more."))


def _write(registration: Registration, person: Person) -> None:
    registration.name = person.name
    registration.company = person.company
    registration.phone = person.phone
    registration.email = person.email
    registration.region = person.region
    registration.visit_day = person.visit_day
    found = found_by(person.name, person.company, person.phone, person.email)
    for name, value in found.items():
        setattr(registration, name, value)


def holder_of(registration: Registration, heads: int = 1) -> badges.Holder:
    """The registration as what its badge prints."""
    return badges.Holder(
        HOLDER,
        registration.id,
        registration.name,
        registration.company,
        registration.region,
        registration.visit_day,
        heads,
        registration.title,
        registration.import_id,
        registration.leader_id,
    )


def _move(expo: Expo, registration: Registration, state: State, by: Actor, reason: str = "") -> None:
    before, registration.state = registration.state, state
    registration.changed_at = clock.now()
    note = registration.decision_note if before is State.WAITING else ""
    audit.record(
        f"visitors.{state.value}",
        by,
        expo_id=expo.id,
        subject=(HOLDER, registration.id),
        before={"state": before},
        after={"state": state, **({"message": note} if note else {})},
        personal=frozenset({"message"} if note else ()),
        reason=reason,
    )


def _flush_unique() -> None:
    try:
        db.session.flush()
    except IntegrityError as error:
        taken(error)
