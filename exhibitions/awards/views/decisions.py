"""J3: what the deliberation decides: minute, answers, votes, changed medals, lock, embargo and the way back."""

from __future__ import annotations

from typing import Any

from flask import abort, g, render_template
from flask_babel import gettext as _

from exhibitions.awards.forms.deliberation import (
    LockForm,
    MinuteForm,
    MomentForm,
    ReopenForm,
    SecondForm,
    TextForm,
    VoteForm,
    moment_of,
)
from exhibitions.awards.models import AwardSeason, Decision
from exhibitions.awards.queries import casework
from exhibitions.awards.queries.deliberation import deliberation_of, lines_of, president_of
from exhibitions.awards.rules.case import Second
from exhibitions.awards.rules.states import DecisionKind
from exhibitions.awards.service import complaints, deliberating, locking, publishing_result, reading
from exhibitions.awards.service.turning import SUBJECT
from exhibitions.awards.views.base import SEASON, blueprint, carried_out, pressed, season_or_404
from exhibitions.awards.views.reading import note_reading
from exhibitions.awards.views.result import RESULT, line_or_404, override_form, why_page
from exhibitions.awards.views.result_words import Words, page_words
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form
from exhibitions.core.web import go
from exhibitions.expos.models import Expo

DELIBERATION = f"{SEASON}/deliberation"


@blueprint.get(DELIBERATION)
@require(Permission.AWARDS_RESULTS)
def deliberation(expo: Expo, season_id: int) -> str:
    return _page(expo, season_or_404(expo, season_id))


def _page(expo: Expo, season: AwardSeason, **forms: Form) -> str:
    """The page with all its forms; those in `forms` come back as they were sent. Whoever gets it has read the result."""
    note_reading(season, "deliberation")
    shown = reading.result_now(season)
    decisions, row = casework.decisions_of(season), deliberation_of(season)
    lock = forms.get("lock") or LockForm()
    lock["seen"].data = reading.digest_of(shown)
    return render_template(
        "awards/deliberation.html",
        expo=expo,
        season=season,
        shown=shown,
        words=Words(shown.file),
        decisions=decisions,
        numbers={each.id: number for number, each in shown.rows.items()},
        versions=casework.results(season),
        row=row,
        lines=lines_of(season),
        me=actor().id,
        waiting=locking.waiting_reopening(decisions),
        minute=forms.get("minute") or MinuteForm(obj=row),
        vote=forms.get("vote") or VoteForm(president=president_of(season), prefix="vote-"),
        lock=lock,
        reopen=forms.get("reopen") or ReopenForm(prefix="reopen-"),
        lift=forms.get("lift") or TextForm(prefix="lift-"),
        moment=forms.get("moment") or MomentForm(data=moment_of(season, expo.timezone)),
        rights=g.rights,
        **page_words(),
    )


def _back(season: AwardSeason, expo: Expo) -> Any:
    return go("awards.deliberation", slug=expo.slug, season_id=season.id)


def _why(season: AwardSeason, expo: Expo, number: str) -> Any:
    return go("awards.why", slug=expo.slug, season_id=season.id, number=number)


