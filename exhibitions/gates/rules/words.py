"""What verdicts and reasons are called, as English message ids (ux.md §6)."""

from __future__ import annotations

from exhibitions.core.errors import N_
from exhibitions.gates.rules import timing

VERDICTS = {
    "first_today": N_("First time today"),
    "re_entry": N_("Re-entry"),
    "passed_back": N_("Scanned in a moment ago"),
    "open_gate": N_("Open gate"),
    "exit": N_("Out"),
    "counted": N_("Counted"),
    "unknown": N_("Not a valid code"),
    "forged": N_("Forgery check failed"),
    "other_fair": N_("Not a badge of this fair"),
    "voided": N_("Reported lost, use the new badge"),
    "cancelled": N_("Cancelled"),
    "not_approved": N_("Not approved"),
    "unpaid": N_("Not paid"),
    "wrong_gate": N_("Use gate"),
    "wrong_day": N_("Not a badge for today"),
    "outside_hours": N_("Outside opening hours"),
    "full": N_("Full, please wait"),
    "already_inside": N_("Already inside"),
    "already_in_today": N_("Already in today"),
}

# As the line of a table, where nobody is spoken to.
NOUNS = VERDICTS | {"wrong_gate": N_("Wrong gate")}

# Why a scan waits for the organiser.
REVIEW_REASONS = {
    timing.CLOCK_UNKNOWN: N_("Nobody knows what the device's clock showed: its time may be wrong"),
    timing.IN_FUTURE: N_("The time lies in the future"),
    timing.BEFORE_BUILD_UP: N_("The time lies before build-up began"),
}

# Why an entry is not the evidence of a visit.
REASONS = {
    "refused": N_("Refused at the gate"),
    "review": N_("Waiting for review"),
    "rejected": N_("Rejected in review"),
    "annulled": N_("Undone"),
    "clicker": N_("Counted by hand"),
    "no_person": N_("Code of nobody"),
    "invalid_badge": N_("Badge was not valid"),
    "not_a_visitor": N_("Staff, exhibitors and media"),
    "not_the_exhibition": N_("Not an entrance of the exhibition"),
    "out_of_hours": N_("Outside visitor hours"),
    "double_offline": N_("Let in twice offline"),
    "re_entry": N_("Re-entry on the same day"),
}
