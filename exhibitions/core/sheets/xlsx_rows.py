"""The rows of a sheet as XLSX writes them, a few hundred at a time: texts as texts, so that nothing in them can run.

A cell is a tenth of what a library for spreadsheets spends on it, because all that a cell can be is known here: a text,
a number, a day.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice

Value = str | int | float | Decimal | date | datetime | time | None

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""Full-width signs begin a formula in a spreadsheet of East Asia (OWASP, CSV injection)."""
LONGEST_CELL = 32_767
MOST_ROWS = 1_048_576
_BATCH = 500
# Day 0 of Excel, as far as days behind the 29 February 1900 go that it believes in.
_DAY_0 = date(1899, 12, 30)
_FIRST_DAY = date(1900, 3, 1)
# Controls that XML has no way to write, and halves of letters; behind the underscore may stand what reads as one.
_HARD = "&<>_\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff"
# What is written as it stands. Nearly every cell is that, and looking once is all that it costs.
_EASY = re.compile(rf"[^=+\-@＝＋－＠\s{_HARD}](?:[^{_HARD}]{{0,16000}}[^\s{_HARD}])?")
_READS_AS_CONTROL = re.compile("_(?=x[0-9a-fA-F]{4}_)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")
_IMPOSSIBLE = re.compile("[\ud800-\udfff\ufffe\uffff]")


def safe_text(value: str) -> str:
    """Text that no spreadsheet takes for a formula: a leading = + - @ (full width too), tab or CR gets an apostrophe before it."""
    return f"'{value}" if value.startswith(DANGEROUS) else value


def plain_text(value: Value) -> str:
    """A value as text. Numbers and days are ours and stay as they are; only text can be hostile."""
    if value is None:
        return ""
    if isinstance(value, str):
        return safe_text(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return str(value)


def rows_as_xml(rows: Iterable[Sequence[Value]], day_style: int) -> Iterator[bytes]:
    """The `row` elements of these rows, the first being row 1; `day_style` is the number of the style of days.

    Empty values make no cell. Rows that no sheet can hold are left out.
    """
    letters: list[str] = []
    rows = islice(rows, MOST_ROWS)
    number = 0
    while batch := list(islice(rows, _BATCH)):
        parts: list[str] = []
        for row in batch:
            number += 1
            parts.append(f'<row r="{number}">')
            while len(letters) < len(row):
                letters.append(column_letters(len(letters)))
            for letter, value in zip(letters, row, strict=False):
                if value.__class__ is str and _EASY.fullmatch(value):
                    parts.append(f'<c r="{letter}{number}" t="inlineStr"><is><t>{value}</t></is></c>')
                elif value is not None and value != "":
                    parts.append(f'<c r="{letter}{number}"{_typed(value, day_style)}</c>')
            parts.append("</row>")
        yield "".join(parts).encode()


def column_letters(place: int) -> str:
    """What a sheet calls its columns: 0 is A, 25 Z, 26 AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _typed(value: Value, day_style: int) -> str:
    """What is in a cell, behind its place."""
    if isinstance(value, bool | int | float | Decimal):
        if not math.isfinite(value):
            return ' t="e"><v>#NUM!</v>'
        return f"><v>{value:.16G}</v>"
    if isinstance(value, date) and not isinstance(value, datetime) and value >= _FIRST_DAY:
        return f' s="{day_style}"><v>{(value - _DAY_0).days}</v>'
    return f' t="inlineStr"><is><t xml:space="preserve">{_escaped(plain_text(value))}</t></is>'


def _escaped(text: str) -> str:
    """A text of at most what a cell holds, as it stands in XML; controls as Excel writes them."""
    text = _READS_AS_CONTROL.sub("_x005F_", _IMPOSSIBLE.sub("\ufffd", text[:LONGEST_CELL]))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
