"""What becomes of each row of a list: somebody new, somebody known, or refused because of another row (IR7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from exhibitions.badges.rules import number as badge_number
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
class Verdicts:
    """What becomes of a file: new people, changes of known people, and refused rows.

    Rows are known by the number that Excel shows. Of the rows that are taken in, `shortened` counts those with a text
    that is longer than can be kept, `unreadable` those with a character that could not be read. `same` are rows of known
    people that say nothing new, `left` counts those of known people who were to stay as they are. `met` has the rows of
    those known by name and contact alone, with the reason for which IR7 refuses them unless they are to be changed.
    """

    rows: int = 0
    new: list[tuple[int, Person]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    same: list[Change] = field(default_factory=list)
    rejected: list[tuple[int, Reason]] = field(default_factory=list)
    met: dict[int, Reason] = field(default_factory=dict)
    shortened: int = 0
    unreadable: int = 0
    left: int = 0

    def part(self, differing: Collection[int], begun: Collection[int] = ()) -> None:
        """Tell the known people who differ from the row about them, by registration, from those who do not.

        `begun`: registrations that this import was changing when it was cut off; they count as changed.
        """
        both = self.changes
        self.changes = [change for change in both if change[1] in differing or change[1] in begun]
        self.same = [change for change in both if change[1] not in differing and change[1] not in begun]

    def leave_known(self) -> None:
        """Let everybody who is known stay as they are; by IR7 a row that is known by contact alone is a duplicate."""
        met = [(row, self.met[row]) for row, _, _ in self.changes if row in self.met]
        self.left = len(self.changes) - len(met)
        self.rejected = sorted([*self.rejected, *met])
        self.changes = []

    @property
    def accepted(self) -> int:
        """How many rows are taken in, new people and changes together."""
        return len(self.new) + len(self.changes)

    def by_reason(self) -> dict[str, int]:
        """How many rows each reason refuses, in the order of the reasons."""
        counted = Counter(reason for _, reason in self.rejected)
        return {reason.value: counted[reason] for reason in Reason if counted[reason]}


def judge_rows(
    rows: Iterable[Row], layout: Layout, known: Known, tell: Callable[[int], None] = lambda rows: None
) -> Verdicts:
    """Judge a whole file, row by row in its order. `tell` is given the number of rows every 500 rows.

    Changes `known.taken`. Lets pass what `rows` raises when the file breaks on the way.
    """
    verdicts = Verdicts()
    seen: set[int] = set()
    for row in rows:
        verdict = judge(row.cells, layout)
        if verdict is None:
            continue
        verdicts.rows += 1
        if verdicts.rows % TELL_EVERY == 0:
            tell(verdicts.rows)
        if isinstance(verdict, Person):
            verdict = _admit(row.number, verdict, known, verdicts, seen)
        if verdict is not None:
            verdicts.rejected.append((row.number, verdict))
    return verdicts


def _admit(row: int, person: Person, known: Known, verdicts: Verdicts, seen: set[int]) -> Reason | None:
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
    verdicts.shortened += kept is not person
    verdicts.unreadable += unreadable(person)
    if own is None:
        verdicts.new.append((row, kept))
        return None
    seen.add(own)
    verdicts.changes.append((row, own, kept))
    if met is not None:
        verdicts.met[row] = Reason.DUPLICATE_PHONE if by_phone else Reason.DUPLICATE_EMAIL
    return None


def _may_have(person: Person, own: int | None, known: Known) -> bool:
    """Whether the class of the row is one: by IR9 for somebody new, any of the fair's for somebody known."""
    if own is None:
        return person.category in known.classes and person.category in list(Category)
    return person.category in known.classes or not person.names_category
