"""Who stands still, which steps are late, and what a talk changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from exhibitions.core.errors import Refused
from exhibitions.exhibitors.rules.recruiting import (
    Talk,
    check_talk,
    is_late,
    is_stuck,
    state_after_talk,
)
from exhibitions.exhibitors.rules.states import State

NOW = datetime(2026, 3, 15, 9, tzinfo=UTC)
TALK = Talk(NOW, "phone", "王敏", "要两个标展")


def test_more_than_fourteen_days_in_a_moving_stage_are_too_long() -> None:
    """ux.md §10."""
    since = NOW - timedelta(days=14)
    assert not is_stuck(State.CONTACTED, since, NOW)
    assert is_stuck(State.CONTACTED, since - timedelta(seconds=1), NOW)
    assert not is_stuck(State.PAID, since - timedelta(days=90), NOW)


def test_the_day_of_a_step_is_not_late() -> None:
    today = date(2026, 3, 15)
    assert [is_late(day, today) for day in (None, today, date(2026, 3, 14))] == [False, False, True]


@pytest.mark.parametrize(
    ("talk", "code"),
    [
        (replace(TALK, text=""), "talk_empty"),
        (replace(TALK, way="pigeon"), "way_unknown"),
        (replace(TALK, at=NOW + timedelta(minutes=5, seconds=1)), "talk_ahead"),
    ],
)
def test_a_talk_has_words_a_way_and_has_taken_place(talk: Talk, code: str) -> None:
    check_talk(replace(TALK, at=NOW + timedelta(minutes=5)), NOW)
    with pytest.raises(Refused, match=code):
        check_talk(talk, NOW)


def test_who_was_talked_to_is_contacted() -> None:
    assert state_after_talk(State.PROSPECT) is State.CONTACTED
    assert state_after_talk(State.INTERESTED) is State.INTERESTED
