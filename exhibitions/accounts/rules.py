"""Roles of the organisation and what they may do; what a password and a session must be."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

from exhibitions.audit.rules import Deeds, Page
from exhibitions.core.errors import N_, Refused

PASSWORD_SHORTEST = 8
PASSWORD_LONGEST = 128
SESSION_LENGTH = timedelta(hours=12)


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
        }
    ),
    OrganisationRole.SECRETARY: frozenset({"organisation.expo-create"}),
    OrganisationRole.FINANCE: frozenset(),
}

_COMMON = frozenset(
    {"password", "12345678", "123456789", "qwertyui", "11111111", "88888888", "66666666", "iloveyou"}
)


def check_password(password: str, email: str) -> None:
    """Refuse a password that is too short, too long or among the first that anyone tries (ASVS 6.2)."""
    if not PASSWORD_SHORTEST <= len(password) <= PASSWORD_LONGEST:
        raise Refused(
            "password_length",
            N_("A password has %(least)s to %(most)s characters."),
            least=PASSWORD_SHORTEST,
            most=PASSWORD_LONGEST,
        )
    if password.lower() in _COMMON or password.lower() == email.lower() or len(set(password)) < 4:
        raise Refused("password_common", N_("This password is easy to guess. Choose another one."))


def session_ends(now: datetime) -> datetime:
    """When a session that starts at `now` ends by itself."""
    return now + SESSION_LENGTH


# What the audit trail calls the deeds of this room.
DEEDS = Deeds(
    actions={
        "accounts.signed_in": N_("Signed in"),
        "accounts.user_created": N_("Account made"),
        "accounts.user_erased": N_("Account erased"),
        "accounts.role_granted": N_("Role in the organisation given"),
    },
    subjects={
        "user": Page(N_("Person")),
    },
    fields={
        "email": N_("E-mail"),
        "role": N_("Role"),
    },
    values={
        "role=administrator": N_("Administrator"),
        "role=secretary": N_("Secretary"),
        "role=finance": N_("Finance"),
    },
)
