"""What the address of the list says: filters, order, page; and the texts that were searched for, kept out of it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import request, session
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the published types are older
from wtforms.validators import InputRequired

from exhibitions.core import web
from exhibitions.core.i18n import local
from exhibitions.core.regions import region_key
from exhibitions.core.search import LONGEST_QUESTION
from exhibitions.visitors.forms.importing import ReasonForm
from exhibitions.visitors.models import Question
from exhibitions.visitors.queries import HAS, ORDERS, Filters
from exhibitions.visitors.rules.exporting import CONTACT, HEADINGS
from exhibitions.visitors.rules.registration import SHOWN_STATES

KEPT = ("class", "region", "day", "source", "status", "import", "group", "printed", "has", "sort")
"""What a saved view keeps of an address, in this order."""

PASSED = (*KEPT, "s", "page", "ids")
"""What the pages around the list hand on of its address."""

_KEPT = "searches"
_MOST_IDS = 500
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

    def offer(self, questions: Sequence[Question]) -> None:
        """Let the answers to the organiser's own questions be taken as well, a column each."""
        own = [SelectChoice(f"q-{each.id}", str(local(each, "label"))) for each in questions]
        self.columns.choices = [*(self.columns.choices or []), *own]


_NOBODY = (0,)
"""The number of no registration."""


def wanted() -> Filters:
    """The filters of this address; what is no filter is left out. A search that is forgotten finds nobody: everybody
    would be shown, written to or cancelled in its place.
    """
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
        import_id=_number(args.get("import", "")),
        group=_number(args.get("group", "")),
        printed={"yes": True, "no": False}.get(args.get("printed", "")),
        has=args["has"] if args.get("has") in HAS else "",
        ids=_NOBODY
        if is_forgotten()
        else tuple(number for number in map(_number, args.get("ids", "").split(".")[:_MOST_IDS]) if number),
    )


def address() -> dict[str, str]:
    """The filters and the order of this address as a saved view keeps them: no page, no searched text, nobody ticked."""
    return {name: request.args[name][:_LONGEST_WORD] for name in KEPT if request.args.get(name)}


def passed() -> dict[str, Any]:
    """The filters, the order and the page of this address, for another address about the same people."""
    return web.passed(PASSED)


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


def _word(name: str) -> str:
    return request.args.get(name, "")[:_LONGEST_WORD].replace("\x00", "")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
