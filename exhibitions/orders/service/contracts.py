"""Contracts: drawn anew from what the order froze, printed in numbers, and the stamped copies that come back."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_, Conflict
from exhibitions.exhibitors.rules.states import Mover, State
from exhibitions.exhibitors.service import moving
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.orders.models import Order, Supplement
from exhibitions.orders.queries import papers
from exhibitions.orders.queries.parties import parties
from exhibitions.orders.rules import references
from exhibitions.orders.rules.contract import Contract, Source, contract
from exhibitions.orders.rules.lines import is_of_contract
from exhibitions.orders.rules.states import BINDING, InstalmentKind, OrderState
from exhibitions.orders.rules.supplement import Supplement as SupplementPaper
from exhibitions.orders.rules.supplement import supplement
from exhibitions.orders.service import booking, supplementing
from exhibitions.orders.service.contract_drawing import Paper, contracts_pdf
from exhibitions.orders.service.supplementing import SCAN
from exhibitions.stands.rules.swaps import Thing
from exhibitions.stands.service.swapping import note_made

SUBJECT = "order"


def source_of(expo: Expo, order: Order) -> Source:
    """What the contract of this order is made from: its rows and what it froze, nothing that may change later.

    What came after it was confirmed stands in supplements: other stands, a smaller area (`supplementing`).
    """
    # An order that was replaced has given its reference to the new one, and keeps it before a mark of its own.
    reference, order = order.reference.partition("-")[0], papers.contract_order(order)
    signed = [line for line in order.lines if is_of_contract(line.code)]
    frozen = order.frozen
    who = frozen.get("parties") or parties(expo, order.exhibitor, [])
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
        reference=references.shown(reference),
        currency=order.currency,
        parties={**who, "stands": papers.signed_stands(order)},
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
        deposit=_deposit(frozen),
        confirmed=(order.confirmed_at or order.created_at).astimezone(ZoneInfo(expo.timezone)).date(),
    )


def _deposit(frozen: Mapping[str, Any]) -> tuple[int, date] | None:
    asked = frozen.get("deposit")
    return (asked["amount"], date.fromisoformat(asked["due"])) if asked and asked["amount"] else None


ACCOUNT = ("account_holder", "account_bank", "account_number")


def account_of(order: Order) -> dict[str, str]:
    """The account that the contract says money goes to, by the names of the price list; empty texts where it has none."""
    prices = order.frozen.get("prices", {})
    return {name: prices.get(name, "") for name in ACCOUNT}


def contract_of(expo: Expo, order: Order, lang: str) -> Contract:
    """The contract in `zh` or `en`."""
    return contract(source_of(expo, order), lang)


def supplement_of(expo: Expo, row: Supplement, lang: str) -> SupplementPaper:
    """A supplement in `zh` or `en`."""
    return supplement(supplementing.source_of(expo, row), lang)


def draw(expo: Expo, orders: Sequence[Order], lang: str) -> bytes:
    """One PDF with the contracts of these orders. Raises `Refused("fonts_missing")` without the printing fonts."""
    title = papers.contract_order(orders[0]).number if len(orders) == 1 else expo.slug
    return _drawn([contract_of(expo, order, lang) for order in orders], title)


def draw_supplement(expo: Expo, row: Supplement, lang: str) -> bytes:
    """The PDF of one supplement. Raises `Refused("fonts_missing")` without the printing fonts."""
    return _drawn([supplement_of(expo, row, lang)], row.number)


def draw_papers(expo: Expo, orders: Sequence[Order], lang: str, *, owed: bool) -> bytes:
    """One PDF with all that is signed about these orders: each contract, then its supplements; with `owed` what is not back.

    Raises `Refused("fonts_missing")` without the printing fonts.
    """
    made: list[Paper] = []
    for order in orders:
        if not (owed and order.stamped_at):
            made.append(contract_of(expo, order, lang))
        made += [
            supplement_of(expo, row, lang) for row in order.valid_supplements if not (owed and row.stamped_at)
        ]
    return _drawn(made, expo.slug)


def _drawn(made: Sequence[Paper], title: str) -> bytes:
    out = io.BytesIO()
    contracts_pdf(out, made, title)
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
    # A contract that was sealed before a move does not say where the stand is now: its supplement does.
    if order.owed_supplement is None:
        note_made(expo, Thing.CONTRACT, by, exhibitor=order.exhibitor)
    audit.record(
        "orders.stamped", by, expo_id=expo.id, subject=(SUBJECT, order.id), after={"number": order.number}
    )


def stamped_all(expo: Expo, order: Order, by: Actor) -> None:
    """Note that every copy that was owed for an order is back: of its contract, of the supplement to it."""
    if order.stamped_at is None:
        stamped(expo, order, by)
    if order.owed_supplement is not None:
        supplementing.stamped(expo, order.owed_supplement, by)


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
