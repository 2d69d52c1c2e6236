"""A3: the audit stays quick with very many entries: every question of the page finds its way by an index."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.audit import queries, service
from exhibitions.audit.models import Entry
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db, transaction
from tests.engines import both_engines
from tests.people import People

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def plan(app: Flask, question: sa.Select[Entry]) -> str:
    with app.app_context():
        text = str(question.compile(db.engine, compile_kwargs={"literal_binds": True}))
        return " ".join(str(row) for row in db.session.execute(sa.text(f"EXPLAIN QUERY PLAN {text}")))


@pytest.mark.parametrize(
    ("expo_id", "wanted"),
    [
        (1, queries.Wanted()),
        (1, queries.Wanted(action="visitors.unmasked")),
        (None, queries.Wanted(action="visitors.unmasked")),
        (None, queries.Wanted(actor=("user", 3))),
        (1, queries.Wanted(subject=("visitor", 3))),
        (None, queries.Wanted(since=MOMENT)),
    ],
)
def test_a_page_of_a_million_entries_is_found_by_an_index(
    app: Flask, expo_id: int | None, wanted: queries.Wanted
) -> None:
    question = sa.select(Entry).where(*queries._narrowed(expo_id, wanted))
    found = plan(app, question.order_by(Entry.at.desc(), Entry.id.desc()).limit(50))
    assert "USING INDEX" in found
    if wanted.subject is None:
        assert "TEMP B-TREE FOR ORDER BY" not in found


@both_engines
def test_what_may_be_chosen_is_found_without_reading_all(app: Flask) -> None:
    with app.app_context():
        with transaction():
            for number in (1, 2, 2, 3):
                service.record(f"visitors.a{number}", Actor("user", number, f"N{number}"), expo_id=number)
            service.record("gates.x", SYSTEM, expo_id=3)
            service.record("visitors.a1", Actor("user", 1, "New name"), expo_id=1)
        assert queries.actions(None) == ["gates.x", "visitors.a1", "visitors.a2", "visitors.a3"]
        assert queries.actions(3) == ["gates.x", "visitors.a3"]
        assert queries.actions(9) == []
        assert service.actors(None) == {1: "New name", 2: "N2", 3: "N3"}
        assert service.actors(2) == {2: "N2"}
        assert service.actors(9) == {}
        with transaction():
            service.erase_person_key("user", 2)
        assert service.actors(2) == {2: ""}
        everything = [row.id for rows in queries.every(None, queries.Wanted(), 2) for row in rows]
        assert len(everything) == queries.count(None) == 6


def test_the_count_ends(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        with transaction():
            for _ in range(5):
                service.record("visitors.x", SYSTEM)
        monkeypatch.setattr(queries, "MOST_COUNTED", 3)
        assert queries.count(None) == 4


def test_p12_the_export_of_the_audit_is_an_entry_itself_and_runs_nothing(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        service.record("visitors.exported", Actor("user", 1, "=cmd()"), expo_id=1, reason="@lunch")
        service.record("gates.paired", SYSTEM, expo_id=1)
    url = "/desk/8th/audit/export?action=visitors.exported&lang=en"
    assert people.alice.post(url, data={"reason": " "}).status_code == 422
    answer = people.alice.post(url, data={"reason": "yearly check"})
    assert answer.content_type.startswith("text/csv")
    assert "'=cmd()" in answer.text
    assert "'@lunch" in answer.text
    assert "Device paired" not in answer.text
    with app.app_context():
        (entry,) = service.readable(queries.entries(1, queries.Wanted(action="audit.exported")))
        assert (entry.after, entry.reason) == ({"rows": 1}, "yearly check")
    assert people.bob.post(url, data={"reason": "x"}).status_code == 403
    assert people.alice.post("/desk/audit/export", data={"reason": "x"}).status_code == 403


def test_filters_by_person_and_thing(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        service.record("visitors.unmasked", Actor("user", 77, "Emma"), expo_id=1, subject=("visitor", 5))
        service.record("visitors.unmasked", Actor("user", 78, "Fred"), expo_id=1, subject=("visitor", 6))
    for query, there, gone in (
        ("who=77", "Visitor 5", "Visitor 6"),
        ("kind=visitor&number=6", "Visitor 6", "Visitor 5"),
        ("who=78&kind=visitor", "Visitor 6", "Visitor 5"),
    ):
        page = people.alice.get(f"/desk/8th/audit?{query}&lang=en").text.partition("<tbody>")[2]
        assert there in page
        assert gone not in page
    page = people.alice.get("/desk/8th/audit?lang=en").text
    assert '<option value="77">Emma</option>' in " ".join(page.split())
