"""Printers and their calibration, reserve badges, lost badges, and the stock of blanks."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DecimalField, Field, IntegerField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from exhibitions.badges.forms.choosing import PAGES
from exhibitions.badges.rules import calibration, stock
from exhibitions.badges.rules.reserves import MOST_AT_ONCE, Place, serial_of
from exhibitions.badges.rules.stock import Move
from exhibitions.badges.service.changing import Taken
from exhibitions.core.forms import Form, SelectChoice

_LONGEST_REASON = 300
_MOST_MONEY = 100_000


class ReserveForm(Form):
    badge_class = SelectField(_l("Class"), validate_choice=False)
    count = IntegerField(  # type: ignore[call-arg]  # the published types are older
        _l("How many"),
        default=50,
        invalid_value_message=_l("Enter how many"),
        validators=[
            InputRequired(_l("Enter how many")),
            NumberRange(min=1, max=MOST_AT_ONCE, message=_l("Enter a number from %(min)s to %(max)s")),
        ],
    )

    def offer(self, classes: Iterable[tuple[str, str]]) -> None:
        """Let people choose among these classes, by key and shown name."""
        self.names = dict(classes)
        self.badge_class.choices = [SelectChoice(key, name) for key, name in self.names.items()]

    def validate_badge_class(self, field: Field) -> None:
        if field.data not in self.names:
            raise ValidationError(gettext("Choose a class"))


class PrinterForm(Form):
    name = StringField(_l("Printer name"), validators=[InputRequired(_l("Enter a name")), Length(max=50)])
    sheet = SelectField(_l("Paper"), choices=[SelectChoice(*pair) for pair in PAGES])
    shift_x = DecimalField(_l("Moved to the right, in mm"), places=1, default=Decimal())
    shift_y = DecimalField(_l("Moved down, in mm"), places=1, default=Decimal())
    turned = BooleanField(_l("Print upside down (180°)"))

    def facts(self) -> dict[str, object]:
        """What was filled in, the shift in tenths of a millimetre."""
        return {
            "name": (self.name.data or "").strip(),
            "sheet": self.sheet.data,
            "shift_x": _tenths(self.shift_x.data),
            "shift_y": _tenths(self.shift_y.data),
            "turned": bool(self.turned.data),
        }

    def validate_name(self, field: Field) -> None:
        if not (field.data or "").strip():
            raise ValidationError(gettext("Enter a name"))


def _tenths(value: Decimal | None) -> int:
    return round((value or Decimal()) * 10)


class ReadingForm(Form):
    across = StringField(_l("From the left edge to the upright line, in mm"), validators=[Length(max=20)])
    down = StringField(_l("From the upper edge to the level line, in mm"), validators=[Length(max=20)])

    def validate_across(self, field: Field) -> None:
        _check_reading(field)

    def validate_down(self, field: Field) -> None:
        _check_reading(field)

    def readings(self) -> tuple[int, int]:
        """Both readings in tenths of a millimetre."""
        return calibration.tenths(self.across.data or "") or 0, calibration.tenths(self.down.data or "") or 0


def _check_reading(field: Field) -> None:
    if calibration.tenths(field.data or "") is None:
        raise ValidationError(gettext("Enter millimetres like 44.5"))


class RangeForm(Form):
    first = StringField(_l("From number"), validators=[Length(max=20)])
    last = StringField(_l("To number"), validators=[Optional(), Length(max=20)])

    def validate_first(self, field: Field) -> None:
        if serial_of(field.data or "") is None:
            raise ValidationError(gettext("Enter a number like R0042"))

    def validate_last(self, field: Field) -> None:
        if serial_of(field.data or "") is None:
            raise ValidationError(gettext("Enter a number like R0042"))

    def serials(self) -> tuple[int, int]:
        """The first and the last serial number; a single one stands for both."""
        first = serial_of(self.first.data or "") or 0
        return first, serial_of(self.last.data or "") or first


PLACES = (
    (Place.DESK.value, _l("Visitor desk")),
    (Place.GATE.value, _l("Gate")),
    (Place.GROUP.value, _l("Group")),
    (Place.OTHER.value, _l("Somebody else")),
)


class HandOutForm(RangeForm):
    place = SelectField(_l("Given to"), choices=[SelectChoice(*pair) for pair in PLACES])
    name = StringField(_l("Which one"), validators=[Length(max=100)])


class SpoilForm(RangeForm):
    reason = StringField(_l("Reason"), validators=[Length(max=_LONGEST_REASON)])


class ReplaceForm(Form):
    reason = StringField(
        _l("Reason"), validators=[InputRequired(_l("Say why.")), Length(max=_LONGEST_REASON)]
    )
    fee = DecimalField(
        _l("Fee taken"), places=2, validators=[Optional(), NumberRange(min=0, max=_MOST_MONEY)]
    )
    deposit = DecimalField(
        _l("Deposit taken"), places=2, validators=[Optional(), NumberRange(min=0, max=_MOST_MONEY)]
    )

    def taken(self) -> Taken:
        """What was taken, in minor units."""
        return Taken(_minor(self.fee.data), _minor(self.deposit.data))


def _minor(value: Decimal | None) -> int:
    return round((value or Decimal()) * 100)


ITEM_WORDS = (
    (stock.HOLDER, _l("Badge holders")),
    (stock.LANYARD, _l("Lanyards")),
    ("a4x4", _l("A4 sheets for four badges")),
    ("90x130", _l("Blanks 90 × 130 mm")),
    ("a6", _l("Blanks A6")),
    ("86x54", _l("Cards 86 × 54 mm")),
    ("80x60", _l("Labels 80 × 60 mm")),
    ("70x50", _l("Labels 70 × 50 mm")),
    ("60x40", _l("Labels 60 × 40 mm")),
)
MOVES = (
    (Move.IN.value, _l("Came in")),
    (Move.OUT.value, _l("Went out")),
    (Move.SPOILT.value, _l("Spoilt")),
)


class StockForm(Form):
    item = SelectField(_l("Kind of stock"), choices=[SelectChoice(*pair) for pair in ITEM_WORDS])
    kind = SelectField(_l("What happened"), choices=[SelectChoice(*pair) for pair in MOVES])
    count = IntegerField(  # type: ignore[call-arg]  # the published types are older
        _l("How many"),
        invalid_value_message=_l("Enter how many"),
        validators=[
            InputRequired(_l("Enter how many")),
            NumberRange(min=1, max=stock.MOST, message=_l("Enter a number from %(min)s to %(max)s")),
        ],
    )
    note = StringField(_l("Note"), validators=[Optional(), Length(max=200)])


class ExpectForm(Form):
    turn_up_percent = IntegerField(
        _l("Of the registered will come (percent)"),
        validators=[
            InputRequired(_l("Enter a number")),
            NumberRange(min=0, max=100, message=_l("Enter a number from %(min)s to %(max)s")),
        ],
    )
    walk_ins_a_day = IntegerField(
        _l("Register on site a day"),
        validators=[
            InputRequired(_l("Enter a number")),
            NumberRange(min=0, max=stock.MOST, message=_l("Enter a number from %(min)s to %(max)s")),
        ],
    )
