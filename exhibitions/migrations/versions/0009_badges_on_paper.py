"""badges on paper: what is printed on a class, printers, reserve badges with their balance, stock, replacements."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_IMPORTED, _GROUPED = sa.text("import_id IS NOT NULL"), sa.text("group_id IS NOT NULL")


def _of_a_fair(table: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("id", _ID, nullable=False),
        sa.Column("expo_id", _ID, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["expo_id"], ["expos.id"], ondelete="CASCADE", name=f"fk_{table}_expo_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )


def _refers(table: str, column: str, target: str, **how: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}", **how)


def upgrade() -> None:
    # Added without a copy of the table, which has a row for every badge.
    op.add_column("badge_classes", sa.Column("sheet", sa.String(16), nullable=False, server_default="90x130"))
    op.add_column(
        "badge_classes",
        sa.Column("fields", sa.JSON(), nullable=False, server_default='["fair", "name", "company"]'),
    )
    op.add_column("badge_classes", sa.Column("band", sa.String(32), nullable=False, server_default="auto"))
    op.add_column("badges", sa.Column("title", sa.String(100), nullable=False, server_default=""))
    op.add_column("badges", sa.Column("import_id", _ID, nullable=True))
    op.add_column("badges", sa.Column("group_id", _ID, nullable=True))
    for name, where in (("import_id", _IMPORTED), ("group_id", _GROUPED)):
        op.create_index(
            f"ix_badges_{name}", "badges", [name], sqlite_where=where, postgresql_where=where
        )
    op.execute(
        """
        UPDATE badges SET
            title = (SELECT r.title FROM registrations r WHERE r.id = badges.holder_id),
            import_id = (SELECT r.import_id FROM registrations r WHERE r.id = badges.holder_id),
            group_id = (SELECT r.leader_id FROM registrations r WHERE r.id = badges.holder_id)
        WHERE holder_kind = 'registration' AND EXISTS (
            SELECT 1 FROM registrations r WHERE r.id = badges.holder_id
            AND (r.title <> '' OR r.import_id IS NOT NULL OR r.leader_id IS NOT NULL)
        )
        """
    )
    op.add_column("print_runs", sa.Column("printer_name", sa.String(50), nullable=False, server_default=""))
    op.add_column("print_runs", sa.Column("shift_x", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("print_runs", sa.Column("shift_y", sa.Integer(), nullable=False, server_default="0"))
    op.add_column(
        "print_runs", sa.Column("turned", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    _of_a_fair(
        "printers",
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("sheet", sa.String(16), nullable=False),
        sa.Column("shift_x", sa.Integer(), nullable=False),
        sa.Column("shift_y", sa.Integer(), nullable=False),
        sa.Column("turned", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("expo_id", "name", name="uq_printers_expo_id_name"),
    )
    _of_a_fair(
        "printer_choices",
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("printer_id", _ID, nullable=False),
        _refers("printer_choices", "user_id", "users", ondelete="CASCADE"),
        _refers("printer_choices", "printer_id", "printers", ondelete="CASCADE"),
        sa.UniqueConstraint("expo_id", "user_id", name="uq_printer_choices_expo_id_user_id"),
    )
    _of_a_fair(
        "reserve_handouts",
        sa.Column("place", sa.String(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("by_name", sa.String(100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_reserve_handouts_expo_id", "reserve_handouts", ["expo_id"])
    _of_a_fair(
        "reserves",
        sa.Column("badge_id", _ID, nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("handout_id", _ID, nullable=True),
        sa.Column("spoilt_at", sa.DateTime(timezone=True), nullable=True),
        _refers("reserves", "badge_id", "badges", ondelete="CASCADE"),
        _refers("reserves", "handout_id", "reserve_handouts"),
        sa.UniqueConstraint("expo_id", "serial", name="uq_reserves_expo_id_serial"),
        sa.UniqueConstraint("badge_id", name="uq_reserves_badge_id"),
    )
    op.create_index("ix_reserves_handout_id", "reserves", ["handout_id"])
    op.execute(
        """
        INSERT INTO reserves (expo_id, badge_id, serial)
        SELECT expo_id, id, ROW_NUMBER() OVER (PARTITION BY expo_id ORDER BY number)
        FROM badges WHERE reserve ORDER BY expo_id, number
        """
    )
    _of_a_fair(
        "badge_replacements",
        sa.Column("badge_id", _ID, nullable=False),
        sa.Column("fresh_id", _ID, nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("deposit_minor", sa.BigInteger(), nullable=False),
        sa.Column("by_name", sa.String(100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _refers("badge_replacements", "badge_id", "badges", ondelete="CASCADE"),
        _refers("badge_replacements", "fresh_id", "badges", ondelete="CASCADE"),
        sa.UniqueConstraint("badge_id", name="uq_badge_replacements_badge_id"),
    )
    op.create_index("ix_badge_replacements_expo_id_at", "badge_replacements", ["expo_id", "at"])
    _of_a_fair(
        "stock_moves",
        sa.Column("item", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("by_name", sa.String(100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_stock_moves_expo_id_at", "stock_moves", ["expo_id", "at"])
    _of_a_fair(
        "sheets_printed",
        sa.Column("sheet", sa.String(16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.UniqueConstraint("expo_id", "sheet", "day", name="uq_sheets_printed_expo_id_sheet_day"),
    )
    _of_a_fair(
        "stock_expectations",
        sa.Column("turn_up_percent", sa.Integer(), nullable=False),
        sa.Column("walk_ins_a_day", sa.Integer(), nullable=False),
        sa.UniqueConstraint("expo_id", name="uq_stock_expectations_expo_id"),
    )


def downgrade() -> None:
    for table in (
        "stock_expectations",
        "sheets_printed",
        "stock_moves",
        "badge_replacements",
        "reserves",
        "reserve_handouts",
        "printer_choices",
        "printers",
    ):
        op.drop_table(table)
    for name in ("turned", "shift_y", "shift_x", "printer_name"):
        op.drop_column("print_runs", name)
    for name in ("group_id", "import_id"):
        op.drop_index(f"ix_badges_{name}", table_name="badges")
    for name in ("group_id", "import_id", "title"):
        op.drop_column("badges", name)
    for name in ("band", "fields", "sheet"):
        op.drop_column("badge_classes", name)
