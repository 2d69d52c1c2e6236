"""Text messages (SMS): what a sender of them promises, and how many parts a text takes.

A sender is a plug-in: the office chooses the provider, the product knows none. docs/operations.md shows a whole one.
"""

from __future__ import annotations

import enum
import re
from typing import Protocol, runtime_checkable

LONGEST_SHORT = 200
"""Characters that the words of a text message may have, with their places."""
MOST_PARTS = 6
"""A message never takes more, because each one is paid for."""
MOST_A_DAY = 10
"""Messages to one number in 24 hours, in all fairs together: what is above that is told by people."""

_HINT = "…"
_SECRET = "x" * 32

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = frozenset("\f^{}\\[~]|€")
_NUMBER = re.compile(r"\+[1-9][0-9]{7,14}")


class Permanent(enum.StrEnum):
    """Why a provider will never send a message."""

    NUMBER = "number"
    TEXT = "text"


class Passing(enum.StrEnum):
    """Why a provider has not sent a message now."""

    ACCESS = "access"
    CREDIT = "credit"
    BUSY = "busy"
    UNREACHABLE = "unreachable"


class RefusedForGood(Exception):
    """The provider said that it never sends this message: the number takes none, or its text is not allowed."""

    def __init__(self, why: Permanent | str = Permanent.NUMBER) -> None:
        super().__init__(str(why))
        self.why = Permanent(why)


class TryLater(Exception):
    """The message certainly did not leave, and may later: wrong key, no credit left, too many at once, no connection."""

    def __init__(self, why: Passing | str = Passing.BUSY) -> None:
        super().__init__(str(why))
        self.why = Passing(why)


@runtime_checkable
class TextSender(Protocol):
    """A plug-in that hands text messages to a provider. SMS_SENDER names what makes one, without arguments.

    `name` is what the pages call it. `drops_repeats` promises that the provider sends a `message_id` once, however
    often it is handed over: then a message in doubt is handed over again, else people decide.
    """

    name: str
    drops_repeats: bool

    def send(self, phone: str, text: str, message_id: str) -> None:
        """Return when the provider has taken one text for one number (E.164, like +8613800138000).

        `message_id` is 32 letters of its own, the same whenever this message is tried again. Raises `RefusedForGood` or
        `TryLater`; anything else means that nobody knows whether it left. It may be called from several threads at
        once, is given up after 30 seconds, and keeps number and text out of every log.
        """


def is_number(phone: str) -> bool:
    """Whether this is one number in E.164: nothing else is ever handed to a provider."""
    return bool(_NUMBER.fullmatch(phone))


def parts_of(text: str) -> int:
    """How many parts a provider sends and counts: 160 letters of the basic alphabet fit into one, and 70 as soon as one
    letter is not of it, as in Chinese; of several parts each holds 153 or 67. No text, no part.
    """
    if all(letter in _BASIC or letter in _ESCAPED for letter in text):
        sizes, alone, room = [2 if letter in _ESCAPED else 1 for letter in text], 160, 153
    else:
        sizes, alone, room = [2 if ord(letter) > 0xFFFF else 1 for letter in text], 70, 67
    if sum(sizes) <= alone:
        return 1 if text else 0
    parts, left = 1, room
    for size in sizes:
        # What takes two places is never torn apart.
        if size > left:
            parts, left = parts + 1, room
        left -= size
    return parts


def parts_of_preview(text: str) -> int:
    """The same for a preview, in which `…` stands for what makes a link the person's own."""
    return parts_of(text.replace(_HINT, _SECRET))
