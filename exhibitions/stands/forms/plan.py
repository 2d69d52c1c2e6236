"""The forms of what lies on the floor plan: halls, stands, shapes. Lengths are in metres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from exhibitions.core import kept
from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form, SelectChoice
from exhibitions.core.i18n import local
from exhibitions.expos.models import Expo
from exhibitions.stands.models import HallPlan, Shape, Stand
from exhibitions.stands.queries.plan import corners
from exhibitions.stands.rules.background import Unit, metres
from exhibitions.stands.rules.columns import corners_of, length
from exhibitions.stands.rules.facts import HallFacts, ShapeFacts, StandFacts
from exhibitions.stands.rules.geometry import Polygon, box_of, is_upright, rectangle
from exhibitions.stands.rules.plan import KIND_WORDS, SHAPE_WORDS, ShapeKind, StandKind, normal_number

PLACE = ("x", "y", "width", "depth")
LONGEST_LENGTH = 20


def metre(label: Any, *, needed: bool = True) -> Any:
    """A length in metres, kept as it was typed."""
    first = InputRequired(_l("Enter a length like 3 or 2.5")) if needed else Optional()
    return StringField(label, validators=[first, Length(max=LONGEST_LENGTH), _is_length])


def _is_length(_form: Any, field: Any) -> None:
    try:
        length(field.data or "", Unit.METRE)
    except Refused as refusal:
        raise ValidationError(gettext(refusal.message, **refusal.params)) from refusal


def plain(text: str | None) -> str:
    """Text without blanks around it."""
    return (text or "").strip()


def _is_area(_form: Any, field: Any) -> None:
    if field.data and _cm2(field.data) is None:
        raise ValidationError(gettext("Enter an area in m² like 9 or 36.5"))


def _cm2(text: str) -> int | None:
    """cm² of an area typed in m²; None for what is none. A length squared has the same digits."""
    try:
        thousandths = length(text, Unit.METRE)
    except Refused:
        return None
    return thousandths * 10 if thousandths >= 0 else None


def _square_metres(cm2: int | None) -> str:
    return "" if cm2 is None else metres(cm2 // 10)


def choices(pairs: Sequence[tuple[object, Any]]) -> list[Any]:
    """What may be chosen: a value and its name each."""
    return [SelectChoice(str(value), name) for value, name in pairs]


def in_words(words: Any) -> list[Any]:
    """The members of an enum with their words in the reader's language."""
    return [SelectChoice(key.value, gettext(word)) for key, word in words.items()]


class HallForm(Form):
    """How large a hall is."""

    width = metre(_l("Width (m)"))
    depth = metre(_l("Depth (m)"))
    is_outdoor: Any = BooleanField(_l("It lies outdoors"))

    @staticmethod
    def shown(plan: HallPlan) -> dict[str, object]:
        """What the form shows of a plan."""
        return {"width": metres(plan.width), "depth": metres(plan.depth), "is_outdoor": plan.is_outdoor}

    def facts(self) -> HallFacts:
        """What was filled in."""
        return HallFacts(mm_of(self.width), mm_of(self.depth), self.is_outdoor.data)


def mm_of(field: Any) -> int:
    """The mm that a field of metres holds, 0 where it is empty."""
    return length(field.data, Unit.METRE) if (field.data or "").strip() else 0


class PictureForm(Form):
    """A picture for under the plan."""

    file: Any = FileField(_l("Picture"), validators=[InputRequired(_l("Choose a picture"))])


class ScaleForm(Form):
    """Two points of the picture, in pixels, and how far apart they are in the hall."""

    ax: Any = IntegerField(
        _l("First point: pixels from the left"), validators=[InputRequired(_l("Enter a whole number"))]
    )
    ay: Any = IntegerField(
        _l("First point: pixels from the top"), validators=[InputRequired(_l("Enter a whole number"))]
    )
    bx: Any = IntegerField(
        _l("Second point: pixels from the left"), validators=[InputRequired(_l("Enter a whole number"))]
    )
    by: Any = IntegerField(
        _l("Second point: pixels from the top"), validators=[InputRequired(_l("Enter a whole number"))]
    )
    distance = metre(_l("Metres between them"))
    at_x = metre(_l("The first point lies at x (m)"))
    at_y = metre(_l("The first point lies at y (m)"))


