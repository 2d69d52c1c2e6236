"""What a list says of known people, compared with what is known: nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Any

from exhibitions.badges import queries as badge_queries
from exhibitions.badges.models import BadgeClass
from exhibitions.core.db import end_reading
from exhibitions.core.regions import region_key
from exhibitions.expos.models import Expo
from exhibitions.visitors.queries import importing as queries
from exhibitions.visitors.rules.import_verdicts import Verdicts
from exhibitions.visitors.rules.importing import Person

FIELDS = ("name", "company", "title", "phone", "email", "region", "visit_day", "note", "class_id")
place = lru_cache(maxsize=8_192)(region_key)
"""The key of a written region; lists name the same few again and again."""
_PORTION = 500


def facts(person: Person, badge_class: BadgeClass | None) -> dict[str, Any]:
    """The person as columns of a registration; a class that the row does not name is None, like any empty cell."""
    return {
        "name": person.name,
        "company": person.company,
        "title": person.title,
        "phone": person.phone,
        "email": person.email,
        "region": place(person.region),
        "visit_day": person.visit_day,
        "note": person.note,
        "class_id": badge_class.id if badge_class else None,
    }


def differences(expo: Expo, changes: Sequence[tuple[int, Person]]) -> dict[int, dict[str, tuple[Any, Any]]]:
    """What the changes would alter, by registration: field → (now, then). Empty cells take nothing away."""
    classes = {found.key: found for found in badge_queries.classes(expo)}
    rows = queries.registrations(expo, [number for number, _ in changes])
    found = {}
    for number, person in changes:
        if number in rows:
            said = facts(person, classes[person.category] if person.names_category else None)
            found[number] = {
                name: (getattr(rows[number], name), value)
                for name, value in said.items()
                if value not in ("", None) and value != getattr(rows[number], name)
            }
    return {number: changed for number, changed in found.items() if changed}


def part(expo: Expo, verdicts: Verdicts, begun: Collection[int] = ()) -> None:
    """Tell the rows that change somebody known from those that say nothing new, by the portion.

    `begun`: registrations that a fallen run of this import was changing. Keeps no transaction open.
    """
    differing: set[int] = set()
    for portion in _portions([(known, person) for _, known, person in verdicts.changes]):
        differing |= differences(expo, portion).keys()
        end_reading()
    verdicts.part(differing, frozenset(begun))


def _portions(pairs: Sequence[tuple[int, Person]]) -> Iterator[Sequence[tuple[int, Person]]]:
    for start in range(0, len(pairs), _PORTION):
        yield pairs[start : start + _PORTION]
