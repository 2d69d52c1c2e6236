"""O6: the record of one person: unmasked, corrected, with a new link."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import force_locale

from exhibitions.accounts.queries import live_link
from exhibitions.audit import queries as audit_queries
from exhibitions.audit import service as audit
from exhibitions.badges import queries as badge_queries
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.signing import hash_link_token
from exhibitions.mail import service as mail
from exhibitions.mail.models import Mail
from exhibitions.visitors import service
from exhibitions.visitors.models import Registration
from exhibitions.visitors.views.letters import badge_link
from tests.engines import both_engines
from tests.people import People
from tests.visitors.listing import DESK, LIST, text_of
from tests.visitors.registering import add, all_rows, change_class, fair, link_of

BADGE = re.compile(r"http://localhost(/8th/badge/[\w-]{32})")


def test_numbers_are_masked_until_somebody_asks_and_that_is_noted(app: Flask, people: People) -> None:
    """B12, P12."""
    add(app, email="lee@example.org")
    for path in (LIST, f"{LIST}/1", f"{LIST}/1/correct", f"{DESK}?one=1"):
        page = text_of(people.bob, path)
        assert "138****8000" in page, path
        assert "13800138000" not in page.replace(" ", ""), path
        assert "lee@example.org" not in page, path
    page = people.bob.post(f"{LIST}/1/unmask", follow_redirects=True).get_data(as_text=True)
    assert "138 0013 8000" in page
    assert "lee@example.org" in page
    with app.app_context():
        entries = audit_queries.entries(fair().id, audit_queries.Wanted(action="visitors.unmasked"))
        assert [entry.subject_id for entry in entries] == [1]


def let_mail_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a server for mail."""
    account = replace(mail.account(), server="mail.example.org")
    monkeypatch.setattr(mail, "account", lambda: account)


def test_a_new_link_ends_the_earlier_ones_and_goes_out_by_mail(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """design §4: a personal link can be revoked. V3: what opens nothing leads to where the badge is found again."""
    let_mail_leave(monkeypatch)
    person = add(app, email="lee@example.org")
    with app.app_context(), transaction():
        service.send_link(db.session.get_one(Registration, person))
    earlier = [link_of(app, person), link_of(app, person)]
    other = link_of(app, add(app, "李雷", "+8613900139000"))
    page = people.bob.post(f"{LIST}/{person}/link?lang=en", follow_redirects=True).get_data(as_text=True)
    assert "The earlier links have ended. A new one is sent by e-mail." in page
    assert "New link to the badge made, earlier ones ended" in page
    assert "/8th/badge/" not in page
    for path in earlier:
        answer = people.nobody.get(f"{path}?lang=en")
        assert answer.status_code == 404
        assert "This link opens no badge" in answer.get_data(as_text=True)
    assert people.nobody.get(other).status_code == 200
    with app.app_context():
        letters = db.session.scalars(sa.select(Mail).where(Mail.template == service.LETTER)).all()
        # The letter of a moment ago may have left with a link that is dead now: this is another one.
        assert [letter.recipient for letter in letters] == ["lee@example.org"] * 2
        entries = audit_queries.entries(fair().id, audit_queries.Wanted(action="visitors.link_renewed"))
        assert [entry.subject_id for entry in entries] == [person]
    with app.app_context():
        expo_id = fair().id
        db.session.rollback()
        with force_locale("en"):
            text = badge_link({"expo_id": expo_id, "registration_id": person}, "en").text
    assert people.nobody.get(BADGE.findall(text)[0]).status_code == 200


@pytest.mark.parametrize("why", ["no address", "no server", "not approved yet"])
def test_a_new_link_that_no_letter_carries_is_shown_once_to_hand_over(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    if why != "no server":
        let_mail_leave(monkeypatch)
    if why == "not approved yet":
        change_class(app, "trade", needs_approval=True)
    person = add(app, email=None if why == "no address" else "lee@example.org")
    earlier = link_of(app, person)
    answer = people.bob.post(f"{LIST}/{person}/link")
    page = text_of(people.bob, f"{answer.location}&lang=en")
    (link,) = set(BADGE.findall(page))
    assert "Give the person this new one" in page
    assert people.nobody.get(link).status_code == 200
    assert people.nobody.get(earlier).status_code == 404
    for path in (
        f"{LIST}/{person}",
        f"{LIST}/{add(app, '李雷', '+8613900139000')}?{answer.location.split('?')[1]}",
    ):
        assert not BADGE.findall(text_of(people.bob, path))
    with app.app_context():
        assert db.session.scalars(sa.select(Mail)).all() == []


def test_who_has_cancelled_gets_no_new_link(app: Flask, people: People) -> None:
    person = add(app)
    path = link_of(app, person)
    people.bob.post(f"{LIST}/{person}/cancel")
    assert "/link" not in text_of(people.bob, f"{LIST}/{person}")
    assert people.bob.post(f"{LIST}/{person}/link").status_code == 409
    assert people.nobody.get(path).status_code == 200


def test_erasure_ends_every_link_to_the_badge(app: Flask, people: People) -> None:
    """P6: nothing of the person is opened by a link that is still in a mailbox."""
    person = add(app)
    path = link_of(app, person)
    with app.app_context(), transaction():
        service.erase_person(db.session.get_one(Registration, person))
        assert live_link("badge", hash_link_token(path.rsplit("/", 1)[1]), clock.now()) is None
    # P9: it says that the data is gone, and nothing else.
    assert people.nobody.get(path).status_code == 410


@both_engines
def test_the_desk_corrects_everything(app: Flask, people: People) -> None:
    add(app, region="火星")
    add(app, "李雷", "+8613900139000")
    data = {"name": "王小敏", "company": "", "phone": "", "email": "new@example.org", "visitor_class": "vip"}
    answer = people.bob.post(f"{LIST}/1/correct", data=data | {"region": "火星", "visit_day": ""})
    assert answer.status_code == 303
    row = all_rows(app)[0]
    assert (row.name, row.phone, row.email, row.region) == (
        "王小敏",
        "+8613800138000",
        "new@example.org",
        "火星",
    )
    taken = people.bob.post(f"{LIST}/1/correct", data=data | {"phone": "13900139000", "region": ""})
    assert taken.status_code == 422
    with app.app_context():
        badge = badge_queries.current_badge(fair(), "visitor", 1)
        assert badge is not None
        assert (badge.name, badge.badge_class.key) == ("王小敏", "vip")


def test_history_speaks_of_what_other_rooms_did(app: Flask, people: People) -> None:
    number = add(app)
    with app.app_context(), transaction():
        audit.record("portal.person_exported", SYSTEM, expo_id=1, subject=("visitor", number))
    page = people.alice.get(f"/desk/8th/visitors/{number}?lang=en").text
    assert "Copy of a person&#39;s data made" in page
