"""Questions about what is entered: the list of a season, one entry with its history, and what jurors see of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from exhibitions.awards.models import AwardCategory, AwardEntry, AwardSeason, EntryEvent, EntryFile
from exhibitions.awards.queries.published import is_public
from exhibitions.awards.queries.seasons import MOST_SEASONS
from exhibitions.awards.rules.entering import SCREENING, UNCOUNTED, covered, is_open, place_of
from exhibitions.awards.rules.entry_words import states_shown_as
from exhibitions.awards.rules.states import (
    EntryStage,
    EntryState,
    FileKind,
    SeasonState,
)
from exhibitions.companies import queries as companies
from exhibitions.companies.models import Company
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.core.paging import Part, part
from exhibitions.core.search import read_question
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.queries.merging import became_part_of
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import LARGEST_NUMBER
from exhibitions.files.models import StoredFile

PAGE = 50
MOST_TAKEN = 5_000
"""So many entries go into one export and one deed for many."""
_OF_RESULT = (EntryState.AWARDED, EntryState.NOT_AWARDED, EntryState.CERTIFICATE_ISSUED)
_ORDERS: Mapping[str, sa.SQLColumnExpression[Any]] = {
    "number": AwardEntry.number,
    "product": sa.func.coalesce(sa.func.nullif(AwardEntry.product_zh, ""), AwardEntry.product_en),
    "company": sa.func.coalesce(sa.func.nullif(AwardEntry.company_zh, ""), AwardEntry.company_en),
    # By what may be shown: the order of the list must not tell a result either.
    "state": sa.case(
        (AwardEntry.state.in_(_OF_RESULT), sa.literal(EntryState.JUDGED.value)),
        else_=sa.cast(AwardEntry.state, sa.String(32)),
    ),
    "submitted": AwardEntry.submitted_at,
}
ORDERS = frozenset(_ORDERS)


@dataclass(frozen=True)
class Filters:
    """Which entries are wanted; empty words narrow nothing. `order` is a word of ORDERS, with - before it turned round."""

    stage: str = ""
    category: str = ""
    place: str = ""
    text: str = ""
    order: str = "number"


def found(season: AwardSeason, filters: Filters, page: int = 1, size: int = PAGE) -> Part[AwardEntry]:
    """A page of the entries that the filters let through; two queries, whatever their number. Drafts are among them."""
    conditions = _conditions(season, filters)
    count = sa.select(sa.func.count(AwardEntry.id)).where(*conditions)
    column = _ORDERS[filters.order.removeprefix("-")]
    turned = column.desc() if filters.order.startswith("-") else column.asc()
    wanted = (
        sa.select(AwardEntry)
        .options(joinedload(AwardEntry.category))
        .where(*conditions)
        .order_by(turned.nulls_last(), AwardEntry.id)
    )

    def load(offset: int) -> Sequence[AwardEntry]:
        return db.session.scalars(wanted.limit(size).offset(offset)).all()

    return part(db.session.scalar(count) or 0, page, size, load)


def numbers_of(season: AwardSeason, filters: Filters) -> Sequence[int]:
    """The rows of at most MOST_TAKEN entries that the filters let through."""
    wanted = sa.select(AwardEntry.id).where(*_conditions(season, filters))
    return db.session.scalars(wanted.order_by(AwardEntry.id).limit(MOST_TAKEN)).all()


def of_ids(season: AwardSeason, ids: Collection[int]) -> Sequence[AwardEntry]:
    """The entries of this season with these rows; strangers' find nothing."""
    wanted = sa.select(AwardEntry).where(AwardEntry.season_id == season.id, AwardEntry.id.in_(ids))
    return db.session.scalars(wanted.order_by(AwardEntry.id).limit(MOST_TAKEN)).all()


