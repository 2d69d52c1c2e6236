"""The pages of an application to exhibit (E1), one thing each; what is typed is checked by the rules of its block."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from flask_babel import gettext, lazy_gettext
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    URLField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the published types are older

from exhibitions.companies.rules.codes import checked_code, normal_code
from exhibitions.companies.rules.roles import BUSINESS_TEXTS
from exhibitions.core import regions
from exhibitions.core.contact import clean_code, normal_email, normal_phone
from exhibitions.core.errors import N_, Refused
from exhibitions.core.forms import Form
from exhibitions.core.i18n import language
from exhibitions.exhibitors.models import ProductCategory
from exhibitions.exhibitors.rules import application, typed
from exhibitions.exhibitors.rules.application import (
    MOST_CATEGORIES,
    MOST_WISHES,
    CompanyBlock,
    ContactBlock,
    Declarations,
    Package,
    Place,
    ProductsBlock,
    StandBlock,
)
from exhibitions.exhibitors.service.co_exhibitors import CoFacts, RepresentedFacts
from exhibitions.expos.models import Expo

Check = Callable[[str], Any]
_LONGEST_KEY = 64
_HOME = "CN"

BUSINESSES = {kind: lazy_gettext(word) for kind, word in BUSINESS_TEXTS.items()}
PACKAGES = {
    Package.SHELL: lazy_gettext("Shell scheme stand"),
    Package.UPGRADED: lazy_gettext("Upgraded shell scheme stand"),
    Package.RAW: lazy_gettext("Raw space"),
}
PLACES = {Place.INDOOR: lazy_gettext("In a hall"), Place.OUTDOOR: lazy_gettext("Outdoors")}
SIDES = {
    0: lazy_gettext("Any"),
    1: lazy_gettext("One (row)"),
    2: lazy_gettext("Two (corner)"),
    3: lazy_gettext("Three (end)"),
    4: lazy_gettext("Four (island)"),
}


def _offered(words: Mapping[Any, Any]) -> list[SelectChoice]:
    return [SelectChoice(value, word) for value, word in words.items()]


YES_NO = [SelectChoice("yes", lazy_gettext("Yes")), SelectChoice("no", lazy_gettext("No"))]


def countries() -> list[tuple[str, str]]:
    """Home, Hong Kong and its like, then all countries by their name in the reader's language."""
    lang = language()
    offered = regions.choices("", lang)
    places = [(place.key, place.name) for place in (*offered.near, *offered.countries)]
    return [(_HOME, regions.region_name(_HOME, lang)), *places]


def same(check: Check) -> Callable[[str], str]:
    """What makes two spellings one for `alike`: what a rule keeps of them; a text that it refuses is as it is typed."""

    def kept(text: str) -> str:
        try:
            return str(check(text))
        except Refused:
            return text

    return kept


