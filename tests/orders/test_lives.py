"""The life of an order beside that of its stand and its exhibitor: what one of them ends, the others follow (§2.2, §3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import centre, deciding, directory
from exhibitions.expos.models import ExpoDay
from exhibitions.expos.rules import DayKind
from exhibitions.jobs import service as jobs
from exhibitions.jobs.commands.running import drain
from exhibitions.orders import handlers, queries
from exhibitions.orders.models import Order, Payment
from exhibitions.orders.queries import checking, listing
from exhibitions.orders.queries import money as monies
from exhibitions.orders.rules import references
from exhibitions.orders.rules.states import OrderState, PaymentKind
from exhibitions.orders.service import booking, cancelling, contracts, ordering, reducing
from exhibitions.orders.service.booking import Incoming
from exhibitions.orders.service.charging import Charge, charge
from exhibitions.portal.service import extras
from exhibitions.stands.models import Allocation
from exhibitions.stands.queries import holding as stands
from exhibitions.stands.rules.allocation import AllocationKind
from exhibitions.stands.service import assigning, holding
from tests.exhibiting import make_stand
from tests.orders.conftest import Sale, held
from tests.orders.pricing import Digital


def order(sale: Sale) -> Order:
    with transaction():
        seen = checking.check(sale.expo, sale.exhibitor, clock.now()).mark
        made = ordering.confirm(sale.expo, sale.exhibitor, sale.person, seen, Digital(), SYSTEM)
    return db.session.get_one(Order, made.id)


def pay(sale: Sale, row: Order, amount: int) -> Payment:
    came = Incoming(PaymentKind.TRANSFER, amount, monies.today_of(sale.expo))
    with transaction():
        return booking.book(sale.expo, row, came, SYSTEM)


def test_a_reference_does_not_count_the_orders(sale: Sale) -> None:
    """Its digits are no number of row, and orders never run out of numbers before the fair has them."""
    row = order(sale)
    assert references.is_right(row.reference)
    assert row.reference != references.reference_of(row.id)


def deposit(row: Order) -> int:
    return min(row.instalments, key=lambda part: part.id).amount


def over(sale: Sale) -> None:
    """The time of every hold is over, and the worker has come by."""
    with transaction():
        ends = sa.update(Allocation).where(Allocation.kind == AllocationKind.HOLD)
        db.session.execute(ends.values(until=clock.now() - timedelta(seconds=1)))
    with transaction():
        holding.end_expired()
        for (number,) in db.session.query(Allocation.id).all():
            holding.after_the_end(number)


def has(sale: Sale) -> list[tuple[str, AllocationKind]]:
    db.session.expire_all()
    rows = stands.of_exhibitor(sale.expo, sale.exhibitor, clock.now())
    return [(row.stand.number, row.kind) for row in rows]


def lapse_all() -> dict[str, object] | None:
    """What the worker's round says that it did."""
    with transaction():
        job = jobs.enqueue(handlers.LAPSE, f"test {clock.now().isoformat()}", {})
    drain(names={handlers.LAPSE})
    db.session.refresh(job)
    return job.result


def test_what_is_ordered_is_not_exchanged_for_another_stand(sale: Sale) -> None:
    """The price of an order is that of its stands: nobody pays for 9 m² and gets 100."""
    row = order(sale)
    with transaction():
        large = make_stand(sale.expo, "B01", 0, 20_000, w=10_000, d=10_000)
    with pytest.raises(Refused, match="ordered"), transaction():
        holding.release(sale.expo, sale.hold.id, SYSTEM, only_of=sale.exhibitor)
    with pytest.raises(Refused, match="not_admitted"), transaction():
        holding.hold(sale.expo, sale.exhibitor, large.id, SYSTEM, person=sale.person)
    pay(sale, row, deposit(row))
    assert has(sale) == [("A01", AllocationKind.ASSIGNED)]


def test_the_down_payment_keeps_the_stand_before_the_contract_is_sealed(sale: Sale) -> None:
    row = order(sale)
    pay(sale, row, deposit(row) - 1)
    assert has(sale) == [("A01", AllocationKind.HOLD)]
    pay(sale, row, 1)
    assert has(sale) == [("A01", AllocationKind.ASSIGNED)]
    over(sale)
    assert (has(sale), sale.exhibitor.state) == ([("A01", AllocationKind.ASSIGNED)], State.ACCEPTED)


def test_a_hold_that_lapses_ends_the_order_and_the_exhibitor_orders_again(
    sale: Sale, client: FlaskClient
) -> None:
    """Day 6 without payment → released (§2.2): nothing is owed, and what had come is credit."""
    first = order(sale)
    pay(sale, first, 100)
    over(sale)
    assert (has(sale), sale.exhibitor.state) == ([], State.ADMITTED)
    assert queries.live_order(sale.expo, sale.exhibitor) is None
    with transaction():
        holding.hold(sale.expo, sale.exhibitor, sale.hold.stand_id, SYSTEM, person=sale.person)
    assert "Confirm order" in client.get(f"{sale.url}?lang=en").text
    second = order(sale)
    db.session.refresh(first)
    assert (first.state, first.total, second.state) == (OrderState.CANCELLED, 0, OrderState.CONFIRMED)
    assert second.id != first.id
    assert monies.money_of(sale.expo, first).balance.credit == 100
    assert sum(line.amount + line.tax for line in first.lines) == 0


