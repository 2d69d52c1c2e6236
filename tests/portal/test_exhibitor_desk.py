"""展商报到处: what is missing, the bag with its signature, badges at the desk; presence at the stands (demand 8, §1.4)."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from exhibitions.audit import service as audit
from exhibitions.audit.models import Entry
from exhibitions.badges.models import Badge, BadgeDay
from exhibitions.companies.models import CompanyPaper
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.models import (
    Arrival,
    CoExhibitor,
    Exhibitor,
    ExhibitorSettings,
    Presence,
    StaffBadge,
)
from exhibitions.exhibitors.queries.presence import EMPTY_FROM, evidence
from exhibitions.exhibitors.rules.co_exhibitors import CoState
from exhibitions.exhibitors.rules.presence import Proof, proof_of
from exhibitions.exhibitors.rules.states import Mover, State
from exhibitions.exhibitors.service import moving, staff
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import visitor_days
from exhibitions.orders.models import Instalment, Order, Payment
from exhibitions.orders.queries.days import booked
from exhibitions.orders.queries.money import money_of, today_of
from exhibitions.orders.rules.states import InstalmentKind, OrderState, PaymentKind
from exhibitions.orders.service import booking
from exhibitions.orders.service.booking import Incoming
from exhibitions.orders.service.closing import close
from exhibitions.portal.service.extras import AT_DESK
from exhibitions.stands.models import Allocation, PriceList
from exhibitions.stands.rules.allocation import AllocationKind
from tests.exhibiting import give_paper, make_exhibitor, make_stand
from tests.factories import make_expo
from tests.people import People

DESK, LIST = "/desk/8th/exhibitor-desk", "/desk/8th/presence"
EN = {"Accept-Language": "en"}


def assign(expo: Expo, exhibitor: Exhibitor, number: str, **facts: Any) -> None:
    stand = make_stand(expo, number, **facts)
    db.session.add(
        Allocation(
            expo_id=expo.id,
            stand_id=stand.id,
            exhibitor_id=exhibitor.id,
            kind=AllocationKind.ASSIGNED,
            since=clock.now(),
        )
    )
    db.session.flush()


def order(expo: Expo, exhibitor: Exhibitor, total: int) -> Order:
    """An order whose whole sum is due today."""
    prices = PriceList(expo_id=expo.id, version=1, data={}, sha256="0" * 64, created_at=clock.now())
    db.session.add(prices)
    db.session.flush()
    row = Order(
        expo_id=expo.id,
        exhibitor_id=exhibitor.id,
        number="H-1",
        reference="R-1",
        state=OrderState.CONFIRMED,
        price_list_id=prices.id,
        total=total,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    today = clock.today(expo.timezone)
    db.session.add(
        Instalment(expo_id=expo.id, order_id=row.id, kind=InstalmentKind.FULL, due=today, amount=total)
    )
    db.session.flush()
    return row


def pay(app: Flask, amount: int) -> None:
    with app.app_context(), transaction():
        row = db.session.scalars(sa.select(Order)).one()
        now = clock.now()
        db.session.add(
            Payment(
                expo_id=row.expo_id,
                order_id=row.id,
                kind=PaymentKind.CASH,
                amount=amount,
                day=now.date(),
                created_at=now,
            )
        )


@dataclass
class Fair:
    app: Flask
    number: str
    other: str


@pytest.fixture
def at_desk(app: Flask, people: People) -> Fair:
    """Two exhibitors with stands; the first owes 100 yuan."""
    del people
    with app.app_context(), transaction():
        expo = db.session.scalars(sa.select(Expo)).one()
        first, _person, _token = make_exhibitor(expo, "星河家居", State.PAID)
        second, *_rest = make_exhibitor(expo, "北方玩具", State.CONTRACTED)
        assign(expo, first, "A01")
        assign(expo, second, "A02", x=3000)
        order(expo, first, 10_000)
        give_paper(first)
        return Fair(app, first.number, second.number)


def name_one(people: People, number: str, **typed: str) -> int:
    answer = people.bob.post(f"{DESK}/{number}/badge", data={"name": "李雷", "how": "quota", **typed})
    return answer.status_code


def rows(app: Flask, model: Any) -> list[Any]:
    with app.app_context():
        return list(db.session.scalars(sa.select(model).order_by(model.id)))


def test_the_desk_finds_by_company_stand_and_name(at_desk: Fair, people: People) -> None:
    for text in ("星河", "a01", "Ａ０１", "陈芳"):
        found = people.bob.post(f"{DESK}/search", data={"q": text}, follow_redirects=True, headers=EN)
        assert "星河家居" in found.text, text
    none = people.bob.post(f"{DESK}/search", data={"q": "没有"}, follow_redirects=True, headers=EN)
    assert "No exhibitor under contract matches" in none.text
    both = people.bob.post(f"{DESK}/search", data={"q": "陈芳"}, follow_redirects=True, headers=EN).text
    assert "Missing: Money" in both
    assert "Missing: Badges" in both
    assert people.bob.get(DESK).status_code == 200


def test_contract_money_badges_bag_one_after_the_other(at_desk: Fair, people: People) -> None:
    page, signed = f"{DESK}/{at_desk.number}", {"signed_by": "陈 芳", "bags": "2"}
    assert "Open: ¥100.00" in people.bob.get(page, headers=EN).text
    assert people.bob.post(f"{page}/arrive", data=signed).status_code == 422
    pay(at_desk.app, 10_000)
    assert people.bob.post(f"{page}/arrive", data=signed).status_code == 422
    assert name_one(people, at_desk.number) == 303
    assert people.bob.post(f"{page}/arrive", data={"signed_by": " ", "bags": "1"}).status_code == 422
    assert people.bob.post(f"{page}/arrive", data={"signed_by": "陈芳", "bags": "100"}).status_code == 422
    assert rows(at_desk.app, Arrival) == []
    assert people.bob.post(f"{page}/arrive", data=signed).status_code == 303
    (arrival,) = rows(at_desk.app, Arrival)
    assert (arrival.signed_by, arrival.bags) == ("陈 芳", 2)
    with at_desk.app.app_context():
        exhibitor = db.session.scalars(sa.select(Exhibitor).where(Exhibitor.number == at_desk.number)).one()
        assert exhibitor.state is State.ON_SITE
    assert people.bob.post(f"{page}/arrive", data=signed).status_code == 422
    assert "陈 芳 signed on" in people.bob.get(page, headers=EN).text


def test_what_is_payable_later_holds_nobody_up(at_desk: Fair, people: People) -> None:
    """Who ordered power on the spot has 14 days to pay it, and gets the bag today."""
    page, signed = f"{DESK}/{at_desk.number}", {"signed_by": "陈芳", "bags": "1"}
    name_one(people, at_desk.number)
    with at_desk.app.app_context(), transaction():
        row = db.session.scalars(sa.select(Instalment)).one()
        row.due += timedelta(days=1)
        db.session.scalars(
            sa.select(Exhibitor).where(Exhibitor.number == at_desk.number)
        ).one().state = State.DEPOSIT_PAID
    assert "Nothing is due today. ¥100.00 is payable by" in people.bob.get(page, headers=EN).text
    assert people.bob.post(f"{page}/arrive", data=signed).status_code == 303
    assert people.bob.post(f"{page}/take-back").status_code == 303
    with at_desk.app.app_context():
        assert (
            db.session.scalars(sa.select(Exhibitor.state).order_by(Exhibitor.id)).first()
            is State.DEPOSIT_PAID
        )


def test_an_arrival_can_be_taken_back(at_desk: Fair, people: People) -> None:
    page = f"{DESK}/{at_desk.number}"
    pay(at_desk.app, 10_000)
    name_one(people, at_desk.number)
    people.bob.post(f"{page}/arrive", data={"signed_by": "陈芳", "bags": "0"})
    for _again in range(2):
        assert people.bob.post(f"{page}/take-back").status_code == 303
    assert rows(at_desk.app, Arrival) == []
    with at_desk.app.app_context():
        assert db.session.scalars(sa.select(Exhibitor.state).order_by(Exhibitor.id)).first() is State.PAID


def test_without_a_licence_through_the_last_day_nobody_moves_in_but_by_name(
    at_desk: Fair, people: People
) -> None:
    """§2.6: refusal of move-in without the licence; a missing paper blocks what is tied to it and nothing else."""
    page, signed = f"{DESK}/{at_desk.number}", {"signed_by": "陈芳", "bags": "1"}
    pay(at_desk.app, 10_000)
    name_one(people, at_desk.number)
    assert "blocked: Move-in" not in people.bob.get(page, headers=EN).text
    with at_desk.app.app_context(), transaction():
        expo = db.session.scalars(sa.select(Expo)).one()
        last = max(day.date for day in expo.days)
        db.session.scalars(sa.select(CompanyPaper)).one().valid_to = last - timedelta(days=1)
    assert "blocked: Move-in" in people.bob.get(page, headers=EN).text
    record = people.alice.get(f"/desk/8th/exhibitors/{at_desk.number}", headers=EN).text
    assert "blocked: Move-in" in record
    assert "missing: Business licence" in record
    refused = people.bob.post(f"{page}/arrive", data=signed, headers=EN)
    assert refused.status_code == 422
    assert "Without a valid business licence nobody moves in" in refused.text
    assert rows(at_desk.app, Arrival) == []
    assert people.bob.post(f"{page}/arrive", data={**signed, "by_whom": "王主任"}).status_code == 303
    with at_desk.app.app_context():
        told = db.session.scalars(sa.select(Entry).where(Entry.action == "exhibitors.arrived")).one()
        (shown,) = audit.readable([told])
        assert shown.reason == "王主任"


def drawing(size: tuple[int, int] = (30, 10)) -> str:
    out = io.BytesIO()
    Image.new("RGBA", size).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


@pytest.mark.parametrize(
    ("drawn", "status", "kept"),
    [
        (drawing(), 303, True),
        ("", 303, False),
        ("data:image/png;base64,%%%", 303, False),
        ("data:image/png;base64," + base64.b64encode(b"no picture").decode(), 422, False),
    ],
)
def test_a_signature_is_a_picture_or_nothing(
    at_desk: Fair, people: People, drawn: str, status: int, kept: bool
) -> None:
    pay(at_desk.app, 10_000)
    name_one(people, at_desk.number)
    typed = {"signed_by": "陈芳", "bags": "1", "drawn": drawn}
    assert people.bob.post(f"{DESK}/{at_desk.number}/arrive", data=typed).status_code == status
    if status == 303:
        (row,) = rows(at_desk.app, Arrival)
        assert (row.signature_id is not None) is kept


def test_badges_beyond_the_quota_have_a_price_a_name_or_a_day(at_desk: Fair, people: People) -> None:
    """9 m² give three badges (§2.5); the fourth costs, is a grace, or is for today."""
    assert [name_one(people, at_desk.number, name=f"人{n}") for n in range(3)] == [303] * 3
    assert name_one(people, at_desk.number) == 422
    assert name_one(people, at_desk.number, how="price") == 422
    assert name_one(people, at_desk.number, how="price", amount="x") == 422
    assert name_one(people, at_desk.number, how="grace") == 422
    assert name_one(people, at_desk.number, how="price", amount="30") == 303
    assert name_one(people, at_desk.number, how="day", amount="20") == 303
    assert name_one(people, at_desk.number, how="grace", by_whom="王主任") == 303
    assert name_one(people, at_desk.number, name=" ") == 422
    staff = rows(at_desk.app, StaffBadge)
    assert [(one.extra, one.extra_amount) for one in staff[3:]] == [
        ("price", 3_000),
        ("day", 2_000),
        ("grace", None),
    ]
    assert staff[5].extra_note == "王主任"
    with at_desk.app.app_context():
        worn = db.session.scalars(sa.select(Badge)).all()
        assert {(one.holder_kind, one.badge_class.key) for one in worn} == {("exhibitor_staff", "exhibitor")}
        told = db.session.scalars(sa.select(Entry).where(Entry.action == "exhibitors.badge_added")).all()
        assert len(told) == 6
    shown = people.bob.get(f"{DESK}/{at_desk.number}", headers=EN).text
    assert "by grace of 王主任" in shown
    assert "3 of 3 badges" in shown


def use_up(people: People, number: str) -> None:
    """9 m² give three badges (§2.5): with three named, the next one is extra."""
    for place in range(3):
        name_one(people, number, name=f"人{place}")


def test_what_an_extra_badge_costs_is_a_line_of_the_order_paid_at_the_desk(
    at_desk: Fair, people: People
) -> None:
    """Demand 8: with its reason, a receipt and in the day's count; paid + open = total throughout."""
    use_up(people, at_desk.number)
    page = f"{DESK}/{at_desk.number}/badge"
    extra = {"name": "韩梅梅", "how": "price", "amount": "３０", "paid": "cash"}
    assert people.bob.post(page, data=extra).status_code == 403, "who may not book money takes none"
    opened = re.search(r'name="after"[^>]*value="(\d+)"', people.alice.get(f"{DESK}/{at_desk.number}").text)
    assert opened is not None
    sent = [people.alice.post(page, data=extra | {"after": opened[1]}).status_code for _twice in range(2)]
    assert sent == [303, 422], "sent twice it is one badge"
    assert name_one(people, at_desk.number, how="day", amount="20", paid="") == 303
    assert name_one(people, at_desk.number, how="grace", by_whom="王主任", amount="20") == 303
    assert name_one(people, at_desk.number, how="price", amount="0") == 303
    with at_desk.app.app_context():
        expo = db.session.scalars(sa.select(Expo)).one()
        row = db.session.scalars(sa.select(Order)).one()
        assert [(line.code, line.amount, line.reason_zh) for line in row.lines] == [
            (AT_DESK, 3_000, "超出证件配额，按当日价格"),
            (AT_DESK, 2_000, f"仅限{today_of(expo).isoformat()}当日"),
        ]
        assert "韩梅梅" not in str([(line.text_zh, line.reason_en) for line in row.lines])
        (payment,) = row.payments
        assert (payment.kind, payment.amount, payment.receipt) == (PaymentKind.CASH, 3_000, 1)
        assert booked(expo, today_of(expo)) == {"cash": 3_000}
        balance = money_of(expo, row).balance
        assert (balance.total, balance.paid, balance.open) == (15_000, 3_000, 12_000)
        assert len(rows(at_desk.app, StaffBadge)) == 7
    shown = people.alice.get(f"{DESK}/{at_desk.number}", headers=EN).text
    assert "Open: ¥120.00" in shown
    assert "-000001" in shown, "the receipt, for who may look at money"
    assert "-000001" not in people.bob.get(f"{DESK}/{at_desk.number}", headers=EN).text


