"""Printers: which paper is in each, how it is calibrated, and who works at which."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from exhibitions.badges import service
from exhibitions.badges.forms.choosing import PAGES
from exhibitions.badges.forms.paper import PrinterForm, ReadingForm
from exhibitions.badges.models import Printer
from exhibitions.badges.queries import paper
from exhibitions.badges.rules import layout
from exhibitions.badges.service import calibration
from exhibitions.badges.views.base import BADGES, blueprint, pdf
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo

PRINTERS = f"{BADGES}/printers"


@blueprint.get(PRINTERS)
@require(Permission.BADGES_PRINT)
def printers(expo: Expo) -> str:
    mine = paper.chosen_printer(expo, actor().id)
    return render_template(
        "badges/printers.html", expo=expo, rows=paper.printers(expo), mine=mine, pages=dict(PAGES)
    )


@blueprint.route(f"{PRINTERS}/new", methods=["GET", "POST"], defaults={"printer_id": None})
@blueprint.route(f"{PRINTERS}/<int:printer_id>", methods=["GET", "POST"])
@require(Permission.BADGES_PRINT)
def printer(expo: Expo, printer_id: int | None) -> Any:
    row = _printer(expo, printer_id) if printer_id is not None else None
    form = PrinterForm(data=_shown(row) if row else None)
    if form.accepted():
        try:
            with form.saving(lambda: row and _shown(row), ("printer", printer_id)):
                saved = service.save_printer(expo, row, form.facts(), actor())
        except Refused as refusal:
            form.refuse("shift_x" if refusal.code == "reading_far" else "name", refusal)
        else:
            tell(_("The printer is saved. Print its calibration sheet next."))
            return go("badges.printer", slug=expo.slug, printer_id=saved.id)
    return _page(expo, row, form, ReadingForm()), form.status


@blueprint.get(f"{PRINTERS}/<int:printer_id>/calibration.pdf")
@require(Permission.BADGES_PRINT)
def calibration_sheet(expo: Expo, printer_id: int) -> Response:
    row = _printer(expo, printer_id)
    page = layout.SHEETS[row.sheet]
    words = _("Measure with a ruler from the edges of the paper to the lines of the cross.")
    content = calibration.draw(page, service.placement_of(row), f"{row.name}\n{words}")
    return pdf(content, "calibration.pdf")


@blueprint.post(f"{PRINTERS}/<int:printer_id>/readings")
@require(Permission.BADGES_PRINT)
def readings(expo: Expo, printer_id: int) -> Any:
    """Two readings of the ruler become the printer's shift."""
    row, form = _printer(expo, printer_id), ReadingForm()
    if form.accepted():
        try:
            with transaction():
                service.calibrate(expo, row, *form.readings(), actor())
        except Refused as refusal:
            form.refuse("across", refusal)
        else:
            tell(
                _(
                    "The shift is saved. Print the calibration sheet once more: the cross must stand right now."
                )
            )
            return go("badges.printer", slug=expo.slug, printer_id=row.id)
    plain = PrinterForm(formdata=None, data=_shown(row))
    return _page(expo, row, plain, form), 422 if form.errors else 200


@blueprint.post(f"{PRINTERS}/<int:printer_id>/mine")
@require(Permission.BADGES_PRINT)
def my_printer(expo: Expo, printer_id: int) -> AnyResponse:
    row = _printer(expo, printer_id)
    with transaction():
        service.choose_printer(expo, row, actor())
    tell(_("You print at %(name)s from now on.", name=row.name))
    return go("badges.printers", slug=expo.slug)


@blueprint.post(f"{PRINTERS}/<int:printer_id>/remove")
@require(Permission.BADGES_PRINT)
def remove_printer(expo: Expo, printer_id: int) -> AnyResponse:
    row = _printer(expo, printer_id)
    with transaction():
        service.remove_printer(expo, row, actor())
    tell(_("The printer is removed."))
    return go("badges.printers", slug=expo.slug)


def _page(expo: Expo, row: Printer | None, form: PrinterForm, reading: ReadingForm) -> str:
    target = calibration.target(layout.SHEETS[row.sheet]) if row else (0, 0)
    return render_template(
        "badges/printer.html", expo=expo, row=row, form=form, reading=reading, target=target
    )


def _shown(row: Printer) -> dict[str, object]:
    values = {name: getattr(row, name) for name in ("name", "sheet", "turned")}
    return values | {"shift_x": row.shift_x / 10, "shift_y": row.shift_y / 10}


def _printer(expo: Expo, printer_id: int) -> Printer:
    row = paper.printer_of(expo, printer_id)
    if row is None:
        abort(404)
    return row
