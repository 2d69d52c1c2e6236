"""The forms of a company, of a person there, and of a paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Length, Optional

from exhibitions.companies.rules.codes import food_licence, normal_code
from exhibitions.companies.rules.facts import CompanyFacts, checked_website
from exhibitions.companies.rules.papers import KIND_TEXTS, PaperFacts, PaperKind
from exhibitions.companies.rules.roles import (
    BUSINESS_TEXTS,
    ROLE_TEXTS,
    ContactRole,
    checked_contact_email,
    checked_name,
    checked_office_phone,
    office_phone,
)
from exhibitions.companies.service import ContactFacts
from exhibitions.core import regions
from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form, SelectChoice
from exhibitions.core.i18n import language

# Which field a refusal belongs to; everything else stands at the name.
FIELD_OF = {
    "credit_code_missing": "credit_code",
    "credit_code_foreign": "credit_code",
    "credit_code_invalid": "credit_code",
    "credit_code_taken": "credit_code",
    "credit_code_taken_now": "credit_code",
    "country_unknown": "country",
    "region_elsewhere": "region",
    "phone_invalid": "phone",
    "website_invalid": "website",
}


def _same_phone(text: str) -> str:
    return office_phone(text) or text


def _ask(check: Callable[[str], Any], field: Field) -> None:
    try:
        check(field.data or "")
    except Refused as refusal:
        raise ValidationError(gettext(refusal.message, **refusal.params)) from refusal


class CompanyForm(Form):
    """All that is known of a company itself; one of the two names is enough."""

    alike = {"credit_code": normal_code, "phone": _same_phone}

    name_zh = StringField(_l("Name in Chinese"), validators=[Optional(), Length(max=200)])
    name_en = StringField(_l("Name in English"), validators=[Optional(), Length(max=200)])
    country = SelectField(_l("Country"), choices=[], validate_choice=False, default="CN")
    credit_code = StringField(_l("Credit code"), validators=[Optional(), Length(max=40)])
    region = StringField(_l("Province or city"), validators=[Optional(), Length(max=64)])
    address_zh = StringField(_l("Address in Chinese"), validators=[Optional(), Length(max=300)])
    address_en = StringField(_l("Address in English"), validators=[Optional(), Length(max=300)])
    postcode = StringField(_l("Postcode"), validators=[Optional(), Length(max=20)])
    phone = TelField(_l("Company phone"), validators=[Optional(), Length(max=40)])
    website = StringField(_l("Website"), validators=[Optional(), Length(max=200)])
    legal_representative = StringField(_l("Legal representative"), validators=[Optional(), Length(max=100)])
    kinds = SelectMultipleField(
        _l("Kind of business"),
        choices=[SelectChoice(kind.value, _l(text)) for kind, text in BUSINESS_TEXTS.items()],
        validators=[Optional()],
    )
    statistics_country = SelectField(
        _l("Country for the statistics"), choices=[], validate_choice=False, default=""
    )
    is_member = BooleanField(_l("Member of our organisation"))
    note = TextAreaField(_l("Note"), validators=[Optional(), Length(max=2000)])

    def offer(self) -> None:
        """Fill in the countries in the reader's language; the mainland stands first."""
        found = regions.choices("", language())
        places = [("CN", gettext("Mainland China"))] + [
            (each.key, each.name) for each in found.near + found.countries
        ]
        self.country.choices = [*places, ("", gettext("Not known yet"))]
        self.statistics_country.choices = [("", gettext("The same")), *places]

    def validate_name_zh(self, field: Field) -> None:
        _ask(checked_name, field)
        if not (field.data or "").strip() and not (self.name_en.data or "").strip():
            raise ValidationError(gettext("Enter the name in Chinese or in English."))

    def validate_phone(self, field: Field) -> None:
        _ask(checked_office_phone, field)

    def validate_legal_representative(self, field: Field) -> None:
        _ask(checked_name, field)

    def validate_website(self, field: Field) -> None:
        _ask(checked_website, field)

    @property
    def facts(self) -> CompanyFacts:
        """What was typed."""
        values: dict[str, Any] = {
            name: "" if field.data is None else field.data
            for name, field in self._fields.items()
            if name in CompanyFacts.__annotations__
        }
        values |= {"kinds": tuple(self.kinds.data or ()), "is_member": bool(self.is_member.data)}
        return CompanyFacts(**values)


class ContactForm(Form):
    """A person of a company whom the office reaches."""

    alike = {"phone": _same_phone}

    role = SelectField(
        _l("Role"),
        choices=[SelectChoice(role.value, _l(text)) for role, text in ROLE_TEXTS.items()],
        default=ContactRole.MAIN.value,
    )
    name = StringField(_l("Name"), validators=[Optional(), Length(max=100)])
    title = StringField(_l("Job title"), validators=[Optional(), Length(max=100)])
    phone = TelField(_l("Mobile number"), validators=[Optional(), Length(max=40)])
    email = EmailField(_l("E-mail"), validators=[Optional(), Length(max=254)])
    wechat = StringField(_l("WeChat"), validators=[Optional(), Length(max=64)])

    def validate_name(self, field: Field) -> None:
        _ask(checked_name, field)

    def validate_phone(self, field: Field) -> None:
        _ask(checked_office_phone, field)

    def validate_email(self, field: Field) -> None:
        _ask(checked_contact_email, field)

    @property
    def facts(self) -> ContactFacts:
        """What was typed."""
        return ContactFacts(
            ContactRole(self.role.data),
            *(field.data or "" for field in (self.name, self.title, self.phone, self.email, self.wechat)),
        )


class PaperForm(Form):
    """A paper with its copy, both as far as they are there."""

    kind = SelectField(
        _l("Kind of licence or paper"),
        choices=[SelectChoice(kind.value, _l(text)) for kind, text in KIND_TEXTS.items()],
        default=PaperKind.LICENCE.value,
    )
    number = StringField(_l("Number"), validators=[Optional(), Length(max=100)])
    valid_from = DateField(_l("Valid from"), validators=[Optional()])
    valid_to = DateField(_l("Valid until"), validators=[Optional()])
    copy = FileField(_l("Scan or photograph"), validators=[Optional()])

    def validate_number(self, field: Field) -> None:
        if self.kind.data == PaperKind.FOOD_PRODUCTION.value and field.data and not food_licence(field.data):
            raise ValidationError(
                gettext(
                    "A food production licence has the letters SC and 14 digits. Compare it with the paper."
                )
            )

    def validate_valid_to(self, field: Field) -> None:
        if field.data and self.valid_from.data and field.data < self.valid_from.data:
            raise ValidationError(gettext("The last day lies before the first."))

    @property
    def facts(self) -> PaperFacts:
        """What was typed."""
        return PaperFacts(
            PaperKind(self.kind.data), self.number.data or "", self.valid_from.data, self.valid_to.data
        )
