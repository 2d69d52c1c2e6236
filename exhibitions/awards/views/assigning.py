"""O12, assignment: the drawing, changes by hand, how far the jury is (states, never marks: P22), rounds, reminders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.awards.forms.jury import AssignForm, DrawForm, ReasonForm, RoundForm
from exhibitions.awards.models import Assignment, AwardEntry, AwardSeason
from exhibitions.awards.queries import assigning as queries
from exhibitions.awards.queries import jury
from exhibitions.awards.queries.seasons import in_force
from exhibitions.awards.rules.freezing import Rules
from exhibitions.awards.rules.rounds import Reach
from exhibitions.awards.service import assigning as service
from exhibitions.awards.service import inviting_jurors, reopening
from exhibitions.awards.views import jury_words as words
from exhibitions.awards.views.base import SEASON, blueprint, pressed, season_or_404
from exhibitions.awards.views.jury import juror_or_404
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.asked import number, page
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


def _coming(
    season: AwardSeason, round_: str, entries: Sequence[AwardEntry], rules: Rules
) -> tuple[Reach, str]:
    """The entries that come into a round, or why that cannot be said yet."""
    try:
        return queries.reach_of(season, round_, entries, rules), ""
    except Refused as refusal:
        return Reach(), _(refusal.message, **refusal.params)


@blueprint.get(ASSIGNMENTS)
@require(Permission.AWARDS_VIEW)
def assignments(expo: Expo, season_id: int) -> str:
    season = season_or_404(expo, season_id)
    opened, own = jury.rounds(season), in_force(season)
    round_ = jury.round_asked(season, request.args.get("round", ""), opened, own)
    everybody, entries = jury.jurors(season), jury.entries_to_judge(season)
    coming, waits = _coming(season, round_, entries, own)
    lines = jury.matrix(season, round_, own.common.quorum, coming.called, entries)
    return render_template(
        "awards/assignments.html",
        expo=expo,
        season=season,
        jurors=everybody,
        found=part(len(lines), page(), _SIZE, lambda start: lines[start : start + _SIZE]),
        short=[line for line in lines if line.short],
        progress=jury.progress(season, round_),
        totals=(sum(line.given for line in lines), sum(line.sent for line in lines)),
        quorum=own.common.quorum,
        round=round_,
        waits=waits,
        names=jury.round_names(season, own),
        row=opened.get(round_),
        is_open=jury.takes_sheets(season, opened.get(round_)),
        by_hand=AssignForm(formdata=None).offer(season, everybody, sorted(coming.standing)),
        until=RoundForm(formdata=None),
        words=words,
        rights=g.rights,
    )


@blueprint.get(f"{ASSIGNMENTS}/drawing")
@require(Permission.AWARDS_EDIT)
def drawing(expo: Expo, season_id: int) -> Any:
    """What the lots give, before anything is written; the address says the seed."""
    season = season_or_404(expo, season_id)
    seed = (request.args.get("seed", "").replace("\x00", "").strip() or season.seed)[: service.LONGEST_SEED]
    anew, own = request.args.get("anew") == "y", in_force(season)
    round_ = jury.round_asked(season, request.args.get("round", ""), rules=own)
    try:
        found = queries.preview(expo, season, round_, seed, anew=anew, rules=own)
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return _back(expo, season, round_)
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
    if pressed(
        lambda: service.apply(expo, season, round_, seed, mark, anew=anew, by=actor()),
        lambda count: ngettext("Drawn: %(num)s new place.", "Drawn: %(num)s new places.", count),
    ):
        return _back(expo, season, round_)
    again = {"seed": seed, "round": round_, **({"anew": "y"} if anew else {})}
    return go("awards.drawing", slug=expo.slug, season_id=season.id, **again)


@blueprint.post(f"{ASSIGNMENTS}/give")
@require(Permission.AWARDS_EDIT)
def give_entry(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    round_ = _round(season)
    juror = juror_or_404(season, number(request.form.get("juror", "")) or 0)
    entry = jury.entry_numbered(season, request.form.get("entry", "")[:16]) or abort(404)
    pressed(
        lambda: service.add(expo, season, round_, juror, entry, actor()),
        _("%(juror)s judges entry %(entry)s now.", juror=juror.name, entry=entry.number),
    )
    return _back(expo, season, round_)


def _place_or_404(season: AwardSeason, assignment_id: int) -> Assignment:
    return jury.assignment_of(season, assignment_id) or abort(404)


@blueprint.get(PLACE)
@require(Permission.AWARDS_VIEW)
def assignment(expo: Expo, season_id: int, assignment_id: int) -> str:
    """One entry of one juror: how far it is, and what can be done about it; no mark."""
    season = season_or_404(expo, season_id)
    place = _place_or_404(season, assignment_id)
    return render_template(
        "awards/assignment.html",
        expo=expo,
        season=season,
        place=place,
        was_sent=bool(jury.sent_once(season, [place])),
        is_open=jury.takes_sheets(season, jury.rounds(season).get(place.round)),
        is_ranking=jury.is_ranking(season, place.round),
        form=ReasonForm(formdata=None),
        words=words,
        rights=g.rights,
    )


@blueprint.post(f"{PLACE}/take")
@require(Permission.AWARDS_EDIT)
def take_entry(expo: Expo, season_id: int, assignment_id: int) -> Any:
    season = season_or_404(expo, season_id)
    place = _place_or_404(season, assignment_id)
    if pressed(
        lambda: service.remove(expo, season, place, _reason(), actor()),
        _("The juror does not judge this entry any more."),
    ):
        return _back(expo, season, place.round)
    return go("awards.assignment", slug=expo.slug, season_id=season.id, assignment_id=place.id)


@blueprint.post(f"{PLACE}/back")
@require(Permission.AWARDS_EDIT)
def give_entry_back(expo: Expo, season_id: int, assignment_id: int) -> Any:
    """After a recusal, or an interest that was dismissed: what was sent counts again."""
    season = season_or_404(expo, season_id)
    place = _place_or_404(season, assignment_id)
    if pressed(
        lambda: service.give_back(expo, season, place, _reason(), actor()),
        _("The juror has the entry again. What was sent before counts again."),
    ):
        return _back(expo, season, place.round)
    return go("awards.assignment", slug=expo.slug, season_id=season.id, assignment_id=place.id)


def _reason() -> str:
    return (ReasonForm().reason.data or "")[:1000]


@blueprint.post(f"{PLACE}/reopen")
@require(Permission.AWARDS_RESULTS)
def reopen_sheet(expo: Expo, season_id: int, assignment_id: int) -> Any:
    """For the president: the jury chair, or the award's office on the president's word."""
    season = season_or_404(expo, season_id)
    place = _place_or_404(season, assignment_id)
    pressed(
        lambda: reopening.reopen(expo, season, place, _reason(), actor()),
        _("The juror may change the score and send it again. Until then the old one counts."),
    )
    return go("awards.assignment", slug=expo.slug, season_id=season.id, assignment_id=place.id)


@blueprint.post(f"{ASSIGNMENTS}/remind")
@require(Permission.AWARDS_EDIT)
def remind_jury(expo: Expo, season_id: int) -> Any:
    """All jurors with open work, or those that are ticked."""
    season = season_or_404(expo, season_id)
    round_, only = _round(season), _ticked()
    if only == set():
        tell(_("Tick the jurors first."), "warning")
        return go("awards.jury", slug=expo.slug, season_id=season.id)
    pressed(
        lambda: inviting_jurors.remind(expo, season, round_, actor(), only=only),
        lambda count: ngettext("%(num)s juror is reminded.", "%(num)s jurors are reminded.", count),
    )
    return _back(expo, season, round_)


def _ticked() -> set[int] | None:
    """The jurors that are ticked in the list; None for all: the button beside the round, and "all" below the list."""
    if request.form.get("only") != "ticked" or request.form.get("all"):
        return None
    return {number(text) or 0 for text in request.form.getlist("id")}


@blueprint.post(f"{ASSIGNMENTS}/open-round")
@require(Permission.AWARDS_EDIT)
def open_round(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    form, round_ = RoundForm(), _round(season)
    if not form.accepted():
        tell(_("Enter day and time, like 2026-08-19 09:00"), "error")
        return _back(expo, season, round_)
    pressed(
        lambda: service.open_round(expo, season, round_, form.ends(expo.timezone), actor()),
        _("Round %(round)s takes scores.", round=round_),
    )
    return _back(expo, season, round_)


@blueprint.post(f"{ASSIGNMENTS}/close-round")
@require(Permission.AWARDS_EDIT)
def close_round(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    round_ = _round(season)
    pressed(
        lambda: service.close_round(expo, season, round_, actor()),
        _("Round %(round)s is closed. Jurors read only now.", round=round_),
    )
    return _back(expo, season, round_)
