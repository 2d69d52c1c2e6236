"""tasks of a fair and calendars of them, its permit, previews of its public pages."""

import sqlalchemy as sa
from alembic import op


revision = "0007"
down_revision = "0006"


def _id() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _of_fair(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["expo_id"], ["expos.id"], name=op.f(f"fk_{table}_expo_id"), ondelete="CASCADE"
    )


def upgrade() -> None:
    op.create_table(
        "permits",
        sa.Column("id", _id(), nullable=False),
        sa.Column("expo_id", _id(), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("turn_up", sa.Integer(), nullable=False),
        _of_fair("permits"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permits")),
        sa.UniqueConstraint("expo_id", name=op.f("uq_permits_expo_id")),
    )
    op.create_table(
        "previews",
        sa.Column("id", _id(), nullable=False),
        sa.Column("expo_id", _id(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        _of_fair("previews"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_previews")),
    )
    op.create_index("ix_previews_expo_id", "previews", ["expo_id"], unique=False)
    op.create_table(
        "task_feeds",
        sa.Column("id", _id(), nullable=False),
        sa.Column("expo_id", _id(), nullable=False),
        sa.Column("user_id", _id(), nullable=False),
        sa.Column(
            "scope",
            sa.String(length=32),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=True),
        _of_fair("task_feeds"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_task_feeds_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_feeds")),
        sa.UniqueConstraint(
            "expo_id", "user_id", "scope", name=op.f("uq_task_feeds_expo_id_user_id_scope")
        ),
    )
    op.create_table(
        "tasks",
        sa.Column("id", _id(), nullable=False),
        sa.Column("expo_id", _id(), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("user_id", _id(), nullable=True),
        sa.Column(
            "state",
            sa.String(length=32),
            nullable=False,
        ),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        _of_fair("tasks"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_tasks_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("expo_id", "uid", name=op.f("uq_tasks_expo_id_uid")),
    )
    op.create_index("ix_tasks_expo_id_due", "tasks", ["expo_id", "due"], unique=False)


def downgrade() -> None:
    op.drop_table("tasks")
    op.drop_table("task_feeds")
    op.drop_table("previews")
    op.drop_table("permits")
