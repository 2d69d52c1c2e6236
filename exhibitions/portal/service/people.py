"""Inviting people: an account, its roles in the organisation and at a fair, and the link by which it is opened."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from exhibitions.accounts import queries as account_queries
from exhibitions.accounts import service as accounts
from exhibitions.accounts.models import User
from exhibitions.accounts.queries.people import administrators_for_update, lock_person, person
from exhibitions.accounts.rules import OrganisationRole
from exhibitions.accounts.rules.people import INVITATION, NEW_PASSWORD, PersonState
from exhibitions.accounts.rules.roles import check_may_invite_again
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_, Refused
from exhibitions.expos import queries as expos
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import Role


@dataclass(frozen=True)
class Invitation:
    """Who is invited to what. `by_mail` says how the link gets there, `language` the letter's for who has chosen none."""

    email: str
    name: str = ""
    organisation_roles: AbstractSet[OrganisationRole] = field(default_factory=frozenset)
    expo: Expo | None = None
    fair_roles: AbstractSet[Role] = field(default_factory=frozenset)
    by_mail: bool = False
    language: str = "zh"


@dataclass(frozen=True)
class Invited:
    """What came of it: the person, the token of a link to hand over ("" where there is none), whether a letter goes."""

    user: User
    token: str = ""
    mailed: bool = False


def invite(wanted: Invitation, by: Actor, *, is_administrator: bool) -> Invited:
    """Give a person roles, and a link to choose a password if they cannot sign in yet.

    Who has an account already gets the roles and no link: a link would let its giver in as them. `Refused` without any
    role or for a disabled account, `Forbidden` where only an administrator may give a link.
    """
    if not wanted.organisation_roles and not (wanted.expo and wanted.fair_roles):
        raise Refused("no_role", N_("Choose at least one role."))
    known = account_queries.user_by_email(wanted.email)
    user = known or accounts.create_user(wanted.email, wanted.name, None, by)
    if user.disabled_at is not None:
        raise Refused("user_disabled", N_("This account is disabled. An administrator can enable it again."))
    able = known is not None and _state(user) is PersonState.ACTIVE
    if not able:
        # Before the new roles are given, so that they do not count as given by others.
        _check_again(user, wanted.expo, by, is_administrator=is_administrator)
    if wanted.organisation_roles:
        # In the order of `set_organisation_roles`, so that two never wait for each other.
        administrators_for_update()
        lock_person(user.id)
        held = account_queries.organisation_roles(user.id)
        accounts.set_organisation_roles(user, held | wanted.organisation_roles, by)
    if wanted.expo is not None and wanted.fair_roles:
        add_fair_roles(wanted.expo, user, wanted.fair_roles, by)
    return Invited(user) if able else _give_link(user, by, wanted.language, by_mail=wanted.by_mail)


def invite_again(
    user: User, expo: Expo | None, by: Actor, language: str, *, by_mail: bool, is_administrator: bool
) -> Invited:
    """A fresh link for who has not signed in yet; the former ones are closed. Raises as `invite` does."""
    if user.disabled_at is not None or _state(user) is PersonState.ACTIVE:
        check_may_invite_again(can_sign_in=True, has_roles_elsewhere=False, is_administrator=is_administrator)
    _check_again(user, expo, by, is_administrator=is_administrator)
    return _give_link(user, by, language, by_mail=by_mail)


def add_fair_roles(expo: Expo, user: User, roles: AbstractSet[Role], by: Actor) -> None:
    """Give a person these roles at a fair beside those held there; of two who give some at once, neither loses any."""
    lock_person(user.id)
    expo_service.set_roles(expo, user.id, expos.roles(expo, user.id) | roles, by)


def give_link(user: User, by: Actor, language: str, *, by_mail: bool) -> tuple[Invited, str]:
    """An administrator's fresh link to choose a password, and its kind: INVITATION for who never came, else NEW_PASSWORD.

    Raises as `invite_again` does.
    """
    lock_person(user.id)
    if _state(user) is not PersonState.ACTIVE:
        again = invite_again(user, None, by, language, by_mail=by_mail, is_administrator=True)
        return again, INVITATION
    if by_mail and accounts.has_sender():
        accounts.send_link(user, NEW_PASSWORD, by, language)
        return Invited(user, mailed=True), NEW_PASSWORD
    return Invited(user, accounts.offer_link(user, NEW_PASSWORD, by)), NEW_PASSWORD


def _check_again(user: User, expo: Expo | None, by: Actor, *, is_administrator: bool) -> None:
    elsewhere = set(expos.fair_roles_of([user.id]).get(user.id, {})) - {expo}
    in_organisation = account_queries.organisation_roles(user.id)
    check_may_invite_again(
        can_sign_in=False,
        has_roles_elsewhere=bool(elsewhere or in_organisation),
        is_administrator=is_administrator,
    )


def _give_link(user: User, by: Actor, language: str, *, by_mail: bool) -> Invited:
    if by_mail and accounts.has_sender():
        accounts.send_link(user, INVITATION, by, language)
        return Invited(user, mailed=True)
    return Invited(user, accounts.offer_link(user, INVITATION, by))


def _state(user: User) -> PersonState:
    found = person(user.id, clock.now())
    return found.state if found is not None else PersonState.LAPSED
