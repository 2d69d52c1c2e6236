"""Badges come into being: numbered, signed, with the facts that will be printed on them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial
from itertools import chain
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from exhibitions.badges import queries
from exhibitions.badges.models import Badge, BadgeClass
from exhibitions.badges.rules import number, token
from exhibitions.badges.rules.classes import Issued
from exhibitions.badges.service import keys
from exhibitions.core import clock
from exhibitions.core.bulk import NewRows
from exhibitions.core.db import db
from exhibitions.expos.models import Expo

_TRIES = 3
_LAST_DAY = 255
_NO_NUMBER = "no free badge number was found"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a badge is for, and what is printed on it. `id` is None on reserve badges only.

    `day_only` binds the badge to its `planned_day`, whatever its class does: a day pass.
    """

    kind: str = ""
    id: int | None = None
    name: str = ""
    company: str = ""
    region: str = ""
    planned_day: date | None = None
    heads: int = 1
    title: str = ""
    import_id: int | None = None
    group_id: int | None = None
    day_only: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of approval and payment when a badge is issued (aware UTC moments, None: not yet)."""

    approved_at: datetime | None = None
    paid_at: datetime | None = None


NOTHING_KNOWN = Standing()

_COLUMNS = (
    "expo_id",
    "class_id",
    "number",
    "class_number",
    "first_day",
    "days",
    "issue",
    "key_number",
    "signature",
    "issued_at",
    "holder_kind",
    "holder_id",
    "name",
    "company",
    "region",
    "planned_day",
    "heads",
    "title",
    "import_id",
    "group_id",
    "reserve",
    "prints",
)
_BADGES = NewRows(cast(sa.Table, Badge.__table__), _COLUMNS)
_GIVEN = NewRows(cast(sa.Table, Badge.__table__), (*_COLUMNS, "approved_at", "paid_at"))
# Made once, and with the words of each engine: the hot path of registration goes through here.
_GIVE = {
    dialect: insert(cast(sa.Table, Badge.__table__))
    .on_conflict_do_nothing(index_elements=["expo_id", "number"])
    .returning(Badge.id)
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


@dataclass(frozen=True, slots=True)
class _Blank:
    """What stands on a badge before it has a number: its fair and class, and what the code says of them."""

    expo_id: int
    fair: int
    class_id: int
    class_number: int
    first_day: int
    days: int
    issue: int

    def signed(self, badge_number: int, signer: keys.Signer, now: datetime) -> dict[str, Any]:
        """The columns of the badge that its code is about."""
        key_number, sign = signer
        claims = token.Claims(
            key_number=key_number,
            fair=self.fair,
            badge=badge_number,
            class_number=self.class_number,
            first_day=self.first_day,
            days=self.days,
            issue=self.issue,
        )
        return {
            "expo_id": self.expo_id,
            "class_id": self.class_id,
            "number": badge_number,
            "class_number": self.class_number,
            "first_day": self.first_day,
            "days": self.days,
            "issue": self.issue,
            "key_number": key_number,
            "signature": sign(token.signed_message(token.encode(claims))),
            "issued_at": now,
        }


@dataclass(frozen=True, slots=True)
class Draft:
    """A badge that is numbered and signed and nobody's yet. Unsigned (None) where the installation has no key yet."""

    blank: _Blank
    signed: dict[str, Any] | None


def draft(
    expo: Expo,
    badge_class: Issued,
    planned_day: date | None = None,
    *,
    issue_counter: int = 1,
    day_only: bool = False,
) -> Draft:
    """Number and sign a badge ahead, so that a transaction need not wait for it; nothing is stored."""
    blank = _blank(expo, badge_class, planned_day, issue_counter, day_only=day_only)
    signer = keys.signer_in_force()
    return Draft(blank, None if signer is None else blank.signed(number.new_number(), signer, clock.now()))


def draft_many(expo: Expo, wanted: Sequence[tuple[Issued, date | None]]) -> list[Draft]:
    """What `draft` does, for many of a class and planned day each."""
    signer = keys.signer_in_force()
    now = clock.now()
    made = {(one.id, day): (one, day) for one, day in wanted}
    blank = {key: _blank(expo, one, day) for key, (one, day) in made.items()}
    blanks = [blank[badge_class.id, planned] for badge_class, planned in wanted]
    return [
        Draft(one, None if signer is None else one.signed(number.new_number(), signer, now)) for one in blanks
    ]


def give(drafted: Draft, holder: Holder, standing: Standing = NOTHING_KNOWN) -> int:
    """Store a drafted badge for its holder inside the caller's transaction; gives its id.

    The unique constraint is the judge of numbers: where the fair has given this one out, the badge gets another.
    """
    facts = _facts(holder) | {"approved_at": standing.approved_at, "paid_at": standing.paid_at}
    connection = db.session.connection()
    signed = drafted.signed
    for _ in range(_TRIES):
        if signed is None:
            signed = drafted.blank.signed(number.new_number(), keys.signer(), clock.now())
        badge_id = connection.scalar(_GIVE[connection.dialect.name], signed | facts)
        if badge_id is not None:
            return int(badge_id)
        signed = None
    raise RuntimeError(_NO_NUMBER)


