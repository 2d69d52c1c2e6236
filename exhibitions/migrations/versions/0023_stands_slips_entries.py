"""stands that lie wrong, areas before a reduction, slips sent twice, one entry of an exhibitor's own; codes of order lines"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_OWN = sa.text("co_exhibitor_id IS NULL")


def upgrade() -> None:
    """Bring the tables to this revision."""
    with op.batch_alter_table("allocations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("area_before", sa.Integer(), nullable=True))
    # Two first saves at the same moment could make two entries; the one that was begun first is the one people see.
    op.execute(
        "DELETE FROM directory_entries WHERE co_exhibitor_id IS NULL AND id NOT IN"
        " (SELECT MIN(id) FROM directory_entries WHERE co_exhibitor_id IS NULL GROUP BY exhibitor_id)"
    )
    with op.batch_alter_table("directory_entries", schema=None) as batch_op:
        batch_op.create_index(
            "uq_directory_entries_own",
            ["exhibitor_id"],
            unique=True,
            sqlite_where=_OWN,
            postgresql_where=_OWN,
        )
    with op.batch_alter_table("payment_slips", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key", sa.String(length=100), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_payment_slips_expo_id_key"), ["expo_id", "key"])
    with op.batch_alter_table("stands", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_faulty", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("stands", schema=None) as batch_op:
        batch_op.alter_column("is_faulty", server_default=None)
    op.execute("UPDATE order_lines SET code = 'service.' || code WHERE service_order_id IS NOT NULL")
    op.execute("UPDATE order_lines SET code = 'counter' WHERE code = 'cancelled' AND text_en = 'Order cancelled'")


def downgrade() -> None:
    """Bring the tables back to the revision before."""
    op.execute("UPDATE order_lines SET code = 'cancelled' WHERE code = 'counter'")
    op.execute("UPDATE order_lines SET code = SUBSTR(code, 9) WHERE code LIKE 'service.%'")
    with op.batch_alter_table("stands", schema=None) as batch_op:
        batch_op.drop_column("is_faulty")
    with op.batch_alter_table("payment_slips", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_payment_slips_expo_id_key"), type_="unique")
        batch_op.drop_column("key")
    with op.batch_alter_table("directory_entries", schema=None) as batch_op:
        batch_op.drop_index("uq_directory_entries_own", sqlite_where=_OWN, postgresql_where=_OWN)
    with op.batch_alter_table("allocations", schema=None) as batch_op:
        batch_op.drop_column("area_before")
