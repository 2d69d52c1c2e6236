"""Two registrations of one person become one, and are parted again within 30 days (V-6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from exhibitions.audit import service as audit
from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.service import Joined
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.core.search import found_by
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries
from exhibitions.visitors.models import Merge, Registration
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.rules import merging as rules
from exhibitions.visitors.rules.registration import ALIVE, State
from exhibitions.visitors.service.registering import taken
from exhibitions.visitors.service.registration import holder_of

FORGET = "visitors.forget_merges"
_PERSONAL = frozenset({"name", "company", "title", "phone", "email"})
_PORTION = 500


def merge(
    expo: Expo,
    kept: Registration,
    gone: Registration,
    choice: Mapping[str, str],
    live_badge: int | None,
    by: Actor,
) -> Merge:
    """Make one person of two living registrations: `kept` stays with the chosen fields, `gone` is ended.

    `live_badge` is the badge that goes on opening gates; the other one is void and points to it. Visits of both count
    once. Raises `Refused` for the same one twice or without a number and an address, `Conflict` when one has ended.
    """
    _lock(kept, gone)
    fields = rules.chosen(choice, kept, gone)
    before = {name: _plain(getattr(kept, name)) for name in rules.FIELDS}
    changed = [name for name in rules.FIELDS if getattr(kept, name) != fields[name]]
    told = {name: (getattr(kept, name), fields[name]) for name in changed}
    state, gone.state, gone.cancelled_at = gone.state, State.CANCELLED, clock.now()
    # The number that goes over must be free before it is taken.
    db.session.flush()
    _write(kept, fields)
    joined = badges.join(expo, HOLDER, kept.id, gone.id, live_badge)
    if state is State.REGISTERED and kept.state is State.WAITING:
        kept.state = State.REGISTERED
    _correct_badge(expo, kept)
    row = Merge(
        expo_id=expo.id,
        kept_id=kept.id,
        gone_id=gone.id,
        merged_at=clock.now(),
        before={
            "fields": before,
            "state": state.value,
            "moved": joined.moved,
            "voided": joined.voided,
            "live": joined.live,
            "days": [day.isoformat() for day in joined.days],
        },
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        "visitors.merged",
        by,
        expo_id=expo.id,
        subject=(HOLDER, kept.id),
        before={name: old for name, (old, _) in told.items()},
        after={name: new for name, (_, new) in told.items()} | {"other": gone.id},
        personal=_PERSONAL & told.keys(),
    )
    audit.record("visitors.merged", by, expo_id=expo.id, subject=(HOLDER, gone.id), after={"other": kept.id})
    return row


def part(expo: Expo, row: Merge, by: Actor) -> None:
    """Undo a merge: both registrations are what they were, each with its own badges.

    Raises `Refused` after 30 days, `Conflict` when it is undone already, when the kept one has ended or was merged again
    since, and when somebody else has the number or address by now.
    """
    db.session.refresh(row, with_for_update=True)
    kept = db.session.get_one(Registration, row.kept_id)
    gone = db.session.get_one(Registration, row.gone_id)
    _check_parting(expo, row, kept, gone)
    before = row.before
    fields = before["fields"] | {"visit_day": _day(before["fields"]["visit_day"])}
    _write(kept, fields)
    gone.state, gone.cancelled_at, gone.changed_at = State(before["state"]), None, clock.now()
    try:
        db.session.flush()
    except IntegrityError as error:
        taken(error)
    days = [date.fromisoformat(day) for day in before["days"]]
    badges.part(expo, HOLDER, gone.id, Joined(before["moved"], before["voided"], days, before["live"]))
    _correct_badge(expo, kept)
    _correct_badge(expo, gone)
    row.parted_at, row.before = clock.now(), {}
    for one, other in ((kept, gone), (gone, kept)):
        audit.record(
            "visitors.parted", by, expo_id=expo.id, subject=(HOLDER, one.id), after={"other": other.id}
        )


def forget(now: datetime) -> int:
    """Empty what it takes to part those who were merged 30 days ago (P6), a portion at a time; gives its number."""
    rows = queries.old_merges(now - rules.PARTED_FOR, _PORTION)
    for row in rows:
        row.before = {}
    return len(rows)


def forget_person(registration_id: int) -> None:
    """Empty it for a person who is erased: nothing brings the words back (P9)."""
    for row in queries.merges_with(registration_id):
        row.before = {}


def _lock(kept: Registration, gone: Registration) -> None:
    if kept.id == gone.id:
        raise Refused("same_registration", N_("These are the same registration."))
    for each in sorted((kept, gone), key=lambda one: one.id):
        db.session.refresh(each, with_for_update=True)
        if each.state not in ALIVE:
            raise Conflict(
                "not_alive", N_("One of the two has been cancelled or refused. Nothing was merged.")
            )


def _check_parting(expo: Expo, row: Merge, kept: Registration, gone: Registration) -> None:
    if row.parted_at is not None or not row.before or not rules.can_part(row.merged_at, clock.now()):
        raise Refused("parting_late", N_("People who were merged can be parted for 30 days. This is over."))
    newest = queries.merges_of(expo, kept.id)[0]
    if newest.id != row.id or kept.state not in ALIVE or gone.state is not State.CANCELLED:
        raise Conflict(
            "merged_since", N_("Something else has happened to this registration since. It cannot be parted.")
        )


def _write(person: Registration, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        setattr(person, name, value)
    for name, value in found_by(person.name, person.company, person.phone, person.email).items():
        setattr(person, name, value)
    person.changed_at = clock.now()


def _correct_badge(expo: Expo, person: Registration) -> None:
    badge = badge_queries.current_badge(expo, HOLDER, person.id)
    badge_class = badge_queries.class_of(expo, person.class_id)
    if badge is not None and badge_class is not None:
        badges.correct(badge, holder_of(person, badge.heads), badge_class)
        if person.state is State.REGISTERED:
            badges.approve(badge)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
