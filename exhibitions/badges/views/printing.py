"""O8: choosing badges, checking what cannot be printed, and printing them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, g, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from exhibitions.badges import queries, service
from exhibitions.badges.forms.choosing import ORDERS, PAGES, PRINTED, Choice
from exhibitions.badges.models import BadgeClass, Printer
from exhibitions.badges.queries import paper
from exhibitions.badges.rules import number
from exhibitions.badges.service import printing
from exhibitions.badges.views.base import BADGES, blueprint, pdf
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import local
from exhibitions.core.web import go, keep_answer, kept_answer, tell
from exhibitions.expos.models import Expo

_A_PAGE = 50
_LONGEST_PAGE = 7


@blueprint.get(BADGES)
@require(Permission.BADGES_PRINT)
def badges(expo: Expo) -> str:
    classes = queries.classes(expo)
    choice = _choice(expo, classes)
    count, page = queries.count_to_print(expo, choice.wanted()), _page()
    # Reading every text takes a while: only who asks for it, or is about to print, waits for that.
    checked = service.check(expo, choice.wanted(), choice.page) if "check" in request.args else None
    return render_template(
        "badges/badges.html",
        expo=expo,
        choice=choice,
        checked=checked,
        count=count,
        filters=_filters(expo, classes, choice),
        classes=classes,
        class_of={found.id: found for found in classes},
        counts=queries.badges_by_class(expo),
        again=queries.printed_before(expo, choice.wanted()),
        reason=str(kept_answer(request.args.get("why", "")) or ""),
        runs=queries.print_runs(expo),
        rows=queries.page_to_print(expo, choice.wanted(), page),
        shown=number.shown,
        page=page,
        last=max(1, -(-count // _A_PAGE)),
        may_edit=Permission.EXPO_EDIT in g.rights,
    )


@blueprint.post(f"{BADGES}/search")
@require(Permission.BADGES_PRINT)
def search(expo: Expo) -> AnyResponse:
    """The text is a name as often as not: it is kept on the server, and the address names a word."""
    choice = Choice(request.args)
    text = request.form.get("q", "").replace("\x00", "").strip()[:100]
    word = {"s": keep_answer(text)} if text else {}
    kept = {name: value for name, value in choice.address().items() if name != "s"}
    return go("badges.badges", slug=expo.slug, **kept | word)


@blueprint.post(f"{BADGES}/print")
@require(Permission.BADGES_PRINT)
def start(expo: Expo) -> AnyResponse:
    """Characters that would be printed as 〓 are shown first; who has seen them may print all the same. Printing again
    asks why, and keeps what was said while the characters are looked at."""
    choice = Choice(request.form)
    reason = request.form.get("reason", "").replace("\x00", "").strip()[:300]
    try:
        printer = _printer(expo, choice)
        plan = service.plan_run(expo, choice.wanted(), choice.page, choice.sort, printer)
        if "seen" not in request.form and service.check(expo, choice.wanted(), plan.sheet).missing:
            word = {"why": keep_answer(reason)} if reason else {}
            return go("badges.badges", slug=expo.slug, check="1", **choice.address(), **word)
        with transaction():
            service.choose_printer(expo, printer, actor())
            _run, job = service.start_run(expo, plan, actor(), reason)
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return go("badges.badges", slug=expo.slug, **choice.address())
    return go("jobs.job", slug=expo.slug, job_id=job.id)


@blueprint.get(f"{BADGES}/sample.pdf")
@require(Permission.BADGES_PRINT)
def sample(expo: Expo) -> Response:
    choice = Choice(request.args)
    return pdf(service.sample(expo, choice.wanted(), choice.page), "sample.pdf")


@blueprint.get(f"{BADGES}/runs/<int:run_id>")
@require(Permission.BADGES_PRINT)
def print_run(expo: Expo, run_id: int) -> str:
    return render_template(
        "badges/run.html",
        expo=expo,
        run=printing.run_of(expo, run_id),
        pages=dict(PAGES),
        orders=dict(ORDERS),
    )


def _printer(expo: Expo, choice: Choice) -> Printer | None:
    return paper.printer_of(expo, choice.printer_id) if choice.printer_id is not None else None


def _choice(expo: Expo, classes: Sequence[BadgeClass]) -> Choice:
    """The choice of the address. Who has said nothing about printers is at the one that was chosen last; who
    has said nothing about paper either gets that of the class, or what all classes have."""
    values = dict(request.args)
    if "printer" not in values:
        mine = paper.chosen_printer(expo, actor().id)
        values |= {"printer": str(mine.id), "page-size": mine.sheet} if mine else {}
    if "page-size" not in values:
        wanted = values.get("class", "")
        usual = {each.sheet for each in classes if not wanted or each.key == wanted}
        values |= {"page-size": usual.pop()} if len(usual) == 1 else {}
    return Choice(values)


def _page() -> int:
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < _LONGEST_PAGE else 1


def _filters(expo: Expo, classes: Sequence[BadgeClass], choice: Choice) -> list[dict[str, Any]]:
    options: list[tuple[str, Any]] = [("", _("All classes"))]
    options += [(found.key, local(found, "name")) for found in classes]
    imports: list[tuple[Any, Any]] = [("", _("All"))]
    imports += [
        (one.id, _("Import %(id)s (%(count)s badges)", id=one.id, count=one.badges))
        for one in queries.imports_with_badges(expo)
    ]
    groups: list[tuple[Any, Any]] = [("", _("All"))]
    groups += [
        (
            one.id,
            _("%(name)s and group (%(count)s badges)", name=one.word, count=one.badges)
            if one.word
            else _("Group of %(count)s", count=one.badges),
        )
        for one in queries.groups_with_badges(expo)
    ]
    printers: list[tuple[Any, Any]] = [("", _("None chosen"))]
    printers += [(one.id, one.name) for one in paper.printers(expo)]
    wanted = [
        {"name": "class", "label": _("Class"), "options": options, "value": choice.class_key},
        {"name": "printed", "label": _("Printed"), "options": PRINTED, "value": choice.printed},
        {"name": "import", "label": _("Import"), "options": imports, "value": choice.import_id},
        {"name": "group", "label": _("Group"), "options": groups, "value": choice.group_id},
        {"name": "sort", "label": _("Sorted by"), "options": ORDERS, "value": choice.sort},
        {"name": "page-size", "label": _("Page"), "options": PAGES, "value": choice.page},
        {"name": "printer", "label": _("Printer"), "options": printers, "value": choice.printer_id},
    ]
    # A choice among one is none.
    return [item for item in wanted if len(item["options"]) > 1]
