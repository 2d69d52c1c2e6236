"""What a stand costs: facts and a price list give a quote of lines, each with its reason (exhibitors-stands.md §2.2).

The same quote is shown when a stand is chosen, when the order is checked and in the contract, and is frozen into
the order; nothing else in the product computes a price. Rounding is half up to minor units, once a line; tax is a
line's own. Sums are sums of lines, so nothing can differ by a cent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, Decimal
from functools import partial

from exhibitions.core.errors import N_, Refused
from exhibitions.core.money import round_half_up
from exhibitions.stands.rules import price_words as words
from exhibitions.stands.rules.price_list import (
    HUNDRED,
    MOST_SIDES,
    ZERO,
    Basis,
    Discount,
    DiscountBasis,
    Fee,
    FeeBasis,
    Place,
    PriceList,
    Rate,
    Who,
)
from exhibitions.stands.rules.price_words import Said

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class StandFacts:
    """What the price of one stand depends on. Areas in m²; `upper_m2` is what a second storey covers.

    A stand given `free` of charge costs nothing itself; fees of the exhibitor stay.
    """

    number: str
    area_m2: Decimal
    open_sides: int = 1
    kind: str = ""
    outdoor: bool = False
    zone: str = ""
    price_class: str = ""
    upper_m2: Decimal = ZERO
    free: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What the price depends on: the stands and who takes them.

    `new` says that the firm had no part in the last edition. `co_exhibitors_main` of the `co_exhibitors` have a
    stand of their own at this edition.
    """

    stands: tuple[StandFacts, ...]
    new: bool = False
    member: bool = False
    co_exhibitors: int = 0
    co_exhibitors_main: int = 0
    represented: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a quote. `amount` is as the list counts (with or without tax); net + tax = total, to the cent.

    `code` names the rule: stand, sides, upper, fee.<n>, discount.<n> (n counts from 1 in the list's own order).
    `stand` is the number of the stand it is for, empty where it is for the exhibitor.
    """

    code: str
    stand: str
    name: Said
    reason: Said
    amount: Decimal
    tax_percent: Decimal
    net: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        """What is to be paid for this line."""
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class Quote:
    """Lines and their sums in one currency."""

    currency: str
    tax_included: bool
    lines: tuple[Line, ...]

    @property
    def net(self) -> Decimal:
        """The sum before tax."""
        return sum((line.net for line in self.lines), ZERO)

    @property
    def tax(self) -> Decimal:
        """The sum of the lines' taxes."""
        return sum((line.tax for line in self.lines), ZERO)

    @property
    def total(self) -> Decimal:
        """What is to be paid."""
        return sum((line.total for line in self.lines), ZERO)


@dataclass(frozen=True, slots=True)
class _Priced:
    """A stand with the line of the list that fits it, the area it is charged for and its price before discounts."""

    stand: StandFacts
    rate: Rate
    charged_m2: Decimal
    space: Decimal


def price(prices: PriceList, facts: Facts, on: date) -> Quote:
    """The quote for `facts` by the list, on the local day `on` of the fair (early prices: their last day counts).

    Raises `Refused("no_price")` when no line of the list fits a stand, `Refused("no_area")` for a stand without area.
    """
    found: list[Line] = []
    priced: list[_Priced] = []
    for stand in facts.stands:
        if stand.free:
            found.append(_line(prices, ZERO, stand.number, "stand", words.STAND, words.FREE, ZERO))
            continue
        lines, one = _stand(prices, stand)
        found += lines
        priced.append(one)
    found += _discounts(prices, facts, priced, on)
    for place, fee in enumerate(prices.fees, 1):
        found += _fee(prices, f"fee.{place}", fee, facts, priced)
    return Quote(prices.currency, prices.tax_included, tuple(found))


def _stand(prices: PriceList, stand: StandFacts) -> tuple[list[Line], _Priced]:
    if stand.area_m2 <= ZERO:
        raise Refused("no_area", N_("Stand %(number)s has no area yet."), number=stand.number)
    rate = rate_for(prices, stand)
    charged, rule = charged_area(rate, stand.area_m2)
    line = partial(_line, prices, rate.tax_percent, stand.number)
    quantity, counted = _quantity(rate, charged)
    money = partial(words.money, currency=prices.currency)
    sides = words.sides(_sides(stand))
    base = line(
        "stand",
        words.named(rate, words.STAND),
        words.joined(words.times(quantity, counted, money(rate.amount)), sides, *rule),
        quantity * rate.amount,
    )
    lines = [base]
    percent = _surcharge(prices, stand)
    if percent:
        reason = words.joined(words.percent_of(percent, money(base.amount)), sides)
        lines.append(line("sides", words.SIDES, reason, base.amount * percent / HUNDRED))
    space = sum((each.amount for each in lines), ZERO)
    lines += _upper(prices, stand, rate, line)
    return lines, _Priced(stand, rate, charged, space)


def rate_for(prices: PriceList, stand: StandFacts) -> Rate:
    """The first price of the list that fits the stand; raises `Refused("no_price")` when none does."""
    for rate in prices.rates:
        if (
            _fits(rate, stand)
            and rate.zone in ("", stand.zone)
            and rate.price_class in ("", stand.price_class)
            and (not rate.sides or _sides(stand) in rate.sides)
        ):
            return rate
    raise Refused("no_price", N_("The price list has no price for stand %(number)s."), number=stand.number)


def charged_area(rate: Rate, area: Decimal) -> tuple[Decimal, list[Said]]:
    """The area that is charged for, and the rules that made it differ from the stand's own."""
    charged = max(area, rate.minimum_m2)
    rules = [words.at_least(rate.minimum_m2)] if charged > area else []
    if rate.started and charged != whole(charged):
        return whole(charged), [*rules, words.STARTED]
    return charged, rules


def whole(area: Decimal) -> Decimal:
    """Every square metre or part thereof (13.12 → 14)."""
    return area.to_integral_value(ROUND_CEILING)


def _sides(stand: StandFacts) -> int:
    """One to four: a stand that no aisle touches is priced as a row stand, one of many corners as an island."""
    return min(max(stand.open_sides, 1), MOST_SIDES)


def _fits(line: Rate | Fee | Discount, stand: StandFacts) -> bool:
    where = Place.OUTDOOR if stand.outdoor else Place.INDOOR
    return (not line.kinds or stand.kind in line.kinds) and line.place in (Place.ANY, where)


def _quantity(rate: Rate, charged: Decimal) -> tuple[Decimal, Said]:
    if rate.basis is Basis.PER_M2:
        return charged, words.M2
    if rate.basis is Basis.PER_STAND and rate.unit_m2:
        return (charged / rate.unit_m2).to_integral_value(ROUND_CEILING), words.STANDS
    return ONE, words.STANDS


def _surcharge(prices: PriceList, stand: StandFacts) -> Decimal:
    reached = [step for step in prices.surcharges if step.sides <= _sides(stand)]
    return max(reached, key=lambda step: step.sides).percent if reached else ZERO


def _upper(prices: PriceList, stand: StandFacts, rate: Rate, line: Callable[..., Line]) -> Iterator[Line]:
    """A second storey: so many per cent of the price of a m² per built-over m² (SP-10: stored and invoiced).

    Where the price is one for the stand, that of a m² is the stand's own by its area, or by the area that the price is for.
    """
    if stand.upper_m2 <= ZERO or not prices.upper_percent:
        return
    area = whole(stand.upper_m2) if rate.started else stand.upper_m2
    a_metre = rate.amount / _area_of_price(rate, stand)
    money = words.money(round_half_up(a_metre, prices.currency), prices.currency)
    reason = words.times(area, words.M2, words.percent_of(prices.upper_percent, money))
    yield line("upper", words.UPPER, reason, area * a_metre * prices.upper_percent / HUNDRED)


def _area_of_price(rate: Rate, stand: StandFacts) -> Decimal:
    if rate.basis is Basis.PER_M2:
        return ONE
    return rate.unit_m2 if rate.basis is Basis.PER_STAND and rate.unit_m2 else stand.area_m2


def _line(  # noqa: PLR0913 - a line is what it is made of.
    prices: PriceList, tax: Decimal | None, stand: str, code: str, name: Said, reason: Said, amount: Decimal
) -> Line:
    percent = prices.tax_percent if tax is None else tax
    rounded = round_half_up(amount, prices.currency)
    net, of_it = taxed(rounded, percent, prices.tax_included, prices.currency)
    return Line(code, stand, name, reason, rounded, percent, net, of_it)


def taxed(amount: Decimal, percent: Decimal, included: bool, currency: str) -> tuple[Decimal, Decimal]:
    """Net and tax of an amount that holds its tax, or to which it comes; net + tax is exact."""
    if included:
        net = round_half_up(amount * HUNDRED / (HUNDRED + percent), currency)
        return net, amount - net
    return amount, round_half_up(amount * percent / HUNDRED, currency)


def _is_for(who: Who, facts: Facts) -> bool:
    return {
        Who.EVERYONE: True,
        Who.NEW: facts.new,
        Who.RETURNING: not facts.new,
        Who.MEMBERS: facts.member,
        Who.NOT_MEMBERS: not facts.member,
    }[who]


def _fee(prices: PriceList, code: str, fee: Fee, facts: Facts, priced: Sequence[_Priced]) -> Iterator[Line]:
    fitting = [one for one in priced if _fits(fee, one.stand)]
    if not _is_for(fee.who, facts) or (not fitting and (fee.kinds or fee.place)):
        return
    if fee.basis in (FeeBasis.PER_M2, FeeBasis.PER_STAND):
        yield from _fees_of_stands(prices, code, fee, fitting)
        return
    count, unit, note = _counted(fee, facts)
    if count or note:
        yield _fee_line(prices, code, fee, "", (count, unit), *note, most=fee.cap)


def _fees_of_stands(prices: PriceList, code: str, fee: Fee, fitting: Sequence[_Priced]) -> Iterator[Line]:
    """A levy on each stand. Its cap is the exhibitor's (§2.2): the stands of one order share it, in their order."""
    left = fee.cap
    for one in fitting:
        per_m2 = fee.basis is FeeBasis.PER_M2
        counted = (one.charged_m2, words.M2) if per_m2 else (ONE, words.STANDS)
        line = _fee_line(prices, code, fee, one.stand.number, counted, most=left, shared=len(fitting) > 1)
        left = left - line.amount if left is not None else None
        yield line


def _counted(fee: Fee, facts: Facts) -> tuple[Decimal, Said, list[Said]]:
    if fee.basis is FeeBasis.PER_EXHIBITOR:
        return ONE, words.EXHIBITORS, []
    if fee.basis is FeeBasis.PER_REPRESENTED:
        return Decimal(facts.represented), words.REPRESENTED, []
    spared = min(facts.co_exhibitors_main, facts.co_exhibitors) if fee.spare_main else 0
    return (
        Decimal(facts.co_exhibitors - spared),
        words.CO_EXHIBITORS,
        [words.spared(spared)] if spared else [],
    )


def _fee_line(  # noqa: PLR0913 - a line is what it is made of.
    prices: PriceList,
    code: str,
    fee: Fee,
    stand: str,
    counted: tuple[Decimal, Said],
    *notes: Said,
    most: Decimal | None,
    shared: bool = False,
) -> Line:
    """A line of a fee; `most` is what is left of its cap, which is `shared` with other stands of the order."""
    quantity, unit = counted
    amount = quantity * fee.amount
    reasons = [words.times(quantity, unit, words.money(fee.amount, prices.currency)), *notes]
    if fee.who is not Who.EVERYONE:
        reasons.append(words.WHO[fee.who])
    if fee.cap is not None and most is not None and amount > most:
        amount = most
        said = words.at_most_together if shared else words.at_most
        reasons.append(said(words.money(fee.cap, prices.currency)))
    return _line(
        prices, fee.tax_percent, stand, code, words.named(fee, words.FEE), words.joined(*reasons), amount
    )


@dataclass(frozen=True, slots=True)
class _Offer:
    """A discount that may be had: what it takes off each stand."""

    code: str
    discount: Discount
    off: Mapping[int, Decimal]

    @property
    def total(self) -> Decimal:
        return sum(self.off.values(), ZERO)


def _discounts(prices: PriceList, facts: Facts, priced: Sequence[_Priced], on: date) -> Iterator[Line]:
    offers = []
    for place, discount in enumerate(prices.discounts, 1):
        if _is_for(discount.who, facts) and (discount.until is None or on <= discount.until):
            each = {at: _off(discount, one, prices.currency) for at, one in enumerate(priced)}
            offers.append(_Offer(f"discount.{place}", discount, each))
    left = [one.space for one in priced]
    for offer, better in _chosen([offer for offer in offers if offer.total], prices.discounts_add):
        for at, one in enumerate(priced):
            # Two together never take off more than the stand costs.
            off = min(offer.off[at], left[at])
            if off:
                left[at] -= off
                name = words.named(offer.discount, words.DISCOUNT)
                reason = _why(offer.discount, one, prices.currency, better)
                yield _line(prices, one.rate.tax_percent, one.stand.number, offer.code, name, reason, -off)


def _chosen(offers: Sequence[_Offer], add: bool) -> list[tuple[_Offer, bool]]:
    """Which offers count, each with whether it was the better of several.

    Never two: the better one, the first of the list when they are equal. Where the list lets them add, one early
    price (the better) and one other.
    """
    groups: dict[bool, list[_Offer]] = {}
    for offer in offers:
        groups.setdefault(add and offer.discount.until is not None, []).append(offer)
    # `max` keeps the first of equals.
    return [(max(group, key=lambda offer: offer.total), len(group) > 1) for group in groups.values()]


def _off(discount: Discount, one: _Priced, currency: str) -> Decimal:
    if not _fits(discount, one.stand):
        return ZERO
    per_m2 = one.rate.basis is Basis.PER_M2
    amounts = {
        DiscountBasis.PER_M2: one.charged_m2 * discount.amount,
        DiscountBasis.PERCENT: one.space * discount.amount / HUNDRED,
        DiscountBasis.FLAT: discount.amount,
        DiscountBasis.PRICE_PER_M2: one.charged_m2 * (one.rate.amount - discount.amount) if per_m2 else ZERO,
    }
    return min(max(round_half_up(amounts[discount.basis], currency), ZERO), one.space)


def _why(discount: Discount, one: _Priced, currency: str, better: bool) -> Said:
    money = words.money(discount.amount, currency)
    counted = {
        DiscountBasis.PER_M2: words.times(one.charged_m2, words.M2, money),
        DiscountBasis.PERCENT: words.percent_of(discount.amount, words.money(one.space, currency)),
        DiscountBasis.FLAT: money,
        DiscountBasis.PRICE_PER_M2: words.instead(money, words.money(one.rate.amount, currency)),
    }[discount.basis]
    reasons = [counted]
    if discount.until is not None:
        reasons.append(words.until(discount.until))
    if discount.who is not Who.EVERYONE:
        reasons.append(words.WHO[discount.who])
    if better:
        reasons.append(words.BETTER)
    return words.joined(*reasons)


def without_stand(facts: Facts, number: str) -> Facts:
    """The same facts without one stand, for what a smaller order would cost."""
    return replace(facts, stands=tuple(stand for stand in facts.stands if stand.number != number))
