"""O10: who has reported, who has not, totals, shares with both bases, outliers, corrections, freeze."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, g, render_template, request
from flask_babel import gettext as _

from exhibitions.audit import service as audit
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.asked import ReasonForm
from exhibitions.core.charts import columns
from exhibitions.core.contact import masked_name, masked_phone
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import format_date, format_phone
from exhibitions.core.money import from_minor
from exhibitions.core.sheets.writing import Value
from exhibitions.core.tables import as_csv
from exhibitions.core.web import go, tell
from exhibitions.exhibitors import queries as exhibitors
from exhibitions.exhibitors.forms.figures import FreezeForm
from exhibitions.exhibitors.models import DailyFigure, Exhibitor, FiguresFreeze
from exhibitions.exhibitors.queries import figures as queries
from exhibitions.exhibitors.rules.figures import (
    Conversion,
    Phase,
    Report,
    Sums,
    answered,
    by_day,
    outliers,
    participation,
    phase,
    silent,
    totals,
)
from exhibitions.exhibitors.service import figures as service
from exhibitions.exhibitors.views.base import blueprint
from exhibitions.exhibitors.views.figures import field_of, form_of, tabs_of, values_of
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import present, visitor_days

_PAGE = "/desk/<slug>/sales-figures"
ROWS = 50
SHOWN = ("silent", "reported", "outliers")
_MOST_PAGES = 2000


@dataclass(frozen=True)
class Caller:
    """Whom to call, as the reader may see it; `number` is empty where it is masked."""

    name: str
    phone: str
    number: str = ""


@blueprint.get(_PAGE)
@require(Permission.EXHIBITORS_VIEW)
def sales_figures(expo: Expo) -> str:
    day = _day(expo)
    everyone, frozen = queries.expected(expo), queries.freeze(expo)
    may_edit = _may_edit()
    chosen = queries.live(expo, day=day)
    reports = [queries.report_of(row) for row in chosen]
    done = [queries.conversion_of(one) for one in queries.moves(expo) if day in (None, one.day)]
    sums = totals(reports, done)
    facts = _listed(expo, day, everyone, chosen, reports)
    return render_template(
        "exhibitors/sales_figures.html",
        expo=expo,
        day=day,
        tabs=tabs_of(expo, (), present(expo), is_frozen=False),
        took_part=participation(everyone, reports),
        sums=sums,
        said={currency: answered(reports, done, currency) for currency in sums},
        frozen=frozen,
        corrections=queries.corrections(expo),
        by_day=[] if day else _by_day(expo, reports, done, sums),
        may_edit=may_edit,
        may_remind=bool(facts["counts"]["silent"]) and may_edit and _is_open(expo, day, frozen=frozen),
        **facts,
    )


def _listed(
    expo: Expo,
    day: date | None,
    everyone: Sequence[int],
    chosen: Sequence[DailyFigure],
    reports: Sequence[Report],
) -> dict[str, Any]:
    """The page of the table that is asked for: silent exhibitors, reports, or outliers."""
    far = {(one.exhibitor_id, one.day, one.currency): name for one, name in outliers(reports)}
    quiet = silent(everyone, reports, day)
    show, page = _shown(), _number("page")
    rows = _rows(quiet, chosen, far, show)
    here = rows[(page - 1) * ROWS : page * ROWS]
    names = [row if isinstance(row, int) else row.exhibitor_id for row in here]
    return {
        "counts": {"silent": len(quiet), "reported": len(chosen), "outliers": len(far)},
        "show": show,
        "rows": here,
        "far": far,
        "page": page,
        "last": max(1, -(-len(rows) // ROWS)),
        "exhibitors": queries.with_ids(expo, names),
        "people": _callers(expo, names) if show == "silent" else {},
    }


def _callers(expo: Expo, numbers: Sequence[int]) -> dict[int, Caller]:
    """Whom to call; names and numbers in full only for who makes the calls (ux.md B12)."""
    found = queries.callers(expo, numbers)
    if _may_edit():
        return {
            key: Caller(one.name, format_phone(one.phone) if one.phone else "", one.phone or "")
            for key, one in found.items()
        }
    return {
        key: Caller(masked_name(one.name), masked_phone(one.phone) if one.phone else "")
        for key, one in found.items()
    }


def _may_edit() -> bool:
    """Whether the reader works with the figures of single companies: amounts are confidential to all others."""
    return Permission.EXHIBITORS_EDIT in g.rights


def _is_open(expo: Expo, day: date | None, *, frozen: FiguresFreeze | None) -> bool:
    if day is None or frozen is not None:
        return False
    return phase(day, present(expo), ZoneInfo(expo.timezone)) in (Phase.OPEN, Phase.DUE, Phase.PAST)


def _rows(
    quiet: Sequence[int],
    chosen: Sequence[DailyFigure],
    far: dict[tuple[int, date, str], str],
    show: str,
) -> Sequence[Any]:
    """The rows of the table: ids of the silent, or reports."""
    if show == "silent":
        return quiet
    if not _may_edit():
        return []
    if show == "outliers":
        return [row for row in chosen if (row.exhibitor_id, row.day, row.currency) in far]
    return chosen


def _shown() -> str:
    show = request.args.get("show", "silent")
    return show if show in SHOWN else abort(404)


def _number(name: str) -> int:
    found = request.args.get(name, default=1, type=int)
    return found if 1 <= found <= _MOST_PAGES else 1


def _day(expo: Expo) -> date | None:
    """The day in the address; `all` for the whole fair; without one today, or all days where today is none of them."""
    days, word = visitor_days(expo), request.args.get("day", "")
    if not word:
        today = present(expo).astimezone(ZoneInfo(expo.timezone)).date()
        return today if today in days else None
    if word == "all":
        return None
    try:
        day = date.fromisoformat(word)
    except ValueError:
        abort(404)
    return day if day in days else abort(404)


@blueprint.get(f"{_PAGE}/days.svg")
@require(Permission.EXHIBITORS_VIEW)
def figures_by_day(expo: Expo) -> Response:
    """Sales, contracts and intents of each day in whole units of one currency; of all companies together (ux.md §10)."""
    found = _days(expo, queries.live(expo), _currency())
    series = [
        (str(_("On-site sales")), [max(0, int(from_minor(one.sales, _currency()))) for _d, one in found]),
        (
            str(_("Contracts signed")),
            [max(0, int(from_minor(one.contracts_amount, _currency()))) for _d, one in found],
        ),
        (
            str(_("Intents")),
            [max(0, int(from_minor(one.intents_amount, _currency()))) for _d, one in found],
        ),
    ]
    picture = Response(columns([f"{day:%m-%d}" for day, _s in found], series), mimetype="image/svg+xml")
    # The drawing carries its own styles; nothing else may load or run in it.
    picture.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return picture


def _days(expo: Expo, rows: Sequence[DailyFigure], currency: str) -> list[tuple[date, Sums]]:
    moves = [queries.conversion_of(one) for one in queries.moves(expo)]
    return by_day([queries.report_of(row) for row in rows], moves, visitor_days(expo), currency)


def _by_day(
    expo: Expo, reports: Sequence[Report], moves: Sequence[Conversion], sums: dict[str, Sums]
) -> list[tuple[str, list[tuple[date, Sums, frozenset[str]]]]]:
    """By currency each day's sums, with the figures that anybody answered: silence is no zero."""
    return [
        (
            currency,
            [
                (day, line, answered(reports, moves, currency, day))
                for day, line in by_day(reports, moves, visitor_days(expo), currency)
            ],
        )
        for currency in sums
    ]


