"""A table of stands brought onto the plan: read, compared with what is drawn, shown, and then drawn as one deed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from tempfile import NamedTemporaryFile

from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.core.sheets.reading import open_table
from exhibitions.core.sheets.table import Table, Unreadable, text_of
from exhibitions.expos.models import Expo, Hall, Zone
from exhibitions.stands.models import Stand
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.rules.background import Unit
from exhibitions.stands.rules.checks import Finding, Found, check_hall
from exhibitions.stands.rules.columns import (
    COLUMN_WORDS,
    MOST_ROWS,
    Column,
    Place,
    Read,
    enough,
    known_columns,
    places,
    read,
)
from exhibitions.stands.rules.plan import StandKind
from exhibitions.stands.rules.surroundings import HallSize
from exhibitions.stands.service.recording import begin, keep, rows_of, square_cm
from exhibitions.stands.service.swapping import followed

SHOWN_FINDINGS = 200
_MOST_LINES = 20_000
_SOLD = frozenset({"hall", "polygon", "kind", "zone", "contracted"})
"""What of a row is not changed under who has the stand without a warning."""
_WHITE = re.compile(r"\s+")
_TO_LOOK_AT = frozenset({Finding.OVERLAP, Finding.CROSSES, Finding.GANGWAY, Finding.OTHER_HALL, Finding.AREA})


class Verdict(StrEnum):
    """What a row of the table would do."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table with what becomes of it; `number` is the row number that Excel shows."""

    number: int
    verdict: Verdict
    stand: str = ""
    why: Refused | None = None
    what: Read | None = None
    hall_id: int = 0
    differs: tuple[str, ...] = ()
    holder: str = ""


@dataclass(slots=True)
class Checked:
    """A table after its dry run; `findings` are about the plan as it would be, `state` tells as of when it was judged."""

    lines: list[Line] = field(default_factory=list)
    findings: list[Found] = field(default_factory=list)
    state: object = None

    @property
    def counts(self) -> Counter[Verdict]:
        """How many rows do what."""
        return Counter(line.verdict for line in self.lines)


@contextmanager
def opened(content: bytes) -> Iterator[Table]:
    """The table in the bytes of a file, while it is read. Raises `Unreadable` for what is no table of stands."""
    with NamedTemporaryFile(suffix=".table") as file:
        file.write(content)
        file.flush()
        yield open_file(Path(file.name))


def as_text(table: Table) -> str:
    """The table as a text that can be pasted again, each row in the line of its own number."""
    lines: dict[int, str] = {table.guess.heading_row or 1: "\t".join(table.heading)}
    with closing(table.rows()) as rows:
        for row in rows:
            lines[row.number] = "\t".join(_WHITE.sub(" ", text_of(cell)) for cell in row.cells)
    last = max(lines)
    return (
        "\n".join(lines.get(number, "") for number in range(1, last + 1))
        if last <= _MOST_LINES
        else "\n".join(lines.values())
    )


def template_rows(expo: Expo, words: Callable[[str], str]) -> list[list[str]]:
    """The headings in the reader's language and two example rows."""
    hall = expo.halls[0].code if expo.halls else "1"
    heading = [words(COLUMN_WORDS[column]) for column in Column if column is not Column.POLYGON]
    rest = ["", "", "", ""]
    return [
        heading,
        [hall, "A01", "5", "5", "3", "3", *rest, ""],
        [hall, "A02", "8", "5", "3", "3", *rest, ""],
    ]


def open_file(path: Path) -> Table:
    """The table in a file. Raises `Unreadable` for what is no table of stands."""
    table = open_table(path, known_columns)
    if not enough(places(table.heading)):
        raise Unreadable(
            "no_columns",
            N_(
                "The table needs the columns hall, number, x, y, w and d (or corners). Give the first row these headings"
            ),
        )
    return table


