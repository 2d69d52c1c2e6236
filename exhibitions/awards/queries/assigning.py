"""What the drawing of lots needs to know, and what it would give."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exhibitions.awards.models import Assignment, AwardEntry, AwardSeason, Juror
from exhibitions.awards.queries import conflicts, jury
from exhibitions.awards.queries import paper as papers
from exhibitions.awards.queries.casework import case_of
from exhibitions.awards.queries.conflicts import Standing
from exhibitions.awards.rules.assignment import Drawn, Pair, Task, draw
from exhibitions.awards.rules.conflicts import Verdict
from exhibitions.awards.rules.freezing import Rules
from exhibitions.awards.rules.rounds import Reach, reach
from exhibitions.awards.rules.states import AssignmentState
from exhibitions.core.errors import N_, Refused
from exhibitions.expos.models import Expo

_BARRED_FROM = Verdict.WAITING


@dataclass(frozen=True, slots=True)
class Preview:
    """A drawing before it is carried out. `mark` says whether it is still the same when it is."""

    drawn: Drawn
    jurors: Mapping[str, Juror]
    entries: Mapping[str, AwardEntry]
    barred: Mapping[Pair, Standing]
    flagged: Sequence[Pair]
    live: frozenset[Pair]
    mark: str

    @property
    def added(self) -> list[Pair]:
        """Places that are new."""
        return sorted(self.drawn.pairs - self.live)

    @property
    def dropped(self) -> list[Pair]:
        """Places that are there now and are no more afterwards."""
        return sorted(self.live - self.drawn.pairs)


def reach_of(
    season: AwardSeason,
    round_: str,
    entries: Sequence[AwardEntry] | None = None,
    rules: Rules | None = None,
) -> Reach:
    """Which of the entries that can be judged (`entries` and the `rules` in force if they are known) come into a round: all in the first, later those that the sheets let go on.

    No mark leaves this function. Raises `Refused` while an earlier round takes scores or was never opened: who goes on is
    not known before.
    """
    names = jury.round_names(season, rules)
    known = jury.entries_to_judge(season) if entries is None else entries
    numbers = frozenset(str(entry.number) for entry in known)
    if round_ == names[0]:
        return Reach(numbers, numbers)
    opened = jury.rounds(season)
    for name in names[: names.index(round_)]:
        if name not in opened or opened[name].closed_at is None:
            raise Refused(
                "round_before",
                N_("Round %(round)s must be judged and closed first: it says which entries go on."),
                round=name,
            )
    found = reach(case_of(season).file, round_)
    return Reach(found.standing & numbers, found.called & numbers)


def preview(
    expo: Expo,
    season: AwardSeason,
    round_: str,
    seed: str,
    *,
    anew: bool = False,
    rules: Rules | None = None,
) -> Preview:
    """What the lots give with this seed. `anew` gives back every place that no juror has begun, and draws it again.

    Of which a sheet of paper was printed is begun: the juror may have written on it.

    Raises `Refused` of `reach_of`.
    """
    everybody, judgeable = jury.jurors(season), jury.entries_to_judge(season)
    places = jury.assignments(season, round_)
    coming = reach_of(season, round_, judgeable, rules)
    kept_in = {place.entry_id for place in places if place.state not in jury.GONE}
    entries = [
        entry
        for entry in judgeable
        if entry.number in coming.called or (entry.number in coming.standing and entry.id in kept_in)
    ]
    members = jury.panel_members(season, everybody)
    codes = {juror.id: juror.code for juror in everybody}
    numbers = {entry.id: str(entry.number) for entry in entries}
    standing = conflicts.standing(expo, season, everybody, entries)
    places = [place for place in places if place.juror_id in codes and place.entry_id in numbers]
    barred = {
        Pair(codes[juror_id], numbers[entry_id]): each
        for (juror_id, entry_id), each in standing.items()
        if each.verdict >= _BARRED_FROM and juror_id in codes
    }
    gone = _pairs([place for place in places if place.state in jury.GONE], codes, numbers)
    live = [place for place in places if place.state not in jury.GONE]
    printed = papers.on_paper(season, round_)
    begun = _pairs(
        [
            place
            for place in live
            if place.state is not AssignmentState.ASSIGNED
            or (place.juror_id, numbers[place.entry_id]) in printed
        ],
        codes,
        numbers,
    )
    kept = begun if anew else begun | (_pairs(live, codes, numbers) - barred.keys())
    task = Task(
        seed=seed,
        round=round_,
        jurors_of={
            numbers[entry.id]: sorted(codes[each] for each in members[entry.category_id]) for entry in entries
        },
        per_entry=season.jurors_per_entry,
        most_load=season.most_load,
        barred=barred.keys() | gone,
        kept=kept,
        begun=begun,
    )
    drawn = draw(task)
    flagged = [
        Pair(codes[juror_id], numbers[entry_id])
        for (juror_id, entry_id), each in standing.items()
        if each.verdict is Verdict.FLAGGED and juror_id in codes
    ]
    return Preview(
        drawn,
        {juror.code: juror for juror in everybody},
        {str(entry.number): entry for entry in entries},
        barred,
        sorted(pair for pair in flagged if pair in drawn.pairs),
        _pairs(live, codes, numbers),
        _mark(drawn, _pairs(live, codes, numbers), seed),
    )


def _pairs(
    places: Sequence[Assignment], codes: Mapping[int, str], numbers: Mapping[int, str]
) -> frozenset[Pair]:
    return frozenset(Pair(codes[place.juror_id], numbers[place.entry_id]) for place in places)


def _mark(drawn: Drawn, live: frozenset[Pair], seed: str) -> str:
    lines = [seed, *(f"{juror} {' '.join(queue)}" for juror, queue in sorted(drawn.queues.items()))]
    return hashlib.sha256("\n".join([*lines, *map(str, sorted(live))]).encode()).hexdigest()[:32]
