"""Whom we talk to, and who gets the invoice."""

from __future__ import annotations

from functools import partial

from flask_babel import lazy_gettext
from wtforms import EmailField, StringField, TelField

from exhibitions.core.contact import clean_code, normal_phone
from exhibitions.core.errors import Refused
from exhibitions.exhibitors.forms.applying.checked import Checked
from exhibitions.exhibitors.rules import typed
from exhibitions.exhibitors.rules.application import ContactBlock


class ContactForm(Checked):
    """Whom we talk to, and who gets the invoice where that is somebody else."""

    page_order = ("phone", "name", "email")
    checks = {
        "name": typed.checked_person,
        "title": partial(typed.checked_text, most=typed.LONGEST_PERSON),
        "wechat": partial(typed.checked_text, most=64),
        "invoice_name": partial(typed.checked_text, most=typed.LONGEST_NAME),
        "invoice_tax_number": partial(typed.checked_text, most=30),
    }
    alike = {"phone": lambda text: normal_phone(text) or text, "email": str.lower, "invoice_email": str.lower}
    phone = TelField(lazy_gettext("Mobile number"))
    name = StringField(lazy_gettext("Name"))
    email = EmailField(lazy_gettext("E-mail"))
    title = StringField(lazy_gettext("Job title"))
    wechat = StringField(lazy_gettext("WeChat"))
    invoice_name = StringField(lazy_gettext("Invoice to another company"))
    invoice_tax_number = StringField(lazy_gettext("Its tax number"))
    invoice_email = EmailField(lazy_gettext("E-mail for the invoice"))

    def apart(self) -> None:
        """One way to reach the contact, and addresses that are some."""
        phone, email = self.phone.data or "", self.email.data or ""
        try:
            self.kept["phone"], self.kept["email"] = typed.checked_reach(phone, email)
        except Refused as refusal:
            self.refuse("email" if refusal.code.startswith("email") else "phone", refusal)
        invoice = self.invoice_email.data or ""
        if clean_code(invoice):
            self.ask("invoice_email", lambda: typed.checked_reach("", invoice)[1])

    def block(self) -> ContactBlock:
        """The contact as it is kept."""
        return ContactBlock(**{name: value or "" for name, value in self.kept.items()})
