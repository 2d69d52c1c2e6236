"""Space and exhibitors of a fair as a pure function of facts (statistics.md SP-1 to SP-11, E-1 to E-10).

The same facts give the figures of every profile; areas are in m², exact.
"""

from __future__ import annotations

import enum
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from exhibitions.core.regions import NEAR
from exhibitions.core.shares import share
from exhibitions.reports.rules.profiles import Profile

_CHINA = "CN"

NOTHING = Decimal(0)
_CODE_SIGNS = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")


class Use(enum.StrEnum):
    """What became of a stand; only one that was used is occupied (SP-1, SP-10)."""

    USED = "used"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    HELD = "held"
    FREE = "free"


class AreaKind(enum.StrEnum):
    """What an area without a stand is for (SP-5 to SP-7)."""

    SPECIAL_SHOW = "special_show"
    STAGE = "stage"
    SERVICE = "service"
    TEMPORARY_CATERING = "temporary_catering"
    AISLE = "aisle"
    CATERING = "catering"
    OFFICE = "office"
    MEETING = "meeting"
    STORAGE = "storage"


IN_GROSS = frozenset({AreaKind.STAGE, AreaKind.SERVICE, AreaKind.AISLE})
"""Service and traffic areas of the fair; permanent catering, offices, meeting rooms and storage are never gross (SP-2)."""


class Role(enum.StrEnum):
    """As what a company takes part, the strongest first (E-7)."""

    MAIN = "main"
    CO = "co"
    REPRESENTED = "represented"


@dataclass(frozen=True, slots=True)
class StandFact:
    """A stand of the final plan; areas in m² on the ground and, apart, on an upper storey.

    `country` is that of who holds the contract: the main exhibitor, or the pavilion's contracting party (SP-11). `split`
    are areas that a main exhibitor has declared for other countries. `charged`: let for payment, paid yet or not; a
    stand given free is not (SP-8). `general_service`: given to an authority for general service, no stand space (SP-7).
    """

    number: str
    area: Decimal
    holder: str = ""
    country: str = ""
    use: Use = Use.USED
    outdoor: bool = False
    upper: Decimal = NOTHING
    charged: bool = True
    paid: bool = False
    raw: bool = False
    general_service: bool = False
    split: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class AreaFact:
    """An area of the plan that is no stand, in m²."""

    name: str
    kind: AreaKind
    area: Decimal
    outdoor: bool = False


@dataclass(frozen=True, slots=True)
class PartFact:
    """One company in one role. A company with several parts, or several entries of one credit code, is one (E-7).

    `accepted`: by contract, or approved by the organiser with an admissible source (E-3, E-9). `staff` and `goods`: own
    personnel and own goods at the stand (E-1). `present`: the stand where it takes part was occupied.
    """

    key: str
    role: Role
    country: str
    name: str = ""
    code: str = ""
    accepted: bool = True
    staff: bool = True
    goods: bool = True
    present: bool = True
    returning: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the figures of space and exhibitors are made of; `host` is the fair's country."""

    host: str
    stands: Sequence[StandFact] = ()
    areas: Sequence[AreaFact] = ()
    parts: Sequence[PartFact] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """A figure by origin. `near` (Hong Kong, Macao, Taiwan) has its own line; whether it is overseas, the profile says."""

    national: Decimal = NOTHING
    foreign: Decimal = NOTHING
    near: Decimal = NOTHING
    near_abroad: bool = True

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self.national + self.foreign + self.near

    @property
    def overseas(self) -> Decimal:
        """What the profile calls overseas."""
        return self.foreign + (self.near if self.near_abroad else NOTHING)

    @property
    def overseas_share(self) -> Fraction | None:
        """The overseas share; None of nothing."""
        return share(self.overseas, self.total)

    @property
    def foreign_share(self) -> Fraction | None:
        """The share of foreign countries alone (case 17); None of nothing."""
        return share(self.foreign, self.total)


@dataclass(frozen=True, slots=True)
class Space:
    """Space in m² under a profile; never shown without "net" or "gross" (SP-3). None: the profile has no such figure."""

    indoor: Split
    outdoor: Split
    stands: int
    charged: Decimal
    free: Decimal
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
            self.indoor.near_abroad,
        )

    @property
    def average_stand(self) -> Fraction | None:
        """The mean area of a stand in m²; None without stands."""
        return share(self.stand_space.total, self.stands)


@dataclass(frozen=True, slots=True)
class Merge:
    """Two entries that are one legal entity, and by what they are (case 15)."""

    kept: str
    other: str
    by: str


@dataclass(frozen=True, slots=True)
class Company:
    """One legal entity, counted once (E-7), with the keys of all its parts."""

    key: str
    name: str
    role: Role
    country: str
    returning: bool
    keys: tuple[str, ...]


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
            self.main.near_abroad,
        )


@dataclass(frozen=True, slots=True)
class Exhibition:
    """The figures of §1.3, 2 to 8. `exhibitors` is None where the profile does not count them."""

    profile: Profile
    space: Space
    exhibitors: Exhibitors | None
    evidence_rows: int = 0
    countries: list[str] = field(default_factory=list)


