"""How an entry is written down: which values are sealed, and what is shown when the key is gone."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, Protocol

from exhibitions.core.errors import N_
from exhibitions.core.signing import seal, unseal

ERASED = {"erased": True}
_KEY_BYTES = 32


class Fair(Protocol):
    """What the pages of this room know of a fair; the room of fairs stands above this one."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def slug(self) -> str:
        """Its word in addresses."""

    @property
    def timezone(self) -> str:
        """Its IANA zone."""

    @property
    def demo_shift_seconds(self) -> int | None:
        """How far its clock is ahead of the real one; None unless it is a fair of a demo."""


@dataclass(frozen=True)
class Page:
    """What a kind of subject is called (an English message id), and its page: an endpoint and its argument."""

    word: str
    endpoint: str = ""
    argument: str = ""


@dataclass(frozen=True)
class Deeds:
    """How a room calls what it writes down, as English message ids: action → what was done, kind of subject → its
    word and page, field → its label, value of a field ("field=value") → its word.
    """

    actions: Mapping[str, str]
    subjects: Mapping[str, Page] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)


def new_key() -> bytes:
    """A fresh key of 32 random bytes for the personal values of one subject."""
    return secrets.token_bytes(_KEY_BYTES)


def plain(value: object) -> object:
    """`value` as JSON can hold it: moments, days and decimals as text, enums as their value, the rest unchanged.

    Raises `TypeError` for what has no such form.
    """
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    raise TypeError(f"{type(value).__name__} cannot stand in an audit entry")


def seal_values(
    values: Mapping[str, object], personal: frozenset[str], key: bytes | None, subject: tuple[str, int]
) -> dict[str, object]:
    """The fields of an entry with the `personal` ones sealed by `key`; without a key they are left out as erased."""
    return {
        name: seal_value(value, key, subject) if name in personal else plain(value)
        for name, value in values.items()
    }


def hide(values: Mapping[str, object], withheld: frozenset[str]) -> dict[str, object]:
    """The fields of an entry with the `withheld` ones left out: an empty value stays one, every other reads as erased."""
    return {name: dict(ERASED) if name in withheld and value else value for name, value in values.items()}


def seal_value(value: object, key: bytes | None, subject: tuple[str, int]) -> dict[str, object]:
    """`{"sealed": base64}` of the value as JSON, or `ERASED` without a key."""
    if key is None:
        return dict(ERASED)
    text = json.dumps(plain(value), ensure_ascii=False).encode("utf-8", "surrogatepass")
    return {"sealed": base64.b64encode(seal(key, text, _place(subject))).decode("ascii")}


def open_values(values: Mapping[str, Any], key: bytes | None, subject: tuple[str, int]) -> dict[str, object]:
    """The fields as they were given, sealed ones opened; None stands for a value whose key was erased."""
    return {name: open_value(value, key, subject) for name, value in values.items()}


def open_value(value: object, key: bytes | None, subject: tuple[str, int]) -> object:
    """One field as it was given, or None when it was personal and its key was erased."""
    if not isinstance(value, dict) or value.keys() not in ({"sealed"}, {"erased"}):
        return value
    if key is None or "sealed" not in value:
        return None
    raw = unseal(key, base64.b64decode(value["sealed"]), _place(subject))
    return json.loads(raw.decode("utf-8", "surrogatepass"))


_SEALED = "sealed:"


def seal_reason(reason: str, key: bytes | None, subject: tuple[str, int]) -> str:
    """The reason as it is kept beside a subject: sealed like a personal value, empty when the key was erased."""
    if not reason or key is None:
        return ""
    return _SEALED + str(seal_value(reason, key, subject)["sealed"])


def open_reason(stored: str, key: bytes | None, subject: tuple[str, int]) -> str:
    """The reason as it was typed; empty when its key was erased. One that was never sealed is given as it is."""
    if not stored.startswith(_SEALED):
        return stored
    return str(open_value({"sealed": stored.removeprefix(_SEALED)}, key, subject) or "")


def _place(subject: tuple[str, int]) -> bytes:
    return f"audit/{subject[0]}/{subject[1]}".encode()


# What the audit trail calls the deeds of this room.
DEEDS = Deeds(
    actions={
        "audit.exported": N_("Audit trail exported"),
        "audit.term_changed": N_("Retention term changed"),
    },
    fields={"kind": N_("Kind of data"), "months": N_("Months"), "rows": N_("Rows")},
)


def day_of(text: str) -> date | None:
    """The day that a filter names as YYYY-MM-DD; None for anything else, or a day outside 1900 to 2199."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year < 2200 else None
