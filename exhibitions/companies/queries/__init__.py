"""Named questions about the register of companies."""

from __future__ import annotations

import sqlalchemy as sa

from exhibitions.companies.models import Company
from exhibitions.core.db import db


def company(number: str) -> Company | None:
    """The company with this number, also one that was merged into another."""
    return db.session.scalar(sa.select(Company).where(Company.number == number))


def by_credit_code(code: str) -> Company | None:
    """The living company with this unified social credit code, which is written upper case and half-width."""
    found = sa.select(Company).where(Company.credit_code == code, Company.merged_into_id.is_(None))
    return db.session.scalar(found)
