"""Who works on a fair: its roles, given and taken."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import sqlalchemy as sa

from exhibitions.accounts import service as accounts
from exhibitions.accounts.queries.people import administrators, lock_person
from exhibitions.accounts.rules.people import INVITATION
from exhibitions.audit import service as audit
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.expos import queries
from exhibitions.expos.models import Expo, Membership
from exhibitions.expos.rules import Role
from exhibitions.expos.rules.roles import check_somebody_runs
from exhibitions.expos.service.creation import grant_role


def set_roles(expo: Expo, user_id: int, roles: AbstractSet[Role], by: Actor) -> None:
    """Let a person have exactly these roles in this fair, from the next click on; without any they leave it.

    Invitations that were given out before are closed: who holds one must not get the new roles with it. Raises `Refused`
    when nobody would be left who can run the fair, also where two organisers remove each other at once.
    """
    if Role.ORGANISER not in roles:
        db.session.execute(sa.select(Expo.id).where(Expo.id == expo.id).with_for_update())
        if Role.ORGANISER in queries.roles(expo, user_id):
            check_somebody_runs(user_id, queries.organisers_of(expo), administrators())
    lock_person(user_id)
    held = queries.roles(expo, user_id)
    for role in sorted(roles - held):
        grant_role(expo, user_id, role, by)
    if roles - held:
        accounts.revoke_links(INVITATION, user_id)
    for role in sorted(held - roles):
        gone = sa.delete(Membership).where(
            Membership.expo_id == expo.id, Membership.user_id == user_id, Membership.role == role
        )
        db.session.execute(gone)
        audit.record(
            "expos.role_taken", by, expo_id=expo.id, subject=("user", user_id), before={"role": role.value}
        )
