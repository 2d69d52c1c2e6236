"""A service as the document of a fair has it: what is offered and at which price, without the deadlines of one edition."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

_Line = Annotated[str, Meta(max_length=200)]
_Short = Annotated[str, Meta(max_length=20)]


class ServiceFacts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The price is in minor units of the fair's currency, the tax in per cent as text; `most` None is no limit."""

    code: Annotated[str, Meta(min_length=1, max_length=32)]
    group_key: Annotated[str, Meta(max_length=32)] = ""
    name_zh: _Line = ""
    name_en: _Line = ""
    unit_zh: _Short = ""
    unit_en: _Short = ""
    price: Annotated[int, Meta(ge=0, le=10**12)] = 0
    tax_rate: Annotated[str, Meta(max_length=8)] = "0"
    on_plan: bool = False
    most: Annotated[int, Meta(ge=1, le=100_000)] | None = None
