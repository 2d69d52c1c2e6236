"""What certificates say, and what is said about a complaint."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import DateField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from exhibitions.awards.rules.certificate_words import DEFAULTS
from exhibitions.awards.rules.states import ComplaintState
from exhibitions.core.contact import clean_name
from exhibitions.core.forms import Form, SelectChoice

_LINE = Length(max=60, message=_l("At most %(max)d characters"))
_SENTENCE = Length(max=300, message=_l("At most %(max)d characters"))
_TEXT = Length(max=5_000, message=_l("At most %(max)d characters"))


def _plain(text: str | None) -> str:
    return clean_name(text or "")


class CertificateForm(Form):
    """The words of a season's certificates; `{award}` stands for the award's name."""

    title_zh = StringField(_l("Title in Chinese"), validators=[Optional(), _LINE], filters=[_plain])
    title_en = StringField(_l("Title in English"), validators=[Optional(), _LINE], filters=[_plain])
    wording_zh = TextAreaField(_l("Wording in Chinese"), validators=[Optional(), _SENTENCE], filters=[_plain])
    wording_en = TextAreaField(_l("Wording in English"), validators=[Optional(), _SENTENCE], filters=[_plain])
    signatories = TextAreaField(_l("Signatories, one a line"), validators=[Optional(), _SENTENCE])
    date = DateField(_l("Date on the certificates"), validators=[Optional()])
    prefix = StringField(
        _l("Serial numbers begin with"),
        validators=[
            Optional(),
            Length(max=10, message=_l("At most %(max)d characters")),
            Regexp(r"^[A-Za-z0-9-]*$", message=_l("Letters, digits and hyphens only")),
        ],
    )

    @property
    def words(self) -> dict[str, str]:
        """What is kept, all as text."""
        return {
            name: self.date.data.isoformat()
            if name == "date" and self.date.data
            else str(self[name].data or "")
            for name in DEFAULTS
        }


class ComplaintForm(Form):
    """What somebody outside contests."""

    season = SelectField(_l("Award"), coerce=int, validators=[InputRequired(_l("Choose one."))])
    number = StringField(_l("Number of the entry"), validators=[Optional(), Length(max=16)], filters=[_plain])
    from_name = StringField(
        _l("Your name"),
        validators=[
            InputRequired(_l("Enter your name")),
            Length(max=200, message=_l("At most %(max)d characters")),
        ],
        filters=[_plain],
    )
    contact = StringField(
        _l("Mobile number or e-mail"),
        validators=[
            InputRequired(_l("Enter how we can reach you.")),
            Length(max=254, message=_l("At most %(max)d characters")),
        ],
        filters=[_plain],
    )
    text = TextAreaField(
        _l("What you contest, and why"),
        validators=[InputRequired(_l("Say what you contest, and why.")), _TEXT],
    )

    def offer(self, seasons: list[tuple[int, str]]) -> None:
        """Say which seasons take complaints."""
        self.season.choices = [SelectChoice(number, name) for number, name in seasons]
        if len(seasons) == 1 and self.season.data is None:
            self.season.data = seasons[0][0]


class DecisionForm(Form):
    """The office's answer to a complaint."""

    state = RadioField(
        _l("Decision"),
        choices=[
            SelectChoice(ComplaintState.UPHELD.value, _l("Upheld")),
            SelectChoice(ComplaintState.REJECTED.value, _l("Rejected")),
        ],
        validators=[InputRequired(_l("Choose one."))],
    )
    decision = TextAreaField(_l("Reason"), validators=[InputRequired(_l("Say why.")), _TEXT])


def filled(words: dict[str, Any]) -> dict[str, Any]:
    """What fills the form: what was kept, or the usual words."""
    found = {name: words.get(name) or default for name, default in DEFAULTS.items()}
    return found | {"date": date.fromisoformat(found["date"]) if found["date"] else None}
