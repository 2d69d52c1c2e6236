"""A provider's call: signed, fresh, understood, and never twice."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exhibitions.core.errors import Forbidden, Refused
from exhibitions.orders.rules.providers import Ask, Known, Manual, Sandbox, Started, judge

NOW = datetime(2026, 8, 17, 2, 0, tzinfo=UTC)
SENT = str(int(NOW.timestamp()))
BOX = Sandbox(b"key")
BACK = "/8th/exhibitor/T/payments"
ASK = Ask("ZW00421757", 267_750, "CNY")
BODY = BOX.notice("e1", ASK, NOW)


def test_a_signed_call_is_read() -> None:
    notice = BOX.read(BODY, BOX.sign(BODY, SENT), SENT, NOW)
    assert (notice.event, notice.reference, notice.amount, notice.currency) == (
        "e1",
        "ZW00421757",
        267_750,
        "CNY",
    )
    assert BOX.start(ASK, BACK) == Started(address="/8th/exhibitor/T/sandbox-payment")


@pytest.mark.parametrize("off", [timedelta(minutes=5), -timedelta(minutes=5)])
def test_exactly_at_the_tolerance_it_is_fresh_and_beyond_it_is_not(off: timedelta) -> None:
    signature = BOX.sign(BODY, SENT)
    assert BOX.read(BODY, signature, SENT, NOW + off).event == "e1"
    with pytest.raises(Forbidden):
        BOX.read(BODY, signature, SENT, NOW + off * 1.01)


@pytest.mark.parametrize(
    ("body", "signature", "sent_at"),
    [
        (BODY.replace(b"267750", b"267751"), BOX.sign(BODY, SENT), SENT),
        (BODY, Sandbox(b"other").sign(BODY, SENT), SENT),
        (BODY, "", SENT),
        (BODY, "签", SENT),
        (BODY, BOX.sign(BODY, "1"), "1"),
        (BODY, BOX.sign(BODY, "x"), "x"),
        (BODY, BOX.sign(BODY, "²"), "²"),
        (BODY, BOX.sign(BODY, "9" * 13), "9" * 13),
        (b" " * 16_385, BOX.sign(b" " * 16_385, SENT), SENT),
    ],
)
def test_what_is_not_signed_is_not_understood(body: bytes, signature: str, sent_at: str) -> None:
    with pytest.raises(Forbidden):
        BOX.read(body, signature, sent_at, NOW)


@pytest.mark.parametrize(
    "change",
    [{"amount": 0}, {"amount": -1}, {"amount": 1.5}, {"amount": True}, {"amount": "1"}, {"event": ""}, {"event": 1},
     {"reference": "x" * 81}, {"paid_at": "yesterday"}, {"paid_at": "2026-08-17T10:00:00"}, {"currency": None}],
)  # fmt: skip
def test_a_signed_call_that_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    body = json.dumps(json.loads(BODY) | change).encode()
    with pytest.raises(Refused):
        BOX.read(body, BOX.sign(body, SENT), SENT, NOW)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"[" * 9_000, b"\xff", b"null"])
def test_what_is_no_notice_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        BOX.read(body, BOX.sign(body, SENT), SENT, NOW)


def test_the_manual_one_takes_no_calls() -> None:
    assert Manual().start(ASK, BACK) == Started(reference=ASK.reference)
    with pytest.raises(Forbidden):
        Manual().read(BODY, "", SENT, NOW)


def test_a_notice_is_booked_once_and_only_for_its_order() -> None:
    notice = BOX.read(BODY, BOX.sign(BODY, SENT), SENT, NOW)
    assert judge(notice, Known("CNY", 1), seen=True) == "seen"
    assert judge(notice, None, seen=False) == "unknown"
    assert judge(notice, Known("USD", 267_750), seen=False) == "currency"
    assert judge(notice, Known("CNY", 0), seen=False) == "booked"
