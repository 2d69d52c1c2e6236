"""A hall as the office sees it, drawn: on its page, and beside the forms in which a place is typed or drawn (O3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exhibitions.core import clock
from exhibitions.core.i18n import language
from exhibitions.expos.models import Expo
from exhibitions.stands.models import HallPlan, Shape, Stand
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.rules import picture
from exhibitions.stands.rules.background import metres
from exhibitions.stands.rules.geometry import fault_of


def drawn(plan: HallPlan, rows: Sequence[Stand], shapes: Sequence[Shape]) -> picture.Drawing:
    """A hall as it is now, ready to be drawn."""
    return picture.draw(
        queries.size_of(plan),
        [queries.lying(row) for row in rows if not fault_of(queries.corners(row.polygon))],
        [queries.lying_shape(shape, language()) for shape in shapes],
    )


def background(expo: Expo, plan: HallPlan) -> dict[str, object] | None:
    """The picture under a hall in the drawing's units (cm), None where there is none or it has no scale."""
    found = queries.background(expo, plan)
    if found is None or plan.background_scale is None:
        return None
    width, height = (side * plan.background_scale / 10_000 for side in found.size)
    return {
        "x": plan.background_x / 10,
        "y": plan.background_y / 10,
        "width": round(width, 1),
        "height": round(height, 1),
    }


def beside(expo: Expo, plan: HallPlan | None, stand: Stand | None = None) -> dict[str, Any]:
    """What `stands/_beside.html` shows: the hall, and the m² of its other stands than the one that is changed."""
    if plan is None:
        return {"drawing": None, "holder": ""}
    rows = queries.stands(expo, plan.hall_id)
    held = queries.live(expo, clock.now())
    return {
        "plan": plan,
        "drawing": drawn(plan, rows, queries.shapes(expo, plan.hall_id)),
        "states": queries.states(rows, held),
        "areas": {row.number: metres(row.area // 10) for row in rows},
        "holders": {
            row.number: queries.holder_name(held[row.id], language()) for row in rows if row.id in held
        },
        "holder": queries.holder_name(held[stand.id], language()) if stand and stand.id in held else "",
        "background": background(expo, plan),
        "rest": sum(row.area for row in rows if stand is None or row.id != stand.id),
    }
