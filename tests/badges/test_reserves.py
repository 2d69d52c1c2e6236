"""Reserve badges 备用证: made, printed, handed out by the range, bound, taken back, spoilt, and a balance that adds up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from exhibitions.badges import queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import Badge
from exhibitions.badges.queries import reserves as asked
from exhibitions.badges.rules.reserves import Balance, Place, balance
from exhibitions.badges.service import Holder
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from tests.badges.conftest import needs_poppler, words_of
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People

BOB = Actor("user", None, "Bob")


def made(fair: Expo, count: int, printed: int | None = None) -> list[Badge]:
    """So many reserve badges, of which the first are printed (all when not said)."""
    found = queries.class_by_key(fair, "trade")
    assert found is not None
    with transaction():
        rows = badges.issue_reserves(fair, found, count, BOB)
        for badge in rows[: count if printed is None else printed]:
            badges.count_print(fair, badge, "", BOB)
    return rows


def counted(fair: Expo) -> Balance:
    found = balance(asked.counts(fair))
    assert found.printed == found.out + found.stock + found.spoilt
    return found


@both_engines
def test_from_the_printer_to_the_hall_and_back(fair: Expo) -> None:
    """Issue 3 demand 4: printed = handed out + in stock + spoilt, at every step."""
    rows = made(fair, 10, printed=8)
    assert counted(fair) == Balance(made=10, printed=8, out=0, bound=0, stock=8, spoilt=0)
    with transaction():
        given = badges.hand_out(fair, 1, 5, Place.DESK, " Desk 2 ", BOB)
    assert (given.name, given.count, given.by_name) == ("Desk 2", 5, "Bob")
    assert counted(fair) == Balance(10, 8, 5, 0, 3, 0)
    with transaction():
        badges.bind_reserve(fair, rows[0], Holder("registration", 7, "王伟"), BOB)
    assert counted(fair) == Balance(10, 8, 5, 1, 3, 0)
    with transaction():
        assert badges.spoil(fair, 2, 2, "torn", BOB) == 1
        assert badges.spoil(fair, 6, 6, "pale", BOB) == 1
    assert counted(fair) == Balance(10, 8, 4, 1, 2, 2)
    assert rows[1].voided_at is not None
    with transaction():
        assert badges.take_back(fair, 1, 5, BOB) == 3
    assert counted(fair) == Balance(10, 8, 1, 1, 5, 2)
    states = asked.states(fair, 1, 10)
    assert [states[serial].value for serial in range(1, 11)] == [
        *("bound", "spoilt", "stock", "stock", "stock", "spoilt", "stock", "stock", "made", "made"),
    ]
    assert asked.first_in_stock(fair) == 3


@pytest.mark.parametrize(
    ("first", "last", "named"), [(1, 3, "R0001"), (2, 7, "R0007"), (5, 9, "R0005"), (3, 4, "")]
)
def test_only_what_is_in_stock_is_handed_out(fair: Expo, first: int, last: int, named: str) -> None:
    """All or none: number 1 is out, number 5 is not printed, 7 does not exist; the refusal names the first."""
    rows = made(fair, 6, printed=4)
    with transaction():
        badges.hand_out(fair, 1, 1, Place.GATE, "A", BOB)
        badges.count_print(fair, rows[5], "", BOB)
    if first == 2:
        with transaction():
            badges.count_print(fair, rows[4], "", BOB)
    if not named:
        with transaction():
            badges.hand_out(fair, first, last, Place.GROUP, "Ms Li", BOB)
        return
    with pytest.raises(Conflict) as refused, transaction():
        badges.hand_out(fair, first, last, Place.GATE, "A", BOB)
    assert refused.value.params["serial"] == named


def test_a_handout_names_who_gets_it(fair: Expo) -> None:
    made(fair, 1)
    with pytest.raises(Refused), transaction():
        badges.hand_out(fair, 1, 1, Place.GATE, " ", BOB)
    with pytest.raises(Conflict), transaction():
        badges.take_back(fair, 1, 1, BOB)
    with pytest.raises(Refused), transaction():
        badges.spoil(fair, 1, 1, " ", BOB)


@both_engines
def test_a_badge_given_across_the_counter_is_a_handout_of_one(fair: Expo) -> None:
    rows = made(fair, 2)
    with transaction():
        assert badges.hand_out_reserve(fair, rows[0], BOB)
        assert not badges.hand_out_reserve(fair, rows[0], BOB)
    assert counted(fair).out == 1
    assert asked.handouts(fair) == []
    with transaction():
        badges.hand_out(fair, 2, 2, Place.DESK, "2", BOB)
        badges.hand_out_reserve(fair, rows[1], BOB)
    assert counted(fair).out == 2
    assert [row.name for row in asked.handouts(fair)] == ["2"]


@both_engines
def test_serial_numbers_count_on_and_are_each_fairs_own(fair: Expo) -> None:
    made(fair, 3)
    other = db.session.get_one(Expo, make_expo("9th", 9))
    made(other, 2)
    made(fair, 2)
    assert sorted(asked.states(fair, 1, 99)) == [1, 2, 3, 4, 5]
    assert sorted(asked.states(other, 1, 99)) == [1, 2]
    found = asked.badge_by_serial(other, 2)
    assert found is not None
    assert found.expo_id == other.id
    assert asked.badge_by_serial(other, 3) is None


@needs_poppler
def test_the_serial_number_stands_on_the_badge_as_long_as_it_is_nobodys(fair: Expo) -> None:
    (badge,) = made(fair, 1)
    assert "备用证 RESERVE R0001" in words_of(badges.pdf_of(fair, [badge], "90x130"))
    with transaction():
        badges.bind_reserve(fair, badge, Holder("registration", 7, "王伟"), BOB)
    assert "R0001" not in words_of(badges.pdf_of(fair, [badge], "90x130"))


def test_the_pages(app: Flask, people: People) -> None:
    """The list with states, the balance, the slip; what is wrong is said beside the field."""
    with app.app_context():
        expo = expos.expo_by_slug("8th")
        assert expo is not None
        made(expo, 60)
    there = "/desk/8th/badges/reserves"
    text = people.bob.get(f"{there}?lang=en").text
    assert "Printed 60 = handed out 0 + in stock 60 + spoilt 0" in text
    assert ("R0050" in text, "R0051" in text) == (True, False)
    assert "R0051" in people.bob.get(f"{there}?page=2").text

    def post(way: str, **data: Any) -> Any:
        return people.bob.post(f"{there}/{way}", data=data)

    assert post("hand-out", first="x").status_code == 422
    assert post("hand-out", first="R1", last="R5", place="desk", name="").status_code == 422
    slip = post("hand-out", first="R0001", last="5", place="desk", name="2")
    assert slip.status_code == 303
    text = people.bob.get(slip.location).text
    assert ("R0005" in text, "R0006" in text) == (True, False)
    assert post("take-back", **{"back-first": "1", "back-last": "2"}).status_code == 303
    assert post("take-back", **{"back-first": "1"}).status_code == 422
    assert post("spoil", **{"spoil-first": "3", "spoil-reason": "torn"}).status_code == 303
    assert post("spoil", **{"spoil-first": "3", "spoil-reason": "torn"}).status_code == 422
    text = people.bob.get(f"{there}?lang=en&state=out").text
    assert "Printed 60 = handed out 2 + in stock 57 + spoilt 1" in text
    assert ">R0004<" in text.replace("\n", "").replace(" ", "")
    assert people.charlie.post(f"{there}/hand-out").status_code == 404


def test_a_slip_of_another_fair_is_not_there(app: Flask, people: People) -> None:
    with app.app_context():
        other = db.session.get_one(Expo, make_expo("9th", 9))
        made(other, 1)
        with transaction():
            number = badges.hand_out(other, 1, 1, Place.DESK, "1", BOB).id
    assert people.alice.get(f"/desk/8th/badges/reserves/handouts/{number}").status_code == 404


@both_engines
def test_a_badge_is_bound_or_spoilt_and_never_both(fair: Expo, app: Flask) -> None:
    """The desk binds while the office notes the range as spoilt: whoever is second is told so."""
    badge = made(fair, 1)[0]
    number, expo_id = badge.id, fair.id
    db.session.remove()
    start, told = threading.Barrier(2), []

    def do(act: Callable[[Expo, Badge], object]) -> None:
        with app.app_context():
            own, reserve = db.session.get_one(Expo, expo_id), db.session.get_one(Badge, number)
            db.session.rollback()
            start.wait()
            try:
                with transaction():
                    act(own, reserve)
            except (Conflict, Refused) as refusal:
                told.append(refusal.code)

    def bind(expo: Expo, reserve: Badge) -> None:
        badges.bind_reserve(expo, reserve, Holder("visitor", 7, "王敏"), BOB)

    def spoil(expo: Expo, reserve: Badge) -> None:
        badges.spoil(expo, 1, 1, "wet", BOB)

    threads = [threading.Thread(target=do, args=(act,)) for act in (bind, spoil)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = db.session.get_one(Badge, number)
    assert len(told) == 1
    assert (found.holder_id is None) == (found.voided_at is not None)
