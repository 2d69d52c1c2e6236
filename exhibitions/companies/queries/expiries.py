"""Which papers end, and of which the office still has to tell somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa

from exhibitions.companies.models import Company, CompanyPaper
from exhibitions.companies.rules.papers import REMIND_AT, SOON
from exhibitions.core.db import db

MOST = 500
ENDING, OVER, TO_TELL = "ending", "over", "to-tell"
VIEWS = (ENDING, OVER, TO_TELL)


def listed(view: str, today: date, most: int = MOST) -> list[tuple[CompanyPaper, Company]]:
    """Papers of living companies by when they end: those that end within 60 days, that are over (the latest first), or of
    which somebody is still to be told.
    """
    asked = _asked(view, today)
    order = CompanyPaper.valid_to.desc() if view == OVER else CompanyPaper.valid_to.asc()
    rows = db.session.execute(asked.order_by(order, CompanyPaper.id).limit(most))
    return [(row[0], row[1]) for row in rows]


def counts(today: date) -> dict[str, int]:
    """How many papers each view has."""
    return {
        view: db.session.scalar(_asked(view, today).with_only_columns(sa.func.count(CompanyPaper.id))) or 0
        for view in VIEWS
    }


def _asked(view: str, today: date) -> sa.Select[CompanyPaper, Company]:
    joined = sa.select(CompanyPaper, Company).join(Company, Company.id == CompanyPaper.company_id)
    living = joined.where(Company.merged_into_id.is_(None))
    if view == OVER:
        return living.where(CompanyPaper.valid_to < today)
    if view == TO_TELL:
        return living.where(CompanyPaper.to_tell, CompanyPaper.valid_to >= today)
    return living.where(CompanyPaper.valid_to >= today, CompanyPaper.valid_to <= today + SOON)


def to_remind(today: date, behind: int, most: int) -> Sequence[CompanyPaper]:
    """Papers of living companies whose end is near enough for a reminder that may not have gone out, behind this row."""
    asked = (
        sa.select(CompanyPaper)
        .join(Company, Company.id == CompanyPaper.company_id)
        .where(
            Company.merged_into_id.is_(None),
            CompanyPaper.id > behind,
            CompanyPaper.valid_to >= today,
            CompanyPaper.valid_to <= today + timedelta(days=max(REMIND_AT)),
            sa.or_(CompanyPaper.reminded.is_(None), CompanyPaper.reminded > min(REMIND_AT)),
        )
    )
    return db.session.scalars(asked.order_by(CompanyPaper.id).limit(most)).all()
