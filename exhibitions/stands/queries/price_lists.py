"""The versions of a fair's prices."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.stands.models import PriceList

MOST_VERSIONS = 100
"""No page lists more versions than this."""


def versions(expo: Expo) -> Sequence[PriceList]:
    """Every version, the youngest first."""
    found = sa.select(PriceList).where(PriceList.expo_id == expo.id)
    return db.session.scalars(found.order_by(PriceList.version.desc()).limit(MOST_VERSIONS)).all()


def version(expo: Expo, number: int) -> PriceList | None:
    """The version with this number."""
    return db.session.scalar(
        sa.select(PriceList).where(PriceList.expo_id == expo.id, PriceList.version == number)
    )


def draft(expo: Expo) -> PriceList | None:
    """The version that is being written and was never in force."""
    found = sa.select(PriceList).where(PriceList.expo_id == expo.id, PriceList.in_force_from.is_(None))
    return db.session.scalar(found.order_by(PriceList.version.desc()).limit(1))
