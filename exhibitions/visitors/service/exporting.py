"""Registrations as rows for others: the same fields in the same words, whoever asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exhibitions.audit import service as audit
from exhibitions.badges import service as badges
from exhibitions.badges.rules import number
from exhibitions.core.actor import Actor
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries
from exhibitions.visitors.queries import Filters, Row
from exhibitions.visitors.rules.registration import shown_state

FIELDS = ("number", "name", "company", "phone", "email", "class", "region", "state", "code")


def export(expo: Expo, filters: Filters, *, codes: bool) -> Iterator[dict[str, str | None]]:
    """Each wanted registration as `FIELDS`, in the order of registering.

    `number` has ten digits, `phone` is E.164, `class` and `region` are keys, `state` is what people see; what is not
    known is None. `code` is the text of the QR code where `codes` are wanted, and left out where they are not.
    """
    for row in queries.export_rows(expo, filters):
        yield exported(expo, row, codes=codes)


def exported(expo: Expo, row: Row, *, codes: bool) -> dict[str, str | None]:
    """One registration as `FIELDS`; see `export`."""
    person = row.registration
    fields: dict[str, str | None] = {
        "number": number.with_check(row.badge.number) if row.badge else None,
        "name": person.name,
        "company": person.company,
        "phone": person.phone,
        "email": person.email,
        "class": row.badge_class.key,
        "region": person.region,
        "state": shown_state(person.state, row.came),
    }
    if codes:
        fields["code"] = badges.code_of(expo, row.badge) if row.badge else None
    return fields


def record(expo: Expo, rows: int, columns: Sequence[str], by: Actor, reason: str = "") -> None:
    """Note an export: who, how many people, which columns, why (P12, P13)."""
    audit.record(
        "visitors.exported",
        by,
        expo_id=expo.id,
        after={"rows": rows, "columns": list(columns)},
        reason=reason,
    )
