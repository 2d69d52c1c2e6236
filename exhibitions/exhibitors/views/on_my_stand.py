"""E1, the blocks of other companies: co-exhibitors, represented companies; and the papers."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from flask import Response, abort, render_template, request, send_file

from exhibitions.companies.rules.copies import MOST_BYTES
from exhibitions.companies.service.papers import prepare_copy
from exhibitions.core.access import actor, personal_link
from exhibitions.core.contact import written_phone
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go
from exhibitions.exhibitors.forms.applying import CoForm, Onward, RepresentedForm
from exhibitions.exhibitors.forms.papers import PaperForm
from exhibitions.exhibitors.models import CoExhibitor, Exhibitor
from exhibitions.exhibitors.queries import LINK, applying
from exhibitions.exhibitors.rules.application import Step
from exhibitions.exhibitors.rules.co_exhibitors import STATE_WORDS
from exhibitions.exhibitors.rules.states import WRITABLE
from exhibitions.exhibitors.service import co_exhibitors as service
from exhibitions.exhibitors.service import papers
from exhibitions.exhibitors.views import answers as shown
from exhibitions.exhibitors.views.applying import (
    APPLY,
    STEPS,
    applicant,
    onward,
    sent_page,
    step_page,
    token_here,
)
from exhibitions.exhibitors.views.base import blueprint
from exhibitions.expos.models import Expo
from exhibitions.files import queries as file_queries
from exhibitions.files import service as files

_CO = f"{APPLY}/co-exhibitors"
_REPRESENTED = f"{APPLY}/represented"
_PAPERS = f"{APPLY}/papers"
_PAPER_FIELDS = {"food_licence_invalid": "number", "paper_days": "valid_to"}


@blueprint.url_value_preprocessor
def _room_for_papers(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """A licence that was photographed at full size is larger than what other pages take; said before anything is read."""
    if endpoint == STEPS[Step.PAPERS]:
        request.max_content_length = MOST_BYTES


@blueprint.get(_CO)
@personal_link(LINK)
def apply_co_exhibitors(expo: Expo, subject_id: int) -> Any:
    _person, exhibitor = applicant(expo, subject_id)
    if exhibitor.state not in WRITABLE:
        return sent_page(expo)
    rows = [(row, shown.country_name(row.country)) for row in applying.co_exhibitors(exhibitor)]
    return step_page(expo, exhibitor, Step.CO_EXHIBITORS, rows=rows, words=STATE_WORDS)


@blueprint.route(f"{_CO}/new", methods=["GET", "POST"])
@personal_link(LINK)
def add_co_exhibitor(expo: Expo, subject_id: int) -> Any:
    _person, exhibitor = applicant(expo, subject_id)
    if exhibitor.state not in WRITABLE:
        return sent_page(expo)
    form = CoForm()
    if form.accepted():
        try:
            with transaction():
                service.name_one(exhibitor, form.facts(), actor())
            return _back(expo, Step.CO_EXHIBITORS)
        except Refused as refusal:
            form.refuse("name_zh", refusal)
    return _co_page(expo, exhibitor, form, None)


@blueprint.route(f"{_CO}/<int:co_id>", methods=["GET", "POST"])
@personal_link(LINK)
def change_co_exhibitor(expo: Expo, subject_id: int, co_id: int) -> Any:
    _person, exhibitor = applicant(expo, subject_id)
    row = _co(exhibitor, co_id)
    if exhibitor.state not in WRITABLE:
        return sent_page(expo)
    form = CoForm(data=_typed(row))
    if form.accepted():
        try:
            with form.saving(lambda: _typed(row), ("co_exhibitor", co_id)):
                service.change_one(row, form.facts(), actor())
            return _back(expo, Step.CO_EXHIBITORS)
        except Refused as refusal:
            form.refuse("name_zh", refusal)
    return _co_page(expo, exhibitor, form, row)


@blueprint.post(f"{_CO}/<int:co_id>/remove")
@personal_link(LINK)
def remove_co_exhibitor(expo: Expo, subject_id: int, co_id: int) -> Any:
    _person, exhibitor = applicant(expo, subject_id)
    row = _co(exhibitor, co_id)
    with transaction():
        service.take_off(row, actor())
    return _back(expo, Step.CO_EXHIBITORS)


@blueprint.route(_REPRESENTED, methods=["GET", "POST"])
@personal_link(LINK)
def apply_represented(expo: Expo, subject_id: int) -> Any:
    _person, exhibitor = applicant(expo, subject_id)
    if exhibitor.state not in WRITABLE:
        return sent_page(expo)
    form = RepresentedForm()
    if form.leaves():
        return onward(expo, Step.REPRESENTED)
    if form.accepted():
        try:
            with transaction():
                service.represent(exhibitor, form.facts(), actor())
            return _kept(expo, Step.REPRESENTED, form)
        except Refused as refusal:
            form.refuse("name_zh", refusal)
    rows = [(row, shown.country_name(row.country)) for row in applying.represented(exhibitor)]
    return step_page(expo, exhibitor, Step.REPRESENTED, form=form, rows=rows), form.status


@blueprint.post(f"{_REPRESENTED}/<int:represented_id>/remove")
@personal_link(LINK)
def remove_represented(expo: Expo, subject_id: int, represented_id: int) -> Any:
    _person, exhibitor = applicant(expo, subject_id)
    row = applying.represented_of(exhibitor, represented_id)
    if row is None:
        abort(404)
    with transaction():
        service.represent_no_more(exhibitor, row, actor())
    return _back(expo, Step.REPRESENTED)


@blueprint.route(_PAPERS, methods=["GET", "POST"])
@personal_link(LINK)
def apply_papers(expo: Expo, subject_id: int) -> Any:
    _person, exhibitor = applicant(expo, subject_id)
    if exhibitor.state not in WRITABLE:
        return sent_page(expo)
    form = PaperForm()
    if form.leaves():
        return onward(expo, Step.PAPERS)
    if form.accepted():
        try:
            copy = prepare_copy(form.file.data.stream)
            with transaction():
                papers.add(exhibitor, form.facts(), copy, actor())
            return _kept(expo, Step.PAPERS, form)
        except Refused as refusal:
            form.refuse(_PAPER_FIELDS.get(refusal.code, "file"), refusal)
    return step_page(expo, exhibitor, Step.PAPERS, form=form, rows=shown.papers(exhibitor)), form.status


@blueprint.get(f"{_PAPERS}/<int:file_id>")
@personal_link(LINK)
def paper(expo: Expo, subject_id: int, file_id: int) -> Response:
    _person, exhibitor = applicant(expo, subject_id)
    return hand_out(exhibitor, file_id)


@blueprint.post(f"{_PAPERS}/<int:file_id>/remove")
@personal_link(LINK)
def remove_paper(expo: Expo, subject_id: int, file_id: int) -> Any:
    _person, exhibitor = applicant(expo, subject_id)
    if file_id not in _papers_of(exhibitor):
        abort(404)
    with transaction():
        papers.remove(exhibitor, file_id, actor())
    return _back(expo, Step.PAPERS)


def hand_out(exhibitor: Exhibitor, file_id: int) -> Response:
    """A paper of this exhibitor's application, and of no other; who fetched it is noted."""
    row = file_queries.file_of(None, file_id) if file_id in _papers_of(exhibitor) else None
    if row is None:
        abort(404)
    with ExitStack() as undo:
        content = undo.enter_context(files.open_file(row))
        # Reading a paper is itself a fact to be kept, hence the one GET that writes.
        with transaction():
            files.record_download(row, actor())
        undo.pop_all()
    return send_file(
        content, row.content_type, as_attachment=True, download_name=row.name, conditional=False, etag=False
    )


