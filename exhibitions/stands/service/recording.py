"""Every deed on the plan is kept with the rows before and after it, so that the last fifty can be taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, lock_named
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Allocation, HallPlan, PlanChange, Shape, Stand
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.rules.checks import faulty
from exhibitions.stands.rules.facts import SOLD
from exhibitions.stands.rules.geometry import area_mm2
from exhibitions.stands.rules.plan import ShapeKind, StandKind
from exhibitions.stands.rules.surroundings import Surroundings
from exhibitions.stands.service.swapping import followed

_PLACE = frozenset({"hall_id", "polygon", "number", "retired_at"})
"""What of a stand that somebody has is never undone."""
MOST_STEPS = 50
"""Deeds that can be undone, one after the other."""

Row = Stand | Shape | HallPlan
Facts = dict[str, Any]

_KINDS: dict[str, type[Row]] = {"stand": Stand, "shape": Shape, "hall": HallPlan}
_FIELDS = {
    "stand": (
        *("hall_id", "number", "polygon", "area", "contracted_area", "upper_area", "kind", "open_sides_set"),
        *("zone_id", "price_class", "for_sale", "is_free_of_charge", "note", "merged_into_id", "retired_at"),
    ),
    "shape": ("hall_id", "kind", "polygon", "area", "label_zh", "label_en", "locked"),
    "hall": (
        "hall_id",
        "width",
        "depth",
        "is_outdoor",
        "background_id",
        "background_x",
        "background_y",
        "background_scale",
    ),
}
_SUBJECTS = {"stand": "stand", "shape": "shape", "hall": "hall_plan"}
_FROM_TEXT = {"stand": StandKind, "shape": ShapeKind}

DEED_WORDS = {
    "drawn": N_("Stand drawn"),
    "changed": N_("Stand changed"),
    "many_changed": N_("Several stands changed"),
    "removed": N_("Stands taken off"),
    "row": N_("Row laid"),
    "imported": N_("Table imported"),
    "merged": N_("Stands merged"),
    "split": N_("Stand split"),
    "shape": N_("Shape drawn"),
    "shape_removed": N_("Shape taken off"),
    "hall": N_("Hall measured"),
}


def begin(expo: Expo) -> None:
    """Let one deed at a time happen on a fair's plan, and nobody take or free a stand of it meanwhile.

    Locks who has stands and then the stands, in the order that all keep (docs/architecture.md); stands that were read
    before are as they are now.
    """
    lock_named(f"plan:{expo.id}")
    having = sa.select(Allocation.exhibitor_id).where(
        Allocation.expo_id == expo.id, Allocation.ended_at.is_(None)
    )
    holders = sa.select(Exhibitor.id).where(Exhibitor.id.in_(having)).order_by(Exhibitor.id)
    db.session.execute(holders.with_for_update(key_share=True))
    stands = sa.select(Stand).where(Stand.expo_id == expo.id).order_by(Stand.id)
    db.session.scalars(stands.with_for_update(of=Stand).execution_options(populate_existing=True)).all()


def rows_of(rows: Iterable[Row]) -> list[Facts]:
    """The rows as a deed keeps them."""
    return [_facts(row) for row in rows]


def _facts(row: Row) -> Facts:
    kind = next(name for name, model in _KINDS.items() if isinstance(row, model))
    values = {name: getattr(row, name) for name in _FIELDS[kind]}
    if isinstance(values.get("retired_at"), datetime):
        values["retired_at"] = values["retired_at"].isoformat()
    return {"row": kind, "id": row.id, **values}


def keep(expo: Expo, deed: str, before: list[Facts], after: list[Facts], by: Actor) -> None:
    """Write down a deed that has been flushed, and derive anew what follows from it: open sides, the halls' versions.

    A deed that changed nothing is none.
    """
    if before == after:
        return
    db.session.add(
        PlanChange(
            expo_id=expo.id,
            deed=deed,
            before=before,
            after=after,
            user_id=by.id if by.kind == "user" else None,
            at=clock.now(),
        )
    )
    settle(expo, {row["hall_id"] for row in (*before, *after)})
    _forget(expo)
    _tell(expo, f"stands.{deed}", before, after, by)


def _forget(expo: Expo) -> None:
    """The rows of deeds that cannot be undone any more are not kept; what happened stands in the audit."""
    db.session.flush()
    last = queries.deed_before(expo, MOST_STEPS)
    if last is not None:
        older = sa.delete(PlanChange).where(PlanChange.expo_id == expo.id, PlanChange.id <= last)
        db.session.execute(older)


def _tell(expo: Expo, action: str, before: list[Facts], after: list[Facts], by: Actor) -> None:
    was, now = {_name(row): row for row in before}, {_name(row): row for row in after}
    if len(was | now) == 1:
        old, new = next(iter(was.values()), None), next(iter(now.values()), None)
        row = new or old or {}
        audit.record(
            action,
            by,
            expo_id=expo.id,
            subject=(_SUBJECTS[row["row"]], row["id"]),
            before=_told(old, new),
            after=_told(new, old),
        )
        return
    gone = sorted(set(was) - set(now))
    come = sorted(set(now) - set(was))
    same = sorted(name for name in set(was) & set(now) if was[name] != now[name])
    said = {"taken_off": gone, "added": come, "changed": same}
    audit.record(action, by, expo_id=expo.id, after={name: list_ for name, list_ in said.items() if list_})


def _told(row: Facts | None, other: Facts | None) -> Facts | None:
    if row is None:
        return None
    return {
        name: value
        for name, value in row.items()
        if name not in ("row", "id") and (other is None or other[name] != value)
    }


def _name(row: Facts) -> str:
    return str(row.get("number") or f"{row['row']} {row['id']}")


def settle(expo: Expo, hall_ids: Iterable[int]) -> None:
    """Derive anew in these halls what follows from where things lie: open sides, what is faulty, the version."""
    for hall_id in sorted(set(hall_ids)):
        plan = queries.plan_of(expo, hall_id)
        if plan is None:
            continue
        plan.version += 1
        rows = queries.stands(expo, hall_id)
        size, lying = queries.size_of(plan), [queries.lying(row) for row in rows]
        shapes = [queries.lying_shape(row) for row in queries.shapes(expo, hall_id)]
        around, wrong = Surroundings(size, lying, shapes), faulty(size, lying, shapes)
        for place, row in enumerate(rows):
            sides = around.open_sides(place)
            if row.open_sides != sides:
                row.open_sides = sides
            if row.is_faulty is not (place in wrong):
                row.is_faulty = place in wrong


def square_cm(polygon: list[list[int]]) -> int:
    """The area of a polygon in cm², half a one rounded up."""
    return (area_mm2(queries.corners(polygon)) + 50) // 100


@followed
def undo(expo: Expo, change_id: int, by: Actor) -> PlanChange:
    """Take the last deed back; it must be the one that was shown as the last. What it did not change stays as it is now.

    Raises `Conflict` where another deed came after it, or what it changed was changed since by another way (a reduction),
    and `Refused` where a stand that would move, go or be another than was sold is held or assigned.
    """
    begin(expo)
    last = next(iter(queries.deeds(expo, 1)), None)
    if last is None or last.id != change_id:
        raise Conflict(
            "not_the_last", N_("Somebody changed the plan meanwhile. Look at it again before you undo")
        )
    _refuse_taken(expo, last)
    _refuse_changed(last)
    new, old = (
        {(row["row"], row["id"]): row for row in last.after},
        {(row["row"], row["id"]): row for row in last.before},
    )
    for key in new.keys() - old.keys():
        row = db.session.get(_KINDS[key[0]], key[1])
        if isinstance(row, Stand) and row.published_at is not None:
            row.retired_at = clock.now()
        elif row is not None:
            db.session.delete(row)
    db.session.flush()
    _put_back(expo, old, new)
    last.undone_at = clock.now()
    db.session.flush()
    settle(expo, {row["hall_id"] for row in (*last.before, *last.after)})
    audit.record(
        "stands.undone", by, expo_id=expo.id, subject=("plan_change", last.id), after={"deed": last.deed}
    )
    return last


def _put_back(expo: Expo, old: dict[tuple[str, int], Facts], new: dict[tuple[str, int], Facts]) -> None:
    found = {key: db.session.get(_KINDS[key[0]], key[1]) for key in old}
    # Numbers that change hands are put aside first: a number is there once at any moment.
    for key, row in found.items():
        if isinstance(row, Stand) and "number" in _changed(old[key], new.get(key)):
            row.number = f"~{row.id}"
    db.session.flush()
    for key, facts in old.items():
        row = found[key] or _KINDS[key[0]](id=key[1], expo_id=expo.id)
        for name in _changed(facts, new.get(key)) if found[key] else _FIELDS[key[0]]:
            setattr(row, name, _value(key[0], name, facts[name]))
        db.session.add(row)
    db.session.flush()


def _changed(old: Facts, new: Facts | None) -> list[str]:
    """The fields that a deed changed of a row; all of a row that it took away."""
    return [name for name in _FIELDS[old["row"]] if new is None or old[name] != new[name]]


def _refuse_changed(change: PlanChange) -> None:
    was = {(row["row"], row["id"]): row for row in change.before}
    for new in change.after:
        old = was.get((new["row"], new["id"]))
        row: Any = db.session.get(_KINDS[new["row"]], new["id"])
        now = _facts(row) if row is not None else None
        if old is not None and (now is None or any(now[name] != new[name] for name in _changed(old, new))):
            raise Conflict(
                "changed_since",
                N_("%(number)s was changed since. This step cannot be undone any more"),
                number=_name(new),
            )


def _value(kind: str, name: str, value: Any) -> Any:
    if name == "kind":
        return _FROM_TEXT[kind](value)
    if name == "retired_at" and value is not None:
        return datetime.fromisoformat(value)
    return value


def _refuse_taken(expo: Expo, change: PlanChange) -> None:
    ids = {row["id"]: row for row in change.after if row["row"] == "stand"}
    was = {row["id"]: row for row in change.before if row["row"] == "stand"}
    known = queries.used_rows(expo, ids)
    held = queries.live(expo, clock.now())
    for key, row in ids.items():
        gone = key not in was
        changed = set() if gone else {name for name in row if was[key][name] != row[name]}
        # What was changed under somebody goes back to what was sold; of who came later it would be changed.
        since = held[key].since if key in held else None
        is_sold = since is not None and since > change.at and bool(changed & set(SOLD))
        moves = gone or bool(changed & _PLACE)
        if (gone and key in known) or (moves and key in held) or is_sold:
            raise Refused(
                "stand_taken",
                N_("%(number)s has been held or assigned since. This step cannot be undone any more"),
                number=row["number"],
            )
