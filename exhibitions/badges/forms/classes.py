"""The classes of a fair, and what is printed on each."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from msgspec import structs
from wtforms import (
    BooleanField,
    ColorField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from exhibitions.badges.forms.choosing import PAGES
from exhibitions.badges.models import BadgeClass
from exhibitions.badges.rules.classes import Audience
from exhibitions.badges.rules.setup import MOST_CLASSES, ClassFacts
from exhibitions.badges.rules.templates import Band
from exhibitions.core.forms import Form, SelectChoice

AUDIENCES = (
    (Audience.TRADE.value, _l("Trade visitors")),
    (Audience.PUBLIC.value, _l("General public")),
    (Audience.UNCLASSIFIED.value, _l("Visitors without a group")),
    (Audience.SPEAKER.value, _l("Speakers")),
    (Audience.MEDIA.value, _l("Media (never counted as visitors)")),
    (Audience.EXHIBITOR.value, _l("Exhibitors' staff (never counted as visitors)")),
    (Audience.ORGANISER.value, _l("Organisers' staff (never counted as visitors)")),
    (Audience.SERVICE.value, _l("Service (never counted as visitors)")),
    (Audience.BUILD_UP.value, _l("Build-up and dismantling (never counted as visitors)")),
)


class ClassForm(Form):
    alike = {"colour": str.lower}

    name_zh = StringField(_l("Name in Chinese"), validators=[Length(max=50)])
    name_en = StringField(_l("Name in English"), validators=[Length(max=50)])
    key = StringField(
        _l("Key"),
        validators=[
            InputRequired(_l("Enter a key")),
            Regexp(
                r"^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?\Z",
                message=_l("A key has small letters a-z, digits and hyphens only, 32 at most"),
            ),
        ],
    )
    number = IntegerField(
        _l("Number in the code"),
        validators=[
            InputRequired(_l("Enter a number")),
            NumberRange(min=1, max=MOST_CLASSES, message=_l("Enter a number from %(min)s to %(max)s")),
        ],
    )
    colour = ColorField(
        _l("Colour of the band"),
        default="#0b6e6e",
        validators=[Regexp(r"^#[0-9a-fA-F]{6}\Z", message=_l("A colour is written like #0b6e6e."))],
    )
    audience = RadioField(
        _l("Who carries it"),
        choices=[SelectChoice(*pair) for pair in AUDIENCES],
        default=Audience.TRADE.value,
    )
    registrable = BooleanField(_l("Visitors may choose it when they register"))
    needs_approval = BooleanField(_l("Valid only after approval"))
    needs_payment = BooleanField(_l("Valid only after payment"))
    once_a_day = BooleanField(_l("Lets in once a day only"))
    planned_day_only = BooleanField(_l("Lets in on the planned day only"))
    position = IntegerField(_l("Order"), default=0, validators=[Optional(), NumberRange(min=0, max=9999)])

    def facts(self, before: ClassFacts | None = None) -> ClassFacts:
        """What was filled in; what is printed stays as it was before."""
        values: dict[str, Any] = structs.asdict(before) if before else {}
        values |= {name: self[name].data for name in ClassFacts.__struct_fields__ if name in self}
        values |= {
            "name_zh": (self.name_zh.data or "").strip(),
            "name_en": (self.name_en.data or "").strip(),
            "audience": Audience(self.audience.data),
            "colour": (self.colour.data or "").lower(),
            "position": self.position.data or 0,
        }
        return ClassFacts(**values)

    @staticmethod
    def shown(badge_class: BadgeClass) -> dict[str, Any]:
        """The values of a class that exists."""
        values = {name: getattr(badge_class, name) for name in ClassFacts.__struct_fields__}
        return values | {"audience": badge_class.audience.value}


FIELD_WORDS = (
    ("fair", _l("Name of the fair")),
    ("name", _l("Name")),
    ("company", _l("Company")),
    ("title", _l("Job title")),
    ("region", _l("Region")),
    ("day", _l("Day of visit")),
)
BANDS = (
    (Band.AUTO.value, _l("On badges and cards, not on labels")),
    (Band.ALWAYS.value, _l("Always")),
    (Band.NEVER.value, _l("Never: the stock is printed with it already")),
)


class DesignForm(Form):
    """What is printed on a class. It is filled from the address as well, so that a design can be shown before it is saved."""

    sheet = SelectField(_l("Usual page"), choices=[SelectChoice(*pair) for pair in PAGES])
    fields = SelectMultipleField(
        _l("Printed fields"),
        choices=[SelectChoice(*pair) for pair in FIELD_WORDS],
    )
    band = RadioField(_l("Colour band with the class"), choices=[SelectChoice(*pair) for pair in BANDS])
