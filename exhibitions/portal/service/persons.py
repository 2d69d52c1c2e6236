"""A visitor's data over all rooms: handed out, erased, and the files that are looked through afterwards (P7, P9).

`ROOMS` is what the walk goes through. Rooms below visitors are walked by it: it alone knows under which name they keep
its people. Rooms that know people of companies are not: a visitor's number was typed and proves nothing, so that only
the office reaches them, by service.company_people. tests/portal/test_holdings.py proves that no table with personal columns is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa

from exhibitions.accounts import service as accounts
from exhibitions.accounts.models import User
from exhibitions.audit import queries as audit_queries
from exhibitions.audit import service as audit
from exhibitions.audit.models import Erasure
from exhibitions.badges import service as badges
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict
from exhibitions.expos import service as expos
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.gates.service import personal as gates
from exhibitions.jobs import service as jobs
from exhibitions.jobs.rules import JobRun
from exhibitions.mail import service as mail
from exhibitions.visitors import service as visitors
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.queries.everywhere import all_of
from exhibitions.visitors.service.import_erasing import forget_befores, forget_files

ERASE_FILES = "portal.erase_files"

# Files of a fair that list persons and can be made again at any time.
LISTS = frozenset({badges.PRINT, "visitors.export", "visitors.group_print"})


@dataclass(frozen=True)
class Room:
    """What a room offers for one registration of a fair: its part of the copy, and the end of its part."""

    name: str
    export: Callable[[Expo, Registration], object] | None = None
    erase: Callable[[Expo, Registration], object] | None = None


def _export_history(expo: Expo, registration: Registration) -> object:
    """All that was done about the person, the oldest first, without who did it: that is another person."""
    wanted = audit_queries.Wanted(subject=(HOLDER, registration.id))
    return [
        {"at": row.at.isoformat(), "action": row.action, "changed": [*row.after]}
        for portion in audit_queries.every(expo.id, wanted)
        for row in audit.readable(portion)
    ]


ROOMS: tuple[Room, ...] = (
    Room("files", erase=lambda expo, _: files.end_lists(expo.id, LISTS)),
    Room("gates", export=lambda expo, row: gates.export_person(expo, HOLDER, row.id)),
    Room("audit", export=_export_history),
    # Last, because it takes away by what the others find the person.
    Room("visitors", export=visitors.export_person, erase=lambda _, row: visitors.erase_person(row)),
)


def all_here(expo: Expo, registration: Registration) -> list[tuple[Expo, Registration]]:
    """Every registration of this person in the fair, this one first: also the cancelled ones and those merged away."""
    return [(each.expo, each.registration) for each in all_of(registration, expo.id)]


def export_person(expo: Expo, registration: Registration) -> dict[str, object]:
    """Everything that is known of a person in one fair, as JSON can hold it, by room; nobody else is named in it.

    The person's other registrations in this fair follow under "others".
    """
    return {
        "made_at": clock.now().isoformat(),
        "fair": {"name_zh": expo.name_zh, "name_en": expo.name_en, "address": expo.slug},
        **_export_one(expo, registration),
        "others": [_export_one(expo, row) for _, row in all_here(expo, registration)[1:]],
    }


def _export_one(expo: Expo, registration: Registration) -> dict[str, object]:
    parts = {room.name: room.export(expo, registration) for room in ROOMS if room.export}
    return {
        "person": parts.pop("visitors"),
        "scans": parts.pop("gates"),
        "history": parts.pop("audit"),
        **parts,
    }


def offer_export(expo: Expo, registration: Registration, by: Actor, reason: str = "") -> str:
    """Give out a link to the copy of a person's data: its token, good for a day. Noted in the audit (P12)."""
    audit.record(
        "portal.person_exported", by, expo_id=expo.id, subject=(HOLDER, registration.id), reason=reason
    )
    return visitors.data_link(registration)


def erase_person(people: Iterable[tuple[Expo, Registration]], by: Actor, reason: str = "") -> int:
    """Erase a person: all these registrations of theirs, in every room, inside the caller's transaction.

    Counts stay as they are. Gives how many it erased; files that were uploaded are looked through afterwards
    (`ERASE_FILES`).
    """
    wanted = [(expo, row) for expo, row in people if row.erased_at is None]
    gone = 0
    for expo, row in sorted(wanted, key=lambda pair: pair[1].id):
        # Asked again behind the lock, taken in one order: two clicks at once erase once.
        db.session.refresh(row, with_for_update=True)
        if row.erased_at is not None:
            continue
        gone += 1
        probe = {"phone": row.phone or "", "email": row.email or ""}
        audit.record(
            "portal.person_erased", by, expo_id=expo.id, subject=(HOLDER, row.id), after={"registrations": 1}
        )
        for room in ROOMS:
            if room.erase:
                room.erase(expo, row)
        note = audit.note_erasure(HOLDER, row.id, expo.id, probe)
        jobs.enqueue(ERASE_FILES, str(note.id), {"erasure": note.id}, expo_id=expo.id)
    return gone


def erase_account(user: User, by: Actor) -> None:
    """Erase a person who had an account, in every room; what they did stays as "erased person #id" (P18).

    Raises `Conflict("account_active")` while the person can sign in: who works here is disabled first, and so the last
    administrator stays.
    """
    if user.disabled_at is None:
        raise Conflict("account_active", N_("Disable the account first: then nobody works with it any more."))
    expos.erase_person(user.id)
    files.erase_person("user", user.id)
    jobs.erase_person("user", user.id)
    mail.erase_person("user", user.id)
    badges.erase_staff(user.id, user.name)
    accounts.erase_person(user, by)


def clear_files(run: JobRun, note: Erasure, import_ids: list[int]) -> int:
    """Take the erased person's uploaded lists away and forget what was looked for, inside one transaction."""
    with run.transaction():
        expo_id = note.expo_id or 0
        gone = forget_files(expo_id, import_ids) + forget_befores(expo_id, note.subject_id)
        audit.close_erasure(db.session.get_one(Erasure, note.id))
    return gone


def erasure_of(number: int) -> Erasure | None:
    """The note of an erasure whose files are still to be looked through."""
    return db.session.scalar(sa.select(Erasure).where(Erasure.id == number, Erasure.files_done_at.is_(None)))


def unfinished() -> int:
    """After how many erasures files are still being looked through."""
    found = sa.select(sa.func.count(Erasure.id)).where(Erasure.files_done_at.is_(None))
    return db.session.scalar(found) or 0


@dataclass(frozen=True)
class Counts:
    """What an erasure takes away, and what stays as numbers."""

    registrations: int
    badges: int
    messages: int
    visits: int
    scans: int


def counts(people: Iterable[tuple[Expo, Registration]]) -> Counts:
    """What is known of a person, in numbers."""
    wanted = list(people)
    held = [badge for _, row in wanted for badge in badges.export_person(HOLDER, row.id)]
    days: list[Any] = [day for badge in held for day in cast(list[str], badge["days"])]
    return Counts(
        registrations=len(wanted),
        badges=len(held),
        messages=sum(len(mail.export_person(HOLDER, row.id)) for _, row in wanted),
        visits=len(days),
        scans=sum(len(gates.export_person(expo, HOLDER, row.id)) for expo, row in wanted),
    )
