"""a phone's last upload apart from its last sign of life."""

import sqlalchemy as sa
from alembic import op


revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("devices", sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE devices SET uploaded_at = seen_at")


def downgrade() -> None:
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.drop_column("uploaded_at")
