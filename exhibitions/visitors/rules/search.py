"""What a search compares: one line of text for each person, and how a typed question is read.

A person is found by name, company, pinyin, the initials of the pinyin, the end of the phone number and the e-mail
address. The line is made once, when the person is stored; a question is a few `LIKE` over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from exhibitions.core.pinyin import reading
from exhibitions.visitors.rules.contact import clean_code, clean_name, normal_phone

LONGEST_QUESTION = 160
LEAST_DIGITS = 3
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
    return " ".join(parts)


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
