"""The daily figures of exhibitors: sales, contracts and intents a day (ux.md E7 O10; statistics.md §1.6, cases 48 and 50).

Silence is not zero: a day without a report says nothing, a report of zeros says that there was none, a field left empty
is not answered. Amounts are minor units of one currency and are never added over currencies. An intent is no income; when
it becomes a contract, it moves.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, tzinfo
from fractions import Fraction
from statistics import median

from exhibitions.core.errors import N_, Refused

OPENS = time(15, 0)
REMINDS = time(16, 30)
ASKS_FROM = 100
"""So many times the amount of the day before, an amount is asked about, and taken."""
OUTLIER_FROM = 20
"""So many times the median of its day and currency, an amount is an outlier."""
OUTLIER_BASE = 5
"""With fewer amounts than this nothing is an outlier."""
LARGEST_AMOUNT = 10**14
LARGEST_NUMBER = 10**6
AMOUNTS = ("sales", "contracts_amount", "intents_amount")
NUMBERS = ("visitors", "contracts", "intents")


class Phase(enum.StrEnum):
    """What the tab of a day offers."""

    AHEAD = "ahead"
    OPEN = "open"
    DUE = "due"
    PAST = "past"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class Figures:
    """What an exhibitor says of a day, amounts in minor units; None is not answered, 0 is none."""

    sales: int | None = None
    visitors: int | None = None
    contracts: int | None = None
    contracts_amount: int | None = None
    intents: int | None = None
    intents_amount: int | None = None


NOTHING = Figures(sales=0, contracts=0, contracts_amount=0, intents=0, intents_amount=0)
"""The answer of the button "nothing today"; how many people stood at the stand it does not say."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one exhibitor reported of one day in one currency."""

    exhibitor_id: int
    day: date
    currency: str
    figures: Figures


def check(figures: Figures) -> Figures:
    """The figures as they are kept.

    Refused when nothing is answered (`no_figures`: silence is not a report), below zero or beyond all measure
    (`figure_out_of_range`), or when an amount stands beside a number of zero (`amount_without_number`).
    A number without its amount is whole: an intent need not name a sum.
    """
    given = {one.name: getattr(figures, one.name) for one in fields(Figures)}
    if all(given[name] is None for name in given if name != "visitors"):
        raise Refused("no_figures", N_("Fill in a figure, or press “Nothing today”"))
    for name, value in given.items():
        most = LARGEST_AMOUNT if name in AMOUNTS else LARGEST_NUMBER
        if value is not None and not 0 <= value <= most:
            raise Refused(
                "figure_out_of_range", N_("Enter a figure of zero or more, in numerals"), field=name
            )
    for number, amount in (("contracts", "contracts_amount"), ("intents", "intents_amount")):
        if given[amount] and given[number] == 0:
            raise Refused(
                "amount_without_number",
                N_("There is an amount, but the number is 0. Correct one"),
                field=number,
            )
    return figures


def is_nothing(figures: Figures) -> bool:
    """Whether the report says that there was none; a field that is not answered says nothing of itself."""
    given = [getattr(figures, name) for name in (*AMOUNTS, "contracts", "intents")]
    return any(value is not None for value in given) and not any(given)


def has_deal(figures: Figures) -> bool:
    """Whether there was a sale, a contract or an intent, by number or by amount."""
    return any(getattr(figures, name) for name in (*AMOUNTS, "contracts", "intents"))


def asks(today: Figures, yesterday: Figures | None) -> tuple[str, ...]:
    """The amounts to ask about: a hundred times those of the day before, or more (E7). They are taken all the same.

    The day before in the same currency; where it was silent or zero there is nothing to compare with.
    """
    if yesterday is None:
        return ()
    pairs = [(name, getattr(today, name), getattr(yesterday, name)) for name in AMOUNTS]
    return tuple(name for name, now, then in pairs if now and then and now >= ASKS_FROM * then)


def trend(today: int | None, yesterday: int | None) -> int | None:
    """The change against the day before; None where one of the two did not say."""
    return None if today is None or yesterday is None else today - yesterday


