"""What the audit trail calls what the office does about the jury. No mark stands in it (P22)."""

from __future__ import annotations

from exhibitions.audit.rules import Deeds, Page
from exhibitions.core.errors import N_

DEEDS = Deeds(
    actions={
        "awards.juror_saved": N_("Juror appointed or changed"),
        "awards.juror_left": N_("Juror left"),
        "awards.juror_came_back": N_("Juror came back"),
        "awards.juror_invited": N_("Juror invited"),
        "awards.juror_code": N_("New code for a juror"),
        "awards.jury_reminded": N_("Jurors reminded"),
        "awards.panel_set": N_("Panel of a category set"),
        "awards.conflicts_found": N_("Interests of jurors searched for"),
        "awards.conflict_noted": N_("Interest of a juror noted"),
        "awards.conflict_decided": N_("Interest of a juror decided"),
        "awards.drawn": N_("Entries drawn for the jury"),
        "awards.assigned": N_("Entry given to a juror"),
        "awards.unassigned": N_("Entry taken from a juror"),
        "awards.given_back": N_("Entry given back to a juror"),
        "awards.round_opened": N_("Round of judging opened"),
        "awards.round_closed": N_("Round of judging closed"),
        "awards.sheet_reopened": N_("Sent score opened again"),
        "awards.papers_printed": N_("Score sheets printed"),
        "awards.paper_typed": N_("Score sheet typed"),
        "awards.paper_settled": N_("Score sheet settled"),
        "awards.paper_scanned": N_("Scan of a score sheet kept"),
        "awards.paper_seen": N_("Readings of a score sheet looked at"),
    },
    subjects={
        "award_juror": Page(N_("Juror")),
        "award_paper": Page(N_("Score sheet on paper")),
    },
    fields={
        "seed": N_("Seed"),
        "added": N_("New places"),
        "gone": N_("Places given back"),
        "found": N_("Found"),
        "kind": N_("Kind"),
        "source": N_("Where it comes from"),
        "decision": N_("Decision"),
        "jurors": N_("Jurors"),
        "category": N_("Category"),
        "agreed": N_("Agreement signed"),
        "sheet": N_("Number of the sheet"),
        "sheets": N_("Sheets"),
        "turn": N_("Reading"),
        "closes_at": N_("Until"),
    },
)
