"""The blueprint of the room's pages, and the rows that addresses name."""

from __future__ import annotations

from flask import Blueprint, abort

from exhibitions.companies import queries
from exhibitions.companies.models import Company

blueprint = Blueprint("companies", __name__)


def company_or_404(number: str) -> Company:
    """The company of the address; 404 where there is none."""
    found = queries.company(number)
    if found is None:
        abort(404)
    return found
