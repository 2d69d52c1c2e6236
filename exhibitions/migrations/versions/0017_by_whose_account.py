"""whose account replaced, handed out and counted, beside the name"""

import sqlalchemy as sa
from alembic import op


revision = "0017"
down_revision = "0016"

TABLES = ("badge_replacements", "reserve_handouts", "stock_moves")


def upgrade() -> None:
    for name in TABLES:
        op.add_column(name, sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        # Known for sure only where one account has this name.
        table = sa.table(name, sa.column("by_id"), sa.column("by_name"))
        users = sa.table("users", sa.column("id"), sa.column("name"))
        same = users.c.name == table.c.by_name
        number = sa.select(sa.func.min(users.c.id)).where(same).scalar_subquery()
        alone = sa.select(sa.func.count()).select_from(users).where(same).scalar_subquery()
        op.execute(sa.update(table).where(table.c.by_name != "", alone == 1).values(by_id=number))


def downgrade() -> None:
    for name in TABLES:
        op.drop_column(name, "by_id")
