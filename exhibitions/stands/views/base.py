"""The blueprint of the room's pages, and the rows that addresses name."""

from __future__ import annotations

from flask import Blueprint, abort

from exhibitions.expos.models import Expo
from exhibitions.stands import queries
from exhibitions.stands.models import Stand

blueprint = Blueprint("stands", __name__)


def stand_or_404(expo: Expo, number: str) -> Stand:
    """The stand of the address; 404 where this fair has none."""
    found = queries.stand(expo, number)
    if found is None:
        abort(404)
    return found
