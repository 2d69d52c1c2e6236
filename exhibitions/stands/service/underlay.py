"""The picture under a hall's plan, and its scale from two points with a known distance (exhibitors-stands.md §3)."""

from __future__ import annotations

from dataclasses import dataclass

from exhibitions.audit import service as audit
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, NotFound
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.files.service import Bytes
from exhibitions.stands.models import HallPlan
from exhibitions.stands.rules.background import placed
from exhibitions.stands.rules.under_plan import MOST_BYTES, drawn_anew
from exhibitions.stands.service.recording import begin, keep, rows_of

__all__ = ["MOST_BYTES", "Picture", "lay_under", "prepare", "set_scale", "take_away"]

PURPOSE = "stands.background"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that has been drawn anew and waits for its row."""

    content: Bytes
    width: int
    height: int


def prepare(content: bytes) -> Picture:
    """Draw a picture anew and put it on the disk, outside a transaction. Raises Refused for what is no picture."""
    drawn, width, height = drawn_anew(content)
    return Picture(files.write(drawn), width, height)


def lay_under(expo: Expo, plan: HallPlan, picture: Picture, by: Actor) -> None:
    """Put a picture under the plan; until a scale is said it is as wide as the hall."""
    begin(expo)
    before = rows_of([plan])
    row = files.store(
        picture.content,
        name=f"plan-{picture.width}x{picture.height}.png",
        content_type="image/png",
        purpose=PURPOSE,
        expo_id=expo.id,
        owner=SYSTEM,
    )
    plan.background_id, plan.background_x, plan.background_y = row.id, 0, 0
    plan.background_scale = max(plan.width * 1000 // picture.width, 1)
    db.session.flush()
    keep(expo, "hall", before, rows_of([plan]), by)
    audit.record(
        "stands.background", by, expo_id=expo.id, subject=("hall_plan", plan.id), after={"size": row.size}
    )


def set_scale(  # noqa: PLR0913 - two points, a distance and a place are this many independent facts.
    expo: Expo,
    plan: HallPlan,
    one: tuple[int, int],
    two: tuple[int, int],
    distance: int,
    at: tuple[int, int],
    by: Actor,
) -> None:
    """Say how far two points of the picture (pixels) are apart and where the first one lies (mm)."""
    begin(expo)
    if plan.background_id is None:
        raise NotFound("not_found", N_("There is no picture under this plan"))
    before = rows_of([plan])
    place = placed(one, two, distance, at)
    plan.background_x, plan.background_y, plan.background_scale = place.x, place.y, place.um_per_pixel
    db.session.flush()
    keep(expo, "hall", before, rows_of([plan]), by)


def take_away(expo: Expo, plan: HallPlan, by: Actor) -> None:
    """Take the picture away from under the plan; undoing brings it back, so the file stays."""
    begin(expo)
    before = rows_of([plan])
    plan.background_id, plan.background_scale = None, None
    db.session.flush()
    keep(expo, "hall", before, rows_of([plan]), by)
