"""The forms of an order: invoice data and agreement, the stamped copy that came back, a smaller stand."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, HiddenField, RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional

from exhibitions.core.contact import clean_name, normal_email, normal_phone
from exhibitions.core.errors import N_
from exhibitions.core.forms import Form, SelectChoice
from exhibitions.core.money import typed_amount
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson
from exhibitions.orders.rules import invoicing
from exhibitions.orders.rules.states import InvoiceKind

KINDS = {
    InvoiceKind.DIGITAL: _l("Digital invoice"),
    InvoiceKind.GENERAL: _l("Plain VAT invoice"),
    InvoiceKind.SPECIAL: _l("Special VAT invoice"),
}


def _line(label: Any, most: int) -> Any:
    limit = Length(max=most, message=_l("At most %(max)d characters"))
    return StringField(label, validators=[Optional(), limit], filters=[lambda text: clean_name(text or "")])


class OrderForm(Form):
    """What an exhibitor says with its order. `seen` is the mark of the price that the page showed."""

    page_order = ("seen", "kind", "title", "tax_number", "receiver_email")
    is_foreign = False

    seen = HiddenField()
    kind = RadioField(
        _l("Kind of invoice"),
        choices=[SelectChoice(kind.value, label) for kind, label in KINDS.items()],
        default=InvoiceKind.DIGITAL.value,
    )
    title = _line(_l("Invoice title"), 200)
    tax_number = _line(_l("Tax number"), 30)
    address_phone = _line(_l("Registered address and phone"), 300)
    bank_account = _line(_l("Bank and account"), 300)
    receiver_email = _line(_l("E-mail for the invoice"), 254)
    receiver = _line(_l("Receiver of the invoice"), 100)
    receiver_phone = _line(_l("Mobile number"), 30)
    agree = BooleanField(
        _l("We order what is shown here and accept the terms"),
        validators=[InputRequired(_l("Tick this to order"))],
    )

    def of(self, exhibitor: Exhibitor) -> OrderForm:
        """A foreign firm has no Chinese tax number."""
        company = exhibitor.company
        self.is_foreign = company is not None and company.country != "CN"
        return self

    @staticmethod
    def usual(exhibitor: Exhibitor, person: ExhibitorPerson) -> dict[str, object]:
        """What the form begins with: nothing is asked that is known already."""
        company = exhibitor.company
        return {
            "title": (company.name_zh or company.name_en) if company else "",
            "tax_number": (company.credit_code or "") if company else "",
            "receiver": person.name,
            "receiver_phone": person.phone or "",
            "receiver_email": person.email or "",
        }

    def validate(self, extra_validators: Any = None) -> bool:
        """Well-formed fields, and what the kind of invoice needs."""
        good = super().validate(extra_validators)
        wish = self.wish()
        found = invoicing.missing(wish, foreign=self.is_foreign)
        if self.receiver_email.data and wish.receiver_email is None:
            found["receiver_email"] = N_("Enter an e-mail address like name@example.com")
        for name, sentence in found.items():
            field: Any = self[name]
            field.errors = [*field.errors, gettext(sentence)]
        return good and not found

    def wish(self) -> Wish:
        """What was typed, cleaned."""
        return Wish(self)


class Wish:
    """The invoice data of a form as the service takes them."""

    def __init__(self, form: OrderForm) -> None:
        self.kind = InvoiceKind(form.kind.data) if form.kind.data in set(InvoiceKind) else InvoiceKind.DIGITAL
        self.title = form.title.data or ""
        self.tax_number = invoicing.clean_tax_number(form.tax_number.data or "")
        self.address_phone = form.address_phone.data or ""
        self.bank_account = form.bank_account.data or ""
        self.receiver = form.receiver.data or ""
        self.receiver_phone = normal_phone(form.receiver_phone.data or "")
        self.receiver_email = normal_email(form.receiver_email.data or "")


class StampedForm(Form):
    scan = FileField(_l("Scan or photo of the stamped copy"), validators=[Optional()])


class ReductionForm(Form):
    """New areas of the stands of an order; a field each is added by the page."""

    seen = HiddenField()
    reason = _line(_l("Reason"), 300)


def area_of(text: str) -> int | None:
    """An area as people type one ("12.5", "0") in cm²; None when it is none."""
    area = typed_amount(text.removesuffix("m²").strip())
    return int(area * 10_000) if area is not None and area >= 0 else None
