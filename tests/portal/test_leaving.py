"""A1: an organiser who gives up the own role is asked first, and somebody who can run the fair stays."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

from exhibitions.accounts import queries, service
from exhibitions.accounts.models import User
from exhibitions.accounts.rules.people import INVITATION
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.expos import queries as expos
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import Role
from exhibitions.expos.rules.roles import check_somebody_runs, is_last_organiser
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People

PEOPLE = "/desk/8th/people"


def number(app: Flask, name: str) -> int:
    with app.app_context():
        user = queries.user_by_email(f"{name}@example.org")
        assert user is not None
        return user.id


def fair() -> Expo:
    found = expos.expo_by_slug("8th")
    assert found is not None
    return found


def roles(app: Flask, name: str) -> frozenset[Role]:
    with app.app_context():
        return expos.roles(fair(), number(app, name))


def give(app: Flask, name: str, *given: Role) -> None:
    with app.app_context(), transaction():
        expo_service.set_roles(fair(), number(app, name), set(given), SYSTEM)


def without_administrator(app: Flask) -> None:
    with app.app_context(), transaction():
        db.session.get_one(User, number(app, "dora")).disabled_at = db.session.get_one(
            User, number(app, "dora")
        ).created_at


def test_giving_up_the_own_role_is_asked_and_nothing_is_done_before(app: Flask, people: People) -> None:
    own = f"{PEOPLE}/{number(app, 'alice')}"
    asked = people.alice.post(f"{own}?lang=en", data={"fair_roles": "desk"})
    assert asked.status_code == 200
    assert "you can no longer change this fair" in asked.text
    assert "Nobody else organises this fair." in asked.text
    assert '<input type="hidden" name="fair_roles" value="desk" />' in asked.text
    assert roles(app, "alice") == {Role.ORGANISER}
    done = people.alice.post(own, data={"fair_roles": "desk", "sure": "1"})
    assert (done.status_code, done.location) == (303, "/doors")
    assert roles(app, "alice") == {Role.DESK}
    assert people.alice.get(PEOPLE).status_code == 403


def test_leaving_the_fair_says_that_it_is_not_found_any_more(app: Flask, people: People) -> None:
    give(app, "bob", Role.ORGANISER)
    own = f"{PEOPLE}/{number(app, 'alice')}"
    asked = people.alice.post(f"{own}?lang=en", data={"fair": ""})
    assert "you no longer find this fair" in asked.text
    assert "Nobody else" not in asked.text
    people.alice.post(own, data={"sure": "1"})
    assert people.alice.get("/desk/8th/").status_code == 404


def test_others_and_administrators_are_not_asked(app: Flask, people: People) -> None:
    """What an organiser takes from somebody else can be given back; an administrator loses no access."""
    bob = number(app, "bob")
    assert people.alice.post(f"{PEOPLE}/{bob}", data={"fair_roles": "viewer"}).status_code == 303
    give(app, "dora", Role.ORGANISER)
    assert people.dora.post(f"{PEOPLE}/{number(app, 'dora')}", data={"fair": ""}).status_code == 303
    assert (
        people.alice.post(
            f"{PEOPLE}/{number(app, 'alice')}", data={"fair_roles": ["organiser", "desk"]}
        ).status_code
        == 303
    )


def test_the_last_who_can_run_the_fair_stays(app: Flask, people: People) -> None:
    """Neither a disabled administrator nor an organiser who was invited and never came can run it."""
    without_administrator(app)
    with app.app_context(), transaction():
        invited = service.create_user("new@example.org", "New", None)
        service.offer_link(invited, INVITATION, SYSTEM)
        expo_service.grant_role(fair(), invited.id, Role.ORGANISER)
        service.offer_link(invited, INVITATION, SYSTEM)
    own = f"{PEOPLE}/{number(app, 'alice')}"
    refused = people.alice.post(f"{own}?lang=en", data={"fair_roles": "desk", "sure": "1"})
    assert refused.status_code == 422
    assert refused.text.count("Nobody could run this fair any more.") == 2
    assert roles(app, "alice") == {Role.ORGANISER}
    give(app, "bob", Role.ORGANISER)
    assert people.alice.post(own, data={"fair_roles": "desk", "sure": "1"}).status_code == 303


@pytest.mark.parametrize("name", ["bob", "charlie", "nobody"])
def test_who_does_not_run_the_fair_takes_no_role(app: Flask, people: People, name: str) -> None:
    own = f"{PEOPLE}/{number(app, 'alice')}"
    answer = getattr(people, name).post(own, data={"sure": "1"})
    assert answer.status_code == {"bob": 403, "charlie": 404, "nobody": 401}[name]
    assert roles(app, "alice") == {Role.ORGANISER}


def test_another_fairs_person_is_not_found(app: Flask, people: People) -> None:
    with app.app_context():
        make_expo("9th", 9)
        with transaction():
            other = expos.expo_by_slug("9th")
            assert other is not None
            expo_service.grant_role(other, number(app, "charlie"), Role.ORGANISER)
    assert people.alice.post(f"{PEOPLE}/{number(app, 'charlie')}", data={"sure": "1"}).status_code == 404


@both_engines
def test_of_two_organisers_who_leave_at_once_one_stays(app: Flask, people: People) -> None:
    """Ten rounds of both at the same moment: one is refused, never both gone."""
    without_administrator(app)
    numbers = [number(app, name) for name in ("alice", "bob")]

    def leave(whom: int, barrier: threading.Barrier, refused: list[str]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with transaction():
                    expo_service.set_roles(fair(), whom, {Role.DESK}, SYSTEM)
            except Refused as refusal:
                refused.append(refusal.code)

    for _ in range(10):
        for name in ("alice", "bob"):
            give(app, name, Role.ORGANISER)
        refused: list[str] = []
        barrier = threading.Barrier(2)
        threads = [threading.Thread(target=leave, args=(whom, barrier, refused)) for whom in numbers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert refused == ["last_organiser"]


def test_the_rule() -> None:
    assert is_last_organiser(1, [1])
    assert not is_last_organiser(1, [1, 2])
    check_somebody_runs(1, [1], [1])
    check_somebody_runs(1, [1, 2], [])
    with pytest.raises(Refused, match="last_organiser"):
        check_somebody_runs(1, [1], [])
