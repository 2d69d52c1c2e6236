"""How an entry stands in words, and what of it may be known before the result is public (P22, AW-39)."""

from __future__ import annotations

from collections.abc import Mapping

from exhibitions.awards.rules.states import EntryStage, EntryState, stage
from exhibitions.core.errors import N_

STAGE_WORDS: Mapping[EntryStage, str] = {
    EntryStage.DRAFT: N_("Draft of an entry"),
    EntryStage.SUBMITTED: N_("Entry submitted"),
    EntryStage.RETURNED: N_("Returned for correction"),
    EntryStage.ACCEPTED: N_("Passed screening"),
    EntryStage.JUDGED: N_("Judged"),
    EntryStage.MEDAL: N_("Won a medal"),
    EntryStage.NONE: N_("No medal"),
    EntryStage.REJECTED: N_("Failed screening"),
    EntryStage.WITHDRAWN: N_("Entry withdrawn"),
    EntryStage.REVOKED: N_("Award revoked"),
}
TONES: Mapping[EntryStage, str] = {
    EntryStage.DRAFT: "draft",
    EntryStage.SUBMITTED: "plain",
    EntryStage.RETURNED: "wait",
    EntryStage.ACCEPTED: "good",
    EntryStage.JUDGED: "plain",
    EntryStage.MEDAL: "good",
    EntryStage.NONE: "off",
    EntryStage.REJECTED: "stop",
    EntryStage.WITHDRAWN: "off",
    EntryStage.REVOKED: "stop",
}
CHECKS: Mapping[str, str] = {
    "complete": N_("All answers and papers are there"),
    "eligible": N_("The product fits the category"),
    "own": N_("The company makes the product, or may enter it"),
    "blind": N_("Texts and pictures do not tell the company"),
    "pictures": N_("The pictures show the product clearly"),
}
"""What screening looks at, each ticked or not."""
_OF_RESULT = frozenset({EntryState.AWARDED, EntryState.NOT_AWARDED, EntryState.CERTIFICATE_ISSUED})


def shown_state(state: EntryState, *, is_public: bool) -> EntryState:
    """The state that may be shown: before publication what was judged is judged, and no more."""
    return EntryState.JUDGED if state in _OF_RESULT and not is_public else state


def shown_to_company(state: EntryState, *, is_public: bool) -> EntryStage:
    """The word that the company reads: until publication an accepted entry stays accepted, whatever became of it."""
    told = stage(state)
    hidden = {EntryStage.JUDGED, EntryStage.MEDAL, EntryStage.NONE}
    return EntryStage.ACCEPTED if told in hidden and not is_public else told


def states_shown_as(wanted: EntryStage, *, is_public: bool) -> frozenset[EntryState]:
    """The states that stand under a word of the list; no filter and no count tells a result before it is public."""
    return frozenset(
        state for state in EntryState if stage(shown_state(state, is_public=is_public)) is wanted
    )
