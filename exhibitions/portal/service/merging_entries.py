"""Two entries of one company on a fair's list, over all rooms that know exhibitors: merged, and parted again (demand 1)."""

from __future__ import annotations

from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.exhibitors.models import Exhibitor, ExhibitorMerge
from exhibitions.exhibitors.rules import merging as rules
from exhibitions.exhibitors.rules.merging import Entry
from exhibitions.exhibitors.service import merging as exhibitors
from exhibitions.expos.models import Expo
from exhibitions.orders import queries as orders
from exhibitions.orders.service import handing_over as order_rows
from exhibitions.stands import queries as stands
from exhibitions.stands.service import handing_over as stand_rows

_ROOMS = {"stands": stand_rows, "orders": order_rows}


def entry_of(expo: Expo, exhibitor: Exhibitor) -> Entry:
    """What an entry is judged by: an order that lapsed stands too until it is called off."""
    order = orders.live_order(expo, exhibitor) or orders.lapsed_order(expo, exhibitor)
    held = stands.allocations_of(expo, exhibitor, clock.now())
    return Entry(exhibitor.state, has_order=order is not None, has_stand=bool(held))


def merge(expo: Expo, kept: Exhibitor, gone: Exhibitor, by: Actor) -> ExhibitorMerge:
    """Make `gone` part of `kept`. Raises what `rules.check` has against it, and what keeps either from being locked."""
    order_rows.lock_all(expo, [kept.id, gone.id])
    exhibitors.lock_both(kept, gone)
    rules.check(entry_of(expo, kept), entry_of(expo, gone))
    moved = {name: room.move(kept, gone) for name, room in _ROOMS.items()}
    return exhibitors.merge(kept, gone, moved, by)


def part(expo: Expo, row: ExhibitorMerge, by: Actor) -> Exhibitor:
    """Undo a merge; gives the entry that stayed. Raises what `check_parting` raises."""
    order_rows.lock_all(expo, [row.kept_id, row.merged_id])
    kept, gone = exhibitors.check_parting(expo, row)
    for name, room in _ROOMS.items():
        room.part(kept, gone, row.before["rooms"].get(name, {}))
    exhibitors.part(row, kept, gone, by)
    return kept