def test_the_job_ends_lapsed_orders_and_no_other(sale: Sale) -> None:
    row = order(sale)
    assert lapse_all() == {"ended": 0}
    over(sale)
    assert lapse_all() == {"ended": 1}
    assert lapse_all() == {"ended": 0}
    db.session.refresh(row)
    assert (row.state, row.cancel_reason) == (OrderState.CANCELLED, cancelling.LAPSED)
    assert sale.exhibitor.state is State.ADMITTED


def test_an_order_that_costs_nothing_is_not_lost_for_want_of_a_payment(sale: Sale) -> None:
    with transaction():
        sale.hold.stand.is_free_of_charge = True
    row = order(sale)
    if row.total == 0:
        over(sale)
        assert has(sale) == [("A01", AllocationKind.ASSIGNED)]
    else:
        assert has(sale) == [("A01", AllocationKind.HOLD)]


def smaller(sale: Sale, row: Order, area: int, number: str = "A01") -> Order:
    """The order made smaller, 120 days before the opening."""
    with transaction():
        db.session.execute(sa.delete(ExpoDay).where(ExpoDay.expo_id == sale.expo.id))
        first = clock.today(sale.expo.timezone) + timedelta(days=120)
        db.session.add(ExpoDay(expo_id=sale.expo.id, date=first, kind=DayKind.OPEN))
        sale.expo.setup_version += 1
    db.session.expire_all()
    seen = reducing.preview(sale.expo, row, {number: area})
    with transaction():
        return reducing.reduce(sale.expo, row, {number: area}, seen.total, SYSTEM, "kleiner")


def test_nothing_is_booked_on_an_order_that_was_replaced(sale: Sale) -> None:
    """O5: paid + open = total everywhere; money on an order that no list shows would be in none of them."""
    old = order(sale)
    came = pay(sale, old, deposit(old))
    with transaction():
        contracts.stamped(sale.expo, old, SYSTEM)
    new = smaller(sale, old, 60_000)
    for act in (
        lambda: pay(sale, old, 5_000),
        lambda: booking.refund(
            sale.expo, old, way=PaymentKind.CASH, amount=1, day=came.day, note="x", by=SYSTEM
        ),
        lambda: booking.use_credit(sale.expo, new, old, amount=1, by=SYSTEM),
        lambda: contracts.stamped(sale.expo, old, SYSTEM),
        lambda: contracts.unstamped(sale.expo, old, SYSTEM),
        lambda: smaller(sale, old, 50_000),
    ):
        with pytest.raises(Conflict):
            act()
        db.session.rollback()
    rows = listing.rows(sale.expo)
    assert [each.order.id for each in rows] == [new.id]


def test_who_has_paid_more_than_the_smaller_order_is_paid_in_full(sale: Sale) -> None:
    with transaction():
        held(sale.expo, sale.exhibitor, make_stand(sale.expo, "B01", 0, 20_000).id)
    row = order(sale)
    with transaction():
        contracts.stamped(sale.expo, row, SYSTEM)
    pay(sale, row, row.total - 1)
    assert sale.exhibitor.state is State.DEPOSIT_PAID
    new = smaller(sale, row, 0, "B01")
    db.session.refresh(sale.exhibitor)
    assert (monies.money_of(sale.expo, new).balance.open, sale.exhibitor.state) == (0, State.PAID)


def test_a_stand_that_was_moved_is_made_smaller_by_its_new_number(sale: Sale) -> None:
    row = order(sale)
    pay(sale, row, deposit(row))
    with transaction():
        other = make_stand(sale.expo, "A09", 0, 20_000)
        (mine,) = stands.of_exhibitor(sale.expo, sale.exhibitor, clock.now())
        assigning.move(sale.expo, mine.id, other.id, SYSTEM)
    with pytest.raises(Refused, match="nothing_smaller"):
        smaller(sale, row, 60_000)
    smaller(sale, row, 60_000, "A09")
    assert other.contracted_area == 60_000


def test_a_cancelled_order_comes_back_by_no_tick(sale: Sale) -> None:
    row = order(sale)
    with transaction():
        contracts.stamped(sale.expo, row, SYSTEM)
    with transaction():
        cancelling.cancel(sale.expo, row, fee=0, reason="x", by=SYSTEM)
    for act in (contracts.stamped, contracts.unstamped):
        with pytest.raises(Conflict), transaction():
            act(sale.expo, row, SYSTEM)
    assert db.session.get_one(Order, row.id).state is OrderState.CANCELLED


def test_the_contract_of_a_cancelled_order_says_what_was_signed(sale: Sale) -> None:
    row = order(sale)
    signed = contracts.source_of(sale.expo, row)
    with transaction():
        cancelling.cancel(sale.expo, row, fee=100, reason="x", by=SYSTEM)
    source = contracts.source_of(sale.expo, db.session.get_one(Order, row.id))
    assert (source.lines, source.net, source.tax) == (signed.lines, signed.net, signed.tax)


