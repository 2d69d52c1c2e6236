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
_ORDERS = frozenset({"exhibitors.view", "orders.view", "orders.edit", "orders.book"})
RIGHTS: dict[Role, frozenset[str]] = {
    Role.ORGANISER: _VIEW
    | _DESK
    | _ORDERS
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
    Role.JURY_CHAIR: frozenset({"expo.view"}),
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
