"""Bringing in a list of companies: upload, the guesses with a preview, dry run with the difference, import, undo."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, render_template, request
from flask_babel import gettext as _

from exhibitions.audit import service as audit
from exhibitions.companies.forms.importing import KnownForm, ReadingForm
from exhibitions.companies.models import CompanyImport
from exhibitions.companies.queries import importing as queries
from exhibitions.companies.rules.columns import COLUMN_TEXTS, can_be_imported
from exhibitions.companies.rules.importing import DUPLICATES, LONGEST, REASON_TEXTS
from exhibitions.companies.service import import_files as tables
from exhibitions.companies.service import importing as service
from exhibitions.companies.views.base import blueprint, country_name
from exhibitions.core import clock
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.forms import typed_number
from exhibitions.core.i18n import home_zone, language
from exhibitions.core.imports import pages, stages
from exhibitions.core.imports.forms import UploadForm, letters
from exhibitions.core.regions import region_name
from exhibitions.core.sheets.table import Unreadable
from exhibitions.core.tables import as_csv, as_xlsx
from exhibitions.core.web import go, tell
from exhibitions.files import service as files
from exhibitions.jobs import queries as jobs
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import steps_of, time_left

PAGES = "/desk/companies/imports"
_JOB_OF = {stages.RUNNING: service.RUN, stages.UNDOING: service.UNDO}


@blueprint.route(PAGES, methods=["GET", "POST"])
@require(Permission.COMPANIES_EDIT)
def imports() -> Any:
    form = UploadForm()
    if form.accepted():
        name, content = form.content
        kept = files.write(content)
        with transaction():
            row = service.begin(kept, name, actor())
        _note_refusal(row)
        return _show(row)
    page = render_template("companies/imports.html", form=form, rows=queries.imports(), zone=home_zone())
    return page, 422 if form.errors else 200


@blueprint.get(f"{PAGES}/template")
@require(Permission.COMPANIES_EDIT)
def import_template() -> Response:
    return as_xlsx(_("companies"), _("companies"), tables.template_rows(_), [18] * len(COLUMN_TEXTS))


@blueprint.get(f"{PAGES}/<int:import_id>")
@require(Permission.COMPANIES_EDIT)
def import_file(import_id: int) -> Any:
    row = _row(import_id)
    job = jobs.open_job(_JOB_OF.get(row.state, service.CHECK), str(row.id))
    return _page(row) if job is None else _progress(row, job)


def _progress(row: CompanyImport, job: Job) -> str:
    """The page while the work goes on; it shows itself what came of it when it is over."""
    left = time_left(job.step_started_at, job.done, job.total, clock.now())
    return render_template(
        "companies/import_progress.html",
        row=row,
        file_name=_name_of(row),
        job=job,
        steps=steps_of((), job.step, over=False),
        left=left.total_seconds() if left else None,
        zone=home_zone(),
    )


def _page(row: CompanyImport, form: ReadingForm | None = None, known: KnownForm | None = None) -> Any:
    stored = queries.file_of(row)
    opened, refusal = _opened(row)
    is_open = row.state in stages.OPEN_STATES
    preview = tables.preview(opened) if opened and is_open else None
    form = form or ReadingForm.of(opened, preview)
    known = known or KnownForm(formdata=None)
    checked = opened is not None and row.state == stages.CHECKED
    page = render_template(
        "companies/import_file.html",
        row=row,
        file_name=stored.name if stored else "",
        opened=opened,
        refusal=refusal,
        form=form,
        known_form=known,
        preview=preview,
        column_texts=COLUMN_TEXTS,
        letters=letters,
        longest=LONGEST,
        changed=tables.differences(row, opened, _spell) if checked and opened else [],
        open=is_open,
        brought_in=queries.count_brought_in(row.id) if row.state == stages.DONE else 0,
        zone=home_zone(),
        rights=g.organisation_rights,
        **pages.outcome(row, "companies", REASON_TEXTS, DUPLICATES),
    )
    return page, 422 if form.errors or known.errors else 200


def _spell(name: str, value: Any) -> str:
    """How the page writes a value of a known company."""
    if not value:
        return ""
    if name == "country":
        return country_name(value)
    return region_name(value, language()) if name == "region" else str(value)


def _name_of(row: CompanyImport) -> str:
    stored = queries.file_of(row)
    return stored.name if stored else ""


def _show(row: CompanyImport) -> Any:
    return go("companies.import_file", import_id=row.id)


def _note_refusal(row: CompanyImport) -> None:
    """What cannot be imported as it is read now is called so at once, in the list of imports too."""
    _file, refusal = _opened(row)
    if isinstance(refusal, Unreadable):
        with transaction():
            service.note_refusal(row, refusal)


def _opened(row: CompanyImport) -> tuple[service.Opened | None, Refused | None]:
    """The file as it is read now and, when it cannot be imported as it is, why."""
    return pages.opened(lambda: service.open_file(row), row.counts)


@blueprint.post(f"{PAGES}/<int:import_id>/reading")
@require(Permission.COMPANIES_EDIT)
def correct_import(import_id: int) -> Any:
    row = _row(import_id)
    answer = _corrected(row)
    return _show(row) if answer is None else answer


def _corrected(row: CompanyImport) -> Any:
    """Take the corrections that were sent; an answer when the preview must be looked at before anything else."""
    opened, _refusal = _opened(row)
    if opened is None:
        return _page(row)
    form = ReadingForm()
    form.offer(opened, tables.preview(opened).places)
    if not form.accepted():
        return _page(row, form)
    choice, columns = form.choice(opened.table.guess.kind), form.columns()
    same = form.keeps_places(opened)
    if same and columns == opened.columns and row.state in stages.OPEN_STATES:
        return None
    with transaction():
        service.correct(row, choice, columns if same else None, actor())
    _note_refusal(row)
    if same:
        return None
    tell(_("The file is read in the new way. Look at the preview."))
    return _show(row)


@blueprint.post(f"{PAGES}/<int:import_id>/check")
@require(Permission.COMPANIES_EDIT)
def check_import(import_id: int) -> Any:
    row = _row(import_id)
    answer = _corrected(row) if "heading_row" in request.form else None
    if answer is not None:
        return answer
    opened, _refusal = _opened(row)
    if opened is not None and not can_be_imported(opened.columns):
        tell(_("Choose which column is the name of the company"), "error")
        return _show(row)
    with transaction():
        service.ask_check(row, actor())
    return _show(row)


@blueprint.post(f"{PAGES}/<int:import_id>/run")
@require(Permission.COMPANIES_EDIT)
def run_import(import_id: int) -> Any:
    row, form = _row(import_id), KnownForm()
    if not form.accepted():
        return _page(row, known=form)
    with transaction():
        service.ask_run(row, actor(), str(form.known.data))
    return _show(row)


@blueprint.route(f"{PAGES}/<int:import_id>/undo", methods=["GET", "POST"])
@require(Permission.COMPANIES_EDIT)
def undo_import(import_id: int) -> Any:
    """Taking companies back cannot be undone itself: their number has to be typed."""
    row = _row(import_id)
    count = queries.count_brought_in(row.id)
    typed = request.form.get("confirm")
    wrong = typed is not None and typed_number(typed) != count
    if typed is not None and not wrong:
        with transaction():
            service.ask_undo(row, actor())
        return _show(row)
    page = render_template("companies/import_undo.html", row=row, count=count, wrong=wrong)
    return page, 422 if wrong else 200


@blueprint.post(f"{PAGES}/<int:import_id>/refused.<any(csv, xlsx):kind>")
@require(Permission.COMPANIES_EDIT)
def import_refused(import_id: int, kind: str) -> Response:
    row = _row(import_id)
    opened = service.open_file(row)
    with transaction():
        audit.record("companies.import_refused_rows_taken", actor(), subject=("company_import", row.id))
    rows = tables.refused_rows(row, opened, _)
    name = _("rejected rows")
    return as_xlsx(name, name, rows, [18] * len(COLUMN_TEXTS)) if kind == "xlsx" else as_csv(name, rows)


def _row(import_id: int) -> CompanyImport:
    row = queries.import_of(import_id)
    return abort(404) if row is None else row