def _currency() -> str:
    word = request.args.get("currency", service.CURRENCIES[0])
    return word if word in service.CURRENCIES else abort(404)


@blueprint.post(f"{_PAGE}/remind")
@require(Permission.EXHIBITORS_EDIT)
def remind_silent(expo: Expo) -> Any:
    day = _day(expo)
    if day is None or not _is_open(expo, day, frozen=queries.freeze(expo)):
        tell(_("There is nobody to remind of this day now."), "error")
        return go("exhibitors.sales_figures", slug=expo.slug)
    with transaction():
        done = service.remind_by_hand(expo, day, actor())
    if done.job is not None:
        return go("jobs.job", slug=expo.slug, job_id=done.job.id)
    tell(
        _(
            "%(num)s reminders are on their way. Who has no address stands in the list of messages.",
            num=done.people,
        )
    )
    return go("exhibitors.sales_figures", slug=expo.slug, day=day.isoformat())


@blueprint.route(f"{_PAGE}/freeze", methods=["GET", "POST"])
@require(Permission.EXHIBITORS_EDIT)
def freeze_figures(expo: Expo) -> Any:
    """Fix the figures as they stand; asked first, because nobody can change them afterwards."""
    form = FreezeForm()
    if form.accepted():
        try:
            with transaction():
                service.freeze(expo, actor())
        except Refused as refusal:
            tell(_(refusal.message, **refusal.params), "error")
        else:
            tell(_("The figures are frozen. The digest below proves what they were."))
        return go("exhibitors.sales_figures", slug=expo.slug, day="all")
    reports = [queries.report_of(row) for row in queries.live(expo)]
    took_part = participation(queries.expected(expo), reports)
    return render_template("exhibitors/freeze_figures.html", expo=expo, form=form, took_part=took_part)


