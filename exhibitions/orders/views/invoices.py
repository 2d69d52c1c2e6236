"""Invoices 发票: what was asked for, complete data, issued numbers, and the accountant's table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import abort, g, render_template, request
from flask_babel import gettext as _

from exhibitions.audit import service as audit
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.asked import ReasonForm, page
from exhibitions.core.contact import written_phone
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.money import from_minor
from exhibitions.core.paging import part
from exhibitions.core.sheets.writing import Value
from exhibitions.core.tables import as_csv, as_xlsx
from exhibitions.core.web import go, passed, tell
from exhibitions.expos.models import Expo
from exhibitions.orders.forms.invoices import InvoiceForm, IssuedForm
from exhibitions.orders.models import Order
from exhibitions.orders.queries import invoices as queries
from exhibitions.orders.queries import money
from exhibitions.orders.queries.invoices import Row
from exhibitions.orders.rules import invoicing, references
from exhibitions.orders.service import invoices as service
from exhibitions.orders.views import words
from exhibitions.orders.views.base import blueprint, order_or_404

_PAGE = "/desk/<slug>/orders/invoices"


@blueprint.get(_PAGE)
@require(Permission.ORDERS_VIEW)
def invoices(expo: Expo) -> str:
    state = _state()
    rows = queries.rows(expo, state)
    return render_template(
        "orders/invoices.html",
        expo=expo,
        found=part(len(rows), page(), queries.PAGE, lambda start: rows[start : start + queries.PAGE]),
        state=state,
        query=passed(("state",)),
        kinds=invoicing.KIND_WORDS,
        rights=g.rights,
    )


@blueprint.route(f"{_PAGE}/export", methods=["GET", "POST"])
@require(Permission.ORDERS_EDIT)
def export_invoices(expo: Expo) -> Any:
    """The accountant's columns; they name receivers, so a reason is asked for and noted (P13)."""
    rows = queries.rows(expo, _state())
    form = ReasonForm()
    if not form.accepted():
        shown = render_template("orders/invoices_export.html", expo=expo, form=form, total=len(rows))
        return shown, 422 if form.errors else 200
    with transaction():
        facts: dict[str, object] = {"rows": len(rows)}
        audit.record(
            "orders.invoices_exported", actor(), expo_id=expo.id, after=facts, reason=form.reason.data or ""
        )
    name = f"{_('invoices')}-{expo.slug}"
    if request.form.get("kind") == "csv":
        return as_csv(name, list(_table(rows)))
    return as_xlsx(name, _("Invoices"), _table(rows), [16] * len(invoicing.ACCOUNTANT))


@blueprint.route("/desk/<slug>/orders/<number>/invoice", methods=["GET", "POST"])
@require(Permission.ORDERS_EDIT)
def request_invoice(expo: Expo, number: str) -> Any:
    order = order_or_404(expo, number)
    form = InvoiceForm(data=_usual(order) | {"after": str(queries.last_number(expo, order))})
    form.prepare(order.currency)
    if form.accepted():
        try:
            with transaction():
                service.request(expo, order, form.wish, actor(), form.knew)
        except Refused as refusal:
            form.refuse("amount", refusal)
        else:
            tell(_("The invoice is requested."))
            return go("orders.order_money", slug=expo.slug, number=number)
    shown = render_template(
        "orders/invoice_form.html",
        expo=expo,
        order=order,
        row=None,
        form=form,
        invoicable=queries.invoicable(order),
    )
    return shown, 422 if form.errors else 200


@blueprint.route(f"{_PAGE}/<int:invoice_id>", methods=["GET", "POST"])
@require(Permission.ORDERS_EDIT)
def invoice(expo: Expo, invoice_id: int) -> Any:
    row = _row(expo, invoice_id)
    form = IssuedForm(data=_numbered(expo, row))
    if form.accepted():
        day = form.issued_on.data or money.today_of(expo)
        try:
            with form.saving(lambda: _numbered(expo, row), (service.SUBJECT, invoice_id)):
                service.issue(expo, row.invoice, form.number.data or "", day, actor())
        except Refused as refusal:
            form.refuse("issued_on" if refusal.code == "day_ahead" else "number", refusal)
        else:
            tell(_("The number of the invoice is kept."))
            return go("orders.invoices", slug=expo.slug)
    shown = render_template(
        "orders/invoice.html",
        expo=expo,
        row=row,
        invoicable=queries.invoicable(row.order),
        form=form,
        kinds=invoicing.KIND_WORDS,
        words=words,
    )
    return shown, form.status


