"""O5: bank statements: read, looked at, booked: what fits by one click, the rest one by one."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import abort, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.forms import typed_number
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.orders.forms.statements import StatementForm
from exhibitions.orders.models import Statement, StatementRow
from exhibitions.orders.queries import money, named
from exhibitions.orders.queries import statements as queries
from exhibitions.orders.rules import references
from exhibitions.orders.rules.matching import BOOKABLE, Verdict
from exhibitions.orders.service import statements as service
from exhibitions.orders.views import words
from exhibitions.orders.views.base import blueprint

_PAGE = "/desk/<slug>/orders/statements"


@blueprint.route(_PAGE, methods=["GET", "POST"])
@require(Permission.MONEY_BOOK)
def statements(expo: Expo) -> Any:
    form = StatementForm()
    if form.accepted():
        with form.file.data.stream as stream:
            content = stream.read()
        try:
            found = service.read(BytesIO(content), expo.currency)
        except Refused as refusal:
            form.refuse("file", refusal)
        else:
            stored = files.write(content)
            with transaction():
                row = service.keep(expo, found, stored, form.file.data.filename, actor())
            return go("orders.statement", slug=expo.slug, statement_id=row.id)
    page = render_template(
        "orders/statements.html", expo=expo, form=form, statements=queries.statements(expo)
    )
    return page, 422 if form.errors else 200


@blueprint.get(f"{_PAGE}/<int:statement_id>")
@require(Permission.MONEY_BOOK)
def statement(expo: Expo, statement_id: int) -> str:
    row = _statement(expo, statement_id)
    rows = queries.rows_of(expo, row)
    book = queries.book(expo)
    waiting = [each for each in rows if each.booked_at is None and each.ignored_at is None]
    matched = [(each, book.match(each)) for each in waiting]
    page = max(1, typed_number(request.args.get("page", "1")) or 1)
    done = [each for each in rows if each.booked_at or each.ignored_at]
    return render_template(
        "orders/statement.html",
        expo=expo,
        statement=row,
        fitting=sum(found.verdict is Verdict.EXACT for _row, found in matched),
        waiting=matched[(page - 1) * queries.PAGE : page * queries.PAGE],
        page=page,
        last=max(1, -(-len(matched) // queries.PAGE)),
        total=len(matched),
        done=done[: queries.PAGE],
        done_total=len(done),
        payments=queries.payments_of(expo, done),
        book=book.by_id,
        bookable=BOOKABLE,
        words=words,
        shown=references.shown,
        rights=g.rights,
    )


@blueprint.post(f"{_PAGE}/<int:statement_id>/book")
@require(Permission.MONEY_BOOK)
def book_fitting(expo: Expo, statement_id: int) -> Any:
    row = _statement(expo, statement_id)
    with transaction():
        count = service.book_fitting(expo, row, actor())
    tell(ngettext("%(num)s payment is booked.", "%(num)s payments are booked.", count))
    return go("orders.statement", slug=expo.slug, statement_id=statement_id)


@blueprint.post("/desk/<slug>/orders/statement-rows/<int:row_id>/assign")
@require(Permission.MONEY_BOOK)
def assign_row(expo: Expo, row_id: int) -> Any:
    row = _row(expo, row_id)
    reference = references.typed(request.form.get("reference", "")[:100])
    try:
        with transaction():
            order = named.by_reference(expo, reference or "")
            service.assign(expo, row, order, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("The payment is booked."))
    return go("orders.statement", slug=expo.slug, statement_id=row.statement_id)


@blueprint.post("/desk/<slug>/orders/statement-rows/<int:row_id>/aside")
@require(Permission.MONEY_BOOK)
def put_row_aside(expo: Expo, row_id: int) -> Any:
    row = _row(expo, row_id)
    try:
        with transaction():
            (service.take_up if request.form.get("take_up") == "1" else service.put_aside)(expo, row, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    return go("orders.statement", slug=expo.slug, statement_id=row.statement_id)


def _statement(expo: Expo, statement_id: int) -> Statement:
    found = queries.statement(expo, statement_id)
    if found is None:
        abort(404)
    return found


def _row(expo: Expo, row_id: int) -> StatementRow:
    found = money.statement_row(expo, row_id)
    if found is None:
        abort(404)
    return found
