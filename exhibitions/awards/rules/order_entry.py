"""The order that a juror gives in a ranking round: places typed, moved, and held against what was sent before.

An order lists groups of entry numbers, the best first; entries of one group are equal (awards.md §3.4 step 13).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

Order = Sequence[Sequence[str]]


def groups(places: Mapping[str, int]) -> list[list[str]]:
    """The order that places say; entries with the same place are equal."""
    found: dict[int, list[str]] = {}
    for entry, place in sorted(places.items(), key=lambda pair: (pair[1], pair[0])):
        found.setdefault(place, []).append(entry)
    return list(found.values())


def places_of(order: Iterable[Iterable[str]]) -> dict[str, int]:
    """The place of every entry of an order, counted “1, 2, 2, 4”."""
    found: dict[str, int] = {}
    for group in order:
        place = len(found) + 1
        found |= dict.fromkeys(group, place)
    return found


def moved(order: Order, entry: str, step: int) -> list[list[str]]:
    """The order with one entry moved up (-1) or down (+1), each in a place of its own; at its end it stays where it is."""
    entries = [each for group in order for each in group]
    at = entries.index(entry)
    to = min(max(at + step, 0), len(entries) - 1)
    rest = [each for each in entries if each != entry]
    return [[each] for each in (*rest[:to], entry, *rest[to:])]


def only(order: Order, entries: Collection[str]) -> list[list[str]]:
    """The order of these entries among themselves."""
    kept = (sorted(each for each in group if each in entries) for group in order)
    return [group for group in kept if group]


def completed(order: Order, entries: Sequence[str]) -> list[list[str]]:
    """The order of exactly these entries: what it names and is gone is left out, what is new comes at its end, one by one."""
    known = only(order, entries)
    named = {each for group in known for each in group}
    return [*known, *([each] for each in entries if each not in named)]


def order_hash(order: Order) -> str:
    """SHA-256 in hex over an order: the same for the same places."""
    return hashlib.sha256(msgspec.json.encode([sorted(group) for group in order])).hexdigest()
