"""What becomes of each row of a list: somebody new, somebody known, or refused because of another row (IR7)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from exhibitions.badges.rules import number as badge_number
from exhibitions.core.imports import verdicts
from exhibitions.core.sheets.table import Row
from exhibitions.visitors.rules.importing import (
    Category,
    Layout,
    Person,
    Reason,
    judge,
    shortened,
    unreadable,
)

TELL_EVERY = 500


def name_key(name: str) -> str:
    """A name as it is compared with another: small letters, no blanks."""
    return "".join(name.casefold().split())


@dataclass(slots=True)
class Taken:
    """The phone numbers and e-mail addresses that are spoken for (IR7), and by which registration.

    The first wins; a refused row takes none. A row of the file itself that has no registration yet stands as 0.
    """

    phones: dict[str, int] = field(default_factory=dict)
    emails: dict[str, int] = field(default_factory=dict)

    def enter(self, phone: str | None, email: str | None, registration_id: int = 0) -> None:
        """Somebody has this number and this address."""
        if phone:
            self.phones[phone] = registration_id
        if email:
            self.emails[email] = registration_id

    def take(self, person: Person, own: int | None = None) -> Reason | None:
        """Enter the person, or say which of the two is taken; equal names are no duplicate.

        `own` is the registration that the row changes: what it has already is no duplicate.
        """
        if self.phones.get(person.phone or "", own) != own:
            return Reason.DUPLICATE_PHONE
        if self.emails.get(person.email or "", own) != own:
            return Reason.DUPLICATE_EMAIL
        self.enter(person.phone, person.email, own or 0)
        return None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a fair before a file is judged.

    `taken`: numbers and addresses that are spoken for. `holders`: registrations by the number of their badge.
    `classes`: the keys of the fair's badge classes; a category without one is unknown. `names`: the `name_key` of the
    living registrations; where it is filled, a row without a badge number is known by name and contact (V-6).
    """

    taken: Taken
    holders: Mapping[int, int]
    classes: Collection[str]
    names: Mapping[int, str] = field(default_factory=dict)

    def by_number(self, person: Person) -> int | None:
        """The registration whose badge number the row carries."""
        number = badge_number.parse(person.number) if person.number else None
        return self.holders.get(number) if number is not None else None

    def by_contact(self, person: Person) -> int | None:
        """The one registration with the name of the row and its phone number or e-mail address."""
        phone = self.taken.phones.get(person.phone or "")
        email = self.taken.emails.get(person.email or "")
        found = phone or email
        if not found or (email is not None and email != found) or (phone is not None and phone != found):
            return None
        return found if self.names.get(found) == name_key(person.name) else None


Change = tuple[int, int, Person]
"""A row about somebody known: Excel's number of the row, their registration, what the row says."""


@dataclass(slots=True)
class Verdicts(verdicts.Verdicts[Person, Reason]):
    """What becomes of a list of people.

    `met` has the rows of those known by name and contact alone, with the reason for which IR7 refuses them unless they are
    to be changed.
    """

    met: dict[int, Reason] = field(default_factory=dict)

    def leave_known(self) -> None:
        """Let everybody who is known stay as they are; by IR7 a row that is known by contact alone is a duplicate."""
        met = [(row, self.met[row]) for row, _, _ in self.changes if row in self.met]
        self.left = len(self.changes) - len(met)
        self.rejected = sorted([*self.rejected, *met])
        self.changes = []

    def summary(self) -> dict[str, Any]:
        """What the import keeps, with how many of those that are to be changed are known by contact alone."""
        return verdicts.Verdicts.summary(self) | {
            "met": sum(number in self.met for number, _, _ in self.changes)
        }


def judge_rows(
    rows: Iterable[Row], layout: Layout, known: Known, tell: Callable[[int], None] = lambda rows: None
) -> Verdicts:
    """Judge a whole file, row by row in its order. `tell` is given the number of rows every 500 rows.

    Changes `known.taken`. Lets pass what `rows` raises when the file breaks on the way.
    """
    found = Verdicts()
    seen: set[int] = set()
    for row in rows:
        verdict = judge(row.cells, layout)
        if verdict is None:
            continue
        found.rows += 1
        if found.rows % TELL_EVERY == 0:
            tell(found.rows)
        if isinstance(verdict, Person):
            verdict = _admit(row.number, verdict, known, found, seen)
        if verdict is not None:
            found.rejected.append((row.number, verdict))
    return found


def _admit(row: int, person: Person, known: Known, found: Verdicts, seen: set[int]) -> Reason | None:
    own = known.by_number(person)
    met = known.by_contact(person) if own is None else None
    if own is None:
        own = met
    if not _may_have(person, own, known):
        return Reason.CATEGORY_UNKNOWN
    if own in seen:
        # The first row about a person wins, as everywhere (IR7).
        return Reason.DUPLICATE_PHONE if person.phone else Reason.DUPLICATE_EMAIL
    by_phone = person.phone in known.taken.phones
    reason = known.taken.take(person, own)
    if reason is not None:
        return reason
    kept = shortened(person)
    found.shortened += kept is not person
    found.unreadable += unreadable(person)
    if own is None:
        found.new.append((row, kept))
        return None
    seen.add(own)
    found.changes.append((row, own, kept))
    if met is not None:
        found.met[row] = Reason.DUPLICATE_PHONE if by_phone else Reason.DUPLICATE_EMAIL
    return None


def _may_have(person: Person, own: int | None, known: Known) -> bool:
    """Whether the class of the row is one: by IR9 for somebody new, any of the fair's for somebody known."""
    if own is None:
        return person.category in known.classes and person.category in list(Category)
    return person.category in known.classes or not person.names_category
