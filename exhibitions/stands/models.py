"""Plans of halls, stands, holds and assignments, versions of plan and prices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Hall
from exhibitions.stands.rules.allocation import AllocationKind, EndReason
from exhibitions.stands.rules.plan import ShapeKind, StandKind


def _expo_key() -> Mapped[int]:
    return mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))


def _user_key() -> Mapped[int | None]:
    return mapped_column(BigId, sa.ForeignKey("users.id", ondelete="SET NULL"))


class HallPlan(Model):
    """The floor of a hall in millimetres, with a picture under it.

    A picture's point (px, py) lies at (`background_x` + px × `background_scale`, `background_y` + py × …) mm; the scale
    is in micrometres a pixel, found from two points. `version` counts up with every change in the hall.
    """

    __tablename__ = "hall_plans"
    __table_args__ = (sa.UniqueConstraint("expo_id", "hall_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    hall_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("halls.id", ondelete="CASCADE"))
    width: Mapped[int] = mapped_column(sa.Integer)
    depth: Mapped[int] = mapped_column(sa.Integer)
    is_outdoor: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    background_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("files.id", ondelete="SET NULL"))
    background_x: Mapped[int] = mapped_column(sa.Integer, default=0)
    background_y: Mapped[int] = mapped_column(sa.Integer, default=0)
    background_scale: Mapped[int | None] = mapped_column(sa.Integer)
    version: Mapped[int] = mapped_column(sa.Integer, default=1)

    hall: Mapped[Hall] = relationship()


class Stand(Model):
    """A stand on the plan; `polygon` is a list of [x, y] in mm, `area` its computed area in cm².

    `contracted_area` (cm²) is what is agreed where it differs. `upper_area` (cm²) is a second storey (SP-10). A stand
    that was merged away or taken off is `retired_at`, and its number is never used again once it was published.
    """

    __tablename__ = "stands"
    __table_args__ = (
        sa.UniqueConstraint("expo_id", "number"),
        sa.Index("ix_stands_expo_id_hall_id", "expo_id", "hall_id"),
        sa.Index("ix_stands_merged_into_id", "merged_into_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    hall_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("halls.id"))
    number: Mapped[str] = mapped_column(sa.String(20))
    polygon: Mapped[list[list[int]]] = mapped_column(sa.JSON)
    area: Mapped[int] = mapped_column(sa.Integer)
    contracted_area: Mapped[int | None] = mapped_column(sa.Integer)
    upper_area: Mapped[int] = mapped_column(sa.Integer, default=0)
    kind: Mapped[StandKind] = mapped_column(enum_type(StandKind), default=StandKind.SHELL)
    # Computed from the neighbours; `open_sides_set` is what the office says instead.
    open_sides: Mapped[int] = mapped_column(sa.Integer, default=1)
    open_sides_set: Mapped[int | None] = mapped_column(sa.Integer)
    zone_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("zones.id", ondelete="SET NULL"))
    price_class: Mapped[str] = mapped_column(sa.String(32), default="")
    for_sale: Mapped[bool] = mapped_column(sa.Boolean, default=True)
    is_free_of_charge: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    merged_into_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("stands.id"))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Something is wrong with it that must be mended before the plan is published: until then nobody chooses it.
    is_faulty: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    version: Mapped[int] = mapped_column(sa.Integer, default=1)

    hall: Mapped[Hall] = relationship()


class Shape(Model):
    """What lies on a plan and is no stand."""

    __tablename__ = "plan_shapes"
    __table_args__ = (sa.Index("ix_plan_shapes_expo_id_hall_id", "expo_id", "hall_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    hall_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("halls.id", ondelete="CASCADE"))
    kind: Mapped[ShapeKind] = mapped_column(enum_type(ShapeKind))
    polygon: Mapped[list[list[int]]] = mapped_column(sa.JSON)
    area: Mapped[int] = mapped_column(sa.Integer)
    label_zh: Mapped[str] = mapped_column(sa.String(100), default="")
    label_en: Mapped[str] = mapped_column(sa.String(100), default="")
    locked: Mapped[bool] = mapped_column(sa.Boolean, default=False)


class Allocation(Model):
    """A stand held for, or assigned to, an exhibitor; at most one a stand is live (the database judges).

    A hold is live until `until` (exclusive) even if its row has not been ended yet: who asks compares in the same
    transaction, and a request at the very moment of `until` wins.
    """

    __tablename__ = "allocations"
    __table_args__ = (
        sa.Index(
            "uq_allocations_live",
            "stand_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.Index("ix_allocations_expo_id_exhibitor_id", "expo_id", "exhibitor_id"),
        sa.Index("ix_allocations_exhibitor_id", "exhibitor_id"),
        sa.Index("ix_allocations_until", "until"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    stand_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("stands.id"))
    exhibitor_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("exhibitors.id"))
    kind: Mapped[AllocationKind] = mapped_column(enum_type(AllocationKind))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Who made it: a colleague, or a person of the exhibitor.
    user_id: Mapped[int | None] = _user_key()
    person_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("exhibitor_people.id", ondelete="SET NULL")
    )
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[EndReason | None] = mapped_column(enum_type(EndReason))
    # The stand's area (cm²) before a reduction was agreed with this exhibitor: so large it is for the next one again.
    area_before: Mapped[int | None] = mapped_column(sa.Integer)

    stand: Mapped[Stand] = relationship()
    exhibitor: Mapped[Exhibitor] = relationship()


class StandWish(Model):
    """A stand that an exhibitor would like, 1 to 3."""

    __tablename__ = "stand_wishes"
    __table_args__ = (
        sa.UniqueConstraint("expo_id", "exhibitor_id", "rank"),
        sa.Index("ix_stand_wishes_exhibitor_id", "exhibitor_id"),
        sa.Index("ix_stand_wishes_stand_id", "stand_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    exhibitor_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("exhibitors.id", ondelete="CASCADE"))
    stand_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("stands.id", ondelete="CASCADE"))
    rank: Mapped[int] = mapped_column(sa.Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PointAccount(Model):
    """The priority points of an exhibitor at one fair, with the lines of the calculation (exhibitors-stands.md §2.3).

    `brought` is what a list said of the company, `earlier` what earlier editions knew, `scheme` the rules that made the
    `lines` of both; `total` is their sum as a text, exact. None of them changes before the points are counted again.
    """

    __tablename__ = "point_accounts"
    __table_args__ = (
        sa.UniqueConstraint("expo_id", "exhibitor_id"),
        sa.Index("ix_point_accounts_exhibitor_id", "exhibitor_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    exhibitor_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("exhibitors.id", ondelete="CASCADE"))
    brought: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    earlier: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    scheme: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    lines: Mapped[list[dict[str, str]]] = mapped_column(sa.JSON, default=list)
    total: Mapped[str] = mapped_column(sa.String(20), default="0")
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LotDraw(Model):
    """A lot that was drawn: its seed gives everybody the same lot again. The last one counts, and none is deleted."""

    __tablename__ = "lot_draws"
    __table_args__ = (sa.Index("ix_lot_draws_expo_id", "expo_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    seed: Mapped[str] = mapped_column(sa.String(64))
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    user_id: Mapped[int | None] = _user_key()
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PlanVersion(Model):
    """The whole plan as it was saved: `snapshot` is canonical JSON, never changed, with its SHA-256."""

    __tablename__ = "plan_versions"
    __table_args__ = (sa.UniqueConstraint("expo_id", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    version: Mapped[int] = mapped_column(sa.Integer)
    snapshot: Mapped[str] = mapped_column(sa.Text)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    user_id: Mapped[int | None] = _user_key()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PlanChange(Model):
    """A deed on the plan that can be undone: what it was, and the rows before and after it."""

    __tablename__ = "plan_changes"
    __table_args__ = (sa.Index("ix_plan_changes_expo_id", "expo_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    deed: Mapped[str] = mapped_column(sa.String(32))
    before: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)
    after: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)
    user_id: Mapped[int | None] = _user_key()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PriceList(Model):
    """One version of a fair's prices: `data` as rules.pricing reads it; frozen, with its digest, once an order used it."""

    __tablename__ = "price_lists"
    __table_args__ = (sa.UniqueConstraint("expo_id", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    version: Mapped[int] = mapped_column(sa.Integer)
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
    data: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    in_force_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    frozen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = _user_key()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Swap(Model):
    """Something printed or sent that a change after the freeze made false, until somebody ticks it off."""

    __tablename__ = "swaps"
    __table_args__ = (
        sa.Index("ix_swaps_expo_id_done_at", "expo_id", "done_at"),
        sa.Index("ix_swaps_exhibitor_id", "exhibitor_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    exhibitor_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("exhibitors.id", ondelete="CASCADE"))
    thing: Mapped[str] = mapped_column(sa.String(32))
    reference: Mapped[str] = mapped_column(sa.String(100), default="")
    before: Mapped[str] = mapped_column(sa.String(300), default="")
    after: Mapped[str] = mapped_column(sa.String(300), default="")
    owner_id: Mapped[int | None] = _user_key()
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by: Mapped[int | None] = _user_key()


class MadeThing(Model):
    """That something with a stand in it was printed or sent: for one exhibitor, or for all where there is none.

    Made again, the row is moved on: only the last making can be false.
    """

    __tablename__ = "made_things"
    __table_args__ = (
        sa.Index("ix_made_things_expo_id_exhibitor_id", "expo_id", "exhibitor_id"),
        sa.Index("ix_made_things_exhibitor_id", "exhibitor_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    exhibitor_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("exhibitors.id", ondelete="CASCADE")
    )
    thing: Mapped[str] = mapped_column(sa.String(32))
    reference: Mapped[str] = mapped_column(sa.String(100), default="")
    owner_id: Mapped[int | None] = _user_key()
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