@blueprint.post(f"{DELIBERATION}/begin")
@require(Permission.AWARDS_RESULTS)
def begin_deliberation(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    pressed(lambda: deliberating.begin(season, actor()), _("The deliberation is open."))
    return _back(season, expo)


@blueprint.post(DELIBERATION)
@require(Permission.AWARDS_RESULTS)
def save_minute(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    form = MinuteForm()
    if carried_out(
        form,
        "minute",
        lambda: deliberating.save_minute(season, form.members.data or "", form.minute.data or "", actor()),
        _("Saved."),
        form.saving(lambda: deliberation_of(season), (SUBJECT, season.id)),
    ):
        return _back(season, expo)
    return _page(expo, season, minute=form), form.status


@blueprint.post(f"{DELIBERATION}/vote")
@require(Permission.AWARDS_RESULTS)
def cast_vote(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    form = VoteForm(prefix="vote-")
    if carried_out(
        form,
        "order",
        lambda: deliberating.cast_vote(
            season, form.entries, form.president.data or "", form.reason.data or "", actor()
        ),
        _("The casting vote is noted."),
    ):
        return _back(season, expo)
    return _page(expo, season, vote=form), form.status


@blueprint.post(f"{RESULT}/<number>/second-judging")
@require(Permission.AWARDS_RESULTS)
def answer_second(expo: Expo, season_id: int, number: str) -> Any:
    season = season_or_404(expo, season_id)
    line_or_404(reading.result_now(season), number)
    form = SecondForm()
    if carried_out(
        form,
        "decision",
        lambda: deliberating.answer_second(
            season,
            number,
            Second(form.decision.data),
            form.president.data or "",
            form.reason.data or "",
            actor(),
        ),
        _("The answer is noted."),
    ):
        return _why(season, expo, number)
    return why_page(expo, season, number, second=form), form.status


@blueprint.post(f"{RESULT}/<number>/override")
@require(Permission.AWARDS_RESULTS)
def propose_override(expo: Expo, season_id: int, number: str) -> Any:
    season = season_or_404(expo, season_id)
    shown = reading.result_now(season)
    line, _row = line_or_404(shown, number)
    form = override_form(Words(shown.file), line.category)
    if carried_out(
        form,
        "becomes",
        lambda: deliberating.propose(
            season, number, form.becomes.data or None, form.reason.data or "", actor()
        ),
        _("Proposed. It counts once somebody else has signed as well."),
    ):
        return _back(season, expo)
    return why_page(expo, season, number, override=form), form.status


@blueprint.post(f"{RESULT}/<number>/withdrawal")
@require(Permission.AWARDS_RESULTS)
def note_withdrawal(expo: Expo, season_id: int, number: str) -> Any:
    season = season_or_404(expo, season_id)
    line_or_404(reading.result_now(season), number)
    form = TextForm()
    if carried_out(
        form,
        "text",
        lambda: publishing_result.note_withdrawal(season, number, form.text.data or "", actor()),
        _("Noted. The locked result stays as it is."),
    ):
        return _why(season, expo, number)
    return why_page(expo, season, number, withdrawal=form), form.status


def _decision_or_404(season: AwardSeason, decision_id: int) -> Decision:
    found = casework.decision_of(season, decision_id)
    if found is None:
        abort(404)
    return found


@blueprint.post(f"{DELIBERATION}/decisions/<int:decision_id>/sign")
@require(Permission.AWARDS_RESULTS)
def sign_decision(expo: Expo, season_id: int, decision_id: int) -> Any:
    season = season_or_404(expo, season_id)
    row = _decision_or_404(season, decision_id)
    deed = locking.reopen if row.kind is DecisionKind.REOPENING else deliberating.sign
    pressed(lambda: deed(season, row, actor()), _("Signed."))
    return _back(season, expo)


@blueprint.post(f"{DELIBERATION}/decisions/<int:decision_id>/take-back")
@require(Permission.AWARDS_RESULTS)
def take_back(expo: Expo, season_id: int, decision_id: int) -> Any:
    season = season_or_404(expo, season_id)
    row = _decision_or_404(season, decision_id)
    pressed(lambda: deliberating.take_back(season, row, actor()), _("Taken back."))
    return _back(season, expo)


@blueprint.post(f"{DELIBERATION}/lock")
@require(Permission.AWARDS_RESULTS)
def lock_result(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    form = LockForm()
    if carried_out(
        form,
        "signed_by",
        lambda: locking.lock(season, form.names, actor(), seen=form.seen.data or ""),
        _("The result is locked."),
    ):
        return _back(season, expo)
    return _page(expo, season, lock=form), form.status


@blueprint.post(f"{DELIBERATION}/reopen")
@require(Permission.AWARDS_RESULTS)
def ask_reopening(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    form = ReopenForm(prefix="reopen-")
    if carried_out(
        form,
        _reopening_field,
        lambda: locking.ask_reopening(season, form.reason.data or "", form.public_note.data or "", actor()),
        _("Asked. The result stays locked until somebody else signs."),
    ):
        return _back(season, expo)
    return _page(expo, season, reopen=form), form.status


def _reopening_field(refusal: Refused) -> str:
    return "public_note" if refusal.code == "reopening_note" else "reason"


@blueprint.post(f"{DELIBERATION}/moment")
@require(Permission.AWARDS_RESULTS)
def set_moment(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    form = MomentForm(data=moment_of(season, expo.timezone))

    def save() -> None:
        publishing_result.set_moment(season, form.moment(expo.timezone), actor())
        complaints.set_days(season, form.days, actor())

    if carried_out(form, "publish_at", save, _("Saved.")):
        return _back(season, expo)
    return _page(expo, season, moment=form), form.status


@blueprint.post(f"{DELIBERATION}/publish")
@require(Permission.AWARDS_RESULTS)
def publish_result(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    pressed(lambda: publishing_result.publish(season, actor()), _("That is done."))
    return _back(season, expo)


@blueprint.post(f"{DELIBERATION}/lift-embargo")
@require(Permission.AWARDS_RESULTS)
def lift_embargo(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    form = TextForm(prefix="lift-")
    if carried_out(
        form,
        "text",
        lambda: publishing_result.lift_embargo(season, form.text.data or "", actor()),
        _("The result is locked and not published by itself."),
    ):
        return _back(season, expo)
    return _page(expo, season, lift=form), form.status
