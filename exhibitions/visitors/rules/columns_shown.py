"""Which columns the list of registrations can show, and what a saved view may be called."""

from __future__ import annotations

from collections.abc import Iterable

from exhibitions.core.errors import N_, Refused

COLUMNS = {
    "number": N_("Badge number"),
    "company": N_("Company"),
    "title": N_("Job title"),
    "contact": N_("Contact"),
    "class": N_("Class"),
    "region": N_("Region"),
    "day": N_("Day of visit"),
    "source": N_("Source"),
    "printed": N_("Prints"),
    "state": N_("State"),
    "registered": N_("Registered at"),
}
"""By their words; the name is always there."""
USUAL = ("company", "contact", "class", "region", "day", "state", "registered")
MOST_VIEWS = 20
LONGEST_NAME = 40


def checked_columns(words: Iterable[str]) -> list[str]:
    """These columns in the order of the list, each once; what is no column is left out."""
    wanted = set(words)
    return [name for name in COLUMNS if name in wanted]


def checked_name(text: str) -> str:
    """The name of a view without blanks around it. Raises `Refused` when it is empty or longer than 40 characters."""
    name = " ".join(text.replace("\x00", "").split())
    if not name:
        raise Refused("view_nameless", N_("Give the view a name."))
    if len(name) > LONGEST_NAME:
        raise Refused("view_name_long", N_("A name has at most %(most)s characters."), most=LONGEST_NAME)
    return name
