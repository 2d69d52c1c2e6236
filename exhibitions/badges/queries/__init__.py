"""Named questions about badges and their classes; the fair is the first argument."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from exhibitions.audit import queries as audit_queries
from exhibitions.audit.models import Entry
from exhibitions.badges.models import Badge, BadgeClass, BadgeDay, PrintRun, Reserve, SigningKey
from exhibitions.badges.rules.classes import Audience
from exhibitions.badges.rules.number import parse
from exhibitions.core.db import db
from exhibitions.expos.models import Expo, ExpoDay
from exhibitions.expos.queries import remembered

HANDED_OUT = "badges.reserve_handed_out"
"""The action under which the audit says who gave a reserve badge away."""

# Both engines take this many values in one question.
_MOST_VALUES = 5000
_ESCAPE = "!"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which badges of a fair to print. Empty words mean all; `printed` None asks for both.

    `text` is a part of the name or the company, or a whole badge number; `group_id` is the holder who leads the group.
    """

    class_key: str = ""
    printed: bool | None = None
    reserve: bool = False
    import_id: int | None = None
    group_id: int | None = None
    text: str = ""


class Listed(NamedTuple):
    """A badge in the list of those that are to be printed, with how often it was."""

    id: int
    number: int
    name: str
    company: str
    class_id: int
    prints: int


class Group(NamedTuple):
    """People who came by one import, or with one leader: its number, its word, and how many badges it has."""

    id: int
    word: str
    badges: int


class Texts(NamedTuple):
    """The printed words of a badge: what an order or a check of the letters needs."""

    badge_id: int
    number: int
    name: str
    company: str
    class_id: int


class RunLine(NamedTuple):
    """A print run as a list shows it: when it was asked for, how many badges it has and files so far."""

    id: int
    created_at: datetime
    badges: int
    files: int


class Offered(NamedTuple):
    """A badge class as the public form offers it."""

    id: int
    number: int
    key: str
    name_zh: str
    name_en: str
    colour: str
    audience: Audience
    planned_day_only: bool
    needs_approval: bool
    needs_payment: bool


class KeyInForce(NamedTuple):
    """What signing takes of a key; the private half is sealed."""

    number: int
    private_key: bytes


# Asked for every registration: made once, because making a question costs as much as asking it.
_KEY_IN_FORCE = (
    sa.select(SigningKey.number, SigningKey.private_key)
    .where(SigningKey.retired_at.is_(None))
    .order_by(SigningKey.number.desc())
    .limit(1)
)


def fair(expo_id: int) -> Expo:
    """The fair with this id; for jobs, which know nothing else of it."""
    return db.session.get_one(Expo, expo_id)


def classes(expo: Expo) -> Sequence[BadgeClass]:
    """The badge classes of the fair in their order."""
    found = sa.select(BadgeClass).where(BadgeClass.expo_id == expo.id)
    return db.session.scalars(found.order_by(BadgeClass.position, BadgeClass.number)).all()


@remembered
def registrable_classes(expo: Expo) -> tuple[Offered, ...]:
    """The classes that the public form offers, in their order."""
    return tuple(offered(badge_class) for badge_class in classes(expo) if badge_class.registrable)


def offered(badge_class: BadgeClass) -> Offered:
    """The class as a form can offer it."""
    return Offered._make(getattr(badge_class, name) for name in Offered._fields)


def class_by_key(expo: Expo, key: str) -> BadgeClass | None:
    """The class of this fair with this key."""
    return db.session.scalar(
        sa.select(BadgeClass).where(BadgeClass.expo_id == expo.id, BadgeClass.key == key)
    )


def class_of(expo: Expo, class_id: int) -> BadgeClass | None:
    """The class with this id, if it is this fair's."""
    return db.session.scalar(
        sa.select(BadgeClass).where(BadgeClass.expo_id == expo.id, BadgeClass.id == class_id)
    )


def badges_by_class(expo: Expo) -> dict[int, int]:
    """How many badges each class has, by the id of the class; classes without badges are not in it."""
    counted = (
        sa.select(Badge.class_id, sa.func.count()).where(Badge.expo_id == expo.id).group_by(Badge.class_id)
    )
    return dict(db.session.execute(counted).all())


def badge_of(expo: Expo, badge_id: int) -> Badge | None:
    """The badge with this id, if it is this fair's."""
    return db.session.scalar(_badges(expo).where(Badge.id == badge_id))


def badge_by_number(expo: Expo, number: int) -> Badge | None:
    """The badge of this fair with this nine-digit number."""
    return db.session.scalar(_badges(expo).where(Badge.number == number))


def current_badge(expo: Expo, kind: str, holder_id: int) -> Badge | None:
    """The holder's badge that was not replaced: the newest one. It may be cancelled."""
    theirs = _badges(expo).where(
        Badge.holder_kind == kind, Badge.holder_id == holder_id, Badge.voided_at.is_(None)
    )
    return db.session.scalars(theirs.order_by(Badge.id.desc()).limit(1)).first()


