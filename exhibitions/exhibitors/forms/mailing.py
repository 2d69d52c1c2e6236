"""The form of a message to many companies."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from exhibitions.exhibitors.rules.mailing import PURPOSE_TEXTS
from exhibitions.expos.forms import fields
from exhibitions.mail.forms import ManyForm, body_field, subject_field


class CompanyMailingForm(ManyForm):
    """A draft; to whom it goes was chosen in the list of companies."""

    purpose = RadioField(
        _l("What it is for"),
        choices=fields.options((each.value, _l(text)) for each, text in PURPOSE_TEXTS.items()),
        default="service",
    )
    subject_zh = subject_field(_l("Subject, Chinese"))
    body_zh = body_field(_l("Text, Chinese"))
    subject_en = subject_field(_l("Subject, English"))
    body_en = body_field(_l("Text, English"))
