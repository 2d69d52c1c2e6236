"""The office's side of directory and fascias: who has sent what, print, changes asked for, publishing, the book, the cut list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import abort, g, render_template, request, url_for
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from exhibitions.core import asked, clock
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import N_, NotFound
from exhibitions.core.i18n import format_datetime
from exhibitions.core.paging import part
from exhibitions.core.sheets.writing import Value
from exhibitions.core.tables import as_csv, as_xlsx
from exhibitions.core.web import go, tell
from exhibitions.exhibitors import queries as exhibitor_queries
from exhibitions.exhibitors.forms.centre import shown
from exhibitions.exhibitors.models import DirectoryEntry, Exhibitor
from exhibitions.exhibitors.queries import directory as queries
from exhibitions.exhibitors.rules.fascia import Panel, draw, panel_of
from exhibitions.exhibitors.service import directory as entries
from exhibitions.exhibitors.service.centre import centre_of
from exhibitions.exhibitors.service.staff import company_words
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.files.rules import EXPORT_LIFE
from exhibitions.jobs import service as jobs
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import JobRun
from exhibitions.portal.service import directory as service
from exhibitions.portal.service import extras
from exhibitions.portal.views.frame import blueprint
from exhibitions.stands.queries import directory as public
from exhibitions.stands.queries.of_exhibitors import panel_width, stands_of
from exhibitions.stands.service.swapping import listing_what_gets_false

_PROOF = "/desk/<slug>/exhibitors/directory"
_PAGE = 50
STATES = {
    "draft": (N_("Draft"), "draft"),
    "sent": (N_("Sent for print"), "plain"),
    "printed": (N_("Gone to print"), "good"),
    "change_asked": (N_("Change asked for"), "wait"),
}


def register() -> None:
    """Enter the job that draws the directory into the table of names."""
    jobs.register(
        service.PRINT,
        draw_directory,
        title=N_("Drawing the directory"),
        labels={
            "pages": N_("Number of pages"),
            "entries": N_("Entries"),
            "missing": N_("Characters without a picture"),
        },
        links=_links,
        cancellable=True,
    )


@blueprint.get(_PROOF)
@require(Permission.EXHIBITORS_VIEW)
def proof(expo: Expo) -> str:
    everybody = queries.entries(expo, products=True)
    state = asked.word("state")
    chosen = [row for row in everybody if state not in STATES or row[0].state.value == state]
    found = part(len(chosen), asked.page(), _PAGE, lambda skip: chosen[skip : skip + _PAGE])
    stands = stands_of(expo, {row[1].id for row in found.rows})
    return render_template(
        "portal/proof.html",
        expo=expo,
        found=found,
        rows=[(entry, exhibitor, stands.get(exhibitor.id, [])) for entry, exhibitor in found.rows],
        counts={word: sum(entry.state.value == word for entry, _exhibitor in everybody) for word in STATES},
        missing=queries.without_entry(expo),
        state=state if state in STATES else "",
        states={word: (_(name), tone) for word, (name, tone) in STATES.items()},
        settings=exhibitor_queries.settings(expo),
        total=len(everybody),
        rights=g.rights,
        name_of=company_words,
    )


@blueprint.post(f"{_PROOF}/printed")
@require(Permission.EXHIBITORS_EDIT)
def mark_printed(expo: Expo) -> Any:
    with transaction():
        count = entries.mark_printed(expo, actor(), _with_panel(expo))
    tell(ngettext("%(num)s entry is printed now.", "%(num)s entries are printed now.", count))
    return go("portal.proof", slug=expo.slug)


def _with_panel(expo: Expo) -> frozenset[int]:
    """The exhibitors over one of whose stands a fascia hangs."""
    panels = centre_of(expo).panels
    everybody = {exhibitor.id for _entry, exhibitor in queries.entries(expo)}
    return frozenset(
        number
        for number, stands in stands_of(expo, everybody).items()
        if any(panel_of(stand.kind, panels) is not None for stand in stands)
    )


@blueprint.post(f"{_PROOF}/publish")
@require(Permission.EXHIBITORS_EDIT)
def publish_directory(expo: Expo) -> Any:
    with transaction():
        entries.publish(expo, actor())
    tell(_("The directory is public now."))
    return go("portal.proof", slug=expo.slug)


@blueprint.post(f"{_PROOF}/withdraw")
@require(Permission.EXHIBITORS_EDIT)
def withdraw_directory(expo: Expo) -> Any:
    with transaction():
        entries.withdraw(expo, actor())
    tell(_("The directory is not public any more."))
    return go("portal.proof", slug=expo.slug)


@blueprint.get(f"{_PROOF}/<number>")
@require(Permission.EXHIBITORS_VIEW)
def proof_entry(expo: Expo, number: str) -> str:
    """One entry as it will be printed, with what is asked for beside it."""
    entry, exhibitor = _entry(expo, number)
    stands, centre = stands_of(expo, [exhibitor.id]).get(exhibitor.id, []), centre_of(expo)
    return render_template(
        "portal/proof_entry.html",
        expo=expo,
        entry=entry,
        exhibitor=exhibitor,
        stands=stands,
        state=(_(STATES[entry.state.value][0]), STATES[entry.state.value][1]),
        words=shown(entries.words_of(entry)),
        asked_for=entry.asked or {},
        panels_of=_panels(centre.panels, entry, stands),
        fee=centre.fascia_fee_minor,
        rights=g.rights,
        name=company_words(exhibitor),
    )


def _entry(expo: Expo, number: str) -> tuple[DirectoryEntry, Exhibitor]:
    found = queries.entry_by_number(expo, number)
    if found is None:
        abort(404)
    return found


def _panels(panels: Mapping[str, Panel | None], entry: DirectoryEntry, stands: list[Any]) -> list[Any]:
    found = []
    for stand in stands:
        panel, width = panel_of(stand.kind, panels), panel_width(stand)
        texts = [text for text in (entry.fascia_zh, entry.fascia_en) if text]
        if panel is not None and texts:
            found.append((stand, panel, width, [draw(text, width, panel, len(texts)) for text in texts]))
    return found


@blueprint.post(f"{_PROOF}/<number>/<any(accept, refuse):answer>")
@require(Permission.EXHIBITORS_EDIT)
def decide_change(expo: Expo, number: str, answer: str) -> Any:
    entry, exhibitor = _entry(expo, number)
    with (
        transaction(),
        listing_what_gets_false(expo, [exhibitor], actor(), clock.now(), of_entry=True),
    ):
        fee = extras.decide_change(expo, exhibitor, entry, actor(), accept=answer == "accept")
    tell(_("The change is taken over.") if answer == "accept" else _("The entry stays as it was printed."))
    if fee:
        tell(_("Its fee is on the order."))
    elif fee is None:
        tell(_("Its fee is on no order, because none is confirmed. Charge it by hand."), "warning")
    return go("portal.proof_entry", slug=expo.slug, number=number)


@blueprint.get("/desk/<slug>/exhibitors/fascias.<any(csv, xlsx):kind>")
@require(Permission.EXHIBITORS_VIEW)
def fascias(expo: Expo, kind: str) -> Any:
    """The cut list for the stand builder: a row a stand with a panel, in the order of halls and numbers."""
    name, rows = f"fascias-{expo.slug}", list(_cut_list(expo))
    if kind == "csv":
        return as_csv(name, rows)
    return as_xlsx(name, _("Fascias"), rows, [10, 12, 10, 30, 40, 10, 10, 18, 30])


def _cut_list(expo: Expo) -> Iterator[list[Value]]:
    yield [
        *(_("Hall"), _("Stand number"), _("Panel width (mm)"), _("Fascia text in Chinese")),
        *(_("Fascia text in English"), _("Letters (mm), Chinese"), _("Letters (mm), English")),
        *(_("State"), _("Company")),
    ]
    panels = centre_of(expo).panels
    everybody = [row for row in queries.entries(expo) if row[0].co_exhibitor_id is None]
    stands = stands_of(expo, {exhibitor.id for _entry, exhibitor in everybody})
    rows = [
        (stand, entry, exhibitor) for entry, exhibitor in everybody for stand in stands.get(exhibitor.id, [])
    ]
    for stand, entry, exhibitor in sorted(rows, key=lambda row: (row[0].hall.code, row[0].number)):
        panel = panel_of(stand.kind, panels)
        if panel is None:
            continue
        width, texts = panel_width(stand), (entry.fascia_zh, entry.fascia_en)
        lines = sum(map(bool, texts)) or 1
        sizes = [draw(text, width, panel, lines).letter_mm if text else None for text in texts]
        state = _(STATES[entry.state.value][0])
        yield [stand.hall.code, stand.number, width, *texts, *sizes, state, company_words(exhibitor)]


@blueprint.post(f"{_PROOF}/pdf")
@require(Permission.EXHIBITORS_VIEW)
def print_directory(expo: Expo) -> Any:
    """Have the book drawn: as a proof for a day, or as the one that everybody may fetch."""
    lang = "en" if request.form.get("lang") == "en" else "zh"
    final = request.form.get("final") == "y" and Permission.EXHIBITORS_EDIT in g.rights
    with transaction():
        job = jobs.enqueue(
            service.PRINT,
            f"{expo.id}/{lang}/{int(final)}",
            {"lang": lang, "final": int(final)},
            expo_id=expo.id,
            actor=actor(),
        )
    return go("jobs.job", slug=expo.slug, job_id=job.id)


def draw_directory(run: JobRun) -> dict[str, object]:
    expo = db.session.get(Expo, run.expo_id)
    if expo is None:
        raise NotFound("expo_gone", N_("This fair is not there any more."))
    lang, final = str(run.arguments["lang"]), bool(run.arguments["final"])
    everybody = public.everybody(expo)
    pages: list[int] = []
    with force_locale(lang):
        moment = format_datetime(expo_queries.present(expo), expo.timezone)

        def foot(number: int, last: int) -> str:
            return str(
                _("Page %(page)s of %(last)s · as of %(moment)s", page=number, last=last, moment=moment)
            )

        drawn = files.write(
            lambda out: pages.append(
                service.draw(out, expo, everybody, lang, foot, lambda done: run.progress(done, done))
            )
        )
    expires = None if final else clock.now() + EXPORT_LIFE
    with run.transaction():
        kept = service.keep(expo, drawn, service.name_of(expo, lang, proof=not final), run.actor, expires)
    missing = service.missing(everybody)
    return {"pages": pages[0], "entries": len(everybody), "missing": missing, "file_id": kept.id}


def _links(job: Job) -> list[jobs.Link]:
    expo = db.session.get(Expo, job.expo_id)
    number = (job.result or {}).get("file_id")
    if expo is None or number is None:
        return []
    url = url_for("files.download", slug=expo.slug, file_id=number)
    return [jobs.Link(N_("Fetch the file, within 24 hours"), url, Permission.EXHIBITORS_VIEW)]
