"""The office and an application: asked back, checked, decided with a letter, the co-exhibitors with it."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa
from flask import Flask
from pypdf import PdfReader

from exhibitions.accounts.models import PersonalLink
from exhibitions.companies.models import Company
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.models import (
    CoExhibitor,
    Exhibitor,
    ExhibitorEvent,
    ExhibitorSettings,
    ProductCategory,
)
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import telling
from exhibitions.mail.models import Mail
from tests.exhibiting import make_company
from tests.exhibitors.applying import (
    CO,
    CODE,
    applied,
    begin,
    fill,
    only_exhibitor,
    open_applications,
    send,
)
from tests.people import People


@pytest.fixture
def sent(app: Flask, people: People) -> str:
    """A sent application with a co-exhibitor; gives the address of its pages."""
    open_applications(app)
    link = begin(people.nobody)
    fill(people.nobody, link)
    assert people.nobody.post(f"{link}/apply/co-exhibitors/new", data=CO).status_code == 303
    send(people.nobody, link)
    return link


def desk(app: Flask) -> str:
    with app.app_context():
        return f"/desk/8th/exhibitors/{only_exhibitor().number}/application"


def state(app: Flask) -> State:
    with app.app_context():
        return only_exhibitor().state


def co_link(app: Flask) -> str:
    with app.app_context(), transaction():
        return f"/8th/co-exhibitor/{telling.new_co_link(db.session.query(CoExhibitor).one())}"


def test_a_question_goes_to_the_exhibitor_and_the_answer_comes_back(
    app: Flask, people: People, sent: str
) -> None:
    page = desk(app)
    assert people.alice.post(f"{page}/ask", data={"text": " "}).status_code == 422
    assert people.alice.post(f"{page}/ask", data={"text": "哪种茶具？"}).status_code == 303
    assert state(app) is State.QUESTIONED
    assert "哪种茶具？" in people.nobody.get(f"{sent}/application").get_data(as_text=True)
    assert "哪种茶具？" in people.nobody.get(f"{sent}/apply/check").get_data(as_text=True)
    answer = {"categories": "2", "text": "紫砂"}
    assert people.nobody.post(f"{sent}/apply/products?back=check", data=answer).location.endswith("/check")
    with app.app_context(), transaction() as session:
        reference = only_exhibitor().reference
        # A question is answered after the closing as well.
        session.query(ExhibitorSettings).one().closes_at = clock.now()
    send(people.nobody, sent)
    with app.app_context():
        row = only_exhibitor()
        assert (row.state, row.reference, row.question) == (State.SUBMITTED, reference, "")
        assert "late" not in row.answers
    assert "紫砂" in people.alice.get(page).get_data(as_text=True)


def test_only_what_is_checked_is_admitted_and_the_letter_carries_the_words(
    app: Flask, people: People, sent: str
) -> None:
    page = desk(app)
    admit = {"to": "admitted", "text": "请于周五前确认。"}
    assert people.alice.post(f"{page}/decide", data=admit).status_code == 422
    assert state(app) is State.SUBMITTED
    assert people.alice.post(f"{page}/check").status_code == 303
    assert people.alice.post(f"{page}/decide", data={"to": "contracted"}).status_code == 422
    assert people.alice.get(f"{page}/letter/zh.pdf").status_code == 404
    assert people.alice.post(f"{page}/decide", data=admit).status_code == 303
    # A second click decides nothing anew.
    people.alice.post(f"{page}/decide", data=admit)
    with app.app_context():
        row = only_exhibitor()
        assert (row.state, row.decided_at is not None) == (State.ADMITTED, True)
        letters = db.session.query(Mail).filter_by(template="exhibitors.admitted")
        assert letters.count() == 1
        history = [
            event.state_after for event in db.session.query(ExhibitorEvent).order_by(ExhibitorEvent.id)
        ]
        assert history == [State.DRAFT, State.SUBMITTED, State.CHECKED, State.ADMITTED]
        reference = row.reference
    for lang, word in (("zh", "请于周五前确认"), ("en", "glad to admit")):
        letter = PdfReader(io.BytesIO(people.alice.get(f"{page}/letter/{lang}.pdf").data))
        text = "".join(sheet.extract_text() for sheet in letter.pages).replace("\n", "")
        assert word in text
        assert str(reference) in text
    assert "获准" in people.nobody.get(f"{sent}/application?lang=zh").get_data(as_text=True)


@pytest.mark.parametrize(("to", "word"), [("wait_listed", "候补"), ("refused", "未获批准")])
def test_the_waiting_list_and_a_refusal_are_told_kindly(
    app: Flask, people: People, sent: str, to: str, word: str
) -> None:
    page = desk(app)
    people.alice.post(f"{page}/check")
    assert people.alice.post(f"{page}/decide", data={"to": to, "text": ""}).status_code == 303
    assert word in people.nobody.get(f"{sent}/application?lang=zh").get_data(as_text=True)
    with app.app_context():
        assert db.session.query(Mail).filter_by(template=f"exhibitors.{to}").count() == 1
    # From the waiting list one may still come in; a refusal stays.
    people.alice.post("/desk/8th/exhibitors/applications/admit", data={"id": page.split("/")[4]})
    assert state(app) is (State.ADMITTED if to == "wait_listed" else State.REFUSED)


def test_many_are_admitted_at_once_and_who_stands_otherwise_stays(
    app: Flask, people: People, sent: str
) -> None:
    applied(people.nobody, credit_code="91350100M000100Y43", form_key="other", name_zh="闽光陶瓷")
    with app.app_context():
        numbers = [row.number for row in db.session.query(Exhibitor).order_by(Exhibitor.id)]
    people.alice.post(f"/desk/8th/exhibitors/{numbers[0]}/application/check")
    page = people.alice.get("/desk/8th/exhibitors/applications?lang=zh").get_data(as_text=True)
    assert "闽光陶瓷" in page
    answer = people.alice.post("/desk/8th/exhibitors/applications/admit", data={"id": [*numbers, "E0"]})
    assert answer.status_code == 303
    with app.app_context():
        states = [row.state for row in db.session.query(Exhibitor).order_by(Exhibitor.id)]
        assert states == [State.ADMITTED, State.SUBMITTED]


def test_calling_off_needs_a_reason_and_can_be_withdrawn_to_where_it_was(
    app: Flask, people: People, sent: str
) -> None:
    page = desk(app)
    assert people.alice.post(f"{page}/call-off", data={"text": "", "fee": "0"}).status_code == 422
    for fee in ("-1", "1.005", "abc", "9" * 20):
        assert people.alice.post(f"{page}/call-off", data={"text": "破产", "fee": fee}).status_code == 422
    assert people.alice.post(f"{page}/call-off", data={"text": "破产", "fee": "1,200.50"}).status_code == 303
    with app.app_context():
        event = db.session.query(ExhibitorEvent).order_by(ExhibitorEvent.id.desc()).first()
        assert event is not None
        assert (event.deed, event.fee, event.text) == ("cancelled", 120_050, "破产")
    assert people.alice.post(f"{page}/restore").status_code == 303
    assert state(app) is State.SUBMITTED


def test_what_differs_from_the_register_is_shown_and_put_there_by_the_office_alone(
    app: Flask, people: People
) -> None:
    open_applications(app)
    link = begin(people.nobody)
    fill(people.nobody, link)
    with app.app_context(), transaction():
        make_company(
            "星河家居", credit_code=CODE, address_zh="旧地址", region="大连", website="https://www.xinghe.cn"
        )
    send(people.nobody, link)
    page = desk(app)
    shown = people.alice.get(page).get_data(as_text=True)
    assert "旧地址" in shown
    with app.app_context():
        assert db.session.query(Company).one().address_zh == "旧地址"
    assert (
        people.alice.post(f"{page}/take-over", data={"facts": ["address_zh", "nonsense"]}).status_code == 303
    )
    with app.app_context():
        company = db.session.query(Company).one()
        assert (company.address_zh, company.name_zh) == ("大连市中山区1号", "星河家居")


def test_a_co_exhibitor_declares_itself_and_is_admitted_with_goods_and_staff_alone_e1(
    app: Flask, people: People, sent: str
) -> None:
    link, page = co_link(app), desk(app)
    assert "星河家居有限公司" in people.nobody.get(link).get_data(as_text=True)
    goods_only = CO | {"own_staff": "no"}
    assert people.nobody.post(link, data=goods_only).status_code == 303
    assert "被代理" in people.nobody.get(f"{link}?lang=zh").get_data(as_text=True)
    decide = f"{page}/co-exhibitors/1"
    people.alice.post(decide, data={"to": "admitted"})
    with app.app_context():
        assert db.session.query(CoExhibitor).one().state == "declared"
    assert people.nobody.post(link, data=CO).status_code == 303
    people.alice.post(decide, data={"to": "admitted"})
    with app.app_context():
        row = db.session.query(CoExhibitor).one()
        assert row.state == "admitted"
        assert row.company is not None
        assert row.company.credit_code == CO["credit_code"]
    # Decided is decided: its own page only says so.
    assert people.nobody.post(link, data=goods_only).status_code == 422
    assert people.alice.post(decide, data={"to": "nonsense"}).status_code == 404
    assert people.alice.post(f"{page}/co-exhibitors/99", data={"to": "admitted"}).status_code == 404


def test_what_a_co_exhibitor_declared_is_changed_by_itself_alone_e9(
    app: Flask, people: People, sent: str
) -> None:
    page, one = desk(app), f"{sent}/apply/co-exhibitors"
    people.nobody.post(co_link(app), data=CO)
    people.alice.post(f"{page}/ask", data={"text": "？"})
    refused = people.nobody.post(f"{one}/1", data=CO | {"own_staff": "no"})
    assert refused.status_code == 422
    with app.app_context():
        row = db.session.query(CoExhibitor).one()
        assert (row.state, row.own_staff) == ("declared", True)
    # A second one may take the name of one that has left.
    second = CO | {"credit_code": "", "name_zh": "第二家"}
    assert people.nobody.post(f"{one}/new", data=second).status_code == 303
    assert people.nobody.post(f"{one}/1/remove").status_code == 303
    assert people.nobody.post(f"{one}/2", data=CO).status_code == 303


def test_a_co_exhibitor_that_lost_its_link_gets_another(app: Flask, people: People, sent: str) -> None:
    page = f"{desk(app)}/co-exhibitors/1"
    for _time in range(2):
        assert people.alice.post(f"{page}/ask").status_code == 303
    assert people.bob.post(f"{page}/ask").status_code == 403
    assert people.alice.post(f"{desk(app)}/co-exhibitors/99/ask").status_code == 404
    with app.app_context():
        assert db.session.query(Mail).filter_by(template="exhibitors.co_named").count() == 3
    people.alice.post(page, data={"to": "refused"})
    people.alice.post(f"{page}/ask")
    with app.app_context():
        assert db.session.query(Mail).filter_by(template="exhibitors.co_named").count() == 3


def test_a_co_exhibitor_may_say_no_and_its_link_opens_nothing_else(
    app: Flask, people: People, sent: str
) -> None:
    link = co_link(app)
    assert people.nobody.post(f"{link}/withdraw").status_code == 303
    assert people.nobody.post(f"{link}/withdraw").status_code == 303
    assert "不参展" in people.nobody.get(f"{link}?lang=zh").get_data(as_text=True)
    token = link.rsplit("/", 1)[1]
    assert people.nobody.get(f"/8th/exhibitor/{token}/application").status_code == 404
    assert people.nobody.get(link.replace(token, sent.rsplit("/", 1)[1])).status_code == 404
    with app.app_context(), transaction() as session:
        session.execute(sa.update(PersonalLink).values(expires_at=clock.now()))
    for address in (link, f"{sent}/application"):
        assert people.nobody.get(address).status_code == 404


def test_phones_are_masked_for_who_only_looks_and_strangers_see_nothing(
    app: Flask, people: People, sent: str
) -> None:
    page = desk(app)
    assert "138 0013 8000" in people.alice.get(page).get_data(as_text=True)
    looked = people.bob.get(page)
    assert looked.status_code == 200
    assert "0013 8000" not in looked.get_data(as_text=True)
    for path in ("check", "ask", "decide", "call-off", "restore", "take-over", "co-exhibitors/1"):
        assert people.bob.post(f"{page}/{path}").status_code == 403
        assert people.charlie.post(f"{page}/{path}").status_code == 404
    assert people.alice.get("/desk/8th/exhibitors/E0/application").status_code == 404


def test_the_set_up_opens_applications_and_a_change_of_terms_is_a_new_version(
    app: Flask, people: People
) -> None:
    page = "/desk/8th/exhibitors/application-setup"
    said = {
        "opens_at": "2016-01-01T09:00",
        "closes_at": "",
        "terms_zh": "条款一",
        "nomenclature": "1 | 日用瓷 | Tableware\n1.1 | 茶具 | Tea sets\n2,玻璃,Glass",
        "contact_email": "EXPO@example.org",
        "price_zh": "标摊 8,000 元起",
    }
    assert people.alice.post(page, data=said).status_code == 303
    assert people.alice.post(page, data=said).status_code == 303
    with app.app_context():
        row = db.session.query(ExhibitorSettings).one()
        assert (row.terms_version, row.contact_email) == (1, "expo@example.org")
        assert str(row.opens_at) == "2016-01-01 01:00:00+00:00"
        lines = db.session.query(ProductCategory).order_by(ProductCategory.position).all()
        assert [(line.code, line.parent_id) for line in lines] == [
            ("1", None),
            ("1.1", lines[0].id),
            ("2", None),
        ]
    assert "8,000" in people.nobody.get("/8th/exhibit?lang=zh").get_data(as_text=True)
    changed = said | {"terms_zh": "条款二", "nomenclature": "1.1 | 茶具 | Tea sets"}
    assert people.alice.post(page, data=changed).status_code == 303
    with app.app_context():
        assert db.session.query(ExhibitorSettings).one().terms_version == 2
        assert db.session.query(ProductCategory).count() == 1
    for bad in (
        {"closes_at": "2016-01-01T09:00"},
        {"nomenclature": "日用瓷"},
        {"nomenclature": "1 | a\n1 | b"},
        {"nomenclature": "1"},
        {"contact_email": "nobody"},
    ):
        assert people.alice.post(page, data=said | bad).status_code == 422
    assert people.bob.get(page).status_code == 403


def test_a_fair_without_applications_says_so(people: People) -> None:
    assert "没有待审核的申请" in people.alice.get("/desk/8th/exhibitors/applications?lang=zh").get_data(
        as_text=True
    )
    assert people.charlie.get("/desk/8th/exhibitors/applications").status_code == 404
