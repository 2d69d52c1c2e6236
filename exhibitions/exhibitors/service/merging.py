"""Two entries of one company on a fair's list become one, and are parted again within 30 days; nothing is lost either way.

The rooms above have rows of exhibitors too, and what binds an entry is theirs: portal.service.merging_entries is the way in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.companies.models import Company
from exhibitions.companies.rules.merging import can_part as in_time
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, lock_named
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.exhibitors.models import (
    Arrival,
    Call,
    CoExhibitor,
    DailyFigure,
    DirectoryEntry,
    DirectoryProduct,
    Exhibitor,
    ExhibitorCategory,
    ExhibitorEvent,
    ExhibitorMerge,
    ExhibitorMessage,
    ExhibitorPerson,
    FiguresMove,
    Presence,
    RepresentedCompany,
    StaffBadge,
)
from exhibitions.exhibitors.queries import merging as queries
from exhibitions.exhibitors.rules import merging as rules
from exhibitions.exhibitors.rules.directory import EntryState
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import directory
from exhibitions.exhibitors.service.applying import PAPERS
from exhibitions.exhibitors.service.handing_over import bring_back, hand_over, has_any
from exhibitions.exhibitors.service.moving import SUBJECT, lock
from exhibitions.expos.models import Expo

MERGED, PARTED = "merged", "parted"
_WHOLE: Mapping[str, Any] = {
    "co_exhibitors": CoExhibitor,
    "people": ExhibitorPerson,
    "staff": StaffBadge,
    "calls": Call,
    "messages": ExhibitorMessage,
    "presences": Presence,
    "figures": DailyFigure,
    "figures_moves": FiguresMove,
}
"""What goes over whole. People keep their links: they open the centre of the entry that stays."""
_IN_PART: Mapping[str, Any] = {
    "represented": RepresentedCompany,
    "categories": ExhibitorCategory,
    "entries": DirectoryEntry,
    "arrivals": Arrival,
}
"""What goes over as far as the entry that stays has not the same already."""
_ENTRY_WORDS = ("brand", "website", "phone", "email", "text_zh", "text_en", "name_zh", "name_en")
_ENTRY_MORE = ("logo_id", "fascia_zh", "fascia_en")


def lock_both(kept: Exhibitor, gone: Exhibitor) -> None:
    """Keep both from others until the transaction ends. Raises `Refused` for the same one twice, `Conflict` for one that
    is part of another already."""
    if kept.id == gone.id or kept.expo_id != gone.expo_id:
        raise Refused("same_entry", N_("These are the same entry."))
    for each in sorted((kept, gone), key=lambda one: one.id):
        lock(each)
        if each.merged_into_id is not None:
            raise Conflict("entry_merged", N_("One of the two is part of another entry already."))


def merge(kept: Exhibitor, gone: Exhibitor, rooms: Mapping[str, Any], by: Actor) -> ExhibitorMerge:
    """Make `gone`, which nothing binds, part of `kept`; both are locked. `rooms` is what rooms above handed over."""
    was = {
        "company_id": gone.company_id,
        "state": gone.state.value,
        "state_since": gone.state_since.isoformat(),
    }
    before = {
        "gone": was,
        "replaced": _end_doubled_figures(kept, gone),
        "rows": {name: hand_over(table, kept.id, gone.id) for name, table in _WHOLE.items()}
        | _hand_over_what_is_new(kept, gone),
        "chain": _point_to(kept, gone),
        "answers": _take_answers(kept, gone),
        "papers": _take_papers(kept, gone),
        "entry": _take_entry(kept, gone),
        "is_note_taken": bool(gone.note),
        "rooms": dict(rooms),
    }
    kept.note = rules.with_note(kept.note, gone.note)
    gone.merged_into_id, gone.company_id = kept.id, None
    gone.state, gone.state_since = State.NOT_THIS_EDITION, clock.now()
    row = ExhibitorMerge(
        expo_id=kept.expo_id,
        kept_id=kept.id,
        merged_id=gone.id,
        before=before,
        user_id=by.id if by.kind == "user" else None,
        merged_at=clock.now(),
    )
    db.session.add(row)
    _told(MERGED, kept, gone, by)
    return row


def check_parting(expo: Expo, row: ExhibitorMerge) -> tuple[Exhibitor, Exhibitor]:
    """The two entries of a merge that can still be undone, locked.

    Raises `Refused` after 30 days; `Conflict` where one was merged again since, where the company of the one that ended
    became part of another, or where that company has another entry by now.
    """
    db.session.refresh(row, with_for_update=True)
    kept, gone = db.session.get_one(Exhibitor, row.kept_id), db.session.get_one(Exhibitor, row.merged_id)
    for each in sorted((kept, gone), key=lambda one: one.id):
        lock(each)
    if not can_part(row, clock.now()):
        raise Refused(
            "entry_parting_late", N_("Entries that were merged can be parted for 30 days. This is over.")
        )
    if queries.merges_of(kept)[0][0].id != row.id or kept.merged_into_id is not None:
        raise Conflict(
            "entry_merged_since",
            N_("One of the two was merged again since. Undo the later merge first."),
        )
    number = row.before["gone"]["company_id"]
    company = db.session.get(Company, number) if number is not None else None
    if company is not None and company.merged_into_id is not None:
        raise Conflict(
            "companies_merged",
            N_("The two companies are one in the register by now. Part the companies first."),
        )
    if company is not None and queries.is_taken(expo, company, gone):
        raise Conflict("company_entered", N_("This company has another entry on the list by now."))
    return kept, gone


def part(row: ExhibitorMerge, kept: Exhibitor, gone: Exhibitor, by: Actor) -> None:
    """Undo a merge that `check_parting` let through: each has its own again. What was entered since stays with `kept`."""
    before = row.before
    gone.company_id, gone.state = before["gone"]["company_id"], State(before["gone"]["state"])
    gone.state_since = datetime.fromisoformat(before["gone"]["state_since"])
    gone.merged_into_id = None
    for name, table in {**_WHOLE, **_IN_PART}.items():
        bring_back(table, before["rows"].get(name, []), kept.id, gone.id)
    live = sa.update(DailyFigure).where(
        DailyFigure.id.in_(before["replaced"]), DailyFigure.exhibitor_id == gone.id
    )
    db.session.execute(live.values(replaced_at=None))
    earlier = sa.update(Exhibitor).where(
        Exhibitor.id.in_(before["chain"]), Exhibitor.merged_into_id == kept.id
    )
    db.session.execute(earlier.values(merged_into_id=gone.id))
    _give_answers_back(kept, gone, before)
    _give_entry_back(before["entry"])
    if before["is_note_taken"]:
        kept.note = rules.without_note(kept.note, gone.note)
    row.undone_at = clock.now()
    _told(PARTED, kept, gone, by)


def can_part(row: ExhibitorMerge, now: datetime) -> bool:
    """Whether a merge can still be undone at `now`: for 30 days, as in the register."""
    return row.undone_at is None and in_time(row.merged_at, now)


def _told(deed: str, kept: Exhibitor, gone: Exhibitor, by: Actor) -> None:
    now = clock.now()
    for one, other in ((kept, gone), (gone, kept)):
        one.changed_at = now
        db.session.add(
            ExhibitorEvent(
                expo_id=one.expo_id,
                exhibitor_id=one.id,
                at=now,
                actor_kind=by.kind,
                actor_id=by.id,
                deed=deed,
                state_before=one.state,
                state_after=one.state,
            )
        )
        audit.record(
            f"exhibitors.{deed}",
            by,
            expo_id=one.expo_id,
            subject=(SUBJECT, one.id),
            after={"entry": other.number},
        )
    db.session.flush()
    for one in (kept, gone):
        db.session.expire(one, ["people", "co_exhibitors", "represented"])


def _end_doubled_figures(kept: Exhibitor, gone: Exhibitor) -> list[int]:
    """Of a day that both reported the figures of the one that stays count; the others go into its trail (O10)."""
    lock_named(f"figures:{kept.expo_id}")
    mine, theirs = (
        {
            (row.day, row.currency): row
            for row in db.session.scalars(
                sa.select(DailyFigure).where(
                    DailyFigure.exhibitor_id == each.id, DailyFigure.replaced_at.is_(None)
                )
            )
        }
        for each in (kept, gone)
    )
    doubled = [theirs[key] for key in sorted(mine.keys() & theirs.keys())]
    for row in doubled:
        row.replaced_at = clock.now()
    db.session.flush()
    return [row.id for row in doubled]


def _hand_over_what_is_new(kept: Exhibitor, gone: Exhibitor) -> dict[str, list[int]]:
    shown = sa.select(ExhibitorCategory.category_id).where(ExhibitorCategory.exhibitor_id == kept.id)
    named = {_named(row) for row in kept.represented}
    new = [row.id for row in gone.represented if _named(row) not in named]
    # Entries of co-exhibitors go with them; of the exhibitors' own there can be one.
    own = has_any(DirectoryEntry, kept.id, DirectoryEntry.co_exhibitor_id.is_(None))
    with_co = (DirectoryEntry.co_exhibitor_id.is_not(None),) if own else ()
    arrivals = () if not has_any(Arrival, kept.id) else (sa.false(),)
    return {
        "represented": hand_over(RepresentedCompany, kept.id, gone.id, RepresentedCompany.id.in_(new)),
        "categories": hand_over(
            ExhibitorCategory, kept.id, gone.id, ExhibitorCategory.category_id.not_in(shown)
        ),
        "entries": hand_over(DirectoryEntry, kept.id, gone.id, *with_co),
        "arrivals": hand_over(Arrival, kept.id, gone.id, *arrivals),
    }


def _named(row: RepresentedCompany) -> tuple[str, ...]:
    return (row.credit_code,) if row.credit_code else (row.name_zh.casefold(), row.name_en.casefold())


def _point_to(kept: Exhibitor, gone: Exhibitor) -> list[int]:
    """Whoever was merged into the one that ends now is part of the one that stays; gives their numbers."""
    earlier = list(db.session.scalars(sa.select(Exhibitor.id).where(Exhibitor.merged_into_id == gone.id)))
    db.session.execute(sa.update(Exhibitor).where(Exhibitor.id.in_(earlier)).values(merged_into_id=kept.id))
    return earlier


def _take_answers(kept: Exhibitor, gone: Exhibitor) -> list[str]:
    """The blocks of the application that the one that stays has not filled; the contact is one of them."""
    names = [name for name in rules.missing(kept.answers, gone.answers) if name != PAPERS]
    kept.answers = kept.answers | {name: gone.answers[name] for name in names}
    return names


def _take_papers(kept: Exhibitor, gone: Exhibitor) -> list[int]:
    known = kept.answers.get(PAPERS) or []
    prints = {paper["sha256"] for paper in known}
    new = {paper["file_id"] for paper in gone.answers.get(PAPERS) or [] if paper["sha256"] not in prints}
    _hand_papers(gone, kept, new)
    return sorted(new)


def _hand_papers(one: Exhibitor, other: Exhibitor, files: Collection[int]) -> None:
    """Papers go over whole: a file that lay with both would go with either."""
    theirs = one.answers.get(PAPERS) or []
    handed = [paper for paper in theirs if paper["file_id"] in files]
    if handed:
        rest = {PAPERS: [paper for paper in theirs if paper not in handed]}
        others = {name: value for name, value in one.answers.items() if name != PAPERS}
        one.answers = others | (rest if rest[PAPERS] else {})
        other.answers = {**other.answers, PAPERS: [*(other.answers.get(PAPERS) or []), *handed]}


def _give_answers_back(kept: Exhibitor, gone: Exhibitor, before: Mapping[str, Any]) -> None:
    """What was answered anew since stays; what still is the other's goes."""
    theirs = {name for name in before["answers"] if kept.answers.get(name) == gone.answers.get(name)}
    kept.answers = {name: value for name, value in kept.answers.items() if name not in theirs}
    _hand_papers(kept, gone, before["papers"])


