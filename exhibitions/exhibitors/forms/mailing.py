"""The forms of a message to many companies."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from exhibitions.core.forms import Form
from exhibitions.exhibitors.rules.mailing import PURPOSE_TEXTS
from exhibitions.expos.forms import fields
from exhibitions.expos.models import Expo
from exhibitions.mail.forms import body_field, subject_field
from exhibitions.mail.rules.texts import Words


class CompanyMailingForm(Form):
    purpose = RadioField(
        _l("What it is for"),
        choices=fields.options((each.value, _l(text)) for each, text in PURPOSE_TEXTS.items()),
        default="service",
    )
    subject_zh = subject_field(_l("Subject, Chinese"))
    body_zh = body_field(_l("Text, Chinese"))
    subject_en = subject_field(_l("Subject, English"))
    body_en = body_field(_l("Text, English"))

    @property
    def words(self) -> dict[str, Words]:
        """What was typed, by language."""
        return {
            lang: Words(self[f"subject_{lang}"].data or "", self[f"body_{lang}"].data or "")
            for lang in ("zh", "en")
        }


class SendCompaniesForm(Form):
    """When the message leaves; empty: at once. The moment is one of the fair's own zone."""

    send_at: Any = fields.moment(_l("When"))

    def moment(self, expo: Expo) -> datetime | None:
        """The moment in UTC."""
        typed: datetime | None = self.send_at.data
        return typed.replace(tzinfo=ZoneInfo(expo.timezone)).astimezone(UTC) if typed else None