def current_badges(expo: Expo, kind: str, holder_ids: Collection[int]) -> dict[int, Badge]:
    """The newest badge that was not replaced, for each of these holders that has one."""
    found: dict[int, Badge] = {}
    for part in _parts(holder_ids):
        theirs = _badges(expo).where(
            Badge.holder_kind == kind, Badge.holder_id.in_(part), Badge.voided_at.is_(None)
        )
        for badge in db.session.scalars(theirs.order_by(Badge.id)):
            found[badge.holder_id or 0] = badge
    return found


def handing_out(expo: Expo, badge: Badge) -> Entry | None:
    """The entry of the audit that says who of the staff gave this reserve badge away, and when."""
    found = audit_queries.entries(
        expo.id, audit_queries.Wanted(action=HANDED_OUT, subject=("badge", badge.id)), limit=1
    )
    return found[0] if found else None


def badge_days(expo: Expo, badge_id: int) -> Sequence[BadgeDay]:
    """The days on which the badge came in, the first one first."""
    found = sa.select(BadgeDay).where(BadgeDay.expo_id == expo.id, BadgeDay.badge_id == badge_id)
    return db.session.scalars(found.order_by(BadgeDay.day)).all()


def visited_among(expo: Expo, badge_ids: Collection[int]) -> set[int]:
    """Those of these badges that came in at a gate on any day."""
    found: set[int] = set()
    for part in _parts(badge_ids):
        days = sa.select(BadgeDay.badge_id).where(BadgeDay.expo_id == expo.id, BadgeDay.badge_id.in_(part))
        found |= set(db.session.scalars(days.distinct()))
    return found


def taken_numbers(expo: Expo, numbers: Collection[int]) -> set[int]:
    """Those of these badge numbers that the fair has given out already."""
    taken: set[int] = set()
    for part in _parts(numbers):
        taken |= set(
            db.session.scalars(
                sa.select(Badge.number).where(Badge.expo_id == expo.id, Badge.number.in_(part))
            )
        )
    return taken


def first_hall_day(expo: Expo) -> date | None:
    """The first day that anything happens in the halls, from which tokens count days."""
    return db.session.scalar(sa.select(sa.func.min(ExpoDay.date)).where(ExpoDay.expo_id == expo.id))


def to_print(expo: Expo, wanted: Wanted) -> list[Texts]:
    """The live badges (neither cancelled nor voided) that are wanted, by number: words only, so that it is quick."""
    found = sa.select(Badge.id, Badge.number, Badge.name, Badge.company, Badge.class_id).where(
        *_which(expo, wanted)
    )
    return [Texts._make(row) for row in db.session.execute(found.order_by(Badge.number))]


def count_to_print(expo: Expo, wanted: Wanted) -> int:
    """How many badges `to_print` gives."""
    return db.session.scalar(sa.select(sa.func.count(Badge.id)).where(*_which(expo, wanted))) or 0


def printed_before(expo: Expo, wanted: Wanted) -> int:
    """How many of what `to_print` gives have been on paper before."""
    if wanted.printed is False:
        return 0
    found = sa.select(sa.func.count(Badge.id)).where(*_which(expo, wanted), Badge.prints > 0)
    return db.session.scalar(found) or 0


def page_to_print(expo: Expo, wanted: Wanted, page: int, size: int = 50) -> list[Listed]:
    """A page of what `to_print` gives, by number."""
    found = sa.select(Badge.id, Badge.number, Badge.name, Badge.company, Badge.class_id, Badge.prints).where(
        *_which(expo, wanted)
    )
    rows = db.session.execute(found.order_by(Badge.number).limit(size).offset((page - 1) * size))
    return [Listed._make(row) for row in rows]


def imports_with_badges(expo: Expo, most: int = 50) -> list[Group]:
    """The youngest imports that brought badges; their word is empty."""
    found = (
        sa.select(Badge.import_id, sa.literal(""), sa.func.count())
        .where(Badge.expo_id == expo.id, Badge.import_id.is_not(None))
        .group_by(Badge.import_id)
        .order_by(Badge.import_id.desc())
    )
    return [Group._make(row) for row in db.session.execute(found.limit(most))]


def groups_with_badges(expo: Expo, most: int = 50) -> list[Group]:
    """The largest groups that came with a leader, the leader counted in; their word is the leader's name."""
    leader = sa.orm.aliased(Badge)
    found = (
        sa.select(Badge.group_id, sa.func.min(leader.name), sa.func.count(sa.distinct(Badge.id)) + 1)
        .join(
            leader,
            sa.and_(
                leader.expo_id == expo.id,
                leader.holder_kind == Badge.holder_kind,
                leader.holder_id == Badge.group_id,
            ),
        )
        .where(Badge.expo_id == expo.id, Badge.group_id.is_not(None))
        .group_by(Badge.group_id)
        .order_by(sa.func.count(sa.distinct(Badge.id)).desc(), Badge.group_id)
    )
    return [Group._make(row) for row in db.session.execute(found.limit(most))]


