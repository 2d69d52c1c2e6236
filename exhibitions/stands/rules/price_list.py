"""A price list as frozen data (spec/exhibitors-stands.md §2.2): what an organiser prints on the price sheet.

A list is JSON in a row and these structs in the rules; `fingerprint` is what an order keeps of the version it was
priced by. Defaults are written out, so that a later default never changes the meaning of an old list. Amounts are
in the list's currency, before tax or with tax inside as `tax_included` says; per cents are whole or broken numbers.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, structs

from exhibitions.core.errors import N_, Refused
from exhibitions.core.money import CURRENCIES

ZERO, HUNDRED = Decimal(0), Decimal(100)
MOST_AMOUNT = Decimal(100_000_000)
MOST_ROWS = 60
"""How many lines each table of a list may have."""
MOST_SIDES = 4
MOST_MONTHS, MOST_DAYS = 36, 365
SCHEMA = 1
LONGEST_NAME, LONGEST_TERMS = 100, 10_000
_Name = Annotated[str, Meta(max_length=LONGEST_NAME)]
_Key = Annotated[str, Meta(max_length=32)]
LONGEST_ACCOUNT = 100
_AccountText = Annotated[str, Meta(max_length=LONGEST_ACCOUNT)]
_Terms = Annotated[str, Meta(max_length=LONGEST_TERMS)]


class Basis(enum.StrEnum):
    """What a stand's price counts: square metres, stands of a standard size, or the stand as it is."""

    PER_M2 = "per_m2"
    PER_STAND = "per_stand"
    FLAT = "flat"


class FeeBasis(enum.StrEnum):
    """What a fee or levy counts."""

    PER_M2 = "per_m2"
    PER_STAND = "per_stand"
    PER_EXHIBITOR = "per_exhibitor"
    PER_CO_EXHIBITOR = "per_co_exhibitor"
    PER_REPRESENTED = "per_represented"


class DiscountBasis(enum.StrEnum):
    """How a discount is counted: so much off a m², per cent of the stand's price, a sum off, or another m² price."""

    PER_M2 = "per_m2"
    PERCENT = "percent"
    FLAT = "flat"
    PRICE_PER_M2 = "price_per_m2"


class Who(enum.StrEnum):
    """Whom a fee or discount is for; `new` firms had no part in the last edition."""

    EVERYONE = "everyone"
    NEW = "new"
    RETURNING = "returning"
    MEMBERS = "members"
    NOT_MEMBERS = "not_members"


class Place(enum.StrEnum):
    """Where a stand must be for a line to count."""

    ANY = ""
    INDOOR = "indoor"
    OUTDOOR = "outdoor"


class _Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of every line: its name, and for which stands it counts (empty: for all)."""

    name_zh: _Name = ""
    name_en: _Name = ""
    kinds: tuple[_Key, ...] = ()
    place: Place = Place.ANY


class Rate(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The price of a stand; the first line of the list that fits a stand is the one that counts.

    `started` charges every metre or part thereof at the full price; an area under `minimum_m2` is charged as that.
    With PER_STAND, `unit_m2` is the size of one standard stand: two merged ones are charged as two, a started one
    as a whole. `tax_percent` None takes the list's.
    """

    basis: Basis
    amount: Decimal
    zone: _Key = ""
    price_class: _Key = ""
    sides: tuple[int, ...] = ()
    minimum_m2: Decimal = ZERO
    started: bool = False
    unit_m2: Decimal = ZERO
    tax_percent: Decimal | None = None


