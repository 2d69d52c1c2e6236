"""E1, §2.1: whoever names a company that the register knows is not that company; its people alone go on for it."""

from __future__ import annotations

import io

from flask import Flask
from flask.testing import FlaskClient

from exhibitions.accounts.models import PersonalLink
from exhibitions.companies.models import Company, CompanyContact, CompanyPaper
from exhibitions.companies.rules.roles import ContactRole
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.models import Exhibitor, ExhibitorMessage, ExhibitorPerson
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import people as people_service
from exhibitions.exhibitors.service import recruiting
from exhibitions.files import service as files
from exhibitions.files.models import StoredFile
from exhibitions.mail.models import Mail
from tests.exhibiting import make_company
from tests.exhibitors.applying import (
    AGREED,
    CODE,
    COMPANY,
    CONTACT,
    applied,
    begin,
    fair,
    fill,
    only_exhibitor,
    open_applications,
    photo,
    send,
)

NEW_CONTACT = {"phone": "139 0013 9999", "name": "李雷", "email": "li@xinghe.cn"}


def known_company(app: Flask, *contacts: dict[str, object]) -> None:
    """The company of the tests in the register, with these contacts."""
    with app.app_context(), transaction() as session:
        company = make_company("星河家居有限公司", credit_code=CODE)
        for position, contact in enumerate(contacts):
            session.add(CompanyContact(company_id=company.id, position=position, **contact))


def test_a_code_typed_one_page_later_opens_nobody_else_s_company(app: Flask, client: FlaskClient) -> None:
    open_applications(app)
    known_company(app, {"role": ContactRole.MAIN, "name": "李红", "email": "li@xinghe.cn"})
    link = begin(client, country="DE", credit_code="", name_zh="", name_en="Stern GmbH")
    company = {name: value for name, value in COMPANY.items() if name != "form_key"}
    answer = client.post(f"{link}/apply/company", data=company)
    assert "/exhibit/known/" in str(answer.location)
    with app.app_context():
        assert only_exhibitor().answers["company"]["credit_code"] == ""


def test_a_company_that_has_people_since_is_not_taken_by_sending(app: Flask, client: FlaskClient) -> None:
    open_applications(app)
    link = begin(client)
    fill(client, link)
    known_company(app, {"role": ContactRole.MAIN, "name": "李红", "email": "li@xinghe.cn"})
    answer = client.post(f"{link}/apply/check", data=AGREED)
    assert "/exhibit/known/" in str(answer.location)
    with app.app_context():
        row = only_exhibitor()
        assert (row.state, row.company_id) == (State.DRAFT, None)


def test_a_prospect_stays_where_the_office_has_it_when_a_stranger_asks_for_the_link(
    app: Flask, client: FlaskClient
) -> None:
    open_applications(app)
    known_company(app, {"role": ContactRole.MAIN, "name": "李红", "email": "li@xinghe.cn"})
    with app.app_context(), transaction():
        row = recruiting.take_in(fair(), db.session.query(Company).one(), SYSTEM)
        recruiting.put(row, State.NOT_THIS_EDITION, SYSTEM)
    known = str(client.post("/8th/exhibit/apply", data=COMPANY).location)
    assert client.post(known).status_code == 303
    with app.app_context():
        assert only_exhibitor().state is State.NOT_THIS_EDITION
        assert db.session.query(Mail).one().recipient == "li@xinghe.cn"


def test_the_link_goes_to_who_speaks_for_the_company_and_can_be_reached(
    app: Flask, client: FlaskClient
) -> None:
    open_applications(app)
    known_company(
        app,
        {"role": ContactRole.PRESS, "name": "记者", "email": "press@xinghe.cn"},
        {"role": ContactRole.OTHER, "name": "前台", "phone": "+8641182650000"},
        {"role": ContactRole.OTHER, "name": "王敏", "email": "wang@xinghe.cn"},
        {"role": ContactRole.MAIN, "name": "李红", "phone": "+8613800138000"},
    )
    known = str(client.post("/8th/exhibit/apply", data=COMPANY).location)
    client.post(known)
    with app.app_context():
        person = db.session.query(ExhibitorPerson).one()
        assert (person.name, person.phone) == ("李红", "+8613800138000")