def test_an_extra_badge_that_is_not_paid_keeps_the_bag_back(at_desk: Fair, people: People) -> None:
    pay(at_desk.app, 10_000)
    use_up(people, at_desk.number)
    signed = {"signed_by": "陈芳", "bags": "1"}
    assert name_one(people, at_desk.number, how="price", amount="30") == 303
    assert people.bob.post(f"{DESK}/{at_desk.number}/arrive", data=signed).status_code == 422
    with at_desk.app.app_context(), transaction():
        expo = db.session.scalars(sa.select(Expo)).one()
        row = db.session.scalars(sa.select(Order)).one()
        booking.book(expo, row, Incoming(PaymentKind.QR, 3_000, today_of(expo)), SYSTEM)
    assert people.bob.post(f"{DESK}/{at_desk.number}/arrive", data=signed).status_code == 303


def test_a_price_needs_an_order_and_an_open_day(at_desk: Fair, people: People) -> None:
    use_up(people, at_desk.other)
    extra = {"name": "韩梅梅", "how": "price", "paid": "qr"}
    answer = people.alice.post(f"{DESK}/{at_desk.other}/badge", data=extra | {"amount": "30"}, headers=EN)
    assert answer.status_code == 422
    assert "There is no confirmed order" in answer.text
    assert people.alice.post(f"{DESK}/{at_desk.other}/badge", data=extra | {"amount": "0"}).status_code == 303
    for wrong in ("-1", "100000000.01", "1.234"):
        posted = people.alice.post(f"{DESK}/{at_desk.number}/badge", data=extra | {"amount": wrong})
        assert posted.status_code == 422, wrong
    with at_desk.app.app_context(), transaction():
        expo = db.session.scalars(sa.select(Expo)).one()
        close(expo, today_of(expo), cash=0, qr=0, explanation="", signed_by="王会计", by=SYSTEM)
    before = len(rows(at_desk.app, StaffBadge))
    posted = people.alice.post(f"{DESK}/{at_desk.number}/badge", data=extra | {"amount": "30"})
    assert posted.status_code == 422, (
        "today is counted and signed for: nothing is booked, and no badge is made"
    )
    assert len(rows(at_desk.app, StaffBadge)) == before
    with at_desk.app.app_context():
        assert db.session.scalars(sa.select(Order)).one().total == 10_000


