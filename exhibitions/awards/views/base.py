"""The blueprint of the room's pages, the season that an address names, and the tabs that lead through it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from flask import Blueprint, abort, current_app, g, url_for
from flask_babel import gettext as _

from exhibitions.awards.models import AwardSeason
from exhibitions.awards.queries.seasons import season_of
from exhibitions.core.access import Permission
from exhibitions.core.db import transaction
from exhibitions.core.errors import N_, Refused
from exhibitions.core.forms import Form
from exhibitions.core.web import tell
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


def carried_out(
    form: Form,
    field: str | Callable[[Refused], str],
    deed: Callable[[], object],
    sentence: str = "",
    within: AbstractContextManager[None] | None = None,
) -> bool:
    """Carry out what a form asks for, in a transaction or `within` its own, and tell the sentence, if any, on the next page.

    False for a form that was not sent to be carried out or has errors, and for a refusal: its sentence stands beside
    `field`, which may depend on the refusal.
    """
    if not form.accepted():
        return False
    try:
        with within or transaction():
            deed()
    except Refused as refusal:
        form.refuse(field if isinstance(field, str) else field(refusal), refusal)
        return False
    if sentence:
        tell(sentence)
    return True


def pressed(deed: Callable[[], Any], sentence: str | Callable[[Any], str]) -> bool:
    """Carry out the deed of a button and tell the sentence, of what the deed gave, or why it was refused (False)."""
    try:
        with transaction():
            found = deed()
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return False
    tell(sentence if isinstance(sentence, str) else sentence(found))
    return True


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
