"""A new edition from an earlier one: its set-up, never its people (ux.md O2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import msgspec

from exhibitions.audit import service as audit
from exhibitions.core.actor import Actor
from exhibitions.expos import queries as expos
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import planning
from exhibitions.expos.rules import Role, local_day
from exhibitions.expos.rules.permit import PermitFacts
from exhibitions.expos.rules.plan import due_on
from exhibitions.expos.rules.setup import DayFacts, TaskFacts
from exhibitions.portal import queries
from exhibitions.portal.rules.copying import NewEdition, check_dates, moved_setup
from exhibitions.portal.service import defaults, document
from exhibitions.portal.service.document import Document


@dataclass(frozen=True)
class Planned:
    """What a copy would make: the document, how many of each part, its days, its tasks with their dates."""

    document: Document
    counts: dict[str, int]
    days: list[DayFacts]
    tasks: list[tuple[TaskFacts, date]]


def plan_copy(source: Expo, new: NewEdition) -> Planned:
    """What `copy_fair` would make; nothing is written.

    Raises `Refused` for dates that cannot be, by the fair's own today.
    """
    check_dates(new, local_day(expos.present(source), source.timezone, source.cutoff_hour))
    old = document.document_of(source)
    keys = {each.key for each in old.badge_classes}
    fair = moved_setup(old.fair, new, [key for key in defaults.STAFF if key in keys])
    made = msgspec.structs.replace(old, slug=new.slug, fair=fair)
    tasks = sorted(((task, due_on(task, new.first)) for task in fair.tasks), key=lambda each: each[1])
    return Planned(made, _counts(made), fair.days, tasks)


def _counts(made: Document) -> dict[str, int]:
    fair = made.fair
    return {
        "units": len(fair.units),
        "days": len(fair.days),
        "doors": sum(len(day.doors) for day in fair.days),
        "halls": len(fair.halls),
        "zones": len(fair.zones),
        "gates": len(fair.gates),
        "badge_classes": len(made.badge_classes),
        "tasks": len(fair.tasks),
    }


def copy_fair(source: Expo, new: NewEdition, by: Actor, user_id: int) -> Expo:
    """A new, unpublished edition in the series of `source` with its set-up, whose organiser is the person `user_id`.

    People, registrations, badges, scans, devices, roles, permit and letters stay behind; how many per cent came is the
    expected turn-up of the new edition: as counted, else as it was expected. Raises `Conflict` for an
    address or edition that is taken and `Refused` for dates and names that cannot be.
    """
    planned = plan_copy(source, new)
    expo = document.create(planned.document, by=by, series=source.series)
    expo_service.grant_role(expo, user_id, Role.ORGANISER, by)
    measured = queries.turn_up_of(source) if expos.is_over(source) else None
    turn_up = measured or planning.permit_facts(source).turn_up
    expo_service.save_permit(expo, PermitFacts(turn_up=turn_up), by)
    audit.record(
        "portal.fair_copied",
        by,
        expo_id=expo.id,
        subject=("expo", expo.id),
        after={"from": source.slug, **planned.counts},
    )
    return expo
