"""The forms of the price set-up: one for the list as a whole, one for a line of each table."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

import msgspec
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from msgspec import Struct
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from exhibitions.core.contact import clean_name
from exhibitions.core.forms import Form, SelectChoice
from exhibitions.core.money import CURRENCIES, typed_amount
from exhibitions.stands.rules.plan import KIND_WORDS
from exhibitions.stands.rules.price_list import (
    LONGEST_ACCOUNT,
    LONGEST_NAME,
    LONGEST_TERMS,
    MOST_AMOUNT,
    MOST_DAYS,
    MOST_MONTHS,
    Basis,
    Discount,
    DiscountBasis,
    Fee,
    FeeBasis,
    Place,
    PriceList,
    Rate,
    Schedule,
    SideSurcharge,
    Step,
    Who,
)

KINDS = {kind: _l(word) for kind, word in KIND_WORDS.items()}
PLACES = {Place.ANY: _l("Everywhere"), Place.INDOOR: _l("In halls"), Place.OUTDOOR: _l("Outdoors")}
WHOM = {
    Who.EVERYONE: _l("Everyone"),
    Who.NEW: _l("Firms that were not at the last edition"),
    Who.RETURNING: _l("Firms that were at the last edition"),
    Who.MEMBERS: _l("Members"),
    Who.NOT_MEMBERS: _l("Firms that are not members"),
}
BASES = {
    Basis.PER_M2: _l("A square metre"),
    Basis.PER_STAND: _l("A standard stand"),
    Basis.FLAT: _l("The stand, whatever its size"),
}
FEE_BASES = {
    FeeBasis.PER_EXHIBITOR: _l("An exhibitor"),
    FeeBasis.PER_M2: _l("A square metre"),
    FeeBasis.PER_STAND: _l("A stand"),
    FeeBasis.PER_CO_EXHIBITOR: _l("A co-exhibitor"),
    FeeBasis.PER_REPRESENTED: _l("A represented company"),
}
DISCOUNT_BASES = {
    DiscountBasis.PER_M2: _l("So much off a square metre"),
    DiscountBasis.PERCENT: _l("Per cent off the stand's price"),
    DiscountBasis.FLAT: _l("A sum off the stand"),
    DiscountBasis.PRICE_PER_M2: _l("Another price a square metre"),
}
SIDES = {
    1: _l("1 · row"),
    2: _l("2 · corner"),
    3: _l("3 · end"),
    4: _l("4 · island"),
}


class AmountField(StringField):
    """An amount, an area or a per cent: "1,200.50", full-width and with ¥; its data is a Decimal, or None."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:f}"

    data: Any

    def process_data(self, value: Any) -> None:
        self.data = value

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        typed = valuelist[0].strip().removesuffix("%").removesuffix("％").removesuffix("m²")
        self.data = typed_amount(typed) if typed else None
        if typed and self.data is None:
            raise ValueError(gettext("Enter a number, like 1,200.50"))


def _plain(number: str) -> str:
    """80 and 80.00 are one amount."""
    try:
        return f"{Decimal(number).normalize():f}"
    except ArithmeticError:
        return number


def _options(pairs: Iterable[tuple[object, Any]]) -> list[Any]:
    return [SelectChoice(str(value), label) for value, label in pairs]


def _amount(label: Any, missing: Any = None, most: Decimal = MOST_AMOUNT) -> Any:
    first = Optional() if missing is None else InputRequired(missing)
    within = NumberRange(Decimal(0), most, _l("Enter a number from 0 to %(max)s"))
    return AmountField(label, validators=[first, within])


def _percent(label: Any, missing: Any = None) -> Any:
    return _amount(label, missing, Decimal(100))


def _line(label: Any, most: int) -> Any:
    limit = Length(max=most, message=_l("At most %(max)d characters"))
    return StringField(label, validators=[Optional(), limit], filters=[lambda text: clean_name(text or "")])


