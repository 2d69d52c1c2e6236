"""Making a printer print where it should: two readings with a ruler become a shift in tenths of a millimetre."""

from __future__ import annotations

import re

from exhibitions.core.errors import N_, Refused

FURTHEST = 150
"""A print that lies more than 15 mm off was measured from the wrong edge."""
_TYPED = re.compile(r"\s*(\d{1,3})(?:[.,]([0-9]))?\d?\s*(?:mm|毫米)?\s*")


def tenths(text: str) -> int | None:
    """A length as somebody types it in millimetres (`44.5`, `44,5 mm`), in tenths of a millimetre, or None."""
    found = _TYPED.fullmatch(text)
    return int(found[1]) * 10 + int(found[2] or 0) if found else None


def shift(target: int, reading: int) -> int:
    """How far a print must be moved whose cross stands at `reading` and belongs at `target`, all in tenths.

    Raises `Refused("reading_far")` when that is more than 15 mm.
    """
    found = target - reading
    check(found)
    return found


def check(found: int) -> None:
    """Raises `Refused("reading_far")` for a shift of more than 15 mm."""
    if abs(found) > FURTHEST:
        raise Refused(
            "reading_far",
            N_("That is more than 15 mm off. Measure from the left and from the upper edge of the paper."),
        )
