"""Whom to remind of what is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.exhibitors.models import ExhibitorPerson
from exhibitions.exhibitors.rules.people import PersonRole
from exhibitions.expos.models import Expo
from exhibitions.expos.rules.fair import local_day
from exhibitions.orders.models import Instalment
from exhibitions.orders.queries import listing, money
from exhibitions.orders.queries.listing import Row
from exhibitions.orders.rules import reminding
from exhibitions.orders.rules.balance import Filled

RECEIVERS = (PersonRole.FINANCE, PersonRole.OWNER)
"""Who gets reminders: the company's finance people, where it has none its owners."""


@dataclass(frozen=True)
class Reminder:
    """An open instalment of an order, the step that is due today (None: none), and who would get it."""

    row: Row
    instalment: Instalment
    filled: Filled
    step: int | None
    people: Sequence[ExhibitorPerson]

    @property
    def reached(self) -> Sequence[ExhibitorPerson]:
        """Those of them with an address or a number."""
        return [person for person in self.people if person.email or person.phone]


def reminders(expo: Expo, today: date) -> list[Reminder]:
    """For each order with something open its next instalment, the longest due first."""
    rows = [row for row in listing.rows(expo) if row.money.next is not None]
    found = {row.money.next.due.place: row for row in rows if row.money.next}
    wanted = sa.select(Instalment).where(Instalment.expo_id == expo.id)
    instalments = [each for each in db.session.scalars(wanted) if each.id in found]
    people = _people(expo)
    made = [
        Reminder(
            row=found[each.id],
            instalment=each,
            filled=found[each.id].money.next,  # type: ignore[arg-type]  # chosen for having one.
            step=_step(expo, found[each.id], each, today),
            people=people.get(found[each.id].order.exhibitor_id, []),
        )
        for each in instalments
    ]
    return sorted(made, key=lambda each: (each.instalment.due, each.row.order.number))


def _step(expo: Expo, row: Row, instalment: Instalment, today: date) -> int | None:
    agreed = row.order.cancelled_at or row.order.confirmed_at
    agreed_on = local_day(agreed, expo.timezone, expo.cutoff_hour) if agreed else instalment.due
    sent = [int(instalment.reminded)] if instalment.reminded else []
    open_amount = row.money.next.open if row.money.next else 0
    return reminding.to_send(instalment.due, open_amount, agreed_on, today, sent)


def _people(expo: Expo) -> dict[int, list[ExhibitorPerson]]:
    wanted = sa.select(ExhibitorPerson).where(
        ExhibitorPerson.expo_id == expo.id,
        ExhibitorPerson.removed_at.is_(None),
        ExhibitorPerson.role.in_(RECEIVERS),
    )
    found: dict[int, list[ExhibitorPerson]] = {}
    for person in db.session.scalars(wanted.order_by(ExhibitorPerson.id)):
        found.setdefault(person.exhibitor_id, []).append(person)
    for exhibitor_id, people in found.items():
        finance = [person for person in people if person.role is PersonRole.FINANCE]
        found[exhibitor_id] = finance or people
    return found


def instalment(instalment_id: int) -> Instalment | None:
    """An instalment, for the letter about it."""
    return db.session.get(Instalment, instalment_id)


def fairs_with_instalments() -> list[Expo]:
    """The fairs of which something may be due."""
    found = sa.exists().where(Instalment.expo_id == Expo.id)
    return list(db.session.scalars(sa.select(Expo).where(found).order_by(Expo.id)))


def today_of(expo: Expo) -> date:
    """The fair's own today."""
    return money.today_of(expo)
