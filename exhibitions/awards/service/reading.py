"""Reading a result: the locked one from its sealed file, else what follows from the tables now; each read is written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from exhibitions.awards.models import AwardEntry, AwardResult, AwardSeason
from exhibitions.awards.queries import casework, published
from exhibitions.awards.rules import result_file
from exhibitions.awards.rules.case import Problem
from exhibitions.awards.rules.hindrances import hindrances
from exhibitions.awards.rules.judging import Outcome, Unjudgeable, decide
from exhibitions.awards.rules.result_file import ResultFile
from exhibitions.awards.service import turning
from exhibitions.awards.service.locking import unsigned
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_, Conflict, NotFound, Refused
from exhibitions.files import queries as file_queries
from exhibitions.files import service as files


@dataclass(frozen=True, slots=True)
class Shown:
    """A result as pages show it. Without an `outcome` the `problems` say why there is none."""

    file: ResultFile
    rows: Mapping[str, AwardEntry]
    outcome: Outcome | None
    locked: AwardResult | None = None
    missing: Mapping[str, Sequence[str]] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    hindrances: Sequence[Refused] = ()


def noted(season: AwardSeason, page: str, by: Actor) -> None:
    """Write down that somebody read the result before everybody may (AW-39, awards.md §3.6)."""
    turning.note(season, "result_read", by, page=page)


def is_noted(season: AwardSeason) -> bool:
    """Whether reading the result is still a fact to be kept."""
    return not published.is_public(season, clock.now())


def result_now(season: AwardSeason) -> Shown:
    """The result that stands: of the sealed file once it is locked, else of the tables, with what hinders locking."""
    locked = casework.result_of(season) if casework.is_locked(season) else None
    if locked is not None:
        file = sealed_file(season, locked)
        return Shown(file, casework.rows_of(season), decide(file), locked)
    found = casework.case_of(season)
    try:
        outcome = decide(found.file)
    except Unjudgeable as error:
        return Shown(found.file, found.rows, None, missing=found.missing, problems=error.problems)
    hindering = list(hindrances(outcome, unsigned(found)))
    return Shown(found.file, found.rows, outcome, None, found.missing, (), hindering)


def digest_of(shown: Shown) -> str:
    """The fingerprint of a result that may be locked, as it is shown; empty where there is none or it is locked."""
    return "" if shown.outcome is None or shown.locked else result_file.digest(shown.file, shown.outcome)


def locked_result(season: AwardSeason) -> tuple[ResultFile, Outcome, AwardResult]:
    """The locked result. Raises `Conflict` while there is none."""
    row = locked_row(season)
    file = sealed_file(season, row)
    return file, decide(file), row


def locked_row(season: AwardSeason) -> AwardResult:
    """The version of the result that stands. Raises `Conflict` while nothing is locked."""
    row = casework.result_of(season) if casework.is_locked(season) else None
    if row is None:
        raise Conflict("not_locked", N_("The result is not locked."))
    return row


def sealed_file(season: AwardSeason, row: AwardResult) -> ResultFile:
    """The sealed file of a version of the result."""
    return result_file.read(sealed_bytes(season, row))


def sealed_bytes(season: AwardSeason, row: AwardResult) -> bytes:
    """The bytes of a sealed file. Raises `NotFound` when the disk has lost them."""
    stored = file_queries.file_of(season.expo_id, row.file_id)
    if stored is None:
        raise NotFound("file_gone", N_("The file is not there any more."))
    with files.open_file(stored) as content:
        return content.read()
