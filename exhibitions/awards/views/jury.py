"""O12, the jury: jurors, their panels, their invitations."""

from __future__ import annotations

from typing import Any

from flask import abort, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.awards.forms.jury import JurorForm, PanelForm, ReasonForm, shown, shown_panel
from exhibitions.awards.models import AwardCategory, AwardSeason, Juror
from exhibitions.awards.queries import jury as queries
from exhibitions.awards.service import appointing, inviting_jurors, jurors
from exhibitions.awards.views.base import SEASON, blueprint, season_or_404
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.asked import number
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, keep_answer, kept_answer, tell
from exhibitions.expos.models import Expo

JURY = f"{SEASON}/jury"
JUROR = f"{JURY}/<int:juror_id>"


def juror_or_404(season: AwardSeason, juror_id: int) -> Juror:
    """The juror of the address; 404 where this season has none."""
    found = queries.juror_of(season, juror_id)
    if found is None:
        abort(404)
    return found


@blueprint.get(JURY)
@require(Permission.AWARDS_VIEW)
def jury(expo: Expo, season_id: int) -> str:
    season = season_or_404(expo, season_id)
    opened = queries.rounds(season)
    round_ = queries.round_asked(season, request.args.get("round", ""), opened)
    return render_template(
        "awards/jury.html",
        expo=expo,
        season=season,
        lines=queries.lines(season, round_),
        panels=queries.panel_lines(season),
        round=round_,
        is_open=queries.takes_sheets(season, opened.get(round_)),
        rights=g.rights,
    )


@blueprint.route(f"{JURY}/new", methods=["GET", "POST"])
@require(Permission.AWARDS_EDIT)
def new_juror(expo: Expo, season_id: int) -> Any:
    return _edit(expo, season_or_404(expo, season_id), None)


@blueprint.route(JUROR, methods=["GET", "POST"])
@require(Permission.AWARDS_EDIT)
def juror(expo: Expo, season_id: int, juror_id: int) -> Any:
    season = season_or_404(expo, season_id)
    return _edit(expo, season, juror_or_404(season, juror_id))


def _edit(expo: Expo, season: AwardSeason, row: Juror | None) -> Any:
    form = JurorForm(data=shown(row) if row is not None else None)
    if form.accepted():
        try:
            about = (jurors.SUBJECT, row.id if row is not None else None)
            with form.saving(lambda: row and shown(row), about):
                taken = appointing.appoint(expo, season, row, form.wanted(), actor())
        except Refused as refusal:
            form.refuse("email" if refusal.code == "juror_twice" else "name", refusal)
        else:
            tell(_saved(taken))
            return go("awards.jury", slug=expo.slug, season_id=season.id)
    page = render_template(
        "awards/juror.html",
        expo=expo,
        season=season,
        form=form,
        juror=row,
        leaving=ReasonForm(formdata=None),
        rights=g.rights,
    )
    return page, form.status


def _saved(taken: int) -> str:
    """Never silently: what was judged may count no more now."""
    more = ngettext(
        "%(num)s entry is taken from this juror because of an interest.",
        "%(num)s entries are taken from this juror because of an interest.",
        taken,
    )
    return f"{_('Saved.')} {more}" if taken else str(_("Saved."))


