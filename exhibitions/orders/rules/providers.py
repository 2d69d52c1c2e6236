"""Payment providers: one interface, a manual one (a transfer, confirmed by the office) and a sandbox that behaves like a real one.

What a browser says about money is never believed: only a notice signed with the key that the provider and we share.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from exhibitions.core.errors import N_, Forbidden, Refused

LONGEST_NOTICE = 16_384
TOLERANCE = timedelta(minutes=5)
"""How old or how far ahead of our clock a notice may be: an old one that somebody recorded is worth nothing."""
SIGNATURE = "X-Payment-Signature"
MOMENT = "X-Payment-Time"


@dataclass(frozen=True)
class Ask:
    """What is to be paid: minor units that the server has computed."""

    reference: str
    amount: int
    currency: str


@dataclass(frozen=True)
class Started:
    """How the payer goes on: by a transfer that quotes `reference`, or at an `address` that takes a POST; the other is empty."""

    reference: str = ""
    address: str = ""


@dataclass(frozen=True)
class Notice:
    """A provider's word that money came in. `event` is unique with the provider: the same one twice is one payment."""

    event: str
    reference: str
    amount: int
    currency: str
    paid_at: datetime


class Provider(Protocol):
    """A way to take money."""

    name: str

    def start(self, ask: Ask, back: str) -> Started:
        """Begin a payment of who is on the page `back` of ours."""
        ...

    def read(self, body: bytes, signature: str, sent_at: str, now: datetime) -> Notice:
        """The notice in a call of the provider. Raises Forbidden for a wrong signature, Refused for what is malformed."""
        ...


class Manual:
    """A bank transfer with the reference; the office books it from the statement. Takes no calls."""

    name = "manual"

    def start(self, ask: Ask, back: str) -> Started:
        """The payer is shown account and reference on our own page."""
        return Started(reference=ask.reference)

    def read(self, body: bytes, signature: str, sent_at: str, now: datetime) -> Notice:
        """Nobody calls for this one: raises Forbidden."""
        raise _not_signed()


class Sandbox:
    """Plays a provider: pays at once on a page of its own and calls back with an HMAC-SHA256 over moment and body."""

    name = "sandbox"

    def __init__(self, key: bytes) -> None:
        self._key = key

    def start(self, ask: Ask, back: str) -> Started:
        """Where the sandbox pays at once what is asked."""
        return Started(address=f"{back.rpartition('/')[0]}/sandbox-payment")

    def sign(self, body: bytes, sent_at: str) -> str:
        """The signature that the provider sends along: hexadecimal."""
        return hmac.new(self._key, sent_at.encode() + b"." + body, hashlib.sha256).hexdigest()

    def notice(self, event: str, ask: Ask, paid_at: datetime) -> bytes:
        """The body of the provider's call."""
        values = {
            "event": event,
            "reference": ask.reference,
            "amount": ask.amount,
            "currency": ask.currency,
            "paid_at": paid_at.isoformat(),
        }
        return json.dumps(values, sort_keys=True).encode()

    def read(self, body: bytes, signature: str, sent_at: str, now: datetime) -> Notice:
        """See `Provider.read`; the signature is checked before a byte of the body is understood."""
        if len(body) > LONGEST_NOTICE or not _fresh(sent_at, now):
            raise _not_signed()
        if not hmac.compare_digest(self.sign(body, sent_at).encode(), signature.lower().encode()):
            raise _not_signed()
        try:
            return _notice(json.loads(body))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Refused("malformed_notice", N_("The notice cannot be read.")) from error


def _fresh(sent_at: str, now: datetime) -> bool:
    """Unix seconds, as digits, near our clock."""
    if not sent_at.isascii() or not sent_at.isdigit() or len(sent_at) > 12:
        return False
    return abs(now.timestamp() - int(sent_at)) <= TOLERANCE.total_seconds()


def _notice(values: Any) -> Notice:
    amount = values["amount"]
    texts = [values[name] for name in ("event", "reference", "currency", "paid_at")]
    if (
        type(amount) is not int
        or amount <= 0
        or not all(type(text) is str and 0 < len(text) <= 80 for text in texts)
    ):
        raise ValueError(values)
    event, reference, currency, moment = texts
    paid_at = datetime.fromisoformat(moment)
    if paid_at.tzinfo is None:
        raise ValueError(moment)
    return Notice(event, reference, amount, currency, paid_at)


def _not_signed() -> Forbidden:
    return Forbidden("not_signed", N_("This call is not signed by the payment provider."))


@dataclass(frozen=True)
class Known:
    """What we know of the order that a notice names."""

    currency: str
    open: int


def judge(notice: Notice, order: Known | None, *, seen: bool) -> str:
    """`booked`, or why not: `seen` (the same event before: answered as done), `unknown`, `currency`.

    More than is open is booked all the same: the money is here, and what is too much is credit.
    """
    if seen:
        return "seen"
    if order is None:
        return "unknown"
    return "booked" if order.currency == notice.currency else "currency"
