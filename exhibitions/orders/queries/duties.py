"""What is known of an exhibitor's duties: application, stand, money, fascia, entry, badges, services, figures (E4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.exhibitors.models import (
    DailyFigure,
    DirectoryEntry,
    Exhibitor,
    ExhibitorSettings,
    StaffBadge,
)
from exhibitions.exhibitors.queries import directory
from exhibitions.exhibitors.rules.centre import Centre
from exhibitions.exhibitors.rules.directory import EntryState
from exhibitions.exhibitors.rules.fascia import panel_of
from exhibitions.exhibitors.rules.quotas import quota
from exhibitions.exhibitors.rules.staff import StaffKind
from exhibitions.exhibitors.rules.states import (
    ADMITTED,
    APPLYING,
    RECRUITING,
    UNDER_CONTRACT,
    WRITABLE,
    State,
)
from exhibitions.exhibitors.rules.tasks import Fact
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.orders import queries as orders
from exhibitions.orders.models import Order
from exhibitions.orders.queries import services
from exhibitions.orders.queries.money import Money, money_of
from exhibitions.orders.rules.balance import Filled
from exhibitions.orders.rules.states import BINDING
from exhibitions.stands import queries as stand_queries
from exhibitions.stands.models import Allocation
from exhibitions.stands.queries.of_exhibitors import area_of
from exhibitions.stands.rules.allocation import AllocationKind

NOTHING_NEEDED = "nothing_needed"
"""The word of the answers by which an exhibitor says that it orders no services."""


@dataclass(frozen=True, slots=True)
class Known:
    """All that the duties are judged by, and that the page shows beside them."""

    facts: list[Fact]
    allocations: Sequence[Allocation]
    order: Order | None
    money: Money | None


def known(
    expo: Expo, exhibitor: Exhibitor, centre: Centre, settings: ExhibitorSettings | None, today: date
) -> Known:
    """The facts of an exhibitor's duties on a day of the fair; duties that do not apply are left out."""
    admitted = exhibitor.state in ADMITTED
    allocations = stand_queries.allocations_of(expo, exhibitor, clock.now())
    order = orders.live_order(expo, exhibitor)
    money = money_of(expo, order) if order is not None and order.state in BINDING else None
    application = Fact(
        "application",
        centre.due.get("application"),
        started=exhibitor.state in APPLYING,
        done=admitted,
        waiting=exhibitor.state in APPLYING - WRITABLE,
    )
    if not admitted:
        # Who was refused or called off, or does not come, has no duties.
        facts = [application] if exhibitor.state in APPLYING | RECRUITING - {State.NOT_THIS_EDITION} else []
        return Known(facts, allocations, order, money)
    prints_on = settings.print_on if settings else None
    facts = [application, _stand(centre, allocations), *_money(centre, order, money)]
    facts += _words(expo, exhibitor, centre, allocations, prints_on)
    facts += _badges(expo, exhibitor, centre, allocations)
    facts += _services(expo, exhibitor, centre)
    return Known([*facts, *_figures(expo, exhibitor, today)], allocations, order, money)


def _stand(centre: Centre, allocations: Sequence[Allocation]) -> Fact:
    """Chosen is chosen: what is held is next ordered, which is the duty of the contract."""
    return Fact("stand", centre.due.get("stand"), done=bool(allocations))


def _money(centre: Centre, order: Order | None, money: Money | None) -> list[Fact]:
    contract = Fact(
        "contract",
        centre.due.get("contract"),
        started=money is not None,
        done=money is not None and order is not None and not order.owes_copy,
    )
    if money is None:
        # Nothing is owed before something is ordered, and nobody waits for it.
        return [contract]
    first = [each for is_deposit, each in money.with_kinds if is_deposit]
    rest = [each for is_deposit, each in money.with_kinds if not is_deposit]
    return [
        contract,
        *(_part(name, parts) for name, parts in (("deposit", first), ("balance", rest)) if parts),
    ]


def _part(name: str, parts: Sequence[Filled]) -> Fact:
    """Due is the next one that is not full yet; when all are, the last."""
    due = next((each for each in parts if not each.is_full), parts[-1])
    return Fact(
        name, due.due.on, started=any(each.paid for each in parts), done=all(each.is_full for each in parts)
    )


def _words(
    expo: Expo,
    exhibitor: Exhibitor,
    centre: Centre,
    allocations: Sequence[Allocation],
    prints_on: date | None,
) -> list[Fact]:
    entry = directory.entry(expo, exhibitor.id)
    facts = []
    stands = [each.stand for each in allocations if each.kind is AllocationKind.ASSIGNED]
    if any(panel_of(stand.kind, centre.panels) is not None for stand in stands):
        facts.append(Fact("fascia", centre.due.get("fascia", prints_on), *_fascia(entry)))
    began, sent = entry is not None, entry is not None and entry.state is not EntryState.DRAFT
    facts.append(Fact("directory", centre.due.get("directory", prints_on), began, sent))
    return facts


def _fascia(entry: DirectoryEntry | None) -> tuple[bool, bool]:
    said = entry is not None and bool(entry.fascia_zh or entry.fascia_en)
    return said, said and entry is not None and entry.state is not EntryState.DRAFT


def _badges(
    expo: Expo, exhibitor: Exhibitor, centre: Centre, allocations: Sequence[Allocation]
) -> list[Fact]:
    areas = [area_of(each.stand) for each in allocations if each.kind is AllocationKind.ASSIGNED]
    counts = sa.select(StaffBadge.kind, StaffBadge.badge_id.is_(None), sa.func.count()).where(
        StaffBadge.expo_id == expo.id,
        StaffBadge.exhibitor_id == exhibitor.id,
        StaffBadge.cancelled_at.is_(None),
    )
    named = {
        (kind, bool(waits)): count
        for kind, waits, count in db.session.execute(
            counts.group_by(StaffBadge.kind, StaffBadge.badge_id.is_(None))
        )
    }
    facts = []
    for key, kind in (("badges", StaffKind.STAFF), ("build_up", StaffKind.BUILD_UP)):
        made, waits = named.get((kind, False), 0), named.get((kind, True), 0)
        if key == "badges" or made or quota(centre.quotas[kind], areas):
            facts.append(Fact(key, centre.due.get(key), started=waits > 0, done=made > 0 and not waits))
    return facts


def _services(expo: Expo, exhibitor: Exhibitor, centre: Centre) -> list[Fact]:
    offered = services.catalogue(expo)
    if not offered:
        return []
    deadlines = [steps[0].until for steps in map(services.steps_of, offered) if steps]
    due = centre.due.get("services") or min(deadlines, default=None)
    done = bool((exhibitor.answers or {}).get(NOTHING_NEEDED)) or bool(services.ordered(expo, exhibitor.id))
    return [Fact("services", due, done=done)]


def _figures(expo: Expo, exhibitor: Exhibitor, today: date) -> list[Fact]:
    days = expos.visitor_days(expo)
    # Only companies under contract are asked for figures (E-2).
    if not days or exhibitor.state not in UNDER_CONTRACT:
        return []
    reported = sa.select(sa.func.count(sa.distinct(DailyFigure.day))).where(
        DailyFigure.expo_id == expo.id,
        DailyFigure.exhibitor_id == exhibitor.id,
        DailyFigure.replaced_at.is_(None),
    )
    count = db.session.scalar(reported) or 0
    return [Fact("figures", days[-1], count > 0, count >= len(days), waiting=today < days[0])]
