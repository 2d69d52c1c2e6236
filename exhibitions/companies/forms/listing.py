"""What the address of the register says: filters, order, page; and the texts that were searched for, kept out of it."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.validators import InputRequired

from exhibitions.companies.queries.listing import HAS, ORDERS, PAPER_STATES, Filters
from exhibitions.companies.rules.exporting import HEADINGS, PERSONAL
from exhibitions.core import asked, web
from exhibitions.core.forms import SelectChoice
from exhibitions.core.regions import region_key

PASSED = ("country", "region", "papers", "has", "member", "import", "sort", "s", "page", "ids")
"""What the pages around the list hand on of its address."""
_MOST_IDS = 500
_NOTHING = (0,)
"""The number of no company."""


class ExportForm(asked.ReasonForm):
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
        text=asked.kept_text(args.get("s", "")),
        country=asked.word("country"),
        region=region_key(asked.word("region")),
        papers=args["papers"] if args.get("papers") in PAPER_STATES else "",
        has=args["has"] if args.get("has") in HAS else "",
        member={"yes": True, "no": False}.get(args.get("member", "")),
        import_id=asked.number(args.get("import", "")),
        order=order if order.removeprefix("-") in ORDERS else "name",
        ids=_NOTHING
        if asked.is_forgotten()
        else tuple(each for each in map(asked.number, args.get("ids", "").split(".")[:_MOST_IDS]) if each),
    )


def passed() -> dict[str, Any]:
    """The filters, the order and the page of this address, for another address about the same companies."""
    return web.passed(PASSED)
