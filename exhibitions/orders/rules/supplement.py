"""What a supplement (补充协议) to a contract says: the stands before and after, what it does to the price, and the rest stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from exhibitions.core.money import formatted_minor, from_minor, in_capitals
from exhibitions.orders.rules import contract
from exhibitions.orders.rules.contract import Rows

WORDS = {
    "title": {"zh": "补充协议", "en": "Supplement to the contract"},
    "number": {"zh": "协议编号", "en": "Supplement number"},
    "contract": {"zh": "原合同编号", "en": "To contract"},
    "signed": {"zh": "原合同日期", "en": "Contract of"},
    "made": {"zh": "本协议日期", "en": "Date of the supplement"},
    "stands": {"zh": "一、展位变更", "en": "1. Stand"},
    "before": {"zh": "原展位：", "en": "Before: "},
    "after": {"zh": "变更后展位：", "en": "Now: "},
    "price": {"zh": "二、价款", "en": "2. Price"},
    "rest": {"zh": "三、其他", "en": "3. The rest"},
}
_REST = {
    "zh": (
        "除上述变更外，原合同其余条款不变，继续有效。",
        "本补充协议是原合同的组成部分，与原合同具有同等效力。一式两份，双方各执一份，自双方盖章之日起生效。",
    ),
    "en": (
        "All else that the contract says stays as it is.",
        "This supplement is part of the contract. Two copies, one for each party, in force when both are sealed.",
        "Where the languages differ, the Chinese text decides.",
    ),
}


@dataclass(frozen=True, slots=True)
class Supplement:
    """A supplement in one language, ready to be set."""

    lang: str
    number: str
    fair: str
    head: Rows
    party_a: Rows
    party_b: Rows
    stands: tuple[str, ...]
    price: tuple[str, ...]
    rest: tuple[str, ...]

    def word(self, key: str) -> str:
        """One of `WORDS`, or of the contract's, in the supplement's language."""
        return (WORDS.get(key) or contract.WORDS[key])[self.lang]


@dataclass(frozen=True, slots=True)
class Source:
    """What a supplement is made from; sums are those of the contract with tax, in minor units, `fee` within the later one."""

    number: str
    contract: str
    reference: str
    currency: str
    parties: Mapping[str, Any]
    before: Sequence[Mapping[str, Any]]
    after: Sequence[Mapping[str, Any]]
    total_before: int
    total_after: int
    fee: int
    confirmed: date
    made: date


def supplement_number(contract_number: str, place: int) -> str:
    """The number of a contract's supplement (补 B), counted from 1: HT0800001-B1."""
    return f"{contract_number}-B{place}"


def supplement(source: Source, lang: str) -> Supplement:
    """The supplement in `zh` or `en`. What is missing in one language is said in the other."""
    fair = source.parties["fair"]
    party_a, party_b = contract.both_parties(source.parties, lang)
    word = {key: words[lang] for key, words in WORDS.items()}
    return Supplement(
        lang=lang,
        number=source.number,
        fair=contract.said(fair, "name", lang),
        head=(
            (word["contract"], source.contract),
            (word["signed"], contract.day(source.confirmed, lang)),
            (word["made"], contract.day(source.made, lang)),
            *contract.about_fair(fair, lang),
        ),
        party_a=party_a,
        party_b=party_b,
        stands=(
            *(f"{word['before']}{contract.stand_words(each, lang)}" for each in source.before),
            *(f"{word['after']}{contract.stand_words(each, lang)}" for each in source.after),
        ),
        price=tuple(_price(source, lang)),
        rest=_REST[lang],
    )


def _price(source: Source, lang: str) -> list[str]:
    before, after = (
        formatted_minor(sum_, source.currency) for sum_ in (source.total_before, source.total_after)
    )
    capitals = in_capitals(from_minor(source.total_after, source.currency), source.currency)
    difference = source.total_after - source.total_before
    if not difference:
        return [
            f"合同价款不变，仍为 {after}（{capitals}）。"
            if lang == "zh"
            else f"The price stays as it is: {after} ({capitals})."
        ]
    moved = formatted_minor(abs(difference), source.currency)
    if lang == "zh":
        rows = [
            f"原合同价款：{before}",
            f"变更后合同价款：{after}（{capitals}）",
            f"差额：{moved}，由乙方补付"
            if difference > 0
            else f"差额：{moved}，合同价款相应减少，已付超出部分由甲方退还",
        ]
    else:
        rows = [
            f"Price of the contract: {before}",
            f"Price from now on: {after} ({capitals})",
            f"Difference: {moved}, to be paid by party B"
            if difference > 0
            else f"Difference: {moved} less; what was paid beyond the new price is given back by party A",
        ]
    if source.fee:
        fee = formatted_minor(source.fee, source.currency)
        rows.append(
            f"变更后价款中含缩小展位的取消费 {fee}"
            if lang == "zh"
            else f"{fee} of it is the fee for the cancelled part"
        )
    if difference > 0:
        rows.append(
            f"补付款项请汇至原合同所列账户，并注明：{source.reference}"
            if lang == "zh"
            else f"Please pay to the account of the contract and quote {source.reference}"
        )
    return rows