class LikeForm(Form):
    """What a stand is besides its place; the zones are the fair's."""

    kind: Any = SelectField(_l("Type"))
    zone: Any = SelectField(_l("Zone"))
    price_class: Any = StringField(
        _l("Price class"), validators=[Optional(), Length(max=32)], filters=[plain]
    )
    for_sale: Any = BooleanField(_l("For sale"), default=True)

    def offer(self, expo: Expo) -> None:
        """Let the fair's zones be chosen, and the kinds in the reader's language."""
        self.kind.choices = in_words(KIND_WORDS)
        self.zone.choices = choices(
            [("", gettext("No zone")), *((zone.id, local(zone, "name")) for zone in expo.zones)]
        )

    def like(self, hall_id: int, number: str = "", polygon: Polygon = ()) -> StandFacts:
        """A stand of this kind."""
        return StandFacts(
            number,
            hall_id,
            polygon,
            StandKind(self.kind.data),
            int(self.zone.data) if self.zone.data else None,
            self.price_class.data,
            for_sale=self.for_sale.data,
        )


class StandForm(LikeForm):
    """A stand: by x, y, width and depth, or by its corners."""

    page_order = ("number", "hall", "x", "y", "width", "depth", "corners")
    number: Any = StringField(
        _l("Stand number"), validators=[InputRequired(_l("Enter the stand number")), Length(max=40)]
    )
    hall: Any = SelectField(_l("Hall"))
    x = metre(_l("From the left (m)"), needed=False)
    y = metre(_l("From the top (m)"), needed=False)
    width = metre(_l("Width (m)"), needed=False)
    depth = metre(_l("Depth (m)"), needed=False)
    corners: Any = TextAreaField(_l("Corners"), validators=[Optional(), Length(max=2000)], filters=[plain])
    sides: Any = SelectField(_l("Open sides"))
    contracted: Any = StringField(
        _l("Contracted area (m²)"), validators=[Optional(), Length(max=12), _is_area], filters=[plain]
    )
    upper: Any = StringField(
        _l("Upper storey (m²)"), validators=[Optional(), Length(max=12), _is_area], filters=[plain]
    )
    for_sale: Any = BooleanField(_l("For sale"), default=True)
    is_free_of_charge: Any = BooleanField(_l("Free of charge"))
    note: Any = StringField(_l("Note"), validators=[Optional(), Length(max=300)], filters=[plain])
    sure: Any = BooleanField(_l("Change it although it is held or assigned"))

    def offer_all(self, expo: Expo, plans: Sequence[HallPlan], computed: int | None) -> None:
        """Let the measured halls be chosen, and what the office says of open sides instead of the computed."""
        self.offer(expo)
        self.hall.choices = choices(
            [(plan.hall_id, local(plan.hall, "name") or plan.hall.code) for plan in plans]
        )
        as_drawn = gettext("as drawn") if computed is None else gettext("as drawn: %(n)s", n=computed)
        self.sides.choices = choices([("", as_drawn), *((count, str(count)) for count in range(5))])

    @staticmethod
    def shown(stand: Stand) -> dict[str, object]:
        """What the form shows of a stand."""
        return place_shown(corners(stand.polygon)) | {
            "number": stand.number,
            "hall": str(stand.hall_id),
            "kind": stand.kind.value,
            "zone": str(stand.zone_id or ""),
            "price_class": stand.price_class,
            "contracted": _square_metres(stand.contracted_area),
            "upper": _square_metres(stand.upper_area or None),
            "sides": "" if stand.open_sides_set is None else str(stand.open_sides_set),
            "for_sale": stand.for_sale,
            "is_free_of_charge": stand.is_free_of_charge,
            "note": stand.note,
        }

    def validate(self, extra_validators: Any = None) -> bool:
        """Also ask for a place: four lengths, or corners."""
        good = bool(super().validate(extra_validators))
        if not self.corners.data:
            for field in (self.x, self.y, self.width, self.depth):
                if not (field.data or "").strip():
                    field.errors = [gettext("Enter a length like 3 or 2.5")]
                    good = False
        return good

    def facts(self) -> StandFacts:
        """What was filled in. Raises Refused where the corners are none."""
        polygon = place_of(self)
        return StandFacts(
            normal_number(self.number.data),
            int(self.hall.data),
            polygon,
            StandKind(self.kind.data),
            int(self.zone.data) if self.zone.data else None,
            self.price_class.data,
            _cm2(self.contracted.data) if self.contracted.data else None,
            _cm2(self.upper.data) or 0 if self.upper.data else 0,
            int(self.sides.data) if self.sides.data else None,
            self.for_sale.data,
            self.is_free_of_charge.data,
            self.note.data,
        )


