"""Messages to many companies: which there are, and whom they reach."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from exhibitions.companies.models import Company, CompanyContact
from exhibitions.core.db import db
from exhibitions.exhibitors.models import Exhibitor, ExhibitorMailing, ExhibitorPerson, RecruitingLeave
from exhibitions.exhibitors.rules.mailing import Reach
from exhibitions.expos.models import Expo
from exhibitions.mail.models import Bounce
from exhibitions.mail.rules.many import Purpose

MOST_SHOWN = 200


@dataclass(frozen=True)
class Reached:
    """A company that a message is for: its first person here, else its first contact in the register.

    `person_id` is None where nobody of it has a link to the exhibitor's centre, `contact_id` unless it is a contact of the
    register. `email` is None without one.
    """

    exhibitor: Exhibitor
    name: str
    email: str | None
    language: str
    person_id: int | None
    contact_id: int | None = None


def mailings(expo: Expo) -> Sequence[ExhibitorMailing]:
    """The youngest messages to many companies of a fair."""
    found = sa.select(ExhibitorMailing).where(ExhibitorMailing.expo_id == expo.id)
    return db.session.scalars(found.order_by(ExhibitorMailing.id.desc()).limit(MOST_SHOWN)).all()


def mailing_of(expo: Expo, mailing_id: int, *, for_update: bool = False) -> ExhibitorMailing | None:
    """One of them; `for_update` takes its row and reads it anew."""
    found = sa.select(ExhibitorMailing).where(
        ExhibitorMailing.expo_id == expo.id, ExhibitorMailing.id == mailing_id
    )
    if for_update:
        found = found.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(found)


def reach(expo: Expo, chosen: Collection[int], purpose: Purpose) -> Reach:
    """Who of those chosen gets a message, and why the others do not."""
    return reach_of(reached(expo, chosen, 0, len(chosen)), purpose)


def reach_of(people: Collection[Reached], purpose: Purpose) -> Reach:
    """The same of companies that `reached` has named."""
    addresses = {each.email for each in people if each.email}
    gone = _left(addresses) if purpose is Purpose.MARKETING else set()
    bounced = _bounced(addresses) - gone
    counts = dict.fromkeys(("by_mail", "no_address", "bounced", "unsubscribed"), 0)
    for each in people:
        counts[_way(each.email, gone, bounced)] += 1
    return Reach(companies=len(people), **counts)


def _way(email: str | None, gone: Collection[str], bounced: Collection[str]) -> str:
    if email is None:
        return "no_address"
    if email in gone:
        return "unsubscribed"
    return "bounced" if email in bounced else "by_mail"


def reached(expo: Expo, chosen: Collection[int], behind: int, most: int) -> list[Reached]:
    """The next of these companies by number, behind the number `behind`, with whom the message is for."""
    found = (
        sa.select(Exhibitor)
        .options(joinedload(Exhibitor.company))
        .where(Exhibitor.expo_id == expo.id, Exhibitor.id.in_(chosen), Exhibitor.id > behind)
        .order_by(Exhibitor.id)
        .limit(most)
    )
    rows = db.session.scalars(found).all()
    people = _people([row.id for row in rows])
    contacts = _contacts([row.company_id for row in rows if row.company_id is not None])
    return [_reached(row, people.get(row.id), contacts.get(row.company_id or 0)) for row in rows]


def _reached(row: Exhibitor, person: ExhibitorPerson | None, contact: CompanyContact | None) -> Reached:
    if person is not None:
        return Reached(row, person.name, person.email, person.language, person.id)
    language = "zh" if row.company is None or is_at_home(row.company) else "en"
    if contact is None:
        return Reached(row, "", None, language, None)
    return Reached(row, contact.name, contact.email, language, None, contact.id)


def is_at_home(company: Company) -> bool:
    """Whether a company is written to in Chinese while nobody of it has said otherwise."""
    return company.country == "CN" or (not company.country and bool(company.name_zh))


def reached_as(expo: Expo, exhibitor_id: int, person_id: int, contact_id: int) -> Reached | None:
    """The same company by the very person (or contact, 0: none) that a message was for; None when that one is gone."""
    row = db.session.scalar(
        sa.select(Exhibitor)
        .options(joinedload(Exhibitor.company))
        .where(Exhibitor.expo_id == expo.id, Exhibitor.id == exhibitor_id)
    )
    if row is None:
        return None
    person = _person(expo, person_id)
    contact = db.session.get(CompanyContact, contact_id) if contact_id else None
    if person_id and (person is None or person.exhibitor_id != row.id or person.removed_at is not None):
        return None
    if contact_id and (contact is None or contact.company_id != row.company_id):
        return None
    return _reached(row, person, contact)


def address_of(expo: Expo, recipient: int) -> str | None:
    """The address of who got an invitation: a person of this fair, below zero a contact of the register; None: gone."""
    person = _person(expo, recipient)
    contact = db.session.get(CompanyContact, -recipient) if recipient < 0 else None
    found = person or contact
    return found.email if found is not None else None


def _person(expo: Expo, person_id: int) -> ExhibitorPerson | None:
    return db.session.scalar(
        sa.select(ExhibitorPerson).where(ExhibitorPerson.expo_id == expo.id, ExhibitorPerson.id == person_id)
    )


def _people(ids: Collection[int]) -> dict[int, ExhibitorPerson]:
    """The first person of each with an address, else the first."""
    found = sa.select(ExhibitorPerson).where(
        ExhibitorPerson.exhibitor_id.in_(ids), ExhibitorPerson.removed_at.is_(None)
    )
    first: dict[int, ExhibitorPerson] = {}
    for person in db.session.scalars(found.order_by(ExhibitorPerson.email.is_(None), ExhibitorPerson.id)):
        first.setdefault(person.exhibitor_id, person)
    return first


def _contacts(ids: Collection[int]) -> dict[int, CompanyContact]:
    found = sa.select(CompanyContact).where(CompanyContact.company_id.in_(ids))
    ordered = found.order_by(CompanyContact.email.is_(None), CompanyContact.position, CompanyContact.id)
    first: dict[int, CompanyContact] = {}
    for contact in db.session.scalars(ordered):
        first.setdefault(contact.company_id, contact)
    return first


def has_left(address: str) -> bool:
    """Whether this address wants no more invitations."""
    return bool(_left({address}))


def _left(addresses: Collection[str]) -> set[str]:
    found = sa.select(RecruitingLeave.address).where(RecruitingLeave.address.in_(addresses))
    return set(db.session.scalars(found))


def _bounced(addresses: Collection[str]) -> set[str]:
    return set(db.session.scalars(sa.select(Bounce.address).where(Bounce.address.in_(addresses))))


def leave_of(address: str) -> RecruitingLeave | None:
    """The word of this address that it wants no more invitations."""
    return db.session.scalar(sa.select(RecruitingLeave).where(RecruitingLeave.address == address))


def names(expo_id: int, ids: Collection[int]) -> dict[int, tuple[str, str | None]]:
    """What these companies of a fair are called, for the outbox."""
    found = (
        sa.select(Exhibitor)
        .options(joinedload(Exhibitor.company))
        .where(Exhibitor.expo_id == expo_id, Exhibitor.id.in_(list(ids)))
    )
    rows = db.session.scalars(found)
    return {
        row.id: ((row.company.name_zh or row.company.name_en) if row.company else "", None) for row in rows
    }
