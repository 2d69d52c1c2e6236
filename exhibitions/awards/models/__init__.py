"""What awards store: seasons with their rules, entries, the jury and its sheets, results."""

from exhibitions.awards.models.entries import AwardEntry, EntryEvent, EntryFile, EntryMaker
from exhibitions.awards.models.jury import (
    Assignment,
    Ballot,
    Conflict,
    Declaration,
    JudgingRound,
    Juror,
    Panel,
    PanelJuror,
    PaperSheet,
    Sheet,
    Typing,
)
from exhibitions.awards.models.result import (
    AwardResult,
    Certificate,
    Complaint,
    Decision,
    Deliberation,
    ResultLine,
)
from exhibitions.awards.models.season import AwardCategory, AwardSeason, RuleVersion, SeasonEvent

__all__ = [
    "Assignment",
    "AwardCategory",
    "AwardEntry",
    "AwardResult",
    "AwardSeason",
    "Ballot",
    "Certificate",
    "Complaint",
    "Conflict",
    "Decision",
    "Declaration",
    "Deliberation",
    "EntryEvent",
    "EntryFile",
    "EntryMaker",
    "JudgingRound",
    "Juror",
    "Panel",
    "PanelJuror",
    "PaperSheet",
    "ResultLine",
    "RuleVersion",
    "SeasonEvent",
    "Sheet",
    "Typing",
]
