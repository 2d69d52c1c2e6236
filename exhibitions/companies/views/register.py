"""The register as a list, and entering a company."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request
from flask_babel import gettext as _

from exhibitions.companies import service
from exhibitions.companies.forms import listing
from exhibitions.companies.forms.records import FIELD_OF, CompanyForm
from exhibitions.companies.models import Company
from exhibitions.companies.queries import expiries
from exhibitions.companies.queries import listing as queries
from exhibitions.companies.rules.papers import PaperState, state_of
from exhibitions.companies.rules.roles import ContactRole
from exhibitions.companies.views.base import blueprint, country_name, today
from exhibitions.core import asked
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.contact import masked_email, masked_phone
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import language
from exhibitions.core.regions import region_name
from exhibitions.core.web import go, tell


@blueprint.get("/desk/companies")
@require(Permission.COMPANIES_VIEW)
def companies() -> str:
    filters = listing.wanted()
    found = queries.found(filters, today(), asked.page())
    return render_template(
        "companies/companies.html",
        found=found,
        rows=[shown(row) for row in found.rows],
        filters=filters,
        options=_options(),
        kept=request.args,
        forgotten=asked.is_forgotten(),
        query=listing.passed(),
        rights=g.organisation_rights,
        papers=expiries.counts(today()),
    )


@blueprint.post("/desk/companies/search")
@require(Permission.COMPANIES_VIEW)
def search() -> Any:
    return go("companies.companies", s=asked.keep_text(request.form.get("q", "")))


@blueprint.route("/desk/companies/add", methods=["GET", "POST"])
@require(Permission.COMPANIES_EDIT)
def add_company() -> Any:
    form = CompanyForm()
    form.offer()
    if form.accepted():
        try:
            with transaction():
                made = service.add(form.facts, actor())
        except Refused as refusal:
            form.refuse(FIELD_OF.get(refusal.code, "name_zh"), refusal)
        else:
            tell(_("The company is entered. Add whom you reach there."))
            return go("companies.company", company_id=made.id)
    return render_template("companies/company_form.html", form=form, company=None), form.status


def shown(company: Company) -> dict[str, Any]:
    """A company as the list shows it: whom to reach masked (B12), how its papers stand."""
    people = sorted(company.contacts, key=lambda each: each.role is not ContactRole.MAIN)
    contact = people[0] if people else None
    states = {state_of(paper, today()) for paper in company.papers}
    worst = next((state for state in (PaperState.OVER, PaperState.ENDING) if state in states), None)
    return {
        "company": company,
        "place": region_name(company.region, language())
        if company.country in ("CN", "") and company.region
        else country_name(company.country),
        "contact": contact,
        "reached": contact
        and ((contact.phone and masked_phone(contact.phone)) or masked_email(contact.email or "@")),
        "papers": worst.value if worst else "valid" if states else "",
    }


def _options() -> dict[str, list[tuple[str, str]]]:
    """What the filters above the list offer."""
    countries = [(code, country_name(code)) for code in queries.countries()]
    return {
        "country": [*countries, (queries.ABROAD, _("Outside mainland China")), ("-", _("Not known yet"))],
        "region": [(key, region_name(key, language())) for key in queries.regions()],
        "papers": [("ending", _("End within 60 days")), ("over", _("Expired")), ("none", _("None entered"))],
        "has": [
            ("no-code", _("Without a credit code")),
            ("no-contact", _("Without a contact")),
            ("no-email", _("Without an e-mail address")),
        ],
        "member": [("yes", _("Members")), ("no", _("Not members"))],
    }
