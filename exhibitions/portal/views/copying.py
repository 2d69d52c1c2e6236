"""A new edition from an earlier one: choose, say what is new, check, and see what was copied."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _

from exhibitions.audit import queries as audit_queries
from exhibitions.audit import service as audit
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import local
from exhibitions.core.web import go, tell
from exhibitions.expos import queries as expos
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import local_day
from exhibitions.expos.rules.setup import Named, check_named
from exhibitions.portal.forms import DAY_KINDS, NewEditionForm
from exhibitions.portal.rules.copying import next_name, ordinal
from exhibitions.portal.service.copying import copy_fair, plan_copy
from exhibitions.portal.views.frame import blueprint, dated_fairs_here

PARTS = ("units", "days", "doors", "halls", "zones", "gates", "badge_classes", "tasks")


@blueprint.route("/desk/new/copy", methods=["GET", "POST"])
@require(Permission.EXPO_CREATE)
def copy_edition() -> Any:
    """Three steps at one address: which edition (`from`), what is new, check. Only what the reader works on."""
    mine = dated_fairs_here()
    source = next((fair for fair, _days in mine if fair.slug == request.values.get("from")), None)
    if source is None:
        return render_template("portal/copy_choose.html", editions=mine)
    form = NewEditionForm(data=_suggested(source))
    step = request.form.get("step", "")
    if step == "change" or not form.accepted():
        return _form(source, form)
    try:
        if step != "make":
            return _check(source, form)
        return _make(source, form)
    except Refused as refusal:
        form.refuse(_FIELD_OF.get(refusal.code, "name_zh"), refusal)
        return _form(source, form)


_FIELD_OF = {
    "slug_form": "slug",
    "slug_reserved": "slug",
    "slug_taken": "slug",
    "edition_taken": "edition",
    "dates_order": "last",
    "dates_long": "last",
    "day_range": "first",
    "first_past": "first",
}


def _form(source: Expo, form: NewEditionForm) -> tuple[str, int]:
    page = render_template("portal/copy_edition.html", source=source, form=form)
    return page, 422 if form.errors else 200


def _check(source: Expo, form: NewEditionForm) -> str:
    """What would be made; whatever could be refused is refused here already."""
    new = form.new_edition()
    expo_service.check_identity(source.series, new.slug, new.edition)
    check_named(Named(name_zh=new.name_zh, name_en=new.name_en))
    planned = plan_copy(source, new)
    return render_template(
        "portal/copy_check.html",
        source=source,
        form=form,
        planned=planned,
        kinds=dict(DAY_KINDS),
        today=_today(source),
        parts=PARTS,
    )


def _make(source: Expo, form: NewEditionForm) -> Any:
    by = actor()
    with transaction():
        expo = copy_fair(source, form.new_edition(), by, by.id or 0)
    tell(_("%(name)s is made. Complete it, then publish.", name=str(local(expo, "name"))))
    return go("portal.copied", slug=expo.slug)


def _today(source: Expo) -> date:
    return local_day(expos.present(source), source.timezone, source.cutoff_hour)


def _suggested(source: Expo) -> dict[str, object]:
    """The next free number of the series, its name, and the same weekdays a year later."""
    editions = expos.editions(source.series_id)
    number = max(expo.edition for expo in editions) + 1
    days = expos.open_days(source)
    later = timedelta(days=364)
    return {
        "edition": number,
        "slug": ordinal(number),
        "name_zh": next_name(source.name_zh, source.edition, number),
        "name_en": next_name(source.name_en, source.edition, number),
        "first": days[0].date + later if days else None,
        "last": days[-1].date + later if days else None,
    }


@blueprint.get("/desk/<slug>/setup/copied")
@require(Permission.EXPO_EDIT)
def copied(expo: Expo) -> str:
    """What was copied when this fair was made, as it was written down then."""
    wanted = audit_queries.Wanted(action="portal.fair_copied")
    found = audit.readable(audit_queries.entries(expo.id, wanted, limit=1))
    if not found:
        abort(404)
    source = expos.expo_by_slug(str(found[0].after.get("from", "")))
    return render_template("portal/copied.html", expo=expo, source=source, counts=found[0].after, parts=PARTS)
