"""When a payer is reminded: before the day, on it, and after it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

BEFORE, ON_THE_DAY, LATE_7, LATE_14, LATE_30 = -7, 0, 7, 14, 30
STEPS = (BEFORE, ON_THE_DAY, LATE_7, LATE_14, LATE_30)
"""Days after the due day on which a reminder goes out; negative ones before it."""


def step_of(due_on: date, today: date, steps: Sequence[int] = STEPS) -> int | None:
    """The last step whose day has come; None before the first."""
    return max((step for step in steps if today >= due_on + timedelta(days=step)), default=None)


def to_send(
    due_on: date,
    open_amount: int,
    agreed_on: date,
    today: date,
    sent: Collection[int],
    steps: Sequence[int] = STEPS,
) -> int | None:
    """The step whose reminder goes out today; None for none.

    Nothing when nothing is open. Of steps that were missed (the server was off, the order came late) only the last
    one is sent, never several at once, and none that is earlier than one already sent. An order that was made within
    the days before its due day is not reminded of it before: its confirmation said so.
    """
    step = step_of(due_on, today, steps)
    if step is None or open_amount <= 0 or step <= max(sent, default=step - 1):
        return None
    if step < 0 and agreed_on >= due_on + timedelta(days=step):
        return None
    return step


def is_late(step: int) -> bool:
    """Whether the step's letter speaks of a day that has gone."""
    return step > 0