def check(expo: Expo, table: Table, unit: Unit) -> Checked:
    """The dry run: every row judged, nothing changed. Of two rows with one number the first wins."""
    columns = places(table.heading)
    judge = _Judge(expo)
    checked = Checked(state=_state(expo))
    with closing(table.rows()) as rows:
        for place, row in enumerate(rows):
            if place >= MOST_ROWS:
                raise Unreadable("damaged", N_("A table of stands has at most 4,000 rows. Split it"))
            checked.lines.append(judge.line(row.number, [text_of(cell) for cell in row.cells], columns, unit))
    checked.findings = judge.findings(checked.lines)[:SHOWN_FINDINGS]
    return checked


def _state(expo: Expo) -> object:
    """What a table is judged by, short: the same while no hall was drawn in, nothing undone and no stand given or freed."""
    return queries.last_touch(expo), frozenset(queries.live(expo, clock.now()))


class _Judge:
    def __init__(self, expo: Expo) -> None:
        self.plans = {plan.hall_id: plan for plan in queries.hall_plans(expo)}
        self.zones = _named(expo.zones)
        self.halls = _named([plan.hall for plan in self.plans.values()])
        self.stands = {stand.number: stand for stand in queries.stands(expo)}
        self.numbers = queries.numbers(expo)
        self.shapes = queries.shapes(expo)
        self.held = queries.live(expo, clock.now())
        self.seen: set[str] = set()

    def line(self, number: int, cells: Sequence[str], columns: Place, unit: Unit) -> Line:
        try:
            what = read(cells, columns, unit)
            return self._judged(number, what)
        except Refused as why:
            return Line(number, Verdict.REFUSED, str(why.params.get("number", "")), why)

    def _judged(self, number: int, what: Read) -> Line:
        hall_id = self._hall(what)
        if what.zone and what.zone.lower() not in self.zones:
            raise Refused(
                "zone_unknown", N_("There is no zone “%(text)s”"), text=what.zone[:40], number=what.number
            )
        if what.number in self.seen:
            raise Refused(
                "doubled", N_("%(number)s is there twice. The first row counts"), number=what.number
            )
        self.seen.add(what.number)
        stand = self.stands.get(what.number)
        if stand is None:
            if what.number in self.numbers:
                raise Refused(
                    "number_taken",
                    N_("%(number)s is taken, or was once. Choose another number"),
                    number=what.number,
                )
            return Line(number, Verdict.NEW, what.number, what=what, hall_id=hall_id)
        differs = tuple(self._differs(stand, what, hall_id))
        sold = _SOLD & set(differs)
        holder = queries.holder_name(self.held[stand.id]) if sold and stand.id in self.held else ""
        verdict = Verdict.CHANGED if differs else Verdict.SAME
        return Line(number, verdict, what.number, what=what, hall_id=hall_id, differs=differs, holder=holder)

    def _hall(self, what: Read) -> int:
        if not what.hall and len(self.plans) == 1:
            plan = next(iter(self.plans.values()))
        else:
            found = self.plans.get(self.halls.get(what.hall.lower(), 0))
            if found is None:
                raise Refused(
                    "hall_unknown",
                    N_("There is no measured hall “%(text)s”"),
                    text=what.hall[:40],
                    number=what.number,
                )
            plan = found
        across, down = [x for x, _ in what.polygon], [y for _, y in what.polygon]
        if min(across) < 0 or min(down) < 0 or max(across) > plan.width or max(down) > plan.depth:
            raise Refused("outside", N_("%(number)s would stand outside the hall"), number=what.number)
        return plan.hall_id

    def _differs(self, stand: Stand, what: Read, hall_id: int) -> Iterable[str]:
        zone = self.zones.get(what.zone.lower()) if what.zone else None
        said = {
            "hall": (stand.hall_id, hall_id, True),
            "polygon": (queries.corners(stand.polygon), what.polygon, True),
            "kind": (stand.kind, what.kind, what.kind is not None),
            "zone": (stand.zone_id, zone, zone is not None),
            "price_class": (stand.price_class, what.price_class, bool(what.price_class)),
            "contracted": (stand.contracted_area, what.contracted_cm2, what.contracted_cm2 is not None),
            "on_sale": (stand.for_sale, what.for_sale, what.for_sale is not None),
        }
        return (name for name, (old, new, given) in said.items() if given and old != new)

    def findings(self, lines: Sequence[Line]) -> list[Found]:
        """What would be wrong on the plan with the table drawn: overlaps and what else a person should see."""
        come = {
            line.stand: line
            for line in lines
            if line.what is not None and line.verdict is not Verdict.REFUSED
        }
        found: list[Found] = []
        for plan in self.plans.values():
            here = [
                queries.Lying(line.number, line.stand, line.what.polygon, None)
                for line in come.values()
                if line.what is not None and line.hall_id == plan.hall_id
            ]
            here += [
                queries.lying(stand)
                for number, stand in self.stands.items()
                if number not in come and stand.hall_id == plan.hall_id
            ]
            shapes = [queries.lying_shape(shape) for shape in self.shapes if shape.hall_id == plan.hall_id]
            size = HallSize(plan.hall.code, plan.width, plan.depth)
            found += [one for one in check_hall(size, here, shapes) if one.finding in _TO_LOOK_AT]
        return found


