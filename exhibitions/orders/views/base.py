"""The blueprint of the room's pages, and the rows that addresses name."""

from __future__ import annotations

from flask import Blueprint, abort

from exhibitions.expos.models import Expo
from exhibitions.orders import queries
from exhibitions.orders.models import Order

blueprint = Blueprint("orders", __name__)


def order_or_404(expo: Expo, number: str) -> Order:
    """The order of the address; 404 where this fair has none."""
    found = queries.order(expo, number)
    if found is None:
        abort(404)
    return found
