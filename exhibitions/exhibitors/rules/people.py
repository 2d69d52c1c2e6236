"""Whoever acts for a company in its centre, in which role, and what the role lets them do (spec §2.8)."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from exhibitions.core.errors import N_, Conflict, Forbidden, Refused

MOST_PEOPLE = 30
"""How many people one company may have in its centre at a time."""


class PersonRole(enum.StrEnum):
    """In which role somebody works in the exhibitor's centre."""

    OWNER = "owner"
    STAND_MANAGER = "stand_manager"
    FINANCE = "finance"
    LEAD_SCANNER = "lead_scanner"
    CONTRACTOR = "contractor"


class Duty(enum.StrEnum):
    """What can be done in the centre. Each page of it asks for one.

    SEE is the first page with the own duties and the stand; ORDER is to see application, stands on offer, order and
    contract with their prices.
    """

    SEE = "see"
    ORDER = "order"
    APPLY = "apply"
    CHOOSE_STAND = "choose_stand"
    SIGN = "sign"
    MONEY = "money"
    SERVICES = "services"
    BADGES = "badges"
    BUILD_UP = "build_up"
    DIRECTORY = "directory"
    AWARDS = "awards"
    FIGURES = "figures"
    LEADS = "leads"
    MESSAGES = "messages"
    PEOPLE = "people"


_DUTIES: dict[PersonRole, frozenset[Duty]] = {
    PersonRole.OWNER: frozenset(Duty),
    PersonRole.STAND_MANAGER: frozenset(Duty) - {Duty.SIGN, Duty.MONEY, Duty.PEOPLE},
    PersonRole.FINANCE: frozenset(
        {Duty.SEE, Duty.ORDER, Duty.SIGN, Duty.MONEY, Duty.SERVICES, Duty.FIGURES, Duty.MESSAGES}
    ),
    PersonRole.LEAD_SCANNER: frozenset({Duty.SEE, Duty.LEADS}),
    PersonRole.CONTRACTOR: frozenset({Duty.SEE, Duty.BUILD_UP, Duty.SERVICES}),
}

HEARS = frozenset({PersonRole.OWNER, PersonRole.STAND_MANAGER})
"""Who is written to when the organiser has left a message; others only when they had written last."""

ROLE_WORDS = {
    PersonRole.OWNER: N_("Owner"),
    PersonRole.STAND_MANAGER: N_("Stand manager"),
    PersonRole.FINANCE: N_("Finance"),
    PersonRole.LEAD_SCANNER: N_("Lead scanner"),
    PersonRole.CONTRACTOR: N_("Contractor (guest)"),
}
ROLE_HINTS = {
    PersonRole.OWNER: N_("Everything, and who else may come in"),
    PersonRole.STAND_MANAGER: N_("Application, stand, badges, directory entry, awards, figures and services"),
    PersonRole.FINANCE: N_("Contract, invoices, payments and services"),
    PersonRole.LEAD_SCANNER: N_("Scans visitors at the stand, nothing else"),
    PersonRole.CONTRACTOR: N_("Build-up: drawings, passes and connections"),
}


def may(role: PersonRole, duty: Duty) -> bool:
    """Whether somebody in this role may do this."""
    return duty in _DUTIES[role]


def check_duty(role: PersonRole, duty: Duty) -> None:
    """Raise `Forbidden` unless the role may do this."""
    if not may(role, duty):
        raise Forbidden(
            "not_your_duty", N_("The owner of your company's centre can give you the right to this")
        )


def check_invite(by: PersonRole, present: int) -> None:
    """Whether `by` may ask one more in, where `present` people are already there. Raises `Refused`."""
    check_duty(by, Duty.PEOPLE)
    if present >= MOST_PEOPLE:
        raise Refused("people_full", N_("At most %(most)s people can work in one centre"), most=MOST_PEOPLE)


def check_change(
    by: PersonRole, now: PersonRole, to: PersonRole | None, others: Iterable[PersonRole]
) -> None:
    """Whether `by` may give somebody who is `now` the role `to` (None: take the person out).

    `others` are the roles of everybody else there. The last owner stays one: without, nobody could let anyone in again.
    """
    check_duty(by, Duty.PEOPLE)
    if now is PersonRole.OWNER and to is not PersonRole.OWNER and PersonRole.OWNER not in others:
        raise Conflict("last_owner", N_("The last owner cannot leave. Make somebody else the owner first"))
