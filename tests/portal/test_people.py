"""A1: people, roles and invitations, of the organisation and of one fair."""

from __future__ import annotations

import re
import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.accounts import queries, service
from exhibitions.accounts.models import User
from exhibitions.accounts.rules import ORGANISATION_RIGHTS, OrganisationRole
from exhibitions.accounts.rules.people import INVITATION
from exhibitions.cli.access import table
from exhibitions.core.access import Permission
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.expos import queries as expos
from exhibitions.expos import service as expo_service
from exhibitions.expos.rules import RIGHTS, Role
from exhibitions.portal.rules.people import RIGHT_WORDS, right_rows
from exhibitions.portal.service import people as portal_people
from tests.asked import counted
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People, sign_in

STAFF, MEMBERS = "/desk/people", "/desk/8th/people"
# A form on which no box is ticked still carries its token.
NOTHING = {"csrf_token": "x"}
NEW = "another sentence entirely"


def number(app: Flask, name: str) -> int:
    with app.app_context():
        user = queries.user_by_email(f"{name}@example.org")
        assert user is not None
        return user.id


def roles(app: Flask, name: str) -> set[Role]:
    with app.app_context():
        expo = expos.expo_by_slug("8th")
        assert expo is not None
        return set(expos.roles(expo, number(app, name)))


def link_on(browser: FlaskClient, path: str, **data: object) -> str:
    """The link that is shown after this was sent, without the installation's address; "" when there is none."""
    page = browser.post(path, data=data, follow_redirects=True).text
    found = re.search(r'data-copy="http://localhost(/sign-in/[^"]+)"', page)
    return found[1] if found else ""


def test_the_list_shows_roles_state_second_step_and_last_visit(people: People) -> None:
    page = people.dora.get(f"{STAFF}?lang=en").text
    for words in ("alice@example.org", "8th: Organiser", "Administrator", "Active"):
        assert words in page
    assert 'aria-current="page"' in page


def test_who_is_looked_for_stands_in_no_address(people: People) -> None:
    answer = people.dora.post(f"{STAFF}/search", data={"q": "ALI"})
    assert "ali" not in answer.location.lower().replace("/desk/people", "")
    page = people.dora.get(answer.location).text
    assert ("alice@example.org" in page, "bob@example.org" in page) == (True, False)
    nobody = people.dora.post(f"{STAFF}/search", data={"q": "100%"}, follow_redirects=True).text
    assert "alice@example.org" not in nobody


def test_the_list_asks_as_much_for_many_as_for_few(app: Flask, people: People) -> None:
    with counted(app) as few:
        people.dora.get(STAFF)
    with app.app_context(), transaction():
        for one in range(120):
            service.create_user(f"p{one}@example.org", f"P{one}", None)
    with counted(app) as many:
        page = people.dora.get(STAFF).text
    assert len(many) == len(few)
    assert page.count('class="row-link"') == 50


def test_an_invitation_without_a_sender_is_shown_once_to_be_handed_over(app: Flask, people: People) -> None:
    data = {"email": "Ida@example.org", "name": "Ida", "organisation_roles": "secretary", "fair": "8th"}
    answer = people.dora.post(f"{STAFF}/invite", data={**data, "fair_roles": ["desk", "gate"], "way": "link"})
    page = people.dora.get(answer.location).text
    found = re.search(r'data-copy="http://localhost(/sign-in/invitation/[^"]+)"', page)
    assert found is not None
    assert found[1] not in people.dora.get(answer.location.partition("?")[0]).text
    ida = app.test_client()
    assert ida.post(found[1], data={"password": NEW}).location == "/doors"
    assert roles(app, "ida") == {Role.DESK, Role.GATE}
    assert ida.get("/desk/new").status_code == 200
    assert "Invited" not in people.dora.get(f"{STAFF}?lang=en&state=active").text.split("<tbody>")[1]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"email": "ida@example.org"}, "Choose at least one role."),
        (
            {"email": "no address", "organisation_roles": "finance"},
            "Enter an e-mail address like name@example.org",
        ),
        ({"email": "", "organisation_roles": "finance"}, "Enter an e-mail address"),
    ],
)
def test_a_wrong_invitation_is_answered_with_a_sentence(
    app: Flask, people: People, data: dict[str, str], sentence: str
) -> None:
    answer = people.dora.post(f"{STAFF}/invite?lang=en", data={**data, "way": "link"})
    assert (answer.status_code, sentence in answer.text) == (422, True)
    with app.app_context():
        assert db.session.query(User).count() == 4