def _own_entry(exhibitor_id: int) -> DirectoryEntry | None:
    return db.session.scalar(
        sa.select(DirectoryEntry).where(
            DirectoryEntry.exhibitor_id == exhibitor_id, DirectoryEntry.co_exhibitor_id.is_(None)
        )
    )


def _take_entry(kept: Exhibitor, gone: Exhibitor) -> dict[str, Any]:
    """What both wrote for the directory: the words that the one that stays has not, and all products if it has none.

    Once it is sent or printed it stays as it is: what is printed must be what was said.
    """
    mine, theirs = _own_entry(kept.id), _own_entry(gone.id)
    if mine is None or theirs is None or mine.state is not EntryState.DRAFT:
        return {}
    said = (*_ENTRY_WORDS, *_ENTRY_MORE)
    names = rules.missing(_said(mine, said), _said(theirs, said))
    for name in names:
        setattr(mine, name, getattr(theirs, name))
    products = [] if mine.products else [row.id for row in theirs.products]
    _hand_products(products, theirs.id, mine.id)
    _found_anew(mine, theirs)
    return {"kept": mine.id, "gone": theirs.id, "names": names, "products": products}


def _give_entry_back(taken: Mapping[str, Any]) -> None:
    if not taken:
        return
    mine = db.session.get(DirectoryEntry, taken["kept"])
    theirs = db.session.get(DirectoryEntry, taken["gone"])
    if mine is None or theirs is None:
        return
    if mine.state is EntryState.DRAFT:
        for name in taken["names"]:
            if getattr(mine, name) == getattr(theirs, name):
                setattr(mine, name, None if name == "logo_id" else "")
    _hand_products(taken["products"], mine.id, theirs.id)
    _found_anew(mine, theirs)


def _said(entry: DirectoryEntry, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in names}


def _hand_products(ids: list[int], from_id: int, to_id: int) -> None:
    theirs = sa.update(DirectoryProduct).where(
        DirectoryProduct.id.in_(ids), DirectoryProduct.entry_id == from_id
    )
    db.session.execute(theirs.values(entry_id=to_id))


def _found_anew(*entries: DirectoryEntry) -> None:
    for entry in entries:
        db.session.flush()
        db.session.expire(entry, ["products"])
        directory.refresh_search(entry)
