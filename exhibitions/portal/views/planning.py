"""The permit of a fair, and what is said when its opening has moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import format_date
from exhibitions.core.web import go, tell
from exhibitions.expos import queries as expos
from exhibitions.expos import service as expo_service
from exhibitions.expos.forms.planning import PermitForm
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import planning
from exhibitions.expos.rules import local_day, plan
from exhibitions.portal import queries
from exhibitions.portal.views.frame import blueprint
from exhibitions.visitors import queries as visitors


@blueprint.route("/desk/<slug>/setup/permit", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def permit(expo: Expo) -> Any:
    stand = queries.permit_stand(expo, visitors.count_alive(expo), planning.opening(expo))
    form = PermitForm(obj=stand.facts)
    if form.accepted():
        try:
            with form.saving(lambda: planning.permit_facts(expo), ("expo", expo.id, "expos.permit_changed")):
                expo_service.save_permit(expo, form.facts(), actor())
        except Refused as refusal:
            form.refuse("persons" if refusal.code == "persons_missing" else "number", refusal)
        else:
            tell(_("The permit is saved."))
            return go("portal.setup", slug=expo.slug)
    page = render_template(
        "portal/permit.html",
        expo=expo,
        form=form,
        permit=stand,
        measured=queries.measured_turn_up(expo),
    )
    return page, form.status


def opening_moved(expo: Expo, before: date | None) -> None:
    """Say on the next page when the opening is not what it was: what waits for a recount, and when it lies behind."""
    after = planning.opening(expo)
    if after is None or after == before:
        return
    tasks: Sequence[Any] = planning.tasks(expo)
    waiting = len(plan.moved(tasks, after))
    if after < local_day(expos.present(expo), expo.timezone, expo.cutoff_hour):
        tell(_("The opening now lies in the past: %(day)s.", day=format_date(after)), "warning")
    if waiting:
        sentence = ngettext(
            "The opening has moved. %(num)s task is counted from it: see Tasks to count its date anew.",
            "The opening has moved. %(num)s tasks are counted from it: see Tasks to count their dates anew.",
            waiting,
        )
        tell(sentence, "warning")
