"""What the audit trail calls the deeds of this room."""

from __future__ import annotations

from exhibitions.audit.rules import Deeds
from exhibitions.core.errors import N_

DEEDS = Deeds(
    actions={
        "portal.fair_copied": N_("Set-up copied from an earlier edition"),
        "portal.demo_made": N_("Demo made"),
        "portal.demo_removed": N_("Demo removed"),
    },
    fields={
        "from": N_("From"),
        "units": N_("Organising units"),
        "days": N_("Days"),
        "doors": N_("Opening hours"),
        "halls": N_("Halls"),
        "zones": N_("Zones"),
        "gates": N_("Gates"),
        "badge_classes": N_("Badge classes"),
        "tasks": N_("Tasks"),
    },
)
