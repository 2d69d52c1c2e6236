"""What a juror types in a ranking round: places in a form, and the same as a device hands them in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from flask_babel import gettext as _
from msgspec import Meta, Struct
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from exhibitions.core.errors import N_, Refused
from exhibitions.core.forms import Form

MOST_ENTRIES = 2_000
_MOST_PLACE = 10_000


class OrderForm(Form):
    """The places of a ranking round; `order_form` adds a field for each entry, by the number of its assignment."""

    task_ids: tuple[int, ...]

    def places(self) -> dict[int, int]:
        """The place that was typed for each entry."""
        return {number: int(field.data or 1) for number, field in self.rows()}

    def rows(self) -> list[tuple[int, Any]]:
        """The number of each assignment with its field, in the order of the page."""
        return [(number, self[f"place{number}"]) for number in self.task_ids]


def order_form(places: Mapping[int, int], words: Mapping[int, str]) -> OrderForm:
    """The form of an order, its entries in the order of their places. A field belongs to its entry wherever that stands."""
    most = len(places)
    sentence = _("Enter a place from 1 to %(most)s", most=most)
    fields: dict[str, Any] = {
        f"place{number}": IntegerField(
            words[number], [InputRequired(sentence), NumberRange(1, most, sentence)]
        )
        for number in places
    }
    made: type[OrderForm] = type("_OrderForm", (OrderForm,), fields | {"task_ids": tuple(places)})
    return made(data=form_values(places))


def form_values(places: Mapping[int, int]) -> dict[str, Any]:
    """What fills the form."""
    return {f"place{number}": at for number, at in places.items()}


class TypedOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole order as a device has it: places by assignment, in which round, and which order it was made from."""

    round: Annotated[str, Meta(max_length=40)]
    seen: Annotated[str, Meta(max_length=64)]
    places: Annotated[
        dict[int, Annotated[int, Meta(ge=1, le=_MOST_PLACE)]], Meta(min_length=1, max_length=MOST_ENTRIES)
    ]


def typed_order(content: bytes) -> TypedOrder:
    """What was handed in as JSON. Raises `Refused` for anything else."""
    try:
        return msgspec.json.decode(content, type=TypedOrder)
    except (msgspec.DecodeError, ValueError) as error:
        raise Refused("malformed", N_("The request could not be read.")) from error
