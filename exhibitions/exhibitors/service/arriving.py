"""展商报到: the bag that is signed for, and badges given at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError

from exhibitions.audit import service as audit
from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import BadgeClass
from exhibitions.badges.rules.classes import Audience
from exhibitions.badges.service import Holder
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.contact import clean_name
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.exhibitors.models import Arrival, Exhibitor, StaffBadge
from exhibitions.exhibitors.queries import presence as queries
from exhibitions.exhibitors.rules import arriving as rules
from exhibitions.exhibitors.rules.arriving import Extra, Standing
from exhibitions.exhibitors.rules.staff import StaffKind
from exhibitions.exhibitors.rules.states import Mover, State
from exhibitions.exhibitors.service import moving
from exhibitions.expos.models import Expo
from exhibitions.files import service as files

PURPOSE = "exhibitors.signature"


@dataclass(frozen=True, slots=True)
class Signed:
    """Who took the bag: a typed name, and a drawn signature (PNG) where there is a screen for it."""

    name: str
    bags: int = 1
    drawn: files.Bytes | None = None
    note: str = ""


def arrive(expo: Expo, exhibitor: Exhibitor, standing: Standing, signed: Signed, by: Actor) -> Arrival:
    """Give out the bag against a signature; the exhibitor is on site from now on.

    Raises `Refused` with the missing step, and `Conflict` for who has arrived already, also of two desks at once.
    """
    rules.check_arrival(standing)
    name = rules.check_bag(signed.name, signed.bags)
    if exhibitor.state is not State.ON_SITE:
        moving.move(exhibitor, State.ON_SITE, Mover.DESK, by)
    drawn = None
    if signed.drawn is not None:
        drawn = files.store(
            signed.drawn,
            name=f"{exhibitor.number}.png",
            content_type="image/png",
            purpose=PURPOSE,
            expo_id=expo.id,
            owner=by,
        ).id
    row = Arrival(
        expo_id=expo.id,
        exhibitor_id=exhibitor.id,
        at=clock.now(),
        user_id=by.id,
        signed_by=name,
        signature_id=drawn,
        bags=signed.bags,
        note=signed.note.strip()[:300],
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        raise Conflict("arrived", N_("This exhibitor has arrived already")) from error
    audit.record(
        "exhibitors.arrived",
        by,
        expo_id=expo.id,
        subject=("exhibitor", exhibitor.id),
        after={"bags": signed.bags},
    )
    return row


def take_back(expo: Expo, exhibitor: Exhibitor, by: Actor) -> None:
    """The desk took one company for another: the exhibitor has not arrived. Raises `Conflict` when it had not."""
    row = queries.arrival(expo, exhibitor.id)
    if row is None:
        raise Conflict("not_arrived", N_("This exhibitor has not arrived"))
    moving.move(exhibitor, State.PAID, Mover.DESK, by)
    db.session.delete(row)
    audit.record("exhibitors.arrival_taken_back", by, expo_id=expo.id, subject=("exhibitor", exhibitor.id))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A person who is to get a badge at the desk. `amount` in minor units, `by_whom` the person who grants a grace."""

    name: str
    how: Extra = Extra.QUOTA
    amount: int | None = None
    by_whom: str = ""
    day: date | None = None


def give_badge(expo: Expo, exhibitor: Exhibitor, standing: Standing, wanted: Wanted, by: Actor) -> StaffBadge:
    """Name somebody at the desk and issue the badge; beyond the quota at a price, by grace, or for one day.

    The badge is of a class that never counts as visitor (V-2). Raises `Refused` where the quota or the words forbid it.
    """
    moving.lock(exhibitor)
    rules.check_extra(wanted.how, standing, wanted.amount, wanted.by_whom)
    name = clean_name(wanted.name)[: rules.LONGEST_NAME]
    if not name:
        raise Refused("no_name", N_("Enter the person's name"), field="name")
    badge_class = _class(expo)
    priced = wanted.how in (Extra.PRICE, Extra.DAY)
    row = StaffBadge(
        expo_id=expo.id,
        exhibitor_id=exhibitor.id,
        kind=StaffKind.STAFF,
        name=name,
        extra="" if wanted.how is Extra.QUOTA else wanted.how,
        extra_note=_note(wanted),
        extra_amount=wanted.amount if priced else None,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    company = exhibitor.company
    words = (company.name_zh or company.name_en) if company else ""
    title = wanted.day.isoformat() if wanted.how is Extra.DAY and wanted.day else ""
    holder = Holder(
        queries.STAFF, row.id, name, words, title=title, planned_day=wanted.day if title else None
    )
    row.badge_id = badges.issue(expo, badge_class, holder).id
    audit.record(
        "exhibitors.badge_added",
        by,
        expo_id=expo.id,
        subject=("exhibitor", exhibitor.id),
        after={"how": wanted.how.value, "amount": wanted.amount if priced else None},
        reason=wanted.by_whom.strip()[:200],
    )
    return row


def _note(wanted: Wanted) -> str:
    if wanted.how is Extra.GRACE:
        return wanted.by_whom.strip()[:200]
    return wanted.day.isoformat() if wanted.how is Extra.DAY and wanted.day else ""


def _class(expo: Expo) -> BadgeClass:
    found = next((one for one in badge_queries.classes(expo) if one.audience is Audience.EXHIBITOR), None)
    if found is None:
        raise Refused("no_class", N_("This fair has no class of badges for exhibitors"))
    return found
