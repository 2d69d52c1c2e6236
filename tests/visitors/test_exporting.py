"""P13, O6: what an export asks of the database: only what was chosen, and as often for many people as for few."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from exhibitions.core.db import db, transaction
from exhibitions.visitors import queries
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import Filters, listing
from exhibitions.visitors.rules.exporting import HEADINGS
from tests.asked import counted
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People
from tests.visitors.registering import add, fair

LIST = "/desk/8th/visitors"


def _csv(people: People, *columns: str) -> list[str]:
    data = {"format": "csv", "reason": "x", "columns": list(columns)}
    answer = people.alice.post(f"{LIST}/export?lang=en", data=data)
    assert answer.status_code == 200
    lines: list[str] = answer.data.decode("utf-8-sig").splitlines()
    return lines


@both_engines
def test_an_export_asks_as_often_for_many_as_for_few(app: Flask, people: People) -> None:
    add(app, "王敏")
    with counted(app) as few:
        assert len(_csv(people, *HEADINGS)) == 2
    for n in range(20):
        add(app, f"李{n}", f"+86139001380{n:02d}")
    with counted(app) as many:
        assert len(_csv(people, *HEADINGS)) == 22
    assert len(many) == len(few)


def test_p13_only_the_chosen_columns_are_read(app: Flask, people: People) -> None:
    add(app, "王敏", email="wang@example.org")
    with counted(app) as asked:
        _csv(people, "name")
    read = [statement for statement in asked if "registrations.name" in statement]
    assert len(read) == 1
    assert "registrations.phone" not in read[0]
    assert not any("FROM badges" in statement for statement in asked)


@both_engines
def test_portions_keep_the_order_and_leave_out_who_is_not_there(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_EXPORT_PORTION", 2)
    for n, name in enumerate(("甲", "乙", "丙", "丁", "戊")):
        add(app, name, f"+861390013800{n}")
    with app.app_context():
        make_expo("9th")
    add(app, "别处", slug="9th")
    with app.app_context():
        elsewhere = db.session.query(Registration).filter_by(name="别处").one().id
        portions = list(queries.columns_of(fair(), [5, 4, elsewhere, 99, 3, 1], {"name", "number", "came"}))
    assert [portion["name"] for portion in portions] == [("戊", "丁"), ("丙", "甲")]
    assert all(not any(portion["came"]) and None not in portion["number"] for portion in portions)


def test_times_are_the_fairs_and_empty_fields_stay_empty(app: Flask, people: People) -> None:
    add(app, "王敏", region="", source="")
    with app.app_context(), transaction():
        db.session.get_one(Registration, 1).created_at = datetime(2026, 2, 28, 16, 0, 59, 999, UTC)
    assert _csv(people, "registered", "source", "email", "name")[1] == "2026-03-01 00:00,,,王敏"


def test_nobody_wanted_is_a_heading_alone(app: Flask, people: People) -> None:
    with app.app_context():
        assert list(queries.columns_of(fair(), queries.ids_of(fair(), Filters()), {"name"})) == []
    assert _csv(people, "name", "state") == ["Name,State"]
