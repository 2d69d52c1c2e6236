"""What the address of the register says: filters, order, page; and the texts that were searched for, kept out of it."""

from __future__ import annotations

import secrets
from typing import Any

from flask import request, session
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the published types are older
from wtforms.validators import InputRequired

from exhibitions.companies.forms.records import ReasonForm
from exhibitions.companies.queries.listing import HAS, ORDERS, PAPER_STATES, Filters
from exhibitions.companies.rules.exporting import HEADINGS, PERSONAL
from exhibitions.core import web
from exhibitions.core.regions import region_key
from exhibitions.core.search import LONGEST_QUESTION

PASSED = ("country", "region", "papers", "has", "member", "import", "sort", "s", "page", "ids")
"""What the pages around the list hand on of its address."""
_KEPT = "company_searches"
_MOST_IDS = 500
_MOST_KEPT = 5
_LONGEST_WORD = 64
_NOTHING = (0,)
"""The number of no company."""


class ExportForm(ReasonForm):
    """Which columns leave the house, and why (P13). What names persons is taken only by who asks for it."""

    page_order = ("columns", "reason")

    columns = SelectMultipleField(
        _l("Columns"),
        choices=[SelectChoice(name, _l(heading)) for name, heading in HEADINGS.items()],
        default=[name for name in HEADINGS if name not in PERSONAL],
        validators=[InputRequired(_l("Choose at least one column"))],
    )


def wanted() -> Filters:
    """The filters of this address; what is no filter is left out. A search that is forgotten finds nothing."""
    args = request.args
    order = args.get("sort", "")
    return Filters(
        text=kept_text(args.get("s", "")),
        country=_word("country"),
        region=region_key(_word("region")),
        papers=args["papers"] if args.get("papers") in PAPER_STATES else "",
        has=args["has"] if args.get("has") in HAS else "",
        member={"yes": True, "no": False}.get(args.get("member", "")),
        import_id=number(args.get("import", "")),
        order=order if order.removeprefix("-") in ORDERS else "name",
        ids=_NOTHING
        if is_forgotten()
        else tuple(each for each in map(number, args.get("ids", "").split(".")[:_MOST_IDS]) if each),
    )


def passed() -> dict[str, Any]:
    """The filters, the order and the page of this address, for another address about the same companies."""
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


def number(text: str) -> int | None:
    """A number as addresses write one; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _word(name: str) -> str:
    return request.args.get(name, "")[:_LONGEST_WORD].replace("\x00", "")
