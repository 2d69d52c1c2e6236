"""E7: the daily figures, as the exhibitor reports them from the stand. Made for a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, render_template, request
from flask_babel import gettext as _

from exhibitions.core.access import actor, personal_link
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import local
from exhibitions.core.web import go, tell
from exhibitions.exhibitors.forms.figures import ConversionForm, FiguresForm, filled
from exhibitions.exhibitors.models import DailyFigure, Exhibitor, ExhibitorPerson
from exhibitions.exhibitors.queries import LINK
from exhibitions.exhibitors.queries import figures as queries
from exhibitions.exhibitors.rules.figures import (
    AMOUNTS,
    NOTHING,
    Figures,
    Phase,
    Sums,
    answered,
    asks,
    is_nothing,
    phase,
    totals,
    trend,
)
from exhibitions.exhibitors.rules.people import Duty, check_duty
from exhibitions.exhibitors.rules.states import UNDER_CONTRACT
from exhibitions.exhibitors.service import figures as service
from exhibitions.exhibitors.service.acting import mine
from exhibitions.exhibitors.service.figures import Said
from exhibitions.exhibitors.views.base import blueprint
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import present, visitor_days

_PAGE = "/<slug>/exhibitor/<token>/figures"


@dataclass(frozen=True)
class Tab:
    """A day of the fair: what may be done with it, and what was said."""

    day: date
    phase: Phase
    said: str


@blueprint.get(_PAGE)
@personal_link(LINK)
def daily_figures(expo: Expo, subject_id: int) -> str:
    _person, exhibitor = _on_duty(expo, subject_id)
    if exhibitor.state not in UNDER_CONTRACT:
        return _later_page(expo, exhibitor)
    day = day_asked(expo)
    rows = queries.live(expo, exhibitor.id)
    return _page(expo, exhibitor, day, form_of(rows, day), rows=rows)


@blueprint.post(_PAGE)
@personal_link(LINK)
def send_figures(expo: Expo, subject_id: int) -> Any:
    person, exhibitor = _allowed(expo, subject_id)
    day = day_asked(expo)
    form = FiguresForm()
    if form.accepted():
        try:
            with form.saving(lambda: values_of(expo, exhibitor, day, form.money)):
                before = _before(expo, exhibitor, day, form.money)
                service.report(expo, exhibitor, day, form.said(), actor(), person.id)
        except Refused as refusal:
            form.refuse(field_of(refusal), refusal)
        else:
            _thank(form.said().figures, before)
            return _back(expo, day, form.money)
    return _page(expo, exhibitor, day, form), form.status


@blueprint.post(f"{_PAGE}/nothing")
@personal_link(LINK)
def nothing_today(expo: Expo, subject_id: int) -> Any:
    """The day's report in one touch: no sales, no contracts, no intents."""
    person, exhibitor = _allowed(expo, subject_id)
    day = day_asked(expo)
    try:
        with transaction():
            service.report(expo, exhibitor, day, Said(NOTHING), actor(), person.id)
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("Noted: nothing today. You can still correct it."))
    return _back(expo, day)


@blueprint.post(f"{_PAGE}/signed")
@personal_link(LINK)
def intent_signed(expo: Expo, subject_id: int) -> Any:
    person, exhibitor = _allowed(expo, subject_id)
    day = day_asked(expo)
    form = ConversionForm(prefix="move")
    if form.accepted():
        try:
            with transaction():
                service.convert(expo, exhibitor, form.moved(exhibitor.id, day), actor(), person.id)
        except Refused as refusal:
            form.refuse("intent_amount", refusal)
        else:
            tell(_("Moved from the intents to the contracts. The earlier report stays as it was."))
            return _back(expo, day)
    rows = queries.live(expo, exhibitor.id)
    page = _page(expo, exhibitor, day, form_of(rows, day, typed=False), form, rows=rows)
    return page, 422 if form.errors else 200


def _allowed(expo: Expo, subject_id: int) -> tuple[ExhibitorPerson, Exhibitor]:
    """The person and exhibitor of the link; who only scans or builds sees no amounts, who has no contract reports none."""
    person, exhibitor = _on_duty(expo, subject_id)
    service.check_asked(exhibitor)
    return person, exhibitor


def _on_duty(expo: Expo, subject_id: int) -> tuple[ExhibitorPerson, Exhibitor]:
    """The person and exhibitor of the link; 403 for who only scans or builds."""
    person, exhibitor = mine(expo, subject_id)
    check_duty(person.role, Duty.FIGURES)
    return person, exhibitor


def _later_page(expo: Expo, exhibitor: Exhibitor) -> str:
    """The bar leads here before there is a contract: the page says from when on it is used."""
    name = exhibitor.company and local(exhibitor.company, "name")
    return render_template("exhibitors/figures_later.html", expo=expo, exhibitor_name=name)


def field_of(refusal: Refused) -> str:
    """The field that a refused report is about."""
    found = refusal.params.get("field", "sales")
    return found if isinstance(found, str) else "sales"


def day_asked(expo: Expo) -> date:
    """The day in the address or form; without one today, or the nearest day of the fair. 404 for what is none of its days."""
    days = visitor_days(expo)
    if not days:
        abort(404)
    words = request.form.get("day") or request.args.get("day")
    today = present(expo).astimezone(ZoneInfo(expo.timezone)).date()
    if not words:
        return min(max(today, days[0]), days[-1]) if today not in days else today
    try:
        day = date.fromisoformat(words)
    except ValueError:
        abort(404)
    return day if day in days else abort(404)


