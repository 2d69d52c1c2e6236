"""What an exhibitor gets over its quota or after the print date at a price: the thing itself, and the line on the order."""

from __future__ import annotations

from datetime import timedelta

from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.service import staff
from exhibitions.exhibitors.service.staff import Added, Ask
from exhibitions.expos.models import Expo
from exhibitions.orders.service.charging import Charge, charge

_PAY_WITHIN = timedelta(days=14)


def name_people(expo: Expo, exhibitor: Exhibitor, ask: Ask, by: Actor) -> Added:
    """Name people for badges; what is over the quota at a price becomes a line of the exhibitor's order.

    Raises what `staff.add` does, and `Conflict("no_order")` where a price is due and no order is confirmed.
    """
    added = staff.add(expo, exhibitor, ask, by)
    if added.fee_minor:
        due = clock.today(expo.timezone) + _PAY_WITHIN
        words = Charge(
            "extra_badge", "超额证件", "Badges over the quota", added.extra, added.fee_minor // added.extra
        )
        charge(expo, exhibitor, words, due, by)
    return added
