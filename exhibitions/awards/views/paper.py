"""O12, the paper jury: numbered sheets as PDF, typed twice, settled, scans."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from io import BytesIO
from typing import Any

from flask import Response, abort, g, render_template, request, send_file
from flask_babel import gettext as _
from markupsafe import escape
from werkzeug.datastructures import FileStorage

from exhibitions.awards.forms.jury import ScanForm, SettleForm
from exhibitions.awards.models import AwardSeason
from exhibitions.awards.queries import jury
from exhibitions.awards.queries import paper as queries
from exhibitions.awards.queries.paper import Paper
from exhibitions.awards.queries.seasons import in_force
from exhibitions.awards.rules import paper as rules
from exhibitions.awards.rules.paper import check_size, loaded, type_of, values_of
from exhibitions.awards.service import paper as service
from exhibitions.awards.service.paper_drawing import sheets_pdf
from exhibitions.awards.views import jury_words as words
from exhibitions.awards.views.base import SEASON, blueprint, season_or_404
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.asked import number as number_of
from exhibitions.core.asked import page
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import local
from exhibitions.core.paging import part
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.files import queries as file_queries
from exhibitions.files import service as files

PAPERS = f"{SEASON}/paper"
PAPER = f"{PAPERS}/<number>"
_SIZE = 50


def _paper_or_404(season: AwardSeason, number: str) -> Paper:
    return queries.paper_numbered(season, number[:24]) or abort(404)


@blueprint.get(PAPERS)
@require(Permission.AWARDS_VIEW)
def papers(expo: Expo, season_id: int) -> str:
    season = season_or_404(expo, season_id)
    own = in_force(season)
    round_ = jury.round_asked(season, request.args.get("round", ""), rules=own)
    is_ranking = jury.is_ranking(season, round_, own)
    return render_template(
        "awards/papers.html",
        expo=expo,
        season=season,
        found=part(
            queries.count(season, round_), page(), _SIZE, lambda at: queries.papers(season, round_, at, _SIZE)
        ),
        words=words,
        jurors=[(each.id, f"{each.code} {each.name}") for each in jury.jurors(season)],
        to_print=queries.how_many_to_print(season, round_, is_ranking=is_ranking),
        is_ranking=is_ranking,
        round=round_,
        rights=g.rights,
    )


@blueprint.post(f"{PAPERS}/print")
@require(Permission.AWARDS_EDIT)
def print_papers(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    round_ = jury.round_asked(season, request.form.get("round", ""))
    juror_id = number_of(request.form.get("juror", ""))
    try:
        with transaction():
            sheets = service.print_sheets(expo, season, round_, juror_id, actor())
        out = BytesIO()
        sheets_pdf(out, sheets, local(season, "name"))
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return go("awards.papers", slug=expo.slug, season_id=season.id, round=round_)
    out.seek(0)
    return send_file(
        out, "application/pdf", as_attachment=True, download_name=f"sheets-{sheets[0].number}.pdf", max_age=0
    )


@blueprint.post(f"{PAPERS}/find")
@require(Permission.AWARDS_EDIT)
def find_paper(expo: Expo, season_id: int) -> Any:
    """By the number that was typed, or that a reader took from the code."""
    season = season_or_404(expo, season_id)
    found = queries.paper_numbered(season, request.form.get("number", "")[:24])
    if found is None:
        tell(_("There is no sheet with this number."), "error")
        return go("awards.papers", slug=expo.slug, season_id=season.id)
    return go("awards.paper", slug=expo.slug, season_id=season.id, number=found.row.number)


@blueprint.route(PAPER, methods=["GET", "POST"])
@require(Permission.AWARDS_EDIT)
def paper(expo: Expo, season_id: int, number: str) -> Any:
    """One person types the sheet, seeing nobody else's reading of it."""
    season = season_or_404(expo, season_id)
    found = _paper_or_404(season, number)
    reader = queries.reader_of(season, found)
    mine = found.typing_of(actor().id)
    values: Mapping[str, str] = values_of(loaded(mine.content)) if mine is not None else {}
    wrong: dict[str, Refused] = {}
    if request.method == "POST" and "_lang" not in request.form:
        values = {name: text[:3_000] for name, text in request.form.items()}
        content, wrong = reader.typed(values)
        if not wrong and (done := _typed(expo, season, found, content)) is not None:
            return done
    shown = render_template(
        "awards/paper.html",
        expo=expo,
        season=season,
        paper=found,
        fields=_fields(reader, found),
        values=values,
        wrong={name: _(each.message, **each.params) for name, each in wrong.items()},
        errors=[(_(each.message, **each.params), name) for name, each in wrong.items()],
        is_mine=mine is not None,
        rights=g.rights,
    )
    return shown, 422 if wrong else 200


