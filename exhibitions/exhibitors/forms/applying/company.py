"""Who applies: names and credit code; then where the company is, what it does, under which country it counts."""

from __future__ import annotations

import secrets
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TelField, URLField

from exhibitions.companies.rules.codes import checked_code, normal_code
from exhibitions.companies.rules.facts import checked_region, checked_website
from exhibitions.companies.rules.roles import BUSINESS_TEXTS
from exhibitions.core import regions
from exhibitions.core.errors import N_, Refused
from exhibitions.core.i18n import language
from exhibitions.exhibitors.forms.applying.checked import HOME, Checked, countries, same
from exhibitions.exhibitors.rules import application, typed
from exhibitions.exhibitors.rules.application import CompanyBlock
from exhibitions.expos.models import Expo

_LONGEST_KEY = 64
BUSINESSES = {kind: lazy_gettext(word) for kind, word in BUSINESS_TEXTS.items()}


class Named(Checked):
    """A company: names, country, credit code."""

    checks = {
        "name_zh": partial(typed.checked_text, most=typed.LONGEST_NAME),
        "name_en": partial(typed.checked_text, most=typed.LONGEST_NAME),
    }
    alike = {"credit_code": normal_code}
    country = SelectField(lazy_gettext("Country or region"), choices=[], validate_choice=False, default=HOME)
    credit_code = StringField(lazy_gettext("Unified social credit code"))
    name_zh = StringField(lazy_gettext("Name in Chinese"))
    name_en = StringField(lazy_gettext("Name in English"))

    needs_code: ClassVar[bool] = False

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        self.country.choices = countries()

    def together(self) -> None:
        """The code belongs to the country, and somebody in China has a Chinese name."""
        known = [code for code, _ in countries()]
        self.ask("country", lambda: typed.checked_country(self.country.data or "", known))
        if self.errors:
            return
        country, code = self.kept["country"], self.credit_code.data or ""
        self.ask("credit_code", lambda: checked_code(code, country, applying=self.needs_code))
        if not self.kept["name_zh"] and (country == HOME or not self.kept["name_en"]):
            field = "name_zh" if country == HOME else "name_en"
            sentence = (
                N_("Enter the company's Chinese name") if country == HOME else N_("Enter the company's name")
            )
            self.refuse(field, Refused("name_missing", sentence))


class CompanyForm(Named):
    """The first page: who applies."""

    page_order = ("country", "credit_code", "name_zh", "name_en")
    needs_code = True
    form_key = HiddenField()

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        if not self.form_key.data or len(self.form_key.data) > _LONGEST_KEY:
            self.form_key.data = secrets.token_urlsafe(16)

    def block(self, now: CompanyBlock) -> CompanyBlock:
        """The company's facts with those of this page."""
        return replace(
            now,
            name_zh=self.kept["name_zh"],
            name_en=self.kept["name_en"],
            credit_code=self.kept["credit_code"] or "",
            country=self.kept["country"],
            # A place of the country before is none of this one; the next page asks for it.
            region=now.region if self.kept["country"] == now.country else "",
        )


class DetailsForm(Checked):
    """Where the company is, what it does, under which country it counts."""

    checks = {
        "address": partial(typed.checked_text, most=typed.LONGEST_ADDRESS),
        "postcode": partial(typed.checked_text, most=20),
        "phone": typed.checked_landline,
        "website": lambda text: checked_website(typed.checked_website(text)),
        "legal_representative": partial(typed.checked_text, most=typed.LONGEST_PERSON),
        "brand": partial(typed.checked_text, most=100),
        "memberships": partial(typed.checked_text, most=typed.LONGEST_NAME),
        "statistics_reason": partial(typed.checked_text, most=typed.LONGEST_NAME),
        "region": partial(checked_region, country=HOME),
    }
    alike = {"website": same(typed.checked_website), "letter": str.upper}
    address = StringField(lazy_gettext("Address in the contract"))
    region = SelectField(lazy_gettext("Province or city"), choices=[], validate_choice=False, default="")
    postcode = StringField(lazy_gettext("Postcode"))
    phone = TelField(lazy_gettext("Company's phone"))
    website = URLField(lazy_gettext("Website"))
    legal_representative = StringField(lazy_gettext("Legal representative"))
    kinds = SelectMultipleField(lazy_gettext("What the company does"), choices=[])
    brand = StringField(lazy_gettext("Brand or name on the fascia"))
    letter = StringField(lazy_gettext("Letter under which you are listed"))
    memberships = StringField(lazy_gettext("Member of associations"))
    statistics_country = SelectField(
        lazy_gettext("Country in the statistics, if it is another one"),
        choices=[],
        validate_choice=False,
        default="",
    )
    statistics_reason = StringField(lazy_gettext("Why another country"))

    def offer(self, expo: Expo, company: CompanyBlock) -> None:
        """Fill in what can be chosen."""
        self.company = company
        self.places = regions.choices(expo.city, language())
        self.kinds.choices = list(BUSINESSES.items())
        self.statistics_country.choices = [("", gettext("The country of the address")), *countries()]

    @property
    def at_home(self) -> bool:
        """Whether the company lies in mainland China, where a province is told."""
        return self.company.country == HOME

    def together(self) -> None:
        """The address is needed; another country for the statistics needs a word of why (E-5)."""
        if not self.kept["address"]:
            self.refuse("address", Refused("address_missing", N_("Enter the company's address")))
        known = ["", *(code for code, _ in countries())]
        self.ask(
            "statistics_country", lambda: typed.checked_country(self.statistics_country.data or "", known)
        )
        if not self.errors:
            self.ask("statistics_reason", lambda: self._reason(self.block(self.company)))

    def _reason(self, block: CompanyBlock) -> str:
        application.statistics_country(block)
        return block.statistics_reason

    def block(self, now: CompanyBlock) -> CompanyBlock:
        """The company's facts with those of this page."""
        kept = {name: self.kept[name] for name in (*self.checks, "statistics_country")}
        letter = typed.checked_letter(self.letter.data or "", "", "")
        region = kept.pop("region")
        return replace(
            now,
            **kept,
            region=region if self.at_home else "",
            letter=letter,
            kinds=tuple(self.kinds.data or ()),
        )
