"""Making fairs, telling that their set-up changed, and giving people roles in them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict
from exhibitions.expos import queries
from exhibitions.expos.models import Expo, Membership, Series
from exhibitions.expos.rules import Role, check_slug

_CODES = 1 << 24


@dataclass(frozen=True)
class Identity:
    """What a fair needs to exist."""

    slug: str
    edition: int
    name_zh: str
    name_en: str
    timezone: str = "Asia/Shanghai"


def create_series(name_zh: str, name_en: str) -> Series:
    """A new series of fairs."""
    series = Series(name_zh=name_zh, name_en=name_en)
    db.session.add(series)
    db.session.flush()
    return series


def create_expo(series: Series, identity: Identity, by: Actor = SYSTEM) -> Expo:
    """A new, unpublished edition; raises `Conflict` when its address or edition is taken, `Refused` for a bad one."""
    check_identity(series, identity.slug, identity.edition)
    expo = Expo(
        series_id=series.id,
        slug=identity.slug,
        edition=identity.edition,
        code=_free_code(),
        name_zh=identity.name_zh,
        name_en=identity.name_en,
        timezone=identity.timezone,
        created_at=clock.now(),
    )
    db.session.add(expo)
    try:
        db.session.flush()
    except IntegrityError as error:
        # Someone else took the address between the question and the writing.
        raise _slug_taken(identity.slug) from error
    audit.record("expos.created", by, expo_id=expo.id, subject=("expo", expo.id), after={"slug": expo.slug})
    return expo


def check_identity(series: Series, slug: str, edition: int) -> None:
    """Refuse an address or edition that is taken (`Conflict`), and an address that cannot be (`Refused`)."""
    check_slug(slug)
    if queries.expo_by_slug(slug) is not None:
        raise _slug_taken(slug)
    if queries.edition_of(series, edition) is not None:
        raise edition_taken(edition)


def _slug_taken(slug: str) -> Conflict:
    return Conflict("slug_taken", N_("There is already a fair with the address %(slug)s."), slug=slug)


def edition_taken(edition: int) -> Conflict:
    """The refusal of an edition number that another fair of the series has."""
    return Conflict("edition_taken", N_("This series already has an edition %(edition)s."), edition=edition)


def _free_code() -> int:
    taken = set(db.session.scalars(sa.select(Expo.code)))
    while True:
        code = 1 + secrets.randbelow(_CODES - 1)
        if code not in taken:
            return code


def grant_role(expo: Expo, user_id: int, role: Role, by: Actor = SYSTEM) -> None:
    """Give a person a role in this fair; giving it twice changes nothing."""
    if role not in queries.roles(expo, user_id):
        db.session.add(Membership(expo_id=expo.id, user_id=user_id, role=role))
        audit.record(
            "expos.role_granted", by, expo_id=expo.id, subject=("user", user_id), after={"role": role.value}
        )


def setup_changed(expo: Expo) -> None:
    """Tell gates and caches that what they hold of this fair's set-up is old.

    The row is read anew under a lock, so that two changes at once are two steps of the version.
    """
    db.session.refresh(expo, ["setup_version"], with_for_update=True)
    expo.setup_version += 1


def erase_person(user_id: int) -> None:
    """Take every role in a fair from somebody whose account is erased (P18)."""
    theirs = sa.delete(Membership).where(Membership.user_id == user_id)
    db.session.execute(theirs, execution_options={"synchronize_session": False})
