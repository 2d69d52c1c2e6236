"""Where a season, an entry and an assignment stand, and the moves between them (awards.md §3.3)."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import TypeVar

from exhibitions.core.errors import N_, Conflict


class LegalBasis(enum.StrEnum):
    """On what an award rests: an approval under the rules for appraisals 评比达标表彰, or the organiser's own right."""

    REGULATED = "regulated"
    OWN = "own"


class SeasonState(enum.StrEnum):
    """How far a season has come."""

    DRAFT = "draft"
    OPEN = "open"
    SCREENING = "screening"
    JUDGING = "judging"
    SCORED = "scored"
    DELIBERATING = "deliberating"
    LOCKED = "locked"
    EMBARGOED = "embargoed"
    PUBLISHED = "published"
    CLOSED = "closed"


class EntryState(enum.StrEnum):
    """How far an entry has come, from the draft to the certificate. To be moved to another category is no state."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    SCREENED_OK = "screened_ok"
    REJECTED = "rejected"
    SAMPLE_RECEIVED = "sample_received"
    JUDGED = "judged"
    DISQUALIFIED = "disqualified"
    WITHDRAWN = "withdrawn"
    AWARDED = "awarded"
    NOT_AWARDED = "not_awarded"
    CERTIFICATE_ISSUED = "certificate_issued"
    REVOKED = "revoked"


class EntryStage(enum.StrEnum):
    """The words of ux.md §6 under which states of entries are shown and filtered, in their order."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    JUDGED = "judged"
    MEDAL = "medal"
    NONE = "none"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


class AssignmentState(enum.StrEnum):
    """What a juror has done with an entry of the queue."""

    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    RECUSED = "recused"
    WITHDRAWN = "withdrawn"


class FileKind(enum.StrEnum):
    """A picture is for jurors, a paper is for the office."""

    PICTURE = "picture"
    PAPER = "paper"


class ConflictKind(enum.StrEnum):
    """In which way a juror has an interest in an entry."""

    SELF = "self"
    EMPLOYER = "employer"
    FORMER_EMPLOYER = "former_employer"
    FAMILY = "family"
    BUSINESS = "business"
    ADVISOR = "advisor"
    COMPETITOR = "competitor"
    MAIL_DOMAIN = "mail_domain"
    DECLARED = "declared"


class ConflictSource(enum.StrEnum):
    """Who found it: the product, the juror, or somebody who objected."""

    AUTO = "auto"
    DECLARED = "declared"
    CHALLENGE = "challenge"


class ConflictDecision(enum.StrEnum):
    """Whether the juror may judge in spite of it. What jurors declare and others object keeps the entry away while it is open;
    what the product only suspects (a mail domain) is flagged until somebody decides.
    """

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class SheetSource(enum.StrEnum):
    """Whether a sheet came from the juror's own link or from paper."""

    LINK = "link"
    PAPER = "paper"


class DecisionKind(enum.StrEnum):
    """What the deliberation decided (rules.case), and the wish to reopen a locked result, which is no part of a case."""

    SECOND_JUDGING = "second_judging"
    CASTING_VOTE = "casting_vote"
    OVERRIDE = "override"
    REOPENING = "reopening"


class ComplaintState(enum.StrEnum):
    """How far a complaint has come."""

    RECEIVED = "received"
    UPHELD = "upheld"
    REJECTED = "rejected"


_STAGES = {
    EntryState.DRAFT: EntryStage.DRAFT,
    EntryState.SUBMITTED: EntryStage.SUBMITTED,
    EntryState.RETURNED: EntryStage.RETURNED,
    EntryState.SCREENED_OK: EntryStage.ACCEPTED,
    EntryState.SAMPLE_RECEIVED: EntryStage.ACCEPTED,
    EntryState.REJECTED: EntryStage.REJECTED,
    EntryState.JUDGED: EntryStage.JUDGED,
    EntryState.DISQUALIFIED: EntryStage.NONE,
    EntryState.WITHDRAWN: EntryStage.WITHDRAWN,
    EntryState.AWARDED: EntryStage.MEDAL,
    EntryState.CERTIFICATE_ISSUED: EntryStage.MEDAL,
    EntryState.NOT_AWARDED: EntryStage.NONE,
    EntryState.REVOKED: EntryStage.REVOKED,
}

SEASON_MOVES: Mapping[SeasonState, frozenset[SeasonState]] = {
    SeasonState.DRAFT: frozenset({SeasonState.OPEN}),
    SeasonState.OPEN: frozenset({SeasonState.SCREENING, SeasonState.DRAFT}),
    SeasonState.SCREENING: frozenset({SeasonState.JUDGING, SeasonState.OPEN}),
    SeasonState.JUDGING: frozenset({SeasonState.SCORED, SeasonState.SCREENING}),
    SeasonState.SCORED: frozenset({SeasonState.DELIBERATING, SeasonState.JUDGING}),
    SeasonState.DELIBERATING: frozenset({SeasonState.LOCKED, SeasonState.SCORED}),
    SeasonState.LOCKED: frozenset({SeasonState.EMBARGOED, SeasonState.PUBLISHED, SeasonState.DELIBERATING}),
    SeasonState.EMBARGOED: frozenset({SeasonState.PUBLISHED, SeasonState.LOCKED, SeasonState.DELIBERATING}),
    SeasonState.PUBLISHED: frozenset({SeasonState.CLOSED, SeasonState.DELIBERATING}),
    SeasonState.CLOSED: frozenset({SeasonState.DELIBERATING}),
}
"""Every move of a season, forward and back. From LOCKED on a season moves by the deeds of its result alone (`season_moves`)."""