@blueprint.route(f"{_PAGE}/export", methods=["GET", "POST"])
@require(Permission.EXHIBITORS_EDIT)
def export_figures(expo: Expo) -> Any:
    """All reports in force as CSV, for a reason that is noted."""
    form, rows = ReasonForm(), queries.live(expo)
    if not form.accepted():
        page = render_template("exhibitors/export_figures.html", expo=expo, form=form, total=len(rows))
        return page, 422 if form.errors else 200
    with transaction():
        audit.record(
            "exhibitors.figures_exported",
            actor(),
            expo_id=expo.id,
            after={"rows": len(rows)},
            reason=form.reason.data or "",
        )
    # The transaction has let go of what was read before it: once more, all at once and not row by row.
    rows = queries.live(expo)
    names = queries.with_ids(expo, {row.exhibitor_id for row in rows})
    return as_csv(f"sales-figures-{expo.slug}", _table(rows, names))


def _table(rows: Sequence[DailyFigure], names: dict[int, Exhibitor]) -> Iterator[list[Value]]:
    heading = [
        _("Day"),
        _("Exhibitor"),
        _("Currency"),
        _("On-site sales"),
        _("Visitors at your stand (estimate)"),
    ]
    heading += [_("Contracts signed: number"), _("Contracts signed: amount"), _("Intents: number")]
    yield [*heading, _("Intents: amount"), _("Note"), _("Confidential")]
    for row in rows:
        company = names[row.exhibitor_id].company
        yield [
            row.day.isoformat(),
            (company.name_zh or company.name_en) if company else "",
            row.currency,
            _plain(row.sales, row.currency),
            row.visitors,
            row.contracts,
            _plain(row.contracts_amount, row.currency),
            row.intents,
            _plain(row.intents_amount, row.currency),
            row.note,
            _("Yes") if row.confidential else "",
        ]


def _plain(minor: int | None, currency: str) -> str | None:
    return None if minor is None else f"{from_minor(minor, currency):f}"


@blueprint.route(f"{_PAGE}/<number>", methods=["GET", "POST"])
@require(Permission.EXHIBITORS_EDIT)
def figures_of(expo: Expo, number: str) -> Any:
    """One exhibitor's figures: what it says on the phone is entered here, and every correction is seen."""
    exhibitor = exhibitors.exhibitor(expo, number)
    days = visitor_days(expo)
    if exhibitor is None or not days:
        abort(404)
    day = _day(expo) or days[-1]
    rows = queries.live(expo, exhibitor.id)
    form = form_of(rows, day)
    if form.accepted():
        try:
            with form.saving(lambda: values_of(expo, exhibitor, day, form.money)):
                service.report(expo, exhibitor, day, form.said(), actor())
        except Refused as refusal:
            form.refuse(field_of(refusal), refusal)
        else:
            tell(_("The figures of %(day)s are entered.", day=format_date(day)))
            return go("exhibitors.figures_of", slug=expo.slug, number=number, day=day.isoformat())
    page = render_template(
        "exhibitors/figures_of.html",
        expo=expo,
        exhibitor=exhibitor,
        day=day,
        tabs=tabs_of(expo, rows, present(expo), is_frozen=False),
        form=form,
        is_open=_is_open(expo, day, frozen=queries.freeze(expo)),
        person=queries.callers(expo, [exhibitor.id]).get(exhibitor.id),
        trail=queries.trail(expo, exhibitor.id),
        moves=queries.moves(expo, exhibitor.id),
    )
    return page, form.status
