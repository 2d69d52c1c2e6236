"""Lengths in characters that people see (Unicode's extended grapheme clusters), not in code points or bytes."""

from __future__ import annotations

import unicodedata

import regex

from exhibitions.core.contact import UNSEEN

_CLUSTER = regex.compile(r"\X")
_JOINED = {code: gone for code, gone in UNSEEN.items() if code != 0x200D}


def seen(text: str) -> list[str]:
    """The characters of a text as a reader counts them: a rare Han, an emoji of a family, é in two parts are one each.

    What nobody sees (directions, zero-width marks) is none, nor is a line's end.
    """
    text = unicodedata.normalize("NFC", text).translate(_JOINED)
    return [one for one in _CLUSTER.findall(text) if one not in ("\r\n", "\n", "\r", "\u200d")]


def seen_length(text: str) -> int:
    """How many characters a reader sees."""
    return len(seen(text))
