"""The set-up of exhibitors written into the document of a fair, and read from it."""

from __future__ import annotations

import sqlalchemy as sa

from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.exhibitors.models import ProductCategory
from exhibitions.exhibitors.queries import settings
from exhibitions.exhibitors.rules.set_up_document import Category, ExhibitingSetUp, lasting
from exhibitions.exhibitors.service.centre import settings_row
from exhibitions.exhibitors.service.setting_up import keep_nomenclature
from exhibitions.expos.models import Expo


def dump_setup(expo: Expo) -> ExhibitingSetUp | None:
    """How the fair takes exhibitors, without what belongs to this edition; None where nobody has said anything."""
    row = settings(expo)
    if row is None:
        return None
    lines = sa.select(ProductCategory).where(ProductCategory.expo_id == expo.id)
    ordered = db.session.scalars(lines.order_by(ProductCategory.position, ProductCategory.id))
    return ExhibitingSetUp(
        terms_zh=row.terms_zh,
        terms_en=row.terms_en,
        contact_name=row.contact_name,
        contact_phone=row.contact_phone,
        contact_email=row.contact_email,
        categories=[Category(code=each.code, name_zh=each.name_zh, name_en=each.name_en) for each in ordered],
        data=lasting(row.data),
    )


def load_setup(expo: Expo, setup: ExhibitingSetUp | None) -> None:
    """Set a new fair up as the document says; applications have no dates yet, and nothing is published."""
    if setup is None:
        return
    row = settings_row(expo)
    for name in ("terms_zh", "terms_en", "contact_name", "contact_phone", "contact_email"):
        setattr(row, name, getattr(setup, name))
    row.data = lasting(setup.data)
    row.changed_at = clock.now()
    db.session.flush()
    keep_nomenclature(expo, [(each.code, each.name_zh, each.name_en) for each in setup.categories])
