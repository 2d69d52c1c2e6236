"""O12: an entry with all that is known of it, its history, its files, and what the office does with it."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, render_template, request
from flask_babel import gettext as _

from exhibitions.awards.forms.entering import (
    LIMITS,
    MOST_SENT,
    AwardFilesForm,
    EntryDeedForm,
    OfficeEntryForm,
    shown,
)
from exhibitions.awards.models import AwardEntry, AwardSeason
from exhibitions.awards.queries import entries as queries
from exhibitions.awards.queries import published
from exhibitions.awards.rules.entering import SCREENING, check_screening
from exhibitions.awards.rules.entry_deeds import HISTORY, SUBJECT
from exhibitions.awards.rules.entry_words import CHECKS, STAGE_WORDS, TONES
from exhibitions.awards.rules.screening import possible
from exhibitions.awards.rules.states import FileKind
from exhibitions.awards.service import doing, entering, pictures
from exhibitions.awards.views.base import SEASON, blueprint, season_or_404
from exhibitions.awards.views.entries import shown_stage
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.contact import masked_email, masked_name, masked_phone
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import language
from exhibitions.core.regions import region_name
from exhibitions.core.sending import private_file
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.files import service as files

ENTRY = f"{SEASON}/entries/<int:entry_id>"


@blueprint.url_value_preprocessor
def _room_for_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """All the files of an entry are larger than what other pages take; said before anything is read."""
    if endpoint == "awards.add_entry_files":
        request.max_content_length = MOST_SENT


def entry_or_404(season: AwardSeason, entry_id: int) -> AwardEntry:
    """The entry of the address; 404 where this season has none."""
    found = queries.entry_of(season, entry_id)
    if found is None:
        abort(404)
    return found


@blueprint.get(ENTRY)
@require(Permission.AWARDS_VIEW)
def entry(expo: Expo, season_id: int, entry_id: int) -> str:
    season = season_or_404(expo, season_id)
    return _page(expo, season, entry_or_404(season, entry_id), EntryDeedForm(), AwardFilesForm())


@blueprint.post(ENTRY)
@require(Permission.AWARDS_EDIT)
def do_with_entry(expo: Expo, season_id: int, entry_id: int) -> Any:
    season = season_or_404(expo, season_id)
    row, form = entry_or_404(season, entry_id), EntryDeedForm()
    if form.accepted():
        try:
            with transaction():
                doing.do(season, row, _asked(form), actor())
        except Refused as refusal:
            form.refuse("reason", refusal)
        else:
            tell(_("Done and noted."))
            return go("awards.entry", slug=expo.slug, season_id=season.id, entry_id=row.id)
    return _page(expo, season, row, form, AwardFilesForm(formdata=None)), form.status


def _asked(form: EntryDeedForm) -> doing.Asked:
    return doing.Asked(
        form.wanted(),
        form.ticked,
        form.reason.data or "",
        (form.category.data or "").strip(),
        form.place.data or "",
    )


def _page(
    expo: Expo, season: AwardSeason, row: AwardEntry, form: EntryDeedForm, files_form: AwardFilesForm
) -> str:
    may_edit = Permission.AWARDS_EDIT in g.rights
    has_sample = row.sample_received_at is not None and row.sample_returned_at is None
    open_to = possible(row.state, season.state, has_sample=has_sample)
    word = shown_stage(published.told(season), row)
    return render_template(
        "awards/entry.html",
        expo=expo,
        season=season,
        entry=row,
        seen=queries.seen_by_jurors(season, row),
        stage_word=_(STAGE_WORDS[word]),
        tone=TONES[word],
        deeds={deed.value for deed in open_to} if may_edit else set(),
        may_edit=may_edit,
        screens=season.state in SCREENING,
        checks=CHECKS.items(),
        events=queries.history(season, row),
        deed_words=HISTORY,
        contact=_contact(row, masked=not may_edit),
        place=region_name(row.place, language()) if row.place else "",
        region=lambda key: region_name(key, language()),
        form=form,
        files_form=files_form,
    )


def _contact(row: AwardEntry, *, masked: bool) -> dict[str, str]:
    """Whom the office asks; who only looks reads no full numbers (B12)."""
    said = {"name": row.contact_name, "phone": row.contact_phone, "email": row.contact_email}
    masks = {"name": masked_name, "phone": masked_phone, "email": masked_email}
    return {name: masks[name](text) if masked and text else text for name, text in said.items()}


@blueprint.route(f"{ENTRY}/edit", methods=["GET", "POST"])
@require(Permission.AWARDS_EDIT)
def edit_entry(expo: Expo, season_id: int, entry_id: int) -> Any:
    season = season_or_404(expo, season_id)
    row = entry_or_404(season, entry_id)
    form = OfficeEntryForm(data=shown(row))
    form.offer(season)
    if form.accepted():
        try:
            with form.saving(lambda: shown(row), (SUBJECT, row.id)):
                entering.change(season, row, form.words(), form.told_makers(), actor())
        except Refused as refusal:
            form.refuse("category" if refusal.code == "entry_gap_category" else "product_zh", refusal)
        else:
            tell(_("Saved."))
            return go("awards.entry", slug=expo.slug, season_id=season.id, entry_id=row.id)
    page = render_template(
        "awards/entry_edit.html", expo=expo, season=season, entry=row, form=form, limits=LIMITS
    )
    return page, form.status


@blueprint.post(f"{ENTRY}/files")
@require(Permission.AWARDS_EDIT)
def add_entry_files(expo: Expo, season_id: int, entry_id: int) -> Any:
    season = season_or_404(expo, season_id)
    row, form = entry_or_404(season, entry_id), AwardFilesForm()
    if form.accepted():
        try:
            _put(season, row, form)
        except Refused as refusal:
            form.refuse("papers" if refusal.code.startswith(("copy", "papers")) else "pictures", refusal)
        else:
            return go("awards.entry", slug=expo.slug, season_id=season.id, entry_id=row.id, _anchor="files")
    return _page(expo, season, row, EntryDeedForm(formdata=None), form), form.status


def _put(season: AwardSeason, row: AwardEntry, form: AwardFilesForm) -> None:
    # Before anything is drawn, and once more when nothing can change it any more.
    check_screening(season)
    ready = form.ready()
    with transaction():
        entering.check_still_screened(season)
        pictures.add(row, ready, actor())


@blueprint.post(f"{ENTRY}/files/<int:file_id>/remove")
@require(Permission.AWARDS_EDIT)
def remove_entry_file(expo: Expo, season_id: int, entry_id: int, file_id: int) -> Any:
    season = season_or_404(expo, season_id)
    row = entry_or_404(season, entry_id)
    with transaction():
        entering.check_still_screened(season)
        pictures.remove(row, file_id, actor())
    return go("awards.entry", slug=expo.slug, season_id=season.id, entry_id=row.id, _anchor="files")


@blueprint.get(f"{ENTRY}/files/<int:file_id>")
@require(Permission.AWARDS_VIEW)
def entry_file(expo: Expo, season_id: int, entry_id: int, file_id: int) -> Response:
    """A picture or a paper of an entry."""
    season = season_or_404(expo, season_id)
    kept = pictures.stored(entry_or_404(season, entry_id), file_id, tuple(FileKind))
    return private_file(files.open_file(kept), kept.content_type, kept.name, kept.size)
