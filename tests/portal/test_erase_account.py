"""A1: the page on which an administrator erases the account of who will not come back (P18)."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from exhibitions.accounts import service as accounts
from exhibitions.accounts.models import User
from exhibitions.audit.models import Entry
from exhibitions.badges.models import StockMove
from exhibitions.badges.rules.stock import Move
from exhibitions.badges.service.stock import move
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.expos.queries import expo_by_slug
from exhibitions.portal.service import persons
from tests.people import People


def number_of(app: Flask, name: str) -> int:
    with app.app_context():
        found = sa.select(User.id).where(User.email == f"{name}@example.org")
        return int(db.session.scalars(found).one())


def test_who_still_works_here_is_disabled_first(app: Flask, people: People) -> None:
    page = f"/desk/people/{number_of(app, 'bob')}/erase"
    assert "Disable the account first" in people.dora.get(f"{page}?lang=en").text
    answer = people.dora.post(page, data={"address": "bob@example.org"}, follow_redirects=True)
    assert "Disable the account first" in answer.text
    assert people.bob.get("/desk/8th/").status_code == 200


def test_the_address_is_typed_and_then_the_account_is_a_number(app: Flask, people: People) -> None:
    bob = number_of(app, "bob")
    people.dora.post(f"/desk/people/{bob}/disable?lang=en")
    page = f"/desk/people/{bob}/erase"
    wrong = people.dora.post(page, data={"address": "alice@example.org"})
    assert (wrong.status_code, "This is not the address" in wrong.text) == (422, True)
    done = people.dora.post(page, data={"address": " Bob@Example.org "}, follow_redirects=True)
    assert f"erased person #{bob}" in done.text
    assert "bob@example.org" not in done.text
    for path in ("", "/erase", "/reset-second-step"):
        assert people.dora.get(f"/desk/people/{bob}{path}").status_code == 404
    for path in ("enable", "link", "roles"):
        assert people.dora.post(f"/desk/people/{bob}/{path}").status_code == 404
    assert "erased.invalid" not in people.dora.get("/desk/people").text


def test_only_administrators_erase_accounts(app: Flask, people: People) -> None:
    page = f"/desk/people/{number_of(app, 'bob')}/erase"
    assert people.alice.post(page, data={"address": "bob@example.org"}).status_code == 403
    assert people.charlie.get(page).status_code == 403


def test_p18_the_audit_keeps_no_name_of_an_erased_account_in_plain_words(app: Flask, people: People) -> None:
    bob = number_of(app, "bob")
    by = Actor("user", bob, "Bob")
    with app.app_context():
        with transaction() as session:
            accounts.rename(session.get_one(User, bob), "Robert Canary", "en", by)
        assert "Robert Canary" in people.dora.get("/desk/audit").text, "readable while the account is there"
        with transaction() as session:
            accounts.disable(session.get_one(User, bob), Actor("system"))
            persons.erase_account(session.get_one(User, bob), Actor("system"))
        kept = db.session.execute(
            sa.select(Entry.before, Entry.after).where(Entry.subject_kind == "user")
        ).all()
    assert "Canary" not in repr(kept)
    assert "Bob" not in repr(kept)
    assert "Canary" not in people.dora.get("/desk/audit").text


def test_p18_paper_forgets_an_erased_colleague_and_no_namesake(app: Flask, people: People) -> None:
    """Under the name of then, too; of who counted before accounts were noted the name decides."""
    bob = number_of(app, "bob")
    with app.app_context():
        expo = expo_by_slug("8th")
        assert expo is not None
        doers = [Actor("user", bob, "Bobby"), Actor("user", 999, "Bob"), Actor("user", None, "Bob")]
        with transaction():
            for by in doers:
                move(expo, "90x130", Move.IN, 5, "", by)
        with transaction() as session:
            accounts.disable(session.get_one(User, bob), Actor("system"))
            persons.erase_account(session.get_one(User, bob), Actor("system"))
        rows = db.session.scalars(sa.select(StockMove).order_by(StockMove.id))
        assert [row.by_name for row in rows] == ["", "Bob", ""]