class Checked(Form):
    """A form whose fields are checked by rules: `checks` names the rule of a field, `kept` holds what it made of it."""

    checks: ClassVar[Mapping[str, Check]] = {}

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        self.kept: dict[str, Any] = {}

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask the rule of each field, then the form as a whole."""
        well_formed = super().validate(extra_validators)
        for name, check in self.checks.items():
            self.ask(name, partial(check, self[name].data or ""))
        if well_formed and not self.errors:
            self.together()
        return well_formed and not self.errors

    def ask(self, name: str, question: Callable[[], Any]) -> None:
        """Keep what a rule says under `name`; its refusal is the sentence beside that field."""
        try:
            self.kept[name] = question()
        except Refused as refusal:
            self.refuse(name, refusal)

    def together(self) -> None:
        """What can only be asked once every field by itself is right."""


class _Named(Checked):
    """A company: names, country, credit code."""

    checks = {
        "name_zh": partial(typed.checked_text, most=typed.LONGEST_NAME),
        "name_en": partial(typed.checked_text, most=typed.LONGEST_NAME),
    }
    alike = {"credit_code": normal_code}
    country = SelectField(lazy_gettext("Country or region"), choices=[], validate_choice=False, default=_HOME)
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
        if not self.kept["name_zh"] and (country == _HOME or not self.kept["name_en"]):
            field = "name_zh" if country == _HOME else "name_en"
            sentence = (
                N_("Enter the company's Chinese name") if country == _HOME else N_("Enter the company's name")
            )
            self.refuse(field, Refused("name_missing", sentence))


class CompanyForm(_Named):
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
        )


class DetailsForm(Checked):
    """Where the company is, what it does, under which country it counts."""

    checks = {
        "address": partial(typed.checked_text, most=typed.LONGEST_ADDRESS),
        "postcode": partial(typed.checked_text, most=20),
        "phone": typed.checked_landline,
        "website": typed.checked_website,
        "legal_representative": partial(typed.checked_text, most=typed.LONGEST_PERSON),
        "brand": partial(typed.checked_text, most=100),
        "memberships": partial(typed.checked_text, most=typed.LONGEST_NAME),
        "statistics_reason": partial(typed.checked_text, most=typed.LONGEST_NAME),
        "region": regions.region_key,
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
        return self.company.country == _HOME

    def together(self) -> None:
        """The address is needed; another country for the statistics needs a word of why (E-5)."""
        if not self.kept["address"]:
            self.refuse("address", Refused("address_missing", N_("Enter the company's address")))
        known = ["", *(code for code, _ in countries())]
        self.ask(
            "statistics_country",
            lambda: typed.checked_country(self.statistics_country.data or "", known),
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
        region = kept.pop("region") if self.at_home else ""
        return replace(now, **kept, region=region, letter=letter, kinds=tuple(self.kinds.data or ()))


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
    alike = {
        "phone": lambda text: normal_phone(text) or text,
        "email": str.lower,
        "invoice_email": str.lower,
    }
    phone = TelField(lazy_gettext("Mobile number"))
    name = StringField(lazy_gettext("Name"))
    email = EmailField(lazy_gettext("E-mail"))
    title = StringField(lazy_gettext("Job title"))
    wechat = StringField(lazy_gettext("WeChat"))
    invoice_name = StringField(lazy_gettext("Invoice to another company"))
    invoice_tax_number = StringField(lazy_gettext("Its tax number"))
    invoice_email = EmailField(lazy_gettext("E-mail for the invoice"))

    def together(self) -> None:
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


class ProductsForm(Checked):
    """What is shown, by words of the fair's nomenclature and in own words."""

    checks = {
        "text": partial(typed.checked_lines, most=500),
        "hs_code": typed.checked_hs_code,
    }
    categories = SelectMultipleField(lazy_gettext("Product categories"), choices=[], coerce=int)
    text = TextAreaField(lazy_gettext("Your products in your own words"))
    hs_code = StringField(lazy_gettext("HS code"))

    def offer(self, offered: Sequence[ProductCategory]) -> None:
        """Fill in the lines of the nomenclature."""
        self.categories.choices = [(row.id, _plain(row)) for row in offered]

    def together(self) -> None:
        """At least one line, where there are any, and not all of them."""
        chosen = self.categories.data or []
        if self.categories.choices and not chosen:
            sentence = N_("Choose at least one product category")
            self.refuse("categories", Refused("categories_missing", sentence))
        if len(chosen) > MOST_CATEGORIES:
            sentence = N_("Choose at most %(most)s product categories")
            self.refuse("categories", Refused("categories_many", sentence, most=MOST_CATEGORIES))
        if not self.categories.choices and not self.kept["text"]:
            self.refuse("text", Refused("products_missing", N_("Say what you will show")))

    def block(self) -> ProductsBlock:
        """The products as they are kept."""
        return ProductsBlock(tuple(self.categories.data or ()), self.kept["text"], self.kept["hs_code"])


def _plain(row: Any) -> str:
    return str((row.name_zh if language() == "zh" else row.name_en) or row.name_zh or row.name_en)


