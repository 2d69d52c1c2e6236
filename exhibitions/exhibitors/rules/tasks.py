"""The duties of an exhibitor, each with a due date and one of four states (ux.md E4)."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


class TaskState(enum.StrEnum):
    """What the exhibitor reads beside a duty."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    LATE = "late"


ORDER = (
    "application",
    "stand",
    "contract",
    "deposit",
    "balance",
    "fascia",
    "directory",
    "badges",
    "build_up",
    "services",
    "award",
    "figures",
)
"""The duties in the order in which a fair asks for them."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of a duty. `due` is the last good day, None where there is none; `waiting` is on the office."""

    key: str
    due: date | None = None
    started: bool = False
    done: bool = False
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """A duty with its state."""

    key: str
    state: TaskState
    due: date | None
    waiting: bool


def state_of(fact: Fact, today: date) -> TaskState:
    """Done is done, however late. The due day itself still counts: late is the day after, unless the office has the turn."""
    if fact.done:
        return TaskState.DONE
    if fact.due is not None and today > fact.due and not fact.waiting:
        return TaskState.LATE
    return TaskState.IN_PROGRESS if fact.started else TaskState.NOT_STARTED


def tasks(facts: Iterable[Fact], today: date) -> list[Task]:
    """The duties by due date, those without one behind, equal ones in the order of `ORDER`."""
    ordered = sorted(facts, key=lambda fact: (fact.due is None, fact.due or date.max, ORDER.index(fact.key)))
    return [Task(fact.key, state_of(fact, today), fact.due, fact.waiting) for fact in ordered]


def next_task(listed: Sequence[Task]) -> Task | None:
    """The main action: the first duty that is open and not the office's turn; None when nothing is to do."""
    return next((one for one in listed if one.state is not TaskState.DONE and not one.waiting), None)
