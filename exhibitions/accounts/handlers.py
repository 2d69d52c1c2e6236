"""The letters of this room, and the sweeping of what is long over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _

from exhibitions.accounts import queries, service
from exhibitions.accounts.rules.people import CHALLENGE, INVITATION, NEW_PASSWORD
from exhibitions.accounts.rules.sessions import INVITATION_LENGTH, RESET_LENGTH
from exhibitions.accounts.service.people import (
    FORGOTTEN,
    INVITATION_LETTER,
    PASSWORD_LETTER,
    answer_forgotten,
)
from exhibitions.core import clock
from exhibitions.core.db import transaction
from exhibitions.core.errors import N_, Refused
from exhibitions.jobs import service as jobs
from exhibitions.jobs.rules import JobRun
from exhibitions.mail import service as mail
from exhibitions.mail.rules import Message

# Sessions and the links that people hold end by the term that the organisation has chosen (portal.retention).
_KINDS = (CHALLENGE,)
_KEPT = timedelta(days=30)


def register() -> None:
    """Enter the letters and jobs of this room into the tables of names."""
    mail.register(INVITATION_LETTER, invitation, N_("Invitation to work here"))
    mail.register(PASSWORD_LETTER, new_password, N_("Link for a new password"))
    jobs.register(FORGOTTEN, forgotten, title=N_("Answering who forgot the password"), quick=True)
    jobs.register(
        "accounts.sweep",
        sweep,
        title=N_("Forgetting challenges of passkeys that are over"),
        every=timedelta(days=1),
    )


def forgotten(run: JobRun) -> dict[str, object]:
    """Send the link for a new password that somebody asked for, if there is such a person; its result says neither."""
    with run.transaction():
        answer_forgotten(int(run.arguments["user_id"]), str(run.arguments["lang"]))
    return {}


def sweep(run: JobRun) -> dict[str, object]:
    """Forget the challenges of passkeys that were over a month ago."""
    with run.transaction():
        return {"links": service.forget_links(_KINDS, clock.now() - _KEPT)}


def invitation(arguments: Mapping[str, int | str], lang: str) -> Message:
    """The letter with a link for the first password; refused for who can sign in meanwhile, or may not."""
    url = _link(int(arguments["user_id"]), INVITATION)
    days = INVITATION_LENGTH // timedelta(days=1)
    text = _text("invitation.txt", url=url, days=days)
    return Message(_("Your invitation to the organiser's desk"), text)


def new_password(arguments: Mapping[str, int | str], lang: str) -> Message:
    """The letter with a link for a new password; refused for who may not sign in."""
    url = _link(int(arguments["user_id"]), NEW_PASSWORD)
    minutes = RESET_LENGTH // timedelta(minutes=1)
    return Message(
        _("A new password for the organiser's desk"), _text("new_password.txt", url=url, minutes=minutes)
    )


def _link(user_id: int, kind: str) -> str:
    with transaction():
        user = queries.user_by_id(user_id)
        if user is None or user.disabled_at is not None or (kind == INVITATION and user.password_hash):
            raise Refused("link_senseless", N_("This person needs no link any more."))
        length = INVITATION_LENGTH if kind == INVITATION else RESET_LENGTH
        token = service.mint_link(kind, user_id, expires_at=clock.now() + length)
    return address_of(kind, token)


def address_of(kind: str, token: str) -> str:
    """The address of such a link under the installation's public address, never under the name that a request used."""
    endpoint = "accounts.invitation" if kind == INVITATION else "accounts.new_password"
    path = current_app.url_map.bind("").build(endpoint, {"token": token})
    return str(current_app.config["PUBLIC_URL"]) + path


def _text(name: str, **values: object) -> str:
    # Not render_template: the pages' navigation needs a request, and a letter has none.
    return current_app.jinja_env.get_template(f"accounts/mail/{name}").render(**values)