def _whole(label: Any, least: int, most: int) -> Any:
    wrong = _l("Enter a whole number from %(least)s to %(most)s", least=least, most=most)
    kwargs: dict[str, Any] = {"invalid_value_message": wrong}
    return IntegerField(label, validators=[InputRequired(wrong), NumberRange(least, most, wrong)], **kwargs)


class GeneralForm(Form):
    currency = SelectField(_l("Currency"), choices=_options((each, each) for each in CURRENCIES))
    tax_percent = _percent(_l("Tax in per cent"), _l("Enter the tax, 0 for none"))
    tax_included = RadioField(
        _l("The amounts of this list"),
        choices=_options([("yes", _l("include the tax")), ("no", _l("come before the tax"))]),
    )
    upper_percent = _percent(
        _l("Upper storey, per cent of the price a built-over m²"), _l("Enter 0 for none")
    )
    discounts_add = BooleanField(_l("A member's price and an early price may be taken together"))
    deposit_percent = _whole(_l("Down payment in per cent"), 0, 100)
    pay_days = _whole(_l("Days to pay after the order"), 0, MOST_DAYS)
    balance_months = _whole(_l("Balance, months before the opening"), 0, MOST_MONTHS)
    balance_on = DateField(_l("Balance on this day instead"), validators=[Optional()])
    account_holder = _line(_l("Account holder"), LONGEST_ACCOUNT)
    account_bank = _line(_l("Bank"), LONGEST_ACCOUNT)
    account_number = _line(_l("Account number"), LONGEST_ACCOUNT)
    terms_zh = TextAreaField(_l("Terms in Chinese"), validators=[Optional(), Length(max=LONGEST_TERMS)])
    terms_en = TextAreaField(_l("Terms in English"), validators=[Optional(), Length(max=LONGEST_TERMS)])
    alike: ClassVar = {"tax_percent": _plain, "upper_percent": _plain}

    @staticmethod
    def shown(prices: PriceList) -> dict[str, object]:
        """What the form shows of a list."""
        plain = msgspec.structs.asdict(prices) | msgspec.structs.asdict(prices.schedule)
        return plain | {"tax_included": "yes" if prices.tax_included else "no"}

    def changed(self, prices: PriceList) -> PriceList:
        """The list with what this form says."""
        return msgspec.structs.replace(
            prices,
            currency=self.currency.data,
            tax_percent=self.tax_percent.data,
            tax_included=self.tax_included.data == "yes",
            upper_percent=self.upper_percent.data,
            discounts_add=self.discounts_add.data,
            terms_zh=self.terms_zh.data or "",
            terms_en=self.terms_en.data or "",
            account_holder=self.account_holder.data or "",
            account_bank=self.account_bank.data or "",
            account_number=self.account_number.data or "",
            schedule=Schedule(**{name: self[name].data for name in Schedule.__struct_fields__}),
        )


class LineForm(Form):
    """A line of one of the tables; `struct` is what it makes."""

    struct: ClassVar[type[Struct]]
    alike: ClassVar = dict.fromkeys(
        ("amount", "minimum_m2", "unit_m2", "tax_percent", "cap", "percent"), _plain
    )

    def offer(self, zones: Iterable[tuple[str, str]]) -> None:
        """Let the zones of the fair be chosen, where the form asks for one."""
        if "zone" in self:
            self["zone"].choices = _options([("", _l("All zones")), *zones])

    def line(self) -> Struct:
        """What was typed, as the rules know it."""
        names = [name for name in self.struct.__struct_fields__ if name in self]
        return msgspec.convert(
            {name: value for name in names if (value := self[name].data) is not None}, self.struct
        )


class _PartForm(LineForm):
    name_zh = _line(_l("Name in Chinese"), LONGEST_NAME)
    name_en = _line(_l("Name in English"), LONGEST_NAME)
    kinds = SelectMultipleField(_l("Only for"), choices=_options(KINDS.items()))
    place = SelectField(_l("Where"), choices=_options(PLACES.items()))


