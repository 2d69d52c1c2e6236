"""Who may do what in a fair."""

from __future__ import annotations

import enum


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
_DESK = frozenset({"expo.view", "visitors.view", "visitors.edit", "badges.print", "desk.serve"})
RIGHTS: dict[Role, frozenset[str]] = {
    Role.ORGANISER: _VIEW
    | _DESK
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
        }
    ),
    Role.FINANCE: _VIEW,
    Role.DESK: _DESK,
    Role.GATE: frozenset({"expo.view", "gates.manage"}),
    Role.JURY_CHAIR: frozenset({"expo.view"}),
    Role.VIEWER: _VIEW,
}
