"""The pages of orders, payments and services."""

from __future__ import annotations

from exhibitions.orders.views.base import blueprint

__all__ = ["blueprint"]
