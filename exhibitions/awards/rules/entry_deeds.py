"""What the audit trail and the history of an entry call what was done with it."""

from __future__ import annotations

from exhibitions.audit.rules import Deeds
from exhibitions.core.errors import N_

SUBJECT = "award_entry"
STARTED, SAVED, SUBMITTED, ANSWERED = "started", "saved", "submitted", "answered"
ANSWERED_FOR = "answered_for"
WITHDRAWN, WITHDRAWAL_NOTED = "withdrawn", "withdrawal_noted"
ADDED, CHANGED, FILES = "added", "changed", "files"
ACCEPTED, RETURNED, REJECTED, REOPENED = "accepted", "returned", "rejected", "reopened"
MOVED, SAMPLE_RECEIVED, SAMPLE_RETURNED = "moved", "sample_received", "sample_returned"
DISQUALIFIED, REINSTATED = "disqualified", "reinstated"
# What follows from a deed on the season, which alone is in the audit: that must not tell who won what (P22).
JUDGED, JUDGED_AGAIN, RESULT, REVOKED = "judged", "judged_again", "result", "revoked"

WORDS = {
    STARTED: N_("Award entry begun"),
    SAVED: N_("Award entry saved"),
    SUBMITTED: N_("Award entry submitted"),
    ANSWERED: N_("Returned award entry answered"),
    ANSWERED_FOR: N_("Returned award entry answered by the office"),
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
    REINSTATED: N_("Disqualification of an award entry undone"),
}
FOLLOWING = {
    JUDGED: N_("Judging of the award entry ended"),
    JUDGED_AGAIN: N_("Judging of the award entry opened again"),
    RESULT: N_("Result of the award entry"),
    REVOKED: N_("Award revoked"),
}
HISTORY = {**WORDS, **FOLLOWING}
"""The words of everything that stands in an entry's history."""
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
