"""The published directory: exhibitors under contract with their entries and stands; the fair is the first argument."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from exhibitions.companies.models import Company
from exhibitions.core.db import db
from exhibitions.core.paging import Part, part
from exhibitions.core.regions import province_of
from exhibitions.core.search import read_question
from exhibitions.exhibitors.models import (
    DirectoryEntry,
    DirectoryProduct,
    Exhibitor,
    ExhibitorCategory,
    ExhibitorSettings,
    ProductCategory,
)
from exhibitions.exhibitors.queries.directory import takes_part
from exhibitions.exhibitors.rules.states import UNDER_CONTRACT
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Allocation, Stand
from exhibitions.stands.queries.of_exhibitors import stands_of
from exhibitions.stands.rules.allocation import AllocationKind

PAGE = 50
MOST = 5_000
MOST_CATEGORIES = 2_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader asks of the directory: words, and what the entries must have. `province` is a key of core.regions.

    `among` are the exhibitors that are asked for by something that another room knows; None for all.
    """

    text: str = ""
    zone: int | None = None
    category: int | None = None
    province: str = ""
    new: bool = False
    among: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry with its exhibitor and the stands, by number."""

    entry: DirectoryEntry
    exhibitor: Exhibitor
    stands: Sequence[Stand]


def is_published(expo: Expo) -> bool:
    """Whether the office shows the directory to everybody."""
    found = sa.select(ExhibitorSettings.directory_published_at).where(ExhibitorSettings.expo_id == expo.id)
    return db.session.scalar(found) is not None


def listed(expo: Expo, wanted: Wanted, page: int = 1, size: int = PAGE) -> Part[Listed]:
    """A page of the entries that match, in the order of the directory."""
    where = _where(expo, wanted)
    count = sa.select(sa.func.count(DirectoryEntry.id)).join(
        Exhibitor, Exhibitor.id == DirectoryEntry.exhibitor_id
    )
    total = db.session.scalar(count.outerjoin(Company, Company.id == Exhibitor.company_id).where(*where)) or 0
    return part(total, page, size, lambda skip: _rows(expo, where, size, skip))


def everybody(expo: Expo) -> list[Listed]:
    """The whole directory in its order, with products; for open data and for print."""
    return _rows(expo, _where(expo, Wanted()), MOST, 0)


def stands_with(expo: Expo, text: str, most: int) -> set[int]:
    """The rows of the stands, at most so many, of exhibitors whose entry has these words."""
    words = [DirectoryEntry.search.contains(word, autoescape=True) for word in read_question(text).words]
    found = (
        sa.select(Allocation.stand_id)
        .join(Exhibitor, Exhibitor.id == Allocation.exhibitor_id)
        .join(DirectoryEntry, DirectoryEntry.exhibitor_id == Exhibitor.id)
        .where(
            Allocation.expo_id == expo.id,
            Allocation.kind == AllocationKind.ASSIGNED,
            Allocation.ended_at.is_(None),
            Exhibitor.state.in_(UNDER_CONTRACT),
            takes_part(expo),
            *words,
        )
    )
    return set(db.session.scalars(found.distinct().limit(most))) if words else set()


def by_stand(expo: Expo, exhibitor_ids: Collection[int]) -> dict[int, DirectoryEntry]:
    """The own entry of each of these exhibitors, for a plan that names who is where."""
    found = sa.select(DirectoryEntry).where(
        DirectoryEntry.expo_id == expo.id,
        DirectoryEntry.exhibitor_id.in_(list(exhibitor_ids)),
        DirectoryEntry.co_exhibitor_id.is_(None),
    )
    return {entry.exhibitor_id: entry for entry in db.session.scalars(found)}


def categories(expo: Expo) -> Sequence[ProductCategory]:
    """The fair's nomenclature in its order."""
    return db.session.scalars(
        sa.select(ProductCategory)
        .where(ProductCategory.expo_id == expo.id)
        .order_by(ProductCategory.position, ProductCategory.id)
        .limit(MOST_CATEGORIES)
    ).all()


