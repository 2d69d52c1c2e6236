"""O5: the list of a fair's orders with their money.

A fair has some thousand orders at most; where their money stands is said by the rules alone, so all are read (four questions)
and the page is cut from them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, load_only

from exhibitions.companies.models import Company
from exhibitions.core.db import db
from exhibitions.core.search import Question, read_question
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from exhibitions.orders.models import Invoice, Order
from exhibitions.orders.queries import clearing, papers
from exhibitions.orders.queries import money as moneys
from exhibitions.orders.queries.money import Money
from exhibitions.orders.rules import references
from exhibitions.orders.rules.balance import Balance, PayState, together
from exhibitions.orders.rules.states import BINDING, OrderState

PAGE = 50
MOST = 20_000
"""How many orders of a fair are read at most."""
INVOICE_FILTERS = ("requested", "issued", "none")
ORDERS = ("company", "number", "total", "paid", "open", "due")


@dataclass(frozen=True)
class Filters:
    """Which orders are wanted, and in which order; empty values leave everything."""

    state: str = ""
    invoice: str = ""
    stamped: str = ""
    proof: str = ""
    text: str = ""
    order: str = "company"


@dataclass(frozen=True)
class Row:
    """An order as the list shows it; `invoices` are the states of its invoices.

    `deposit` is the part of its total that is held as a clearing deposit: no income, and given back.
    """

    order: Order
    company: Company | None
    money: Money
    invoices: frozenset[str]
    has_proof: bool
    deposit: int = 0
    owes_supplement: bool = False

    @property
    def owes_copy(self) -> bool:
        """Whether a copy with the seal is still to come back: of the contract, or of a supplement to it."""
        is_owed = not self.order.stamped_at or self.owes_supplement
        return self.order.state in BINDING and is_owed


@dataclass(frozen=True)
class Page:
    """A part of the list, the foot of all that match (by currency), and how many stand in each state.

    `deposits` are the clearing deposits within the foot's totals, by currency; currencies without any are left out.
    """

    rows: list[Row]
    total: int
    page: int
    last: int
    foot: dict[str, Balance]
    counts: dict[str, int] = field(default_factory=dict)
    deposits: dict[str, int] = field(default_factory=dict)


def found(expo: Expo, filters: Filters, page: int = 1, size: int = PAGE) -> Page:
    """A page of the orders that are wanted."""
    every = [row for row in rows(expo) if _is_wanted(row, filters)]
    counts: dict[str, int] = {}
    for row in every:
        counts[row.money.state.value] = counts.get(row.money.state.value, 0) + 1
    wanted = _sorted([row for row in every if filters.state in ("", row.money.state.value)], filters.order)
    last = max(1, -(-len(wanted) // size))
    page = max(1, min(page, last))
    return Page(
        wanted[(page - 1) * size : page * size],
        len(wanted),
        page,
        last,
        foot_of(wanted),
        counts,
        deposits_of(wanted),
    )


def wanted(expo: Expo, filters: Filters) -> list[Row]:
    """All the orders that are wanted, for an export."""
    matching = [row for row in rows(expo) if _is_wanted(row, filters)]
    return _sorted([row for row in matching if filters.state in ("", row.money.state.value)], filters.order)


def foot_of(wanted: Iterable[Row]) -> dict[str, Balance]:
    """The sums of a list, by currency: paid + open = total in each."""
    kept: dict[str, list[Balance]] = {}
    for row in wanted:
        kept.setdefault(row.order.currency, []).append(row.money.balance)
    return {currency: together(balances) for currency, balances in sorted(kept.items())}


def deposits_of(wanted: Iterable[Row]) -> dict[str, int]:
    """The clearing deposits that the orders of a list hold, by currency: what their totals have that is no income."""
    kept: dict[str, int] = {}
    for row in wanted:
        if row.deposit:
            kept[row.order.currency] = kept.get(row.order.currency, 0) + row.deposit
    return dict(sorted(kept.items()))


def rows(expo: Expo) -> list[Row]:
    """Every order of the fair that counts: no drafts, none that another replaced."""
    columns = load_only(
        *(Order.number, Order.reference, Order.state, Order.currency, Order.total, Order.stamped_at),
        *(Order.expo_id, Order.exhibitor_id, Order.replaced_by_id, Order.confirmed_at, Order.cancelled_at),
    )
    exhibitor = joinedload(Order.exhibitor).load_only(Exhibitor.number, Exhibitor.company_id, Exhibitor.state)
    company = exhibitor.joinedload(Exhibitor.company).load_only(
        *(Company.name_zh, Company.name_en, Company.search, Company.sort_key, Company.number)
    )
    question = (
        sa.select(Order, papers.owes_supplement())
        .where(Order.expo_id == expo.id, Order.state != OrderState.DRAFT, Order.replaced_by_id.is_(None))
        .options(columns, company)
        .order_by(Order.id)
        .limit(MOST)
    )
    owed: dict[Order, bool] = {row[0]: row[1] for row in db.session.execute(question)}
    orders = list(owed)
    money = moneys.monies(expo, orders)
    invoices = _invoices(expo)
    proofs = moneys.orders_with_new_slips(expo)
    deposits = clearing.held(expo)
    return [
        Row(
            each,
            each.exhibitor.company,
            money[each.id],
            frozenset(invoices.get(each.id, ())),
            each.id in proofs,
            deposits[each.id].held if each.id in deposits else 0,
            owed[each],
        )
        for each in orders
    ]


def _invoices(expo: Expo) -> dict[int, set[str]]:
    wanted = sa.select(Invoice.order_id, Invoice.number, Invoice.requested_at).where(
        Invoice.expo_id == expo.id
    )
    found: dict[int, set[str]] = {}
    for order_id, number, requested_at in db.session.execute(wanted):
        if number or requested_at:
            found.setdefault(order_id, set()).add("issued" if number else "requested")
    return found


def _is_wanted(row: Row, filters: Filters) -> bool:
    if filters.invoice == "none" and row.invoices:
        return False
    if filters.invoice in ("requested", "issued") and filters.invoice not in row.invoices:
        return False
    if filters.stamped == "owed" and not row.owes_copy:
        return False
    if filters.proof == "new" and not row.has_proof:
        return False
    return not filters.text or _matches(row, read_question(filters.text), filters.text)


def _matches(row: Row, question: Question, text: str) -> bool:
    reference = references.typed(text)
    if reference:
        return row.order.reference == reference
    line = f"{row.company.search if row.company else ''} {row.order.number} {row.order.reference}".casefold()
    return bool(question.words) and all(word in line for word in question.words)


_KEYS: dict[str, Callable[[Row], Any]] = {
    "company": lambda row: (row.company.sort_key if row.company else "", row.order.number),
    "number": lambda row: row.order.number,
    "total": lambda row: row.money.balance.total,
    "paid": lambda row: row.money.balance.paid,
    "open": lambda row: row.money.balance.open,
    "due": lambda row: row.money.next.due.on.toordinal() if row.money.next else 10**7,
}


def _sorted(wanted: Collection[Row], order: str) -> list[Row]:
    key = _KEYS[order.removeprefix("-")]
    return sorted(sorted(wanted, key=_KEYS["company"]), key=key, reverse=order.startswith("-"))


def candidates(expo: Expo) -> list[Row]:
    """The orders that a bank's row can pay: as `rows`."""
    return rows(expo)


STATES = tuple(PayState)