@blueprint.post(f"{JUROR}/leave")
@require(Permission.AWARDS_EDIT)
def juror_leaves(expo: Expo, season_id: int, juror_id: int) -> Any:
    season = season_or_404(expo, season_id)
    row = juror_or_404(season, juror_id)
    form = ReasonForm()
    try:
        with transaction():
            count = jurors.leave(expo, season, row, (form.reason.data or "")[:1000], actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return go("awards.juror", slug=expo.slug, season_id=season.id, juror_id=juror_id)
    said = ngettext("%(num)s entry lost this juror.", "%(num)s entries lost this juror.", count)
    tell(_("%(juror)s has left the jury.", juror=row.name) + " " + said)
    return go("awards.jury", slug=expo.slug, season_id=season.id)


@blueprint.post(f"{JUROR}/back")
@require(Permission.AWARDS_EDIT)
def juror_back(expo: Expo, season_id: int, juror_id: int) -> Any:
    season = season_or_404(expo, season_id)
    with transaction():
        jurors.come_back(expo, season, juror_or_404(season, juror_id), actor())
    tell(_("The juror is back. Draw or give entries."))
    return go("awards.jury", slug=expo.slug, season_id=season.id)


@blueprint.post(f"{JURY}/invite")
@require(Permission.AWARDS_RESULTS)
def invite_jurors(expo: Expo, season_id: int) -> Any:
    """The chosen jurors, each by a letter; their codes stand on the next page, once.

    A code opens a juror's marks, so that it is given by those alone who may see marks (P22).
    """
    season = season_or_404(expo, season_id)
    chosen = _chosen(season)
    if not chosen:
        tell(_("Tick the jurors first."), "warning")
        return go("awards.jury", slug=expo.slug, season_id=season.id)
    with transaction():
        codes = inviting_jurors.invite(expo, season, chosen, actor())
    word = keep_answer(codes)
    return go("awards.juror_codes", slug=expo.slug, season_id=season.id, word=word)


def _chosen(season: AwardSeason) -> list[Juror]:
    """The jurors that are ticked, or all who have not left."""
    everybody = queries.jurors(season)
    ids = {number(text) for text in request.form.getlist("id")}
    return [each for each in everybody if request.form.get("all") or each.id in ids]


@blueprint.post(f"{JUROR}/code")
@require(Permission.AWARDS_RESULTS)
def juror_code(expo: Expo, season_id: int, juror_id: int) -> Any:
    season = season_or_404(expo, season_id)
    row = juror_or_404(season, juror_id)
    with transaction():
        code = inviting_jurors.new_code(expo, season, row, actor())
    word = keep_answer([(row.id, code)])
    return go("awards.juror_codes", slug=expo.slug, season_id=season.id, word=word)


@blueprint.get(f"{JURY}/codes/<word>")
@require(Permission.AWARDS_RESULTS)
def juror_codes(expo: Expo, season_id: int, word: str) -> str:
    """The codes that were just given, on one page and once."""
    season = season_or_404(expo, season_id)
    named = {each.id: each for each in queries.jurors(season)}
    codes = [
        (named[number_], code) for number_, code in kept_answer(word, once=True) or [] if number_ in named
    ]
    return render_template("awards/jury_codes.html", expo=expo, season=season, codes=codes)


@blueprint.route(f"{JURY}/panels/<int:category_id>", methods=["GET", "POST"])
@require(Permission.AWARDS_EDIT)
def panel(expo: Expo, season_id: int, category_id: int) -> Any:
    """Who judges a category; 0 is the panel for all that have none of their own."""
    season = season_or_404(expo, season_id)
    category = _category(season, category_id)
    everybody = queries.jurors(season)

    def now() -> dict[str, Any]:
        return shown_panel(queries.panel_of(season, category.id if category else None))

    form = PanelForm(data=now()).offer(everybody)
    if form.accepted():
        try:
            with form.saving(now, ("award_season", season.id, "awards.panel_set")):
                members, president = form.members.data or [], form.president.data or None
                jurors.set_panel(expo, season, category, members, president, actor())
        except Refused as refusal:
            form.refuse("president" if refusal.code == "president_outside" else "members", refusal)
        else:
            tell(_("Saved."))
            return go("awards.jury", slug=expo.slug, season_id=season.id)
    return render_template(
        "awards/jury_panel.html", expo=expo, season=season, category=category, form=form, anybody=everybody
    ), form.status


def _category(season: AwardSeason, category_id: int) -> AwardCategory | None:
    found = next((each for each in season.categories if each.id == category_id), None)
    if found is None and category_id:
        abort(404)
    return found
