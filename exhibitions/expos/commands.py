"""`flask users create` with a role in a fair, and `flask expos`."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from exhibitions.accounts import service as accounts
from exhibitions.accounts.commands import ask_email, ask_password, say
from exhibitions.accounts.queries import user_by_email
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.expos import queries, service
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import Role

expos = AppGroup("expos", help="Fairs as data.")
users = AppGroup("users", help="People and their roles.")


def find_expo(slug: str) -> Expo:
    """The fair with this address, or the sentence that there is none."""
    expo = queries.expo_by_slug(slug)
    if expo is None:
        raise click.ClickException(f"There is no fair with the address {slug}.")
    return expo


@users.command("create")
@click.argument("email", required=False)
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--expo", "slug", required=True)
@click.option("--name", default="")
@click.option("--password", default=None, help="Asked for when the account is new and none is given.")
def create_user(email: str | None, role: str, slug: str, name: str, password: str | None) -> None:
    """Give a person a role in a fair; makes the account when there is none. What is not given is asked for."""
    expo = find_expo(slug)
    email = ask_email(email)
    known = user_by_email(email)
    try:
        hashed = None if known else ask_password(password, email)
        with transaction():
            user = known or accounts.create_user(email, name, hashed)
            service.grant_role(expo, user.id, Role(role))
    except Refused as refusal:
        raise say(refusal) from refusal
    click.echo(f"{email} is {role} of {slug}.")
