"""The catalogue of services and what exhibitors ordered of it; the fair is the first argument."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from exhibitions.core.db import db
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from exhibitions.orders.models import Service, ServiceOrder
from exhibitions.orders.rules.services import Step

MOST = 300
"""No catalogue is longer."""


def catalogue(expo: Expo, *, ended: bool = False) -> Sequence[Service]:
    """The services of the fair in the order of the form; with `ended` also those that are offered no more."""
    found = sa.select(Service).where(Service.expo_id == expo.id)
    if not ended:
        found = found.where(Service.ended_at.is_(None))
    return db.session.scalars(
        found.order_by(Service.group_key, Service.position, Service.id).limit(MOST)
    ).all()


def service(expo: Expo, number: int) -> Service | None:
    """The service of this fair with this number."""
    return db.session.scalar(sa.select(Service).where(Service.expo_id == expo.id, Service.id == number))


def ordered(expo: Expo, exhibitor_id: int) -> Sequence[ServiceOrder]:
    """What an exhibitor ordered and did not cancel, with the services."""
    return db.session.scalars(
        sa.select(ServiceOrder)
        .where(
            ServiceOrder.expo_id == expo.id,
            ServiceOrder.exhibitor_id == exhibitor_id,
            ServiceOrder.cancelled_at.is_(None),
        )
        .options(joinedload(ServiceOrder.service))
        .order_by(ServiceOrder.id)
        .limit(MOST)
    ).all()


def last_number(expo: Expo, exhibitor_id: int) -> int:
    """The number of the exhibitor's youngest order of a service, 0 for none: an earlier page has an earlier one."""
    found = sa.select(sa.func.max(ServiceOrder.id)).where(
        ServiceOrder.expo_id == expo.id, ServiceOrder.exhibitor_id == exhibitor_id
    )
    return db.session.scalar(found) or 0


def one_ordered(expo: Expo, number: int) -> tuple[ServiceOrder, Exhibitor] | None:
    """What was ordered under this number of row, cancelled or not, with its service and whose it is."""
    found = (
        sa.select(ServiceOrder, Exhibitor)
        .join(Exhibitor, Exhibitor.id == ServiceOrder.exhibitor_id)
        .where(ServiceOrder.expo_id == expo.id, ServiceOrder.id == number)
        .options(joinedload(ServiceOrder.service), joinedload(Exhibitor.company))
    )
    row = db.session.execute(found).one_or_none()
    return (row[0], row[1]) if row is not None else None


def all_ordered(expo: Expo, most: int = 5_000) -> list[tuple[ServiceOrder, Exhibitor]]:
    """What all exhibitors ordered, by service, with the exhibitors and their companies."""
    found = (
        sa.select(ServiceOrder, Exhibitor)
        .join(Exhibitor, Exhibitor.id == ServiceOrder.exhibitor_id)
        .where(ServiceOrder.expo_id == expo.id, ServiceOrder.cancelled_at.is_(None))
        .options(joinedload(ServiceOrder.service), joinedload(Exhibitor.company))
        .order_by(ServiceOrder.service_id, ServiceOrder.id)
        .limit(most)
    )
    return [(order, exhibitor) for order, exhibitor in db.session.execute(found)]


def steps_of(row: Service) -> tuple[Step, ...]:
    """The deadlines of a service with their surcharges; a last day without steps is one step."""
    steps = tuple(Step(date.fromisoformat(each["until"]), int(each["percent"])) for each in row.steps)
    return steps or ((Step(row.closes_on),) if row.closes_on else ())
