"""Whether a row of a file that somebody uploaded is about a person: asked when that person is erased (P9)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_LEAST_DIGITS = 7
_LONGEST_COUNTRY = 3


@dataclass(frozen=True, slots=True)
class Probe:
    """What a person is known by: number (E.164) and address, either may be empty; the name alone tells nobody apart."""

    phone: str = ""
    email: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not (self.phone or self.email)


def is_about(cells: Iterable[str], probe: Probe) -> bool:
    """Whether a cell holds the person's number, in whatever spelling, or address.

    A number that is written without its country is the same number.
    """
    for cell in cells:
        text = unicodedata.normalize("NFKC", cell)
        if probe.email and probe.email in text.casefold():
            return True
        if probe.phone and _holds_number(text, probe.phone):
            return True
    return False


def _holds_number(text: str, phone: str) -> bool:
    digits = "".join(character for character in text if character.isdecimal())
    whole = phone.removeprefix("+")
    national = (whole[cut:] for cut in range(_LONGEST_COUNTRY + 1))
    return any(len(part) >= _LEAST_DIGITS and part in digits for part in national)
