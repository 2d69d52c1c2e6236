"""Accounts and their roles in the organisation: made, invited, changed, disabled."""

from __future__ import annotations

import secrets
from collections.abc import Set as AbstractSet

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from exhibitions.accounts import queries
from exhibitions.accounts.models import OrganisationMembership, SignInPolicy, User
from exhibitions.accounts.queries.people import administrators_for_update, lock_person
from exhibitions.accounts.rules import DisplaySize, OrganisationRole
from exhibitions.accounts.rules.people import INVITATION, NEW_PASSWORD
from exhibitions.accounts.rules.roles import check_an_administrator_stays, check_not_oneself
from exhibitions.accounts.rules.sessions import INVITATION_LENGTH, RESET_LENGTH
from exhibitions.accounts.service.links import mint_link, revoke_links
from exhibitions.accounts.service.sessions import end_all_sessions
from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.jobs import service as jobs
from exhibitions.mail import service as mail

FORGOTTEN = "accounts.forgotten"
"""The job that answers who has forgotten the password."""
NOBODY = 0

INVITATION_LETTER = "accounts.invitation"
PASSWORD_LETTER = "accounts.new-password"  # noqa: S105 - the name of a letter.


def create_user(email: str, name: str, password_hash: str | None, by: Actor = SYSTEM) -> User:
    """Make an account; raises `Conflict` when the address has one already, `Refused` when it is no address."""
    address = email.strip().lower()
    if address.count("@") != 1 or not 3 <= len(address) <= 254 or any(c.isspace() for c in address):
        raise Refused("email_invalid", N_("Enter an e-mail address like name@example.org"))
    if queries.user_by_email(address) is not None:
        raise _taken()
    user = User(
        email=address, name=name.strip()[:100] or address, password_hash=password_hash, created_at=clock.now()
    )
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError as error:
        raise _taken() from error
    audit.record(
        "accounts.user_created",
        by,
        subject=("user", user.id),
        after={"email": address},
        personal=frozenset({"email"}),
    )
    return user


def _taken() -> Conflict:
    return Conflict("email_taken", N_("There is already an account with this address."))


def rename(user: User, name: str, language: str, by: Actor) -> None:
    """Change what a person is called and the language of letters to them."""
    name = name.strip()[:100] or user.email
    if name != user.name:
        audit.record(
            "accounts.user_renamed",
            by,
            subject=("user", user.id),
            before={"name": user.name},
            after={"name": name},
            personal=frozenset({"name"}),
        )
    user.name, user.language = name, language


def show_desk(user_id: int, size: DisplaySize) -> None:
    """Show the desk to this person in `size` from the next page on, on whatever machine they sign in."""
    db.session.execute(sa.update(User).where(User.id == user_id).values(display_size=size))


def grant_organisation_role(user: User, role: OrganisationRole, by: Actor = SYSTEM) -> None:
    """Give a person a role in the organisation; giving it twice changes nothing."""
    if role not in queries.organisation_roles(user.id):
        db.session.add(OrganisationMembership(user_id=user.id, role=role))
        audit.record("accounts.role_granted", by, subject=("user", user.id), after={"role": role.value})


def set_organisation_roles(user: User, roles: AbstractSet[OrganisationRole], by: Actor) -> None:
    """Let a person have exactly these roles in the organisation, from the next click on.

    Raises `Refused` when no administrator who can sign in would be left, also where two are taken away at once. Links
    to choose a first password that were given out before are closed: who holds one must not get the new roles with it.
    """
    if OrganisationRole.ADMINISTRATOR not in roles:
        administrators = administrators_for_update()
        if user.id in administrators:
            check_an_administrator_stays(user.id, administrators)
    # After the administrators, whom everybody locks in one order: so two never wait for each other.
    lock_person(user.id)
    held = queries.organisation_roles(user.id)
    for role in sorted(roles - held):
        grant_organisation_role(user, role, by)
    for role in sorted(held - roles):
        gone = sa.delete(OrganisationMembership).where(
            OrganisationMembership.user_id == user.id, OrganisationMembership.role == role
        )
        db.session.execute(gone)
        audit.record("accounts.role_taken", by, subject=("user", user.id), before={"role": role.value})
    if roles - held:
        revoke_links(INVITATION, user.id)


