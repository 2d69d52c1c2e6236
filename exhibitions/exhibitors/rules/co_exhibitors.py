"""Who shares a stand (E-1, E-3)."""

from __future__ import annotations

import enum


class CoState(enum.StrEnum):
    """How far a co-exhibitor has come."""

    NAMED = "named"
    DECLARED = "declared"
    ADMITTED = "admitted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Source(enum.StrEnum):
    """By what a co-exhibitor can be identified (E-3)."""

    APPLICATION = "application"
    BODY = "body"
    CATALOGUE = "catalogue"
