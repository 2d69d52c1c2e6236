"""An exhibitor's wishes 1 to 3, and the proposals by which the office meets them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, NotFound, Refused
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.rules.states import APPLYING, State
from exhibitions.exhibitors.service.moving import SUBJECT, lock
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Stand, StandWish
from exhibitions.stands.queries import holding as queries
from exhibitions.stands.rules.wishes import check_wishes

WISHERS = APPLYING | {State.ADMITTED, State.OFFERED}
"""In which states wishes may be named and changed: until a stand is accepted."""


def save_wishes(expo: Expo, exhibitor: Exhibitor, wished: Sequence[int | None], by: Actor) -> list[int]:
    """Keep the wished stands in their order in place of those before; gives them without gaps.

    Raises `Refused` for one named twice, for a stand that is not for sale and when it is too late, `NotFound` for a stand
    that is not on the fair's plan.
    """
    lock(exhibitor)
    if exhibitor.state not in WISHERS:
        raise Refused("wishes_late", N_("Your stand is settled. Please ask the organiser"))
    wanted = check_wishes(wished)
    stands = {
        stand.id: stand
        for stand in db.session.scalars(
            sa.select(Stand).where(Stand.id.in_(wanted), Stand.expo_id == expo.id)
        )
    }
    for stand_id in wanted:
        stand = stands.get(stand_id)
        if stand is None or stand.retired_at is not None:
            raise NotFound("stand_gone", N_("This stand is not on the plan any more"))
        if not stand.for_sale:
            raise Refused("not_for_sale", N_("%(number)s is not for sale"), number=stand.number)
    before = [stand.number for _, stand in queries.wishes_of(expo, exhibitor)]
    numbers = [stands[each].number for each in wanted]
    if numbers == before:
        return wanted
    db.session.execute(sa.delete(StandWish).where(StandWish.exhibitor_id == exhibitor.id))
    now = clock.now()
    db.session.add_all(
        StandWish(expo_id=expo.id, exhibitor_id=exhibitor.id, stand_id=stand_id, rank=rank, at=now)
        for rank, stand_id in enumerate(wanted, start=1)
    )
    db.session.flush()
    audit.record(
        "stands.wished",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, exhibitor.id),
        before={"wishes": ", ".join(before)},
        after={"wishes": ", ".join(numbers)},
    )
    return wanted
