"""erased people, terms of retention, and an audit that a million entries leave quick"""

import sqlalchemy as sa
from alembic import op


revision = "0012"
down_revision = "0011"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", _BIG, nullable=False),
        sa.Column("expo_id", _BIG, nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_probe", sa.LargeBinary(), nullable=True),
        sa.Column("files_done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index("ix_erasures_subject", "erasures", ["kind", "subject_id"])
    op.create_index("ix_erasures_erased_at", "erasures", ["erased_at"])
    op.create_table(
        "retention_terms",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_retention_terms")),
    )
    op.add_column("registrations", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("registrations", sa.Column("counted_as_id", _BIG, nullable=True))
    op.drop_index("ix_audit_entries_actor", table_name="audit_entries")
    op.create_index("ix_audit_entries_actor_at", "audit_entries", ["actor_kind", "actor_id", "at"])
    op.create_index("ix_audit_entries_action_at", "audit_entries", ["action", "at"])
    op.create_index("ix_audit_entries_expo_id_action_at", "audit_entries", ["expo_id", "action", "at"])


def downgrade() -> None:
    op.drop_index("ix_audit_entries_expo_id_action_at", table_name="audit_entries")
    op.drop_index("ix_audit_entries_action_at", table_name="audit_entries")
    op.drop_index("ix_audit_entries_actor_at", table_name="audit_entries")
    op.create_index("ix_audit_entries_actor", "audit_entries", ["actor_kind", "actor_id"])
    op.drop_column("registrations", "counted_as_id")
    op.drop_column("registrations", "erased_at")
    op.drop_table("retention_terms")
    op.drop_table("erasures")