def test_a_known_person_gets_the_roles_and_no_link(app: Flask, people: People) -> None:
    """A link would let its giver in as them."""
    data = {"email": "charlie@example.org", "fair_roles": "viewer", "way": "link"}
    assert link_on(people.alice, f"{MEMBERS}/invite", **data) == ""
    assert roles(app, "charlie") == {Role.VIEWER}
    assert people.charlie.get("/desk/8th/").status_code == 200


def test_an_organiser_invites_into_the_own_fair_only(app: Flask, people: People) -> None:
    """Whatever the form is made to say."""
    with app.app_context():
        make_expo("9th", 9)
    data = {
        "email": "ida@example.org",
        "fair_roles": "gate",
        "organisation_roles": "administrator",
        "fair": "9th",
    }
    assert link_on(people.alice, f"{MEMBERS}/invite", **data, way="link").startswith("/sign-in/invitation/")
    with app.app_context():
        assert queries.organisation_roles(number(app, "ida")) == frozenset()
        assert [expo.slug for expo in expos.fair_roles_of([number(app, "ida")])[number(app, "ida")]] == [
            "8th"
        ]
    assert people.alice.get("/desk/9th/people").status_code == 404
    assert people.alice.get(STAFF).status_code == 403
    assert people.bob.get(MEMBERS).status_code == 403
    assert people.alice.get(f"{MEMBERS}/{number(app, 'dora')}").status_code == 404


def test_a_link_opens_nothing_that_was_given_after_it(app: Flask, people: People) -> None:
    """An organiser who holds an invitation does not come in as the administrator whom it becomes later."""
    data = {"email": "ida@example.org", "fair_roles": "gate", "way": "link"}
    address = link_on(people.alice, f"{MEMBERS}/invite", **data)
    assert app.test_client().get(address).status_code == 200
    ida = number(app, "ida")
    people.dora.post(f"{STAFF}/{ida}/roles", data={"organisation_roles": "administrator"})
    assert app.test_client().get(address).status_code == 404
    assert link_on(people.alice, f"{MEMBERS}/{ida}/link", way="link") == "", "invited by others as well"
    assert link_on(people.alice, f"{MEMBERS}/invite", **data) == ""
    assert link_on(people.dora, f"{STAFF}/{ida}/link", way="link").startswith("/sign-in/invitation/")


def test_an_organiser_sends_the_invitation_again(app: Flask, people: People) -> None:
    data = {"email": "ida@example.org", "fair_roles": "gate", "way": "link"}
    first = link_on(people.alice, f"{MEMBERS}/invite", **data)
    second = link_on(people.alice, f"{MEMBERS}/{number(app, 'ida')}/link", way="link")
    assert [app.test_client().get(one).status_code for one in (first, second)] == [404, 200]
    assert link_on(people.alice, f"{MEMBERS}/{number(app, 'bob')}/link", way="link") == "", (
        "Bob signs in already"
    )


def test_a_role_works_at_the_next_click(app: Flask, people: People) -> None:
    bob = number(app, "bob")
    assert people.bob.get("/desk/8th/setup").status_code == 403
    people.alice.post(f"{MEMBERS}/{bob}", data={"fair_roles": ["desk", "organiser"]})
    assert people.bob.get("/desk/8th/setup").status_code == 200
    people.alice.post(f"{MEMBERS}/{bob}", data={"fair_roles": "viewer"})
    assert people.bob.get("/desk/8th/visitors").status_code == 403
    people.alice.post(f"{MEMBERS}/{bob}", data=NOTHING)
    assert people.bob.get("/desk/8th/").status_code == 404


