"""Open any table that people send, with every guess correctable."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

from exhibitions.core.sheets.biff import open_biff
from exhibitions.core.sheets.delimited import open_text
from exhibitions.core.sheets.sniffing import HEAD_BYTES, OLE, kind_of
from exhibitions.core.sheets.table import (
    HEADING_WITHIN,
    MAX_FILE_BYTES,
    TOO_LARGE,
    Choice,
    Kind,
    Known,
    Row,
    Source,
    Table,
    Unreadable,
    find_heading,
    heading_texts,
)
from exhibitions.core.sheets.workbook import open_workbook


def open_table(path: Path, known: Known, choice: Choice | None = None) -> Table:
    """Understand the file at `path`: its kind, encoding, separator, sheet and heading row (IR0, IR1).

    `known` counts the known column names in a row of texts; `choice` holds a person's corrections.
    Raises Unreadable when the file as a whole cannot be read: `empty`, `not_a_table` (also one row of more
    than `records.MOST_PARTS` cells), `damaged`, `html`.
    A table without a known heading is returned with `guess.heading_row` None; the caller judges that.
    """
    choice = choice or Choice()
    source, head = _source(path, known, choice)
    if not head:
        raise Unreadable("empty")
    heading = _heading(source, head, known, choice.heading_row)
    number = heading.number if heading and not choice.heading_row else choice.heading_row
    return Table(replace(source.guess, heading_row=number), heading_texts(heading), source)


def _source(path: Path, known: Known, choice: Choice) -> tuple[Source, list[Row]]:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise Unreadable("damaged", TOO_LARGE)
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    kind = kind_of(head, path.read_bytes() if head.startswith(OLE) else b"")
    if kind is Kind.TEXT:
        text = open_text(path, known, choice)
        return text, _head(text)
    return _sheet(open_workbook(path) if kind is Kind.XLSX else open_biff(path), known, choice)


def _head(source: Source) -> list[Row]:
    with closing(source.rows()) as rows:
        return list(islice(rows, HEADING_WITHIN))


def _sheet(sheets: Sequence[Source], known: Known, choice: Choice) -> tuple[Source, list[Row]]:
    """The chosen sheet, else the first visible one with a heading row, else the first that holds anything."""
    names = sheets[0].guess.sheets if sheets else ()
    wanted = [place for place, name in enumerate(names) if name == choice.sheet] or range(len(names))
    best: tuple[Source, list[Row]] | None = None
    for place in wanted:
        source = sheets[place]
        head = _head(source)
        found = find_heading(head, known)
        if head and (found or best is None):
            source.guess = replace(source.guess, sheet=names[place])
            best = source, head
        if found:
            break
    if best is None:
        raise Unreadable("empty")
    return best


def _heading(source: Source, head: list[Row], known: Known, chosen: int | None) -> Row | None:
    if chosen == 0:
        return None
    if chosen:
        rows = head if chosen <= head[-1].number else source.rows()
        return next((row for row in rows if row.number == chosen), None)
    found = find_heading(head, known)
    return found[0] if found else None
