"""A3: after a breach: whom it concerns, as a list to tell them by, and the notices in words (P16)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, render_template, request, stream_with_context
from flask_babel import gettext as _

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.asked import ReasonForm
from exhibitions.core.contact import masked_email, masked_name, masked_phone
from exhibitions.core.db import transaction
from exhibitions.core.i18n import home_zone, local
from exhibitions.core.sheets.writing import Value, csv_chunks
from exhibitions.expos.models import Expo
from exhibitions.portal.rules.notices import NOTICES
from exhibitions.portal.service import incident as service
from exhibitions.portal.views.frame import blueprint

_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_END = datetime(2200, 1, 1, tzinfo=UTC)


@blueprint.route("/desk/privacy/incident", methods=["GET", "POST"])
@require(Permission.PRIVACY_MANAGE)
def incident() -> Any:
    fairs = service.fairs()
    wrong = _wrong(fairs)
    span = None if wrong else _span(fairs)
    form = ReasonForm()
    if span is not None and form.accepted():
        with transaction():
            service.take(span, actor(), form.reason.data or "")
        response = Response(
            stream_with_context(csv_chunks(_rows(span))), content_type="text/csv; charset=utf-8"
        )
        response.headers["Content-Disposition"] = 'attachment; filename="people-affected.csv"'
        return response
    rows = [_shown(*each) for each in service.affected(span, service.SHOWN)] if span else []
    page = render_template(
        "portal/incident.html",
        expo=None,
        span=span,
        total=service.count(span) if span else 0,
        exports=service.exports(span) if span else 0,
        rows=rows,
        accounts=service.accounts(span.user_id if span else None),
        most=service.MOST_ACCOUNTS,
        every_fair=fairs,
        notices=NOTICES,
        form=form,
        wrong=wrong,
    )
    return page, 422 if form.errors or wrong else 200


def _wrong(fairs: list[service.Fair]) -> list[tuple[str, str]]:
    """What of the address cannot be meant, with the field: after a breach "nobody" must never come of a slip (P16)."""
    args = request.args
    found = []
    if (args.get("account") or args.get("number", "").strip()) and _account() is None:
        found.append((_("There is no such account."), "account"))
    if args.get("fair") and args["fair"] not in {one.slug for one in fairs}:
        found.append((_("There is no such fair."), "fair"))
    times = {name: _moment(args.get(name, ""), ZoneInfo("UTC")) for name in ("since", "until")}
    for name, moment in times.items():
        if args.get(name) and moment is None:
            found.append((_("Enter a date and a time that exist."), name))
    if times["since"] and times["until"] and times["since"] > times["until"]:
        found.append((_("The end lies before the beginning."), "until"))
    return found


def _account() -> int | None:
    """The number of the account of the address. The list of accounts has an end: who is behind it is named by number."""
    text = request.args.get("account") or request.args.get("number", "").strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
    return number if number is not None and service.is_account(number) else None


def _span(fairs: list[service.Fair]) -> service.Span | None:
    """What the address asks for; None while neither an account nor a fair nor a time is said."""
    args = request.args
    expo = next((one for one in fairs if one.slug == args.get("fair")), None)
    zone = ZoneInfo(expo.timezone if expo else home_zone())
    since, until = _moment(args.get("since", ""), zone), _moment(args.get("until", ""), zone)
    user_id = _account()
    if user_id is None and expo is None and since is None and until is None:
        return None
    return service.Span(user_id, expo.id if expo else None, since or _BEGINNING, until or _END)


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read.replace(tzinfo=zone) if 1900 <= read.year < 2200 and read.tzinfo is None else None


def _shown(expo: Expo, person: service.Concerned) -> dict[str, Any]:
    return {
        "expo": expo,
        "name": masked_name(person.name) if person.name else "",
        "phone": masked_phone(person.phone) if person.phone else "",
        "email": masked_email(person.email) if person.email else "",
    }


def _rows(span: service.Span) -> Iterator[list[Value]]:
    yield [_("Fair"), _("Name"), _("Mobile number"), _("E-mail"), _("Language")]
    for expo, person in service.affected(span):
        yield [str(local(expo, "name")), *person]
