"""The facts that the figures of space and exhibitors are made of (statistics.md §1.1, §1.4); areas in m², exact."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

NOTHING = Decimal(0)


class Use(enum.StrEnum):
    """What became of a stand; only one that was used is occupied (SP-1, SP-10)."""

    USED = "used"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    HELD = "held"
    FREE = "free"


class AreaKind(enum.StrEnum):
    """What an area without a stand is for (SP-5 to SP-7)."""

    SPECIAL_SHOW = "special_show"
    STAGE = "stage"
    SERVICE = "service"
    TEMPORARY_CATERING = "temporary_catering"
    AISLE = "aisle"
    CATERING = "catering"
    OFFICE = "office"
    MEETING = "meeting"
    STORAGE = "storage"


class Role(enum.StrEnum):
    """As what a company takes part, the strongest first (E-7)."""

    MAIN = "main"
    CO = "co"
    REPRESENTED = "represented"


@dataclass(frozen=True, slots=True)
class StandFact:
    """A stand of the final plan; areas in m² on the ground and, apart, on an upper storey.

    `country` is that of who holds the contract: the main exhibitor, or the pavilion's contracting party (SP-11). `split`
    are areas that a main exhibitor has declared for other countries. `charged`: let for payment, paid yet or not; a
    stand given free is not (SP-8). `general_service`: given to an authority for general service, no stand space (SP-7).
    """

    number: str
    area: Decimal
    holder: str = ""
    country: str = ""
    use: Use = Use.USED
    outdoor: bool = False
    upper: Decimal = NOTHING
    charged: bool = True
    paid: bool = False
    raw: bool = False
    general_service: bool = False
    split: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class AreaFact:
    """An area of the plan that is no stand, in m²."""

    name: str
    kind: AreaKind
    area: Decimal
    outdoor: bool = False


@dataclass(frozen=True, slots=True)
class PartFact:
    """One company in one role. A company with several parts, or several entries of one credit code, is one (E-7).

    `accepted`: by contract, or approved by the organiser with an admissible source (E-3, E-9). `staff` and `goods`: own
    personnel and own goods at the stand (E-1). `present`: the stand where it takes part was occupied.
    """

    key: str
    role: Role
    country: str
    name: str = ""
    code: str = ""
    accepted: bool = True
    staff: bool = True
    goods: bool = True
    present: bool = True
    returning: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the figures of space and exhibitors are made of; `host` is the fair's country."""

    host: str
    stands: Sequence[StandFact] = ()
    areas: Sequence[AreaFact] = ()
    parts: Sequence[PartFact] = ()
