"""O6: two registrations of one person: found, put side by side, merged, and parted again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _

from exhibitions.badges.rules.number import shown as shown_number
from exhibitions.core import asked, clock
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.contact import masked_email, masked_phone
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import format_date, language, local
from exhibitions.core.regions import region_name
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import Filters, Row
from exhibitions.visitors.rules import merging as rules
from exhibitions.visitors.rules.registration import ALIVE
from exhibitions.visitors.service import merging as service
from exhibitions.visitors.views.base import blueprint

_MOST_FOUND = 10


@blueprint.get("/desk/<slug>/visitors/doubles")
@require(Permission.VISITORS_EDIT)
def doubles(expo: Expo) -> str:
    return render_template("visitors/doubles.html", expo=expo, pairs=queries.suspected(expo))


@blueprint.route("/desk/<slug>/visitors/<int:registration_id>/merge", methods=["GET", "POST"])
@require(Permission.VISITORS_EDIT)
def merge(expo: Expo, registration_id: int) -> Any:
    """First the other one is found, then both stand side by side; the merge itself is the third step."""
    row = _row(expo, registration_id)
    other = _other(expo, row)
    if request.method == "POST" and other is not None:
        live = request.form.get("live", "")
        try:
            with transaction():
                chosen = {name: request.form.get(name, "") for name in rules.FIELDS}
                badge = int(live) if live.isascii() and live.isdigit() and len(live) < 19 else None
                service.merge(expo, row.registration, other.registration, chosen, badge, actor())
        except Refused as refusal:
            tell(_(refusal.message, **refusal.params), "error")
        else:
            tell(_("The two are one person now. This can be undone for 30 days."))
        return go("visitors.visitor", slug=expo.slug, registration_id=registration_id)
    return _page(expo, row, other)


@blueprint.post("/desk/<slug>/visitors/<int:registration_id>/merge/find")
@require(Permission.VISITORS_EDIT)
def find_double(expo: Expo, registration_id: int) -> Any:
    _row(expo, registration_id)
    kept = asked.keep_text(request.form.get("q", ""))
    return go("visitors.merge", slug=expo.slug, registration_id=registration_id, s=kept)


@blueprint.post("/desk/<slug>/visitors/merges/<int:merge_id>/part")
@require(Permission.VISITORS_EDIT)
def part(expo: Expo, merge_id: int) -> Any:
    found = queries.merge_of(expo, merge_id)
    if found is None:
        abort(404)
    kept_id = found.kept_id
    try:
        with transaction():
            service.part(expo, found, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("The two are apart again, each with its own badge."))
    return go("visitors.visitor", slug=expo.slug, registration_id=kept_id)


def shown(expo: Expo, registration: Registration) -> list[dict[str, Any]]:
    """The merges of a person as its record shows them: the other one, since when, and whether it can be undone."""
    now = clock.now()
    found = queries.merges_of(expo, registration.id)
    return [
        {
            "id": each.id,
            "other_id": each.gone_id if each.kept_id == registration.id else each.kept_id,
            "kept": each.kept_id == registration.id,
            "at": each.merged_at,
            "can_part": bool(each.before) and rules.can_part(each.merged_at, now),
        }
        for each in found
    ]


def _page(expo: Expo, row: Row, other: Row | None) -> str:
    text = asked.kept_text(request.args.get("s", ""))
    found = queries.found(expo, Filters(text=text), size=_MOST_FOUND).rows if text else []
    near = [each.registration for each in found] or list(queries.namesakes(expo, row.registration))
    people = [one for one in near if one.id != row.registration.id and one.state in ALIVE]
    return render_template(
        "visitors/merge.html",
        expo=expo,
        row=row,
        other=other,
        people=[] if other else people,
        text=text,
        sides=_sides(row, other) if other else [],
        badges=[each for each in (row, other) if each and each.badge],
        numbers={
            each.badge.id: shown_number(each.badge.number) for each in (row, other) if each and each.badge
        },
        reached={
            one.id: (one.phone and masked_phone(one.phone)) or masked_email(one.email or "") for one in people
        },
    )


def _sides(row: Row, other: Row) -> list[dict[str, Any]]:
    """Field by field what each of the two says, and from which it is suggested; what is alike is not asked."""
    usual = rules.suggested(row.registration, other.registration)
    one, two = row.registration, other.registration
    return [
        {
            "name": name,
            "label": _(label),
            "kept": _said(row, name),
            "gone": _said(other, name),
            "usual": usual[name],
        }
        for name, label in rules.FIELDS.items()
        if getattr(one, name) != getattr(two, name)
    ]


def _said(row: Row, name: str) -> str:
    value = getattr(row.registration, name)
    if name == "class_id":
        return str(local(row.badge_class, "name"))
    if not value:
        return ""
    shown: dict[str, Callable[[Any], str]] = {
        "phone": masked_phone,
        "email": masked_email,
        "region": lambda key: region_name(key, language()),
        "visit_day": format_date,
    }
    return str(shown[name](value)) if name in shown else str(value)


def _other(expo: Expo, row: Row) -> Row | None:
    text = request.values.get("with", "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    other = _row(expo, int(text))
    return other if other.registration.id != row.registration.id else None


def _row(expo: Expo, registration_id: int) -> Row:
    row = queries.registration_of(expo, registration_id)
    if row is None:
        abort(404)
    return row
