"""The forms of the plan's tools: rows, tables, many stands at once, merging, splitting, versions. Lengths are in metres."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_pgettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from exhibitions.core.forms import Form, SelectChoice
from exhibitions.core.i18n import local
from exhibitions.expos.models import Expo
from exhibitions.stands.forms.plan import LikeForm, choices, in_words, metre, mm_of, plain
from exhibitions.stands.rules.background import UNIT_WORDS, Unit
from exhibitions.stands.rules.columns import length
from exhibitions.stands.rules.plan import KIND_WORDS, StandKind, normal_number
from exhibitions.stands.rules.rows import DIRECTION_WORDS, Direction, Numbering, Row

_LEFT_ALONE = "-"


class RowForm(LikeForm):
    """The row tool."""

    page_order = (
        *("x", "y", "count", "direction", "width", "depth", "gap_after", "gap", "prefix", "suffix"),
        *("start", "step", "digits", "skip", "back", "back_start"),
    )

    x = metre(_l("Corner: from the left (m)"))
    y = metre(_l("Corner: from the top (m)"))
    count: Any = IntegerField(
        _l("Stands"), default=16, validators=[InputRequired(_l("Enter a whole number"))]
    )
    width = metre(_l("Width along the row (m)"))
    depth = metre(_l("Depth (m)"))
    direction: Any = SelectField(_l("The row runs"))
    gap_after: Any = IntegerField(
        _l("Gap after every … stands"), default=0, validators=[Optional(), NumberRange(0, 200)]
    )
    gap = metre(_l("Width of the gap (m)"), needed=False)
    start: Any = IntegerField(
        _l("First number"),
        default=1,
        validators=[InputRequired(_l("Enter a whole number")), NumberRange(0, 9999)],
    )
    step: Any = IntegerField(
        lazy_pgettext("row of stands", "Step"),
        default=1,
        validators=[InputRequired(_l("Enter a whole number")), NumberRange(-10, 10)],
    )
    prefix: Any = StringField(
        _l("Before the number"), validators=[Optional(), Length(max=10)], filters=[plain]
    )
    suffix: Any = StringField(_l("After the number"), validators=[Optional(), Length(max=4)], filters=[plain])
    digits: Any = IntegerField(
        _l("Digits"), default=2, validators=[InputRequired(_l("Enter a whole number")), NumberRange(1, 4)]
    )
    skip: Any = StringField(
        _l("Numbers to leave out"), validators=[Optional(), Length(max=200)], filters=[plain]
    )
    back: Any = BooleanField(_l("A second row behind it, back to back"))
    back_start: Any = IntegerField(
        _l("First number of the second row"), validators=[Optional(), NumberRange(0, 9999)]
    )

    def offer(self, expo: Expo) -> None:
        """Name the directions in the reader's language."""
        super().offer(expo)
        self.direction.choices = in_words(DIRECTION_WORDS)

    def row(self) -> Row:
        """What was filled in."""
        skip = frozenset(
            int(piece)
            for piece in self.skip.data.replace("，", ",").replace(" ", ",").split(",")
            if piece.isdecimal()
        )
        front = Numbering(
            self.start.data, self.step.data, self.prefix.data, self.suffix.data, self.digits.data, skip
        )
        behind = None
        if self.back.data:
            after = self.back_start.data if self.back_start.data is not None else self._after(front)
            behind = Numbering(
                after, self.step.data, self.prefix.data, self.suffix.data, self.digits.data, skip
            )
        return Row(
            mm_of(self.x),
            mm_of(self.y),
            self.count.data,
            mm_of(self.width),
            mm_of(self.depth),
            Direction(self.direction.data),
            self.gap_after.data or 0,
            mm_of(self.gap),
            front,
            behind,
        )

    def _after(self, front: Numbering) -> int:
        """The second row goes on where the first one ends, or between its numbers where these leave every other out."""
        if abs(front.step) == 2:
            return front.start + 1
        used = 0
        here = front.start
        while used < max(self.count.data, 0) and used <= 200:
            used += here not in front.skip
            here += front.step
        return max(here, 0)


