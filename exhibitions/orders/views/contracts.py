"""The office's page of an order, its contract, the stamped copies that come back, many contracts printed at once."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.orders.forms.order import StampedForm
from exhibitions.orders.models import Order
from exhibitions.orders.queries import shown
from exhibitions.orders.rules import references
from exhibitions.orders.service import contracts as service
from exhibitions.orders.views import order_words as words
from exhibitions.orders.views import scans
from exhibitions.orders.views.base import blueprint, order_or_404
from exhibitions.orders.views.order import as_pdf, contract_response

CONTRACTS = "/desk/<slug>/orders/contracts"
ORDER = "/desk/<slug>/orders/<number>"


@blueprint.get(ORDER)
@require(Permission.ORDERS_VIEW)
def desk_order(expo: Expo, number: str) -> str:
    row = order_or_404(expo, number)
    return render_template(
        "orders/desk_order.html",
        expo=expo,
        order=row,
        company=words.company_name(row.exhibitor),
        lines=shown.lines_of(row),
        sums=shown.sums_of(row),
        invoice=shown.invoice_of(expo, row),
        later=shown.replaced_by(expo, row),
        earlier=shown.replaces(expo, row),
        reference=references.shown(row.reference),
        words=words,
        rights=g.rights,
        stamped=StampedForm(),
        money="orders.order_money" if "orders.order_money" in current_app.view_functions else "",
    )


@blueprint.get(f"{ORDER}/contract/<any(zh, en):lang>")
@require(Permission.ORDERS_VIEW)
def contract_pdf(expo: Expo, number: str, lang: str) -> Response:
    return contract_response(expo, [order_or_404(expo, number)], lang)


@blueprint.post(ORDER)
@require(Permission.ORDERS_EDIT)
def stamped_copy(expo: Expo, number: str) -> Any:
    row = order_or_404(expo, number)
    form = StampedForm()
    try:
        service.check_binding(row)
        scan = scans.received(form.scan.data)
        with transaction():
            service.stamped(expo, row, actor(), scan)
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("The stamped copy is noted."))
    return go("orders.desk_order", slug=expo.slug, number=number)


@blueprint.post(f"{ORDER}/not-stamped")
@require(Permission.ORDERS_EDIT)
def not_stamped(expo: Expo, number: str) -> Any:
    row = order_or_404(expo, number)
    with transaction():
        service.unstamped(expo, row, actor())
    tell(_("The contract waits for its stamped copy again."))
    return go("orders.desk_order", slug=expo.slug, number=number)


@blueprint.get(f"{ORDER}/stamped-copy")
@require(Permission.ORDERS_VIEW)
def stamped_scan(expo: Expo, number: str) -> Response:
    return scans.handed_out(expo, order_or_404(expo, number).stamped_id)


@blueprint.get(CONTRACTS)
@require(Permission.ORDERS_VIEW)
def contracts(expo: Expo) -> str:
    owed = request.args.get("copy", "owed") == "owed"
    found = shown.contracts(expo, _page(), owed=owed)
    return render_template(
        "orders/contracts.html",
        expo=expo,
        found=found,
        owed=owed,
        words=words,
        rights=g.rights,
        most=shown.MOST_PRINTED,
    )


def _page() -> int:
    return _positive(request.args.get("page"))


def _positive(text: str | None) -> int:
    """A number from 1 of an address or a form; 1 for anything else."""
    return max(1, int(text)) if text and text.isascii() and text.isdigit() and len(text) < 7 else 1


@blueprint.post(f"{CONTRACTS}/print")
@require(Permission.ORDERS_VIEW)
def print_contracts(expo: Expo) -> Any:
    owed = request.form.get("copy") == "owed"
    rows = _rows(expo, owed=owed)
    if not rows:
        tell(_("Tick the contracts first."), "warning")
        return go("orders.contracts", slug=expo.slug)
    drawn = service.draw_papers(expo, rows, "en" if request.form.get("do") == "en" else "zh", owed=owed)
    return as_pdf(drawn, rows[0].number if len(rows) == 1 else f"{expo.slug}-contracts")


def _rows(expo: Expo, *, owed: bool) -> list[Order]:
    """The contracts that are ticked, or of all that match the hundred that was chosen."""
    chosen = [] if request.form.get("all") else request.form.getlist("id")
    if not chosen and not request.form.get("all"):
        return []
    return list(shown.to_print(expo, chosen, owed=owed, portion=_positive(request.form.get("portion"))))


@blueprint.post(f"{CONTRACTS}/stamped")
@require(Permission.ORDERS_EDIT)
def stamped_copies(expo: Expo) -> Any:
    rows = _rows(expo, owed=True)
    with transaction():
        for row in rows:
            service.stamped_all(expo, row, actor())
    if rows:
        tell(ngettext("%(num)s stamped copy is noted.", "%(num)s stamped copies are noted.", len(rows)))
    else:
        tell(_("Tick the contracts first."), "warning")
    return go("orders.contracts", slug=expo.slug)
