"""O6, C4: many badges printed from the list: who waits is left out, and a reprint says why."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.audit.models import Entry
from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import Badge
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.visitors.rules.registration import Channel
from tests.engines import both_engines
from tests.people import People
from tests.visitors.registering import add, at_once, change_class, fair

DECIDE = "/desk/8th/visitors/decide"


def _badge(app: Flask, number: int) -> int:
    with app.app_context():
        badge = badge_queries.current_badge(fair(), "visitor", number)
        assert badge is not None
        return badge.id


@both_engines
@pytest.mark.parametrize("way", ["list", "one"])
def test_of_two_who_print_at_once_one_is_asked_why(app: Flask, people: People, way: str) -> None:
    """Both have seen a badge that was never printed; what counts is asked behind the lock."""
    number = add(app)
    badge = _badge(app, number)

    def send(turn: int) -> int:
        who = people.alice if turn else people.dora
        if way == "one":
            return who.post(f"/desk/8th/badges/{badge}/print").status_code
        data = {"decision": "print", "id": str(number)}
        answer = who.post(DECIDE, data=data)
        return 1 if answer.content_type == "application/pdf" else answer.status_code

    assert sorted(at_once(send, 2)) == ([1, 200] if way == "list" else [200, 303])
    with app.app_context():
        assert db.session.scalar(sa.select(Badge.prints)) == 1
        assert db.session.scalar(sa.select(sa.func.count()).where(Entry.action == "badges.reprinted")) == 0


def test_a_reprint_of_which_nobody_says_why_is_refused(app: Flask, people: People) -> None:
    """All or none: the badges that were never printed are not counted either."""
    numbers = [add(app, f"客人{n}", f"+861390013900{n}") for n in range(2)]
    with app.app_context():
        rows = [badge_queries.current_badge(fair(), "visitor", number) for number in numbers]
        cards = [badge for badge in rows if badge is not None]
        with transaction():
            badges.count_print(fair(), cards[0], "", SYSTEM)
        for reason in ("", "  "):
            with pytest.raises(Refused, match="reason_needed"), transaction():
                badges.count_prints(fair(), cards, reason, SYSTEM)
        with transaction():
            badges.count_prints(fair(), cards, "卡纸", SYSTEM)
        assert sorted(db.session.scalars(sa.select(Badge.prints))) == [1, 2]


def test_who_waits_is_left_out_and_counted(app: Flask, people: People) -> None:
    change_class(app, "media", needs_approval=True)
    waiting = [
        add(app, f"记者{n}", f"+861390013900{n}", key="media", channel=Channel.ONLINE) for n in range(3)
    ]
    sent = {"decision": "print", "id": [str(number) for number in waiting]}
    answer = people.alice.post(f"{DECIDE}?lang=en", data=sent)
    assert answer.status_code == 303
    page = people.alice.get("/desk/8th/visitors?lang=en").text
    assert "3 wait for approval and were left out" in page
    more = {"decision": "print", "id": [*sent["id"], str(add(app))]}
    assert people.alice.post(DECIDE, data=more).content_type == "application/pdf"
    with app.app_context():
        assert sorted(db.session.scalars(sa.select(Badge.prints))) == [0, 0, 0, 1]


def test_a_second_click_at_the_desk_prints_nothing(app: Flask, people: People) -> None:
    number = add(app)
    where = f"/desk/8th/visitor-desk/{number}/print"
    assert people.alice.post(where).content_type == "application/pdf"
    assert people.alice.post(where).status_code == 303
    assert people.alice.post(where, data={"reason": "卡纸"}).content_type == "application/pdf"
