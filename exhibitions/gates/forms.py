"""What the chief fills in: today's doors, why the gates stand open, and who stands where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length

from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form
from exhibitions.expos.forms.fields import hour, line, options, passage
from exhibitions.expos.rules.setup import DoorFacts, check_door, clean
from exhibitions.gates.service.chief import NewHours
from exhibitions.gates.service.posts import PostFacts

ALL_DOORS = "*"
"""What stands in a form for every door of the day; no badge class is called so."""

COMMON_DOOR = "-"
"""What stands in a form for the door of every class without one of its own."""

LONGEST_REASON = 300
_SAY_WHY = _l("Say why: it is kept and listed.")


def plain_reason(text: str) -> str:
    """A reason that may be left out, as it is kept: trimmed, without what no database stores, at most 300 characters."""
    return text.replace("\x00", "").strip()[:LONGEST_REASON]


def _needed_hour(label: Any) -> Any:
    field = hour(label)
    field.kwargs["validators"] = [InputRequired(_l("Enter a time like 09:00"))]
    return field


def _needed_reason() -> Any:
    """Blanks are no reason."""
    too_long = Length(max=LONGEST_REASON, message=_l("At most %(max)d characters"))
    return StringField(
        _l("Reason"), validators=[DataRequired(_SAY_WHY), too_long], filters=[lambda text: clean(text or "")]
    )


class DoorsForm(Form):
    """Which of today's doors move, to which hours, and why. `day` is the day that the form was opened on."""

    day = HiddenField()
    door = SelectField(_l("Whose doors"), choices=[], validate_choice=False)
    opens = _needed_hour(_l("Doors open"))
    closes = _needed_hour(_l("Doors close"))
    last = hour(_l("Last admission"))
    reason = _needed_reason()

    cutoff_hour = 0

    def offer(self, choices: Sequence[tuple[str, Any]], today: date, cutoff_hour: int) -> None:
        """Fill in the doors that may be moved today, and the hour at which the fair's day ends."""
        self.cutoff_hour = cutoff_hour
        self.door.choices = options(choices)
        self.door.validators = [AnyOf([key for key, _name in choices], _l("Choose whose doors move"))]
        self.day.validators = [AnyOf([today.isoformat()], _l("A new day has begun. Look at its doors first"))]
        if not self.is_submitted():
            self.day.data = today.isoformat()

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether every field is well-formed and the hours can be those of a door (check-in.md row 8)."""
        if not super().validate(extra_validators):
            return False
        try:
            check_door(
                DoorFacts(door_from=self.opens.data, door_to=self.closes.data, last_admission=self.last.data),
                self.cutoff_hour,
            )
        except Refused as refusal:
            self.refuse("last" if refusal.code == "last_admission" else "closes", refusal)
            return False
        return True

    def hours(self, today: date) -> NewHours:
        """The hours asked for, once the form is accepted."""
        key = "" if self.door.data in (ALL_DOORS, COMMON_DOOR) else self.door.data
        return NewHours(today, self.opens.data, self.closes.data, self.last.data, key)


class OpenGateForm(Form):
    """Why the gates are opened."""

    reason = _needed_reason()


class PostForm(Form):
    """Who stands at a post, and what must be known there; all of it may be left out."""

    person = line(_l("Person in charge"), 100)
    phone = line(_l("Phone on site"), 50)
    note_zh = passage(_l("What to know here, in Chinese"), 500)
    note_en = passage(_l("What to know here, in English"), 500)

    def facts(self) -> PostFacts:
        """What was filled in."""
        return PostFacts(
            person=self.person.data or "",
            phone=self.phone.data or "",
            note_zh=self.note_zh.data or "",
            note_en=self.note_en.data or "",
        )
