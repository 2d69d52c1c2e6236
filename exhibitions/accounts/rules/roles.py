"""Roles of the organisation, what they may do, and what may not happen to them."""

from __future__ import annotations

import enum
from collections.abc import Collection

from exhibitions.core.errors import N_, Forbidden, Refused


class OrganisationRole(enum.StrEnum):
    """Roles in the organisation that runs the installation."""

    ADMINISTRATOR = "administrator"
    SECRETARY = "secretary"
    FINANCE = "finance"


class DisplaySize(enum.StrEnum):
    """How the desk is shown to a person (ux.md, list pattern): roomy at 16 px, dense for long lists, or large type 大字."""

    ROOMY = "roomy"
    DENSE = "dense"
    LARGE = "large"


# The names of rights are core.access.Permission's values; rules do not import it, because it knows Flask.
ORGANISATION_RIGHTS: dict[OrganisationRole, frozenset[str]] = {
    OrganisationRole.ADMINISTRATOR: frozenset(
        {
            "organisation.expo-create",
            "organisation.people",
            "organisation.privacy",
            "organisation.system",
            "organisation.companies-view",
            "organisation.companies-edit",
        }
    ),
    OrganisationRole.SECRETARY: frozenset(
        {"organisation.expo-create", "organisation.companies-view", "organisation.companies-edit"}
    ),
    OrganisationRole.FINANCE: frozenset({"organisation.companies-view"}),
}


def check_an_administrator_stays(user_id: int, administrators: Collection[int]) -> None:
    """Refuse to take the last administrator away; `administrators` are those who can sign in now (A1)."""
    if not set(administrators) - {user_id}:
        raise Refused(
            "last_administrator",
            N_("The last administrator stays. Give somebody else this role first."),
        )


def check_not_oneself(user_id: int, actor_id: int | None) -> None:
    """Refuse to disable the own account: who does it by mistake could not undo it."""
    if user_id == actor_id:
        raise Refused("own_account", N_("You cannot disable your own account. Ask another administrator."))


def check_may_invite_again(*, can_sign_in: bool, has_roles_elsewhere: bool, is_administrator: bool) -> None:
    """Refuse a second link where it would open more than its giver may do.

    Whoever holds the link chooses the password. A person who can sign in needs none; one who was also invited by
    others is invited again only by an administrator.
    """
    if can_sign_in:
        raise Refused("not_invited", N_("This person signs in already and needs no invitation."))
    if has_roles_elsewhere and not is_administrator:
        raise Forbidden(
            "invited_elsewhere",
            N_("This person was also invited by others. An administrator can send the invitation again."),
        )
