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
from exhibitions.awards.rules.tables import OWN, TABLES, Where
from exhibitions.awards.service import setting_up
from exhibitions.awards.service.setting_up import SUBJECT
from exhibitions.awards.views.base import SEASON, blueprint, season_or_404
from exhibitions.awards.views.rule_words import problem_words, said
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
_NEW_LINE: dict[str, Any] = {"place": None}
_COMMON: dict[str, Any] = {"category_id": None}


@blueprint.get(RULES)
@require(Permission.AWARDS_VIEW)
def rules(expo: Expo, season_id: int) -> str:
    found = season_or_404(expo, season_id)
    version = _version_asked(found)
    known = queries.known(found)
    shown = known.worked_on if version is None else queries.of_version(version)
    codes = [each.category for each in shown.categories]
    return render_template(
        "awards/rules.html",
        expo=expo,
        season=found,
        version=version,
        rules=shown,
        last=known.version,
        versions=queries.versions(found),
        is_changed=version is None and known.is_changed,
        problems=[problem_words(each, codes) for each in freezing.problems(shown)] if version is None else [],
        warnings=list(freezing.warnings(shown, queries.accepted_by_category(found), found.jurors_per_entry)),
        is_frozen=found.state in FROZEN,
        writable=version is None and may_edit() and found.state not in LOCKED,
    )


@blueprint.get(f"{RULES}/print")
@require(Permission.AWARDS_VIEW)
def print_rules(expo: Expo, season_id: int) -> str:
    found = season_or_404(expo, season_id)
    version = _version_asked(found) or queries.frozen(found)
    shown = queries.worked_on(found) if version is None else queries.of_version(version)
    return render_template("awards/print_rules.html", expo=expo, season=found, version=version, rules=shown)


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
    kind = LINES[table]
    form = kind(data=kind.shown(_line(found, where, place)))
    if form.accepted():
        try:
            with form.saving(lambda: _saved(found, where, place)):
                setting_up.save_line(found, where, place, form.line(), actor())
        except Refused as refusal:
            form.refuse(form.FIELD_OF.get(refusal.code, next(iter(form._fields))), refusal)
        else:
            tell(_("Saved."))
            return _back_to(expo, season_id, where)
    page = render_template(
        "awards/rule_line.html", expo=expo, season=found, form=form, where=where, place=place
    )
    return page, form.status


def _line(found: AwardSeason, where: Where, place: int | None) -> Struct | None:
    """The line of the address; None for a new one. 404 where there is none."""
    if where.category_id is not None:
        _category(found, where.category_id)
    rows = setting_up.own_rows(found, where)
    if rows is None or (place is not None and place >= len(rows)):
        abort(404)
    return None if place is None else rows[place]


def _saved(found: AwardSeason, where: Where, place: int | None) -> dict[str, Any] | None:
    return None if place is None else LINES[where.table].shown(_line(found, where, place))


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
    line = _line(found, where, place)
    if line is not None:
        with transaction():
            setting_up.remove_line(found, where, line, actor())
        tell(_("Removed."))
    return _back_to(expo, season_id, where)


@blueprint.post(f"{LINE}/<int:place>/<any(up, down):way>", defaults=_COMMON)
@blueprint.post(f"{OWN_LINE}/<int:place>/<any(up, down):way>")
@require(Permission.AWARDS_EDIT)
def move_rule_line(
    expo: Expo, season_id: int, table: str, place: int, way: str, category_id: int | None
) -> Response:
    found, where = season_or_404(expo, season_id), Where(table, category_id)
    _line(found, where, place)
    with transaction():
        setting_up.move_line(found, where, place, -1 if way == "up" else 1, actor())
    return _back_to(expo, season_id, where)


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
    now, last = queries.worked_on(found), queries.frozen(found)
    parts = freezing.changed_parts(queries.of_version(last), now) if last is not None else []
    page = render_template(
        "awards/freeze_rules.html", expo=expo, season=found, form=form, last=last, parts=parts
    )
    return page, form.status


@blueprint.post(f"{RULES}/discard")
@require(Permission.AWARDS_EDIT)
def discard_rules(expo: Expo, season_id: int) -> Response:
    with transaction():
        setting_up.discard(season_or_404(expo, season_id), actor())
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
    common = queries.rules_of(found)
    page = render_template(
        "awards/category.html", expo=expo, season=found, category=row, form=form, own=own, common=common
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


@blueprint.post(f"{OWN_LINE}/<any(own, common):whose>")
@require(Permission.AWARDS_EDIT)
def own_rules(expo: Expo, season_id: int, category_id: int, table: str, whose: str) -> Response:
    found = season_or_404(expo, season_id)
    _category(found, category_id)
    change = setting_up.begin_own if whose == "own" else setting_up.end_own
    with transaction():
        change(found, category_id, table, actor())
    return _back_to(expo, season_id, Where(table, category_id))
