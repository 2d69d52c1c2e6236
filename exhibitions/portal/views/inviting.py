"""The form of an invitation and what becomes of it, for the organisation's pages and a fair's."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _

from exhibitions.accounts import service as accounts
from exhibitions.accounts.forms.people import (
    BY_HAND,
    BY_MAIL,
    FairRolesForm,
    InviteForm,
    OrganisationRolesForm,
)
from exhibitions.accounts.handlers import address_of
from exhibitions.accounts.rules import OrganisationRole
from exhibitions.accounts.rules.people import INVITATION
from exhibitions.core.errors import Refused
from exhibitions.core.forms import SelectChoice
from exhibitions.core.i18n import language, local
from exhibitions.core.web import keep_answer, kept_answer, tell
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import Brief
from exhibitions.expos.rules import Role
from exhibitions.portal.rules.people import FAIR_WORDS, ORGANISATION_WORDS
from exhibitions.portal.service.people import Invitation, Invited

blueprint = Blueprint("people", __name__)
_FIELD_OF = {"email_invalid": "email", "email_taken": "email", "user_disabled": "email"}


def offer_fair_roles(form: FairRolesForm | InviteForm, fairs: Iterable[Expo | Brief]) -> None:
    """Let the form offer these fairs, and every role at them."""
    offered = [SelectChoice(expo.slug, str(local(expo, "name"))) for expo in fairs]
    form.fair.choices = [SelectChoice("", _("None")), *offered]
    form.fair_roles.choices = _choices(FAIR_WORDS)


def offer_organisation_roles(form: OrganisationRolesForm | InviteForm) -> None:
    """Let the form offer every role of the organisation."""
    form.organisation_roles.choices = _choices(ORGANISATION_WORDS)


def _choices(words: dict[Any, str]) -> list[SelectChoice]:
    return [SelectChoice(role.value, _(word)) for role, word in words.items()]


def chosen(field: Any, kind: type[StrEnum]) -> frozenset[Any]:
    """The roles that are ticked."""
    return frozenset(kind(value) for value in field.data or ())


def invite_form(fairs: Iterable[Expo | Brief]) -> InviteForm:
    """An empty or sent invitation; by mail where mail leaves, by hand where none does."""
    form = InviteForm(data={"way": BY_MAIL if accounts.has_sender() else BY_HAND})
    offer_fair_roles(form, fairs)
    offer_organisation_roles(form)
    if not accounts.has_sender():
        form.way.choices = [SelectChoice(BY_HAND, _("I hand the link over myself"))]
    return form


def invitation(form: InviteForm, expo: Expo | None, *, of_organisation: bool) -> Invitation:
    """What the form says; a fair's own page gives no role in the organisation, whatever was sent."""
    return Invitation(
        email=form.email.data or "",
        name=form.name.data or "",
        organisation_roles=chosen(form.organisation_roles, OrganisationRole)
        if of_organisation
        else frozenset(),
        expo=expo,
        fair_roles=chosen(form.fair_roles, Role),
        by_mail=form.way.data == BY_MAIL,
        language=language(),
    )


def refuse(form: InviteForm, refusal: Refused, *, of_organisation: bool) -> None:
    """Show a refusal beside the field that it is about."""
    roles = "organisation_roles" if of_organisation else "fair_roles"
    form.refuse(_FIELD_OF.get(refusal.code, roles if refusal.code == "no_role" else "email"), refusal)


def told(invited: Invited, kind: str = INVITATION) -> str | None:
    """Say what became of it; gives the word under which a link to hand over is shown, once, on this browser."""
    if invited.token:
        return keep_answer([invited.user.id, address_of(kind, invited.token)])
    if invited.mailed:
        tell(_("A letter with the link is on its way to %(email)s.", email=invited.user.email))
    else:
        tell(_("%(name)s has an account already and has the new roles now.", name=invited.user.name))
    return None


def link_to_show(user_id: int) -> str:
    """The link that this page shows to be handed over, "" when there is none (any more): it is shown once."""
    whose, link = kept_answer(request.args.get("link", ""), once=True) or (0, "")
    return str(link) if whose == user_id else ""
