"""The exhibitors' side of a full fair: what the places of addresses stand for under which beginnings."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import sqlalchemy as sa
from PIL import Image

from exhibitions.accounts import service as accounts
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.exhibitors.models import CoExhibitor, Exhibitor, ExhibitorSettings, StaffBadge
from exhibitions.exhibitors.queries import CO_LINK, LINK
from exhibitions.exhibitors.queries import directory as entries
from exhibitions.exhibitors.queries import settings as settings_of
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import directory, messages
from exhibitions.exhibitors.service import mailing as mailings
from exhibitions.exhibitors.service.centre import settings_row
from exhibitions.exhibitors.views.mailing import LEAVE
from exhibitions.expos.models import Expo, Hall
from exhibitions.files import service as files
from exhibitions.mail.rules.many import Purpose
from exhibitions.mail.rules.texts import Words
from exhibitions.orders.models import Order, Slip, StatementRow
from exhibitions.orders.queries import money, papers
from exhibitions.orders.rules.statement import Line
from exhibitions.orders.rules.states import InvoiceKind, PaymentKind
from exhibitions.orders.service import booking, contracts, invoices, services, statements, supplementing
from exhibitions.orders.service.services import Offer
from exhibitions.portal.service import merging_entries
from exhibitions.stands.models import Swap
from exhibitions.stands.rules.swaps import Thing
from exhibitions.stands.service import holding
from tests.exhibiting import make_exhibitor, make_hall_plan, make_stand
from tests.full_application import applications
from tests.full_entries import entered
from tests.full_juror import seated
from tests.orders.paying import add_order
from tests.orders.pricing import make_order


def exhibition(expo: Expo, by: Actor) -> dict[str, dict[str, str]]:
    """One of everything that exhibitors have in a fair, inside the caller's transaction."""
    now = clock.now()
    if settings_of(expo) is None:
        settings = ExhibitorSettings(
            expo_id=expo.id,
            opens_at=now - timedelta(days=30),
            closes_at=now + timedelta(days=30),
            terms_zh="参展条款",
            terms_en="Terms",
            changed_at=now,
        )
        db.session.add(settings)
    exhibitor, person, token = make_exhibitor(expo, f"星河家居有限公司{expo.slug}", State.ADMITTED)
    other = CoExhibitor(
        expo_id=expo.id,
        exhibitor_id=exhibitor.id,
        name_zh="联合",
        own_goods=True,
        own_staff=True,
        created_at=now,
    )
    db.session.add(other)
    hall = Hall(expo_id=expo.id, code="9", name_zh="9号馆", name_en="Hall 9", position=9)
    db.session.add(hall)
    db.session.flush()
    make_hall_plan(expo, hall=hall)
    stand = make_stand(expo, "9A01", hall=hall)
    make_stand(expo, "9A02", 3000, hall=hall)
    held, line = given_out(expo, hall, by)
    db.session.flush()
    mailing = mailings.begin(expo, [exhibitor.id], by)
    words = {"zh": Words("邀请参展", "{company}"), "en": Words("", "")}
    mailings.write(expo, mailing, Purpose.SERVICE, words, by)
    centre, entry, contracted = _centre(expo, exhibitor, by)
    return {
        "/desk/<slug>/exhibitors/messages/<int:mailing_id>": {"mailing_id": str(mailing.id)},
        "/<slug>/no-invitations/<token>": {"token": accounts.mint_link(LEAVE, person.id, expo_id=expo.id)},
        **applications(expo),
        **entry,
        "/<slug>/exhibitor/<token>": {
            "token": token,
            "person_id": str(person.id),
            "co_id": str(other.id),
            **centre,
        },
        "/<slug>/exhibitor/<token>/figures": {"token": contracted},
        "/desk/<slug>/exhibitors/requests/<number>": {"number": exhibitor.number, **centre},
        "/<slug>/co-exhibitor/<token>": {"token": accounts.mint_link(CO_LINK, other.id, expo_id=expo.id)},
        "/desk/privacy/company-people/<kind>/<int:row_id>": {
            "kind": "exhibitor_person",
            "row_id": str(person.id),
        },
        "/desk/<slug>/exhibitors/<number>": {"number": exhibitor.number, "co_id": str(other.id)},
        "/desk/<slug>/exhibitors/merges/<int:merge_id>": {"merge_id": str(merged_entry(expo, by))},
        "/<slug>/exhibit/known/<word>": {"word": "x"},
        "/desk/<slug>/exhibitor-desk/<number>": {"number": exhibitor.number},
        "/desk/<slug>/sales-figures/<number>": {"number": exhibitor.number},
        "/desk/<slug>/presence/<number>": {"number": exhibitor.number},
        "/desk/<slug>/floor-plan/stands/<number>": {"number": stand.number},
        "/<slug>/exhibitor/<token>/stand/<number>": {"number": stand.number},
        "/desk/<slug>/floor-plan/holds/<int:allocation_id>": {
            "allocation_id": str(held[0]),
            "other_id": str(held[1]),
        },
        "/desk/<slug>/floor-plan/waiting/<exhibitor_number>": {"exhibitor_number": exhibitor.number},
        "/desk/<slug>/floor-plan/swap-list/<int:swap_id>": {"swap_id": str(line)},
        **entered(expo, exhibitor),
        **sold(expo, hall, by),
        **owed(expo, by),
        **seated(expo),
    }


