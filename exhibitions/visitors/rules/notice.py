"""What a privacy notice and the list of fields tell: each field of the product's own, and what it is for (P3, P4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from exhibitions.core.errors import N_

Facts = dict[str, Any]
"""What a version of a notice tells, as JSON can hold it (`service.notices.facts_now`)."""

RESPONSIBLE = frozenset({"organiser", "host"})
"""The roles of organising units that answer for the data."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list of fields: what is asked and what for, where each is a message id or a pair (zh, en)."""

    name: str | tuple[str, str]
    purpose: str | tuple[str, str]
    needed: bool
    class_keys: Sequence[str] = ()
    kept: str = ""


KEPT_CONTACT = N_("12 months after the fair")
KEPT_COUNTED = N_("12 months with the name, then only as a count")
_ALWAYS = (
    Line(
        N_("Mobile number or e-mail"),
        N_("To send you your badge and to find it again"),
        needed=True,
        kept=KEPT_CONTACT,
    ),
    Line(N_("Name"), N_("It stands on the badge and is shown at the gate"), needed=True, kept=KEPT_CONTACT),
    Line(
        N_("Category of visitor"),
        N_("It stands on the badge, opens the right gates and is counted"),
        needed=True,
        kept=KEPT_COUNTED,
    ),
)
OWN_FIELDS = {
    "company": Line(
        N_("Company"), N_("It stands on the badge and is shown at the gate"), needed=True, kept=KEPT_CONTACT
    ),
    "region": Line(
        N_("Region"),
        N_("To plan the fair and for statistics without names"),
        needed=True,
        kept=KEPT_COUNTED,
    ),
    "visit_day": Line(
        N_("Day of visit"), N_("To have enough staff at the gates"), needed=False, kept=KEPT_COUNTED
    ),
}
SCANS = Line(
    N_("Times at the gates"),
    N_("To let you in and to count visits"),
    needed=True,
    kept=KEPT_COUNTED,
)
IDENTITY = Line(
    N_("Kind and number of the identity paper"),
    N_("Ordered by the police; own consent, encrypted"),
    needed=True,
)


def lines(facts: Facts) -> list[Line]:
    """Every field that the fair asks, each with its purpose; the organiser's own questions in their place (P4)."""
    own = [OWN_FIELDS[name] for name in OWN_FIELDS if name in facts["fields"]]
    asked = [
        Line(tuple(each["label"]), tuple(each["purpose"]), needed=False, kept=KEPT_CONTACT)
        for each in facts["questions"]
    ]
    return [*_ALWAYS, *own, *asked, *([IDENTITY] if facts["order"] else []), SCANS]
