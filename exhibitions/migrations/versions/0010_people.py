"""the index of the list of visitors, their order by sound, merges, saved views and chosen columns."""

import sqlalchemy as sa
from alembic import op

from exhibitions.core.search import found_by


revision = "0010"
down_revision = "0009"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SORT = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")
_LIST = ["expo_id", "created_at", "id", "state", "class_id", "region", "visit_day", "source", "import_id", "phone", "email", "sort_name", "sort_company", "search"]
_PORTION = 5_000


def upgrade() -> None:
    for name in ("sort_name", "sort_company"):
        op.add_column("registrations", sa.Column(name, _SORT, nullable=False, server_default=""))
    _sort_everybody()
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        for name in ("sort_name", "sort_company"):
            batch_op.alter_column(name, existing_type=_SORT, existing_nullable=False, server_default=None)
        batch_op.drop_index("ix_registrations_expo_id_created_at")
        batch_op.create_index("ix_registrations_list", _LIST)
        for name in ("region", "source"):
            batch_op.create_index(f"ix_registrations_expo_id_{name}", ["expo_id", name])
    _add_merges()
    _add_views()


def _sort_everybody() -> None:
    people = sa.table(
        "registrations",
        *(sa.column(name) for name in ("id", "name", "company", "phone", "email", "search", "sort_name", "sort_company")),
    )
    connection, behind = op.get_bind(), 0
    wanted = sa.select(people.c.id, people.c.name, people.c.company, people.c.phone, people.c.email)
    changed = sa.update(people).where(people.c.id == sa.bindparam("number")).values(
        {name: sa.bindparam(f"new_{name}") for name in ("search", "sort_name", "sort_company")}
    )
    while rows := connection.execute(
        wanted.where(people.c.id > behind, people.c.name != "").order_by(people.c.id).limit(_PORTION)
    ).all():
        behind = rows[-1].id
        values = [
            {"number": row.id}
            | {f"new_{key}": value for key, value in found_by(row.name, row.company, row.phone, row.email).items()}
            for row in rows
        ]
        connection.execute(changed, values)


def _add_merges() -> None:
    op.create_table(
        "merges",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("expo_id", _ID, sa.ForeignKey("expos.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kept_id", _ID, sa.ForeignKey("registrations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("gone_id", _ID, sa.ForeignKey("registrations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parted_at", sa.DateTime(timezone=True)),
    )
    for name in ("kept_id", "gone_id", "expo_id", "merged_at"):
        op.create_index(f"ix_merges_{name}", "merges", [name])


def _add_views() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("expo_id", _ID, sa.ForeignKey("expos.id", ondelete="CASCADE"), nullable=False),
        sa.Column("owner_id", _ID, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("query", sa.String(500), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_saved_views_expo_id", "saved_views", ["expo_id"])
    op.create_table(
        "list_columns",
        sa.Column("user_id", _ID, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
        sa.Column("columns", sa.JSON(), nullable=False),
    )


def downgrade() -> None:
    for name in ("list_columns", "saved_views", "merges"):
        op.drop_table(name)
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        for name in ("region", "source"):
            batch_op.drop_index(f"ix_registrations_expo_id_{name}")
        batch_op.drop_index("ix_registrations_list")
        batch_op.create_index("ix_registrations_expo_id_created_at", ["expo_id", "created_at"])
        batch_op.drop_column("sort_company")
        batch_op.drop_column("sort_name")
