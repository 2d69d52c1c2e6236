"""What an exhibitor types of its day: amounts with commas, full-width digits or 万, numbers, a note."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, Length, Optional

from exhibitions.core.errors import N_, Refused
from exhibitions.core.forms import Form, SelectChoice, typed_number
from exhibitions.core.money import digits_of, from_minor, to_minor, typed_amount
from exhibitions.exhibitors.rules.figures import AMOUNTS, NUMBERS, Conversion, Figures
from exhibitions.exhibitors.service.figures import CURRENCIES, LONGEST_NOTE, Said

_WAN = re.compile(r"\s*万元?\s*$")
_WRONG_AMOUNT = N_("Enter an amount in numerals, like 138,120.00 or 13.8 万")
_WRONG_NUMBER = N_("Enter a whole number in numerals")


def minor_of(text: str, currency: str) -> int | None:
    """A typed amount in minor units; None of nothing typed. Raises `Refused` for what is no amount, or finer than the currency."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return None
    wan = _WAN.search(plain)
    amount = typed_amount(_WAN.sub("", plain))
    if amount is not None and wan:
        amount *= 10_000
    if amount is None or amount != round(amount, digits_of(currency)):
        raise Refused("no_amount", _WRONG_AMOUNT)
    return to_minor(amount, currency)


def number_of(text: str) -> int | None:
    """A typed number; None of nothing typed. Raises `Refused` for what is none."""
    if not text.strip():
        return None
    found = typed_number(text)
    if found is None:
        raise Refused("no_number", _WRONG_NUMBER)
    return found


def shown(minor: int | None, currency: str) -> str:
    """An amount as a field shows it: without cents where there are none."""
    if minor is None:
        return ""
    amount = from_minor(minor, currency)
    return f"{amount:f}" if amount % 1 else f"{amount:.0f}"


def _amount(label: Any) -> StringField:
    return StringField(label, validators=[Optional(), Length(max=40)])


class FiguresForm(Form):
    """The figures of one day in one currency; a field left empty is not answered, 0 is none."""

    day = HiddenField()
    currency = HiddenField(validators=[AnyOf(CURRENCIES)], default="CNY")
    sales = _amount(_l("On-site sales"))
    visitors = StringField(_l("Visitors at your stand (estimate)"), validators=[Optional(), Length(max=20)])
    intents = StringField(_l("Intents: number"), validators=[Optional(), Length(max=20)])
    intents_amount = _amount(_l("Intents: amount"))
    contracts = StringField(_l("Contracts signed: number"), validators=[Optional(), Length(max=20)])
    contracts_amount = _amount(_l("Contracts signed: amount"))
    note = TextAreaField(_l("Note"), validators=[Optional(), Length(max=LONGEST_NOTE)])
    confidential = BooleanField(_l("Confidential: for the organiser's eyes only"))

    _found: Figures | None = None

    @property
    def money(self) -> str:
        """The currency of the amounts."""
        return self.currency.data or "CNY"

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all that is typed is an amount or a number; each that is not says so itself."""
        if not super().validate(extra_validators):
            return False
        found: dict[str, int | None] = {}
        for name in (*AMOUNTS, *NUMBERS):
            text = self[name].data or ""
            try:
                read = minor_of(text, self.money) if name in AMOUNTS else number_of(text)
            except Refused as refusal:
                self.refuse(name, refusal)
            else:
                found[name] = read
        if self.errors:
            return False
        self._found = Figures(**found)
        return True

    def said(self) -> Said:
        """The report, once the form is accepted."""
        return Said(self._found or Figures(), self.money, self.note.data or "", bool(self.confidential.data))


class ConversionForm(Form):
    """An intent that became a contract."""

    currency = SelectField(
        _l("Currency"), choices=[SelectChoice(one, one) for one in CURRENCIES], default="CNY"
    )
    intent_amount = _amount(_l("Amount of the intent"))
    contract_amount = _amount(_l("Amount of the contract"))

    _found: tuple[int, int] = (0, 0)

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether both are amounts; an empty one is 0, as an intent need not have named a sum."""
        if not super().validate(extra_validators):
            return False
        found = []
        for name in ("intent_amount", "contract_amount"):
            try:
                found.append(minor_of(self[name].data or "", self.currency.data) or 0)
            except Refused as refusal:
                self.refuse(name, refusal)
        if self.errors:
            return False
        self._found = (found[0], found[1])
        return True

    def moved(self, exhibitor_id: int, day: date) -> Conversion:
        """What moves, once the form is accepted."""
        return Conversion(exhibitor_id, day, self.currency.data, *self._found)


def filled(values: Figures, currency: str) -> dict[str, str]:
    """The fields of a report that is there already."""
    amounts = {name: shown(getattr(values, name), currency) for name in AMOUNTS}
    numbers = {name: "" if getattr(values, name) is None else str(getattr(values, name)) for name in NUMBERS}
    return {**amounts, **numbers}


class FreezeForm(Form):
    """Nothing but the asking."""
