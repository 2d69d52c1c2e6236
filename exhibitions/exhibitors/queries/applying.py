"""What an application needs to know: who is known already, what the fair's nomenclature is, who may be reached."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from exhibitions.companies.models import Company
from exhibitions.core.db import db
from exhibitions.exhibitors.models import (
    CoExhibitor,
    Exhibitor,
    ExhibitorPerson,
    ProductCategory,
    RepresentedCompany,
)
from exhibitions.exhibitors.rules.application import MOST_COMPANIES
from exhibitions.exhibitors.rules.nomenclature import MOST_LINES
from exhibitions.exhibitors.rules.people import MOST_PEOPLE, PersonRole
from exhibitions.exhibitors.rules.states import State
from exhibitions.expos.models import Expo

_MOST_FOUND = 20


@dataclass
class Line:
    """A line of the nomenclature with those below it."""

    category: ProductCategory
    below: list[Line] = field(default_factory=list)


def by_number(expo: Expo, number: str) -> Exhibitor | None:
    """The exhibitor of this fair with this number."""
    return db.session.scalar(
        sa.select(Exhibitor).where(Exhibitor.expo_id == expo.id, Exhibitor.number == number)
    )


def whole(expo: Expo, number: str) -> Exhibitor | None:
    """The same with everything that its review shows."""
    found = sa.select(Exhibitor).where(Exhibitor.expo_id == expo.id, Exhibitor.number == number)
    return db.session.scalar(
        found.options(
            joinedload(Exhibitor.company).selectinload(Company.papers),
            selectinload(Exhibitor.people),
            selectinload(Exhibitor.co_exhibitors),
            selectinload(Exhibitor.represented),
        )
    )


def of_company(expo: Expo, company: Company) -> Exhibitor | None:
    """The part of a company in this fair."""
    return db.session.scalar(
        sa.select(Exhibitor).where(Exhibitor.expo_id == expo.id, Exhibitor.company_id == company.id)
    )


def living_people(exhibitor: Exhibitor) -> Sequence[ExhibitorPerson]:
    """Who acts for an exhibitor, in the order of coming."""
    found = sa.select(ExhibitorPerson).where(
        ExhibitorPerson.exhibitor_id == exhibitor.id, ExhibitorPerson.removed_at.is_(None)
    )
    return db.session.scalars(found.order_by(ExhibitorPerson.id).limit(2 * MOST_PEOPLE)).all()


def owners(exhibitor: Exhibitor) -> list[ExhibitorPerson]:
    """Those of them who own the centre and can be reached."""
    return [
        person
        for person in living_people(exhibitor)
        if person.role is PersonRole.OWNER and (person.phone or person.email)
    ]


def people_at(expo: Expo, phone: str | None, email: str | None) -> Sequence[ExhibitorPerson]:
    """Who acts for an exhibitor of this fair and has this number or this address."""
    same = ExhibitorPerson.phone == phone if phone else ExhibitorPerson.email == email
    found = sa.select(ExhibitorPerson).where(
        ExhibitorPerson.expo_id == expo.id, same, ExhibitorPerson.removed_at.is_(None)
    )
    return db.session.scalars(found.order_by(ExhibitorPerson.id.desc()).limit(_MOST_FOUND)).all()


def nomenclature(expo: Expo) -> list[Line]:
    """The fair's nomenclature as a tree, in its order."""
    found = sa.select(ProductCategory).where(ProductCategory.expo_id == expo.id)
    rows = db.session.scalars(
        found.order_by(ProductCategory.position, ProductCategory.code).limit(MOST_LINES)
    ).all()
    lines = {row.id: Line(row) for row in rows}
    top: list[Line] = []
    for line in lines.values():
        parent = lines.get(line.category.parent_id or 0)
        (parent.below if parent is not None else top).append(line)
    return top


def categories(expo: Expo, numbers: Collection[int]) -> Sequence[ProductCategory]:
    """Those lines of the fair's nomenclature."""
    found = sa.select(ProductCategory).where(
        ProductCategory.expo_id == expo.id, ProductCategory.id.in_(list(numbers)[:MOST_LINES])
    )
    return db.session.scalars(found.order_by(ProductCategory.position, ProductCategory.code)).all()


def has_nomenclature(expo: Expo) -> bool:
    """Whether products are chosen by a nomenclature here."""
    return bool(db.session.scalar(sa.select(sa.exists().where(ProductCategory.expo_id == expo.id))))


def co_exhibitors(exhibitor: Exhibitor) -> Sequence[CoExhibitor]:
    """Who shares the stand of an exhibitor, in the order of naming."""
    found = sa.select(CoExhibitor).where(CoExhibitor.exhibitor_id == exhibitor.id)
    return db.session.scalars(found.order_by(CoExhibitor.id).limit(2 * MOST_COMPANIES)).all()


def co_exhibitor_of(exhibitor: Exhibitor, number: int) -> CoExhibitor | None:
    """One of them."""
    return db.session.scalar(
        sa.select(CoExhibitor).where(CoExhibitor.exhibitor_id == exhibitor.id, CoExhibitor.id == number)
    )


def co_exhibitor(expo: Expo, number: int) -> CoExhibitor | None:
    """A company on somebody's stand in this fair, with whose stand it is."""
    found = sa.select(CoExhibitor).where(CoExhibitor.expo_id == expo.id, CoExhibitor.id == number)
    return db.session.scalar(found.options(joinedload(CoExhibitor.exhibitor).joinedload(Exhibitor.company)))


def represented(exhibitor: Exhibitor) -> Sequence[RepresentedCompany]:
    """The companies whose goods alone an exhibitor shows."""
    found = sa.select(RepresentedCompany).where(RepresentedCompany.exhibitor_id == exhibitor.id)
    return db.session.scalars(found.order_by(RepresentedCompany.id).limit(2 * MOST_COMPANIES)).all()


def represented_of(exhibitor: Exhibitor, number: int) -> RepresentedCompany | None:
    """One of them."""
    return db.session.scalar(
        sa.select(RepresentedCompany).where(
            RepresentedCompany.exhibitor_id == exhibitor.id, RepresentedCompany.id == number
        )
    )


def applications(expo: Expo, states: Collection[State]) -> Sequence[Exhibitor]:
    """The applications that stand so, the longest waiting first; at most 500."""
    found = sa.select(Exhibitor).where(Exhibitor.expo_id == expo.id, Exhibitor.state.in_(states))
    whole = found.options(joinedload(Exhibitor.company))
    return db.session.scalars(whole.order_by(Exhibitor.submitted_at, Exhibitor.id).limit(MOST_LINES)).all()


def with_numbers(expo: Expo, numbers: Collection[str]) -> Sequence[Exhibitor]:
    """The exhibitors of this fair with these numbers."""
    found = sa.select(Exhibitor).where(Exhibitor.expo_id == expo.id, Exhibitor.number.in_(list(numbers)))
    return db.session.scalars(found.order_by(Exhibitor.id).limit(MOST_LINES)).all()


def person_of(exhibitor: Exhibitor, number: int) -> ExhibitorPerson | None:
    """Somebody who acts for this exhibitor now."""
    return next((person for person in living_people(exhibitor) if person.id == number), None)
