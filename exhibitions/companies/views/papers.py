"""The papers of a company with their copies, and the list of those that end."""

from __future__ import annotations

from typing import Any

from flask import abort, g, render_template, request
from flask_babel import gettext as _

from exhibitions.companies import queries
from exhibitions.companies.forms.records import PaperForm
from exhibitions.companies.models import Company, CompanyContact, CompanyPaper
from exhibitions.companies.queries import expiries
from exhibitions.companies.rules.papers import KIND_TEXTS, NEEDS, RIGHT_TEXTS
from exhibitions.companies.service import papers as service
from exhibitions.companies.views.base import blueprint, company_or_404, today
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.contact import masked_phone
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell

_FIELD_OF = {"food_licence_invalid": "number", "paper_days": "valid_to", "papers_full": "kind"}


@blueprint.get("/desk/companies/papers")
@require(Permission.COMPANIES_VIEW)
def papers() -> str:
    view = request.args.get("view", "")
    view = view if view in expiries.VIEWS else expiries.ENDING
    rows = expiries.listed(view, today())
    contacts = queries.main_contacts({company.id for _paper, company in rows})
    return render_template(
        "companies/papers.html",
        view=view,
        counts=expiries.counts(today()),
        rows=[_line(paper, company, contacts.get(company.id)) for paper, company in rows],
        rights=g.organisation_rights,
        most=expiries.MOST,
    )


def _line(paper: CompanyPaper, company: Company, contact: CompanyContact | None) -> dict[str, Any]:
    return {
        "paper": paper,
        "company": company,
        "kind": _(KIND_TEXTS[paper.kind]),
        "left": (paper.valid_to - today()).days if paper.valid_to else None,
        "rights": [
            _(RIGHT_TEXTS[right])
            for right, groups in NEEDS.items()
            if any(paper.kind in each for each in groups)
        ],
        "contact": contact,
        "phone": masked_phone(contact.phone) if contact and contact.phone else "",
    }


@blueprint.post("/desk/companies/<int:company_id>/papers/<int:paper_id>/told")
@require(Permission.COMPANIES_EDIT)
def paper_told(company_id: int, paper_id: int) -> Any:
    _company, paper = _paper(company_id, paper_id)
    with transaction():
        service.told(paper, actor())
    tell(_("It is noted that the company was told."))
    return go("companies.papers", view=expiries.TO_TELL)


@blueprint.route("/desk/companies/<int:company_id>/papers/add", methods=["GET", "POST"])
@require(Permission.COMPANIES_EDIT)
def add_paper(company_id: int) -> Any:
    company, form = company_or_404(company_id), PaperForm()
    if form.accepted():
        copy = None
        try:
            copy = _copy(form)
            with transaction():
                service.add(company, form.facts, copy, actor())
        except Refused as refusal:
            service.drop_copy(copy)
            form.refuse(_FIELD_OF.get(refusal.code, "copy"), refusal)
        else:
            tell(_("The paper is entered."))
            return go("companies.company", company_id=company_id)
    return render_template("companies/paper_form.html", form=form, company=company, paper=None), form.status


@blueprint.route("/desk/companies/<int:company_id>/papers/<int:paper_id>", methods=["GET", "POST"])
@require(Permission.COMPANIES_EDIT)
def change_paper(company_id: int, paper_id: int) -> Any:
    company, paper = _paper(company_id, paper_id)
    form = PaperForm(data=_typed(paper))
    if form.accepted():
        copy = None
        try:
            copy = _copy(form)
            with form.saving(lambda: _typed(paper), ("company", company_id, "companies.paper_changed")):
                service.change(company, paper, form.facts, copy, actor())
        except Refused as refusal:
            service.drop_copy(copy)
            form.refuse(_FIELD_OF.get(refusal.code, "copy"), refusal)
        else:
            tell(_("The paper is saved."))
            return go("companies.company", company_id=company_id)
    page = render_template("companies/paper_form.html", form=form, company=company, paper=paper)
    return page, form.status


@blueprint.post("/desk/companies/<int:company_id>/papers/<int:paper_id>/remove")
@require(Permission.COMPANIES_EDIT)
def remove_paper(company_id: int, paper_id: int) -> Any:
    company, paper = _paper(company_id, paper_id)
    with transaction():
        service.remove(company, paper, actor())
    tell(_("The paper is removed, with its copy."))
    return go("companies.company", company_id=company_id)


def _copy(form: PaperForm) -> Any:
    """The copy that was sent, made and put on the disk before any transaction; None without one."""
    sent = form.copy.data
    return service.prepare_copy(sent.stream) if sent and sent.filename else None


def _paper(company_id: int, paper_id: int) -> tuple[Company, CompanyPaper]:
    company = company_or_404(company_id)
    paper = queries.paper_of(company, paper_id)
    return abort(404) if paper is None else (company, paper)


def _typed(paper: CompanyPaper) -> dict[str, Any]:
    return {
        "kind": paper.kind.value,
        "number": paper.number,
        "valid_from": paper.valid_from,
        "valid_to": paper.valid_to,
    }
