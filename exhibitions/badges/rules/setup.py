"""Badge classes as a document: what a fair's set-up says about them, with the same limits as the form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from exhibitions.badges.rules.classes import Audience
from exhibitions.core.errors import N_, Refused

MOST_CLASSES = 255


class ClassFacts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One class of badge. `number` stands in tokens, `key` in addresses and files; both are unique in a fair."""

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


def check(classes: Sequence[ClassFacts]) -> None:
    """Refuse classes that share a number or a key, or that have no name at all."""
    for field in ("number", "key"):
        values = [getattr(facts, field) for facts in classes]
        if len(set(values)) != len(values):
            raise Refused("class_twice", N_("Two badge classes have the same %(field)s."), field=field)
    for facts in classes:
        if not facts.name_zh.strip() and not facts.name_en.strip():
            raise Refused("class_nameless", N_("The badge class %(key)s has no name."), key=facts.key)
