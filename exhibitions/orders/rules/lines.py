"""An order's lines: a quote frozen with all that it was counted from, so that the same sum comes out years later."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import msgspec

from exhibitions.core.money import to_minor
from exhibitions.orders.rules.invoicing import TaxPart
from exhibitions.stands.rules.price_list import PriceList, dumped, fingerprint, loaded
from exhibitions.stands.rules.price_words import Said, joined
from exhibitions.stands.rules.pricing import Facts, Quote, price

REDUCTION = "cancelled"
"""The code of the line that stays due of what a smaller order gave up."""
COUNTER = "counter"
"""The code of the line that takes the sum of a cancelled order away; nobody signed it."""
SERVICE = "service."
"""What stands before the office's own code of a service, so that no code of its is taken for one of the contract."""
SERVICE_ENDED = "service_cancelled"
"""The code of the line that takes one cancelled service away again."""
SERVICE_FEE = "service_fee"
"""The code of the line for what of a cancelled service stays due."""
_CONTRACT = frozenset({"stand", "sides", "upper", REDUCTION})
_CONTRACT_GROUPS = ("fee.", "discount.")


@dataclass(frozen=True, slots=True)
class LineValues:
    """What a row keeps of a line; amounts in minor units."""

    code: str
    text: Said
    reason: Said
    amount: int
    tax_rate: str
    tax: int


def line_values(quote: Quote) -> list[LineValues]:
    """The lines of a quote for rows; their sum is the quote's, to the cent."""
    return [
        LineValues(
            code=line.code,
            text=Said(f"{line.name.zh} {line.stand}".strip(), f"{line.name.en} {line.stand}".strip()),
            reason=line.reason,
            amount=to_minor(line.net, quote.currency),
            tax_rate=f"{line.tax_percent:f}",
            tax=to_minor(line.tax, quote.currency),
        )
        for line in quote.lines
    ]


def kept_of_reduction(percent: Decimal, given_up: Said, part: TaxPart) -> LineValues:
    """The line for the fee that stays due of what a smaller order gives up, under one rate of tax.

    As the fee of a whole cancellation it is a share of a price with tax, so its tax is within it and nothing is added on
    top: a line for each rate of what was given up, each rounded on its own (spec §2.2).
    """
    return LineValues(
        code=REDUCTION,
        text=Said("缩小展位的取消费", "Fee for the cancelled part"),
        reason=joined(
            Said(
                f"已取消部分 {given_up.zh} 的 {percent.normalize():f}%",
                f"{percent.normalize():f} % of the cancelled {given_up.en}",
            )
        ),
        amount=part.net,
        tax_rate=f"{part.rate:f}",
        tax=part.tax,
    )


def is_of_contract(code: str) -> bool:
    """Whether a line is part of what was signed; services and the like that come later stand beside it."""
    return code in _CONTRACT or code.startswith(_CONTRACT_GROUPS)


def frozen(prices: PriceList, facts: Facts, on: date) -> dict[str, object]:
    """What an order keeps of how its sum was counted, as plain data."""
    return {
        "prices": dumped(prices),
        "sha256": fingerprint(prices),
        "facts": msgspec.json.decode(msgspec.json.encode(facts)),
        "on": on.isoformat(),
    }


def recounted(kept: dict[str, object]) -> Quote:
    """The quote counted again from what `frozen` kept. Raises `Refused` where the data was spoilt."""
    facts = msgspec.convert(kept["facts"], Facts)
    return price(loaded(kept["prices"]), facts, date.fromisoformat(str(kept["on"])))


def mark(sha256: str, quote: Quote, stands: Iterable[str]) -> str:
    """What a check page was opened with: another list, sum or choice of stands gives another mark."""
    seen = "\n".join([sha256, f"{quote.total} {quote.net} {quote.currency}", *sorted(stands)])
    return hashlib.sha256(seen.encode()).hexdigest()[:24]


def contract_number(edition: int, place: int) -> str:
    """The number of a contract: HT (合同), two digits of the edition, five of its place among the fair's orders."""
    return f"HT{edition % 100:02d}{place:05d}"


def next_number(number: str) -> str:
    """The number of the contract that replaces one: HT0800001, HT0800001-2, HT0800001-3."""
    first, _, times = number.partition("-")
    return f"{first}-{int(times or 1) + 1}"
