"""A list of old points read and compared with the exhibitors of a fair; nothing is taken before every row can be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile

import sqlalchemy as sa

from exhibitions.companies.models import Company
from exhibitions.companies.rules.codes import normal_code
from exhibitions.companies.rules.doubles import name_key
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Refused
from exhibitions.core.sheets.reading import open_table
from exhibitions.core.sheets.table import Table, Unreadable, text_of
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from exhibitions.stands.queries import points as queries
from exhibitions.stands.rules.point_columns import MOST_ROWS, Read, enough, known_columns, places, read
from exhibitions.stands.rules.points import Brought

SHOWN_PROBLEMS = 20


@dataclass(slots=True)
class Checked:
    """What a list brings by exhibitor, and the rows that cannot be taken, by the number that Excel shows."""

    brought: dict[int, Brought] = field(default_factory=dict)
    problems: list[tuple[int, Refused]] = field(default_factory=list)


@contextmanager
def opened(content: bytes) -> Iterator[Table]:
    """The table in the bytes of a file, while it is read. Raises `Unreadable` for what is no list of points."""
    with NamedTemporaryFile(suffix=".table") as file:
        file.write(content)
        file.flush()
        table = open_table(Path(file.name), known_columns)
        if not enough(places(table.heading)):
            raise Unreadable(
                "no_columns",
                N_(
                    "The list needs the column company (or credit code) and at least one of points, years, area"
                ),
            )
        yield table


def check(expo: Expo, table: Table) -> Checked:
    """Every row judged, nothing changed. A company that no row of this fair has, or that is named twice, is a problem."""
    columns, unit = places(table.heading), queries.scheme(expo).area_unit
    by_name, by_code = _exhibitors(expo)
    checked = Checked()
    with closing(table.rows()) as rows:
        for place, row in enumerate(rows):
            if place >= MOST_ROWS:
                raise Unreadable("damaged", N_("A list of points has at most 5,000 rows. Split it"))
            try:
                what = read([text_of(cell) for cell in row.cells], columns, unit)
                exhibitor = _meant(what, by_name, by_code)
                if exhibitor in checked.brought:
                    raise Refused(
                        "company_twice", N_("%(name)s is there twice"), name=what.company or what.code
                    )
            except Refused as refusal:
                checked.problems.append((row.number, refusal))
            else:
                checked.brought[exhibitor] = what.brought
    if not checked.brought and not checked.problems:
        raise Unreadable("empty")
    return checked


def _meant(what: Read, by_name: dict[str, int], by_code: dict[str, int]) -> int:
    found = by_code.get(normal_code(what.code)) if what.code else None
    found = found or by_name.get(name_key(what.company))
    if found is None:
        name = (what.company or what.code)[:80]
        raise Refused("company_unknown", N_("No exhibitor of this fair is called “%(name)s”"), name=name)
    return found


def _exhibitors(expo: Expo) -> tuple[dict[str, int], dict[str, int]]:
    """The fair's exhibitors by name as names are compared, and by credit code; of two alike nobody is meant."""
    found = (
        sa.select(Exhibitor.id, Company.name_zh, Company.name_en, Company.credit_code)
        .join(Company, Company.id == Exhibitor.company_id)
        .where(Exhibitor.expo_id == expo.id)
    )
    by_name: dict[str, set[int]] = {}
    by_code: dict[str, int] = {}
    for exhibitor, name_zh, name_en, code in db.session.execute(found):
        for name in filter(None, map(name_key, (name_zh, name_en))):
            by_name.setdefault(name, set()).add(exhibitor)
        if code:
            by_code[code] = exhibitor
    return {name: next(iter(ids)) for name, ids in by_name.items() if len(ids) == 1}, by_code


def refuse_problems(checked: Checked) -> None:
    """Raise `Refused` where a row of the list cannot be taken: then none is."""
    count = len(checked.problems)
    if count:
        raise Refused(
            "rows_wrong",
            N_(
                "Rows that cannot be taken: %(count)s. Nothing was taken over. Mend the list and send it again"
            ),
            count=count,
        )