@blueprint.route(f"{_PAGE}/<int:invoice_id>/change", methods=["GET", "POST"])
@require(Permission.ORDERS_EDIT)
def change_invoice(expo: Expo, invoice_id: int) -> Any:
    row = _row(expo, invoice_id)
    form = InvoiceForm(data=_shown(row))
    form.prepare(row.order.currency)
    if form.accepted():
        try:
            with form.saving(lambda: _shown(row), (service.SUBJECT, invoice_id)):
                service.change(expo, row.invoice, form.wish, actor())
        except Refused as refusal:
            form.refuse("amount", refusal)
        else:
            tell(_("The invoice data is changed."))
            return go("orders.invoice", slug=expo.slug, invoice_id=invoice_id)
    shown = render_template(
        "orders/invoice_form.html",
        expo=expo,
        order=row.order,
        row=row,
        form=form,
        invoicable=queries.invoicable(row.order),
    )
    return shown, form.status


def _table(rows: list[Row]) -> Iterator[list[Value]]:
    yield [_(heading) for _key, heading in invoicing.ACCOUNTANT]
    for row in rows:
        # A line for each rate of tax; what was paid stands once.
        for place, share in enumerate(row.parts):
            yield invoicing.in_columns(_values(row, share, first=place == 0), None)


def _values(row: Row, share: invoicing.TaxPart, *, first: bool) -> Mapping[str, Value]:
    asked, order, company = row.invoice, row.order, row.order.exhibitor.company
    sums = {"net": share.net, "tax": share.tax, "amount": share.gross}
    if first:
        sums["paid"] = row.money.balance.paid
    state = _("Invoice issued") if asked.number else _("Requested")
    return {
        **{name: from_minor(amount, order.currency) for name, amount in sums.items()},
        "order": references.shown(order.reference),
        "contract": order.number,
        "company": words.plain(company),
        "state": f"{state} ({_('Amount has changed')})" if row.is_over else state,
        "kind": str(_(invoicing.KIND_WORDS[asked.kind])),
        "title": asked.title,
        "tax_number": asked.tax_number,
        "address_phone": asked.address_phone,
        "bank_account": asked.bank_account,
        "item": _("Exhibition services"),
        "tax_rate": f"{share.rate.normalize():f} %",
        "currency": order.currency,
        "paid_on": row.paid_on,
        "payers": ", ".join(row.payers),
        "other_payer": _("Yes") if row.other_payer else "",
        "email": asked.receiver_email or "",
        "receiver": " ".join(part for part in (asked.receiver, written_phone(asked.receiver_phone)) if part),
        "number": asked.number,
        "issued_on": asked.issued_on,
        "note": asked.note,
    }


def _numbered(expo: Expo, row: Row) -> dict[str, Any]:
    return {"number": row.invoice.number, "issued_on": row.invoice.issued_on or money.today_of(expo)}


def _usual(order: Order) -> dict[str, str]:
    company = order.exhibitor.company
    total = str(from_minor(queries.invoicable(order), order.currency))
    if company is None:
        return {"amount": total}
    return {
        "title": company.name_zh or company.name_en,
        "tax_number": company.credit_code or "",
        "whose": "company" if company.country == "CN" else "foreign",
        "amount": total,
    }


def _shown(row: Row) -> dict[str, str]:
    asked = row.invoice
    names = (
        "title",
        "tax_number",
        "address_phone",
        "bank_account",
        "receiver",
        "receiver_phone",
        "receiver_email",
        "note",
    )
    whose = "company" if asked.tax_number and invoicing.is_tax_number(asked.tax_number) else "person"
    return {
        **{name: getattr(asked, name) or "" for name in names},
        "kind": asked.kind.value,
        "whose": whose,
        "amount": str(from_minor(asked.amount, row.order.currency)),
    }


def _state() -> str:
    state = request.args.get("state", "")
    return state if state in queries.STATES else ""


def _row(expo: Expo, invoice_id: int) -> Row:
    found = queries.row(expo, invoice_id)
    if found is None:
        abort(404)
    return found
