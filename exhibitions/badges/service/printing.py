"""Badges go to paper: what is printed on each, what to check before, print runs, and the picture for a phone."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import BinaryIO

import sqlalchemy as sa

from exhibitions.badges import queries
from exhibitions.badges.models import Badge, BadgeClass, PrintRun
from exhibitions.badges.queries import Texts, Wanted
from exhibitions.badges.rules import layout, number
from exhibitions.badges.service import drawing
from exhibitions.badges.service.drawing import Look, Printed
from exhibitions.badges.service.issuing import code_of
from exhibitions.core import clock, pdf, qr
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
PART = 2000
MOST_BADGES = 100_000
_MOST_LOOKS = 200
_LONGEST_KEY = 200
_MOST_NAMED = 20


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


def sheet(key: str) -> layout.Sheet:
    """The page of this name (`90x130`, `a4x4` ...); raises `Refused("sheet_unknown")` for another."""
    if key not in layout.SHEETS:
        raise Refused("sheet_unknown", N_("There is no page of this size."))
    return layout.SHEETS[key]


def class_words(badge_class: BadgeClass) -> str:
    """The word on the band in both languages: 专业观众 TRADE VISITOR."""
    return f"{badge_class.name_zh} {badge_class.name_en.upper()}".strip()


def printed(expo: Expo, badge: Badge) -> Printed:
    """What stands on the badge."""
    facts = layout.Facts(
        name=badge.name,
        company=badge.company,
        class_words=class_words(badge.badge_class),
        number=number.shown(badge.number),
        fair=_fair_words(expo),
    )
    return Printed(facts, code_of(expo, badge), badge.badge_class.colour)


def badge_png(expo: Expo, badge: Badge) -> bytes:
    """The badge's code as a PNG of at least 600 pixels, for "my badge" (V3)."""
    return qr.png(code_of(expo, badge))


def badge_svg_path(expo: Expo, badge: Badge) -> str:
    """The badge's code as an SVG path in a square of 45 units, quiet zone included."""
    return qr.svg_path(code_of(expo, badge))


def pdf_of(expo: Expo, badges: Sequence[Badge], sheet_key: str) -> bytes:
    """A PDF of these badges in their order. Call `count_print` for each in a transaction of its own."""
    out = io.BytesIO()
    drawing.draw(out, [printed(expo, badge) for badge in badges], sheet(sheet_key), _title(expo))
    return out.getvalue()


def sample(expo: Expo, wanted: Wanted, sheet_key: str) -> bytes:
    """One page with the longest names that are wanted, to see before printing; its codes open no gate."""
    page = sheet(sheet_key)
    longest = sorted(queries.to_print(expo, wanted), key=lambda texts: -_weight(texts.name))[
        : len(page.places)
    ]
    badges = queries.badges_in_order(expo, [texts.badge_id for texts in longest])
    shown = [Printed(it.facts, "SAMPLE", it.colour) for it in (printed(expo, badge) for badge in badges)]
    out = io.BytesIO()
    drawing.draw(out, shown or [_example(expo, wanted)], page, _title(expo))
    return out.getvalue()


def check(expo: Expo, wanted: Wanted, sheet_key: str) -> Check:
    """How many badges are wanted, which characters cannot be printed, and which texts are too long for the page."""
    template = sheet(sheet_key).template
    rows = queries.to_print(expo, wanted)
    return Check(len(rows), _missing(expo, rows), list(islice(_looks(rows, template), _MOST_LOOKS)))


@dataclass(frozen=True, slots=True)
class Plan:
    """A print run that was thought through and not yet begun: the badges in printing order, and the wish in words."""

    badge_ids: list[int]
    sheet: str
    sort: str
    key: str


