"""Badge classes, badges with their printed facts, the days on which they came in, and the signing keys."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibitions.badges.rules.classes import Audience
from exhibitions.badges.rules.reserves import Place
from exhibitions.badges.rules.stock import Move
from exhibitions.badges.rules.templates import Band
from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type

_REPLACED = sa.text("replaced_by_id IS NOT NULL")
_IMPORTED = sa.text("import_id IS NOT NULL")
_GROUPED = sa.text("group_id IS NOT NULL")
_PRINTED = sa.text("prints > 0")


class BadgeClass(Model):
    """A kind of badge of one fair. `number` (1 to 255) stands in tokens, `key` in addresses and files."""

    __tablename__ = "badge_classes"
    __table_args__ = (sa.UniqueConstraint("expo_id", "number"), sa.UniqueConstraint("expo_id", "key"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(sa.Integer)
    key: Mapped[str] = mapped_column(sa.String(32))
    name_zh: Mapped[str] = mapped_column(sa.String(50), default="")
    name_en: Mapped[str] = mapped_column(sa.String(50), default="")
    # The band on the badge, as #rrggbb; white or black text is chosen by contrast.
    colour: Mapped[str] = mapped_column(sa.String(7), default="#0B6E6E")
    audience: Mapped[Audience] = mapped_column(enum_type(Audience))
    # Whether the public form offers this class.
    registrable: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    once_a_day: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    # Whether another day than the planned one is refused (check-in.md row 8: off by default).
    planned_day_only: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    needs_approval: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    needs_payment: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    position: Mapped[int] = mapped_column(sa.Integer, default=0)
    # What is printed on it, and on which page when nothing else is said (rules.templates).
    sheet: Mapped[str] = mapped_column(sa.String(16), default="90x130")
    fields: Mapped[list[str]] = mapped_column(sa.JSON, default=lambda: ["fair", "name", "company"])
    band: Mapped[Band] = mapped_column(enum_type(Band), default=Band.AUTO)


class SigningKey(Model):
    """An Ed25519 key of this installation by the number that stands in tokens (0 to 31)."""

    __tablename__ = "signing_keys"

    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    # Encrypted with a key derived from the installation's secret.
    private_key: Mapped[bytes] = mapped_column(sa.LargeBinary(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Badge(Model):
    """A badge with what is printed on it and what a gate must know. Moments, not flags: a scan is judged by the
    state at its own time.

    `holder_kind` and `holder_id` name the registration (or, later, exhibitor's person) it belongs to; both are empty
    on a reserve badge that is bound to nobody yet.
    """

    __tablename__ = "badges"
    __table_args__ = (
        sa.UniqueConstraint("expo_id", "number"),
        sa.Index("ix_badges_holder", "expo_id", "holder_kind", "holder_id"),
        # Whose badges were printed: a filter of the list of registrations.
        sa.Index(
            "ix_badges_printed",
            "expo_id",
            "holder_kind",
            "holder_id",
            sqlite_where=_PRINTED,
            postgresql_where=_PRINTED,
        ),
        sa.Index("ix_badges_expo_id_class_id", "expo_id", "class_id"),
        sa.Index("ix_badges_import_id", "import_id", sqlite_where=_IMPORTED, postgresql_where=_IMPORTED),
        sa.Index("ix_badges_group_id", "group_id", sqlite_where=_GROUPED, postgresql_where=_GROUPED),
        sa.Index(
            "ix_badges_replaced_by_id", "replaced_by_id", sqlite_where=_REPLACED, postgresql_where=_REPLACED
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    class_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("badge_classes.id"))
    # Nine random decimal digits; shown with a check digit behind them.
    number: Mapped[int] = mapped_column(sa.BigInteger)
    holder_kind: Mapped[str] = mapped_column(sa.String(16), default="")
    holder_id: Mapped[int | None] = mapped_column(BigId)
    name: Mapped[str] = mapped_column(sa.String(100), default="")
    company: Mapped[str] = mapped_column(sa.String(200), default="")
    title: Mapped[str] = mapped_column(sa.String(100), default="")
    region: Mapped[str] = mapped_column(sa.String(64), default="")
    planned_day: Mapped[date | None] = mapped_column(sa.Date)
    # By which import the holder came, and the holder who leads the group: prints are chosen by both.
    import_id: Mapped[int | None] = mapped_column(BigId)
    group_id: Mapped[int | None] = mapped_column(BigId)
    # People whom the holder brings along beyond himself are counted by heads at the gate; this is what was announced.
    heads: Mapped[int] = mapped_column(sa.Integer, default=1)
    # The token: what is needed to write it again bit by bit. The class number is that of the day of issue:
    # who changes class keeps the picture (check-in.md: the server's record decides).
    class_number: Mapped[int] = mapped_column(sa.Integer)
    first_day: Mapped[int] = mapped_column(sa.Integer, default=0)
    days: Mapped[int] = mapped_column(sa.Integer, default=0)
    issue: Mapped[int] = mapped_column(sa.BigInteger)
    key_number: Mapped[int] = mapped_column(sa.Integer)
    signature: Mapped[bytes] = mapped_column(sa.LargeBinary(64))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replaced_by_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("badges.id"))
    reserve: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    prints: Mapped[int] = mapped_column(sa.Integer, default=0)

    badge_class: Mapped[BadgeClass] = relationship()


class BadgeDay(Model):
    """The first admitted entry of a badge on a local day, online: the unique row decides who was first."""

    __tablename__ = "badge_days"
    # A badge is one fair's. Led by the badge, so that taking one back does not read the days of all.
    __table_args__ = (sa.UniqueConstraint("badge_id", "day"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    badge_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("badges.id", ondelete="CASCADE"))
    day: Mapped[date] = mapped_column(sa.Date)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_gate_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("gates.id"))


class PrintRun(Model):
    """A list of badges on its way to paper. The list is fixed when the run is asked for, in printing order.

    `parts` are the files made so far, `[{"file_id": 7, "badges": 2000}]`; a run that was cut off goes on behind them.
    `looks` are badges that deserve one, `[{"number": "482 139 000-9", "fields": ["name"]}]` (`drawing.Look`).
    """

    __tablename__ = "print_runs"
    __table_args__ = (sa.Index("ix_print_runs_expo_id_created_at", "expo_id", "created_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    sheet: Mapped[str] = mapped_column(sa.String(16))
    sort: Mapped[str] = mapped_column(sa.String(16))
    badge_ids: Mapped[list[int]] = mapped_column(sa.JSON)
    parts: Mapped[list[dict[str, int]]] = mapped_column(sa.JSON, default=list)
    looks: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    # The printer that it was drawn for, and its shift (tenths of a millimetre) and turn at that time.
    printer_name: Mapped[str] = mapped_column(sa.String(50), default="")
    shift_x: Mapped[int] = mapped_column(sa.Integer, default=0)
    shift_y: Mapped[int] = mapped_column(sa.Integer, default=0)
    turned: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    created_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Printer(Model):
    """A printer of a fair: the paper in it, and how far its print must be moved, in tenths of a millimetre."""

    __tablename__ = "printers"
    __table_args__ = (sa.UniqueConstraint("expo_id", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(50))
    sheet: Mapped[str] = mapped_column(sa.String(16))
    # To the right and down, as the reader of the badge sees it.
    shift_x: Mapped[int] = mapped_column(sa.Integer, default=0)
    shift_y: Mapped[int] = mapped_column(sa.Integer, default=0)
    # Whether badges are drawn upside down, for stock that is fed with its foot first.
    turned: Mapped[bool] = mapped_column(sa.Boolean, default=False)


class PrinterChoice(Model):
    """At which printer a person works in a fair."""

    __tablename__ = "printer_choices"
    __table_args__ = (sa.UniqueConstraint("expo_id", "user_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("users.id", ondelete="CASCADE"))
    printer_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("printers.id", ondelete="CASCADE"))


class Handout(Model):
    """Reserve badges that were given to a desk, a gate or a group: which serial numbers, by whom, when."""

    __tablename__ = "reserve_handouts"
    __table_args__ = (sa.Index("ix_reserve_handouts_expo_id", "expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    place: Mapped[Place] = mapped_column(enum_type(Place))
    name: Mapped[str] = mapped_column(sa.String(100), default="")
    first: Mapped[int] = mapped_column(sa.Integer)
    last: Mapped[int] = mapped_column(sa.Integer)
    count: Mapped[int] = mapped_column(sa.Integer)
    # The account: its name may be that of others too, and change. No key, like the actor of a job.
    by_id: Mapped[int | None] = mapped_column(BigId)
    by_name: Mapped[str] = mapped_column(sa.String(100), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Reserve(Model):
    """What becomes of one reserve badge. `serial` counts from 1 in a fair and is printed on it."""

    __tablename__ = "reserves"
    __table_args__ = (
        sa.UniqueConstraint("expo_id", "serial"),
        sa.UniqueConstraint("badge_id"),
        sa.Index("ix_reserves_handout_id", "handout_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    badge_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("badges.id", ondelete="CASCADE"))
    serial: Mapped[int] = mapped_column(sa.Integer)
    handout_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("reserve_handouts.id"))
    spoilt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Replacement(Model):
    """A lost badge that was replaced: why, what was paid or left as a deposit (minor units), and who took it."""

    __tablename__ = "badge_replacements"
    __table_args__ = (
        sa.UniqueConstraint("badge_id"),
        sa.Index("ix_badge_replacements_expo_id_at", "expo_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    # The badge that is void, and the one that was given for it.
    badge_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("badges.id", ondelete="CASCADE"))
    fresh_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("badges.id", ondelete="CASCADE"))
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    fee_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    deposit_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    by_id: Mapped[int | None] = mapped_column(BigId)
    by_name: Mapped[str] = mapped_column(sa.String(100), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class StockMove(Model):
    """Blanks, holders or lanyards that came, went or were spoilt, as somebody wrote it down."""

    __tablename__ = "stock_moves"
    __table_args__ = (sa.Index("ix_stock_moves_expo_id_at", "expo_id", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    item: Mapped[str] = mapped_column(sa.String(16))
    kind: Mapped[Move] = mapped_column(enum_type(Move))
    count: Mapped[int] = mapped_column(sa.Integer)
    note: Mapped[str] = mapped_column(sa.String(200), default="")
    by_id: Mapped[int | None] = mapped_column(BigId)
    by_name: Mapped[str] = mapped_column(sa.String(100), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SheetsPrinted(Model):
    """How many pages of a size went through printers on a day of the fair: what the product counts by itself."""

    __tablename__ = "sheets_printed"
    __table_args__ = (sa.UniqueConstraint("expo_id", "sheet", "day"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    sheet: Mapped[str] = mapped_column(sa.String(16))
    day: Mapped[date] = mapped_column(sa.Date)
    count: Mapped[int] = mapped_column(sa.Integer)


class Expected(Model):
    """What the organiser expects of the desk: by these figures the need of blanks is forecast."""

    __tablename__ = "stock_expectations"
    __table_args__ = (sa.UniqueConstraint("expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    turn_up_percent: Mapped[int] = mapped_column(sa.Integer)
    walk_ins_a_day: Mapped[int] = mapped_column(sa.Integer)
