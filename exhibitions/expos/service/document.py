"""The set-up of a fair as values, and a new fair from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from msgspec import Struct

from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.errors import N_, Refused
from exhibitions.expos import queries
from exhibitions.expos.models import Expo
from exhibitions.expos.queries.planning import task_facts, tasks
from exhibitions.expos.rules.setup import FairSetup, check_text
from exhibitions.expos.service import places
from exhibitions.expos.service.facts import change_facts
from exhibitions.expos.service.planning import save_task

Item = TypeVar("Item", bound=Struct)


class Misplaced(Refused):
    """A refusal that names the place in the document where the mistake is."""

    def __init__(self, place: str, refusal: Refused) -> None:
        reason = refusal.message % refusal.params
        super().__init__(refusal.code, N_("%(place)s: %(reason)s"), place=place, reason=reason)
        self.inner = refusal


def dump_setup(expo: Expo) -> FairSetup:
    """The whole set-up of the fair as this room keeps it, in the order in which it is shown."""
    return FairSetup(
        facts=queries.fair_facts(expo),
        units=[queries.unit_facts(unit) for unit in expo.units],
        days=[queries.day_facts(day) for day in expo.days],
        halls=[queries.hall_facts(hall) for hall in expo.halls],
        zones=[queries.zone_facts(expo, zone) for zone in expo.zones],
        gates=[queries.gate_facts(gate) for gate in expo.gates],
        tasks=[task_facts(task) for task in tasks(expo)],
    )


def load_setup(expo: Expo, setup: FairSetup, by: Actor = SYSTEM) -> None:
    """Fill a fair that was just made; raises `Misplaced` with the path of the first thing that is wrong."""
    _each("facts", [setup.facts], lambda facts: change_facts(expo, facts, by))
    # Nobody has agreed to anything yet: the text of a new fair is its first.
    expo.consent_version = 1
    _each("units", setup.units, lambda unit: places.save_unit(expo, None, unit, by))
    _each("halls", setup.halls, lambda hall: places.save_hall(expo, None, hall, by))
    _each("zones", setup.zones, lambda zone: places.save_zone(expo, None, zone, by))
    _each("gates", setup.gates, lambda gate: places.save_gate(expo, None, gate, by))
    _each("days", setup.days, lambda day: places.save_day(expo, None, day, by))
    # The dates of tasks are counted from the days.
    _each("tasks", setup.tasks, lambda task: save_task(expo, None, task, by))


def _each(name: str, items: Sequence[Item], load: Callable[[Item], object]) -> None:
    for number, item in enumerate(items):
        try:
            check_text(item)
            load(item)
        except Refused as refusal:
            raise Misplaced(name if name == "facts" else f"{name}[{number}]", refusal) from refusal
