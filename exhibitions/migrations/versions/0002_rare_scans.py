"""indexes over the few scans that the chief looks for."""

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"

_NOT_VALID = "verdict IN ('voided', 'cancelled', 'unknown', 'forged', 'other_fair')"
# Name, columns, and which rows on SQLite and on PostgreSQL.
_INDEXES = (
    ("ix_scans_review", ["expo_id", "review"], "review IS NOT NULL", "review IS NOT NULL"),
    ("ix_scans_overridden", ["expo_id", "overridden", "corrected_at"], "overridden = 1", "overridden"),
    (
        "ix_scans_not_valid",
        ["expo_id", "admitted", "verdict"],
        f"admitted = 1 AND {_NOT_VALID}",
        f"admitted AND {_NOT_VALID}",
    ),
    ("ix_scans_rehearsed", ["expo_id", "rehearsal_as_of"], "rehearsal_as_of IS NOT NULL", "rehearsal_as_of IS NOT NULL"),
)


def upgrade() -> None:
    for name, columns, sqlite, postgresql in _INDEXES:
        op.create_index(
            name, "scans", columns, sqlite_where=sa.text(sqlite), postgresql_where=sa.text(postgresql)
        )


def downgrade() -> None:
    for name, *_ in reversed(_INDEXES):
        op.drop_index(name, table_name="scans")
