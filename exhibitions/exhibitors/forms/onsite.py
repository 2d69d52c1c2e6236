"""What the exhibitor desk and the hall inspectors type."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, IntegerField, RadioField, StringField
from wtforms.fields import DateTimeLocalField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form, SelectChoice, typed_number
from exhibitions.exhibitors.forms.figures import minor_of
from exhibitions.exhibitors.rules.arriving import LONGEST_NAME, MOST_BAGS, Extra
from exhibitions.exhibitors.rules.pictures import MOST_BYTES

_PNG = "data:image/png;base64,"
_MOST_DRAWN = 300_000


class ArrivalForm(Form):
    """Who takes the bag; the signature may be drawn besides."""

    signed_by = StringField(
        _l("Name of who takes the bag"),
        validators=[Length(max=LONGEST_NAME, message=_l("At most %(max)d characters"))],
    )
    bags = IntegerField(
        _l("Bags"),
        default=1,
        validators=[
            InputRequired(_l("Enter a number")),
            NumberRange(0, MOST_BAGS, _l("Enter a number from %(min)s to %(max)s")),
        ],
    )
    note = StringField(_l("Note"), validators=[Optional(), Length(max=300)])
    by_whom = StringField(_l("Who allows it"), validators=[Optional(), Length(max=200)])
    drawn = HiddenField(validators=[Length(max=_MOST_DRAWN)])

    def signature(self) -> bytes | None:
        """The drawn signature's bytes, whatever they are; None where nothing was drawn."""
        text = self.drawn.data or ""
        if not text.startswith(_PNG):
            return None
        try:
            return base64.b64decode(text.removeprefix(_PNG), validate=True) or None
        except binascii.Error:
            return None


class BadgeForm(Form):
    """A person who gets a badge at the desk. `after` is the youngest badge that the page knew."""

    after = HiddenField()
    name = StringField(_l("Name"), validators=[Length(max=LONGEST_NAME)])
    how = RadioField(
        _l("How"),
        choices=[
            SelectChoice(Extra.QUOTA.value, _l("Within the quota")),
            SelectChoice(Extra.PRICE.value, _l("Extra, at the day's price")),
            SelectChoice(Extra.DAY.value, _l("Day pass, for today")),
            SelectChoice(Extra.GRACE.value, _l("Extra, by grace of a named person")),
        ],
        default=Extra.QUOTA.value,
    )
    amount = StringField(_l("Price"), validators=[Optional(), Length(max=40)])
    paid = RadioField(
        _l("Price paid"),
        choices=[
            SelectChoice("", _l("Not yet: it stays open on the order")),
            SelectChoice("cash", _l("Now, in cash")),
            SelectChoice("qr", _l("Now, by QR code")),
        ],
        default="",
        validators=[Optional()],
    )
    by_whom = StringField(_l("Who allows it"), validators=[Optional(), Length(max=200)])

    currency = "CNY"
    _minor: int | None = None

    @property
    def known(self) -> int | None:
        """The youngest badge that the page knew; None where it does not say."""
        return typed_number(self.after.data or "") if self.after.data else None

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the price, where there is one, is an amount of the order's currency."""
        if not super().validate(extra_validators):
            return False
        try:
            self._minor = minor_of(self.amount.data or "", self.currency)
        except Refused as refusal:
            self.refuse("amount", refusal)
            return False
        return True

    @property
    def minor(self) -> int | None:
        """The price in minor units, once the form is accepted; None where none was typed."""
        return self._minor


class PresenceForm(Form):
    """What an inspector saw at a stand, with a picture."""

    present = HiddenField(default="y")
    co_exhibitor = HiddenField()
    photo = FileField(_l("Photo"), validators=[Optional()])
    note = StringField(_l("Note"), validators=[Optional(), Length(max=300)])

    def picture(self) -> bytes | None:
        """The bytes of the photo, at most one more than one may have; None where none was taken."""
        file = self.photo.data
        return (file.stream.read(MOST_BYTES + 1) or None) if file else None


class EmptyHourForm(Form):
    """From when on a stand that nobody has come to is empty, on the fair's clock."""

    moment = DateTimeLocalField(
        _l("Empty from"),
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        validators=[InputRequired(_l("Enter a day and an hour, like 2026-08-19 10:00"))],
    )
