"""P7, P9 for people of companies: the office alone hands out and erases; a visitor's typed number reaches none of it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from exhibitions.audit import service as audit
from exhibitions.audit.models import Entry
from exhibitions.badges.models import Badge
from exhibitions.companies.models import Company, CompanyContact
from exhibitions.companies.rules.roles import ContactRole
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.models import (
    Arrival,
    Call,
    CoExhibitor,
    DirectoryEntry,
    Exhibitor,
    ExhibitorEvent,
    ExhibitorMessage,
    ExhibitorPerson,
    StaffBadge,
)
from exhibitions.exhibitors.rules import letters
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import arriving, expiring, recruiting, telling
from exhibitions.exhibitors.service.directory import words_of
from exhibitions.files import service as files
from exhibitions.files.models import StoredFile
from exhibitions.mail.models import Mail
from exhibitions.orders.models import Invoice, Payment, StatementRow
from exhibitions.orders.rules.states import InvoiceKind
from exhibitions.orders.service import expiring as accounts
from exhibitions.orders.service import personal as receivers
from exhibitions.portal.rules.holdings import PERSONAL, End
from exhibitions.portal.service import company_people
from tests.awards.making import make_entry, make_season
from tests.engines import both_engines
from tests.exhibiting import make_exhibitor
from tests.full_exhibition import owed
from tests.orders.paying import add_order
from tests.people import People
from tests.portal.known_person import fair
from tests.portal.test_holdings import room_of
from tests.visitors.registering import register

NAME, PHONE, EMAIL = "欧阳鹤鸣", "+8613977700123", "heming.ouyang@canary.example"
CANARIES = (NAME, PHONE.removeprefix("+86"), "139-7770 0123", EMAIL, "canary-")
TEXT = f"请找{NAME}，139-7770 0123，{EMAIL}，下午"
ROOMS = {"awards", "companies", "exhibitors", "orders"}


def fill_every_column() -> Exhibitor:
    """One person in each personal column of companies, exhibitors and their money; a colleague beside them."""
    expo, now = fair(), clock.now()
    exhibitor, person, _ = make_exhibitor(expo, "星河家居有限公司", State.PAID)
    company = exhibitor.company
    assert company is not None
    company.legal_representative, company.phone, company.note, company.search = NAME, PHONE, TEXT, NAME
    words = {"title": "canary-厂长", "wechat": "canary-wx"}
    contact = CompanyContact(
        company_id=company.id, role=ContactRole.MAIN, name=NAME, phone=PHONE, email=EMAIL
    )
    contact.title, contact.wechat = words.values()
    person.name, person.phone, person.email = NAME, PHONE, EMAIL
    person.title, person.wechat = words.values()
    db.session.add(ExhibitorPerson(expo_id=expo.id, exhibitor_id=exhibitor.id, name="赵刚", created_at=now))
    exhibitor.answers = {
        "contact": {"name": NAME, "phone": PHONE, "email": EMAIL, **words},
        "company": {"name_zh": "星河", "legal_representative": NAME, "phone": PHONE},
    }
    exhibitor.note = exhibitor.next_step = exhibitor.question = TEXT
    here: dict[str, Any] = {"expo_id": expo.id, "exhibitor_id": exhibitor.id}
    signature = files.store(
        b"png", name="s.png", content_type="image/png", purpose="t", expo_id=expo.id, owner=SYSTEM
    )
    other = CoExhibitor(**here, contact_name=NAME, contact_phone=PHONE, contact_email=EMAIL, created_at=now)
    badge = StaffBadge(**here, name=NAME, phone=PHONE, extra_note="canary-grace", created_at=now)
    badge.title = words["title"]
    order = db.session.get_one(Exhibitor, exhibitor.id)
    db.session.add_all(
        [
            *(contact, other, badge),
            Call(**here, at=now, with_whom=NAME, text="canary-说不来"),
            Call(**here, at=now, with_whom="赵刚", text=TEXT),
            ExhibitorEvent(**here, at=now, deed="moved", text=TEXT),
            ExhibitorMessage(**here, from_office=False, person_id=person.id, text="canary-来信", at=now),
            ExhibitorMessage(**here, from_office=True, text=TEXT, at=now),
            DirectoryEntry(
                **here,
                number="CANARY1",
                name_zh="星河",
                phone="139-7770 0123",
                email=EMAIL,
                asked={"phone": PHONE, "text_zh": "新"},
                changed_at=now,
            ),
            Arrival(**here, at=now, signed_by=NAME, signature_id=signature.id, note=TEXT),
            Invoice(
                expo_id=expo.id,
                order_id=add_order(expo, "付款企业")[1],
                kind=InvoiceKind.DIGITAL,
                receiver=NAME,
                receiver_phone=PHONE,
                receiver_email=EMAIL,
                amount=100,
                created_at=now,
            ),
        ]
    )
    db.session.flush()
    make_entry(
        make_season(expo),
        "A017",
        contact_name=NAME,
        contact_phone=PHONE,
        contact_email=EMAIL,
        reason=TEXT,
    )
    return order


def columns_with_canaries() -> set[tuple[str, str]]:
    """In which columns of these rooms, declared to be erased, anything of the person stands."""
    held = set()
    for table, columns in PERSONAL.items():
        if room_of(table) not in ROOMS:
            continue
        rows = db.session.execute(sa.select(db.metadata.tables[table])).mappings().all()
        for column in columns:
            said = json.dumps([row[column] for row in rows], ensure_ascii=False, default=str)
            if any(canary in said for canary in CANARIES):
                held.add((table, column))
    return held


@both_engines
def test_p9_every_column_that_is_said_to_be_erased_is_empty_of_the_person(app: Flask, people: People) -> None:
    """A column of these rooms that is new in holdings.PERSONAL has to be filled above, or this fails."""
    promised = {
        (table, column)
        for table, columns in PERSONAL.items()
        for column, end in columns.items()
        if room_of(table) in ROOMS and end is End.ERASED
    }
    with app.app_context():
        with transaction():
            fill_every_column()
        assert promised - columns_with_canaries() == set(), "fill these columns"
        (found,) = company_people.find(PHONE, None)
        copy = json.dumps(company_people_copy(found), ensure_ascii=False)
        assert all(word in copy for word in (NAME, PHONE, EMAIL, "canary-wx", "canary-说不来", "canary-来信"))
        assert "赵刚" not in copy
        with transaction():
            assert company_people.erase_person(found, SYSTEM) == 6
        db.session.expire_all()
        assert columns_with_canaries() == set()
        assert company_people.find(PHONE, EMAIL) == []
        assert db.session.query(StoredFile).filter_by(purpose="t").count() == 0, "the drawn signature"
        exhibitor = db.session.query(Exhibitor).filter_by(note="请找…，…，…，下午").one()
        assert exhibitor.answers == {"company": {"name_zh": "星河", "legal_representative": "", "phone": ""}}
        assert [each.name for each in exhibitor.people] == ["", "赵刚"]
        assert words_of(db.session.query(DirectoryEntry).filter_by(number="CANARY1").one()).name_zh == "星河"


def company_people_copy(found: company_people.Found) -> dict[str, object]:
    with transaction():
        return company_people.export_person(found, SYSTEM, "asked")


def test_a_visitor_who_types_the_number_of_a_contact_reads_and_erases_nothing(
    app: Flask, people: People
) -> None:
    """A number that was only typed proves nothing."""
    with app.app_context(), transaction():
        fill_every_column()
    stranger = app.test_client()
    link = re.sub(r"/(more|colleagues)$", "", register(stranger, name=NAME, phone="13977700123"))
    answer = stranger.post(f"{link}/data")
    packed = stranger.get(f"{answer.location}/data.zip").data
    copy = zipfile.ZipFile(io.BytesIO(packed)).read("data.json").decode()
    assert EMAIL not in copy
    assert "canary-" not in copy
    assert stranger.post(f"{link}/erase").status_code == 303
    with app.app_context():
        assert db.session.query(CompanyContact).one().name == NAME
        assert db.session.query(ExhibitorPerson).filter_by(name=NAME).one().removed_at is None
        assert db.session.query(StaffBadge).one().cancelled_at is None
        assert db.session.query(Badge).filter_by(name=NAME).count() == 0, "the visitor's own badge"


def test_the_office_finds_hands_out_and_erases_who_never_registered(app: Flask, people: People) -> None:
    """A3: by whole number or address; with a reason that is noted; a number is typed before the end."""
    with app.app_context(), transaction():
        fill_every_column()
    answer = people.dora.post("/desk/privacy/find", data={"q": "139 7770 0123"})
    page = people.dora.get(f"{answer.location}&lang=en").text
    assert NAME in page
    assert "139****0123" in page
    assert EMAIL not in page
    path = re.search(r'"(/desk/privacy/company-people/[a-z_]+/\d+)/export"', page)
    assert path is not None
    person = path[1]
    for browser in (people.alice, people.bob, people.charlie):
        assert browser.get(f"{person}/export").status_code == 403
        assert browser.post(f"{person}/erase", data={"number": person.rsplit("/", 1)[1]}).status_code == 403
    assert people.dora.post(f"{person}/export", data={}).status_code == 422
    packed = people.dora.post(f"{person}/export?lang=en", data={"reason": "called back"})
    assert packed.mimetype == "application/zip"
    assert "canary" not in packed.headers["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(packed.data))
    assert json.loads(archive.read("data.json"))["companies"][0]["email"] == EMAIL
    assert "Talks with you" in archive.read("data.html").decode()
    with app.app_context():
        rows = audit.readable(db.session.query(Entry).filter_by(action="portal.person_exported"))
        assert [row.reason for row in rows] == ["called back"]
    assert people.dora.get(f"{person}/erase").status_code == 200
    assert people.dora.post(f"{person}/erase", data={"number": "0"}).status_code == 422
    number = person.rsplit("/", 1)[1]
    assert people.dora.post(f"{person}/erase", data={"number": number}).status_code == 303
    assert people.dora.get(f"{person}/erase").status_code == 404
    for kind in ("company_contact", "invoice", "visitor", "exhibitor_person"):
        assert people.dora.get(f"/desk/privacy/company-people/{kind}/9999/export").status_code == 404


def test_who_signed_a_contract_that_is_open_is_not_erased(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A3: an open contract blocks, with its reason."""
    with app.app_context(), transaction():
        fill_every_column()
    with app.app_context():
        person = company_people.find(PHONE, None)[0].first
    monkeypatch.setattr(receivers, "signs_open_contract", bool)
    path = f"/desk/privacy/company-people/{person.kind}/{person.id}/erase"
    page = people.dora.get(f"{path}?lang=en").text
    assert "signed a contract that is still open" in page
    assert 'name="number"' not in page
    assert people.dora.post(path, data={"number": str(person.id)}).status_code == 422
    with app.app_context():
        assert db.session.query(CompanyContact).one().name == NAME


