"""Stock of blanks with a forecast, and lost badges with what was taken for them."""

from __future__ import annotations

import pytest
from flask import Flask

from exhibitions.audit import queries as audit_queries
from exhibitions.audit.service import readable
from exhibitions.badges import queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import Badge
from exhibitions.badges.queries import paper
from exhibitions.badges.rules.stock import Level, Move
from exhibitions.badges.service import Holder, Taken, stock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.jobs.commands.running import drain
from tests.badges.test_printing import fill, start
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People

BOB = Actor("user", None, "Bob")


@both_engines
def test_what_comes_in_goes_out_and_is_printed(fair: Expo) -> None:
    """A run of six on A4 takes two sheets, a reprint on a label one label; nobody counts them by hand."""
    numbers = fill(fair)
    with transaction():
        stock.move(fair, "a4x4", Move.IN, 100, "", BOB)
        stock.move(fair, "a4x4", Move.SPOILT, 3, "wet", BOB)
        stock.move(fair, "a4x4", Move.OUT, 7, "", BOB)
    start(fair)
    drain()
    badge = queries.badge_by_number(fair, numbers[0])
    assert badge is not None
    for _ in range(2):
        with transaction():
            badges.count_print(fair, badge, "jam", BOB, "60x40")
    assert paper.levels(fair) == {"a4x4": Level(100, 7, 3, 2), "60x40": Level(0, 0, 0, 2)}
    with pytest.raises(Refused), transaction():
        stock.move(fair, "a4x4", Move.OUT, 89, "", BOB)
    assert [move.note for move in paper.moves(fair)] == ["", "wet", ""]
    other = db.session.get_one(Expo, make_expo("9th", 9))
    assert paper.levels(other) == {}


@both_engines
def test_the_forecast_knows_the_registered_the_printed_and_the_days(fair: Expo) -> None:
    fill(fair, ("王",) * 10)
    with transaction():
        for badge in queries.current_badges(fair, "registration", range(1, 4)).values():
            badges.count_print(fair, badge, "", BOB)
        badges.cancel(queries.current_badges(fair, "registration", [9])[9])
        stock.move(fair, "holder", Move.IN, 30, "", BOB)
    ahead = stock.coming(fair)
    assert (ahead.registered, ahead.printed, ahead.open_days_left) == (9, 3, 4)
    with transaction():
        stock.expect(fair, 100, 10, BOB)
    ahead = stock.coming(fair)
    ((item, level, forecast),) = stock.stand(fair, ahead)
    assert (item, level.left, forecast.need, forecast.short, forecast.lasts) == ("holder", 30, 46, 16, 2)
    with transaction():
        stock.expect(fair, 50, 0, BOB)
    assert stock.stand(fair, stock.coming(fair))[0][2].short == 0
    with pytest.raises(Refused), transaction():
        stock.expect(fair, 101, 0, BOB)


def test_the_page_warns_when_it_is_short(app: Flask, people: People) -> None:
    there = "/desk/8th/badges/stock"
    assert people.bob.post(there, data={"item": "holder", "kind": "in", "count": "100"}).status_code == 303
    assert people.bob.post(there, data={"item": "holder", "kind": "out", "count": "101"}).status_code == 422
    expected = {"turn_up_percent": "60", "walk_ins_a_day": "50"}
    assert people.bob.post(f"{there}/expected", data=expected).status_code == 303
    text = people.bob.get(f"{there}?lang=en").text
    assert "Badge holders: 100 are missing." in text
    assert "What is there lasts for 2 open days." in text
    assert people.bob.post(f"{there}/expected", data={"turn_up_percent": "120"}).status_code == 422
    assert people.charlie.post(there).status_code == 404


@pytest.fixture
def badge_id(app: Flask, people: People) -> int:
    with app.app_context(), transaction():
        expo = expos.expo_by_slug("8th")
        assert expo is not None
        found = queries.class_by_key(expo, "trade")
        assert found is not None
        return badges.issue(expo, found, Holder("registration", 1, "王伟", "大连轻工")).id


