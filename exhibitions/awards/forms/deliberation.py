"""What the deliberation types: minute, answers, votes, changed medals, the lock and its way back."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import DateTimeLocalField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from exhibitions.awards.models import AwardSeason
from exhibitions.awards.rules.case import Second
from exhibitions.awards.rules.complaint_window import MOST_DAYS
from exhibitions.core.contact import clean_name
from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form, SelectChoice

_LONG = Length(max=20_000, message=_l("At most %(max)d characters"))
_SENTENCE = Length(max=1_000, message=_l("At most %(max)d characters"))
_REASON = InputRequired(_l("Say why."))
_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]
MOST_NAMES = 30


def _president() -> Any:
    return StringField(
        _l("Decided by"),
        validators=[InputRequired(_l("Say who decided.")), Length(max=100)],
        filters=[lambda text: clean_name(text or "")],
    )


class MinuteForm(Form):
    """Who is present, and what was said."""

    members = TextAreaField(_l("Present"), validators=[Optional(), _SENTENCE])
    minute = TextAreaField(_l("Minute"), validators=[Optional(), _LONG])


class SecondForm(Form):
    """The president's answer where exactly one juror wants no award."""

    decision = RadioField(
        _l("Second judging"),
        choices=[
            SelectChoice(Second.AWARD.value, _l("It may have an award")),
            SelectChoice(Second.NO_AWARD.value, _l("No award")),
        ],
        validators=[InputRequired(_l("Choose one."))],
    )
    president = _president()
    reason = TextAreaField(_l("Reason"), validators=[Optional(), _SENTENCE])


class VoteForm(Form):
    """The president's order of entries with equal scores."""

    order = StringField(
        _l("Entries, the best first"),
        validators=[InputRequired(_l("Name the entries, the best first.")), Length(max=500)],
    )
    president = _president()
    reason = TextAreaField(_l("Reason"), validators=[_REASON, _SENTENCE])

    @property
    def entries(self) -> list[str]:
        """The numbers as typed, parted by blanks, commas or 、."""
        return [part for part in re.split(r"[\s,，、;；>]+", self.order.data or "") if part]


class OverrideForm(Form):
    """Another medal for an entry."""

    becomes = SelectField(_l("New medal"), validators=[Optional()])
    reason = TextAreaField(_l("Reason"), validators=[_REASON, _SENTENCE])

    def offer(self, medals: list[tuple[str, str]], none: str) -> None:
        """Say which medals there are, as (code, name)."""
        self.becomes.choices = [SelectChoice("", none), *(SelectChoice(code, name) for code, name in medals)]


class LockForm(Form):
    """Who signs the minute with this result; `seen` is the fingerprint of what the page showed to who signs."""

    is_overtaken = False
    seen = HiddenField(validators=[InputRequired(_l("Look at the result as it stands now, then lock it."))])
    signed_by = TextAreaField(
        _l("Signed by, one name a line"),
        validators=[InputRequired(_l("Enter the names of who signs the result.")), _SENTENCE],
    )

    @property
    def names(self) -> list[str]:
        """The names, once each."""
        lines = (clean_name(line) for line in (self.signed_by.data or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))[:MOST_NAMES]

    def refuse(self, field: str, refusal: Refused) -> None:
        """Show the sentence; another result than the page showed is what somebody else changed meanwhile."""
        self.is_overtaken = refusal.code == "other_result"
        super().refuse(field, refusal)

    @property
    def status(self) -> int:
        """409 where the result is another by now, else as of every form."""
        return 409 if self.is_overtaken else super().status


class ReopenForm(Form):
    """Why a locked result is opened again, and what everybody reads meanwhile where it was published."""

    reason = TextAreaField(_l("Reason"), validators=[_REASON, _SENTENCE])
    public_note = TextAreaField(_l("Note for the public"), validators=[Optional(), _SENTENCE])


class MomentForm(Form):
    """From when on everybody may read the result, in the fair's zone; empty for as soon as it is published. And how long
    it may be contested from then on (公示期).
    """

    publish_at = DateTimeLocalField(_l("Published from"), format=_FORMATS, validators=[Optional()])
    complaint_days = IntegerField(
        _l("Days for complaints"),
        validators=[NumberRange(1, MOST_DAYS, _l("Enter a number from %(min)s to %(max)s"))],
    )

    @property
    def days(self) -> int:
        """The days of the accepted form."""
        return int(self.complaint_days.data or 0)

    def moment(self, zone: str) -> datetime | None:
        """The moment that was typed on the clock of this zone."""
        typed = self.publish_at.data
        return typed.replace(tzinfo=ZoneInfo(zone)) if typed is not None else None


def moment_of(season: AwardSeason, zone: str) -> dict[str, object]:
    """What fills `MomentForm`, the moment on the clock of this zone."""
    moment = season.publish_at
    return {
        "publish_at": moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if moment else None,
        "complaint_days": season.complaint_days,
    }


class TextForm(Form):
    """One reason or note."""

    text = TextAreaField(_l("Reason"), validators=[_REASON, _SENTENCE])