def merged_entry(expo: Expo, by: Actor) -> int:
    """Two entries of one company that became one; the number of the merge."""
    kept, gone = (
        make_exhibitor(expo, f"{name}{expo.slug}", State.PROSPECT)[0] for name in ("海潮", "海潮家居")
    )
    return merging_entries.merge(expo, kept, gone, by).id


def owed(expo: Expo, by: Actor) -> dict[str, dict[str, str]]:
    """An order that was paid in part, a bank's row that waits, a proof and an invoice."""
    number, order_id = add_order(expo, f"付款企业{expo.slug}")
    order = db.session.get_one(Order, order_id)
    today = money.today_of(expo)
    came = booking.Incoming(kind=PaymentKind.CASH, amount=100, day=today, payer="王敏")
    payment = booking.book(expo, order, came, by)
    line = Line(2, today, 100, "CNY", "王敏", "", "货款", f"S-{expo.slug}")
    stored = files.write(f"day,in\n# {expo.slug}\n".encode())
    read = statements.keep(expo, statements.Read(lines=[(line, line.fingerprint)]), stored, "bank.csv", by)
    slip = Slip(expo_id=expo.id, order_id=order.id, amount=100, paid_on=today, sent_at=clock.now())
    wish = invoices.Wish(InvoiceKind.DIGITAL, "星河", "", "", "", "王敏", None, "a@example.org", 100)
    invoice = invoices.request(expo, order, wish, by)
    db.session.add(slip)
    db.session.flush()
    stored_slip = files.store(
        b"%PDF-1.4 slip",
        name="slip.pdf",
        content_type="application/pdf",
        purpose="orders.slip",
        expo_id=expo.id,
        owner=by,
    )
    slip.file_id = stored_slip.id
    orders = "/desk/<slug>/orders"
    row = db.session.scalars(sa.select(StatementRow.id).where(StatementRow.statement_id == read.id)).one()
    return {
        f"{orders}/<number>": {"number": number},
        f"{orders}/statements/<int:statement_id>": {"statement_id": str(read.id)},
        f"{orders}/statement-rows/<int:row_id>": {"row_id": str(row)},
        f"{orders}/invoices/<int:invoice_id>": {"invoice_id": str(invoice.id)},
        f"{orders}/days/<day>": {"day": today.isoformat()},
        f"{orders}/export/<any(csv, xlsx):kind>": {"kind": "xlsx"},
        "/desk/<slug>/payments/<int:payment_id>": {"payment_id": str(payment.id)},
        "/desk/<slug>/payment-slips/<int:slip_id>": {"slip_id": str(slip.id)},
    }


