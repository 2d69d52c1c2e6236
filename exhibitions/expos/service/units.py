"""Organising units as a list: many at once, and their order."""

from __future__ import annotations

from exhibitions.audit import service as audit
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, NotFound, Refused
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import UnitRole
from exhibitions.expos.rules.setup import MOST_PARTS, UnitFacts
from exhibitions.expos.rules.units import read_units, shifted
from exhibitions.expos.service.creation import setup_changed
from exhibitions.expos.service.places import save_unit


def add_units(expo: Expo, text: str, role: UnitRole, by: Actor = SYSTEM) -> tuple[int, int]:
    """Add the units of pasted lines behind those of their role; says how many, and how many were there already.

    All or none: raises `Refused` for a line that cannot be and past 200 units.
    """
    read = read_units(text, role)
    there = {(unit.role, unit.name_zh, unit.name_en) for unit in expo.units}
    new = [facts for facts in read if (facts.role, facts.name_zh, facts.name_en) not in there]
    if len(expo.units) + len(new) > MOST_PARTS:
        raise Refused("too_many_parts", N_("A list holds at most %(most)s entries."), most=MOST_PARTS)
    last = max((unit.position for unit in expo.units), default=-1)
    for number, facts in enumerate(new, start=last + 1):
        placed = UnitFacts(
            role=facts.role, name_zh=facts.name_zh, name_en=facts.name_en, position=min(number, 9999)
        )
        save_unit(expo, None, placed, by)
    return len(new), len(read) - len(new)


def move_unit(expo: Expo, unit_id: int, step: int, by: Actor = SYSTEM) -> None:
    """Move a unit up (-1) or down (1) among those of its role; at the end of them it stays where it is."""
    mine = next((unit for unit in expo.units if unit.id == unit_id), None)
    if mine is None:
        raise NotFound("not_found", N_("This entry is not there any more."))
    was = mine.position
    rows = shifted([unit for unit in expo.units if unit.role is mine.role], unit_id, step)
    for position, unit in enumerate(rows):
        unit.position = position
    db.session.flush()
    db.session.expire(expo, ["units"])
    setup_changed(expo)
    audit.record(
        "expos.unit_moved",
        by,
        expo_id=expo.id,
        subject=("unit", unit_id),
        before={"position": was},
        after={"position": mine.position},
    )