def serials(expo: Expo, badge_ids: Collection[int]) -> dict[int, int]:
    """The serial numbers of those of these badges that are reserve badges."""
    found: dict[int, int] = {}
    for part in _parts(badge_ids):
        asked = sa.select(Reserve.badge_id, Reserve.serial).where(
            Reserve.expo_id == expo.id, Reserve.badge_id.in_(part)
        )
        found |= dict(db.session.execute(asked).all())
    return found


def last_serial(expo: Expo) -> int:
    """The highest serial number of a reserve badge of the fair, or 0."""
    return db.session.scalar(sa.select(sa.func.max(Reserve.serial)).where(Reserve.expo_id == expo.id)) or 0


def _which(expo: Expo, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found = [
        Badge.expo_id == expo.id,
        Badge.cancelled_at.is_(None),
        Badge.voided_at.is_(None),
        Badge.reserve.is_(wanted.reserve),
    ]
    if wanted.reserve:
        found.append(Badge.holder_id.is_(None))
    if wanted.class_key:
        named = sa.select(BadgeClass.id).where(
            BadgeClass.expo_id == expo.id, BadgeClass.key == wanted.class_key
        )
        found.append(Badge.class_id.in_(named))
    if wanted.import_id is not None:
        found.append(Badge.import_id == wanted.import_id)
    if wanted.group_id is not None:
        # The leader is one of the group.
        found.append(sa.or_(Badge.group_id == wanted.group_id, Badge.holder_id == wanted.group_id))
    if wanted.text:
        typed = parse(wanted.text)
        part = f"%{wanted.text.replace(_ESCAPE, _ESCAPE * 2).replace('%', _ESCAPE + '%').replace('_', _ESCAPE + '_')}%"
        words = [column.ilike(part, escape=_ESCAPE) for column in (Badge.name, Badge.company)]
        found.append(Badge.number == typed if typed is not None else sa.or_(*words))
    if wanted.printed is not None:
        found.append(Badge.prints > 0 if wanted.printed else Badge.prints == 0)
    return found


def badges_in_order(expo: Expo, badge_ids: Sequence[int]) -> list[Badge]:
    """The badges of this fair with these ids, in the given order; ids that are not there are left out."""
    found: dict[int, Badge] = {}
    for part in _parts(badge_ids):
        found |= {badge.id: badge for badge in db.session.scalars(_badges(expo).where(Badge.id.in_(part)))}
    return [found[badge_id] for badge_id in badge_ids if badge_id in found]


def print_run_of(expo: Expo, run_id: int) -> PrintRun | None:
    """The print run with this id, if it is this fair's."""
    return db.session.scalar(sa.select(PrintRun).where(PrintRun.expo_id == expo.id, PrintRun.id == run_id))


def print_runs(expo: Expo, most: int = 20) -> list[RunLine]:
    """The youngest print runs of the fair; the database counts their badges, which nobody reads here."""
    badges, files = (
        sa.func.json_array_length(column, type_=sa.Integer) for column in (PrintRun.badge_ids, PrintRun.parts)
    )
    found = sa.select(PrintRun.id, PrintRun.created_at, badges, files).where(PrintRun.expo_id == expo.id)
    rows = db.session.execute(found.order_by(PrintRun.id.desc()).limit(most))
    return [RunLine._make(row) for row in rows]


def key_in_force() -> KeyInForce | None:
    """The key that new badges are signed with."""
    row = db.session.execute(_KEY_IN_FORCE).first()
    return None if row is None else KeyInForce._make(row)


def keys_in_force() -> Sequence[SigningKey]:
    """The keys that are not retired, by number."""
    found = sa.select(SigningKey).where(SigningKey.retired_at.is_(None)).order_by(SigningKey.number)
    return db.session.scalars(found).all()


def highest_key_number() -> int:
    """The highest key number that was ever used, or -1."""
    highest = db.session.scalar(sa.select(sa.func.max(SigningKey.number)))
    return -1 if highest is None else highest


def public_keys() -> dict[int, bytes]:
    """The public half (32 raw bytes) of every key, retired ones too, by the number that stands in tokens."""
    found = sa.select(SigningKey.number, SigningKey.public_key)
    return dict(db.session.execute(found).all())


def _badges(expo: Expo) -> sa.Select[Badge]:
    return sa.select(Badge).where(Badge.expo_id == expo.id).options(joinedload(Badge.badge_class))


def _parts(values: Collection[int]) -> Iterator[list[int]]:
    waiting = iter(values)
    while part := list(islice(waiting, _MOST_VALUES)):
        yield part
