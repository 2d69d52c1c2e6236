"""The same done to many registrations: at once for a page of them, as a job for thousands."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from exhibitions.badges import queries as badge_queries
from exhibitions.badges.models import BadgeClass
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.jobs import service as jobs
from exhibitions.jobs.models import Job
from exhibitions.visitors.models import Registration
from exhibitions.visitors.rules.registration import ALIVE, State
from exhibitions.visitors.service import registration as one
from exhibitions.visitors.service.registering import Person

DECIDE = "visitors.bulk"
AT_ONCE = 200
"""So many are done while the page waits; more are a job."""
SELECTION = "visitors.selection"
"""The purpose of a file that holds the ids of who was selected: a job's arguments hold no such lists."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be done: approve, refuse, cancel or class; why, in words for the record; and the new class's key."""

    action: str
    reason: str = ""
    class_key: str = ""


def do(expo: Expo, deed: Deed, ids: Sequence[int], by: Actor) -> int:
    """Do it to those of these registrations that it fits, inside the caller's transaction; gives their number.

    Who is not waiting is neither approved nor refused, who is not alive neither cancelled nor moved: done twice, it changes
    nothing.
    """
    theirs = sa.select(Registration).where(Registration.expo_id == expo.id, Registration.id.in_(ids))
    # Of two who decide at once the second one finds them decided, and changes nothing.
    locked = theirs.order_by(Registration.id).with_for_update(of=Registration)
    people = db.session.scalars(locked.execution_options(populate_existing=True)).all()
    change = _DEEDS[deed.action]
    target = badge_queries.class_by_key(expo, deed.class_key) if deed.class_key else None
    return sum(change(expo, person, deed, target, by) for person in people)


def ask(expo: Expo, deed: Deed, ids: Sequence[int], by: Actor) -> Job:
    """Have it done in the background, inside the caller's transaction. The same wish while it is open is a second click."""
    kept = files.keep_selection(SELECTION, expo.id, ids, by, {"deed": asdict(deed)})
    same = hashlib.sha256(repr((deed, sorted(ids))).encode()).hexdigest()[:32]
    key = f"{expo.id}/{same}"
    return jobs.enqueue(DECIDE, key, {"file_id": kept}, expo_id=expo.id, actor=by)


def _approve(expo: Expo, person: Registration, _: Deed, __: BadgeClass | None, by: Actor) -> bool:
    if person.state is not State.WAITING:
        return False
    one.approve(expo, person, by)
    return True


def _refuse(expo: Expo, person: Registration, deed: Deed, _: BadgeClass | None, by: Actor) -> bool:
    if person.state is not State.WAITING:
        return False
    one.refuse(expo, person, by, deed.reason)
    return True


def _cancel(expo: Expo, person: Registration, deed: Deed, _: BadgeClass | None, by: Actor) -> bool:
    if person.state not in ALIVE:
        return False
    one.cancel(expo, person, by, deed.reason)
    return True


def _move(expo: Expo, person: Registration, _: Deed, target: BadgeClass | None, by: Actor) -> bool:
    if person.state not in ALIVE or target is None or person.class_id == target.id:
        return False
    one.correct(expo, person, Person.of(person), target, by)
    return True


_DEEDS: dict[str, Callable[[Expo, Registration, Deed, BadgeClass | None, Actor], bool]] = {
    "approve": _approve,
    "refuse": _refuse,
    "cancel": _cancel,
    "class": _move,
}
DEEDS = frozenset(_DEEDS)
