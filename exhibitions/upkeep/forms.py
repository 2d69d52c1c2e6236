"""The form of the organiser's facts."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import StringField
from wtforms.validators import Length, Optional

from exhibitions.core.forms import Form
from exhibitions.organisation.rules import LOGO_MOST_BYTES, Facts, clean


def _line(label: Any, most: int) -> Any:
    limit = Length(max=most, message=_l("At most %(max)d characters"))
    return StringField(label, validators=[Optional(), limit], filters=[lambda text: clean(text or "")])


class OrganisationForm(Form):
    name_zh = _line(_l("Name in Chinese"), 200)
    name_en = _line(_l("Name in English"), 200)
    address_zh = _line(_l("Address in Chinese"), 300)
    address_en = _line(_l("Address in English"), 300)
    timezone = _line(_l("Time zone"), 64)
    logo = FileField(_l("Logo"), validators=[Optional()])

    def facts(self) -> Facts:
        """What was typed."""
        return Facts(
            name_zh=self.name_zh.data,
            name_en=self.name_en.data,
            address_zh=self.address_zh.data,
            address_en=self.address_en.data,
            timezone=self.timezone.data,
        )

    def picture(self) -> bytes | None:
        """The bytes of the chosen file, at most one more than a logo may have; nothing when none was chosen."""
        file = self.logo.data
        return file.stream.read(LOGO_MOST_BYTES + 1) if file else None
