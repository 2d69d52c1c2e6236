"""A3 and V3: finding, copying and erasing a person, by who answers for it and by the person (P7, P8, P9, P12)."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.accounts import service as accounts
from exhibitions.accounts.models import PersonalLink, User
from exhibitions.audit import queries as audit_queries
from exhibitions.audit import service as audit
from exhibitions.badges import queries as badge_queries
from exhibitions.badges.rules import number
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict
from exhibitions.expos.models import Expo
from exhibitions.jobs.commands.running import drain
from exhibitions.portal.service import persons
from exhibitions.visitors import service as visitors
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.queries.everywhere import all_of
from exhibitions.visitors.rules.group_list import Member
from exhibitions.visitors.rules.guests import GuestFacts
from exhibitions.visitors.rules.registration import Channel
from exhibitions.visitors.service import guests, merging
from tests.factories import make_expo
from tests.people import People
from tests.portal.known_person import (
    CANARIES,
    EMAIL,
    NAME,
    PHONE,
    STAFF,
    dump,
    fair,
    held,
    leave_traces,
    scan,
)

HUB = "/desk/privacy"


def person_page(registration_id: int, verb: str) -> str:
    return f"{HUB}/people/{registration_id}/{verb}"


def badge_number(app: Flask, registration_id: int, slug: str = "8th") -> str:
    with app.app_context():
        badge = badge_queries.current_badge(fair(slug), HOLDER, registration_id)
        assert badge is not None
        return number.shown(badge.number)


def another(app: Flask, slug: str, email: str | None, name: str) -> int:
    with app.app_context(), transaction():
        expo = fair(slug)
        trade = badge_queries.class_by_key(expo, "trade")
        assert trade is not None
        person = visitors.Person(name, "别的公司", None if email else "+8613911110000", email)
        return visitors.register(
            visitors.prepare(expo, trade, person, visitors.Entry(Channel.DESK)), STAFF
        ).id


@pytest.mark.parametrize("typed", ["139 7770 0123", EMAIL.upper(), "number"])
def test_a_person_is_found_over_all_fairs_by_number_address_or_badge(
    app: Flask, people: People, tmp_path: Path, typed: str
) -> None:
    made = leave_traces(app, tmp_path)
    with app.app_context():
        make_expo("9th", 9)
    other = another(app, "9th", EMAIL, NAME)
    text = badge_number(app, made.registration_id) if typed == "number" else typed
    answer = people.dora.post(f"{HUB}/find", data={"q": text})
    assert text not in answer.location
    page = people.dora.get(answer.location).text
    assert person_page(made.registration_id, "erase") in page
    assert person_page(other, "erase") in page
    assert EMAIL not in page, "masked"


@pytest.mark.parametrize("typed", ["138 1111 2222", " 端木部长 "])
def test_a_guest_of_honour_without_a_registration_is_found_too(
    app: Flask, people: People, typed: str
) -> None:
    """By number or whole name, in any fair; one who is registered is found as a registration."""
    with app.app_context():
        make_expo("9th", 9)
        with transaction():
            facts = [GuestFacts("端木部长", phone="+8613811112222"), GuestFacts("端木")]
            number_of = guests.add_guests(fair("9th"), facts, STAFF)[0].id
    page = people.dora.get(people.dora.post(f"{HUB}/find", data={"q": typed}).location).text
    link = f"/desk/9th/visitors/guests/{number_of}"
    assert page.count("/visitors/guests/") == 1
    assert people.dora.get(link).status_code == 200
    assert f'href="{link}"' in page
    assert "13811112222" not in page.replace("138 1111 2222", "")
    assert people.dora.get(people.dora.post(f"{HUB}/find", data={"q": "木部"}).location).text.count(link) == 0


def test_p9_who_shares_an_address_of_an_office_is_erased_only_when_ticked(
    app: Flask, people: People, tmp_path: Path
) -> None:
    """Ticked at first: the same name in any fair. A colleague is offered; a stranger's number is no choice."""
    made = leave_traces(app, tmp_path)
    with app.app_context():
        for n, slug in enumerate(("9th", "10th"), start=9):
            make_expo(slug, n)
    again, colleague = another(app, "9th", EMAIL, NAME), another(app, "10th", EMAIL, "诸葛同事")
    stranger = another(app, "8th", None, "别人")
    path, typed = person_page(made.registration_id, "erase"), badge_number(app, made.registration_id)
    page = people.dora.get(f"{path}?lang=en").text
    boxes = dict(re.findall(r'name="people"\s+value="(\d+)"( checked)?', page))
    assert boxes == {str(again): " checked", str(colleague): ""}
    assert EMAIL not in page, "masked"

    def erased() -> set[int]:
        with app.app_context():
            gone = sa.select(Registration.id).where(Registration.erased_at.is_not(None))
            return set(db.session.scalars(gone))

    foreign = people.dora.post(path, data={"number": typed, "people": [str(stranger)]})
    assert (foreign.status_code, erased()) == (422, set())
    assert people.dora.post(path, data={"number": typed, "people": []}).status_code == 303
    assert erased() == {made.registration_id}, "the one that was asked for, at least"
    path = person_page(again, "erase")
    data = {"number": badge_number(app, again, "9th"), "people": [str(colleague)]}
    assert people.dora.post(path, data=data).status_code == 303
    assert erased() == {made.registration_id, again, colleague}


