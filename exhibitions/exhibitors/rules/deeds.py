"""What the audit trail calls the deeds of this room."""

from __future__ import annotations

from exhibitions.audit.rules import Deeds
from exhibitions.core.errors import N_

DEEDS = Deeds(
    actions={
        "exhibitors.created": N_("Exhibitor entered"),
        "exhibitors.moved": N_("Exhibitor moved"),
        "exhibitors.cancelled": N_("Exhibitor called off"),
        "exhibitors.reduced": N_("Stand area reduced"),
        "exhibitors.restored": N_("Cancellation withdrawn"),
        "exhibitors.copied": N_("Last edition's exhibitors copied"),
        "exhibitors.given": N_("Exhibitor handed to a colleague"),
        "exhibitors.planned": N_("Next step planned"),
        "exhibitors.step_done": N_("Next step done"),
        "exhibitors.noted": N_("Note changed"),
        "exhibitors.talked": N_("Talk written down"),
        "exhibitors.exported": N_("List of companies exported"),
    },
)