def test_badges_are_printed_at_the_desk(at_desk: Fair, people: People) -> None:
    page = f"{DESK}/{at_desk.number}/print"
    assert people.bob.post(page).status_code == 303
    name_one(people, at_desk.number)
    assert people.bob.post(page).data.startswith(b"%PDF")
    assert people.bob.post(page).status_code == 303
    (badge,) = rows(at_desk.app, Badge)
    assert people.bob.post(page, data={"badge": str(badge.id)}).data.startswith(b"%PDF")
    assert people.bob.post(f"{DESK}/{at_desk.other}/print", data={"badge": str(badge.id)}).status_code == 303
    assert rows(at_desk.app, Badge)[0].prints == 2


def test_another_fair_has_its_own_desk(at_desk: Fair, people: People) -> None:
    with at_desk.app.app_context():
        other_id = make_expo("9th", 9)
    with at_desk.app.app_context(), transaction():
        number = make_exhibitor(db.session.get_one(Expo, other_id), "外展公司", State.PAID)[0].number
    assert people.bob.get(f"{DESK}/{number}").status_code == 404
    for what in ("arrive", "badge", "print", "take-back"):
        assert people.bob.post(f"{DESK}/{number}/{what}").status_code == 404
    assert people.bob.post(f"{LIST}/{number}", data={"present": "y"}).status_code == 404
    assert people.charlie.get(DESK).status_code == 404


