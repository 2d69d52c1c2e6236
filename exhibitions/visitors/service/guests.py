"""The guests of honour: entered, changed, confirmed with a badge, declined, taken off the list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import BadgeClass
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, NotFound, Refused
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries as people
from exhibitions.visitors.models import Guest, Registration
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.queries import guests as queries
from exhibitions.visitors.rules.guests import CLASS_KEY, MOST_GUESTS, GuestFacts, GuestState, double_key
from exhibitions.visitors.rules.registration import ALIVE, Channel, State
from exhibitions.visitors.service.registering import Entry, Person, check_alive, prepare, register
from exhibitions.visitors.service.registration import approve, cancel, correct, holder_of
from exhibitions.visitors.service.unique import flush_unique

SUBJECT = "guest"
_FIELDS = tuple(GuestFacts.__slots__)
_KNOWN = {
    "phone": ("guest_phone_known", N_("Another guest on the list has this number")),
    "double_key": ("guest_known", N_("A guest of this name and organisation is on the list already")),
}
_PERSONAL = frozenset(_FIELDS) - {"arrives_on", "arrives_minute"}


def add_guests(expo: Expo, guests: Sequence[GuestFacts], by: Actor) -> list[Guest]:
    """Put guests on the list, invited.

    Raises `Conflict` when one of them is there already: the unique constraints are the judges, and the transaction is
    lost. Raises `Refused` when they become more than a fair can have.
    """
    db.session.execute(sa.select(Expo.id).where(Expo.id == expo.id).with_for_update())
    if queries.count_guests(expo) + len(guests) > MOST_GUESTS:
        raise Refused("guests_many", N_("A fair can have %(most)s guests"), most=MOST_GUESTS)
    now = clock.now()
    rows = [
        Guest(
            expo_id=expo.id,
            state=GuestState.INVITED,
            double_key=double_key(facts),
            created_at=now,
            changed_at=now,
            **asdict(facts),
        )
        for facts in guests
    ]
    db.session.add_all(rows)
    flush_unique(Guest.__tablename__, _KNOWN)
    for row in rows:
        audit.record("visitors.guest_added", by, expo_id=expo.id, subject=(SUBJECT, row.id))
    return rows


def change_guest(expo: Expo, row: Guest, facts: GuestFacts, by: Actor, without: Collection[str] = ()) -> None:
    """Change what is known of a guest; the badge of a confirmed one follows.

    Numbers (`phone`, `host_phone`) that are left out are kept, unless they are among those to be taken away: `without`.
    Raises like `add_guests`, `Conflict` when somebody else is registered with the new number, and `NotFound` when the
    guest was taken off the list meanwhile.
    """
    _lock(row)
    facts = replace(
        facts,
        phone=facts.phone or (None if "phone" in without else row.phone),
        host_phone=facts.host_phone or (None if "host_phone" in without else row.host_phone),
    )
    values = asdict(facts)
    before = {name: getattr(row, name) for name in _FIELDS if getattr(row, name) != values[name]}
    if not before:
        return
    for name in before:
        setattr(row, name, values[name])
    row.double_key, row.changed_at = double_key(facts), clock.now()
    flush_unique(Guest.__tablename__, _KNOWN)
    registration = _registration(expo, row)
    if row.state is GuestState.CONFIRMED and registration is not None:
        _make_vip(expo, row, registration, by, () if row.registered_before else before)
    audit.record(
        "visitors.guest_changed",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, row.id),
        before=before,
        after={name: values[name] for name in before},
        personal=_PERSONAL & before.keys(),
    )


def answer_guest(expo: Expo, row: Guest, state: GuestState, by: Actor) -> None:
    """Note what a guest answered: confirmed gives a badge of the class for guests of honour, declined takes it away.

    Who is registered with the same number and name keeps that registration and its code, and changes class; who waited
    for approval is let in, because the organiser invited. Raises
    `Conflict` when the number is registered under another name, `Refused` when the fair has no class for guests,
    `NotFound` when the guest was taken off the list meanwhile. Twice changes nothing.
    """
    _lock(row)
    registration = _registration(expo, row)
    if row.state is state and (state is not GuestState.CONFIRMED or registration is not None):
        return
    before, row.state, row.changed_at = row.state, state, clock.now()
    if state is GuestState.CONFIRMED:
        _let_in(expo, row, by)
    elif registration is not None:
        _let_go(expo, row, registration, by)
    answered = {
        GuestState.INVITED: "visitors.guest_invited",
        GuestState.CONFIRMED: "visitors.guest_confirmed",
        GuestState.DECLINED: "visitors.guest_declined",
    }
    audit.record(
        answered[state],
        by,
        expo_id=expo.id,
        subject=(SUBJECT, row.id),
        before={"state": before},
        after={"state": state},
    )


def remove_guest(expo: Expo, row: Guest, by: Actor) -> None:
    """Take a guest off the list, with the badge that came with it; every word about the guest is gone.

    Raises `NotFound` when somebody else did so meanwhile.
    """
    _lock(row)
    registration = _registration(expo, row)
    if registration is not None:
        _let_go(expo, row, registration, by)
    audit.record("visitors.guest_removed", by, expo_id=expo.id, subject=(SUBJECT, row.id))
    _forget(row)


def unmask_guests(expo: Expo, rows: Sequence[Guest], by: Actor) -> None:
    """Note that somebody read the full numbers of these guests and of who receives them (B12)."""
    for row in rows:
        audit.record("visitors.guest_unmasked", by, expo_id=expo.id, subject=(SUBJECT, row.id))


def note_print(expo: Expo, count: int, by: Actor) -> None:
    """Note that the list was printed with full numbers (P13)."""
    audit.record("visitors.guests_printed", by, expo_id=expo.id, after={"rows": count})


def export_guest(registration: Registration) -> list[dict[str, object]]:
    """What the list of guests knows of a registered person; who receives them is named to nobody."""
    return [
        {
            "state": row.state.value,
            "name": row.name,
            "title": row.title,
            "organisation": row.organisation,
            "phone": row.phone,
            "place": row.place,
            "arrives_on": row.arrives_on.isoformat() if row.arrives_on else None,
            "arrives_minute": row.arrives_minute,
            "seat": row.seat,
            "note": row.note,
        }
        for row in queries.guests_of_registration(registration)
    ]


def erase_guest(registration: Registration) -> None:
    """Take a registered person off the list of guests."""
    for row in queries.guests_of_registration(registration):
        _forget(row)


def expire_guests(expo: Expo, most: int = 500) -> int:
    """Delete a portion of the guests of a fair whose term is over; gives their number (P6)."""
    left = sa.select(Guest.id).where(Guest.expo_id == expo.id).order_by(Guest.id).limit(most)
    numbers = db.session.scalars(left.with_for_update()).all()
    if not numbers:
        return 0
    audit.erase_person_keys(SUBJECT, numbers)
    gone = sa.delete(Guest).where(Guest.id.in_(numbers))
    db.session.execute(gone, execution_options={"synchronize_session": False})
    return len(numbers)


def _lock(row: Guest) -> None:
    """Of two who change a guest at once the second one goes on from what the first one left."""
    # The number is asked of the session: of a guest who has gone nothing else can be read.
    (number,) = sa.inspect(row).identity or (0,)
    locked = sa.select(Guest).where(Guest.id == number).with_for_update()
    if db.session.scalar(locked.execution_options(populate_existing=True)) is None:
        raise NotFound("guest_gone", N_("This guest is not on the list any more."))


def _forget(row: Guest) -> None:
    audit.erase_person_key(SUBJECT, row.id)
    db.session.delete(row)
    db.session.flush()


def _let_in(expo: Expo, row: Guest, by: Actor) -> None:
    known = people.alive_with(expo, row.phone, None)
    row.registered_before, row.class_before_id = known is not None, known.class_id if known else None
    if known is not None:
        _check_same(known, row)
        if known.state is State.WAITING:
            approve(expo, known, by)
    else:
        person = _person(expo, row, Person(row.name))
        ready = prepare(expo, _vip(expo), person, Entry(Channel.DESK))
        known = db.session.get_one(Registration, register(ready, by).id)
    row.registration_id = known.id
    _make_vip(expo, row, known, by)


def _check_same(known: Registration, row: Guest) -> None:
    """Raise `Conflict` unless this living registration is the guest's; nobody else decides on it meanwhile."""
    db.session.refresh(known, with_for_update={"of": Registration})
    check_alive(known)
    if known.name != row.name:
        raise Conflict(
            "guest_other_name",
            N_("This number is registered under another name. Correct one of the two first."),
        )


