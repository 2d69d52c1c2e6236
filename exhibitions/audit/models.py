"""Who did what, and the keys that personal values in it are sealed with.

The entries can be added to and nothing else: triggers in the database refuse every change, whoever asks.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column

from exhibitions.core.db import BigId, Model, UtcDateTime


class Entry(Model):
    """One thing that was done. Fairs and subjects are named by number without a foreign key: entries outlive them.

    `before` and `after` hold the fields that mattered; a personal one is `{"sealed": base64}`. `actor_name` is sealed
    with the actor's own key, so that erasing a person leaves "erased person #id" behind. So is the `reason` with the
    subject's, where there is one: people type names there.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        sa.Index("ix_audit_entries_expo_id_at", "expo_id", "at"),
        sa.Index("ix_audit_entries_expo_id_action_at", "expo_id", "action", "at"),
        sa.Index("ix_audit_entries_action_at", "action", "at"),
        sa.Index("ix_audit_entries_subject", "subject_kind", "subject_id"),
        sa.Index("ix_audit_entries_actor_at", "actor_kind", "actor_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    action: Mapped[str] = mapped_column(sa.String(64))
    actor_kind: Mapped[str] = mapped_column(sa.String(32))
    actor_id: Mapped[int | None] = mapped_column(BigId)
    actor_name: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    expo_id: Mapped[int | None] = mapped_column(BigId)
    subject_kind: Mapped[str | None] = mapped_column(sa.String(32))
    subject_id: Mapped[int | None] = mapped_column(BigId)
    before: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    reason: Mapped[str] = mapped_column(sa.Text, default="")


class PersonKey(Model):
    """The key that the personal values about one subject are sealed with, itself sealed by the installation's key.

    Erasure empties `sealed_key` and leaves the row, so that no new key is ever made for an erased person.
    """

    __tablename__ = "person_keys"

    kind: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    subject_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    sealed_key: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Erasure(Model):
    """That somebody was erased, and what is still to do: files that were read before are looked through afterwards.

    `sealed_probe` holds what to look for in them, sealed by the installation's key; it is emptied as soon as that is
    done (`files_done_at`). Nothing else here tells who it was.
    """

    __tablename__ = "erasures"
    __table_args__ = (sa.Index("ix_erasures_subject", "kind", "subject_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    subject_id: Mapped[int] = mapped_column(BigId)
    expo_id: Mapped[int | None] = mapped_column(BigId)
    erased_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    sealed_probe: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    files_done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RetentionTerm(Model):
    """How many months a kind of personal data is kept, where the organisation has said so; else the default holds."""

    __tablename__ = "retention_terms"

    kind: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    months: Mapped[int] = mapped_column(sa.Integer)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


# REPLACE deletes without asking the delete trigger, hence the third one.
TRIGGERS_SQLITE: tuple[str, ...] = (
    """CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END""",
    """CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END""",
    """CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries
WHEN EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'audit entries are never replaced'); END""",
)
TRIGGERS_POSTGRESQL: tuple[str, ...] = (
    """CREATE OR REPLACE FUNCTION audit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit entries are never changed or deleted'; END $$""",
    """CREATE TRIGGER audit_entries_no_change BEFORE UPDATE OR DELETE ON audit_entries
FOR EACH ROW EXECUTE FUNCTION audit_entries_refuse()""",
    """CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries
FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_refuse()""",
)
# Dropping the table drops its triggers; the function of PostgreSQL stays and is dropped by name.
DROP_POSTGRESQL = "DROP FUNCTION IF EXISTS audit_entries_refuse()"


@event.listens_for(Entry.__table__, "after_create")
def _add_triggers(_: sa.Table, connection: Connection, **__: Any) -> None:
    """Tables that are made without a migration (tests) get their triggers as well."""
    texts = TRIGGERS_SQLITE if connection.dialect.name == "sqlite" else TRIGGERS_POSTGRESQL
    for text in texts:
        connection.exec_driver_sql(text)