class TableForm(Form):
    """A table of stands: a file, or pasted."""

    file: Any = FileField(_l("File"), validators=[Optional()])
    pasted: Any = TextAreaField(_l("Or paste a table here"), validators=[Optional()])
    unit: Any = SelectField(_l("Lengths are in"), default=Unit.METRE.value)
    sure: Any = BooleanField(_l("Change stands although they are held or assigned"))

    def offer(self) -> None:
        """Name the units in the reader's language."""
        self.unit.choices = in_words(UNIT_WORDS)

    @property
    def content(self) -> bytes:
        """The file's bytes, or the pasted text with a mark that says UTF-8."""
        if self.file.data and self.file.data.filename:
            return bytes(self.file.data.stream.read())
        return ("\ufeff" + (self.pasted.data or "")).encode("utf-8", "replace")

    def validate(self, extra_validators: Any = None) -> bool:
        """Also ask for one of the two."""
        good = bool(super().validate(extra_validators))
        given = (self.file.data and self.file.data.filename) or (self.pasted.data or "").strip()
        if not given:
            self.file.errors = [gettext("Choose a file or paste a table")]
        return good and bool(given)


class ManyForm(Form):
    """What many stands are to be alike in; a dash leaves a thing as it is."""

    kind: Any = SelectField(_l("Type"))
    zone: Any = SelectField(_l("Zone"))
    price_class: Any = StringField(
        _l("Price class"), validators=[Optional(), Length(max=32)], filters=[plain]
    )
    for_sale: Any = SelectField(_l("For sale"))
    sure: Any = BooleanField(_l("Change stands although they are held or assigned"))

    def offer(self, expo: Expo) -> None:
        """Let the fair's zones be chosen."""
        alone = SelectChoice(_LEFT_ALONE, gettext("leave as it is"))
        self.kind.choices = [alone, *in_words(KIND_WORDS)]
        zones = [(zone.id, local(zone, "name")) for zone in expo.zones]
        self.zone.choices = [alone, *choices([("", gettext("No zone")), *zones])]
        self.for_sale.choices = [alone, *choices([("1", gettext("Yes")), ("0", gettext("No"))])]

    def values(self) -> dict[str, Any]:
        """What is to be changed."""
        found: dict[str, Any] = {}
        if self.kind.data != _LEFT_ALONE:
            found["kind"] = StandKind(self.kind.data)
        if self.zone.data != _LEFT_ALONE:
            found["zone_id"] = int(self.zone.data) if self.zone.data else None
        if self.price_class.data:
            found["price_class"] = self.price_class.data
        if self.for_sale.data != _LEFT_ALONE:
            found["for_sale"] = self.for_sale.data == "1"
        return found


class MergeForm(Form):
    """Which number stays."""

    surviving: Any = RadioField(
        _l("Which number stays?"), validators=[InputRequired(_l("Choose which of the numbers stays"))]
    )


class SplitForm(Form):
    """Widths and numbers of the parts, and who keeps which."""

    widths: Any = StringField(
        _l("Widths of the parts (m)"),
        validators=[InputRequired(_l("Enter the widths like 3, 3")), Length(max=200)],
    )
    numbers: Any = StringField(
        _l("Numbers of the parts"),
        validators=[InputRequired(_l("Enter the numbers like A01, A02")), Length(max=400)],
    )
    stay: Any = StringField(
        _l("Parts that stay with the exhibitor"), validators=[Optional(), Length(max=400)], filters=[plain]
    )

    def parts(self) -> tuple[list[int], list[str], list[str]]:
        """Widths in mm, numbers, and the numbers that stay. Raises Refused for a width that is none."""
        widths = [length(piece, Unit.METRE) for piece in _pieces(self.widths.data)]
        return widths, _numbers(self.numbers.data), _numbers(self.stay.data)


def _pieces(text: str) -> list[str]:
    return [
        piece
        for piece in text.replace("，", ",").replace("、", ",").replace(";", ",").split(",")
        if piece.strip()
    ]


def _numbers(text: str) -> list[str]:
    return [normal_number(piece) for piece in _pieces(text)]


class VersionForm(Form):
    """What a version is called."""

    note: Any = StringField(
        _l("What is this version?"), validators=[Optional(), Length(max=300)], filters=[plain]
    )