def _papers_of(exhibitor: Exhibitor) -> set[int]:
    return {each["file_id"] for each in exhibitor.answers.get("papers") or []}


def _kept(expo: Expo, step: Step, form: Onward) -> Any:
    """Behind a page whose thing is kept: on where the reader pressed on, else to the same page for one more."""
    return onward(expo, step) if form.goes_on else _back(expo, step)


def _back(expo: Expo, step: Step) -> Any:
    return go(STEPS[step], slug=expo.slug, token=token_here())


def _co(exhibitor: Exhibitor, co_id: int) -> CoExhibitor:
    row = applying.co_exhibitor_of(exhibitor, co_id)
    if row is None:
        abort(404)
    return row


def _typed(row: CoExhibitor) -> dict[str, Any]:
    names = ("name_zh", "name_en", "credit_code", "country", "contact_name", "contact_phone", "contact_email")
    words = {True: "yes", False: "no", None: ""}
    return (
        {name: getattr(row, name) or "" for name in names}
        | {"contact_phone": written_phone(row.contact_phone)}
        | {name: words[getattr(row, name)] for name in ("own_goods", "own_staff")}
    )


def _co_page(expo: Expo, exhibitor: Exhibitor, form: CoForm, row: CoExhibitor | None) -> Any:
    page = render_template(
        "exhibitors/apply_co_exhibitor.html",
        expo=expo,
        exhibitor=exhibitor,
        form=form,
        row=row,
        steps=STEPS,
        token=token_here(),
    )
    return page, form.status