def scan(app: Flask, day: int, kind: str = "staff") -> None:
    with app.app_context(), transaction():
        expo = db.session.scalars(sa.select(Expo)).one()
        person = db.session.scalars(sa.select(StaffBadge)).first()
        assert person is not None
        person.kind = kind  # type: ignore[assignment]
        badge = db.session.scalars(sa.select(Badge).where(Badge.holder_id == person.id)).one()
        date = visitor_days(expo)[0] + timedelta(days=day)
        db.session.add(
            BadgeDay(
                expo_id=expo.id,
                badge_id=badge.id,
                day=date,
                first_at=clock.now(),
                first_gate_id=expo.gates[0].id,
            )
        )


@pytest.mark.parametrize(
    ("day", "kind", "expected"), [(0, "staff", Proof.SCAN), (-1, "staff", None), (0, "build_up", None)]
)
def test_a_scan_proves_on_an_open_day_and_of_stand_staff(
    at_desk: Fair, people: People, day: int, kind: str, expected: Proof | None
) -> None:
    name_one(people, at_desk.number)
    scan(at_desk.app, day, kind)
    with at_desk.app.app_context():
        expo = db.session.scalars(sa.select(Expo)).one()
        found = [proof_of(one) for one in evidence(expo).values()]
    assert found == ([expected] if expected else [])


