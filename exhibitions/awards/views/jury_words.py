"""The words of the jury's pages for states of places, kinds of interests and what they mean."""

from __future__ import annotations

from exhibitions.awards.queries.paper import Stage
from exhibitions.awards.rules.conflicts import KINDS, SOURCES, Verdict
from exhibitions.awards.rules.states import AssignmentState, ConflictDecision
from exhibitions.core.errors import N_

STATES = {
    AssignmentState.ASSIGNED: N_("Not begun"),
    AssignmentState.ACCEPTED: N_("Looked at"),
    AssignmentState.IN_PROGRESS: N_("Draft"),
    AssignmentState.SUBMITTED: N_("Score sent"),
    AssignmentState.RECUSED: N_("Recused"),
    AssignmentState.WITHDRAWN: N_("Taken back"),
}
TONES = {
    AssignmentState.ASSIGNED: "draft",
    AssignmentState.ACCEPTED: "plain",
    AssignmentState.IN_PROGRESS: "wait",
    AssignmentState.SUBMITTED: "good",
    AssignmentState.RECUSED: "off",
    AssignmentState.WITHDRAWN: "off",
}
PAPER = {
    Stage.PRINTED: N_("Printed, not typed"),
    Stage.ONCE: N_("Typed once"),
    Stage.DIFFER: N_("Readings differ"),
    Stage.COUNTS: N_("Counts"),
    Stage.REPLACED: N_("Counts no more"),
    Stage.BY_LINK: N_("Sent by link"),
    Stage.GONE: N_("Not wanted any more"),
}
PAPER_TONES = {
    Stage.PRINTED: "draft",
    Stage.ONCE: "wait",
    Stage.DIFFER: "stop",
    Stage.COUNTS: "good",
    Stage.REPLACED: "off",
    Stage.BY_LINK: "off",
    Stage.GONE: "off",
}
VERDICTS = {
    Verdict.FREE: N_("May judge"),
    Verdict.FLAGGED: N_("Worth a look"),
    Verdict.WAITING: N_("Waits for a decision"),
    Verdict.REFUSED: N_("May not judge"),
}
VERDICT_TONES = {
    Verdict.FREE: "good",
    Verdict.FLAGGED: "plain",
    Verdict.WAITING: "wait",
    Verdict.REFUSED: "stop",
}
DECISIONS = {
    ConflictDecision.OPEN: N_("Not decided"),
    ConflictDecision.UPHELD: N_("Upheld"),
    ConflictDecision.DISMISSED: N_("Dismissed"),
}
__all__ = [
    "DECISIONS",
    "KINDS",
    "PAPER",
    "PAPER_TONES",
    "SOURCES",
    "STATES",
    "TONES",
    "VERDICTS",
    "VERDICT_TONES",
]
