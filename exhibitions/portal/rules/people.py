"""Roles and rights as people call them, for the pages of people and roles (A1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from exhibitions.accounts.rules import OrganisationRole
from exhibitions.core.errors import N_
from exhibitions.expos.rules import Role

ORGANISATION_WORDS: dict[OrganisationRole, str] = {
    OrganisationRole.ADMINISTRATOR: N_("Administrator"),
    OrganisationRole.SECRETARY: N_("Secretary"),
    OrganisationRole.FINANCE: N_("Finance"),
}
ORGANISATION_NOTES: dict[OrganisationRole, str] = {
    OrganisationRole.ADMINISTRATOR: N_("Everything, at every fair: people, settings, the audit"),
    OrganisationRole.SECRETARY: N_("Starts fairs and is their organiser"),
    OrganisationRole.FINANCE: N_("Money of the organisation, as its pages come"),
}
FAIR_WORDS: dict[Role, str] = {
    Role.ORGANISER: N_("Organiser of the fair"),
    Role.FINANCE: N_("Finance"),
    Role.DESK: N_("Visitor desk"),
    Role.GATE: N_("Gate staff"),
    Role.AWARD_ADMIN: N_("Award office"),
    Role.JURY_CHAIR: N_("Jury chair"),
    Role.VIEWER: N_("Viewer"),
}
FAIR_NOTES: dict[Role, str] = {
    Role.ORGANISER: N_("Everything at this fair, also who works on it"),
    Role.FINANCE: N_("Looks at figures, later at orders and payments"),
    Role.DESK: N_("Visitors: find, register, correct, print on site"),
    Role.GATE: N_("Pairs scanners and decides at the gates"),
    Role.AWARD_ADMIN: N_("Runs the award: entries, jury, marks and result"),
    Role.JURY_CHAIR: N_("Leads the jury: sees all marks, deliberates and signs the result"),
    Role.VIEWER: N_("Looks at figures and changes nothing"),
}
RIGHT_WORDS: dict[str, str] = {
    "expo.view": N_("See the fair's desk"),
    "expo.edit": N_("Change the set-up of the fair"),
    "expo.publish": N_("Publish the fair and take it back"),
    "expo.people": N_("Invite people to the fair and give roles there"),
    "visitors.view": N_("See registrations"),
    "visitors.edit": N_("Approve, correct and cancel registrations"),
    "visitors.import": N_("Import lists of visitors"),
    "visitors.export": N_("Export personal data of visitors"),
    "visitors.identity": N_("Read identity numbers in full"),
    "badges.print": N_("Print badges"),
    "messages.send": N_("Send messages to many"),
    "gates.manage": N_("Pair scanners and command the gates"),
    "desk.serve": N_("Serve at the visitor desk"),
    "figures.view": N_("See figures and the live board"),
    "awards.view": N_("See entries to awards and how far the jury is"),
    "awards.edit": N_("Set awards up, take entries, invite the jury"),
    "awards.results": N_("See marks and results of awards before they are published"),
    "organisation.expo-create": N_("Start a fair"),
    "organisation.people": N_("Manage people, roles and their sign-in"),
    "organisation.privacy": N_("Answer requests about personal data and set how long it is kept"),
    "organisation.system": N_("Settings, audit and everything at every fair"),
}


@dataclass(frozen=True)
class RightRow:
    """A right with the roles that have it; `word` is an English message id, or the right's own name where none is known."""

    right: str
    word: str
    ticks: tuple[bool, ...]


def right_rows(rights: Iterable[StrEnum], *tables: Mapping[Any, frozenset[str]]) -> list[RightRow]:
    """Who may do what: a row a right, a column a role, in the order of the tables; the source of docs/access.md too."""
    held = [had for table in tables for had in table.values()]
    return [
        RightRow(
            right.value, RIGHT_WORDS.get(right.value, right.value), tuple(right.value in had for had in held)
        )
        for right in rights
    ]