def disable(user: User, by: Actor) -> None:
    """Shut a person out: sessions end at once, links are closed, roles are kept for the day of return."""
    check_not_oneself(user.id, by.id if by.kind == "user" else None)
    administrators = administrators_for_update()
    if user.id in administrators:
        check_an_administrator_stays(user.id, administrators)
    if user.disabled_at is None:
        user.disabled_at = clock.now()
        end_all_sessions(user.id)
        for kind in (INVITATION, NEW_PASSWORD):
            revoke_links(kind, user.id)
        audit.record("accounts.user_disabled", by, subject=("user", user.id))


def enable(user: User, by: Actor) -> None:
    """Let a person in again who was shut out."""
    if user.disabled_at is not None:
        user.disabled_at = None
        audit.record("accounts.user_enabled", by, subject=("user", user.id))


def has_sender() -> bool:
    """Whether mail leaves this installation; without it links are handed over by people."""
    return bool(mail.account().server)


def offer_link(user: User, kind: str, by: Actor) -> str:
    """A fresh link with which the person chooses a password, to be handed over; earlier ones of its kind are closed.

    `kind` is INVITATION (seven days) or NEW_PASSWORD (an hour). Gives the token.
    """
    revoke_links(kind, user.id)
    length = INVITATION_LENGTH if kind == INVITATION else RESET_LENGTH
    action = "accounts.invited" if kind == INVITATION else "accounts.reset_offered"
    audit.record(action, by, subject=("user", user.id), after={"by_mail": False})
    return mint_link(kind, user.id, expires_at=clock.now() + length)


def send_link(user: User, kind: str, by: Actor, language: str) -> None:
    """Send the person such a link by mail; it is made when the letter is written, so it is stored nowhere."""
    action = "accounts.invited" if kind == INVITATION else "accounts.reset_offered"
    audit.record(action, by, subject=("user", user.id), after={"by_mail": True})
    if kind == INVITATION:
        # So the list says "invited" although the letter may still wait: nobody knows this one.
        revoke_links(kind, user.id)
        mint_link(kind, user.id, expires_at=clock.now() + INVITATION_LENGTH)
    template = INVITATION_LETTER if kind == INVITATION else PASSWORD_LETTER
    moment = clock.now().isoformat(timespec="minutes" if kind == NEW_PASSWORD else "seconds")
    mail.send(
        template,
        user.email,
        user.language or language,
        {"user_id": user.id},
        key=f"{template} {user.id} {moment}",
        expo_id=None,
        subject=("user", user.id),
    )


def ask_for_new_password(email: str, language: str) -> None:
    """Let a link for a new password be sent to this address if it is a person's who may sign in.

    The same job is asked for either way, and finds out whether anything is to be sent: so neither the answer nor its
    time tells who has an account (ASVS 6.3.8).
    """
    user = queries.user_by_email(email)
    if has_sender():
        arguments: dict[str, int | str] = {"user_id": user.id if user else NOBODY, "lang": language}
        jobs.enqueue(FORGOTTEN, secrets.token_hex(8), arguments)


def answer_forgotten(user_id: int, language: str) -> bool:
    """Send the link that was asked for; False for nobody and for who may not sign in."""
    user = queries.user_by_id(user_id)
    if user is None or user.disabled_at is not None:
        return False
    send_link(user, NEW_PASSWORD, SYSTEM, language)
    return True


def demand_two_steps(by: Actor, *, wanted: bool) -> None:
    """Say whether administrators must sign in with two steps; raises `Refused` for one who does not do so yet."""
    if wanted and by.id is not None and not queries.has_second_step(by.id):
        raise Refused("own_step_first", N_("Set up two-step sign-in for yourself first."))
    before = queries.administrators_need_two_steps()
    if before != wanted:
        db.session.add(SignInPolicy(administrators_two_steps=wanted, since=clock.now()))
        name = "administrators_two_steps"
        audit.record("accounts.policy_changed", by, before={name: before}, after={name: wanted})