def test_erasing_asks_for_the_number_and_takes_every_fair(app: Flask, people: People, tmp_path: Path) -> None:
    made = leave_traces(app, tmp_path)
    with app.app_context():
        make_expo("9th", 9)
    other = another(app, "9th", EMAIL, NAME)
    path = person_page(made.registration_id, "erase")
    page = people.dora.get(f"{path}?lang=en").text
    assert page.count('name="people"') == 1
    assert people.dora.post(path, data={"number": "1"}).status_code == 422
    assert held(dump(app))
    typed = {"number": badge_number(app, made.registration_id), "people": [str(other)]}
    assert people.dora.post(path, data=typed).status_code == 303
    with app.app_context():
        drain()
        rows = db.session.scalars(sa.select(Registration).where(Registration.erased_at.is_not(None))).all()
        assert {row.id for row in rows} == {made.registration_id, other}
        found = audit_queries.entries(None, audit_queries.Wanted(action="portal.person_erased"))
        assert len(found) == 2
    assert held(dump(app)) == []
    assert people.dora.get(path).status_code == 404
    for page in (f"/desk/8th/visitors/{made.registration_id}", "/desk/8th/visitors", "/desk/8th/audit"):
        answer = people.dora.get(page)
        assert answer.status_code == 200
        assert held(answer.text) == []


def test_only_who_answers_for_personal_data_may(app: Flask, people: People, tmp_path: Path) -> None:
    made = leave_traces(app, tmp_path)
    for verb in ("export", "erase"):
        path = person_page(made.registration_id, verb)
        for browser in (people.alice, people.bob, people.charlie):
            assert browser.get(path).status_code == 403
            assert browser.post(path, data={"number": "1", "reason": "x"}).status_code == 403


def test_p7_the_copy_holds_every_canary_of_the_person_and_none_of_others(
    app: Flask, people: People, tmp_path: Path
) -> None:
    made = leave_traces(app, tmp_path)
    scan(app, made, clock.now(), verdict="first_today", admitted=True)
    with app.app_context(), transaction():
        row = db.session.get_one(Registration, made.registration_id)
        visitors.bring(fair(), row, visitors.gather(fair(), row, [Member("司徒别人")]), STAFF)
    another(app, "8th", "other@canary.example", "端木他人")
    answer = people.nobody.post(f"/8th/badge/{made.link}/data")
    assert answer.status_code == 303
    link = answer.location
    page = people.nobody.get(f"{link}?lang=en").text
    packed = people.nobody.get(f"{link}/data.zip")
    assert packed.headers["Content-Disposition"] == 'attachment; filename="my-data-8th.zip"'
    with zipfile.ZipFile(io.BytesIO(packed.data)) as archive:
        assert sorted(archive.namelist()) == ["data.html", "data.json"]
        texts = [page, archive.read("data.html").decode(), archive.read("data.json").decode()]
    for text in texts:
        assert held(text) == list(CANARIES)
        for foreign in ("司徒别人", "端木他人", "other@canary.example", "Alice", "别的公司"):
            assert foreign not in text
    known = json.loads(texts[2])
    assert known["person"]["consents"][0]["purpose"] == "service"
    assert known["scans"][0]["gate"] == "A口"
    assert known["person"]["mails"][0]["recipient"] == EMAIL
    assert "visitors.unmasked" in {line["action"] for line in known["history"]}