def counts(season: AwardSeason) -> dict[EntryStage, int]:
    """How many entries stand under each word of the list; every word is named."""
    grouped = (
        sa.select(AwardEntry.state, sa.func.count())
        .where(AwardEntry.season_id == season.id)
        .group_by(AwardEntry.state)
    )
    by_state: dict[EntryState, int] = dict(db.session.execute(grouped).all())
    public = is_public(season, clock.now())
    return {
        stage: sum(by_state.get(state, 0) for state in states_shown_as(stage, is_public=public))
        for stage in EntryStage
    }


def places(season: AwardSeason) -> Sequence[str]:
    """The places that entries of a season come from."""
    wanted = sa.select(AwardEntry.place).where(AwardEntry.season_id == season.id, AwardEntry.place != "")
    return db.session.scalars(wanted.distinct().order_by(AwardEntry.place)).all()


def entry_of(season: AwardSeason, entry_id: int) -> AwardEntry | None:
    """The entry with this row, if it is of this season, with category, makers and files."""
    if entry_id > LARGEST_NUMBER:
        return None
    wanted = sa.select(AwardEntry).where(AwardEntry.season_id == season.id, AwardEntry.id == entry_id)
    found: AwardEntry | None = db.session.scalar(_whole(wanted))
    return found


def mine(expo: Expo, exhibitor: Exhibitor, entry_id: int) -> tuple[AwardSeason, AwardEntry] | None:
    """The exhibitor's own entry with its season; None for any other."""
    if entry_id > LARGEST_NUMBER:
        return None
    wanted = sa.select(AwardEntry).where(
        AwardEntry.expo_id == expo.id,
        AwardEntry.id == entry_id,
        AwardEntry.exhibitor_id.in_(_all_of(exhibitor)),
    )
    entry = db.session.scalar(_whole(wanted))
    if entry is None:
        return None
    return db.session.get_one(AwardSeason, entry.season_id), entry


def of_exhibitor(expo: Expo, exhibitor: Exhibitor) -> Sequence[AwardEntry]:
    """What the exhibitor has entered or begun in the fair, the newest first."""
    wanted = sa.select(AwardEntry).where(
        AwardEntry.expo_id == expo.id, AwardEntry.exhibitor_id.in_(_all_of(exhibitor))
    )
    return db.session.scalars(
        wanted.options(joinedload(AwardEntry.category)).order_by(AwardEntry.id.desc()).limit(MOST_TAKEN)
    ).all()


def drafts(season: AwardSeason, exhibitor: Exhibitor) -> Sequence[AwardEntry]:
    """What the exhibitor has begun in this season and not submitted."""
    wanted = sa.select(AwardEntry).where(
        AwardEntry.season_id == season.id,
        AwardEntry.exhibitor_id.in_(_all_of(exhibitor)),
        AwardEntry.state == EntryState.DRAFT,
    )
    return db.session.scalars(wanted.order_by(AwardEntry.id)).all()


def awards_open(expo: Expo) -> Sequence[AwardSeason]:
    """The seasons that take entries or have taken them, the newest first; one that is being set up is nobody's business."""
    wanted = sa.select(AwardSeason).where(
        AwardSeason.expo_id == expo.id, AwardSeason.state != SeasonState.DRAFT
    )
    return db.session.scalars(wanted.order_by(AwardSeason.id.desc()).limit(MOST_SEASONS)).all()


def count_of_company(
    season: AwardSeason, exhibitor_id: int | None, company_id: int | None, *, besides: int | None = None
) -> int:
    """How many products a company has entered, under whichever of the two it is known, and whatever became part of it.

    Drafts and what fell out do not count.
    """
    whose = [
        column.in_(ids)
        for column, ids in (
            (AwardEntry.exhibitor_id, _same_exhibitors(exhibitor_id)),
            (AwardEntry.company_id, _same_companies(company_id)),
        )
        if ids
    ]
    if not whose:
        return 0
    wanted = sa.select(sa.func.count(AwardEntry.id)).where(
        AwardEntry.season_id == season.id,
        AwardEntry.state.not_in(tuple(UNCOUNTED)),
        sa.or_(*whose),
        AwardEntry.id != (besides or 0),
    )
    return db.session.scalar(wanted) or 0


