"""Whether an exhibitor's own people were there (statistics.md E-1, §1.4), and who has not come.

A direct exhibitor needs proof of own personnel: a badge of its stand scanned at least once on a day of the fair, or the
tick of a floor inspector with a photograph. A stand that an inspector found empty is a no-show from the set hour on (§2.4 of
the exhibitors' spec), until somebody proves the opposite. A stand that nobody has looked at is not checked: silence proves
neither that somebody was there nor that nobody was.
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
    UNCHECKED = "unchecked"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one exhibitor.

    `scanned` are the days in ISO on which a badge of its staff passed a gate; a tick without a picture is no proof.
    `arrived` says that the exhibitor desk has registered it: somebody came, but nobody saw the stand manned. `empty` says
    that the last inspector who looked found nobody.
    """

    scanned: tuple[str, ...] = ()
    ticked: bool = False
    photographed: bool = False
    arrived: bool = False
    empty: bool = False


def proof_of(evidence: Evidence) -> Proof | None:
    """What proves own personnel, the scan before the tick; None when nothing does (§1.4)."""
    if evidence.scanned:
        return Proof.SCAN
    return Proof.TICK if evidence.ticked and evidence.photographed else None


def attended(evidence: Evidence, now: datetime, empty_from: datetime) -> Attended:
    """Where the exhibitor stands at `now`.

    From `empty_from` on, that moment included, who was not there when an inspector looked is absent; where nobody has looked,
    the stand is unchecked.
    """
    if proof_of(evidence) is not None:
        return Attended.PROVED
    if evidence.arrived:
        return Attended.ARRIVED
    if now < empty_from:
        return Attended.EXPECTED
    if evidence.empty:
        return Attended.ABSENT
    return Attended.EXPECTED if evidence.ticked else Attended.UNCHECKED
