"""O7: a list of people is uploaded, its reading corrected, checked, brought in, and may be undone for a day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, g, render_template, request, url_for
from flask_babel import gettext as _

from exhibitions.audit import service as audit
from exhibitions.badges import queries as badge_queries
from exhibitions.core import clock
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.asked import ReasonForm
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.forms import typed_number
from exhibitions.core.i18n import language, local
from exhibitions.core.imports import pages, stages
from exhibitions.core.imports.forms import UploadForm, letters
from exhibitions.core.regions import region_name
from exhibitions.core.sheets.table import Unreadable
from exhibitions.core.tables import as_csv, as_xlsx
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.jobs import queries as jobs
from exhibitions.jobs import service as job_service
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import steps_of, time_left
from exhibitions.visitors.forms.importing import KnownForm, ReadingForm
from exhibitions.visitors.models import Import
from exhibitions.visitors.queries import importing as queries
from exhibitions.visitors.rules.columns import can_be_imported
from exhibitions.visitors.rules.importing import DUPLICATES, LONGEST, REASON_TEXTS
from exhibitions.visitors.service import exporting
from exhibitions.visitors.service import import_files as tables
from exhibitions.visitors.service import importing as service
from exhibitions.visitors.views.base import blueprint

PAGES = "/desk/<slug>/visitors/imports"
_JOB_OF = {stages.RUNNING: service.RUN, stages.UNDOING: service.UNDO}


@blueprint.route(PAGES, methods=["GET", "POST"])
@require(Permission.VISITORS_IMPORT)
def imports(expo: Expo) -> Any:
    form = UploadForm()
    if form.accepted():
        name, content = form.content
        kept = files.write(content)
        with transaction():
            row = service.begin(expo, kept, name, actor())
        _note_refusal(expo, row)
        return _show(row, expo)
    page = render_template("visitors/imports.html", expo=expo, form=form, rows=queries.imports(expo))
    return page, 422 if form.errors else 200


@blueprint.get(f"{PAGES}/template")
@require(Permission.VISITORS_IMPORT)
def import_template(expo: Expo) -> Response:
    return as_xlsx(_("visitors"), _("Visitors"), tables.template_rows(_), widths=[18] * 9)


@blueprint.get(f"{PAGES}/<int:import_id>")
@require(Permission.VISITORS_IMPORT)
def import_file(expo: Expo, import_id: int) -> Any:
    row = _row(expo, import_id)
    job = jobs.open_job(_JOB_OF.get(row.state, service.CHECK), str(row.id))
    return _page(expo, row) if job is None else _progress(expo, row, job)


def _progress(expo: Expo, row: Import, job: Job) -> str:
    """The page while the work goes on; it shows itself what came of it when it is over."""
    left = time_left(job.step_started_at, job.done, job.total, clock.now())
    may_cancel = job_service.may_cancel(job, actor())
    return render_template(
        "visitors/import_progress.html",
        expo=expo,
        row=row,
        file_name=_name_of(row),
        job=job,
        steps=steps_of((), job.step, over=False),
        left=left.total_seconds() if left else None,
        cancel_url=url_for("jobs.cancel", slug=expo.slug, job_id=job.id) if may_cancel else "",
    )


def _page(expo: Expo, row: Import, form: ReadingForm | None = None, known: KnownForm | None = None) -> Any:
    stored = queries.file_of(row)
    opened, refusal = _opened(expo, row)
    is_open = row.state in stages.OPEN_STATES
    preview = tables.preview(opened) if opened and is_open else None
    form = form or ReadingForm.of(opened, preview)
    known = known or KnownForm(formdata=None, known=stages.LEAVE if row.counts.get("met") else stages.CHANGE)
    page = render_template(
        "visitors/import_file.html",
        expo=expo,
        rights=g.rights,
        row=row,
        file_name=stored.name if stored else "",
        opened=opened,
        refusal=refusal,
        form=form,
        preview=preview,
        column_texts=tables.COLUMN_TEXTS,
        letters=letters,
        longest=LONGEST,
        changed=tables.differences(expo, row, opened, _spell(expo))
        if opened and row.state == stages.CHECKED
        else [],
        open=is_open,
        brought_in=queries.count_brought_in(expo, row.id) if row.state == stages.DONE else 0,
        reason_form=ReasonForm(formdata=None),
        known_form=known,
        **pages.outcome(row, "visitors", REASON_TEXTS, DUPLICATES),
    )
    return page, 422 if form.errors or known.errors else 200


def _spell(expo: Expo) -> Callable[[str, Any], str]:
    """How the page writes a value of a known person: what is there now is shown as masked as everywhere (B12)."""
    classes = {found.id: str(local(found, "name")) for found in badge_queries.classes(expo)}
    spelt: dict[str, Callable[[Any], str]] = {
        "class_id": lambda value: classes.get(value, ""),
        "region": lambda value: region_name(value, language()),
        "visit_day": lambda value: value.isoformat(),
    }
    return lambda name, value: spelt.get(name, str)(value) if value else ""


def _name_of(row: Import) -> str:
    stored = queries.file_of(row)
    return stored.name if stored else ""


def _show(row: Import, expo: Expo) -> Any:
    return go("visitors.import_file", slug=expo.slug, import_id=row.id)


def _note_refusal(expo: Expo, row: Import) -> None:
    """What cannot be imported as it is read now is called so at once, in the list of imports too."""
    _file, refusal = _opened(expo, row)
    if isinstance(refusal, Unreadable):
        with transaction():
            service.note_refusal(row, refusal)


def _opened(expo: Expo, row: Import) -> tuple[service.Opened | None, Refused | None]:
    """The file as it is read now and, when it cannot be imported as it is, why."""
    return pages.opened(lambda: service.open_file(expo, row), row.counts)


@blueprint.post(f"{PAGES}/<int:import_id>/reading")
@require(Permission.VISITORS_IMPORT)
def correct_import(expo: Expo, import_id: int) -> Any:
    row = _row(expo, import_id)
    answer = _corrected(expo, row)
    return _show(row, expo) if answer is None else answer


def _corrected(expo: Expo, row: Import) -> Any:
    """Take the corrections that were sent; an answer when the preview must be looked at before anything else."""
    opened, _refusal = _opened(expo, row)
    if opened is None:
        return _page(expo, row)
    form = ReadingForm()
    form.offer(opened, tables.preview(opened).places)
    if not form.accepted():
        return _page(expo, row, form)
    choice, columns = form.choice(opened.table.guess.kind), form.columns()
    same = form.keeps_places(opened)
    if same and columns == opened.columns and row.state in stages.OPEN_STATES:
        return None
    with transaction():
        service.correct(expo, row, choice, columns if same else None, actor())
    _note_refusal(expo, row)
    if same:
        return None
    tell(_("The file is read in the new way. Look at the preview."))
    return _show(row, expo)


@blueprint.post(f"{PAGES}/<int:import_id>/check")
@require(Permission.VISITORS_IMPORT)
def check_import(expo: Expo, import_id: int) -> Any:
    row = _row(expo, import_id)
    answer = _corrected(expo, row) if "heading_row" in request.form else None
    if answer is not None:
        return answer
    opened, _refusal = _opened(expo, row)
    if opened is not None and not can_be_imported(opened.columns):
        tell(
            _("Choose which column is the name, and which one the phone number or the e-mail address"),
            "error",
        )
        return _show(row, expo)
    with transaction():
        service.ask_check(expo, row, actor())
    return _show(row, expo)


@blueprint.post(f"{PAGES}/<int:import_id>/run")
@require(Permission.VISITORS_IMPORT)
def run_import(expo: Expo, import_id: int) -> Any:
    row = _row(expo, import_id)
    form = KnownForm()
    if not form.accepted():
        return _page(expo, row, known=form)
    with transaction():
        service.ask_run(expo, row, actor(), form.chosen)
    return _show(row, expo)


@blueprint.route(f"{PAGES}/<int:import_id>/undo", methods=["GET", "POST"])
@require(Permission.VISITORS_IMPORT)
def undo_import(expo: Expo, import_id: int) -> Any:
    """Taking people back cannot be undone itself: their number has to be typed."""
    row = _row(expo, import_id)
    count = queries.count_brought_in(expo, row.id)
    typed = request.form.get("confirm")
    wrong = typed is not None and typed_number(typed) != count
    if typed is not None and not wrong:
        with transaction():
            service.ask_undo(expo, row, actor())
        return _show(row, expo)
    page = render_template("visitors/import_undo.html", expo=expo, row=row, count=count, wrong=wrong)
    return page, 422 if wrong else 200


@blueprint.post(f"{PAGES}/<int:import_id>/refused.<any(csv, xlsx):kind>")
@require(Permission.VISITORS_IMPORT)
def import_refused(expo: Expo, import_id: int, kind: str) -> Response:
    row = _row(expo, import_id)
    opened = service.open_file(expo, row)
    with transaction():
        audit.record(
            "visitors.import_refused_rows_taken", actor(), expo_id=expo.id, subject=("import", row.id)
        )
    name, rows = _("rejected rows"), tables.refused_rows(row, opened, _)
    return as_xlsx(name, name, rows) if kind == "xlsx" else as_csv(name, rows)


@blueprint.post(f"{PAGES}/<int:import_id>/people.<any(csv, xlsx):kind>")
@require(Permission.VISITORS_EXPORT)
def import_people(expo: Expo, import_id: int, kind: str) -> Any:
    row = _row(expo, import_id)
    form = ReasonForm()
    if not form.accepted():
        tell(_("Say what you need it for"), "error")
        return go("visitors.import_file", slug=expo.slug, import_id=import_id)
    opened, job = service.open_file(expo, row), None
    with transaction():
        audit.record(
            "visitors.exported",
            actor(),
            expo_id=expo.id,
            subject=("import", row.id),
            after={"rows": queries.count_brought_in(expo, row.id)},
            reason=form.reason.data or "",
        )
        if kind == "xlsx":
            job = exporting.ask_import(expo, row.id, language(), actor())
    if job is not None:
        return go("jobs.job", slug=expo.slug, job_id=job.id)
    return as_csv(_("visitors"), tables.people_rows(expo, row, opened, _))


def _row(expo: Expo, import_id: int) -> Import:
    row = queries.import_of(expo, import_id)
    return abort(404) if row is None else row
