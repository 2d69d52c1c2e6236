"""Where a person with an account stands, and the kinds of links that are given to people."""

from __future__ import annotations

import enum

INVITATION = "invitation"
NEW_PASSWORD = "new-password"  # noqa: S105 - the name of a kind of link.
ERASED_HOST = "erased.invalid"
"""The host of the address that an erased account is left with: nobody gets mail there, and no list shows it (P18)."""
CHALLENGE = "passkey-challenge"


class PersonState(enum.StrEnum):
    """Invited, and the link still opens; lapsed, and it does not any more; active; disabled."""

    INVITED = "invited"
    LAPSED = "lapsed"
    ACTIVE = "active"
    DISABLED = "disabled"
