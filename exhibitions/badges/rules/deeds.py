"""What the audit trail calls the deeds of this room."""

from __future__ import annotations

from exhibitions.audit.rules import Deeds, Page
from exhibitions.core.errors import N_

DEEDS = Deeds(
    actions={
        "badges.printed": N_("Badge printed"),
        "badges.reprinted": N_("Badge printed again"),
        "badges.replaced": N_("Badge replaced"),
        "badges.reserve_bound": N_("Reserve badge given to a person"),
        "badges.reserves_made": N_("Reserve badges made"),
        "badges.class_saved": N_("Badge class changed"),
        "badges.classes_loaded": N_("Badge classes loaded"),
        "badges.key_rotated": N_("Signing key changed"),
    },
    subjects={
        "badge": Page(N_("Badge")),
        "badge_class": Page(N_("Badge class"), "badges.badge_class", "class_id"),
        "signing_key": Page(N_("Signing key")),
    },
    fields={
        "replaced_by": N_("Replaced by badge"),
        "prints": N_("Prints"),
        "holder_kind": N_("Kind of holder"),
        "holder_id": N_("Holder"),
        "badges": N_("Badges"),
        "classes": N_("Classes"),
        "key": N_("Key"),
        "number": N_("Number"),
        "audience": N_("Counted as"),
        "colour": N_("Colour"),
        "position": N_("Position"),
        "registrable": N_("Can be registered"),
        "day_bound": N_("Good for one day"),
        "price_minor": N_("Price"),
    },
    values={"purpose=badges.print": N_("Printed badges")},
)
