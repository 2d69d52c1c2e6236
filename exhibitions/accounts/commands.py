"""`flask admin create`, `flask admin link` and the accounts part of `flask users`."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from exhibitions.accounts import queries, service
from exhibitions.accounts.rules import OrganisationRole
from exhibitions.accounts.rules.people import NEW_PASSWORD
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused

admin = AppGroup("admin", help="The administrator of this installation.")


def ask_email(email: str | None) -> str:
    """The address that was given, or typed when none was."""
    return email or str(click.prompt("E-mail"))


def ask_password(password: str | None, email: str) -> str:
    """The hash of the password that was given, or typed twice when none was."""
    typed = password or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return service.new_password_hash(typed, email)


def say(refusal: Refused) -> click.ClickException:
    """A refusal as the sentence that a command ends with."""
    return click.ClickException(refusal.message % refusal.params)


@admin.command("create")
@click.argument("email", required=False)
@click.option("--name", default="")
@click.option("--password", default=None, help="Asked for when not given.")
def create(email: str | None, name: str, password: str | None) -> None:
    """Make an account that may do everything in the organisation. What is not given is asked for."""
    email = ask_email(email)
    try:
        hashed = ask_password(password, email)
        with transaction():
            user = service.create_user(email, name, hashed)
            service.grant_organisation_role(user, OrganisationRole.ADMINISTRATOR)
    except Refused as refusal:
        raise say(refusal) from refusal
    click.echo(f"{user.email} is administrator.")


@admin.command("link")
@click.argument("email")
def link(email: str) -> None:
    """Print a link with which this person chooses a new password; it works once, for an hour."""
    user = queries.user_by_email(email)
    if user is None or user.disabled_at is not None:
        raise click.ClickException(f"{email} has no account that may sign in.")
    with transaction():
        token = service.offer_link(user, NEW_PASSWORD, SYSTEM)
    path = current_app.url_map.bind("").build("accounts.new_password", {"token": token})
    click.echo(current_app.config["PUBLIC_URL"] + path)
