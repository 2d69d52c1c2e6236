"""Organising units from pasted lines, and the order in which they are printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from exhibitions.core.errors import N_, Refused
from exhibitions.expos.rules.fair import UnitRole
from exhibitions.expos.rules.setup import MOST_PARTS, UnitFacts, clean

LONGEST_NAME = 200
# What stands before the colon on the papers of fairs in China, and its English.
_WORDS = {
    UnitRole.APPROVER: ("批准单位", "批准", "approved by"),
    UnitRole.GUIDANCE: ("指导单位", "指导", "guided by"),
    UnitRole.ORGANISER: ("主办单位", "主办", "organiser", "organizer", "organisers", "organizers"),
    UnitRole.JOINT_ORGANISER: ("联合主办单位", "联合主办", "joint organiser", "joint organizer"),
    UnitRole.HOST: ("承办单位", "承办", "host", "hosts"),
    UnitRole.EXECUTIVE_HOST: ("执行承办单位", "执行承办", "执行单位", "executive host"),
    UnitRole.CO_ORGANISER: ("协办单位", "协办", "co-organiser", "co-organizer"),
    UnitRole.SUPPORTER: ("支持单位", "支持", "supporting body", "supported by", "supporter"),
    UnitRole.SPECIAL_SUPPORTER: ("特别支持单位", "特别支持", "special support"),
    UnitRole.SPONSOR: ("赞助单位", "赞助", "sponsor", "sponsors"),
    UnitRole.MEDIA_SUPPORTER: ("媒体支持单位", "媒体支持", "支持媒体", "media support", "media"),
}
_ROLES = {word: role for role, words in _WORDS.items() for word in words}
_HEAD = re.compile(r"^([^:：|｜\t]{1,24})[:：]\s*(.*)$")
_BETWEEN = re.compile(r"\s*[|｜\t]\s*")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")


class Placed(Protocol):
    """A unit that stands among the others of its role."""

    id: int
    role: UnitRole
    position: int


U = TypeVar("U", bound=Placed)


def read_units(text: str, role: UnitRole) -> list[UnitFacts]:
    """The units of pasted text, one a line: "中文名 | English name".

    A line may begin with a role and a colon ("承办单位：…"), which holds from there on; before the first one `role`
    holds. A single name is English when it has no Han character. Empty lines are passed over, and who is named twice
    in a role counts once. Raises `Refused` with the number of the line that cannot be.
    """
    found: dict[tuple[UnitRole, str, str], UnitFacts] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = clean(line)
        head = _HEAD.match(words)
        named = _ROLES.get(head[1].strip().lower()) if head is not None else None
        if head is not None and named is not None:
            role, words = named, head[2]
        if not words:
            continue
        name_zh, name_en = _names(words, number)
        found.setdefault(
            (role, name_zh, name_en),
            UnitFacts(role=role, name_zh=name_zh, name_en=name_en, position=len(found)),
        )
        if len(found) > MOST_PARTS:
            raise Refused("too_many_parts", N_("A list holds at most %(most)s entries."), most=MOST_PARTS)
    if not found:
        raise Refused("no_units", N_("Paste at least one name, each on a line of its own"))
    return list(found.values())


def _names(words: str, number: int) -> tuple[str, str]:
    parts = _BETWEEN.split(words)
    if len(parts) > 2:
        raise Refused(
            "unit_line",
            N_("Line %(number)s has more than two names. One unit stands on a line."),
            number=number,
        )
    if max(map(len, parts)) > LONGEST_NAME:
        raise Refused("unit_long", N_("Line %(number)s is longer than 200 characters"), number=number)
    if len(parts) == 2:
        return parts[0], parts[1]
    return (parts[0], "") if _HAN.search(parts[0]) else ("", parts[0])


def in_print_order(units: Iterable[U]) -> list[U]:
    """The units as they are printed: by role in the order of custom, inside a role by position."""
    order = list(UnitRole)
    return sorted(units, key=lambda unit: (order.index(unit.role), unit.position, unit.id))


def shifted(units: Sequence[U], unit_id: int, step: int) -> list[U]:
    """The units of one role in print order, after the one with this number has moved by `step` (-1 is up)."""
    rows = in_print_order(units)
    here = next(n for n, unit in enumerate(rows) if unit.id == unit_id)
    there = min(max(here + step, 0), len(rows) - 1)
    rows.insert(there, rows.pop(here))
    return rows
