"""The blueprint of the room's pages, the season that an address names, and the tabs that lead through it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, g, url_for
from flask_babel import gettext as _

from exhibitions.awards.models import AwardSeason
from exhibitions.awards.queries.seasons import season_of
from exhibitions.core.access import Permission
from exhibitions.core.errors import N_
from exhibitions.expos.models import Expo

blueprint = Blueprint("awards", __name__)
DESK = "/desk/<slug>/awards"
SEASON = f"{DESK}/<int:season_id>"

TABS = (
    ("awards.season", N_("Overview"), Permission.AWARDS_VIEW),
    ("awards.rules", N_("Rules"), Permission.AWARDS_VIEW),
    ("awards.entries", N_("Award entries"), Permission.AWARDS_VIEW),
    ("awards.jury", N_("Jury"), Permission.AWARDS_VIEW),
    ("awards.assignments", N_("Assignment"), Permission.AWARDS_VIEW),
    ("awards.result", N_("Deliberation and result"), Permission.AWARDS_RESULTS),
    ("awards.tally", N_("Tally"), Permission.AWARDS_RESULTS),
    ("awards.certificates", N_("Certificates"), Permission.AWARDS_RESULTS),
    ("awards.complaints", N_("Complaints"), Permission.AWARDS_VIEW),
)
"""The pages of a season in the order of its life: endpoint, word, right."""


def season_or_404(expo: Expo, season_id: int) -> AwardSeason:
    """The season of the address; 404 where this fair has none."""
    found = season_of(expo, season_id)
    if found is None:
        abort(404)
    return found


@blueprint.app_template_global("award_tabs")
def tabs(expo: Expo, season: AwardSeason, now: str) -> list[dict[str, Any]]:
    """The tabs of a season that the reader may open, for `list.views`; `now` is the endpoint of this page."""
    return [
        {
            "label": _(word),
            "url": url_for(endpoint, slug=expo.slug, season_id=season.id),
            "active": endpoint == now,
        }
        for endpoint, word, right in TABS
        if right in g.rights and endpoint in current_app.view_functions
    ]
