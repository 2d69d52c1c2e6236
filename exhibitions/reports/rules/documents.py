"""Figures as documents: the same numbers for a file, a page and a machine."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from exhibitions.core.regions import NEAR, Group, group_of
from exhibitions.core.shares import percent
from exhibitions.gates.rules.counting import Attendance, Tally
from exhibitions.reports.rules.exhibition import Exhibition
from exhibitions.reports.rules.space import Split

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


def exhibition_document(found: Exhibition, sha256: str) -> dict[str, Any]:
    """Space and exhibitors for `flask report exhibition --json`: counts, areas in m² as text, shares in percent.

    None where the profile has no such figure. Countries are the keys of core.regions, `unknown` whose
    country nobody knows; percents are of those whose country is known. Of the stand space let for payment (`charged`) a
    part is `paid`, the rest `due`.
    """
    space = found.space
    document: dict[str, Any] = {
        "profile": found.profile.key,
        "version": found.profile.version,
        "stand_space": _split(space.stand_space, areas=True),
        "indoor": _split(space.indoor, areas=True),
        "outdoor": _split(space.outdoor, areas=True),
        "stands": space.stands,
        "net": area_text(space.net),
        "gross": None if space.gross is None else area_text(space.gross),
        "upper": None if space.upper is None else area_text(space.upper),
        "special_shows": area_text(space.special_shows),
        "charged": area_text(space.charged),
        "paid": area_text(space.paid),
        "due": area_text(space.due),
        "free": area_text(space.free),
        "area_by_country": {key or UNKNOWN: area_text(area) for key, area in space.by_country.items()},
        "evidence_rows": found.evidence_rows,
        "evidence_sha256": sha256,
    }
    counted = found.exhibitors
    document["exhibitors"] = counted and {
        "main": _split(counted.main),
        "co": _split(counted.co),
        "direct": _split(counted.direct),
        "represented": _split(counted.represented),
        "by_country": {key or UNKNOWN: count for key, count in counted.by_country.items()},
        "represented_by_country": {
            key or UNKNOWN: count for key, count in counted.represented_by_country.items()
        },
        "countries": len(found.countries),
        "returning": counted.returning,
        "merged": [[one.kept, one.other, one.by] for one in counted.merges],
    }
    return document


def area_text(area: Decimal) -> str:
    """An area in m² without zeros behind: `13.5`, `120`."""
    return f"{area.normalize():f}"


def _split(split: Split, *, areas: bool = False) -> dict[str, Any]:
    parts = {
        "total": split.total,
        "national": split.national,
        "overseas": split.overseas,
        "foreign": split.foreign,
        "near": split.near,
        "unknown": split.unknown,
    }
    shown: dict[str, Any] = {key: area_text(value) if areas else int(value) for key, value in parts.items()}
    return {**shown, "overseas_percent": percent(split.overseas_share, 2)}
