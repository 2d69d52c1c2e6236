"""Figures as documents: the same numbers for a file, a page and a machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exhibitions.core.regions import NEAR, Group, group_of
from exhibitions.gates.rules.counting import Attendance, Tally

# The class or region of who has none.
UNKNOWN = "unknown"


def by_region(
    found: Mapping[str, Tally], home_city: str, home_country: str = "CN"
) -> list[tuple[str, Tally]]:
    """The regions in the order of ux.md §10: the home city, provinces, Hong Kong, Macao and Taiwan, abroad, unknown last.

    Within each part the most visits come first. Texts that name no place stand before the people of whom nothing is known.
    """

    def place(line: tuple[str, Tally]) -> tuple[int, int, str]:
        key, tally = line
        return _part(key, home_city, home_country), -tally.visits, key

    return sorted(found.items(), key=place)


def _part(key: str, home_city: str, home_country: str) -> int:
    group = group_of(key, home_city, home_country)
    if group is Group.UNKNOWN:
        return 4 if key not in ("", UNKNOWN) else 5
    if key in NEAR:
        return 2
    return {Group.HOME_CITY: 0, Group.ABROAD: 3}.get(group, 1)


def attendance_document(found: Attendance, gate_names: Mapping[int, str]) -> dict[str, Any]:
    """The attendance of a fair for `flask report attendance --json`.

    Days are ISO dates, hours two digits of the fair's local time, gates their names, classes and regions their keys
    (`unknown` for an empty region). Each line holds `visitors` (distinct persons) and `visits`.
    """
    return {
        "visitors": found.total.visitors,
        "visits": found.total.visits,
        "by_day": {day.isoformat(): _line(tally) for day, tally in found.by_day.items()},
        "by_hour": {hour: _line(tally) for hour, tally in found.by_hour.items()},
        "by_gate": {gate_names[gate]: _line(tally) for gate, tally in found.by_gate.items()},
        "by_class": {key or UNKNOWN: _line(tally) for key, tally in found.by_class.items()},
        "by_region": {key or UNKNOWN: _line(tally) for key, tally in found.by_region.items()},
        "not_counted": dict(found.not_counted),
    }


def _line(tally: Tally) -> dict[str, int]:
    return {"visitors": tally.visitors, "visits": tally.visits}
