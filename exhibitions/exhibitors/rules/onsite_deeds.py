"""What the audit trail calls the deeds of daily figures and of the fair's days."""

from __future__ import annotations

from exhibitions.audit.rules import Deeds
from exhibitions.core.errors import N_

DEEDS = Deeds(
    actions={
        "exhibitors.figures_reported": N_("Daily figures reported"),
        "exhibitors.figures_corrected": N_("Daily figures corrected"),
        "exhibitors.intent_signed": N_("Intent signed as a contract"),
        "exhibitors.figures_reminded": N_("Reminded of daily figures"),
        "exhibitors.figures_frozen": N_("Daily figures frozen"),
        "exhibitors.figures_exported": N_("Daily figures exported"),
        "exhibitors.arrived": N_("Exhibitor arrived"),
        "exhibitors.arrival_taken_back": N_("Arrival of an exhibitor taken back"),
        "exhibitors.badge_added": N_("Badge given at the exhibitor desk"),
        "exhibitors.presence_noted": N_("Presence at the stand noted"),
        "exhibitors.empty_hour_set": N_("Hour set at which stands count as empty"),
    },
    fields={
        "day": N_("Day"),
        "people": N_("People"),
        "sha256": N_("SHA-256"),
        "rows": N_("Rows"),
        "bags": N_("Bags"),
        "how": N_("How"),
        "amount": N_("Amount in minor units"),
        "present": N_("People at the stand"),
        "photo": N_("Photo"),
        "stands_empty_from": N_("Empty from"),
    },
)
