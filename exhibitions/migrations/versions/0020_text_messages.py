"""messages as text messages, and their short words"""

import sqlalchemy as sa
from alembic import op


revision = "0020"
down_revision = "0019"

WITH_WORDS = ("mail_texts", "mailings")


def upgrade() -> None:
    op.add_column("mails", sa.Column("by_sms", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("mails", sa.Column("parts", sa.SmallInteger(), server_default="0", nullable=False))
    op.create_index("ix_mails_recipient", "mails", ["recipient"])
    for name in WITH_WORDS:
        for lang in ("zh", "en"):
            column = sa.Column(f"short_{lang}", sa.String(length=200), server_default="", nullable=False)
            op.add_column(name, column)


def downgrade() -> None:
    for name in WITH_WORDS:
        op.drop_column(name, "short_en")
        op.drop_column(name, "short_zh")
    op.drop_index("ix_mails_recipient", table_name="mails")
    op.drop_column("mails", "parts")
    op.drop_column("mails", "by_sms")
