"""The space of a fair under a profile, and how a figure is told by origin (statistics.md SP-1 to SP-11, E-10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from exhibitions.core.regions import NEAR, is_known, province_of, region_key
from exhibitions.core.shares import share
from exhibitions.reports.rules.facts import NOTHING, AreaKind, Facts, StandFact, Use
from exhibitions.reports.rules.profiles import Profile

_CHINA = "CN"
UNKNOWN = ""
"""The country of whom nobody knows it."""

IN_GROSS = frozenset({AreaKind.STAGE, AreaKind.SERVICE, AreaKind.AISLE})
"""Service and traffic areas of the fair; permanent catering, offices, meeting rooms and storage are never gross (SP-2)."""


@dataclass(frozen=True, slots=True)
class Split:
    """A figure by origin. `near` (Hong Kong, Macao, Taiwan) has its own line; whether it is overseas, the profile says.

    `unknown` is of nobody knows where: it is in the total, neither national nor overseas, and in no share.
    """

    national: Decimal = NOTHING
    foreign: Decimal = NOTHING
    near: Decimal = NOTHING
    unknown: Decimal = NOTHING
    near_abroad: bool = True

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self.known + self.unknown

    @property
    def known(self) -> Decimal:
        """All of which the origin is known: what shares are taken of."""
        return self.national + self.foreign + self.near

    @property
    def overseas(self) -> Decimal:
        """What the profile calls overseas."""
        return self.foreign + (self.near if self.near_abroad else NOTHING)

    @property
    def overseas_share(self) -> Fraction | None:
        """The overseas share of what is known; None of nothing."""
        return share(self.overseas, self.known)

    @property
    def foreign_share(self) -> Fraction | None:
        """The share of foreign countries alone (case 17); None of nothing."""
        return share(self.foreign, self.known)


@dataclass(frozen=True, slots=True)
class Space:
    """Space in m² under a profile; never shown without "net" or "gross" (SP-3). None: the profile has no such figure.

    Stand space is let for payment (`charged`) or given `free`; of what is let, part is `paid` by now and the rest is due.
    """

    indoor: Split
    outdoor: Split
    stands: int
    charged: Decimal
    free: Decimal
    paid: Decimal
    raw: Decimal
    shell: Decimal
    special_shows: Decimal
    net: Decimal
    gross: Decimal | None
    upper: Decimal | None
    by_country: dict[str, Decimal]

    @property
    def stand_space(self) -> Split:
        """Stand space indoors and outdoors together."""
        return Split(
            self.indoor.national + self.outdoor.national,
            self.indoor.foreign + self.outdoor.foreign,
            self.indoor.near + self.outdoor.near,
            self.indoor.unknown + self.outdoor.unknown,
            self.indoor.near_abroad,
        )

    @property
    def due(self) -> Decimal:
        """What is let for payment and not paid yet; it counts all the same (SP-1)."""
        return self.charged - self.paid

    @property
    def average_stand(self) -> Fraction | None:
        """The mean area of a stand in m²; None without stands."""
        return share(self.stand_space.total, self.stands)


def country_of(text: str) -> str:
    """The two letters of a country however it is written, `UNKNOWN` for none: nobody becomes a national by silence (E-5)."""
    key = region_key(text)
    if province_of(key):
        return _CHINA
    return key if is_known(key) else UNKNOWN


def measure(facts: Facts, profile: Profile) -> Space:
    """The space figures (SP-1 to SP-11)."""
    used = [one for one in facts.stands if one.use is Use.USED]
    stands = [one for one in used if not one.general_service and (one.charged or profile.unpaid_in_net)]
    by_country: dict[str, Decimal] = defaultdict(Decimal)
    for stand in stands:
        for country, area in _by_country(stand):
            by_country[country_of(country)] += area
    floor = _sum(one.area for one in stands)
    shows = _sum(one.area for one in facts.areas if one.kind is AreaKind.SPECIAL_SHOW)
    net = floor + (shows if profile.shows_in_net else NOTHING)
    services = _sum(one.area for one in used if one.general_service)
    services += _sum(one.area for one in facts.areas if _in_gross(one.kind, profile))
    return Space(
        indoor=_space(facts.host, (one for one in stands if not one.outdoor), profile),
        outdoor=_space(facts.host, (one for one in stands if one.outdoor), profile),
        stands=len(stands),
        charged=_sum(one.area for one in stands if one.charged),
        paid=_sum(one.area for one in stands if one.charged and one.paid),
        free=_sum(one.area for one in stands if not one.charged),
        raw=_sum(one.area for one in stands if not _is_standard(one, profile)),
        shell=_sum(one.area for one in stands if _is_standard(one, profile)),
        special_shows=shows,
        net=net,
        gross=net + services if profile.has_gross else None,
        upper=_sum(one.upper for one in stands) if profile.has_exhibitors else None,
        by_country=dict(sorted(by_country.items(), key=lambda line: (line[0] == UNKNOWN, -line[1], line[0]))),
    )


def _is_standard(stand: StandFact, profile: Profile) -> bool:
    """Shell scheme; in Chinese statistics only of the usual sizes, everything else is special build 特装 (SP-8)."""
    return not stand.raw and (not profile.standard_sizes or stand.area in profile.standard_sizes)


def _in_gross(kind: AreaKind, profile: Profile) -> bool:
    return kind in IN_GROSS or (kind is AreaKind.TEMPORARY_CATERING and profile.catering_in_gross)


def _by_country(stand: StandFact) -> list[tuple[str, Decimal]]:
    """Whose the stand's area is: a declared split first, never more than the stand has; the rest is the holder's (SP-11)."""
    left, found = stand.area, []
    for country, area in stand.split:
        part = min(max(area, NOTHING), left)
        found.append((country, part))
        left -= part
    return [*found, (stand.country, left)]


def _space(host: str, stands: Iterable[StandFact], profile: Profile) -> Split:
    return split_of(host, (part for stand in stands for part in _by_country(stand)), profile)


def split_of(host: str, parts: Iterable[tuple[str, Decimal]], profile: Profile) -> Split:
    """Amounts by origin, seen from the country of the fair."""
    national = foreign = near = unknown = NOTHING
    for text, amount in parts:
        country = country_of(text)
        if country == UNKNOWN:
            unknown += amount
        elif country == host:
            national += amount
        elif host == _CHINA and country in NEAR:
            # E-10 is a practice of China: elsewhere these are abroad as any other.
            near += amount
        else:
            foreign += amount
    return Split(national, foreign, near, unknown, profile.near_abroad)


def _sum(areas: Iterable[Decimal]) -> Decimal:
    return sum(areas, NOTHING)
