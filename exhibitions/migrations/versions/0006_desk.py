"""how large the desk is shown to a person, and the posts of a fair on site"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column(
        "users",
        sa.Column(
            "display_size", sa.String(length=32), nullable=False, server_default="roomy"
        ),
    )
    op.create_table(
        "posts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expo_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.String(length=16), nullable=True),
        sa.Column("gate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=50), nullable=False),
        sa.Column("note_zh", sa.String(length=500), nullable=False),
        sa.Column("note_en", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["expo_id"], ["expos.id"], name=op.f("fk_posts_expo_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["gate_id"], ["gates.id"], name=op.f("fk_posts_gate_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("expo_id", "gate_id", name=op.f("uq_posts_expo_id_gate_id")),
        sa.UniqueConstraint("expo_id", "place", name=op.f("uq_posts_expo_id_place")),
    )


def downgrade() -> None:
    op.drop_table("posts")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_column("display_size")
