"""What the audit trail calls the deeds of this room."""

from __future__ import annotations

from exhibitions.audit.rules import Deeds, Page
from exhibitions.core.errors import N_

DEEDS = Deeds(
    actions={
        "gates.pairing_offered": N_("Pairing code made"),
        "gates.paired": N_("Device paired"),
        "gates.revoked": N_("Device ended"),
        "gates.review_decided": N_("Late scan decided"),
        "gates.doors_moved": N_("Opening hours moved"),
        "gates.open_gate_started": N_("Open gate begun"),
        "gates.open_gate_ended": N_("Open gate ended"),
        "gates.post_changed": N_("Post on site changed"),
        "gates.rehearsals_wiped": N_("Rehearsed scans deleted"),
    },
    subjects={
        "device": Page(N_("Gate device")),
        "scan": Page(N_("Scan")),
        "post": Page(N_("Post on site"), "posts.posts", ""),
        "open_gate": Page(N_("Open gate")),
    },
    fields={
        "gates": N_("Gates"),
        "day": N_("Day"),
        "from": N_("From"),
        "to": N_("To"),
        "scans": N_("Scans"),
    },
)
