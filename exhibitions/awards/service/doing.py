"""What the office does on the page of an entry, by the name of the deed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from exhibitions.awards.models import AwardEntry, AwardSeason
from exhibitions.awards.rules.screening import Deed
from exhibitions.awards.service import entering, samples, screening, tabled
from exhibitions.core.actor import Actor


@dataclass(frozen=True, slots=True)
class Asked:
    """A deed with what was filled in for it."""

    deed: Deed
    checks: Sequence[str] = ()
    reason: str = ""
    category: str = ""
    place: str = ""


_Do = Callable[[AwardSeason, AwardEntry, Asked, Actor], object]
_DEEDS: Mapping[Deed, _Do] = {
    Deed.ACCEPT: lambda season, entry, asked, by: screening.accept(season, entry, asked.checks, by),
    Deed.RETURN: lambda season, entry, asked, by: screening.give_back(
        season, entry, asked.checks, asked.reason, by
    ),
    Deed.REJECT: lambda season, entry, asked, by: screening.reject(
        season, entry, asked.checks, asked.reason, by
    ),
    Deed.ANSWER: lambda season, entry, asked, by: entering.answer_for(season, entry, asked.reason, by),
    Deed.REOPEN: lambda season, entry, asked, by: screening.reopen(season, entry, asked.reason, by),
    Deed.MOVE: lambda season, entry, asked, by: screening.change_category(
        season, entry, asked.category, asked.reason, by
    ),
    Deed.RECEIVE: lambda _, entry, asked, by: samples.receive(entry, asked.place, by),
    Deed.GIVE_BACK: lambda _, entry, __, by: samples.give_back(entry, by),
    Deed.DISQUALIFY: lambda season, entry, asked, by: screening.disqualify(season, entry, asked.reason, by),
    Deed.REINSTATE: lambda season, entry, asked, by: tabled.reinstate(season, entry, asked.reason, by),
    Deed.WITHDRAW: lambda season, entry, asked, by: entering.withdraw(season, entry, asked.reason, by),
}


def do(season: AwardSeason, entry: AwardEntry, asked: Asked, by: Actor) -> None:
    """Do it. Raises what the deed raises."""
    _DEEDS[asked.deed](season, entry, asked, by)
