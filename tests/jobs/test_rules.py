"""When a job is tried again, how long it still takes, which steps are shown."""

from datetime import UTC, datetime, timedelta

import pytest

from exhibitions.jobs import rules

T = datetime(2026, 8, 19, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 5), (1, 5), (2, 20), (3, 80), (4, 320), (5, 600), (50, 600)]
)
def test_back_off(attempts: int, seconds: int) -> None:
    assert rules.wait_after(attempts) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("started", "done", "total", "left"),
    [
        (None, 5, 10, None),
        (T - timedelta(seconds=4.9), 5, 10, None),
        (T - timedelta(seconds=5), 5, 10, timedelta(seconds=5)),
        (T - timedelta(seconds=30), 10, 100, timedelta(seconds=270)),
        (T - timedelta(seconds=30), 0, 100, None),
        (T - timedelta(seconds=30), 100, 100, None),
        (T - timedelta(seconds=30), 5, 0, None),
    ],
)
def test_time_left_is_said_after_five_seconds(
    started: datetime | None, done: int, total: int, left: timedelta | None
) -> None:
    """ux.md §9."""
    assert rules.time_left(started, done, total, T) == left


@pytest.mark.parametrize(
    ("names", "now", "over", "states"),
    [
        (("a", "b", "c"), "b", False, ["done", "now", "todo"]),
        (("a", "b"), "", False, ["todo", "todo"]),
        (("a", "b"), "b", True, ["done", "done"]),
        (("a", "b"), "other", False, ["now"]),
        ((), "a", False, ["now"]),
        ((), "", False, []),
        ((), "", True, []),
    ],
)
def test_steps(names: tuple[str, ...], now: str, over: bool, states: list[str]) -> None:
    assert [step["state"] for step in rules.steps_of(names, now, over=over)] == states
