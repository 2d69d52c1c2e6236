"""The text over a shell-scheme stand: how long it may be, how large it gets on the panel, when it is frozen."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from exhibitions.core.errors import N_, Refused
from exhibitions.core.graphemes import is_seen, seen, seen_length


@dataclass(frozen=True, slots=True)
class Panel:
    """What a kind of stand's fascia holds: characters in each language, the panel's height and largest letters in mm.

    A limit of 0 means that this language has no line.
    """

    zh: int = 20
    en: int = 40
    height_mm: int = 300
    letter_mm: int = 180
    margin_mm: int = 100


STANDARD = Panel()
PANELS: Mapping[str, Panel | None] = {"shell": STANDARD, "upgraded": STANDARD, "raw": None, "outdoor": None}
"""By kind of stand; who builds on raw space makes the sign as well, so there is nothing to print."""


def panel_of(kind: str, panels: Mapping[str, Panel | None] = PANELS) -> Panel | None:
    """The panel of a kind of stand: the usual one for kinds that nobody set, None where there is none."""
    return panels.get(kind, STANDARD)


def check_text(zh: str, en: str, panel: Panel) -> dict[str, Refused]:
    """What is wrong with a fascia's text, by field; nothing when it may be printed. One language is enough."""
    found: dict[str, Refused] = {}
    if not is_seen(zh) and not is_seen(en):
        found["zh"] = Refused("fascia_empty", N_("Enter the fascia text"))
    for field, text, limit in (("zh", zh, panel.zh), ("en", en, panel.en)):
        length = seen_length(text.strip())
        if length > limit:
            found[field] = Refused(
                "fascia_long",
                N_("The text has %(length)s characters; the panel holds %(limit)s"),
                length=length,
                limit=limit,
            )
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is cut: its text, the height of its letters and its width, in mm."""

    text: str
    letter_mm: int
    width_mm: int


_WIDE = ("W", "F")
_PICTURE = "\ufe0f"
_HAN, _LATIN = 1.0, 0.58
"""Widths of a letter against its height: Han fill a square, Latin capitals and digits about three fifths."""


def draw(text: str, panel_width_mm: int, panel: Panel, lines: int = 1) -> Line:
    """How a line stands on the panel of this width: as large as allowed, smaller where it would not fit.

    The preview and the list for the builder both use it, so that what is seen is what is cut.
    """
    text = text.strip()
    ems = sum(_HAN if _is_wide(one) else _LATIN for one in seen(text))
    room = max(1, panel_width_mm - 2 * panel.margin_mm)
    most = panel.letter_mm if lines == 1 else int(panel.letter_mm * 0.6)
    height = most if not ems else min(most, int(room / ems))
    return Line(text, height, round(ems * height))


def _is_wide(one: str) -> bool:
    """Han, full-width letters and pictures fill a square; flags and ❤️ are pictures that their first sign does not tell."""
    return (
        unicodedata.east_asian_width(one[0]) in _WIDE
        or _PICTURE in one
        or unicodedata.name(one[0], "").startswith("REGIONAL INDICATOR")
    )
