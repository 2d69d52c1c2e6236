"""A version of the plan as it was saved: unchanged for ever, known by its hash, compared thing by thing (§3)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from exhibitions.core.errors import N_

FORMAT = 1
"""Of the text of a snapshot; a reader of format 1 keeps reading what it wrote."""

Thing = Mapping[str, Any]
"""Texts, whole numbers, lists of them and None by name; `id` is the thing's own."""

FIELD_WORDS = {
    "number": N_("Number"),
    "hall": N_("Hall"),
    "polygon": N_("Place and size"),
    "kind": N_("Type"),
    "sides": N_("Open sides"),
    "zone": N_("Zone"),
    "price_class": N_("Price class"),
    "contracted": N_("Contracted area"),
    "on_sale": N_("For sale"),
    "name": N_("Name"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one thing between two versions: `fields` names what differs, empty where it came or went."""

    kind: str
    id: int
    name: str
    before: Thing | None
    after: Thing | None
    fields: tuple[str, ...] = ()


def text_of(halls: Sequence[Thing], stands: Sequence[Thing], shapes: Sequence[Thing]) -> str:
    """The one text of a plan: the same plan gives the same text, whatever order its rows came in."""
    plan = {
        "format": FORMAT,
        "halls": sorted(halls, key=_key),
        "stands": sorted(stands, key=_key),
        "shapes": sorted(shapes, key=_key),
    }
    return json.dumps(plan, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(text: str) -> str:
    """SHA-256 of the text in UTF-8, 64 hexadecimal digits."""
    return sha256(text.encode()).hexdigest()


def read(text: str) -> dict[str, list[dict[str, Any]]]:
    """Halls, stands and shapes of a text that `text_of` wrote."""
    plan = json.loads(text)
    return {name: plan[name] for name in ("halls", "stands", "shapes")}


def changes(before: str, after: str) -> list[Change]:
    """What differs between two texts: halls, then stands by number, then shapes."""
    old, new = read(before), read(after)
    return [
        change for kind in ("halls", "stands", "shapes") for change in _changes(kind, old[kind], new[kind])
    ]


def _changes(kind: str, before: Sequence[Thing], after: Sequence[Thing]) -> list[Change]:
    old, new = {one["id"]: one for one in before}, {one["id"]: one for one in after}
    found = []
    for key in old.keys() | new.keys():
        was, is_ = old.get(key), new.get(key)
        fields = (
            tuple(sorted(name for name in was.keys() | is_.keys() if was.get(name) != is_.get(name)))
            if was and is_
            else ()
        )
        if fields or not (was and is_):
            found.append(Change(kind, key, _name(is_ or was or {}), was, is_, fields))
    return sorted(found, key=lambda change: (change.name, change.id))


def _key(thing: Thing) -> int:
    return int(thing["id"])


def _name(thing: Thing) -> str:
    return str(thing.get("number") or thing.get("name") or thing.get("code") or thing.get("kind") or "")
