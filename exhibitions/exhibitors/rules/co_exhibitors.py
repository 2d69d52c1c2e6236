"""Companies on another one's stand: who is a co-exhibitor and who only represented, and under which country each counts.

The rule ids are those of the specification of statistics.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.core.regions import NEAR


class CoState(enum.StrEnum):
    """How far a company that shares a stand has come."""

    NAMED = "named"
    DECLARED = "declared"
    ADMITTED = "admitted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Source(enum.StrEnum):
    """By what a co-exhibitor is known: the three admissible sources (E-3)."""

    APPLICATION = "application"
    BODY = "body"
    CATALOGUE = "catalogue"


class Part(enum.StrEnum):
    """What a company that shares a stand is in the figures."""

    CO_EXHIBITOR = "co_exhibitor"
    REPRESENTED = "represented"
    NONE = "none"


class Origin(enum.StrEnum):
    """Where a company counts as coming from, the near regions apart from foreign countries (E-6, E-10)."""

    HOME = "home"
    NEAR = "near"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


STATE_WORDS = {
    CoState.NAMED: N_("Named"),
    CoState.DECLARED: N_("Declared"),
    CoState.ADMITTED: N_("Admitted"),
    CoState.REFUSED: N_("Not admitted"),
    CoState.WITHDRAWN: N_("Withdrawn"),
}
ASKED = frozenset({CoState.NAMED, CoState.DECLARED})
"""Who is asked for its own declaration: nobody has decided yet."""
MOVES: frozenset[tuple[CoState, CoState]] = frozenset(
    {
        (CoState.NAMED, CoState.DECLARED),
        # The main exhibitor's data are evidence enough (E-9): nobody needs to wait for the own declaration.
        (CoState.NAMED, CoState.ADMITTED),
        (CoState.NAMED, CoState.REFUSED),
        (CoState.NAMED, CoState.WITHDRAWN),
        # Said again: what was declared before is replaced.
        (CoState.DECLARED, CoState.DECLARED),
        (CoState.DECLARED, CoState.ADMITTED),
        (CoState.DECLARED, CoState.REFUSED),
        (CoState.DECLARED, CoState.WITHDRAWN),
        (CoState.ADMITTED, CoState.WITHDRAWN),
        (CoState.WITHDRAWN, CoState.DECLARED),
        (CoState.REFUSED, CoState.ADMITTED),
    }
)
OPEN = frozenset({CoState.NAMED, CoState.DECLARED})
"""Waits for the organiser."""


@dataclass(frozen=True)
class Declaration:
    """What is said of a company on another one's stand, by itself or by the main exhibitor."""

    own_goods: bool
    own_staff: bool


def check_move(state: CoState, to: CoState) -> None:
    """Raise `Conflict` unless a co-exhibitor may go from `state` to `to`."""
    if (state, to) not in MOVES:
        if state is to:
            raise Conflict("already", N_("This has already been done"))
        raise Conflict("no_such_move", N_("This step is not possible for this co-exhibitor"))


def check_admission(declaration: Declaration) -> None:
    """Only who shows own goods with own personnel is a co-exhibitor (E-1, E-3). Raises `Refused`."""
    if part(declaration) is not Part.CO_EXHIBITOR:
        raise Refused(
            "not_co_exhibitor",
            N_("Only a company with own goods and own staff on the stand can be admitted as co-exhibitor"),
        )


def part(declaration: Declaration) -> Part:
    """Goods with own personnel: co-exhibitor (E-1, E-3); goods alone: represented (E-4); no goods: nothing at all."""
    if not declaration.own_goods:
        return Part.NONE
    return Part.CO_EXHIBITOR if declaration.own_staff else Part.REPRESENTED


def counts(state: CoState, declaration: Declaration, source: Source | None) -> bool:
    """Whether it is one of the direct exhibitors: admitted (E-1), identifiable (E-3), with own goods and own personnel."""
    return state is CoState.ADMITTED and source is not None and part(declaration) is Part.CO_EXHIBITOR


def country_for_statistics(contract: str, declared: str = "", reason: str = "") -> str:
    """The country under which a company counts (E-5), by its two letters.

    That of its address in the contract; its own declaration stands where the address does not show the true
    nationality, and then needs a word of why. Raises `Refused`.
    """
    if not declared or declared == contract:
        return contract
    if not reason.strip():
        raise Refused(
            "country_reason",
            N_(
                "Say why you count under another country than your address: for example, where your headquarters are"
            ),
        )
    return declared


def origin(country: str, host: str = "CN") -> Origin:
    """Whether a company counts as from here or from abroad; abroad of China, Hong Kong, Macao and Taiwan apart (E-10).

    Who has said no country is of neither.
    """
    if not country:
        return Origin.UNKNOWN
    if country == host:
        return Origin.HOME
    return Origin.NEAR if host == "CN" and country in NEAR else Origin.FOREIGN