def test_people_who_share_a_number_are_two_and_those_of_another_name_stay(app: Flask, people: People) -> None:
    with app.app_context():
        with transaction():
            exhibitor = fill_every_column()
            db.session.add(
                CompanyContact(
                    company_id=exhibitor.company_id, role=ContactRole.MAIN, name="李丽", phone=PHONE
                )
            )
            db.session.add(
                CompanyContact(company_id=exhibitor.company_id, role=ContactRole.MAIN, name=NAME, email=EMAIL)
            )
        found = {each.who.name: each for each in company_people.find(PHONE, None)}
        assert set(found) == {NAME, "李丽"}
        assert len(found[NAME].rows) == 7, "also the one that only the address knows"
        with transaction():
            company_people.erase_person(found[NAME], SYSTEM)
        assert [each.name for each in db.session.query(CompanyContact)] == ["李丽"]
        assert [each.who.name for each in company_people.find(PHONE, None)] == ["李丽"]


def test_what_waits_for_the_person_is_not_sent_and_the_audit_opens_nothing(
    app: Flask, people: People
) -> None:
    """§7: what is said of somebody is sealed with their own key; of a company's papers no word about persons is kept."""
    with app.app_context():
        with transaction():
            exhibitor = fill_every_column()
            telling.tell(exhibitor.people[0], letters.LINK)
            recruiting.write_note(exhibitor, f"{TEXT}再问", SYSTEM)
            company = db.session.get_one(Company, exhibitor.company_id)
        found = company_people.find(PHONE, None)[0]
        with transaction():
            company_people.erase_person(found, SYSTEM)
        assert all(
            PHONE not in mail.recipient and EMAIL not in mail.recipient for mail in db.session.query(Mail)
        )
        rows = audit.readable(db.session.query(Entry))
        assert company.id
        assert {row.action for row in rows} >= {
            "exhibitors.noted",
            "companies.changed",
            "portal.person_erased",
        }
        assert not [row for row in rows if any(canary in f"{row.before}{row.after}" for canary in CANARIES)]


