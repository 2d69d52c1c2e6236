"""exhibitors-stands.md §2.1, on site → closed: a deed of the office after the fair, and back while nothing followed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict
from exhibitions.exhibitors.models import DailyFigure, Exhibitor, FiguresFreeze
from exhibitions.exhibitors.rules.states import State
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import visitor_days
from exhibitions.jobs.commands.running import drain
from exhibitions.orders.models import Order, OrderLine, Payment
from exhibitions.orders.rules.clearing import DEPOSIT
from exhibitions.orders.rules.states import PaymentKind
from exhibitions.portal.rules.settling import Account, Point, check_time
from exhibitions.portal.service import settling as service
from tests.engines import both_engines
from tests.exhibiting import make_exhibitor
from tests.factories import make_expo
from tests.orders.paying import add_order
from tests.people import make_people

PAGE = "/desk/8th/exhibitors/settle"
EN = {"Accept-Language": "en"}


@pytest.mark.parametrize(
    ("account", "points"),
    [
        (Account(), []),
        (Account(open_minor=1), [Point.MONEY]),
        (Account(credit_minor=1), [Point.CREDIT]),
        (Account(held_minor=1), [Point.DEPOSIT]),
        (Account(days_missing=1), [Point.FIGURES]),
        (Account(1, 0, 1, 1), [Point.MONEY, Point.DEPOSIT, Point.FIGURES]),
    ],
)
def test_what_is_open_is_named(account: Account, points: list[Point]) -> None:
    assert account.points == points


def test_nobody_is_settled_while_the_fair_runs() -> None:
    check_time(is_over=True)
    with pytest.raises(Conflict, match="fair_runs"):
        check_time(is_over=False)


def the_expo() -> Expo:
    return db.session.scalars(sa.select(Expo).where(Expo.slug == "8th")).one()


def arrived(name: str, *, reports: bool = True) -> Exhibitor:
    """An exhibitor on site, who has reported every day or none."""
    row, _person, _token = make_exhibitor(the_expo(), name, State.ON_SITE)
    for day in visitor_days(the_expo()) if reports else ():
        db.session.add(
            DailyFigure(expo_id=row.expo_id, exhibitor_id=row.id, day=day, sales=0, reported_at=clock.now())
        )
    db.session.flush()
    return row


def states() -> dict[str, State]:
    found = sa.select(Exhibitor).order_by(Exhibitor.id)
    return {row.company.name_zh: row.state for row in db.session.scalars(found) if row.company}


@pytest.fixture
def over(context: None) -> None:
    """A fair that ended yesterday, with one of each: settled with, silent, in debt, with a deposit, with credit."""
    make_expo(start=clock.today("Asia/Shanghai") - timedelta(days=4))
    with transaction():
        arrived("齐")
        arrived("默", reports=False)
        for name, paid in (("欠", 0), ("余", 600_000), ("押", 535_500)):
            _number, order_id = add_order(the_expo(), name)
            order = db.session.get_one(Order, order_id)
            order.exhibitor.state = State.ON_SITE
            for day in visitor_days(the_expo()):
                db.session.add(
                    DailyFigure(
                        expo_id=order.expo_id,
                        exhibitor_id=order.exhibitor_id,
                        day=day,
                        sales=0,
                        reported_at=clock.now(),
                    )
                )
            pay(order, paid)
            if name == "押":
                line = OrderLine(
                    expo_id=order.expo_id, order_id=order_id, code=DEPOSIT, amount=1, created_at=clock.now()
                )
                db.session.add(line)


def pay(order: Order, amount: int) -> None:
    db.session.add(
        Payment(
            expo_id=order.expo_id,
            order_id=order.id,
            kind=PaymentKind.TRANSFER,
            amount=amount,
            day=clock.today("Asia/Shanghai"),
            created_at=clock.now(),
        )
    )


@both_engines
def test_who_owes_nothing_is_settled_and_the_others_stay_by_name(over: None) -> None:
    found = service.overview(the_expo())
    assert [row.company.name_zh for row in found.ready if row.company] == ["齐"]
    assert {each.exhibitor.company.name_zh: each.points for each in found.stay if each.exhibitor.company} == {
        "默": [Point.FIGURES],
        "欠": [Point.MONEY],
        "余": [Point.CREDIT],
        "押": [Point.DEPOSIT],
    }
    with transaction():
        assert service.settle(the_expo(), SYSTEM).count == 1
    with transaction():
        assert service.settle(the_expo(), SYSTEM).count == 0, "a second click"
    assert states() == dict.fromkeys("默欠余押", State.ON_SITE) | {"齐": State.CLOSED}
    with transaction():
        assert service.unsettle(the_expo(), SYSTEM).count == 1
    assert set(states().values()) == {State.ON_SITE}


def test_once_the_figures_are_frozen_none_is_waited_for(over: None) -> None:
    with transaction():
        db.session.add(FiguresFreeze(expo_id=the_expo().id, at=clock.now(), sha256="x", data={}))
    with transaction():
        assert service.settle(the_expo(), SYSTEM).count == 2
    assert states()["默"] is State.CLOSED


def test_who_paid_or_was_paid_since_stays_settled(over: None) -> None:
    with transaction():
        debtor = db.session.scalars(sa.select(Order).order_by(Order.id)).first()
        assert debtor is not None
        pay(debtor, 535_500)
    with transaction():
        assert service.settle(the_expo(), SYSTEM).count == 2
    with transaction():
        pay(debtor, -1)
    assert [row.id for row in service.overview(the_expo()).followed] == [debtor.exhibitor_id]
    with transaction():
        assert service.unsettle(the_expo(), SYSTEM).count == 1
    assert states()["欠"] is State.CLOSED


def test_hundreds_are_settled_by_a_job_and_a_second_click_starts_none(
    over: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "AT_ONCE", 0)
    with transaction():
        first = service.settle(the_expo(), SYSTEM).job
        again = service.settle(the_expo(), SYSTEM).job
        assert first is not None
        assert again is first
    drain(names={service.SETTLE})
    assert states()["齐"] is State.CLOSED
    with transaction():
        service.unsettle(the_expo(), SYSTEM)
    drain(names={service.UNSETTLE})
    assert states()["齐"] is State.ON_SITE


def test_the_page_names_what_hinders_and_leads_from_the_list(app: Flask, over: None) -> None:
    alice = make_people(app).alice
    alice.set_cookie("lang", "en")
    assert PAGE in alice.get("/desk/8th/exhibitors").text
    page = alice.get(PAGE).text
    for text in ("Clearing deposit is not settled", "Money is open", "Daily figures are missing", "默"):
        assert text in page
    assert "1 exhibitor is settled" in alice.post(PAGE, follow_redirects=True).text
    assert "1 exhibitor is on site again" in alice.post(f"{PAGE}/undo", follow_redirects=True).text


def test_while_the_fair_runs_the_page_says_when(app: Flask, context: None) -> None:
    make_expo()
    alice = make_people(app).alice
    alice.set_cookie("lang", "en")
    assert PAGE not in alice.get("/desk/8th/exhibitors").text
    with transaction():
        arrived("齐")
    for path in ("", "/undo"):
        assert "once the last day of the fair is over" in alice.post(PAGE + path, follow_redirects=True).text
    assert states() == {"齐": State.ON_SITE}
