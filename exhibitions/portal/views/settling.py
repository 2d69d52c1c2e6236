"""After the fair: who is on site and owes nothing is settled; what hinders the others stands first, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.actor import Actor
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import is_over
from exhibitions.portal.rules.settling import POINT_WORDS
from exhibitions.portal.service import settling as service
from exhibitions.portal.views.exhibitor import name_of
from exhibitions.portal.views.frame import blueprint

_PAGE = "/desk/<slug>/exhibitors/settle"


@blueprint.get(_PAGE)
@require(Permission.EXHIBITORS_EDIT)
def settle(expo: Expo) -> str:
    found = service.overview(expo)
    return render_template(
        "portal/settle.html",
        expo=expo,
        found=found,
        stay=[
            {
                "number": each.exhibitor.number,
                "name": name_of(each.exhibitor),
                "points": [_(POINT_WORDS[point]) for point in each.points],
            }
            for each in found.stay
        ],
        followed=[{"number": each.number, "name": name_of(each)} for each in found.followed],
        is_over=is_over(expo),
    )


@blueprint.post(_PAGE)
@require(Permission.EXHIBITORS_EDIT)
def settle_all(expo: Expo) -> Any:
    return _carried_out(
        expo,
        service.settle,
        lambda num: ngettext("%(num)s exhibitor is settled.", "%(num)s exhibitors are settled.", num),
    )


@blueprint.post(f"{_PAGE}/undo")
@require(Permission.EXHIBITORS_EDIT)
def unsettle(expo: Expo) -> Any:
    return _carried_out(
        expo,
        service.unsettle,
        lambda num: ngettext(
            "%(num)s exhibitor is on site again.", "%(num)s exhibitors are on site again.", num
        ),
    )


def _carried_out(expo: Expo, deed: Callable[[Expo, Actor], service.Done], said: Callable[[int], str]) -> Any:
    """Do it, or lead to the job that does; then the page as it is now."""
    try:
        with transaction():
            done = deed(expo, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return go("portal.settle", slug=expo.slug)
    if done.job is not None:
        return go("jobs.job", slug=expo.slug, job_id=done.job.id)
    tell(said(done.count))
    return go("portal.settle", slug=expo.slug)
