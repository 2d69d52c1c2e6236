"""A hall to scale on A3: the largest usual scale at which it fits between the margins (ux.md §7)."""

from __future__ import annotations

from dataclasses import dataclass

from exhibitions.core.errors import N_, Refused

LONG_MM, SHORT_MM = 420, 297
MARGIN_MM = 15
HEAD_MM = 22
FOOT_MM = 24
"""Scale bar and legend."""
SCALES = (50, 75, 100, 125, 150, 200, 250, 300, 400, 500, 750, 1_000, 1_500, 2_000, 2_500, 5_000)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page in mm with the hall at 1:`scale`, its upper left corner at (left, top) mm of the paper."""

    width: int
    height: int
    scale: int
    left: float
    top: float

    def on_paper(self, x: int, y: int) -> tuple[float, float]:
        """Where a point of the floor (mm) lies on the paper, in mm from its upper left corner."""
        return self.left + x / self.scale, self.top + y / self.scale


def sheet_for(width: int, depth: int) -> Sheet:
    """The page for a hall of so many mm, upright or lying as suits it. Raises Refused for one that is too large."""
    lying = width >= depth
    page = (LONG_MM, SHORT_MM) if lying else (SHORT_MM, LONG_MM)
    room = page[0] - 2 * MARGIN_MM, page[1] - 2 * MARGIN_MM - HEAD_MM - FOOT_MM
    for scale in SCALES:
        if width <= room[0] * scale and depth <= room[1] * scale:
            left = MARGIN_MM + (room[0] - width / scale) / 2
            return Sheet(*page, scale, left, MARGIN_MM + HEAD_MM)
    raise Refused("hall_large", N_("This hall is too large for A3"))


def bar_metres(scale: int) -> int:
    """How many metres a scale bar shows: the most of 1, 2, 5, 10 … that is at most 60 mm long on the paper."""
    return max(length for length in (1, 2, 5, 10, 20, 50, 100, 200) if length * 1000 <= 60 * scale)
