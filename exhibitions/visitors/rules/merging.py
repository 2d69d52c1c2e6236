"""Which of two registrations of one person keeps what, and how long they can be parted again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from exhibitions.core.errors import N_, Refused

FIELDS = {
    "name": N_("Name"),
    "company": N_("Company"),
    "title": N_("Job title"),
    "phone": N_("Mobile number"),
    "email": N_("E-mail"),
    "region": N_("Region"),
    "visit_day": N_("Day of visit"),
    "class_id": N_("Class"),
}
"""What is chosen field by field."""
PARTED_FOR = timedelta(days=30)
KEPT, GONE = "kept", "gone"


def suggested(kept: Any, gone: Any) -> dict[str, str]:
    """From which of the two each field is best taken: the kept one's own, unless it is empty and the other's is not."""
    return {name: GONE if not getattr(kept, name) and getattr(gone, name) else KEPT for name in FIELDS}


def chosen(choice: Mapping[str, str], kept: Any, gone: Any) -> dict[str, Any]:
    """The fields of the kept one as chosen; what is not chosen is taken as suggested.

    Raises `Refused` when neither a number nor an address is left.
    """
    sides = {KEPT: kept, GONE: gone}
    usual = suggested(kept, gone)
    fields = {name: getattr(sides.get(choice.get(name, ""), sides[usual[name]]), name) for name in FIELDS}
    if not fields["phone"] and not fields["email"]:
        raise Refused("contact_missing", N_("Keep a mobile number or an e-mail address."))
    return fields


def can_part(merged_at: datetime, now: datetime) -> bool:
    """Whether a merge of that moment can still be undone at `now`."""
    return now < merged_at + PARTED_FOR
