"""The register as a list: filters, search, pages and rows for an export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from exhibitions.companies.models import Company, CompanyContact, CompanyPaper
from exhibitions.companies.queries import companies
from exhibitions.companies.rules.codes import CODE_LENGTH, normal_code
from exhibitions.companies.rules.papers import SOON
from exhibitions.core.db import db
from exhibitions.core.regions import PROVINCES, in_order, province_of
from exhibitions.core.search import END, read_question

PAGE = 50
_PORTION = 500
_CODE_BEGINS = 6
_ORDERS: dict[str, Any] = {
    "name": Company.sort_key,
    "number": Company.number,
    "changed": Company.changed_at,
}
ORDERS = frozenset(_ORDERS)
PAPER_STATES = ("ending", "over", "none")
HAS = ("no-code", "no-contact", "no-email")
"""What a company may lack, by its word in the address."""
ABROAD = "abroad"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which companies are wanted. Empty words narrow nothing. `country` is a code, `abroad` or `-` for unknown, `region` a
    province or city; `papers` and `has` are words of PAPER_STATES and HAS; `ids` are the ticked ones, all when empty.
    """

    text: str = ""
    country: str = ""
    region: str = ""
    papers: str = ""
    has: str = ""
    member: bool | None = None
    import_id: int | None = None
    order: str = "name"
    ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the list: the companies with contacts and papers, their number in all, and where this page stands."""

    rows: list[Company] = field(default_factory=list)
    total: int = 0
    page: int = 1
    last: int = 1


def found(filters: Filters, today: date, page: int = 1, size: int = PAGE) -> Page:
    """A page of the companies that are wanted, in three questions whatever its size."""
    conditions = conditions_of(filters, today)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Company).where(*conditions)) or 0
    last = max(1, -(-total // size))
    page = min(max(page, 1), last)
    ids = db.session.scalars(_sorted(filters, conditions).limit(size).offset((page - 1) * size)).all()
    return Page(rows_of(ids), total, page, last)


def ids_of(filters: Filters, today: date) -> Sequence[int]:
    """The rows of all that are wanted, in the order of the list."""
    return db.session.scalars(_sorted(filters, conditions_of(filters, today))).all()


def rows_of(ids: Sequence[int]) -> list[Company]:
    """These companies in the order of the ids, with contacts and papers."""
    known = companies(ids)
    return [known[number] for number in ids if number in known]


def export_rows(ids: Sequence[int]) -> Iterator[Company]:
    """These companies in the order of the ids, by portions that do not pile up in memory."""
    for start in range(0, len(ids), _PORTION):
        rows = rows_of(ids[start : start + _PORTION])
        yield from rows
        for row in rows:
            db.session.expunge(row)


def regions() -> list[str]:
    """The places that occur in the register and their provinces, in the order of lists; at most three hundred."""
    living = Company.merged_into_id.is_(None)
    asked = sa.select(Company.region).where(living, Company.region != "").distinct().limit(300)
    keys = set(db.session.scalars(asked))
    return in_order(keys | {province_of(key) for key in keys} - {""}, "zh")


def countries() -> list[str]:
    """The countries that occur in the register, the commonest first; at most three hundred."""
    living = Company.merged_into_id.is_(None)
    asked = sa.select(Company.country).where(living, Company.country != "").group_by(Company.country)
    return list(db.session.scalars(asked.order_by(sa.func.count().desc(), Company.country).limit(300)))


def conditions_of(filters: Filters, today: date) -> list[sa.ColumnElement[bool]]:
    """What is true of the companies that are wanted; those that were merged away are never among them."""
    conditions: list[sa.ColumnElement[bool]] = [Company.merged_into_id.is_(None)]
    if filters.country == ABROAD:
        conditions += [Company.country != "CN", Company.country != ""]
    elif filters.country:
        conditions.append(Company.country == filters.country.replace("-", ""))
    if filters.region:
        conditions.append(_lies_in(filters.region))
    if filters.member is not None:
        conditions.append(Company.is_member.is_(filters.member))
    if filters.import_id is not None:
        conditions.append(Company.import_id == filters.import_id)
    if filters.ids:
        conditions.append(Company.id.in_(filters.ids))
    conditions += _papers(filters.papers, today) + _lacks(filters.has)
    return conditions + _search(filters.text)


def _sorted(filters: Filters, conditions: list[sa.ColumnElement[bool]]) -> sa.Select[int]:
    column = _ORDERS.get(filters.order.removeprefix("-"), Company.sort_key)
    back = filters.order.startswith("-")
    order = [column.desc(), Company.id.desc()] if back else [column.asc(), Company.id.asc()]
    return sa.select(Company.id).where(*conditions).order_by(*order)


def _lies_in(region: str) -> sa.ColumnElement[bool]:
    if region not in PROVINCES:
        return Company.region == region
    keys = [key for key in regions() if province_of(key) == region]
    return Company.region.in_(keys or [region])


def _papers(state: str, today: date) -> list[sa.ColumnElement[bool]]:
    theirs = sa.exists().where(CompanyPaper.company_id == Company.id)
    if state == "none":
        return [sa.not_(theirs)]
    if state == "over":
        return [theirs.where(CompanyPaper.valid_to < today)]
    if state == "ending":
        return [theirs.where(CompanyPaper.valid_to >= today, CompanyPaper.valid_to <= today + SOON)]
    return []


def _lacks(what: str) -> list[sa.ColumnElement[bool]]:
    theirs = sa.exists().where(CompanyContact.company_id == Company.id)
    return {
        "no-code": [Company.country == "CN", Company.credit_code.is_(None)],
        "no-contact": [sa.not_(theirs)],
        "no-email": [sa.not_(theirs.where(CompanyContact.email.is_not(None)))],
    }.get(what, [])


def _search(text: str) -> list[sa.ColumnElement[bool]]:
    """Found by both names, pinyin, initials, number, credit code in any spelling, people, addresses, the end of a phone."""
    question = read_question(text)
    if not question.words:
        return []
    if question.phone:
        return [_holds(question.phone.removeprefix("+") + END, Company.search)]
    whole = normal_code(text)
    same_code = [Company.credit_code == whole] if len(whole) == CODE_LENGTH and whole.isascii() else []
    if not question.digits:
        in_line = sa.and_(*(_holds(word, Company.search) for word in question.words))
        return [sa.or_(in_line, *same_code)]
    either = [_holds(question.digits + END, Company.search), *same_code]
    either += [
        _holds(question.digits, column) for column in (Company.name_zh, Company.name_en, Company.number)
    ]
    if len(question.digits) >= _CODE_BEGINS:
        either.append(Company.credit_code.startswith(question.digits, autoescape=True))
    return [sa.or_(*either)]


def _holds(word: str, column: Any) -> sa.ColumnElement[bool]:
    """Whether the text has the word in it: letters for letters, which is several times quicker than LIKE on SQLite."""
    name = "strpos" if db.session.get_bind().dialect.name == "postgresql" else "instr"
    return getattr(sa.func, name)(column, word, type_=sa.Integer) > 0  # type: ignore[no-any-return]
