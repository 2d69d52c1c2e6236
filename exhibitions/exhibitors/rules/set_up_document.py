"""How a fair takes exhibitors, as its document has it: terms, nomenclature, quotas. Dates belong to one edition and stay there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from exhibitions.exhibitors.rules.nomenclature import MOST_LINES

# Days and moments of one edition: another has its own.
_OF_ONE_EDITION = frozenset({"due", "arrival_from", "stands_empty_from"})
_OF_CHOOSING = frozenset({"opens_at", "closes_at", "closed", "worked"})
_OF_NIGHTS = frozenset({"first", "last"})


class Category(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of the nomenclature; codes say what lies under what."""

    code: Annotated[str, Meta(min_length=1, max_length=20)]
    name_zh: Annotated[str, Meta(max_length=100)] = ""
    name_en: Annotated[str, Meta(max_length=100)] = ""


class ExhibitingSetUp(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stays the same from one edition to the next. `data` are the settings of the other rooms of exhibitors."""

    terms_zh: Annotated[str, Meta(max_length=20_000)] = ""
    terms_en: Annotated[str, Meta(max_length=20_000)] = ""
    contact_name: Annotated[str, Meta(max_length=100)] = ""
    contact_phone: Annotated[str, Meta(max_length=50)] = ""
    contact_email: Annotated[str, Meta(max_length=254)] = ""
    categories: Annotated[list[Category], Meta(max_length=MOST_LINES)] = msgspec.field(default_factory=list)
    data: dict[str, Any] = msgspec.field(default_factory=dict)


def lasting(data: Mapping[str, Any]) -> dict[str, Any]:
    """The settings without what belongs to one edition: last days of duties, hours on a date, days of choosing, nights."""
    kept = {key: value for key, value in data.items() if key not in _OF_ONE_EDITION}
    windows = kept.get("windows")
    if isinstance(windows, Mapping):
        kept["windows"] = {
            kind: {key: value for key, value in window.items() if key not in _OF_NIGHTS}
            for kind, window in windows.items()
            if isinstance(window, Mapping)
        }
    choosing = kept.get("choosing")
    if isinstance(choosing, Mapping):
        kept["choosing"] = {key: value for key, value in choosing.items() if key not in _OF_CHOOSING}
    return kept
