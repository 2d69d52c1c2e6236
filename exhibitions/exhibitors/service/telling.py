"""Writing to exhibitors: by mail where there is an address, by text message, else on the list of those to be told."""

from __future__ import annotations

from exhibitions.accounts import service as accounts
from exhibitions.core import clock
from exhibitions.exhibitors.models import CoExhibitor, Exhibitor, ExhibitorPerson
from exhibitions.exhibitors.queries import CO_LINK, LINK, applying
from exhibitions.exhibitors.rules import letters
from exhibitions.exhibitors.rules.people import PersonRole
from exhibitions.mail import service as mail

PERSON = "exhibitor_person"
"""The kind of subject of letters and audit entries about somebody who acts for an exhibitor."""
CO_EXHIBITOR = "co_exhibitor"


def tell(person: ExhibitorPerson, letter: str, event_id: int | None = None) -> None:
    """Write a letter to somebody who acts for an exhibitor, about the deed `event_id` where it carries its text."""
    about = {} if event_id is None else {"event_id": event_id}
    mail.send(
        letter,
        person.email or "",
        person.language,
        {"expo_id": person.expo_id, "person_id": person.id, **about},
        key=f"{letter}-{person.id}-{clock.now().timestamp()}",
        expo_id=person.expo_id,
        subject=(PERSON, person.id),
        phone=person.phone,
    )


def tell_owners(exhibitor: Exhibitor, letter: str, event_id: int | None = None) -> int:
    """The same to everybody who owns the centre of an exhibitor; gives how many they are."""
    owners = [each for each in applying.living_people(exhibitor) if each.role is PersonRole.OWNER]
    for person in owners:
        tell(person, letter, event_id)
    return len(owners)


def tell_co_exhibitor(row: CoExhibitor, language: str, *, again: bool = False) -> None:
    """Ask a named company to declare itself by its own link; once, except where somebody asks for it `again`."""
    moment = f"-{clock.now().timestamp()}" if again else ""
    mail.send(
        letters.CO_NAMED,
        row.contact_email or "",
        language,
        {"expo_id": row.expo_id, "co_exhibitor_id": row.id},
        key=f"{letters.CO_NAMED}-{row.id}{moment}",
        expo_id=row.expo_id,
        subject=(CO_EXHIBITOR, row.id),
        phone=row.contact_phone,
    )


def new_link(person: ExhibitorPerson) -> str:
    """A fresh token of the personal link that opens the exhibitor's centre for this person."""
    return accounts.mint_link(LINK, person.id, expo_id=person.expo_id)


def new_co_link(row: CoExhibitor) -> str:
    """A fresh token of the link by which a co-exhibitor declares itself."""
    return accounts.mint_link(CO_LINK, row.id, expo_id=row.expo_id)
