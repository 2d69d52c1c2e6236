"""O12: the award seasons of a fair, the overview of one, its facts, and its moves."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, g, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from exhibitions.awards.forms.setting_up import FactsForm, MoveForm, NewSeasonForm
from exhibitions.awards.models import AwardSeason
from exhibitions.awards.queries import seasons as queries
from exhibitions.awards.rules import freezing, season_moves, version_facts
from exhibitions.awards.rules.fees import REFERENCE, approval_warnings
from exhibitions.awards.rules.states import SeasonState
from exhibitions.awards.rules.templates import NOTES, WORDS
from exhibitions.awards.service import moving_season, setting_up
from exhibitions.awards.service.setting_up import SUBJECT
from exhibitions.awards.views.base import DESK, SEASON, blueprint, season_or_404
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import local
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import present

TONES = {
    SeasonState.DRAFT: "draft",
    SeasonState.OPEN: "plain",
    SeasonState.SCREENING: "wait",
    SeasonState.JUDGING: "wait",
    SeasonState.SCORED: "wait",
    SeasonState.DELIBERATING: "wait",
    SeasonState.LOCKED: "good",
    SeasonState.EMBARGOED: "good",
    SeasonState.PUBLISHED: "good",
    SeasonState.CLOSED: "off",
}


def sees_results() -> bool:
    """Whether the reader may see marks and medals before they are public (P22)."""
    return Permission.AWARDS_RESULTS in g.rights


def may_edit() -> bool:
    """Whether the reader may set the award up and move its season."""
    return Permission.AWARDS_EDIT in g.rights


@blueprint.app_template_global("award_state")
def state_of(season: AwardSeason) -> dict[str, str]:
    """The word and the tone of a season's state, for `states.state`."""
    return {"word": _(season_moves.STATE_WORDS[season.state]), "tone": TONES[season.state]}


@blueprint.get(DESK)
@require(Permission.AWARDS_VIEW)
def awards(expo: Expo) -> str:
    return render_template(
        "awards/list.html",
        expo=expo,
        seasons=queries.seasons(expo),
        entered=queries.entered_by_season(expo),
        templates=[(template, _(WORDS[template]), _(NOTES[template])) for template in WORDS],
        may_edit=may_edit(),
    )


@blueprint.route(f"{DESK}/new", methods=["GET", "POST"])
@require(Permission.AWARDS_EDIT)
def new(expo: Expo) -> Any:
    form = NewSeasonForm(data={"source": request.args.get("source", "quota"), "year": _day(expo).year})
    earlier = queries.earlier_seasons(current_user.id, g.organisation_rights)
    form.offer([(one.id, f"{local(one, 'name')} {one.year}") for one in earlier])
    if form.accepted():
        names = (form.name_zh.data, form.name_en.data)
        source = form.template() or next(one for one in earlier if one.id == form.copied())
        with transaction():
            season = setting_up.begin(expo, names, form.year.data, source, actor())
        tell(_("The season is made. Check its facts, categories and rules."))
        return go("awards.season", slug=expo.slug, season_id=season.id)
    notes = {template.value: _(note) for template, note in NOTES.items()}
    return render_template("awards/new.html", expo=expo, form=form, notes=notes), form.status


@blueprint.get(SEASON)
@require(Permission.AWARDS_VIEW)
def season(expo: Expo, season_id: int) -> str:
    found = season_or_404(expo, season_id)
    rules, progress = queries.known(found), queries.progress(found)
    standing, onward = queries.standing(found, rules, progress), _target(expo, found, "on")
    return render_template(
        "awards/season.html",
        expo=expo,
        season=found,
        moves=season_moves,
        onward=_way(expo, found, onward, "on"),
        backward=_way(expo, found, season_moves.backward(found.state), "back"),
        missing=list(season_moves.hindrances(standing, onward, present(expo))) if onward else [],
        next_step=onward,
        warnings=[
            *approval_warnings(found.basis, found.approval_number, found.approved_until, _day(expo)),
            *freezing.warnings(rules.in_force, queries.accepted_by_category(found), found.jurors_per_entry),
        ],
        progress=progress,
        events=queries.events(found),
        version=rules.version,
        may_edit=may_edit(),
    )


