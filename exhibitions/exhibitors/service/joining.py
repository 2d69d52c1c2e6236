"""What becomes of exhibitors when two companies of the register become one, and when they are parted again (demand 1)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from exhibitions.companies.service.joining import Room
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict
from exhibitions.exhibitors.models import CoExhibitor, Exhibitor
from exhibitions.expos.models import Expo


def move(kept_id: int, gone_id: int) -> dict[str, list[int]]:
    """Hand the parts in fairs and the places on others' stands over; gives what `part` brings back.

    Raises `Conflict` where both take part in the same fair: which of the two applications counts is for people to say.
    """
    mine = sa.select(Exhibitor.expo_id).where(Exhibitor.company_id == kept_id)
    both = sa.select(Expo.slug).where(
        Expo.id.in_(mine),
        Expo.id.in_(sa.select(Exhibitor.expo_id).where(Exhibitor.company_id == gone_id)),
    )
    fair = db.session.scalar(both.limit(1))
    if fair is not None:
        raise Conflict(
            "both_exhibit",
            N_("Both companies stand on the list of %(fair)s. Make one entry of the two there first."),
            fair=fair,
        )
    return {
        "exhibitors": _hand_over(Exhibitor, gone_id, kept_id),
        "co_exhibitors": _hand_over(CoExhibitor, gone_id, kept_id),
    }


def part(kept_id: int, gone_id: int, moved: dict[str, Any]) -> None:
    """Give back what was handed over, as far as it is still with the company that was kept."""
    for table, name in ((Exhibitor, "exhibitors"), (CoExhibitor, "co_exhibitors")):
        theirs = sa.update(table).where(table.id.in_(moved.get(name, [])), table.company_id == kept_id)
        db.session.execute(theirs.values(company_id=gone_id))


def uses(ids: Collection[int]) -> set[int]:
    """Which of these companies take part in a fair."""
    found: set[int] = set()
    for table in (Exhibitor, CoExhibitor):
        rows = db.session.scalars(sa.select(table.company_id).where(table.company_id.in_(ids)))
        found |= {number for number in rows if number is not None}
    return found


ROOM = Room("exhibitors", move, part, uses)


def _hand_over(table: type[Exhibitor] | type[CoExhibitor], gone_id: int, kept_id: int) -> list[int]:
    ids = list(db.session.scalars(sa.select(table.id).where(table.company_id == gone_id)))
    values: dict[str, Any] = {"company_id": kept_id}
    if table is Exhibitor:
        values["changed_at"] = clock.now()
    db.session.execute(sa.update(table).where(table.id.in_(ids)).values(**values))
    return ids
