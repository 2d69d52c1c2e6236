"""What the audit trail calls deeds about results, certificates and complaints.

Who reads the trail need not have the right to see results: no entry of it holds a mark, a medal or the number of an entry
that a decision is about (P22).
"""

from __future__ import annotations

from exhibitions.audit.rules import Deeds, Page
from exhibitions.core.errors import N_

DEEDS = Deeds(
    actions={
        "awards.result_read": N_("Result of an award read before its publication"),
        "awards.deliberation_begun": N_("Deliberation begun"),
        "awards.deliberation_saved": N_("Minute of the deliberation changed"),
        "awards.decided": N_("Decision of the deliberation"),
        "awards.signed": N_("Decision of the deliberation signed"),
        "awards.taken_back": N_("Decision of the deliberation taken back"),
        "awards.locked": N_("Result of an award locked"),
        "awards.unlocked": N_("Locked result reopened"),
        "awards.embargoed": N_("Result of an award put under embargo"),
        "awards.embargo_lifted": N_("Embargo of an award lifted"),
        "awards.published": N_("Result of an award published"),
        "awards.result_downloaded": N_("Result file of an award downloaded"),
        "awards.certificate_words": N_("Words of certificates changed"),
        "awards.certificates_issued": N_("Certificates issued"),
        "awards.certificates_printed": N_("Certificates printed"),
        "awards.revoked": N_("Award revoked"),
        "awards.complaint_days": N_("Days for complaints changed"),
        "awards.complaint_received": N_("Complaint received"),
        "awards.complaint_decided": N_("Complaint decided"),
    },
    subjects={
        "award_result": Page(N_("Result of an award"), "awards.result", "season_id"),
        "award_complaint": Page(N_("Complaint about an award")),
    },
    fields={
        "page": N_("Page"),
        "version": N_("Version"),
        "hash": N_("Fingerprint"),
        "kind": N_("Kind"),
        "certificates": N_("Certificates"),
        "serial": N_("Serial number"),
        "publish_at": N_("Published from"),
        "number": N_("Number"),
        "days": N_("Days"),
    },
)
