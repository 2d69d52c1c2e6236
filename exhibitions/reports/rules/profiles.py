"""The named, versioned sets of counting rules under which the same facts become figures (statistics.md §1.2, T-1, T-2)."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from exhibitions.core.errors import N_, NotFound
from exhibitions.core.shares import share


class Test(enum.StrEnum):
    """What makes a fair international (T-1)."""

    EITHER = "either"
    BOTH = "both"
    BOTH_OR_AREA = "both_or_area"


class Season(enum.StrEnum):
    """What a season ticket without scans stands for (V-8)."""

    QUOTIENT = "quotient"
    ONE = "one"


@dataclass(frozen=True, slots=True)
class Profile:
    """The switches of §1.2.

    `near_abroad`: Hong Kong, Macao and Taiwan belong to the overseas figure; they have their own line in any case (E-10).
    `staff_apart`: exhibitors' own people are a figure of their own, never added to visitors (V-13). `standard_sizes`: in m², of which a shell scheme stand is to be a standard one; empty for all of them (SP-8).
    `has_gross` and `has_exhibitors`: whether the profile has such figures at all.
    """

    key: str
    version: str
    name: str
    press_counted: bool = False
    staff_apart: bool = False
    catering_in_gross: bool = False
    unpaid_in_net: bool = True
    shows_in_net: bool = True
    near_abroad: bool = True
    has_gross: bool = True
    has_exhibitors: bool = True
    test: Test = Test.EITHER
    season: Season = Season.QUOTIENT
    nameless_slips: bool = True
    standard_sizes: frozenset[int] = frozenset()

    @property
    def label(self) -> str:
        """The name with its version, as it stands beside a published figure."""
        return f"{self.key} {self.version}"


DEFAULT = "ISO-UFI"
PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        one.key: one
        for one in (
            Profile("ISO-UFI", "2008.1", N_("ISO 25639 and the rules of UFI")),
            Profile("FKM", "2024.1", N_("FKM, Germany"), catering_in_gross=True, test=Test.BOTH),
            Profile("CENTREX", "2024.1", N_("CENTREX, Central Europe")),
            # ABC audits visitors: of space it knows the stands alone (§1.5).
            Profile(
                "ABC",
                "2024.1",
                N_("ABC, United Kingdom"),
                press_counted=True,
                staff_apart=True,
                shows_in_net=False,
                has_gross=False,
                has_exhibitors=False,
                season=Season.ONE,
                nameless_slips=False,
            ),
            Profile(
                "CN-LOCAL",
                "2010.1",
                N_("Local statistics in China, GB/T 26165"),
                unpaid_in_net=False,
                shows_in_net=False,
                has_gross=False,
                test=Test.BOTH_OR_AREA,
                standard_sizes=frozenset({9, 12, 15}),
            ),
        )
    }
)

EXHIBITORS_FROM = Fraction(10, 100)
VISITORS_FROM = Fraction(5, 100)
AREA_FROM = Fraction(20, 100)


def profile_of(key: str) -> Profile:
    """The profile of that name, in any case of letters and with or without blanks around; NotFound otherwise."""
    found = PROFILES.get(key.strip().upper())
    if found is None:
        raise NotFound("no_such_profile", N_("There are no counting rules of that name"))
    return found


@dataclass(frozen=True, slots=True)
class Basis:
    """What T-1 looks at: wholes and their overseas parts; areas in m²."""

    exhibitors: int
    exhibitors_overseas: int
    visitors: int
    visitors_overseas: int
    area: Decimal = Decimal(0)
    area_overseas: Decimal = Decimal(0)


def is_international(profile: Profile, basis: Basis) -> bool | None:
    """Whether the fair is an international one under the profile: 10 % of exhibitors, 5 % of visitors, 20 % of area (T-1).

    A share that is exactly the threshold is enough (case 43). None while a share that would decide has no base.
    """
    exhibitors = _reaches(share(basis.exhibitors_overseas, basis.exhibitors), EXHIBITORS_FROM)
    visitors = _reaches(share(basis.visitors_overseas, basis.visitors), VISITORS_FROM)
    if profile.test is Test.EITHER:
        return _either(exhibitors, visitors)
    both = _both(exhibitors, visitors)
    if profile.test is Test.BOTH:
        return both
    return _either(both, _reaches(share(basis.area_overseas, basis.area), AREA_FROM))


def _reaches(found: Fraction | None, threshold: Fraction) -> bool | None:
    return None if found is None else found >= threshold


def _either(one: bool | None, other: bool | None) -> bool | None:
    if one or other:
        return True
    return None if one is None or other is None else False


def _both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def must_register(trade: int, visitors: int, net: Decimal) -> bool:
    """FKM's duty to register: trade share over 50 %, net over 4,000 m², over 2,000 visitors, all three strictly (T-2)."""
    return 2 * trade > visitors and net > 4000 and visitors > 2000


@dataclass(frozen=True, slots=True)
class SeasonUse:
    """How many visits one season ticket without scans stands for; the quotient stays in the evidence (case 34)."""

    quotient: Fraction | None
    visits: int


def season_use(profile: Profile, season: Decimal, single: Decimal) -> SeasonUse:
    """The least sensible use of a season ticket: its price by that of a single one, rounded down (V-8); one for ABC.

    A single price of zero gives no quotient and one visit. Only for tickets without scans: scans win (case 35).
    """
    quotient = share(season, single)
    if profile.season is Season.ONE or quotient is None:
        return SeasonUse(quotient, 1)
    return SeasonUse(quotient, int(quotient))
