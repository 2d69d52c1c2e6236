"""Badges of exhibitors' people: named within the quota, at a price or by grace beyond it, cancelled.

They are badges like any other (holder kind "exhibitor_staff") of classes that never count as visitors (V-2): gates read
them, statistics do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import BadgeClass
from exhibitions.badges.service.issuing import Holder
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.exhibitors.models import CoExhibitor, Exhibitor, StaffBadge
from exhibitions.exhibitors.queries import staff as queries
from exhibitions.exhibitors.queries.staff import HOLDER
from exhibitions.exhibitors.rules.co_exhibitors import CoState
from exhibitions.exhibitors.rules.quotas import Beyond, Quota, Room, room_for
from exhibitions.exhibitors.rules.staff import Named, StaffKind, Window
from exhibitions.exhibitors.rules.states import ADMITTED
from exhibitions.exhibitors.service.centre import centre_of
from exhibitions.expos.models import Expo

ASKED, PRICED, GRACE = "asked", "price", "grace"


@dataclass(frozen=True, slots=True)
class Ask:
    """A list of people for one kind of badge. `allowed` is the quota of the exhibitor's stands, `days` for how many days
    an extra badge is paid, `agreed` whether the exhibitor has said yes to the price or to asking."""

    kind: StaffKind
    people: Sequence[Named]
    rule: Quota
    allowed: int
    days: int
    agreed: bool = False
    window: Window | None = None
    co_exhibitor: CoExhibitor | None = None
    """The admitted co-exhibitor whose people they are; None for the exhibitor's own. A scan proves that company's presence."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a list: badges made, people waiting for the office, lines known before, and the fee (minor units)."""

    made: int
    asked: int
    known: int
    fee_minor: int
    extra: int


class OverQuota(Refused):
    """More people than the quota gives; `room` says what that costs or that the office is asked."""

    def __init__(self, room: Room) -> None:
        super().__init__(
            "over_quota",
            N_("%(over)s more than your quota gives. Say below how to go on"),
            over=room.over,
        )
        self.room = room


def add(expo: Expo, exhibitor: Exhibitor, ask: Ask, by: Actor) -> Added:
    """Name people and give each a badge with their own company's name; a list sent twice names nobody twice.

    Within the quota a badge is made at once. Beyond it, once `agreed`: at its price, or it waits for the office. Raises
    `Conflict` for an exhibitor that is not admitted, `OverQuota` while nobody has agreed, `Refused("quota_full")` where the fair gives nothing beyond it, and
    `Refused("no_class")` where the fair has no class of badge for this kind.
    """
    if exhibitor.state not in ADMITTED:
        raise Conflict("not_admitted", N_("Badges are there once the organiser has admitted your company"))
    _check_co_exhibitor(exhibitor, ask.co_exhibitor)
    badge_class = queries.badge_class(expo, ask.kind)
    if badge_class is None:
        raise Refused("no_class", N_("This fair has no badges of this kind. Ask the organiser"))
    # Two lists at once are counted one after the other.
    db.session.refresh(exhibitor, attribute_names=["state"], with_for_update={"of": Exhibitor})
    known = queries.known(expo, exhibitor.id, ask.kind)
    fresh = [one for one in ask.people if (one.name, one.phone) not in known]
    taken = queries.used(expo, exhibitor.id).get(ask.kind, 0)
    room = room_for(ask.rule, ask.allowed, taken, len(fresh), ask.days)
    if room.over and room.beyond is Beyond.REFUSE:
        raise Refused("quota_full", N_("Your quota gives %(free)s more"), free=room.free)
    if room.over and not ask.agreed:
        raise OverQuota(room)
    rows = [_row(expo, exhibitor, ask, one) for one in fresh]
    for row in rows[room.free :]:
        row.extra = PRICED if room.beyond is Beyond.PRICE else ASKED
        row.extra_amount = room.fee_minor // room.over if row.extra == PRICED else None
    db.session.add_all(rows)
    db.session.flush()
    ready = [row for row in rows if row.extra != ASKED]
    _issue(expo, exhibitor, badge_class, ready, ask.window)
    if rows:
        audit.record(
            "exhibitors.staff_named",
            by,
            expo_id=expo.id,
            subject=("exhibitor", exhibitor.id),
            after={"kind": ask.kind, "badges": len(ready), "asked": len(rows) - len(ready)}
            | ({"co_exhibitor": ask.co_exhibitor.id} if ask.co_exhibitor else {}),
        )
    return Added(
        len(ready),
        len(rows) - len(ready),
        len(ask.people) - len(fresh),
        room.fee_minor,
        len(rows) - room.free,
    )


def cancel(expo: Expo, exhibitor: Exhibitor, person: StaffBadge, by: Actor) -> None:
    """End somebody's badge from now on, which frees the place; a second time changes nothing."""
    db.session.refresh(person, with_for_update={"of": StaffBadge})
    if person.cancelled_at is not None:
        return
    person.cancelled_at = clock.now()
    badges.cancel_of_holders(expo, HOLDER, [person.id])
    audit.record(
        "exhibitors.staff_cancelled",
        by,
        expo_id=expo.id,
        subject=("exhibitor", exhibitor.id),
        after={"kind": person.kind, "number": person.id},
    )


