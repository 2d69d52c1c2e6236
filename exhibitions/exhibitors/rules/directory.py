"""Entries of the show directory 会刊."""

from __future__ import annotations

import enum


class EntryState(enum.StrEnum):
    """How far an entry has come; after the print date a change is asked for."""

    DRAFT = "draft"
    SENT = "sent"
    PRINTED = "printed"
    CHANGE_ASKED = "change_asked"
