"""Named questions about messages to many: who gets one, who gets none and why; the fair is the first argument."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import LARGEST_NUMBER
from exhibitions.mail.models import Bounce
from exhibitions.visitors.models import Consent, Mailing, Registration, VisitReminder
from exhibitions.visitors.queries.listing import wanted
from exhibitions.visitors.queries.narrowing import Filters
from exhibitions.visitors.rules.mailing import MARKETING, Purpose, Reach
from exhibitions.visitors.rules.registration import ALIVE, State

MOST_MAILINGS = 200


class Reached(NamedTuple):
    """Somebody whose turn has come; `email` is None where no mail can go, `phone` where no text message can."""

    id: int
    email: str | None
    language: str
    phone: str | None = None


class Ways(NamedTuple):
    """Whether messages can leave as mail, and as text messages (and this one has words for these)."""

    mail: bool = True
    text: bool = False


BY_MAIL = Ways()


def mailing_of(expo: Expo, mailing_id: int, *, for_update: bool = False) -> Mailing | None:
    """The message to many with this number, if it is this fair's; `for_update`: read anew, and nobody else's until the
    transaction ends.
    """
    if mailing_id > LARGEST_NUMBER:
        return None
    found = sa.select(Mailing).where(Mailing.expo_id == expo.id, Mailing.id == mailing_id)
    if for_update:
        found = found.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(found)


def mailings(expo: Expo) -> Sequence[Mailing]:
    """The messages to many of the fair, the newest first, at most 200."""
    found = sa.select(Mailing).where(Mailing.expo_id == expo.id).order_by(Mailing.id.desc())
    return db.session.scalars(found.limit(MOST_MAILINGS)).all()


def with_ids(expo: Expo, ids: Collection[int]) -> Sequence[Mailing]:
    """Those of these messages to many that are this fair's."""
    found = sa.select(Mailing).where(Mailing.expo_id == expo.id, Mailing.id.in_(ids))
    return db.session.scalars(found).all()


def filters_of(chosen: Mapping[str, Any]) -> Filters:
    """The filters that a message to many keeps."""
    day = chosen.get("day") or ""
    return Filters(
        class_key=str(chosen.get("class_key", "")),
        region=str(chosen.get("region", "")),
        day=date.fromisoformat(day) if day else None,
        source=str(chosen.get("source", "")),
        state=str(chosen.get("state", "")),
    )


def keeps(filters: Filters) -> bool:
    """Whether a message to many can keep all that these filters say: nothing but what `filters_of` knows."""
    return replace(filters, class_key="", region="", day=None, source="", state="", order="") == Filters(
        order=""
    )


def reach(expo: Expo, chosen: Mapping[str, Any], purpose: Purpose, ways: Ways = BY_MAIL) -> Reach:
    """Who of those chosen gets a message, by which way, and why the others do not, counted."""
    everybody = agreed() if purpose is Purpose.MARKETING else sa.true()
    texted = _texted(ways)
    may = sa.and_(everybody, sa.not_(texted))
    addressed = Registration.email.is_not(None)
    left = sa.and_(sa.not_(everybody), _withdrawn())
    parts = {
        "people": everybody,
        "by_sms": sa.and_(everybody, texted),
        "by_mail": sa.and_(may, addressed, sa.not_(_bounced())),
        "no_address": sa.and_(may, sa.not_(addressed)),
        "bounced": sa.and_(may, addressed, _bounced()),
        "not_agreed": sa.and_(sa.not_(everybody), sa.not_(_withdrawn())),
        "unsubscribed": left,
    }
    asked = [sa.func.count(sa.case((part, Registration.id))).label(name) for name, part in parts.items()]
    row = db.session.execute(sa.select(*asked).where(*_chosen(expo, chosen))).one()
    return Reach(**row._asdict())


def next_people(
    expo: Expo, chosen: Mapping[str, Any], purpose: Purpose, behind: int, most: int
) -> list[Reached]:
    """The next of those who get a message, by number, those behind the number `behind`."""
    found = _reached().where(*_chosen(expo, chosen), Registration.id > behind)
    if purpose is Purpose.MARKETING:
        found = found.where(agreed())
    return [Reached._make(row) for row in db.session.execute(found.order_by(Registration.id).limit(most))]


def without_address(
    expo: Expo,
    chosen: Mapping[str, Any],
    purpose: Purpose,
    ways: Ways = BY_MAIL,
    *,
    offset: int = 0,
    limit: int = 50,
) -> Sequence[Registration]:
    """Those who get no message for want of an address that works, by name."""
    found = sa.select(Registration).where(
        *_chosen(expo, chosen), sa.or_(Registration.email.is_(None), _bounced()), sa.not_(_texted(ways))
    )
    if purpose is Purpose.MARKETING:
        found = found.where(agreed())
    ordered = found.order_by(Registration.name, Registration.id)
    return db.session.scalars(ordered.offset(offset).limit(limit)).all()


