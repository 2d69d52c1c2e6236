"""Named questions about the plan of tasks, the permit and the previews of a fair."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from exhibitions.accounts.models import User
from exhibitions.core.db import db
from exhibitions.expos.models import Expo, ExpoDay, Membership, Permit, Preview, Task, TaskFeed
from exhibitions.expos.queries import LARGEST_NUMBER
from exhibitions.expos.rules import DayKind
from exhibitions.expos.rules.feed import Scope
from exhibitions.expos.rules.permit import PermitFacts
from exhibitions.expos.rules.plan import SOON, TaskState
from exhibitions.expos.rules.setup import MOST_TASKS, TaskFacts

PAGE = 50
MOST_MEMBERS = 200
MOST_PREVIEWS = 50
SORTS = {
    "due": (Task.due, Task.id),
    "title": (Task.title_zh, Task.title_en, Task.id),
    "state": (Task.state, Task.due, Task.id),
}


@dataclass(frozen=True)
class WantedTasks:
    """Which tasks are asked for. `which` is open, late, done or all; `owner` a person's number, 0 for nobody's."""

    which: str = "open"
    owner: int | None = None
    sort: str = "due"
    page: int = 1


def opening(expo: Expo) -> date | None:
    """The first day on which visitors come, asked anew."""
    found = sa.select(sa.func.min(ExpoDay.date)).where(
        ExpoDay.expo_id == expo.id, ExpoDay.kind == DayKind.OPEN
    )
    return db.session.scalar(found)


def task_of(expo: Expo, task_id: int) -> Task | None:
    """The task with this number, if it is this fair's."""
    if task_id > LARGEST_NUMBER:
        return None
    return db.session.scalar(sa.select(Task).where(Task.expo_id == expo.id, Task.id == task_id))


def tasks_of(expo: Expo, numbers: Collection[int]) -> Sequence[Task]:
    """Those of the tasks with these numbers that are this fair's, by date; at most 300."""
    found = sa.select(Task).where(Task.expo_id == expo.id, Task.id.in_(numbers)).order_by(Task.due, Task.id)
    return db.session.scalars(found.limit(MOST_TASKS)).all()


def tasks(expo: Expo) -> Sequence[Task]:
    """Every task of the fair by date; there are at most 300."""
    found = sa.select(Task).where(Task.expo_id == expo.id).order_by(Task.due, Task.id)
    return db.session.scalars(found.limit(MOST_TASKS)).all()


def count_tasks(expo: Expo) -> int:
    """How many tasks the fair has."""
    return db.session.scalar(sa.select(sa.func.count(Task.id)).where(Task.expo_id == expo.id)) or 0


def some_tasks(expo: Expo, wanted: WantedTasks, today: date) -> tuple[Sequence[Task], int]:
    """A page of 50 of the tasks that are asked for, and how many there are in all."""
    which = _which(expo, wanted, today)
    found = sa.select(Task).where(*which).order_by(*_order(wanted))
    total = db.session.scalar(sa.select(sa.func.count(Task.id)).where(*which)) or 0
    return db.session.scalars(found.limit(PAGE).offset((wanted.page - 1) * PAGE)).all(), total


def matching_tasks(expo: Expo, wanted: WantedTasks, today: date) -> Sequence[Task]:
    """All the tasks that are asked for, on whatever page; at most 300."""
    found = sa.select(Task).where(*_which(expo, wanted, today)).order_by(*_order(wanted))
    return db.session.scalars(found.limit(MOST_TASKS)).all()


def _order(wanted: WantedTasks) -> list[sa.UnaryExpression[Any]]:
    columns = SORTS[wanted.sort.removeprefix("-")]
    return [column.desc() if wanted.sort.startswith("-") else column.asc() for column in columns]


def _which(expo: Expo, wanted: WantedTasks, today: date) -> list[sa.ColumnElement[bool]]:
    is_done = Task.state == TaskState.DONE
    kinds = {"open": [~is_done], "late": [~is_done, Task.due < today], "done": [is_done], "all": []}
    owner = [Task.user_id == (wanted.owner or None)] if wanted.owner is not None else []
    return [Task.expo_id == expo.id, *kinds[wanted.which], *owner]


