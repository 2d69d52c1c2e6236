"""What a contract says, and which files are the scan of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from exhibitions.core.errors import Refused
from exhibitions.orders.rules.contract import Source, contract
from exhibitions.orders.rules.lines import contract_number, next_number
from exhibitions.orders.rules.scans import MOST_BYTES, check_size, type_of
from exhibitions.orders.rules.states import InstalmentKind


def source(first: str = "2026-09-10", last: str = "2026-09-13", upper: int = 0) -> Source:
    party = {"name_zh": "甲", "name_en": "", "address_zh": "", "address_en": ""}
    stand: dict[str, Any] = {"number": "A01", "name_zh": "1号馆", "name_en": "Hall 1", "area": 131_200}
    return Source(
        number="HT0800001",
        reference="ZW000001-95",
        currency="CNY",
        parties={
            "fair": {**party, "venue_zh": "", "venue_en": "", "first": first, "last": last},
            "organiser": {**party, "contact": "", "phone": ""},
            "exhibitor": {**party, "credit_code": "", "legal_representative": ""},
            "stands": [{**stand, "upper": upper, "sides": 9, "kind": "raw"}],
        },
        lines=[(("展位费", ""), ("", "14 m²"), 119_000)],
        net=119_000,
        tax=0,
        included=False,
        parts=[(InstalmentKind.FULL, 119_000, date(2026, 9, 1))],
        account={
            "account_holder": "大连展览有限公司",
            "account_bank": "中国银行大连分行",
            "account_number": "2100 0001",
        },
        terms={},
        version=1,
        sha256="0" * 64,
        confirmed=date(2026, 8, 1),
    )


def test_days_stands_and_what_one_language_lacks() -> None:
    both = contract(source(upper=200_000), "en")
    assert ("Days", "10 Sep 2026 to 13 Sep 2026") in both.head
    assert both.stands == ("A01 · Hall 1 · 13.12 m² · island · raw space · upper storey 20 m²",)
    assert (both.items[0].name, both.items[0].reason, both.sums) == ("展位费", "14 m²", ())
    assert both.party_b == (("Party B (exhibitor)", "甲"),)
    one_day = contract(source(last="2026-09-10", upper=200_000), "zh")
    assert ("展期", "2026年9月10日") in one_day.head
    assert one_day.stands[0].endswith("二层 20 m²")
    assert [label for label, _ in contract(source("", ""), "zh").head] == ["展会"]


def test_tax_stands_beside_the_sum_or_in_it() -> None:
    """§2.2: tax per line; prices with tax say how much of it is in them."""
    taxed = replace(source(), tax=7_140)
    beside = contract(taxed, "en")
    assert beside.sums == (("Sum before tax", "¥1,190.00"), ("Tax", "¥71.40"))
    assert beside.word("tax") == "Tax"
    assert contract(replace(taxed, included=True), "zh").sums == (("其中税额", "¥71.40"),)


def test_numbers_of_contracts() -> None:
    assert contract_number(108, 12) == "HT0800012"
    assert [next_number(number) for number in ("HT0800001", "HT0800001-2")] == ["HT0800001-2", "HT0800001-3"]


def test_a_scan_is_told_by_its_beginning_and_has_an_end() -> None:
    assert type_of(b"\xff\xd8\xff\xe0") == "image/jpeg"
    check_size(MOST_BYTES)
    with pytest.raises(Refused, match="scan_large"):
        check_size(MOST_BYTES + 1)
    with pytest.raises(Refused, match="scan_type"):
        type_of(b"")
