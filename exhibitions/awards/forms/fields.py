"""Fields of the award's forms: exact numbers as people type them, and moments to the second."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import StringField, ValidationError
from wtforms.fields import DateTimeLocalField
from wtforms.validators import InputRequired, NumberRange, Optional

from exhibitions.awards.rules.rule_set import normal

MOST = Decimal(1_000_000)
_PLACES = 6
_NUMBER = re.compile(r"[+-]?(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)")
_LONGEST = 40
_YEARS = (1949, 2999)


def exact(text: str) -> Decimal | None:
    """A decimal as people type one, full-width and with groups of three; None for what is none or has too many places.

    A comma that parts no group of three is none: 82,5 is 82.5 to one reader and 825 to another.
    """
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix("%").strip()
    if len(plain) > _LONGEST or not _NUMBER.fullmatch(plain):
        return None
    number = Decimal(plain.replace(",", ""))
    if abs(number) > MOST:
        return None
    exponent = number.normalize().as_tuple().exponent
    return number.normalize() + 0 if isinstance(exponent, int) and exponent >= -_PLACES else None


class ExactField(StringField):
    """A number that is kept exactly; its data is a Decimal, or None when it is left out."""

    data: Any

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else normal(self.data)

    def process_data(self, value: Any) -> None:
        # 20.0 and 20 are one number: a form that is sent twice must not look changed.
        self.data = None if value is None else value.normalize() + 0

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        typed = valuelist[0].strip()
        self.data = exact(typed) if typed else None
        if typed and self.data is None:
            raise ValueError(gettext("Enter a number, like 85 or 0.5"))


def exactly(label: Any, *, least: Decimal | None = None, most: Decimal = MOST, optional: bool = False) -> Any:
    """An exact number within its bounds."""
    low = -MOST if least is None else least
    within = NumberRange(low, most, _l("Enter a number from %(min)s to %(max)s"))
    first = Optional() if optional else InputRequired(_l("Enter a number, like 85 or 0.5"))
    return ExactField(label, validators=[first, within])


def second(label: Any) -> Any:
    """Day and hour with seconds in the fair's own zone that may be left out; the data carries no zone.

    Years as those of a season: a moment at the edge of the calendar has no counterpart in UTC.
    """
    formats = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"]
    wrong = _l("Enter day and time, like 2026-08-19 18:00:00")
    kwargs: dict[str, Any] = {"invalid_value_message": wrong}
    return DateTimeLocalField(
        label, format=formats, validators=[Optional(), _in_years], render_kw={"step": "1"}, **kwargs
    )


def _in_years(_form: Any, field: Any) -> None:
    moment: datetime | None = field.data
    least, most = _YEARS
    if moment is not None and not least <= moment.year <= most:
        raise ValidationError(gettext("Enter a year from %(least)s to %(most)s.", least=least, most=most))