def test_a_role_in_the_organisation_works_at_the_next_click(app: Flask, people: People) -> None:
    charlie = number(app, "charlie")
    assert people.charlie.get(STAFF).status_code == 403
    people.dora.post(f"{STAFF}/{charlie}/roles", data={"organisation_roles": ["administrator", "finance"]})
    assert people.charlie.get(STAFF).status_code == 200
    people.dora.post(f"{STAFF}/{charlie}/roles", data={"organisation_roles": "finance"})
    assert people.charlie.get(STAFF).status_code == 403


def test_a_role_at_a_fair_is_given_by_an_administrator(app: Flask, people: People) -> None:
    charlie = number(app, "charlie")
    path = f"{STAFF}/{charlie}/fair-roles"
    assert people.dora.post(path, data={"fair": "8th", "fair_roles": "gate"}).status_code == 303
    assert people.dora.post(path, data={"fair": "none", "fair_roles": "gate"}).status_code == 422
    assert roles(app, "charlie") == {Role.GATE}


def test_who_is_disabled_is_out_at_once_and_comes_back_with_the_roles(app: Flask, people: People) -> None:
    """ASVS 7.4.2."""
    bob = number(app, "bob")
    assert people.dora.post(f"{STAFF}/{bob}/disable").status_code == 303
    assert people.bob.get("/desk/8th/").status_code == 303
    assert link_on(people.dora, f"{STAFF}/{bob}/link", way="link") == ""
    people.dora.post(f"{STAFF}/{bob}/enable")
    assert people.bob.get("/desk/8th/").status_code == 303, "the old session stays ended"
    assert sign_in(app, "bob@example.org").get("/desk/8th/").status_code == 200


def test_an_administrator_signs_somebody_out_everywhere(app: Flask, people: People) -> None:
    """ASVS 7.4.5."""
    people.dora.post(f"{STAFF}/{number(app, 'bob')}/sign-out")
    assert people.bob.get("/desk/8th/").status_code == 303


def test_nobody_disables_the_own_account_and_the_last_administrator_stays(app: Flask, people: People) -> None:
    dora = number(app, "dora")
    page = people.dora.post(f"{STAFF}/{dora}/disable?lang=en", follow_redirects=True).text
    assert "You cannot disable your own account." in page
    answer = people.dora.post(f"{STAFF}/{dora}/roles?lang=en", data={"organisation_roles": "finance"})
    assert (answer.status_code, "The last administrator stays." in answer.text) == (422, True)
    assert people.dora.get(STAFF).status_code == 200


