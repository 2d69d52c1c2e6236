"""The forms of a registration: the visitor's, the visitor's corrections, and those of the desk."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import request
from flask_babel import LazyString, gettext, lazy_gettext, lazy_pgettext
from wtforms import (
    EmailField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    ValidationError,
)
from wtforms.validators import Length

from exhibitions.badges.models import BadgeClass
from exhibitions.badges.queries import Offered
from exhibitions.badges.rules.classes import Audience
from exhibitions.core import regions
from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form, SelectChoice
from exhibitions.core.i18n import format_date, language, local
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries.form import AskedForm
from exhibitions.visitors.rules.questions import Asked
from exhibitions.visitors.rules.registration import (
    Moment,
    checked_company,
    checked_email,
    checked_name,
    checked_phone,
)
from exhibitions.visitors.service import Person

_LONGEST_KEY = 64
_WITH_COMPANY = frozenset({Audience.TRADE, Audience.MEDIA})


def _ask(check: Callable[[str], Any], field: Field) -> Any:
    """What a rule makes of the text of a field; its refusal is the sentence beside the field."""
    try:
        return check(field.data or "")
    except Refused as refusal:
        raise ValidationError(gettext(refusal.message, **refusal.params)) from refusal


class _Visitor(Form):
    """The fields that several forms share, and the answers in the form in which they are kept."""

    name = StringField(lazy_gettext("Name"))
    company = StringField(lazy_gettext("Company"))
    region = SelectField(
        lazy_pgettext("registration", "Region"), choices=[], validate_choice=False, default=""
    )
    visit_day = SelectField(lazy_gettext("Day of visit"), choices=[], validate_choice=False, default="")

    kept_region = ""

    def prepare(self, expo: Expo, days: Sequence[date]) -> None:
        """Fill in what can be chosen at this fair."""
        self.places = regions.choices(expo.city, language())
        self.days = list(days)
        self.visit_day.choices = [("", gettext("Not sure yet"))]
        self.visit_day.choices += [(day.isoformat(), format_date(day)) for day in self.days]

    def validate_name(self, field: Field) -> None:
        self.kept_name = _ask(checked_name, field)

    def validate_company(self, field: Field) -> None:
        self.kept_company = _ask(checked_company, field)

    def validate_region(self, field: Field) -> None:
        self.kept_region = regions.region_key(field.data or "")
        offered = self.kept_region in self.places.keys | {""}
        if not offered and not regions.is_known(self.kept_region):
            raise ValidationError(gettext("Choose a region from the list"))

    def validate_visit_day(self, field: Field) -> None:
        if (field.data or "") not in {day.isoformat() for day in self.days} | {""}:
            raise ValidationError(gettext("Choose a day from the list"))

    @property
    def chosen_day(self) -> date | None:
        """The day that was chosen, None when it is open."""
        return date.fromisoformat(self.visit_day.data) if self.visit_day.data else None


class RegistrationForm(_Visitor):
    """V2: six fields, or three on site. Either a phone number or, instead of it, an e-mail address."""

    page_order = ("form_key", "phone", "email", "name", "visitor_class")

    form_key = HiddenField()
    phone = TelField(lazy_gettext("Mobile number"))
    email = EmailField(lazy_gettext("E-mail"))
    visitor_class = RadioField(lazy_gettext("I come as"), choices=[], validate_choice=False)

    kept_phone: str | None = None
    kept_email: str | None = None
    kept_company = ""

    def offer(
        self,
        expo: Expo,
        classes: Sequence[Offered],
        moment: Moment,
        *,
        on_site: bool,
        asked: AskedForm | None = None,
    ) -> None:
        """Fill in what this fair offers and asks now; on site the form is short and the day is today."""
        self.prepare(expo, moment.to_come)
        self.asked = asked or AskedForm()
        self.classes = {badge_class.key: badge_class for badge_class in classes}
        self.visitor_class.choices = [(key, local(each, "name")) for key, each in self.classes.items()]
        if len(self.classes) == 1:
            self.visitor_class.data = next(iter(self.classes))
        self.on_site = on_site
        self.today = moment.today
        if not self.form_key.data or len(self.form_key.data) > _LONGEST_KEY:
            self.form_key.data = secrets.token_urlsafe(16)

    @property
    def by_email(self) -> bool:
        """Whether an e-mail address takes the place of the phone number: asked for by the address, or typed."""
        typed = bool((self.email.data or "").strip()) and not (self.phone.data or "").strip()
        return typed or request.args.get("by") == "email"

    @property
    def contact(self) -> Field:
        """The field by which the person is known."""
        return self.email if self.by_email else self.phone

    @property
    def badge_class(self) -> Offered:
        """The class that was chosen."""
        return self.classes[self.visitor_class.data]

    @property
    def asks_company(self) -> bool:
        """Whether the chosen class says for whom its people work."""
        return self.asked.company is not Asked.OFF and self.audience in _WITH_COMPANY

    @property
    def audience(self) -> Audience | None:
        """The group of people that the chosen class is for; None while none is chosen."""
        chosen = self.classes.get(self.visitor_class.data or "")
        return chosen.audience if chosen is not None else None

    @property
    def is_press(self) -> bool:
        """Whether the company is a medium."""
        return self.audience is Audience.MEDIA

    def validate_phone(self, field: Field) -> None:
        if not self.by_email:
            self.kept_phone = _ask(checked_phone, field)

    def validate_email(self, field: Field) -> None:
        if self.by_email:
            self.kept_email = _ask(checked_email, field)

    def validate_visitor_class(self, field: Field) -> None:
        if field.data not in self.classes:
            raise ValidationError(gettext("Choose what you come as"))

    def validate_company(self, field: Field) -> None:
        if not self.asks_company:
            return
        super().validate_company(field)
        if not self.kept_company and not self.on_site and self.asked.company is Asked.NEEDED:
            press = gettext("Enter the medium that you work for")
            raise ValidationError(press if self.is_press else gettext("Enter your company"))

    def validate_region(self, field: Field) -> None:
        super().validate_region(field)
        if not field.data and not self.on_site and self.asked.region is Asked.NEEDED:
            raise ValidationError(gettext("Choose your region"))

    def validate_visit_day(self, field: Field) -> None:
        super().validate_visit_day(field)
        if not field.data and not self.on_site and self.asked.visit_day is Asked.NEEDED:
            raise ValidationError(gettext("Choose a day from the list"))

    @property
    def person(self) -> Person:
        """Who wants to come, once the form is accepted."""
        return Person(
            name=self.kept_name,
            company=self.kept_company,
            phone=self.kept_phone,
            email=self.kept_email,
            region=self.kept_region,
            visit_day=self.today if self.on_site else self.chosen_day,
        )


class CorrectionForm(_Visitor):
    """What a visitor may change by the personal link; number and address stay, because they prove who asks."""

    asks_company = False

    def of_class(self, audience: Audience) -> None:
        """Say what the visitor comes as: who has to name a company to register has to keep one."""
        self.asks_company = audience is Audience.TRADE

    def validate_company(self, field: Field) -> None:
        super().validate_company(field)
        if self.asks_company and not self.kept_company:
            raise ValidationError(gettext("Enter your company"))

    def person_of(self, registration: Registration) -> Person:
        """The person as corrected."""
        return replace(
            Person.of(registration),
            name=self.kept_name,
            company=self.kept_company,
            region=self.kept_region,
            visit_day=self.chosen_day,
        )


class DeskCorrectionForm(_Visitor):
    """What the desk may change: everything, the class included. Number and address are not shown; empty keeps them."""

    page_order = ("name", "company", "phone", "email", "visitor_class")

    phone = TelField(lazy_gettext("Mobile number"))
    email = EmailField(lazy_gettext("E-mail"))
    visitor_class = SelectField(lazy_gettext("Class"), choices=[], validate_choice=False)

    kept_phone: str | None = None
    kept_email: str | None = None

    def offer(self, classes: Sequence[BadgeClass]) -> None:
        """Fill in the classes of the fair."""
        self.classes = {badge_class.key: badge_class for badge_class in classes}
        self.visitor_class.choices = [(key, local(each, "name")) for key, each in self.classes.items()]

    def validate_phone(self, field: Field) -> None:
        if (field.data or "").strip():
            self.kept_phone = _ask(checked_phone, field)

    def validate_email(self, field: Field) -> None:
        if (field.data or "").strip():
            self.kept_email = _ask(checked_email, field)

    def validate_region(self, field: Field) -> None:
        # An import may have brought a place that is in no list; it may stay.
        self.kept_region = field.data or ""
        if field.data != self.region.object_data:
            super().validate_region(field)

    def validate_visit_day(self, field: Field) -> None:
        if field.data != self.visit_day.object_data:
            super().validate_visit_day(field)

    def validate_visitor_class(self, field: Field) -> None:
        if field.data not in self.classes:
            raise ValidationError(gettext("Choose a class"))

    def person_of(self, registration: Registration) -> Person:
        """The person as corrected."""
        return Person(
            name=self.kept_name,
            company=self.kept_company,
            phone=self.kept_phone or registration.phone,
            email=self.kept_email or registration.email,
            region=self.kept_region,
            visit_day=self.chosen_day,
        )


class WalkInForm(Form):
    """G3: on-site registration in three fields."""

    phone = TelField(lazy_gettext("Mobile number"))
    name = StringField(lazy_gettext("Name"))
    visitor_class = SelectField(lazy_gettext("Class"), choices=[], validate_choice=False)

    def offer(self, classes: Sequence[Offered]) -> None:
        """Fill in the classes that may be registered."""
        self.classes = {badge_class.key: badge_class for badge_class in classes}
        self.visitor_class.choices = [(key, local(each, "name")) for key, each in self.classes.items()]

    def validate_name(self, field: Field) -> None:
        self.kept_name = _ask(checked_name, field)

    def validate_phone(self, field: Field) -> None:
        self.kept_phone = _ask(checked_phone, field)

    def validate_visitor_class(self, field: Field) -> None:
        if field.data not in self.classes:
            raise ValidationError(gettext("Choose a class"))

    @property
    def badge_class(self) -> Offered:
        """The class that was chosen."""
        return self.classes[self.visitor_class.data]


class ReserveForm(Form):
    """A reserve badge and, now or later, whose it is. Its fields carry a prefix: another form stands on the page."""

    code = StringField(lazy_gettext("Reserve badge"))
    phone = TelField(lazy_gettext("Mobile number"))
    name = StringField(lazy_gettext("Name"))

    kept_name = ""
    kept_phone: str | None = None

    def __init__(self, **data: Any) -> None:
        super().__init__(prefix="reserve-", **data)

    def validate_code(self, field: Field) -> None:
        if not (field.data or "").strip():
            raise ValidationError(gettext("Scan the reserve badge, or type its ten digits."))

    def validate_name(self, field: Field) -> None:
        if (field.data or "").strip():
            self.kept_name = _ask(checked_name, field)

    def validate_phone(self, field: Field) -> None:
        if (field.data or "").strip():
            self.kept_phone = _ask(checked_phone, field)

    def person(self, today: date | None) -> Person | None:
        """Who gets the badge; None while nobody is named."""
        if not self.kept_name and self.kept_phone is None:
            return None
        return Person(self.kept_name, phone=self.kept_phone, visit_day=today)


class NameForm(Form):
    """The name of a colleague, corrected by who brings them."""

    name = StringField(lazy_gettext("Name"))

    def validate_name(self, field: Field) -> None:
        self.kept_name = _ask(checked_name, field)

    def person_of(self, registration: Registration) -> Person:
        """The person with the corrected name."""
        return replace(Person.of(registration), name=self.kept_name)


class ColleagueForm(NameForm):
    """The same by the personal link: whether the person stays, or somebody else comes in this place."""

    page_order = ("name", "who")

    who = RadioField(
        lazy_gettext("Who comes"),
        choices=[
            SelectChoice("same", lazy_gettext("The same person; the name was wrong")),
            SelectChoice("other", lazy_gettext("Somebody else comes instead")),
        ],
        default="same",
    )


class ContactForm(Form):
    """V1, V4: a phone number or an e-mail address; `phone` and `email` come from the registration form's own button."""

    contact = StringField(lazy_gettext("Mobile number or e-mail"))

    kept_phone: str | None = None
    kept_email: str | None = None

    def validate_contact(self, field: Field) -> None:
        if not field.data:
            field.data = request.form.get("email") or request.form.get("phone") or ""
        if "@" in field.data or "＠" in field.data:
            self.kept_email = _ask(checked_email, field)
        else:
            self.kept_phone = _ask(checked_phone, field)


def _whose(mine: LazyString, everybodys: LazyString) -> RadioField:
    """Whose badges are cancelled; unless said otherwise, only the one."""
    choices = [SelectChoice("mine", mine), SelectChoice("all", everybodys)]
    return RadioField(lazy_gettext("Which badges are cancelled"), choices=choices, default="mine")


class LeaveForm(Form):
    """V3: ends the visitor's own registration, or those of the colleagues as well."""

    whose = _whose(lazy_gettext("Only mine"), lazy_gettext("Mine and those of my colleagues"))

    @property
    def with_colleagues(self) -> bool:
        """Whether the registrations of the colleagues end as well."""
        return bool(self.whose.data == "all")


class CancelForm(LeaveForm):
    """The desk ends a registration, with a reason; of who has brought colleagues, theirs as well if it says so."""

    whose = _whose(lazy_gettext("Only this one"), lazy_gettext("This one and those of the colleagues"))
    reason = StringField(
        lazy_gettext("Reason"),
        validators=[Length(max=300, message=lazy_gettext("At most %(max)d characters"))],
    )
