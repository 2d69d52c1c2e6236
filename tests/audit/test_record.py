"""P12: each action leaves one row that nobody changes. P18: erased people stay as a number."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from exhibitions.audit import queries, service
from exhibitions.audit.models import Entry, PersonKey
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db, transaction
from tests.engines import both_engines
from tests.jobs.failing import undone

pytestmark = both_engines

ALICE = Actor("user", 7, "Alice Wang")
CANARY = "canary-王敏-13800138000"


def record_change() -> None:
    with transaction():
        service.record(
            "visitors.corrected",
            ALICE,
            expo_id=3,
            subject=("visitor", 12),
            before={"name": CANARY, "region": "CN-21"},
            after={"name": "王明", "region": "KR"},
            personal=frozenset({"name"}),
            reason="asked at the desk",
        )


def one() -> service.Readable:
    return service.readable(queries.entries(None))[0]


def test_an_entry_says_who_what_and_before_and_after(app: Flask) -> None:
    with app.app_context():
        record_change()
    with app.app_context():
        row = one()
        assert (row.action, row.actor_kind, row.actor_id, row.actor_name) == (
            "visitors.corrected",
            "user",
            7,
            "Alice Wang",
        )
        assert (row.expo_id, row.subject_kind, row.subject_id, row.reason) == (
            3,
            "visitor",
            12,
            "asked at the desk",
        )
        assert row.before == {"name": CANARY, "region": "CN-21"}
        assert row.after == {"name": "王明", "region": "KR"}


def test_personal_values_and_the_doers_name_are_sealed_in_the_table(app: Flask) -> None:
    with app.app_context():
        record_change()
        stored = db.session.scalars(sa.select(Entry)).one()
        text = json.dumps([stored.before, stored.after], ensure_ascii=False)
        assert CANARY not in text
        assert "王明" not in text
        assert stored.before is not None
        assert stored.before["region"] == "CN-21"
        assert b"Alice" not in (stored.actor_name or b"")
        key = db.session.scalars(sa.select(PersonKey).where(PersonKey.kind == "visitor")).one()
        assert len(key.sealed_key or b"") == 12 + 32 + 16


def test_an_erased_person_is_unreadable_and_the_entry_stays(app: Flask) -> None:
    """P9, P18."""
    with app.app_context():
        record_change()
        with transaction():
            service.erase_person_key("visitor", 12)
            service.erase_person_key("user", 7)
    with app.app_context():
        row = one()
        assert row.before == {"name": None, "region": "CN-21"}
        assert row.after == {"name": None, "region": "KR"}
        assert row.actor_name is None
        assert row.actor_id == 7
        assert queries.count(None) == 1


def test_what_is_recorded_after_the_erasure_is_not_kept(app: Flask) -> None:
    """P9: a late entry about an erased person brings nothing back."""
    with app.app_context():
        with transaction():
            service.erase_person_key("visitor", 12)
        record_change()
        assert one().before == {"name": None, "region": "CN-21"}
        stored = db.session.scalars(sa.select(Entry)).one()
        assert stored.before == {"name": {"erased": True}, "region": "CN-21"}


def test_erasing_twice_and_a_stranger_is_no_error(app: Flask) -> None:
    with app.app_context():
        record_change()
        for _ in range(2):
            with transaction():
                service.erase_person_key("visitor", 12)
        first = db.session.get_one(PersonKey, ("visitor", 12)).erased_at
        with transaction():
            service.erase_person_key("visitor", 12)
        assert db.session.get_one(PersonKey, ("visitor", 12)).erased_at == first


def test_one_key_a_person(app: Flask) -> None:
    with app.app_context():
        record_change()
        record_change()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(PersonKey)) == 2


def test_an_entry_is_lost_with_its_transaction(app: Flask) -> None:
    with app.app_context():
        undone(lambda: service.record("visitors.cancelled", SYSTEM))
        assert queries.count(None) == 0


def test_outside_a_transaction_it_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="transaction"):
        service.record("visitors.cancelled", SYSTEM)


def test_personal_fields_need_a_subject(app: Flask) -> None:
    with app.app_context(), pytest.raises(ValueError, match="subject"), transaction():
        service.record("visitors.cancelled", SYSTEM, after={"name": "x"}, personal=frozenset({"name"}))


def test_values_of_every_kind_are_kept(app: Flask) -> None:
    with app.app_context():
        with transaction():
            service.record(
                "x.y",
                SYSTEM,
                after={
                    "at": datetime(2026, 1, 2, 3, tzinfo=UTC),
                    "day": date(2026, 1, 2),
                    "sum": Decimal("1.50"),
                },
            )
        assert one().after == {"at": "2026-01-02T03:00:00+00:00", "day": "2026-01-02", "sum": "1.50"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET action = 'x'",
        "DELETE FROM audit_entries",
        "DELETE FROM audit_entries WHERE id = 1",
    ],
)
def test_the_database_refuses_changes(app: Flask, statement: str) -> None:
    """P12: UPDATE and DELETE on the table are refused, whoever asks."""
    with app.app_context():
        record_change()
        with pytest.raises(DBAPIError, match="audit entries are never"), transaction() as session:
            session.execute(sa.text(statement))
        assert queries.count(None) == 1
        assert one().action == "visitors.corrected"


def test_the_database_refuses_to_replace_or_empty(app: Flask) -> None:
    with app.app_context():
        record_change()
        number = one().id
        statement = (
            "REPLACE INTO audit_entries (id, at, action, actor_kind, reason) VALUES (:id, '2026-01-01', 'x', 'y', '')"
            if db.engine.dialect.name == "sqlite"
            else "TRUNCATE audit_entries"
        )
        with pytest.raises(DBAPIError, match="audit entries are never"), transaction() as session:
            session.execute(sa.text(statement), {"id": number})
        assert one().action == "visitors.corrected"


def test_entries_are_narrowed_by_fair_action_actor_subject_and_time(app: Flask) -> None:
    with app.app_context():
        with transaction():
            service.record("visitors.exported", ALICE, expo_id=1, subject=("file", 1))
            service.record("visitors.viewed", ALICE, expo_id=2, subject=("visitor", 5))
            service.record("expos.published", SYSTEM, expo_id=1)
        wanted = queries.Wanted

        def actions(expo_id: int | None, what: queries.Wanted) -> list[str]:
            return [row.action for row in queries.entries(expo_id, what)]

        assert actions(None, wanted()) == ["expos.published", "visitors.viewed", "visitors.exported"]
        assert actions(1, wanted()) == ["expos.published", "visitors.exported"]
        assert actions(None, wanted(action="visitors.")) == ["visitors.viewed", "visitors.exported"]
        assert actions(None, wanted(action="visitors_")) == []
        assert actions(None, wanted(actor=("user", 7))) == ["visitors.viewed", "visitors.exported"]
        assert actions(None, wanted(actor=("system", None))) == ["expos.published"]
        assert actions(None, wanted(subject=("visitor", 5))) == ["visitors.viewed"]
        assert actions(None, wanted(since=datetime(2199, 1, 1, tzinfo=UTC))) == []
        assert actions(None, wanted(until=datetime(2000, 1, 1, tzinfo=UTC))) == []
        assert queries.actions(1) == ["expos.published", "visitors.exported"]
        assert [row.action for row in queries.entries(None, offset=1, limit=1)] == ["visitors.viewed"]
