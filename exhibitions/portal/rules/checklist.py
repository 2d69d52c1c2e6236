"""What a fair must have before the public may see it, and what is left to do (ux.md O2)."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from exhibitions.core.errors import N_


class Step(enum.StrEnum):
    """A part of the set-up."""

    FACTS = "facts"
    UNITS = "units"
    DAYS = "days"
    HALLS = "halls"
    ZONES = "zones"
    GATES = "gates"
    BADGES = "badges"
    REGISTRATION = "registration"
    FORM = "form"


@dataclass(frozen=True)
class Counted:
    """What there is of a fair. `doorless` counts open days on which nobody gets in, `registrable` the classes that
    the public form offers."""

    name: str = ""
    venue: str = ""
    consent: str = ""
    organisers: int = 0
    open_days: int = 0
    doorless: int = 0
    halls: int = 0
    zones: int = 0
    gates: int = 0
    registrable: int = 0


@dataclass(frozen=True)
class Item:
    """A line of the checklist: `gap` is an English message id that says what is missing, or empty."""

    step: Step
    gap: str = ""
    optional: bool = False


def checklist(there: Counted) -> list[Item]:
    """Every part of the set-up in the order of work, with what is missing in it."""
    return [
        Item(Step.FACTS, _facts(there)),
        Item(
            Step.UNITS,
            "" if there.organisers else N_("Name the organiser, who answers for the fair and its data"),
        ),
        Item(Step.DAYS, _days(there)),
        Item(
            Step.HALLS, "" if there.halls else N_("Name the halls, if there is more than one"), optional=True
        ),
        Item(Step.ZONES, "" if there.zones else N_("Add at least one zone")),
        Item(Step.GATES, "" if there.gates else N_("Add at least one gate")),
        Item(
            Step.BADGES, "" if there.registrable else N_("Offer at least one badge class on the public form")
        ),
        Item(Step.REGISTRATION, "" if there.consent else N_("Write the text that visitors agree to")),
        Item(Step.FORM),
    ]


def _facts(there: Counted) -> str:
    if not there.name:
        return N_("Enter the name of the fair")
    return "" if there.venue else N_("Enter the venue")


def _days(there: Counted) -> str:
    if not there.open_days:
        return N_("Add at least one day for visitors")
    return N_("On some days for visitors the doors open for nobody") if there.doorless else ""


def gaps(items: Sequence[Item]) -> list[Item]:
    """The lines that keep the fair from being published."""
    return [item for item in items if item.gap and not item.optional]
