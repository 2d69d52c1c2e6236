"""What an invoice (发票) needs, and the columns in which the accountant gets it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from exhibitions.companies.rules.codes import fault_of
from exhibitions.core.contact import clean_name
from exhibitions.core.errors import N_
from exhibitions.core.sameness import same_key
from exhibitions.orders.rules.states import InvoiceKind


class InvoiceWish(Protocol):
    """What the payer has said about the invoice."""

    @property
    def kind(self) -> InvoiceKind:
        """Which kind."""
        ...

    @property
    def title(self) -> str:
        """Whom it is made out to."""
        ...

    @property
    def tax_number(self) -> str:
        """The buyer's tax number."""
        ...

    @property
    def address_phone(self) -> str:
        """Registered address and phone."""
        ...

    @property
    def bank_account(self) -> str:
        """Bank and account."""
        ...

    @property
    def receiver(self) -> str:
        """Who receives it."""
        ...

    @property
    def receiver_phone(self) -> str | None:
        """Their number."""
        ...

    @property
    def receiver_email(self) -> str | None:
        """Where it goes."""
        ...


KIND_WORDS = {
    InvoiceKind.GENERAL: N_("General VAT invoice"),
    InvoiceKind.SPECIAL: N_("Special VAT invoice"),
    InvoiceKind.DIGITAL: N_("Digital invoice"),
}

TITLE = N_("Enter the name that the invoice is made out to")
TAX_NUMBER = N_("A company needs its tax number on the invoice")
TAX_NUMBER_WRONG = N_("This tax number is not right. Check it against the business licence")
FOREIGN_SPECIAL = N_("A special VAT invoice is only for companies with a Chinese tax number")
ADDRESS = N_("A special VAT invoice needs the registered address and phone")
BANK = N_("A special VAT invoice needs the bank and the account")
RECEIVER = N_("Say where the invoice goes: an e-mail address, or who receives it and a phone number")


def clean_tax_number(text: str) -> str:
    """As it is kept: half-width capitals without blanks and dashes."""
    return re.sub(r"[\s\-‐-―]", "", unicodedata.normalize("NFKC", text)).upper()


def is_tax_number(number: str) -> bool:
    """Whether a cleaned number can be a Chinese tax number.

    A credit code with its check character, the 15 digits of before 2015, a resident's number (a trader without a
    company), or one with two more characters of the tax office.
    """
    if re.fullmatch(r"[0-9A-Z]{15}", number):
        return number[:6].isdigit()
    if len(number) == 20:
        return number.isalnum() and number.isascii() and _is_person(number[:18])
    return len(number) == 18 and (_is_credit_code(number) or _is_person(number))


def _is_credit_code(number: str) -> bool:
    """Both check characters are right (GB 32100, GB 11714)."""
    return fault_of(number) is None


def _is_person(number: str) -> bool:
    try:
        return bool(ric.validate(number))
    except ValidationError:
        return False


def missing(wish: InvoiceWish, *, person: bool = False, foreign: bool = False) -> dict[str, str]:
    """What keeps the invoice from being made: field → sentence (an English message id), in the form's order.

    `person` is a natural person (个人), who has no tax number; `foreign` a company without a Chinese one.
    """
    found: dict[str, str] = {}
    special = wish.kind is InvoiceKind.SPECIAL
    number = clean_tax_number(wish.tax_number)
    if not clean_name(wish.title):
        found["title"] = TITLE
    if special and (person or foreign) and not number:
        found["kind"] = FOREIGN_SPECIAL
    elif not number and not person and not foreign:
        found["tax_number"] = TAX_NUMBER
    elif number and not foreign and not is_tax_number(number):
        found["tax_number"] = TAX_NUMBER_WRONG
    if special and not _text_and_digits(wish.address_phone):
        found["address_phone"] = ADDRESS
    if special and not _text_and_digits(wish.bank_account):
        found["bank_account"] = BANK
    if not wish.receiver_email and not (wish.receiver.strip() and wish.receiver_phone):
        found["receiver_email"] = RECEIVER
    return found