class SideSurcharge(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Per cent on the stand's price from so many open sides on; of several the highest that is reached counts."""

    sides: int
    percent: Decimal


class Fee(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Media, registration, levies, energy, prepayment, co-exhibitors.

    `cap` is the most for one exhibitor: its stands in one order share it (§2.2); None for no cap. `spare_main` frees
    a co-exhibitor that has a stand of its own.
    """

    basis: FeeBasis
    amount: Decimal
    who: Who = Who.EVERYONE
    cap: Decimal | None = None
    spare_main: bool = True
    tax_percent: Decimal | None = None


class Discount(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A better price: early until a date (inclusive, in the fair's zone), for members, or both."""

    basis: DiscountBasis
    amount: Decimal
    who: Who = Who.EVERYONE
    until: date | None = None


class Schedule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the sum is due: `deposit_percent` at signature, the rest `balance_months` before the opening or `balance_on`.

    Whoever signs on that day or later gets one invoice of 100 %. 0 or 100 per cent means that all is due at once.
    `pay_days` is the time to pay after signature; the balance is to be paid on its date.
    """

    deposit_percent: int = 50
    balance_months: int = 1
    balance_on: date | None = None
    pay_days: int = 14


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rung of the cancellation ladder: from so many days before the opening on, `percent` of the price stays due."""

    days_before: int
    percent: Decimal


class PriceList(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of a fair's prices. `discounts_add` lets a member's and an early price be taken together.

    The account is where exhibitors pay to; it stands in the contract and beside what is due.
    """

    schema: int = SCHEMA
    currency: str = "CNY"
    tax_percent: Decimal = ZERO
    tax_included: bool = True
    rates: tuple[Rate, ...] = ()
    surcharges: tuple[SideSurcharge, ...] = ()
    upper_percent: Decimal = ZERO
    fees: tuple[Fee, ...] = ()
    discounts: tuple[Discount, ...] = ()
    discounts_add: bool = False
    schedule: Schedule = Schedule()
    cancellation: tuple[Step, ...] = ()
    terms_zh: _Terms = ""
    terms_en: _Terms = ""
    account_holder: _AccountText = ""
    account_bank: _AccountText = ""
    account_number: _AccountText = ""


TABLES: dict[str, type[Struct]] = {
    "rates": Rate,
    "surcharges": SideSurcharge,
    "fees": Fee,
    "discounts": Discount,
    "cancellation": Step,
}
"""The tables of a list by the name under which they are edited; of rates and discounts the order counts."""
ORDERED = frozenset({"rates", "discounts", "fees"})


def table_of(prices: PriceList, table: str) -> tuple[Struct, ...]:
    """The lines of one of `TABLES`."""
    lines: tuple[Struct, ...] = getattr(prices, table)
    return lines


def with_line(prices: PriceList, table: str, place: int | None, line: Struct) -> PriceList:
    """The list with a line added at the end of a table, or put in the place (from 0) of an earlier one.

    Surcharges stand by their sides, steps of cancellation by their days, the earliest first.
    """
    lines = list(table_of(prices, table))
    if place is None:
        lines.append(line)
    else:
        lines[place] = line
    return structs.replace(prices, **{table: _sorted(table, lines)})


def without_line(prices: PriceList, table: str, place: int) -> PriceList:
    """The list without a line of a table."""
    lines = list(table_of(prices, table))
    del lines[place]
    return structs.replace(prices, **{table: tuple(lines)})


def with_line_moved(prices: PriceList, table: str, place: int, step: int) -> PriceList:
    """The list with a line one place up (-1) or down (1); at the border it stays where it is."""
    lines = list(table_of(prices, table))
    to = place + step
    if 0 <= to < len(lines):
        lines[place], lines[to] = lines[to], lines[place]
    return structs.replace(prices, **{table: tuple(lines)})


def _sorted(table: str, lines: list[Struct]) -> tuple[Struct, ...]:
    keys: dict[str, Callable[[Any], int]] = {
        "surcharges": lambda line: line.sides,
        "cancellation": lambda line: -line.days_before,
    }
    return tuple(sorted(lines, key=keys[table])) if table in keys else tuple(lines)


def dumped(prices: PriceList) -> dict[str, object]:
    """The list as plain JSON data for a row; `loaded` gives the same list back."""
    plain: dict[str, object] = msgspec.json.decode(msgspec.json.encode(prices))
    return plain


def loaded(data: object) -> PriceList:
    """The list that a row or a document holds. Raises `Refused("price_list_unreadable")` with what is wrong."""
    try:
        return msgspec.convert(data, PriceList)
    except msgspec.ValidationError as error:
        raise Refused(
            "price_list_unreadable", N_("The price list cannot be read: %(error)s"), error=str(error)
        ) from error


def fingerprint(prices: PriceList) -> str:
    """SHA-256 in hex over the list's data in one fixed order: equal lists, equal fingerprints."""
    return hashlib.sha256(msgspec.json.encode(prices, order="deterministic")).hexdigest()


def problems(prices: PriceList) -> list[Refused]:
    """What keeps a list from being used, each as a sentence; empty when it may be."""
    return [Refused(code, message) for code, (wrong, message) in _checks(prices).items() if wrong]


def _checks(prices: PriceList) -> dict[str, tuple[bool, str]]:
    tables = (prices.rates, prices.fees, prices.discounts)
    return {
        "currency": (prices.currency not in CURRENCIES, N_("Choose a currency.")),
        "no_rate": (not prices.rates, N_("Enter at least one price for a stand.")),
        "too_many": (
            any(len(table) > MOST_ROWS for table in tables),
            N_("A table of prices has too many lines."),
        ),
        "amount": (
            not all(_within(amount, MOST_AMOUNT) for amount in _amounts(prices)),
            N_("An amount is below zero or too large."),
        ),
        "percent": (
            not all(_within(percent, HUNDRED) for percent in _shares(prices)),
            N_("A percentage must be between 0 and 100."),
        ),
        "sides": (
            any(not 1 <= side <= MOST_SIDES for rate in prices.rates for side in rate.sides)
            or any(not 1 <= step.sides <= MOST_SIDES for step in prices.surcharges),
            N_("A stand has one to four open sides."),
        ),
        "schedule": (
            not (
                0 <= prices.schedule.balance_months <= MOST_MONTHS
                and 0 <= prices.schedule.pay_days <= MOST_DAYS
            ),
            N_("The times to pay are too long."),
        ),
        "surcharge_twice": (
            _doubled(step.sides for step in prices.surcharges),
            N_("A surcharge is there twice."),
        ),
        "step_twice": (
            _doubled(step.days_before for step in prices.cancellation),
            N_("A step of the cancellation fee is there twice."),
        ),
        "ladder": (
            any(step.days_before < 0 for step in prices.cancellation) or _falls(prices.cancellation),
            N_("Nearer to the opening a cancellation cannot cost less, and no step lies behind the opening."),
        ),
        "nameless": (
            not all(line.name_zh or line.name_en for line in (*prices.fees, *prices.discounts)),
            N_("Every fee and discount needs a name."),
        ),
    }


def _falls(steps: Sequence[Step]) -> bool:
    shares = [step.percent for step in sorted(steps, key=lambda step: -step.days_before)]
    return any(later < earlier for earlier, later in pairwise(shares))


def _within(value: Decimal, most: Decimal) -> bool:
    return value.is_finite() and ZERO <= value <= most


def _doubled(values: Iterable[int]) -> bool:
    found = list(values)
    return len(set(found)) < len(found)


def _amounts(prices: PriceList) -> Iterator[Decimal]:
    for rate in prices.rates:
        yield from (rate.amount, rate.minimum_m2, rate.unit_m2)
    for fee in prices.fees:
        yield from (fee.amount, fee.cap or ZERO)
    yield from (discount.amount for discount in prices.discounts)


def _shares(prices: PriceList) -> Iterator[Decimal]:
    yield from (prices.tax_percent, Decimal(prices.schedule.deposit_percent))
    yield prices.upper_percent
    yield from (step.percent for step in prices.surcharges)
    yield from (step.percent for step in prices.cancellation)
    yield from (rate.tax_percent or ZERO for rate in prices.rates)
    yield from (fee.tax_percent or ZERO for fee in prices.fees)
    yield from (each.amount for each in prices.discounts if each.basis is DiscountBasis.PERCENT)
