"""sessions with device and last use, two-step sign-in, passkeys, what the organisation demands of sign-ins."""

import sqlalchemy as sa
from alembic import op


revision = "0014"
down_revision = "0013"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def _of_user(table):
    return sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE")


def upgrade() -> None:
    op.add_column("users", sa.Column("language", sa.String(length=2), server_default="", nullable=False))
    op.add_column("sign_ins", sa.Column("used_at", _MOMENT, nullable=True))
    op.add_column("sign_ins", sa.Column("confirmed_at", _MOMENT, nullable=True))
    op.add_column("sign_ins", sa.Column("device", sa.String(length=60), server_default="", nullable=False))
    op.execute("UPDATE sign_ins SET used_at = created_at, confirmed_at = created_at")
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.alter_column("used_at", existing_type=_MOMENT, nullable=False)
        batch_op.alter_column("confirmed_at", existing_type=_MOMENT, nullable=False)
    op.create_table(
        "app_secrets",
        sa.Column("user_id", _ID, autoincrement=False, nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(length=128), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("confirmed_at", _MOMENT, nullable=True),
        _of_user("app_secrets"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_app_secrets")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        _of_user("recovery_codes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("user_id", "code_hash", name=op.f("uq_recovery_codes_user_id_code_hash")),
    )
    op.create_table(
        "passkeys",
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        _of_user("passkeys"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    op.create_index(op.f("ix_passkeys_user_id"), "passkeys", ["user_id"])
    op.create_table(
        "sign_in_policies",
        sa.Column("id", _ID, nullable=False),
        sa.Column("administrators_two_steps", sa.Boolean(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_policies")),
    )


def downgrade() -> None:
    for table in ("sign_in_policies", "passkeys", "recovery_codes", "app_secrets"):
        op.drop_table(table)
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        for column in ("device", "confirmed_at", "used_at"):
            batch_op.drop_column(column)
    # Not as a batch: that makes the table anew, and everything that hangs on a person would go with the old one.
    op.drop_column("users", "language")
