"""What the audit trail calls the deeds of this room."""

from __future__ import annotations

from exhibitions.audit.rules import Deeds
from exhibitions.core.errors import N_
from exhibitions.portal.rules.retention import TERMS

DEEDS = Deeds(
    actions={
        "portal.fair_copied": N_("Set-up copied from an earlier edition"),
        "portal.demo_made": N_("Demo made"),
        "portal.demo_removed": N_("Demo removed"),
        "portal.person_erased": N_("Person erased"),
        "portal.person_exported": N_("Copy of a person's data made"),
        "portal.people_affected_exported": N_("List of people affected exported"),
        "portal.retention_run": N_("What was kept long enough ended"),
    },
    fields={
        **{kind.value: term.label for kind, term in TERMS.items()},
        "registrations": N_("Registrations"),
        "rows": N_("Rows"),
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
