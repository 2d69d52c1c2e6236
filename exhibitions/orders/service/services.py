"""Services: what the office offers, and what an exhibitor orders at the price of the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from exhibitions.orders.models import Service, ServiceOrder
from exhibitions.orders.queries import services as queries
from exhibitions.orders.rules.lines import SERVICE
from exhibitions.orders.rules.services import (
    Mark,
    Price,
    Step,
    check_quantity,
    check_steps,
    line_minor,
    mark,
    price_on,
)
from exhibitions.orders.rules.services_document import ServiceFacts
from exhibitions.orders.service import booking
from exhibitions.orders.service.charging import Charge, binding_order, charge

_PAY_WITHIN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Offer:
    """A service as the office fills it in; the price is in minor units, the tax in per cent."""

    code: str
    group_key: str
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    price: int
    tax_rate: str
    steps: tuple[Step, ...]
    on_plan: bool
    most: int | None


@dataclass(frozen=True, slots=True)
class Wish:
    """So many of a service, with the places of its connections."""

    service: Service
    quantity: int
    marks: Sequence[Mark] = ()


@dataclass(frozen=True, slots=True)
class Basket:
    """Wishes of one form. `after` is the number of the youngest service order that its page knew, 0 for none.

    `seen` is the mark of the prices that were shown.
    """

    wishes: Sequence[Wish]
    after: int = 0
    seen: str = ""
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Priced:
    """A wish with what it costs today, without tax, in minor units."""

    wish: Wish
    price: Price
    amount: int

    @property
    def tax(self) -> int:
        """The tax on it, rounded on the line as the order's is."""
        return line_minor(self.amount, Decimal(self.wish.service.tax_rate or 0) / 100)


def save(expo: Expo, row: Service | None, offer: Offer, by: Actor) -> Service:
    """Offer a service, or change what is offered; who ordered before keeps the price of that day.

    Raises `Refused` for a service without a name, a price below nothing or deadlines that do not follow each other,
    and `Conflict("service_twice")` for a code that is taken.
    """
    if not offer.name_zh.strip() and not offer.name_en.strip():
        raise Refused("service_nameless", N_("Enter the name of the service"))
    if offer.price < 0:
        raise Refused("service_price", N_("Enter 0 or more"))
    check_steps(offer.steps)
    others = [each for each in queries.catalogue(expo, ended=True) if row is None or each.id != row.id]
    if any(each.code.casefold() == offer.code.casefold() for each in others):
        raise Conflict("service_twice", N_("Another service has this code"))
    if row is None:
        if len(others) >= queries.MOST:
            raise Refused("services_many", N_("A catalogue has at most %(most)s services"), most=queries.MOST)
        row = Service(expo_id=expo.id, position=len(others))
        db.session.add(row)
    for name in ("code", "group_key", "name_zh", "name_en", "unit_zh", "unit_en", "price", "tax_rate"):
        setattr(row, name, getattr(offer, name))
    row.on_plan, row.most = offer.on_plan, offer.most
    row.steps = [{"until": step.until.isoformat(), "percent": step.percent} for step in offer.steps]
    row.closes_on = offer.steps[-1].until if offer.steps else None
    db.session.flush()
    audit.record(
        "orders.service_saved",
        by,
        expo_id=expo.id,
        subject=("service", row.id),
        after={"code": offer.code, "price": offer.price},
    )
    return row


def end(expo: Expo, row: Service, by: Actor, *, offered: bool = False) -> None:
    """Offer a service no more, or (`offered`) again; what was ordered stays. Said twice, nothing more happens."""
    if (row.ended_at is None) is offered:
        return
    row.ended_at = None if offered else clock.now()
    audit.record("orders.service_ended", by, expo_id=expo.id, subject=("service", row.id))


def price(wishes: Sequence[Wish], day: date) -> list[Priced]:
    """What each wish costs on this day of the fair's zone. Raises `Conflict("service_closed")` after its last deadline."""
    found = []
    for wish in wishes:
        check_quantity(wish.quantity, 1, wish.service.most)
        today = price_on(queries.steps_of(wish.service), day)
        if today is None or wish.service.ended_at is not None:
            raise Conflict(
                "service_closed", N_("The deadline is over; this can be read only. Call the organiser")
            )
        amount = line_minor(wish.service.price, wish.quantity, today.percent)
        found.append(Priced(wish, today, amount))
    return found


def mark_of(priced: Sequence[Priced]) -> str:
    """The mark of what a check page shows."""
    return mark((each.wish.service.id, each.wish.quantity, each.amount, each.tax) for each in priced)


def order(expo: Expo, exhibitor: Exhibitor, basket: Basket, day: date, by: Actor) -> list[ServiceOrder]:
    """Order services at the price of the day; each becomes a line of the exhibitor's order, to be paid in 14 days.

    A form sent twice orders nothing twice and gives nothing. Raises `Conflict` without a confirmed order, after a
    deadline, or when a price is another than the page showed.
    """
    booking.take_turn(expo)
    binding_order(expo, exhibitor)
    db.session.refresh(exhibitor, attribute_names=["state"], with_for_update={"of": Exhibitor})
    if queries.last_number(expo, exhibitor.id) != basket.after:
        return []
    found = price(basket.wishes, day)
    if mark_of(found) != basket.seen:
        raise Conflict("prices_changed", N_("A price has changed. Please check the order again."))
    rows = []
    for priced in found:
        wish = priced.wish
        row = ServiceOrder(
            expo_id=expo.id,
            exhibitor_id=exhibitor.id,
            service_id=wish.service.id,
            quantity=wish.quantity,
            unit_price=wish.service.price,
            surcharge=str(priced.price.percent),
            amount=priced.amount,
            marked=" ".join(f"{mark.x_mm},{mark.y_mm}" for mark in wish.marks)[:300],
            person_id=basket.person_id,
            ordered_at=clock.now(),
        )
        db.session.add(row)
        db.session.flush()
        charge(expo, exhibitor, _line(wish, priced, row), day + _PAY_WITHIN, by)
        rows.append(row)
    audit.record(
        "orders.services_ordered",
        by,
        expo_id=expo.id,
        subject=("exhibitor", exhibitor.id),
        after={"services": len(rows)},
    )
    return rows


def _line(wish: Wish, priced: Priced, row: ServiceOrder) -> Charge:
    more = f" (+{priced.price.percent} %)" if priced.price.percent else ""
    names = (wish.service.name_zh or wish.service.name_en, wish.service.name_en or wish.service.name_zh)
    return Charge(
        code=f"{SERVICE}{wish.service.code}",
        text_zh=f"{names[0]}{more}",
        text_en=f"{names[1]}{more}",
        quantity=wish.quantity,
        unit_minor=wish.service.price,
        percent=priced.price.percent,
        tax_rate=wish.service.tax_rate,
        unit=(wish.service.unit_en or wish.service.unit_zh)[:16],
        service_order_id=row.id,
    )


def dump_setup(expo: Expo) -> list[ServiceFacts]:
    """The catalogue as a document has it; deadlines are days of one edition and are left out."""
    return [
        ServiceFacts(**{name: getattr(row, name) for name in ServiceFacts.__struct_fields__})
        for row in queries.catalogue(expo)
    ]


def load_setup(expo: Expo, services: Sequence[ServiceFacts], by: Actor) -> None:
    """Offer in a new fair what the document says. Raises `Refused`."""
    for facts in services:
        values = {name: getattr(facts, name) for name in ServiceFacts.__struct_fields__}
        save(expo, None, Offer(**values, steps=()), by)
