"""Who works on one fair: its organiser invites and gives roles inside this fair, and nowhere else."""

from __future__ import annotations

import dataclasses
from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from exhibitions.accounts import service
from exhibitions.accounts.forms.people import BY_MAIL, FairRolesForm
from exhibitions.accounts.queries import organisation_rights
from exhibitions.accounts.queries import people as lists
from exhibitions.core import asked, clock
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import language
from exhibitions.core.web import go, tell
from exhibitions.expos import queries as expos
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import RIGHTS, Role
from exhibitions.expos.rules.roles import is_last_organiser
from exhibitions.portal.rules.people import FAIR_NOTES
from exhibitions.portal.service.people import invite, invite_again
from exhibitions.portal.views import inviting
from exhibitions.portal.views.inviting import blueprint, chosen, link_to_show, told
from exhibitions.portal.views.people import WORDS, wanted_here

_SURE = "sure"


@blueprint.get("/desk/<slug>/people")
@require(Permission.EXPO_PEOPLE)
def fair_people(expo: Expo) -> str:
    wanted = dataclasses.replace(wanted_here(), among=expos.members_of(expo))
    found = lists.people(wanted, clock.now(), asked.page())
    roles = expos.fair_roles_of([row.user.id for row in found.rows])
    return render_template(
        "portal/fair_people.html",
        expo=expo,
        found=found,
        wanted=wanted,
        roles={number: fairs.get(expo, []) for number, fairs in roles.items()},
        **WORDS,
    )


@blueprint.post("/desk/<slug>/people/search")
@require(Permission.EXPO_PEOPLE)
def search_fair_people(expo: Expo) -> Response:
    return go("people.fair_people", slug=expo.slug, s=asked.keep_text(request.form.get("q", "")))


@blueprint.route("/desk/<slug>/people/invite", methods=["GET", "POST"])
@require(Permission.EXPO_PEOPLE)
def invite_to_fair(expo: Expo) -> Any:
    form = inviting.invite_form([expo])
    if form.accepted():
        try:
            wanted = inviting.invitation(form, expo, of_organisation=False)
            with transaction():
                invited = invite(wanted, actor(), is_administrator=_is_administrator())
        except Refused as refusal:
            inviting.refuse(form, refusal, of_organisation=False)
        else:
            return go("people.fair_person", slug=expo.slug, user_id=invited.user.id, link=told(invited))
    page = render_template("portal/invite_to_fair.html", expo=expo, form=form, notes=FAIR_NOTES)
    return page, 422 if form.errors else 200


def _is_administrator() -> bool:
    return Permission.PEOPLE_MANAGE in organisation_rights(actor().id or 0)


@blueprint.route("/desk/<slug>/people/<int:user_id>", methods=["GET", "POST"])
@require(Permission.EXPO_PEOPLE)
def fair_person(expo: Expo, user_id: int) -> Any:
    """One person's roles in this fair. Without any they leave it and are not found here any more."""
    row, held = _member(expo, user_id)
    form = FairRolesForm(data=_typed(held))
    inviting.offer_fair_roles(form, [])
    if form.accepted():
        wanted = chosen(form.fair_roles, Role)
        if _shuts_out(user_id, wanted) and not request.form.get(_SURE):
            return _asked(expo, wanted)
        try:
            with form.saving(lambda: _typed(expos.roles(expo, user_id)), ("user", user_id, "expos.")):
                expo_service.set_roles(expo, user_id, wanted, actor())
        except Refused as refusal:
            form.refuse("fair_roles", refusal)
        else:
            tell(_("The roles are changed. They hold from the next click on."))
            return _onwards(expo)
    page = render_template(
        "portal/fair_person.html",
        expo=expo,
        row=row,
        form=form,
        notes=FAIR_NOTES,
        link=link_to_show(user_id),
        has_sender=service.has_sender(),
        **WORDS,
    )
    return page, form.status


def _typed(roles: frozenset[Role]) -> dict[str, list[str]]:
    """The roles as the form sends them, in the order of the form."""
    return {"fair_roles": [role.value for role in Role if role in roles]}


def _shuts_out(user_id: int, wanted: frozenset[Role]) -> bool:
    """Whether who asks takes the right to this page from themselves."""
    keeps = Permission.EXPO_PEOPLE in frozenset().union(*(RIGHTS[role] for role in wanted))
    return user_id == actor().id and not keeps and not _is_administrator()


def _asked(expo: Expo, wanted: frozenset[Role]) -> str:
    """Says first what an organiser loses who gives up the own role."""
    me = actor().id or 0
    return render_template(
        "portal/leave_fair.html",
        expo=expo,
        roles=sorted(wanted),
        sure=_SURE,
        me=me,
        is_last=is_last_organiser(me, expos.organisers_of(expo)),
        **WORDS,
    )


def _onwards(expo: Expo) -> Response:
    may_stay = Permission.EXPO_PEOPLE in expos.rights_of(expo, actor().id or 0)
    return go("people.fair_people", slug=expo.slug) if may_stay else go("portal.doors")


def _member(expo: Expo, user_id: int) -> tuple[lists.Row, frozenset[Role]]:
    held = expos.roles(expo, user_id)
    row = lists.person(user_id, clock.now()) if held else None
    if row is None:
        abort(404)
    return row, held


@blueprint.post("/desk/<slug>/people/<int:user_id>/link")
@require(Permission.EXPO_PEOPLE)
def invite_to_fair_again(expo: Expo, user_id: int) -> Response:
    row, _held = _member(expo, user_id)
    by_mail, link = request.form.get("way") == BY_MAIL, None
    try:
        with transaction():
            invited = invite_again(
                row.user, expo, actor(), language(), by_mail=by_mail, is_administrator=_is_administrator()
            )
        link = told(invited)
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    return go("people.fair_person", slug=expo.slug, user_id=user_id, link=link)
