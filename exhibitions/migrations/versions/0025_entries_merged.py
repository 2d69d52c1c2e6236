"""two entries of one company on a fair's list become one"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "exhibitor_merges",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expo_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kept_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merged_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["expo_id"], ["expos.id"], name=op.f("fk_exhibitor_merges_expo_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["kept_id"], ["exhibitors.id"], name=op.f("fk_exhibitor_merges_kept_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["merged_id"], ["exhibitors.id"], name=op.f("fk_exhibitor_merges_merged_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_exhibitor_merges_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exhibitor_merges")),
    )
    with op.batch_alter_table("exhibitor_merges", schema=None) as batch_op:
        batch_op.create_index("ix_exhibitor_merges_expo_id", ["expo_id"], unique=False)
        batch_op.create_index("ix_exhibitor_merges_kept_id", ["kept_id"], unique=False)
        batch_op.create_index("ix_exhibitor_merges_merged_id", ["merged_id"], unique=False)

    with op.batch_alter_table("exhibitors", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("merged_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_index("ix_exhibitors_merged_into_id", ["merged_into_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_exhibitors_merged_into_id"), "exhibitors", ["merged_into_id"], ["id"]
        )


def downgrade() -> None:
    """Bring the tables back to the revision before."""
    with op.batch_alter_table("exhibitors", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_exhibitors_merged_into_id"), type_="foreignkey")
        batch_op.drop_index("ix_exhibitors_merged_into_id")
        batch_op.drop_column("merged_into_id")

    with op.batch_alter_table("exhibitor_merges", schema=None) as batch_op:
        batch_op.drop_index("ix_exhibitor_merges_merged_id")
        batch_op.drop_index("ix_exhibitor_merges_kept_id")
        batch_op.drop_index("ix_exhibitor_merges_expo_id")

    op.drop_table("exhibitor_merges")
