"""Print runs: which badges, what to check before, and drawing them part by part so that nothing is done twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import BinaryIO

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.badges import queries
from exhibitions.badges.models import Badge, Printer, PrintRun
from exhibitions.badges.queries import Texts, Wanted
from exhibitions.badges.rules import layout, number
from exhibitions.badges.service import drawing, stock
from exhibitions.badges.service.changing import checked_reason
from exhibitions.badges.service.content import class_words, design_of, printed_many, sheet, title
from exhibitions.badges.service.drawing import Look, Placement, Printed
from exhibitions.badges.service.drawing_pool import Pool
from exhibitions.badges.service.drawing_process import Order
from exhibitions.badges.service.printers import placement
from exhibitions.core import clock, pdf
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, NotFound, Refused
from exhibitions.core.pinyin import sort_key
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.files.models import StoredFile
from exhibitions.files.rules import EXPORT_LIFE
from exhibitions.jobs import service as jobs
from exhibitions.jobs.models import Job

PRINT = "badges.print"
SORTS = ("number", "name", "company")
# A part of a run is drawn and stored at once: a run that is cut off loses at most one.
PART = 1000
MOST_BADGES = 100_000
_MOST_LOOKS = 200
_MOST_NAMED = 20
_TWO = 2


@dataclass(frozen=True, slots=True)
class Missing:
    """A character that the fonts do not have, and (the first twenty) texts that hold it."""

    character: str
    code_point: str
    texts: list[str]


@dataclass(frozen=True, slots=True)
class Check:
    """What a person should know before printing. `looks` are the first 200 badges with texts that are too long."""

    count: int
    missing: list[Missing]
    looks: list[Look]


def check(expo: Expo, wanted: Wanted, sheet_key: str) -> Check:
    """How many badges are wanted, which characters cannot be printed, and which texts are too long for the page."""
    size = sheet(sheet_key).template.key
    templates = {found.id: layout.template(size, design_of(found)) for found in queries.classes(expo)}
    rows = queries.to_print(expo, wanted)
    return Check(len(rows), _missing(expo, rows), list(islice(_looks(rows, templates), _MOST_LOOKS)))


@dataclass(frozen=True, slots=True)
class Plan:
    """A print run that was thought through and not yet begun: the badges in printing order, the wish in words, and how
    many of the badges have been on paper before."""

    badge_ids: list[int]
    sheet: str
    sort: str
    key: str
    printer: Printer | None = None
    again: int = 0


def plan_run(expo: Expo, wanted: Wanted, sheet_key: str, sort: str, printer: Printer | None = None) -> Plan:
    """Choose and sort the badges; reads only, and takes its time outside a transaction.

    A `printer` says by itself which paper is in it.

    Raises `Refused` for an unknown page or order, `Conflict("nothing_to_print")` when no badge is wanted.
    """
    page = sheet(printer.sheet if printer is not None else sheet_key)
    if sort not in SORTS:
        raise Refused("sort_unknown", N_("Badges cannot be sorted like this."))
    ids = [texts.badge_id for texts in _sorted(queries.to_print(expo, wanted), sort)]
    if not ids:
        raise Conflict("nothing_to_print", N_("No badge matches. Choose another class or print them again."))
    if len(ids) > MOST_BADGES:
        raise Refused(
            "too_many_badges", N_("At most %(most)s badges can be printed at a time."), most=MOST_BADGES
        )
    words = repr((expo.id, wanted, page.key, sort, printer.id if printer else None))
    # A searched name is a person's: the key of a job names nobody.
    key = f"{expo.id}/{hashlib.blake2b(words.encode(), digest_size=16).hexdigest()}"
    return Plan(ids, page.key, sort, key, printer, queries.printed_before(expo, wanted))


def start_run(expo: Expo, plan: Plan, by: Actor, reason: str = "") -> tuple[PrintRun, Job]:
    """Fix the list of badges and ask for the job that draws them, inside the caller's transaction.

    The same wish a second time, while the first still waits or is being drawn, is a second click and starts nothing.
    Raises `Refused("reason_needed")` when badges are printed again and nobody says why, as for a single one (O8).
    """
    why = checked_reason(reason) if plan.again else ""
    run = PrintRun(
        expo_id=expo.id,
        sheet=plan.sheet,
        sort=plan.sort,
        badge_ids=plan.badge_ids,
        parts=[],
        looks=[],
        printer_name=plan.printer.name if plan.printer else "",
        shift_x=plan.printer.shift_x if plan.printer else 0,
        shift_y=plan.printer.shift_y if plan.printer else 0,
        turned=plan.printer is not None and plan.printer.turned,
        created_by=by.id if by.kind == "user" else None,
        created_at=clock.now(),
    )
    db.session.add(run)
    db.session.flush()
    job = jobs.enqueue(PRINT, plan.key, {"run": run.id}, expo_id=expo.id, actor=by)
    if job.arguments["run"] != run.id:
        db.session.delete(run)
        return db.session.get_one(PrintRun, job.arguments["run"]), job
    audit.record(
        "badges.run_reprinted" if plan.again else "badges.run_started",
        by,
        expo_id=expo.id,
        subject=("print_run", run.id),
        after={"badges": len(plan.badge_ids), "again": plan.again},
        reason=why,
    )
    return run, job


@dataclass(frozen=True, slots=True)
class Part:
    """The next badges of a run, ready to draw without the database."""

    badges: list[Printed]
    ids: list[int]
    start: int
    total: int
    sheet: layout.Sheet
    title: str
    placement: Placement


def run_of(expo: Expo, run_id: int) -> PrintRun:
    """The print run of this fair; raises `NotFound`."""
    run = queries.print_run_of(expo, run_id)
    if run is None:
        raise NotFound("print_run_unknown", N_("There is no such print run."))
    return run


def next_part(expo: Expo, run: PrintRun, most: int = PART, skip: int = 0) -> Part | None:
    """What is to be drawn next, or None when the run is through. Badges that were deleted meanwhile are left out.

    `skip` are badges that somebody else is drawing at this moment.
    """
    start = sum(part["badges"] for part in run.parts) + skip
    ids = run.badge_ids[start : start + most]
    if not ids:
        return None
    badges = printed_many(expo, queries.badges_in_order(expo, ids))
    placed = placement(run.shift_x, run.shift_y, turned=run.turned)
    return Part(badges, ids, start, len(run.badge_ids), sheet(run.sheet), title(expo), placed)


def next_parts(expo: Expo, run: PrintRun, hands: int) -> list[Part]:
    """The next parts of a long run, one for each hand; none when what is left fits into a single part, or nothing is."""
    left = len(run.badge_ids) - sum(part["badges"] for part in run.parts)
    if left <= PART or hands < _TWO:
        return []
    found = (next_part(expo, run, PART, hand * PART) for hand in range(min(hands, -(-left // PART))))
    return [part for part in found if part is not None]


def draw_parts(
    parts: list[Part], pool: Pool, tell: Callable[[int, int], None]
) -> list[tuple[files.Bytes, list[Look]]]:
    """Draw parts at the same time, outside any transaction, and put them onto the disk; `tell` hears like `draw_part`'s."""
    start, total = parts[0].start, parts[0].total
    orders = [
        Order(part.badges, part.sheet.key, part.title, part.placement, f"{part.start}.pdf") for part in parts
    ]
    kept = []
    for path, looks in pool.draw(orders, lambda drawn: tell(start + drawn, total)):
        with path.open("rb") as content:
            kept.append((files.write(content), looks))
        path.unlink()
    return kept


