"""What the address of the list says: filters, order, page; and the texts that were searched for, kept out of it."""

from __future__ import annotations

import secrets
from datetime import date

from flask import request, session
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the published types are older
from wtforms.validators import InputRequired

from exhibitions.visitors.forms.importing import ReasonForm
from exhibitions.visitors.queries import ORDERS, Filters
from exhibitions.visitors.rules.exporting import CONTACT, HEADINGS
from exhibitions.visitors.rules.regions import region_key
from exhibitions.visitors.rules.registration import SHOWN_STATES
from exhibitions.visitors.rules.search import LONGEST_QUESTION

_KEPT = "searches"
_MOST_KEPT = 5
_LONGEST_WORD = 64


class ExportForm(ReasonForm):
    """Which columns leave the house, and why (P13). Phone numbers and addresses are taken only by who asks for them."""

    page_order = ("columns", "reason")

    columns = SelectMultipleField(
        _l("Columns"),
        choices=[SelectChoice(name, _l(heading)) for name, heading in HEADINGS.items()],
        default=[name for name in HEADINGS if name not in CONTACT],
        validators=[InputRequired(_l("Choose at least one column"))],
    )


def wanted() -> Filters:
    """The filters of this address; what is no filter is left out."""
    args = request.args
    state = args.get("status", "")
    order = args.get("sort", "")
    return Filters(
        class_key=_word("class"),
        region="-" if args.get("region") == "-" else region_key(_word("region")),
        day=_day(args.get("day", "")),
        source=_word("source"),
        state=state if state in SHOWN_STATES else "",
        text=kept_text(args.get("s", "")),
        order=order if order.removeprefix("-") in ORDERS else "-registered",
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


def kept_text(word: str) -> str:
    """The text that was kept under this word on this browser, or ""."""
    return str(session.get(_KEPT, {}).get(word, ""))


def _word(name: str) -> str:
    return request.args.get(name, "")[:_LONGEST_WORD].replace("\x00", "")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
