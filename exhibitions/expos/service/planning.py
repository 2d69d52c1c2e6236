"""The plan of a fair: its tasks, the calendars made of them, its permit."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date

from exhibitions.accounts import service as accounts
from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Forbidden, NotFound, Refused
from exhibitions.expos.models import Expo, Permit, Task, TaskFeed
from exhibitions.expos.queries import planning as queries
from exhibitions.expos.rules import plan
from exhibitions.expos.rules.feed import Scope
from exhibitions.expos.rules.permit import PermitFacts, check_permit
from exhibitions.expos.rules.plan import TaskState
from exhibitions.expos.rules.setup import MOST_TASKS, TaskFacts
from exhibitions.expos.service.changes import assign, flush

LINK = "tasks"
"""The kind of personal link that opens a calendar of tasks."""


def save_task(
    expo: Expo,
    task_id: int | None,
    facts: TaskFacts,
    by: Actor = SYSTEM,
    *,
    user_id: int | None = None,
    state: TaskState | None = None,
) -> Task:
    """Add a task, or change the fair's task with this number.

    `user_id` is who does it, a member of the fair; somebody who has left it may keep a task, but gets no new one.
    Raises `Refused` for a task without title or date and for a person who is no member, `NotFound` for another fair's.
    """
    plan.check_task(facts)
    task = _row(expo, task_id)
    if user_id is not None and user_id != task.user_id and user_id not in queries.members(expo):
        raise Refused("owner_unknown", N_("This person has no role in the fair. Choose another one."))
    names = ("title_zh", "title_en", "note", "template", "days_before")
    values: dict[str, object] = {name: getattr(facts, name) for name in names}
    values |= {"due": plan.due_on(facts, queries.opening(expo)), "user_id": user_id}
    values |= _state(task, state or task.state)
    return _change(expo, task, values, by, "expos.task_added" if task_id is None else "expos.task_changed")


def _row(expo: Expo, task_id: int | None) -> Task:
    if task_id is not None:
        task = queries.task_of(expo, task_id)
        if task is None:
            raise NotFound("not_found", N_("This entry is not there any more."))
        return task
    if queries.count_tasks(expo) >= MOST_TASKS:
        raise Refused("too_many_parts", N_("A list holds at most %(most)s entries."), most=MOST_TASKS)
    return Task(expo_id=expo.id, uid=str(uuid.uuid4()), sequence=0, state=TaskState.TODO)


def _state(task: Task, state: TaskState) -> dict[str, object]:
    if state is task.state:
        return {}
    return {"state": state, "done_at": clock.now() if state is TaskState.DONE else None}


def _change(expo: Expo, task: Task, values: dict[str, object], by: Actor, action: str) -> Task:
    is_new = task.id is None
    before, after = assign(task, values)
    if not after and not is_new:
        return task
    task.changed_at = clock.now()
    if not is_new:
        task.sequence += 1
    db.session.add(task)
    db.session.flush()
    # That somebody has a task is told by the number of the account, never by the name.
    audit.record(
        action,
        by,
        expo_id=expo.id,
        subject=("task", task.id),
        before=None if is_new else before,
        after=after,
    )
    return task


def finish_task(expo: Expo, task_id: int, by: Actor, *, done: bool, may_edit: bool) -> Task:
    """Say that a task is done, or that it is not after all; raises `Forbidden` for who neither does nor plans it."""
    task = _row(expo, task_id)
    if not plan.may_finish(task, by.id if by.kind == "user" else None, may_edit=may_edit):
        raise Forbidden(
            "task_of_another", N_("This is somebody else's task. Who plans the fair can change it.")
        )
    state = TaskState.DONE if done else TaskState.TODO
    return _change(expo, task, _state(task, state), by, "expos.task_done" if done else "expos.task_reopened")


def finish_tasks(expo: Expo, task_ids: Collection[int], by: Actor, *, done: bool) -> int:
    """Say of many at once that they are done, or are not after all; gives how many that changed.

    For who plans the fair. Numbers that are not the fair's are passed over.
    """
    state, action = (TaskState.DONE, "expos.task_done") if done else (TaskState.TODO, "expos.task_reopened")
    found = [task for task in queries.tasks_of(expo, task_ids) if (task.state is TaskState.DONE) is not done]
    for task in found:
        _change(expo, task, _state(task, state), by, action)
    return len(found)


def hand_over(expo: Expo, task_ids: Collection[int], user_id: int | None, by: Actor) -> int:
    """Give many tasks to a member of the fair, or to nobody yet; says how many had been somebody else's.

    Raises `Refused` for a person who is no member. Numbers that are not the fair's are passed over.
    """
    if user_id is not None and user_id not in queries.members(expo):
        raise Refused("owner_unknown", N_("This person has no role in the fair. Choose another one."))
    found = [task for task in queries.tasks_of(expo, task_ids) if task.user_id != user_id]
    for task in found:
        _change(expo, task, {"user_id": user_id}, by, "expos.task_changed")
    return len(found)


def remove_task(expo: Expo, task_id: int, by: Actor = SYSTEM) -> None:
    """Take a task out of the plan; raises `NotFound` for another fair's."""
    task = _row(expo, task_id)
    before: dict[str, object] = {"title_zh": task.title_zh, "title_en": task.title_en, "due": task.due}
    audit.record(
        "expos.task_removed", by, expo_id=expo.id, subject=("task", task.id), before=before, after=None
    )
    db.session.delete(task)
    db.session.flush()


