"""how often all browsers of a person were forgotten"""

import sqlalchemy as sa
from alembic import op


revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("users", sa.Column("browsers_forgotten", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("users", "browsers_forgotten")
