"""Lists on a phone: each row of a table becomes a card in which every cell says what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, repeat

from markupsafe import Markup

_HEAD = re.compile(r"<thead\b.*?</thead>", re.DOTALL)
_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_HEADING = re.compile(r"<th\b.*?</th>", re.DOTALL)
_CELL = re.compile(r"<(t[dh])\b([^>]*)>(.*?)</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def labelled(rows: Markup) -> Markup:
    """The head, body and foot of a table of our own, each filled cell with the words of its heading as `data-label`.

    Takes and gives HTML. The table has one row of headings, and no cell that spans columns.
    """
    html = str(rows)
    head = _HEAD.search(html)
    if head is None:
        return rows
    labels = [
        " ".join(_TAG.sub("", heading).replace('"', "&#34;").split()) for heading in _HEADING.findall(head[0])
    ]
    body = _ROW.sub(lambda row: _row(row[0], labels), html[head.end() :])
    # The template has escaped all of it, and a heading's words go into its cells as they are.
    return Markup(html[: head.end()] + body)  # noqa: S704


def _row(row: str, labels: list[str]) -> str:
    left = chain(labels, repeat(""))
    return _CELL.sub(lambda cell: _cell(cell, left), row)


def _cell(cell: re.Match[str], labels: Iterator[str]) -> str:
    name, attributes, content = cell.groups()
    label = next(labels)
    if not label or not content.strip():
        return cell[0]
    return f'<{name} data-label="{label}"{attributes}>{content}</{name}>'
