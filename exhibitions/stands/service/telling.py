"""Telling an exhibitor what became of its hold: by mail, by text message, else on the list of those to be told."""

from __future__ import annotations

from exhibitions.accounts import service as accounts
from exhibitions.exhibitors.models import ExhibitorPerson
from exhibitions.exhibitors.queries import LINK
from exhibitions.exhibitors.rules.people import Duty, may
from exhibitions.mail import service as mail
from exhibitions.stands.models import Allocation

HOLD_ENDED = "stands.hold_ended"
"""The letter to who held a stand whose time is over."""
MOVED = "stands.moved"
"""The letter to whom the office has given another stand in place of its own."""
PERSON = "exhibitor_person"


def tell_ended(row: Allocation) -> int:
    """Write to everybody of the exhibitor who may choose a stand; once for a hold. Says how many that are."""
    return _tell(HOLD_ENDED, row, {})


def tell_moved(row: Allocation, before: Allocation) -> int:
    """Write to everybody of the exhibitor who may choose a stand that this one is theirs in place of the one before, inside
    the transaction that moves it; says how many that are."""
    return _tell(MOVED, row, {"before_id": before.id})


def _tell(letter: str, row: Allocation, more: dict[str, int | str]) -> int:
    choosers = [
        person
        for person in row.exhibitor.people
        if person.removed_at is None and may(person.role, Duty.CHOOSE_STAND)
    ]
    for person in choosers:
        mail.send(
            letter,
            person.email or "",
            person.language,
            {"expo_id": row.expo_id, "person_id": person.id, "allocation_id": row.id, **more},
            key=f"{letter}-{row.id}-{person.id}",
            expo_id=row.expo_id,
            subject=(PERSON, person.id),
            phone=person.phone,
        )
    return len(choosers)


def new_link(person: ExhibitorPerson) -> str:
    """A fresh token of the personal link that opens the exhibitor's centre for this person."""
    return accounts.mint_link(LINK, person.id, expo_id=person.expo_id)
