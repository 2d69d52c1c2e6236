"""Clearing deposits: the rules of the fair, which orders have one, deductions with their reason, and giving back."""

from __future__ import annotations

from typing import Any

from flask import g, render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.orders.forms.clearing import DeductionForm, RulesForm, shown
from exhibitions.orders.models import Order
from exhibitions.orders.queries import clearing as queries
from exhibitions.orders.queries import money
from exhibitions.orders.service import clearing as service
from exhibitions.orders.views import words
from exhibitions.orders.views.base import blueprint, order_or_404

_DESK = "/desk/<slug>/orders/clearing"
_ORDER = "/desk/<slug>/orders/<number>/clearing"


@blueprint.get(_DESK)
@require(Permission.ORDERS_VIEW)
def clearing_deposits(expo: Expo) -> str:
    found = queries.rules_of(expo)
    rows = queries.rows(expo, found)
    return render_template(
        "orders/clearing_deposits.html",
        expo=expo,
        rows=rows,
        rules=found,
        missing=sum(row.is_missing for row in rows),
        words=words,
        rights=g.rights,
    )


@blueprint.route(f"{_DESK}/rules", methods=["GET", "POST"])
@require(Permission.PRICES_EDIT)
def clearing_rules(expo: Expo) -> Any:
    form = RulesForm(data=shown(queries.rules_of(expo), expo.currency))
    form.currency = expo.currency
    if form.accepted():
        try:
            with form.saving(lambda: shown(queries.rules_of(expo), expo.currency)):
                service.save(expo, form.wanted(), actor())
        except Refused as refusal:
            form.refuse("sizes", refusal)
        else:
            tell(_("Saved."))
            return go("orders.clearing_deposits", slug=expo.slug)
    return render_template("orders/clearing_rules.html", expo=expo, form=form), form.status


@blueprint.post(f"{_DESK}/ask")
@require(Permission.ORDERS_EDIT)
def ask_clearing(expo: Expo) -> Any:
    with transaction():
        asked = service.ask_missing(expo, actor())
    tell(ngettext("%(num)s deposit is asked for.", "%(num)s deposits are asked for.", asked))
    return go("orders.clearing_deposits", slug=expo.slug)


@blueprint.get(_ORDER)
@require(Permission.ORDERS_VIEW)
def order_clearing(expo: Expo, number: str) -> str:
    order = order_or_404(expo, number)
    return _page(expo, order, _form(expo, order))


@blueprint.post(_ORDER)
@require(Permission.ORDERS_EDIT)
def deduct_clearing(expo: Expo, number: str) -> Any:
    order = order_or_404(expo, number)
    form = _form(expo, order)
    if form.accepted():
        try:
            with transaction():
                service.deduct(expo, order, form.taken(), actor())
        except Refused as refusal:
            form.refuse(str(refusal.params.get("field", "amount")), refusal)
        else:
            tell(_("The deduction is noted. The exhibitor sees it."))
            return go("orders.order_clearing", slug=expo.slug, number=number)
    return _page(expo, order, form), 422 if form.errors else 200


@blueprint.post(f"{_ORDER}/release")
@require(Permission.ORDERS_EDIT)
def release_clearing(expo: Expo, number: str) -> Any:
    """The stand is cleared: what is left of the deposit leaves the order and waits to be refunded."""
    order = order_or_404(expo, number)
    form = _form(expo, order)
    try:
        with transaction():
            service.release(expo, order, form.knew, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("The deposit is off the order. What was paid for it is credit now: book the refund."))
    return go("orders.order_clearing", slug=expo.slug, number=number)


def _form(expo: Expo, order: Order) -> DeductionForm:
    return DeductionForm().of(queries.rules_of(expo), queries.state_of(order), order.currency)


def _page(expo: Expo, order: Order, form: DeductionForm) -> str:
    form.seen.data = str(queries.last_line(order))
    return render_template(
        "orders/order_clearing.html",
        expo=expo,
        order=order,
        company=order.exhibitor.company,
        deposit=queries.state_of(order),
        lines=queries.lines_of(order),
        money=money.money_of(expo, order),
        form=form,
        words=words,
        rights=g.rights,
    )
