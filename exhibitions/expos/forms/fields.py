"""Fields that the set-up forms share: cleaned text with a limit, days, hours, numbers, each with its own sentence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, StringField, TextAreaField, TimeField
from wtforms.fields import DateTimeLocalField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from exhibitions.core.forms import SelectChoice
from exhibitions.expos.rules.setup import LAST_POSITION, MOST_PEOPLE, clean


def _cleaned(text: str | None) -> str:
    return clean(text or "")


def _at_most(most: int) -> Length:
    return Length(max=most, message=_l("At most %(max)d characters"))


def _sentence(wrong: Any) -> dict[str, Any]:
    return {"invalid_value_message": wrong}


def line(label: Any, most: int, missing: Any = None) -> Any:
    """One line of text of at most `most` characters; `missing` is the sentence when it must not be empty."""
    first = Optional() if missing is None else InputRequired(missing)
    return StringField(label, validators=[first, _at_most(most)], filters=[_cleaned])


def passage(label: Any, most: int) -> Any:
    """Text of several lines that may be empty."""
    return TextAreaField(label, validators=[Optional(), _at_most(most)], filters=[_cleaned])


def day(label: Any) -> Any:
    """A calendar day that must be given."""
    wrong = _l("Enter a day that exists, like 2026-08-19")
    return DateField(label, validators=[InputRequired(wrong)], **_sentence(wrong))


def any_day(label: Any) -> Any:
    """A calendar day that may be left out."""
    wrong = _l("Enter a day that exists, like 2026-08-19")
    return DateField(label, validators=[Optional()], **_sentence(wrong))


def whole(label: Any, least: int, most: int, wrong: Any, *, default: int | None = None) -> Any:
    """A whole number between two bounds; without a `default` it may be left out."""
    first = Optional() if default is None else InputRequired(wrong)
    within = NumberRange(least, most, wrong)
    return IntegerField(label, default=default, validators=[first, within], **_sentence(wrong))


def days(label: Any, most: int, default: int) -> Any:
    """A number of days from 0 to `most`."""
    wrong = _l("Enter a number of days from 0 to %(most)s", most=most)
    within = NumberRange(min=0, max=most, message=wrong)
    return IntegerField(label, default=default, validators=[InputRequired(wrong), within], **_sentence(wrong))


def hour(label: Any, of: Any = "") -> Any:
    """An hour of the day that may be left out; `of` says whose it is, where several have the same label."""
    wrong = _l("Enter a time like 09:00")
    formats = ["%H:%M", "%H:%M:%S"]
    return TimeField(label, format=formats, validators=[Optional()], description=of, **_sentence(wrong))


def moment(label: Any) -> Any:
    """Day and hour in the fair's own zone that may be left out; the data carries no zone."""
    formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]
    wrong = _l("Enter day and time, like 2026-08-19 09:00")
    return DateTimeLocalField(label, format=formats, validators=[Optional()], **_sentence(wrong))


def people(label: Any) -> Any:
    """A number of people from 1 that may be left out, which means no limit."""
    wrong = _l("Enter a whole number from 1, or leave it empty")
    within = NumberRange(min=1, max=MOST_PEOPLE, message=wrong)
    return IntegerField(label, validators=[Optional(), within], **_sentence(wrong))


def position(label: Any) -> Any:
    """The place in a list; small numbers come first."""
    wrong = _l("Enter a whole number from 0 to 9999")
    within = NumberRange(min=0, max=LAST_POSITION, message=wrong)
    return IntegerField(label, default=0, validators=[InputRequired(wrong), within], **_sentence(wrong))


def edition(label: Any) -> Any:
    """The number of an edition: 8 for the 8th."""
    wrong = _l("Enter the edition as a number, like 8")
    within = NumberRange(min=1, max=9999, message=wrong)
    return IntegerField(label, validators=[InputRequired(wrong), within], **_sentence(wrong))


def options(pairs: Iterable[tuple[object, Any]]) -> list[Any]:
    """What may be chosen: a value and its name each."""
    return [SelectChoice(str(value), name) for value, name in pairs]
