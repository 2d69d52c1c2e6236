"""Proofs of payment: an exhibitor says "I have paid"; it is money only once the office has booked it (E3)."""

from __future__ import annotations

from datetime import date

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Refused
from exhibitions.exhibitors.models import ExhibitorPerson
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.orders.models import Order, Slip
from exhibitions.orders.queries import money as queries
from exhibitions.orders.rules.states import OrderState
from exhibitions.orders.service.booking import SUBJECT, lock

PURPOSE = "orders.slip"
MOST = 20
TYPES = {b"%PDF-": "application/pdf", b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""What a proof may be, by its first bytes."""
MOST_BYTES = 10 * 1024 * 1024


def type_of(head: bytes) -> str:
    """The kind of file by its content; raises `Refused` for anything but a PDF or a picture, and for more than 10 MB."""
    if len(head) > MOST_BYTES:
        raise Refused("slip_large", N_("This file is larger than 10 MB. Send a smaller picture."))
    for start, kind in TYPES.items():
        if head.startswith(start):
            return kind
    raise Refused("slip_type", N_("Send a picture (JPG, PNG) or a PDF of the bank's receipt."))


def send(  # noqa: PLR0913 - independent facts, by name.
    expo: Expo,
    order: Order,
    person: ExhibitorPerson,
    *,
    amount: int,
    paid_on: date,
    file: tuple[files.Bytes, str, str] | None,
    by: Actor,
    key: str = "",
) -> Slip:
    """Keep what an exhibitor says to have paid, with the picture (bytes, name, kind) of the bank's receipt if there is one.

    With the same `key` (the form's) it is one proof, however often it is sent. Raises `Refused`, among others for the
    twenty-first of an order.
    """
    order = lock(expo, order)
    before = queries.slip_by_key(expo, key) if key else None
    if before is not None:
        if file is not None:
            # The form was sent twice: its picture lies there already, and no row would name this one.
            files.remove_bytes(file[0].path)
        return before
    if order.state is OrderState.DRAFT:
        raise Refused("order_draft", N_("This order is not confirmed yet: nothing is to be paid for it."))
    if len(queries.slips(expo, order)) >= MOST:
        raise Refused("slips_many", N_("Many proofs were sent already. Please call the organiser."))
    stored = None
    if file is not None:
        content, name, kind = file
        stored = files.store(
            content, name=name, content_type=kind, purpose=PURPOSE, expo_id=expo.id, owner=by
        )
    slip = Slip(
        expo_id=expo.id,
        order_id=order.id,
        file_id=stored.id if stored else None,
        amount=amount,
        paid_on=paid_on,
        person_id=person.id,
        key=key or None,
        sent_at=clock.now(),
    )
    db.session.add(slip)
    db.session.flush()
    audit.record(
        "orders.proof_sent",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, order.id),
        after={"amount": amount, "day": paid_on, "currency": order.currency},
    )
    return slip


def seen(expo: Expo, slip: Slip, by: Actor) -> Order:
    """Note that the office has looked at a proof; gives its order."""
    if slip.seen_at is None:
        slip.seen_at = clock.now()
        audit.record("orders.proof_seen", by, expo_id=expo.id, subject=(SUBJECT, slip.order_id))
    return db.session.get_one(Order, slip.order_id)
