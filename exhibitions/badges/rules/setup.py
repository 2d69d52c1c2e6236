"""Badge classes as a document: what a fair's set-up says about them, with the same limits as the form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from exhibitions.badges.rules.classes import Audience
from exhibitions.badges.rules.templates import FIELDS, SHEETS, Band, check_fields
from exhibitions.core.errors import N_, Refused

MOST_CLASSES = 255


class ClassFacts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One class of badge. `number` stands in tokens, `key` in addresses and files; both are unique in a fair.

    `sheet`, `fields` and `band` say what is printed on which page (rules.templates).
    """

    number: Annotated[int, Meta(ge=1, le=MOST_CLASSES)]
    key: Annotated[str, Meta(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$")]
    name_zh: Annotated[str, Meta(max_length=50)] = ""
    name_en: Annotated[str, Meta(max_length=50)] = ""
    colour: Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}$")] = "#0b6e6e"
    audience: Audience
    registrable: bool = False
    once_a_day: bool = False
    planned_day_only: bool = False
    needs_approval: bool = False
    needs_payment: bool = False
    position: Annotated[int, Meta(ge=0, le=9999)] = 0
    sheet: Annotated[str, Meta(max_length=16)] = "90x130"
    fields: Annotated[list[str], Meta(max_length=len(FIELDS))] = msgspec.field(
        default_factory=lambda: ["fair", "name", "company"]
    )
    band: Band = Band.AUTO


def check(classes: Sequence[ClassFacts]) -> None:
    """Refuse classes that share a number or a key, or that have no name at all."""
    for field in ("number", "key"):
        values = [getattr(facts, field) for facts in classes]
        if len(set(values)) != len(values):
            raise Refused("class_twice", N_("Two badge classes have the same %(field)s."), field=field)
    for facts in classes:
        if not facts.name_zh.strip() and not facts.name_en.strip():
            raise Refused("class_nameless", N_("The badge class %(key)s has no name."), key=facts.key)
        check_design(facts)


def check_design(facts: ClassFacts) -> None:
    """Refuse a page that does not exist, and fields that do not or that say nobody's name."""
    if facts.sheet not in SHEETS:
        raise Refused("sheet_unknown", N_("There is no page of this size."))
    check_fields(facts.fields)
