"""The pages of awards."""

from __future__ import annotations

from exhibitions.awards.views import (
    assigning,
    certificates,
    complaint_letters,
    complaints,
    conflicts,
    decisions,
    entries,
    entry,
    entry_letters,
    judging,
    judging_order,
    jury,
    jury_letters,
    paper,
    public,
    result,
    rule_pages,
    rule_words,
    seasons,
    tally,
)
from exhibitions.awards.views.base import blueprint

__all__ = [
    "assigning",
    "blueprint",
    "certificates",
    "complaint_letters",
    "complaints",
    "conflicts",
    "decisions",
    "entries",
    "entry",
    "entry_letters",
    "judging",
    "judging_order",
    "jury",
    "jury_letters",
    "paper",
    "public",
    "result",
    "rule_pages",
    "rule_words",
    "seasons",
    "tally",
]
