"""The forms of this room: the words of a message, and messages that came back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import StringField, TextAreaField
from wtforms.fields import DateTimeLocalField
from wtforms.validators import InputRequired, Length, Optional

from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form
from exhibitions.mail.rules.bounces import MOST_BYTES
from exhibitions.mail.rules.texting import LONGEST_SHORT
from exhibitions.mail.rules.texts import LONGEST_BODY, LONGEST_SUBJECT, Words

_MOST_FILES = 200
_PARTS = {"place_in_subject": "subject", "place_in_short": "short"}


def _sentence(wrong: Any) -> dict[str, Any]:
    # For what the fields of the library take and its published types do not know.
    return {"invalid_value_message": wrong}


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

    @property
    def words(self) -> dict[str, Words]:
        """What was typed, by language."""
        return {lang: self.words_in(lang) for lang in ("zh", "en")}

    def _typed(self, name: str) -> str:
        return (self[name].data or "") if name in self else ""


class ManyForm(WithShort):
    """The draft of a message to many, whoever they are: the room adds what it is for and to whom, and the words."""

    def at_fault(self, refusal: Refused) -> str:
        """The field that holds the place that was refused; the first one for what no single field is to blame for."""
        name = "{" + str(refusal.params.get("name", "")) + "}"
        part = _PARTS.get(refusal.code, "body")
        if "lang" in refusal.params:
            return f"short_{refusal.params['lang']}"
        wrong = (f"{part}_{lang}" for lang in ("zh", "en") if name in (self[f"{part}_{lang}"].data or ""))
        return next(wrong, "subject_zh")


class SendForm(Form):
    """When a message to many leaves; empty: at once. The moment is one of the fair's own zone."""

    send_at = DateTimeLocalField(
        _l("When"),
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[Optional()],
        **_sentence(_l("Enter day and time, like 2026-08-19 09:00")),
    )

    def moment(self, zone: str) -> datetime | None:
        """The moment in UTC, as it was typed in this zone."""
        typed: datetime | None = self.send_at.data
        return typed.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) if typed else None


class WordsForm(WithShort):
    """Subject and text in both languages."""

    subject_zh = subject_field(_l("Subject, Chinese"), _l("Write a subject"))
    body_zh = body_field(_l("Text, Chinese"), _l("Write a text"))
    short_zh = short_field(_l("Text message, Chinese"), _l("Write a text message"))
    subject_en = subject_field(_l("Subject, English"), _l("Write a subject"))
    body_en = body_field(_l("Text, English"), _l("Write a text"))
    short_en = short_field(_l("Text message, English"), _l("Write a text message"))


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
