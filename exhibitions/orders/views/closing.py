"""The close of a day at the desk, and receipts."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from flask import Response, abort, g, render_template, request, send_file
from flask_babel import gettext as _

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import format_date
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.orders.forms.closing import CloseForm
from exhibitions.orders.models import Payment
from exhibitions.orders.queries import days as queries
from exhibitions.orders.queries import money
from exhibitions.orders.rules import closing as rules
from exhibitions.orders.rules import references
from exhibitions.orders.service import closing as service
from exhibitions.orders.service import receipts
from exhibitions.orders.views import words
from exhibitions.orders.views.base import blueprint


@blueprint.get("/desk/<slug>/orders/days")
@require(Permission.ORDERS_VIEW)
def days(expo: Expo) -> str:
    return render_template(
        "orders/days.html", expo=expo, days=queries.days(expo), today=money.today_of(expo), rights=g.rights
    )


@blueprint.route("/desk/<slug>/orders/days/<day>", methods=["GET", "POST"])
@require(Permission.MONEY_BOOK)
def close_day(expo: Expo, day: str) -> Any:
    when = _day(day)
    form = CloseForm()
    form.prepare(expo.currency)
    if form.accepted():
        counted, why = form.counted, form.explanation.data or ""
        facts = {"cash": counted["cash"], "qr": counted["qr"], "signed_by": form.signed_by.data}
        try:
            with transaction():
                service.close(expo, when, explanation=why, by=actor(), **facts)
        except Refused as refusal:
            form.refuse("signed_by" if refusal.code == "unsigned" else "explanation", refusal)
        else:
            tell(_("The day is closed."))
            return go("orders.close_day", slug=expo.slug, day=when.isoformat())
    booked = queries.booked(expo, when)
    page = render_template(
        "orders/close_day.html",
        expo=expo,
        day=when,
        form=form,
        booked={kind: booked.get(kind, 0) for kind in rules.COUNTED_KINDS},
        payments=queries.payments(expo, when),
        closed=queries.closed(expo, when),
        ahead=when > money.today_of(expo),
        words=words,
    )
    return page, 422 if form.errors else 200


@blueprint.get("/desk/<slug>/payments/<int:payment_id>/receipt")
@require(Permission.ORDERS_VIEW)
def receipt(expo: Expo, payment_id: int) -> Response:
    row = money.payment(expo, payment_id)
    if row is None or row.receipt is None:
        abort(404)
    number = rules.receipt_text(row.day.year, row.receipt)
    drawn = receipts.draw(
        {
            "title": _("Receipt"),
            "number": number,
            "fair": words.plain(expo),
            "signature": _("Money received by"),
        },
        _facts(expo, row),
        row.amount,
        row.currency,
    )
    as_file = "download" in request.args
    return send_file(
        BytesIO(drawn), "application/pdf", as_attachment=as_file, download_name=f"{number}.pdf", max_age=0
    )


def _facts(expo: Expo, row: Payment) -> list[tuple[str, str]]:
    order = row.order
    company = order.exhibitor.company
    facts = [
        (_("Received from"), row.payer or words.plain(company)),
        (_("Exhibitor"), words.plain(company)),
        (_("Contract"), f"{order.number}  {references.shown(order.reference)}"),
        (_("Kind"), str(words.KINDS[row.kind])),
        (_("Day"), format_date(row.day)),
        (_("Note"), row.note),
    ]
    if money.is_corrected(expo, row):
        facts.append((_("State"), _("This payment was countered; the receipt is void.")))
    return [(label, text) for label, text in facts if text]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(404)