def _same_exhibitors(exhibitor_id: int | None) -> set[int]:
    if exhibitor_id is None:
        return set()
    kept = db.session.scalar(sa.select(Exhibitor.merged_into_id).where(Exhibitor.id == exhibitor_id))
    whole = kept or exhibitor_id
    return {whole} | became_part_of({whole})


def _same_companies(company_id: int | None) -> set[int]:
    if company_id is None:
        return set()
    kept = companies.stands_for(company_id)
    return {kept, *db.session.scalars(sa.select(Company.id).where(Company.merged_into_id == kept))}


def numbers(season: AwardSeason) -> Sequence[str]:
    """Every blind code that was given in a season."""
    wanted = sa.select(AwardEntry.number).where(
        AwardEntry.season_id == season.id, AwardEntry.number.is_not(None)
    )
    return [number for number in db.session.scalars(wanted) if number is not None]


def history(season: AwardSeason, entry: AwardEntry) -> Sequence[EntryEvent]:
    """What happened to an entry, the last first; what would tell a result is left out until it is public."""
    wanted = sa.select(EntryEvent).where(EntryEvent.entry_id == entry.id)
    if not is_public(season, clock.now()):
        for column in (EntryEvent.state_before, EntryEvent.state_after):
            wanted = wanted.where(sa.or_(column.is_(None), column.not_in(_OF_RESULT)))
    return db.session.scalars(wanted.order_by(EntryEvent.id.desc()).limit(200)).all()


def last_event(entry: AwardEntry, deed: str) -> EntryEvent | None:
    """The last time that this was done with an entry."""
    wanted = sa.select(EntryEvent).where(EntryEvent.entry_id == entry.id, EntryEvent.deed == deed)
    return db.session.scalar(wanted.order_by(EntryEvent.id.desc()).limit(1))


def last_of_all(entry: AwardEntry) -> EntryEvent | None:
    """The last that happened to the entry."""
    wanted = sa.select(EntryEvent).where(EntryEvent.entry_id == entry.id)
    return db.session.scalar(wanted.order_by(EntryEvent.id.desc()).limit(1))


def contents(entry: AwardEntry) -> set[tuple[FileKind, str]]:
    """What the files of an entry hold: the kind and the SHA-256 of each."""
    wanted = sa.select(EntryFile.kind, StoredFile.sha256).join(StoredFile, StoredFile.id == EntryFile.file_id)
    rows = db.session.execute(wanted.where(EntryFile.entry_id == entry.id))
    return {(kind, sha256) for kind, sha256 in rows}


@dataclass(frozen=True, slots=True)
class WhoseNow:
    """Names and place of an entry's company as they would be written down now."""

    company_zh: str
    company_en: str
    place: str


def whose_now(entry: AwardEntry) -> WhoseNow:
    """What the register says of the entry's company, or of what it was merged into; without one what the entry says."""
    number = companies.stands_for(entry.company_id) if entry.company_id is not None else None
    company = db.session.get(Company, number) if number is not None else None
    if company is None:
        return WhoseNow(entry.company_zh, entry.company_en, entry.place)
    return WhoseNow(company.name_zh, company.name_en, place_of(company) or entry.place)


def _whose(entry: AwardEntry) -> WhoseNow:
    """A draft's company as its submission will write it down, that of anything else as it was written down."""
    if entry.submitted_at is None:
        return whose_now(entry)
    return WhoseNow(entry.company_zh, entry.company_en, entry.place)


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """An entry as a juror reads it. In a blind season company, place, brand and joint makers are empty, and the company's
    names are covered wherever they stand in a text. `pictures` are named by their place alone.
    """

    number: str
    category: AwardCategory | None
    product_zh: str
    product_en: str
    innovation_zh: str
    innovation_en: str
    brand: str
    company_zh: str
    company_en: str
    place: str
    makers: tuple[str, ...]
    pictures: tuple[EntryFile, ...]


