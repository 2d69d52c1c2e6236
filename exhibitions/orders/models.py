"""Orders with their lines and instalments, payments, bank statements, invoices, closed days, services."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.orders.rules.states import InstalmentKind, InvoiceKind, OrderState, PaymentKind


def _expo_key() -> Mapped[int]:
    return mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))


def _order_key() -> Mapped[int]:
    return mapped_column(BigId, sa.ForeignKey("orders.id", ondelete="CASCADE"))


def _user_key() -> Mapped[int | None]:
    return mapped_column(BigId, sa.ForeignKey("users.id", ondelete="SET NULL"))


def _file_key() -> Mapped[int | None]:
    return mapped_column(BigId, sa.ForeignKey("files.id", ondelete="SET NULL"))


class Order(Model):
    """What an exhibitor owes for its part in a fair. Amounts are minor units of `currency`.

    `number` is the contract's number, `reference` what a bank transfer quotes (with a check character). `frozen` is
    the price list and the facts as they were when it was confirmed, so that the sum can be computed again. A changed
    order is a new row that replaces the old (`replaced_by_id`); at most one of an exhibitor is live.
    """

    __tablename__ = "orders"
    __table_args__ = (
        sa.UniqueConstraint("expo_id", "number"),
        sa.UniqueConstraint("expo_id", "reference"),
        sa.Index(
            "uq_orders_live",
            "exhibitor_id",
            unique=True,
            sqlite_where=sa.text("replaced_by_id IS NULL AND state <> 'cancelled'"),
            postgresql_where=sa.text("replaced_by_id IS NULL AND state <> 'cancelled'"),
        ),
        sa.Index("ix_orders_expo_id_state", "expo_id", "state"),
        sa.Index("ix_orders_exhibitor_id", "exhibitor_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    exhibitor_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("exhibitors.id"))
    number: Mapped[str] = mapped_column(sa.String(24))
    reference: Mapped[str] = mapped_column(sa.String(24))
    state: Mapped[OrderState] = mapped_column(enum_type(OrderState), default=OrderState.DRAFT)
    price_list_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("price_lists.id"))
    frozen: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
    net: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    tax: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    total: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    terms_version: Mapped[int] = mapped_column(sa.Integer, default=1)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("exhibitor_people.id", ondelete="SET NULL")
    )
    contract_id: Mapped[int | None] = _file_key()
    # The copy with the seal: when it came back, who says so, its scan.
    stamped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stamped_by: Mapped[int | None] = _user_key()
    stamped_id: Mapped[int | None] = _file_key()
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[str] = mapped_column(sa.String(300), default="")
    replaced_by_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("orders.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    exhibitor: Mapped[Exhibitor] = relationship()
    lines: Mapped[list[OrderLine]] = relationship(
        order_by="OrderLine.position, OrderLine.id", passive_deletes=True
    )
    instalments: Mapped[list[Instalment]] = relationship(
        order_by="Instalment.due, Instalment.id", passive_deletes=True
    )
    payments: Mapped[list[Payment]] = relationship(order_by="Payment.id", passive_deletes=True)
    supplements: Mapped[list[Supplement]] = relationship(
        foreign_keys="Supplement.order_id",
        order_by="Supplement.id",
        passive_deletes=True,
        back_populates="order",
    )

    @property
    def valid_supplements(self) -> list[Supplement]:
        """Those of its supplements that no later one has taken the place of."""
        return [each for each in self.supplements if each.void_at is None]

    @property
    def owed_supplement(self) -> Supplement | None:
        """The supplement whose copy with the exhibitor's seal is not back; there is one at most."""
        return next((each for each in self.supplements if each.is_owed), None)

    @property
    def owes_copy(self) -> bool:
        """Whether a copy with the exhibitor's seal has not come back: of its contract, or of a supplement to it."""
        return self.stamped_at is None or self.owed_supplement is not None