def exhibition(facts: Facts, profile: Profile) -> Exhibition:
    """Space and exhibitors under the profile; the order of the facts is of no matter."""
    exhibitors = count(facts, profile) if profile.has_exhibitors else None
    rows = len(facts.stands) + len(facts.areas) + len(facts.parts)
    countries = sorted(exhibitors.by_country) if exhibitors else []
    return Exhibition(profile, measure(facts, profile), exhibitors, rows, countries)


def measure(facts: Facts, profile: Profile) -> Space:
    """The space figures (SP-1 to SP-11)."""
    used = [one for one in facts.stands if one.use is Use.USED]
    stands = [one for one in used if not one.general_service and (one.charged or profile.unpaid_in_net)]
    by_country: dict[str, Decimal] = defaultdict(Decimal)
    for stand in stands:
        for country, area in _by_country(stand):
            by_country[country] += area
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
        free=_sum(one.area for one in stands if not one.charged),
        raw=_sum(one.area for one in stands if one.raw),
        shell=_sum(one.area for one in stands if not one.raw),
        special_shows=shows,
        net=net,
        gross=net + services if profile.has_gross else None,
        upper=_sum(one.upper for one in stands) if profile.has_exhibitors else None,
        by_country=dict(sorted(by_country.items(), key=lambda line: (-line[1], line[0]))),
    )


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
    return _split(host, (part for stand in stands for part in _by_country(stand)), profile)


def _split(host: str, parts: Iterable[tuple[str, Decimal]], profile: Profile) -> Split:
    national = foreign = near = NOTHING
    for country, amount in parts:
        if country == host:
            national += amount
        elif host == _CHINA and country in NEAR:
            # E-10 is a practice of China: elsewhere these are abroad as any other.
            near += amount
        else:
            foreign += amount
    return Split(national, foreign, near, profile.near_abroad)


def _sum(areas: Iterable[Decimal]) -> Decimal:
    return sum(areas, NOTHING)


def count(facts: Facts, profile: Profile) -> Exhibitors:
    """The exhibitors (E-1 to E-10), each legal entity once."""
    groups, merges = entities(facts.parts)
    companies = [found for group in groups if (found := _company(group))]
    direct = [one for one in companies if one.role is not Role.REPRESENTED]
    by_role = {role: [one for one in companies if one.role is role] for role in Role}
    splits = {
        role: _split(facts.host, ((one.country, Decimal(1)) for one in members), profile)
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
    return dict(sorted(found.items(), key=lambda line: (-line[1], line[0])))


def same_code(code: str) -> str:
    """A credit code as it is compared: half-width, upper case, without blanks and dashes; "" for what can be none.

    Words like "none" and rows of one sign are no code: two firms that wrote them are not one.
    """
    signs = "".join(sign for sign in unicodedata.normalize("NFKC", code).upper() if sign.isalnum())
    return signs if len(signs) == 18 and set(signs) <= _CODE_SIGNS and len(set(signs)) > 1 else ""


def entities(parts: Iterable[PartFact]) -> tuple[list[list[PartFact]], list[Merge]]:
    """The parts by legal entity: one key, or one credit code, is one (E-7); with what was found to be the same."""
    ordered = sorted(parts, key=lambda part: (_STRENGTH[part.role], part.key, part.country, part.code))
    by_key: dict[str, list[PartFact]] = {}
    for part in ordered:
        by_key.setdefault(part.key, []).append(part)
    home: dict[str, str] = {}
    kept: dict[str, str] = {}
    merges: list[Merge] = []
    for key, group in by_key.items():
        codes = sorted({code for part in group if (code := same_code(part.code))})
        owners = list(dict.fromkeys(_root(kept, home[code]) for code in codes if code in home))
        first = owners[0] if owners else key
        for other in [*owners[1:], *([key] if owners else [])]:
            kept[other] = first
            merges.append(Merge(first, other, "code"))
        home.update(dict.fromkeys(codes, first))
    found: dict[str, list[PartFact]] = {}
    for key, group in by_key.items():
        found.setdefault(_root(kept, key), []).extend(group)
    return list(found.values()), merges


def _root(kept: dict[str, str], key: str) -> str:
    while key in kept:
        key = kept[key]
    return key


_STRENGTH = {role: place for place, role in enumerate(Role)}


def _company(group: list[PartFact]) -> Company | None:
    """The entity as what it counts: main before co before represented; None when it counts as nothing."""
    roles = [(role, part) for part in group if (role := role_of(part)) is not None]
    if not roles:
        return None
    role, part = min(roles, key=lambda found: _STRENGTH[found[0]])
    keys = tuple(dict.fromkeys(one.key for one in group))
    returning = any(one.returning for one in group)
    return Company(part.key, part.name, role, part.country, returning, keys)


def role_of(part: PartFact) -> Role | None:
    """As what this part counts.

    Direct is who was accepted and shows own goods with own personnel (E-1); a represented company that does so is a
    co-exhibitor (case 12). Goods without own personnel are a represented company's (E-4), unless it is the contract's
    own holder: who rents and sends nobody counts as nothing (E-8).
    """
    if not part.present or not part.goods:
        return None
    if part.accepted and part.staff:
        return Role.MAIN if part.role is Role.MAIN else Role.CO
    if part.role is Role.MAIN:
        return None
    return Role.REPRESENTED if part.role is Role.REPRESENTED or part.accepted else None
