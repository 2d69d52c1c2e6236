"""Whether an exhibitor's own people were there (statistics.md E-1, §1.4), and who has not come.

A direct exhibitor needs proof of own personnel: a badge of its stand scanned at least once on a day of the fair, or the
tick of a floor inspector with a photograph. A stand that is still empty at the set hour is a no-show (§2.4 of the
exhibitors' spec), until somebody proves the opposite.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class Proof(enum.StrEnum):
    """What shows that own personnel was present."""

    SCAN = "scan"
    TICK = "tick"


class Attended(enum.StrEnum):
    """How an exhibitor stands on the list of the halls."""

    PROVED = "proved"
    ARRIVED = "arrived"
    EXPECTED = "expected"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one exhibitor.

    `scanned` are the days in ISO on which a badge of its staff passed a gate; a tick without a picture is no proof.
    `arrived` says that the exhibitor desk has registered it: somebody came, but nobody saw the stand manned.
    """

    scanned: tuple[str, ...] = ()
    ticked: bool = False
    photographed: bool = False
    arrived: bool = False


def proof_of(evidence: Evidence) -> Proof | None:
    """What proves own personnel, the scan before the tick; None when nothing does (§1.4)."""
    if evidence.scanned:
        return Proof.SCAN
    return Proof.TICK if evidence.ticked and evidence.photographed else None


def attended(evidence: Evidence, now: datetime, empty_from: datetime) -> Attended:
    """Where the exhibitor stands at `now`; from `empty_from` on, that moment included, who did not come is absent."""
    if proof_of(evidence) is not None:
        return Attended.PROVED
    if evidence.arrived:
        return Attended.ARRIVED
    return Attended.ABSENT if now >= empty_from else Attended.EXPECTED
