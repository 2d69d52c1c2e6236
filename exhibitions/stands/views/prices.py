"""Prices 价格: what a stand costs, in tables as they stand on the price sheet; drafts, versions, an example worked out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
from flask import abort, render_template, request
from flask_babel import gettext as _
from msgspec import Struct
from werkzeug.wrappers import Response

from exhibitions.core import clock
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import local
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.stands import queries
from exhibitions.stands.forms import prices as forms
from exhibitions.stands.queries import price_lists
from exhibitions.stands.queries.quoting import day_of
from exhibitions.stands.rules.price_list import ORDERED, PriceList, loaded, problems, table_of
from exhibitions.stands.rules.pricing import Facts, Quote, StandFacts, price
from exhibitions.stands.service import price_lists as service
from exhibitions.stands.views.base import blueprint

PAGES = "/desk/<slug>/prices"
TABLE = f"{PAGES}/<any({', '.join(forms.FORMS)}):table>"


@blueprint.get(PAGES)
@require(Permission.PRICES_EDIT)
def prices(expo: Expo) -> str:
    rows = price_lists.versions(expo)
    in_force = queries.price_list(expo, clock.now())
    draft = price_lists.draft(expo)
    shown = _asked_for(expo) or draft or in_force
    list_ = loaded(shown.data) if shown is not None else service.current(expo)
    return render_template(
        "stands/prices.html",
        expo=expo,
        rows=rows,
        shown=shown,
        draft=draft,
        in_force=in_force,
        list=list_,
        writable=shown in (draft, in_force) and (draft is None or shown is draft),
        problems=problems(list_),
        words=forms,
        zones=dict(_zones(expo)),
    )


def _asked_for(expo: Expo) -> Any:
    number = request.args.get("version", type=int)
    if number is None:
        return None
    return price_lists.version(expo, number) or abort(404)


def _zones(expo: Expo) -> list[tuple[str, str]]:
    return [(zone.code, str(local(zone, "name"))) for zone in expo.zones]


@blueprint.route(f"{PAGES}/general", methods=["GET", "POST"])
@require(Permission.PRICES_EDIT)
def general_prices(expo: Expo) -> Any:
    form = forms.GeneralForm(data=_general(expo))
    if form.accepted():
        try:
            with form.saving(lambda: _general(expo)):
                service.save(expo, form.changed, actor())
        except Refused as refusal:
            form.refuse("currency", refusal)
        else:
            tell(_("The draft is saved."))
            return go("stands.prices", slug=expo.slug)
    return render_template("stands/prices_general.html", expo=expo, form=form), form.status


def _general(expo: Expo) -> dict[str, object]:
    return forms.GeneralForm.shown(service.current(expo))


@blueprint.route(f"{TABLE}/new", methods=["GET", "POST"], defaults={"place": None})
@blueprint.route(f"{TABLE}/<int:place>", methods=["GET", "POST"])
@require(Permission.PRICES_EDIT)
def price_line(expo: Expo, table: str, place: int | None) -> Any:
    row = _line(expo, table, place) if place is not None else None
    form = forms.FORMS[table](data=_shown(row))
    form.offer(_zones(expo))
    if form.accepted():
        try:
            with form.saving(lambda: _shown(_line(expo, table, place)) if place is not None else None):
                service.save_line(expo, table, place, form.line(), actor())
        except Refused as refusal:
            form.refuse(next(iter(form._fields)), refusal)
        else:
            tell(_("The draft is saved."))
            return go("stands.prices", slug=expo.slug, _anchor=table)
    page = render_template("stands/price_line.html", expo=expo, form=form, table=table, place=place)
    return page, form.status


def _line(expo: Expo, table: str, place: int) -> Struct:
    lines = table_of(service.current(expo), table)
    if place >= len(lines):
        abort(404)
    return lines[place]


def _shown(line: Struct | None) -> dict[str, Any]:
    return msgspec.structs.asdict(line) if line is not None else {}


@blueprint.post(f"{TABLE}/<int:place>/remove")
@require(Permission.PRICES_EDIT)
def remove_price_line(expo: Expo, table: str, place: int) -> Response:
    line = _line(expo, table, place)
    with transaction():
        service.remove_line(expo, table, line, actor())
    tell(_("The line is removed from the draft."))
    return go("stands.prices", slug=expo.slug, _anchor=table)


@blueprint.post(f"{TABLE}/<int:place>/<any(up, down):way>")
@require(Permission.PRICES_EDIT)
def move_price_line(expo: Expo, table: str, place: int, way: str) -> Response:
    _line(expo, table, place)
    if table not in ORDERED:
        abort(404)
    with transaction():
        service.move_line(expo, table, place, -1 if way == "up" else 1, actor())
    return go("stands.prices", slug=expo.slug, _anchor=table)


@blueprint.post(f"{PAGES}/put-in-force")
@require(Permission.PRICES_EDIT)
def put_prices_in_force(expo: Expo) -> Response:
    try:
        with transaction():
            row = service.put_in_force(expo, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(
            _(
                "Version %(number)s is in force. Orders keep the version they were made by.",
                number=row.version,
            )
        )
    return go("stands.prices", slug=expo.slug)


@blueprint.post(f"{PAGES}/discard")
@require(Permission.PRICES_EDIT)
def discard_prices(expo: Expo) -> Response:
    with transaction():
        service.discard(expo, actor())
    tell(_("The draft is given up. What is in force stays."))
    return go("stands.prices", slug=expo.slug)


@blueprint.get(f"{PAGES}/example")
@require(Permission.PRICES_EDIT)
def try_prices(expo: Expo) -> str:
    form = forms.TryForm(request.args if request.args.get("area") else None)
    form.zone.choices = [("", _("No zone")), *_zones(expo)]
    form.zone.data = form.zone.data or ""
    quote, refusal = None, None
    if request.args.get("area") and form.validate():
        try:
            quote = _example(expo, form, service.current(expo))
        except Refused as found:
            refusal = _(found.message, **found.params)
    return render_template("stands/prices_example.html", expo=expo, form=form, quote=quote, refusal=refusal)


def _example(expo: Expo, form: forms.TryForm, prices: PriceList) -> Quote:
    stand = StandFacts(
        number="",
        area_m2=form.area.data,
        open_sides=form.sides.data,
        kind=form.kind.data,
        outdoor=form.place.data == "outdoor",
        zone=form.zone.data,
        price_class=form.price_class.data,
        upper_m2=form.upper.data or Decimal(0),
    )
    facts = Facts((stand,), form.new.data, form.member.data, form.co.data or 0, form.co_main.data or 0)
    return price(prices, facts, form.on.data or day_of(expo, clock.now()))