def _make_vip(
    expo: Expo, row: Guest, registration: Registration, by: Actor, changed: Collection[str] = ()
) -> None:
    """Bring registration and badge in line with what is known of the guest.

    What is not known of the guest stays as the registration has it, unless it is among what was just `changed`.
    """
    vip, known = _vip(expo), Person.of(registration)
    person = _person(expo, row, _without(known, changed))
    if known != person or registration.class_id != vip.id:
        # A guest of honour hears from whoever receives them, never by a letter of the office.
        correct(expo, registration, person, vip, by, tells=False)
    title = row.title or ("" if "title" in changed else registration.title)
    if registration.title != title:
        registration.title = title
        badge = badge_queries.current_badge(expo, HOLDER, registration.id)
        if badge is not None:
            badges.correct(badge, holder_of(registration, badge.heads), vip)
    db.session.flush()


def _let_go(expo: Expo, row: Guest, registration: Registration, by: Actor) -> None:
    """End the registration that came with the guest; one that was there before goes back to its class."""
    if row.registered_before:
        _move_back(expo, row, registration, by)
    else:
        cancel(expo, registration, by)
    row.registration_id = row.class_before_id = None
    row.registered_before = False


def _move_back(expo: Expo, row: Guest, registration: Registration, by: Actor) -> None:
    now = badge_queries.class_of(expo, registration.class_id)
    # Whom the office has moved since stays there.
    if now is None or now.key != CLASS_KEY or now.id == row.class_before_id:
        return
    classes = badge_queries.classes(expo)
    # The class of before may have gone since: then the first that people choose themselves.
    before = [each for each in classes if each.id == row.class_before_id]
    for back in (before or [each for each in classes if each.registrable])[:1]:
        correct(expo, registration, Person.of(registration), back, by)


