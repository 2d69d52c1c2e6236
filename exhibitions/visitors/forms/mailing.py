"""The forms of a message to many: for what, to whom, the words, and when."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField

from exhibitions.core.forms import Form, SelectChoice
from exhibitions.mail.forms import ManyForm, body_field, short_field, subject_field
from exhibitions.visitors.rules.mailing import PURPOSE_TEXTS, REMIND_DAYS

NARROWED = ("class_key", "state", "day", "region", "source")


class MailingForm(ManyForm):
    """A draft. Whom it goes to is chosen by filters, unless people were picked one by one."""

    purpose = RadioField(
        _l("What it is for"),
        choices=[SelectChoice(purpose.value, _l(text)) for purpose, text in PURPOSE_TEXTS.items()],
        default="service",
    )
    class_key = SelectField(_l("Class"), default="")
    state = SelectField(_l("State"), default="")
    day = SelectField(_l("Day of visit"), default="")
    region = SelectField(_l("Region"), default="")
    source = SelectField(_l("Source"), default="")
    subject_zh = subject_field(_l("Subject, Chinese"))
    body_zh = body_field(_l("Text, Chinese"))
    short_zh = short_field(_l("Text message, Chinese"))
    subject_en = subject_field(_l("Subject, English"))
    body_en = body_field(_l("Text, English"))
    short_en = short_field(_l("Text message, English"))

    def offer(self, options: dict[str, list[tuple[str, str]]]) -> None:
        """Say what each filter offers."""
        for name in NARROWED:
            self[name].choices = [
                SelectChoice("", _l("All")),
                *(SelectChoice(value, label) for value, label in options[name]),
            ]

    @property
    def chosen(self) -> dict[str, str]:
        """The filters that were set."""
        return {name: self[name].data for name in NARROWED if self[name].data}


class ReminderForm(Form):
    """How many days before their visit people are reminded."""

    days_before = SelectField(_l("Remind visitors before their visit"), coerce=int, default=0)

    def offer(self, label: Any) -> None:
        """`label` words a number of days."""
        self.days_before.choices = [
            SelectChoice(0, _l("No reminder")),
            *(SelectChoice(days, label(days)) for days in REMIND_DAYS),
        ]
