"""O4: a company taken in, moved, talked to and given a next step; the last edition's exhibitors copied."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.accounts import queries as accounts
from exhibitions.companies import queries as companies
from exhibitions.companies import service as register
from exhibitions.companies.models import Company
from exhibitions.companies.rules.facts import CompanyFacts
from exhibitions.companies.service import ContactFacts
from exhibitions.core import clock
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.core.i18n import local
from exhibitions.core.web import go, own_path, tell
from exhibitions.exhibitors import queries
from exhibitions.exhibitors.forms.recruiting import CompanyForm, CopyForm, NoteForm, StepForm, TalkForm
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.queries import listing
from exhibitions.exhibitors.rules.recruiting import BY_HAND
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import recruiting
from exhibitions.exhibitors.views import words
from exhibitions.exhibitors.views.base import blueprint
from exhibitions.exhibitors.views.list import LIST
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import planning

_ONE = f"{LIST}/<number>"
_MOST_ALIKE = 8


@blueprint.route(f"{LIST}/new", methods=["GET", "POST"])
@require(Permission.EXHIBITORS_EDIT)
def add_exhibitor(expo: Expo) -> Any:
    """A company of the register becomes a prospect; one that is not there yet is entered first, after a look at doubles."""
    form = CompanyForm(data={"owner": str(actor().id)})
    form.offer(planning.members(expo))
    alike: list[Company] = []
    if form.accepted():
        alike = _alike(form)
        if form.company.data or not alike or "anew" in request.form:
            try:
                return _take_in(expo, form)
            except Conflict as conflict:
                if conflict.code == "already_here":
                    tell(_("This company is on the list already"), "warning")
                    return go("portal.exhibitor", slug=expo.slug, number=conflict.params["number"])
                form.refuse("credit_code", conflict)
            except Refused as refusal:
                form.refuse(_FIELDS.get(refusal.code, "name_zh"), refusal)
    page = render_template("exhibitors/add.html", expo=expo, form=form, alike=alike)
    return page, 422 if form.errors else 200


_FIELDS = {
    "credit_code_invalid": "credit_code",
    "credit_code_foreign": "credit_code",
    "phone_invalid": "phone",
    "email_invalid": "email",
}


def _alike(form: CompanyForm) -> list[Company]:
    """Companies of the register that may be the one that was typed."""
    if form.company.data:
        return []
    facts = CompanyFacts(
        name_zh=form.name_zh.data or "",
        name_en=form.name_en.data or "",
        credit_code=form.credit_code.data or None,
        country=form.country.data or ("CN" if form.credit_code.data else ""),
    )
    return list(listing.alike(facts, form.phone.data or "", form.email.data or "", _MOST_ALIKE))


def _take_in(expo: Expo, form: CompanyForm) -> Any:
    owner = int(form.owner.data) if form.owner.data else None
    with transaction():
        company = companies.company(form.company.data) if form.company.data else _enter(form)
        if company is None:
            abort(404)
        made = recruiting.take_in(expo, company, actor(), user_id=owner)
        number = made.number
    tell(_("The company is on the list."))
    return go("portal.exhibitor", slug=expo.slug, number=number)


def _enter(form: CompanyForm) -> Company:
    facts = CompanyFacts(
        name_zh=form.name_zh.data or "",
        name_en=form.name_en.data or "",
        credit_code=form.credit_code.data or None,
        country=form.country.data or "",
    )
    company = register.add(facts, actor())
    if form.contact.data or form.phone.data or form.email.data:
        contact = ContactFacts(
            name=form.contact.data or "", phone=form.phone.data or "", email=form.email.data or ""
        )
        register.add_contact(company, contact, actor())
    return company


@blueprint.route(f"{LIST}/copy", methods=["GET", "POST"])
@require(Permission.EXHIBITORS_EDIT)
def copy_exhibitors(expo: Expo) -> Any:
    """The exhibitors of an earlier edition become prospects; who is here already stays as it is."""
    editions = expos.editions(expo.series_id)
    earlier = {each.slug: each for each in editions if each.edition < expo.edition}
    form = CopyForm()
    form.offer([(slug, local(each, "name")) for slug, each in earlier.items()], planning.members(expo))
    counts = {
        slug: len(listing.not_yet_here(expo, each, recruiting.RETURNING)) for slug, each in earlier.items()
    }
    if form.accepted():
        owner = int(form.owner.data) if form.owner.data else None
        with transaction():
            made = recruiting.copy_from(expo, earlier[form.earlier.data], actor(), owner)
        tell(ngettext("%(num)s company is a prospect now.", "%(num)s companies are prospects now.", made))
        return go("exhibitors.exhibitors", slug=expo.slug, stage="prospect")
    page = render_template(
        "exhibitors/copy.html",
        expo=expo,
        form=form,
        counts=counts,
        names={s: local(e, "name") for s, e in earlier.items()},
    )
    return page, 422 if form.errors else 200


@blueprint.post(f"{_ONE}/stage")
@require(Permission.EXHIBITORS_EDIT)
def put_stage(expo: Expo, number: str) -> Any:
    row = exhibitor_of(expo, number)
    stage = request.form.get("stage", "")
    if stage not in {state.value for state in BY_HAND}:
        abort(404)
    with transaction():
        recruiting.put(row, State(stage), actor())
    tell(_("%(company)s: %(stage)s", company=words.name_of(row), stage=words.state_word(row)))
    return _back(expo, number)


@blueprint.route(f"{_ONE}/talk", methods=["GET", "POST"])
@require(Permission.EXHIBITORS_EDIT)
def talk(expo: Expo, number: str) -> Any:
    row = exhibitor_of(expo, number)
    form = TalkForm()
    if form.accepted():
        try:
            with transaction():
                said = form.talk(expo, clock.now(), row.user_id or actor().id)
                recruiting.talk(expo, row, said, actor())
        except Refused as refusal:
            form.refuse("at" if refusal.code == "talk_ahead" else "text", refusal)
        else:
            tell(_("The talk is written down."))
            return go("portal.exhibitor", slug=expo.slug, number=number)
    page = render_template("exhibitors/talk.html", expo=expo, form=form, row=row, name=words.name_of(row))
    return page, 422 if form.errors else 200


@blueprint.route(f"{_ONE}/step", methods=["GET", "POST"])
@require(Permission.EXHIBITORS_EDIT)
def next_step(expo: Expo, number: str) -> Any:
    row = exhibitor_of(expo, number)
    form = StepForm(data=_step(row))
    form.offer(
        planning.members(expo), row.user_id, accounts.names_of({row.user_id}).get(row.user_id or 0, "")
    )
    if form.accepted():
        try:
            with form.saving(lambda: _step(row), ("exhibitor", row.id, "exhibitors.planned")):
                recruiting.plan_step(row, form.step(), actor())
        except Refused as refusal:
            form.refuse("next_step", refusal)
        else:
            tell(_("The next step is kept."))
            return go("portal.exhibitor", slug=expo.slug, number=number)
    page = render_template("exhibitors/step.html", expo=expo, form=form, row=row, name=words.name_of(row))
    return page, form.status


def _step(row: Exhibitor) -> dict[str, Any]:
    return {"next_step": row.next_step, "next_on": row.next_on, "owner": str(row.user_id or "")}


@blueprint.post(f"{_ONE}/step-done")
@require(Permission.EXHIBITORS_EDIT)
def finish_step(expo: Expo, number: str) -> Any:
    row = exhibitor_of(expo, number)
    with transaction():
        recruiting.finish_step(row, actor())
    tell(_("The step is done. What comes next?"))
    return _back(expo, number)


@blueprint.route(f"{_ONE}/note", methods=["GET", "POST"])
@require(Permission.EXHIBITORS_EDIT)
def note(expo: Expo, number: str) -> Any:
    row = exhibitor_of(expo, number)
    form = NoteForm(data={"note": row.note})
    if form.accepted():
        try:
            with form.saving(lambda: {"note": row.note}, ("exhibitor", row.id, "exhibitors.noted")):
                recruiting.write_note(row, form.note.data or "", actor())
        except Refused as refusal:
            form.refuse("note", refusal)
        else:
            tell(_("The note is kept."))
            return go("portal.exhibitor", slug=expo.slug, number=number)
    page = render_template("exhibitors/note.html", expo=expo, form=form, row=row, name=words.name_of(row))
    return page, form.status


def exhibitor_of(expo: Expo, number: str) -> Exhibitor:
    """The company of the address; 404 where this fair has none."""
    row = queries.exhibitor(expo, number)
    if row is None:
        abort(404)
    return row


def _back(expo: Expo, number: str) -> Any:
    """To the list or board that the button stood on, else to the record."""
    back = own_path(request.form.get("back", ""))
    return redirect(back, 303) if back else go("portal.exhibitor", slug=expo.slug, number=number)
