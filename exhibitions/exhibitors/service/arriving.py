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
from exhibitions.exhibitors.queries import history
from exhibitions.exhibitors.queries import presence as queries
from exhibitions.exhibitors.rules import arriving as rules
from exhibitions.exhibitors.rules.arriving import Extra, Standing
from exhibitions.exhibitors.rules.staff import StaffKind
from exhibitions.exhibitors.rules.states import Mover, State
from exhibitions.exhibitors.service import forgetting, moving
from exhibitions.expos.models import Expo
from exhibitions.files import service as files

PURPOSE = "exhibitors.signature"


@dataclass(frozen=True, slots=True)
class Signed:
    """Who took the bag: a typed name, and a drawn signature (PNG) where there is a screen for it.

    `by_whom` is who lets them move in without a business licence (§2.6).
    """

    name: str
    bags: int = 1
    drawn: files.Bytes | None = None
    note: str = ""
    by_whom: str = ""


def arrive(expo: Expo, exhibitor: Exhibitor, standing: Standing, signed: Signed, by: Actor) -> Arrival:
    """Give out the bag against a signature; the exhibitor is on site from now on.

    Raises `Refused` with what is missing, and `Conflict` for who has arrived already, also of two desks at once. Who
    lets them in without a licence stands in the audit.
    """
    rules.check_arrival(standing, signed.by_whom)
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
        reason="" if standing.licence else signed.by_whom.strip()[:200],
    )
    return row


def take_back(expo: Expo, exhibitor: Exhibitor, by: Actor) -> None:
    """The desk took one company for another: the exhibitor has not arrived. Raises `Conflict` when it had not."""
    row = queries.arrival(expo, exhibitor.id)
    if row is None:
        raise Conflict("not_arrived", N_("This exhibitor has not arrived"))
    came_from = history.last_before(exhibitor, State.ON_SITE) or State.PAID
    moving.move(exhibitor, came_from, Mover.DESK, by)
    # Somebody of another company signed: neither the name nor the drawn signature stays.
    forgetting.unsign(row)
    db.session.delete(row)
    audit.record("exhibitors.arrival_taken_back", by, expo_id=expo.id, subject=("exhibitor", exhibitor.id))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A person who is to get a badge at the desk. `amount` in minor units, `by_whom` the person who grants a grace.

    `after` is the number of the youngest badge that the page knew: the same form sent twice gives one badge.
    """

    name: str
    how: Extra = Extra.QUOTA
    amount: int | None = None
    by_whom: str = ""
    day: date | None = None
    after: int | None = None

    @property
    def price(self) -> int:
        """What it costs, in minor units."""
        return rules.price_of(self.how, self.amount)


def give_badge(expo: Expo, exhibitor: Exhibitor, standing: Standing, wanted: Wanted, by: Actor) -> StaffBadge:
    """Name somebody at the desk and issue the badge; beyond the quota at a price, by grace, or for one day.

    The badge is of a class that never counts as visitor (V-2). Raises `Refused` where the quota or the words forbid it,
    `Conflict("badge_meanwhile")` where another badge was given since the page was opened.
    """
    moving.lock(exhibitor)
    if wanted.after is not None and wanted.after != queries.last_badge(expo, exhibitor.id):
        raise Conflict(
            "badge_meanwhile",
            N_("A badge was made since this page was opened. Look at the list, then send again"),
        )
    rules.check_extra(wanted.how, standing, wanted.amount, wanted.by_whom)
    name = clean_name(wanted.name)[: rules.LONGEST_NAME]
    if not name:
        raise Refused("no_name", N_("Enter the person's name"), field="name")
    badge_class = _class(expo)
    priced = wanted.how in rules.PAID_FOR
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
        queries.STAFF,
        row.id,
        name,
        words,
        title=title,
        planned_day=wanted.day if title else None,
        day_only=bool(title),
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
