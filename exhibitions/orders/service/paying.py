"""Payment providers: which one the installation has, and what their notices book."""

from __future__ import annotations

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.signing import derive_key
from exhibitions.expos.models import Expo
from exhibitions.orders.models import Order
from exhibitions.orders.queries import money, named
from exhibitions.orders.rules import providers as rules
from exhibitions.orders.rules.balance import Filled
from exhibitions.orders.rules.providers import Ask, Known, Manual, Provider, Sandbox, Started
from exhibitions.orders.rules.states import OrderState, PaymentKind
from exhibitions.orders.service import booking

_PURPOSE = "payment sandbox v1"
_known: dict[str, Provider] = {"manual": Manual()}


def configure(secret: str, name: str) -> None:
    """Say which provider the installation has (PAYMENT_PROVIDER); a transfer is always possible. Called once at start."""
    _known.clear()
    _known["manual"] = Manual()
    if name == Sandbox.name:
        _known[name] = Sandbox(derive_key(secret, _PURPOSE))


def ways(order: Order, part: Filled | None, back: str) -> list[Started]:
    """How what is due next can be paid, by each provider of the installation, for who is on the page `back`; none where nothing is."""
    return [each.start(ask_for(order, part), back) for each in _known.values()] if part is not None else []


def provider(name: str) -> Provider | None:
    """The provider of this name, if the installation has it."""
    return _known.get(name)


def sandbox() -> Sandbox | None:
    """The sandbox, where there is one."""
    found = _known.get("sandbox")
    return found if isinstance(found, Sandbox) else None


def ask_for(order: Order, part: Filled) -> Ask:
    """What a provider is asked to take: what is open of the part that is due next, as the server has computed it."""
    return Ask(order.reference, part.open, order.currency)


def take(expo: Expo, name: str, notice: rules.Notice, by: Actor) -> str:
    """Book what a provider's signed notice tells; the same event twice is one payment. Gives `rules.judge`'s word.

    Money for an order that is not there or in another currency is written down for the office and booked nowhere.
    """
    booking.take_turn(expo)
    key = f"{name}:{notice.event}"
    seen = money.payment_by_key(expo, key) is not None
    order = named.by_reference(expo, notice.reference)
    if order is not None and order.state is OrderState.DRAFT:
        order = None
    known = Known(order.currency, money.money_of(expo, order).balance.open) if order else None
    verdict = rules.judge(notice, known, seen=seen)
    if verdict == "booked" and order is not None:
        came = booking.Incoming(
            kind=PaymentKind.QR,
            amount=notice.amount,
            day=money.day_of(expo, notice.paid_at),
            note=f"{name} {notice.event}",
            key=key,
            provider=name,
        )
        booking.book(expo, order, came, by, moves_day=True)
    elif verdict != "seen":
        facts = {
            "event": notice.event,
            "reference": notice.reference,
            "amount": notice.amount,
            "why": verdict,
        }
        audit.record("orders.notice_not_booked", by, expo_id=expo.id, after=dict(facts))
        db.session.flush()
    return verdict


def play(ask: Ask, event: str) -> tuple[bytes, str, str]:
    """What the sandbox calls back with for a payment: body, signature, moment."""
    box = sandbox()
    if box is None:
        raise LookupError("no sandbox")
    now = clock.now()
    body, sent_at = box.notice(event, ask, now), str(int(now.timestamp()))
    return body, box.sign(body, sent_at), sent_at
