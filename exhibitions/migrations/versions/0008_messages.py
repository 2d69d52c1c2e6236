"""messages: words of a fair, who was told, addresses that take none; mailings and reminders."""

import sqlalchemy as sa
from alembic import op


revision = "0008"
down_revision = "0007"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("mails") as mails:
        mails.add_column(sa.Column("batch", sa.String(length=32), server_default="", nullable=False))
        mails.add_column(sa.Column("in_folder", sa.Boolean(), server_default=sa.false(), nullable=False))
        mails.add_column(sa.Column("told_way", sa.String(length=16), server_default="", nullable=False))
        mails.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
        mails.add_column(sa.Column("told_by", BIG, nullable=True))
        mails.add_column(sa.Column("told_by_name", sa.String(length=100), server_default="", nullable=False))
        mails.create_foreign_key(op.f("fk_mails_told_by"), "users", ["told_by"], ["id"], ondelete="SET NULL")
        mails.create_index("ix_mails_expo_id_batch", ["expo_id", "batch"])
        mails.create_index("ix_mails_message_id", ["message_id"])
    op.create_table(
        "mail_bounces",
        sa.Column("id", BIG, nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("problem", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_bounces")),
        sa.UniqueConstraint("address", name=op.f("uq_mail_bounces_address")),
    )
    op.create_table(
        "mail_texts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("expo_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject_zh", sa.String(length=200), nullable=False),
        sa.Column("subject_en", sa.String(length=200), nullable=False),
        sa.Column("body_zh", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["expo_id"], ["expos.id"], name=op.f("fk_mail_texts_expo_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_texts")),
        sa.UniqueConstraint("expo_id", "kind", name=op.f("uq_mail_texts_expo_id_kind")),
    )
    op.create_table(
        "mailings",
        sa.Column("id", BIG, nullable=False),
        sa.Column("expo_id", BIG, nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("subject_zh", sa.String(length=200), nullable=False),
        sa.Column("subject_en", sa.String(length=200), nullable=False),
        sa.Column("body_zh", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("done_id", BIG, nullable=False),
        sa.Column("created_by", BIG, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["expo_id"], ["expos.id"], name=op.f("fk_mailings_expo_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_mailings_created_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailings")),
    )
    op.create_index("ix_mailings_expo_id", "mailings", ["expo_id"])
    op.create_table(
        "visit_reminders",
        sa.Column("id", BIG, nullable=False),
        sa.Column("expo_id", BIG, nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["expo_id"], ["expos.id"], name=op.f("fk_visit_reminders_expo_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_reminders")),
        sa.UniqueConstraint("expo_id", name=op.f("uq_visit_reminders_expo_id")),
    )


def downgrade() -> None:
    op.drop_table("visit_reminders")
    op.drop_index("ix_mailings_expo_id", table_name="mailings")
    op.drop_table("mailings")
    op.drop_table("mail_texts")
    op.drop_table("mail_bounces")
    with op.batch_alter_table("mails") as mails:
        mails.drop_index("ix_mails_message_id")
        mails.drop_index("ix_mails_expo_id_batch")
        mails.drop_constraint(op.f("fk_mails_told_by"), type_="foreignkey")
        for name in ("told_by_name", "told_by", "told_at", "told_way", "in_folder", "batch"):
            mails.drop_column(name)
