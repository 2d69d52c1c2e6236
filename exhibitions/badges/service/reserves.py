"""Reserve badges 备用证: made, handed out by the range, bound to a person, taken back, or spoilt."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.badges import queries
from exhibitions.badges.models import Badge, BadgeClass, Handout, Reserve
from exhibitions.badges.queries import reserves as reserve_queries
from exhibitions.badges.rules.reserves import MOST_AT_ONCE, Place, Where, check_range, shown
from exhibitions.badges.service.changing import carry_days, checked_reason, correct, lock
from exhibitions.badges.service.issuing import Holder, issue_many
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.expos.models import Expo


def issue_reserves(expo: Expo, badge_class: BadgeClass, count: int, by: Actor) -> list[Badge]:
    """Valid, unnamed badges of a class, to be bound to a person later or never (check-in.md, reserve badges).

    Raises `Refused("reserve_count")` unless 1 to 5000 are asked for.
    """
    if not 1 <= count <= MOST_AT_ONCE:
        raise Refused(
            "reserve_count",
            N_("Between 1 and %(most)s reserve badges can be made at a time."),
            most=MOST_AT_ONCE,
        )
    # The serial numbers of a fair are counted by one at a time.
    db.session.execute(sa.select(Expo.id).where(Expo.id == expo.id).with_for_update())
    numbers = issue_many(expo, [(badge_class, Holder())] * count)
    made = sa.select(Badge).where(Badge.expo_id == expo.id, Badge.number.in_(numbers))
    badges = list(db.session.scalars(made.order_by(Badge.number)))
    behind = queries.last_serial(expo)
    for serial, badge in enumerate(badges, behind + 1):
        badge.reserve = True
        db.session.add(Reserve(expo_id=expo.id, badge_id=badge.id, serial=serial))
        # Valid as printed: a class that needs approval would refuse it at the gate.
        badge.approved_at = badge.issued_at
    db.session.flush()
    audit.record(
        "badges.reserves_made",
        by,
        expo_id=expo.id,
        subject=("badge_class", badge_class.id),
        after={"badges": len(badges)},
    )
    return badges


def hand_out_reserve(expo: Expo, badge: Badge, by: Actor) -> bool:
    """Note who of the staff gives a reserve badge away; False when it was given away before.

    Raises `Conflict` when it is bound to somebody, `Refused` when it is no reserve badge or is not valid any more.
    """
    lock(badge)
    _check_free(badge)
    if queries.handing_out(expo, badge) is not None:
        return False
    _note_single(expo, badge, by)
    audit.record(queries.HANDED_OUT, by, expo_id=expo.id, subject=("badge", badge.id))
    return True


def bind_reserve(
    expo: Expo, badge: Badge, holder: Holder, by: Actor, *, instead_of: Badge | None = None
) -> None:
    """Give a reserve badge to a person (kind and id). Its class and code stay.

    A live badge that it takes the place of is void from now on, as if it were replaced: nobody holds two. Raises
    `Conflict` when it is bound already, `Refused` when it is no reserve badge or is not valid any more.
    """
    # In the order of their numbers, as gates lock them.
    for each in sorted((one for one in (badge, instead_of) if one is not None), key=lambda one: one.number):
        lock(each)
    _check_free(badge)
    badge.holder_kind, badge.holder_id = holder.kind, holder.id
    correct(badge, holder, badge.badge_class)
    if instead_of is not None and instead_of.voided_at is None:
        instead_of.voided_at, instead_of.replaced_by_id = clock.now(), badge.id
        badge.approved_at, badge.paid_at = instead_of.approved_at, instead_of.paid_at
        carry_days(instead_of, badge)
    audit.record(
        "badges.reserve_bound",
        by,
        expo_id=expo.id,
        subject=("badge", badge.id),
        after={
            "holder_kind": holder.kind,
            "holder_id": holder.id,
            "instead_of": instead_of.id if instead_of is not None else None,
        },
    )
    db.session.flush()


def _check_free(badge: Badge) -> None:
    if not badge.reserve or badge.voided_at is not None or badge.cancelled_at is not None:
        raise Refused("badge_not_reserve", N_("This is not a valid reserve badge."))
    if badge.holder_id is not None:
        raise Conflict("reserve_bound", N_("This reserve badge belongs to somebody already."))


def hand_out(expo: Expo, first: int, last: int, place: Place, name: str, by: Actor) -> Handout:
    """Give the reserve badges with serial numbers `first` to `last` to a desk, a gate or a group.

    All of them must be printed and in stock: raises `Conflict("reserve_not_in_stock")` with the first that is not, and
    `Refused` for a range that is none or a group without a name.
    """
    check_range(first, last)
    name = name.strip()[:100]
    if not name:
        raise Refused("handout_nameless", N_("Say to whom: which desk, gate or group."))
    rows = _locked_range(expo, first, last)
    _refuse_other(expo, rows, first, last, {Where.STOCK})
    handout = Handout(
        expo_id=expo.id,
        place=place,
        name=name,
        first=first,
        last=last,
        count=len(rows),
        by_id=by.id if by.kind == "user" else None,
        by_name=by.name[:100],
        at=clock.now(),
    )
    db.session.add(handout)
    db.session.flush()
    for row in rows:
        row.handout_id = handout.id
    after = {"first": shown(first), "last": shown(last), "count": len(rows), "to": name}
    audit.record(
        "badges.reserves_handed_out", by, expo_id=expo.id, subject=("handout", handout.id), after=after
    )
    db.session.flush()
    return handout


def take_back(expo: Expo, first: int, last: int, by: Actor) -> int:
    """Put handed out reserve badges of this range that are nobody's back into stock; gives their number.

    Bound and spoilt ones of the range stay what they are. Raises `Conflict` when none of it is out.
    """
    check_range(first, last)
    locked = _locked_range(expo, first, last)
    states = reserve_queries.states(expo, first, last)
    rows = [row for row in locked if states.get(row.serial) is Where.OUT]
    if not rows:
        raise Conflict("reserve_none_out", N_("None of these is handed out and free."))
    for row in rows:
        row.handout_id = None
    after = {"first": shown(first), "last": shown(last), "count": len(rows)}
    audit.record("badges.reserves_taken_back", by, expo_id=expo.id, subject=("expo", expo.id), after=after)
    db.session.flush()
    return len(rows)


def spoil(expo: Expo, first: int, last: int, reason: str, by: Actor) -> int:
    """Note reserve badges as spoilt: they are void and open no gate any more. Gives their number.

    Raises `Conflict("reserve_not_in_stock")` with the first that is bound, spoilt already, or was never printed.
    """
    check_range(first, last)
    reason = checked_reason(reason)
    rows = _locked_range(expo, first, last)
    _refuse_other(expo, rows, first, last, {Where.STOCK, Where.OUT})
    now = clock.now()
    for row in rows:
        row.spoilt_at, row.handout_id = now, None
    void = sa.update(Badge).where(Badge.expo_id == expo.id, Badge.id.in_([row.badge_id for row in rows]))
    db.session.execute(void.values(voided_at=now))
    after = {"first": shown(first), "last": shown(last), "count": len(rows)}
    audit.record(
        "badges.reserves_spoilt", by, expo_id=expo.id, subject=("expo", expo.id), after=after, reason=reason
    )
    db.session.flush()
    return len(rows)


def _note_single(expo: Expo, badge: Badge, by: Actor) -> None:
    """A badge that the desk gives straight from stock is a handout of one."""
    row = reserve_queries.reserve_of(expo, badge.id)
    if row is None or row.handout_id is not None:
        return
    handout = Handout(
        expo_id=expo.id,
        place=Place.DESK,
        first=row.serial,
        last=row.serial,
        count=1,
        by_id=by.id if by.kind == "user" else None,
        by_name=by.name[:100],
        at=clock.now(),
    )
    db.session.add(handout)
    db.session.flush()
    row.handout_id = handout.id


def _locked_range(expo: Expo, first: int, last: int) -> Sequence[Reserve]:
    """The reserve badges of this range, with their badges, which nobody binds or changes before this transaction ends."""
    here = (Reserve.expo_id == expo.id, Reserve.serial.between(first, last))
    # Badges come first and in the order of their numbers, as everybody locks them.
    theirs = sa.select(Badge.id).join(Reserve, Reserve.badge_id == Badge.id).where(*here)
    db.session.execute(theirs.order_by(Badge.number).with_for_update(of=Badge))
    rows = sa.select(Reserve).where(*here).order_by(Reserve.serial).with_for_update()
    return db.session.scalars(rows, execution_options={"populate_existing": True}).all()


def _refuse_other(expo: Expo, rows: Sequence[Reserve], first: int, last: int, wanted: set[Where]) -> None:
    states = reserve_queries.states(expo, first, last)
    wrong = [row.serial for row in rows if states[row.serial] not in wanted]
    if wrong or len(rows) != last - first + 1:
        missing = min(wrong, default=last) if wrong else _first_gap([row.serial for row in rows], first)
        raise Conflict(
            "reserve_not_in_stock",
            N_("%(serial)s is not free for this: look at its state in the list."),
            serial=shown(missing),
        )


def _first_gap(serials: Sequence[int], first: int) -> int:
    known = set(serials)
    return next(serial for serial in range(first, first + len(known) + 1) if serial not in known)
