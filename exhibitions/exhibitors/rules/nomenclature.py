"""The lines by which a fair names products: pasted or typed as code, Chinese name, English name, one a line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from exhibitions.core.errors import N_, Refused
from exhibitions.exhibitors.rules.typed import checked_text

MOST_LINES = 500
LONGEST_LIST = 60_000
_BEHIND_CODE = re.compile(r"\s*[^\s,，;；|]+[^\S\t]*([\t|]|[;；]|[,，])")
_ALIKE = {";": ";；", "；": ";；", ",": ",，", "，": ",，"}
_CODE = re.compile(r"[0-9A-Za-z]+(?:[.\-][0-9A-Za-z]+)*")


def read_lines(text: str) -> list[tuple[str, str, str]]:
    """Code, Chinese and English name of each line, in their order; empty lines do not count.

    Raises `Refused` that names the line: no code, no name, a code twice, too many.
    """
    found: list[tuple[str, str, str]] = []
    known: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        code, zh, en = _line(line, number)
        if code in known:
            raise Refused("code_twice", N_("Line %(line)s: this code stands twice"), line=number)
        known.add(code)
        found.append((code, zh, en))
    if len(found) > MOST_LINES:
        raise Refused("lines_many", N_("At most %(most)s product categories"), most=MOST_LINES)
    return found


def _line(line: str, number: int) -> tuple[str, str, str]:
    code, *names = _parts(line)
    code = checked_text(code, 20)
    if not _CODE.fullmatch(code):
        raise Refused("code_missing", N_("Line %(line)s: begin with a code like 1.2"), line=number)
    zh, en = (checked_text(name, 100) for name in (*names, "", "")[:2])
    if not zh and not en:
        raise Refused("line_name", N_("Line %(line)s: a name is missing"), line=number)
    return code, zh, en


def _parts(line: str) -> list[str]:
    """Code and names, parted by the sign behind the code alone: a name may hold all the others."""
    found = _BEHIND_CODE.match(line)
    if found is None:
        return [line.strip()]
    signs = _ALIKE.get(found[1], found[1])
    return [part.strip() for part in re.split(f"[{re.escape(signs)}]", line, maxsplit=2)]


def written_lines(lines: Iterable[tuple[str, str, str]]) -> str:
    """Such lines as a text that `read_lines` reads back."""
    return "\n".join(("\t" if any("|" in part for part in line) else " | ").join(line) for line in lines)


def parent_of(code: str, codes: Iterable[str]) -> str:
    """The code under which another stands: the longest beginning that ends before a dot or dash; "" for none."""
    above = [other for other in codes if code.startswith((f"{other}.", f"{other}-"))]
    return max(above, key=len, default="")