def _named(rows: Sequence[Hall] | Sequence[Zone]) -> dict[str, int]:
    """The rows' numbers by code and by their names, in lower case; of two alike the first."""
    found: dict[str, int] = {}
    for row in rows:
        for name in (row.code, row.name_zh, row.name_en):
            if name:
                found.setdefault(name.lower(), row.id)
    return found


def draw(expo: Expo, table: Table, unit: Unit, by: Actor, *, sure: bool = False) -> Checked:
    """Draw what the table says, as one deed that can be undone; rows that were refused are left out.

    The table is read and judged here, which takes long: `draw_checked` takes what was judged before.
    """
    return draw_checked(expo, check(expo, table, unit), by, sure=sure)


@followed
def draw_checked(expo: Expo, checked: Checked, by: Actor, *, sure: bool = False) -> Checked:
    """Draw a table that was judged outside the transaction, so that nobody waits for its reading.

    Raises `Refused` naming the exhibitor where a held or assigned stand would be another than was sold and nobody is
    `sure`, and `Conflict` where the plan, or who has a stand of the table, has changed since it was judged.
    """
    begin(expo)
    if _state(expo) != checked.state:
        raise Conflict("plan_changed", N_("The plan has changed meanwhile. Check the table again"))
    moved = next((line for line in checked.lines if line.holder), None)
    if moved is not None and not sure:
        raise Refused(
            "stand_sold",
            N_("%(number)s belongs to %(company)s. Tick below that it may be changed all the same"),
            number=moved.stand,
            company=moved.holder,
        )
    known = {stand.number: stand for stand in queries.stands(expo)}
    counts = checked.counts
    if len(queries.numbers(expo)) + counts[Verdict.NEW] > queries.MOST_STANDS:
        raise Refused("too_many", N_("A fair has at most %(most)s stands"), most=queries.MOST_STANDS)
    touched = [known[line.stand] for line in checked.lines if line.verdict is Verdict.CHANGED]
    before = rows_of(touched)
    zones = _named(expo.zones)
    new = [
        _fill(Stand(expo_id=expo.id, number=line.stand), line, zones)
        for line in checked.lines
        if line.verdict is Verdict.NEW
    ]
    for line in checked.lines:
        if line.verdict is Verdict.CHANGED:
            _fill(known[line.stand], line, zones)
    db.session.add_all(new)
    db.session.flush()
    keep(expo, "imported", before, rows_of([*touched, *new]), by)
    return checked


def _fill(stand: Stand, line: Line, zones: Mapping[str, int]) -> Stand:
    what = line.what
    if what is None:
        return stand
    stand.hall_id = line.hall_id
    stand.polygon = [list(point) for point in what.polygon]
    stand.area = square_cm(stand.polygon)
    stand.kind = what.kind or stand.kind or StandKind.SHELL
    stand.version = (stand.version or 0) + 1
    if what.zone:
        stand.zone_id = zones[what.zone.lower()]
    if what.price_class:
        stand.price_class = what.price_class
    if what.contracted_cm2 is not None:
        stand.contracted_area = what.contracted_cm2
    if what.for_sale is not None:
        stand.for_sale = what.for_sale
    return stand
