"""What a search compares: one line of text for each person, and how a typed question is read.

A person is found by name, company, pinyin, the initials of the pinyin, the end of the phone number and the e-mail
address. The line is made once, when the person is stored; a question is a few `LIKE` over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from exhibitions.core.contact import clean_code, clean_name, normal_phone
from exhibitions.core.pinyin import reading, sort_key

LONGEST_QUESTION = 160
LEAST_DIGITS = 3
SEARCH_BYTES = 1_600
"""How long a line may be in UTF-8. An index holds it, and PostgreSQL's take no entry above 2,700 bytes."""
SORT_LENGTH = 60
END = ";"
"""Stands behind a phone number, so that the end of one is told from its middle."""

_MOST_WORDS = 6
_SEPARATORS = dict.fromkeys(map(ord, " -–—.()+"))

# Family names that are read otherwise than the same letter elsewhere.
_FAMILY_NAMES = {
    "单": "shan",
    "曾": "zeng",
    "仇": "qiu",
    "区": "ou",
    "查": "zha",
    "朴": "piao",
    "解": "xie",
    "盖": "ge",
    "尉": "yu",
    "翟": "zhai",
    "覃": "qin",
    "乐": "yue",
    "缪": "miao",
    "宓": "fu",
    "冼": "xian",
    "种": "chong",
    "召": "shao",
}


@dataclass(frozen=True)
class Question:
    """A typed question: words that must all be in the line, or a number that is meant as a whole.

    `words` are small letters without blanks inside. `phone` is E.164. `digits` are only digits (an end of a phone
    number or a badge number), else empty.
    """

    words: tuple[str, ...]
    phone: str | None
    digits: str


def search_line(name: str, company: str, phone: str | None, email: str | None) -> str:
    """The line that searches compare, in small letters: names, pinyin, initials, phone number, e-mail address."""
    parts = [name.casefold(), *_sounds(name, family=True)]
    if company:
        parts += [company.casefold(), *_sounds_of_company(company)]
    if phone:
        parts.append(phone.removeprefix("+") + END)
    if email:
        parts.append(email)
    line = " ".join(parts)
    # Only texts of hundreds of Han are longer; their sounds give way, never what a person is reached by.
    if len(line) * 4 <= SEARCH_BYTES or len(line.encode()) <= SEARCH_BYTES:
        return line
    reached = " ".join(part for part in (phone and phone.removeprefix("+") + END, email) if part)
    words = f"{name.casefold()} {company.casefold()}"
    return f"{_cut(words, SEARCH_BYTES - len(reached.encode()) - 1)} {reached}"


def found_by(name: str, company: str, phone: str | None, email: str | None) -> dict[str, str]:
    """The columns of a registration by which it is found and sorted."""
    return {
        "search": search_line(name, company, phone, email),
        "sort_name": _sort_text(name, family=True),
        "sort_company": _sort_text_of_company(company),
    }


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")


def _sort_text(text: str, *, family: bool) -> str:
    """A text by which both engines sort as people read: wang2 min3 before wang2 qi2, Lee by its letters."""
    sounds = sort_key(text[:SORT_LENGTH])
    if family and text[:1] in _FAMILY_NAMES:
        sounds[0] = f"{_FAMILY_NAMES[text[0]]}4"
    return "".join(f"{sound} " if len(sound) > 1 else sound for sound in sounds)[:SORT_LENGTH]


@lru_cache(maxsize=8192)
def _sort_text_of_company(text: str) -> str:
    return _sort_text(text, family=False)


def read_question(text: str) -> Question:
    """What is meant by a typed text; its first 160 characters count."""
    words = tuple(clean_name(text[:LONGEST_QUESTION]).casefold().split())[:_MOST_WORDS]
    digits = clean_code(text[:LONGEST_QUESTION]).translate(_SEPARATORS)
    is_number = digits.isascii() and digits.isdigit() and len(digits) >= LEAST_DIGITS
    return Question(words, normal_phone(text[:LONGEST_QUESTION]), digits if is_number else "")


def _sounds(text: str, *, family: bool) -> list[str]:
    """The pinyin of a text in one word and its initials; nothing for a text without Han."""
    if text.isascii():
        return []
    readings = [reading(letter) for letter in text]
    if not any(readings):
        return []
    if family and text[0] in _FAMILY_NAMES:
        readings[0] = _FAMILY_NAMES[text[0]]
    whole = "".join(
        sound or letter.casefold()
        for letter, sound in zip(text, readings, strict=True)
        if not letter.isspace()
    )
    return [whole, "".join(sound[0] for sound in readings if sound)]


@lru_cache(maxsize=8192)
def _sounds_of_company(text: str) -> list[str]:
    """Kept, because a list of people names the same companies over and over."""
    return _sounds(text, family=False)
