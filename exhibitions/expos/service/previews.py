"""Letting somebody look at the public pages before they are public."""

from __future__ import annotations

from datetime import timedelta

from exhibitions.accounts import service as accounts
from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, NotFound, Refused
from exhibitions.expos.models import Expo, Preview
from exhibitions.expos.queries import planning as queries

LINK = "preview"
"""The kind of personal link that opens the public pages of an unpublished fair."""


def open_preview(expo: Expo, name: str, days: int, by: Actor = SYSTEM) -> str:
    """A link for the person called `name` that lives so many days; gives its token.

    Others stay alive beside it. Raises `Refused` without a name and past fifty live ones.
    """
    if not name:
        raise Refused("preview_nameless", N_("Say who gets the link, so that you know it later"))
    now = clock.now()
    if queries.count_previews(expo, now) >= queries.MOST_PREVIEWS:
        raise Refused(
            "too_many_parts", N_("A list holds at most %(most)s entries."), most=queries.MOST_PREVIEWS
        )
    row = Preview(expo_id=expo.id, name=name, created_at=now, expires_at=now + timedelta(days=days))
    db.session.add(row)
    db.session.flush()
    audit.record(
        "expos.preview_opened", by, expo_id=expo.id, subject=("preview", row.id), after={"days": days}
    )
    return accounts.mint_link(LINK, row.id, expo_id=expo.id, expires_at=row.expires_at)


def close_preview(expo: Expo, preview_id: int, by: Actor = SYSTEM) -> None:
    """End a preview at once; raises `NotFound` for another fair's. One that has ended stays as it is."""
    row = queries.preview_of(expo, preview_id)
    if row is None:
        raise NotFound("not_found", N_("This entry is not there any more."))
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        accounts.revoke_links(LINK, row.id)
        audit.record("expos.preview_closed", by, expo_id=expo.id, subject=("preview", row.id))
