"""Who works for a company in its centre: the owner asks colleagues in, gives them roles, takes them out."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template
from flask_babel import gettext as _

from exhibitions.core.access import actor, personal_link
from exhibitions.core.contact import masked_email, masked_phone
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import device_key, go, tell, throttle
from exhibitions.exhibitors.forms.people import PersonForm, RoleForm
from exhibitions.exhibitors.models import ExhibitorPerson
from exhibitions.exhibitors.queries import LINK, applying
from exhibitions.exhibitors.rules.people import ROLE_HINTS, ROLE_WORDS, Duty, check_duty
from exhibitions.exhibitors.service import people as service
from exhibitions.exhibitors.service.acting import mine
from exhibitions.exhibitors.views import answers as shown
from exhibitions.exhibitors.views.applying import PAGES, token_here
from exhibitions.exhibitors.views.base import blueprint
from exhibitions.expos.models import Expo

_PEOPLE = f"{PAGES}/people"
_INVITATIONS = "30 per hour"


@blueprint.route(_PEOPLE, methods=["GET", "POST"])
@personal_link(LINK)
def people(expo: Expo, subject_id: int) -> Any:
    person = _owner(expo, subject_id)
    form = PersonForm()
    if form.accepted():
        try:
            throttle("exhibitor-invites", device_key(), _INVITATIONS)
            with transaction():
                service.invite(person, form.facts(), actor())
            tell(_("The link is on its way."))
            return _back(expo)
        except Refused as refusal:
            form.refuse("phone", refusal)
    page = render_template(
        "exhibitors/people.html",
        expo=expo,
        me=person,
        exhibitor_name=shown.name_of(person.exhibitor),
        rows=[(each, _reach(each)) for each in applying.living_people(person.exhibitor)],
        form=form,
        words=ROLE_WORDS,
        hints={role.value: _(hint) for role, hint in ROLE_HINTS.items()},
        token=token_here(),
    )
    return page, form.status


@blueprint.route(f"{_PEOPLE}/<int:person_id>", methods=["GET", "POST"])
@personal_link(LINK)
def person(expo: Expo, subject_id: int, person_id: int) -> Any:
    me = _owner(expo, subject_id)
    other = _other(me, person_id)
    form = RoleForm(data={"role": other.role.value})
    if form.accepted():
        try:
            with form.saving(lambda: {"role": other.role.value}, ("exhibitor_person", person_id)):
                service.change_role(me, other, form.chosen, actor())
            return _back(expo)
        except Refused as refusal:
            form.refuse("role", refusal)
    page = render_template(
        "exhibitors/person.html",
        expo=expo,
        me=me,
        other=other,
        reach=_reach(other),
        form=form,
        exhibitor_name=shown.name_of(me.exhibitor),
        hints={role.value: _(hint) for role, hint in ROLE_HINTS.items()},
        token=token_here(),
    )
    return page, form.status


@blueprint.post(f"{_PEOPLE}/<int:person_id>/remove")
@personal_link(LINK)
def remove_person(expo: Expo, subject_id: int, person_id: int) -> Any:
    me = _owner(expo, subject_id)
    other, slug, token = _other(me, person_id), expo.slug, token_here()
    is_me = other.id == me.id
    try:
        with transaction():
            service.remove(me, other, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return go("exhibitors.people", slug=slug, token=token)
    tell(_("The link of this person opens nothing any more."))
    return go("exhibitors.exhibit", slug=slug) if is_me else go("exhibitors.people", slug=slug, token=token)


@blueprint.post(f"{_PEOPLE}/<int:person_id>/send-again")
@personal_link(LINK)
def send_link_again(expo: Expo, subject_id: int, person_id: int) -> Any:
    me = _owner(expo, subject_id)
    other = _other(me, person_id)
    throttle("exhibitor-invites", device_key(), _INVITATIONS)
    with transaction():
        service.send_link_again(me, other, actor())
    tell(_("The link is on its way."))
    return _back(expo)


def _owner(expo: Expo, subject_id: int) -> ExhibitorPerson:
    person, _exhibitor = mine(expo, subject_id)
    check_duty(person.role, Duty.PEOPLE)
    return person


def _other(me: ExhibitorPerson, person_id: int) -> ExhibitorPerson:
    found = applying.person_of(me.exhibitor, person_id)
    if found is None:
        abort(404)
    return found


def _reach(row: ExhibitorPerson) -> str:
    return masked_phone(row.phone) if row.phone else masked_email(row.email) if row.email else ""


def _back(expo: Expo) -> Any:
    return go("exhibitors.people", slug=expo.slug, token=token_here())
