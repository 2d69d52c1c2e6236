"""What keeps a result from being locked, each a sentence that names the entry (ux.md J3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exhibitions.awards.rules.judging import Outcome
from exhibitions.awards.rules.lines import Flag
from exhibitions.core.errors import N_, Refused

MOST_NAMED = 10


def hindrances(outcome: Outcome, unsigned: Sequence[str]) -> Iterator[Refused]:
    """Open ties at a border, second judgings that nobody decided, and changed medals that too few people have signed.

    `unsigned` are the entries of the last. A missing quorum hinders nothing: the entry has no medal (AW-06).
    """
    if outcome.open_ties:
        yield Refused(
            "open_tie",
            N_("Equal scores at the border of a medal are not settled: %(entries)s."),
            entries=named(outcome.open_ties),
        )
    if waiting := [line.entry for line in outcome.lines if Flag.SECOND_JUDGING in line.flags]:
        yield Refused(
            "second_judging",
            N_("Second judging is not decided yet: %(entries)s."),
            entries=named(waiting),
        )
    if unsigned:
        yield Refused(
            "unsigned",
            N_("A changed medal waits for its second signature: %(entries)s."),
            entries=named(unsigned),
        )


def named(entries: Sequence[str]) -> str:
    """The entries in one line, the first ten of many."""
    return ", ".join([*entries[:MOST_NAMED], *(["…"] if len(entries) > MOST_NAMED else [])])
