"""What the audit trail and the history of an entry call what was done with it."""

from __future__ import annotations

from exhibitions.audit.rules import Deeds
from exhibitions.core.errors import N_

SUBJECT = "award_entry"
STARTED, SAVED, SUBMITTED, ANSWERED = "started", "saved", "submitted", "answered"
WITHDRAWN, WITHDRAWAL_NOTED = "withdrawn", "withdrawal_noted"
ADDED, CHANGED, FILES = "added", "changed", "files"
ACCEPTED, RETURNED, REJECTED, REOPENED = "accepted", "returned", "rejected", "reopened"
MOVED, SAMPLE_RECEIVED, SAMPLE_RETURNED, DISQUALIFIED = (
    "moved",
    "sample_received",
    "sample_returned",
    "disqualified",
)

WORDS = {
    STARTED: N_("Award entry begun"),
    SAVED: N_("Award entry saved"),
    SUBMITTED: N_("Award entry submitted"),
    ANSWERED: N_("Returned award entry answered"),
    WITHDRAWN: N_("Award entry withdrawn"),
    WITHDRAWAL_NOTED: N_("Withdrawal after the lock noted"),
    ADDED: N_("Award entry added by the office"),
    CHANGED: N_("Award entry changed by the office"),
    FILES: N_("Files of an award entry changed"),
    ACCEPTED: N_("Award entry passed screening"),
    RETURNED: N_("Award entry returned for correction"),
    REJECTED: N_("Award entry failed screening"),
    REOPENED: N_("Screening of an award entry reopened"),
    MOVED: N_("Award entry moved to another category"),
    SAMPLE_RECEIVED: N_("Sample received"),
    SAMPLE_RETURNED: N_("Sample returned"),
    DISQUALIFIED: N_("Award entry disqualified"),
}
DEEDS = Deeds(
    actions={
        **{f"awards.entry_{deed}": word for deed, word in WORDS.items()},
        "awards.entries_exported": N_("Award entries exported"),
    },
    fields={
        "number": N_("Number"),
        "category": N_("Category"),
        "product": N_("Product"),
        "file": N_("File"),
        "sample_place": N_("Where the sample is"),
        "checks": N_("Checks"),
    },
)
