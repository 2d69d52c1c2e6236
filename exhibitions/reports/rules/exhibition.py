"""Space and exhibitors of a fair as a pure function of facts (statistics.md SP-1 to SP-11, E-1 to E-10).

The same facts give the figures of every profile; areas are in m², exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from exhibitions.reports.rules.entities import Company, Merge, company_of, entities
from exhibitions.reports.rules.facts import Facts, Role
from exhibitions.reports.rules.profiles import Profile
from exhibitions.reports.rules.space import UNKNOWN, Space, Split, measure, split_of


@dataclass(frozen=True, slots=True)
class Exhibitors:
    """Companies by role. Direct are main and co; the represented stand beside and are never added (E-4)."""

    main: Split
    co: Split
    represented: Split
    by_country: dict[str, int]
    represented_by_country: dict[str, int]
    returning: int
    companies: list[Company]
    merges: list[Merge]

    @property
    def direct(self) -> Split:
        """Main exhibitors and co-exhibitors."""
        return Split(
            self.main.national + self.co.national,
            self.main.foreign + self.co.foreign,
            self.main.near + self.co.near,
            self.main.unknown + self.co.unknown,
            self.main.near_abroad,
        )


@dataclass(frozen=True, slots=True)
class Exhibition:
    """The figures of §1.3, 2 to 8. `exhibitors` is None where the profile does not count them.

    `countries` are those that are known: whose country nobody knows is in none.
    """

    profile: Profile
    space: Space
    exhibitors: Exhibitors | None
    evidence_rows: int = 0
    countries: list[str] = field(default_factory=list)


def exhibition(facts: Facts, profile: Profile) -> Exhibition:
    """Space and exhibitors under the profile; the order of the facts is of no matter."""
    exhibitors = count(facts, profile) if profile.has_exhibitors else None
    rows = len(facts.stands) + len(facts.areas) + len(facts.parts)
    countries = sorted(set(exhibitors.by_country) - {UNKNOWN}) if exhibitors else []
    return Exhibition(profile, measure(facts, profile), exhibitors, rows, countries)


def count(facts: Facts, profile: Profile) -> Exhibitors:
    """The exhibitors (E-1 to E-10), each legal entity once."""
    groups, merges = entities(facts.parts)
    companies = [found for group in groups if (found := company_of(group))]
    direct = [one for one in companies if one.role is not Role.REPRESENTED]
    by_role = {role: [one for one in companies if one.role is role] for role in Role}
    splits = {
        role: split_of(facts.host, ((one.country, Decimal(1)) for one in members), profile)
        for role, members in by_role.items()
    }
    return Exhibitors(
        main=splits[Role.MAIN],
        co=splits[Role.CO],
        represented=splits[Role.REPRESENTED],
        by_country=_countries(direct),
        represented_by_country=_countries(by_role[Role.REPRESENTED]),
        returning=sum(one.returning for one in direct),
        companies=companies,
        merges=merges,
    )


def _countries(companies: Iterable[Company]) -> dict[str, int]:
    found = Counter(one.country for one in companies)
    return dict(sorted(found.items(), key=lambda line: (line[0] == UNKNOWN, -line[1], line[0])))