@both_engines
def test_of_two_who_give_roles_at_once_neither_loses_any(app: Flask, people: People) -> None:
    """Ten rounds of both at the same moment (A1)."""
    charlie = number(app, "charlie")

    def give(role: Role, barrier: threading.Barrier) -> None:
        with app.app_context():
            expo = expos.expo_by_slug("8th")
            assert expo is not None
            user = db.session.get_one(User, charlie)
            barrier.wait()
            with transaction():
                portal_people.add_fair_roles(expo, user, {role}, SYSTEM)

    for _ in range(10):
        with app.app_context(), transaction():
            expo = expos.expo_by_slug("8th")
            assert expo is not None
            expo_service.set_roles(expo, charlie, frozenset(), SYSTEM)
        barrier = threading.Barrier(2)
        threads = [threading.Thread(target=give, args=(r, barrier)) for r in (Role.DESK, Role.ORGANISER)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert roles(app, "charlie") == {Role.DESK, Role.ORGANISER}


@both_engines
def test_an_administrator_who_never_came_is_not_the_one_who_stays(app: Flask) -> None:
    """A1: invited is not able to sign in, neither while the link is open nor after; with a password it is."""
    with app.app_context():
        with transaction():
            dora, fritz = (
                service.create_user(f"{name}@example.org", name, None) for name in ("dora", "fritz")
            )
            for one in (dora, fritz):
                service.grant_organisation_role(one, OrganisationRole.ADMINISTRATOR)
            service.offer_link(fritz, INVITATION, SYSTEM)
        with pytest.raises(Refused, match="last_administrator"), transaction():
            service.set_organisation_roles(dora, frozenset(), SYSTEM)
        with pytest.raises(Refused, match="last_administrator"), transaction():
            service.disable(dora, SYSTEM)
        with transaction():
            fritz.password_hash = "chosen"
        with transaction():
            service.set_organisation_roles(dora, frozenset(), SYSTEM)


@both_engines
@pytest.mark.parametrize("way", ["roles", "disable", "one of each"])
def test_of_two_administrators_who_remove_each_other_at_once_one_stays(app: Flask, way: str) -> None:
    """Ten rounds of both at the same moment: one is refused, never both gone (A1)."""
    with app.app_context(), transaction():
        numbers = [service.create_user(f"{name}@example.org", name, None).id for name in ("dora", "fritz")]

    def remove(whom: int, who: int, barrier: threading.Barrier, refused: list[str]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with transaction() as session:
                    user = session.get_one(User, whom)
                    if way == "roles" or (way == "one of each" and whom == numbers[0]):
                        service.set_organisation_roles(user, frozenset(), Actor("user", who))
                    else:
                        service.disable(user, Actor("user", who))
            except Refused as refusal:
                refused.append(refusal.code)

    for _ in range(10):
        with app.app_context(), transaction() as session:
            for one in numbers:
                user = session.get_one(User, one)
                user.disabled_at = None
                service.grant_organisation_role(user, OrganisationRole.ADMINISTRATOR)
        refused: list[str] = []
        barrier = threading.Barrier(2)
        threads = [
            threading.Thread(target=remove, args=(whom, who, barrier, refused))
            for whom, who in (numbers, numbers[::-1])
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert refused == ["last_administrator"]


def test_an_administrator_gives_a_link_for_a_new_password(app: Flask, people: People) -> None:
    address = link_on(people.dora, f"{STAFF}/{number(app, 'bob')}/link", way="link")
    assert address.startswith("/sign-in/new-password/")
    assert app.test_client().post(address, data={"password": NEW}).location == "/doors"


def test_the_printable_table_is_that_of_the_document(app: Flask, people: People) -> None:
    """ux.md A1, ASVS 8.1.1: one source for the page and docs/access.md."""
    written = re.findall(r"^\| `([a-z.-]+)` \|(.*)\|$", table(app).partition("## Pages")[0], re.M)
    assert [(right, [cell.strip() == "✓" for cell in cells.split("|")]) for right, cells in written] == [
        (row.right, list(row.ticks)) for row in right_rows(Permission, ORGANISATION_RIGHTS, RIGHTS)
    ]
    page = people.dora.get(f"{STAFF}/rights?lang=en").text
    assert all(word in page.replace("&#39;", "'") for word in RIGHT_WORDS.values())


def test_devices_of_gates_are_counted_by_fair(people: People) -> None:
    page = people.dora.get(f"{STAFF}/devices?lang=en").text
    assert 'href="/desk/8th/gates"' in page


def test_every_change_of_roles_stands_in_the_audit(app: Flask, people: People) -> None:
    bob = number(app, "bob")
    people.dora.post(f"{STAFF}/{bob}/roles", data={"organisation_roles": "finance"})
    people.dora.post(f"{STAFF}/{bob}/roles", data=NOTHING)
    people.alice.post(f"{MEMBERS}/{bob}", data={"fair_roles": "gate"})
    people.dora.post(f"{STAFF}/{bob}/disable")
    page = people.dora.get("/desk/audit?lang=en").text
    for deed in ("Role in the organisation taken", "Role at the fair taken", "Account disabled"):
        assert deed in page
