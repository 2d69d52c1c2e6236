"""What the office writes about applications, and how a fair takes them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext
from wtforms import (
    EmailField,
    RadioField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)

from exhibitions.core.contact import clean_code
from exhibitions.core.errors import N_, Refused
from exhibitions.core.forms import Form
from exhibitions.exhibitors.forms.applying import Checked
from exhibitions.exhibitors.models import ExhibitorSettings
from exhibitions.exhibitors.rules import typed
from exhibitions.exhibitors.rules.nomenclature import LONGEST_LIST, read_lines, written_lines
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service.setting_up import SetUp
from exhibitions.expos.forms.fields import moment
from exhibitions.expos.models import Expo

DECISIONS = {
    State.ADMITTED: lazy_gettext("Admit"),
    State.WAIT_LISTED: lazy_gettext("Put on the waiting list"),
    State.REFUSED: lazy_gettext("Do not admit"),
}


class QuestionForm(Form):
    """A question to the applicant."""

    text = TextAreaField(lazy_gettext("Your question"))


class DecisionForm(Form):
    """The decision and what the letter adds."""

    to = RadioField(lazy_gettext("Decision"), choices=[], validate_choice=False)
    text = TextAreaField(lazy_gettext("What the letter adds"))

    def offer(self, possible: tuple[State, ...]) -> None:
        """Leave out what is not possible from here."""
        self.to.choices = [(state.value, word) for state, word in DECISIONS.items() if state in possible]


class CallOffForm(Form):
    """Why an exhibitor's part is called off, and what it costs."""

    text = TextAreaField(lazy_gettext("Why"))
    fee = StringField(lazy_gettext("Cancellation fee"))

    def validate_fee(self, field: Any) -> None:
        try:
            amount = Decimal(clean_code(field.data or "0").replace(",", "").lstrip("¥￥") or "0")
            self.kept_fee = int((amount * 100).to_integral_exact()) if amount == round(amount, 2) else -1
        except (ArithmeticError, ValueError):
            self.kept_fee = -1
        if not 0 <= self.kept_fee < 10**12:
            self.kept_fee = 0
            self.refuse("fee", Refused("fee_invalid", N_("Enter an amount like 1,200.00")))


class TakeOverForm(Form):
    """Which facts of an application go into the register."""

    facts = SelectMultipleField(lazy_gettext("Facts"), choices=[], validate_choice=False)


class ChosenForm(Form):
    """Applications that are admitted together."""

    id = SelectMultipleField(lazy_gettext("Applications"), choices=[], validate_choice=False)
    text = TextAreaField(lazy_gettext("What the letter adds"))


class SetUpForm(Checked):
    """When and on which terms a fair takes exhibitors, and by which nomenclature."""

    checks = {
        "terms_zh": partial(typed.checked_lines, most=20_000),
        "terms_en": partial(typed.checked_lines, most=20_000),
        "price_zh": partial(typed.checked_text, most=200),
        "price_en": partial(typed.checked_text, most=200),
        "contact_name": partial(typed.checked_text, most=100),
        "contact_phone": partial(typed.checked_text, most=50),
        "nomenclature": read_lines,
    }
    opens_at = moment(lazy_gettext("Applications open"))
    closes_at = moment(lazy_gettext("Applications close"))
    price_zh = StringField(lazy_gettext("Prices in one line, in Chinese"))
    price_en = StringField(lazy_gettext("Prices in one line, in English"))
    contact_name = StringField(lazy_gettext("Contact for exhibitors"))
    contact_phone = TelField(lazy_gettext("Phone"))
    contact_email = EmailField(lazy_gettext("E-mail"))
    nomenclature = TextAreaField(lazy_gettext("Product categories"))
    terms_zh = TextAreaField(lazy_gettext("Terms in Chinese"))
    terms_en = TextAreaField(lazy_gettext("Terms in English"))

    longest_list = LONGEST_LIST

    def together(self) -> None:
        """An opening before the closing, and an address that is one."""
        if self.opens_at.data and self.closes_at.data and self.opens_at.data >= self.closes_at.data:
            sentence = N_("The closing comes after the opening")
            self.refuse("closes_at", Refused("closes_early", sentence))
        address = self.contact_email.data or ""
        if clean_code(address):
            self.ask("contact_email", lambda: typed.checked_reach("", address)[1])

    def set_up(self, zone: str) -> SetUp:
        """What was said; moments of the fair's own clock in UTC."""
        kept = {name: self.kept[name] for name in self.checks}
        return SetUp(
            opens_at=_utc(self.opens_at.data, zone),
            closes_at=_utc(self.closes_at.data, zone),
            contact_email=self.kept.get("contact_email") or "",
            **kept,
        )


def typed_set_up(
    expo: Expo, settings: ExhibitorSettings | None, lines: list[tuple[str, str, str]]
) -> dict[str, Any]:
    """How a fair takes exhibitors, as the fields of its form take it."""
    values: dict[str, Any] = {"nomenclature": written_lines(lines)}
    if settings is None:
        return values
    names = ("terms_zh", "terms_en", "contact_name", "contact_phone", "contact_email")
    zone = ZoneInfo(expo.timezone)
    moments = {
        name: at.astimezone(zone).replace(tzinfo=None) if at else None
        for name, at in (("opens_at", settings.opens_at), ("closes_at", settings.closes_at))
    }
    prices = {name: settings.data.get(name, "") for name in ("price_zh", "price_en")}
    return values | {name: getattr(settings, name) for name in names} | moments | prices


def _utc(local: datetime | None, zone: str) -> datetime | None:
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) if local is not None else None