class Supplement(Model):
    """A supplement (补充协议) to an order's contract: other stands or other areas than it names, and what that costs.

    `before` and `after` are stands as `Order.frozen` has them among its parties; the sums are those of the contract's
    lines with tax in minor units, `fee` is what of a reduction's fee is within `total_after`. One that nobody has sealed
    when the next is written is void, and the next says what both changed. Those of an order that was replaced go over to the
    new one; `contract_order` is the order whose contract they all belong to.
    """

    __tablename__ = "supplements"
    __table_args__ = (
        sa.UniqueConstraint("expo_id", "number"),
        sa.Index("ix_supplements_order_id", "order_id"),
        sa.Index("ix_supplements_contract_order_id", "contract_order_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    order_id: Mapped[int] = _order_key()
    contract_order_id: Mapped[int] = _order_key()
    number: Mapped[str] = mapped_column(sa.String(24))
    before: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    after: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    total_before: Mapped[int] = mapped_column(sa.BigInteger)
    total_after: Mapped[int] = mapped_column(sa.BigInteger)
    fee: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    void_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The copy with the seal: when it came back, who says so, its scan. The exhibitor may send the scan before the office has looked.
    stamped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stamped_by: Mapped[int | None] = _user_key()
    stamped_id: Mapped[int | None] = _file_key()
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    order: Mapped[Order] = relationship(foreign_keys="Supplement.order_id", back_populates="supplements")
    contract_order: Mapped[Order] = relationship(foreign_keys="Supplement.contract_order_id")

    @property
    def is_owed(self) -> bool:
        """Whether the copy with the exhibitor's seal has still to come back."""
        return self.void_at is None and self.stamped_at is None


class OrderLine(Model):
    """One price with its reason in both languages; `amount` is net, `tax` the tax on it, rounded on this line.

    `reason` says how a price of the contract was counted (rules of prices), frozen with it.
    """

    __tablename__ = "order_lines"
    __table_args__ = (
        sa.Index("ix_order_lines_order_id", "order_id"),
        sa.Index("ix_order_lines_service_order_id", "service_order_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    order_id: Mapped[int] = _order_key()
    code: Mapped[str] = mapped_column(sa.String(32))
    text_zh: Mapped[str] = mapped_column(sa.String(300), default="")
    text_en: Mapped[str] = mapped_column(sa.String(300), default="")
    reason_zh: Mapped[str] = mapped_column(sa.String(500), default="")
    reason_en: Mapped[str] = mapped_column(sa.String(500), default="")
    # Decimal as text: quantities are exact.
    quantity: Mapped[str] = mapped_column(sa.String(20), default="1")
    unit: Mapped[str] = mapped_column(sa.String(16), default="")
    unit_price: Mapped[str] = mapped_column(sa.String(24), default="")
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    tax_rate: Mapped[str] = mapped_column(sa.String(8), default="0")
    tax: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    position: Mapped[int] = mapped_column(sa.Integer, default=0)
    service_order_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("service_orders.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Instalment(Model):
    """A part of the sum that is due by the end of a day of the fair's zone."""

    __tablename__ = "instalments"
    __table_args__ = (
        sa.Index("ix_instalments_order_id", "order_id"),
        sa.Index("ix_instalments_expo_id_due", "expo_id", "due"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    order_id: Mapped[int] = _order_key()
    kind: Mapped[InstalmentKind] = mapped_column(enum_type(InstalmentKind))
    due: Mapped[date] = mapped_column(sa.Date)
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    # The last step of reminding that went out (rules.reminding).
    reminded: Mapped[str] = mapped_column(sa.String(16), default="")
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Payment(Model):
    """Money that moved, never changed: what was wrong is countered by another row (`corrects_id`).

    `amount` is what came in, in minor units; refunds and counter-entries are negative. `receipt` is the number of the
    receipt, without gaps in a fair.
    """

    __tablename__ = "payments"
    __table_args__ = (
        sa.UniqueConstraint("expo_id", "receipt"),
        sa.UniqueConstraint("expo_id", "provider_reference"),
        sa.UniqueConstraint("statement_row_id"),
        sa.Index("ix_payments_order_id", "order_id"),
        sa.Index("ix_payments_expo_id_day", "expo_id", "day"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    order_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("orders.id"))
    kind: Mapped[PaymentKind] = mapped_column(enum_type(PaymentKind))
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
    day: Mapped[date] = mapped_column(sa.Date)
    payer: Mapped[str] = mapped_column(sa.String(200), default="")
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    receipt: Mapped[int | None] = mapped_column(sa.Integer)
    provider: Mapped[str] = mapped_column(sa.String(32), default="")
    provider_reference: Mapped[str | None] = mapped_column(sa.String(100))
    statement_row_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("statement_rows.id"))
    slip_id: Mapped[int | None] = _file_key()
    corrects_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("payments.id"))
    user_id: Mapped[int | None] = _user_key()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    order: Mapped[Order] = relationship(back_populates="payments")


class Slip(Model):
    """A proof of payment that an exhibitor sent; it is money only once the office has booked it."""

    __tablename__ = "payment_slips"
    __table_args__ = (
        sa.UniqueConstraint("expo_id", "key"),
        sa.Index("ix_payment_slips_expo_id", "expo_id"),
        sa.Index("ix_payment_slips_order_id", "order_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    order_id: Mapped[int] = _order_key()
    file_id: Mapped[int | None] = _file_key()
    amount: Mapped[int | None] = mapped_column(sa.BigInteger)
    paid_on: Mapped[date | None] = mapped_column(sa.Date)
    person_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("exhibitor_people.id", ondelete="SET NULL")
    )
    # Of the form: one that is sent twice is one proof.
    key: Mapped[str | None] = mapped_column(sa.String(100))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Statement(Model):
    """A bank statement that was read. `counts` says what is not among its rows: `known` were read before, `out` are
    money that went out, `faults` are rows that cannot be read, each with its number and why (the first 50), `unread` how many.
    """

    __tablename__ = "statements"
    __table_args__ = (sa.Index("ix_statements_expo_id", "expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    name: Mapped[str] = mapped_column(sa.String(150), default="")
    counts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    file_id: Mapped[int | None] = _file_key()
    user_id: Mapped[int | None] = _user_key()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StatementRow(Model):
    """A row of a bank statement; `digest` tells a row that was read before. `state` is what became of it."""

    __tablename__ = "statement_rows"
    __table_args__ = (
        sa.UniqueConstraint("expo_id", "digest"),
        sa.Index("ix_statement_rows_statement_id", "statement_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    statement_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("statements.id", ondelete="CASCADE"))
    row: Mapped[int] = mapped_column(sa.Integer)
    day: Mapped[date] = mapped_column(sa.Date)
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
    payer: Mapped[str] = mapped_column(sa.String(200), default="")
    account: Mapped[str] = mapped_column(sa.String(64), default="")
    text: Mapped[str] = mapped_column(sa.String(500), default="")
    serial: Mapped[str] = mapped_column(sa.String(100), default="")
    digest: Mapped[str] = mapped_column(sa.String(64))
    order_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("orders.id", ondelete="SET NULL"))
    match: Mapped[str] = mapped_column(sa.String(16), default="")
    booked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ignored_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Invoice(Model):
    """A 发票 that was asked for, and its number once it was issued outside."""

    __tablename__ = "invoices"
    __table_args__ = (
        sa.Index("ix_invoices_expo_id", "expo_id"),
        sa.Index("ix_invoices_order_id", "order_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    order_id: Mapped[int] = _order_key()
    kind: Mapped[InvoiceKind] = mapped_column(enum_type(InvoiceKind))
    title: Mapped[str] = mapped_column(sa.String(200), default="")
    tax_number: Mapped[str] = mapped_column(sa.String(30), default="")
    address_phone: Mapped[str] = mapped_column(sa.String(300), default="")
    bank_account: Mapped[str] = mapped_column(sa.String(300), default="")
    receiver: Mapped[str] = mapped_column(sa.String(100), default="")
    receiver_phone: Mapped[str | None] = mapped_column(sa.String(20))
    receiver_email: Mapped[str | None] = mapped_column(sa.String(254))
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    number: Mapped[str] = mapped_column(sa.String(40), default="")
    issued_on: Mapped[date | None] = mapped_column(sa.Date)
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ClosedDay(Model):
    """A day whose cash and QR takings were counted and signed for; its payments are only countered afterwards."""

    __tablename__ = "closed_days"
    __table_args__ = (sa.UniqueConstraint("expo_id", "day"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    day: Mapped[date] = mapped_column(sa.Date)
    booked_cash: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    counted_cash: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    booked_qr: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    counted_qr: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    explanation: Mapped[str] = mapped_column(sa.String(300), default="")
    signed_by: Mapped[str] = mapped_column(sa.String(100), default="")
    user_id: Mapped[int | None] = _user_key()
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Service(Model):
    """Something that exhibitors order: power, water, furniture …; `steps` are surcharges by date as rules.services reads."""

    __tablename__ = "services"
    __table_args__ = (sa.UniqueConstraint("expo_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    code: Mapped[str] = mapped_column(sa.String(32))
    group_key: Mapped[str] = mapped_column(sa.String(32), default="")
    name_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    unit_zh: Mapped[str] = mapped_column(sa.String(20), default="")
    unit_en: Mapped[str] = mapped_column(sa.String(20), default="")
    price: Mapped[int] = mapped_column(sa.BigInteger)
    tax_rate: Mapped[str] = mapped_column(sa.String(8), default="0")
    steps: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    closes_on: Mapped[date | None] = mapped_column(sa.Date)
    on_plan: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    most: Mapped[int | None] = mapped_column(sa.Integer)
    position: Mapped[int] = mapped_column(sa.Integer, default=0)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ServiceOrder(Model):
    """What an exhibitor ordered of a service, at the price of that day; cancelled ones stay."""

    __tablename__ = "service_orders"
    __table_args__ = (
        sa.Index("ix_service_orders_expo_id", "expo_id"),
        sa.Index("ix_service_orders_exhibitor_id", "exhibitor_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    exhibitor_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("exhibitors.id"))
    service_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("services.id"))
    quantity: Mapped[int] = mapped_column(sa.Integer)
    unit_price: Mapped[int] = mapped_column(sa.BigInteger)
    surcharge: Mapped[str] = mapped_column(sa.String(8), default="0")
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    marked: Mapped[str] = mapped_column(sa.String(300), default="")
    person_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("exhibitor_people.id", ondelete="SET NULL")
    )
    ordered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    service: Mapped[Service] = relationship()
