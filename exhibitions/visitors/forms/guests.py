"""A guest of honour as the office fills it in, and the filters of the list."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from wtforms import BooleanField, Field, StringField, TelField, TextAreaField
from wtforms.validators import Length, Optional

from exhibitions.core import asked, web
from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form
from exhibitions.visitors.forms.asking import ask
from exhibitions.visitors.models import Guest
from exhibitions.visitors.queries.guests import ORDERS, GuestFilters
from exhibitions.visitors.rules.guests import SHOWN, GuestFacts, checked_guest, day_of, minute_of, time_shown
from exhibitions.visitors.rules.registration import checked_company, checked_name, checked_phone

_LONGEST_NUMBER = 19


class GuestForm(Form):
    """Numbers are not shown again; left empty they are kept, unless they are to be removed."""

    name = StringField(_l("Name"), validators=[Length(max=300)])
    title = StringField(_l("Job title"), validators=[Optional(), Length(max=100)])
    organisation = StringField(
        lazy_pgettext("guest", "Organisation"), validators=[Optional(), Length(max=300)]
    )
    phone = TelField(_l("Mobile number"), validators=[Optional(), Length(max=40)])
    no_phone = BooleanField(_l("Remove the number"))
    day = StringField(_l("Day of arrival"), validators=[Optional(), Length(max=40)])
    time = StringField(_l("Time of arrival"), validators=[Optional(), Length(max=40)])
    place = StringField(_l("Place of reception"), validators=[Optional(), Length(max=100)])
    seat = StringField(_l("Seat or table"), validators=[Optional(), Length(max=50)])
    host = StringField(_l("Received by"), validators=[Optional(), Length(max=100)])
    host_phone = TelField(_l("Number of who receives"), validators=[Optional(), Length(max=40)])
    no_host_phone = BooleanField(_l("Remove the number"))
    note = TextAreaField(_l("Note"), validators=[Optional(), Length(max=500)])

    def validate_name(self, field: Field) -> None:
        ask(checked_name, field)

    def validate_organisation(self, field: Field) -> None:
        ask(checked_company, field)

    def validate_phone(self, field: Field) -> None:
        ask(checked_phone, field)

    def validate_host_phone(self, field: Field) -> None:
        ask(checked_phone, field)

    def validate_day(self, field: Field) -> None:
        ask(day_of, field)

    def validate_time(self, field: Field) -> None:
        ask(minute_of, field)

    @property
    def without(self) -> frozenset[str]:
        """The numbers that are to be taken away (P8); a new one replaces the old one anyway."""
        asked = {"phone": self.no_phone.data, "host_phone": self.no_host_phone.data}
        return frozenset(name for name, gone in asked.items() if gone)

    def facts(self) -> GuestFacts:
        """What was filled in, checked. Raises `Refused` for a formula."""
        return checked_guest({name: str(field.data or "") for name, field in self._fields.items()})


def typed(row: Guest) -> dict[str, str]:
    """A guest as the form shows it."""
    plain = ("name", "title", "organisation", "place", "seat", "host", "note")
    day = row.arrives_on.isoformat() if row.arrives_on else ""
    return {
        **{name: getattr(row, name) for name in plain},
        "day": day,
        "time": time_shown(row.arrives_minute),
    }


def passed() -> dict[str, Any]:
    """The filters, the order and the page of this address, for another address about the same guests."""
    return web.passed(("state", "host", "day", "s", "sort", "page"))


def wanted() -> GuestFilters:
    """The filters of this address; what is no filter is left out."""
    args = request.args
    state, order, host = args.get("state", ""), args.get("sort", ""), args.get("host", "")
    try:
        day = day_of(args.get("day", "")[:20])
    except Refused:
        day = None
    return GuestFilters(
        state=state if state in SHOWN else "",
        host=int(host) if host.isascii() and host.isdigit() and len(host) < _LONGEST_NUMBER else 0,
        day=day,
        text=asked.kept_text(args.get("s", "")),
        order=order if order in ORDERS else "arrival",
    )
