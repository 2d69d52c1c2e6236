"""Contracts: drawn anew from what the order froze, printed in numbers, and the stamped copies that come back."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_, Conflict
from exhibitions.exhibitors.rules.states import Mover, State
from exhibitions.exhibitors.service import moving
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.orders.models import Order
from exhibitions.orders.queries.parties import parties
from exhibitions.orders.rules import references
from exhibitions.orders.rules.contract import Contract, Source, contract
from exhibitions.orders.rules.lines import is_of_contract
from exhibitions.orders.rules.states import BINDING, InstalmentKind, OrderState
from exhibitions.orders.service import booking
from exhibitions.orders.service.contract_drawing import contracts_pdf
from exhibitions.stands.rules.swaps import Thing
from exhibitions.stands.service.swapping import note_made

SUBJECT = "order"
SCAN = "orders.stamped"
"""The purpose of the scan of a stamped copy."""


def source_of(expo: Expo, order: Order) -> Source:
    """What the contract of this order is made from: its rows and what it froze, nothing that may change later."""
    signed = [line for line in order.lines if is_of_contract(line.code)]
    frozen = order.frozen
    total = sum(line.amount + line.tax for line in signed)
    # What was ordered later has instalments of its own, behind those of the contract.
    parts: list[tuple[InstalmentKind, int, date]] = []
    left = total
    for part in sorted(order.instalments, key=lambda each: each.id):
        if left > 0 or (not total and not parts):
            parts.append((part.kind, part.amount, part.due))
            left -= part.amount
    prices = frozen.get("prices", {})
    included = bool(prices.get("tax_included"))
    return Source(
        number=order.number,
        reference=references.shown(order.reference),
        currency=order.currency,
        parties=frozen.get("parties") or parties(expo, order.exhibitor, []),
        lines=[
            (
                (line.text_zh, line.text_en),
                (line.reason_zh, line.reason_en),
                line.amount + (line.tax if included else 0),
            )
            for line in signed
        ],
        net=sum(line.amount for line in signed),
        tax=sum(line.tax for line in signed),
        included=included,
        parts=parts,
        account=account_of(order),
        terms={name: prices.get(name, "") for name in ("terms_zh", "terms_en")},
        version=frozen.get("version", 1),
        sha256=frozen.get("sha256", ""),
        confirmed=(order.confirmed_at or order.created_at).astimezone(ZoneInfo(expo.timezone)).date(),
    )


ACCOUNT = ("account_holder", "account_bank", "account_number")


def account_of(order: Order) -> dict[str, str]:
    """The account that the contract says money goes to, by the names of the price list; empty texts where it has none."""
    prices = order.frozen.get("prices", {})
    return {name: prices.get(name, "") for name in ACCOUNT}


def contract_of(expo: Expo, order: Order, lang: str) -> Contract:
    """The contract in `zh` or `en`."""
    return contract(source_of(expo, order), lang)


def draw(expo: Expo, orders: Sequence[Order], lang: str) -> bytes:
    """One PDF with the contracts of these orders. Raises `Refused("fonts_missing")` without the printing fonts."""
    out = io.BytesIO()
    title = orders[0].number if len(orders) == 1 else expo.slug
    contracts_pdf(out, [contract_of(expo, order, lang) for order in orders], title)
    return out.getvalue()


def stamped(expo: Expo, order: Order, by: Actor, scan: tuple[files.Bytes, str, str] | None = None) -> None:
    """Note that the copy with the exhibitor's seal is back, with its scan (bytes, name, kind) if there is one.

    The order is contracted by it, and the exhibitor with it, unless money has made it so before. Said twice, the first
    moment stays and a new scan takes the place of the old. Raises `Conflict` for an order that does not bind.
    """
    order = booking.lock(expo, order)
    check_binding(order)
    if scan is not None:
        content, name, kind = scan
        row = files.store(content, name=name, content_type=kind, purpose=SCAN, expo_id=expo.id, owner=by)
        order.stamped_id = row.id
    if order.stamped_at is None:
        order.stamped_at = clock.now()
        order.stamped_by = by.id
    order.state = OrderState.CONTRACTED
    if order.exhibitor.state is State.ACCEPTED:
        moving.move(order.exhibitor, State.CONTRACTED, Mover.OFFICE, by)
    # Money may have come before the seal: what was paid counts from now on, and the stand is the exhibitor's.
    booking.drive(expo, order, by)
    note_made(expo, Thing.CONTRACT, by, exhibitor=order.exhibitor)
    audit.record(
        "orders.stamped", by, expo_id=expo.id, subject=(SUBJECT, order.id), after={"number": order.number}
    )


def check_binding(order: Order) -> None:
    """Raises `Conflict` for an order that nobody has confirmed, that was called off or replaced."""
    if order.state not in BINDING or order.replaced_by_id is not None:
        raise Conflict("not_binding", N_("This order is not confirmed or was called off."))


def unstamped(expo: Expo, order: Order, by: Actor) -> None:
    """Take back that the stamped copy is there: the wrong row was ticked. The exhibitor's state stays, it may be paid.

    Raises `Conflict` for an order that does not bind (any more).
    """
    order = booking.lock(expo, order)
    check_binding(order)
    if order.stamped_at is None:
        return
    order.stamped_at = order.stamped_by = None
    order.state = OrderState.CONFIRMED
    audit.record(
        "orders.unstamped", by, expo_id=expo.id, subject=(SUBJECT, order.id), after={"number": order.number}
    )
