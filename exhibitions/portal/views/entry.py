"""E6, directory entry and fascia 会刊与楣板: words with their limits, logo, products, the panel as it is cut, sent for print."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, render_template, send_file
from flask_babel import gettext as _

from exhibitions.core.access import actor, personal_link
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell
from exhibitions.exhibitors import queries as exhibitor_queries
from exhibitions.exhibitors.forms.centre import LIMITS, EntryForm, ProductForm, shown, upload
from exhibitions.exhibitors.models import DirectoryEntry, Exhibitor
from exhibitions.exhibitors.queries import LINK
from exhibitions.exhibitors.queries import directory as queries
from exhibitions.exhibitors.rules.directory import MOST_PRODUCTS, frozen
from exhibitions.exhibitors.rules.fascia import Panel, draw, panel_of
from exhibitions.exhibitors.rules.people import Duty, check_duty
from exhibitions.exhibitors.rules.pictures import MOST_BYTES, drawn_anew
from exhibitions.exhibitors.service import directory as service
from exhibitions.exhibitors.service.acting import mine
from exhibitions.exhibitors.service.centre import centre_of
from exhibitions.exhibitors.service.directory import first_words, words_of
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import local_day
from exhibitions.files import queries as file_queries
from exhibitions.files import service as files
from exhibitions.portal.views.exhibitor import name_of
from exhibitions.portal.views.frame import blueprint, exhibitor_token
from exhibitions.stands.queries.of_exhibitors import panel_width, stands_of

_ENTRY = "/<slug>/exhibitor/<token>/entry"
_USUAL_WIDTH = 3_000


@blueprint.route(_ENTRY, methods=["GET", "POST"])
@personal_link(LINK)
def entry(expo: Expo, subject_id: int) -> Any:
    exhibitor = _allowed(expo, subject_id)
    form = _form(expo, exhibitor)
    if form.accepted():
        try:
            _save(expo, exhibitor, form)
        except Refused as refusal:
            form.refuse("logo" if refusal.code.startswith("picture") else "name_zh", refusal)
        else:
            _say_saved(expo, exhibitor)
            return go("portal.entry", slug=expo.slug, token=exhibitor_token())
    return _page(expo, exhibitor, form, ProductForm(formdata=None)), form.status


def _form(expo: Expo, exhibitor: Exhibitor) -> EntryForm:
    row = queries.entry(expo, exhibitor.id)
    form = EntryForm(data=_typed(expo, exhibitor, row))
    form.panel = _panel(expo, exhibitor)[0]
    if row is not None and service.is_frozen(expo, row, _today(expo)):
        # What was printed stays as it is where no panel asks for another text.
        form.kept_fascia = (row.fascia_zh, row.fascia_en)
    return form


def _allowed(expo: Expo, subject_id: int) -> Exhibitor:
    person, exhibitor = mine(expo, subject_id)
    check_duty(person.role, Duty.DIRECTORY)
    return exhibitor


def _typed(expo: Expo, exhibitor: Exhibitor, row: DirectoryEntry | None) -> dict[str, str]:
    """What the form shows: the entry with what is asked for, or what a new one begins with."""
    if row is None:
        return dict(shown(first_words(expo, exhibitor)))
    return dict(shown(words_of(row))) | {name: str(text) for name, text in (row.asked or {}).items()}


def _save(expo: Expo, exhibitor: Exhibitor, form: EntryForm, *, send: bool = False) -> None:
    content = upload(form.logo, MOST_BYTES)
    picture = _kept(content) if content is not None else None
    row = queries.entry(expo, exhibitor.id)
    about = ("directory_entry", row.id if row is not None else None)
    with form.saving(lambda: _typed(expo, exhibitor, row) if row is not None else None, about):
        service.save(expo, exhibitor, form.words(), actor(), _today(expo))
        if picture is not None:
            service.set_logo(expo, exhibitor, picture, actor())
        if send:
            service.send(expo, exhibitor, actor(), _today(expo))


def _kept(content: bytes) -> tuple[files.Bytes, str]:
    drawn, content_type = drawn_anew(content)
    return files.write(drawn), content_type


def _say_saved(expo: Expo, exhibitor: Exhibitor) -> None:
    if service.is_frozen(expo, queries.entry(expo, exhibitor.id), _today(expo)):
        tell(_("The print date is over: your change is with the organiser as a request."))
    else:
        tell(_("Saved."))


def _today(expo: Expo) -> Any:
    return local_day(expos.present(expo), expo.timezone, expo.cutoff_hour)


def _panel(expo: Expo, exhibitor: Exhibitor) -> tuple[Panel | None, int]:
    """The panel of the exhibitor's first stand that has one, and its width; the usual one before there is a stand."""
    panels = centre_of(expo).panels
    stands = stands_of(expo, [exhibitor.id]).get(exhibitor.id, [])
    found = [(panel_of(stand.kind, panels), panel_width(stand)) for stand in stands]
    with_panel = [(panel, width) for panel, width in found if panel is not None]
    if stands and not with_panel:
        return None, 0
    return (
        min(with_panel, key=lambda one: one[1]) if with_panel else (panel_of("shell", panels), _USUAL_WIDTH)
    )


