"""展商报到, the exhibitor desk: contract → money → badges → bag with a signature, and what is missing on the way."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from exhibitions.core.errors import N_, Conflict, Refused

MOST_BAGS = 99
LONGEST_NAME = 100
MOST_PRICE = 10**10
"""No badge costs more, in minor units."""


class Step(enum.StrEnum):
    """What the desk goes through, in this order."""

    CONTRACT = "contract"
    MONEY = "money"
    BADGES = "badges"
    BAG = "bag"


STEP_WORDS = {
    Step.CONTRACT: N_("Contract"),
    Step.MONEY: N_("Money"),
    Step.BADGES: N_("Badges"),
    Step.BAG: N_("Bag and signature"),
}


class Extra(enum.StrEnum):
    """How somebody gets a badge at the desk: within the quota, at the day's price, by grace, or for one day."""

    QUOTA = "quota"
    PRICE = "price"
    GRACE = "grace"
    DAY = "day"


PAID_FOR = frozenset({Extra.PRICE, Extra.DAY})
"""What has a price. Grace has a name instead, and the quota is part of the stand."""


def price_of(how: Extra, amount: int | None) -> int:
    """What a badge costs in minor units: a grace and a badge within the quota nothing, whatever was typed."""
    return (amount or 0) if how in PAID_FOR else 0


@dataclass(frozen=True, slots=True)
class Standing:
    """What the desk knows of an exhibitor; `open_minor` is what was due by today and is not paid.

    A stand given free has a contract and nothing to pay. Without a `licence` that is valid through the last day nobody
    moves in (§2.6), unless somebody takes it on with their name.
    """

    contract: bool
    open_minor: int
    badges: int
    quota: int
    arrived: bool
    licence: bool = True

    @property
    def left(self) -> int:
        """How many badges the quota still gives."""
        return max(0, self.quota - self.badges)


def done(standing: Standing) -> dict[Step, bool]:
    """Each step with whether it is done; badges are, once there is one, or where the quota gives none."""
    return {
        Step.CONTRACT: standing.contract,
        Step.MONEY: standing.contract and standing.open_minor <= 0,
        Step.BADGES: standing.badges > 0 or standing.quota == 0,
        Step.BAG: standing.arrived,
    }


def missing(standing: Standing) -> Step | None:
    """The first step that is missing; None when the exhibitor has arrived."""
    return next((step for step, is_done in done(standing).items() if not is_done), None)


def check_arrival(standing: Standing, by_whom: str = "") -> None:
    """Raise unless only the bag is missing: `arrived` a second time, else `missing_contract`, `missing_money`, `missing_badges`.

    Last `missing_licence`: the business licence blocks the move-in (§2.6), unless `by_whom` names who allows it.
    """
    step = missing(standing)
    if step is None or standing.arrived:
        raise Conflict("arrived", N_("This exhibitor has arrived already"))
    if step is not Step.BAG:
        raise Refused(f"missing_{step}", _MISSING[step])
    if not standing.licence and not by_whom.strip():
        raise Refused(
            "missing_licence",
            N_("Without a valid business licence nobody moves in. Enter who allows it, or ask for the paper"),
            field="by_whom",
        )


_MISSING = {
    Step.CONTRACT: N_("There is no contract yet. Ask the office"),
    Step.MONEY: N_("There is money open. The cash desk books it, then load this page again"),
    Step.BADGES: N_("Nobody of this exhibitor has a badge yet. Name at least one person"),
}


def check_bag(signed_by: str, bags: int) -> str:
    """The name of who signs, as it is kept; refused when empty, and for a number of bags that nobody carries."""
    name = " ".join(signed_by.split())[:LONGEST_NAME]
    if not name:
        raise Refused("not_signed", N_("Enter the name of who takes the bag"), field="signed_by")
    if not 0 <= bags <= MOST_BAGS:
        raise Refused("bags", N_("Enter a number of bags from 0 to %(most)d"), field="bags", most=MOST_BAGS)
    return name


def check_extra(how: Extra, standing: Standing, amount: int | None, by_whom: str) -> None:
    """Refuse any badge without a contract, a free one over the quota, a price that is none, and grace of nobody."""
    if not standing.contract:
        raise Refused("missing_contract", _MISSING[Step.CONTRACT], field="how")
    if how is Extra.QUOTA and standing.left == 0:
        raise Refused(
            "over_quota", N_("The quota is used up: choose a price, grace or a day pass"), field="how"
        )
    if how in PAID_FOR and (amount is None or not 0 <= amount <= MOST_PRICE):
        raise Refused("no_price", N_("Enter the day's price, 0 if it costs nothing"), field="amount")
    if how is Extra.GRACE and not by_whom.strip():
        raise Refused("no_grace", N_("Enter who allows it"), field="by_whom")