def plan_run(expo: Expo, wanted: Wanted, sheet_key: str, sort: str) -> Plan:
    """Choose and sort the badges; reads only, and takes its time outside a transaction.

    Raises `Refused` for an unknown page or order, `Conflict("nothing_to_print")` when no badge is wanted.
    """
    page = sheet(sheet_key)
    if sort not in SORTS:
        raise Refused("sort_unknown", N_("Badges cannot be sorted like this."))
    ids = [texts.badge_id for texts in _sorted(queries.to_print(expo, wanted), sort)]
    if not ids:
        raise Conflict("nothing_to_print", N_("No badge matches. Choose another class or print them again."))
    if len(ids) > MOST_BADGES:
        raise Refused(
            "too_many_badges", N_("At most %(most)s badges can be printed at a time."), most=MOST_BADGES
        )
    words = f"{expo.id}/{wanted.class_key}/{wanted.printed}/{wanted.reserve}/{page.key}/{sort}"
    return Plan(ids, page.key, sort, words[:_LONGEST_KEY])


def start_run(expo: Expo, plan: Plan, by: Actor) -> tuple[PrintRun, Job]:
    """Fix the list of badges and ask for the job that draws them, inside the caller's transaction.

    The same wish a second time, while the first still waits or is being drawn, is a second click and starts nothing.
    """
    run = PrintRun(
        expo_id=expo.id,
        sheet=plan.sheet,
        sort=plan.sort,
        badge_ids=plan.badge_ids,
        parts=[],
        looks=[],
        created_by=by.id if by.kind == "user" else None,
        created_at=clock.now(),
    )
    db.session.add(run)
    db.session.flush()
    job = jobs.enqueue(PRINT, plan.key, {"run": run.id}, expo_id=expo.id, actor=by)
    if job.arguments["run"] != run.id:
        db.session.delete(run)
        run = db.session.get_one(PrintRun, job.arguments["run"])
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


def run_of(expo: Expo, run_id: int) -> PrintRun:
    """The print run of this fair; raises `NotFound`."""
    run = queries.print_run_of(expo, run_id)
    if run is None:
        raise NotFound("print_run_unknown", N_("There is no such print run."))
    return run


def next_part(expo: Expo, run: PrintRun, most: int = PART) -> Part | None:
    """What is to be drawn next, or None when the run is through. Badges that were deleted meanwhile are left out."""
    start = sum(part["badges"] for part in run.parts)
    ids = run.badge_ids[start : start + most]
    if not ids:
        return None
    badges = [printed(expo, badge) for badge in queries.badges_in_order(expo, ids)]
    return Part(badges, ids, start, len(run.badge_ids), sheet(run.sheet), _title(expo))


def draw_part(part: Part, tell: Callable[[int, int], None]) -> tuple[files.Bytes, list[Look]]:
    """Draw a part onto the disk, outside any transaction; `tell` hears how many of how many badges of the run are drawn."""
    looks: list[Look] = []

    def drawn(done: int) -> None:
        tell(part.start + done, part.total)

    def write(out: BinaryIO) -> None:
        looks.extend(drawing.draw(out, part.badges, part.sheet, part.title, drawn))

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


def _looks(rows: list[Texts], template: layout.Template) -> Iterable[Look]:
    measure = pdf.fonts().width
    name_fits, company_fits = layout.surely_fits(template)
    for row in rows:
        if len(row.name) > name_fits or len(row.company) > company_fits:
            fields = layout.too_long(row.name, row.company, template, measure)
            if fields:
                yield Look(number.shown(row.number), row.name, fields)


def _sorted(rows: list[Texts], sort: str) -> list[Texts]:
    if sort == "name":
        return sorted(rows, key=lambda row: (sort_key(row.name), row.number))
    if sort == "company":
        return sorted(rows, key=lambda row: (sort_key(row.company), sort_key(row.name), row.number))
    return rows


def _weight(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _fair_words(expo: Expo) -> str:
    return "\n".join(filter(None, (expo.name_zh, expo.name_en)))


def _title(expo: Expo) -> str:
    return expo.name_zh or expo.name_en


def _example(expo: Expo, wanted: Wanted) -> Printed:
    """A badge of nobody, of the class that is looked at: its first one while none is chosen."""
    found = queries.class_by_key(expo, wanted.class_key) or next(iter(queries.classes(expo)), None)
    facts = layout.Facts(
        name="欧阳娜娜",
        company="大连示例进出口贸易有限公司",
        class_words=class_words(found) if found else "",
        number=number.shown(number.LOWEST),
        fair=_fair_words(expo),
    )
    return Printed(facts, "SAMPLE", found.colour if found else "#0b6e6e")
