"""The forms of this room: the words of a message, and messages that came back."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from exhibitions.core.forms import Form
from exhibitions.mail.rules.bounces import MOST_BYTES
from exhibitions.mail.rules.texts import LONGEST_BODY, LONGEST_SUBJECT, Words

_MOST_FILES = 200


def subject_field(label: Any, missing: Any = None) -> Any:
    """One line for a subject."""
    first = Optional() if missing is None else InputRequired(missing)
    return StringField(
        label,
        validators=[first, Length(max=LONGEST_SUBJECT, message=_l("At most %(max)d characters"))],
        filters=[lambda text: (text or "").strip()],
    )


def body_field(label: Any, missing: Any = None) -> Any:
    """Several lines for a text."""
    first = Optional() if missing is None else InputRequired(missing)
    return TextAreaField(
        label,
        validators=[first, Length(max=LONGEST_BODY, message=_l("At most %(max)d characters"))],
        filters=[lambda text: (text or "").replace("\r\n", "\n").strip()],
    )


class WordsForm(Form):
    """Subject and text in both languages."""

    subject_zh = subject_field(_l("Subject, Chinese"), _l("Write a subject"))
    body_zh = body_field(_l("Text, Chinese"), _l("Write a text"))
    subject_en = subject_field(_l("Subject, English"), _l("Write a subject"))
    body_en = body_field(_l("Text, English"), _l("Write a text"))

    @property
    def words(self) -> dict[str, Words]:
        """What was typed, by language."""
        return {
            "zh": Words(self.subject_zh.data or "", self.body_zh.data or ""),
            "en": Words(self.subject_en.data or "", self.body_en.data or ""),
        }


class BouncesForm(Form):
    """Messages that came back, as files or as their source."""

    files = MultipleFileField(_l("Files of messages (.eml)"), validators=[Optional()])
    pasted = TextAreaField(_l("Or paste the source of a message here"), validators=[Optional()])

    def sources(self) -> list[bytes]:
        """The messages that were sent in, cut to what is read of each."""
        files = [file for file in request.files.getlist("files") if file.filename][:_MOST_FILES]
        found = [file.stream.read(MOST_BYTES) for file in files]
        text = (self.pasted.data or "").strip()
        return [*found, text.encode()] if text else found

    def missing(self) -> None:
        """Say that neither came."""
        self.pasted.errors = [gettext("Choose a file or paste the source of a message")]
