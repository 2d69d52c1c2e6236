"""O12: the rules of a season in words, and every form that changes them; what is frozen is read by its version."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _
from msgspec import Struct
from werkzeug.wrappers import Response

from exhibitions.awards.forms.setting_up import LINES, CategoryForm, MedalsForm, MethodForm, VersionForm
from exhibitions.awards.models import AwardCategory, AwardSeason, RuleVersion
from exhibitions.awards.queries import seasons as queries
from exhibitions.awards.rules import freezing
from exhibitions.awards.rules.states import FROZEN, LOCKED
from exhibitions.awards.rules.tables import OWN, TABLES, Spot, Where, code_of, find
from exhibitions.awards.service import setting_up
from exhibitions.awards.service.setting_up import SUBJECT
from exhibitions.awards.views.base import SEASON, blueprint, season_or_404
from exhibitions.awards.views.rule_words import changed_in_words, problem_words, said
from exhibitions.awards.views.seasons import may_edit
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo

RULES = f"{SEASON}/rules"
LINE = f"{RULES}/<any({', '.join(TABLES)}):table>"
CATEGORY = f"{SEASON}/categories/<int:category_id>"
OWN_LINE = f"{CATEGORY}/<any({', '.join(OWN)}):table>"
LINE_CODE = "line"
"""The hidden field with the own code of the line that a form or a button stands for."""
_NEW_LINE: dict[str, Any] = {"place": None}
_COMMON: dict[str, Any] = {"category_id": None}


@blueprint.get(RULES)
@require(Permission.AWARDS_VIEW)
def rules(expo: Expo, season_id: int) -> str:
    found = season_or_404(expo, season_id)
    version = _version_asked(found)
    known = queries.known(found)
    shown = known.shown if version is None else queries.of_version(version)
    codes = [each.category for each in shown.categories]
    return render_template(
        "awards/rules.html",
        expo=expo,
        season=found,
        version=version,
        rules=shown,
        facts=known.shown_facts if version is None else queries.facts_in(version),
        last=known.version,
        versions=queries.versions(found),
        changes=changed_in_words(known) if version is None and known.is_changed else [],
        in_version=queries.codes_in(known.version),
        problems=[problem_words(each, codes) for each in freezing.problems(shown)] if version is None else [],
        warnings=list(freezing.warnings(shown, queries.accepted_by_category(found), found.jurors_per_entry)),
        may_edit=may_edit(),
        writable=version is None and may_edit() and found.state not in LOCKED,
    )


@blueprint.get(f"{RULES}/print")
@require(Permission.AWARDS_VIEW)
def print_rules(expo: Expo, season_id: int) -> str:
    found = season_or_404(expo, season_id)
    version = _version_asked(found) or queries.frozen(found)
    shown = queries.worked_on(found) if version is None else queries.of_version(version)
    facts = queries.facts_now(found) if version is None else queries.facts_in(version)
    return render_template("awards/print_rules.html", expo=expo, facts=facts, version=version, rules=shown)


def _version_asked(found: AwardSeason) -> RuleVersion | None:
    number = request.args.get("version", type=int)
    if number is None:
        return None
    return queries.version_of(found, number) or abort(404)


@blueprint.route(f"{LINE}/new", methods=["GET", "POST"], defaults=_NEW_LINE | _COMMON)
@blueprint.route(f"{LINE}/<int:place>", methods=["GET", "POST"], defaults=_COMMON)
@blueprint.route(f"{OWN_LINE}/new", methods=["GET", "POST"], defaults=_NEW_LINE)
@blueprint.route(f"{OWN_LINE}/<int:place>", methods=["GET", "POST"])
@require(Permission.AWARDS_EDIT)
def rule_line(expo: Expo, season_id: int, table: str, place: int | None, category_id: int | None) -> Any:
    found, where = season_or_404(expo, season_id), Where(table, category_id)
    spot = _spot_of_form(found, where, place)
    kind = LINES[table]
    form = kind(data=kind.shown(_line(found, where, spot)))
    if form.accepted():
        try:
            with form.saving(lambda: _saved(found, where, spot)):
                setting_up.save_line(found, where, spot, form.line(), actor())
        except Refused as refusal:
            form.refuse(form.FIELD_OF.get(refusal.code, next(iter(form._fields))), refusal)
        else:
            tell(_("Saved."))
            return _back_to(expo, season_id, where)
    page = render_template(
        "awards/rule_line.html", expo=expo, season=found, form=form, where=where, spot=spot
    )
    return page, form.status


def _rows(found: AwardSeason, where: Where) -> tuple[Any, ...]:
    """The lines of the table of an address; 404 where there is no such table."""
    if where.category_id is not None:
        _category(found, where.category_id)
    rows = setting_up.own_rows(found, where)
    return abort(404) if rows is None else rows


def _spot_of_form(found: AwardSeason, where: Where, place: int | None) -> Spot | None:
    """The line that the form was opened for, or, where it is only opened, that which stands there; None for a new one."""
    rows = _rows(found, where)
    if place is None:
        return None
    if sent := request.form.get(LINE_CODE):
        return Spot(place, sent)
    return Spot(place, code_of(rows[place])) if place < len(rows) else abort(404)


def _line(found: AwardSeason, where: Where, spot: Spot | None) -> Struct | None:
    rows = _rows(found, where)
    place = find(rows, spot) if spot is not None else None
    return None if place is None else rows[place]


def _saved(found: AwardSeason, where: Where, spot: Spot | None) -> dict[str, Any] | None:
    line = _line(found, where, spot)
    return None if line is None else LINES[where.table].shown(line)


def _back_to(expo: Expo, season_id: int, where: Where) -> Response:
    if where.category_id is not None:
        return go(
            "awards.category",
            slug=expo.slug,
            season_id=season_id,
            category_id=where.category_id,
            _anchor=where.table,
        )
    return go("awards.rules", slug=expo.slug, season_id=season_id, _anchor=where.table)


@blueprint.post(f"{LINE}/<int:place>/remove", defaults=_COMMON)
@blueprint.post(f"{OWN_LINE}/<int:place>/remove")
@require(Permission.AWARDS_EDIT)
def remove_rule_line(expo: Expo, season_id: int, table: str, place: int, category_id: int | None) -> Response:
    found, where = season_or_404(expo, season_id), Where(table, category_id)
    _rows(found, where)
    spot, shown = _spot_of_button(place), request.form.get("shown", "")
    try:
        with transaction():
            setting_up.remove_line(found, where, spot, shown, actor())
    except Refused as refusal:
        tell(said(refusal), "error")
    else:
        tell(_("Removed."))
    return _back_to(expo, season_id, where)


@blueprint.post(f"{LINE}/<int:place>/<any(up, down):way>", defaults=_COMMON)
@blueprint.post(f"{OWN_LINE}/<int:place>/<any(up, down):way>")
@require(Permission.AWARDS_EDIT)
def move_rule_line(
    expo: Expo, season_id: int, table: str, place: int, way: str, category_id: int | None
) -> Response:
    found, where = season_or_404(expo, season_id), Where(table, category_id)
    _rows(found, where)
    with transaction():
        setting_up.move_line(found, where, _spot_of_button(place), -1 if way == "up" else 1, actor())
    return _back_to(expo, season_id, where)


def _spot_of_button(place: int) -> Spot:
    """The line that a button stood beside; 400 from a page that does not say which."""
    return Spot(place, request.form.get(LINE_CODE) or abort(400))


@blueprint.route(f"{RULES}/method", methods=["GET", "POST"])
@require(Permission.AWARDS_EDIT)
def method(expo: Expo, season_id: int) -> Any:
    return _part(expo, season_id, MethodForm, "awards/method.html")


@blueprint.route(f"{RULES}/medals", methods=["GET", "POST"])
@require(Permission.AWARDS_EDIT)
def medals(expo: Expo, season_id: int) -> Any:
    return _part(expo, season_id, MedalsForm, "awards/medals.html")


def _part(expo: Expo, season_id: int, kind: Any, template: str) -> Any:
    found = season_or_404(expo, season_id)
    form = kind(data=kind.shown(queries.rules_of(found)))
    if form.accepted():
        try:
            with form.saving(lambda: kind.shown(queries.rules_of(found)), (SUBJECT, season_id)):
                setting_up.save_rules(found, form.changed, actor(), kind.CODES)
        except Refused as refusal:
            form.refuse(form.blame(refusal.code), refusal)
        else:
            tell(_("Saved."))
            return go("awards.rules", slug=expo.slug, season_id=season_id)
    return render_template(template, expo=expo, season=found, form=form), form.status


@blueprint.route(f"{RULES}/freeze", methods=["GET", "POST"])
@require(Permission.AWARDS_EDIT)
def freeze_rules(expo: Expo, season_id: int) -> Any:
    found, form = season_or_404(expo, season_id), VersionForm()
    if form.accepted():
        try:
            with transaction():
                version = setting_up.put_in_force(found, form.reason.data or "", actor())
        except Refused as refusal:
            form.refuse("reason", refusal)
        else:
            tell(_("Version %(number)s is in force.", number=version.number))
            return go("awards.rules", slug=expo.slug, season_id=season_id)
    known = queries.known(found)
    page = render_template(
        "awards/freeze_rules.html",
        expo=expo,
        season=found,
        form=form,
        last=known.version,
        changes=changed_in_words(known),
    )
    return page, form.status


@blueprint.post(f"{RULES}/discard")
@require(Permission.AWARDS_EDIT)
def discard_rules(expo: Expo, season_id: int) -> Response:
    found = season_or_404(expo, season_id)
    try:
        with transaction():
            setting_up.discard(found, actor())
    except Refused as refusal:
        tell(said(refusal), "error")
    else:
        tell(_("The changes are given up. The frozen rules stay."))
    return go("awards.rules", slug=expo.slug, season_id=season_id)


@blueprint.route(f"{SEASON}/categories/new", methods=["GET", "POST"], defaults=_COMMON)
@blueprint.route(CATEGORY, methods=["GET", "POST"])
@require(Permission.AWARDS_EDIT)
def category(expo: Expo, season_id: int, category_id: int | None) -> Any:
    found = season_or_404(expo, season_id)
    row = _category(found, category_id) if category_id is not None else None
    form = CategoryForm(obj=row)
    if form.accepted():
        try:
            with form.saving(lambda: row):
                saved = setting_up.save_category(found, category_id, form.facts(), actor())
        except Refused as refusal:
            form.refuse(form.blame(refusal.code), refusal)
        else:
            tell(_("Category %(code)s is saved.", code=saved.code))
            return go("awards.rules", slug=expo.slug, season_id=season_id, _anchor="categories")
    own = (
        {table: setting_up.own_rows(found, Where(table, row.id)) for table in OWN} if row is not None else {}
    )
    page = render_template(
        "awards/category.html",
        expo=expo,
        season=found,
        category=row,
        form=form,
        own=own,
        common=queries.rules_of(found),
        in_version=row is not None and row.code in queries.codes_in(queries.frozen(found)),
        is_frozen=found.state in FROZEN,
    )
    return page, form.status


def _category(found: AwardSeason, category_id: int) -> AwardCategory:
    return queries.category_of(found, category_id) or abort(404)


@blueprint.post(f"{CATEGORY}/remove")
@require(Permission.AWARDS_EDIT)
def remove_category(expo: Expo, season_id: int, category_id: int) -> Response:
    found = season_or_404(expo, season_id)
    _category(found, category_id)
    try:
        with transaction():
            setting_up.remove_category(found, category_id, actor())
    except Refused as refusal:
        tell(said(refusal), "error")
    else:
        tell(_("Removed."))
    return go("awards.rules", slug=expo.slug, season_id=season_id, _anchor="categories")


@blueprint.post(f"{CATEGORY}/<any(up, down):way>")
@require(Permission.AWARDS_EDIT)
def move_category(expo: Expo, season_id: int, category_id: int, way: str) -> Response:
    found = season_or_404(expo, season_id)
    _category(found, category_id)
    with transaction():
        setting_up.move_category(found, category_id, -1 if way == "up" else 1, actor())
    return go("awards.rules", slug=expo.slug, season_id=season_id, _anchor="categories")


@blueprint.post(f"{OWN_LINE}/own")
@require(Permission.AWARDS_EDIT)
def own_rules(expo: Expo, season_id: int, category_id: int, table: str) -> Response:
    found = season_or_404(expo, season_id)
    _category(found, category_id)
    with transaction():
        setting_up.begin_own(found, category_id, table, actor())
    return _back_to(expo, season_id, Where(table, category_id))


@blueprint.route(f"{OWN_LINE}/common", methods=["GET", "POST"])
@require(Permission.AWARDS_EDIT)
def common_rules(expo: Expo, season_id: int, category_id: int, table: str) -> Any:
    found, where = season_or_404(expo, season_id), Where(table, category_id)
    row = _category(found, category_id)
    if request.method == "POST":
        try:
            with transaction():
                setting_up.end_own(found, category_id, table, request.form.get("shown", ""), actor())
        except Refused as refusal:
            tell(said(refusal), "error")
        return _back_to(expo, season_id, where)
    return render_template(
        "awards/common_rules.html",
        expo=expo,
        season=found,
        category=row,
        where=where,
        rows=_rows(found, where),
        common=queries.rules_of(found),
    )
