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
from exhibitions.exhibitors.rules.states import ADMITTED, UNDER_CONTRACT, WRITABLE
from exhibitions.exhibitors.rules.tasks import Fact
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.orders import queries as orders
from exhibitions.orders.models import Order, Payment
from exhibitions.orders.queries import services
from exhibitions.orders.rules.states import BINDING, InstalmentKind, PaymentKind
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
    paid: int


def known(
    expo: Expo, exhibitor: Exhibitor, centre: Centre, settings: ExhibitorSettings | None, today: date
) -> Known:
    """The facts of an exhibitor's duties on a day of the fair; duties that do not apply are left out."""
    admitted = exhibitor.state in ADMITTED
    allocations = stand_queries.allocations_of(expo, exhibitor, clock.now())
    order = orders.live_order(expo, exhibitor)
    paid = _paid(order)
    application = Fact(
        "application",
        centre.due.get("application"),
        started=exhibitor.state in WRITABLE,
        done=admitted,
        waiting=exhibitor.state not in WRITABLE,
    )
    if not admitted:
        return Known([application], allocations, order, paid)
    prints_on = settings.print_on if settings else None
    facts = [application, _stand(centre, allocations), *_money(centre, order, paid)]
    facts += _words(expo, exhibitor, centre, allocations, prints_on)
    facts += _badges(expo, exhibitor, centre, allocations)
    facts += _services(expo, exhibitor, centre)
    return Known([*facts, *_figures(expo, exhibitor, today)], allocations, order, paid)


def _stand(centre: Centre, allocations: Sequence[Allocation]) -> Fact:
    assigned = any(each.kind is AllocationKind.ASSIGNED for each in allocations)
    return Fact("stand", centre.due.get("stand"), started=bool(allocations), done=assigned)


def _paid(order: Order | None) -> int:
    if order is None:
        return 0
    came = sa.select(sa.func.sum(Payment.amount)).where(
        Payment.order_id == order.id, Payment.kind != PaymentKind.CREDIT
    )
    return int(db.session.scalar(came) or 0)


def _money(centre: Centre, order: Order | None, paid: int) -> list[Fact]:
    confirmed = order is not None and order.state in BINDING
    contract = Fact(
        "contract",
        centre.due.get("contract"),
        started=confirmed,
        done=confirmed and order is not None and order.stamped_at is not None,
    )
    if order is None or not confirmed:
        return [contract, Fact("balance", centre.due.get("balance"), waiting=True)]
    first = [each for each in order.instalments if each.kind is InstalmentKind.DEPOSIT]
    rest = [each for each in order.instalments if each.kind is not InstalmentKind.DEPOSIT]
    facts = [contract]
    if first:
        amount = sum(each.amount for each in first)
        facts.append(Fact("deposit", first[0].due, started=paid > 0, done=paid >= amount))
    # The next one that is not covered yet is what is due.
    covered, due = sum(each.amount for each in first), None
    for each in rest:
        covered += each.amount
        if due is None and paid < covered:
            due = each.due
    last = rest[-1].due if rest else None
    done = paid >= order.total
    facts.append(Fact("balance", due or last, started=paid > 0, done=done))
    return facts


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
    done = bool((exhibitor.answers or {}).get(NOTHING_NEEDED)) or services.last_number(expo, exhibitor.id) > 0
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