def _back(expo: Expo, day: date, currency: str = "") -> Any:
    more = {"currency": currency} if currency not in ("", "CNY") else {}
    return go("exhibitors.daily_figures", slug=expo.slug, token=_token(), day=day.isoformat(), **more)


def _token() -> str:
    """The token of the link in this page's address."""
    return request.path.split("/")[3]


def _thank(figures: Figures, before: Figures | None) -> None:
    words = {
        "sales": _("On-site sales"),
        "contracts_amount": _("Contracts signed: amount"),
        "intents_amount": _("Intents: amount"),
    }
    asked = [words[name] for name in asks(figures, before)]
    if asked:
        told = _(
            "Saved. Please check: a hundred times the day before, or more: %(fields)s",
            fields=_(", ").join(asked),
        )
        tell(told, "warning")
    else:
        tell(_("Thank you. The figures are with the organiser; you can correct them until they are frozen."))


def _before(expo: Expo, exhibitor: Exhibitor, day: date, currency: str) -> Figures | None:
    """What was reported of the day of the fair before, in the same currency."""
    earlier = [one for one in visitor_days(expo) if one < day]
    if not earlier:
        return None
    rows = queries.live(expo, exhibitor.id, earlier[-1])
    return next((queries.report_of(row).figures for row in rows if row.currency == currency), None)


def values_of(expo: Expo, exhibitor: Exhibitor, day: date, currency: str) -> dict[str, Any] | None:
    """What the form of a day shows of the report in that currency, read anew; None where there is none."""
    return shown_of(queries.live(expo, exhibitor.id, day), day, currency)


def shown_of(rows: Sequence[DailyFigure], day: date, currency: str) -> dict[str, Any] | None:
    """What the form of a day shows of the report among `rows`; None where there is none."""
    row = _row(rows, day, currency)
    if row is None:
        return None
    shown: dict[str, Any] = dict(filled(queries.report_of(row).figures, row.currency))
    return shown | {"note": row.note, "confidential": row.confidential}


def currency_asked(rows: Sequence[DailyFigure], day: date) -> str:
    """The currency in the address; without one that of the day's first report, else yuan."""
    wanted = request.args.get("currency", "")
    if wanted in service.CURRENCIES:
        return wanted
    return next((row.currency for row in rows if row.day == day), service.CURRENCIES[0])


def form_of(rows: Sequence[DailyFigure], day: date, *, typed: bool = True) -> FiguresForm:
    """The form of a day, filled with its report; `typed` says whether what was sent belongs to it."""
    currency = currency_asked(rows, day)
    data = {"day": day.isoformat(), "currency": currency, **(shown_of(rows, day, currency) or {})}
    return FiguresForm(data=data) if typed else FiguresForm(formdata=None, data=data)


def _page(
    expo: Expo,
    exhibitor: Exhibitor,
    day: date,
    form: FiguresForm,
    conversion: ConversionForm | None = None,
    *,
    rows: Sequence[DailyFigure] | None = None,
) -> str:
    now, frozen = present(expo), queries.freeze(expo)
    rows = queries.live(expo, exhibitor.id) if rows is None else rows
    moves = queries.moves(expo, exhibitor.id)
    reports, done = [queries.report_of(row) for row in rows], [queries.conversion_of(row) for row in moves]
    sums = totals(reports, done)
    currency = form.money
    return render_template(
        "exhibitors/daily_figures.html",
        expo=expo,
        exhibitor=exhibitor,
        exhibitor_name=exhibitor.company and local(exhibitor.company, "name"),
        day=day,
        tabs=tabs_of(expo, rows, now, is_frozen=frozen is not None),
        phase=_phase(expo, day, now, is_frozen=frozen is not None),
        form=form,
        conversion=conversion or ConversionForm(formdata=None, prefix="move"),
        today=[row for row in rows if row.day == day],
        trends=_trends(rows, day, currency, visitor_days(expo)),
        sums=sums,
        said={each: answered(reports, done, each) for each in sums},
        left=sums.get(currency, Sums()),
        moves=moves,
        token=_token(),
        currencies=service.CURRENCIES,
    )


def _phase(expo: Expo, day: date, now: datetime, *, is_frozen: bool) -> Phase:
    return phase(day, now, ZoneInfo(expo.timezone), frozen=is_frozen)


def tabs_of(expo: Expo, rows: Any, now: datetime, *, is_frozen: bool) -> list[Tab]:
    """The days of the fair, each with what was said of it: nothing yet, that there was nothing, or figures."""
    found = []
    for day in visitor_days(expo):
        said = [queries.report_of(row).figures for row in rows if row.day == day]
        word = "" if not said else "nothing" if all(map(is_nothing, said)) else "figures"
        found.append(Tab(day, _phase(expo, day, now, is_frozen=is_frozen), word))
    return found


def _trends(
    rows: Any, day: date, currency: str, days: tuple[date, ...]
) -> list[tuple[str, int | None, int | None, int | None]]:
    """The amounts of the day beside those of the day before: name, today, before, change."""
    earlier = [one for one in days if one < day]
    now, then = _row(rows, day, currency), _row(rows, earlier[-1], currency) if earlier else None
    if now is None or then is None:
        return []
    pairs = [(name, getattr(now, name), getattr(then, name)) for name in (*AMOUNTS, "visitors")]
    return [(name, today, before, trend(today, before)) for name, today, before in pairs]


def _row(rows: Sequence[DailyFigure], day: date, currency: str) -> DailyFigure | None:
    return next((row for row in rows if row.day == day and row.currency == currency), None)
