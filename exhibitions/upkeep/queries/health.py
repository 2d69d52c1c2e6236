"""What is to be known about the installation, asked of the database and of the disk."""

from __future__ import annotations

import dataclasses
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from exhibitions.audit import queries as audit
from exhibitions.core.db import db
from exhibitions.expos import queries as expos
from exhibitions.expos.rules.calendar import Phase, standing
from exhibitions.gates.queries.devices import Phones, count_live_of
from exhibitions.jobs import queries as jobs
from exhibitions.mail import queries as mails
from exhibitions.upkeep.rules.health import Facts

_WORKER_PATIENCE = timedelta(seconds=60)
_RECENT = timedelta(days=7)


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
    return jobs.any_under_way(now)


def essentials(directory: str, now: datetime) -> Facts:
    """What /readyz asks: no more than whether the service can do its work."""
    facts = Facts(now=now, database=database_answers())
    if not facts.database:
        return facts
    migrations = migrations_at_head(directory)
    return dataclasses.replace(facts, migrations=migrations, worker=migrations and worker_is_alive(now))


def facts(directory: str, now: datetime, data_dir: Path) -> Facts:
    """Everything that the page of health shows, except for backups and settings."""
    found = dataclasses.replace(essentials(directory, now), disk_free=shutil.disk_usage(data_dir).free)
    if not (found.database and found.migrations):
        return found
    phones = _phones_at_work(now)
    return dataclasses.replace(
        found,
        worker_seen=jobs.last_finished(),
        oldest_job=jobs.oldest_due(now),
        failed_jobs=jobs.count_failed(now - _RECENT),
        late_mails=mails.count_late(now),
        failed_mails=mails.count_given_up(now - _RECENT),
        late_texts=mails.count_late(now, by_sms=True),
        failed_texts=mails.count_given_up(now - _RECENT, by_sms=True),
        wal=_write_ahead_log(),
        newest_entry=audit.newest(),
        database_clock=_database_clock(),
        devices=phones.live,
        silent=phones.silent,
    )


def _write_ahead_log() -> int | None:
    if db.engine.dialect.name != "sqlite":
        return None
    path = Path(f"{db.engine.url.database}-wal")
    return path.stat().st_size if path.exists() else 0


def _database_clock() -> datetime | None:
    """The clock of the machine of the database; SQLite has none of its own."""
    if db.engine.dialect.name == "sqlite":
        return None
    return db.session.scalar(sa.select(sa.func.clock_timestamp()))


def _phones_at_work(now: datetime) -> Phones:
    found = expos.all_expos()
    days = expos.open_days_of(found)
    at_work = [
        expo.id
        for expo in found
        if expo.demo_shift_seconds is None
        and standing(days.get(expo.id, []), now, expo.timezone, expo.cutoff_hour).phase is Phase.OPEN
    ]
    return count_live_of(at_work, now)
