"""The right of the people of exhibitors to what is known of them, over all fairs, and its end (P6, P7, P9)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from exhibitions.companies.service import personal as register
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.somebody import Seen, Somebody
from exhibitions.exhibitors.models import Arrival, Call, CoExhibitor, Exhibitor, ExhibitorPerson, StaffBadge
from exhibitions.exhibitors.queries import merging
from exhibitions.exhibitors.queries import personal as queries
from exhibitions.exhibitors.service import forgetting, messages, people, staff, telling
from exhibitions.exhibitors.service.staff import company_words
from exhibitions.mail import service as mail

PERSON, STAFF = telling.PERSON, "staff_badge"
"""The kinds of rows that somebody who acts for an exhibitor, and a staff badge, are."""
_Row = ExhibitorPerson | StaffBadge | CoExhibitor
_TABLES: dict[str, type[ExhibitorPerson] | type[StaffBadge] | type[CoExhibitor]] = {
    telling.PERSON: ExhibitorPerson,
    STAFF: StaffBadge,
    telling.CO_EXHIBITOR: CoExhibitor,
}


def acting(who: Somebody) -> list[ExhibitorPerson]:
    """The rows of this person as somebody who acts for an exhibitor."""
    return [row for row in queries.acting(who) if who.is_called(row.name)]


def seen(who: Somebody) -> list[Seen]:
    """The rows with one of these numbers or addresses, whatever their people are called."""
    rows: list[_Row] = [*queries.acting(who), *queries.staff(who), *queries.contacts(who)]
    firms = queries.exhibitors({row.exhibitor_id for row in rows})
    return [_seen(row, firms[row.exhibitor_id]) for row in rows]


def one(kind: str, number: int) -> Seen | None:
    """The row of this kind with this number; None where there is none, or the kind is none of this room."""
    row: _Row | None = db.session.get(_TABLES[kind], number) if kind in _TABLES else None  # type: ignore[assignment]
    return None if row is None else _seen(row, db.session.get_one(Exhibitor, row.exhibitor_id))


def export_person(who: Somebody) -> dict[str, list[dict[str, Any]]]:
    """What this room knows of a person, as JSON can hold it: acting for a company, on a stand, named, talked to.

    Texts of others that only mention the person are named by their place: they are about others as well.
    """
    own, badges = acting(who), _staff(who)
    here = _around(who)
    arrivals, calls, entries = (
        _signed(who, here),
        _talks(who, here),
        [row for row in queries.entries(here) if forgetting.speaks_of(row, who)],
    )
    return {
        "acting": [
            {key: str(value) for key, value in people.export_person(row).items() if value is not None}
            for row in own
        ],
        "mails": [fact for row in own for fact in mail.export_person(telling.PERSON, row.id)],
        "messages": [{"at": row.at.isoformat(), "text": row.text} for row in queries.written_by(own)],
        "staff": [fact for row in badges for fact in staff.export_person(row.id)],
        "contact": [
            {"name": row.contact_name, "phone": row.contact_phone, "email": row.contact_email}
            for row in _contacts(who)
        ],
        "talks": [{"at": row.at.isoformat(), "text": row.text} for row in calls],
        "signed": [{"at": row.at.isoformat(), "name": row.signed_by, "note": row.note} for row in arrivals],
        "directory": [{"phone": row.phone, "email": row.email} for row in entries],
        "mentioned": [
            {"company": company_words(row), "places": places}
            for row in queries.exhibitors(here).values()
            if (places := forgetting.mentions(row, who))
        ],
    }


def erase_person(who: Somebody, by: Actor) -> int:
    """Erase a person in every fair: who acts for a company, has a staff badge, or is named; gives how many rows it met.

    With them go their talks, signatures and the directory's number and address that are theirs; out of the texts of
    others only what names them.
    """
    here = _around(who)
    firms = queries.exhibitors(here, for_update=True)
    rows: list[_Row] = [*acting(who), *_staff(who), *_contacts(who)]
    for row in rows:
        match row:
            case ExhibitorPerson():
                messages.erase_person(row.id)
                people.erase_person(row, by)
            case StaffBadge():
                staff.erase_person(row.id)
            case CoExhibitor():
                people.erase_co_contact(row, by)
    for call in _talks(who, here):
        call.with_whom = call.text = ""
    for arrival in _signed(who, here):
        forgetting.unsign(arrival)
    for exhibitor in firms.values():
        forgetting.forget(exhibitor, who)
    db.session.flush()
    return len(rows)


def _around(who: Somebody) -> set[int]:
    """The exhibitors in whose papers the person may stand: for whom they act, and those of companies that name them."""
    rows: list[_Row] = [*acting(who), *_staff(who), *_contacts(who)]
    companies = {each.company_id for each in register.found(who)}
    found = {row.exhibitor_id for row in rows} | queries.of_companies(companies)
    # What an entry said that became part of another one still lies with it.
    return found | merging.became_part_of(found)


def _staff(who: Somebody) -> list[StaffBadge]:
    return [row for row in queries.staff(who) if who.is_called(row.name)]


def _contacts(who: Somebody) -> list[CoExhibitor]:
    return [row for row in queries.contacts(who) if who.is_called(row.contact_name)]


def _talks(who: Somebody, here: Collection[int]) -> list[Call]:
    return [row for row in queries.calls(here) if who.has_name(row.with_whom)]


def _signed(who: Somebody, here: Collection[int]) -> list[Arrival]:
    return [row for row in queries.arrivals(here) if who.has_name(row.signed_by)]


def _seen(row: _Row, exhibitor: Exhibitor) -> Seen:
    if isinstance(row, CoExhibitor):
        name, phone, email = row.contact_name, row.contact_phone, row.contact_email
        return Seen(telling.CO_EXHIBITOR, row.id, name, phone, email, row.name_zh or row.name_en, row.expo_id)
    company = company_words(exhibitor)
    if isinstance(row, StaffBadge):
        return Seen(STAFF, row.id, row.name, row.phone, None, company, row.expo_id)
    return Seen(telling.PERSON, row.id, row.name, row.phone, row.email, company, row.expo_id)
