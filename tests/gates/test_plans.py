"""How SQLite finds the scans that are asked for. PostgreSQL chooses by its statistics, and is not looked at here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.gates.queries import lists, scans
from tests.gates.fair import GateFair


@contextmanager
def questions() -> Iterator[list[tuple[str, Any]]]:
    """The statements about scans that are executed meanwhile, with their values."""
    asked: list[tuple[str, Any]] = []

    def note(*call: Any) -> None:
        if "FROM scans" in call[2]:
            asked.append((call[2], call[3]))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


def plans(ask: Callable[[], object]) -> list[str]:
    """The steps by which the database answers what `ask` asks of scans."""
    with questions() as asked:
        ask()
    connection = db.session.connection()
    return [
        row[-1]
        for statement, values in asked
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    ]


def test_the_chiefs_lists_read_their_few_scans_only(fair: GateFair) -> None:
    """B6: among 120,000 scans the lists are found by the indexes of rare scans, without any statistics."""
    with fair.app.app_context():
        expo = db.session.get_one(Expo, fair.expo_id)
        for ask, wanted in (
            (lists.in_review, ["review"]),
            (lists.overridden, ["overridden"]),
            (lists.admitted_against_invalid, ["not_valid"]),
            (lists.counts, ["review", "overridden", "not_valid", "rehearsed"]),
        ):
            steps = " ".join(plans(lambda ask=ask: ask(expo)))  # type: ignore[misc]
            for name in wanted:
                assert f"INDEX ix_scans_{name} " in steps, (ask, steps)
            assert "SCAN scans" not in steps


def test_a_batch_reads_its_badges_and_never_the_whole_day(fair: GateFair) -> None:
    """The hot path: what a hundred badges did today is found by the badge."""
    with fair.app.app_context():
        connection = db.session.connection()
        steps = " ".join(
            plans(lambda: scans.days_of(connection, fair.expo_id, list(range(1, 101)), [fair.today]))
        )
    assert "ix_scans_badge_id_expo_id_day (badge_id=? AND expo_id=? AND day=?)" in steps
    assert "badge_days" in steps
    assert "SCAN" not in steps
