"""What the audit trail calls the deeds of this room."""

from __future__ import annotations

from exhibitions.audit.rules import Deeds
from exhibitions.core.errors import N_

DEEDS = Deeds(
    actions={
        "exhibitors.created": N_("Exhibitor entered"),
    },
)
