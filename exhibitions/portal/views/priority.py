"""O3: the order of assigning: points with their lines, the lot, places that came free again (exhibitors-stands.md §2.3).

It is a page of its own beside the proposals because it counts from earlier editions' money, which stands do not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from flask import g, render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import escape

from exhibitions.core import asked, clock
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import N_, Refused
from exhibitions.core.forms import Form
from exhibitions.core.i18n import local
from exhibitions.core.paging import part
from exhibitions.core.sheets.writing import Value
from exhibitions.core.tables import as_csv, as_xlsx
from exhibitions.core.web import go, tell
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from exhibitions.portal.service.points import count_points as count_from_earlier
from exhibitions.portal.views.frame import blueprint
from exhibitions.stands.forms.choosing import ORDER_WORDS
from exhibitions.stands.forms.points import LotForm, PointsForm, SchemeForm
from exhibitions.stands.queries import freed_places as queries
from exhibitions.stands.queries import holding
from exhibitions.stands.queries import points as kept
from exhibitions.stands.rules.point_columns import COLUMN_WORDS
from exhibitions.stands.rules.wishes import BY_POINTS, lot
from exhibitions.stands.service import point_lists, points

_PAGE = "/desk/<slug>/floor-plan/order"
_SIZE = 50
LINE_WORDS = {
    "years": N_("Years exhibited"),
    "member_years": N_("Years of membership"),
    "area": N_("Steps of area"),
    "money": N_("Steps of money"),
    "violations": N_("Violations"),
    "absences": N_("Absences"),
    "carried": N_("Points before"),
}


@blueprint.get(_PAGE)
@require(Permission.EXHIBITORS_VIEW)
def assigning_order(expo: Expo) -> str:
    return _page(expo)


def _page(
    expo: Expo,
    scheme: SchemeForm | None = None,
    brought: PointsForm | None = None,
    lot_form: LotForm | None = None,
    problems: list[tuple[int, str]] | None = None,
) -> str:
    now, rule = clock.now(), kept.rule(expo)
    line, offers = queries.line_up(expo, now, rule), queries.offers(expo, rule, now)
    found = part(len(line), asked.page(), _SIZE, lambda start: line[start : start + _SIZE])
    return render_template(
        "portal/assigning_order.html",
        expo=expo,
        found=found,
        accounts=kept.accounts(expo, [each.applicant.id for each in found.rows]),
        counted_at=kept.last_counted(expo),
        words=LINE_WORDS,
        columns=COLUMN_WORDS,
        rule=ORDER_WORDS[rule.order],
        by_points=rule.order in BY_POINTS,
        drawn=rule.drawn,
        draws=kept.draws(expo),
        lots={each.applicant.id: _lot(rule.seed, each) for each in found.rows},
        freed=[] if offers.are_over else queries.freed_places(expo, line, holding.free(expo, now)),
        offers=offers,
        scheme=scheme or SchemeForm(formdata=None, data=SchemeForm.shown(rule.scheme)),
        brought=brought or PointsForm(formdata=None),
        lot=lot_form or LotForm(formdata=None),
        problems=problems or [],
        rights=g.rights,
    )


def _lot(seed: str, each: queries.Placed) -> str:
    return lot(seed, each.applicant.name)[:8] if seed else ""


def _scheme_now(expo: Expo) -> dict[str, object]:
    return SchemeForm.shown(kept.scheme(expo))


@blueprint.post(_PAGE)
@require(Permission.STANDS_EDIT)
def count_points(expo: Expo) -> Any:
    """Count everybody's points anew; where no lot was drawn yet it is drawn with it."""
    if Form().accepted():
        with transaction():
            count = count_from_earlier(expo, actor())
        tell(
            ngettext(
                "The points of %(num)s exhibitor are counted.",
                "The points of %(num)s exhibitors are counted.",
                count,
            )
        )
    return go("portal.assigning_order", slug=expo.slug)


