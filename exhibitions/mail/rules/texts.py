"""The words of a kind of message: plain text with places like {name}, filled from a fixed list and nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta, Struct

from exhibitions.core.errors import N_, Refused
from exhibitions.mail.rules import Message, one_line
from exhibitions.mail.rules.texting import LONGEST_SHORT

LONGEST_SUBJECT = 120
LONGEST_BODY = 1500
"""In characters: with a link and a subject it still fits into one WeChat message."""

# Every place that a text may have, and what stands there.
PLACES: dict[str, str] = {
    "name": N_("Name of the person"),
    "company": N_("Company"),
    "class": N_("Class of visitor"),
    "number": N_("Number of the badge"),
    "day": N_("Planned day of the visit"),
    "link": N_("The person's own link to the badge"),
    "fair": N_("Name of the fair"),
    "days": N_("First to last day of the fair"),
    "venue": N_("Venue"),
    "address": N_("Address of the venue"),
    "hotline": N_("Hotline"),
    "page": N_("Address of the page to register"),
    "message": N_("What the organiser adds"),
    "reference": N_("Number of the application to exhibit"),
    "centre": N_("The company's own link to its pages"),
    "main": N_("Main exhibitor of the stand"),
    "award": N_("Name of the award"),
    "product": N_("Product that was entered in the award"),
    "entry": N_("Number of the award entry"),
    "complaint": N_("Number of the complaint"),
    "decision": N_("What was decided"),
    "until": N_("Until when it can be answered"),
    "agreements": N_("Where the person may agree to more, or take it back"),
}
# A subject is shown on locked screens (P19): only what says nothing about the person.
IN_SUBJECTS = frozenset({"fair", "days", "venue"})
# What takes several lines, or an address of its own: too long to be paid for by the part.
NOT_IN_SHORT = frozenset({"message", "agreements"})
_PLACE = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True)
class Words:
    """Subject and text of a message, with places; `short` is what a text message says instead of both."""

    subject: str
    body: str
    short: str = ""


def places_in(text: str) -> list[str]:
    """The names between braces in `text`, in their order, each once."""
    return list(dict.fromkeys(_PLACE.findall(text)))


class MessageWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fair's own words for a kind of message, as its document has them; what is empty keeps those of the product."""

    kind: Annotated[str, Meta(max_length=64)]
    subject_zh: Annotated[str, Meta(max_length=LONGEST_SUBJECT)] = ""
    subject_en: Annotated[str, Meta(max_length=LONGEST_SUBJECT)] = ""
    body_zh: Annotated[str, Meta(max_length=LONGEST_BODY)] = ""
    body_en: Annotated[str, Meta(max_length=LONGEST_BODY)] = ""
    short_zh: Annotated[str, Meta(max_length=LONGEST_SHORT)] = ""
    short_en: Annotated[str, Meta(max_length=LONGEST_SHORT)] = ""


def check_words(words: Words, allowed: Collection[str], needed: Collection[str] = ()) -> None:
    """Raise `Refused` that names the place: one that this kind of message does not fill, one that is missing in the
    body, or one about a person in the subject. A text message, where there is one, has the same places, in one line."""
    _check_short(words.short, allowed, needed)
    for name in places_in(words.subject):
        if name not in IN_SUBJECTS:
            raise Refused("place_in_subject", N_("{%(name)s} cannot stand in a subject"), name=name)
    for name in places_in(words.body):
        if name not in allowed:
            raise Refused("place_unknown", N_("{%(name)s} is not filled in this message"), name=name)
    for name in needed:
        if name not in places_in(words.body):
            raise Refused("place_missing", N_("Put {%(name)s} into the text"), name=name)


def _check_short(short: str, allowed: Collection[str], needed: Collection[str]) -> None:
    for name in places_in(short):
        if name not in allowed or name in NOT_IN_SHORT:
            raise Refused("place_in_short", N_("{%(name)s} is not filled in a text message"), name=name)
    for name in needed:
        if short and name not in NOT_IN_SHORT and name not in places_in(short):
            raise Refused("short_missing", N_("Put {%(name)s} into the text message"), name=name)


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its places filled, once: what a value brings along in braces stays as it is.

    A line whose places are all empty is left out, so that nobody reads "Hotline:" with nothing behind; a paragraph of it
    alone goes with the empty line behind it. Values are one line each, but for {message}.
    """
    lines: list[str] = []
    was_left_out = False
    for line in text.split("\n"):
        if _is_idle(line, values):
            was_left_out = True
            continue
        if not (was_left_out and not line and lines and not lines[-1]):
            lines.append(_filled(line, values))
        was_left_out = False
    return "\n".join(lines)


def message_of(words: Words, values: Mapping[str, str], unsubscribe_url: str = "") -> Message:
    """The message that is sent."""
    short = one_line(fill(words.short, values))
    return Message(
        fill(words.subject, values), fill(words.body, values).strip() + "\n", unsubscribe_url, short
    )


def wechat_text(message: Message) -> str:
    """The same as one text to paste into a chat."""
    return f"{message.subject}\n\n{message.text.strip()}"


def _is_idle(line: str, values: Mapping[str, str]) -> bool:
    names = places_in(line)
    return bool(names) and all(values.get(name) == "" for name in names)


def _filled(line: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: _value(place[1], place[0], values), line)


def _value(name: str, as_written: str, values: Mapping[str, str]) -> str:
    if name not in values:
        return as_written
    return values[name] if name == "message" else one_line(values[name])
