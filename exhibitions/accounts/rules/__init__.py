"""Roles of the organisation and what they may do; what a password, a session and a second step must be."""

from __future__ import annotations

from exhibitions.accounts.rules.deeds import DEEDS
from exhibitions.accounts.rules.passwords import PASSWORD_LONGEST, PASSWORD_SHORTEST, check_password
from exhibitions.accounts.rules.roles import ORGANISATION_RIGHTS, DisplaySize, OrganisationRole
from exhibitions.accounts.rules.sessions import SESSION_LENGTH, session_ends

__all__ = [
    "DEEDS",
    "ORGANISATION_RIGHTS",
    "PASSWORD_LONGEST",
    "PASSWORD_SHORTEST",
    "SESSION_LENGTH",
    "DisplaySize",
    "OrganisationRole",
    "check_password",
    "session_ends",
]
