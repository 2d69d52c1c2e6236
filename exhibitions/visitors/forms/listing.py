"""What the address of the list says: filters and order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.validators import InputRequired

from exhibitions.core import asked, web
from exhibitions.core.asked import ReasonForm
from exhibitions.core.forms import SelectChoice
from exhibitions.core.i18n import local
from exhibitions.core.regions import region_key
from exhibitions.visitors.models import Question
from exhibitions.visitors.queries import HAS, ORDERS, Filters
from exhibitions.visitors.rules.exporting import CONTACT, HEADINGS
from exhibitions.visitors.rules.registration import SHOWN_STATES

KEPT = ("class", "region", "day", "source", "status", "import", "group", "printed", "has", "sort")
"""What a saved view keeps of an address, in this order."""

PASSED = (*KEPT, "s", "page", "ids")
"""What the pages around the list hand on of its address."""

_NOBODY = (0,)
"""The number of no registration."""
_MOST_IDS = 500


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
        class_key=asked.word("class"),
        region="-" if args.get("region") == "-" else region_key(asked.word("region")),
        day=asked.day(args.get("day", "")),
        source=asked.word("source"),
        state=state if state in SHOWN_STATES else "",
        text=asked.kept_text(args.get("s", "")),
        order=order if order.removeprefix("-") in ORDERS else "-registered",
        import_id=asked.number(args.get("import", "")),
        group=asked.number(args.get("group", "")),
        printed={"yes": True, "no": False}.get(args.get("printed", "")),
        has=args["has"] if args.get("has") in HAS else "",
        ids=_NOBODY
        if asked.is_forgotten()
        else tuple(
            number for number in map(asked.number, args.get("ids", "").split(".")[:_MOST_IDS]) if number
        ),
    )


def address() -> dict[str, str]:
    """The filters and the order of this address as a saved view keeps them: no page, no searched text, nobody ticked."""
    return {name: request.args[name][: asked.LONGEST_WORD] for name in KEPT if request.args.get(name)}


def passed() -> dict[str, Any]:
    """The filters, the order and the page of this address, for another address about the same people."""
    return web.passed(PASSED)