def names_to_cover(season: AwardSeason, entry: AwardEntry) -> tuple[str, ...]:
    """The names that no juror of a blind season may read, for `entering.covered`; none where the season is open."""
    return _names(entry, _whose(entry)) if season.is_blind else ()


def _names(entry: AwardEntry, whose: WhoseNow) -> tuple[str, ...]:
    return (whose.company_zh, whose.company_en, entry.brand, *(each.company for each in entry.makers))


def seen_by_jurors(season: AwardSeason, entry: AwardEntry) -> SeenEntry:
    """What jurors see of an entry: the one source of the juror's page and of the company's preview (E9)."""
    makers, whose, open_to_all = (
        tuple(each.company for each in entry.makers),
        _whose(entry),
        not season.is_blind,
    )
    names = () if open_to_all else _names(entry, whose)
    return SeenEntry(
        number=entry.number or "",
        category=entry.category,
        product_zh=covered(entry.product_zh, names),
        product_en=covered(entry.product_en, names),
        innovation_zh=covered(entry.innovation_zh, names),
        innovation_en=covered(entry.innovation_en, names),
        brand=entry.brand if open_to_all else "",
        company_zh=whose.company_zh if open_to_all else "",
        company_en=whose.company_en if open_to_all else "",
        place=whose.place if open_to_all else "",
        makers=makers if open_to_all else (),
        pictures=tuple(each for each in entry.files if each.kind is FileKind.PICTURE),
    )


def returned(expo: Expo, exhibitor: Exhibitor) -> list[tuple[AwardEntry, datetime | None]]:
    """The exhibitor's entries that wait for its answer, each with the end of screening."""
    wanted = (
        sa.select(AwardEntry, AwardSeason.screening_until)
        .join(AwardSeason, AwardSeason.id == AwardEntry.season_id)
        .where(
            AwardEntry.expo_id == expo.id,
            AwardEntry.exhibitor_id.in_(_all_of(exhibitor)),
            AwardEntry.state == EntryState.RETURNED,
            AwardSeason.state.in_(tuple(SCREENING)),
        )
    )
    return [(entry, until) for entry, until in db.session.execute(wanted.order_by(AwardEntry.id))]


def soonest_deadline(expo: Expo, now: datetime) -> tuple[AwardSeason, datetime | None] | None:
    """The award of the fair that takes entries at `now` and closes first, with its deadline."""
    wanted = sa.select(AwardSeason).where(
        AwardSeason.expo_id == expo.id, AwardSeason.state == SeasonState.OPEN
    )
    rows = db.session.scalars(
        wanted.order_by(AwardSeason.closes_at.nulls_last(), AwardSeason.id).limit(MOST_SEASONS)
    )
    season = next((each for each in rows if is_open(each, now)), None)
    return (season, season.closes_at) if season is not None else None


def _whole(wanted: sa.Select[Any]) -> sa.Select[Any]:
    return wanted.options(
        joinedload(AwardEntry.category), selectinload(AwardEntry.makers), selectinload(AwardEntry.files)
    )


def _all_of(exhibitor: Exhibitor) -> set[int]:
    """The exhibitor, and the entries of the same company that became part of it."""
    return {exhibitor.id} | became_part_of({exhibitor.id})


def _conditions(season: AwardSeason, filters: Filters) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [AwardEntry.season_id == season.id]
    if filters.stage:
        states = states_shown_as(EntryStage(filters.stage), is_public=is_public(season, clock.now()))
        conditions.append(AwardEntry.state.in_(states))
    if filters.category:
        codes = sa.select(AwardCategory.id).where(
            AwardCategory.season_id == season.id, AwardCategory.code == filters.category
        )
        conditions.append(AwardEntry.category_id.in_(codes))
    if filters.place:
        conditions.append(AwardEntry.place == filters.place)
    words = read_question(filters.text).words
    return conditions + [AwardEntry.search.contains(word, autoescape=True) for word in words]
