"""What an invoice shall say, and the number under which it was issued."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import InputRequired, Optional

from exhibitions.core.contact import normal_email, normal_phone
from exhibitions.core.errors import N_
from exhibitions.core.forms import Form, SelectChoice, typed_number
from exhibitions.expos.forms.fields import any_day
from exhibitions.orders.forms.money import one_line
from exhibitions.orders.rules import invoicing
from exhibitions.orders.rules.amounts import amount_in
from exhibitions.orders.rules.states import InvoiceKind
from exhibitions.orders.service.invoices import Wish

_AMOUNT = _l("Enter an amount above zero, like 2,677.50")
WHOSE = (
    SelectChoice("company", _l("Company in China")),
    SelectChoice("foreign", _l("Company abroad")),
    SelectChoice("person", _l("Private person")),
)


class InvoiceForm(Form):
    """What an invoice shall say. `after` is the youngest invoice of the order that the page knew: a form sent twice asks once."""

    after = HiddenField()
    kind = RadioField(
        _l("Kind of invoice"),
        choices=[SelectChoice(kind.value, _l(word)) for kind, word in invoicing.KIND_WORDS.items()],
        default=InvoiceKind.DIGITAL.value,
    )
    whose = RadioField(_l("Made out to a"), choices=list(WHOSE), default="company")
    title = one_line(_l("Invoice title"), 200)
    tax_number = one_line(_l("Tax number"), 30)
    amount = StringField(_l("Amount"), validators=[InputRequired(_AMOUNT)])
    address_phone = one_line(_l("Registered address and phone"), 300)
    bank_account = one_line(_l("Bank and account"), 300)
    receiver_email = one_line(_l("E-mail for the invoice"), 254)
    receiver = one_line(_l("Receiver"), 100)
    receiver_phone = one_line(_l("Mobile number of the receiver"), 30)
    note = one_line(_l("Note"), 300)

    wish: Wish
    """What was typed, cleaned, once `accepted`."""

    def prepare(self, currency: str) -> None:
        """Say the currency of the order."""
        self.currency = currency

    def validate(self, extra_validators: Any = None) -> bool:
        """Well-formed fields, and what the kind of invoice needs."""
        good = bool(super().validate(extra_validators))
        minor = amount_in(self.amount.data or "", self.currency)
        if minor is None:
            self.amount.errors = [str(_AMOUNT)]
            good = False
        if not good:
            return False
        self.wish = self._wish(minor or 0)
        found = invoicing.missing(
            self.wish, person=self.whose.data == "person", foreign=self.whose.data == "foreign"
        )
        if self.receiver_email.data and self.wish.receiver_email is None:
            found["receiver_email"] = N_("Enter an e-mail address like name@example.com")
        if self.receiver_phone.data and self.wish.receiver_phone is None:
            found["receiver_phone"] = N_("Enter a mobile number like 138 0013 8000 or +82 10 1234 5678")
        for name, sentence in found.items():
            self[name].errors = [gettext(sentence)]
        return not found

    @property
    def knew(self) -> int | None:
        """The youngest invoice that the page knew; None where it does not say."""
        return typed_number(self.after.data or "") if self.after.data else None

    def _wish(self, minor: int) -> Wish:
        return Wish(
            kind=InvoiceKind(self.kind.data),
            title=self.title.data,
            tax_number=self.tax_number.data,
            address_phone=self.address_phone.data,
            bank_account=self.bank_account.data,
            receiver=self.receiver.data,
            receiver_phone=normal_phone(self.receiver_phone.data),
            receiver_email=normal_email(self.receiver_email.data),
            amount=minor,
            note=self.note.data,
        )


class IssuedForm(Form):
    """The number of an invoice that was issued; empty takes a slip back."""

    number = StringField(_l("Invoice number"), validators=[Optional()])
    issued_on = any_day(_l("Issued on"))
