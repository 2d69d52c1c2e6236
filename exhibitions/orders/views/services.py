"""Services: the catalogue of the office, what was ordered of it, and the exhibitor's order form."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import abort, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.core.access import Permission, actor, personal_link, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import local
from exhibitions.core.money import from_minor
from exhibitions.core.tables import as_xlsx
from exhibitions.core.web import go, tell
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.queries import LINK
from exhibitions.exhibitors.rules.people import Duty, check_duty
from exhibitions.exhibitors.service.acting import mine
from exhibitions.exhibitors.service.staff import company_words
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import local_day
from exhibitions.orders import queries as orders
from exhibitions.orders.forms.services import OrderForm, ServiceForm, shown
from exhibitions.orders.models import Service
from exhibitions.orders.queries import services as queries
from exhibitions.orders.rules.services import line_minor, next_price, price_on
from exhibitions.orders.rules.states import BINDING
from exhibitions.orders.service import ending
from exhibitions.orders.service import services as service
from exhibitions.orders.service.services import Basket, Wish
from exhibitions.orders.views.base import blueprint
from exhibitions.stands.queries.of_exhibitors import stands_of

_DESK = "/desk/<slug>/orders/services"
_MINE = "/<slug>/exhibitor/<token>/services"
_USUAL = (3_000, 3_000)


@blueprint.get(_DESK)
@require(Permission.ORDERS_VIEW)
def services(expo: Expo) -> str:
    today = _today(expo)
    offered = queries.catalogue(expo, ended=True)
    return render_template(
        "orders/services.html",
        expo=expo,
        groups=_grouped([_priced(each, today) for each in offered]),
        ordered=queries.all_ordered(expo, 200),
        rights=g.rights,
        name_of=company_words,
    )


@blueprint.get(f"{_DESK}/ordered.xlsx")
@require(Permission.ORDERS_VIEW)
def ordered_services(expo: Expo) -> Any:
    """What was ordered, for the official contractor: a row an order, with the stand and the marks on it."""
    rows = queries.all_ordered(expo)
    stands = stands_of(expo, {exhibitor.id for _order, exhibitor in rows})
    table = [
        [
            _("Service"),
            _("Quantity"),
            _("Company"),
            _("Stand"),
            _("Marked at (mm)"),
            _("Price"),
            _("Surcharge in per cent"),
        ],
        *(
            [
                each.service.name_zh or each.service.name_en,
                each.quantity,
                company_words(exhibitor),
                ", ".join(stand.number for stand in stands.get(exhibitor.id, [])),
                each.marked,
                from_minor(each.amount, expo.currency),
                int(each.surcharge),
            ]
            for each, exhibitor in rows
        ),
    ]
    return as_xlsx(f"services-{expo.slug}", _("Services"), table, [30, 8, 30, 14, 24, 12, 10])


@blueprint.route(f"{_DESK}/new", methods=["GET", "POST"])
@require(Permission.PRICES_EDIT)
def new_service(expo: Expo) -> Any:
    return _edit(expo, None)


@blueprint.route(f"{_DESK}/<int:service_id>", methods=["GET", "POST"])
@require(Permission.PRICES_EDIT)
def service_of_catalogue(expo: Expo, service_id: int) -> Any:
    return _edit(expo, _of(expo, service_id))


def _of(expo: Expo, service_id: int) -> Service:
    row = queries.service(expo, service_id)
    if row is None:
        abort(404)
    return row


def _edit(expo: Expo, row: Service | None) -> Any:
    form = ServiceForm(data=shown(row, expo.currency) if row is not None else None)
    form.prepare(expo.currency)
    if form.accepted():
        try:
            about = ("service", row.id if row is not None else None)
            with form.saving(lambda: row and shown(row, expo.currency), about):
                service.save(expo, row, form.offer(), actor())
        except Refused as refusal:
            form.refuse("code" if refusal.code == "service_twice" else "name_zh", refusal)
        else:
            tell(_("Saved."))
            return go("orders.services", slug=expo.slug)
    return render_template("orders/service.html", expo=expo, form=form, row=row), form.status


@blueprint.post(f"{_DESK}/<int:service_id>/end")
@require(Permission.PRICES_EDIT)
def end_service(expo: Expo, service_id: int) -> Any:
    with transaction():
        offered = request.form.get("offered") == "1"
        service.end(expo, _of(expo, service_id), actor(), offered=offered)
    return go("orders.services", slug=expo.slug)


@blueprint.route(_MINE, methods=["GET", "POST"])
@personal_link(LINK)
def order_services(expo: Expo, subject_id: int) -> Any:
    """The form, then a page with every amount that must be confirmed; what is sent twice is ordered once."""
    person, exhibitor = mine(expo, subject_id)
    check_duty(person.role, Duty.SERVICES)
    form, offered = OrderForm(), queries.catalogue(expo)
    if not form.accepted():
        return _form_page(expo, exhibitor, form, offered)
    wishes = form.read(offered, _floor(expo, exhibitor))
    if form.wrong or not wishes:
        return _form_page(expo, exhibitor, form, offered, nothing=not wishes and not form.wrong), 422
    try:
        if form.confirmed.data != "y":
            return _check_page(expo, exhibitor, form, wishes)
        with transaction():
            basket = Basket(wishes, form.number, form.seen.data or "", person.id)
            rows = service.order(expo, exhibitor, basket, _today(expo), actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        if refusal.code == "prices_changed":
            return _check_page(expo, exhibitor, form, wishes), refusal.status
        return _form_page(expo, exhibitor, form, offered), refusal.status
    if rows:
        tell(ngettext("%(num)s service is ordered.", "%(num)s services are ordered.", len(rows)))
    return go("orders.order_services", slug=expo.slug, token=_token())


def _token() -> str:
    """The secret of the address; the access mark has taken it out of the arguments."""
    return request.path.split("/")[3]


def _floor(expo: Expo, exhibitor: Exhibitor) -> tuple[int, int]:
    """Width and depth of the first stand in mm, on which connections are marked."""
    stands = stands_of(expo, [exhibitor.id]).get(exhibitor.id, [])
    if not stands:
        return _USUAL
    sides = ([point[axis] for point in stands[0].polygon] for axis in (0, 1))
    width, depth = (max(side) - min(side) for side in sides)
    return width, depth


def _today(expo: Expo) -> Any:
    return local_day(expos.present(expo), expo.timezone, expo.cutoff_hour)


def _priced(row: Service, day: Any) -> dict[str, Any]:
    """A service with its price of the day: closed ones have none."""
    steps = queries.steps_of(row)
    now = price_on(steps, day)
    return {
        "row": row,
        "now": now,
        "unit": line_minor(row.price, 1, now.percent) if now else None,
        "later": next_price(steps, day),
    }


def _grouped(rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    return [(key, list(found)) for key, found in groupby(rows, key=lambda each: each["row"].group_key)]


def _page(expo: Expo, exhibitor: Exhibitor) -> dict[str, Any]:
    order = orders.live_order(expo, exhibitor)
    return {
        "expo": expo,
        "token": _token(),
        "exhibitor_name": local(exhibitor.company, "name") if exhibitor.company else "",
        "may_order": order is not None and order.state in BINDING,
        "currency": expo.currency,
    }


def _form_page(
    expo: Expo, exhibitor: Exhibitor, form: OrderForm, offered: Any, *, nothing: bool = False
) -> str:
    today, (width, depth) = _today(expo), _floor(expo, exhibitor)
    rows = queries.ordered(expo, exhibitor.id)
    return render_template(
        "orders/order_services.html",
        **_page(expo, exhibitor),
        free=ending.free_of(expo, rows),
        groups=_grouped([_priced(each, today) for each in offered]),
        ordered=rows,
        after=queries.last_number(expo, exhibitor.id),
        typed=getattr(form, "typed", {}),
        wrong=getattr(form, "wrong", {}),
        nothing=nothing,
        width=f"{width / 1000:g}",
        depth=f"{depth / 1000:g}",
    )


def _check_page(expo: Expo, exhibitor: Exhibitor, form: OrderForm, wishes: list[Wish]) -> str:
    priced = service.price(wishes, _today(expo))
    return render_template(
        "orders/check_services.html",
        **_page(expo, exhibitor),
        priced=priced,
        net=sum(each.amount for each in priced),
        tax=sum(each.tax for each in priced),
        seen=service.mark_of(priced),
        after=form.number,
        typed=form.typed,
    )