def _without(person: Person, facts: Collection[str]) -> Person:
    """The person without these facts of a guest."""
    return replace(
        person,
        company="" if "organisation" in facts else person.company,
        phone=None if "phone" in facts else person.phone,
        visit_day=None if "arrives_on" in facts else person.visit_day,
    )


def _person(expo: Expo, row: Guest, known: Person) -> Person:
    """Who is on the badge: what is known of the guest, and what else is `known` of the person."""
    days = expo_queries.visitor_days(expo)
    day = row.arrives_on if row.arrives_on in days else None
    return replace(
        known,
        name=row.name,
        company=row.organisation or known.company,
        phone=row.phone or known.phone,
        visit_day=day or known.visit_day,
    )


def _registration(expo: Expo, row: Guest) -> Registration | None:
    """The living registration of a guest: the one that stayed, when two were merged."""
    if row.registration_id is None:
        return None
    found = people.registration_of(expo, people.stands_for(expo, row.registration_id))
    return found.registration if found is not None and found.registration.state in ALIVE else None


def _vip(expo: Expo) -> BadgeClass:
    found = badge_queries.class_by_key(expo, CLASS_KEY)
    if found is None:
        raise Refused(
            "guest_no_class", N_("This fair has no badge class “vip”. Add it to the badge classes first.")
        )
    return found