ENTRY_MOVES: Mapping[EntryState, frozenset[EntryState]] = {
    EntryState.DRAFT: frozenset({EntryState.SUBMITTED, EntryState.WITHDRAWN}),
    EntryState.SUBMITTED: frozenset(
        {EntryState.RETURNED, EntryState.SCREENED_OK, EntryState.REJECTED, EntryState.WITHDRAWN}
    ),
    EntryState.RETURNED: frozenset({EntryState.SUBMITTED, EntryState.REJECTED, EntryState.WITHDRAWN}),
    EntryState.SCREENED_OK: frozenset(
        {
            EntryState.SAMPLE_RECEIVED,
            EntryState.JUDGED,
            EntryState.SUBMITTED,
            EntryState.DISQUALIFIED,
            EntryState.WITHDRAWN,
        }
    ),
    EntryState.SAMPLE_RECEIVED: frozenset({EntryState.JUDGED, EntryState.DISQUALIFIED, EntryState.WITHDRAWN}),
    # Judged at the end of judging; back to the table when judging opens again, on to the result when it is published.
    EntryState.JUDGED: frozenset(
        {
            EntryState.SCREENED_OK,
            EntryState.SAMPLE_RECEIVED,
            EntryState.AWARDED,
            EntryState.NOT_AWARDED,
            EntryState.CERTIFICATE_ISSUED,
            EntryState.DISQUALIFIED,
            EntryState.WITHDRAWN,
        }
    ),
    EntryState.REJECTED: frozenset({EntryState.SUBMITTED}),
    EntryState.AWARDED: frozenset({EntryState.CERTIFICATE_ISSUED, EntryState.JUDGED, EntryState.REVOKED}),
    EntryState.NOT_AWARDED: frozenset({EntryState.JUDGED}),
    EntryState.CERTIFICATE_ISSUED: frozenset({EntryState.REVOKED, EntryState.JUDGED}),
    # What was disqualified by mistake comes back to the table, while the result is open.
    EntryState.DISQUALIFIED: frozenset({EntryState.SCREENED_OK, EntryState.SAMPLE_RECEIVED}),
    EntryState.WITHDRAWN: frozenset(),
    EntryState.REVOKED: frozenset(),
}

ASSIGNMENT_MOVES: Mapping[AssignmentState, frozenset[AssignmentState]] = {
    AssignmentState.ASSIGNED: frozenset(
        {
            AssignmentState.ACCEPTED,
            AssignmentState.IN_PROGRESS,
            AssignmentState.SUBMITTED,
            AssignmentState.RECUSED,
            AssignmentState.WITHDRAWN,
        }
    ),
    AssignmentState.ACCEPTED: frozenset(
        {
            AssignmentState.IN_PROGRESS,
            AssignmentState.SUBMITTED,
            AssignmentState.RECUSED,
            AssignmentState.WITHDRAWN,
        }
    ),
    AssignmentState.IN_PROGRESS: frozenset(
        {AssignmentState.SUBMITTED, AssignmentState.RECUSED, AssignmentState.WITHDRAWN}
    ),
    AssignmentState.SUBMITTED: frozenset({AssignmentState.IN_PROGRESS, AssignmentState.RECUSED}),
    AssignmentState.RECUSED: frozenset({AssignmentState.ASSIGNED}),
    AssignmentState.WITHDRAWN: frozenset({AssignmentState.ASSIGNED}),
}

FROZEN = frozenset(SeasonState) - {SeasonState.DRAFT, SeasonState.OPEN, SeasonState.SCREENING}
"""The rules are frozen: judging has begun, or is over."""
LOCKED = frozenset({SeasonState.LOCKED, SeasonState.EMBARGOED, SeasonState.PUBLISHED, SeasonState.CLOSED})
"""The result is locked: sheets and decisions change only as a new version (AW-33)."""
PUBLIC = frozenset({SeasonState.PUBLISHED, SeasonState.CLOSED})
"""Everybody may read the result."""
JUDGEABLE = frozenset({EntryState.SCREENED_OK, EntryState.SAMPLE_RECEIVED, EntryState.JUDGED})
"""Entries that jurors are given."""
WRITABLE = frozenset({EntryState.DRAFT, EntryState.RETURNED})
"""The company may change what it entered."""

_S = TypeVar("_S", bound=enum.StrEnum)


def stage(state: EntryState) -> EntryStage:
    """The word of ux.md §6 that an entry's state is shown under."""
    return _STAGES[state]


def check_move(moves: Mapping[_S, frozenset[_S]], now: _S, to: _S) -> None:
    """Refuse a move that the table does not know: somebody else has made another one meanwhile, or it is out of turn."""
    if to not in moves[now]:
        raise Conflict("out_of_turn", N_("That is no longer possible: somebody changed it meanwhile."))