def pressing_tasks(expo: Expo, today: date) -> Sequence[Task]:
    """The open tasks that are late or due within seven days, the latest first; at most 300."""
    found = sa.select(Task).where(
        Task.expo_id == expo.id, Task.state != TaskState.DONE, Task.due <= today + SOON
    )
    return db.session.scalars(found.order_by(Task.due, Task.id).limit(MOST_TASKS)).all()


def templates_taken(expo: Expo) -> frozenset[str]:
    """The entries of the usual list that the fair's plan has already."""
    return frozenset(db.session.scalars(sa.select(Task.template).where(Task.expo_id == expo.id)))


def task_facts(task: Task) -> TaskFacts:
    """A task as values: a counted one without its date, one with a date of its own with it."""
    own = task.due if task.days_before is None else None
    names = ("title_zh", "title_en", "note", "template", "days_before")
    return TaskFacts(due=own, **{name: getattr(task, name) for name in names})


def members(expo: Expo) -> dict[int, str]:
    """The people who have a role in the fair and may sign in, by name; at most 200."""
    here = sa.select(Membership.user_id).where(Membership.expo_id == expo.id)
    found = sa.select(User.id, User.name).where(User.id.in_(here), User.disabled_at.is_(None))
    return dict(db.session.execute(found.order_by(User.name, User.id).limit(MOST_MEMBERS)).all())


def feeds(expo: Expo, user_id: int) -> dict[Scope, TaskFeed]:
    """The person's calendars of this fair that have a live link."""
    found = sa.select(TaskFeed).where(
        TaskFeed.expo_id == expo.id, TaskFeed.user_id == user_id, TaskFeed.linked_at.is_not(None)
    )
    return {feed.scope: feed for feed in db.session.scalars(found)}


def feed_of(expo: Expo, user_id: int, scope: Scope) -> TaskFeed | None:
    """The person's calendar of this kind, with a link or without."""
    found = sa.select(TaskFeed).where(TaskFeed.expo_id == expo.id, TaskFeed.user_id == user_id)
    return db.session.scalar(found.where(TaskFeed.scope == scope))


def live_feed(expo: Expo, feed_id: int) -> TaskFeed | None:
    """The calendar with this number while its person still works on the fair and may sign in."""
    found = (
        sa.select(TaskFeed)
        .join(User, User.id == TaskFeed.user_id)
        .where(TaskFeed.expo_id == expo.id, TaskFeed.id == feed_id, User.disabled_at.is_(None))
    )
    return db.session.scalar(found)


def feed_tasks(feed: TaskFeed) -> Sequence[Task]:
    """The tasks of a calendar by date, at most 300."""
    found = sa.select(Task).where(Task.expo_id == feed.expo_id)
    if feed.scope is Scope.MINE:
        found = found.where(Task.user_id == feed.user_id)
    return db.session.scalars(found.order_by(Task.due, Task.id).limit(MOST_TASKS)).all()


def permit(expo: Expo) -> Permit | None:
    """The fair's permit, if anything was entered."""
    return db.session.scalar(sa.select(Permit).where(Permit.expo_id == expo.id))


def permit_facts(expo: Expo) -> PermitFacts:
    """What is known of the permit, as values."""
    row = permit(expo)
    if row is None:
        return PermitFacts()
    return PermitFacts(**{name: getattr(row, name) for name in PermitFacts.__struct_fields__})


def previews(expo: Expo, now: datetime) -> Sequence[Preview]:
    """The live previews, the youngest first, at most 50."""
    found = sa.select(Preview).where(*_live(expo, now)).order_by(Preview.id.desc())
    return db.session.scalars(found.limit(MOST_PREVIEWS)).all()


def count_previews(expo: Expo, now: datetime) -> int:
    """How many live previews there are."""
    return db.session.scalar(sa.select(sa.func.count(Preview.id)).where(*_live(expo, now))) or 0


def _live(expo: Expo, now: datetime) -> list[sa.ColumnElement[bool]]:
    return [Preview.expo_id == expo.id, Preview.revoked_at.is_(None), Preview.expires_at > now]


def preview_of(expo: Expo, preview_id: int) -> Preview | None:
    """The preview with this number, if it is this fair's."""
    if preview_id > LARGEST_NUMBER:
        return None
    return db.session.scalar(sa.select(Preview).where(Preview.expo_id == expo.id, Preview.id == preview_id))
