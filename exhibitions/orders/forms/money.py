"""What the office types about money: how much, on which day, why; once, however often it is sent."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from exhibitions.core.contact import clean_name
from exhibitions.core.forms import Form, SelectChoice
from exhibitions.expos.forms.fields import day as day_field
from exhibitions.orders.rules.amounts import amount_in, minor_of, money_of
from exhibitions.orders.rules.references import typed
from exhibitions.orders.rules.states import PaymentKind

WAYS = (
    SelectChoice(PaymentKind.TRANSFER.value, _l("Bank transfer")),
    SelectChoice(PaymentKind.CASH.value, _l("Cash")),
    SelectChoice(PaymentKind.QR.value, _l("QR code")),
)
_AMOUNT = _l("Enter an amount above zero, like 2,677.50")


def one_line(label: Any, most: int, missing: Any = None) -> Any:
    """One line of text, cleaned; `missing` is the sentence where it must not be empty."""
    first = DataRequired(missing) if missing is not None else Optional()
    too_long = Length(max=most, message=_l("At most %(max)d characters"))
    return StringField(label, validators=[first, too_long], filters=[lambda text: clean_name(text or "")])


class AmountForm(Form):
    """A form with an amount in a currency. `key` makes one record of a form that is sent twice."""

    key = HiddenField()
    amount = StringField(_l("Amount"), validators=[InputRequired(_AMOUNT)])

    minor = 0
    """The amount in minor units, once `accepted`."""

    def prepare(self, currency: str) -> None:
        """Say the currency; a form that is opened gets its key."""
        self.currency = currency
        if not self.key.data:
            self.key.data = secrets.token_urlsafe(12)

    @property
    def once(self) -> str:
        """The key under which what this form does is booked once."""
        return f"form:{self.key.data}"[:100]

    def validate(self, extra_validators: Any = None) -> bool:
        """Also read the amount: more than nothing, whole minor units."""
        good = bool(super().validate(extra_validators))
        minor = amount_in(self.amount.data or "", self.currency)
        if minor is None:
            if not self.amount.errors:
                self.amount.errors = [str(_AMOUNT)]
            return False
        self.minor = minor
        return good


class PaymentForm(AmountForm):
    """Money that came in."""

    kind = RadioField(_l("How it came"), choices=list(WAYS), default=PaymentKind.TRANSFER.value)
    day = day_field(_l("Day"))
    payer = one_line(_l("Paid by"), 200)
    note = one_line(_l("Note"), 300)

    page_order = ("key", "kind", "amount", "day", "payer", "note")


class RefundForm(AmountForm):
    """Money that goes back."""

    kind = RadioField(_l("How it goes back"), choices=list(WAYS), default=PaymentKind.TRANSFER.value)
    day = day_field(_l("Day"))
    note = one_line(_l("Reason"), 300, _l("Say why."))

    page_order = ("key", "kind", "amount", "day", "note")


class CreditForm(AmountForm):
    """Credit that pays for another order."""

    target = StringField(
        _l("Reference of the other order"),
        validators=[InputRequired(_l("Enter a reference like ZW004217-57"))],
    )
    note = one_line(_l("Note"), 300)

    page_order = ("key", "target", "amount", "note")

    @property
    def reference(self) -> str:
        """The reference that was typed, as it is kept; empty for none."""
        return typed(self.target.data or "") or ""


class CorrectionForm(Form):
    """Why a payment is countered."""

    reason = one_line(_l("Reason"), 300, _l("Say why."))


class SlipForm(AmountForm):
    """An exhibitor says: I have paid."""

    paid_on = day_field(_l("Paid on"))

    file = FileField(_l("Photo or PDF of the bank's receipt"), validators=[Optional()])

    page_order = ("key", "amount", "paid_on", "file")

    def check_day(self, today: date) -> bool:
        """Nobody has paid tomorrow."""
        if self.paid_on.data and self.paid_on.data > today:
            self.paid_on.errors = [gettext("This day has not come yet.")]
            return False
        return True


class FeeForm(Form):
    """Something is cancelled, for the fee of its ladder or another one that was agreed."""

    fee = StringField(_l("Fee, where another one was agreed"), validators=[Optional()])
    reason = one_line(_l("Reason"), 300, _l("Say why."))

    minor: int | None = None
    """The fee in minor units, once `accepted`; None for the ladder's own."""

    def prepare(self, currency: str) -> None:
        """Say the currency of the fee."""
        self.currency = currency

    def validate(self, extra_validators: Any = None) -> bool:
        """Also read the fee."""
        good = bool(super().validate(extra_validators))
        text = (self.fee.data or "").strip()
        if text:
            self.minor = minor_of(money_of(text), self.currency)
            if self.minor is None:
                self.fee.errors = [gettext("Enter an amount like 2,677.50, or 0 for nothing")]
                return False
        return good


class CancelForm(FeeForm):
    """An order is cancelled."""

    sure = BooleanField(
        _l("Cancel the order and free the stand"), validators=[DataRequired(_l("Tick this to go on"))]
    )
