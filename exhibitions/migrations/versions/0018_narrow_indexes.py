"""the index of the list without the searched line, which has one of its own; names and printed badges have theirs"""

import sqlalchemy as sa
from alembic import op


revision = "0018"
down_revision = "0017"

_LIST = ["expo_id", "created_at", "id", "state", "class_id", "region", "visit_day", "source", "import_id", "phone", "email", "sort_name", "sort_company"]
_PRINTED = sa.text("prints > 0")


def upgrade() -> None:
    op.drop_index("ix_registrations_list", table_name="registrations")
    op.create_index("ix_registrations_list", "registrations", _LIST)
    op.create_index(
        "ix_registrations_search",
        "registrations",
        ["expo_id", "created_at", "id", "search"],
        postgresql_include=["sort_name", "sort_company"],
    )
    op.create_index(
        "ix_registrations_names", "registrations", ["expo_id", "sort_name", "sort_company", "state", "phone", "id"]
    )
    op.create_index(
        "ix_badges_printed",
        "badges",
        ["expo_id", "holder_kind", "holder_id"],
        sqlite_where=_PRINTED,
        postgresql_where=_PRINTED,
    )


def downgrade() -> None:
    op.drop_index("ix_badges_printed", table_name="badges")
    op.drop_index("ix_registrations_names", table_name="registrations")
    op.drop_index("ix_registrations_search", table_name="registrations")
    op.drop_index("ix_registrations_list", table_name="registrations")
    op.create_index("ix_registrations_list", "registrations", [*_LIST, "search"])
