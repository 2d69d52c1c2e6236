"""A1: who works here, with which roles, and how they sign in. The pages of the organisation."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from exhibitions.accounts import queries as accounts
from exhibitions.accounts import service
from exhibitions.accounts.forms.people import BY_MAIL, FairRolesForm, OrganisationRolesForm
from exhibitions.accounts.models import User
from exhibitions.accounts.queries import people as lists
from exhibitions.accounts.rules import ORGANISATION_RIGHTS, OrganisationRole
from exhibitions.accounts.rules.people import ERASED_HOST, PersonState
from exhibitions.accounts.service import second_step
from exhibitions.core import asked, clock
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import N_, Refused
from exhibitions.core.i18n import language
from exhibitions.core.web import go, tell
from exhibitions.expos import queries as expos
from exhibitions.expos.rules import RIGHTS, Role
from exhibitions.gates.queries.devices import DeviceCounts, counts_by_fair
from exhibitions.portal.forms import EraseAccountForm
from exhibitions.portal.rules.people import (
    FAIR_WORDS,
    ORGANISATION_NOTES,
    ORGANISATION_WORDS,
    right_rows,
)
from exhibitions.portal.service import people as people_service
from exhibitions.portal.service import persons
from exhibitions.portal.service.people import invite
from exhibitions.portal.views import inviting
from exhibitions.portal.views.inviting import blueprint, chosen, link_to_show, told

WORDS = {"words": ORGANISATION_WORDS, "fair_words": FAIR_WORDS, "states": PersonState}


@blueprint.get("/desk/people")
@require(Permission.PEOPLE_MANAGE)
def people() -> str:
    wanted = wanted_here()
    found = lists.people(wanted, clock.now(), asked.page())
    return render_template(
        "portal/people.html",
        found=found,
        wanted=wanted,
        fair_roles=expos.fair_roles_of([row.user.id for row in found.rows]),
        demanded=accounts.administrators_need_two_steps(),
        **WORDS,
    )


def wanted_here() -> lists.Wanted:
    """What the address asks of a list of people; what was searched for stands in it as a word without meaning."""
    state = request.args.get("state", "")
    return lists.Wanted(
        text=asked.kept_text(request.args.get("s", "")), state=state if state in list(PersonState) else ""
    )


@blueprint.post("/desk/people/search")
@require(Permission.PEOPLE_MANAGE)
def search_people() -> Response:
    return go("people.people", s=asked.keep_text(request.form.get("q", "")))


@blueprint.route("/desk/people/invite", methods=["GET", "POST"])
@require(Permission.PEOPLE_MANAGE)
def invite_person() -> Any:
    form = inviting.invite_form(expos.all_in_brief())
    if form.accepted():
        try:
            expo = expos.expo_by_slug(form.fair.data or "")
            wanted = inviting.invitation(form, expo, of_organisation=True)
            with transaction():
                invited = invite(wanted, actor(), is_administrator=True)
        except Refused as refusal:
            inviting.refuse(form, refusal, of_organisation=True)
        else:
            return go("people.person", user_id=invited.user.id, link=told(invited))
    page = render_template("portal/invite_person.html", form=form, notes=ORGANISATION_NOTES)
    return page, 422 if form.errors else 200


@blueprint.get("/desk/people/rights")
@require(Permission.PEOPLE_MANAGE)
def rights() -> str:
    """Who may do what, from the same tables as docs/access.md; made to be printed."""
    return render_template(
        "portal/rights.html", rows=right_rows(Permission, ORGANISATION_RIGHTS, RIGHTS), **WORDS
    )


@blueprint.get("/desk/people/devices")
@require(Permission.PEOPLE_MANAGE)
def gate_devices() -> str:
    counted = counts_by_fair(clock.now())
    none = DeviceCounts(0, 0)
    rows = [(expo, counted.get(expo.id, none)) for expo in expos.all_in_brief()]
    return render_template("portal/gate_devices.html", rows=rows)


@blueprint.post("/desk/people/two-steps")
@require(Permission.PEOPLE_MANAGE)
def demand_two_steps() -> Response:
    wanted = request.form.get("wanted") == "1"
    try:
        with transaction():
            service.demand_two_steps(actor(), wanted=wanted)
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return go("accounts.account", _anchor="two-steps")
    tell(_("Administrators must use two steps.") if wanted else _("Administrators may use one step."))
    return go("people.people")


@blueprint.get("/desk/people/<int:user_id>")
@require(Permission.PEOPLE_MANAGE)
def person(user_id: int) -> Any:
    return _page(user_id, *_forms(user_id))


def _forms(user_id: int) -> tuple[OrganisationRolesForm, FairRolesForm]:
    roles, at_fair = OrganisationRolesForm(data=_held(user_id)), FairRolesForm()
    inviting.offer_organisation_roles(roles)
    inviting.offer_fair_roles(at_fair, expos.all_in_brief())
    return roles, at_fair


def _held(user_id: int) -> dict[str, list[str]]:
    return {"organisation_roles": [role.value for role in accounts.organisation_roles(user_id)]}


def _page(user_id: int, roles: OrganisationRolesForm, at_fair: FairRolesForm) -> Any:
    now = clock.now()
    row = lists.person(user_id, now)
    if row is None:
        abort(404)
    page = render_template(
        "portal/person.html",
        row=row,
        sessions=lists.live_sessions(user_id, now),
        fair_roles=expos.fair_roles_of([user_id]).get(user_id, {}),
        roles_form=roles,
        fair_form=at_fair,
        notes=ORGANISATION_NOTES,
        link=link_to_show(user_id),
        has_sender=service.has_sender(),
        is_me=user_id == actor().id,
        **WORDS,
    )
    return page, 422 if at_fair.errors else roles.status


def _person(user_id: int) -> User:
    """The person with this number; 404 for nobody and for an erased account, which nothing brings back."""
    user = accounts.user_by_id(user_id)
    if user is None or user.email.endswith(f"@{ERASED_HOST}"):
        abort(404)
    return user


@blueprint.post("/desk/people/<int:user_id>/roles")
@require(Permission.PEOPLE_MANAGE)
def change_roles(user_id: int) -> Any:
    user = _person(user_id)
    roles, at_fair = _forms(user_id)
    if roles.accepted():
        try:
            with roles.saving(lambda: _held(user_id), ("user", user_id, "accounts.")):
                wanted = chosen(roles.organisation_roles, OrganisationRole)
                service.set_organisation_roles(user, wanted, actor())
        except Refused as refusal:
            roles.refuse("organisation_roles", refusal)
        else:
            tell(_("The roles are changed. They hold from the next click on."))
            return go("people.person", user_id=user_id)
    at_fair.fair.errors = at_fair.fair_roles.errors = ()
    return _page(user_id, roles, at_fair)


@blueprint.post("/desk/people/<int:user_id>/fair-roles")
@require(Permission.PEOPLE_MANAGE)
def add_fair_roles(user_id: int) -> Any:
    user = _person(user_id)
    roles, at_fair = _forms(user_id)
    expo = expos.expo_by_slug(at_fair.fair.data or "") if at_fair.accepted() else None
    wanted = chosen(at_fair.fair_roles, Role) if expo else frozenset()
    if expo is None or not wanted:
        at_fair.refuse("fair", Refused("no_role", N_("Choose a fair and at least one role.")))
        return _page(user_id, roles, at_fair)
    with transaction():
        people_service.add_fair_roles(expo, user, wanted, actor())
    tell(_("The roles are changed. They hold from the next click on."))
    return go("people.person", user_id=user_id)


@blueprint.post("/desk/people/<int:user_id>/link")
@require(Permission.PEOPLE_MANAGE)
def give_link(user_id: int) -> Any:
    """A fresh link to choose a password: an invitation for who never came, a new password for who did."""
    user = _person(user_id)
    by_mail = request.form.get("way") == BY_MAIL
    try:
        with transaction():
            invited, kind = people_service.give_link(user, actor(), language(), by_mail=by_mail)
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return go("people.person", user_id=user_id)
    return go("people.person", user_id=user_id, link=told(invited, kind))


@blueprint.post("/desk/people/<int:user_id>/disable")
@require(Permission.PEOPLE_MANAGE)
def disable(user_id: int) -> Response:
    user = _person(user_id)
    try:
        with transaction():
            service.disable(user, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("%(name)s is signed out everywhere and cannot sign in any more.", name=user.name))
    return go("people.person", user_id=user_id)


@blueprint.post("/desk/people/<int:user_id>/enable")
@require(Permission.PEOPLE_MANAGE)
def enable(user_id: int) -> Response:
    user = _person(user_id)
    with transaction():
        service.enable(user, actor())
    tell(_("%(name)s can sign in again.", name=user.name))
    return go("people.person", user_id=user_id)


@blueprint.route("/desk/people/<int:user_id>/erase", methods=["GET", "POST"])
@require(Permission.PEOPLE_MANAGE)
def erase_account(user_id: int) -> Any:
    user, form = _person(user_id), EraseAccountForm()
    form.expect(user.email)
    if form.accepted():
        try:
            with transaction():
                persons.erase_account(user, actor())
        except Refused as refusal:
            tell(_(refusal.message, **refusal.params), "error")
            return go("people.person", user_id=user_id)
        tell(_("The account is erased. What it did stays as erased person #%(number)s.", number=user_id))
        return go("people.people")
    page = render_template("portal/erase_account.html", user=user, form=form)
    return page, 422 if form.errors else 200


@blueprint.post("/desk/people/<int:user_id>/sign-out")
@require(Permission.PEOPLE_MANAGE)
def sign_out_person(user_id: int) -> Response:
    user = _person(user_id)
    with transaction():
        service.sign_out_everywhere(user.id, actor())
    tell(_("%(name)s is signed out everywhere.", name=user.name))
    return go("people.person", user_id=user_id)


@blueprint.route("/desk/people/<int:user_id>/reset-second-step", methods=["GET", "POST"])
@require(Permission.PEOPLE_MANAGE)
def reset_second_step(user_id: int) -> Any:
    user = _person(user_id)
    if request.method == "GET":
        return render_template("portal/reset_second_step.html", user=user)
    try:
        with transaction():
            second_step.reset(user, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(
            _("%(name)s signs in with the password alone until a new second step is set up.", name=user.name)
        )
    return redirect(url_for("people.person", user_id=user_id), 303)