def test_a38_the_signature_of_the_wrong_company_goes_with_its_arrival(app: Flask, people: People) -> None:
    with app.app_context():
        with transaction():
            exhibitor = fill_every_column()
            exhibitor.state = State.ON_SITE
        with transaction():
            arriving.take_back(fair(), exhibitor, SYSTEM)
        assert db.session.query(Arrival).count() == 0
        assert db.session.query(StoredFile).filter_by(purpose="t").count() == 0


@both_engines
def test_p6_when_the_term_is_over_people_go_and_companies_stay(app: Flask, people: People) -> None:
    """The dry run counts what the run ends; a second run finds nothing."""
    with app.app_context():
        with transaction():
            exhibitor = fill_every_column()
            exhibitor.submitted_at = None
        told = expiring.told(fair())
        assert told == 9, "three people, badge, contact, two talks, arrival, draft"
        gone = []
        for _ in range(9):
            with transaction():
                gone.append(expiring.expire(fair()))
        assert (sum(gone), gone[-1], expiring.told(fair())) == (told, 0, 0)
        assert db.session.query(CompanyContact).one().name == NAME, "the register has no term"
        assert db.session.query(Exhibitor).filter_by(id=exhibitor.id).one().answers == {}
        assert {each.name for each in db.session.query(ExhibitorPerson)} & {NAME, "赵刚"} == set()


