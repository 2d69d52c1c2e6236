"""The right of the people of exhibitors to what is known of them, in one fair, and its end (P6, P7, P9)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.sameness import same_key
from exhibitions.exhibitors.models import CoExhibitor, ExhibitorPerson, StaffBadge
from exhibitions.exhibitors.service import messages, people, staff
from exhibitions.expos.models import Expo

_MOST = 100
_Row = ExhibitorPerson | StaffBadge | CoExhibitor


def acting(expo: Expo, phone: str | None, email: str | None, name: str) -> list[ExhibitorPerson]:
    """Who acts for an exhibitor with this number (E.164) or address, and this name or none; at most a hundred."""
    reached = [
        column == value
        for column, value in ((ExhibitorPerson.phone, phone), (ExhibitorPerson.email, email))
        if value
    ]
    if not reached:
        return []
    found = sa.select(ExhibitorPerson).where(ExhibitorPerson.expo_id == expo.id, sa.or_(*reached))
    rows = db.session.scalars(found.order_by(ExhibitorPerson.id).limit(_MOST))
    return [row for row in rows if _is(row.name, name)]


def export_person(
    expo: Expo, phone: str | None, email: str | None, name: str
) -> dict[str, list[dict[str, Any]]]:
    """What this room knows of a person in one fair, as JSON can hold it: acting for a company, on a stand, named."""
    return {
        "acting": [
            {key: str(value) for key, value in people.export_person(row).items() if value is not None}
            for row in acting(expo, phone, email, name)
        ],
        "staff": [fact for row in _staff(expo, phone, name) for fact in staff.export_person(row.id)],
        "contact": [
            {"name": row.contact_name, "phone": row.contact_phone, "email": row.contact_email}
            for row in _contacts(expo, phone, email, name)
        ],
    }


def erase_person(expo: Expo, phone: str | None, email: str | None, name: str, by: Actor) -> int:
    """Erase a person in one fair: who acts for a company, has a staff badge, or is named; gives how many rows it met."""
    gone = 0
    for person in acting(expo, phone, email, name):
        messages.erase_person(person.id)
        people.erase_person(person, by)
        gone += 1
    for row in _staff(expo, phone, name):
        staff.erase_person(row.id)
        gone += 1
    for contact in _contacts(expo, phone, email, name):
        people.erase_co_contact(contact, by)
        gone += 1
    return gone


def _staff(expo: Expo, phone: str | None, name: str) -> list[StaffBadge]:
    if not phone:
        return []
    found = sa.select(StaffBadge).where(StaffBadge.expo_id == expo.id, StaffBadge.phone == phone)
    return [
        row for row in db.session.scalars(found.order_by(StaffBadge.id).limit(_MOST)) if _is(row.name, name)
    ]


def _contacts(expo: Expo, phone: str | None, email: str | None, name: str) -> list[CoExhibitor]:
    reached = [
        column == value
        for column, value in ((CoExhibitor.contact_phone, phone), (CoExhibitor.contact_email, email))
        if value
    ]
    if not reached:
        return []
    found = sa.select(CoExhibitor).where(CoExhibitor.expo_id == expo.id, sa.or_(*reached))
    rows = db.session.scalars(found.order_by(CoExhibitor.id).limit(_MOST))
    return [row for row in rows if _is(row.contact_name, name)]


def _is(kept: str, name: str) -> bool:
    """A number may be shared by colleagues: of another name is somebody else."""
    return not name or not kept or same_key(kept) == same_key(name)
