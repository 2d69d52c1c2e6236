"""A fair's set-up moved to another opening: days, moments, tasks and the number in its name (ux.md O2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from exhibitions.core.errors import N_, Refused
from exhibitions.expos.rules import DayKind
from exhibitions.expos.rules.setup import MOST_PARTS, DayFacts, FairSetup, TaskFacts, default_days

_DIGITS = "零一二三四五六七八九"
_TENS = 10
_HUNDRED = 100


@dataclass(frozen=True)
class NewEdition:
    """What is asked of somebody who copies an edition: its address, number, names, first and last day for visitors."""

    slug: str
    edition: int
    name_zh: str
    name_en: str
    first: date
    last: date


def check_dates(new: NewEdition, today: date) -> None:
    """Refuse days in the wrong order, too many of them, and an opening that lies behind us."""
    default_days(new.first, new.last)
    if new.first < today:
        raise Refused("first_past", N_("The first day lies in the past. Enter a day from today on."))


def in_han(number: int) -> str:
    """A number below a hundred as it stands in names: 8 八, 10 十, 12 十二, 21 二十一; digits from there."""
    if not 0 < number < _HUNDRED:
        return str(number)
    tens, ones = divmod(number, _TENS)
    head = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return head + (_DIGITS[ones] if ones or not tens else "")


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    teens = 10 < number % _HUNDRED < 14
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % _TENS, 'th')}"


def next_name(name: str, old: int, new: int) -> str:
    """The name with the number of the new edition where that of the old one stands, in digits, Han or as an ordinal."""
    for was, becomes in (
        (f"第{in_han(old)}届", f"第{in_han(new)}届"),
        (f"第{old}届", f"第{new}届"),
        (f"第 {old} 届", f"第 {new} 届"),
    ):
        name = name.replace(was, becomes)
    name = re.sub(rf"\b{re.escape(ordinal(old))}\b", ordinal(new), name, flags=re.IGNORECASE)
    return re.sub(rf"\b(edition) {old}\b", rf"\g<1> {new}", name, flags=re.IGNORECASE)


def moved_days(days: Sequence[DayFacts], new: NewEdition, staff: Sequence[str]) -> list[DayFacts]:
    """The days of the new edition with the hours and doors of the old one.

    Days for visitors run from `first` to `last`: each has the hours of its number, the last those of the last; further
    ones those of the last but one. When there are as many as before, gaps between them stay. Days before the opening
    keep their distance from it, those after the closing theirs from that. A fair without days gets usual ones.
    """
    opened = [day for day in days if day.kind is DayKind.OPEN]
    if not opened:
        return default_days(new.first, new.last, staff)
    first, last = opened[0].date, opened[-1].date
    found: dict[date, DayFacts] = {}
    for day in days:
        if day.date < first or (new.last - new.first == last - first):
            found[new.first + (day.date - first)] = day
        elif day.date > last:
            found[new.last + (day.date - last)] = day
    if new.last - new.first != last - first:
        found |= _stretched(opened, new)
    if len(found) > MOST_PARTS:
        raise Refused("dates_long", N_("A fair has at most %(most)s days"), most=MOST_PARTS - 2)
    return [msgspec.structs.replace(day, date=on) for on, day in sorted(found.items())]


def _stretched(opened: Sequence[DayFacts], new: NewEdition) -> dict[date, DayFacts]:
    count = (new.last - new.first).days + 1
    middle = max(len(opened) - 2, 0)
    rows = [opened[min(number, middle)] for number in range(count - 1)] + [opened[-1]]
    return {new.first + timedelta(days=number): row for number, row in enumerate(rows)}


def moved_moment(moment: datetime | None, by: timedelta, zone: str) -> datetime | None:
    """The same hour on the clocks of `zone`, so many days later; whatever their clocks did in between."""
    if moment is None:
        return None
    there = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) + by
    return there.replace(tzinfo=ZoneInfo(zone))


def moved_setup(old: FairSetup, new: NewEdition, staff: Sequence[str]) -> FairSetup:
    """The set-up of the old edition for the new one: other number, names and dates, all else as it was.

    A line of news is news of the old edition and stays there. Tasks that are counted from the opening need no change;
    those on dates of their own keep their distance from it.
    """
    opened = [day.date for day in old.days if day.kind is DayKind.OPEN]
    by = new.first - opened[0] if opened else timedelta(0)
    zone, closes = old.facts.timezone, old.facts.registration_closes_at
    # Who closes during the fair closes as long before its end, and another edition may have fewer days.
    within = bool(opened) and closes is not None and closes.astimezone(ZoneInfo(zone)).date() >= opened[0]
    facts = msgspec.structs.replace(
        old.facts,
        edition=new.edition,
        name_zh=new.name_zh,
        name_en=new.name_en,
        notice_zh="",
        notice_en="",
        registration_opens_at=moved_moment(old.facts.registration_opens_at, by, zone),
        registration_closes_at=moved_moment(closes, new.last - opened[-1] if within else by, zone),
    )
    return msgspec.structs.replace(
        old,
        facts=facts,
        days=moved_days(old.days, new, staff),
        tasks=[_moved_task(task, by) for task in old.tasks],
    )


def _moved_task(task: TaskFacts, by: timedelta) -> TaskFacts:
    return task if task.due is None else msgspec.structs.replace(task, due=task.due + by)
