"""How a fair takes exhibitors: dates, terms with their version, whom to ask, the nomenclature of products."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, lock_named
from exhibitions.exhibitors.models import ExhibitorSettings, ProductCategory
from exhibitions.exhibitors.queries import settings
from exhibitions.exhibitors.rules.nomenclature import parent_of
from exhibitions.expos.models import Expo

_IN_DATA = ("price_zh", "price_en")


@dataclass(frozen=True)
class SetUp:
    """What the office says; moments in UTC, `nomenclature` as code, Chinese and English name."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    terms_zh: str = ""
    terms_en: str = ""
    price_zh: str = ""
    price_en: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    nomenclature: list[tuple[str, str, str]] = field(default_factory=list)


def set_up(expo: Expo, wanted: SetUp, by: Actor) -> None:
    """Say how the fair takes exhibitors. Other terms are a new version, which whoever sends later agrees to."""
    lock_named(f"exhibitor settings {expo.id}")
    row = settings(expo)
    if row is None:
        row = ExhibitorSettings(expo_id=expo.id, data={}, terms_version=0, changed_at=clock.now())
        db.session.add(row)
    values = {name: value for name, value in asdict(wanted).items() if name != "nomenclature"}
    before = {name: row.data.get(name, "") if name in _IN_DATA else getattr(row, name) for name in values}
    changed = [name for name in values if before[name] != values[name]]
    if row.terms_version < 1 or {"terms_zh", "terms_en"} & set(changed):
        row.terms_version += 1
    for name in values.keys() - set(_IN_DATA):
        setattr(row, name, values[name])
    row.data = {**row.data, **{name: values[name] for name in _IN_DATA}}
    row.changed_at = clock.now()
    db.session.flush()
    lines = keep_nomenclature(expo, wanted.nomenclature)
    if changed or lines:
        audit.record(
            "exhibitors.set_up",
            by,
            expo_id=expo.id,
            before={name: before[name] for name in changed},
            after={name: values[name] for name in changed} | ({"categories": lines} if lines else {}),
        )


def keep_nomenclature(expo: Expo, lines: list[tuple[str, str, str]]) -> int:
    """Make the fair's product categories these; a code that stays keeps its exhibitors. Gives how many lines changed."""
    found = db.session.scalars(sa.select(ProductCategory).where(ProductCategory.expo_id == expo.id)).all()
    known = {row.code: row for row in found}
    before = {row.code: (row.name_zh, row.name_en, row.position) for row in found}
    codes = [code for code, _zh, _en in lines]
    rows = {}
    for position, (code, zh, en) in enumerate(lines):
        row = known.get(code) or ProductCategory(expo_id=expo.id, code=code)
        row.name_zh, row.name_en, row.position, row.parent_id = zh, en, position, None
        db.session.add(row)
        rows[code] = row
    db.session.flush()
    for code, row in rows.items():
        above = parent_of(code, codes)
        row.parent_id = rows[above].id if above else None
    db.session.flush()
    for code in known.keys() - rows.keys():
        db.session.delete(known[code])
    db.session.flush()
    after = {row.code: (row.name_zh, row.name_en, row.position) for row in rows.values()}
    return len({code for code in before | after if before.get(code) != after.get(code)})
