"""To which orders the rows of a bank's statement belong (O5).

Nothing is booked by a guess: only a row whose note names one order, whose money came in and fits, is ready for one click.
All else is shown with its reason.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from exhibitions.core.errors import N_
from exhibitions.core.sameness import same_key
from exhibitions.orders.rules import references
from exhibitions.orders.rules.statement import Line


class Verdict(enum.StrEnum):
    """What becomes of a row."""

    EXACT = "exact"
    """One order, and the amount is what is open of it or of its next instalment."""
    LESS = "less"
    MORE = "more"
    SEVERAL = "several"
    SLIP = "slip"
    UNKNOWN = "unknown"
    CURRENCY = "currency"
    CANCELLED = "cancelled"
    KNOWN = "known"
    OUT = "out"


VERDICT_WORDS = {
    Verdict.EXACT: N_("Fits"),
    Verdict.LESS: N_("Less than is open"),
    Verdict.MORE: N_("More than is open"),
    Verdict.SEVERAL: N_("Names several orders"),
    Verdict.SLIP: N_("Reference with a slip"),
    Verdict.UNKNOWN: N_("No order found"),
    Verdict.CURRENCY: N_("Another currency"),
    Verdict.CANCELLED: N_("The order was cancelled"),
    Verdict.KNOWN: N_("Imported before"),
    Verdict.OUT: N_("Paid out"),
}
BOOKABLE = frozenset({Verdict.EXACT, Verdict.LESS, Verdict.MORE})
"""One order is named beyond doubt: may be booked by one click."""
BY_HAND = frozenset({Verdict.SEVERAL, Verdict.SLIP, Verdict.UNKNOWN, Verdict.CANCELLED})
"""Money that came in and that a person gives to an order."""


@dataclass(frozen=True)
class Candidate:
    """An order as a statement is matched against it; `next_amounts` are the sums that are asked for next.

    These are what is open of its next instalment, and all that is open. `names` are the company's and the invoice's.
    """

    id: int
    reference: str
    currency: str
    open: int
    next_amounts: tuple[int, ...]
    names: tuple[str, ...]
    cancelled: bool = False


@dataclass(frozen=True)
class Match:
    """The verdict on a row; `orders` are candidates' ids (one where it can be booked), `guesses` come from name and amount."""

    verdict: Verdict
    orders: tuple[int, ...] = ()
    guesses: tuple[int, ...] = ()
    other_payer: bool = False
    slips: tuple[str, ...] = field(default=())


def match(
    line: Line, by_reference: Mapping[str, Candidate], by_name: Mapping[str, Sequence[Candidate]]
) -> Match:
    """Which order a row pays. `by_name` keys are `same_key` of the candidates' names.

    A right reference that no order of ours has is unknown. Beside a right one, a slip makes the row doubtful: what it
    was to pay for is not known.
    """
    if line.amount <= 0:
        return Match(Verdict.OUT)
    found = references.find(line.note)
    named = [by_reference[each] for each in found.references if each in by_reference]
    strangers = [each for each in found.references if each not in by_reference]
    guesses = _guesses(line, by_name)
    ids = tuple(each.id for each in named)
    if len(named) > 1 or (named and strangers):
        return Match(Verdict.SEVERAL, ids, guesses, slips=found.slips)
    if found.slips:
        return Match(Verdict.SLIP, ids, guesses, slips=found.slips)
    if not named:
        return Match(Verdict.UNKNOWN, (), guesses)
    order = named[0]
    other_payer = is_other_payer(line.payer, order.names)
    if order.currency != line.currency:
        return Match(Verdict.CURRENCY, ids, guesses, other_payer)
    if order.cancelled and order.open == 0:
        return Match(Verdict.CANCELLED, ids, guesses, other_payer)
    return Match(_by_amount(line.amount, order), ids, (), other_payer)


def _by_amount(amount: int, order: Candidate) -> Verdict:
    if amount == order.open or amount in order.next_amounts:
        return Verdict.EXACT
    return Verdict.MORE if amount > order.open else Verdict.LESS


def _guesses(line: Line, by_name: Mapping[str, Sequence[Candidate]]) -> tuple[int, ...]:
    """Orders of who paid, those with just this amount first; five at most."""
    if not line.payer:
        return ()
    found = [each for each in by_name.get(same_key(line.payer), ()) if not each.cancelled and each.open > 0]
    found.sort(key=lambda each: (line.amount not in (each.open, *each.next_amounts), each.reference))
    return tuple(each.id for each in found[:5])


def is_other_payer(payer: str, names: Sequence[str]) -> bool:
    """Whether who paid is none of those that we know for the order; an empty name is no other one.

    Brackets count with their text and not with their shape: 星河（上海） is another company than 星河.
    """
    known = {same_key(name) for name in names if name}
    return bool(payer.strip()) and bool(known) and same_key(payer) not in known