def draw_part(part: Part, tell: Callable[[int, int], None]) -> tuple[files.Bytes, list[Look]]:
    """Draw a part onto the disk, outside any transaction; `tell` hears how many of how many badges of the run are drawn."""
    looks: list[Look] = []

    def drawn(done: int) -> None:
        tell(part.start + done, part.total)

    def write(out: BinaryIO) -> None:
        looks.extend(drawing.draw(out, part.badges, part.sheet, part.title, drawn, part.placement))

    return files.write(write), looks


def keep_part(
    expo: Expo, run: PrintRun, part: Part, drawn: tuple[files.Bytes, list[Look]], by: Actor
) -> StoredFile:
    """Keep a drawn part and count its badges as printed, inside the caller's transaction."""
    content, looks = drawn
    name = f"badges-{expo.slug}-{run.id}-{len(run.parts) + 1}.pdf"
    file = files.store(
        content,
        name=name,
        content_type="application/pdf",
        purpose=PRINT,
        expo_id=expo.id,
        owner=by,
        expires_at=clock.now() + EXPORT_LIFE,
    )
    run.parts = [*run.parts, {"file_id": file.id, "badges": len(part.ids)}]
    run.looks = [*run.looks, *({"number": look.number, "fields": list(look.fields)} for look in looks)]
    counted = sa.update(Badge).where(Badge.expo_id == expo.id, Badge.id == sa.bindparam("badge"))
    db.session.connection().execute(
        counted.values(prints=Badge.prints + 1), [{"badge": badge_id} for badge_id in part.ids]
    )
    stock.count_pages(expo, run.sheet, len(part.badges))
    db.session.flush()
    return file


def expire(now: datetime) -> int:
    """Forget the print runs whose files are gone; gives their number. Badges live as long as their holders' records."""
    gone = sa.delete(PrintRun).where(PrintRun.created_at < now - 2 * EXPORT_LIFE).returning(PrintRun.id)
    return len(db.session.execute(gone).all())


def _missing(expo: Expo, rows: list[Texts]) -> list[Missing]:
    fonts = pdf.fonts()
    words = [class_words(badge_class) for badge_class in queries.classes(expo)]
    texts = [expo.name_zh, expo.name_en, *words, *(row.name for row in rows), *(row.company for row in rows)]
    # Most lists have a few thousand different characters: looking at each once is what makes this quick.
    unknown = fonts.missing_glyphs(set("".join(texts)))
    if not unknown:
        return []
    missing = fonts.missing_glyphs(text for text in texts if not unknown.keys().isdisjoint(text))
    return [
        Missing(character, f"U+{ord(character):04X}", list(dict.fromkeys(held))[:_MOST_NAMED])
        for character, held in sorted(missing.items())
    ]


def _looks(rows: list[Texts], templates: dict[int, layout.Template]) -> Iterable[Look]:
    measure = pdf.fonts().width
    fits = {class_id: layout.surely_fits(template) for class_id, template in templates.items()}
    for row in rows:
        name_fits, company_fits = fits[row.class_id]
        if len(row.name) > name_fits or len(row.company) > company_fits:
            fields = layout.too_long(row.name, row.company, templates[row.class_id], measure)
            if fields:
                yield Look(number.shown(row.number), row.name, fields)


def _sorted(rows: list[Texts], sort: str) -> list[Texts]:
    if sort == "name":
        return sorted(rows, key=lambda row: (sort_key(row.name), row.number))
    if sort == "company":
        return sorted(rows, key=lambda row: (sort_key(row.company), sort_key(row.name), row.number))
    return rows
