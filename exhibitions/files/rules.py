"""Which files may be handed out, what they are called, and how long they live."""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import datetime, timedelta

from exhibitions.audit.rules import Deeds, Page
from exhibitions.core.errors import N_

# What is handed out says one of these; nothing that a browser would run in our origin is among them.
CONTENT_TYPES = frozenset(
    {
        "application/pdf",
        "application/zip",
        "application/json",
        "application/octet-stream",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.ms-excel",
        "image/png",
        "image/jpeg",
        "image/webp",
        "text/csv",
        "text/plain",
        "text/calendar",
    }
)
# Personal exports die after a day (security-privacy.md P13).
EXPORT_LIFE = timedelta(hours=24)
# A file without a row may belong to a transaction that is still open; after this long it belongs to none.
ORPHAN_AGE = timedelta(hours=6)
_NAME_LONGEST = 120
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')


def new_path() -> str:
    """A random place for a file, relative to the storage folder: ab/cd/ and 28 more hexadecimal digits."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name[2:4]}/{name[4:]}"


def checked_type(content_type: str) -> str:
    """The content type without parameters, or plain bytes when it is not on the list."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind if kind in CONTENT_TYPES else "application/octet-stream"


def clean_name(name: str) -> str:
    """A file name that every system takes: no folders, controls or reserved signs, at most 120 characters.

    The ending is kept when the name has to be shortened; an empty name becomes `file`.
    """
    text = "".join(
        c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) not in ("Cf", "Cs", "Cc")
    )
    text = _FORBIDDEN.sub("_", text).strip(" .")
    if len(text) > _NAME_LONGEST:
        stem, dot, ending = text.rpartition(".")
        ending = f"{dot}{ending}" if stem and len(ending) <= 8 else ""
        text = text[: _NAME_LONGEST - len(ending)].rstrip(" .") + ending
    return text or "file"


def expired(expires_at: datetime | None, now: datetime) -> bool:
    """Whether a file that lives until `expires_at` is dead at `now`."""
    return expires_at is not None and now >= expires_at


# What the audit trail calls the deeds of this room.
DEEDS = Deeds(
    actions={
        "files.downloaded": N_("File fetched"),
        "files.expired": N_("Old files deleted"),
    },
    subjects={
        "file": Page(N_("File")),
    },
    fields={
        "name": N_("File name"),
        "purpose": N_("Purpose"),
        "size": N_("Size in bytes"),
        "files": N_("Files"),
    },
)