def issue(
    expo: Expo,
    badge_class: BadgeClass,
    holder: Holder,
    standing: Standing = NOTHING_KNOWN,
    *,
    issue_counter: int = 1,
) -> Badge:
    """A new signed badge inside the caller's transaction, with its id.

    A class that needs neither approval nor payment does not look at `standing`.
    """
    drafted = draft(
        expo, badge_class, holder.planned_day, issue_counter=issue_counter, day_only=holder.day_only
    )
    return db.session.get_one(Badge, give(drafted, holder, standing))


def issue_many(expo: Expo, wanted: Sequence[tuple[BadgeClass, Holder]]) -> list[int]:
    """Sign and store a badge for each, in few statements; gives their nine-digit numbers in the same order."""
    if not wanted:
        return []

    for _ in range(_TRIES):
        savepoint = db.session.begin_nested()
        rows = _rows(expo, wanted)
        values = [tuple(map(row.__getitem__, _COLUMNS)) for row in rows]
        if _BADGES.insert(db.session.connection(), values) == len(rows):
            savepoint.commit()
            return [row["number"] for row in rows]
        # Between the look at the numbers and the insert lies a moment: the unique constraint is the judge.
        savepoint.rollback()
    raise RuntimeError(_NO_NUMBER)


def give_many(expo: Expo, wanted: Sequence[tuple[Draft, Holder, Standing]]) -> None:
    """Store drafted badges for their holders in few statements; what `give` does for one.

    A number that the fair has given out meanwhile becomes another.
    """
    taken = queries.taken_numbers(expo, {one.signed["number"] for one, _, _ in wanted if one.signed})
    rows = []
    signer = lru_cache(keys.signer)
    for drafted, holder, standing in wanted:
        signed = drafted.signed
        while signed is None or signed["number"] in taken:
            signed = drafted.blank.signed(number.new_number(), signer(), clock.now())
        taken.add(signed["number"])
        stands = {"approved_at": standing.approved_at, "paid_at": standing.paid_at}
        rows.append(signed | _facts(holder) | stands | {"reserve": False, "prints": 0})
    if _GIVEN.insert(
        db.session.connection(), [tuple(map(row.__getitem__, _GIVEN.columns)) for row in rows]
    ) < len(rows):
        # Somebody else was given one of the numbers at this very moment; the transaction is lost and may be tried again.
        raise RuntimeError(_NO_NUMBER)


def code_of(expo: Expo, badge: Badge) -> str:
    """The 121 characters that the badge's QR code carries; the same from issue to end, whatever else changes."""
    claims = token.Claims(
        key_number=badge.key_number,
        fair=expo.code,
        badge=badge.number,
        class_number=badge.class_number,
        first_day=badge.first_day,
        days=badge.days,
        issue=badge.issue,
    )
    return token.write(token.encode(claims), badge.signature)


def _rows(expo: Expo, wanted: Sequence[tuple[BadgeClass, Holder]]) -> list[dict[str, Any]]:
    """One row for each wanted badge, signed, with a number of its own."""
    signer = keys.signer()
    now = clock.now()
    numbers = _free_numbers(expo, len(wanted))
    blank = lru_cache(maxsize=256)(partial(_blank, expo))
    blanks = [blank(badge_class, holder.planned_day) for badge_class, holder in wanted]

    def signed(part: slice) -> list[dict[str, Any]]:
        return [one.signed(n, signer, now) for one, n in zip(blanks[part], numbers[part], strict=True)]

    # The library lets other threads go on while it signs, which takes a fifth of the time of a large import.
    half = len(wanted) // 2
    with ThreadPoolExecutor(2) as pool:
        rows = chain.from_iterable(pool.map(signed, (slice(half), slice(half, None))))
        return [
            row | _facts(holder) | {"reserve": False, "prints": 0}
            for row, (_, holder) in zip(rows, wanted, strict=True)
        ]


def _facts(holder: Holder) -> dict[str, Any]:
    return {
        "holder_kind": holder.kind,
        "holder_id": holder.id,
        "name": holder.name,
        "company": holder.company,
        "region": holder.region,
        "planned_day": holder.planned_day,
        "heads": holder.heads,
        "title": holder.title,
        "import_id": holder.import_id,
        "group_id": holder.group_id,
    }


def _blank(
    expo: Expo,
    badge_class: Issued,
    planned: date | None,
    issue_counter: int = 1,
    *,
    day_only: bool = False,
) -> _Blank:
    first_day, days = _day_bound(expo, planned, day_only or badge_class.planned_day_only)
    return _Blank(expo.id, expo.code, badge_class.id, badge_class.number, first_day, days, issue_counter)


def _day_bound(expo: Expo, planned: date | None, is_bound: bool) -> tuple[int, int]:
    """First day and length for the token: day passes, and classes that admit on the planned day alone, are bound to it."""
    first = queries.first_hall_day(expo) if is_bound and planned is not None else None
    if planned is None or first is None:
        return 0, 0
    offset = (planned - first).days
    return (offset, 1) if 0 <= offset <= _LAST_DAY else (0, 0)


def _free_numbers(expo: Expo, count: int) -> list[int]:
    """Random numbers that the fair has not given out, each once."""
    found: dict[int, None] = {}
    while len(found) < count:
        fresh = {number.new_number() for _ in range(count - len(found))}.difference(found)
        found |= dict.fromkeys(fresh - queries.taken_numbers(expo, fresh))
    return list(found)