def place_of(form: Any) -> Polygon:
    """Where a form says that something lies. Raises Refused where its corners are none."""
    if form.corners.data:
        return corners_of(form.corners.data, Unit.METRE)
    return rectangle(mm_of(form.x), mm_of(form.y), mm_of(form.width), mm_of(form.depth))


def place_shown(ring: Polygon) -> dict[str, object]:
    """What a form shows of where something lies: four lengths, or its corners where it is no upright rectangle."""
    if not is_upright(ring):
        return {"corners": written(ring)}
    left, top, right, bottom = box_of(ring)
    return {
        "x": metres(left),
        "y": metres(top),
        "width": metres(right - left),
        "depth": metres(bottom - top),
    }


def take_drawn(form: Any, said: Mapping[str, str], ring: Polygon = ()) -> None:
    """Fill the place of a form that is opened with what was drawn on the plan, as the address says it in metres:
    x, y, width and depth, or how far (dx, dy) the thing of these corners was moved. Saves nothing; what is no length
    counts as 0. A form that comes back with what was typed keeps that."""
    if form.is_submitted() or kept.fields_here() is not None:
        return
    if ring and ("dx" in said or "dy" in said):
        right, down = _mm(said.get("dx", "")), _mm(said.get("dy", ""))
        shown = place_shown(tuple((x + right, y + down) for x, y in ring))
    else:
        shown = {name: metres(_mm(said[name])) for name in PLACE if name in said}
    for name, text in shown.items():
        form[name].data = text


def _mm(text: str) -> int:
    try:
        return length(text[:LONGEST_LENGTH], Unit.METRE)
    except Refused:
        return 0


def written(ring: Polygon) -> str:
    """Corners as people write them, in metres."""
    return "; ".join(f"{metres(x)},{metres(y)}" for x, y in ring)


class ShapeForm(Form):
    """What is no stand."""

    kind: Any = SelectField(_l("What it is"))
    label_zh: Any = StringField(
        _l("Name in Chinese"), validators=[Optional(), Length(max=100)], filters=[plain]
    )
    label_en: Any = StringField(
        _l("Name in English"), validators=[Optional(), Length(max=100)], filters=[plain]
    )
    x = metre(_l("From the left (m)"), needed=False)
    y = metre(_l("From the top (m)"), needed=False)
    width = metre(_l("Width (m)"), needed=False)
    depth = metre(_l("Depth (m)"), needed=False)
    corners: Any = TextAreaField(_l("Corners"), validators=[Optional(), Length(max=2000)], filters=[plain])

    def offer(self) -> None:
        """Name the kinds in the reader's language."""
        self.kind.choices = in_words(SHAPE_WORDS)

    @staticmethod
    def shown(shape: Shape) -> dict[str, object]:
        """What the form shows of a shape."""
        words = {"kind": shape.kind.value, "label_zh": shape.label_zh, "label_en": shape.label_en}
        return place_shown(corners(shape.polygon)) | words

    def facts(self, hall_id: int) -> ShapeFacts:
        """What was filled in. Raises Refused where the corners are none."""
        return ShapeFacts(
            ShapeKind(self.kind.data), hall_id, place_of(self), self.label_zh.data, self.label_en.data
        )