def _fields(reader: rules.Reader, found: Paper) -> list[rules.Field]:
    """What is typed from the sheet, in its order: a mark for each criterion, or the place of each entry."""
    if isinstance(reader, rules.OrderReader):
        products = {
            str(each.entry.number): str(escape(local(each.entry, "product")).striptags())
            for each in found.live
        }
        return reader.fields(products)
    names = {each.code: local(each, "name") or each.code for each in reader.rules.criteria}
    return reader.fields(names)


def _typed(expo: Expo, season: AwardSeason, found: Paper, content: rules.Content) -> Any:
    try:
        with transaction():
            counts = service.type_in(expo, season, found, content, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return go("awards.paper", slug=expo.slug, season_id=season.id, number=found.row.number)
    if counts:
        tell(_("Both readings of sheet %(number)s are the same: it counts.", number=found.row.number))
    else:
        tell(_("Your reading of sheet %(number)s is kept.", number=found.row.number))
    return go("awards.papers", slug=expo.slug, season_id=season.id, round=found.row.round)


@blueprint.route(f"{PAPER}/settle", methods=["GET", "POST"])
@require(Permission.AWARDS_RESULTS)
def settle_paper(expo: Expo, season_id: int, number: str) -> Any:
    """Where two readings differ, field by field; who looks sees marks, and that is noted (P22)."""
    season = season_or_404(expo, season_id)
    with transaction():
        service.seen(expo, season, number, actor())
    found = _paper_or_404(season, number)
    form = SettleForm()
    if form.accepted():
        try:
            with transaction():
                service.settle(expo, season, found, request.form, form.reason.data or "", actor())
        except Refused as refusal:
            form.refuse("reason", refusal)
        else:
            tell(_("Sheet %(number)s is settled: it counts.", number=number))
            return go("awards.papers", slug=expo.slug, season_id=season.id, round=found.row.round)
    return render_template(
        "awards/paper_settle.html",
        expo=expo,
        season=season,
        paper=found,
        differences=queries.differences_of(season, found),
        names={each.name: each.label for each in _fields(queries.reader_of(season, found), found)},
        chosen=request.form,
        form=form,
    ), form.status


@blueprint.route(f"{PAPER}/scan", methods=["GET", "POST"])
@require(Permission.AWARDS_EDIT)
def keep_scan(expo: Expo, season_id: int, number: str) -> Any:
    season = season_or_404(expo, season_id)
    found, form = _paper_or_404(season, number), ScanForm()
    if form.accepted():
        try:
            scan = _received(form.scan.data)
            with transaction():
                service.keep_scan(expo, season, found, scan, actor())
        except Refused as refusal:
            form.refuse("scan", refusal)
        else:
            tell(_("The scan is kept."))
            return go("awards.papers", slug=expo.slug, season_id=season.id, round=found.row.round)
    page = render_template("awards/paper_scan.html", expo=expo, season=season, paper=found, form=form)
    return page, form.status


def _received(sent: Any) -> tuple[files.Bytes, str, str]:
    """What was sent, written to the disk before any transaction. Raises `Refused`."""
    stream = sent.stream if isinstance(sent, FileStorage) else BytesIO()
    kind = type_of(stream.read(rules.HEAD))
    stream.seek(0)
    content = stream.read(rules.MOST_BYTES + 1)
    check_size(len(content))
    return files.write(content), sent.filename or "", kind


@blueprint.get(f"{PAPER}/scan/file")
@require(Permission.AWARDS_RESULTS)
def paper_scan(expo: Expo, season_id: int, number: str) -> Response:
    """The scan, for who may see marks; looking is noted (P22)."""
    season = season_or_404(expo, season_id)
    row = _paper_or_404(season, number).row
    stored = file_queries.file_of(expo.id, row.file_id) if row.file_id else None
    if stored is None:
        abort(404)
    with ExitStack() as undo:
        content = undo.enter_context(files.open_file(stored))
        with transaction():
            files.record_download(stored, actor())
        undo.pop_all()
    return send_file(content, stored.content_type, as_attachment=True, download_name=stored.name, max_age=0)
