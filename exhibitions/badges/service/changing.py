"""What happens to badges that exist: corrected, cancelled, replaced, bound, erased."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.badges import queries
from exhibitions.badges.models import Badge, BadgeClass, BadgeDay, Handout, Replacement, StockMove
from exhibitions.badges.service.issuing import Holder, Standing, issue
from exhibitions.badges.service.stock import count_pages
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.expos.models import Expo

_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Taken:
    """Money taken for a lost badge, in minor units: a fee that is kept, a deposit that is given back."""

    fee_minor: int = 0
    deposit_minor: int = 0


NOTHING_TAKEN = Taken()


def correct(badge: Badge, holder: Holder, badge_class: BadgeClass) -> None:
    """Print other facts from now on. The code stays: who changed day or class is admitted with the old picture."""
    badge.name = holder.name
    badge.company = holder.company
    badge.region = holder.region
    badge.planned_day = holder.planned_day
    badge.heads = holder.heads
    badge.title = holder.title
    badge.import_id = holder.import_id
    badge.group_id = holder.group_id
    badge.badge_class = badge_class
    db.session.flush()


def approve(badge: Badge, at: datetime | None = None) -> None:
    """The registration was approved (at an aware moment, now when not said); a second time changes nothing."""
    badge.approved_at = badge.approved_at or at or clock.now()


def mark_paid(badge: Badge, at: datetime | None) -> None:
    """Payment is a fact on the badge, written by who takes the money; None takes it back."""
    badge.paid_at = at


def cancel(badge: Badge, at: datetime | None = None) -> None:
    """The registration was cancelled: scans from that moment on are `cancelled`. The first moment stands."""
    badge.cancelled_at = badge.cancelled_at or at or clock.now()


def cancel_of_holders(expo: Expo, kind: str, holder_ids: Collection[int], at: datetime | None = None) -> int:
    """Cancel every live badge of these holders; gives their number."""
    badges = queries.current_badges(expo, kind, holder_ids).values()
    live = [badge for badge in badges if badge.cancelled_at is None]
    for badge in live:
        cancel(badge, at)
    return len(live)


def give_back_of_holders(expo: Expo, kind: str, holder_ids: Collection[int], at: datetime) -> None:
    """Take the cancellation of that moment off the live badges of these holders; other cancellations stand."""
    for badge in queries.current_badges(expo, kind, holder_ids).values():
        if badge.cancelled_at == at:
            badge.cancelled_at = None


def remove_of_holders(expo: Expo, kind: str, holder_ids: Collection[int]) -> int:
    """Take badges back that should never have been (the undo of an import); gives their number.

    A badge that has come in at a gate is a fact: it is cancelled and stays.
    """
    badges = {badge.id: badge for badge in queries.current_badges(expo, kind, set(holder_ids)).values()}
    scanned = queries.visited_among(expo, badges)
    for badge_id in scanned:
        cancel(badges[badge_id])
    db.session.flush()
    gone = sa.delete(Badge).where(Badge.expo_id == expo.id, Badge.id.in_(badges.keys() - scanned))
    db.session.execute(gone, execution_options={"synchronize_session": "fetch"})
    return len(badges) - len(scanned)


def replace(expo: Expo, badge: Badge, reason: str, by: Actor, taken: Taken = NOTHING_TAKEN) -> Badge:
    """Void a lost badge and give its holder a new one with a new number and code (C4).

    What was `taken` for it is noted with who took it. Nobody comes in by this: printing and entry are two events.
    The days on which the old one came in are those of the new one too: its holder is not first twice. Raises
    `Conflict` when the badge was replaced already, `Refused` when it is cancelled or no reason is given.
    """
    lock(badge)
    if badge.voided_at is not None:
        raise Conflict("badge_voided", N_("This badge has been replaced already. Use the new one."))
    if badge.cancelled_at is not None:
        raise Refused("badge_cancelled", N_("This badge is cancelled and cannot be replaced."))
    reason = checked_reason(reason)
    holder = Holder(
        badge.holder_kind,
        badge.holder_id,
        badge.name,
        badge.company,
        badge.region,
        badge.planned_day,
        badge.heads,
        badge.title,
        badge.import_id,
        badge.group_id,
        day_only=badge.days == 1,
    )
    standing = Standing(badge.approved_at, badge.paid_at)
    fresh = issue(expo, badge.badge_class, holder, standing, issue_counter=badge.issue + 1)
    badge.voided_at = fresh.issued_at
    badge.replaced_by_id = fresh.id
    carry_days(badge, fresh)
    row = Replacement(
        expo_id=expo.id,
        badge_id=badge.id,
        fresh_id=fresh.id,
        reason=reason,
        fee_minor=taken.fee_minor,
        deposit_minor=taken.deposit_minor,
        by_id=by.id if by.kind == "user" else None,
        by_name=by.name[:100],
        at=fresh.issued_at,
    )
    db.session.add(row)
    money = {"fee_minor": taken.fee_minor, "deposit_minor": taken.deposit_minor}
    after: dict[str, object] = {"replaced_by": fresh.id}
    after |= {name: value for name, value in money.items() if value}
    audit.record(
        "badges.replaced",
        by,
        expo_id=expo.id,
        subject=("badge", badge.id),
        after=after,
        reason=reason,
    )
    db.session.flush()
    return fresh


def count_print(expo: Expo, badge: Badge, reason: str, by: Actor, sheet: str = "") -> None:
    """Note that the badge goes to paper: a first print, or a reprint, which keeps the code (C4).

    It is no entry: nothing else changes. The page of `sheet`, where said, is taken from the stock of blanks. Raises
    `Refused("reason_needed")` for a reprint of which nobody says why, as it is behind the lock.
    """
    count_prints(expo, [badge], reason, by, sheet)


def count_prints(expo: Expo, badges: Collection[Badge], reason: str, by: Actor, sheet: str = "") -> None:
    """The same for many badges at once: all, or (when one of them has been printed and nobody says why) none."""
    theirs = sa.select(Badge).where(Badge.expo_id == expo.id, Badge.id.in_([badge.id for badge in badges]))
    # In one order, so that two who print the same badges do not wait for each other; the second one reprints.
    locked = theirs.order_by(Badge.id).with_for_update(of=Badge).execution_options(populate_existing=True)
    rows = db.session.scalars(locked).all()
    if any(badge.prints for badge in rows):
        reason = checked_reason(reason)
    if sheet:
        count_pages(expo, sheet, len(rows))
    for badge in rows:
        badge.prints += 1
        again = badge.prints > 1
        audit.record(
            "badges.reprinted" if again else "badges.printed",
            by,
            expo_id=expo.id,
            subject=("badge", badge.id),
            after={"prints": badge.prints},
            reason=reason if again else "",
        )


def move_holder(expo: Expo, kind: str, from_id: int, to_id: int) -> None:
    """All badges of one registration become those of another (two registrations of one person are merged)."""
    theirs = sa.update(Badge).where(
        Badge.expo_id == expo.id, Badge.holder_kind == kind, Badge.holder_id == from_id
    )
    db.session.execute(theirs.values(holder_id=to_id))


def regroup(expo: Expo, kind: str, from_id: int, to_id: int) -> None:
    """The badges of one holder's group are those of another's group from now on; no badge leads itself."""
    theirs = sa.update(Badge).where(Badge.expo_id == expo.id, Badge.group_id == from_id)
    db.session.execute(theirs.values(group_id=to_id))
    leads = sa.update(Badge).where(
        Badge.expo_id == expo.id, Badge.holder_kind == kind, Badge.holder_id == to_id
    )
    db.session.execute(leads.values(group_id=None))


def export_person(kind: str, holder_id: int) -> list[dict[str, object]]:
    """What this room knows of a holder: each badge with its facts and the days it came in."""
    theirs = (
        sa.select(Badge).where(Badge.holder_kind == kind, Badge.holder_id == holder_id).order_by(Badge.id)
    )
    return [_exported(badge) for badge in db.session.scalars(theirs)]


def erase_person(kind: str, holder_id: int) -> int:
    """Take every word about a holder off the badges and stop them; figures stay as they are. Gives their number."""
    theirs = sa.select(Badge).where(Badge.holder_kind == kind, Badge.holder_id == holder_id)
    badges = db.session.scalars(theirs).all()
    for badge in badges:
        badge.name = badge.company = badge.title = ""
        cancel(badge)
        audit.erase_person_key("badge", badge.id)
    theirs_replaced = sa.update(Replacement).where(Replacement.badge_id.in_([badge.id for badge in badges]))
    db.session.execute(theirs_replaced.values(reason=""))
    db.session.flush()
    return len(badges)


def erase_staff(user_id: int, name: str) -> None:
    """Take the name of a colleague out of what was noted on paper's behalf: who replaced, handed out and counted (P18).

    Under whatever name it was noted. Where no account was noted (before there was a place for it) the name decides.
    """
    for table in (Replacement, Handout, StockMove):
        unknown = sa.and_(table.by_id.is_(None), table.by_name == name)
        theirs = sa.update(table).where(sa.or_(table.by_id == user_id, unknown)).values(by_name="")
        db.session.execute(theirs, execution_options={"synchronize_session": False})


def _exported(badge: Badge) -> dict[str, object]:
    days: list[date] = list(
        db.session.scalars(
            sa.select(BadgeDay.day).where(BadgeDay.badge_id == badge.id).order_by(BadgeDay.day)
        )
    )
    return {
        "number": badge.number,
        "name": badge.name,
        "company": badge.company,
        "title": badge.title,
        "class": badge.badge_class.key,
        "region": badge.region,
        "planned_day": badge.planned_day.isoformat() if badge.planned_day else None,
        "issued_at": badge.issued_at.isoformat(),
        "cancelled_at": badge.cancelled_at.isoformat() if badge.cancelled_at else None,
        "replaced_at": badge.voided_at.isoformat() if badge.voided_at else None,
        "printed": badge.prints,
        "days": [day.isoformat() for day in days],
    }


def carry_days(old: Badge, new: Badge) -> None:
    """Let the days on which the old badge came in be those of the new one too."""
    days = sa.select(
        BadgeDay.expo_id,
        sa.literal(new.id, BadgeDay.badge_id.type),
        BadgeDay.day,
        BadgeDay.first_at,
        BadgeDay.first_gate_id,
    ).where(BadgeDay.expo_id == old.expo_id, BadgeDay.badge_id == old.id)
    # A reserve badge may have come in by itself before it was bound.
    own = sa.select(BadgeDay.day).where(BadgeDay.expo_id == new.expo_id, BadgeDay.badge_id == new.id)
    days = days.where(BadgeDay.day.not_in(own))
    columns = ["expo_id", "badge_id", "day", "first_at", "first_gate_id"]
    db.session.execute(sa.insert(BadgeDay).from_select(columns, days))


def lock(badge: Badge) -> None:
    """See the badge as it is now, and let nobody else change it before this transaction ends."""
    # The class may be loaded along by an outer join, which PostgreSQL does not lock.
    db.session.refresh(badge, with_for_update={"of": Badge})


def checked_reason(text: str) -> str:
    """The reason without blanks around it, 300 characters at most; raises `Refused("reason_needed")` for none."""
    words = text.strip()
    if not words:
        raise Refused("reason_needed", N_("Say why."))
    return words[:_LONGEST_REASON]
