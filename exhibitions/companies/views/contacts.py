"""The people of a company."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template
from flask_babel import gettext as _

from exhibitions.companies import queries, service
from exhibitions.companies.forms.records import ContactForm
from exhibitions.companies.models import Company, CompanyContact
from exhibitions.companies.views.base import blueprint, company_or_404
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell

_FIELD_OF = {"phone_invalid": "phone", "email_invalid": "email"}


@blueprint.route("/desk/companies/<int:company_id>/contacts/add", methods=["GET", "POST"])
@require(Permission.COMPANIES_EDIT)
def add_contact(company_id: int) -> Any:
    company, form = company_or_404(company_id), ContactForm()
    if form.accepted():
        try:
            with transaction():
                service.add_contact(company, form.facts, actor())
        except Refused as refusal:
            form.refuse(_FIELD_OF.get(refusal.code, "name"), refusal)
        else:
            tell(_("The contact is entered."))
            return go("companies.company", company_id=company_id)
    return render_template(
        "companies/contact_form.html", form=form, company=company, contact=None
    ), form.status


@blueprint.route("/desk/companies/<int:company_id>/contacts/<int:contact_id>", methods=["GET", "POST"])
@require(Permission.COMPANIES_EDIT)
def change_contact(company_id: int, contact_id: int) -> Any:
    company, contact = _contact(company_id, contact_id)
    form = ContactForm(data=_typed(contact))
    if form.accepted():
        try:
            about = (service.CONTACT, contact_id, "companies.contact_changed")
            with form.saving(lambda: _typed(contact), about):
                service.change_contact(company, contact, form.facts, actor())
        except Refused as refusal:
            form.refuse(_FIELD_OF.get(refusal.code, "name"), refusal)
        else:
            tell(_("The contact is saved."))
            return go("companies.company", company_id=company_id)
    page = render_template("companies/contact_form.html", form=form, company=company, contact=contact)
    return page, form.status


@blueprint.post("/desk/companies/<int:company_id>/contacts/<int:contact_id>/remove")
@require(Permission.COMPANIES_EDIT)
def remove_contact(company_id: int, contact_id: int) -> Any:
    company, contact = _contact(company_id, contact_id)
    with transaction():
        service.remove_contact(company, contact, actor())
    tell(_("The contact is removed, with all that was known of the person here."))
    return go("companies.company", company_id=company_id)


def _contact(company_id: int, contact_id: int) -> tuple[Company, CompanyContact]:
    company = company_or_404(company_id)
    contact = queries.contact_of(company, contact_id)
    return abort(404) if contact is None else (company, contact)


def _typed(contact: CompanyContact) -> dict[str, Any]:
    names = ("name", "title", "phone", "email", "wechat")
    return {name: getattr(contact, name) or "" for name in names} | {"role": contact.role.value}
