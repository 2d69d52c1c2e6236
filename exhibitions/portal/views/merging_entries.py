"""O4: two entries of one company on a fair's list: found, put side by side, merged, and parted again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, g, render_template, request
from flask_babel import gettext as _

from exhibitions.companies.models import Company
from exhibitions.companies.rules.record import Line, Part
from exhibitions.core import asked, clock
from exhibitions.core.access import Permission, actor, require, signed_in_person
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import format_datetime, format_money, local
from exhibitions.core.web import go, tell
from exhibitions.exhibitors import queries
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.queries import directory, listing
from exhibitions.exhibitors.queries import merging as merges
from exhibitions.exhibitors.queries.listing import Filters
from exhibitions.exhibitors.rules.merging import usual
from exhibitions.exhibitors.rules.states import STATE_WORDS
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import on_clock_of, rights_in
from exhibitions.orders import queries as orders
from exhibitions.orders.queries.money import money_of
from exhibitions.portal.service import merging_entries as service
from exhibitions.portal.views.exhibitor import name_of
from exhibitions.portal.views.frame import address, blueprint
from exhibitions.stands import queries as stands

_ONE = "/desk/<slug>/exhibitors/<number>/merge"
_MOST_FOUND = 10


@blueprint.route(_ONE, methods=["GET", "POST"])
@require(Permission.EXHIBITORS_EDIT)
def merge_entries(expo: Expo, number: str) -> Any:
    """First the other one is found, then both stand side by side; the merge itself is the third step."""
    row = queries.exhibitor(expo, number) or abort(404)
    other = _other(expo, row)
    if request.method == "POST" and other is not None and "_lang" not in request.form:
        kept, gone = (other, row) if request.form.get("keep") == other.number else (row, other)
        stays, word = kept.number, other.number
        try:
            with transaction():
                service.merge(expo, kept, gone, actor())
        except Refused as refusal:
            tell(_(refusal.message, **refusal.params), "error")
            return go("portal.merge_entries", slug=expo.slug, number=number, **{"with": word})
        tell(_("The two are one entry now. This can be undone for 30 days."))
        return go("portal.exhibitor", slug=expo.slug, number=stays)
    return _page(expo, row, other)


@blueprint.post(f"{_ONE}/find")
@require(Permission.EXHIBITORS_EDIT)
def find_entry(expo: Expo, number: str) -> Any:
    word = asked.keep_text(request.form.get("q", ""))
    return go("portal.merge_entries", slug=expo.slug, number=number, s=word)


@blueprint.post("/desk/<slug>/exhibitors/merges/<int:merge_id>/part")
@require(Permission.EXHIBITORS_EDIT)
def part_entries(expo: Expo, merge_id: int) -> Any:
    row = merges.merge_of(expo, merge_id) or abort(404)
    kept = merges.by_id(expo, row.kept_id) or abort(404)
    number = kept.number
    try:
        with transaction():
            service.part(expo, row, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("The two are apart again, each with its own."))
    return go("portal.exhibitor", slug=expo.slug, number=number)


def clashes(company: Company, other: Company) -> Part | None:
    """For the register's page of merging: the fairs on whose lists both stand, each with the way to make one entry of them."""
    person, lines = signed_in_person(), []
    found = merges.clashes(company.id, other.id)
    mine = rights_in([each.expo for each in found], person.id, g.organisation_rights) if person else {}
    for each in found:
        may = Permission.EXHIBITORS_EDIT in mine.get(each.expo.id, frozenset())
        url = (
            address("portal.merge_entries", slug=each.expo.slug, number=each.kept, **{"with": each.gone})
            if may
            else ""
        )
        lines.append(Line(local(each.expo, "name"), url))
    return (
        Part(str(_("Both stand on the list of a fair: make one entry of the two there first")), lines)
        if lines
        else None
    )


def _other(expo: Expo, row: Exhibitor) -> Exhibitor | None:
    word = request.values.get("with", "")
    return queries.exhibitor(expo, word) if word and word != row.number else None


def _page(expo: Expo, row: Exhibitor, other: Exhibitor | None) -> str:
    text = asked.kept_text(request.args.get("s", ""))
    here = (row, other) if other else ()
    has = merges.belongings(expo, [each.id for each in here]) if here else {}
    return render_template(
        "portal/merge_entries.html",
        expo=expo,
        row=row,
        name=name_of(row),
        other=other,
        others=[] if other else [_line(each) for each in _near(expo, row, text) if each.id != row.id],
        text=text,
        keep=_usual(expo, row, other).number if other else "",
        sides=_sides([_facts(expo, each, has[each.id]) for each in here]),
    )


def _near(expo: Expo, row: Exhibitor, text: str) -> list[Exhibitor]:
    if not text:
        return merges.near(expo, row)
    now = clock.now()
    wanted = Filters(now, now.date(), text=text)
    return [line.exhibitor for line in listing.found(expo, wanted, size=_MOST_FOUND).rows]


def _line(each: Exhibitor) -> dict[str, str]:
    return {"number": each.number, "name": name_of(each), "state": str(_(STATE_WORDS[each.state]))}


def _usual(expo: Expo, row: Exhibitor, other: Exhibitor) -> Exhibitor:
    return row if usual(service.entry_of(expo, row), service.entry_of(expo, other)) else other


def _sides(facts: list[dict[str, str]]) -> list[tuple[str, list[str]]]:
    """Line by line what each of the two says; what neither has is left out."""
    lines = [(label, [each[label] for each in facts]) for label in (facts[0] if facts else ())]
    return [(label, said) for label, said in lines if any(said)]


def _facts(expo: Expo, row: Exhibitor, has: Mapping[str, int]) -> dict[str, str]:
    """What is known of an entry, by its label in the reader's language."""
    company = row.company
    sent = on_clock_of(row.submitted_at, expo) if row.submitted_at else None
    held = stands.allocations_of(expo, row, clock.now())
    people = [each.name for each in row.people if each.removed_at is None and each.name]
    words = {
        _("Company"): name_of(row),
        _("Unified social credit code"): (company.credit_code or "") if company else "",
        _("State"): _(STATE_WORDS[row.state]),
        _("Reference"): row.reference or "",
        _("Application sent"): format_datetime(sent, expo.timezone) if sent else "",
        _("Contact persons"): _(", ").join(people),
        _("Stands"): _(", ").join(each.stand.number for each in held),
        _("Stand order"): _order(expo, row),
        _("Co-exhibitors"): _(", ").join(local(each, "name") for each in row.co_exhibitors),
        _("Represented companies"): _(", ").join(local(each, "name") for each in row.represented),
        _("Staff badges"): _count(has, "staff"),
        _("Days with figures"): _count(has, "figures"),
        _("Directory entry"): _("begun") if directory.entry(expo, row.id) else "",
        _("Talks"): _count(has, "talks"),
        _("Messages"): _count(has, "messages"),
        _("Note of the office"): row.note,
    }
    return {str(label): str(value) for label, value in words.items()}


def _count(has: Mapping[str, int], name: str) -> str:
    return str(has.get(name) or "")


def _order(expo: Expo, row: Exhibitor) -> str:
    order = orders.live_order(expo, row) or orders.lapsed_order(expo, row)
    if order is None or Permission.ORDERS_VIEW not in g.rights:
        return order.number if order else ""
    now = money_of(expo, order).balance
    total, left = format_money(now.total, order.currency), format_money(now.open, order.currency)
    sums = _("%(total)s, open %(open)s", total=total, open=left)
    return f"{order.number} · {sums}"
