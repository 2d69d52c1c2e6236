"""The states of a registration, when a fair takes registrations, and what a person may be called."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from exhibitions.core.contact import clean_code, clean_name, normal_email, normal_phone
from exhibitions.core.errors import N_, Refused

LONGEST_NAME = 100
LONGEST_COMPANY = 200
LONGEST_MESSAGE = 1000
_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
# What a formula begins with (IR10), what no letter is, and what a broken encoding leaves behind.
_FORMULA = ("=", "@")
_NO_LETTERS = frozenset({"Cc", "Cs", "Cn", "Co"})
_REPLACEMENT = "\ufffd"


class State(enum.StrEnum):
    """Where a registration stands (ux.md §6; visited is read from the badge's days)."""

    WAITING = "waiting"
    REGISTERED = "registered"
    CANCELLED = "cancelled"
    REFUSED = "refused"


ALIVE = frozenset({State.WAITING, State.REGISTERED})
VISITED = "visited"
SHOWN_STATES = ("waiting", "registered", "visited", "cancelled", "refused")
"""The states that people see and filter by, in the order of ux.md §6."""


class Channel(enum.StrEnum):
    """By which door a registration came in."""

    ONLINE = "online"
    POSTER = "poster"
    DESK = "desk"
    IMPORT = "import"
    COMPANION = "companion"


class Opening(Protocol):
    """What of a fair decides whether it takes registrations."""

    @property
    def registration_opens_at(self) -> datetime | None:
        """The first moment at which the form is open; None: no beginning."""

    @property
    def registration_closes_at(self) -> datetime | None:
        """The moment at which the form closes; None: no end."""

    @property
    def capacity(self) -> int | None:
        """How many living registrations there may be; None: no limit."""


class OpenState(enum.StrEnum):
    """Whether the public form of a fair is open."""

    NOT_YET = "not_yet"
    OPEN = "open"
    CLOSED = "closed"
    FULL = "full"
    OVER = "over"


@dataclass(frozen=True)
class Moment:
    """A moment as the fair sees it: aware UTC, the fair's own day, and the days on which visitors come."""

    now: datetime
    today: date
    days: Sequence[date]

    @property
    def to_come(self) -> list[date]:
        """The visitors' days from today on."""
        return [day for day in self.days if day >= self.today]


def shown_state(state: State, came: bool) -> str:
    """The word for a registration: one that came in at a gate has visited, whatever became of it afterwards."""
    return VISITED if came else state.value


def ended_state(state: State, came: bool) -> str:
    """What became of somebody who had come in: cancelled or refused afterwards; "" when the shown state says it all."""
    return state.value if came and state not in ALIVE else ""


def open_state(fair: Opening, alive: int, now: datetime) -> OpenState:
    """Whether a fair with `alive` living registrations takes another one at `now`; [opens, closes)."""
    if fair.registration_opens_at is not None and now < fair.registration_opens_at:
        return OpenState.NOT_YET
    if fair.registration_closes_at is not None and now >= fair.registration_closes_at:
        return OpenState.CLOSED
    if fair.capacity is not None and alive >= fair.capacity:
        return OpenState.FULL
    return OpenState.OPEN


def form_state(fair: Opening, alive: int, moment: Moment, *, on_site: bool) -> OpenState:
    """Whether the public form takes another person: never after the last day.

    On site, on a day of the fair, the hours of pre-registration do not count; its limit does.
    """
    if moment.days and not moment.to_come:
        return OpenState.OVER
    if on_site and moment.today in moment.days:
        full = fair.capacity is not None and alive >= fair.capacity
        return OpenState.FULL if full else OpenState.OPEN
    return open_state(fair, alive, moment.now)


def checked_name(text: str) -> str:
    """A person's name as it is kept (IR3). Raises `Refused`: missing, not text (F18), a formula (IR10), too long."""
    name = _checked(text)
    if not name:
        raise Refused("name_missing", N_("Enter your name"))
    if len(name) > LONGEST_NAME:
        raise Refused("name_long", N_("Enter a name of at most %(most)s characters"), most=LONGEST_NAME)
    return name


def checked_company(text: str) -> str:
    """A company's name as it is kept, or ""; raises `Refused` like `checked_name`."""
    company = _checked(text)
    if len(company) > LONGEST_COMPANY:
        raise Refused(
            "company_long", N_("Enter a company name of at most %(most)s characters"), most=LONGEST_COMPANY
        )
    return company


def checked_message(text: str) -> str:
    """What is told to who was approved or refused, as it is kept: lines of text, or ""; raises `Refused` for too much."""
    kept = "\n".join(clean_name(line) for line in text.splitlines()).strip()
    if len(kept) > LONGEST_MESSAGE:
        raise Refused("message_long", N_("Enter at most %(most)s characters"), most=LONGEST_MESSAGE)
    return kept


def _checked(text: str) -> str:
    kept = clean_name(text)
    if kept.startswith(_FORMULA):
        raise Refused("formula_text", N_("A name cannot begin with = or @"))
    if any(letter == _REPLACEMENT or unicodedata.category(letter) in _NO_LETTERS for letter in text.strip()):
        raise Refused("text_invalid", N_("This has characters that cannot be printed. Type it again"))
    return kept


def checked_phone(text: str) -> str:
    """A mobile number in E.164 (IR4); raises `Refused` when it is missing or none (wording: ux.md §11)."""
    if not clean_code(text):
        raise Refused("phone_missing", N_("Enter your mobile number"))
    number = normal_phone(text)
    if number is None:
        raise Refused("phone_invalid", N_("Enter a mobile number like 138 0013 8000 or +82 10 1234 5678"))
    return number


def checked_email(text: str) -> str:
    """An e-mail address in small letters (IR5); raises `Refused` when it is missing or none."""
    if not clean_code(text):
        raise Refused("email_missing", N_("Enter your e-mail address"))
    address = normal_email(text)
    if address is None:
        raise Refused("email_invalid", N_("Enter an e-mail address like name@example.org"))
    return address


SOURCE_TEXTS = {
    "wechat": N_("WeChat"),
    "association": N_("Association"),
    "exhibitor": N_("Invited by an exhibitor"),
}
"""The words of source links that every fair uses; the others are the organiser's own and stay as they are."""


def source_text(word: str) -> tuple[str, str]:
    """What a source word is called (an English message id), and its running number ("association-7" → "7") or ""."""
    known, _, number = word.partition("-")
    if known in SOURCE_TEXTS and (number.isdigit() or not number):
        return SOURCE_TEXTS[known], number
    return word, ""


def source_word(text: str | None) -> str:
    """The word of a source link (`wechat-7`), or "" when it is none: letters, digits, - and _, 64 at most."""
    return text if text is not None and _SOURCE.fullmatch(text) else ""