@pytest.mark.parametrize("code", ["stand-cleaning", "sides", "upper-light", "cancelled", "stand"])
def test_no_code_of_a_service_makes_it_a_line_of_the_contract(sale: Sale, code: str) -> None:
    row = order(sale)
    signed = contracts.source_of(sale.expo, row).net
    with transaction():
        charge(
            sale.expo,
            sale.exhibitor,
            Charge(f"service.{code}", "清洁", "Cleaning", 1, 50_000),
            monies.today_of(sale.expo),
            SYSTEM,
        )
    assert contracts.source_of(sale.expo, db.session.get_one(Order, row.id)).net == signed
    new = smaller(sale, row, 60_000)
    assert [line.amount for line in new.lines if line.code.endswith(code) and line.amount == 50_000]


def test_who_orders_more_after_paying_all_owes_again(sale: Sale) -> None:
    row = order(sale)
    with transaction():
        contracts.stamped(sale.expo, row, SYSTEM)
    pay(sale, row, row.total)
    assert sale.exhibitor.state is State.PAID
    with transaction():
        charge(
            sale.expo, sale.exhibitor, Charge("service.x", "灯", "Lamp", 1, 100), clock.now().date(), SYSTEM
        )
    db.session.refresh(sale.exhibitor)
    owes: State = sale.exhibitor.state
    assert owes == State.DEPOSIT_PAID
    pay(sale, db.session.get_one(Order, row.id), 100)
    assert sale.exhibitor.state is State.PAID


def test_an_exhibitor_with_an_order_is_called_off_by_the_order_alone(sale: Sale) -> None:
    """Else the stand stays sold and the sum owed by a company that is not there."""
    row = order(sale)
    with pytest.raises(Refused, match="has_order"), transaction():
        deciding.call_off(sale.exhibitor, "破产", 0, SYSTEM)
    with transaction():
        cancelling.cancel(sale.expo, row, fee=0, reason="x", by=SYSTEM)
    assert (has(sale), sale.exhibitor.state) == ([], State.CANCELLED)
    with transaction():
        deciding.call_on(sale.exhibitor, SYSTEM)
    assert sale.exhibitor.state is State.ADMITTED, "the order is over for good: it orders anew"
    with transaction():
        holding.hold(sale.expo, sale.exhibitor, sale.hold.stand_id, SYSTEM, person=sale.person)
    assert order(sale).id != row.id


def test_tasks_and_books_say_the_same_of_a_credit(sale: Sale, client: FlaskClient) -> None:
    """O5, E4: paid + open = total everywhere, and what is beyond is credit and never "open −88"."""
    row = order(sale)
    pay(sale, row, row.total + 8_800)
    page = client.get(f"/8th/exhibitor/{sale.token}?lang=en").text
    assert "−" not in page.split("Total")[1].split("</dl>")[0]
    assert "¥88.00" in page


def test_who_holds_a_stand_is_led_to_its_order(sale: Sale, client: FlaskClient) -> None:
    """E4: what is next is said within five seconds; a chosen stand is not to be chosen again."""
    home = client.get(f"/8th/exhibitor/{sale.token}?lang=en").text
    first = home.split("Next: ")[1][:700]
    assert "Check and order" in first
    assert f"/8th/exhibitor/{sale.token}/order" in first


def test_another_fascia_after_the_print_date_costs_its_fee_once(sale: Sale) -> None:
    """§2.6: the text is frozen at the print date, and a change of it has a fee; other words of the entry have none."""
    row, today = order(sale), clock.today(sale.expo.timezone)
    total = row.total
    pay(sale, row, deposit(row))
    with transaction():
        contracts.stamped(sale.expo, row, SYSTEM)
        now = centre.centre_of(sale.expo)
        kept = type(now)(quotas=now.quotas, due=now.due, panels=now.panels, fascia_fee_minor=20_000)
        centre.save_set_up(sale.expo, centre.SetUp(kept, print_on=today - timedelta(days=1)), SYSTEM)
    said = directory.Words(name_zh="星河", text_zh="家具", fascia_zh="星河")
    with transaction():
        entry = directory.save(sale.expo, sale.exhibitor, said, SYSTEM, today - timedelta(days=2))
        directory.send(sale.expo, sale.exhibitor, SYSTEM, today - timedelta(days=2))
    for words, accept, fee in (
        ({"text_zh": "木器"}, True, 0),
        ({"fascia_zh": "银河"}, False, 0),
        ({"fascia_zh": "银河"}, True, 20_000),
    ):
        with transaction():
            asked = replace(directory.words_of(entry), **words)
            directory.save(sale.expo, sale.exhibitor, asked, SYSTEM, today)
            assert extras.decide_change(sale.expo, sale.exhibitor, entry, SYSTEM, accept=accept) == fee
        db.session.refresh(row)
        assert row.total == total + fee
    assert [line.amount for line in row.lines if line.code == "fascia_change"] == [20_000]
