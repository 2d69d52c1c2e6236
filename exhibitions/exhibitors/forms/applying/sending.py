"""The last page: what is declared; and the way back to an application."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, HiddenField, StringField, ValidationError

from exhibitions.core.contact import normal_email, normal_phone
from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form
from exhibitions.exhibitors.rules.application import DECLARED, Declarations

_LONGEST_VERSION = 8


class SendForm(Form):
    """The last page: each declaration by itself."""

    terms_version = HiddenField()
    no_claim = BooleanField(lazy_gettext("Binding offer"))
    no_subletting = BooleanField(lazy_gettext("No handing on"))
    consent = BooleanField(lazy_gettext("Use of these details"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Every declaration that is open is said, each beside its box."""
        is_well_formed = super().validate(extra_validators)
        for name, sentence in DECLARED.items():
            if not self[name].data:
                self.refuse(name, Refused(f"{name}_missing", sentence))
        return is_well_formed and not self.errors

    def said(self) -> Declarations:
        """What was agreed to."""
        version = self.terms_version.data or ""
        return Declarations(
            terms_version=int(version) if version.isdecimal() and len(version) < _LONGEST_VERSION else 0,
            consent=bool(self.consent.data),
            no_claim=bool(self.no_claim.data),
            no_subletting=bool(self.no_subletting.data),
        )


class FindForm(Form):
    """A number or an address by which the application is found again."""

    contact = StringField(lazy_gettext("Mobile number or e-mail"))

    def validate_contact(self, field: Any) -> None:
        self.kept_phone = normal_phone(field.data or "")
        self.kept_email = normal_email(field.data or "")
        if not self.kept_phone and not self.kept_email:
            raise ValidationError(
                gettext("Enter the mobile number or the e-mail address of your application")
            )
