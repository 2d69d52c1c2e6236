"""Two entries of one company become one, and are parted again within 30 days; nothing is lost either way.

Rooms above this one keep rows of companies: they join `ROOMS` (filled by the composition root), move their rows when two
become one, and bring them back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.companies import queries
from exhibitions.companies.models import Company, CompanyContact, CompanyMerge, CompanyPaper
from exhibitions.companies.queries import doubles
from exhibitions.companies.rules import merging as rules
from exhibitions.companies.rules.facts import CompanyFacts, checked_facts
from exhibitions.companies.service import PERSONAL, check_living, facts_of, refresh_keys
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused

FORGET = "companies.forget_merges"
_PORTION = 200


@dataclass(frozen=True)
class Room:
    """What a room above does with its rows of companies, inside the caller's transaction.

    `move(kept_id, gone_id)` hands the rows of the one over to the other and gives, as JSON can hold it, what `part` needs
    to bring them back; it raises `Refused` where the two cannot be one. `part(kept_id, gone_id, moved)` does that.
    `uses(ids)` says which of these companies it has rows of.
    """

    name: str
    move: Callable[[int, int], Any]
    part: Callable[[int, int, Any], None]
    uses: Callable[[Collection[int]], set[int]]


ROOMS: list[Room] = []


def used(ids: Collection[int]) -> set[int]:
    """Which of these companies a room above has rows of."""
    found: set[int] = set()
    for room in ROOMS:
        found |= room.uses(ids)
    return found


def merge(kept: Company, gone: Company, choice: Mapping[str, str], by: Actor) -> CompanyMerge:
    """Make one entry of two: `kept` stays with the chosen fields, the contacts, the papers and everything of both.

    Raises `Refused` for the same one twice, what `checked_facts` raises for fields that do not go together, `Conflict` for
    one that was merged already, and what a room above has against it.
    """
    _lock(kept, gone)
    facts = checked_facts(_as_facts(rules.chosen(choice, kept, gone)))
    before, merged = _fields_of(kept), _plain(asdict(facts))
    rows = {
        "contacts": _move_rows(CompanyContact, kept, gone),
        "papers": _move_rows(CompanyPaper, kept, gone),
        "chain": _point_to(kept, gone),
    }
    gone.merged_into_id = kept.id
    # The code that goes over must be free before it is taken.
    db.session.flush()
    _write(kept, merged)
    moved = {room.name: room.move(kept.id, gone.id) for room in ROOMS}
    row = CompanyMerge(
        kept_id=kept.id,
        merged_id=gone.id,
        merged_at=clock.now(),
        user_id=by.id if by.kind == "user" else None,
        before={"fields": before, "merged": merged, "rows": rows, "rooms": moved},
    )
    db.session.add(row)
    db.session.flush()
    changed = [name for name in merged if merged[name] != before[name]]
    audit.record(
        "companies.merged",
        by,
        subject=("company", kept.id),
        before={name: before[name] for name in changed},
        after={name: merged[name] for name in changed} | {"other": gone.id},
        withheld=PERSONAL,
    )
    audit.record("companies.merged", by, subject=("company", gone.id), after={"other": kept.id})
    return row


def part(row: CompanyMerge, by: Actor) -> None:
    """Undo a merge: both are what they were, each with its own contacts, papers and rows of rooms above.

    What was typed since stays with the one that was kept. Raises `Refused` after 30 days, `Conflict` when it was undone,
    when the kept one was merged again since, or when somebody else has the credit code by now.
    """
    db.session.refresh(row, with_for_update=True)
    kept, gone = db.session.get_one(Company, row.kept_id), db.session.get_one(Company, row.merged_id)
    _check_parting(row, kept, gone)
    before = row.before
    now = _fields_of(kept)
    restored = now | rules.restored(before["fields"], before["merged"], now)
    # Before anything is written: else the database would refuse it, without a word.
    _check_codes({restored["credit_code"], gone.credit_code}, kept, gone)
    _write(kept, restored)
    db.session.flush()
    gone.merged_into_id = None
    _bring_back(CompanyContact, before["rows"]["contacts"], kept, gone)
    _bring_back(CompanyPaper, before["rows"]["papers"], kept, gone)
    for number in before["rows"]["chain"]:
        earlier = db.session.get(Company, number)
        if earlier is not None and earlier.merged_into_id == kept.id:
            earlier.merged_into_id = gone.id
    db.session.flush()
    for company in (kept, gone):
        company.changed_at = clock.now()
        db.session.expire(company, ["contacts", "papers"])
        refresh_keys(company)
    for room in ROOMS:
        if room.name in before["rooms"]:
            room.part(kept.id, gone.id, before["rooms"][room.name])
    row.undone_at, row.before = clock.now(), {}
    for one, other in ((kept, gone), (gone, kept)):
        audit.record("companies.parted", by, subject=("company", one.id), after={"other": other.id})


def can_part(row: CompanyMerge, now: datetime) -> bool:
    """Whether a merge can still be undone at `now`."""
    return row.undone_at is None and bool(row.before) and rules.can_part(row.merged_at, now)


def forget(now: datetime) -> int:
    """Empty what it takes to part those who were merged 30 days ago (P6), a portion at a time; gives its number."""
    rows = doubles.old_merges(now - rules.PARTED_FOR, _PORTION)
    for row in rows:
        row.before = {}
    return len(rows)


def _lock(kept: Company, gone: Company) -> None:
    if kept.id == gone.id:
        raise Refused("same_company", N_("These are the same company."))
    for each in sorted((kept, gone), key=lambda one: one.id):
        db.session.refresh(each, with_for_update=True)
        check_living(each)


def _check_parting(row: CompanyMerge, kept: Company, gone: Company) -> None:
    if not can_part(row, clock.now()):
        raise Refused(
            "parting_late", N_("Companies that were merged can be parted for 30 days. This is over.")
        )
    newest = doubles.merges_of(kept.id)[0]
    if newest.id != row.id or kept.merged_into_id is not None or gone.merged_into_id != kept.id:
        raise Conflict(
            "merged_since", N_("One of the two was merged again since. Undo the later merge first.")
        )


def _check_codes(codes: Collection[str | None], kept: Company, gone: Company) -> None:
    """Each takes its code back; whoever else has one of them by now keeps it."""
    for code in filter(None, codes):
        other = queries.by_credit_code(code)
        if other is not None and other.id not in (kept.id, gone.id):
            raise Conflict(
                "code_taken_since",
                N_("%(name)s has the credit code of one of the two companies by now. Correct that first."),
                name=other.name_zh or other.name_en,
            )


def _as_facts(fields: Mapping[str, Any]) -> CompanyFacts:
    return CompanyFacts(**dict(fields) | {"kinds": tuple(fields["kinds"] or ())})


def _fields_of(company: Company) -> dict[str, Any]:
    return _plain(asdict(facts_of(company)))


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return dict(fields) | {"kinds": list(fields["kinds"])}


def _write(company: Company, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        setattr(company, name, value)
    company.changed_at = clock.now()
    db.session.expire(company, ["contacts", "papers"])
    refresh_keys(company)


def _move_rows(model: type[CompanyContact | CompanyPaper], kept: Company, gone: Company) -> list[int]:
    """Hand the rows of the one over to the other; gives their numbers."""
    ids = list(db.session.scalars(sa.select(model.id).where(model.company_id == gone.id).order_by(model.id)))
    db.session.execute(sa.update(model).where(model.id.in_(ids)).values(company_id=kept.id))
    return ids


def _bring_back(
    model: type[CompanyContact | CompanyPaper], ids: list[int], kept: Company, gone: Company
) -> None:
    """Rows that are still there go back; one that was removed meanwhile stays removed."""
    back = sa.update(model).where(model.id.in_(ids), model.company_id == kept.id)
    db.session.execute(back.values(company_id=gone.id))


def _point_to(kept: Company, gone: Company) -> list[int]:
    """Whoever was merged into the one that goes now stands under the one that stays; gives their numbers."""
    earlier = list(db.session.scalars(sa.select(Company.id).where(Company.merged_into_id == gone.id)))
    db.session.execute(sa.update(Company).where(Company.id.in_(earlier)).values(merged_into_id=kept.id))
    return earlier
