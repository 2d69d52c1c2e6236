"""What the audit trail calls the set-up of an award and the moves of its season."""

from __future__ import annotations

from exhibitions.audit.rules import Deeds, Page
from exhibitions.awards.rules.season_moves import STATE_WORDS
from exhibitions.core.errors import N_

DEEDS = Deeds(
    actions={
        "awards.season_made": N_("Award season made"),
        "awards.season_changed": N_("Facts of an award season changed"),
        "awards.rules_changed": N_("Rules of an award changed"),
        "awards.rules_frozen": N_("Rules of an award frozen"),
        "awards.rules_discarded": N_("Changes of an award's rules given up"),
        "awards.category_saved": N_("Category of an award saved"),
        "awards.category_removed": N_("Category of an award removed"),
        "awards.season_moved": N_("Award season moved on or back"),
    },
    subjects={"award_season": Page(N_("Award season"), "awards.season", "season_id")},
    fields={
        "state": N_("State"),
        "hash": N_("Digest"),
        "facts_hash": N_("Digest of the facts"),
        "version": N_("Version"),
        "parts": N_("Changed"),
        "category": N_("Category of the award"),
        "name_zh": N_("Name in Chinese"),
        "name_en": N_("Name in English"),
        "year": N_("Year"),
        "organiser_zh": N_("Organiser in Chinese"),
        "organiser_en": N_("Organiser in English"),
        "basis": N_("Legal basis"),
        "approval_number": N_("Number of the approval"),
        "approved_until": N_("Approval valid until"),
        "entry_fee": N_("Entry fee"),
        "most_entries": N_("Entries of one company at most"),
        "opens_at": N_("Entries from"),
        "closes_at": N_("Deadline for entries"),
        "screening_until": N_("Screening until"),
        "judging_opens_at": N_("Judging from"),
        "judging_closes_at": N_("Judging until"),
        "publish_at": N_("Publication"),
        "is_blind": N_("Jurors do not see the company"),
        "shows_others": N_("Jurors see the others' marks after their own"),
        "jurors_per_entry": N_("Jurors for each entry"),
        "most_load": N_("Entries of one juror at most"),
    },
    values={f"state={state.value}": word for state, word in STATE_WORDS.items()},
)
