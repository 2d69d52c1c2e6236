"""Questions about certificates and complaints of a season."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from exhibitions.awards.models import AwardSeason, Certificate, Complaint
from exhibitions.core.db import db
from exhibitions.expos.queries import LARGEST_NUMBER

MOST_COMPLAINTS = 1_000


def certificates(season: AwardSeason) -> Sequence[Certificate]:
    """Every certificate of the season by its serial number, revoked ones too."""
    found = sa.select(Certificate).where(Certificate.season_id == season.id)
    return db.session.scalars(found.options(joinedload(Certificate.entry)).order_by(Certificate.serial)).all()


def complaints(season: AwardSeason) -> Sequence[Complaint]:
    """The complaints about a season, the newest first."""
    found = sa.select(Complaint).where(Complaint.season_id == season.id)
    return db.session.scalars(found.order_by(Complaint.number.desc()).limit(MOST_COMPLAINTS)).all()


def complaint_of(season: AwardSeason, number: int) -> Complaint | None:
    """The complaint with this number."""
    if number > LARGEST_NUMBER:
        return None
    found = sa.select(Complaint).where(Complaint.season_id == season.id, Complaint.number == number)
    return db.session.scalar(found.options(joinedload(Complaint.entry)))


def last_complaint(season: AwardSeason) -> int:
    """The number of the last complaint, 0 before the first."""
    found = sa.select(sa.func.max(Complaint.number)).where(Complaint.season_id == season.id)
    return db.session.scalar(found) or 0