_PART = ("name_zh", "name_en", "kinds", "place")


class RateForm(_PartForm):
    page_order = ("basis", "amount", "sides", "minimum_m2", "unit_m2", "started", *_PART, "zone")
    struct = Rate
    basis = RadioField(_l("Price for"), choices=_options(BASES.items()), default=Basis.PER_M2.value)
    amount = _amount(_l("Price"), _l("Enter the price"))
    sides = SelectMultipleField(_l("Open sides"), coerce=int, choices=_options(SIDES.items()))
    zone = SelectField(_l("Zone"), choices=[])
    price_class = _line(_l("Price class"), 32)
    minimum_m2 = _amount(_l("Least area that is charged, in m²"))
    started = BooleanField(_l("Every started square metre counts as a whole one"))
    unit_m2 = _amount(_l("Size of a standard stand in m²"))
    tax_percent = _percent(_l("Own tax in per cent"))


class SurchargeForm(LineForm):
    struct = SideSurcharge
    sides = SelectField(_l("From so many open sides on"), coerce=int, choices=_options(SIDES.items()))
    percent = _percent(_l("Surcharge in per cent"), _l("Enter the surcharge"))


class FeeForm(_PartForm):
    page_order = ("name_zh", "name_en", "basis", "amount", "cap", "who", "spare_main")
    struct = Fee
    basis = RadioField(
        _l("Amount for"), choices=_options(FEE_BASES.items()), default=FeeBasis.PER_EXHIBITOR.value
    )
    amount = _amount(_l("Amount"), _l("Enter the amount"))
    cap = _amount(_l("At most"))
    who = SelectField(_l("From whom"), choices=_options(WHOM.items()))
    spare_main = BooleanField(_l("Free for a co-exhibitor that has a stand of its own"), default=True)
    tax_percent = _percent(_l("Own tax in per cent"))


class DiscountForm(_PartForm):
    page_order = ("name_zh", "name_en", "basis", "amount", "until", "who")
    struct = Discount
    basis = RadioField(
        _l("Kind"), choices=_options(DISCOUNT_BASES.items()), default=DiscountBasis.PER_M2.value
    )
    amount = _amount(_l("Amount or per cent"), _l("Enter the amount"))
    until = DateField(_l("Last day"), validators=[Optional()])
    who = SelectField(_l("Who gets this price"), choices=_options(WHOM.items()))


class StepForm(LineForm):
    struct = Step
    days_before = _whole(_l("From so many days before the opening on"), 0, 3650)
    percent = _percent(_l("Fee in per cent of the price"), _l("Enter the fee"))


FORMS: dict[str, type[LineForm]] = {
    "rates": RateForm,
    "surcharges": SurchargeForm,
    "fees": FeeForm,
    "discounts": DiscountForm,
    "cancellation": StepForm,
}


class TryForm(Form):
    """An example stand, from the address: nothing is saved."""

    class Meta(Form.Meta):
        csrf = False

    area = _amount(_l("Area in m²"), _l("Enter the area"), Decimal(100_000))
    sides = SelectField(_l("Open sides"), coerce=int, choices=_options(SIDES.items()), default=1)
    kind = SelectField(_l("Kind of stand"), choices=_options(KINDS.items()))
    place = SelectField(_l("Where"), choices=_options(list(PLACES.items())[1:]))
    zone = SelectField(_l("Zone"), choices=[])
    price_class = _line(_l("Price class"), 32)
    upper = _amount(_l("Upper storey in m²"), None, Decimal(100_000))
    on = DateField(_l("Ordered on"), validators=[Optional()])
    new = BooleanField(_l("Not at the last edition"))
    member = BooleanField(_l("Member"))
    co = IntegerField(_l("Co-exhibitors"), default=0, validators=[Optional(), NumberRange(0, 100)])
    co_main = IntegerField(
        _l("of them with a stand"), default=0, validators=[Optional(), NumberRange(0, 100)]
    )
