"""O12, assignment: the drawing, changes by hand, how far the jury is (states, never marks: P22), rounds, reminders."""

from __future__ import annotations

from typing import Any

from flask import abort, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.awards.forms.jury import AssignForm, DrawForm, ReasonForm, RoundForm
from exhibitions.awards.models import Assignment, AwardSeason
from exhibitions.awards.queries import assigning as queries
from exhibitions.awards.queries import jury
from exhibitions.awards.queries.rubrics import rules_by_category
from exhibitions.awards.service import assigning as service
from exhibitions.awards.service import inviting_jurors, reopening
from exhibitions.awards.views import jury_words as words
from exhibitions.awards.views.base import SEASON, blueprint, season_or_404
from exhibitions.awards.views.jury import juror_or_404
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.asked import number, page
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.paging import part
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo

ASSIGNMENTS = f"{SEASON}/assignments"
PLACE = f"{ASSIGNMENTS}/<int:assignment_id>"
_SIZE = 50


def _round(season: AwardSeason) -> str:
    return jury.round_asked(season, request.values.get("round", ""))


def _back(expo: Expo, season: AwardSeason, round_: str) -> Any:
    return go("awards.assignments", slug=expo.slug, season_id=season.id, round=round_)


@blueprint.get(ASSIGNMENTS)
@require(Permission.AWARDS_VIEW)
def assignments(expo: Expo, season_id: int) -> str:
    season = season_or_404(expo, season_id)
    opened = jury.rounds(season)
    round_ = jury.round_asked(season, request.args.get("round", ""), opened)
    everybody = jury.jurors(season)
    quorum = rules_by_category(season)[None].quorum
    lines = jury.matrix(season, round_, quorum)
    return render_template(
        "awards/assignments.html",
        expo=expo,
        season=season,
        jurors=everybody,
        found=part(len(lines), page(), _SIZE, lambda start: lines[start : start + _SIZE]),
        short=[line for line in lines if line.short],
        progress=jury.progress(season, round_),
        totals=(sum(line.given for line in lines), sum(line.sent for line in lines)),
        quorum=quorum,
        round=round_,
        names=jury.round_names(season),
        opened=opened,
        by_hand=AssignForm(formdata=None).offer(
            season, everybody, [str(each.entry.number) for each in lines]
        ),
        until=RoundForm(formdata=None),
        words=words,
        rights=g.rights,
    )


@blueprint.get(f"{ASSIGNMENTS}/drawing")
@require(Permission.AWARDS_EDIT)
def drawing(expo: Expo, season_id: int) -> str:
    """What the lots give, before anything is written; the address says the seed."""
    season = season_or_404(expo, season_id)
    seed = (request.args.get("seed", "").replace("\x00", "").strip() or season.seed)[: service.LONGEST_SEED]
    anew, round_ = request.args.get("anew") == "y", _round(season)
    found = queries.preview(expo, season, round_, seed, anew=anew)
    form = DrawForm(formdata=None, data={"seed": seed, "anew": anew, "mark": found.mark})
    return render_template(
        "awards/assignments_drawing.html", expo=expo, season=season, found=found, form=form, round=round_
    )


@blueprint.post(f"{ASSIGNMENTS}/drawing")
@require(Permission.AWARDS_EDIT)
def draw_assignments(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    form, round_ = DrawForm(), _round(season)
    seed, mark, anew = form.seed.data or "", form.mark.data or "", bool(form.anew.data)
    try:
        with transaction():
            count = service.apply(expo, season, round_, seed, mark, anew=anew, by=actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        again = {"seed": seed, "round": round_, **({"anew": "y"} if anew else {})}
        return go("awards.drawing", slug=expo.slug, season_id=season.id, **again)
    tell(ngettext("Drawn: %(num)s new place.", "Drawn: %(num)s new places.", count))
    return _back(expo, season, round_)


@blueprint.post(f"{ASSIGNMENTS}/give")
@require(Permission.AWARDS_EDIT)
def give_entry(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    round_ = _round(season)
    juror = juror_or_404(season, number(request.form.get("juror", "")) or 0)
    entry = jury.entry_numbered(season, request.form.get("entry", "")[:16]) or abort(404)
    try:
        with transaction():
            service.add(expo, season, round_, juror, entry, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("%(juror)s judges entry %(entry)s now.", juror=juror.name, entry=entry.number))
    return _back(expo, season, round_)


def _place_or_404(season: AwardSeason, assignment_id: int) -> Assignment:
    return jury.assignment_of(season, assignment_id) or abort(404)


@blueprint.get(PLACE)
@require(Permission.AWARDS_VIEW)
def assignment(expo: Expo, season_id: int, assignment_id: int) -> str:
    """One entry of one juror: how far it is, and what can be done about it; no mark."""
    season = season_or_404(expo, season_id)
    return render_template(
        "awards/assignment.html",
        expo=expo,
        season=season,
        place=_place_or_404(season, assignment_id),
        form=ReasonForm(formdata=None),
        words=words,
        rights=g.rights,
    )


@blueprint.post(f"{PLACE}/take")
@require(Permission.AWARDS_EDIT)
def take_entry(expo: Expo, season_id: int, assignment_id: int) -> Any:
    season = season_or_404(expo, season_id)
    place = _place_or_404(season, assignment_id)
    try:
        with transaction():
            service.remove(expo, season, place, _reason(), actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return go("awards.assignment", slug=expo.slug, season_id=season.id, assignment_id=place.id)
    tell(_("The juror does not judge this entry any more."))
    return _back(expo, season, place.round)


def _reason() -> str:
    return (ReasonForm().reason.data or "")[:1000]


@blueprint.post(f"{PLACE}/reopen")
@require(Permission.AWARDS_RESULTS)
def reopen_sheet(expo: Expo, season_id: int, assignment_id: int) -> Any:
    """For the president: the jury chair, or the award's office on the president's word."""
    season = season_or_404(expo, season_id)
    place = _place_or_404(season, assignment_id)
    try:
        with transaction():
            reopening.reopen(expo, season, place, _reason(), actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("The juror may change the score and send it again. Until then the old one counts."))
    return go("awards.assignment", slug=expo.slug, season_id=season.id, assignment_id=place.id)


@blueprint.post(f"{ASSIGNMENTS}/remind")
@require(Permission.AWARDS_EDIT)
def remind_jury(expo: Expo, season_id: int) -> Any:
    """All jurors with open work, or those that are ticked."""
    season = season_or_404(expo, season_id)
    round_ = _round(season)
    ids = {number(text) or 0 for text in request.form.getlist("id")}
    try:
        with transaction():
            count = inviting_jurors.remind(expo, season, round_, actor(), only=ids or None)
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(ngettext("%(num)s juror is reminded.", "%(num)s jurors are reminded.", count))
    return _back(expo, season, round_)


@blueprint.post(f"{ASSIGNMENTS}/open-round")
@require(Permission.AWARDS_EDIT)
def open_round(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    form, round_ = RoundForm(), _round(season)
    if not form.accepted():
        tell(_("Enter day and time, like 2026-08-19 09:00"), "error")
        return _back(expo, season, round_)
    try:
        with transaction():
            service.open_round(expo, season, round_, form.ends(expo.timezone), actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("Round %(round)s takes scores.", round=round_))
    return _back(expo, season, round_)


@blueprint.post(f"{ASSIGNMENTS}/close-round")
@require(Permission.AWARDS_EDIT)
def close_round(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    round_ = _round(season)
    try:
        with transaction():
            service.close_round(expo, season, round_, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("Round %(round)s is closed. Jurors read only now.", round=round_))
    return _back(expo, season, round_)