def photo() -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, "JPEG")
    out.seek(0)
    return out, "stand.jpg"


def test_a_tick_proves_with_its_photo_alone(at_desk: Fair, people: People) -> None:
    page = f"{LIST}/{at_desk.number}"
    assert people.bob.post(page, data={"present": "y", "note": "三人"}).status_code == 303
    listed = people.bob.get(LIST, headers=EN).text
    assert "proved by" not in listed
    # A name that stands in the other language alone is marked as such, on the page and not in its title.
    assert '<span lang="zh">星河家居</span>' in listed
    assert "<title>星河家居" in people.bob.get(f"{DESK}/{at_desk.number}", headers=EN).text
    bad = {"present": "y", "photo": (io.BytesIO(b"no picture"), "x.jpg")}
    assert people.bob.post(page, data=bad).status_code == 303
    assert people.bob.post(page, data={"present": "n", "photo": photo()}).status_code == 303
    assert "proved by tick" not in people.bob.get(LIST + "?show=all", headers=EN).text
    assert people.bob.post(page, data={"present": "y", "photo": photo()}).status_code == 303
    assert "proved by tick and photo" in people.bob.get(LIST + "?show=proved", headers=EN).text
    ticks = rows(at_desk.app, Presence)
    assert [(one.present, one.photo_id is not None) for one in ticks] == [
        (True, False),
        (False, True),
        (True, True),
    ]
    shown = people.bob.get(f"/desk/8th/files/{ticks[2].photo_id}")
    assert shown.status_code == 200
    shown.close()


