"""The clearing deposit 清场押金 (exhibitors-stands.md §2.4): by size classes for each stand that is built by others, capped.

A deposit is no income: it stands on the order as a line of its own, is paid with the rest, and goes back. What is
deducted for a stand that was left uncleared moves from it to a line that is income; what is left is taken off the order
again, and so becomes credit that is refunded. At every moment paid + open = total.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from exhibitions.core.errors import N_, Refused
from exhibitions.core.money import digits_of, to_minor, typed_amount
from exhibitions.orders.rules.services import CLEARING_CAP_MINOR, Size, deposit_by_size

DEPOSIT = "clearing_deposit"
"""The code of the lines that the deposit is made of: what is asked, and what was taken off again."""
DEDUCTION = "clearing_deduction"
"""The code of a line that was deducted from a deposit."""
MOST_SIZES = 20
MOST_DEDUCTIONS = 30
LONGEST_TEXT = 100
_CM2 = Decimal(10_000)
_RAW = "raw"


class Deduction(Struct, frozen=True, kw_only=True):
    """What is deducted for something: so much (minor units), or so many per cent of the deposit; both 0: as it is seen."""

    text_zh: str = ""
    text_en: str = ""
    minor: int = 0
    percent: Decimal = Decimal(0)

    def amount(self, asked: int, left: int) -> int:
        """What it takes of a deposit of `asked`, of which `left` is still there; half a minor unit up, never more than that."""
        share = (Decimal(asked) * self.percent / 100).quantize(Decimal(1), ROUND_HALF_UP)
        return min(left, self.minor + int(share))


class Clearing(Struct, frozen=True, kw_only=True):
    """The rules of a fair; without sizes it asks for no deposit. `cap_minor` is for each stand."""

    sizes: tuple[Size, ...] = ()
    cap_minor: int = CLEARING_CAP_MINOR
    deductions: tuple[Deduction, ...] = ()


@dataclass(frozen=True, slots=True)
class StandDeposit:
    """What one stand deposits, in minor units; `area_m2` is its agreed area."""

    number: str
    area_m2: Decimal
    minor: int


class Line(Protocol):
    """What is read of a line of an order."""

    @property
    def code(self) -> str:
        """What kind of line it is."""

    @property
    def amount(self) -> int:
        """Net, in minor units."""


@dataclass(frozen=True, slots=True)
class State:
    """Where the deposit of an order stands: what was asked, what of it was deducted, what is still held as a deposit."""

    asked: int
    deducted: int
    held: int

    @property
    def back(self) -> int:
        """What was taken off the order again, to be refunded."""
        return self.asked - self.deducted - self.held


def read(data: Mapping[str, Any] | None) -> Clearing:
    """The rules from the JSON of a fair's settings; none where nobody has said any."""
    return msgspec.convert(data or {}, Clearing, strict=False)


def as_data(rules: Clearing) -> dict[str, Any]:
    """The rules as JSON can hold them; `read` gives them back."""
    found: dict[str, Any] = msgspec.to_builtins(rules)
    return found


def check(rules: Clearing) -> None:
    """Refuse a cap above ¥20,000 a stand, sizes twice or none, deposits that fall with the size, too many of anything."""
    if not 0 <= rules.cap_minor <= CLEARING_CAP_MINOR:
        raise Refused(
            "clearing_cap",
            N_("A stand deposits at most %(most)s"),
            most=f"{CLEARING_CAP_MINOR // 100:,}",
            field="cap",
        )
    if len(rules.sizes) > MOST_SIZES:
        raise Refused("clearing_sizes", N_("Enter at most %(most)s sizes"), most=MOST_SIZES, field="sizes")
    ordered = sorted(rules.sizes, key=lambda size: size.up_to_m2)
    if any(first.up_to_m2 == second.up_to_m2 for first, second in pairwise(ordered)):
        raise Refused("clearing_twice", N_("A size stands there twice"), field="sizes")
    if any(second.minor < first.minor for first, second in pairwise(ordered)):
        raise Refused("clearing_falls", N_("A larger stand cannot deposit less"), field="sizes")
    if len(rules.deductions) > MOST_DEDUCTIONS:
        raise Refused(
            "clearing_deductions",
            N_("Enter at most %(most)s deductions"),
            most=MOST_DEDUCTIONS,
            field="deductions",
        )


def deposits(rules: Clearing, stands: Iterable[Mapping[str, Any]]) -> list[StandDeposit]:
    """What each stand of raw space deposits, by its kind, number and area in cm²; furnished stands deposit nothing."""
    found = []
    for stand in stands:
        area = Decimal(int(stand["area"])) / _CM2
        minor = deposit_by_size(area, rules.sizes, rules.cap_minor) if stand.get("kind") == _RAW else 0
        if minor > 0:
            found.append(StandDeposit(str(stand["number"]), area, minor))
    return found


