"""J3: the result with every figure behind it, why an entry has its medal, what would be if, and the result as a file."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO
from typing import Any

from flask import Response, abort, g, render_template, request, send_file
from flask_babel import gettext as _

from exhibitions.awards.forms.deliberation import OverrideForm, SecondForm, TextForm
from exhibitions.awards.models import AwardEntry, AwardSeason
from exhibitions.awards.queries import casework
from exhibitions.awards.queries.deliberation import president_of
from exhibitions.awards.rules import sheets, what_if
from exhibitions.awards.rules.case import ScoreSheet, SheetState
from exhibitions.awards.rules.judging import Unjudgeable, decide
from exhibitions.awards.rules.lines import Flag, Line
from exhibitions.awards.rules.rule_set import RuleSet
from exhibitions.awards.service import bundle, reading, result_files
from exhibitions.awards.service.reading import Shown
from exhibitions.awards.views.base import SEASON, blueprint, season_or_404
from exhibitions.awards.views.reading import note_reading
from exhibitions.awards.views.result_words import Words, page_words
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.expos.models import Expo

RESULT = f"{SEASON}/result"


@blueprint.get(RESULT)
@require(Permission.AWARDS_RESULTS)
def result(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    note_reading(season, "result")
    shown = reading.result_now(season)
    asked = _asked()
    then, wrong = _what_if(shown, asked)
    return render_template(
        "awards/result.html",
        expo=expo,
        season=season,
        shown=shown,
        words=Words(shown.file),
        asked=asked,
        what_if=what_if.fields(shown.file),
        then=then,
        wrong=wrong,
        versions=casework.results(season),
        rights=g.rights,
        **page_words(),
    )


def _asked() -> dict[str, str]:
    """What the reader would have otherwise: only names that the form has."""
    return {
        name: value[:20]
        for name, value in request.args.items()
        if name == what_if.CAP or name.startswith(("from.", "places."))
    }


def _what_if(shown: Shown, asked: dict[str, str]) -> tuple[dict[str, str | None] | None, str]:
    """Whose medal would be another, or the sentence why that cannot be said."""
    if not asked or shown.outcome is None:
        return None, ""
    try:
        now = decide(what_if.changed(shown.file, {}))
        return what_if.differences(now, decide(what_if.changed(shown.file, asked))), ""
    except Refused as refusal:
        return None, Words(shown.file).sentence(refusal)
    except Unjudgeable as error:
        return None, Words(shown.file).sentence(error.problems[0].refusal)


@blueprint.get(f"{RESULT}/<number>")
@require(Permission.AWARDS_RESULTS)
def why(expo: Expo, season_id: int, number: str) -> str:
    return why_page(expo, season_or_404(expo, season_id), number)


def why_page(expo: Expo, season: AwardSeason, number: str, **forms: Any) -> str:
    """“Why this medal?” of one entry, with what may be decided about it; `forms` come back with their errors.

    Whoever gets the page has read the result.
    """
    note_reading(season, f"why {number}")
    shown = reading.result_now(season)
    line, entry = line_or_404(shown, number)
    words = Words(shown.file)
    override = forms.get("override") or override_form(words, line.category)
    rules = shown.file.rules_by_category()[line.category]
    return render_template(
        "awards/why.html",
        expo=expo,
        season=season,
        shown=shown,
        words=words,
        line=line,
        row=entry,
        entry=words.entries[number],
        criteria=rules.criteria,
        sheets=[(sheet, _score(rules, sheet)) for sheet in shown.file.sheets if sheet.entry == number],
        is_asked=Flag.SECOND_JUDGING in line.flags,
        override=override,
        second=forms.get("second") or SecondForm(president=president_of(season)),
        withdrawal=forms.get("withdrawal") or TextForm(),
        revocation=forms.get("revocation") or TextForm(prefix="revoke-"),
        notes=result_files.notes_of(entry),
        rights=g.rights,
        **page_words(),
    )


def _score(rules: RuleSet, sheet: ScoreSheet) -> Fraction | None:
    """What the sheet's marks make (awards.md §3.4 step 1); None of one that does not count."""
    if sheet.state is not SheetState.SUBMITTED:
        return None
    counted = sheets.score(rules, sheet.entry, sheet.juror, sheet.scores)
    return counted.score if counted is not None else None


def line_or_404(shown: Shown, number: str) -> tuple[Line, AwardEntry]:
    """The line of the entry with this number; 404 where there is none."""
    lines = shown.outcome.lines if shown.outcome else ()
    line = next((line for line in lines if line.entry == number), None)
    if line is None:
        abort(404)
    return line, shown.rows[number]


def override_form(words: Words, category: str) -> OverrideForm:
    """The form of another medal, with the medals of the category."""
    form = OverrideForm()
    levels = words.case.rules_by_category()[category].levels
    form.offer([(each.medal, words.medal(each.medal)) for each in levels], _("No medal"))
    return form


@blueprint.get(f"{RESULT}.zip")
@require(Permission.AWARDS_RESULTS)
def result_zip(expo: Expo, season_id: int) -> Response:
    season = season_or_404(expo, season_id)
    version = request.args.get("version", type=int)
    sealed, name = result_files.sealed_of(season, version)
    with transaction():
        result_files.note_download(season, name, actor())
    return send_file(
        BytesIO(bundle.bundle(sealed)),
        "application/zip",
        as_attachment=True,
        download_name=f"{name}.zip",
        max_age=0,
    )