def phase(day: date, now: datetime, zone: tzinfo, *, frozen: bool = False) -> Phase:
    """What may be done with the day's report at `now`: it opens at 15:00 in the fair's zone, and is due from 16:30.

    A past day may still be reported or corrected until the figures are frozen.
    """
    if frozen:
        return Phase.FROZEN
    local = now.astimezone(zone)
    if local.date() != day:
        return Phase.PAST if local.date() > day else Phase.AHEAD
    if local.time() < OPENS:
        return Phase.AHEAD
    return Phase.DUE if local.time() >= REMINDS else Phase.OPEN


def check_open(day: date, days: Iterable[date], now: datetime, zone: tzinfo, *, frozen: bool) -> None:
    """Refuse a report of a day that is none of the fair's, of one not yet open, and of frozen figures."""
    if day not in set(days):
        raise Refused("no_such_day", N_("The fair is not open on that day"))
    found = phase(day, now, zone, frozen=frozen)
    if found is Phase.FROZEN:
        raise Refused("figures_frozen", N_("The figures are frozen. Ask the organiser"))
    if found is Phase.AHEAD:
        raise Refused("day_not_open", N_("The figures of a day open at 15:00 of that day"))


@dataclass(frozen=True, slots=True)
class Conversion:
    """An intent that became a contract: one intent of so much less, one contract of so much more.

    The report that named the intent stays as it is.
    """

    exhibitor_id: int
    day: date
    currency: str
    intent_amount: int
    contract_amount: int


def check_conversion(moved: Conversion, intents_left: int, amount_left: int) -> None:
    """Refuse to move more than the exhibitor has left: intents by number, and by amount in that currency (case 50)."""
    for amount in (moved.intent_amount, moved.contract_amount):
        if not 0 <= amount <= LARGEST_AMOUNT:
            raise Refused("figure_out_of_range", N_("Enter a figure of zero or more, in numerals"))
    if intents_left < 1 or moved.intent_amount > amount_left:
        raise Refused("no_such_intent", N_("There is no intent of that amount left. Check the amount"))


def check_left(left: Sums) -> None:
    """Refuse a correction after which more intents have become contracts than there were (case 50): no sum is below zero."""
    if left.intents < 0 or left.intents_amount < 0:
        raise Refused(
            "intent_moved",
            N_("Intents that became contracts are counted already: enter at least those"),
            field="intents" if left.intents < 0 else "intents_amount",
        )


@dataclass(frozen=True, slots=True)
class Sums:
    """Figures added up; amounts in minor units of one currency. Silence and what is not answered add nothing."""

    reports: int = 0
    sales: int = 0
    visitors: int = 0
    contracts: int = 0
    contracts_amount: int = 0
    intents: int = 0
    intents_amount: int = 0


def totals(rows: Iterable[Report], moves: Iterable[Conversion] = ()) -> dict[str, Sums]:
    """The sums by currency, moved intents taken off and their contracts added (case 50: −200, +150)."""
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        line = found.setdefault(row.currency, dict.fromkeys(_SUMS, 0))
        line["reports"] += 1
        for one in fields(Figures):
            line[one.name] += getattr(row.figures, one.name) or 0
    for moved in moves:
        line = found.setdefault(moved.currency, dict.fromkeys(_SUMS, 0))
        line["intents"] -= 1
        line["intents_amount"] -= moved.intent_amount
        line["contracts"] += 1
        line["contracts_amount"] += moved.contract_amount
    return {currency: Sums(**line) for currency, line in sorted(found.items())}


def answered(
    rows: Iterable[Report], moves: Iterable[Conversion], currency: str, day: date | None = None
) -> frozenset[str]:
    """The figures of a day (None: of all) in one currency that anybody answered; the sum of the others is silence, no zero.

    An intent that became a contract says something of both.
    """
    found = {
        one.name
        for row in rows
        if row.currency == currency and day in (None, row.day)
        for one in fields(Figures)
        if getattr(row.figures, one.name) is not None
    }
    if any(one.currency == currency and day in (None, one.day) for one in moves):
        found |= {"contracts", "contracts_amount", "intents", "intents_amount"}
    return frozenset(found)


