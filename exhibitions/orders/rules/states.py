"""The words of orders: what an order, an instalment, a payment and an invoice may be."""

from __future__ import annotations

import enum


class OrderState(enum.StrEnum):
    """How far an order binds: draft → confirmed by the exhibitor → contracted with both seals; or cancelled."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    CONTRACTED = "contracted"
    CANCELLED = "cancelled"


class InstalmentKind(enum.StrEnum):
    """What a part of the sum is called: deposit 订金 and balance 尾款, or all at once, or a fee of a cancellation.

    `CLEARING` is the clearing deposit 清场押金, which goes back.
    """

    DEPOSIT = "deposit"
    BALANCE = "balance"
    FULL = "full"
    FEE = "fee"
    CLEARING = "clearing"


class PaymentKind(enum.StrEnum):
    """How money moved: in by transfer, cash or QR code; back; put to another instalment; or a counter-entry."""

    TRANSFER = "transfer"
    CASH = "cash"
    QR = "qr"
    REFUND = "refund"
    CREDIT = "credit"
    CORRECTION = "correction"


class InvoiceKind(enum.StrEnum):
    """The kind of tax invoice 发票: general 普票, special 专票 (with address and bank), fully digital 数电."""

    GENERAL = "general"
    SPECIAL = "special"
    DIGITAL = "digital"


BINDING = frozenset({OrderState.CONFIRMED, OrderState.CONTRACTED})
"""States in which an order counts and its sum is owed."""