def agrees_now(expo_id: int, registration_id: int) -> bool:
    """Whether a person agrees to marketing at this moment."""
    found = sa.select(Registration.id).where(
        Registration.expo_id == expo_id, Registration.id == registration_id, agreed()
    )
    return db.session.scalar(found) is not None


def marketing_of(expo_id: int, registration_ids: Collection[int]) -> Sequence[Consent]:
    """Every consent to marketing that these people gave, the oldest first."""
    found = sa.select(Consent).where(
        Consent.expo_id == expo_id,
        Consent.registration_id.in_(list(registration_ids)),
        Consent.purpose == MARKETING,
    )
    return db.session.scalars(found.order_by(Consent.id)).all()


def reminder_of(expo: Expo) -> VisitReminder | None:
    """The fair's choice whether people are reminded before their visit."""
    return db.session.scalar(sa.select(VisitReminder).where(VisitReminder.expo_id == expo.id))


def reminding() -> Sequence[tuple[Expo, VisitReminder]]:
    """The published fairs that remind their visitors, at most 100."""
    found = (
        sa.select(Expo, VisitReminder)
        .join(VisitReminder, VisitReminder.expo_id == Expo.id)
        .where(VisitReminder.days_before > 0, Expo.published_at.is_not(None))
    )
    return [(expo, row) for expo, row in db.session.execute(found.order_by(Expo.id).limit(100))]


def to_remind(
    expo: Expo, days: Collection[date], first: date | None, before: datetime, behind: int, most: int
) -> list[Reached]:
    """Registered people who come on one of `days` (`first`: also those who have chosen none), by number behind `behind`.

    Who registered at `before` or later has just had a message.
    """
    on_days = [Registration.visit_day.in_(list(days))]
    if first is not None:
        on_days.append(Registration.visit_day.is_(None))
    found = _reached().where(
        Registration.expo_id == expo.id,
        Registration.state == State.REGISTERED,
        Registration.name != "",
        Registration.created_at < before,
        sa.or_(*on_days),
        Registration.id > behind,
    )
    return [Reached._make(row) for row in db.session.execute(found.order_by(Registration.id).limit(most))]


def names(expo_id: int, registration_ids: Collection[int]) -> dict[int, tuple[str, str | None]]:
    """What these people of a fair are called, each with the phone number (E.164)."""
    found = sa.select(Registration.id, Registration.name, Registration.phone).where(
        Registration.expo_id == expo_id, Registration.id.in_(list(registration_ids))
    )
    return {number: (name, phone) for number, name, phone in db.session.execute(found)}


def first_registered(expo_id: int) -> int | None:
    """The first person of the fair whose registration is alive: whom a preview shows."""
    found = sa.select(Registration.id).where(
        Registration.expo_id == expo_id, Registration.state.in_(ALIVE), Registration.name != ""
    )
    return db.session.scalar(found.order_by(Registration.id).limit(1))


def agreed() -> sa.ColumnElement[bool]:
    """Whether the registration agrees to marketing now."""
    return sa.exists().where(
        Consent.registration_id == Registration.id,
        Consent.purpose == MARKETING,
        Consent.withdrawn_at.is_(None),
    )


def _withdrawn() -> sa.ColumnElement[bool]:
    return sa.exists().where(
        Consent.registration_id == Registration.id,
        Consent.purpose == MARKETING,
        Consent.withdrawn_at.is_not(None),
    )


def _bounced() -> sa.ColumnElement[bool]:
    return sa.exists().where(Bounce.address == Registration.email)


def _reached() -> sa.Select[Any]:
    address = sa.case((_bounced(), None), else_=Registration.email)
    return sa.select(Registration.id, address, Registration.language, Registration.phone)


def _texted(ways: Ways) -> sa.ColumnElement[bool]:
    """Whether a person gets it as a text message: the number takes one, and no mail comes."""
    if not ways.text:
        return sa.false()
    takes = sa.and_(
        Registration.phone.is_not(None), sa.not_(sa.exists().where(Bounce.address == Registration.phone))
    )
    if not ways.mail:
        return takes
    return sa.and_(takes, sa.or_(Registration.email.is_(None), _bounced()))


def _chosen(expo: Expo, chosen: Mapping[str, Any]) -> list[sa.ColumnElement[bool]]:
    base = [Registration.expo_id == expo.id, Registration.state.in_(ALIVE), Registration.name != ""]
    if chosen.get("ids"):
        return [*base, Registration.id.in_(chosen["ids"])]
    return [*base, Registration.id.in_(wanted(expo, filters_of(chosen)))]
