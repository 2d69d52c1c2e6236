"""The forms of services: what the office offers, and what an exhibitor orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional, Regexp

from exhibitions.core.contact import clean_code, clean_name
from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form, typed_number
from exhibitions.core.money import digits_of, from_minor
from exhibitions.orders.models import Service
from exhibitions.orders.rules.services import Step, check_quantity, check_steps, read_marks
from exhibitions.orders.service.services import Offer, Wish

_MOST_MINOR = 10**12
_CODE = _l("Enter 1 to 32 letters, digits and dashes, like P-16A")
_AMOUNT = _l("Enter an amount like 1,200 or 85.50")


class ServiceForm(Form):
    """A service of the catalogue. Deadlines are lines like "2026-07-15 30": the day, then the surcharge in per cent."""

    code = StringField(
        _l("Code"), validators=[InputRequired(_CODE), Regexp(r"^[A-Za-z0-9-]{1,32}$", message=_CODE)]
    )
    group_key = StringField(_l("Group of services"), validators=[Optional(), Length(max=32)])
    name_zh = StringField(_l("Name in Chinese"), validators=[Optional(), Length(max=200)])
    name_en = StringField(_l("Name in English"), validators=[Optional(), Length(max=200)])
    unit_zh = StringField(_l("Unit in Chinese"), validators=[Optional(), Length(max=20)])
    unit_en = StringField(_l("Unit in English"), validators=[Optional(), Length(max=16)])
    price = StringField(_l("Price without tax"), validators=[InputRequired(_AMOUNT), Length(max=20)])
    tax_rate = StringField(_l("Tax in per cent"), validators=[Optional(), Length(max=8)])
    steps = TextAreaField(_l("Deadlines and surcharges"), validators=[Optional(), Length(max=500)])
    most = StringField(_l("At most"), validators=[Optional(), Length(max=8)])
    on_plan = BooleanField(_l("Each one is marked on the stand plan"))

    currency = "CNY"

    def prepare(self, currency: str) -> None:
        """Say the currency of the price: the fair's."""
        self.currency = currency

    def validate_price(self, field: Field) -> None:
        _minor(field.data, self.currency)

    def validate_tax_rate(self, field: Field) -> None:
        rate = _decimal(field.data or "0")
        if not 0 <= rate <= 100:
            raise ValidationError(gettext("Enter a number from 0 to 100"))

    def validate_most(self, field: Field) -> None:
        number = typed_number(field.data or "")
        if not number or number > 9999:
            raise ValidationError(gettext("Enter a number from 1 to %(most)s", most=9999))

    def validate_steps(self, field: Field) -> None:
        try:
            check_steps(_steps(field.data or ""))
        except Refused as refusal:
            raise ValidationError(gettext(refusal.message, **refusal.params)) from refusal

    def offer(self) -> Offer:
        """What was filled in."""
        return Offer(
            code=self.code.data or "",
            group_key=clean_name(self.group_key.data or ""),
            name_zh=clean_name(self.name_zh.data or ""),
            name_en=clean_name(self.name_en.data or ""),
            unit_zh=clean_name(self.unit_zh.data or ""),
            unit_en=clean_name(self.unit_en.data or ""),
            price=_minor(self.price.data, self.currency),
            tax_rate=str(_decimal(self.tax_rate.data or "0")),
            steps=_steps(self.steps.data or ""),
            on_plan=bool(self.on_plan.data),
            most=typed_number(self.most.data or "") or None,
        )


def shown(row: Service, currency: str) -> dict[str, Any]:
    """A service as its form shows it; its price in whole units of the fair's currency."""
    names = ("code", "group_key", "name_zh", "name_en", "unit_zh", "unit_en", "tax_rate", "on_plan")
    return {
        **{name: getattr(row, name) for name in names},
        "price": f"{from_minor(row.price, currency):f}",
        "steps": "\n".join(f"{each['until']} {each['percent']}" for each in row.steps),
        "most": str(row.most or ""),
    }


class OrderForm(Form):
    """How many of which service; the fields are named after the services and read by `wishes`."""

    after = HiddenField()
    confirmed = HiddenField()
    seen = HiddenField()
    typed: Mapping[str, str]

    def read(self, offered: Sequence[Service], stand: tuple[int, int]) -> list[Wish]:
        """The wishes of the form; what is wrong with one stands in `wrong` under the number of its service.

        `stand` is the width and depth in mm on which connections are marked.
        """
        self.typed = {name: text[:1_000] for name, text in request.form.items() if name[:2] in ("q-", "m-")}
        self.wrong: dict[int, str] = {}
        found = []
        for service in offered:
            try:
                wish = self._wish(service, stand)
            except Refused as refusal:
                self.wrong[service.id] = gettext(refusal.message, **refusal.params)
            else:
                found += [wish] if wish is not None else []
        return found

    @property
    def number(self) -> int:
        """The youngest service order that the page knew."""
        return typed_number(self.after.data or "") or 0

    def _wish(self, service: Service, stand: tuple[int, int]) -> Wish | None:
        text = self.typed.get(f"q-{service.id}", "").strip()
        quantity = typed_number(text) if text else 0
        if quantity == 0:
            return None
        check_quantity(quantity if quantity is not None else -1, 1, service.most or 9999)
        marks = (
            read_marks(self.typed.get(f"m-{service.id}", ""), quantity or 0, *stand)
            if service.on_plan
            else []
        )
        return Wish(service, quantity or 0, marks)


def _decimal(text: str | None) -> Decimal:
    try:
        number = Decimal(clean_code(text or "").replace(",", "").removeprefix("¥"))
    except InvalidOperation as error:
        raise ValidationError(gettext("Enter a number like 1,200 or 85.50")) from error
    if not number.is_finite():
        raise ValidationError(gettext("Enter a number like 1,200 or 85.50"))
    return number


def _minor(text: str | None, currency: str) -> int:
    exact = _decimal(text).scaleb(digits_of(currency))
    if exact != int(exact) or not 0 <= exact <= _MOST_MINOR:
        raise ValidationError(gettext("Enter an amount like 1,200 or 85.50"))
    return int(exact)


def _steps(text: str) -> tuple[Step, ...]:
    found = []
    for line in filter(str.strip, clean_code(text).splitlines()):
        day, _, percent = line.replace("%", "").replace("+", "").strip().partition(" ")
        try:
            found.append(Step(date.fromisoformat(day.replace("/", "-")), int(percent.strip() or 0)))
        except ValueError as error:
            why = gettext("Write a line as day and surcharge, like 2026-07-15 30")
            raise ValidationError(why) from error
    return tuple(found)
