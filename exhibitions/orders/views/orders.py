"""O5: the orders of a fair with their money: list, search, export for the accountant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import current_app, g, render_template, request
from flask_babel import gettext as _
from flask_babel import pgettext

from exhibitions.audit import service as audit
from exhibitions.core import asked
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.money import from_minor
from exhibitions.core.sheets.writing import Value
from exhibitions.core.tables import as_csv, as_xlsx
from exhibitions.core.web import go, passed
from exhibitions.expos.models import Expo
from exhibitions.orders.queries import listing
from exhibitions.orders.queries.listing import Filters, Row
from exhibitions.orders.rules import references
from exhibitions.orders.rules.balance import PayState
from exhibitions.orders.views import words
from exhibitions.orders.views.base import blueprint

PASSED = ("status", "invoice", "copy", "proof", "sort", "s")


@blueprint.get("/desk/<slug>/orders")
@require(Permission.ORDERS_VIEW)
def orders(expo: Expo) -> str:
    filters = _wanted()
    found = listing.found(expo, filters, asked.page())
    return render_template(
        "orders/list.html",
        expo=expo,
        found=found,
        filters=filters,
        rights=g.rights,
        query=passed(PASSED),
        words=words,
        codes=[state.value for state in PayState],
        has_exhibitors="exhibitors.exhibitors" in current_app.view_functions,
        shown=references.shown,
        options=_options(),
        forgotten=asked.is_forgotten(),
    )


@blueprint.post("/desk/<slug>/orders/search")
@require(Permission.ORDERS_VIEW)
def search_orders(expo: Expo) -> Any:
    return go("orders.orders", slug=expo.slug, s=asked.keep_text(request.form.get("q", "")))


@blueprint.post("/desk/<slug>/orders/export/<any(csv, xlsx):kind>")
@require(Permission.ORDERS_VIEW)
def export_orders(expo: Expo, kind: str) -> Any:
    """The list as it is filtered, for the accountant; noted in the audit."""
    rows = listing.wanted(expo, _wanted())
    with transaction():
        audit.record("orders.exported", actor(), expo_id=expo.id, after={"rows": len(rows)})
    name = f"{_('orders')}-{expo.slug}"
    if kind == "csv":
        return as_csv(name, list(_table(rows)))
    return as_xlsx(
        name, _("Orders and payments"), _table(rows), [16, 14, 32, 12, 6, 14, 14, 14, 14, 12, 12, 14]
    )


def _table(rows: list[Row]) -> Iterator[list[Value]]:
    yield [
        *(
            _("Contract"),
            pgettext("money", "Reference"),
            _("Company"),
            _("State"),
            _("Currency"),
            _("Total"),
            pgettext("payment", "Paid"),
            pgettext("payment", "Open"),
        ),
        *(_("Credit"), _("Next due on"), _("Late since"), _("Clearing deposit in it")),
    ]
    for row in rows:
        now, currency = row.money.balance, row.order.currency
        sums = [from_minor(amount, currency) for amount in (now.total, now.paid, now.open, now.credit)]
        due = row.money.next
        yield [
            row.order.number,
            row.order.reference,
            words.plain(row.company),
            str(words.STATES[row.money.state.value]),
            currency,
            *sums,
            due.due.on if due else None,
            row.money.late_since,
            from_minor(row.deposit, currency),
        ]


def _options() -> dict[str, list[tuple[str, str]]]:
    return {
        "invoice": [
            ("requested", _("Invoice requested")),
            ("issued", _("Invoice issued")),
            ("none", _("No invoice requested")),
        ],
        "copy": [("owed", _("Stamped copy still missing"))],
        "proof": [("new", _("New proof of payment"))],
    }


def _wanted() -> Filters:
    args = request.args
    order = args.get("sort", "")
    state = args.get("status", "")
    return Filters(
        state=state if state in words.STATES else "",
        invoice=args["invoice"] if args.get("invoice") in listing.INVOICE_FILTERS else "",
        stamped="owed" if args.get("copy") == "owed" else "",
        proof="new" if args.get("proof") == "new" else "",
        text=asked.kept_text(args.get("s", "")),
        order=order if order.removeprefix("-") in listing.ORDERS else "company",
    )
