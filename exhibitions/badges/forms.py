"""What people ask of badges: which ones to print, reserve badges, and the classes of a fair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    ColorField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the published types are older
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from exhibitions.badges.models import BadgeClass
from exhibitions.badges.queries import Wanted
from exhibitions.badges.rules.classes import Audience
from exhibitions.badges.rules.layout import SHEETS
from exhibitions.badges.rules.setup import MOST_CLASSES, ClassFacts
from exhibitions.badges.service.issuing import MOST_RESERVES
from exhibitions.badges.service.printing import SORTS
from exhibitions.core.forms import Form

PRINTED = (
    ("new", _l("Not printed yet")),
    ("printed", _l("Printed before")),
    ("all", _l("All")),
    ("reserve", _l("Reserve badges")),
)
ORDERS = (("number", _l("Number")), ("name", _l("Name")), ("company", _l("Company")))
PAGES = (
    ("a4x4", _l("A4, four to cut apart")),
    ("90x130", _l("90 × 130 mm, one a page")),
    ("a6", _l("A6, one a page")),
    ("86x54", _l("Card 86 × 54 mm")),
    ("80x60", _l("Label 80 × 60 mm")),
    ("70x50", _l("Label 70 × 50 mm")),
    ("60x40", _l("Label 60 × 40 mm")),
)
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


class Choice:
    """Which badges, in which order, on which page: read from an address or a form, always something that exists."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.class_key = values.get("class", "")
        self.printed = _one_of(values.get("printed"), [key for key, _ in PRINTED])
        self.sort = _one_of(values.get("sort"), list(SORTS))
        self.page = _one_of(values.get("page-size"), [key for key, _ in PAGES if key in SHEETS])

    def wanted(self) -> Wanted:
        """The badges that are meant."""
        if self.printed == "reserve":
            return Wanted(self.class_key, None, reserve=True)
        return Wanted(self.class_key, {"new": False, "printed": True}.get(self.printed))

    def address(self) -> dict[str, str]:
        """The same choice as the words of an address."""
        return {"class": self.class_key, "printed": self.printed, "sort": self.sort, "page-size": self.page}


def _one_of(value: str | None, known: list[str]) -> str:
    return value if value is not None and value in known else known[0]


class ReserveForm(Form):
    badge_class = SelectField(_l("Class"), validate_choice=False)
    count = IntegerField(  # type: ignore[call-arg]  # the published types are older
        _l("How many"),
        default=50,
        invalid_value_message=_l("Enter how many"),
        validators=[
            InputRequired(_l("Enter how many")),
            NumberRange(min=1, max=MOST_RESERVES, message=_l("Enter a number from %(min)s to %(max)s")),
        ],
    )

    def offer(self, classes: Iterable[tuple[str, str]]) -> None:
        """Let people choose among these classes, by key and shown name."""
        self.names = dict(classes)
        self.badge_class.choices = [SelectChoice(key, name) for key, name in self.names.items()]

    def validate_badge_class(self, field: Field) -> None:
        if field.data not in self.names:
            raise ValidationError(gettext("Choose a class"))


class ClassForm(Form):
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

    def facts(self) -> ClassFacts:
        """What was filled in."""
        values: dict[str, Any] = {name: self[name].data for name in ClassFacts.__struct_fields__}
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
