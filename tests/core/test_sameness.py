"""IR7: by what two guests, and two who invite, are the same one; and that such a key can always be kept."""

from __future__ import annotations

import pytest
from flask import Flask

from exhibitions.core.db import db
from exhibitions.core.sameness import bounded, same_key
from exhibitions.visitors.models import Guest, InvitationSource
from exhibitions.visitors.rules import guests, invitations
from exhibitions.visitors.rules.guests import GuestFacts
from exhibitions.visitors.rules.invitations import Kind, SourceFacts
from tests.engines import both_engines
from tests.people import People

DESK = "/desk/8th/visitors"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        (" 星河　家居（上海） ", "星河家居(上海)"),
        ("星河家居【上海】", "星河家居(上海)"),
        ("ＡＢＣ Co., Ltd.", "abccoltd"),
        ("（上海）", "(上海)"),
        ("?!", "?!"),
        ("", ""),
    ],
)
def test_ir7_what_is_in_brackets_counts(name: str, key: str) -> None:
    assert same_key(name) == key


def test_ir7_companies_and_people_told_apart_by_a_bracket_are_two() -> None:
    text = (
        "名称\n星河家居（上海）有限公司\n星河家居（北京）有限公司\n星河家居有限公司\n星河家居(北京)有限公司"
    )
    _, sources, bad = invitations.read_sources(text, set())
    assert (len(sources), [row.number for row in bad]) == (3, [5])
    people = "姓名\t单位\n王敏\t星河（上海）\n王敏\t星河（北京）\n王敏\t星河 【上海】"
    _, found, bad = guests.read_guests(people, set(), set())
    assert (len(found), [row.number for row in bad]) == (2, [4])


def test_a_key_has_a_bound_and_tells_apart_beyond_it() -> None:
    assert bounded("x" * 50, 50) == "x" * 50
    first, second = bounded("x" * 100 + "1", 50), bounded("x" * 100 + "2", 50)
    assert first != second
    assert {len(first), len(second)} == {50}
    assert first == bounded("x" * 100 + "1", 50)


@both_engines
def test_names_that_grow_when_compared_are_kept(app: Flask, people: People) -> None:
    long = {"kind": "exhibitor", "name_zh": "㍿" * 200}
    assert people.alice.post(f"{DESK}/invitations/new", data=long).status_code == 303
    assert people.alice.post(f"{DESK}/invitations/new", data=long).status_code == 422
    grown = {"name": "㍿" * 100, "organisation": "ﷺ" * 200}
    assert people.alice.post(f"{DESK}/guests/new", data=grown).status_code == 303
    assert people.alice.post(f"{DESK}/guests/new", data=grown).status_code == 422
    with app.app_context():
        source, guest = db.session.get_one(InvitationSource, 1), db.session.get_one(Guest, 1)
        assert len(source.name_key) == invitations.LONGEST_KEY
        assert len(guest.double_key) == guests.LONGEST_KEY


def test_what_is_known_is_known_by_the_same_key() -> None:
    facts = GuestFacts("王敏", organisation="星河（上海）")
    assert guests.double_key(facts) == "王敏|星河(上海)"
    assert invitations.name_key(SourceFacts(Kind.OTHER, "", "Star (Asia)")) == "star(asia)"
