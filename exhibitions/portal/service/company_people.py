"""People of companies over the register, all fairs and their money: found, handed out, erased, by the office alone (P7, P9).

A number or an address that somebody types proves nothing: who asks is called back, and the office starts it. No page of
a visitor or an exhibitor leads here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from exhibitions.audit import service as audit
from exhibitions.awards.service import personal as awards
from exhibitions.companies.service import personal as companies
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_, NotFound, Refused
from exhibitions.core.sameness import same_key
from exhibitions.core.somebody import Seen, Somebody
from exhibitions.exhibitors.service import personal as exhibitors
from exhibitions.orders.service import personal as orders

_ROUNDS = 5
"""How often a person's further numbers and addresses are looked for; each round finds rows that the last could not."""


@dataclass(frozen=True)
class Room:
    """What a room offers for one person: the rows that a number or address finds, one of them, the copy, the end."""

    name: str
    seen: Callable[[Somebody], list[Seen]]
    one: Callable[[str, int], Seen | None]
    export: Callable[[Somebody], object]
    erase: Callable[[Somebody, Actor], int]


# The register last: by it the others find in which papers a person may stand.
ROOMS: tuple[Room, ...] = (
    Room(
        "orders",
        orders.seen,
        orders.one,
        orders.export_person,
        lambda who, _: orders.erase_person(who),
    ),
    Room("awards", awards.seen, awards.one, awards.export_person, awards.erase_person),
    Room("exhibitors", exhibitors.seen, exhibitors.one, exhibitors.export_person, exhibitors.erase_person),
    Room("companies", companies.seen, companies.one, companies.export_person, companies.erase_person),
)


@dataclass(frozen=True)
class Found:
    """A person of companies: by which row the pages name them, who they are, and every row that is about them."""

    first: Seen
    who: Somebody
    rows: Sequence[Seen]

    @property
    def companies(self) -> list[str]:
        """The names of their companies, each once."""
        return list(dict.fromkeys(row.company for row in self.rows if row.company))

    @property
    def expo_ids(self) -> set[int]:
        """In which fairs they are."""
        return {row.expo_id for row in self.rows if row.expo_id is not None}


def find(phone: str | None, email: str | None) -> list[Found]:
    """The people with this number (E.164) or this address (small letters), those of one name together."""
    asked = Somebody.of("", phone, email)
    people: dict[str, Seen] = {}
    for room in ROOMS:
        for row in room.seen(asked):
            people.setdefault(same_key(row.name), row)
    return [_whole(row) for row in people.values()]


def person(kind: str, number: int) -> Found | None:
    """The person whom a row of this kind and number is about; None where there is none, or it names nobody any more."""
    for room in ROOMS:
        row = room.one(kind, number)
        if row is not None and (row.phone or row.email):
            return _whole(row)
    return None


def export_person(found: Found, by: Actor, reason: str) -> dict[str, object]:
    """Everything that is known of a person of companies, as JSON can hold it, by room. Noted in the audit (P12)."""
    audit.record(
        "portal.person_exported",
        by,
        subject=(found.first.kind, found.first.id),
        after={"rows": len(found.rows)},
        reason=reason,
    )
    parts = {room.name: room.export(found.who) for room in ROOMS}
    return {"made_at": clock.now().isoformat(), "name": found.who.name, **parts}


def blocked(found: Found) -> Refused | None:
    """Why the person cannot be erased now: who signed an order that still binds waits till it is settled (A3)."""
    signed = [row.id for row in found.rows if row.kind == exhibitors.PERSON]
    if not orders.signs_open_contract(signed):
        return None
    return Refused("open_contract", N_("This person signed a contract that is still open. Settle it first."))


def erase_person(found: Found, by: Actor) -> int:
    """Erase a person of companies in every room; gives from how many rows. Raises what blocks it, `NotFound`: is gone."""
    refusal = blocked(found)
    if refusal is not None:
        raise refusal
    if not found.rows:
        raise NotFound("person_gone", N_("This person is not there any more."))
    audit.record(
        "portal.person_erased",
        by,
        subject=(found.first.kind, found.first.id),
        after={"rows": len(found.rows)},
    )
    return sum(room.erase(found.who, by) for room in ROOMS)


def _whole(first: Seen) -> Found:
    """The person of a row with every number and address under which rows of the same name know them."""
    who = Somebody.of(first.name, first.phone, first.email)
    rows: list[Seen] = []
    for _round in range(_ROUNDS):
        rows = [row for room in ROOMS for row in room.seen(who) if who.is_called(row.name)]
        named = [row for row in rows if who.has_name(row.name)]
        wider = replace(
            who,
            phones=who.phones | {row.phone for row in named if row.phone},
            emails=who.emails | {row.email for row in named if row.email},
        )
        if wider == who:
            break
        who = wider
    return Found(first, who, rows)
