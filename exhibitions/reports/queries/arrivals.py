"""What the exhibitor desk and the hall inspectors see of an exhibitor: stands, contract, money, badges, presence."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from exhibitions.companies.models import Company
from exhibitions.companies.queries import papers_of
from exhibitions.companies.rules.papers import PaperKind, Right, blocked
from exhibitions.core.db import db
from exhibitions.core.search import read_question
from exhibitions.exhibitors.models import Arrival, CoExhibitor, Exhibitor, ExhibitorPerson, StaffBadge
from exhibitions.exhibitors.rules.arriving import Standing
from exhibitions.exhibitors.rules.co_exhibitors import CoState
from exhibitions.exhibitors.rules.quotas import quota
from exhibitions.exhibitors.rules.staff import StaffKind
from exhibitions.exhibitors.rules.states import UNDER_CONTRACT, State
from exhibitions.exhibitors.service.centre import centre_of
from exhibitions.expos.models import Expo, Hall
from exhibitions.orders.models import Order
from exhibitions.orders.queries import money
from exhibitions.orders.queries.money import Money, today_of
from exhibitions.orders.rules.balance import Filled
from exhibitions.orders.rules.states import BINDING
from exhibitions.stands.models import Allocation, Stand
from exhibitions.stands.queries.of_exhibitors import area_of
from exhibitions.stands.rules.allocation import AllocationKind

MOST_FOUND = 20
LONGEST_LIST = 5_000
"""No fair has more stands; the list of the halls stays a list."""


@dataclass(frozen=True, slots=True)
class AtDesk:
    """An exhibitor as the desk sees it. `open_minor` is what was due by today and is not paid, in `currency`, `later` what
    is payable next; `blocked` are the rights for which a paper is missing that is valid through the last day (§2.6)."""

    exhibitor: Exhibitor
    stands: Sequence[Stand]
    order: Order | None
    open_minor: int
    later: Filled | None
    currency: str
    staff: Sequence[StaffBadge]
    quota: int
    arrival: Arrival | None
    blocked: Mapping[Right, Sequence[frozenset[PaperKind]]]

    @property
    def standing(self) -> Standing:
        """What the rules of the desk read of it."""
        within = sum(one.extra == "" for one in self.staff)
        contract = self.exhibitor.state in UNDER_CONTRACT
        return Standing(
            contract,
            self.open_minor,
            within,
            self.quota,
            self.arrival is not None,
            Right.MOVE_IN not in self.blocked,
        )

    @property
    def owes_copy(self) -> bool:
        """Whether the contract, or a supplement to it, has not come back with the company's seal yet."""
        return self.order is not None and self.order.owes_copy


def find(expo: Expo, text: str) -> list[AtDesk]:
    """Exhibitors under contract by company (Han, pinyin, English), number of a stand, or name of a person; at most 20.

    A stand's number is taken in any case of letters and width.
    """
    words = read_question(text).words
    if not words:
        return []
    whole = unicodedata.normalize("NFKC", text).strip().upper()
    found = (
        sa.select(Exhibitor.id)
        .join(Exhibitor.company)
        .where(Exhibitor.expo_id == expo.id, Exhibitor.state.in_((*UNDER_CONTRACT, *_EARLIER)))
        .where(
            sa.or_(
                sa.and_(*(_in_company(word) for word in words)),
                Exhibitor.reference == whole,
                Exhibitor.id.in_(_with_stand(expo, whole)),
                Exhibitor.id.in_(_with_person(expo, StaffBadge, words)),
                Exhibitor.id.in_(_with_person(expo, ExhibitorPerson, words)),
            )
        )
        .order_by(Company.sort_key, Exhibitor.id)
        .limit(MOST_FOUND)
    )
    return at_desk(expo, list(db.session.scalars(found)))


_EARLIER = (State.ADMITTED, State.OFFERED, State.ACCEPTED)


def _in_company(word: str) -> sa.ColumnElement[bool]:
    columns = (Company.search, sa.func.lower(Company.name_zh), sa.func.lower(Company.name_en))
    return sa.or_(*(column.contains(word, autoescape=True) for column in columns))


def _with_stand(expo: Expo, number: str) -> sa.Select[int]:
    return (
        sa.select(Allocation.exhibitor_id)
        .join(Allocation.stand)
        .where(*_assigned(expo), sa.func.upper(Stand.number) == number)
    )


def _with_person(
    expo: Expo, people: type[StaffBadge] | type[ExhibitorPerson], words: Collection[str]
) -> sa.Select[int]:
    has_words = [sa.func.lower(people.name).contains(word, autoescape=True) for word in words]
    return sa.select(people.exhibitor_id).where(people.expo_id == expo.id, *has_words)


def _assigned(expo: Expo) -> list[sa.ColumnElement[bool]]:
    return [
        Allocation.expo_id == expo.id,
        Allocation.kind == AllocationKind.ASSIGNED,
        Allocation.ended_at.is_(None),
    ]


