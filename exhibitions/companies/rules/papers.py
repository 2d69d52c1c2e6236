"""Papers of companies: their kinds, how long they are valid, which right each is tied to."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from exhibitions.companies.rules.codes import food_licence, normal_code
from exhibitions.core.contact import clean_name
from exhibitions.core.errors import N_, Refused

REMIND_AT = (60, 30, 7)
"""So many days before its last day a paper is reminded of."""
SOON = timedelta(days=REMIND_AT[0])
LONGEST_NUMBER = 100


class PaperKind(enum.StrEnum):
    """What a paper is (spec exhibitors-stands §2.6)."""

    LICENCE = "licence"
    FOOD_PRODUCTION = "food_production"
    FOOD_TRADE = "food_trade"
    INSPECTION = "inspection"
    TRADE_MARK = "trade_mark"
    IMPORT = "import"
    OTHER = "other"


KIND_TEXTS: Mapping[PaperKind, str] = {
    PaperKind.LICENCE: N_("Business licence"),
    PaperKind.FOOD_PRODUCTION: N_("Food production licence (SC)"),
    PaperKind.FOOD_TRADE: N_("Food trade licence"),
    PaperKind.INSPECTION: N_("Product inspection report"),
    PaperKind.TRADE_MARK: N_("Trade mark certificate"),
    PaperKind.IMPORT: N_("Import papers"),
    PaperKind.OTHER: N_("Other paper"),
}


class Right(enum.StrEnum):
    """What a company may do at a fair only with a valid paper."""

    MOVE_IN = "move_in"
    TASTING = "tasting"
    IMPORTS = "imports"
    BRAND = "brand"


RIGHT_TEXTS: Mapping[Right, str] = {
    Right.MOVE_IN: N_("Move-in"),
    Right.TASTING: N_("Tasting and sale of food"),
    Right.IMPORTS: N_("Sale of imported goods"),
    Right.BRAND: N_("Showing the brand"),
}

NEEDS: Mapping[Right, tuple[frozenset[PaperKind], ...]] = {
    Right.MOVE_IN: (frozenset({PaperKind.LICENCE}),),
    Right.TASTING: (
        frozenset({PaperKind.FOOD_PRODUCTION, PaperKind.FOOD_TRADE}),
        frozenset({PaperKind.INSPECTION}),
    ),
    Right.IMPORTS: (frozenset({PaperKind.IMPORT}),),
    Right.BRAND: (frozenset({PaperKind.TRADE_MARK}),),
}
"""What each right asks for: of every group one paper. Who makes food has a production licence, who deals in it a trade licence."""

NEEDS_COPY = frozenset({PaperKind.LICENCE})
"""Papers that count only with their copy: nobody moves in without it."""


class Paper(Protocol):
    """What the rules know of a paper; `valid_to` is its last day, None without an end, `file_id` its copy."""

    @property
    def kind(self) -> PaperKind:
        """What it is."""

    @property
    def valid_from(self) -> date | None:
        """Its first day; None when it is not known."""

    @property
    def valid_to(self) -> date | None:
        """Its last day; None without an end."""

    @property
    def file_id(self) -> int | None:
        """The stored copy."""


class PaperState(enum.StrEnum):
    """How a paper stands on a day."""

    COMING = "coming"
    VALID = "valid"
    ENDING = "ending"
    OVER = "over"


@dataclass(frozen=True)
class PaperFacts:
    """What is typed of a paper, cleaned: see `checked_paper`."""

    kind: PaperKind
    number: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


def checked_paper(facts: PaperFacts) -> PaperFacts:
    """The facts as they are kept. Raises `Refused`: food_licence_invalid, paper_days.

    The number of a food production licence is `SC` and 14 digits; one that is not written down yet may be empty.
    """
    number = clean_name(facts.number)[:LONGEST_NUMBER]
    if facts.kind is PaperKind.FOOD_PRODUCTION and number:
        known = food_licence(number)
        if known is None:
            raise Refused(
                "food_licence_invalid",
                N_("A food production licence has the letters SC and 14 digits. Compare it with the paper."),
            )
        number = known
    elif facts.kind is PaperKind.LICENCE and number:
        number = normal_code(number)
    if facts.valid_from and facts.valid_to and facts.valid_to < facts.valid_from:
        raise Refused("paper_days", N_("The last day lies before the first."))
    return PaperFacts(facts.kind, number, facts.valid_from, facts.valid_to)


def state_of(paper: Paper, today: date) -> PaperState:
    """How a paper stands today: on its last day it is still valid, from 60 days before it is ending."""
    if paper.valid_from is not None and paper.valid_from > today:
        return PaperState.COMING
    if paper.valid_to is None:
        return PaperState.VALID
    if paper.valid_to < today:
        return PaperState.OVER
    return PaperState.ENDING if paper.valid_to - today <= SOON else PaperState.VALID


def covers(paper: Paper, first: date, last: date) -> bool:
    """Whether a paper counts for a fair of these days: from its first day through its last, with a copy where one is asked."""
    if paper.kind in NEEDS_COPY and paper.file_id is None:
        return False
    begun = paper.valid_from is None or paper.valid_from <= first
    return begun and (paper.valid_to is None or paper.valid_to >= last)


def lacking(right: Right, papers: Iterable[Paper], first: date, last: date) -> list[frozenset[PaperKind]]:
    """The groups of papers of which a right lacks one at a fair of these days; empty where it is not blocked.

    A paper that is missing or ends too early blocks the right that is tied to it and nothing else.
    """
    held = {paper.kind for paper in papers if covers(paper, first, last)}
    return [group for group in NEEDS[right] if not group & held]


def blocked(
    papers: Collection[Paper], first: date, last: date, wanted: Collection[Right] = tuple(Right)
) -> dict[Right, list[frozenset[PaperKind]]]:
    """Of the `wanted` rights those that are blocked at a fair of these days, each with what it lacks."""
    found = {right: lacking(right, papers, first, last) for right in Right if right in wanted}
    return {right: groups for right, groups in found.items() if groups}


def reminder_due(valid_to: date | None, reminded: int | None, today: date) -> int | None:
    """Which reminder (60, 30 or 7) is due today, None for none.

    Each goes out once; when days were missed only the latest does. What is over is not reminded of any more.
    `reminded` is the smallest that went out.
    """
    if valid_to is None or valid_to < today:
        return None
    left = (valid_to - today).days
    due = min((days for days in REMIND_AT if left <= days), default=None)
    return due if due is not None and (reminded is None or due < reminded) else None
