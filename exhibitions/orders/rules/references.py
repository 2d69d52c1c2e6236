"""The reference that a payer writes into the note of a transfer, and how it is found there again.

`ZW` (展位), six digits and two check digits (ISO 7064 Mod 97,10), shown as `ZW004217-57`. Banks, finance programs and
people change what they copy: blanks, dashes, full-width letters, small letters, O for 0. All of it is forgiven; a wrong
digit or two that were swapped are not: the check digits tell, and the row is shown instead of booked.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from stdnum.iso7064 import mod_97_10

from exhibitions.core.contact import UNSEEN

PREFIX = "ZW"
DIGITS = 6
HIGHEST = 10**DIGITS - 1
_GAP = r"[\s\-_‐‑‒–—―−·./#*:]{0,3}"
# "No" may stand before the digits: NFKC writes № so.
_NO = rf"(?:NO{_GAP})?"
_DIGIT = "[0-9OQILSZ]"
# Behind the check digits stands no other: there the number would have been longer.
_FOUND = re.compile(rf"Z{_GAP}W{_GAP}{_NO}((?:{_DIGIT}{_GAP}){{{DIGITS + 1}}}{_DIGIT})(?![0-9])")
_LOOSE = re.compile(rf"Z{_GAP}W{_GAP}{_NO}[0-9][0-9A-Z]{{2,12}}")
_ALIKE = str.maketrans("OQILSZ", "001152")


@dataclass(frozen=True)
class Found:
    """What a note names: references whose check digits are right, and texts that were meant as one and are not."""

    references: tuple[str, ...]
    slips: tuple[str, ...]


def reference_of(number: int) -> str:
    """The reference of the order with this number, 1 to 999,999: `ZW00421757`."""
    if not 0 < number <= HIGHEST:
        raise ValueError(number)
    digits = f"{number:0{DIGITS}d}"
    return PREFIX + digits + mod_97_10.calc_check_digits(digits)


def shown(reference: str) -> str:
    """As people read it: `ZW004217-57`."""
    return f"{reference[:-2]}-{reference[-2:]}"


def is_right(reference: str) -> bool:
    """Whether the check digits are those of what stands before them."""
    return bool(mod_97_10.is_valid(reference.removeprefix(PREFIX)))


def typed(text: str) -> str | None:
    """The reference that a person typed or pasted in any usual form; None when it is none, or one with a slip."""
    found = find(text)
    return found.references[0] if len(found.references) == 1 and not found.slips else None


def find(note: str) -> Found:
    """Every reference in a bank's note, each once, in the order in which they stand."""
    text = unicodedata.normalize("NFKC", note).translate(UNSEEN).upper()
    good: dict[str, None] = {}
    bad: dict[str, None] = {}
    taken: list[tuple[int, int]] = []
    for match in _FOUND.finditer(text):
        reference = PREFIX + "".join(re.findall(_DIGIT, match[1])).translate(_ALIKE)
        if is_right(reference):
            good[reference] = None
        else:
            bad[match[0]] = None
        taken.append(match.span())
    for match in _LOOSE.finditer(text):
        if not any(start <= match.start() < end for start, end in taken):
            bad[match[0]] = None
    return Found(tuple(good), tuple(bad))


def new_reference(is_taken: Callable[[str], bool]) -> str:
    """A random reference that nothing has yet; it tells nobody how many orders there are.

    Raises `ValueError` where none is found in a hundred tries: the numbers are nearly used up.
    """
    for _try in range(100):
        found = reference_of(1 + secrets.randbelow(HIGHEST))
        if not is_taken(found):
            return found
    raise ValueError(HIGHEST)