def at_desk(expo: Expo, ids: Sequence[int]) -> list[AtDesk]:
    """These exhibitors of the fair in this order, each with all that the desk asks; a handful of questions for all."""
    if not ids:
        return []
    rows = {
        row.id: row
        for row in db.session.scalars(
            sa.select(Exhibitor)
            .where(Exhibitor.expo_id == expo.id, Exhibitor.id.in_(ids))
            .options(joinedload(Exhibitor.company))
        )
    }
    stands, orders, staff = _stands(expo, ids), _orders(expo, ids), _staff(expo, ids)
    found = money.monies(expo, list(orders.values()))
    owed = {number: _open(expo, found[order.id]) for number, order in orders.items()}
    shared = _co_exhibitors(expo, ids)
    arrivals = {
        row.exhibitor_id: row
        for row in db.session.scalars(
            sa.select(Arrival).where(Arrival.expo_id == expo.id, Arrival.exhibitor_id.in_(ids))
        )
    }
    rule = centre_of(expo).quotas[StaffKind.STAFF]
    blocks = blocked_rights(expo, rows.values())
    return [
        AtDesk(
            exhibitor=rows[number],
            stands=stands[number],
            order=orders.get(number),
            open_minor=owed.get(number, (0, None))[0],
            later=owed.get(number, (0, None))[1],
            currency=orders[number].currency if number in orders else "CNY",
            staff=staff[number],
            quota=quota(rule, [area_of(one) for one in stands[number]], shared[number]),
            arrival=arrivals.get(number),
            blocked=blocks[number],
        )
        for number in ids
        if number in rows
    ]


def blocked_rights(
    expo: Expo, exhibitors: Collection[Exhibitor]
) -> dict[int, dict[Right, list[frozenset[PaperKind]]]]:
    """By the number of each exhibitor the rights that a missing paper blocks at this fair, each with what it lacks (§2.6).

    A fair without days asks whether the papers are valid today.
    """
    days = sorted(day.date for day in expo.days) or [today_of(expo)]
    papers = papers_of({row.company_id for row in exhibitors if row.company_id is not None})
    return {row.id: blocked(papers.get(row.company_id or 0, ()), days[0], days[-1]) for row in exhibitors}


def one_at_desk(expo: Expo, exhibitor: Exhibitor) -> AtDesk:
    """One exhibitor of the fair as the desk sees it."""
    return at_desk(expo, [exhibitor.id])[0]


def _stands(expo: Expo, ids: Collection[int]) -> dict[int, list[Stand]]:
    found = (
        sa.select(Allocation.exhibitor_id, Stand)
        .join(Allocation.stand)
        .where(*_assigned(expo), Allocation.exhibitor_id.in_(ids))
        .order_by(Stand.number)
    )
    return _grouped(db.session.execute(found))


def _staff(expo: Expo, ids: Collection[int]) -> dict[int, list[StaffBadge]]:
    found = sa.select(StaffBadge.exhibitor_id, StaffBadge).where(
        StaffBadge.expo_id == expo.id,
        StaffBadge.exhibitor_id.in_(ids),
        StaffBadge.kind == StaffKind.STAFF,
        StaffBadge.cancelled_at.is_(None),
        StaffBadge.badge_id.is_not(None),
    )
    return _grouped(db.session.execute(found.order_by(StaffBadge.id)))


def _grouped(pairs: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for number, one in pairs:
        found[number].append(one)
    return found


def _orders(expo: Expo, ids: Collection[int]) -> dict[int, Order]:
    """The live order of each: binding, and replaced by none."""
    found = sa.select(Order).where(
        Order.expo_id == expo.id,
        Order.exhibitor_id.in_(ids),
        Order.replaced_by_id.is_(None),
        Order.state.in_(BINDING),
    )
    found = found.options(selectinload(Order.supplements))
    return {row.exhibitor_id: row for row in db.session.scalars(found)}


def _open(expo: Expo, found: Money | None) -> tuple[int, Filled | None]:
    """What is due today or was before and is not paid; and the next that is due later, which holds nobody up."""
    if found is None:
        return 0, None
    today = money.today_of(expo)
    now = sum(each.open for each in found.filled if each.due.on <= today)
    later = next((each for each in found.filled if each.open and each.due.on > today), None)
    return now, later


def _co_exhibitors(expo: Expo, ids: Collection[int]) -> dict[int, int]:
    found = (
        sa.select(CoExhibitor.exhibitor_id, sa.func.count())
        .where(
            CoExhibitor.expo_id == expo.id,
            CoExhibitor.exhibitor_id.in_(ids),
            CoExhibitor.state == CoState.ADMITTED,
        )
        .group_by(CoExhibitor.exhibitor_id)
    )
    return defaultdict(int, {number: int(count) for number, count in db.session.execute(found)})


def counts(expo: Expo) -> tuple[int, int]:
    """How many exhibitors have arrived, and how many there are under contract."""
    everyone = sa.select(sa.func.count()).where(
        Exhibitor.expo_id == expo.id, Exhibitor.state.in_(UNDER_CONTRACT)
    )
    came = sa.select(sa.func.count()).where(Arrival.expo_id == expo.id)
    return db.session.scalar(came) or 0, db.session.scalar(everyone) or 0


@dataclass(frozen=True, slots=True)
class InHall:
    """A stand on the list of its hall, with who has it."""

    stand: Stand
    hall: Hall
    exhibitor: Exhibitor


def in_halls(expo: Expo) -> list[InHall]:
    """All assigned stands of the fair with their exhibitors, hall by hall, in the order of their numbers."""
    found = (
        sa.select(Stand, Hall, Exhibitor)
        .select_from(Allocation)
        .join(Allocation.stand)
        .join(Stand.hall)
        .join(Allocation.exhibitor)
        .outerjoin(Exhibitor.company)
        .where(*_assigned(expo))
        .options(contains_eager(Exhibitor.company))
        .order_by(Hall.code, Stand.number)
        .limit(LONGEST_LIST)
    )
    return [InHall(*row) for row in db.session.execute(found)]


def co_exhibitors(expo: Expo) -> dict[int, list[CoExhibitor]]:
    """The admitted co-exhibitors of the fair by their main exhibitor."""
    found = sa.select(CoExhibitor.exhibitor_id, CoExhibitor).where(
        CoExhibitor.expo_id == expo.id, CoExhibitor.state == CoState.ADMITTED
    )
    return _grouped(db.session.execute(found.order_by(CoExhibitor.id).limit(LONGEST_LIST)))
