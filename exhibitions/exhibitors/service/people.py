"""The people of a company in its centre: asked in by an owner, given another role, taken out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from exhibitions.accounts import service as accounts
from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict
from exhibitions.core.somebody import Somebody
from exhibitions.exhibitors.models import CoExhibitor, Exhibitor, ExhibitorPerson
from exhibitions.exhibitors.queries import CO_LINK, LINK, applying
from exhibitions.exhibitors.queries import personal as queries
from exhibitions.exhibitors.rules import letters, people
from exhibitions.exhibitors.rules.people import PersonRole
from exhibitions.exhibitors.service import forgetting, messages, telling
from exhibitions.exhibitors.service.moving import lock
from exhibitions.mail import service as mail


@dataclass(frozen=True)
class PersonFacts:
    """Who is asked in."""

    name: str
    role: PersonRole
    phone: str | None = None
    email: str | None = None


def invite(by_person: ExhibitorPerson, facts: PersonFacts, by: Actor) -> ExhibitorPerson:
    """Ask a colleague in, who gets a personal link of their own. Raises `Forbidden`, `Refused`, `Conflict`: is there."""
    exhibitor = by_person.exhibitor
    lock(exhibitor)
    present = applying.living_people(exhibitor)
    people.check_invite(by_person.role, len(present))
    if any(
        (facts.phone and row.phone == facts.phone) or (facts.email and row.email == facts.email)
        for row in present
    ):
        raise Conflict("person_there", N_("Somebody with this number or address is there already"))
    person = ExhibitorPerson(
        expo_id=exhibitor.expo_id,
        exhibitor_id=exhibitor.id,
        role=facts.role,
        name=facts.name,
        phone=facts.phone,
        email=facts.email,
        language=by_person.language,
        created_at=clock.now(),
    )
    db.session.add(person)
    db.session.flush()
    telling.tell(person, letters.INVITED)
    _record("exhibitors.person_invited", person, by, after={"name": person.name, "role": person.role})
    return person


def change_role(by_person: ExhibitorPerson, person: ExhibitorPerson, role: PersonRole, by: Actor) -> None:
    """Give a colleague another role; the last owner stays one. Raises `Forbidden`, `Conflict`."""
    exhibitor = by_person.exhibitor
    lock(exhibitor)
    people.check_change(by_person.role, person.role, role, _others(exhibitor, person))
    if person.role is role:
        return
    before, person.role = person.role, role
    db.session.flush()
    _record("exhibitors.person_role", person, by, before={"role": before}, after={"role": role})


def remove(by_person: ExhibitorPerson, person: ExhibitorPerson, by: Actor) -> None:
    """Take a colleague out: the link opens nothing any more. The last owner stays. Raises `Forbidden`, `Conflict`."""
    exhibitor = by_person.exhibitor
    lock(exhibitor)
    people.check_change(by_person.role, person.role, None, _others(exhibitor, person))
    person.removed_at = clock.now()
    accounts.revoke_links(LINK, person.id)
    db.session.flush()
    _record("exhibitors.person_removed", person, by)


def send_link_again(by_person: ExhibitorPerson, person: ExhibitorPerson, by: Actor) -> None:
    """Send a colleague the link once more. Raises `Forbidden`."""
    people.check_duty(by_person.role, people.Duty.PEOPLE)
    telling.tell(person, letters.INVITED)
    _record("exhibitors.person_asked", person, by)


def export_person(person: ExhibitorPerson) -> dict[str, Any]:
    """What is kept about somebody who acts for an exhibitor, for that person (P8)."""
    names = ("name", "title", "phone", "email", "wechat", "role", "language", "created_at", "removed_at")
    return {name: getattr(person, name) for name in names}


def erase_person(person: ExhibitorPerson, by: Actor) -> None:
    """Erase every word about somebody who acts for an exhibitor; the row stays for the history.

    The contact of the application goes where it is them, or where nobody else is left. An owner who is the only one stays
    in charge without a name: the office can ask another in.
    """
    exhibitor, who = person.exhibitor, Somebody.of(person.name, person.phone, person.email)
    person.name = person.title = person.wechat = ""
    person.phone = person.email = None
    person.removed_at = person.removed_at or clock.now()
    exhibitor.answers = forgetting.answers_without(exhibitor.answers, who)
    if "contact" in exhibitor.answers and not _others(exhibitor, person):
        exhibitor.answers = {name: value for name, value in exhibitor.answers.items() if name != "contact"}
    accounts.revoke_links(LINK, person.id)
    mail.erase_person(telling.PERSON, person.id)
    audit.erase_person_key(telling.PERSON, person.id)
    db.session.flush()
    _record("exhibitors.person_erased", person, by)


def erase_co_contact(row: CoExhibitor, by: Actor) -> None:
    """Erase the person behind a co-exhibitor; the company stays."""
    row.contact_name, row.contact_phone, row.contact_email = "", None, None
    accounts.revoke_links(CO_LINK, row.id)
    mail.erase_person(telling.CO_EXHIBITOR, row.id)
    audit.erase_person_key(telling.CO_EXHIBITOR, row.id)
    db.session.flush()
    audit.record(
        "exhibitors.co_contact_erased", by, expo_id=row.expo_id, subject=(telling.CO_EXHIBITOR, row.id)
    )


def expire(before: datetime, by: Actor) -> int:
    """Erase a portion of those who were taken out before this moment; gives their number, 0 when none is left."""
    old = sa.select(ExhibitorPerson).where(ExhibitorPerson.removed_at < before, queries.said())
    rows = db.session.scalars(old.order_by(ExhibitorPerson.id).limit(100)).all()
    for person in rows:
        messages.erase_person(person.id)
        erase_person(person, by)
    return len(rows)


def _others(exhibitor: Exhibitor, person: ExhibitorPerson) -> list[PersonRole]:
    return [row.role for row in applying.living_people(exhibitor) if row.id != person.id]


def _record(
    action: str,
    person: ExhibitorPerson,
    by: Actor,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    audit.record(
        action,
        by,
        expo_id=person.expo_id,
        subject=(telling.PERSON, person.id),
        before=before,
        after=after,
        personal=frozenset({"name"} & set(after or {})),
    )
