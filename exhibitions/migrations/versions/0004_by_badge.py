"""what belongs to a badge is found by the badge: taking a badge back must not read whole tables."""

import sqlalchemy as sa
from alembic import op


revision = "0004"
down_revision = "0003"

_REPLACED = sa.text("replaced_by_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_badges_replaced_by_id",
        "badges",
        ["replaced_by_id"],
        sqlite_where=_REPLACED,
        postgresql_where=_REPLACED,
    )
    with op.batch_alter_table("badge_days", schema=None) as batch_op:
        batch_op.drop_constraint("uq_badge_days_expo_id_badge_id_day", type_="unique")
        batch_op.create_unique_constraint("uq_badge_days_badge_id_day", ["badge_id", "day"])
    op.drop_index("ix_scans_expo_id_badge_id_day", table_name="scans")
    op.create_index("ix_scans_badge_id_expo_id_day", "scans", ["badge_id", "expo_id", "day"])


def downgrade() -> None:
    op.drop_index("ix_scans_badge_id_expo_id_day", table_name="scans")
    op.create_index("ix_scans_expo_id_badge_id_day", "scans", ["expo_id", "badge_id", "day"])
    with op.batch_alter_table("badge_days", schema=None) as batch_op:
        batch_op.drop_constraint("uq_badge_days_badge_id_day", type_="unique")
        batch_op.create_unique_constraint("uq_badge_days_expo_id_badge_id_day", ["expo_id", "badge_id", "day"])
    op.drop_index("ix_badges_replaced_by_id", table_name="badges")