def sold(expo: Expo, hall: Hall, by: Actor) -> dict[str, dict[str, str]]:
    """Prices in force, a stand and a service that were ordered by them, and two papers with the scans of their stamped copies."""
    order = make_order(expo, hall, "9S01")
    contracts.stamped(expo, order, by, (files.write(b"%PDF-1.4 sealed"), "sealed.pdf", "application/pdf"))
    before = papers.stands_of(order)
    change = supplementing.Change(before, [{**before[0], "number": "9S02"}], order.total, order.total)
    moved = supplementing.write(expo, order, change, by)
    assert moved is not None
    supplementing.stamped(expo, moved, by, (files.write(b"%PDF-1.4 B1"), "b1.pdf", "application/pdf"))
    offer = Offer("L", "", "灯", "Lamp", "", "", 100, "6", (), on_plan=False, most=None)
    lamps = [services.Wish(services.save(expo, None, offer, by), 1)]
    today = money.today_of(expo)
    basket = services.Basket(lamps, 0, services.mark_of(services.price(lamps, today)))
    lamp = services.order(expo, order.exhibitor, basket, today, by)[0]
    token = accounts.mint_link(LINK, order.exhibitor.people[0].id, expo_id=expo.id)
    address = "/desk/<slug>/orders/<number>"
    mine = ("/contract", "/stamped-copy", "/not-stamped", "/smaller")
    return {
        "/desk/<slug>/prices": {"place": "0"},
        "/desk/<slug>/orders/supplements": {"number": moved.number},
        "/desk/<slug>/orders/services/ordered": {"ordered_id": str(lamp.id)},
        "/<slug>/exhibitor/<token>/order/supplements": {"number": moved.number, "token": token},
        "/<slug>/exhibitor/<token>/services/<int:ordered_id>": {"ordered_id": str(lamp.id), "token": token},
        **{f"{address}{part}": {"number": order.number} for part in mine},
    }


def given_out(expo: Expo, hall: Hall, by: Actor) -> tuple[list[int], int]:
    """Two stands that two exhibitors hold, and a thing that is false since a change; their numbers of row."""
    held = []
    for place, number in enumerate(("9H01", "9H02")):
        other, _person, _token = make_exhibitor(expo, f"预留企业{number}{expo.slug}")
        stand = make_stand(expo, number, place * 3000, 9000, hall=hall)
        held.append(holding.hold(expo, other, stand.id, by))
    swap = Swap(expo_id=expo.id, exhibitor_id=held[0].exhibitor_id, thing=Thing.CONTRACT, made_at=clock.now())
    db.session.add(swap)
    db.session.flush()
    return [row.id for row in held], swap.id


def _centre(
    expo: Expo, exhibitor: Exhibitor, by: Actor
) -> tuple[dict[str, str], dict[str, dict[str, str]], str]:
    """What an exhibitor has in its centre; a published entry of another one, which is under contract, and its token."""
    today = clock.today(expo.timezone)
    person = StaffBadge(
        expo_id=expo.id, exhibitor_id=exhibitor.id, name="王敏", extra="asked", created_at=clock.now()
    )
    db.session.add(person)
    offer = Offer("P", "", "电源", "Power", "", "", 100, "0", (), on_plan=False, most=None)
    service = services.save(expo, None, offer, by)
    messages.write(expo, exhibitor, "您好", by)
    taking_part, _, token = make_exhibitor(expo, f"北方木业{expo.slug}", State.CONTRACTED)
    picture = BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    places = []
    for one in (exhibitor, taking_part):
        directory.save(
            expo, one, directory.Words(name_zh="北方木业", name_en="Wood", text_en="Doors"), by, today
        )
        kept = files.write(picture.getvalue())
        row = directory.add_product(expo, one, ("实木门", "Door"), by, picture=(kept, "image/png"))
        places.append({"product_id": str(row.id), "file_id": str(row.picture_id)})
    directory.send(expo, taking_part, by, today)
    settings_row(expo).directory_published_at = clock.now()
    entry = entries.entry(expo, taking_part.id)
    assert entry is not None
    public = {"number": entry.number, **places[1]}
    addresses = {
        "/<slug>/directory/<number>": public,
        "/desk/<slug>/exhibitors/directory/<number>": public,
        "/desk/<slug>/orders/services": {"service_id": str(service.id)},
    }
    return {"staff_id": str(person.id), **places[0]}, addresses, token
