"""Questions that span rooms: how complete a fair is, and what the desk shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from exhibitions.badges import queries as badges
from exhibitions.core import clock
from exhibitions.core.access import Permission
from exhibitions.core.db import db
from exhibitions.exhibitors import queries as exhibitors
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo, ExpoDay
from exhibitions.expos.queries import planning
from exhibitions.expos.rules import DayKind, UnitRole, local_day
from exhibitions.expos.rules.permit import (
    Level,
    PermitFacts,
    Stand,
    expected,
    last_filing,
    level_of,
    stand_of,
)
from exhibitions.expos.rules.plan import Load, by_person
from exhibitions.gates.queries.devices import count_live
from exhibitions.portal.rules.checklist import Counted, Item, checklist
from exhibitions.reports.queries.board import board as live_board
from exhibitions.stands import queries as stands
from exhibitions.stands.queries import plan as plans
from exhibitions.visitors import queries as visitors
from exhibitions.visitors.models import Registration
from exhibitions.visitors.rules.registration import OpenState, State, open_state


def setup_checklist(expo: Expo) -> list[Item]:
    """The parts of the fair's set-up and what is missing in each."""
    doors = expos.door_counts(expo)
    opened = [day for day in expo.days if day.kind is DayKind.OPEN]
    settings = exhibitors.settings(expo)
    return checklist(
        Counted(
            name=expo.name_zh or expo.name_en,
            venue=expo.venue_zh or expo.venue_en,
            consent=expo.consent_zh or expo.consent_en,
            organisers=sum(unit.role is UnitRole.ORGANISER for unit in expo.units),
            open_days=len(opened),
            doorless=sum(not doors.get(day.id) for day in opened),
            halls=len(expo.halls),
            zones=len(expo.zones),
            gates=len(expo.gates),
            registrable=len(badges.registrable_classes(expo)),
            planless=plans.published(expo) is None,
            priceless=stands.price_list(expo, clock.now()) is None,
            closed_to_exhibitors=settings is None or settings.opens_at is None,
        )
    )


@dataclass(frozen=True)
class Came:
    """How many people came to a fair, and how often: a person counts once a day (spec/statistics.md)."""

    visits: int
    visitors: int


# Counting a large fair takes a second, and anybody may open its page: phones that send late are seen so much later.
_TOLD_SECONDS = 600.0


def attendance_after(expo: Expo) -> Came | None:
    """What the public is told of a fair that is over, at most ten minutes old; None when nobody was counted."""
    counted = live_board(expo, _TOLD_SECONDS)
    return Came(counted.visits, counted.visitors) if counted.visits else None


@dataclass(frozen=True)
class Figures:
    """The figures of the desk, each with the list that it agrees with.

    `registrations` are all that were ever made, as the list of them shows; `alive` of them are neither cancelled nor
    refused. `silent` are the devices that have not spoken for five minutes, of `devices` that may scan.
    """

    registrations: int
    alive: int
    gates: int
    devices: int
    silent: int


def figures(expo: Expo) -> Figures:
    """What the desk of the fair shows now, whether it is open or not."""
    # By the states, whose index is the smallest that knows everybody.
    everybody = (Registration.expo_id == expo.id, Registration.state.in_(list(State)))
    made = db.session.scalar(sa.select(sa.func.count()).select_from(Registration).where(*everybody))
    phones = count_live(expo, clock.now())
    return Figures(made or 0, visitors.count_alive(expo), len(expo.gates), phones.live, phones.silent)


@dataclass(frozen=True)
class PermitStand:
    """The permit and the number of people that is expected under it; `level` is None without a permitted number."""

    facts: PermitFacts
    registrations: int
    coming: int
    stand: Stand
    level: Level | None
    last_filing: date | None


def permit_stand(expo: Expo, alive: int, opening: date | None) -> PermitStand:
    """How the fair stands under its permit today, with `alive` living registrations."""
    facts = planning.permit_facts(expo)
    coming = expected(alive, facts.turn_up)
    today = local_day(expos.present(expo), expo.timezone, expo.cutoff_hour)
    return PermitStand(
        facts,
        alive,
        coming,
        stand_of(facts, coming, opening, today),
        level_of(coming, facts.persons) if facts.persons else None,
        last_filing(opening) if opening else None,
    )


def measured_turn_up(expo: Expo) -> int | None:
    """How many per cent of those who registered came to the edition before; None when nobody was counted."""
    before = expos.previous_edition(expo)
    return turn_up_of(before) if before is not None else None


def turn_up_of(expo: Expo) -> int | None:
    """How many per cent of those who registered came to this fair, 1 to 100; None while nobody was counted."""
    registered = visitors.count_alive(expo)
    came = attendance_after(expo)
    if came is None or not registered:
        return None
    return min(max(round(came.visitors * 100 / registered), 1), 100)


def today_line(expo: Expo) -> list[Load[Any]]:
    """What is late and what is due within a week in the plan of the fair, by person (O1)."""
    today = local_day(expos.present(expo), expo.timezone, expo.cutoff_hour)
    pressing: Sequence[Any] = planning.pressing_tasks(expo, today)
    return by_person(pressing, today)


def setup_counts(expo: Expo) -> dict[str, int]:
    """How many units, days, halls, zones, gates and badge classes the fair has."""
    return {
        "units": len(expo.units),
        "days": len(expo.days),
        "halls": len(expo.halls),
        "zones": len(expo.zones),
        "gates": len(expo.gates),
        "badges": len(badges.classes(expo)),
    }


def registration_state(expo: Expo, now: datetime) -> OpenState:
    """Whether the fair takes registrations at `now`; people are counted only where there is a limit."""
    alive = visitors.places_taken(expo) if expo.capacity is not None else 0
    return open_state(expo, alive, now)


def is_free(expo: Expo) -> bool:
    """Whether nobody who registers on the public form pays for it."""
    return not any(badge_class.needs_payment for badge_class in badges.registrable_classes(expo))


def fairs_of(user_id: int, organisation_rights: frozenset[str]) -> Sequence[Expo]:
    """The fairs that the person works on, all of them for an administrator; the running one first, then the youngest, at most 100."""
    return [expo for expo, _days in dated_fairs_of(user_id, organisation_rights)]


def dated_fairs_of(
    user_id: int, organisation_rights: frozenset[str]
) -> Sequence[tuple[Expo, Sequence[ExpoDay]]]:
    """The same fairs in the same order, each with the days on which visitors come."""
    is_administrator = Permission.SYSTEM_MANAGE in organisation_rights
    found = expos.all_expos() if is_administrator else expos.expos_of(user_id)
    days = expos.open_days_of(found)
    dated = [(expo, days.get(expo.id, [])) for expo in found]
    return sorted(dated, key=lambda each: not _is_running(*each))


def _is_running(expo: Expo, days: Sequence[ExpoDay]) -> bool:
    """Whether today lies between the fair's first open day and its last."""
    today = local_day(expos.present(expo), expo.timezone, expo.cutoff_hour)
    return bool(days) and days[0].date <= today <= days[-1].date
