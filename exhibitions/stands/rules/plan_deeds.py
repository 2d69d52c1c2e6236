"""What the audit trail calls the deeds on the floor plan."""

from __future__ import annotations

from collections.abc import Mapping

from exhibitions.audit.rules import Page
from exhibitions.core.errors import N_

PLAN_ACTIONS: Mapping[str, str] = {
    "stands.changed": N_("Stand changed"),
    "stands.many_changed": N_("Several stands changed"),
    "stands.removed": N_("Stands taken off"),
    "stands.row": N_("Row laid"),
    "stands.imported": N_("Table of stands imported"),
    "stands.merged": N_("Stands merged"),
    "stands.split": N_("Stand split"),
    "stands.shape": N_("Shape drawn"),
    "stands.shape_removed": N_("Shape taken off"),
    "stands.hall": N_("Hall measured"),
    "stands.background": N_("Picture laid under the plan"),
    "stands.undone": N_("Step on the plan undone"),
    "stands.version_saved": N_("Version of the plan saved"),
    "stands.version_published": N_("Plan published"),
    "stands.allocation_ended": N_("Stand given back"),
    "stands.allocation_split": N_("Part of a stand kept"),
}

PLAN_SUBJECTS: Mapping[str, Page] = {
    "stand": Page(N_("Stand")),
    "shape": Page(N_("Shape")),
    "hall_plan": Page(N_("Hall plan")),
    "plan_version": Page(N_("Version of the plan")),
    "plan_change": Page(N_("Step on the plan")),
}

PLAN_FIELDS: Mapping[str, str] = {
    "polygon": N_("Place and size"),
    "area": N_("Area"),
    "contracted_area": N_("Contracted area"),
    "upper_area": N_("Upper storey"),
    "open_sides_set": N_("Open sides"),
    "price_class": N_("Price class"),
    "for_sale": N_("For sale"),
    "is_free_of_charge": N_("Free of charge"),
    "added": N_("Added"),
    "taken_off": N_("Taken off"),
}
