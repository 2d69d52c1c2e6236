"""E1: an application from the first page to its reference, and what can go wrong on the way."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from exhibitions.companies.models import Company, CompanyContact, CompanyPaper
from exhibitions.companies.rules.roles import ContactRole
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.models import (
    Call,
    CoExhibitor,
    Exhibitor,
    ExhibitorCategory,
    ExhibitorPerson,
    ExhibitorSettings,
    RepresentedCompany,
)
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import applying as service
from exhibitions.exhibitors.service import telling
from exhibitions.files.models import StoredFile
from exhibitions.mail.models import Mail
from tests.exhibiting import make_company, make_stand
from tests.exhibitors.applying import (
    AGREED,
    CO,
    CODE,
    COMPANY,
    CONTACT,
    DETAILS,
    STAND,
    applied,
    begin,
    fair,
    fill,
    only_exhibitor,
    open_applications,
    photo,
    send,
)
from tests.factories import make_expo


def count(kind: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(kind)) or 0


def test_the_whole_application_from_the_first_page_to_its_reference(app: Flask, client: FlaskClient) -> None:
    open_applications(app)
    assert "申请参展" in client.get("/8th/exhibit?lang=zh").get_data(as_text=True)
    link = begin(client)
    fill(client, link)
    assert client.post(f"{link}/apply/co-exhibitors/new", data=CO).status_code == 303
    represented = {"country": "JP", "name_en": "Hikari Inc."}
    assert client.post(f"{link}/apply/represented", data=represented).status_code == 303
    check = client.get(f"{link}/apply/check").get_data(as_text=True)
    for word in ("星河家居有限公司", CODE, "王敏", "18", "海光陶瓷", "Hikari"):
        assert word in check
    send(client, link)
    with app.app_context():
        row = only_exhibitor()
        assert row.state is State.SUBMITTED
        assert row.reference is not None
        assert row.company is not None
        assert row.company.credit_code == CODE
        assert row.company.contacts[0].phone == "+8613800138000"
        assert (row.country, row.terms_version, row.answers["stand"]["area"]) == ("CN", 1, 180_000)
        assert (count(ExhibitorCategory), count(CoExhibitor), count(RepresentedCompany)) == (1, 1, 1)
        sent = {mail.template for mail in db.session.query(Mail)}
        assert sent == {"exhibitors.link", "exhibitors.received", "exhibitors.co_named"}
        reference = row.reference
    assert reference in client.get(f"{link}/application").get_data(as_text=True)
    # Sent is sent: every page of the form leads to how it stands.
    for step in ("company", "details", "contact", "products", "stand", "co-exhibitors", "papers", "check"):
        assert client.get(f"{link}/apply/{step}").status_code == 303


def test_an_application_that_every_page_took_can_be_sent(app: Flask, client: FlaskClient) -> None:
    """An extension, a place of the country before: what the register holds otherwise stops nobody at the last page."""
    open_applications(app)
    link = begin(client)
    fill(client, link)
    details = DETAILS | {"phone": "0411-82650000-801"}
    assert client.post(f"{link}/apply/details", data=details).status_code == 303
    abroad = {"country": "DE", "credit_code": "", "name_zh": "", "name_en": "Stern GmbH"}
    assert client.post(f"{link}/apply/company", data=abroad).status_code == 303
    send(client, link)
    with app.app_context():
        row = only_exhibitor()
        assert row.answers["company"]["phone"] == "0411-82650000-801"
        assert row.company is not None
        assert (row.company.phone, row.company.region) == ("+8641182650000", "")


def test_sent_twice_is_one_whether_by_double_click_or_from_the_first_page(
    app: Flask, client: FlaskClient
) -> None:
    open_applications(app)
    link = begin(client)
    again = begin(client)
    assert again != link
    fill(client, again)
    send(client, link)
    send(client, link)
    with app.app_context():
        assert count(Exhibitor) == count(Company) == count(ExhibitorPerson) == 1
        assert db.session.query(Mail).filter_by(template="exhibitors.received").count() == 1


def test_nothing_is_lost_and_the_link_goes_to_the_contact_once(app: Flask, client: FlaskClient) -> None:
    open_applications(app)
    link = begin(client)
    for _time in range(2):
        assert client.post(f"{link}/apply/contact", data=CONTACT).status_code == 303
    with app.app_context():
        assert [mail.template for mail in db.session.query(Mail)] == ["exhibitors.link"]
    other = app.test_client()
    assert "王敏" in other.get(f"{link}/apply/contact").get_data(as_text=True)
    assert "尚未" in other.get(f"{link}/application?lang=zh").get_data(as_text=True)
    for contact in ("13800138000", "WANG@xinghe.cn", "nobody@example.org"):
        found = other.post("/8th/exhibit/find", data={"contact": contact})
        assert found.status_code == 303
        assert found.location == "/8th/exhibit/find/sent"
    with app.app_context():
        assert db.session.query(Mail).count() == 3


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"credit_code": ""}, "信用代码"),
        ({"credit_code": "91110000600037342L"}, "信用代码"),
        ({"country": "DE"}, "信用代码"),
        ({"name_zh": ""}, "请输入企业中文名称"),
        ({"country": "XX", "credit_code": ""}, "请从列表中选择国家"),
        ({"name_zh": "=cmd|' /C calc'!A0"}, "不能以"),
        ({"name_zh": "星" * 201}, "最多"),
    ],
)
def test_a_company_that_cannot_be_is_refused_beside_its_field(
    app: Flask, client: FlaskClient, changes: dict[str, str], word: str
) -> None:
    open_applications(app)
    response = client.post("/8th/exhibit/apply?lang=zh", data=COMPANY | changes)
    assert response.status_code == 422
    assert word in response.get_data(as_text=True)
    with app.app_context():
        assert count(Exhibitor) == 0


def test_codes_are_taken_however_they_are_spelled_and_foreign_firms_have_none(
    app: Flask, client: FlaskClient
) -> None:
    open_applications(app)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in CODE.lower())
    begin(client, credit_code=wide, form_key="one")
    begin(client, country="DE", credit_code="", name_zh="", name_en="Stern GmbH", form_key="two")
    begin(client, name_zh="星" * 40, name_en="S" * 40, form_key="three")
    with app.app_context():
        kept = [row.answers["company"]["credit_code"] for row in db.session.query(Exhibitor)]
        assert kept == [CODE, "", CODE]


def test_what_is_missing_is_told_and_nothing_is_sent(app: Flask, client: FlaskClient) -> None:
    open_applications(app)
    link = begin(client)
    page = client.get(f"{link}/apply/check?lang=en").get_data(as_text=True)
    assert "This is still missing" in page
    assert client.post(f"{link}/apply/check", data=AGREED).status_code == 422
    fill(client, link)
    for name in ("no_claim", "no_subletting", "consent"):
        data = {key: value for key, value in AGREED.items() if key != name}
        assert client.post(f"{link}/apply/check", data=data).status_code == 422
    # The terms have changed since the page was opened.
    assert client.post(f"{link}/apply/check", data=AGREED | {"terms_version": "0"}).status_code == 422
    assert client.post(f"{link}/apply/check", data=AGREED | {"terms_version": "²" * 99}).status_code == 422
    with app.app_context():
        assert only_exhibitor().state is State.DRAFT


def test_a_company_of_the_register_continues_by_its_own_contact_s_link(
    app: Flask, client: FlaskClient
) -> None:
    open_applications(app)
    with app.app_context(), transaction() as session:
        company = make_company("星河家居有限公司", credit_code=CODE, address_zh="秘密路1号")
        main = {"role": ContactRole.MAIN, "name": "李红", "email": "li@xinghe.cn"}
        session.add(CompanyContact(company_id=company.id, **main))
    response = client.post("/8th/exhibit/apply", data=COMPANY)
    assert response.status_code == 303
    known = str(response.location)
    page = client.get(known).get_data(as_text=True)
    assert "秘密路" not in page
    assert "李红" not in page
    assert client.post(known).status_code == 303
    with app.app_context():
        row = only_exhibitor()
        # Whoever asks for the link moves nothing; its holder begins.
        assert (row.state, row.answers) == (State.PROSPECT, {})
        assert [person.email for person in row.people] == ["li@xinghe.cn"]
        (mail,) = db.session.query(Mail)
        assert (mail.template, mail.recipient) == ("exhibitors.link", "li@xinghe.cn")
    # Whoever guesses the word of another browser's page finds nothing.
    assert app.test_client().get(known).status_code == 404
    client.post(known)
    with app.app_context(), transaction():
        assert count(Exhibitor) == count(ExhibitorPerson) == 1
        token = telling.new_link(db.session.query(ExhibitorPerson).one())
    link = f"/8th/exhibitor/{token}"
    assert client.get(f"{link}/application?lang=zh").status_code == 200
    assert client.post(f"{link}/application/begin-again").status_code == 303
    assert "秘密路1号" in client.get(f"{link}/apply/details").get_data(as_text=True)
    with app.app_context():
        assert only_exhibitor().state is State.DRAFT


def test_a_prospect_that_applies_by_itself_takes_its_history_along(app: Flask, client: FlaskClient) -> None:
    open_applications(app)
    link = begin(client)
    fill(client, link)
    with app.app_context(), transaction() as session:
        company = make_company(credit_code=CODE)
        now = clock.now()
        prospect = Exhibitor(
            expo_id=fair().id,
            number="EPROSPECT",
            company_id=company.id,
            state=State.CONTACTED,
            state_since=now,
            created_at=now,
            changed_at=now,
            note="很有兴趣",
        )
        session.add(prospect)
        session.flush()
        session.add(Call(expo_id=fair().id, exhibitor_id=prospect.id, at=now, text="打过电话"))
    send(client, link)
    with app.app_context():
        row = only_exhibitor()
        assert (row.state, row.note) == (State.SUBMITTED, "很有兴趣")
        assert db.session.query(Call).one().exhibitor_id == row.id
        assert count(Company) == 1


def test_another_application_of_the_same_company_is_refused(app: Flask, client: FlaskClient) -> None:
    open_applications(app)
    other = begin(client, form_key="another")
    fill(client, other)
    applied(client)
    response = client.post(f"{other}/apply/check?lang=zh", data=AGREED)
    assert response.status_code == 422
    assert "已有" in response.get_data(as_text=True)


def test_after_the_closing_an_application_is_kept_and_waits(app: Flask, client: FlaskClient) -> None:
    open_applications(app)
    link = begin(client)
    fill(client, link)
    with app.app_context(), transaction() as session:
        session.query(ExhibitorSettings).one().closes_at = clock.now()
    assert "候补" in client.get("/8th/exhibit?lang=zh").get_data(as_text=True)
    send(client, link)
    assert "候补" in client.get(f"{link}/application?lang=zh").get_data(as_text=True)
    with app.app_context():
        assert only_exhibitor().answers["late"] is True


@pytest.mark.parametrize("opens", [None, timedelta(days=1)])
def test_before_the_opening_nothing_can_be_begun(
    app: Flask, client: FlaskClient, opens: timedelta | None
) -> None:
    with app.app_context():
        make_expo()
    if opens is not None:
        open_applications(app, opens_at=clock.now() + opens)
    page = client.get("/8th/exhibit?lang=en").get_data(as_text=True)
    assert ("Applications open on" if opens else "not open yet") in page
    for answer in (client.get("/8th/exhibit/apply"), client.post("/8th/exhibit/apply", data=COMPANY)):
        assert answer.location == "/8th/exhibit"
    with app.app_context():
        assert count(Exhibitor) == 0


def test_a_licence_photographed_on_its_side_is_turned_shrunk_and_loses_what_the_camera_adds(
    app: Flask, client: FlaskClient
) -> None:
    open_applications(app)
    link = begin(client)
    fill(client, link)
    paper = {"kind": "licence", "number": "L1", "valid_to": "2030-01-31"}
    files = {"file": (io.BytesIO(photo(4000, 2000, orientation=6)), "执照.HEIC.JPG")}
    assert client.post(f"{link}/apply/papers", data=paper | files).status_code == 303
    twice = {"file": (io.BytesIO(photo(4000, 2000, orientation=6)), "again.jpg")}
    assert client.post(f"{link}/apply/papers", data=paper | twice).status_code == 303
    with app.app_context():
        (stored,) = db.session.query(StoredFile)
        address = f"{link}/apply/papers/{stored.id}"
    with client.get(address) as got:
        content = got.data
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (1300, 2600)
        assert not picture.getexif()
    for bad in (b"", b"not a picture", b"\xff\xd8\xff\xe0 cut", b"<svg onload=alert(1)>"):
        wrong = {"file": (io.BytesIO(bad), "x.jpg")}
        assert client.post(f"{link}/apply/papers", data=paper | wrong).status_code == 422
    other = begin(client, form_key="another")
    assert client.get(address.replace(link, other)).status_code == 404
    assert client.post(f"{address.replace(link, other)}/remove").status_code == 404
    send(client, link)
    with app.app_context():
        kept = db.session.query(CompanyPaper).one()
        assert (kept.kind, kept.number, str(kept.valid_to)) == ("licence", "L1", "2030-01-31")


def test_a_licence_of_40_mb_is_taken_and_a_larger_file_is_answered_in_words(
    app: Flask, client: FlaskClient
) -> None:
    open_applications(app)
    link = begin(client)
    # What stands behind the picture of a camera's file is padding to the reader.
    for size, status in ((40 << 20, 303), (49 << 20, 413)):
        file = photo(300, 200) + b"\0" * size
        head = b'--frontier\r\nContent-Disposition: form-data; name="'
        fields = head + b'kind"\r\n\r\nlicence\r\n' + head + b'file"; filename="x.jpg"\r\n\r\n'
        body = fields + file + b"\r\n--frontier--\r\n"
        kind = "multipart/form-data; boundary=frontier"
        with client.post(f"{link}/apply/papers?lang=zh", data=body, content_type=kind) as answer:
            assert answer.status_code == status
            assert status == 303 or "大" in answer.get_data(as_text=True)


def test_a_paper_without_an_end_is_taken_and_taken_off_again(app: Flask, client: FlaskClient) -> None:
    open_applications(app)
    link = begin(client)
    paper = {"kind": "licence", "number": "", "valid_to": "", "file": (io.BytesIO(photo(31, 32)), "x.jpg")}
    assert client.post(f"{link}/apply/papers", data=paper).status_code == 303
    assert client.post(f"{link}/apply/papers/1/remove").status_code == 303
    with app.app_context():
        assert only_exhibitor().answers["papers"] == []
        assert count(StoredFile) == 0


def test_another_company_s_rows_are_not_there_and_a_broken_link_leads_to_a_new_one(
    app: Flask, client: FlaskClient
) -> None:
    open_applications(app)
    link = begin(client)
    client.post(f"{link}/apply/co-exhibitors/new", data=CO)
    client.post(f"{link}/apply/represented", data={"country": "JP", "name_en": "Hikari"})
    other = begin(client, form_key="another", credit_code="91350100M000100Y43")
    for path in (
        "co-exhibitors/1",
        "co-exhibitors/1/remove",
        "represented/1/remove",
        "papers/1",
        "papers/1/remove",
    ):
        answer = client.get(f"{other}/apply/{path}") if path in ("co-exhibitors/1", "papers/1") else None
        answer = answer or client.post(f"{other}/apply/{path}")
        assert answer.status_code == 404, path
    with app.app_context():
        assert (count(CoExhibitor), count(RepresentedCompany)) == (1, 1)
    wrong = client.get(f"{link[:-3]}xyz/application?lang=zh")
    assert wrong.status_code == 404
    assert "/8th/exhibit/find" in wrong.get_data(as_text=True)
    assert client.get(link.replace("/8th/", "/9th/") + "/application").status_code == 404


def test_products_are_found_by_words_and_another_fair_s_are_not_taken(
    app: Flask, client: FlaskClient
) -> None:
    open_applications(app)
    link = begin(client)
    found = client.post(f"{link}/apply/products", data={"find": "1", "q": "chaju", "categories": "1"})
    page = found.get_data(as_text=True)
    assert found.status_code == 200
    assert "is-found" in page
    assert "checked" in page
    for bad in ("99", "x"):
        assert client.post(f"{link}/apply/products", data={"categories": bad}).status_code == 422
    assert client.post(f"{link}/apply/products", data={"text": "茶"}).status_code == 422


def test_a_draft_may_be_given_up_and_begun_again(app: Flask, client: FlaskClient) -> None:
    open_applications(app)
    link = begin(client)
    assert client.post(f"{link}/application/withdraw").status_code == 303
    assert client.get(f"{link}/apply/company").status_code == 303
    assert client.post(f"{link}/application/begin-again").status_code == 303
    assert COMPANY["name_zh"] in client.get(f"{link}/apply/company").get_data(as_text=True)
    fill(client, link)
    send(client, link)
    # A binding offer is called off by the office alone.
    refused = client.post(f"{link}/application/withdraw", follow_redirects=True)
    assert refused.status_code == 200, "said in a sentence on the page of the application"
    with app.app_context():
        assert db.session.scalars(sa.select(Exhibitor.state)).one() is State.SUBMITTED


def test_a_key_that_somebody_guesses_opens_nobodys_application(app: Flask, client: FlaskClient) -> None:
    """The number of an application of the register is drawn: no form can name it (P15)."""
    open_applications(app)
    with app.app_context(), transaction():
        company = make_company("闽光陶瓷有限公司", credit_code="91350100M000100Y43")
        db.session.add(
            CompanyContact(company_id=company.id, role=ContactRole.MAIN, name="林秀", email="lin@example.org")
        )
        db.session.flush()
        company_id = company.id
        service.continue_known(fair(), "91350100M000100Y43", "zh", SYSTEM)
    for key in (f"company {company_id}", f"{company_id}"):
        answer = client.post("/8th/exhibit/apply", data=COMPANY | {"form_key": key, "name_zh": "海风家居"})
        assert answer.status_code == 303
    with app.app_context():
        assert [count(Exhibitor), count(ExhibitorPerson)] == [3, 3]


@pytest.mark.parametrize("country", ["DE", "KR", "HK", "TW"])
def test_a_foreign_firm_applies_as_one_of_the_country_does(
    app: Flask, client: FlaskClient, country: str
) -> None:
    """§2.6: foreign firms have no credit code, and no province."""
    open_applications(app)
    names = {"credit_code": "", "name_zh": "", "name_en": "Stern GmbH"}
    link = begin(client, country=country, **names)
    fill(client, link)
    send(client, link)
    with app.app_context():
        row = only_exhibitor()
        assert (row.state, row.country, row.answers["company"]["region"]) == (State.SUBMITTED, country, "")


def test_a_wish_for_a_stand_that_the_plan_does_not_have_is_refused(app: Flask, client: FlaskClient) -> None:
    """E1: the sentence names the number and the nearest one, beside the field; before a plan is published any is taken."""
    open_applications(app)
    link = begin(client)
    page = f"{link}/apply/stand"
    assert client.post(page, data=STAND | {"wish_1": "A99"}).status_code == 303
    with app.app_context(), transaction():
        make_stand(fair(), "A01", published_at=clock.now())
        make_stand(fair(), "A12", x=3000, published_at=clock.now())
        # A stand that is only drawn is nobody's to know.
        make_stand(fair(), "A98", x=6000)
    wishes = {"wish_1": "a 01", "wish_2": "A99"}
    answer = client.post(page, data=STAND | wishes, headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert answer.text.count("There is no stand A99 on the plan. The nearest one is A12") == 2
    assert 'href="#wish_2"' in answer.text
    assert client.post(page, data=STAND | {"wish_1": "a 01"}).status_code == 303


def test_a_picture_that_was_chosen_is_kept_by_going_on_and_nothing_typed_is_lost(
    app: Flask, client: FlaskClient
) -> None:
    """E1: the filled button leads on; what stands in the form beside it comes along (ux §4, nothing lost)."""
    open_applications(app)
    link = begin(client)
    fill(client, link)
    on = {"go_on": "1"}
    paper = {"kind": "licence", "number": "", "valid_to": ""}
    assert client.post(f"{link}/apply/papers", data=paper | on).location == f"{link}/apply/check"
    assert client.post(f"{link}/apply/papers", data=paper | on | {"number": "L1"}).status_code == 422
    assert (
        client.post(f"{link}/apply/papers", data=paper | on | {"valid_to": "2030-02-31"}).status_code == 422
    )
    chosen = {"file": (io.BytesIO(photo(31, 32)), "x.jpg")}
    answer = client.post(f"{link}/apply/papers", data=paper | on | chosen)
    assert answer.location == f"{link}/apply/check"
    with app.app_context():
        assert [each["kind"] for each in only_exhibitor().answers["papers"]] == ["licence"]
    empty = {"country": "CN", "credit_code": "", "name_zh": " ", "name_en": ""}
    represented = f"{link}/apply/represented"
    assert client.post(represented, data=empty | on).location == f"{link}/apply/papers"
    assert client.post(f"{represented}?back=check", data=empty | on).location == f"{link}/apply/check"
    assert client.post(represented, data=empty | on | {"name_en": "Hikari"}).status_code == 422
    named = {"country": "JP", "name_en": "Hikari"}
    assert client.post(represented, data=empty | on | named).location == f"{link}/apply/papers"
    assert "Hikari" in client.get(f"{link}/apply/check").get_data(as_text=True)


def test_the_page_of_the_contact_says_all_that_is_missing_at_once(app: Flask, client: FlaskClient) -> None:
    open_applications(app)
    link = begin(client)
    page = client.post(f"{link}/apply/contact?lang=zh", data={}).get_data(as_text=True)
    assert "请输入姓名" in page
    assert "请输入手机号" in page
