"""G3, first parts: the visitor desk registers, prints and replaces."""

from __future__ import annotations

from flask import Flask

from exhibitions.audit import queries as audit_queries
from exhibitions.badges.models import Badge
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.visitors import queries
from exhibitions.visitors.rules.registration import Channel
from tests.engines import both_engines
from tests.people import People
from tests.visitors.listing import DESK, LIST, text_of
from tests.visitors.registering import add, all_rows, fair


@both_engines
def test_the_desk_registers_in_three_fields_and_prints(app: Flask, people: People) -> None:
    """G3: find, register, print; the first page of the PDF, counted as a print."""
    answer = people.bob.post(
        f"{DESK}/register", data={"phone": "13800138000", "name": "散客", "visitor_class": "public"}
    )
    assert answer.status_code == 303
    assert "散客" in text_of(people.bob, answer.headers["Location"])
    row = all_rows(app)[0]
    assert (row.channel, row.visit_day) == (Channel.DESK, clock.today("Asia/Shanghai"))
    pdf = people.bob.post(f"{DESK}/{row.id}/print")
    assert (pdf.status_code, pdf.headers["Content-Type"], pdf.data[:5]) == (200, "application/pdf", b"%PDF-")
    people.bob.post(f"{DESK}/{row.id}/print", data={"reason": "丢失"})
    with app.app_context():
        badge = db.session.query(Badge).one()
        assert badge.prints == 2
        entries = audit_queries.entries(fair().id, audit_queries.Wanted(action="badges."))
        assert [entry.action for entry in entries] == ["badges.reprinted", "badges.printed"]


@both_engines
def test_a_known_number_at_the_desk_shows_the_person(app: Flask, people: People) -> None:
    """G3: double person → shown, so that the badge is printed instead."""
    add(app)
    answer = people.bob.post(
        f"{DESK}/register", data={"phone": "13800138000", "name": "王", "visitor_class": "trade"}
    )
    assert answer.status_code == 409
    assert "王敏" in answer.get_data(as_text=True)
    assert f"{DESK}/1/print" in answer.get_data(as_text=True)


@both_engines
def test_replacing_voids_the_lost_badge_and_wants_a_reason(app: Flask, people: People) -> None:
    """Reprint keeps the code, replace voids it (C4)."""
    add(app)
    people.bob.post(f"{DESK}/1/replace", data={"reason": ""})
    with app.app_context():
        assert db.session.query(Badge).count() == 1
    people.bob.post(f"{DESK}/1/replace", data={"reason": "挂失"})
    with app.app_context():
        old, new = db.session.query(Badge).order_by(Badge.id)
        assert old.voided_at is not None
        assert (old.replaced_by_id, new.voided_at) == (new.id, None)
        assert queries.registration_of(fair(), 1).badge.id == new.id  # type: ignore[union-attr]


def test_a_cancelled_registration_is_not_printed(app: Flask, people: People) -> None:
    add(app)
    people.bob.post(f"{LIST}/1/cancel", data={"reason": "本人要求"})
    assert people.bob.post(f"{DESK}/1/print").status_code == 409
    assert f"{DESK}/1/print" not in text_of(people.bob, f"{DESK}?one=1")