@both_engines
def test_p6_rows_of_the_bank_that_were_put_aside_go_first_and_what_was_booked_stays(
    app: Flask, people: People
) -> None:
    with app.app_context():
        with transaction():
            owed(fair(), SYSTEM)
        assert accounts.told_aside(fair()) == 0
        with transaction():
            row = db.session.query(StatementRow).one()
            row.ignored_at = clock.now()
        assert (accounts.told_aside(fair()), accounts.told(fair())) == (1, 4)
        with transaction():
            assert (accounts.expire_aside(fair()), accounts.expire_aside(fair())) == (1, 0)
        assert (row.payer, row.text, row.amount, bool(row.digest)) == ("", "", 100, True)
        for _ in range(4):
            with transaction():
                accounts.expire(fair())
        assert accounts.told(fair()) == 0
        assert db.session.query(Invoice).one().receiver == ""
        assert db.session.query(Payment).one().payer == "王敏"


@both_engines
def test_an_exhibitor_has_one_entry_of_its_own(app: Flask, people: People) -> None:
    """A constraint over three columns does not judge an empty one: the index does."""
    with app.app_context():
        with transaction():
            exhibitor, _, _ = make_exhibitor(fair(), "甲")
            here = {"expo_id": fair().id, "exhibitor_id": exhibitor.id, "changed_at": clock.now()}
            db.session.add(DirectoryEntry(**here, number="ONE"))
        with pytest.raises(IntegrityError), transaction():
            db.session.add(DirectoryEntry(**here, number="TWO"))
