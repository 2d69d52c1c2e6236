"""What an invoice (发票) needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from exhibitions.orders.rules import invoicing
from exhibitions.orders.rules.invoicing import (
    TaxPart,
    clean_invoice_number,
    clean_tax_number,
    differs,
    is_tax_number,
    missing,
    shares,
    tax_parts,
)
from exhibitions.orders.rules.states import InvoiceKind

CODE = "91210200744370215R"


@dataclass
class Wish:
    kind: InvoiceKind = InvoiceKind.DIGITAL
    title: str = "大连星河有限公司"
    tax_number: str = CODE
    address_phone: str = ""
    bank_account: str = ""
    receiver: str = ""
    receiver_phone: str | None = None
    receiver_email: str | None = "a@example.com"


FULL = Wish(
    InvoiceKind.SPECIAL, address_phone="大连市中山区 0411-8888 7777", bank_account="工商银行 6222 0001"
)


def test_a_plain_one_needs_title_number_and_where_it_goes() -> None:
    assert missing(Wish()) == {}
    bare = Wish(title=" ", tax_number="", receiver_email=None)
    assert list(missing(bare)) == ["title", "tax_number", "receiver_email"]
    assert set(missing(Wish(receiver_email="", receiver="王敏"))) == {"receiver_email"}
    assert missing(Wish(receiver_email=None, receiver="王敏", receiver_phone="+8613800138000")) == {}


def test_a_special_one_needs_address_with_phone_and_bank_with_account() -> None:
    """专票."""
    assert missing(FULL) == {}
    assert set(missing(replace(Wish(), kind=InvoiceKind.SPECIAL))) == {"address_phone", "bank_account"}
    for half in ("大连市中山区", "0411-88887777", " "):
        assert set(missing(replace(FULL, address_phone=half))) == {"address_phone"}
        assert set(missing(replace(FULL, bank_account=half))) == {"bank_account"}
    assert missing(replace(FULL, address_phone="大连市 （０４１１）８８８８－７７７７")) == {}


def test_a_person_and_a_foreign_company_have_no_tax_number() -> None:
    bare = Wish(tax_number="")
    assert missing(bare, person=True) == {}
    assert missing(bare, foreign=True) == {}
    assert set(missing(replace(FULL, tax_number=""), foreign=True)) == {"kind"}
    assert set(missing(replace(FULL, tax_number=""), person=True)) == {"kind"}
    assert missing(replace(bare, tax_number="DE123456789"), foreign=True) == {}
    assert set(missing(Wish(tax_number="DE123456789"))) == {"tax_number"}


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (CODE, True),
        ("９１２１０２００７４４３７０２１５ｒ", True),
        ("9121 0200 7443 7021 5R", True),
        ("91110000600037341L", True),
        ("91110000600037342L", False),
        ("210202744370215", True),
        ("ABCDEF744370215", False),
        ("210202199001010010", True),
        ("210202199001010011", False),
        ("21020219900101001001", True),
        ("21020219900101001101", False),
        ("", False),
        ("9121020074437021", False),
    ],
)
def test_tax_numbers(text: str, right: bool) -> None:
    assert is_tax_number(clean_tax_number(text)) is right


def test_title_and_payer() -> None:
    """Title ≠ payer is flagged; brackets of another width are the same name."""
    assert not differs("星河（上海）", ["星河(上海)", ""])
    assert differs("星河", ["星河", "张三"])
    assert not differs("星河", [])
    assert not differs("", ["张三"])


def test_net_and_tax_to_the_cent() -> None:
    parts = tax_parts([(Decimal(13), 100, 13), (Decimal(6), 200, 12), (Decimal("13.0"), 1, 0)])
    assert [(part.rate, part.net, part.tax) for part in parts] == [
        (Decimal(6), 200, 12),
        (Decimal(13), 101, 13),
    ]


def test_the_accountants_columns_stand_in_their_order() -> None:
    row = invoicing.in_columns({"title": "星河", "order": "ZW", "other": "1"}, "")
    assert len(row) == len(invoicing.ACCOUNTANT)
    assert (row[0], row[5], row[-1]) == ("ZW", "星河", "")


def test_invoice_numbers() -> None:
    assert clean_invoice_number(" 2521 2000-0000 00123456 ") == "25212000000000123456"
    assert clean_invoice_number("１２３４５６７８") == "12345678"
    assert [clean_invoice_number(text) for text in ("", "123", "a b 票", "1" * 41)] == [None] * 4


def test_papers_of_an_order_have_its_tax_to_the_cent() -> None:
    """Two halves make the whole, by rate, and no cent is cut off (one rounding for invoices and fees)."""
    whole = [TaxPart(Decimal(6), 10_001, 601), TaxPart(Decimal(13), 333, 43)]
    halves = [shares(whole, 5_489), shares(whole, 5_489, 5_489)]
    for place, part in enumerate(whole):
        assert sum(half[place].tax for half in halves) == part.tax
        assert sum(half[place].net for half in halves) == part.net
    assert [sum(part.gross for part in half) for half in halves] == [5_489, 5_489]
    assert shares(whole, 10_978) == whole
    assert shares([TaxPart(Decimal(6), 100, 6)], 53) == [TaxPart(Decimal(6), 50, 3)]
    assert shares([], 5) == [TaxPart(Decimal(0), 5, 0)]
    assert shares(whole, 0) == shares([], 0) == []