def test_p7_the_copy_holds_the_whole_history(app: Flask, people: People, tmp_path: Path) -> None:
    made = leave_traces(app, tmp_path)
    with app.app_context():
        with transaction():
            said: list[tuple[int, dict[str, object]]] = [(made.registration_id, {})] * 1100
            audit.record_each("visitors.changed", STAFF, fair().id, HOLDER, said)
        row = db.session.get_one(Registration, made.registration_id)
        history = persons.export_person(fair(), row)["history"]
        assert isinstance(history, list)
        assert len(history) > 1100
        assert [each["at"] for each in history] == sorted(each["at"] for each in history)


def test_p7_the_link_of_a_copy_is_one_persons_and_ends_after_a_day(
    app: Flask, people: People, tmp_path: Path
) -> None:
    made = leave_traces(app, tmp_path)
    link = people.nobody.post(f"/8th/badge/{made.link}/data").location
    token = link.rsplit("/", 1)[1]
    assert len(token) >= 32
    wrong = [f"/8th/my-data/{made.link}", "/8th/my-data/invented", f"/8th/badge/{token}"]
    assert [people.nobody.get(path).status_code for path in wrong] == [404] * 3
    with app.app_context(), transaction() as session:
        row = session.scalars(sa.select(PersonalLink).where(PersonalLink.kind == visitors.DATA_LINK)).one()
        assert row.expires_at is not None
        assert abs(row.expires_at - row.created_at - timedelta(hours=24)) < timedelta(seconds=1)
        row.expires_at = clock.now()
    assert people.nobody.get(link).status_code == 404
    assert people.nobody.get(f"{link}/data.zip").status_code == 404


def test_the_organiser_hands_a_link_over_and_says_why(app: Flask, people: People, tmp_path: Path) -> None:
    made = leave_traces(app, tmp_path)
    path = person_page(made.registration_id, "export")
    assert people.dora.post(path, data={"reason": ""}).status_code == 422
    page = people.dora.post(path, data={"reason": "asked by telephone"}).text
    link = page.partition("/8th/my-data/")[2].partition("<")[0].partition('"')[0]
    assert people.nobody.get(f"/8th/my-data/{link}").status_code == 200
    with app.app_context():
        (entry,) = audit_queries.entries(None, audit_queries.Wanted(action="portal.person_exported"))
        assert entry.subject_id == made.registration_id


def test_p9_a_visitor_erases_himself_at_once_and_the_page_says_so(
    app: Flask, people: People, tmp_path: Path
) -> None:
    made = leave_traces(app, tmp_path)
    path = f"/8th/badge/{made.link}"
    assert "/data" in people.nobody.get(path).text
    assert "cannot be undone" in people.nobody.get(f"{path}/erase?lang=en").text
    assert len(held(dump(app))) == len(CANARIES), "looking erases nothing"
    answer = people.nobody.post(f"{path}/erase")
    assert answer.status_code == 303
    with app.app_context():
        drain()
    assert held(dump(app)) == []
    gone = people.nobody.get(f"{path}?lang=en")
    assert gone.status_code == 410
    assert "Your data is erased" in gone.text
    assert held(gone.text) == []
    assert [people.nobody.get(f"{path}/{page}").status_code for page in ("data", "erase")] == [404, 404]


def earlier_rows(app: Flask, made_id: int) -> list[int]:
    """Two more registrations of the person: one merged away with nothing in common, one cancelled long ago."""
    gone_id = another(app, "8th", "old.heming@canary.example", "欧阳旧名")
    with app.app_context():
        row, gone = (db.session.get_one(Registration, each) for each in (made_id, gone_id))
        with transaction():
            merging.merge(fair(), row, gone, {}, None, STAFF)
        with transaction():
            row.phone = None
            old = another_of(fair(), NAME, PHONE)
            visitors.cancel(fair(), old, STAFF)
            row.phone = PHONE
        return [gone_id, old.id]