def categories_of(expo: Expo, exhibitor_ids: Collection[int]) -> dict[int, list[ProductCategory]]:
    """What these exhibitors show, by the nomenclature."""
    found: dict[int, list[ProductCategory]] = {}
    numbers = list(exhibitor_ids)
    for start in range(0, len(numbers), 500):
        rows = db.session.execute(
            sa.select(ExhibitorCategory.exhibitor_id, ProductCategory)
            .join(ProductCategory, ProductCategory.id == ExhibitorCategory.category_id)
            .where(
                ExhibitorCategory.expo_id == expo.id,
                ExhibitorCategory.exhibitor_id.in_(numbers[start : start + 500]),
            )
            .order_by(ProductCategory.position, ProductCategory.id)
        )
        for exhibitor_id, category in rows:
            found.setdefault(exhibitor_id, []).append(category)
    return found


def provinces(expo: Expo) -> list[str]:
    """The provinces, and places abroad, that exhibitors of the directory come from, as keys of core.regions."""
    return sorted({province_of(key) or key for key in _places(expo)})


# Where a company is: its place in China, its country where that is all that is known.
_PLACE = sa.case(
    (sa.and_(Company.region == "", Company.country != "CN"), Company.country), else_=Company.region
)


def _places(expo: Expo) -> list[str]:
    found = (
        sa.select(_PLACE)
        .join(Exhibitor, Exhibitor.company_id == Company.id)
        .where(Exhibitor.expo_id == expo.id, Exhibitor.state.in_(UNDER_CONTRACT), _PLACE != "")
        .distinct()
        .limit(1_000)
    )
    return list(db.session.scalars(found))


def _rows(expo: Expo, where: Sequence[sa.ColumnElement[bool]], size: int, skip: int) -> list[Listed]:
    found = (
        sa.select(DirectoryEntry, Exhibitor)
        .join(Exhibitor, Exhibitor.id == DirectoryEntry.exhibitor_id)
        .outerjoin(Company, Company.id == Exhibitor.company_id)
        .where(*where)
        .options(joinedload(Exhibitor.company), selectinload(DirectoryEntry.products))
        .order_by(DirectoryEntry.sort_key, DirectoryEntry.id)
        .limit(size)
        .offset(skip)
    )
    rows = db.session.execute(found).all()
    stands = stands_of(expo, {exhibitor.id for _, exhibitor in rows})
    return [Listed(entry, exhibitor, stands.get(exhibitor.id, [])) for entry, exhibitor in rows]


def _where(expo: Expo, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = [
        DirectoryEntry.expo_id == expo.id,
        Exhibitor.state.in_(UNDER_CONTRACT),
        takes_part(expo),
    ]
    where += [_word(expo, word) for word in read_question(wanted.text).words]
    if wanted.zone is not None:
        in_zone = _stands(expo).where(Stand.zone_id == wanted.zone).exists()
        where.append(sa.or_(Exhibitor.zone_id == wanted.zone, in_zone))
    if wanted.category is not None:
        shows = sa.select(ExhibitorCategory.id).where(
            ExhibitorCategory.exhibitor_id == Exhibitor.id,
            ExhibitorCategory.category_id.in_(_below(expo, wanted.category)),
        )
        where.append(shows.exists())
    if wanted.province:
        keys = [key for key in _places(expo) if (province_of(key) or key) == wanted.province]
        where.append(_PLACE.in_(keys))
    if wanted.new:
        fresh = sa.select(DirectoryProduct.id).where(
            DirectoryProduct.entry_id == DirectoryEntry.id, DirectoryProduct.is_new.is_(True)
        )
        where.append(fresh.exists())
    if wanted.among is not None:
        where.append(Exhibitor.id.in_(wanted.among))
    return where


def _word(expo: Expo, word: str) -> sa.ColumnElement[bool]:
    """A word is in the entry's line, or begins the number of one of its stands."""
    at = _stands(expo).where(sa.func.lower(Stand.number).startswith(word, autoescape=True)).exists()
    return sa.or_(DirectoryEntry.search.contains(word, autoescape=True), at)


def _stands(expo: Expo) -> sa.Select[int]:
    return (
        sa.select(Allocation.id)
        .join(Stand, Stand.id == Allocation.stand_id)
        .where(
            Allocation.expo_id == expo.id,
            Allocation.exhibitor_id == Exhibitor.id,
            Allocation.kind == AllocationKind.ASSIGNED,
            Allocation.ended_at.is_(None),
        )
    )


def _below(expo: Expo, category_id: int) -> list[int]:
    """A category and all below it."""
    children: dict[int | None, list[int]] = {}
    for each in categories(expo):
        children.setdefault(each.parent_id, []).append(each.id)
    found, todo = [category_id], [category_id]
    while todo:
        more = [number for number in children.get(todo.pop(), []) if number not in found]
        found += more
        todo += more
    return found
