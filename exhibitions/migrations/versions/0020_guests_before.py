"""guests: whether the registration of a guest was there before, apart from its class"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column(
        "guests", sa.Column("registered_before", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    guests = sa.table("guests", sa.column("registered_before"), sa.column("class_before_id"))
    op.execute(sa.update(guests).where(guests.c.class_before_id.is_not(None)).values(registered_before=True))


def downgrade() -> None:
    op.drop_column("guests", "registered_before")
