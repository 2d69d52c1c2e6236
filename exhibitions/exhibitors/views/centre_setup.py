"""The set-up of the exhibitor's centre."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell
from exhibitions.exhibitors.forms.centre_setup import DUE, KINDS, CentreForm, shown
from exhibitions.exhibitors.service import centre as service
from exhibitions.exhibitors.views.base import blueprint
from exhibitions.expos.models import Expo


@blueprint.route("/desk/<slug>/exhibitors/centre", methods=["GET", "POST"])
@require(Permission.EXHIBITORS_EDIT)
def centre_setup(expo: Expo) -> Any:
    now = service.set_up_of(expo)
    form = CentreForm(data=shown(now))
    if form.accepted():
        try:
            with form.saving(lambda: shown(service.set_up_of(expo))):
                service.save_set_up(expo, form.set_up(now), actor())
        except Refused as refusal:
            form.refuse(_FIELD_OF.get(refusal.code, "staff_gives"), refusal)
        else:
            tell(_("Saved."))
            return go("exhibitors.centre_setup", slug=expo.slug)
    page = render_template("exhibitors/centre_setup.html", expo=expo, form=form, kinds=KINDS, due=DUE)
    return page, form.status


_FIELD_OF = {
    "quota_area": "staff_every",
    "quota_most": "staff_most",
    "panel_limits": "panel_zh",
    "window_days": "build_up_last",
    "window_long": "build_up_last",
}
