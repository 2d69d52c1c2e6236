"""Issue 4.1: the register as a list and a record, its people, and who may do what there."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.accounts import service as accounts
from exhibitions.accounts.rules import OrganisationRole
from exhibitions.audit import service as audit
from exhibitions.audit.models import Entry
from exhibitions.companies import queries, service
from exhibitions.companies.models import Company, CompanyContact
from exhibitions.companies.queries import listing
from exhibitions.companies.queries.listing import Filters
from exhibitions.companies.rules.facts import CompanyFacts
from exhibitions.companies.rules.record import Line, Part
from exhibitions.companies.service import personal
from exhibitions.companies.views import record
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.core.somebody import Somebody
from tests.asked import counted
from tests.companies.register import BY, CODE, DESK, OTHER_CODE, enter, with_contact, words
from tests.engines import both_engines
from tests.people import People, sign_in


def ids(text: str = "", **filters: Any) -> list[str]:
    found = listing.found(Filters(text=text, **filters), clock.today("Asia/Shanghai"))
    return [company.name_zh or company.name_en for company in found.rows]


@both_engines
def test_search_in_han_pinyin_initials_english_code_and_phone_end(context: None) -> None:
    with transaction():
        star = with_contact(enter(name_en="Dalian Star River Glass", credit_code=CODE, phone="0411-84801234"))
        enter("海鸥食品厂", credit_code=OTHER_CODE)
        enter("", name_en="Hanbit Trading", country="KR")
        number = star.number
    name = "大连星河玻璃有限公司"
    for text in (
        "星河",
        "dalianxinghe",
        "xinghe",
        "dlxh",
        "star river",
        "RIVER glass",
        CODE,
        "91210200ma0a bcde63",
        "９１２１０２００ＭＡ０ＡＢＣＤＥ６３",
        "91210200ma0",
        "1234",
        "84801234",
        "138 0013 8000",
        "8000",
        "王敏",
        "wangmin",
        "wang@star",
        number,
        number[-4:],
    ):
        assert name in ids(text), text
    assert ids("1380") == []
    assert ids("hanbit") == ["Hanbit Trading"]
    assert ids("xyz") == []


def test_a_page_of_the_list_asks_the_same_few_questions(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        for number in range(60):
            with_contact(enter(f"公司{number}"), email=f"a{number}@star.example")
    people.dora.get(DESK)
    with counted(app) as few:
        people.dora.get(f"{DESK}?page=2")
    with counted(app) as many:
        people.dora.get(DESK)
    assert len(many) == len(few)
    assert len(many) < 30


def test_filters_of_the_list(context: None) -> None:
    with transaction():
        enter("甲", region="沈阳", credit_code=CODE, is_member=True)
        enter("乙", region="辽宁")
        enter("丙", country="KR")
        enter("丁", country="")
    assert ids(region="辽宁") == ids(country="CN") == ["甲", "乙"]
    assert ids(region="沈阳") == ids(member=True) == ["甲"]
    assert ids(country="abroad") == ["丙"]
    assert ids(country="-") == ["丁"]
    assert ids(has="no-code") == ["乙"]
    assert len(ids(has="no-contact")) == len(ids(has="no-email")) == len(ids(papers="none")) == 4
    assert ids(papers="over") == ids(papers="ending") == []
    assert ids(order="-number")[0] == "丁"


def test_one_code_is_one_company_in_any_spelling(context: None) -> None:
    """E-7."""
    with transaction():
        star = enter(credit_code=" 91210200ma0abcde63 ")
        assert star.credit_code == CODE
        with pytest.raises(Conflict) as refusal:
            enter("别的", credit_code="９１２１０２００ＭＡ０ＡＢＣＤＥ６３")
        assert refusal.value.params["company_id"] == star.id
        other = enter("别的")
        with pytest.raises(Conflict):
            service.change(other, CompanyFacts(name_zh="别的", credit_code=CODE), BY)


@both_engines
def test_two_who_enter_one_code_at_once(app: Flask) -> None:
    """The unique index is the judge."""
    said: list[str] = []
    ready = threading.Barrier(2)

    def one(name: str) -> None:
        with app.app_context():
            ready.wait()
            try:
                with transaction():
                    enter(name, credit_code=CODE)
                said.append("entered")
            except Conflict as refusal:
                said.append(refusal.code[:17])

    workers = [threading.Thread(target=one, args=(name,)) for name in ("甲", "乙")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(said) == ["credit_code_taken", "entered"]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"name_zh": ""}, "name_missing"),
        ({"country": "XX"}, "country_unknown"),
        ({"country": "KR", "region": "大连"}, "region_elsewhere"),
        ({"country": "CN", "region": "香港"}, "region_elsewhere"),
        ({"country": "CN", "region": "Korea"}, "region_elsewhere"),
        ({"country": "HK", "region": "辽宁", "credit_code": ""}, "region_elsewhere"),
        ({"website": "javascript:alert(1)"}, "website_invalid"),
        ({"website": "http://[1"}, "website_invalid"),
        ({"phone": "12"}, "phone_invalid"),
        ({"country": "KR", "credit_code": CODE}, "credit_code_foreign"),
    ],
)
def test_what_no_company_may_be(context: None, facts: dict[str, Any], code: str) -> None:
    with transaction(), pytest.raises(Refused) as refusal:
        service.add(CompanyFacts(**{"name_zh": "星河"} | facts), BY)
    assert refusal.value.code == code


def test_what_is_made_of_facts(context: None) -> None:
    with transaction():
        company = service.add(
            CompanyFacts(
                name_zh="星河",
                country="",
                credit_code=CODE,
                statistics_country="CN",
                region="中国",
                website="www.star.example",
                kinds=("service", "nonsense", "manufacturer"),
            ),
            BY,
        )
        assert (company.country, company.statistics_country, company.region) == ("CN", "", "")
        assert (company.website, company.domain) == ("https://www.star.example", "star.example")
        assert company.kinds == ["manufacturer", "service"]
        with pytest.raises(Refused, match="credit_code_missing"):
            service.change(company, CompanyFacts(name_zh="星河"), BY, applying=True)
        before = db.session.scalar(sa.select(sa.func.count(Entry.id)))
        service.change(company, service.facts_of(company), BY)
        assert db.session.scalar(sa.select(sa.func.count(Entry.id))) == before


def test_entering_and_correcting_a_company(app: Flask, people: People) -> None:
    answer = people.dora.post(
        f"{DESK}/add", data={"name_zh": "星河", "country": "CN", "legal_representative": "=1+1"}
    )
    assert answer.status_code == 422, "IR10"
    answer = people.dora.post(f"{DESK}/add", data={"name_zh": "星河", "country": "CN", "credit_code": "123"})
    assert answer.status_code == 422
    assert "18 characters" in answer.get_data(as_text=True)
    answer = people.dora.post(
        f"{DESK}/add",
        data={"name_zh": "星河", "country": "CN", "credit_code": CODE.lower(), "kinds": "dealer"},
    )
    assert answer.status_code == 303
    record = people.dora.get(answer.headers["Location"]).get_data(as_text=True)
    assert CODE in record
    edit = f"{answer.headers['Location']}/edit"
    assert CODE in people.dora.get(edit).get_data(as_text=True)
    again = people.dora.post(f"{DESK}/add", data={"name_zh": "另一", "country": "CN", "credit_code": CODE})
    assert again.status_code == 422
    assert "C000001" in again.get_data(as_text=True)
    assert (
        people.dora.post(edit, data={"name_zh": "星河玻璃", "country": "KR", "credit_code": ""}).status_code
        == 303
    )
    with app.app_context():
        company = queries.company_of(1)
        assert company is not None
        assert (company.name_zh, company.country, company.credit_code) == ("星河玻璃", "KR", None)


def test_people_are_masked_until_somebody_looks_and_that_is_noted(app: Flask, people: People) -> None:
    """B12, P12."""
    with app.app_context(), transaction():
        company_id = with_contact(enter()).id
    page = f"{DESK}/{company_id}"
    assert "138****8000" in people.dora.get(DESK).get_data(as_text=True)
    record = people.dora.get(page).get_data(as_text=True)
    assert "138****8000" in record
    assert "wang@star.example" not in record
    shown = people.dora.post(f"{page}/unmask", follow_redirects=True).get_data(as_text=True)
    assert "wang@star.example" in shown
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).where(Entry.action == "companies.unmasked")) == 1
    # Another browser that knows the address sees nothing of it.
    assert "wang@star.example" not in people.dora.get(page).get_data(as_text=True)


def test_a_contact_is_entered_corrected_and_removed_with_all_words(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        company_id = enter().id
    page = f"{DESK}/{company_id}/contacts"
    assert people.dora.post(f"{page}/add", data={"role": "main"}).status_code == 422
    assert people.dora.post(f"{page}/add", data={"role": "main", "name": "@王"}).status_code == 422
    assert (
        people.dora.post(f"{page}/add", data={"role": "main", "name": "王敏", "phone": "1"}).status_code
        == 422
    )
    sent = {"role": "main", "name": "王敏", "phone": "138 0013 8000", "email": "W@Star.example"}
    assert people.dora.post(f"{page}/add", data=sent).status_code == 303
    assert people.dora.get(f"{page}/1").status_code == 200
    assert people.dora.post(f"{page}/1", data=sent | {"role": "invoice", "title": "会计"}).status_code == 303
    with app.app_context():
        contact = db.session.get_one(CompanyContact, 1)
        assert (contact.role.value, contact.title, contact.phone) == ("invoice", "会计", "+8613800138000")
        assert queries.company_of(company_id).domain == "star.example"  # type: ignore[union-attr]
    assert people.dora.post(f"{page}/1/remove").status_code == 303
    with app.app_context():
        assert ids("王敏") == []
        entries = db.session.scalars(sa.select(Entry).where(Entry.subject_kind == "company_contact")).all()
        told = [each.after.get("name") for each in audit.readable(entries)]
        assert "王敏" not in told
        assert len(told) == 3
        with transaction():
            new = service.add_contact(queries.company_of(company_id), service.ContactFacts(name="李丽"), BY)  # type: ignore[arg-type]
            assert new.id != 1, "what is said of a person who is gone must not be read as said of another"


def test_a_persons_copy_and_end(context: None) -> None:
    """P7, P9: found by number or address, in every company."""
    with transaction():
        with_contact(enter())
        with_contact(enter("海鸥"), phone="", wechat="wm")
        who = Somebody.of("王 敏", "+8613800138000", "wang@star.example")
        known = personal.export_person(who)
        assert [row["company_zh"] for row in known] == ["大连星河玻璃有限公司", "海鸥"]
        assert personal.export_person(Somebody.of("王敏")) == []
        # A number may be shared: whoever has another name is another person.
        assert personal.export_person(Somebody.of("李丽", "+8613800138000")) == []
        assert len(personal.export_person(Somebody.of("王 敏", "+8613800138000"))) == 1
        assert personal.erase_person(Somebody.of("王敏", None, "wang@star.example"), BY) == 2
        assert personal.found(who) == []
        assert ids("wang") == []


def test_who_may_do_what(app: Flask, people: People) -> None:
    """Administrator and secretary enter, finance looks, people of fairs see nothing of the organisation's register."""
    with app.app_context(), transaction():
        company_id = enter().id
        for role in (OrganisationRole.FINANCE, OrganisationRole.SECRETARY):
            user = accounts.create_user(f"{role.value}@example.org", role.value, None)
            accounts.grant_organisation_role(user, role)
    finance, secretary = (sign_in(app, f"{role}@example.org") for role in ("finance", "secretary"))
    record = f"{DESK}/{company_id}"
    edits = (
        f"{DESK}/add",
        f"{record}/edit",
        f"{record}/contacts/add",
        f"{record}/papers/add",
        f"{DESK}/doubles",
    )
    for page in (DESK, record, f"{DESK}/papers"):
        assert finance.get(page).status_code == secretary.get(page).status_code == 200
        assert people.alice.get(page).status_code == people.charlie.get(page).status_code == 403
        assert people.nobody.get(page).status_code == 303
    for page in (*edits, f"{DESK}/imports", f"{DESK}/export", f"{record}/merge"):
        assert finance.get(page).status_code == 403
        assert secretary.get(page).status_code == 200
    assert "Correct" not in words(finance.get(record).data)
    assert people.dora.get(f"{DESK}/99").status_code == 404
    assert people.dora.get(f"{record}/contacts/99").status_code == 404
    assert people.dora.get(f"{record}/papers/99").status_code == 404


def test_search_is_posted_and_forgotten_searches_find_nothing(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        enter()
    found = people.dora.post(f"{DESK}/search", data={"q": "星河"})
    assert "星河" not in found.headers["Location"]
    assert "大连星河" in people.dora.get(found.headers["Location"]).get_data(as_text=True)
    assert "大连星河" not in people.dora.get(f"{DESK}?s=nonsense").get_data(as_text=True)
    assert "No companies match" in people.dora.get(f"{DESK}?country=KR").get_data(as_text=True)


def test_what_rooms_above_say_stands_on_the_record(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def past(company: Company) -> Part:
        return Part("Past editions", [Line(f"7th of {company.number}", "/desk/7th", "A01")])

    monkeypatch.setattr(record, "PARTS", [past, lambda company: None])
    with app.app_context(), transaction():
        company_id = enter().id
    assert "7th of C000001" in people.dora.get(f"{DESK}/{company_id}").get_data(as_text=True)
