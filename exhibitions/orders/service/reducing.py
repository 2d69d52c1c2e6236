"""A smaller stand counts as cancellation of the difference: a new order in place of the old, at the old prices (§2.2).

The price list and the day of the old order count, so nothing else gets dearer or cheaper; of what is given up a share
stays due, by the ladder of the list and the days before the opening. Payments, proofs and invoices go over to the new
order; the old one stays with its lines as history. The contract stays as it was signed, and a supplement says what became
of it, as after a move (`supplementing`).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import msgspec
import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.core.money import from_minor
from exhibitions.exhibitors.service import moving
from exhibitions.expos.models import Expo
from exhibitions.orders.models import Invoice, Order, OrderLine, Payment, Slip, StatementRow
from exhibitions.orders.queries import checking, invoices
from exhibitions.orders.queries import papers as papers_of
from exhibitions.orders.rules import invoicing, ladder, lines
from exhibitions.orders.rules.schedule import instalments
from exhibitions.orders.rules.states import BINDING
from exhibitions.orders.service import booking, clearing, supplementing
from exhibitions.orders.service.ordering import SUBJECT, add_instalments, add_lines
from exhibitions.stands import queries as stand_queries
from exhibitions.stands.models import Allocation
from exhibitions.stands.queries.of_exhibitors import area_of
from exhibitions.stands.queries.quoting import day_of
from exhibitions.stands.rules.allocation import EndReason
from exhibitions.stands.rules.price_list import PriceList, loaded
from exhibitions.stands.rules.price_words import money
from exhibitions.stands.rules.pricing import Facts, Quote, price
from exhibitions.stands.rules.swaps import Made
from exhibitions.stands.service import holding
from exhibitions.stands.service.swapping import listing_what_gets_false

_CM2 = Decimal(10_000)


@dataclass(frozen=True)
class Preview:
    """What a smaller order would come to; amounts in minor units. `fee` is part of `total`."""

    areas: Mapping[str, int]
    quote: Quote | None
    fee: ladder.Cancellation
    before: int
    total: int
    before_area: int
    after_area: int


def areas_of(order: Order) -> dict[str, int]:
    """The stands of an order with their areas in cm²; none for an order that was not made of stands."""
    if "facts" not in order.frozen:
        return {}
    facts = msgspec.convert(order.frozen["facts"], Facts)
    return {stand.number: int(stand.area_m2 * _CM2) for stand in facts.stands}


def preview(expo: Expo, order: Order, areas: Mapping[str, int]) -> Preview:
    """What the order would come to with these areas in cm² (0: the stand is given up); nothing is changed.

    Raises `Refused`: nothing gets smaller, something gets larger, nothing is left (that is calling off the order).
    """
    now = areas_of(order)
    wanted = {number: areas.get(number, area) for number, area in now.items()}
    if any(not 0 <= wanted[number] <= now[number] for number in now):
        raise Refused("not_smaller", N_("A stand can only get smaller here. For more, make another order."))
    if wanted == now:
        raise Refused("nothing_smaller", N_("Enter what gets smaller."))
    if not any(wanted.values()):
        raise Refused("nothing_left", N_("Nothing would be left: call the order off instead."))
    prices, facts, on = _frozen(order)
    left = tuple(
        replace(stand, area_m2=Decimal(wanted[stand.number]) / _CM2)
        for stand in facts.stands
        if wanted[stand.number]
    )
    quote = price(prices, replace(facts, stands=left), on)
    before = sum(line.amount + line.tax for line in order.lines if lines.is_of_contract(line.code))
    kept = sum(line.amount + line.tax for line in order.lines if line.code == lines.REDUCTION)
    after = sum(each.amount + each.tax for each in lines.line_values(quote))
    fee = ladder.reduce_to(_ladder(prices), before - kept, after, 0, _days_left(expo))
    return Preview(
        areas=wanted,
        quote=quote,
        fee=fee,
        before=before,
        total=after + fee.fee + kept,
        before_area=sum(now.values()),
        after_area=sum(wanted.values()),
    )


def reduce(
    expo: Expo, order: Order, areas: Mapping[str, int], expected: int, by: Actor, reason: str
) -> Order:
    """Put a smaller order in the place of this one. `expected` is the sum that was seen.

    The exhibitor's history notes it with its fee. Raises what `preview` raises, and `Conflict` when the sum is another
    now, the order was replaced or called off meanwhile, or a stand of it is not the exhibitor's any more.
    """
    order = booking.lock(expo, order)
    moving.lock(order.exhibitor)
    if order.state not in BINDING or order.replaced_by_id is not None:
        raise Conflict("not_binding", N_("This order is not confirmed or was called off."))
    seen = preview(expo, order, areas)
    if seen.total != expected:
        raise Conflict("changed_meanwhile", N_("The sum has changed meanwhile. Please check it again."))
    papers = invoices.papers(expo, order.exhibitor)
    contract, before = papers_of.contract_order(order), papers_of.stands_of(order)
    new = _replace(expo, order, seen)
    supplementing.go_over(order, new)
    sums = supplementing.contract_sum(order), supplementing.contract_sum(new)
    change = supplementing.Change(before, papers_of.stands_of(new), *sums, seen.fee.fee)
    supplementing.write(expo, new, change, by, contract)
    clearing.asked_anew(expo, order, new, by)
    _shrink(expo, order, seen, by, papers)
    opens = checking.opening(expo)
    moving.reduce(
        order.exhibitor,
        before=seen.before_area,
        after=seen.after_area,
        fee=seen.fee.fee,
        on=day_of(expo, clock.now()),
        opens=opens or date.max,
        by=by,
        text=reason,
    )
    audit.record(
        "orders.reduced",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, new.id),
        before={"number": order.number, "total": order.total},
        after={"number": new.number, "total": new.total, "fee": seen.fee.fee},
        reason=reason,
    )
    # What came may be enough for the smaller sum.
    booking.drive(expo, new, by)
    return new


def _frozen(order: Order) -> tuple[PriceList, Facts, date]:
    kept = order.frozen
    facts = msgspec.convert(kept["facts"], Facts)
    return loaded(kept["prices"]), facts, date.fromisoformat(str(kept["on"]))


def _ladder(prices: PriceList) -> ladder.Ladder:
    return ladder.Ladder.of((step.days_before, step.percent) for step in prices.cancellation)


def _days_left(expo: Expo) -> int:
    """Whole days to the opening; a fair without days is far away."""
    opens = checking.opening(expo)
    far = 10_000
    return ladder.days_before(opens, day_of(expo, clock.now())) if opens is not None else far


def _replace(expo: Expo, order: Order, seen: Preview) -> Order:
    prices, facts, on = _frozen(order)
    left = tuple(
        replace(stand, area_m2=Decimal(seen.areas[stand.number]) / _CM2)
        for stand in facts.stands
        if seen.areas[stand.number]
    )
    reference, order.reference = order.reference, f"{order.reference[:12]}-{secrets.token_hex(4)}"
    new = Order(
        expo_id=expo.id,
        exhibitor_id=order.exhibitor_id,
        number=lines.next_number(order.number),
        reference=secrets.token_hex(8),
        state=order.state,
        price_list_id=order.price_list_id,
        frozen={
            **order.frozen,
            **lines.frozen(prices, replace(facts, stands=left), on),
            "parties": _parties_left(order, seen),
        },
        currency=order.currency,
        terms_version=order.terms_version,
        confirmed_at=clock.now(),
        confirmed_by=order.confirmed_by,
        created_at=clock.now(),
    )
    # At most one order of an exhibitor is live: the old one points at something else before the new one is there.
    order.replaced_by_id = order.id
    db.session.flush()
    db.session.add(new)
    db.session.flush()
    order.replaced_by_id = new.id
    new.reference = reference
    _fill(expo, order, new, seen)
    db.session.flush()
    return new


def _fill(expo: Expo, order: Order, new: Order, seen: Preview) -> None:
    prices, _, on = _frozen(order)
    values = lines.line_values(seen.quote) if seen.quote is not None else []
    kept = [line for line in order.lines if line.code == lines.REDUCTION]
    given_up = money(from_minor(seen.fee.given_up, order.currency), order.currency)
    values += [
        lines.kept_of_reduction(seen.fee.percent, given_up, part)
        for part in invoicing.shares(_given_up(order, values), seen.fee.fee)
    ]
    add_lines(new, values)
    beside = [line for line in order.lines if not lines.is_of_contract(line.code)]
    later = [line for line in beside if clearing.stays(order, line)]
    for line in (*kept, *later):
        _copy(line, new)
    contract = sum(line.amount + line.tax for line in new.lines if lines.is_of_contract(line.code))
    add_instalments(new, instalments(contract, prices.schedule, on, checking.opening(expo)))
    rest = new.total - contract
    if rest:
        last = max((part.due for part in order.instalments), default=on)
        add_instalments(new, [replace(instalments(rest, prices.schedule, on, None)[0], due=last, minor=rest)])
    for table in (Payment, Invoice, Slip, StatementRow):
        db.session.execute(sa.update(table).where(table.order_id == order.id).values(order_id=new.id))


def _given_up(order: Order, left: Sequence[lines.LineValues]) -> list[invoicing.TaxPart]:
    """What is given up by rate of tax: the price of before without what is left of it.

    Where a rate would be less than nothing, because what is left costs more at it, the rates of the whole price count.
    """
    before = [
        line for line in order.lines if lines.is_of_contract(line.code) and line.code != lines.REDUCTION
    ]
    was = [(Decimal(line.tax_rate or 0), line.amount, line.tax) for line in before]
    parts = invoicing.tax_parts([*was, *((Decimal(each.tax_rate), -each.amount, -each.tax) for each in left)])
    is_share = all(part.gross >= 0 for part in parts) and any(part.gross for part in parts)
    return parts if is_share else invoicing.tax_parts(was)


def _copy(line: OrderLine, new: Order) -> None:
    """What is on the old order beside the price of the stands is owed as before."""
    names = ("code", "text_zh", "text_en", "reason_zh", "reason_en", "quantity", "unit", "unit_price")
    more = ("amount", "tax_rate", "tax", "service_order_id", "created_at")
    values = {name: getattr(line, name) for name in (*names, *more)}
    new.lines.append(OrderLine(expo_id=new.expo_id, position=len(new.lines), **values))
    new.net += line.amount
    new.tax += line.tax
    new.total += line.amount + line.tax


def _parties_left(order: Order, seen: Preview) -> dict[str, object]:
    parties = dict(order.frozen["parties"])
    parties["stands"] = [
        {**stand, "area": seen.areas[stand["number"]]}
        for stand in parties["stands"]
        if seen.areas[stand["number"]]
    ]
    return parties


def _shrink(expo: Expo, order: Order, seen: Preview, by: Actor, papers: Sequence[Made]) -> None:
    """The agreed area of a stand becomes what is left; a stand that is given up is free for others."""
    now = clock.now()
    found = {each.stand.number: each for each in stand_queries.allocations_of(expo, order.exhibitor, now)}
    before = areas_of(order)
    gone = [number for number, area in seen.areas.items() if area != before[number] and number not in found]
    if gone:
        raise Conflict(
            "stand_moved",
            N_("%(number)s is not this exhibitor's stand any more: it was moved after the order."),
            number=gone[0],
        )
    with listing_what_gets_false(expo, [order.exhibitor], by, now, also=papers):
        for number, area in seen.areas.items():
            if area != before[number]:
                _shrink_one(found[number], area)
    for number, area in seen.areas.items():
        if area != before[number]:
            audit.record(
                "stands.reduced" if area else "stands.given_up",
                by,
                expo_id=expo.id,
                subject=("exhibitor", order.exhibitor_id),
                before={"stand": number, "area": before[number]},
                after={"area": area},
            )


def _shrink_one(allocation: Allocation, area: int) -> None:
    stand = allocation.stand
    if area:
        if allocation.area_before is None:
            allocation.area_before = area_of(stand)
        stand.contracted_area = area
    else:
        holding.end(allocation, EndReason.REDUCED, clock.now())
