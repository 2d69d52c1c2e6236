"""展商报到处, the exhibitor desk: one box to find an exhibitor, then contract, money, badges, bag."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, g, make_response, render_template, request
from flask_babel import gettext as _

from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.queries import paper
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.asked import keep_text, kept_text
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell
from exhibitions.exhibitors import queries as exhibitors
from exhibitions.exhibitors.forms.onsite import ArrivalForm, BadgeForm
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.queries.presence import STAFF, last_badge
from exhibitions.exhibitors.rules.arriving import STEP_WORDS, Extra, done, missing
from exhibitions.exhibitors.rules.pictures import drawn_anew
from exhibitions.exhibitors.service import arriving as service
from exhibitions.exhibitors.service.arriving import Signed, Wanted
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import present
from exhibitions.files import service as files
from exhibitions.orders.models import Order, Payment
from exhibitions.orders.queries import money
from exhibitions.orders.rules.closing import receipt_text
from exhibitions.orders.rules.states import PaymentKind
from exhibitions.portal.service import extras
from exhibitions.portal.views.exhibitor import blocked_words
from exhibitions.portal.views.frame import blueprint
from exhibitions.reports.queries import arrivals

_DESK = "/desk/<slug>/exhibitor-desk"
_SHEET = "90x130"


@blueprint.get(_DESK)
@require(Permission.EXHIBITOR_DESK)
def exhibitor_desk(expo: Expo) -> str:
    text = kept_text(request.args.get("s", ""))
    came, everyone = arrivals.counts(expo)
    found = arrivals.find(expo, text)
    return render_template(
        "portal/exhibitor_desk.html",
        expo=expo,
        text=text,
        found=[(one, missing(one.standing)) for one in found],
        words=STEP_WORDS,
        came=came,
        everyone=everyone,
    )


@blueprint.post(f"{_DESK}/search")
@require(Permission.EXHIBITOR_DESK)
def exhibitor_desk_search(expo: Expo) -> Any:
    text = request.form.get("q", "").replace("\x00", "")
    found = arrivals.find(expo, text)
    if len(found) == 1:
        return go("portal.arriving", slug=expo.slug, number=found[0].exhibitor.number)
    return go("portal.exhibitor_desk", slug=expo.slug, s=keep_text(text))


@blueprint.get(f"{_DESK}/<number>")
@require(Permission.EXHIBITOR_DESK)
def arriving(expo: Expo, number: str) -> str:
    return _page(expo, _exhibitor(expo, number))


@blueprint.post(f"{_DESK}/<number>/arrive")
@require(Permission.EXHIBITOR_DESK)
def arrive(expo: Expo, number: str) -> Any:
    """Hand out the bag against a typed name, with a drawn signature where there is a screen for it."""
    exhibitor, form = _exhibitor(expo, number), ArrivalForm()
    if form.accepted():
        try:
            signature = form.signature()
            drawn = files.write(drawn_anew(signature)[0]) if signature else None
            with transaction():
                standing = arrivals.one_at_desk(expo, exhibitor).standing
                signed = _signed(form, drawn)
                service.arrive(expo, exhibitor, standing, signed, actor())
        except Refused as refusal:
            form.refuse(_field(refusal, "signed_by", "bags", "by_whom"), refusal)
        else:
            tell(_("Arrived. Wish them a good fair."))
            return go("portal.arriving", slug=expo.slug, number=number)
    return _page(expo, exhibitor, form), 422 if form.errors else 200


def _signed(form: ArrivalForm, drawn: files.Bytes | None) -> Signed:
    return Signed(
        form.signed_by.data or "", form.bags.data or 0, drawn, form.note.data or "", form.by_whom.data or ""
    )


@blueprint.post(f"{_DESK}/<number>/take-back")
@require(Permission.EXHIBITOR_DESK)
def take_arrival_back(expo: Expo, number: str) -> Any:
    exhibitor = _exhibitor(expo, number)
    try:
        with transaction():
            service.take_back(expo, exhibitor, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("The arrival is taken back."))
    return go("portal.arriving", slug=expo.slug, number=number)


@blueprint.post(f"{_DESK}/<number>/badge")
@require(Permission.EXHIBITOR_DESK)
def badge_at_desk(expo: Expo, number: str) -> Any:
    """A badge within the quota, at the day's price, by grace of somebody, or for today alone."""
    exhibitor, form = _exhibitor(expo, number), BadgeForm()
    form.currency = arrivals.one_at_desk(expo, exhibitor).currency
    if form.accepted():
        paid = _taken(form)
        try:
            with transaction():
                standing = arrivals.one_at_desk(expo, exhibitor).standing
                given = extras.badge_at_desk(expo, exhibitor, standing, _wanted(expo, form), paid, actor())
        except Refused as refusal:
            form.refuse(_field(refusal, "name", "how", "amount", "by_whom"), refusal)
        else:
            tell(_("The badge is made. Print it below."))
            if given.payment is not None:
                tell(_("The payment is booked, with receipt %(number)s.", number=_receipt(given.payment)))
            return go("portal.arriving", slug=expo.slug, number=number)
    return _page(expo, exhibitor, badge_form=form), 422 if form.errors else 200


