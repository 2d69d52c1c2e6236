"""O12: the entries of an award as a list and a file, what is done with many of them, and entries that the office adds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from flask import g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.audit import service as audit
from exhibitions.awards.forms.entering import LIMITS, OfficeEntryForm
from exhibitions.awards.models import AwardEntry, AwardSeason
from exhibitions.awards.queries import entries as queries
from exhibitions.awards.queries import published
from exhibitions.awards.queries.entries import Filters
from exhibitions.awards.queries.whose import whose
from exhibitions.awards.rules.entering import SCREENING, is_over
from exhibitions.awards.rules.entry_words import STAGE_WORDS, TONES, shown_state
from exhibitions.awards.rules.states import EntryStage, stage
from exhibitions.awards.service import entering, many
from exhibitions.awards.views.base import SEASON, blueprint, season_or_404
from exhibitions.core import asked
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import format_datetime, language, local
from exhibitions.core.regions import region_name
from exhibitions.core.sheets.writing import Value
from exhibitions.core.tables import as_csv, as_xlsx
from exhibitions.core.web import go, passed, tell
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo

LIST = f"{SEASON}/entries"
PASSED = ("stage", "category", "place", "sort", "s", "page")
_FIELDS = {"late_reason": "reason", "company_missing": "company", "entry_gap_category": "category"}


@blueprint.get(LIST)
@require(Permission.AWARDS_VIEW)
def entries(expo: Expo, season_id: int) -> str:
    season, filters = season_or_404(expo, season_id), _wanted()
    found = queries.found(season, filters, asked.page())
    return render_template(
        "awards/entries.html",
        expo=expo,
        season=season,
        found=found,
        filters=filters,
        counts=queries.counts(season),
        places=[(each, region_name(each, language())) for each in queries.places(season)],
        stages=[(each.value, _(word)) for each, word in STAGE_WORDS.items()],
        stage_of=partial(shown_stage, published.told(season)),
        tones=TONES,
        region=lambda key: region_name(key, language()),
        may_edit=Permission.AWARDS_EDIT in g.rights,
        screens=season.state in SCREENING,
        query=passed(PASSED),
        forgotten=asked.is_forgotten(),
    )


def shown_stage(told: published.Told, entry: AwardEntry) -> EntryStage:
    """The word under which an entry is shown to the office."""
    return stage(shown_state(told.state(entry), is_public=told.is_public))


def _wanted() -> Filters:
    """What the address asks of the list; what is unknown asks for nothing."""
    order = request.args.get("sort", "")
    kind = request.args.get("stage", "")
    return Filters(
        stage=kind if kind in list(EntryStage) else "",
        category=asked.word("category"),
        place=asked.word("place"),
        text=asked.kept_text(request.args.get("s", "")),
        order=order if order.removeprefix("-") in queries.ORDERS else "number",
    )


@blueprint.post(f"{LIST}/search")
@require(Permission.AWARDS_VIEW)
def search_entries(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    word = asked.keep_text(request.form.get("q", ""))
    return go("awards.entries", slug=expo.slug, season_id=season.id, s=word)


@blueprint.post(f"{LIST}/export/<any(csv, xlsx):kind>")
@require(Permission.AWARDS_VIEW)
def export_entries(expo: Expo, season_id: int, kind: str) -> Any:
    """The list as it is filtered, without the contacts; noted in the audit."""
    season = season_or_404(expo, season_id)
    rows = queries.found(season, _wanted(), size=queries.MOST_TAKEN).rows
    with transaction():
        audit.record("awards.entries_exported", actor(), expo_id=expo.id, after={"rows": len(rows)})
    name = f"{_('award-entries')}-{expo.slug}"
    if kind == "csv":
        return as_csv(name, list(_table(expo, season, rows)))
    widths = [10, 14, 34, 34, 20, 34, 34, 14, 20, 20]
    return as_xlsx(name, _("Award entries"), _table(expo, season, rows), widths)


def _table(expo: Expo, season: AwardSeason, rows: Sequence[AwardEntry]) -> Iterator[list[Value]]:
    yield [
        *(_("Number"), _("Award category"), _("Product in Chinese"), _("Product in English"), _("Brand")),
        *(_("Company in Chinese"), _("Company in English"), _("Place"), _("State"), _("Submitted")),
        _("Where the sample is kept"),
    ]
    told = published.told(season)
    for row in rows:
        sent = expos.on_clock_of(row.submitted_at, expo) if row.submitted_at else None
        yield [
            row.number or "",
            local(row.category, "name") if row.category is not None else "",
            *(row.product_zh, row.product_en, row.brand, row.company_zh, row.company_en),
            region_name(row.place, language()) if row.place else "",
            _(STAGE_WORDS[shown_stage(told, row)]),
            format_datetime(sent, expo.timezone) if sent else "",
            row.sample_place,
        ]


@blueprint.post(f"{LIST}/many")
@require(Permission.AWARDS_EDIT)
def accept_many_entries(expo: Expo, season_id: int) -> Any:
    """Let the ticked ones pass screening, or all that the filters let through; thousands as a job (ux.md §9)."""
    season = season_or_404(expo, season_id)
    try:
        with transaction():
            done = many.accept_many(season, _ticked(season), actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return go("awards.entries", slug=expo.slug, season_id=season.id, **passed(PASSED))
    if done.job is not None:
        return go("jobs.job", slug=expo.slug, job_id=done.job.id)
    tell(ngettext("%(num)s entry passed screening.", "%(num)s entries passed screening.", done.passed))
    _say_stayed(done.stayed)
    return go("awards.entries", slug=expo.slug, season_id=season.id, **passed(PASSED))


def _ticked(season: AwardSeason) -> Sequence[int]:
    if request.form.get("all") == "1":
        return queries.numbers_of(season, _wanted())
    typed = map(asked.number, request.form.getlist("id")[: queries.MOST_TAKEN])
    return [number for number in typed if number is not None]


def _say_stayed(stayed: int) -> None:
    if stayed:
        tell(
            ngettext(
                "%(num)s stays as it is: it does not wait for screening.",
                "%(num)s stay as they are: they do not wait for screening.",
                stayed,
            ),
            "warning",
        )


@blueprint.route(f"{LIST}/add", methods=["GET", "POST"])
@require(Permission.AWARDS_EDIT)
def add_entry(expo: Expo, season_id: int) -> Any:
    season, now = season_or_404(expo, season_id), expos.present(expo)
    form = OfficeEntryForm()
    form.offer(season)
    if form.accepted():
        try:
            with transaction():
                entry = _add(expo, season, form, now)
        except Refused as refusal:
            form.refuse(_FIELDS.get(refusal.code, "product_zh"), refusal)
        else:
            tell(_("The entry is added. Its number is %(number)s.", number=entry.number))
            return go("awards.entry", slug=expo.slug, season_id=season.id, entry_id=entry.id)
    page = render_template(
        "awards/entry_add.html",
        expo=expo,
        season=season,
        form=form,
        limits=LIMITS,
        late=is_over(season.closes_at, now),
    )
    return page, form.status


def _add(expo: Expo, season: AwardSeason, form: OfficeEntryForm, now: Any) -> AwardEntry:
    return entering.add(
        expo,
        season,
        whose(expo, form.company.data or "", form.place.data or ""),
        form.words(),
        makers=form.told_makers(),
        by=actor(),
        now=now,
        reason=(form.reason.data or "").strip(),
    )
