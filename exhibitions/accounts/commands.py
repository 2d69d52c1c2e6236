"""`flask admin create` and the accounts part of `flask users`."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from exhibitions.accounts import service
from exhibitions.accounts.rules import OrganisationRole
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