def _day(expo: Expo) -> date:
    """Today by the fair's clock, in its zone."""
    return present(expo).astimezone(ZoneInfo(expo.timezone)).date()


def _may_move(found: AwardSeason, to: SeasonState) -> bool:
    return may_edit() and (sees_results() or not season_moves.of_result(found.state, to))


def _way(expo: Expo, found: AwardSeason, to: SeasonState | None, way: str) -> dict[str, Any] | None:
    """A step that the reader may take: where to, and on which page; what is of the result is done where it is deliberated."""
    if to is None or not _may_move(found, to):
        return None
    if season_moves.is_of_deliberation(found.state, to):
        url = url_for("awards.deliberation", slug=expo.slug, season_id=found.id)
    else:
        url = url_for("awards.move", slug=expo.slug, season_id=found.id, way=way)
    return {"to": to, "url": url}


@blueprint.route(f"{SEASON}/facts", methods=["GET", "POST"])
@require(Permission.AWARDS_EDIT)
def facts(expo: Expo, season_id: int) -> Any:
    found = season_or_404(expo, season_id)
    form = FactsForm(data=FactsForm.shown(found, expo.timezone, expo.currency))
    if form.accepted():
        try:
            with form.saving(
                lambda: FactsForm.shown(found, expo.timezone, expo.currency), (SUBJECT, season_id)
            ):
                setting_up.save_facts(found, form.facts(expo.timezone, expo.currency), actor())
        except Refused as refusal:
            form.refuse(form.blame(refusal.code), refusal)
        else:
            tell(_("Saved."))
            return go("awards.season", slug=expo.slug, season_id=season_id)
    page = render_template(
        "awards/facts.html",
        expo=expo,
        season=found,
        form=form,
        reference=REFERENCE,
        fixed=version_facts.fixed(found.state),
        back=_way(expo, found, season_moves.backward(found.state), "back"),
        sees_results=sees_results(),
    )
    return page, form.status


@blueprint.route(f"{SEASON}/move/<any(on, back):way>", methods=["GET", "POST"])
@require(Permission.AWARDS_EDIT)
def move(expo: Expo, season_id: int, way: str) -> Any:
    found = season_or_404(expo, season_id)
    to = _target(expo, found, way)
    if to is None:
        abort(404)
    form = MoveForm()
    if form.accepted():
        try:
            with transaction():
                moving_season.move(
                    expo, found, _asked(to), actor(), form.reason.data or "", sees_results=sees_results()
                )
        except Refused as refusal:
            form.refuse("reason", refusal)
        else:
            tell(_("Done."))
            return go("awards.season", slug=expo.slug, season_id=season_id)
    return _move_page(expo, found, to, form), form.status


def _target(expo: Expo, found: AwardSeason, way: str) -> SeasonState | None:
    """Where this way leads from here; None at its end."""
    if way == "back":
        return season_moves.backward(found.state)
    return season_moves.onward(found.state, found.publish_at, present(expo))


def _asked(to: SeasonState) -> SeasonState:
    """The state that the page has shown, so that a page of yesterday moves nothing else today."""
    shown = request.form.get("to", to.value)
    return SeasonState(shown) if shown in set(SeasonState) else to


def _move_page(expo: Expo, found: AwardSeason, to: SeasonState, form: MoveForm) -> str:
    standing = queries.standing(found, queries.known(found), queries.progress(found))
    return render_template(
        "awards/move.html",
        expo=expo,
        season=found,
        to=to,
        form=form,
        moves=season_moves,
        back=season_moves.is_back(found.state, to),
        elsewhere=season_moves.is_of_deliberation(found.state, to),
        allowed=_may_move(found, to),
        hindrances=list(season_moves.hindrances(standing, to, present(expo))),
        cautions=list(season_moves.cautions(standing, to)),
    )