def add_usual_tasks(expo: Expo, keys: Collection[str], by: Actor = SYSTEM) -> int:
    """Begin the chosen entries of the usual list that the plan does not have yet; says how many that were.

    Raises `Refused` while no day for visitors is known, from which their dates are counted.
    """
    wanted = [
        each for each in plan.templates_for(expo.country, queries.templates_taken(expo)) if each.key in keys
    ]
    for each in wanted:
        save_task(expo, None, each.facts(), by)
    return len(wanted)


def recount(expo: Expo, by: Actor = SYSTEM) -> int:
    """Count the dates of open tasks anew from the opening as it is now; dates of their own stay. Says how many moved."""
    found = plan.moved(queries.tasks(expo), queries.opening(expo))
    for each in found:
        each.task.due = each.becomes
        each.task.sequence += 1
        each.task.changed_at = clock.now()
    if found:
        dates: dict[str, object] = {"tasks": len(found), "opening": _iso(queries.opening(expo))}
        audit.record(
            "expos.tasks_recounted", by, expo_id=expo.id, subject=("expo", expo.id), before=None, after=dates
        )
    return len(found)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def open_feed(expo: Expo, user_id: int, scope: Scope, language: str, by: Actor) -> str:
    """A calendar of the person's tasks, or of all; gives the token of its link. An earlier link of the same ends."""
    feed = queries.feed_of(expo, user_id, scope)
    if feed is None:
        feed = TaskFeed(expo_id=expo.id, user_id=user_id, scope=scope)
        db.session.add(feed)
    feed.language, feed.linked_at = language, clock.now()
    flush(Conflict("feed_twice", N_("The link was made a moment ago. Please try again.")))
    accounts.revoke_links(LINK, feed.id)
    _tell_feed(expo, feed, "expos.feed_opened", by)
    return accounts.mint_link(LINK, feed.id, expo_id=expo.id)


def close_feed(expo: Expo, user_id: int, scope: Scope, by: Actor) -> None:
    """Take the link of a calendar back; where there is none, nothing happens."""
    feed = queries.feed_of(expo, user_id, scope)
    if feed is not None and feed.linked_at is not None:
        feed.linked_at = None
        accounts.revoke_links(LINK, feed.id)
        _tell_feed(expo, feed, "expos.feed_closed", by)


def _tell_feed(expo: Expo, feed: TaskFeed, action: str, by: Actor) -> None:
    whose = ("user", feed.user_id)
    audit.record(action, by, expo_id=expo.id, subject=whose, before=None, after={"scope": feed.scope.value})


def save_permit(expo: Expo, facts: PermitFacts, by: Actor = SYSTEM) -> None:
    """Keep what is known of the permit; raises `Refused` for a number without the persons that it permits."""
    check_permit(facts)
    row = queries.permit(expo) or Permit(expo_id=expo.id, number="", authority="", persons=None, turn_up=0)
    before, after = assign(row, {name: getattr(facts, name) for name in facts.__struct_fields__})
    if not after:
        return
    db.session.add(row)
    flush(
        Conflict("permit_twice", N_("Somebody else has entered the permit a moment ago. Look at it first."))
    )
    audit.record(
        "expos.permit_changed", by, expo_id=expo.id, subject=("expo", expo.id), before=before, after=after
    )