def state(lines: Iterable[Line]) -> State:
    """Where the deposit stands by the lines of an order."""
    found = [(line.code, line.amount) for line in lines if line.code in (DEPOSIT, DEDUCTION)]
    return State(
        # What was deducted by mistake went back into the deposit: that asked for nothing more.
        asked=sum(amount for code, amount in found if (code == DEPOSIT) == (amount > 0)),
        deducted=sum(amount for code, amount in found if code == DEDUCTION),
        held=sum(amount for code, amount in found if code == DEPOSIT),
    )


def was_asked(lines: Iterable[Line]) -> bool:
    """Whether an order has ever had a deposit: it is asked for once."""
    return any(line.code == DEPOSIT for line in lines)


def check_deduction(minor: int, reason: str, now: State) -> None:
    """Refuse nothing, more than is left of the deposit, and a deduction without a reason.

    Less than nothing takes a mistaken deduction back: at most what was deducted, and only before the rest was given back.
    """
    if not reason.strip():
        raise Refused("no_reason", N_("Say why."), field="reason")
    if minor < 0:
        if now.back or -minor > now.deducted:
            raise Refused("over_deducted", N_("This is more than can be taken back."), field="amount")
        return
    if minor == 0:
        raise Refused("amount_wrong", N_("Enter an amount above zero, like 2,677.50"), field="amount")
    if minor > now.held:
        raise Refused("over_deposit", N_("This is more than is left of the deposit."), field="amount")


_NUMBER_OF_SIZE = re.compile(r"(.+?)\s*(?:m²|㎡|m2|平方米|平米)?\s*[\s:：=]\s*(\S+)")


def read_sizes(text: str, currency: str) -> tuple[Size, ...]:
    """Size classes from lines like "36 5000": up to and with so many m², the deposit. Raises `Refused` naming the line."""
    return tuple(_size(number, line, currency) for number, line in _lines(text))


def _size(number: int, line: str, currency: str) -> Size:
    found = _NUMBER_OF_SIZE.fullmatch(line)
    area = typed_amount(found[1]) if found else None
    minor = _minor(found[2], currency) if found else None
    if area is None or minor is None or area <= 0 or minor < 0:
        raise Refused(
            "size_unread",
            N_("Line %(line)s: write the size in m² and the deposit, like 36 5000"),
            line=number,
            field="sizes",
        )
    return Size(area, minor)


def read_deductions(text: str, currency: str) -> tuple[Deduction, ...]:
    """Deductions from lines like "垃圾未清 / Rubbish left = 3000", "= 50%", or without an amount. Raises `Refused`."""
    return tuple(_deduction(number, line, currency) for number, line in _lines(text))


def _deduction(number: int, line: str, currency: str) -> Deduction:
    words, _, amount = line.partition("=")
    zh, _, en = (each.strip() for each in words.partition("/"))
    minor, percent = 0, Decimal(0)
    amount = amount.strip()
    if amount.endswith("%"):
        percent = typed_amount(amount[:-1]) or Decimal(-1)
    elif amount:
        minor = _minor(amount, currency) or -1
    if not (zh or en) or max(len(zh), len(en)) > LONGEST_TEXT or minor < 0 or not 0 <= percent <= 100:
        raise Refused(
            "deduction_unread",
            N_("Line %(line)s: write what for and how much, like 垃圾未清 / Rubbish left = 3000, or = 50%%"),
            line=number,
            field="deductions",
        )
    return Deduction(text_zh=zh, text_en=en, minor=minor, percent=percent)


def _lines(text: str) -> list[tuple[int, str]]:
    plain = unicodedata.normalize("NFKC", text)
    return [(number, line.strip()) for number, line in enumerate(plain.splitlines(), 1) if line.strip()]


def _minor(text: str, currency: str) -> int | None:
    """A typed amount in whole minor units up to ten million; None where it is none."""
    amount = typed_amount(text)
    if amount is None or amount != round(amount, digits_of(currency)) or not 0 <= amount <= 10_000_000:
        return None
    return to_minor(amount, currency)


def shown_sizes(sizes: Sequence[Size], currency: str) -> str:
    """Size classes as `read_sizes` reads them."""
    return "\n".join(f"{size.up_to_m2.normalize():f} {shown_amount(size.minor, currency)}" for size in sizes)


def shown_deductions(deductions: Sequence[Deduction], currency: str) -> str:
    """Deductions as `read_deductions` reads them."""
    return "\n".join(_shown(one, currency) for one in deductions)


def amount_of(one: Deduction, currency: str) -> str:
    """What a deduction takes, as it is typed: `3000`, `50%`; nothing where it is seen on the spot."""
    if one.percent:
        return f"{one.percent.normalize():f}%"
    return shown_amount(one.minor, currency) if one.minor else ""


def _shown(one: Deduction, currency: str) -> str:
    words = " / ".join(filter(None, (one.text_zh, one.text_en))) if one.text_zh else f"/ {one.text_en}"
    return " = ".join(filter(None, (words, amount_of(one, currency))))


def shown_amount(minor: int, currency: str) -> str:
    """An amount as it is typed: without cents where there are none."""
    amount = Decimal(minor).scaleb(-digits_of(currency))
    return f"{amount.to_integral_value():f}" if amount == amount.to_integral_value() else f"{amount:f}"
