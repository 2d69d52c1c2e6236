"""The list of what is false since the freeze: filled by what changes stands, ticked by who makes the thing again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, NotFound, Refused
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import planning as people
from exhibitions.stands.models import MadeThing, Swap
from exhibitions.stands.queries import swaps as queries
from exhibitions.stands.queries.holding import frozen_at
from exhibitions.stands.rules.swaps import (
    Change,
    Made,
    NowFalse,
    Standing,
    Thing,
    is_frozen,
    now_false,
    numbers,
)

_P = ParamSpec("_P")
_T = TypeVar("_T")


@contextmanager
def listing_what_gets_false(
    expo: Expo,
    exhibitors: Sequence[Exhibitor],
    by: Actor,
    now: datetime,
    *,
    also: Sequence[Made] = (),
    of_entry: bool = False,
) -> Iterator[None]:
    """Around a change of these exhibitors' stands, or of their entries (`of_entry`, which have a freeze of their own):
    afterwards each thing that is false stands on the list.

    A thing that is on it already keeps what it says and gets the newer truth; one that is true again, because the stand
    came back, is taken off. `also` is what a room above knows to have been made, in place of what is guessed of it.
    """
    if not of_entry and not is_frozen(now, frozen_at(expo)):
        yield
        return
    ids = [each.id for each in exhibitors]
    before = queries.standings(expo, now, ids)
    yield
    db.session.flush()
    _list(expo, exhibitors, before, queries.standings(expo, now, ids), by, now, also)


def followed(deed: Callable[_P, _T]) -> Callable[_P, _T]:
    """A deed on the plan, of the fair and by the actor among its arguments, after which the list is right.

    It may change stands of anybody: numbers, areas, kinds, open sides of neighbours.
    """

    @wraps(deed)
    def with_list(*arguments: _P.args, **named: _P.kwargs) -> _T:
        given = (*arguments, *named.values())
        expo = next(each for each in given if isinstance(each, Expo))
        by = next(each for each in given if isinstance(each, Actor))
        now = clock.now()
        if not is_frozen(now, frozen_at(expo)):
            return deed(*arguments, **named)
        before = queries.standings(expo, now)
        result = deed(*arguments, **named)
        db.session.flush()
        after = queries.standings(expo, now)
        changed = [number for number in before | after if before.get(number) != after.get(number)]
        if changed:
            _list(expo, queries.exhibitors(expo, changed), before, after, by, now)
        return result

    return with_list


def _list(  # noqa: PLR0913 - what is compared, for whom and when.
    expo: Expo,
    exhibitors: Sequence[Exhibitor],
    before: Mapping[int, Standing],
    after: Mapping[int, Standing],
    by: Actor,
    now: datetime,
    also: Sequence[Made] = (),
) -> None:
    frozen, nothing = frozen_at(expo), Standing()
    changes = [
        Change(each.id, before.get(each.id, nothing), after.get(each.id, nothing), now) for each in exhibitors
    ]
    if not any(change.before != change.after for change in changes):
        return
    open_lines = queries.open_swaps(expo, [each.id for each in exhibitors])
    known = {(row.exhibitor_id, row.thing, row.reference): row for row in open_lines}
    made = queries.made(expo, exhibitors, frozen)
    told = {each.thing for each in also}
    for each, change in zip(exhibitors, changes, strict=True):
        things = [one for one in made[each.id] if one.thing not in told]
        for line in now_false(change, [*things, *also], frozen):
            owner = line.owner or each.user_id or (by.id if by.kind == "user" else None)
            _put(expo, each, line, known.get((each.id, line.thing.value, line.reference[:100])), owner, now)
    db.session.flush()


def _put(
    expo: Expo, exhibitor: Exhibitor, line: NowFalse, known: Swap | None, owner: int | None, now: datetime
) -> None:
    if known is None:
        _add(expo, exhibitor, line.thing, line.reference, (line.was, line.now), owner, now)
    elif known.before == line.now:
        db.session.delete(known)
    else:
        known.after = line.now


def _add(  # noqa: PLR0913 - the facts of one row.
    expo: Expo,
    exhibitor: Exhibitor,
    thing: Thing,
    reference: str,
    said: tuple[str, str],
    owner: int | None,
    now: datetime,
) -> None:
    db.session.add(
        Swap(
            expo_id=expo.id,
            exhibitor_id=exhibitor.id,
            thing=thing.value,
            reference=reference[:100],
            before=said[0],
            after=said[1],
            owner_id=owner,
            made_at=now,
        )
    )


def note_made(
    expo: Expo, thing: Thing, by: Actor, *, exhibitor: Exhibitor | None = None, reference: str = ""
) -> None:
    """Say that something with stand numbers in it is being printed or sent now: for rooms above, in their transaction.

    Made again, what it said before counts no more, and its open lines on the list are done.
    """
    now = clock.now()
    whose = (
        MadeThing.exhibitor_id == exhibitor.id if exhibitor is not None else MadeThing.exhibitor_id.is_(None)
    )
    found = sa.select(MadeThing).where(
        MadeThing.expo_id == expo.id,
        whose,
        MadeThing.thing == thing.value,
        MadeThing.reference == reference[:100],
    )
    row = db.session.scalar(found.limit(1))
    if row is None:
        row = MadeThing(
            expo_id=expo.id,
            exhibitor_id=exhibitor.id if exhibitor is not None else None,
            thing=thing.value,
            reference=reference[:100],
        )
        db.session.add(row)
    row.made_at = now
    row.owner_id = by.id if by.kind == "user" else row.owner_id
    lines = sa.select(Swap).where(Swap.expo_id == expo.id, Swap.thing == thing.value, Swap.done_at.is_(None))
    if exhibitor is not None:
        lines = lines.where(Swap.exhibitor_id == exhibitor.id, Swap.reference.in_(("", reference[:100])))
    for line in db.session.scalars(lines):
        line.done_at = now
        line.done_by = by.id if by.kind == "user" else None
    db.session.flush()


def tick(expo: Expo, swap_id: int, by: Actor, *, done: bool = True) -> Swap:
    """Say that a thing was made again, or that it was not after all; raises `NotFound` for another fair's line."""
    row = _line(expo, swap_id)
    if (row.done_at is not None) is done:
        return row
    row.done_at = clock.now() if done else None
    row.done_by = by.id if done and by.kind == "user" else None
    db.session.flush()
    _record("stands.swap_done" if done else "stands.swap_reopened", by, row)
    return row


def hand_over(expo: Expo, swap_id: int, user_id: int | None, by: Actor) -> Swap:
    """Say who sees to it that a thing is made again: somebody with a role in the fair, or nobody yet."""
    row = _line(expo, swap_id)
    if user_id is not None and user_id not in people.members(expo):
        raise Refused("owner_unknown", N_("This person has no role in the fair. Choose another one."))
    if row.owner_id != user_id:
        before, row.owner_id = row.owner_id, user_id
        db.session.flush()
        _record("stands.swap_owner", by, row, before={"owner": before}, after={"owner": user_id})
    return row


def _line(expo: Expo, swap_id: int) -> Swap:
    row = queries.swap_of(expo, swap_id)
    if row is None:
        raise NotFound("not_found", N_("This entry is not there any more."))
    return row


def _record(
    action: str,
    by: Actor = SYSTEM,
    row: Swap | None = None,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    if row is not None:
        audit.record(
            action,
            by,
            expo_id=row.expo_id,
            subject=("exhibitor", row.exhibitor_id),
            before=before,
            after={"thing": row.thing, "stand": numbers(row.after), **(after or {})},
        )