def _text_and_digits(text: str) -> bool:
    """Whether both halves are there: words (an address, a bank) and a number of at least five digits (phone, account)."""
    plain = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", text))
    words = re.sub(r"[0-9]", "", plain)
    return len(words) > 1 and re.search(r"[0-9]{5}", plain) is not None


def differs(title: str, payers: Iterable[str]) -> bool:
    """Whether money came from somebody else than the invoice is made out to (title ≠ payer); unknown payers are not."""
    known = {same_key(payer) for payer in payers if payer.strip()}
    return bool(title.strip()) and bool(known - {same_key(title)})


def clean_invoice_number(text: str) -> str | None:
    """The number on an issued invoice: 8 digits of before, 20 of a digital one, or letters and digits of a foreign one."""
    number = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    return number if re.fullmatch(r"[0-9A-Z]{4,40}", number) else None


ACCOUNTANT = (
    ("order", N_("Payment reference")),
    ("contract", N_("Contract")),
    ("company", N_("Company")),
    ("state", N_("State of the invoice")),
    ("kind", N_("Kind of invoice")),
    ("title", N_("Invoice title")),
    ("tax_number", N_("Tax number")),
    ("address_phone", N_("Registered address and phone")),
    ("bank_account", N_("Bank and account")),
    ("item", N_("Item")),
    ("net", N_("Net amount")),
    ("tax_rate", N_("Tax rate")),
    ("tax", N_("Tax amount")),
    ("amount", N_("Amount with tax")),
    ("currency", N_("Currency")),
    ("paid", N_("Amount paid")),
    ("paid_on", N_("Last payment on")),
    ("payers", N_("Paid by")),
    ("other_payer", N_("Title is not the payer")),
    ("email", N_("Invoice goes to")),
    ("receiver", N_("Receiver")),
    ("number", N_("Invoice number")),
    ("issued_on", N_("Issued on")),
    ("note", N_("Note")),
)
"""The accountant's columns in their order: key and heading."""


@dataclass(frozen=True)
class TaxPart:
    """The part of an invoice under one rate of tax, in minor units."""

    rate: Decimal
    net: int
    tax: int

    @property
    def gross(self) -> int:
        """What is paid for it."""
        return self.net + self.tax


def tax_parts(lines: Iterable[tuple[Decimal, int, int]]) -> list[TaxPart]:
    """Lines of (rate, net, tax) summed by rate, the lowest first."""
    sums: dict[Decimal, tuple[int, int]] = {}
    for rate, net, tax in lines:
        before = sums.get(rate, (0, 0))
        sums[rate] = (before[0] + net, before[1] + tax)
    return [TaxPart(rate, *sums[rate]) for rate in sorted(sums)]


def shares(parts: Sequence[TaxPart], amount: int, before: int = 0) -> list[TaxPart]:
    """How `amount` (with tax) of a whole divides into the whole's rates, where `before` of it went into earlier papers.

    Each sum is rounded half up where it stands in the whole, so that papers which together make the whole have its tax
    to the cent, and the parts of one paper make its amount. Rates with nothing are left out.
    """
    whole = sum(part.gross for part in parts)
    if whole <= 0:
        return [TaxPart(Decimal(0), amount, 0)] if amount else []
    found, until = [], 0
    for part in parts:
        until += part.gross
        gross = _between(before, amount, until, whole) - _between(before, amount, until - part.gross, whole)
        tax = _between(before, amount, part.tax, whole)
        found.append(TaxPart(part.rate, gross - tax, tax))
    return [part for part in found if part.gross or part.tax]


def _between(before: int, amount: int, of: int, whole: int) -> int:
    """What of `of` falls to the piece of the whole from `before` on, half a cent up at both ends."""
    ends = [(2 * place * of + whole) // (2 * whole) for place in (before, before + amount)]
    return ends[1] - ends[0]


Cell = TypeVar("Cell")


def in_columns(values: Mapping[str, Cell], empty: Cell) -> list[Cell]:
    """The values of one invoice in the accountant's order; what is not there is `empty`."""
    return [values.get(key, empty) for key, _ in ACCOUNTANT]