def by_day(
    rows: Sequence[Report], moves: Sequence[Conversion], days: Iterable[date], currency: str
) -> list[tuple[date, Sums]]:
    """The sums of each day in one currency; together they are those of the fair."""
    return [
        (
            day,
            totals([row for row in rows if row.day == day], [one for one in moves if one.day == day]).get(
                currency, Sums()
            ),
        )
        for day in days
    ]


_SUMS = tuple(one.name for one in fields(Sums))


@dataclass(frozen=True, slots=True)
class Participation:
    """How many exhibitors there are, how many of them reported, how many had a sale, a contract or an intent.

    Both bases stand beside the share (case 48): 27 of 40 are 67.5 % of all, 27 of 30 are 90.0 % of who answered.
    """

    exhibitors: int
    reported: int
    with_deal: int

    @property
    def of_all(self) -> Fraction | None:
        """The share of all exhibitors; None without any."""
        return _share(self.with_deal, self.exhibitors)

    @property
    def of_reporting(self) -> Fraction | None:
        """The share of the exhibitors that reported; None without any."""
        return _share(self.with_deal, self.reported)

    @property
    def response(self) -> Fraction | None:
        """The share of exhibitors that reported; None without any exhibitor."""
        return _share(self.reported, self.exhibitors)

    @property
    def is_majority(self) -> bool:
        """Whether the word "majority" is allowed: more than half of all exhibitors, not of those who answered."""
        return 2 * self.with_deal > self.exhibitors


def participation(exhibitors: Iterable[int], rows: Iterable[Report]) -> Participation:
    """Who took part; an exhibitor with several reports (days, currencies) is one. Reports of others are left out."""
    everyone = set(exhibitors)
    known = [row for row in rows if row.exhibitor_id in everyone]
    reported = {row.exhibitor_id for row in known}
    with_deal = {row.exhibitor_id for row in known if has_deal(row.figures)}
    return Participation(len(everyone), len(reported), len(with_deal))


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def silent(exhibitors: Iterable[int], rows: Iterable[Report], day: date | None = None) -> list[int]:
    """Who has not reported the day (None: any day at all), in the order given."""
    heard = {row.exhibitor_id for row in rows if day in (None, row.day)}
    return [one for one in exhibitors if one not in heard]


def outliers(rows: Sequence[Report]) -> list[tuple[Report, str]]:
    """Reports with an amount far above the others of its day and currency, with the name of the amount.

    Far: twenty times the median of the amounts above zero, of which there must be five.
    """
    groups: dict[tuple[date, str, str], list[Report]] = {}
    for row in rows:
        for name in AMOUNTS:
            if getattr(row.figures, name):
                groups.setdefault((row.day, row.currency, name), []).append(row)
    found = []
    for (_day, _currency, name), members in groups.items():
        if len(members) < OUTLIER_BASE:
            continue
        middle = median(getattr(row.figures, name) for row in members)
        found += [(row, name) for row in members if getattr(row.figures, name) >= OUTLIER_FROM * middle]
    return found


def frozen_record(rows: Iterable[Report], moves: Iterable[Conversion] = ()) -> bytes:
    """The reports in one written form, the same for the same figures in whatever order they come."""
    reports = [
        {
            "exhibitor": row.exhibitor_id,
            "day": row.day.isoformat(),
            "currency": row.currency,
            **{one.name: getattr(row.figures, one.name) for one in fields(Figures)},
        }
        for row in rows
    ]
    conversions: list[Mapping[str, object]] = [
        {
            "exhibitor": one.exhibitor_id,
            "day": one.day.isoformat(),
            "currency": one.currency,
            "intent_amount": one.intent_amount,
            "contract_amount": one.contract_amount,
        }
        for one in moves
    ]
    document = {"reports": _in_order(reports), "conversions": _in_order(conversions)}
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def _in_order(lines: Iterable[Mapping[str, object]]) -> list[Mapping[str, object]]:
    return sorted(lines, key=lambda line: json.dumps(line, sort_keys=True))


def frozen_hash(record: bytes) -> str:
    """The SHA-256 of a frozen record, in hexadecimals."""
    return hashlib.sha256(record).hexdigest()