class StandForm(Checked):
    """What kind of stand is wished."""

    checks = {
        "area": typed.checked_area,
        "least_area": typed.checked_area,
        "width": typed.checked_side,
        "depth": typed.checked_side,
        "heavy": partial(typed.checked_text, most=300),
        "near": partial(typed.checked_text, most=300),
        "away_from": partial(typed.checked_text, most=300),
    }
    alike = {
        **dict.fromkeys(("area", "least_area"), same(typed.checked_area)),
        **dict.fromkeys(("width", "depth"), same(typed.checked_side)),
        **dict.fromkeys(("wish_1", "wish_2", "wish_3"), str.upper),
    }
    package = RadioField(
        lazy_gettext("Kind of stand"), choices=_offered(PACKAGES), default=Package.SHELL.value
    )
    place = RadioField(lazy_gettext("Where"), choices=_offered(PLACES), default=Place.INDOOR.value)
    area = StringField(lazy_gettext("Wished area (m²)"))
    least_area = StringField(lazy_gettext("Least area (m²)"))
    width = StringField(lazy_gettext("Width (m)"))
    depth = StringField(lazy_gettext("Depth (m)"))
    open_sides = RadioField(lazy_gettext("Open sides"), choices=_offered(SIDES), coerce=int, default=0)
    zone_id = SelectField(lazy_gettext("Zone"), choices=[], coerce=int, default=0)
    two_storeys = BooleanField(lazy_gettext("Two storeys"))
    hanging = BooleanField(lazy_gettext("Something hangs from the ceiling"))
    heavy = StringField(lazy_gettext("Heavy or high exhibits"))
    near = StringField(lazy_gettext("Near which company"))
    away_from = StringField(lazy_gettext("Away from which company"))
    wish_1 = StringField(lazy_gettext("First choice"))
    wish_2 = StringField(lazy_gettext("Second choice"))
    wish_3 = StringField(lazy_gettext("Third choice"))

    _COLUMN: ClassVar[Mapping[str, str]] = {
        "least_area": "least_area",
        "one_side": "width",
        "area_differs": "area",
        "raw_small": "area",
        "storeys_raw": "two_storeys",
        "open_sides": "open_sides",
        "wish_twice": "wish_2",
        "wishes_many": "wish_1",
    }

    def offer(self, expo: Expo, raw_minimum: Mapping[str, int]) -> None:
        """Fill in the zones; `raw_minimum` is from where on this fair lets raw space, in cm² by place."""
        self.raw_minimum = raw_minimum
        zones = [(zone.id, _plain(zone) or zone.code) for zone in expo.zones]
        self.zone_id.choices = [(0, gettext("Not sure yet")), *zones]

    def together(self) -> None:
        """The wish as a whole."""
        try:
            self._block = application.checked_stand(self._typed(), self.raw_minimum)
        except Refused as refusal:
            self.refuse(self._COLUMN.get(refusal.code, "area"), refusal)

    @property
    def more_said(self) -> bool:
        """Whether the part that few need holds anything, or a fault."""
        names = ("two_storeys", "hanging", "heavy", "near", "away_from", "wish_1", "wish_2", "wish_3")
        return any(self[name].data or self[name].errors for name in names)

    def _typed(self) -> StandBlock:
        wishes = (self[f"wish_{each}"].data or "" for each in range(1, MOST_WISHES + 1))
        return StandBlock(
            place=self.place.data,
            package=self.package.data,
            open_sides=self.open_sides.data or 0,
            zone_id=self.zone_id.data or 0,
            two_storeys=bool(self.two_storeys.data),
            hanging=bool(self.hanging.data),
            wishes=tuple(wishes),
            **{name: self.kept[name] for name in self.checks},
        )

    def block(self) -> StandBlock:
        """The wish as it is kept."""
        return self._block


class _OnStand(_Named):
    """Another company: whose code is only asked where it is known."""


class CoForm(_OnStand):
    """A co-exhibitor, named by the main exhibitor or declared by itself."""

    page_order = ("country", "credit_code", "name_zh", "name_en", "own_goods", "own_staff")
    checks = {**_Named.checks, "contact_name": partial(typed.checked_text, most=typed.LONGEST_PERSON)}
    alike = {
        **_Named.alike,
        "contact_phone": lambda text: normal_phone(text) or text,
        "contact_email": str.lower,
    }
    own_goods = RadioField(lazy_gettext("It shows goods of its own"), choices=YES_NO, validate_choice=False)
    own_staff = RadioField(
        lazy_gettext("Its own staff is at the stand"), choices=YES_NO, validate_choice=False
    )
    contact_name = StringField(lazy_gettext("Contact person"))
    contact_phone = TelField(lazy_gettext("Mobile number"))
    contact_email = EmailField(lazy_gettext("E-mail"))

    def together(self) -> None:
        """A number or address, where given, is one."""
        super().together()
        for name in ("own_goods", "own_staff"):
            if self[name].data not in ("yes", "no"):
                self.refuse(name, Refused("answer_missing", N_("Choose yes or no")))
        phone, email = self.contact_phone.data or "", self.contact_email.data or ""
        if clean_code(phone):
            self.ask("contact_phone", lambda: typed.checked_reach(phone, "")[0])
        if clean_code(email):
            self.ask("contact_email", lambda: typed.checked_reach("", email)[1])

    def facts(self) -> CoFacts:
        """The company as it is kept."""
        names = ("name_zh", "name_en", "credit_code", "country", "contact_name")
        return CoFacts(
            **{name: self.kept[name] for name in names},
            contact_phone=self.kept.get("contact_phone"),
            contact_email=self.kept.get("contact_email"),
            own_goods=self.own_goods.data == "yes",
            own_staff=self.own_staff.data == "yes",
        )


class RepresentedForm(_OnStand):
    """A company whose goods alone are shown."""

    page_order = ("country", "credit_code", "name_zh", "name_en")

    def facts(self) -> RepresentedFacts:
        """The company as it is kept."""
        return RepresentedFacts(
            **{name: self.kept[name] for name in ("name_zh", "name_en", "credit_code", "country")}
        )


class SendForm(Form):
    """The last page: each declaration by itself."""

    terms_version = HiddenField()
    no_claim = BooleanField(lazy_gettext("Binding offer"))
    no_subletting = BooleanField(lazy_gettext("No handing on"))
    consent = BooleanField(lazy_gettext("Consent"))

    def said(self) -> Declarations:
        """What was agreed to."""
        version = self.terms_version.data or ""
        return Declarations(
            terms_version=int(version) if version.isdecimal() and len(version) < _LONGEST_KEY // 8 else 0,
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
