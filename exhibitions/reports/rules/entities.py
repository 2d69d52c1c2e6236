"""Which parts are one legal entity, and as what it counts (statistics.md E-1 to E-8)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from exhibitions.reports.rules.facts import PartFact, Role
from exhibitions.reports.rules.space import country_of

_CODE_SIGNS = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")


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


def company_of(group: list[PartFact]) -> Company | None:
    """The entity as what it counts: main before co before represented; None when it counts as nothing."""
    roles = [(role, part) for part in group if (role := role_of(part)) is not None]
    if not roles:
        return None
    role, part = min(roles, key=lambda found: _STRENGTH[found[0]])
    # What one part does not say another may: it is one entity.
    country = next((code for one in (part, *group) if (code := country_of(one.country))), "")
    keys = tuple(dict.fromkeys(one.key for one in group))
    returning = any(one.returning for one in group)
    return Company(part.key, part.name, role, country, returning, keys)


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
