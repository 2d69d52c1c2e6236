"""What the office types when it gives, extends, moves and frees stands."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.fields import DateTimeLocalField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from exhibitions.core.forms import Form, SelectChoice
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Stand
from exhibitions.stands.queries.holding import stand_by_number
from exhibitions.stands.queries.numbers import unknown
from exhibitions.stands.rules.allocation import AllocationKind

_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]


class NumberForm(Form):
    """The number of a stand."""

    number = StringField(
        _l("Stand"), validators=[DataRequired(_l("Enter the number of a stand")), Length(max=20)]
    )

    def stand(self, expo: Expo) -> Stand:
        """The stand of this fair; raises `Refused` naming a number that none has."""
        found = stand_by_number(expo, self.number.data or "")
        if found is None:
            raise unknown(expo, self.number.data or "")
        return found


class GiveForm(NumberForm):
    """A stand for an exhibitor: assigned, or held until a moment of the fair's clock."""

    kind = RadioField(
        _l("How"),
        choices=[
            SelectChoice(AllocationKind.ASSIGNED.value, _l("Assign it")),
            SelectChoice(AllocationKind.HOLD.value, _l("Hold it until it ends by itself")),
        ],
        default=AllocationKind.ASSIGNED.value,
        validators=[InputRequired(_l("Choose one"))],
    )
    until = DateTimeLocalField(_l("Held until"), format=_FORMATS, validators=[Optional()])

    def ends(self, zone: str) -> datetime | None:
        """When the hold ends; None for the usual length."""
        return self.until.data.replace(tzinfo=ZoneInfo(zone)) if self.until.data else None


class UntilForm(Form):
    """A new end of a hold."""

    until = DateTimeLocalField(_l("Held until"), format=_FORMATS, validators=[Optional()])

    def ends(self, zone: str) -> datetime | None:
        """When the hold ends; None for the usual length from now on."""
        return self.until.data.replace(tzinfo=ZoneInfo(zone)) if self.until.data else None


class WhyForm(Form):
    """Why a stand is taken back."""

    reason = StringField(_l("Why"), validators=[DataRequired(_l("Say why")), Length(max=300)])
