"""The forms of the clearing deposit: its rules, and a deduction."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the published types are older
from wtforms.validators import InputRequired, Length, Optional

from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form, typed_number
from exhibitions.core.i18n import local
from exhibitions.orders.forms.money import one_line
from exhibitions.orders.rules import clearing as rules
from exhibitions.orders.rules.amounts import minor_of, money_of
from exhibitions.orders.rules.clearing import Clearing, State
from exhibitions.orders.service.clearing import Taken

_LONGEST = 5_000
_BACK = "back"
_AMOUNT = _l("Enter an amount like 1,200 or 85.50")


class RulesForm(Form):
    """By which sizes a deposit is asked, at most how much a stand, and what is deducted; a line each."""

    sizes = TextAreaField(_l("Size classes"), validators=[Optional(), Length(max=_LONGEST)])
    cap = StringField(_l("At most for each stand"), validators=[InputRequired(_AMOUNT), Length(max=20)])
    deductions = TextAreaField(_l("Deductions"), validators=[Optional(), Length(max=_LONGEST)])

    currency = "CNY"

    def validate(self, extra_validators: Any = None) -> bool:
        """Also whether the rules make sense together."""
        if not super().validate(extra_validators):
            return False
        try:
            rules.check(self.wanted())
        except Refused as refusal:
            self.refuse(str(refusal.params.get("field", "sizes")), refusal)
            return False
        return True

    def wanted(self) -> Clearing:
        """What was filled in. Raises `Refused` for what cannot be read."""
        cap = minor_of(money_of(self.cap.data or ""), self.currency)
        return Clearing(
            sizes=rules.read_sizes(self.sizes.data or "", self.currency),
            cap_minor=-1 if cap is None else cap,
            deductions=rules.read_deductions(self.deductions.data or "", self.currency),
        )


def shown(found: Clearing, currency: str) -> dict[str, str]:
    """The rules as their form shows them."""
    return {
        "sizes": rules.shown_sizes(found.sizes, currency),
        "cap": rules.shown_amount(found.cap_minor, currency),
        "deductions": rules.shown_deductions(found.deductions, currency),
    }


class DeductionForm(Form):
    """What is deducted: by one of the rules, or freely. `seen` is the youngest line of the order that the page knew."""

    seen = HiddenField()
    rule = SelectField(_l("Deducted for"), validators=[Optional()])
    amount = StringField(_l("Amount"), validators=[Optional(), Length(max=40)])
    reason = one_line(_l("What was found"), 200)

    def of(self, found: Clearing, state: State, currency: str) -> DeductionForm:
        """Say what may be chosen, of which deposit."""
        self.found, self.state, self.currency = found, state, currency
        choices = [
            SelectChoice(str(place), self._word(one)) for place, one in enumerate(found.deductions, start=1)
        ]
        back = [SelectChoice(_BACK, gettext("Take a deduction back"))] if state.deducted else []
        self.rule.choices = [SelectChoice("", gettext("Something else")), *choices, *back]
        return self

    def _word(self, one: rules.Deduction) -> str:
        return f"{local(one, 'text')} {rules.amount_of(one, self.currency)}".strip()

    @property
    def knew(self) -> int | None:
        """The youngest line that the page knew; None where it does not say."""
        return typed_number(self.seen.data or "") if self.seen.data else None

    def taken(self) -> Taken:
        """What is deducted: the amount that was typed, else that of the rule. Raises `Refused` for what is no amount."""
        place = typed_number(self.rule.data or "") or 0
        rule = self.found.deductions[place - 1] if place else rules.Deduction()
        minor = rule.amount(self.state.asked, self.state.held)
        if (self.amount.data or "").strip():
            minor = max(0, minor_of(money_of(self.amount.data or ""), self.currency) or 0)
        if self.rule.data == _BACK:
            minor = -minor
        words = [rule.text_zh or rule.text_en, rule.text_en or rule.text_zh]
        seen = self.reason.data or ""
        zh, en = (
            between.join(filter(None, (word, seen)))
            for word, between in zip(words, ("：", ": "), strict=True)
        )
        return Taken(minor, zh, en, self.knew)
