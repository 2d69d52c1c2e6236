"""Who may do what in a fair."""

from __future__ import annotations

import enum
from collections.abc import Collection

from exhibitions.core.errors import N_, Refused


class Role(enum.StrEnum):
    """Roles inside one fair."""

    ORGANISER = "organiser"
    FINANCE = "finance"
    DESK = "desk"
    GATE = "gate"
    AWARD_ADMIN = "award_admin"
    JURY_CHAIR = "jury_chair"
    VIEWER = "viewer"


# The names of rights are core.access.Permission's values; rules do not import it, because it knows Flask.
_VIEW = frozenset({"expo.view", "figures.view"})
_DESK = frozenset(
    {
        *("expo.view", "visitors.view", "visitors.edit", "badges.print", "desk.serve"),
        *("exhibitors.view", "exhibitors.desk"),
    }
)
# Marks and results before they are published are for the award's own people alone (P22, AW-39): who runs the fair sets the
# award up and sees how far the jury is, no mark and no medal.
_AWARDS = frozenset({"awards.view", "awards.edit"})
_ORDERS = frozenset({"exhibitors.view", "orders.view", "orders.edit", "orders.book"})
RIGHTS: dict[Role, frozenset[str]] = {
    Role.ORGANISER: _VIEW
    | _DESK
    | _ORDERS
    | _AWARDS
    | frozenset(
        {
            "expo.edit",
            "expo.publish",
            "expo.people",
            "visitors.import",
            "visitors.export",
            "visitors.identity",
            "messages.send",
            "gates.manage",
            "exhibitors.edit",
            "stands.edit",
            "prices.edit",
        }
    ),
    Role.FINANCE: _VIEW | _ORDERS,
    Role.DESK: _DESK,
    Role.GATE: frozenset({"expo.view", "gates.manage"}),
    Role.AWARD_ADMIN: _AWARDS | frozenset({"expo.view", "exhibitors.view", "awards.results"}),
    Role.JURY_CHAIR: frozenset({"expo.view", "awards.view", "awards.results"}),
    Role.VIEWER: _VIEW,
}


def is_last_organiser(user_id: int, organisers: Collection[int]) -> bool:
    """Whether nobody else runs the fair; `organisers` are those who can sign in now."""
    return not set(organisers) - {user_id}


def check_somebody_runs(user_id: int, organisers: Collection[int], administrators: Collection[int]) -> None:
    """Refuse to take this organiser away where nobody would be left who can run the fair.

    Both lists are of those who can sign in now. An administrator runs every fair, also the one who is taken away here.
    """
    if is_last_organiser(user_id, organisers) and not administrators:
        raise Refused(
            "last_organiser",
            N_("Nobody could run this fair any more. Give somebody else the role of organiser first."),
        )
