"""A confirmed order's contract stays as it was signed: what changes afterwards is said by a numbered supplement (补充协议).

Another stand by the office's move and a smaller area are the same here. A supplement that nobody has sealed gives way to
the next, which says what both changed; and where the old stand is back at the old price, nothing is left to be said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.orders import queries as order_queries
from exhibitions.orders.models import Order, Supplement
from exhibitions.orders.queries import papers as queries
from exhibitions.orders.queries.papers import Stands
from exhibitions.orders.queries.parties import parties, stand_of
from exhibitions.orders.rules import references
from exhibitions.orders.rules import supplement as rules
from exhibitions.orders.rules.lines import is_of_contract
from exhibitions.orders.rules.states import BINDING
from exhibitions.orders.service import booking
from exhibitions.stands.models import Stand
from exhibitions.stands.rules.swaps import Thing
from exhibitions.stands.service.swapping import note_made

SUBJECT = "order"
SCAN = "orders.stamped"
"""The purpose of the scan of a stamped copy."""
Scan = tuple[files.Bytes, str, str]
"""Bytes, name and kind of what was sent."""


@dataclass(frozen=True)
class Change:
    """What a deed changed about an order's contract: stands, and sums with tax; `fee` is new within the later sum."""

    before: Stands
    after: Stands
    total_before: int
    total_after: int
    fee: int = 0


def contract_sum(order: Order) -> int:
    """What the lines of the contract come to with tax; what was ordered later stands beside them."""
    return sum(line.amount + line.tax for line in order.lines if is_of_contract(line.code))


def lock(expo: Expo, exhibitors: Sequence[Exhibitor]) -> None:
    """Keep the money and the orders of exhibitors whose stands will change, before anybody locks them or a stand."""
    booking.take_turn(expo)
    orders = [order_queries.live_order(expo, each) for each in exhibitors]
    for order in sorted((each for each in orders if each is not None), key=lambda each: each.id):
        booking.lock(expo, order)


def follow(expo: Expo, exhibitor: Exhibitor, moved: Mapping[str, Stand], by: Actor) -> Supplement | None:
    """An exhibitor has other stands now, by the numbers of those before: its order names them, and a supplement says so.

    The price stays as it was confirmed. Nothing happens to who has no confirmed order for such a stand.
    """
    order = order_queries.live_order(expo, exhibitor)
    if order is None or order.state not in BINDING:
        return None
    before = queries.stands_of(order)
    if not any(each["number"] in moved for each in before):
        return None
    after = [stand_of(moved[each["number"]]) if each["number"] in moved else each for each in before]
    order.frozen = _renamed(order.frozen, {number: stand.number for number, stand in moved.items()}, after)
    total = contract_sum(order)
    return write(expo, order, Change(before, after, total, total), by)


def _renamed(frozen: dict[str, Any], numbers: Mapping[str, str], stands: Stands) -> dict[str, Any]:
    """The order's frozen data with other stands; what the price was counted from stays, under the new numbers."""
    facts = frozen["facts"]
    counted = [{**each, "number": numbers.get(each["number"], each["number"])} for each in facts["stands"]]
    return {
        **frozen,
        "facts": {**facts, "stands": counted},
        "parties": {**frozen["parties"], "stands": stands},
    }


def write(
    expo: Expo, order: Order, change: Change, by: Actor, contract: Order | None = None
) -> Supplement | None:
    """Write the supplement of a change; one that nobody has sealed yet is void by it and within it.

    `contract` is the order whose contract it belongs to, where `order` has just come in its place. None where nothing is
    left that differs from what was signed. The order is the caller's: locked, and binding.
    """
    contract = contract or queries.contract_order(order)
    place = queries.count_of(contract) + 1
    open_one = order.owed_supplement
    if open_one is not None:
        open_one.void_at = clock.now()
        fee = open_one.fee + change.fee
        change = Change(open_one.before, change.after, open_one.total_before, change.total_after, fee)
    if list(change.before) == list(change.after) and change.total_before == change.total_after:
        db.session.flush()
        return None
    row = Supplement(
        expo_id=expo.id,
        contract_order_id=contract.id,
        number=rules.supplement_number(contract.number, place),
        before=list(change.before),
        after=list(change.after),
        total_before=change.total_before,
        total_after=change.total_after,
        fee=change.fee,
        made_at=clock.now(),
    )
    order.supplements.append(row)
    db.session.flush()
    _record("orders.supplement_made", expo, row, by)
    return row


