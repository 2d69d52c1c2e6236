"""The blueprint of the room's pages, and the rows that addresses name."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, g, request
from flask_babel import gettext as _

from exhibitions.companies import queries
from exhibitions.companies.models import Company
from exhibitions.companies.rules.copies import MOST_BYTES
from exhibitions.core import clock
from exhibitions.core.i18n import language
from exhibitions.core.regions import region_name
from exhibitions.organisation.queries import zone

blueprint = Blueprint("companies", __name__)

TAKES_COPIES = frozenset({"companies.add_paper", "companies.change_paper"})


@blueprint.url_value_preprocessor
def _room_for_copies(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """A licence that was photographed at full size is larger than what other pages take; said before anything is read."""
    if endpoint in TAKES_COPIES:
        request.max_content_length = MOST_BYTES


def company_or_404(company_id: int) -> Company:
    """The company of the address; 404 where there is none."""
    found = queries.company_of(company_id)
    if found is None:
        abort(404)
    return found


def today() -> date:
    """The day on the organiser's clock, asked for once a request."""
    if "organisers_day" not in g:
        g.organisers_day = clock.today(zone())
    found: date = g.organisers_day
    return found


def country_name(code: str) -> str:
    """A country in the reader's language, "" while it is not known."""
    return _("Mainland China") if code == "CN" else region_name(code, language())
