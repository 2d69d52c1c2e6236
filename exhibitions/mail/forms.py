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
from exhibitions.mail.rules.texting import LONGEST_SHORT
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


def short_field(label: Any, missing: Any = None) -> Any:
    """The words of a text message."""
    first = Optional() if missing is None else InputRequired(missing)
    return TextAreaField(
        label,
        validators=[first, Length(max=LONGEST_SHORT, message=_l("At most %(max)d characters"))],
        filters=[lambda text: (text or "").replace("\r\n", "\n").strip()],
    )


class WithShort(Form):
    """A form with words for a text message, which are asked for where a sender of these is set up."""

    def without_short(self) -> None:
        """Do not ask for them."""
        del self["short_zh"]
        del self["short_en"]

    def words_in(self, lang: str) -> Words:
        """What was typed in this language."""
        return Words(**{part: self._typed(f"{part}_{lang}") for part in ("subject", "body", "short")})

    def _typed(self, name: str) -> str:
        return (self[name].data or "") if name in self else ""


class WordsForm(WithShort):
    """Subject and text in both languages."""

    subject_zh = subject_field(_l("Subject, Chinese"), _l("Write a subject"))
    body_zh = body_field(_l("Text, Chinese"), _l("Write a text"))
    short_zh = short_field(_l("Text message, Chinese"), _l("Write a text message"))
    subject_en = subject_field(_l("Subject, English"), _l("Write a subject"))
    body_en = body_field(_l("Text, English"), _l("Write a text"))
    short_en = short_field(_l("Text message, English"), _l("Write a text message"))

    @property
    def words(self) -> dict[str, Words]:
        """What was typed, by language."""
        return {lang: self.words_in(lang) for lang in ("zh", "en")}


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
