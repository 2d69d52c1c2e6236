"""invitations: who invites visitors, with the words of their links, and the list of the guests of honour."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def _text(name: str, length: int) -> sa.Column:
    return sa.Column(name, sa.String(length), nullable=False)


def _of_a_fair(table: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("id", _ID, nullable=False),
        sa.Column("expo_id", _ID, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["expo_id"], ["expos.id"], ondelete="CASCADE", name=f"fk_{table}_expo_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=f"fk_{table}_{column}", ondelete="SET NULL"
    )


def upgrade() -> None:
    _of_a_fair(
        "invitation_sources",
        _text("word", 16),
        _text("kind", 32),
        _text("name_zh", 200),
        _text("name_en", 200),
        _text("name_key", 200),
        _text("contact", 100),
        sa.Column("phone", sa.String(20), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.UniqueConstraint("expo_id", "word", name="uq_invitation_sources_expo_id_word"),
        sa.UniqueConstraint("expo_id", "name_key", name="uq_invitation_sources_expo_id_name_key"),
    )
    _of_a_fair(
        "guests",
        _text("state", 32),
        _text("name", 100),
        _text("title", 100),
        _text("organisation", 200),
        _text("double_key", 310),
        sa.Column("phone", sa.String(20), nullable=True),
        _text("host", 100),
        sa.Column("host_phone", sa.String(20), nullable=True),
        _text("place", 100),
        sa.Column("arrives_on", sa.Date(), nullable=True),
        sa.Column("arrives_minute", sa.Integer(), nullable=True),
        _text("seat", 50),
        _text("note", 500),
        sa.Column("registration_id", _ID, nullable=True),
        sa.Column("class_before_id", _ID, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        _refers("guests", "registration_id", "registrations"),
        _refers("guests", "class_before_id", "badge_classes"),
        sa.UniqueConstraint("expo_id", "double_key", name="uq_guests_expo_id_double_key"),
        sa.UniqueConstraint("expo_id", "phone", name="uq_guests_expo_id_phone"),
    )
    op.create_index("ix_guests_registration_id", "guests", ["registration_id"])


def downgrade() -> None:
    op.drop_table("guests")
    op.drop_table("invitation_sources")
