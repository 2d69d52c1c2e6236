"""The forms about a fair as a whole: what it is, and how people register for it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from exhibitions.core.forms import Form
from exhibitions.expos.forms import fields
from exhibitions.expos.models import Expo
from exhibitions.expos.rules.setup import LAST_CUTOFF, FairFacts, Named


class FactsForm(Form):
    name_zh = fields.line(_l("Name in Chinese"), 200)
    name_en = fields.line(_l("Name in English"), 200)
    series_name_zh = fields.line(_l("Name of the series in Chinese"), 200)
    series_name_en = fields.line(_l("Name of the series in English"), 200)
    edition = fields.edition(_l("Edition"))
    summary_zh = fields.passage(_l("What is shown, in Chinese"), 5000)
    summary_en = fields.passage(_l("What is shown, in English"), 5000)
    notice_zh = fields.line(_l("Notice in Chinese"), 300)
    notice_en = fields.line(_l("Notice in English"), 300)
    city = fields.line(_l("City"), 100)
    venue_zh = fields.line(_l("Venue in Chinese"), 200)
    venue_en = fields.line(_l("Venue in English"), 200)
    address_zh = fields.line(_l("Address in Chinese"), 300)
    address_en = fields.line(_l("Address in English"), 300)
    transport_zh = fields.line(_l("How to get there, in Chinese"), 300)
    transport_en = fields.line(_l("How to get there, in English"), 300)
    hotline = fields.line(_l("Hotline"), 50)
    timezone = fields.line(_l("Time zone"), 64, _l("Enter a time zone like Asia/Shanghai"))
    cutoff_hour = SelectField(
        _l("A day of the fair ends at"),
        coerce=int,
        choices=fields.options((n, f"{n:02}:00") for n in range(LAST_CUTOFF + 1)),
    )

    @staticmethod
    def shown(expo: Expo) -> dict[str, object]:
        """What the form shows of a fair and its series."""
        facts = {name: getattr(expo, name) for name in FairFacts.__struct_fields__}
        return {**facts, "series_name_zh": expo.series.name_zh, "series_name_en": expo.series.name_en}

    def facts(self, now: FairFacts) -> FairFacts:
        """The facts as they are `now`, with what this form changes."""
        return msgspec.structs.replace(
            now, **{name: self[name].data for name in FairFacts.__struct_fields__ if name in self}
        )

    def series(self) -> Named:
        """The names of the series."""
        return Named(name_zh=self.series_name_zh.data, name_en=self.series_name_en.data)


class RegistrationForm(Form):
    registration_opens_at = fields.moment(_l("Registration opens"))
    registration_closes_at = fields.moment(_l("Registration closes"))
    capacity = fields.people(_l("Most registrations"))
    consent_zh = fields.passage(_l("Consent text in Chinese"), 5000)
    consent_en = fields.passage(_l("Consent text in English"), 5000)

    @staticmethod
    def shown(now: FairFacts) -> dict[str, object]:
        """What the form shows of the facts; moments as clocks in the fair's own zone show them."""
        zone = ZoneInfo(now.timezone)
        opens, closes = now.registration_opens_at, now.registration_closes_at
        return {
            "registration_opens_at": opens and opens.astimezone(zone).replace(tzinfo=None),
            "registration_closes_at": closes and closes.astimezone(zone).replace(tzinfo=None),
            "capacity": now.capacity,
            "consent_zh": now.consent_zh,
            "consent_en": now.consent_en,
        }

    def facts(self, now: FairFacts) -> FairFacts:
        """The facts as they are `now`, with what this form changes."""
        zone = ZoneInfo(now.timezone)
        return msgspec.structs.replace(
            now,
            registration_opens_at=_in_zone(self.registration_opens_at.data, zone),
            registration_closes_at=_in_zone(self.registration_closes_at.data, zone),
            capacity=self.capacity.data,
            consent_zh=self.consent_zh.data,
            consent_en=self.consent_en.data,
        )


def _in_zone(clock: datetime | None, zone: ZoneInfo) -> datetime | None:
    return clock.replace(tzinfo=zone) if clock is not None else None
