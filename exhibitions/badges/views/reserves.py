"""Reserve badges 备用证: made, handed out, taken back, spoilt; the list of them and the balance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _

from exhibitions.badges import queries, service
from exhibitions.badges.forms.paper import PLACES, HandOutForm, RangeForm, ReserveForm, SpoilForm
from exhibitions.badges.models import BadgeClass
from exhibitions.badges.queries import reserves as asked
from exhibitions.badges.rules import number
from exhibitions.badges.rules.reserves import MOST_AT_ONCE, Place, Where, balance, shown
from exhibitions.badges.views.base import BADGES, blueprint
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import local
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo

RESERVES = f"{BADGES}/reserves"
_LONGEST_PAGE = 7


@blueprint.get(RESERVES)
@require(Permission.BADGES_PRINT)
def reserve_list(expo: Expo) -> str:
    return _page(expo)


@blueprint.post(RESERVES)
@require(Permission.BADGES_PRINT)
def reserves(expo: Expo) -> Any:
    form = _reserve_form(queries.classes(expo))
    badge_class = queries.class_by_key(expo, form.badge_class.data or "")
    if not form.accepted() or badge_class is None:
        why = " ".join(str(error) for errors in form.errors.values() for error in errors)
        tell(_("No reserve badges were made. %(why)s", why=why), "error")
        return go("badges.reserve_list", slug=expo.slug)
    with transaction():
        made = service.issue_reserves(expo, badge_class, form.count.data or 0, actor())
    tell(_("%(count)s reserve badges were made. Print them below.", count=len(made)))
    return go("badges.badges", slug=expo.slug, printed="reserve", **{"class": badge_class.key})


@blueprint.post(f"{RESERVES}/hand-out")
@require(Permission.BADGES_PRINT)
def hand_out(expo: Expo) -> Any:
    form = HandOutForm()
    if form.accepted():
        try:
            with transaction():
                place, name = Place(form.place.data), form.name.data or ""
                made = service.hand_out(expo, *form.serials(), place, name, actor())
        except Refused as refusal:
            form.refuse("name" if refusal.code == "handout_nameless" else "first", refusal)
        else:
            tell(_("%(count)s reserve badges are handed out to %(name)s.", count=made.count, name=made.name))
            return go("badges.handout", slug=expo.slug, handout_id=made.id)
    return _page(expo, out=form), 422 if form.errors else 200


@blueprint.post(f"{RESERVES}/take-back")
@require(Permission.BADGES_PRINT)
def take_back(expo: Expo) -> Any:
    form = RangeForm(prefix="back-")
    if form.accepted():
        try:
            with transaction():
                count = service.take_back(expo, *form.serials(), actor())
        except Refused as refusal:
            form.refuse("first", refusal)
        else:
            tell(_("%(count)s reserve badges are in stock again.", count=count))
            return go("badges.reserve_list", slug=expo.slug)
    return _page(expo, back=form), 422 if form.errors else 200


@blueprint.post(f"{RESERVES}/spoil")
@require(Permission.BADGES_PRINT)
def spoil(expo: Expo) -> Any:
    form = SpoilForm(prefix="spoil-")
    if form.accepted():
        try:
            with transaction():
                count = service.spoil(expo, *form.serials(), form.reason.data or "", actor())
        except Refused as refusal:
            form.refuse("reason" if refusal.code == "reason_needed" else "first", refusal)
        else:
            tell(_("%(count)s reserve badges are noted as spoilt and open no gate.", count=count))
            return go("badges.reserve_list", slug=expo.slug)
    return _page(expo, spoilt=form), 422 if form.errors else 200


@blueprint.get(f"{RESERVES}/handouts/<int:handout_id>")
@require(Permission.BADGES_PRINT)
def handout(expo: Expo, handout_id: int) -> str:
    """The slip that goes along: a line a badge, to write down who got it."""
    row = asked.handout_of(expo, handout_id)
    if row is None:
        abort(404)
    return render_template(
        "badges/handout.html",
        expo=expo,
        row=row,
        lines=asked.lines_of(expo, row),
        places=dict(PLACES),
        serial=shown,
        shown=number.shown,
    )


def _page(
    expo: Expo,
    out: HandOutForm | None = None,
    back: RangeForm | None = None,
    spoilt: SpoilForm | None = None,
) -> str:
    word = request.args.get("state", "")
    state = Where(word) if word in list(Where) else None
    text = request.args.get("page", "1")
    page = max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < _LONGEST_PAGE else 1
    rows, total = asked.lines(expo, state, page)
    first = asked.first_in_stock(expo)
    return render_template(
        "badges/reserves.html",
        expo=expo,
        rows=rows,
        total=total,
        page=page,
        last=max(1, -(-total // asked.PAGE)),
        state=word if state else "",
        balance=balance(asked.counts(expo)),
        handouts=asked.handouts(expo),
        places=dict(PLACES),
        make=_reserve_form(queries.classes(expo)),
        out=out or HandOutForm(formdata=None, data={"first": shown(first) if first else ""}),
        back=back or RangeForm(formdata=None, prefix="back-"),
        spoilt=spoilt or SpoilForm(formdata=None, prefix="spoil-"),
        most=MOST_AT_ONCE,
        serial=shown,
        shown=number.shown,
    )


def _reserve_form(classes: Sequence[BadgeClass]) -> ReserveForm:
    form = ReserveForm()
    form.offer([(found.key, local(found, "name")) for found in classes])
    return form
