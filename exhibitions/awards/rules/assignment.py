"""Who judges which entry, drawn by lot in a way that anybody can repeat (awards.md §3.3).

Every lot is SHA-256 over the season's seed, the round, what the lot is for, and the codes of juror and entry, joined by
U+001F. Nothing else is asked: neither the order of rows, nor that of a dictionary, nor a generator whose shuffle changes
with the version of the language. A lot belongs to its pair, so that another juror or entry changes none of them.

1. Entries take their turns in the order of their lots. At its turn an entry is given one juror after the other until it
   has as many as it needs.
2. Each time it gets the juror with the fewest entries; of equals the one with the lowest lot. Where all of its own jurors
   have more than another one who could take an entry from them, entries are passed on along the shortest such chain. So
   as many places are filled as can be, and no passing on would make loads more even (optimal semi-matchings, Harvey,
   Ladner, Lovász and Tamir, 2006).
3. What was assigned before stays. Only where an entry would else lack a juror are earlier places passed on, and never
   those where the juror has begun.
4. A juror's queue is in the order of lots of its own, so that a new entry moves no other.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

_ENTRY, _PAIR, _QUEUE = "entry", "pair", "queue"
_NOBODY = -1


class Pair(NamedTuple):
    """A juror and an entry, by their codes."""

    juror: str
    entry: str


@dataclass(frozen=True, slots=True)
class Task:
    """What is drawn for: entries with the jurors of their panels, pairs that must not be, and how many are wanted.

    `kept` are pairs that were assigned before; those among `begun` are never passed on. `most_load` counts everything that
    a juror has in this round.
    """

    seed: str
    round: str
    jurors_of: Mapping[str, Collection[str]]
    per_entry: int
    most_load: int | None = None
    barred: Collection[Pair] = frozenset()
    kept: Collection[Pair] = frozenset()
    begun: Collection[Pair] = frozenset()


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the lots gave: each juror's queue in its order, the entries that lack so many jurors, what is new or gone."""

    queues: Mapping[str, tuple[str, ...]]
    lacking: Mapping[str, int]
    added: frozenset[Pair]
    dropped: frozenset[Pair]

    @property
    def pairs(self) -> frozenset[Pair]:
        """Every juror with every entry of the own queue."""
        return frozenset(Pair(juror, entry) for juror, queue in self.queues.items() for entry in queue)


def lot(seed: str, round_: str, *what: str) -> str:
    """The lot of a thing, as hexadecimal text; equal for equal words whatever machine draws it."""
    return hashlib.sha256("\x1f".join((seed, round_, *what)).encode()).hexdigest()


def queue_order(seed: str, round_: str, juror: str, entries: Iterable[str]) -> tuple[str, ...]:
    """A juror's entries in the order in which they are shown."""
    return tuple(sorted(entries, key=lambda entry: (lot(seed, round_, _QUEUE, juror, entry), entry)))


def draw(task: Task) -> Drawn:
    """Draw the jurors of every entry. What cannot be met is told in `lacking`, never hidden."""
    lots = _Lots(task)
    turns = sorted(task.jurors_of, key=lambda entry: (lot(task.seed, task.round, _ENTRY, entry), entry))
    for movable in (False, True):
        lots.stuck.clear()
        for entry in turns:
            while lots.wants(entry) and lots.place(entry, movable=movable):
                pass
    lacking = {entry: lots.wants(entry) for entry in sorted(task.jurors_of) if lots.wants(entry)}
    queues = {
        juror: queue_order(task.seed, task.round, juror, entries)
        for juror, entries in sorted(lots.entries_of.items())
    }
    pairs = {Pair(juror, entry) for juror, entries in lots.entries_of.items() for entry in entries}
    return Drawn(queues, lacking, frozenset(pairs - lots.before), frozenset(lots.before - pairs))


