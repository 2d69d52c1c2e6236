"""What may lie on a floor plan, and how a stand is called (exhibitors-stands.md §2.6 and §3)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from exhibitions.core.errors import N_

LONGEST_NUMBER = 16
"""Characters of a stand number."""

_NUMBER = re.compile(r"(?=.*\d)[0-9A-Z](?:[0-9A-Z]|[.\-](?=[0-9A-Z]))*")
_PARTS = re.compile(
    r"(?P<hall>\d{1,2}(?:\.\d{1,2})?)?(?P<aisle>[A-Z]{1,3})(?P<number>\d{1,4}(?:-\d{1,4})?)[A-Z]?"
)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−ー－"), "-")
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_LAST_DIGITS = re.compile(r"(.*?)([0-9]{1,6})")
_PIECES = re.compile(r"[0-9]+|[^0-9]+")
_NO_LETTERS = re.compile(r"[^a-z\u4e00-\u9fff]+")


class StandKind(StrEnum):
    """How a stand is sold (§2.1, §2.4); whether it lies outdoors is its hall's."""

    SHELL = "shell"
    UPGRADED = "upgraded"
    RAW = "raw"


class ShapeKind(StrEnum):
    """What else lies on a plan (§3); statistics ask which of it is exhibition (SP-2, SP-5, SP-6)."""

    SPECIAL = "special"
    SERVICE = "service"
    STAGE = "stage"
    CATERING = "catering"
    RESTAURANT = "restaurant"
    OFFICE = "office"
    STORAGE = "storage"
    COLUMN = "column"
    EXIT = "exit"
    HYDRANT = "hydrant"
    UTILITY = "utility"
    FORBIDDEN = "forbidden"
    AISLE = "aisle"


UNDER_A_STAND = frozenset({ShapeKind.COLUMN, ShapeKind.UTILITY})
"""A stand may stand around a column and over a supply point; it may cross nothing else that is drawn."""

NO_OBSTACLE = frozenset({ShapeKind.AISLE, ShapeKind.EXIT})
"""People walk over these: a side that looks on them stays open."""

KIND_WORDS = {
    StandKind.SHELL: N_("Shell scheme"),
    StandKind.UPGRADED: N_("Upgraded shell scheme"),
    StandKind.RAW: N_("Raw space"),
}

SHAPE_WORDS = {
    ShapeKind.SPECIAL: N_("Special show"),
    ShapeKind.SERVICE: N_("Service point"),
    ShapeKind.STAGE: N_("Stage"),
    ShapeKind.CATERING: N_("Catering"),
    ShapeKind.RESTAURANT: N_("Restaurant"),
    ShapeKind.OFFICE: N_("Office"),
    ShapeKind.STORAGE: N_("Storage"),
    ShapeKind.COLUMN: N_("Column"),
    ShapeKind.EXIT: N_("Exit"),
    ShapeKind.HYDRANT: N_("Hydrant"),
    ShapeKind.UTILITY: N_("Supply point"),
    ShapeKind.FORBIDDEN: N_("Keep free"),
    ShapeKind.AISLE: N_("Gangway"),
}

_KIND_NAMES = {
    StandKind.SHELL: "shell|shellscheme|standard|标准展位|标准展台|标展|标摊|조립부스|기본부스",
    StandKind.UPGRADED: "upgraded|upgradedshellscheme|premium|升级标准展位|升级标展|变异标展|精装标展|豪华标展|升级展位",
    StandKind.RAW: "raw|rawspace|spaceonly|光地|光地展位|特装|特装展位|空地|室内光地|室外光地|독립부스",
}
# What stands in brackets behind a word of our own: 标准展位（标摊）.
_REMARK = re.compile(r"[(\[].*?[)\]]")
_KINDS = {name: kind for kind, names in _KIND_NAMES.items() for name in names.split("|")}


@dataclass(frozen=True, slots=True)
class Parts:
    """A number taken apart: 9.2B29 is stand 29 in aisle B of hall 9.2."""

    hall: str
    aisle: str
    number: str


def normal_number(text: str) -> str:
    """The one spelling of a stand number: half-width capitals without blanks, one kind of dash."""
    wide = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return re.sub(r"\s+", "", wide).upper()


def number_fits(number: str) -> bool:
    """Whether a number in its normal spelling is one: letters and digits, at least one digit, single dots or dashes
    between them, at most 16 characters."""
    return len(number) <= LONGEST_NUMBER and _NUMBER.fullmatch(number) is not None


def parts_of(number: str) -> Parts | None:
    """Hall, aisle and number of `number` in its normal spelling, None where it is not built like 9.2B29 or A01-03."""
    found = _PARTS.fullmatch(number)
    return Parts(found["hall"] or "", found["aisle"], found["number"]) if found else None


def search_key(text: str) -> str:
    """What two spellings of a number have in common, so that a1 finds A01 and 9.2 b 29 finds 9.2B29."""
    return _ZEROS.sub("", normal_number(text))


def nearest_number(number: str, known: Collection[str]) -> str:
    """Which of the known numbers is meant most likely by one that none has, "" where none is known.

    The same but for leading zeros, else the next in the same row (A97 for A99), else the one written most alike.
    """
    wanted, key = normal_number(number), search_key(number)
    alike = [one for one in known if search_key(one) == key]
    found = _LAST_DIGITS.fullmatch(wanted)
    row = [
        (split, one)
        for one in known
        if (split := _LAST_DIGITS.fullmatch(one)) and found and split[1] == found[1]
    ]
    if alike:
        return min(alike, key=order_of)
    if row and found:
        return min(row, key=lambda each: (abs(int(each[0][2]) - int(found[2])), order_of(each[1])))[1]
    return max(known, key=lambda one: (SequenceMatcher(None, wanted, one).ratio(), one), default="")


def free_number(number: str, used: Collection[str]) -> bool:
    """Whether a number may be given to a stand; `used` holds all numbers of the edition, those of its published
    versions too: a number is never used again (§3 rule 5)."""
    return number not in used


def number_after(number: str, used: Collection[str]) -> str:
    """The next free number of the row that `number` stands in: A09 is followed by A10; "" where it ends with no digit
    or nothing fits any more."""
    found = _LAST_DIGITS.fullmatch(number)
    if found is None:
        return ""
    # Among one number more than are used, one is free.
    counts = range(int(found[2]) + 1, int(found[2]) + 2 + len(used))
    named = (f"{found[1]}{count:0{len(found[2])}d}" for count in counts)
    after = next(one for one in named if one not in used)
    return after if number_fits(after) else ""


def order_of(number: str) -> tuple[tuple[int, int, str], ...]:
    """By what stand numbers are sorted as people count: A2 before A10."""
    return tuple(
        (0, int(piece), "") if piece.isdigit() else (1, 0, piece) for piece in _PIECES.findall(number)
    )


def kind_of(text: str) -> StandKind | None:
    """The kind of stand that a word of a table means; nothing means a shell scheme, an unknown word None."""
    bare = _REMARK.sub("", unicodedata.normalize("NFKC", text))
    word = "".join(bare.split()) if _hangul(bare) else _NO_LETTERS.sub("", bare.lower())
    return _KINDS.get(word) if text.strip() else StandKind.SHELL


def _hangul(text: str) -> bool:
    return any("\uac00" <= letter <= "\ud7a3" for letter in text)
