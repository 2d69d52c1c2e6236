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
    FLOOR_PLAN = "floor_plan"
    PRICES = "prices"
    APPLICATION = "application"
    REGISTRATION = "registration"
    FORM = "form"
    MESSAGES = "messages"
    BADGES = "badges"
    GATES = "gates"


class Topic(enum.StrEnum):
    """The nine lines of the checklist, in the order of work (ux.md O2)."""

    FACTS = "facts"
    ZONES = "zones"
    FLOOR_PLAN = "floor_plan"
    PRICES = "prices"
    APPLICATION = "application"
    VISITOR_FORM = "visitor_form"
    MESSAGES = "messages"
    BADGES = "badges"
    GATES = "gates"


class State(enum.StrEnum):
    """How far a line is."""

    COMPLETE = "complete"
    MISSING = "missing"
    OPTIONAL = "optional"


PARTS: dict[Topic, tuple[Step, ...]] = {
    Topic.FACTS: (Step.FACTS, Step.UNITS, Step.DAYS),
    Topic.ZONES: (Step.HALLS, Step.ZONES),
    Topic.FLOOR_PLAN: (Step.FLOOR_PLAN,),
    Topic.PRICES: (Step.PRICES,),
    Topic.APPLICATION: (Step.APPLICATION,),
    Topic.VISITOR_FORM: (Step.REGISTRATION, Step.FORM),
    Topic.MESSAGES: (Step.MESSAGES,),
    Topic.BADGES: (Step.BADGES,),
    Topic.GATES: (Step.GATES,),
}
TITLES = {
    Topic.FACTS: N_("Facts, units and days"),
    Topic.ZONES: N_("Halls and zones"),
    Topic.FLOOR_PLAN: N_("Floor plan"),
    Topic.PRICES: N_("Prices"),
    Topic.APPLICATION: N_("Application form"),
    Topic.VISITOR_FORM: N_("Visitor form"),
    Topic.MESSAGES: N_("Messages"),
    Topic.BADGES: N_("Badges"),
    Topic.GATES: N_("Gates"),
}


@dataclass(frozen=True)
class Counted:
    """What there is of a fair. `doorless` counts open days on which nobody gets in, `registrable` the classes that
    the public form offers; `planless` no plan is published, `priceless` no prices are in force, `closed_to_exhibitors` nobody
    has said from when applications are taken."""

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
    planless: bool = False
    priceless: bool = False
    closed_to_exhibitors: bool = False


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
        # A fair may be all about visitors, or take exhibitors long before its visitors: none of the three holds it back.
        Item(
            Step.FLOOR_PLAN,
            N_("Draw the floor plan and publish it") if there.planless else "",
            optional=True,
        ),
        Item(Step.PRICES, N_("Put prices into force") if there.priceless else "", optional=True),
        Item(
            Step.APPLICATION,
            N_("Say from when companies may apply") if there.closed_to_exhibitors else "",
            optional=True,
        ),
        Item(Step.REGISTRATION, "" if there.consent else N_("Write the text that visitors agree to")),
        Item(Step.FORM),
        # Letters have texts of their own from the beginning; nothing can be missing.
        Item(Step.MESSAGES),
        Item(
            Step.BADGES, "" if there.registrable else N_("Offer at least one badge class on the public form")
        ),
        Item(Step.GATES, "" if there.gates else N_("Add at least one gate")),
    ]


@dataclass(frozen=True)
class Line:
    """One of the nine, with the parts of the set-up that belong to it."""

    topic: Topic
    title: str
    state: State
    items: Sequence[Item]


def nine(items: Sequence[Item]) -> list[Line]:
    """The checklist of nine made of the parts of the set-up."""
    known = {item.step: item for item in items}
    lines = []
    for topic, steps in PARTS.items():
        mine = [known[step] for step in steps]
        lines.append(Line(topic, TITLES[topic], _state(mine), mine))
    return lines


def _state(items: Sequence[Item]) -> State:
    if gaps(items):
        return State.MISSING
    return State.OPTIONAL if all(item.gap for item in items) else State.COMPLETE


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