def _wanted(expo: Expo, form: BadgeForm) -> Wanted:
    today = present(expo).astimezone(ZoneInfo(expo.timezone)).date()
    how = Extra(form.how.data)
    return Wanted(form.name.data or "", how, form.minor, form.by_whom.data or "", today, form.known)


def _taken(form: BadgeForm) -> PaymentKind | None:
    """How the price was paid at the desk. Money is booked only by who may book money: 403 to others."""
    if not form.paid.data:
        return None
    if Permission.MONEY_BOOK.value not in g.rights:
        abort(403)
    return PaymentKind(form.paid.data)


def _receipt(payment: Payment) -> str:
    return receipt_text(payment.day.year, payment.receipt or 0)


@blueprint.post(f"{_DESK}/<number>/print")
@require(Permission.EXHIBITOR_DESK)
def print_staff(expo: Expo, number: str) -> Any:
    """The badges of an exhibitor that were not printed yet, or the one that `badge` names, for this person's printer."""
    at_desk = arrivals.one_at_desk(expo, _exhibitor(expo, number))
    worn = badge_queries.current_badges(expo, STAFF, [one.id for one in at_desk.staff])
    wanted = request.form.get("badge", "")
    chosen = [one for one in worn.values() if (str(one.id) == wanted if wanted else not one.prints)]
    if not chosen:
        tell(_("There is nothing to print."), "error")
        return go("portal.arriving", slug=expo.slug, number=number)
    printer = paper.chosen_printer(expo, actor().id)
    sheet = printer.sheet if printer else _SHEET
    pdf = badges.pdf_of(expo, chosen, sheet, badges.placement_of(printer))
    with transaction():
        for one in chosen:
            badges.count_print(expo, one, _("Reprint at the desk") if one.prints else "", actor(), sheet)
    response = make_response(pdf)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'inline; filename="badges.pdf"'
    return response


def _exhibitor(expo: Expo, number: str) -> Exhibitor:
    found = exhibitors.exhibitor(expo, number)
    return found if found is not None and found.company is not None else abort(404)


def _field(refusal: Refused, *fields: str) -> str:
    found = refusal.params.get("field")
    return found if isinstance(found, str) and found in fields else fields[0]


def _page(
    expo: Expo, exhibitor: Exhibitor, form: ArrivalForm | None = None, badge_form: BadgeForm | None = None
) -> str:
    at_desk = arrivals.one_at_desk(expo, exhibitor)
    worn = badge_queries.current_badges(expo, STAFF, [one.id for one in at_desk.staff])
    standing = at_desk.standing
    how = Extra.QUOTA if standing.left else Extra.PRICE
    badge_form = badge_form or BadgeForm(formdata=None, data={"how": how.value, "paid": ""})
    badge_form.after.data = str(last_badge(expo, exhibitor.id))
    return render_template(
        "portal/arriving.html",
        expo=expo,
        one=at_desk,
        standing=standing,
        steps=done(standing),
        missing=missing(standing),
        words=STEP_WORDS,
        blocked=blocked_words(at_desk.blocked),
        worn=worn,
        form=form or ArrivalForm(formdata=None),
        badge_form=badge_form,
        rights=g.rights,
        receipts=_receipts(expo, at_desk.order),
    )


def _receipts(expo: Expo, order: Order | None) -> list[tuple[Payment, str]]:
    """The receipts of the day, for who may look at money."""
    if order is None or Permission.ORDERS_VIEW.value not in g.rights:
        return []
    today = money.today_of(expo)
    rows = [row for row in money.payments(expo, order) if row.receipt and row.day == today]
    return [(row, _receipt(row)) for row in rows]