def another_of(expo: Expo, name: str, phone: str) -> Registration:
    trade = badge_queries.class_by_key(expo, "trade")
    assert trade is not None
    ready = visitors.prepare(expo, trade, visitors.Person(name, phone=phone), visitors.Entry(Channel.DESK))
    return db.session.get_one(Registration, visitors.register(ready, STAFF).id)


def test_p9_a_visitor_erases_every_registration_of_theirs(app: Flask, people: People, tmp_path: Path) -> None:
    """Also the row that a merge ended, and one cancelled before; a colleague with the same name stays."""
    made = leave_traces(app, tmp_path)
    theirs = earlier_rows(app, made.registration_id)
    namesake = another(app, "8th", "another.ouyang@example.org", NAME)
    link = people.nobody.post(f"/8th/badge/{made.link}/data").location
    copy = people.nobody.get(f"{link}?lang=en").text
    assert copy.count("Details of another registration of yours") == 2
    assert "old.heming@canary.example" in copy
    assert "another.ouyang@example.org" not in copy
    assert people.nobody.post(f"/8th/badge/{made.link}/erase").status_code == 303
    with app.app_context():
        drain()
        rows = db.session.scalars(sa.select(Registration).where(Registration.erased_at.is_not(None)))
        assert {row.id for row in rows} == {made.registration_id, *theirs}
        assert db.session.get_one(Registration, namesake).name == NAME
    left = dump(app)
    assert held(left) == [NAME], "the namesake's"
    for word in ("欧阳旧名", "old.heming"):
        assert word not in left


def test_p9_who_was_parted_is_another_person(app: Flask, people: People, tmp_path: Path) -> None:
    made = leave_traces(app, tmp_path)
    gone_id = another(app, "8th", "old.heming@canary.example", "欧阳旧名")
    with app.app_context():
        row, gone = (db.session.get_one(Registration, each) for each in (made.registration_id, gone_id))
        with transaction():
            merged = merging.merge(fair(), row, gone, {}, None, STAFF)
        assert [each.registration.id for each in all_of(gone)] == [gone_id, made.registration_id]
        with transaction():
            merging.part(fair(), merged, STAFF)
        assert [each.registration.id for each in all_of(row)] == [made.registration_id]


def test_p8_a_corrected_name_is_on_badge_and_gate_at_the_next_scan(
    app: Flask, people: People, tmp_path: Path
) -> None:
    made = leave_traces(app, tmp_path)
    data = {"name": "欧阳改名", "company": "新公司", "region": "", "visit_day": ""}
    answer = people.nobody.post(f"/8th/badge/{made.link}/change", data=data)
    assert answer.status_code == 303
    seen = scan(app, made, clock.now())
    badge = seen["badge"]
    assert isinstance(badge, dict)
    assert (badge["name"], badge["company"]) == ("欧阳改名", "新公司")


def test_p18_an_erased_account_is_a_number_and_every_page_opens(app: Flask, people: People) -> None:
    with app.app_context():
        with transaction() as session:
            alice = session.scalars(sa.select(User).where(User.email == "alice@example.org")).one()
            alice_id = alice.id
            by = Actor("user", alice.id, "Alice Canary")
            visitors_made = visitors.prepare(
                fair(),
                badge_queries.class_by_key(fair(), "trade"),  # type: ignore[arg-type]
                visitors.Person("王一", phone="+8613911110001"),
                visitors.Entry(Channel.DESK),
            )
            visitors.register(visitors_made, by)
        assert "Alice Canary" in people.dora.get("/desk/8th/audit").text
        with pytest.raises(Conflict), transaction() as session:
            persons.erase_account(session.get_one(User, alice_id), STAFF)
        with transaction() as session:
            accounts.disable(session.get_one(User, alice_id), SYSTEM)
        with transaction() as session:
            persons.erase_account(session.get_one(User, alice_id), STAFF)
        with transaction() as session:
            persons.erase_account(session.get_one(User, alice_id), STAFF)
    assert people.alice.get("/desk/8th/visitors").status_code == 303, "signed out"
    for path in ("/desk/8th/audit", "/desk/audit", "/desk/8th/", "/desk/8th/jobs", "/doors", HUB):
        assert people.dora.get(path).status_code == 200
    page = people.dora.get("/desk/8th/audit?lang=en").text
    assert f"erased person #{alice_id}" in page
    assert "Alice" not in page
    assert "alice@example.org" not in dump(app)
