"""The money of one order: what is due, what came in and went back, credit, counter-entries, proofs (O5)."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, render_template, send_file
from flask_babel import gettext as _

from exhibitions.accounts.queries import names_of
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.files import queries as file_queries
from exhibitions.files import service as files
from exhibitions.orders.forms.money import CorrectionForm, CreditForm, PaymentForm, RefundForm
from exhibitions.orders.models import Order, Payment
from exhibitions.orders.queries import money as queries
from exhibitions.orders.queries import named
from exhibitions.orders.rules import references
from exhibitions.orders.rules.states import PaymentKind
from exhibitions.orders.service import booking, proofs
from exhibitions.orders.views import words
from exhibitions.orders.views.base import blueprint, order_or_404

_ORDER = "/desk/<slug>/orders/<number>"


@blueprint.get(f"{_ORDER}/money")
@require(Permission.ORDERS_VIEW)
def order_money(expo: Expo, number: str) -> str:
    order = order_or_404(expo, number)
    rows = queries.payments(expo, order)
    return render_template(
        "orders/money.html",
        expo=expo,
        order=order,
        company=order.exhibitor.company,
        money=queries.money_of(expo, order),
        payments=rows,
        countered=queries.corrected_ids(expo, order),
        closed=queries.closed_days(expo),
        by=names_of({row.user_id for row in rows if row.user_id}),
        slips=queries.slips(expo, order),
        invoices=named.invoices_of(expo, order),
        payers=queries.payers(expo, [order.id]).get(order.id, []),
        words=words,
        shown=references.shown,
        rights=g.rights,
    )


@blueprint.route(f"{_ORDER}/payment", methods=["GET", "POST"])
@require(Permission.MONEY_BOOK)
def record_payment(expo: Expo, number: str) -> Any:
    order = order_or_404(expo, number)
    money = queries.money_of(expo, order)
    form = PaymentForm(data={"day": queries.today_of(expo)})
    form.prepare(order.currency)
    if form.accepted():
        came = booking.Incoming(
            kind=PaymentKind(form.kind.data),
            amount=form.minor,
            day=form.day.data,
            payer=form.payer.data,
            note=form.note.data,
            key=form.once,
        )
        try:
            with transaction():
                row = booking.book(expo, order, came, actor())
        except Refused as refusal:
            form.refuse("day" if refusal.code.startswith("day") else "amount", refusal)
        else:
            tell(_("The payment is booked."))
            return go("orders.order_money", slug=expo.slug, number=number, _anchor=f"p{row.id}")
    return _page("payment", expo, order, form, money)


@blueprint.route(f"{_ORDER}/refund", methods=["GET", "POST"])
@require(Permission.MONEY_BOOK)
def record_refund(expo: Expo, number: str) -> Any:
    order = order_or_404(expo, number)
    money = queries.money_of(expo, order)
    form = RefundForm(data={"day": queries.today_of(expo)})
    form.prepare(order.currency)
    if form.accepted():
        facts = {"amount": form.minor, "day": form.day.data, "note": form.note.data, "key": form.once}
        try:
            with transaction():
                booking.refund(expo, order, way=PaymentKind(form.kind.data), by=actor(), **facts)
        except Refused as refusal:
            form.refuse("day" if refusal.code.startswith("day") else "amount", refusal)
        else:
            tell(_("The refund is booked."))
            return go("orders.order_money", slug=expo.slug, number=number)
    return _page("refund", expo, order, form, money)


@blueprint.route(f"{_ORDER}/credit", methods=["GET", "POST"])
@require(Permission.MONEY_BOOK)
def use_credit(expo: Expo, number: str) -> Any:
    order = order_or_404(expo, number)
    form = CreditForm()
    form.prepare(order.currency)
    if form.accepted():
        target = named.by_reference(expo, form.reference)
        try:
            with transaction():
                booking.use_credit_for(expo, order, target, form.minor, actor(), form.note.data, form.once)
        except Refused as refusal:
            form.refuse("amount" if refusal.code in ("over_credit", "amount_wrong") else "target", refusal)
        else:
            tell(_("The credit is used."))
            return go("orders.order_money", slug=expo.slug, number=number)
    return _page("credit", expo, order, form, queries.money_of(expo, order))


@blueprint.route("/desk/<slug>/payments/<int:payment_id>/counter", methods=["GET", "POST"])
@require(Permission.MONEY_BOOK)
def counter_payment(expo: Expo, payment_id: int) -> Any:
    row = _payment(expo, payment_id)
    form = CorrectionForm()
    if form.accepted():
        try:
            with transaction():
                booking.correct(expo, row, form.reason.data, actor())
        except Refused as refusal:
            form.refuse("reason", refusal)
        else:
            tell(_("The payment is countered. Both rows stay."))
            return go("orders.order_money", slug=expo.slug, number=row.order.number)
    page = render_template("orders/counter.html", expo=expo, row=row, order=row.order, form=form, words=words)
    return page, 422 if form.errors else 200


@blueprint.post("/desk/<slug>/payment-slips/<int:slip_id>/seen")
@require(Permission.MONEY_BOOK)
def slip_seen(expo: Expo, slip_id: int) -> Any:
    slip = queries.slip(expo, slip_id)
    if slip is None:
        abort(404)
    with transaction():
        order = proofs.seen(expo, slip, actor())
    return go("orders.order_money", slug=expo.slug, number=order.number)


@blueprint.get("/desk/<slug>/payment-slips/<int:slip_id>/file")
@require(Permission.ORDERS_VIEW)
def slip_file(expo: Expo, slip_id: int) -> Response:
    slip = queries.slip(expo, slip_id)
    stored = file_queries.file_of(expo.id, slip.file_id) if slip and slip.file_id else None
    if stored is None:
        abort(404)
    content = files.open_file(stored)
    with transaction():
        files.record_download(stored, actor())
    return send_file(content, stored.content_type, as_attachment=True, download_name=stored.name, max_age=0)


def _page(name: str, expo: Expo, order: Order, form: Any, money: queries.Money) -> Any:
    page = render_template(
        f"orders/{name}.html",
        expo=expo,
        order=order,
        company=order.exhibitor.company,
        form=form,
        money=money,
        words=words,
        shown=references.shown,
    )
    return page, 422 if form.errors else 200


def _payment(expo: Expo, payment_id: int) -> Payment:
    row = queries.payment(expo, payment_id)
    if row is None:
        abort(404)
    return row
