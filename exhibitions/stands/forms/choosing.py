"""What an exhibitor looks for and wishes, and the rules of choosing as the office sets them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import DateTimeLocalField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from exhibitions.core import asked
from exhibitions.core.errors import N_
from exhibitions.core.forms import Form, SelectChoice
from exhibitions.expos.models import Expo
from exhibitions.stands.queries.holding import Wanted, stand_by_number
from exhibitions.stands.queries.numbers import unknown
from exhibitions.stands.rules import choosing as rules
from exhibitions.stands.rules.allocation import LONGEST, HoldUnit, WhoChooses
from exhibitions.stands.rules.choosing import Choosing
from exhibitions.stands.rules.plan import StandKind
from exhibitions.stands.rules.wishes import Order
from exhibitions.stands.rules.working_days import read_days, write_days

_CM2 = 10_000
_SIZE = re.compile(r"\d{1,5}")
UNIT_WORDS = {
    HoldUnit.MINUTES: N_("minutes"),
    HoldUnit.DAYS: N_("days"),
    HoldUnit.WORKING_DAYS: N_("working days"),
}
WHO_WORDS = {
    WhoChooses.EXHIBITOR: N_("Exhibitors choose and hold a stand themselves"),
    WhoChooses.OFFICE: N_("Exhibitors name up to three wishes, the office assigns"),
    WhoChooses.CLOSED: N_("Neither; the office assigns"),
}
ORDER_WORDS = {
    Order.FIRST_COME: N_("Apply first, pay first, place first"),
    Order.CHOICE_MEETING: N_("Number of stands, then day of payment, then lot"),
    Order.POINTS: N_("Priority points"),
    Order.SIZE_CLASSES: N_("Largest sizes first, then priority points"),
}


def wanted(expo: Expo) -> Wanted:
    """What the address looks for; what is no filter looks for nothing."""
    kind, sides = asked.word("kind"), asked.word("sides")
    least, most = _sizes()
    halls = {hall.code: hall.id for hall in expo.halls}
    zones = {zone.code: zone.id for zone in expo.zones}
    return Wanted(
        kind=StandKind(kind) if kind in list(StandKind) else None,
        hall_id=halls.get(asked.word("hall")),
        zone_id=zones.get(asked.word("zone")),
        sides=int(sides) if sides in {"1", "2", "3", "4"} else 0,
        least=least,
        most=most,
        near=asked.word("near").strip(),
        away=asked.word("away").strip(),
    )


def _sizes() -> tuple[int, int]:
    """Least and most area in cm², both ends belonging to it; 0 where there is no end."""
    ends = [request.args.get(name, "") for name in ("least", "most")]
    least, most = (int(text) * _CM2 if _SIZE.fullmatch(text) and text.isascii() else 0 for text in ends)
    return least, most


def not_understood(expo: Expo) -> dict[str, list[str]]:
    """By filter what is wrong with what was typed into it: nothing where it was understood."""
    found: dict[str, list[str]] = {name: [] for name in ("least", "most", "near", "away")}
    for name in ("least", "most"):
        text = asked.word(name).strip()
        if text and not (_SIZE.fullmatch(text) and text.isascii()):
            found[name].append(gettext("Enter a whole number of square metres like 9 or 36"))
    for name in ("near", "away"):
        text = asked.word(name).strip()
        if text and stand_by_number(expo, text) is None:
            found[name].append(gettext("There is no stand %(number)s on the plan", number=text))
    return found


class WishesForm(Form):
    """The numbers of up to three stands, in the order of the wishes."""

    first = StringField(_l("First wish"), validators=[Optional(), Length(max=20)])
    second = StringField(_l("Second wish"), validators=[Optional(), Length(max=20)])
    third = StringField(_l("Third wish"), validators=[Optional(), Length(max=20)])

    def stands(self, expo: Expo) -> list[int | None]:
        """The wished stands by number of row; raises `Refused` naming a number that no stand of the fair has."""
        return [_stand(expo, field.data) for field in (self.first, self.second, self.third)]


def _stand(expo: Expo, number: str | None) -> int | None:
    if not number or not number.strip():
        return None
    found = stand_by_number(expo, number)
    if found is None:
        raise unknown(expo, number)
    return found.id


def _number(label: Any, most: int) -> IntegerField:
    wrong = _l("Enter a number from 1 to %(most)s", most=most)
    return IntegerField(label, validators=[InputRequired(wrong), NumberRange(min=1, max=most, message=wrong)])


def _moment(label: Any) -> DateTimeLocalField:
    formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]
    return DateTimeLocalField(label, format=formats, validators=[Optional()])


class ChoosingForm(Form):
    """The rules of choosing at one fair. Moments are clocks of the fair's own zone."""

    who = RadioField(
        _l("Who chooses"), choices=[SelectChoice(each.value, _l(text)) for each, text in WHO_WORDS.items()]
    )
    opens_at = _moment(_l("Choosing begins"))
    closes_at = _moment(_l("Choosing ends"))
    limit = _number(_l("Most stands of one exhibitor"), rules.MOST_STANDS)
    amount = _number(_l("A hold lasts"), LONGEST[HoldUnit.MINUTES])
    unit = SelectField(
        _l("Unit"), choices=[SelectChoice(each.value, _l(text)) for each, text in UNIT_WORDS.items()]
    )
    order_amount = _number(_l("With a confirmed order it lasts"), LONGEST[HoldUnit.MINUTES])
    order_unit = SelectField(
        _l("Unit"), choices=[SelectChoice(each.value, _l(text)) for each, text in UNIT_WORDS.items()]
    )
    closed = TextAreaField(_l("Closed days"), validators=[Optional(), Length(max=6000)])
    worked = TextAreaField(_l("Make-up workdays"), validators=[Optional(), Length(max=2000)])
    order = SelectField(
        _l("In which order the office assigns"),
        choices=[SelectChoice(each.value, _l(text)) for each, text in ORDER_WORDS.items()],
    )
    frozen_at = _moment(_l("The plan is frozen from"))

    @staticmethod
    def shown(choosing: Choosing, frozen_at: datetime | None, zone: str) -> dict[str, object]:
        """What the form shows."""
        return {
            "who": choosing.who.value,
            "opens_at": _on_clock(choosing.opens_at, zone),
            "closes_at": _on_clock(choosing.closes_at, zone),
            "limit": choosing.limit,
            "amount": choosing.amount,
            "unit": choosing.unit.value,
            "order_amount": choosing.order_amount,
            "order_unit": choosing.order_unit.value,
            "closed": write_days(choosing.closed),
            "worked": write_days(choosing.worked),
            "order": choosing.order.value,
            "frozen_at": _on_clock(frozen_at, zone),
        }

    def choosing(self, zone: str) -> Choosing:
        """The rules as they were typed; raises `Refused` for what is no day."""
        return Choosing(
            who=WhoChooses(self.who.data),
            opens_at=_in_zone(self.opens_at.data, zone),
            closes_at=_in_zone(self.closes_at.data, zone),
            limit=self.limit.data or 1,
            amount=self.amount.data or 1,
            unit=HoldUnit(self.unit.data),
            order_amount=self.order_amount.data or 1,
            order_unit=HoldUnit(self.order_unit.data),
            closed=tuple(sorted(read_days(self.closed.data or ""))),
            worked=tuple(sorted(read_days(self.worked.data or ""))),
            order=Order(self.order.data),
        )

    def freeze(self, zone: str) -> datetime | None:
        """From when on the plan is frozen."""
        return _in_zone(self.frozen_at.data, zone)


def _on_clock(moment: datetime | None, zone: str) -> datetime | None:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if moment else None


def _in_zone(clock: datetime | None, zone: str) -> datetime | None:
    return clock.replace(tzinfo=ZoneInfo(zone)) if clock else None
