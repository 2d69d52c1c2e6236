"""O4: the companies of a fair as a list and as a board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from exhibitions.companies.models import Company, CompanyContact
from exhibitions.companies.rules.doubles import name_key
from exhibitions.companies.rules.facts import CompanyFacts
from exhibitions.core.contact import clean_code, normal_email, normal_phone
from exhibitions.core.db import db
from exhibitions.core.paging import Part, part
from exhibitions.core.search import END, read_question
from exhibitions.exhibitors.models import Call, Exhibitor, ExhibitorCategory, ExhibitorPerson
from exhibitions.exhibitors.rules.recruiting import MOVING, STUCK
from exhibitions.exhibitors.rules.states import Stage, State, stage_of, states_of
from exhibitions.expos.models import Expo

PAGE = 50
MOST_TAKEN = 5_000
"""So many rows go into one export and one deed for many."""
COLUMN = 50
"""So many cards stand in a column of the board; the list has the rest."""
NOBODY = -1
"""The owner of what nobody looks after."""
_ORDERS: Mapping[str, sa.SQLColumnExpression[Any]] = {
    "company": Company.sort_key,
    "state": Exhibitor.state,
    "next": Exhibitor.next_on,
    "since": Exhibitor.state_since,
    "sent": Exhibitor.submitted_at,
}
ORDERS = frozenset(_ORDERS)
_STAGE_OF = sa.case(
    *((Exhibitor.state.in_(states_of(stage)), sa.literal(stage.value)) for stage in Stage),
    else_=sa.literal(""),
)


@dataclass(frozen=True)
class Filters:
    """Which companies are wanted. Empty words narrow nothing; `stage` is a word of Stage, `state` one of State.

    `owner` is a colleague's number or NOBODY. `late` and `stuck` are those of rules.recruiting, counted at `now` and
    `today` (of the fair's zone). `order` is a word of ORDERS, with - before it to turn it round.
    """

    now: datetime
    today: date
    stage: str = ""
    state: str = ""
    owner: int | None = None
    zone: int | None = None
    category: int | None = None
    late: bool = False
    stuck: bool = False
    text: str = ""
    order: str = "company"
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """A row of the list: the exhibitor, with whom the office talks, and when it last did."""

    exhibitor: Exhibitor
    name: str
    title: str
    phone: str | None
    talked_at: datetime | None


def found(expo: Expo, filters: Filters, page: int = 1, size: int = PAGE) -> Part[Line]:
    """A page of the companies that the filters let through; three queries, whatever their number."""
    conditions = conditions_of(expo, filters)
    count = sa.select(sa.func.count()).select_from(Exhibitor).outerjoin(Exhibitor.company).where(*conditions)
    wanted = (
        sa.select(Exhibitor)
        .outerjoin(Exhibitor.company)
        .options(contains_eager(Exhibitor.company))
        .where(*conditions)
        .order_by(*_order(filters.order))
    )

    def load(offset: int) -> Sequence[Line]:
        rows = db.session.scalars(wanted.limit(size).offset(offset)).unique().all()
        return _lines(rows)

    return part(db.session.scalar(count) or 0, page, size, load)


def cards(expo: Expo, filters: Filters) -> dict[Stage, list[Line]]:
    """The companies of the board by stage, in each at most COLUMN, whoever stands there longest first; four queries."""
    place = (
        sa.func.row_number()
        .over(partition_by=_STAGE_OF, order_by=(Exhibitor.state_since, Exhibitor.id))
        .label("place")
    )
    ranked = (
        sa.select(Exhibitor.id, place)
        .outerjoin(Exhibitor.company)
        .where(*conditions_of(expo, filters))
        .subquery()
    )
    wanted = (
        sa.select(Exhibitor)
        .outerjoin(Exhibitor.company)
        .options(contains_eager(Exhibitor.company))
        .join(ranked, ranked.c.id == Exhibitor.id)
        .where(ranked.c.place <= COLUMN)
        .order_by(Exhibitor.state_since, Exhibitor.id)
    )
    found: dict[Stage, list[Line]] = {}
    for line in _lines(db.session.scalars(wanted).unique().all()):
        found.setdefault(stage_of(line.exhibitor.state), []).append(line)
    return found


def numbers(expo: Expo, filters: Filters) -> Sequence[str]:
    """The numbers of at most MOST_TAKEN companies that the filters let through."""
    wanted = sa.select(Exhibitor.number).outerjoin(Exhibitor.company).where(*conditions_of(expo, filters))
    return db.session.scalars(wanted.order_by(Exhibitor.id).limit(MOST_TAKEN)).all()


def counts(expo: Expo, filters: Filters | None = None) -> dict[Stage, int]:
    """How many companies stand in each stage; every stage is named."""
    conditions = conditions_of(expo, filters) if filters else _on_the_list(expo)
    grouped = (
        sa.select(Exhibitor.state, sa.func.count())
        .outerjoin(Exhibitor.company)
        .where(*conditions)
        .group_by(Exhibitor.state)
    )
    by_state: dict[State, int] = dict(db.session.execute(grouped).all())
    return {stage: sum(by_state.get(state, 0) for state in states_of(stage)) for stage in Stage}


def of_numbers(expo: Expo, wanted: Sequence[str]) -> Sequence[Exhibitor]:
    """The companies of this fair with these numbers, in the order of their names; strangers' numbers find nothing."""
    rows = (
        sa.select(Exhibitor)
        .outerjoin(Exhibitor.company)
        .options(contains_eager(Exhibitor.company))
        .where(*_on_the_list(expo), Exhibitor.number.in_(wanted[:MOST_TAKEN]))
        .order_by(Company.sort_key, Exhibitor.id)
    )
    return db.session.scalars(rows).unique().all()


def calls(expo: Expo, exhibitor: Exhibitor, most: int = 100) -> Sequence[Call]:
    """The youngest talks with a company, the last first."""
    found = sa.select(Call).where(Call.expo_id == expo.id, Call.exhibitor_id == exhibitor.id)
    return db.session.scalars(found.order_by(Call.at.desc(), Call.id.desc()).limit(most)).all()


def part_in(expo: Expo, company_id: int) -> Exhibitor | None:
    """The company's part in this edition."""
    found = sa.select(Exhibitor).where(Exhibitor.expo_id == expo.id, Exhibitor.company_id == company_id)
    return db.session.scalar(found)


def past_of(expo: Expo, company_id: int) -> Sequence[tuple[Exhibitor, Expo]]:
    """The company's part in other fairs, the youngest fair first; at most 20."""
    found = (
        sa.select(Exhibitor, Expo)
        .join(Expo, Expo.id == Exhibitor.expo_id)
        .where(Exhibitor.company_id == company_id, Exhibitor.expo_id != expo.id)
        .order_by(Expo.edition.desc(), Expo.id.desc())
        .limit(20)
    )
    return db.session.execute(found).all()


def fairs_of(company_id: int) -> Sequence[tuple[Exhibitor, Expo]]:
    """The company's part in every fair, the youngest fair first; at most 50."""
    found = (
        sa.select(Exhibitor, Expo)
        .join(Expo, Expo.id == Exhibitor.expo_id)
        .where(Exhibitor.company_id == company_id)
        .order_by(Expo.edition.desc(), Expo.id.desc())
        .limit(50)
    )
    return [(row, expo) for row, expo in db.session.execute(found)]


def alike(facts: CompanyFacts, phone: str, email: str, most: int) -> Sequence[Company]:
    """At most `most` companies of the register that may be the one that is typed: by credit code, name, phone, e-mail."""
    ways: list[sa.ColumnElement[bool]] = []
    if code := clean_code(facts.credit_code or "").upper():
        ways.append(Company.credit_code == code)
    if facts.name_zh:
        ways.append(Company.name_key_zh == name_key(facts.name_zh))
    if facts.name_en:
        ways.append(Company.name_key_en == name_key(facts.name_en))
    reached = [
        column == value
        for column, value in (
            (CompanyContact.phone, normal_phone(phone)),
            (CompanyContact.email, normal_email(email)),
        )
        if value
    ]
    if reached:
        ways.append(Company.id.in_(sa.select(CompanyContact.company_id).where(sa.or_(*reached))))
    if not ways:
        return []
    found = sa.select(Company).where(Company.merged_into_id.is_(None), sa.or_(*ways))
    return db.session.scalars(found.order_by(Company.sort_key, Company.id).limit(most)).all()


def not_yet_here(expo: Expo, earlier: Expo, states: Sequence[State]) -> Sequence[int]:
    """The companies that were in these states in an earlier fair and have no part in this one yet."""
    here = sa.select(Exhibitor.company_id).where(
        Exhibitor.expo_id == expo.id, Exhibitor.company_id.is_not(None)
    )
    found = (
        sa.select(Exhibitor.company_id)
        .join(Company, Company.id == Exhibitor.company_id)
        .where(
            Exhibitor.expo_id == earlier.id,
            Exhibitor.state.in_(states),
            Exhibitor.company_id.not_in(here),
            Company.merged_into_id.is_(None),
        )
        .order_by(Exhibitor.company_id)
        .limit(MOST_TAKEN)
    )
    return [number for number in db.session.scalars(found) if number is not None]


def countries_of(companies: Sequence[int]) -> dict[int, str]:
    """Under which country each of these companies of the register counts (E-5), "" while nobody knows."""
    rows = sa.select(Company.id, Company.statistics_country, Company.country).where(Company.id.in_(companies))
    return {number: counted or country for number, counted, country in db.session.execute(rows)}


def conditions_of(expo: Expo, filters: Filters) -> list[sa.ColumnElement[bool]]:
    """What is true of the companies that are wanted; the first condition is the fair."""
    conditions = _on_the_list(expo)
    if filters.stage:
        conditions.append(Exhibitor.state.in_(states_of(Stage(filters.stage))))
    if filters.state:
        conditions.append(Exhibitor.state == State(filters.state))
    if filters.zone is not None:
        conditions.append(Exhibitor.zone_id == filters.zone)
    if filters.numbers:
        conditions.append(Exhibitor.number.in_(filters.numbers))
    return [
        *conditions,
        *_owned(filters.owner),
        *_shows(expo, filters.category),
        *_waiting(filters),
        *_search(expo, filters.text),
    ]


def _on_the_list(expo: Expo) -> list[sa.ColumnElement[bool]]:
    """Who became part of another entry of the same company is not on the list any more."""
    return [Exhibitor.expo_id == expo.id, Exhibitor.merged_into_id.is_(None)]


def _owned(owner: int | None) -> list[sa.ColumnElement[bool]]:
    if owner is None:
        return []
    return [Exhibitor.user_id.is_(None) if owner == NOBODY else Exhibitor.user_id == owner]


def _shows(expo: Expo, category: int | None) -> list[sa.ColumnElement[bool]]:
    if category is None:
        return []
    shown = sa.select(ExhibitorCategory.exhibitor_id).where(
        ExhibitorCategory.expo_id == expo.id, ExhibitorCategory.category_id == category
    )
    return [Exhibitor.id.in_(shown)]


def _waiting(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """Whose next step is late, and who has been standing still (rules.recruiting)."""
    conditions: list[sa.ColumnElement[bool]] = []
    if filters.late:
        conditions.append(Exhibitor.next_on < filters.today)
    if filters.stuck:
        moving = [state for stage in MOVING for state in states_of(stage)]
        conditions += [Exhibitor.state.in_(moving), Exhibitor.state_since < filters.now - STUCK]
    return conditions


def _search(expo: Expo, text: str) -> list[sa.ColumnElement[bool]]:
    """By the company's line of search, the exhibitor's own people, its number or its reference."""
    question = read_question(text)
    if not question.words:
        return []
    whole = text.strip().upper()
    people = sa.select(ExhibitorPerson.exhibitor_id).where(
        ExhibitorPerson.expo_id == expo.id, ExhibitorPerson.removed_at.is_(None)
    )
    ways: list[sa.ColumnElement[bool]] = [Exhibitor.number == whole, Exhibitor.reference == whole]
    if question.phone:
        ways.append(Company.search.contains(question.phone.removeprefix("+") + END, autoescape=True))
        ways.append(Exhibitor.id.in_(people.where(ExhibitorPerson.phone == question.phone)))
        return [sa.or_(*ways)]
    if question.digits:
        ways.append(Exhibitor.id.in_(people.where(ExhibitorPerson.phone.endswith(question.digits))))
    ways.append(sa.and_(*(Company.search.contains(word, autoescape=True) for word in question.words)))
    names = (ExhibitorPerson.name.contains(word, autoescape=True) for word in question.words)
    ways.append(Exhibitor.id.in_(people.where(*names)))
    return [sa.or_(*ways)]


def _order(order: str) -> list[Any]:
    column = _ORDERS.get(order.removeprefix("-"), Company.sort_key)
    # The two engines put what has no value at different ends of a list.
    empty = column.is_(None)
    turned = order.startswith("-")
    return [empty, column.desc() if turned else column.asc(), Exhibitor.id]


def _lines(rows: Sequence[Exhibitor]) -> list[Line]:
    own = _first_people([row.id for row in rows])
    known = _first_contacts([row.company_id for row in rows if row.company_id is not None])
    talks = _last_talks([row.id for row in rows])
    lines = []
    for row in rows:
        person = own.get(row.id) or known.get(row.company_id or 0)
        lines.append(
            Line(
                row,
                person.name if person else "",
                person.title if person else "",
                person.phone if person else None,
                talks.get(row.id),
            )
        )
    return lines


def _first_people(ids: Sequence[int]) -> dict[int, ExhibitorPerson]:
    found = sa.select(ExhibitorPerson).where(
        ExhibitorPerson.exhibitor_id.in_(ids), ExhibitorPerson.removed_at.is_(None)
    )
    first: dict[int, ExhibitorPerson] = {}
    for person in db.session.scalars(found.order_by(ExhibitorPerson.id)):
        first.setdefault(person.exhibitor_id, person)
    return first


def _first_contacts(ids: Sequence[int]) -> dict[int, CompanyContact]:
    found = sa.select(CompanyContact).where(CompanyContact.company_id.in_(ids))
    first: dict[int, CompanyContact] = {}
    for contact in db.session.scalars(found.order_by(CompanyContact.position, CompanyContact.id)):
        first.setdefault(contact.company_id, contact)
    return first


def _last_talks(ids: Sequence[int]) -> dict[int, datetime]:
    found = (
        sa.select(Call.exhibitor_id, sa.func.max(Call.at, type_=Call.at.type))
        .where(Call.exhibitor_id.in_(ids))
        .group_by(Call.exhibitor_id)
    )
    return dict(db.session.execute(found).all())
