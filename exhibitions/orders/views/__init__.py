"""The pages of orders, payments and services."""

from __future__ import annotations

from exhibitions.orders.views import (
    cancelling,
    clearing,
    closing,
    contracts,
    ending,
    invoices,
    my_payments,
    order,
    orders,
    payments,
    reducing,
    reminders,
    services,
    statements,
    supplements,
)
from exhibitions.orders.views.base import blueprint
from exhibitions.orders.views.providers import notices

__all__ = [
    "blueprint",
    "cancelling",
    "clearing",
    "closing",
    "contracts",
    "ending",
    "invoices",
    "my_payments",
    "notices",
    "order",
    "orders",
    "payments",
    "reducing",
    "reminders",
    "services",
    "statements",
    "supplements",
]
