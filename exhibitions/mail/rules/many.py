"""Messages to many, whoever they are for: purpose, states, words (P20)."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from exhibitions.core.errors import N_, Refused
from exhibitions.mail.rules.texts import Words, check_words


class Purpose(enum.StrEnum):
    """Service is about the visit that the person has asked for; marketing needs consent and can be left."""

    SERVICE = "service"
    MARKETING = "marketing"


class State(enum.StrEnum):
    """Where a message to many is."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    STOPPED = "stopped"


STATE_TEXTS: dict[State, tuple[str, str]] = {
    State.DRAFT: (N_("Draft"), "plain"),
    State.SCHEDULED: (N_("Planned"), "wait"),
    State.SENDING: (N_("Being sent"), "wait"),
    State.SENT: (N_("Sent"), "good"),
    State.STOPPED: (N_("Stopped"), "off"),
}


def words_in(words: Mapping[str, Words], lang: str) -> Words:
    """The words for a reader of this language: the other one's where it has none."""
    own = words["zh" if lang == "zh" else "en"]
    other = words["en" if lang == "zh" else "zh"]
    return Words(own.subject or other.subject, own.body or other.body, own.short or other.short)


def check(words: Mapping[str, Words], places: Collection[str]) -> None:
    """Raise `Refused` unless there are a subject and a text in one language at least, with these places alone."""
    for each in words.values():
        check_words(each, places)
    if not any(each.subject and each.body for each in words.values()):
        raise Refused("words_missing", N_("Write a subject and a text in one language at least"))
    if any(bool(each.subject) != bool(each.body) for each in words.values()):
        raise Refused("words_half", N_("In each language, write both subject and text or neither"))


def check_moment(send_at: datetime, now: datetime) -> None:
    """Raise `Refused` unless `send_at` is to come, within a year."""
    if not now < send_at <= now + timedelta(days=366):
        raise Refused("send_at_wrong", N_("Choose a moment to come, within a year"))