@blueprint.post(f"{_PAGE}/scheme")
@require(Permission.STANDS_EDIT)
def save_points_scheme(expo: Expo) -> Any:
    form = SchemeForm(data=_scheme_now(expo))
    if form.accepted():
        try:
            with form.saving(lambda: _scheme_now(expo), ("expo", expo.id, "stands.points_scheme")):
                points.save_scheme(expo, form.scheme(), actor())
        except Refused as refusal:
            form.refuse(str(refusal.params.get("field", "per_year")), refusal)
        else:
            tell(_("Saved. Count the points anew so that it holds."))
            return go("portal.assigning_order", slug=expo.slug)
    return _page(expo, scheme=form), form.status


@blueprint.route(f"{_PAGE}/points", methods=["GET", "POST"])
@require(Permission.STANDS_EDIT)
def bring_points(expo: Expo) -> Any:
    """Take over a list of old points: all of its rows or none."""
    form, problems = PointsForm(), []
    if form.accepted():
        try:
            with point_lists.opened(form.content) as table:
                checked = point_lists.check(expo, table)
            problems = _told(checked)
            point_lists.refuse_problems(checked)
            with transaction():
                count = points.bring(expo, checked.brought, actor())
        except Refused as refusal:
            form.refuse("file", refusal)
        else:
            tell(ngettext("%(num)s row is taken over.", "%(num)s rows are taken over.", count))
            return go("portal.assigning_order", slug=expo.slug)
    return _page(expo, brought=form, problems=problems), form.status


def _told(checked: point_lists.Checked) -> list[tuple[int, str]]:
    shown = checked.problems[: point_lists.SHOWN_PROBLEMS]
    return [(number, _(refusal.message, **refusal.params)) for number, refusal in shown]


@blueprint.post(f"{_PAGE}/lot")
@require(Permission.STANDS_EDIT)
def draw_lot(expo: Expo) -> Any:
    """Draw the lot, or repeat one by its seed; every draw stays on the page."""
    form = LotForm()
    if form.accepted():
        try:
            with transaction():
                row = points.draw_lot(expo, actor(), seed=form.seed.data or "", note=form.note.data or "")
        except Refused as refusal:
            form.refuse("note" if refusal.code == "lot_why" else "seed", refusal)
        else:
            tell(_("The lot is drawn. Its seed is %(seed)s.", seed=row.seed))
            return go("portal.assigning_order", slug=expo.slug)
    return _page(expo, lot_form=form), form.status


@blueprint.get(f"{_PAGE}.<any(csv, xlsx):kind>")
@require(Permission.EXHIBITORS_VIEW)
def assigning_order_file(expo: Expo, kind: str) -> Any:
    """The whole order as a table, each line of the calculation in a column of its own."""
    rule = kept.rule(expo)
    # Written out whole before it is sent: a file is sent after the request's questions are over.
    rows = list(_rows(expo, queries.line_up(expo, clock.now(), rule), rule.seed))
    word = _("order-of-assigning")
    name = f"{word}-{expo.slug}"
    if kind == "csv":
        return as_csv(name, rows)
    return as_xlsx(name, _("Order of assigning"), rows, [6, 34, 14, 10, *[10] * len(LINE_WORDS), 16, 12, 8])


def _rows(expo: Expo, line: list[queries.Placed], seed: str) -> Iterator[list[Value]]:
    accounts = kept.accounts(expo)
    heading = [_("Rank"), _("Company"), _("Number"), _("Points"), *map(_, LINE_WORDS.values())]
    heading += [
        _("Application complete"),
        _("Paid on"),
        _("Years"),
        _("Stand"),
        _("Lot"),
        _("Seed of the lot"),
    ]
    yield list(map(str, heading))
    for each in line:
        one, row = each.applicant, each.who.exhibitor
        account = accounts.get(one.id)
        lines = {each["what"]: float(each["points"]) for each in account.lines} if account else {}
        yield [
            each.rank,
            _name(row),
            row.number,
            float(one.points),
            *(lines.get(what, 0) for what in LINE_WORDS),
            _day(one.complete_at),
            one.paid_on,
            one.years,
            ", ".join(each.who.has),
            lot(seed, one.name) if seed else "",
            seed,
        ]


def _name(row: Exhibitor) -> str:
    """The company's name without its mark of language: a table takes no markup."""
    return escape(local(row.company, "name")).striptags() if row.company else row.number


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
