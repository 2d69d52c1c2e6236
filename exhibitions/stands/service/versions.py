"""Versions of the plan: saved, published, opened again; a saved one never changes (exhibitors-stands.md §3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Refused
from exhibitions.expos.models import Expo
from exhibitions.stands.models import HallPlan, PlanVersion, Shape, Stand
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.queries.of_exhibitors import sides_of
from exhibitions.stands.rules import snapshot
from exhibitions.stands.rules.plan import ShapeKind
from exhibitions.stands.rules.surroundings import HallSize
from exhibitions.stands.rules.swaps import Thing
from exhibitions.stands.service.drawing import blocking, findings
from exhibitions.stands.service.recording import begin
from exhibitions.stands.service.swapping import note_made

SavedHall = tuple[HallSize, str, list[queries.Lying], list[queries.LyingShape], list[dict[str, Any]]]
"""A hall of a version: its size and name, stands and shapes as the rules draw them, and the stands' facts."""


def text_now(expo: Expo) -> str:
    """The plan as it is now, as the text of a version."""
    halls = {plan.hall_id: plan for plan in queries.hall_plans(expo)}
    zones = {zone.id: zone.code for zone in expo.zones}
    return snapshot.text_of(
        [_hall(plan) for plan in halls.values()],
        [_stand(row, zones) for row in queries.stands(expo)],
        [_shape(row) for row in queries.shapes(expo)],
    )


def _hall(plan: HallPlan) -> dict[str, Any]:
    return {
        "id": plan.hall_id,
        "code": plan.hall.code,
        "name_zh": plan.hall.name_zh,
        "name_en": plan.hall.name_en,
        "width": plan.width,
        "depth": plan.depth,
        "is_outdoor": plan.is_outdoor,
    }


def _stand(row: Stand, zones: dict[int, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "hall": row.hall.code,
        "polygon": row.polygon,
        "area": row.area,
        "contracted": row.contracted_area,
        "kind": row.kind.value,
        "sides": sides_of(row),
        "zone": zones.get(row.zone_id or 0),
        "price_class": row.price_class,
        "on_sale": row.for_sale,
    }


def _shape(row: Shape) -> dict[str, Any]:
    return {
        "id": row.id,
        "hall_id": row.hall_id,
        "kind": row.kind.value,
        "polygon": row.polygon,
        "name_zh": row.label_zh,
        "name_en": row.label_en,
    }


def save(expo: Expo, note: str, by: Actor, *, publish: bool = False) -> PlanVersion:
    """Save the plan as it is; a plan that equals the youngest version is that version, and is not saved again.

    With `publish` the public sees it from now on; raises `Refused` where a finding is in the way of that, or where
    nothing is drawn. Numbers of a published plan are never given to another stand.
    """
    begin(expo)
    text = text_now(expo)
    if not queries.stands(expo):
        raise Refused("plan_empty", N_("No stand is drawn yet. Draw stands before you save a version"))
    if publish:
        wrong = blocking(findings(expo))
        if wrong:
            raise Refused(
                "plan_wrong",
                N_("%(count)s findings must be mended before the plan is published"),
                count=len(wrong),
            )
    digest = snapshot.hash_of(text)
    last = queries.version(expo, queries.last_version(expo))
    if last is None or last.sha256 != digest:
        last = PlanVersion(
            expo_id=expo.id,
            version=queries.last_version(expo) + 1,
            snapshot=text,
            sha256=digest,
            note=note,
            user_id=by.id if by.kind == "user" else None,
            created_at=clock.now(),
        )
        db.session.add(last)
        db.session.flush()
        _tell(expo, last, "saved", by)
    if publish:
        _publish(expo, last, by)
    return last


def _publish(expo: Expo, version: PlanVersion, by: Actor) -> None:
    now = clock.now()
    version.published_at = now
    ids = [stand["id"] for stand in snapshot.read(version.snapshot)["stands"]]
    for stand in queries.stands_with_ids(expo, ids).values():
        stand.published_at = stand.published_at or now
    db.session.flush()
    note_made(expo, Thing.PLAN, by)
    _tell(expo, version, "published", by)


def _tell(expo: Expo, version: PlanVersion, verb: str, by: Actor) -> None:
    audit.record(
        f"stands.version_{verb}",
        by,
        expo_id=expo.id,
        subject=("plan_version", version.id),
        after={"version": version.version, "sha256": version.sha256},
    )


def halls_of(version: PlanVersion, language: str) -> list[SavedHall]:
    """The halls of a version with their names, stands and shapes, as the rules draw them, and the stands' facts."""
    plan = snapshot.read(version.snapshot)
    return [
        (
            HallSize(hall["code"], hall["width"], hall["depth"]),
            _in(hall, "name", language),
            [_lying(stand) for stand in plan["stands"] if stand["hall"] == hall["code"]],
            [_lying_shape(shape, language) for shape in plan["shapes"] if shape["hall_id"] == hall["id"]],
            [stand for stand in plan["stands"] if stand["hall"] == hall["code"]],
        )
        for hall in plan["halls"]
    ]


def _in(thing: dict[str, Any], name: str, language: str) -> str:
    first, second = (
        (thing[f"{name}_zh"], thing[f"{name}_en"])
        if language == "zh"
        else (thing[f"{name}_en"], thing[f"{name}_zh"])
    )
    return str(first or second)


def _lying(stand: dict[str, Any]) -> queries.Lying:
    return queries.Lying(stand["id"], stand["number"], queries.corners(stand["polygon"]), None)


def _lying_shape(shape: dict[str, Any], language: str) -> queries.LyingShape:
    kind = ShapeKind(shape["kind"])
    return queries.LyingShape(
        shape["id"], kind, queries.corners(shape["polygon"]), _in(shape, "name", language)
    )


def changes_since(version: PlanVersion, text: str) -> Sequence[snapshot.Change]:
    """What differs between a version and another text."""
    return snapshot.changes(version.snapshot, text)
