"""The people of a company in its centre (spec §2.8): asked in by an owner, each by a link and in a role of their own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.audit import service as audit
from exhibitions.audit.models import Entry
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.models import ExhibitorPerson
from exhibitions.exhibitors.service import people as service
from exhibitions.exhibitors.service import telling
from exhibitions.mail.models import Mail
from tests.exhibitors.applying import begin, fill, open_applications

COLLEAGUE = {"name": "赵刚", "phone": "13700137000", "role": "finance"}


@pytest.fixture
def link(app: Flask, client: FlaskClient) -> str:
    """The owner's pages of an application that is being written."""
    open_applications(app)
    link = begin(client)
    fill(client, link)
    return link


def link_of(app: Flask, number: int) -> str:
    with app.app_context(), transaction():
        return f"/8th/exhibitor/{telling.new_link(db.session.get_one(ExhibitorPerson, number))}"


def test_an_owner_asks_a_colleague_in_who_may_do_what_the_role_allows(
    app: Flask, client: FlaskClient, link: str
) -> None:
    assert client.post(f"{link}/people", data=COLLEAGUE).status_code == 303
    assert client.post(f"{link}/people", data=COLLEAGUE).status_code == 422
    assert client.post(f"{link}/people", data=COLLEAGUE | {"phone": "", "role": ""}).status_code == 422
    with app.app_context():
        assert db.session.query(Mail).filter_by(template="exhibitors.invited").count() == 1
    page = client.get(f"{link}/people").get_data(as_text=True)
    assert "137****7000" in page
    assert "13700137000" not in page
    theirs = link_of(app, 2)
    assert client.get(f"{theirs}/application").status_code == 200
    for path in ("people", "people/1", "apply/company", "apply/check", "apply/papers"):
        assert client.get(f"{theirs}/{path}").status_code == 403
    assert client.post(f"{theirs}/people", data=COLLEAGUE).status_code == 403
    assert client.post(f"{link}/people/2", data={"role": "stand_manager"}).status_code == 303
    assert client.get(f"{theirs}/apply/company").status_code == 200
    assert client.get(f"{theirs}/people").status_code == 403


def test_who_is_taken_out_comes_in_no_more_and_the_last_owner_stays(
    app: Flask, client: FlaskClient, link: str
) -> None:
    client.post(f"{link}/people", data=COLLEAGUE)
    theirs = link_of(app, 2)
    assert client.post(f"{link}/people/2/send-again").status_code == 303
    assert client.post(f"{link}/people/1", data={"role": "finance"}).status_code in (409, 422)
    client.post(f"{link}/people/1/remove")
    assert client.get(f"{link}/people").status_code == 200
    assert client.post(f"{link}/people/2/remove").status_code == 303
    assert client.get(f"{theirs}/application").status_code == 404
    assert client.post(f"{link}/people/2/remove").status_code == 404
    # Another owner may let the first one go.
    client.post(f"{link}/people", data=COLLEAGUE | {"role": "owner"})
    assert client.post(f"{link_of(app, 3)}/people/1/remove").status_code == 303
    assert client.get(f"{link}/people").status_code == 404


def test_another_company_s_people_are_not_there(app: Flask, client: FlaskClient, link: str) -> None:
    other = begin(client, form_key="other", credit_code="91350100M000100Y43")
    for path in ("people/1", "people/1/remove", "people/1/send-again"):
        assert client.post(f"{other}/{path}", data={"role": "finance"}).status_code == 404


def test_a_person_is_exported_and_erased_and_nothing_is_left_but_the_row(
    app: Flask, client: FlaskClient, link: str
) -> None:
    with app.app_context(), transaction():
        person = db.session.get_one(ExhibitorPerson, 1)
        assert service.export_person(person)["phone"] == "+8613800138000"
        service.erase_person(person, SYSTEM)
    with app.app_context():
        person = db.session.get_one(ExhibitorPerson, 1)
        assert (person.name, person.phone, person.email) == ("", None, None)
        assert "contact" not in person.exhibitor.answers
    assert client.get(f"{link}/application").status_code == 404


def test_the_contact_goes_with_its_erasure_whoever_else_is_there(
    app: Flask, client: FlaskClient, link: str
) -> None:
    """§7: also what the audit says of the contact is read by nobody any more."""
    client.post(f"{link}/people", data=COLLEAGUE | {"role": "owner"})
    with app.app_context():
        with transaction():
            service.erase_person(db.session.get_one(ExhibitorPerson, 1), SYSTEM)
        exhibitor = db.session.get_one(ExhibitorPerson, 2).exhibitor
        assert "contact" not in exhibitor.answers
        assert exhibitor.answers["company"]
        rows = audit.readable(db.session.query(Entry).filter_by(action="exhibitors.answered"))
        said = [f"{row.before}{row.after}" for row in rows]
        assert len(said) > 1
        assert not [each for each in said if "13800138000" in each or "legal_representative': '" in each]


def test_a_colleague_who_leaves_takes_no_contact_along(app: Flask, client: FlaskClient, link: str) -> None:
    client.post(f"{link}/people", data=COLLEAGUE)
    with app.app_context():
        with transaction():
            service.erase_person(db.session.get_one(ExhibitorPerson, 2), SYSTEM)
        assert (
            db.session.get_one(ExhibitorPerson, 1).exhibitor.answers["contact"]["phone"] == "+8613800138000"
        )


def test_who_was_taken_out_long_ago_is_erased(app: Flask, client: FlaskClient, link: str) -> None:
    client.post(f"{link}/people", data=COLLEAGUE)
    client.post(f"{link}/people/2/remove")
    with app.app_context(), transaction():
        # Also who has a number alone.
        db.session.get_one(ExhibitorPerson, 2).name = ""
        assert service.expire(clock.now() - timedelta(days=1), SYSTEM) == 0
        assert service.expire(clock.now() + timedelta(days=1), SYSTEM) == 1
        assert service.expire(clock.now() + timedelta(days=1), SYSTEM) == 0
