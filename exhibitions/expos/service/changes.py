"""How a row of the set-up is changed: what differs is set and told, and the database has the last word."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.exc import IntegrityError

from exhibitions.core.db import Base, db
from exhibitions.core.errors import Refused


def assign(row: Base, values: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """Set the `values` that differ from the row's; gives those fields as they were and as they are now."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    before = {name: getattr(row, name) for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    return before, dict(changed)


def flush(refusal: Refused) -> None:
    """Send the changes to the database; raises `refusal` when one of its constraints says no."""
    try:
        db.session.flush()
    except IntegrityError as error:
        raise refusal from error
