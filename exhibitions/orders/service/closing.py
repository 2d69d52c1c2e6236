"""The close of a day at the desk: counted against booked, a difference explained, signed by name. Then the day stays as it is."""

from __future__ import annotations

from datetime import date

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.orders.models import ClosedDay
from exhibitions.orders.queries import days, money
from exhibitions.orders.rules import closing as rules
from exhibitions.orders.service.booking import take_turn

SUBJECT = "closed_day"


def close(  # noqa: PLR0913 - independent facts, by name.
    expo: Expo, day: date, *, cash: int, qr: int, explanation: str, signed_by: str, by: Actor
) -> ClosedDay:
    """Close a day of the fair's zone with what was counted, in minor units of the fair's currency.

    Raises `Refused` for a day ahead, an unexplained difference or a missing name, `Conflict` for a day that is closed.
    """
    take_turn(expo)
    rules.may_close(day, money.today_of(expo), money.closed_days(expo, day))
    booked = days.booked(expo, day)
    counted = {"cash": cash, "qr": qr}
    rules.check_close(rules.counts(booked, counted), explanation, signed_by)
    row = ClosedDay(
        expo_id=expo.id,
        day=day,
        booked_cash=booked.get("cash", 0),
        counted_cash=cash,
        booked_qr=booked.get("qr", 0),
        counted_qr=qr,
        explanation=explanation.strip()[:300],
        signed_by=signed_by.strip()[:100],
        user_id=by.id if by.kind == "user" else None,
        closed_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        "orders.day_closed",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, row.id),
        after={
            "day": day,
            "booked_cash": row.booked_cash,
            "counted_cash": cash,
            "booked_qr": row.booked_qr,
            "counted_qr": qr,
        },
        reason=row.explanation,
    )
    return row
