"""Payers are reminded: before the day, on it, and when it has gone."""

from __future__ import annotations

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.expos.models import Expo
from exhibitions.mail import service as mail
from exhibitions.orders.queries import reminding as queries
from exhibitions.orders.queries.reminding import Reminder
from exhibitions.orders.service.booking import SUBJECT, take_turn

LETTER = "orders.payment_reminder"
PERSON = "exhibitor_person"
AT_ONCE = 200


def remind(expo: Expo, by: Actor) -> int:
    """Write a portion of the reminders whose day has come; gives how many orders were reminded.

    Who has neither address nor number is left for the office: the page of reminders lists them.
    """
    take_turn(expo)
    due = [
        each
        for each in queries.reminders(expo, queries.today_of(expo))
        if each.step is not None and each.reached
    ]
    for each in due[:AT_ONCE]:
        _write(expo, each, by)
    return min(len(due), AT_ONCE)


def _write(expo: Expo, each: Reminder, by: Actor) -> None:
    row = each.instalment
    for person in each.reached:
        mail.send(
            LETTER,
            person.email or "",
            person.language,
            {"expo_id": expo.id, "instalment_id": row.id, "person_id": person.id, "step": each.step or 0},
            key=f"payment-{row.id}-{each.step}-{person.id}",
            expo_id=expo.id,
            subject=(PERSON, person.id),
            phone=person.phone,
        )
    row.reminded, row.reminded_at = str(each.step), clock.now()
    audit.record(
        "orders.reminded",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, row.order_id),
        after={"step": each.step, "people": len(each.reached)},
    )