def test_nobody_becomes_an_owner_who_cannot_be_reached(app: Flask, client: FlaskClient) -> None:
    open_applications(app)
    known_company(
        app,
        {"role": ContactRole.MAIN, "name": "前台", "phone": "+8641182650000"},
        {"role": ContactRole.INVOICE, "name": "财务", "email": "money@xinghe.cn"},
    )
    known = str(client.post("/8th/exhibit/apply", data=COMPANY).location)
    for _time in range(2):
        assert client.post(known).status_code == 404
    with app.app_context():
        assert db.session.query(ExhibitorPerson).count() == 0


def test_an_answer_can_be_sent_again_after_the_office_replaced_a_paper(
    app: Flask, client: FlaskClient
) -> None:
    open_applications(app)
    link = begin(client)
    fill(client, link)
    paper = {"kind": "licence", "number": "L1", "valid_to": "", "file": (io.BytesIO(photo(30, 20)), "a.jpg")}
    assert client.post(f"{link}/apply/papers", data=paper).status_code == 303
    send(client, link)
    with app.app_context(), transaction() as session:
        only_exhibitor().state = State.QUESTIONED
        kept = session.query(CompanyPaper).one()
        stored = session.get_one(StoredFile, kept.file_id)
        session.delete(kept)
        session.flush()
        files.delete(stored)
    send(client, link)
    with app.app_context():
        row = only_exhibitor()
        assert (row.state, row.answers["papers"]) == (State.SUBMITTED, [])


def test_links_of_who_was_contact_before_end_when_somebody_else_takes_over(
    app: Flask, client: FlaskClient
) -> None:
    open_applications(app)
    first = applied(client)
    with app.app_context(), transaction() as session:
        only_exhibitor().state = State.QUESTIONED
        session.flush()
    second = begin(client)
    # The same number still: the same person.
    assert client.post(f"{second}/apply/contact", data=CONTACT | {"email": "m@xinghe.cn"}).status_code == 303
    assert client.get(f"{first}/application").status_code == 200
    assert client.post(f"{second}/apply/contact", data=NEW_CONTACT).status_code == 303
    assert client.get(f"{first}/application").status_code == 404
    assert client.get(f"{second}/application").status_code == 200
    with app.app_context():
        assert db.session.query(PersonalLink).filter_by(revoked_at=None).count() == 1


def test_a_form_left_open_after_everybody_was_erased_begins_anew(app: Flask, client: FlaskClient) -> None:
    open_applications(app)
    link = begin(client)
    with app.app_context(), transaction():
        people_service.erase_person(db.session.query(ExhibitorPerson).one(), SYSTEM)
    again = begin(client)
    assert client.get(f"{link}/application").status_code == 404
    assert client.get(f"{again}/apply/details").status_code == 200
    with app.app_context():
        assert db.session.query(Exhibitor).count() == 2


def test_what_was_agreed_with_a_prospect_goes_along_with_its_application(
    app: Flask, client: FlaskClient
) -> None:
    open_applications(app)
    link = begin(client)
    fill(client, link)
    known_company(app)
    with app.app_context(), transaction() as session:
        row = recruiting.take_in(fair(), session.query(Company).one(), SYSTEM)
        row.next_step, row.next_on = "再打电话", clock.now().date()
        message = {"at": clock.now(), "text": "请来电", "from_office": True}
        session.add(ExhibitorMessage(expo_id=fair().id, exhibitor_id=row.id, **message))
    send(client, link)
    with app.app_context():
        row = only_exhibitor()
        assert (row.next_step, row.next_on is None) == ("再打电话", False)
        assert db.session.query(ExhibitorMessage).one().exhibitor_id == row.id
