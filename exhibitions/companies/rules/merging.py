"""Which of two entries of one company keeps what, and how long they can be parted again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from exhibitions.core.errors import N_

FIELDS: Mapping[str, str] = {
    "name_zh": N_("Name in Chinese"),
    "name_en": N_("Name in English"),
    "credit_code": N_("Credit code"),
    "country": N_("Country"),
    "statistics_country": N_("Country for the statistics"),
    "region": N_("Region"),
    "address_zh": N_("Address in Chinese"),
    "address_en": N_("Address in English"),
    "postcode": N_("Postcode"),
    "phone": N_("Company phone"),
    "website": N_("Website"),
    "legal_representative": N_("Legal representative"),
    "kinds": N_("Kind of business"),
    "is_member": N_("Member"),
    "note": N_("Note"),
}
"""What is chosen field by field; contacts and papers of both stay."""
PARTED_FOR = timedelta(days=30)
KEPT, GONE = "kept", "gone"


def suggested(kept: Any, gone: Any) -> dict[str, str]:
    """From which of the two each field is best taken: the kept one's own, unless it is empty and the other's is not.

    Country and region go with the address: a code of the mainland takes its country along.
    """
    return {name: GONE if not getattr(kept, name) and getattr(gone, name) else KEPT for name in FIELDS} | (
        {"country": GONE} if not kept.credit_code and gone.credit_code else {}
    )


def chosen(choice: Mapping[str, str], kept: Any, gone: Any) -> dict[str, Any]:
    """The fields of the kept one as chosen; what is not chosen is taken as suggested."""
    sides = {KEPT: kept, GONE: gone}
    usual = suggested(kept, gone)
    return {name: getattr(sides.get(choice.get(name, ""), sides[usual[name]]), name) for name in FIELDS}


def can_part(merged_at: datetime, now: datetime) -> bool:
    """Whether a merge of that moment can still be undone at `now`: for 30 days, not at their very end."""
    return now < merged_at + PARTED_FOR


def restored(before: Mapping[str, Any], merged: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that parting puts back: those that nobody has changed since they were merged. Nothing typed is lost."""
    return {
        name: value
        for name, value in before.items()
        if now.get(name) == merged.get(name) and value != now.get(name)
    }


def differing(one: Any, other: Any, names: Collection[str] = tuple(FIELDS)) -> list[str]:
    """The fields in which two entries differ; an empty one differs from a filled one."""
    return [name for name in names if (getattr(one, name) or None) != (getattr(other, name) or None)]
