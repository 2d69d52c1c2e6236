"""A form that was opened before somebody else saved what it shows (ux B7): what changed meanwhile.

A page carries a mark of what its form was opened with: a short keyed hash of each value. A value that was changed
since then, and is not what is being sent, would be lost without a word; that is a difference. No clock and no column
of versions is asked, so nothing that changes a row by another way is missed, and a save that is sent twice is none.
"""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from exhibitions.core.errors import N_, Conflict

_TAG_BYTES = 6
_TAG_LETTERS = 8
Alike = Mapping[str, Callable[[str], str]]


@dataclass(frozen=True)
class Change:
    """A field that somebody else changed: its name, what is saved now, and what would have been saved over it.

    `touched` says whether the sender changed it too; else the sender only did not know of the change.
    """

    name: str
    touched: bool
    theirs: str = ""
    yours: str = ""
    label: str = ""


@dataclass(frozen=True)
class Newer:
    """What a stale form is told: who saved last (empty when that is unknown or not the reader's business), when, what."""

    by: str
    at: datetime | None
    changes: tuple[Change, ...]


class Stale(Conflict):
    """The form was opened before somebody else saved: nothing of it was carried out."""

    def __init__(self) -> None:
        super().__init__("form_stale", N_("Somebody else has changed this since you opened it."))


def plain(value: object, alike: Callable[[str], str] | None = None) -> str:
    """A value as a text that is the same for values that look the same in a form.

    Nothing, an empty text and an unticked box are one; so are line ends and runs of blanks of different kinds. `alike`
    brings together what one field takes for the same, like numbers with and without blanks.
    """
    if value is None or value is False:
        return ""
    if value is True:
        return "y"
    if isinstance(value, Enum):
        return plain(value.value, alike)
    if isinstance(value, list | tuple | set | frozenset):
        return "\x1f".join(sorted(plain(each, alike) for each in value))
    text = unicodedata.normalize("NFKC", str(value)).strip()
    text = "\n".join(" ".join(line.split()) for line in text.splitlines())
    return alike(text) if alike is not None else text


def mark(key: bytes, values: Mapping[str, object], alike: Alike | None = None) -> str:
    """The mark of these values by field: letters for an address or a hidden field, which tell nothing without `key`."""
    alike = alike or {}
    return "".join(_tag(key, name, plain(value, alike.get(name))) for name, value in values.items())


def differences(
    key: bytes,
    opened: str,
    now: Mapping[str, object],
    sent: Mapping[str, object],
    alike: Alike | None = None,
) -> list[Change]:
    """The fields of `now` that changed since the form got its mark `opened` and that `sent` would set otherwise.

    Without a mark nothing is known of what the sender saw, and nothing differs.
    """
    if not opened:
        return []
    alike, tags = alike or {}, set(_cut(opened))
    found = []
    for name, value in now.items():
        theirs, yours = (plain(each, alike.get(name)) for each in (value, sent.get(name)))
        if theirs != yours and _tag(key, name, theirs) not in tags:
            found.append(Change(name, touched=_tag(key, name, yours) not in tags))
    return found


def _cut(text: str) -> Iterable[str]:
    return (text[at : at + _TAG_LETTERS] for at in range(0, len(text), _TAG_LETTERS))


def _tag(key: bytes, name: str, text: str) -> str:
    content = f"{name}\x00{text}".encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(content, key=key, digest_size=_TAG_BYTES).digest()
    return base64.urlsafe_b64encode(digest).decode()