def _page(expo: Expo, exhibitor: Exhibitor, form: EntryForm, product: ProductForm) -> str:
    row, settings = queries.entry(expo, exhibitor.id), exhibitor_queries.settings(expo)
    panel, width = _panel(expo, exhibitor)
    prints_on = settings.print_on if settings else None
    return render_template(
        "portal/entry.html",
        expo=expo,
        token=exhibitor_token(),
        exhibitor_name=name_of(exhibitor),
        form=form,
        product=product,
        row=row,
        limits=LIMITS,
        most=MOST_PRODUCTS,
        prints_on=prints_on,
        frozen=row is not None and frozen(row.state, _today(expo), prints_on),
        fee=centre_of(expo).fascia_fee_minor,
        panel=panel,
        width=width,
        metres=f"{width / 1000:g}",
        lines=_lines(form, panel, width),
    )


def _lines(form: EntryForm, panel: Panel | None, width: int) -> list[Any]:
    """The fascia as it is cut: one or two lines."""
    texts = [text for text in (form.fascia_zh.data, form.fascia_en.data) if text and text.strip()]
    return [draw(text, width, panel, len(texts)) for text in texts] if panel is not None else []


@blueprint.post(f"{_ENTRY}/send")
@personal_link(LINK)
def send_entry(expo: Expo, subject_id: int) -> Any:
    """What stands in the form is saved and sent for print; with gaps nothing is, and each is named at its field."""
    exhibitor = _allowed(expo, subject_id)
    form = _form(expo, exhibitor)
    if form.accepted() and not form.name_gaps():
        try:
            _save(expo, exhibitor, form, send=True)
        except Refused as refusal:
            form.refuse("logo" if refusal.code.startswith("picture") else "name_zh", refusal)
        else:
            tell(_("Your entry is sent for print. You can change it until the end of the print date."))
            return go("portal.entry", slug=expo.slug, token=exhibitor_token())
    return _page(expo, exhibitor, form, ProductForm(formdata=None)), form.status


@blueprint.post(f"{_ENTRY}/products")
@personal_link(LINK)
def add_product(expo: Expo, subject_id: int) -> Any:
    exhibitor = _allowed(expo, subject_id)
    form = ProductForm()
    if form.accepted():
        try:
            _add_product(expo, exhibitor, form)
        except Refused as refusal:
            form.refuse("picture" if refusal.code.startswith("picture") else "product_zh", refusal)
        else:
            return go("portal.entry", slug=expo.slug, token=exhibitor_token(), _anchor="products")
    words = EntryForm(formdata=None, data=_typed(expo, exhibitor, queries.entry(expo, exhibitor.id)))
    words.panel = _panel(expo, exhibitor)[0]
    return _page(expo, exhibitor, words, form), 422 if form.errors else 200


def _add_product(expo: Expo, exhibitor: Exhibitor, form: ProductForm) -> None:
    content = upload(form.picture, MOST_BYTES)
    picture = _kept(content) if content is not None else None
    with transaction():
        service.add_product(
            expo, exhibitor, form.names, actor(), is_new=bool(form.is_new.data), picture=picture
        )


@blueprint.post(f"{_ENTRY}/products/<int:product_id>/remove")
@personal_link(LINK)
def remove_product(expo: Expo, subject_id: int, product_id: int) -> Any:
    exhibitor = _allowed(expo, subject_id)
    row = queries.entry(expo, exhibitor.id)
    product = queries.product(expo, row.id, product_id) if row is not None else None
    if row is None or product is None:
        abort(404)
    with transaction():
        service.remove_product(expo, row, product, actor())
    return go("portal.entry", slug=expo.slug, token=exhibitor_token(), _anchor="products")


@blueprint.get(f"{_ENTRY}/pictures/<int:file_id>")
@personal_link(LINK)
def own_picture(expo: Expo, subject_id: int, file_id: int) -> Response:
    """The logo or a product's picture of the own entry, published or not."""
    row = queries.entry(expo, _allowed(expo, subject_id).id)
    if row is None:
        abort(404)
    return picture_of(expo, row, file_id, public=False)


def picture_of(expo: Expo, row: DirectoryEntry, file_id: int, *, public: bool) -> Response:
    """A picture that stands in this entry; 404 for any other file."""
    if file_id not in (row.logo_id, *(each.picture_id for each in row.products)):
        abort(404)
    kept = file_queries.file_of(expo.id, file_id)
    if kept is None:
        abort(404)
    answer: Response = send_file(
        files.open_file(kept), kept.content_type, conditional=False, etag=False, max_age=3600
    )
    answer.headers["Content-Length"] = str(kept.size)
    answer.headers["Cache-Control"] = "public, max-age=3600" if public else "private, no-store"
    return answer
