"""Which badges to print, in which order, on which page and at which printer: read from an address or a form."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from exhibitions.badges.queries import Wanted
from exhibitions.badges.rules.layout import SHEETS
from exhibitions.badges.service.printing import SORTS
from exhibitions.core.web import kept_answer

_LONGEST_NUMBER = 19
PRINTED = (
    ("new", _l("Not printed yet")),
    ("printed", _l("Printed before")),
    ("all", _l("All")),
    ("reserve", _l("Reserve badges")),
)
ORDERS = (("number", _l("Number")), ("name", _l("Name")), ("company", _l("Company")))
PAGES = (
    ("a4x4", _l("A4, four to cut apart")),
    ("90x130", _l("90 × 130 mm, one a page")),
    ("a6", _l("A6, one a page")),
    ("86x54", _l("Card 86 × 54 mm")),
    ("80x60", _l("Label 80 × 60 mm")),
    ("70x50", _l("Label 70 × 50 mm")),
    ("60x40", _l("Label 60 × 40 mm")),
)


class Choice:
    """Which badges, in which order, on which page: read from an address or a form, always something that exists."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.class_key = values.get("class", "")
        self.printed = _one_of(values.get("printed"), [key for key, _ in PRINTED])
        self.sort = _one_of(values.get("sort"), list(SORTS))
        self.page = _one_of(values.get("page-size"), [key for key, _ in PAGES if key in SHEETS])
        self.import_id = _number(values.get("import"))
        self.group_id = _number(values.get("group"))
        self.printer_id = _number(values.get("printer"))
        self.word = values.get("s", "")[:32]
        # A text that this browser does not know any more matches nobody: never everybody.
        self.text = str(kept_answer(self.word) or "") if self.word else ""
        self.lost = bool(self.word) and not self.text

    def wanted(self) -> Wanted:
        """The badges that are meant."""
        if self.lost:
            return Wanted(import_id=-1)
        if self.printed == "reserve":
            return Wanted(self.class_key, None, reserve=True)
        return Wanted(
            self.class_key,
            {"new": False, "printed": True}.get(self.printed),
            import_id=self.import_id,
            group_id=self.group_id,
            text=self.text,
        )

    def address(self) -> dict[str, str]:
        """The same choice as the words of an address."""
        words = {
            "class": self.class_key,
            "printed": self.printed,
            "sort": self.sort,
            "page-size": self.page,
            "import": str(self.import_id or ""),
            "group": str(self.group_id or ""),
            "printer": str(self.printer_id or ""),
            "s": self.word,
        }
        return {name: word for name, word in words.items() if word}


def _one_of(value: str | None, known: list[str]) -> str:
    return value if value is not None and value in known else known[0]


def _number(value: str | None) -> int | None:
    return (
        int(value) if value and value.isascii() and value.isdigit() and len(value) < _LONGEST_NUMBER else None
    )
