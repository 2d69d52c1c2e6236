"""The exhibitor's own page of money, the provider's calls, and reminders (E3)."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.models import ExhibitorPerson
from exhibitions.exhibitors.rules.people import PersonRole
from exhibitions.exhibitors.rules.states import State
from exhibitions.mail.models import Mail
from exhibitions.orders.models import Instalment, Payment, Slip
from exhibitions.orders.queries import money
from exhibitions.orders.rules.providers import MOMENT, SIGNATURE, Ask
from exhibitions.orders.rules.references import shown
from exhibitions.orders.service import closing, paying, proofs, reminding
from exhibitions.orders.views import letters
from tests.orders.paying import Sold, expo, make_order
from tests.people import People

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
HALF = 267_750
NOTICES = "/8th/payment-notices/sandbox"


def mine(sold: Sold) -> str:
    return f"/8th/exhibitor/{sold.token}/payments"


def test_an_exhibitor_sees_its_own_money_and_says_i_have_paid(app: Flask, people: People) -> None:
    sold, other = make_order(app), make_order(app, "远航机械")
    text = people.nobody.get(mine(sold)).text
    assert shown(sold.reference) in text
    assert shown(other.reference) not in text
    data = {"key": "1", "amount": "2,677.50", "paid_on": clock.today("Asia/Shanghai").isoformat()}
    file = {"file": (BytesIO(PNG), "slip.png")}
    assert people.nobody.post(mine(sold), data=data | file).status_code == 303
    again = people.nobody.post(mine(sold), data=data | {"file": (BytesIO(PNG), "slip.png")})
    assert again.status_code == 303, "two clicks are one proof (B7)"
    assert sold.balance()[1] == 0
    office = people.alice.get(f"/desk/8th/orders/{sold.number}/money").text
    assert "The exhibitor says: paid ¥2,677.50" in office
    assert sold.number in people.alice.get("/desk/8th/orders?proof=new").text
    with app.app_context():
        number = db.session.scalars(sa.select(Slip.id)).one()
    with people.alice.get(f"/desk/8th/payment-slips/{number}/file") as answer:
        assert answer.data == PNG
    assert people.bob.get(f"/desk/8th/payment-slips/{number}/file").status_code == 403
    people.alice.post(f"/desk/8th/payment-slips/{number}/seen")
    assert sold.number not in people.alice.get("/desk/8th/orders?proof=new").text


def test_a_proof_is_a_picture_or_a_pdf_of_a_day_that_has_come(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "MOST_BYTES", 100)
    sold = make_order(app)
    data = {"key": "1", "amount": "1", "paid_on": clock.today("Asia/Shanghai").isoformat()}
    for change, words in (
        ({"file": (BytesIO(b"MZ"), "slip.png")}, "Send a picture"),
        ({"file": (BytesIO(PNG + b"0" * 100), "slip.png")}, "larger than 10 MB"),
        ({"paid_on": "2199-01-01"}, "has not come yet"),
        ({"amount": "0"}, "Enter an amount"),
    ):
        answer = people.nobody.post(mine(sold), data=data | change)
        assert answer.status_code == 422
        assert words in answer.text


def test_only_who_deals_with_money_sees_it(app: Flask, people: People) -> None:
    sold = make_order(app)
    with app.app_context(), transaction():
        db.session.execute(sa.update(ExhibitorPerson).values(role=PersonRole.LEAD_SCANNER))
    assert people.nobody.get(mine(sold)).status_code == 403
    assert people.nobody.get("/8th/exhibitor/nonsense/payments").status_code == 404


def call(app: Flask, ask: Ask, event: str, *, change: bytes = b"") -> tuple[bytes, dict[str, str]]:
    with app.app_context():
        body, signature, sent_at = paying.play(ask, event)
    return body + change, {SIGNATURE: signature, MOMENT: sent_at}


def test_a_provider_is_believed_for_its_signature_and_books_once(app: Flask, people: People) -> None:
    """The callback is idempotent, its signature checked, and no amount of a browser is trusted."""
    sold = make_order(app)
    body, headers = call(app, Ask(sold.reference, HALF, "CNY"), "e1")
    for result in ("booked", "seen"):
        answer = people.nobody.post(NOTICES, data=body, headers=headers)
        assert (answer.status_code, answer.json) == (200, {"result": result})
    assert sold.balance()[1] == HALF
    assert sold.state() is State.DEPOSIT_PAID
    spoilt, headers = call(app, Ask(sold.reference, HALF, "CNY"), "e2", change=b" ")
    assert people.nobody.post(NOTICES, data=spoilt, headers=headers).status_code == 403
    assert people.nobody.post(NOTICES, data=body).status_code == 403
    assert people.nobody.post("/8th/payment-notices/manual", data=body, headers=headers).status_code == 403
    assert people.nobody.post("/8th/payment-notices/other", data=body, headers=headers).status_code == 404
    for ask, result in (
        (Ask("ZW99999900", 1, "CNY"), "unknown"),
        (Ask(sold.reference, 1, "USD"), "currency"),
    ):
        body, headers = call(app, ask, result)
        assert people.nobody.post(NOTICES, data=body, headers=headers).json == {"result": result}
    assert sold.balance()[1] == HALF


def test_the_sandbox_pays_what_is_due_next(app: Flask, people: People) -> None:
    sold = make_order(app)
    page = f"/8th/exhibitor/{sold.token}/sandbox-payment"
    assert people.nobody.post(page, data={"amount": "1"}).status_code == 303
    assert sold.balance()[1] == HALF
    people.nobody.post(page)
    assert sold.state() is State.PAID
    people.nobody.post(page)
    assert sold.balance()[3] == 0
    paying.configure("secret", "manual")
    assert people.nobody.post(NOTICES).status_code == people.nobody.post(page).status_code == 404


def test_money_of_a_provider_is_not_lost_when_the_desk_has_closed_the_day(app: Flask, people: People) -> None:
    """It is booked on the next open day, by the notice and by the exhibitor's own page, who reads no cashier's words."""
    sold = make_order(app)
    with app.app_context(), transaction():
        today = money.today_of(expo())
        closing.close(expo(), today, cash=0, qr=0, explanation="", signed_by="Wang Min", by=SYSTEM)
    body, headers = call(app, Ask(sold.reference, HALF, "CNY"), "late")
    assert people.nobody.post(NOTICES, data=body, headers=headers).json == {"result": "booked"}
    assert people.nobody.post(f"/8th/exhibitor/{sold.token}/sandbox-payment").status_code == 303
    assert sold.state() is State.PAID
    with app.app_context():
        assert set(db.session.scalars(sa.select(Payment.day))) == {today + timedelta(days=1)}


def remind(app: Flask) -> int:
    with app.app_context(), transaction():
        return reminding.remind(expo(), SYSTEM)


def test_the_late_are_reminded_once_a_step_and_not_when_paid(
    app: Flask, people: People, tmp_path: Path
) -> None:
    sold, paid = make_order(app, due_in=-7), make_order(app, "远航机械", due_in=-7)
    make_order(app, "以后再付", due_in=9)
    paid.pay(HALF)
    assert [remind(app), remind(app)] == [1, 0]
    with app.app_context():
        mail = db.session.scalars(sa.select(Mail)).one()
        message = letters.reminder(mail.arguments, "zh")
        assert "¥2,677.50" in message.text
        assert shown(sold.reference) in message.text
        assert "目前尚未到账" in message.text
        link = message.text.split("http://localhost")[1].split()[0]
    assert people.nobody.get(link).status_code == 200
    with app.app_context(), transaction():
        db.session.execute(sa.update(Instalment).where(Instalment.order_id == sold.id).values(reminded="0"))
    assert remind(app) == 1


def test_whom_nobody_can_write_to_is_listed(app: Flask, people: People) -> None:
    make_order(app, due_in=-7)
    with app.app_context(), transaction():
        db.session.execute(sa.update(ExhibitorPerson).values(email=None, phone=None))
    assert remind(app) == 0
    text = people.alice.get("/desk/8th/orders/reminders").text
    assert "Nobody of these companies has an address" in text
    assert people.bob.post("/desk/8th/orders/reminders").status_code == 403
    assert people.alice.post("/desk/8th/orders/reminders").status_code == 303
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Mail.id))) == 0
        assert db.session.scalar(sa.select(sa.func.count(Payment.id))) == 0
