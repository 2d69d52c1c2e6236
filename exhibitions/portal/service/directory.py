"""The directory for others: open data of public facts, and the book as PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from exhibitions.core import pdf
from exhibitions.core.actor import Actor
from exhibitions.core.sheets.writing import Value
from exhibitions.exhibitors.models import DirectoryEntry, ProductCategory
from exhibitions.exhibitors.rules.directory import EntryState
from exhibitions.expos.models import Expo
from exhibitions.files import queries as file_queries
from exhibitions.files import service as files
from exhibitions.files.models import StoredFile
from exhibitions.portal.rules import directory_layout as layout
from exhibitions.stands.queries.directory import Listed

PRINT = "portal.directory"
"""The job that draws the book, and the purpose of its file."""
COLUMNS = (
    *("number", "name_zh", "name_en", "brand", "country", "region", "website", "stands", "halls"),
    *("categories_zh", "categories_en", "products_zh", "products_en", "text_zh", "text_en"),
)


def says(entry: DirectoryEntry, name: str) -> str:
    """What an entry says to everybody: a draft shows its names and nothing else."""
    if entry.state is EntryState.DRAFT and not name.startswith("name_"):
        return ""
    return str(getattr(entry, name))


def facts(listed: Listed, categories: Sequence[ProductCategory]) -> dict[str, Any]:
    """The public facts of an entry. Phone numbers and addresses are on its page only, never in bulk."""
    entry, exhibitor, company = listed.entry, listed.exhibitor, listed.exhibitor.company
    shown = [] if entry.state is EntryState.DRAFT else list(entry.products)
    own = entry.co_exhibitor_id is None
    return {
        "number": entry.number,
        **{
            name: says(entry, name)
            for name in ("name_zh", "name_en", "brand", "website", "text_zh", "text_en")
        },
        "country": exhibitor.country if own else "",
        "region": company.region if own and company else "",
        "stands": [stand.number for stand in listed.stands],
        "halls": list(dict.fromkeys(stand.hall.code for stand in listed.stands)),
        "categories": [{"code": each.code, "zh": each.name_zh, "en": each.name_en} for each in categories],
        "products": [{"zh": each.name_zh, "en": each.name_en, "new": each.is_new} for each in shown],
    }


def as_rows(
    everybody: Sequence[Listed], categories: Mapping[int, Sequence[ProductCategory]]
) -> Iterator[list[Value]]:
    """The same as a table: its heading, then a row an entry; what there are several of is parted by "; "."""
    yield list(COLUMNS)
    for each in everybody:
        found = facts(each, categories.get(each.exhibitor.id, []))
        for kind in ("categories", "products"):
            for lang in ("zh", "en"):
                found[f"{kind}_{lang}"] = [one[lang] for one in found[kind] if one[lang]]
        cells = [found[name] for name in COLUMNS]
        yield ["; ".join(cell) if isinstance(cell, list) else cell for cell in cells]


def draw(
    out: BinaryIO, expo: Expo, everybody: Sequence[Listed], lang: str, foot: Callable[[int, int], str],
    tell: Callable[[int], None],
) -> int:  # fmt: skip
    """Write the book in two columns, the names of `lang` first; gives the number of pages.

    `foot` makes the line below each page from its number and their number; `tell` hears how many pages are drawn.
    """
    width = pdf.fonts().width
    placed = layout.pages(_blocks(everybody, lang), width)
    fair = (expo.name_zh or expo.name_en) if lang == "zh" else (expo.name_en or expo.name_zh)
    canvas = pdf.new_canvas(out, layout.WIDTH, layout.HEIGHT, fair)
    for number, page in enumerate(placed, start=1):
        pdf.fill(canvas, "#55615f")
        pdf.draw_text(canvas, layout.MARGIN, layout.HEIGHT - layout.MARGIN, fair, 9, False)
        pdf.draw_text(canvas, layout.MARGIN, layout.MARGIN, foot(number, len(placed)), 8, False)
        for line in page:
            pdf.fill(canvas, line.style.colour)
            pdf.draw_text(canvas, line.x, line.y, line.text, line.style.size, line.style.bold)
        canvas.showPage()
        tell(number)
    canvas.save()
    return len(placed)


def missing(everybody: Sequence[Listed]) -> int:
    """How many characters of the book cannot be printed as they are; each stands as 〓."""
    letters = {letter for each in everybody for text, _ in _block(each, "zh") for letter in text}
    return len(pdf.fonts().missing_glyphs(sorted(letters)))


def keep(expo: Expo, drawn: files.Bytes, name: str, by: Actor, expires_at: datetime | None) -> StoredFile:
    """Keep the book in place of the earlier one of its name, inside the caller's transaction."""
    for earlier in file_queries.named(expo.id, PRINT, name):
        files.delete(earlier)
    return files.store(
        drawn,
        name=name,
        content_type="application/pdf",
        purpose=PRINT,
        expo_id=expo.id,
        owner=by,
        expires_at=expires_at,
    )


def book(expo: Expo, lang: str) -> StoredFile | None:
    """The youngest book in this language that was drawn for everybody."""
    found = file_queries.named(expo.id, PRINT, name_of(expo, lang))
    return found[-1] if found else None


def name_of(expo: Expo, lang: str, *, proof: bool = False) -> str:
    """What the file of a book is called."""
    return f"directory-{expo.slug}-{lang}{'-proof' if proof else ''}.pdf"


def _blocks(everybody: Sequence[Listed], lang: str) -> Iterator[layout.Block]:
    letter = ""
    for each in everybody:
        block = _block(each, lang)
        if each.entry.letter != letter:
            letter = each.entry.letter
            block = [(letter or "#", layout.LETTER), *block]
        yield block


def _block(each: Listed, lang: str) -> list[tuple[str, layout.Style]]:
    other = "en" if lang == "zh" else "zh"
    entry = each.entry

    def both(name: str) -> list[str]:
        return [text for text in (says(entry, f"{name}_{lang}"), says(entry, f"{name}_{other}")) if text]

    names, texts = both("name"), both("text")
    stands = "  ".join(stand.number for stand in each.stands)
    sold = " / ".join(
        " ".join(filter(None, (one.name_zh, one.name_en) if lang == "zh" else (one.name_en, one.name_zh)))
        for one in (entry.products if entry.state is not EntryState.DRAFT else [])
    )
    reach = "  ".join(filter(None, (says(entry, name) for name in ("website", "phone", "email"))))
    block = [(text, layout.NAME if place == 0 else layout.OTHER_NAME) for place, text in enumerate(names)]
    block += [(stands, layout.STAND)] if stands else []
    block += [(text, layout.TEXT) for text in texts]
    return block + [(text, layout.FACTS) for text in (sold, reach) if text]
