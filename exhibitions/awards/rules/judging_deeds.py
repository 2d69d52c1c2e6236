"""What the audit trail calls the deeds of jurors. No mark stands in it: who reads the trail may not read marks (P22)."""

from __future__ import annotations

from exhibitions.audit.rules import Deeds
from exhibitions.core.errors import N_

DEEDS = Deeds(
    actions={
        "awards.juror_entered": N_("Juror opened the own pages with the code"),
        "awards.interest_declared": N_("Juror declared interests"),
        "awards.recused": N_("Juror recused"),
        "awards.sheet_sent": N_("Score sent"),
        "awards.order_sent": N_("Order sent"),
    },
    fields={
        "round": N_("Round"),
        "entries": N_("Entries"),
        "entry": N_("Entry"),
    },
)