def test_a_co_exhibitor_is_seen_for_itself(at_desk: Fair, people: People) -> None:
    with at_desk.app.app_context(), transaction():
        expo = db.session.scalars(sa.select(Expo)).one()
        ids = {row.number: row.id for row in db.session.scalars(sa.select(Exhibitor))}
        for state in (CoState.ADMITTED, CoState.NAMED):
            db.session.add(
                CoExhibitor(
                    expo_id=expo.id,
                    exhibitor_id=ids[at_desk.number],
                    name_zh=f"联展{state}",
                    state=state,
                    created_at=clock.now(),
                )
            )
        db.session.flush()
        number = db.session.scalars(sa.select(CoExhibitor.id)).first()
    page = people.bob.get(LIST + "?show=all").text
    assert "联展admitted" in page
    assert "联展named" not in page
    tick = {"present": "y", "co_exhibitor": str(number)}
    assert people.bob.post(f"{LIST}/{at_desk.number}", data={**tick, "photo": photo()}).status_code == 303
    assert people.bob.post(f"{LIST}/{at_desk.other}", data={**tick, "photo": photo()}).status_code == 303
    assert [one.co_exhibitor_id for one in rows(at_desk.app, Presence)] == [number]
    with at_desk.app.app_context():
        proofs = evidence(db.session.scalars(sa.select(Expo)).one())
        assert {who[1]: proof_of(one) for who, one in proofs.items()} == {number: Proof.TICK}


def test_a_stand_is_empty_from_the_set_hour_on(
    at_desk: Fair, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert people.bob.get(f"{LIST}/hour").status_code == 403
    page = f"{LIST}/hour"
    assert people.alice.get(page).status_code == 200
    assert people.alice.post(page, data={"moment": "x"}).status_code == 422
    assert people.alice.post(page, data={"moment": "2026-09-10T10:00"}).status_code == 303
    with at_desk.app.app_context():
        settings = db.session.scalars(sa.select(ExhibitorSettings)).one()
        moment = datetime.fromisoformat(settings.data[EMPTY_FROM])
        assert moment.isoformat() == "2026-09-10T10:00:00+08:00"
    monkeypatch.setattr(clock, "now", lambda: moment - timedelta(seconds=1))
    assert "nobody came" not in people.bob.get(LIST + "?show=all", headers=EN).text
    monkeypatch.setattr(clock, "now", lambda: moment)
    unseen = people.bob.get(LIST + "?show=all", headers=EN).text
    assert unseen.count("not looked at yet") == 2
    assert "nobody came" not in unseen, "nobody has looked: silence is no no-show"
    assert people.bob.post(f"{LIST}/{at_desk.number}", data={"present": "n"}).status_code == 303
    shown = people.bob.get(LIST + "?show=absent", headers=EN).text
    assert shown.count("nobody came") == 1
    assert people.bob.get(LIST + "?hall=1").status_code == 200
    assert people.bob.get(LIST + "?hall=77").status_code == 404
    assert people.bob.get(LIST + "?show=x").status_code == 404


def test_a_company_that_is_called_off_comes_in_no_more_until_it_is_back(
    at_desk: Fair, people: People
) -> None:
    """Its badges end with it, and no new one is made; withdrawn, those come back that ended with it, and no other."""
    for name in ("李雷", "韩梅梅"):
        name_one(people, at_desk.number, name=name)

    def ended() -> list[bool]:
        assert [one.cancelled_at is not None for one in rows(at_desk.app, StaffBadge)] == [
            one.cancelled_at is not None for one in rows(at_desk.app, Badge)
        ]
        return [one.cancelled_at is not None for one in rows(at_desk.app, Badge)]

    def doing(what: Callable[[Expo, Exhibitor], object]) -> None:
        with at_desk.app.app_context(), transaction():
            found = sa.select(Exhibitor).where(Exhibitor.number == at_desk.number)
            what(db.session.scalars(sa.select(Expo)).one(), db.session.scalars(found).one())

    doing(
        lambda expo, one: staff.cancel(expo, one, db.session.scalars(sa.select(StaffBadge)).all()[0], SYSTEM)
    )
    assert ended() == [True, False]
    doing(lambda _expo, one: moving.move(one, State.CANCELLED, Mover.OFFICE, SYSTEM))
    assert ended() == [True, True]
    assert name_one(people, at_desk.number, name="第三人") == 422
    assert len(rows(at_desk.app, StaffBadge)) == 2
    doing(lambda _expo, one: moving.restore(one, SYSTEM))
    assert ended() == [True, False]


def test_a_day_pass_says_its_day_in_its_code(at_desk: Fair, people: People) -> None:
    """Whatever its class does: gates read the day off the badge."""
    use_up(people, at_desk.number)
    assert name_one(people, at_desk.number, how="day", amount="20") == 303
    *others, passed = rows(at_desk.app, Badge)
    assert {one.days for one in others} == {0}
    assert passed.planned_day is not None
    assert passed.days == 1
