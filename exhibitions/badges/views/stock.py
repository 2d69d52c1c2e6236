"""Stock of blanks, holders and lanyards, and how long it lasts."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _

from exhibitions.badges.forms.paper import ITEM_WORDS, MOVES, ExpectForm, StockForm
from exhibitions.badges.queries import paper
from exhibitions.badges.rules.stock import Move, need
from exhibitions.badges.service import stock as service
from exhibitions.badges.views.base import BADGES, blueprint
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo

STOCK = f"{BADGES}/stock"


@blueprint.get(STOCK)
@require(Permission.BADGES_PRINT)
def stock(expo: Expo) -> str:
    return _page(expo)


@blueprint.post(STOCK)
@require(Permission.BADGES_PRINT)
def move_stock(expo: Expo) -> Any:
    form = StockForm()
    if form.accepted():
        try:
            with transaction():
                kind, count, note = Move(form.kind.data), form.count.data or 0, form.note.data or ""
                service.move(expo, form.item.data, kind, count, note, actor())
        except Refused as refusal:
            form.refuse("count", refusal)
        else:
            tell(_("It is written down."))
            return go("badges.stock", slug=expo.slug)
    return _page(expo, form), 422 if form.errors else 200


@blueprint.post(f"{STOCK}/expected")
@require(Permission.BADGES_PRINT)
def expect(expo: Expo) -> Any:
    form = ExpectForm()
    if form.accepted():
        with transaction():
            service.expect(expo, form.turn_up_percent.data or 0, form.walk_ins_a_day.data or 0, actor())
        tell(_("The forecast is made anew."))
        return go("badges.stock", slug=expo.slug)
    return _page(expo, expected=form), 422 if form.errors else 200


def _page(expo: Expo, form: StockForm | None = None, expected: ExpectForm | None = None) -> str:
    ahead = service.coming(expo)
    said = {"turn_up_percent": ahead.turn_up_percent, "walk_ins_a_day": ahead.walk_ins_a_day}
    return render_template(
        "badges/stock.html",
        expo=expo,
        rows=service.stand(expo, ahead),
        coming=ahead,
        need=need(ahead),
        moves=paper.moves(expo),
        items=dict(ITEM_WORDS),
        kinds=dict(MOVES),
        form=form or StockForm(formdata=None),
        expected=expected or ExpectForm(formdata=None, data=said),
    )
