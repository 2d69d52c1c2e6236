"""Somebody whom several rooms know: by what they are the same person, and their words taken out of free texts (P7, P9)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from exhibitions.core.sameness import same_key

GONE = "…"
"""What stands in a text where somebody was named."""
_SHORTEST_NAME = 2
_CHINA = "+86"


@dataclass(frozen=True)
class Somebody:
    """A person by name and by all the numbers (E.164) and addresses (small letters) that reach them."""

    name: str
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()

    @classmethod
    def of(cls, name: str, phone: str | None = None, email: str | None = None) -> Somebody:
        """Whoever a row names."""
        return cls(name, frozenset(filter(None, [phone])), frozenset(filter(None, [email])))

    def is_called(self, kept: str) -> bool:
        """Whether a row with this name, that one of the numbers or addresses has found, is about them.

        A number may be shared by colleagues: of another name is somebody else. Nobody's name is everybody's.
        """
        return not kept or same_key(kept) == same_key(self.name)

    def has_name(self, kept: str) -> bool:
        """Whether a name that stands without number or address is theirs."""
        return bool(self.name) and same_key(kept) == same_key(self.name)

    def reached(self, phone: Any, email: Any = None) -> sa.ColumnElement[bool]:
        """Which rows one of the numbers or addresses stands in, by the columns of both."""
        asked = [phone.in_(self.phones)] if self.phones else []
        if email is not None and self.emails:
            asked.append(email.in_(self.emails))
        return sa.or_(sa.false(), *asked)

    def taken_out(self, text: str) -> str:
        """A text without the name, the numbers and the addresses; empty where nothing else was said.

        A name of one letter is not looked for: it would be found in other words.
        """
        left = text
        for pattern in self._patterns():
            left = re.sub(pattern, GONE, left, flags=re.IGNORECASE)
        return "" if left.strip() == GONE else left

    def _patterns(self) -> list[str]:
        found = [rf"(?<![\w.+-]){re.escape(each)}(?![\w-])" for each in sorted(self.emails)]
        found += [_number(each) for each in sorted(self.phones)]
        letters = "".join(self.name.split())
        if len(letters) >= _SHORTEST_NAME:
            name = r"\s*".join(map(re.escape, letters))
            found.append(rf"(?<!\w){name}(?!\w)" if self.name.isascii() else name)
        return found


def _number(phone: str) -> str:
    """A number in any of the ways in which it is written: with or without its country, with blanks and dashes."""
    is_chinese = phone.startswith(_CHINA)
    digits = phone.removeprefix(_CHINA) if is_chinese else phone.removeprefix("+")
    start = r"(?:\+?86[\s-]*|0)?" if is_chinese else r"\+?"
    return rf"(?<!\d){start}" + r"[\s()-]*".join(digits) + r"(?!\d)"


@dataclass(frozen=True)
class Seen:
    """A row that is about somebody: its kind and number, what it says of them, of which company and in which fair."""

    kind: str
    id: int
    name: str
    phone: str | None
    email: str | None
    company: str
    expo_id: int | None = None