def go_over(old: Order, new: Order) -> None:
    """The papers of an order that is replaced: the sealed contract is still the contract, with its supplements."""
    new.stamped_at, new.stamped_by, new.stamped_id = old.stamped_at, old.stamped_by, old.stamped_id
    for each in list(old.supplements):
        each.order = new
    db.session.flush()


def source_of(expo: Expo, row: Supplement) -> rules.Source:
    """What a supplement is made from; nothing that may change later but the names of who signs."""
    order, contract, zone = row.order, row.contract_order, ZoneInfo(expo.timezone)
    return rules.Source(
        number=row.number,
        contract=contract.number,
        reference=references.shown(order.reference),
        currency=order.currency,
        parties=order.frozen.get("parties") or parties(expo, order.exhibitor, []),
        before=row.before,
        after=row.after,
        total_before=row.total_before,
        total_after=row.total_after,
        fee=row.fee,
        confirmed=(contract.confirmed_at or contract.created_at).astimezone(zone).date(),
        made=row.made_at.astimezone(zone).date(),
    )


def stamped(expo: Expo, row: Supplement, by: Actor, scan: Scan | None = None) -> None:
    """Note that the copy of a supplement with the exhibitor's seal is back; the contract says the truth again (swap list).

    Said twice, the first moment stays and a new scan takes the place of the old. Raises `Conflict` for a void one, or
    where the order does not bind any more.
    """
    row = _locked(expo, row)
    if scan is not None:
        row.stamped_id = _kept(expo, scan, by)
    if row.stamped_at is None:
        row.stamped_at, row.stamped_by = clock.now(), by.id
        _record("orders.supplement_stamped", expo, row, by)
    note_made(expo, Thing.CONTRACT, by, exhibitor=row.order.exhibitor)


def unstamped(expo: Expo, row: Supplement, by: Actor) -> None:
    """Take back that the copy is there: the wrong row was ticked. Raises `Conflict` as `stamped`, and for an earlier one."""
    row = _locked(expo, row)
    if row.id != row.order.valid_supplements[-1].id:
        raise Conflict("later_supplement", N_("A later supplement was written since; this one stays sealed."))
    if row.stamped_at is not None:
        row.stamped_at = row.stamped_by = None
        _record("orders.supplement_unstamped", expo, row, by)


def sent(expo: Expo, row: Supplement, by: Actor, scan: Scan) -> None:
    """The exhibitor sends its sealed copy; it is back once the office has looked at it and said so.

    Raises `Conflict` for a void one, one that is back already, or where the order does not bind any more.
    """
    row = _locked(expo, row)
    if row.stamped_at is not None:
        raise Conflict("stamped_already", N_("The organiser has the copy with your seal already."))
    row.stamped_id, row.sent_at = _kept(expo, scan, by), clock.now()
    _record("orders.supplement_sent", expo, row, by)


def _kept(expo: Expo, scan: Scan, by: Actor) -> int:
    content, name, kind = scan
    return files.store(content, name=name, content_type=kind, purpose=SCAN, expo_id=expo.id, owner=by).id


def _locked(expo: Expo, row: Supplement) -> Supplement:
    order = booking.lock(expo, row.order)
    db.session.refresh(row)
    if order.state not in BINDING or order.replaced_by_id is not None or row.void_at is not None:
        raise Conflict("not_binding", N_("This supplement does not count any more: look at the order again."))
    return row


def _record(action: str, expo: Expo, row: Supplement, by: Actor) -> None:
    audit.record(action, by, expo_id=expo.id, subject=(SUBJECT, row.order_id), after={"number": row.number})
