"""Badges of an exhibitor's people: kinds, nights on which a pass admits, names pasted from a list.

Staff are never visitors (statistics.md V-2): their badges are of the classes for exhibitors, builders and service, and
those classes never count.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from exhibitions.badges.rules.classes import Audience
from exhibitions.core.contact import clean_name, normal_phone
from exhibitions.core.errors import N_, Refused

MOST_PASTED = 100
"""So many people are added at once."""
LONGEST_NAME = 60
MOST_NIGHTS = 100
"""No build-up and no dismantling lasts longer."""
LONGEST_TEXT = 20_000


class StaffKind(enum.StrEnum):
    """What somebody does on the stand; each kind has a quota and a badge class of its own."""

    STAFF = "staff"
    BUILD_UP = "build_up"
    SERVICE = "service"


AUDIENCES = {
    StaffKind.STAFF: Audience.EXHIBITOR,
    StaffKind.BUILD_UP: Audience.BUILD_UP,
    StaffKind.SERVICE: Audience.SERVICE,
}
"""Of which group's class each kind wears its badge: none of them is a visitor's."""


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a day on which a pass admits, in the fair's own time: from `start` on, no longer at `end`.

    A window whose end is not behind its start goes over midnight (18:00 to 10:00) and belongs to the day on which it
    begins; one that ends where it starts lasts the day round. `first` and `last` are the first and the last day on
    which one begins, both within; without them those of the fair.
    """

    start: time
    end: time
    first: date | None = None
    last: date | None = None

    @property
    def over_midnight(self) -> bool:
        """Whether it ends on the day after."""
        return self.end <= self.start

    def holds(self, local: datetime, days: Iterable[date]) -> bool:
        """Whether the pass admits at this local moment, when it is good for the windows that begin on `days`."""
        good = set(days)
        moment, day = local.time(), local.date()
        if not self.over_midnight:
            return day in good and self.start <= moment < self.end
        began_today = day in good and moment >= self.start
        return began_today or (day - timedelta(days=1) in good and moment < self.end)

    @property
    def text(self) -> str:
        """As a pass has it printed: `18:00–10:00`, with its days before it where it has any: `08-22–08-24 18:00–10:00`."""
        days = "–".join(f"{day:%m-%d}" if day else "" for day in (self.first, self.last))
        hours = f"{self.start:%H:%M}–{self.end:%H:%M}"
        return f"{days} {hours}" if self.first or self.last else hours


def check_window(window: Window) -> None:
    """Refuse days that end before they begin, and more nights than a fair has."""
    if window.first is None or window.last is None:
        return
    if window.last < window.first:
        raise Refused("window_days", N_("The last night cannot come before the first."))
    if window.last - window.first >= timedelta(days=MOST_NIGHTS):
        raise Refused("window_long", N_("A pass admits on at most %(most)s nights"), most=MOST_NIGHTS)


@dataclass(frozen=True, slots=True)
class Named:
    """One of the people of a pasted list. `phone` is E.164, None when none was said."""

    line: int
    name: str
    phone: str | None
    title: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that is not taken, and why."""

    line: int
    text: str
    why: Refused


@dataclass(frozen=True, slots=True)
class Names:
    """What a pasted list says: the people in its order, and the lines that could not be taken."""

    people: list[Named]
    unread: list[Unread]


def read_names(text: str) -> Names:
    """People from a pasted list, one a line: name, then phone and job in any order, parted by tabs, commas or 、；.

    A phone is also found behind the last blank. Blank lines do not count; the same name with the same phone is taken
    once. Raises `Refused` when nothing is there, or more than 100 people.
    """
    if len(text) > LONGEST_TEXT:
        raise Refused("staff_many", N_("Add at most %(most)s people at once"), most=MOST_PASTED)
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise Refused("staff_empty", N_("Enter at least one name"))
    if len(lines) > MOST_PASTED:
        raise Refused("staff_many", N_("Add at most %(most)s people at once"), most=MOST_PASTED)
    people: dict[tuple[str, str | None], Named] = {}
    unread: list[Unread] = []
    for number, line in lines:
        try:
            one = _named(number, line)
        except Refused as why:
            unread.append(Unread(number, line, why))
        else:
            people.setdefault((one.name, one.phone), one)
    return Names(list(people.values()), unread)


def check_name(text: str) -> str:
    """The name as it is printed; raises `Refused` for none, and for one that no badge can hold."""
    name = clean_name(text)
    if name.startswith(("=", "@")):
        raise Refused("formula_text", N_("This cannot begin with = or @"))
    if not name or not any(letter.isalpha() for letter in name):
        raise Refused("staff_nameless", N_("Enter the person's name"))
    if len(name) > LONGEST_NAME:
        raise Refused("staff_name_long", N_("A name has at most %(most)s characters"), most=LONGEST_NAME)
    return name


_WITH_PHONE = re.compile(r"([^\d+]+)(\+?\d[\d\s().+-]*)(.*)")
_PARTS = str.maketrans(dict.fromkeys("\t,，、;；/|", "\t"))
_LIST_NUMBER = re.compile(r"\d{1,3}[.、)）]\s*")


def _named(number: int, line: str) -> Named:
    numbered = _LIST_NUMBER.match(line)
    bare = line[numbered.end() :] if numbered else line
    cells = [cell.strip() for cell in bare.translate(_PARTS).split("\t")]
    if len(cells) == 1:
        cells = _phone_apart(cells[0])
    name, *rest = cells
    phone: str | None = None
    title = ""
    for cell in filter(None, rest):
        found = normal_phone(cell)
        if found is not None:
            phone = phone or found
        elif sum(letter.isdigit() for letter in cell) > len(cell) // 2:
            raise Refused(
                "phone_invalid",
                N_("Enter a mobile number like 138 0013 8000 or +82 10 1234 5678"),
            )
        else:
            title = title or clean_name(cell)[:LONGEST_NAME]
    return Named(number, check_name(name), phone, title)


def _phone_apart(cell: str) -> list[str]:
    """`王敏 138 0013 8000 经理` in three: from the first digit or plus on is the phone, behind it the job."""
    parts = _WITH_PHONE.fullmatch(cell)
    return [part.strip() for part in parts.groups()] if parts else [cell]


def elsewhere(phones: Sequence[str | None], known: Iterable[str]) -> list[bool]:
    """Which of these phones also belong to somebody of another stand: allowed, and flagged (ux.md E5)."""
    taken = set(known)
    return [phone is not None and phone in taken for phone in phones]
