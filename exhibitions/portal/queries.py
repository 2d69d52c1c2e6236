"""Questions that span rooms: how complete a fair is, and what the desk shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from exhibitions.accounts import queries as accounts
from exhibitions.badges import queries as badges
from exhibitions.core.access import Permission
from exhibitions.core.db import db
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import DayKind, UnitRole, local_day
from exhibitions.jobs import queries as jobs
from exhibitions.portal.rules.checklist import Counted, Item, checklist
from exhibitions.visitors import queries as visitors
from exhibitions.visitors.rules.registration import OpenState, open_state

MOST_FAIRS = 100
"""No page lists more fairs than this."""
_WORKER_PATIENCE = timedelta(seconds=60)


def setup_checklist(expo: Expo) -> list[Item]:
    """The parts of the fair's set-up and what is missing in each."""
    doors = expos.door_counts(expo)
    opened = [day for day in expo.days if day.kind is DayKind.OPEN]
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
        )
    )


@dataclass(frozen=True)
class Figures:
    """The figures of the desk. `expected` are the living registrations for the fair's present day."""

    registrations: int
    expected: int
    gates: int


def figures(expo: Expo, now: datetime) -> Figures:
    """What the desk of the fair shows at `now`."""
    today = local_day(now, expo.timezone, expo.cutoff_hour)
    planned = visitors.day_counts(expo)
    return Figures(sum(planned.values()), planned.get(today, 0), len(expo.gates))


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
    alive = visitors.count_alive(expo) if expo.capacity is not None else 0
    return open_state(expo, alive, now)


def is_free(expo: Expo) -> bool:
    """Whether nobody who registers on the public form pays for it."""
    return not any(badge_class.needs_payment for badge_class in badges.registrable_classes(expo))


def fairs_of(user_id: int) -> Sequence[Expo]:
    """The fairs that the person works on, all of them for an administrator; the youngest first, at most 100."""
    is_administrator = Permission.SYSTEM_MANAGE in accounts.organisation_rights(user_id)
    return (expos.all_expos() if is_administrator else expos.expos_of(user_id))[:MOST_FAIRS]


def database_answers() -> bool:
    """Whether the database answers a question."""
    try:
        return bool(db.session.scalar(sa.text("SELECT 1")) == 1)
    except SQLAlchemyError:
        db.session.rollback()
        return False


def migrations_at_head(directory: str) -> bool:
    """Whether the tables are those that this release expects; `directory` holds the migrations."""
    config = Config()
    config.set_main_option("script_location", directory)
    heads = set(ScriptDirectory.from_config(config).get_heads())
    return set(MigrationContext.configure(db.session.connection()).get_current_heads()) == heads


def worker_is_alive(now: datetime) -> bool:
    """Whether the work that is due is being taken: nothing has waited for a minute, or something is being done."""
    if not jobs.any_ready(now - _WORKER_PATIENCE):
        return True
    return any(job.lease_until is not None and job.lease_until > now for job in jobs.open_jobs())
