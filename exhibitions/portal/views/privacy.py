"""A3: personal data over all fairs: find a person, hand out a copy, erase; and the ways to audit, terms and records."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, render_template, request, url_for
from flask_babel import gettext as _

from exhibitions.badges.rules import number
from exhibitions.companies.rules.roles import office_phone
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.asked import ReasonForm
from exhibitions.core.contact import (
    clean_name,
    masked_email,
    masked_phone,
    normal_email,
    normal_phone,
)
from exhibitions.core.db import transaction
from exhibitions.core.i18n import format_datetime, local
from exhibitions.core.web import go, keep_answer, kept_answer, tell
from exhibitions.expos.queries import on_clock_of
from exhibitions.portal.forms import EraseForm
from exhibitions.portal.service import company_people, incident, persons
from exhibitions.portal.views import company_people as company_views
from exhibitions.portal.views.frame import blueprint
from exhibitions.visitors.queries.everywhere import Known, all_of, brought_by, guests_by, known, known_by

_LONGEST_QUESTION = 254


@blueprint.get("/desk/privacy")
@require(Permission.PRIVACY_MANAGE)
def privacy() -> str:
    text = str(kept_answer(request.args.get("s", "")) or "")
    found = _found(text) if text else []
    return render_template(
        "portal/privacy.html",
        expo=None,
        text=text,
        found=[_shown(one) for one in found],
        company_people=company_people.find(office_phone(text), normal_email(text)) if text else [],
        masked=company_views.masked,
        guests=guests_by(normal_phone(text), clean_name(text)) if text else [],
        every_fair=incident.fairs(),
        waiting=persons.unfinished(),
    )


@blueprint.post("/desk/privacy/find")
@require(Permission.PRIVACY_MANAGE)
def find_person() -> Any:
    text = request.form.get("q", "").replace("\x00", "").strip()[:_LONGEST_QUESTION]
    return go("portal.privacy", s=keep_answer(text) if text else None)


@blueprint.route("/desk/privacy/people/<int:registration_id>/export", methods=["GET", "POST"])
@require(Permission.PRIVACY_MANAGE)
def export_person(registration_id: int) -> Any:
    one = _one(registration_id)
    form, link = ReasonForm(), ""
    if form.accepted():
        with transaction():
            token = persons.offer_export(one.expo, one.registration, actor(), form.reason.data or "")
        path = url_for("portal.my_copy", slug=one.expo.slug, token=token)
        link = current_app.config["PUBLIC_URL"] + path
    page = render_template(
        "portal/export_person.html", expo=None, facts=_facts(one, fair=True), form=form, link=link
    )
    return page, 422 if form.errors else 200


@blueprint.route("/desk/privacy/people/<int:registration_id>/erase", methods=["GET", "POST"])
@require(Permission.PRIVACY_MANAGE)
def erase_person(registration_id: int) -> Any:
    one = _one(registration_id)
    same, shared = _like(one)
    form = EraseForm()
    form.expect(one.badge.number if one.badge else None, one.registration.id)
    form.offer([_line(each) for each in same + shared], {each.registration.id for each in same})
    ticked = form.people.data or []
    people = [one, *(each for each in same + shared if each.registration.id in ticked)]
    if form.accepted():
        with transaction():
            gone = persons.erase_person([(each.expo, each.registration) for each in people], actor())
        tell(
            _(
                "The person is erased from %(n)s registrations. Uploaded files are being looked through.",
                n=gone,
            )
        )
        return go("portal.privacy")
    page = render_template(
        "portal/erase_person.html",
        expo=None,
        each=_shown(one),
        facts=_facts(one),
        number=_shown(one)["number"] or one.registration.id,
        block="",
        parts=persons.counts([(every.expo, every.registration) for every in people]),
        brought=brought_by([every.registration.id for every in people]),
        form=form,
    )
    return page, 422 if form.errors else 200


def _found(text: str) -> list[Known]:
    return known_by(normal_phone(text), normal_email(text), number.parse(text))


def _one(registration_id: int) -> Known:
    found = known(registration_id)
    if found is None or found.registration.erased_at is not None:
        abort(404)
    return found


def _like(one: Known) -> tuple[list[Known], list[Known]]:
    """The other registrations of this person over all fairs; and those of others with the same number or address.

    A number or address of an office is that of many: who shares it is only offered, never taken for the same person.
    """
    same = all_of(one.registration)
    known_ids = {each.registration.id for each in same}
    shared = known_by(one.registration.phone, one.registration.email, None)
    return same[1:], [each for each in shared if each.registration.id not in known_ids]


def _line(one: Known) -> tuple[int, str]:
    shown = _shown(one)
    when = format_datetime(on_clock_of(one.registration.created_at, one.expo), one.expo.timezone)
    facts = (local(one.expo, "name"), one.registration.name, local(one.badge_class, "name"))
    words = [*map(str, facts), shown["phone"], shown["email"], str(when)]
    return one.registration.id, " · ".join(filter(None, words))


def _facts(one: Known, *, fair: bool = False) -> list[tuple[str, str, str]]:
    """Who it is, for the head of a page; `fair` names the fair as well."""
    shown = _shown(one)
    facts = [
        (_("Name"), one.registration.name, ""),
        (_("Fair"), local(one.expo, "name") if fair else "", ""),
        (_("Mobile number"), shown["phone"], ""),
        (_("E-mail"), shown["email"], ""),
        (_("Badge number"), "" if fair else shown["number"], ""),
    ]
    return [fact for fact in facts if fact[1]]


def _shown(one: Known) -> dict[str, Any]:
    person = one.registration
    return {
        "person": person,
        "expo": one.expo,
        "badge_class": one.badge_class,
        "phone": masked_phone(person.phone) if person.phone else "",
        "email": masked_email(person.email) if person.email else "",
        "number": number.shown(one.badge.number) if one.badge else "",
    }
