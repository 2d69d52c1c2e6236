"""The scheme of priority points, a list of old ones, and the draw of the lot, as the office types them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import IntegerField, SelectField, StringField
from wtforms.fields import DateField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from exhibitions.core.errors import N_
from exhibitions.core.forms import Form, SelectChoice
from exhibitions.stands.rules import points as rules
from exhibitions.stands.rules.points import AreaUnit, Scheme

UNIT_WORDS = {AreaUnit.M2: N_("m²"), AreaUnit.FT2: N_("square feet")}
_WEEKS = _l("Enter a number from 0 to %(most)s", most=rules.MOST_WEEKS)


def _decimal(text: str | None) -> Decimal:
    """A number as people type it, with a minus of any kind. Raises `InvalidOperation`."""
    found = Decimal((text or "0").strip().replace("−", "-").replace("，", ",").replace(",", ""))
    if not found.is_finite():
        raise InvalidOperation
    return found


def _is_number(_form: Form, field: Any) -> None:
    try:
        _decimal(field.data)
    except InvalidOperation as error:
        raise ValidationError(gettext("Enter a number like 3 or 0.5")) from error


def _number(label: Any) -> StringField:
    return StringField(
        label, validators=[InputRequired(_l("Enter a number like 3 or 0.5")), Length(max=20), _is_number]
    )


class SchemeForm(Form):
    """What earns points at a fair."""

    per_year = _number(_l("Points for a year exhibited"))
    per_member_year = _number(_l("Points for a year of membership"))
    per_area_step = _number(_l("Points for a full step of area"))
    area_step = _number(_l("Step of area"))
    area_unit = SelectField(
        _l("Unit of area"), choices=[SelectChoice(each.value, _l(text)) for each, text in UNIT_WORDS.items()]
    )
    per_money_step = _number(_l("Points for a full step of money"))
    money_step = _number(_l("Step of money"))
    per_violation = _number(_l("Points for a violation"))
    per_absence = _number(_l("Points for an absence"))
    deadline = DateField(_l("Last day for a complete application"), validators=[Optional()])
    offer_weeks = IntegerField(
        _l("Freed places are offered until so many weeks before move-in"),
        validators=[InputRequired(_WEEKS), NumberRange(min=0, max=rules.MOST_WEEKS, message=_WEEKS)],
    )

    @staticmethod
    def shown(scheme: Scheme) -> dict[str, object]:
        """What the form shows."""
        numbers: dict[str, object] = {
            name: rules.said(getattr(scheme, name)) for name in rules.REWARDS + rules.PENALTIES
        }
        rest: dict[str, object] = {
            "area_unit": scheme.area_unit.value,
            "deadline": scheme.deadline,
            "offer_weeks": scheme.offer_weeks,
        }
        return numbers | rest

    def scheme(self) -> Scheme:
        """The scheme as it was typed."""
        return Scheme(
            **{name: _decimal(self[name].data) for name in rules.REWARDS + rules.PENALTIES},
            area_unit=AreaUnit(self.area_unit.data),
            deadline=self.deadline.data,
            offer_weeks=self.offer_weeks.data or 0,
        )


class PointsForm(Form):
    """A list of old points."""

    file: Any = FileField(_l("List of old points"), validators=[Optional()])

    @property
    def content(self) -> bytes:
        """The file's bytes."""
        return bytes(self.file.data.stream.read())

    def validate(self, extra_validators: Any = None) -> bool:
        """Also ask for the file."""
        good = bool(super().validate(extra_validators))
        given = bool(self.file.data and self.file.data.filename)
        if not given:
            self.file.errors = [gettext("Choose a file")]
        return good and given


class LotForm(Form):
    """A draw of the lot: a seed to repeat one, and why it is drawn again."""

    seed = StringField(_l("Seed"), validators=[Optional(), Length(max=64)])
    note = StringField(_l("Why it is drawn again"), validators=[Optional(), Length(max=300)])
