"""whose mobile number the list of a group gave for somebody"""

import sqlalchemy as sa
from alembic import op


revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("registrations", sa.Column("same_phone_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
    op.create_index("ix_registrations_same_phone_id", "registrations", ["same_phone_id"])


def downgrade() -> None:
    op.drop_index("ix_registrations_same_phone_id", "registrations")
    op.drop_column("registrations", "same_phone_id")
