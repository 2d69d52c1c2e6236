"""What every list of the desk asks of its address and its reader: the page, the searched text, the reason of an export."""

from __future__ import annotations

import secrets
from datetime import date

from flask import request, session
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from exhibitions.core.forms import Form
from exhibitions.core.search import LONGEST_QUESTION

_KEPT = "searches"
_MOST_KEPT = 5
LONGEST_WORD = 64


class ReasonForm(Form):
    """Why personal data is taken out (P13)."""

    reason = StringField(
        _l("What do you need it for?"),
        filters=[lambda text: (text or "").replace("\x00", "").strip()],
        validators=[DataRequired(_l("Say what you need it for")), Length(max=300)],
    )


def page() -> int:
    """The page of this address, 1 when it says none."""
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def keep_text(text: str) -> str | None:
    """Keep a searched text in the session; gives the opaque word for the address, None for an empty text."""
    text = text.strip()[:LONGEST_QUESTION]
    if not text:
        return None
    word = secrets.token_urlsafe(6)
    kept = dict(list(session.get(_KEPT, {}).items())[1 - _MOST_KEPT :])
    session[_KEPT] = kept | {word: text}
    return word


def is_forgotten() -> bool:
    """Whether the address names a search that this browser does not know (any more)."""
    word = request.args.get("s", "")
    return bool(word) and word not in session.get(_KEPT, {})


def kept_text(word: str) -> str:
    """The text that was kept under this word on this browser, or ""."""
    return str(session.get(_KEPT, {}).get(word, ""))


def word(name: str) -> str:
    """What the address says under this name: at most 64 characters, "" when it says nothing."""
    return request.args.get(name, "")[:LONGEST_WORD].replace("\x00", "")


def number(text: str) -> int | None:
    """A number of the database that was written in digits; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def day(text: str) -> date | None:
    """A day in ISO form; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