def end_all(exhibitor: Exhibitor, at: datetime) -> None:
    """End every badge of an exhibitor that was called off `at` this moment (UTC), inside the caller's transaction."""
    live = _at(exhibitor, StaffBadge.cancelled_at.is_(None))
    for person in live:
        person.cancelled_at = at
    badges.cancel_of_holders(
        db.session.get_one(Expo, exhibitor.expo_id), HOLDER, [person.id for person in live], at
    )


def give_back(exhibitor: Exhibitor, at: datetime) -> None:
    """The cancellation of that moment is withdrawn: the badges that ended with it are good again, those that were cancelled
    one by one before stay so."""
    ended = _at(exhibitor, StaffBadge.cancelled_at == at)
    for person in ended:
        person.cancelled_at = None
    badges.give_back_of_holders(
        db.session.get_one(Expo, exhibitor.expo_id), HOLDER, [person.id for person in ended], at
    )


def _at(exhibitor: Exhibitor, when: sa.ColumnElement[bool]) -> Sequence[StaffBadge]:
    found = sa.select(StaffBadge).where(
        StaffBadge.expo_id == exhibitor.expo_id, StaffBadge.exhibitor_id == exhibitor.id, when
    )
    return db.session.scalars(found.order_by(StaffBadge.id)).all()


def answer(expo: Expo, exhibitor: Exhibitor, person: StaffBadge, note: str, by: Actor) -> None:
    """Give somebody over the quota a badge by grace of who answers; `note` is kept beside it.

    Raises `Conflict` when nobody asks for it (any more).
    """
    db.session.refresh(person, with_for_update={"of": StaffBadge})
    if person.extra != ASKED or person.cancelled_at is not None:
        raise Conflict("not_asked", N_("This badge has been decided already. Load the page again"))
    badge_class = queries.badge_class(expo, person.kind)
    if badge_class is None:
        raise Refused("no_class", N_("This fair has no badges of this kind. Ask the organiser"))
    person.extra, person.extra_note = GRACE, note.strip()[:200] or by.name[:200]
    _issue(expo, exhibitor, badge_class, [person], centre_of(expo).windows.get(person.kind))
    audit.record(
        "exhibitors.staff_granted",
        by,
        expo_id=expo.id,
        subject=("exhibitor", exhibitor.id),
        after={"kind": person.kind, "number": person.id},
        reason=person.extra_note,
    )


def export_person(number: int) -> list[dict[str, object]]:
    """What this room knows of one of the people, with the badges."""
    row = db.session.get(StaffBadge, number)
    if row is None:
        return []
    facts: dict[str, object] = {
        "name": row.name,
        "title": row.title,
        "phone": row.phone,
        "kind": row.kind.value,
    }
    return [facts | {"badges": badges.export_person(HOLDER, number)}]


def erase_person(number: int) -> None:
    """Take every word about one of the people away and stop the badge; the place counts on."""
    row = db.session.get(StaffBadge, number)
    if row is not None:
        row.name = row.title = row.extra_note = ""
        row.phone = None
        row.cancelled_at = row.cancelled_at or clock.now()
        badges.erase_person(HOLDER, number)


def _row(expo: Expo, exhibitor: Exhibitor, ask: Ask, one: Named) -> StaffBadge:
    return StaffBadge(
        expo_id=expo.id,
        exhibitor_id=exhibitor.id,
        co_exhibitor_id=ask.co_exhibitor.id if ask.co_exhibitor else None,
        kind=ask.kind,
        name=one.name,
        title=one.title,
        phone=one.phone,
        extra="",
        created_at=clock.now(),
    )


def _check_co_exhibitor(exhibitor: Exhibitor, co_exhibitor: CoExhibitor | None) -> None:
    """Only who the organiser has approved shares the stand (E-3)."""
    if co_exhibitor is None:
        return
    db.session.refresh(co_exhibitor)
    if co_exhibitor.exhibitor_id != exhibitor.id or co_exhibitor.state is not CoState.ADMITTED:
        raise Conflict(
            "co_not_admitted", N_("This company is not an admitted co-exhibitor on your stand (any more)")
        )


def company_words(exhibitor: Exhibitor, co_exhibitor: CoExhibitor | None = None) -> str:
    """The company's name as a badge says it, in the exhibitor's own language where there is one.

    With a co-exhibitor the name is that one's: the badge says whose people its holder is of.
    """
    company = co_exhibitor or exhibitor.company
    if company is None:
        return ""
    names = (company.name_zh, company.name_en)
    return (names[0] or names[1]) if exhibitor.language == "zh" else (names[1] or names[0])


def _issue(
    expo: Expo,
    exhibitor: Exhibitor,
    badge_class: BadgeClass,
    rows: Sequence[StaffBadge],
    window: Window | None,
) -> None:
    hours = window.text if window else ""
    others = queries.with_ids(expo, exhibitor.id, {row.co_exhibitor_id for row in rows})
    holders = [
        Holder(
            HOLDER,
            row.id,
            row.name,
            company_words(exhibitor, others.get(row.co_exhibitor_id or 0)),
            title=hours or row.title,
        )
        for row in rows
    ]
    badges.issue_many(expo, [(badge_class, holder) for holder in holders])
    worn = badge_queries.current_badges(expo, HOLDER, {row.id for row in rows})
    for row in rows:
        row.badge_id = worn[row.id].id
    db.session.flush()