def test_reprint_and_replace_are_two_acts(app: Flask, people: People, badge_id: int) -> None:
    """Reprint keeps the code, counts and says why; replace voids the old one and notes fee, deposit and who took it."""
    page = f"/desk/8th/badges/{badge_id}"
    assert people.bob.post(f"{page}/print").mimetype == "application/pdf"
    assert people.bob.post(f"{page}/print").status_code == 303
    assert people.bob.post(f"{page}/print", data={"reason": "卡纸"}).mimetype == "application/pdf"
    with app.app_context():
        badge = db.session.get_one(Badge, badge_id)
        number, signature = badge.number, badge.signature
        assert (badge.prints, badge.voided_at) == (2, None)
        # Printing is no entry.
        assert queries.badge_days(expos.expo_by_slug("8th"), badge_id) == []  # type: ignore[arg-type]
    assert people.bob.post(f"{page}/replace", data={"reason": ""}).status_code == 422
    data = {"reason": "遗失", "fee": "20", "deposit": "50.50"}
    answer = people.bob.post(f"{page}/replace", data=data)
    assert answer.status_code == 303
    with app.app_context():
        expo = expos.expo_by_slug("8th")
        assert expo is not None
        old = db.session.get_one(Badge, badge_id)
        assert (old.number, old.signature, old.voided_at is None) == (number, signature, False)
        fresh = db.session.get_one(Badge, old.replaced_by_id)
        assert (fresh.number == number, fresh.prints) == (False, 0)
        (row,) = paper.replaced(expo)
        assert (row.row.fee_minor, row.row.deposit_minor, row.row.by_name) == (2000, 5050, "Bob")
        assert paper.taken(expo) == (2000, 5050)
        (entry,) = readable(
            audit_queries.entries(expo.id, audit_queries.Wanted(action="badges.replaced"), limit=5)
        )
        assert entry.reason == "遗失"


def test_a_void_badge_is_neither_printed_nor_replaced_again(people: People, badge_id: int) -> None:
    page = f"/desk/8th/badges/{badge_id}"
    people.bob.post(f"{page}/print")
    people.bob.post(f"{page}/print", data={"reason": "卡纸"})
    people.bob.post(f"{page}/replace", data={"reason": "遗失", "fee": "20", "deposit": "50.50"})
    assert people.bob.post(f"{page}/print", data={"reason": "x"}).status_code == 303
    assert people.bob.post(f"{page}/replace", data={"reason": "again"}).status_code == 422
    text = people.bob.get("/desk/8th/badges/replaced?lang=en").text
    assert ("¥20.00" in text, "¥50.50" in text, "遗失" in text) == (True, True, True)
    assert "卡纸" in people.bob.get(page).text


def test_erasing_takes_the_words_of_a_replacement_too(app: Flask, badge_id: int) -> None:
    with app.app_context():
        expo = expos.expo_by_slug("8th")
        assert expo is not None
        with transaction():
            old = db.session.get_one(Badge, badge_id)
            badges.replace(expo, old, "王伟 lost it", BOB, Taken(100))
        with transaction():
            badges.erase_person("registration", 1)
        (row,) = paper.replaced(expo)
        assert (row.row.reason, row.name, row.row.fee_minor) == ("", "", 100)


def test_a_badge_of_another_fair_is_not_there(app: Flask, people: People) -> None:
    with app.app_context():
        other = db.session.get_one(Expo, make_expo("9th", 9))
        fill(other, ("王",))
        number = queries.current_badges(other, "registration", [1])[1].id
    assert people.alice.get(f"/desk/8th/badges/{number}").status_code == 404
    for way in ("print", "replace"):
        assert people.alice.post(f"/desk/8th/badges/{number}/{way}").status_code == 404