@dataclass(slots=True)
class _Lots:
    """The places given so far."""

    task: Task
    before: set[Pair] = field(default_factory=set)
    allowed: dict[str, list[str]] = field(default_factory=dict)
    entries_of: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    count: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    known: dict[Pair, str] = field(default_factory=dict)
    stuck: set[str] = field(default_factory=set)
    """Jurors from whom no chain leads to room, while the same places may be passed on: no later one does either."""
    in_order: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        barred = set(self.task.barred)
        for entry, jurors in self.task.jurors_of.items():
            free = [juror for juror in set(jurors) if Pair(juror, entry) not in barred]
            self.allowed[entry] = sorted(free, key=lambda juror: (self._lot(juror, entry), juror))
            for juror in free:
                self.entries_of[juror] |= set()
        self.before = {Pair(*pair) for pair in self.task.kept}
        for juror, entry in self.before:
            self._give(juror, entry)
        self._bring_in_order()

    def _bring_in_order(self) -> None:
        """Every juror's possible entries by lot, once: chains ask for them over and over."""
        pairs = {Pair(juror, entry) for entry, jurors in self.allowed.items() for juror in jurors}
        named = sorted(
            (juror, self._lot(juror, entry), entry)
            for juror, entry in pairs | {pair for pair in self.before if pair.entry in self.allowed}
        )
        for juror, _, entry in named:
            self.in_order.setdefault(juror, []).append(entry)

    def wants(self, entry: str) -> int:
        """How many jurors an entry still lacks."""
        return max(0, self.task.per_entry - self.count[entry])

    def place(self, entry: str, *, movable: bool) -> bool:
        """Give the entry one more juror; False when there is none, however much is passed on."""
        if self._is_full():
            return False
        return self._directly(entry) or self._along_a_chain(entry, movable=movable)

    def _directly(self, entry: str) -> bool:
        """The common case: one of its own jurors has the fewest entries of all who have room."""
        least = self._least()
        free = (juror for juror in self.allowed[entry] if entry not in self.entries_of[juror])
        found = next((juror for juror in free if len(self.entries_of[juror]) == least), None)
        if found is None or not self._has_room(found):
            return False
        self._give(found, entry)
        return True

    def _least(self) -> int:
        """The fewest entries of all who have room."""
        rooms = (len(entries) for juror, entries in self.entries_of.items() if self._has_room(juror))
        return min(rooms, default=_NOBODY)

    def _along_a_chain(self, entry: str, *, movable: bool) -> bool:
        """Pass entries on to the juror with the fewest who can be reached, by the shortest way; of equals the first found."""
        came_from = self._reached(entry, movable=movable)
        # What was reached first comes first: of equals the shortest chain, then the lowest lot.
        best = min(
            filter(self._has_room, came_from), key=lambda each: len(self.entries_of[each]), default=None
        )
        if best is None:
            self.stuck.update(came_from)
            return False
        self._pass_on(best, entry, came_from)
        return True

    def _reached(self, entry: str, *, movable: bool) -> dict[str, tuple[str, str] | None]:
        """The jurors who could take the entry, then those to whom one could be passed on, each with from whom and which.

        It ends with the first who has as few as anybody with room: nobody reached later is better.
        """
        least = self._least()
        free = [
            juror
            for juror in self.allowed[entry]
            if entry not in self.entries_of[juror] and juror not in self.stuck
        ]
        came_from: dict[str, tuple[str, str] | None] = dict.fromkeys(free)
        waiting, asked = deque(free), {entry}
        while waiting:
            juror = waiting.popleft()
            if len(self.entries_of[juror]) == least and self._has_room(juror):
                break
            for passed in self._can_pass(juror, asked, movable=movable):
                asked.add(passed)
                for other in self.allowed[passed]:
                    if (
                        other not in came_from
                        and other not in self.stuck
                        and passed not in self.entries_of[other]
                    ):
                        came_from[other] = (juror, passed)
                        waiting.append(other)
        return came_from

    def _pass_on(self, last: str, entry: str, came_from: Mapping[str, tuple[str, str] | None]) -> None:
        while (step := came_from[last]) is not None:
            juror, passed = step
            self._take(juror, passed)
            self._give(last, passed)
            last = juror
        self._give(last, entry)

    def _can_pass(self, juror: str, asked: Collection[str], *, movable: bool) -> Sequence[str]:
        """What the juror may give up; who else could take one of the `asked` is known already."""
        mine = self.entries_of[juror]
        return [
            each
            for each in self.in_order.get(juror, ())
            if each in mine and each not in asked and self._is_loose(Pair(juror, each), movable=movable)
        ]

    def _is_loose(self, pair: Pair, *, movable: bool) -> bool:
        return pair not in self.before or (movable and pair not in self.task.begun)

    def _has_room(self, juror: str) -> bool:
        return self.task.most_load is None or len(self.entries_of[juror]) < self.task.most_load

    def _give(self, juror: str, entry: str) -> None:
        self.entries_of[juror].add(entry)
        self.count[entry] += 1

    def _take(self, juror: str, entry: str) -> None:
        self.entries_of[juror].remove(entry)
        self.count[entry] -= 1

    def _is_full(self) -> bool:
        return not any(map(self._has_room, self.entries_of))

    def _lot(self, juror: str, entry: str) -> str:
        pair = Pair(juror, entry)
        if pair not in self.known:
            self.known[pair] = lot(self.task.seed, self.task.round, _PAIR, juror, entry)
        return self.known[pair]
