"""The record of a company: facts, people, papers, what it may do, doubles, history; and correcting the facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import g, render_template, request
from flask_babel import gettext as _

from exhibitions.audit import queries as audit_queries
from exhibitions.audit import service as audit
from exhibitions.companies import queries, service
from exhibitions.companies.forms.records import FIELD_OF, CompanyForm
from exhibitions.companies.models import Company, CompanyContact
from exhibitions.companies.queries import doubles
from exhibitions.companies.rules.deeds import DEEDS
from exhibitions.companies.rules.doubles import REASON_TEXTS, STRENGTH_TEXTS
from exhibitions.companies.rules.papers import KIND_TEXTS, state_of
from exhibitions.companies.rules.record import Part
from exhibitions.companies.rules.roles import BUSINESS_TEXTS, ROLE_TEXTS
from exhibitions.companies.service import joining
from exhibitions.companies.views.base import blueprint, company_or_404, country_name, today
from exhibitions.core import clock
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.contact import masked_email, masked_phone
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import home_zone, language
from exhibitions.core.regions import region_name
from exhibitions.core.web import go, keep_answer, kept_answer, tell

_UNMASKED = "company unmasked"
_MOST_HISTORY = 50


PARTS: list[Callable[[Company], Part | None]] = []
"""Filled by the composition root: rooms above say what they have of a company (past editions, orders)."""


@blueprint.get("/desk/companies/<int:company_id>")
@require(Permission.COMPANIES_VIEW)
def company(company_id: int) -> Any:
    row = company_or_404(company_id)
    if row.merged_into_id is not None:
        tell(_("%(name)s was merged into this company.", name=row.name_zh or row.name_en), "warning")
        return go("companies.company", company_id=queries.stands_for(row.id))
    plain = kept_answer(request.args.get("look", "")) == [_UNMASKED, company_id]
    return render_template(
        "companies/company.html",
        company=row,
        place=region_name(row.region, language()),
        country=country_name(row.country),
        counted=country_name(row.statistics_country),
        kinds=[_(BUSINESS_TEXTS[kind]) for kind in BUSINESS_TEXTS if kind.value in (row.kinds or ())],
        people=[_person(each, plain=plain) for each in queries.contacts(row)],
        plain=plain,
        papers=[
            (paper, _(KIND_TEXTS[paper.kind]), state_of(paper, today()).value)
            for paper in queries.papers(row)
        ],
        parts=[part for part in (make(row) for make in PARTS) if part is not None],
        near=_near(row),
        merges=[_merge(each) for each in doubles.merges_of(row.id)],
        history=_history(row),
        zone=home_zone(),
        rights=g.organisation_rights,
    )


@blueprint.post("/desk/companies/<int:company_id>/unmask")
@require(Permission.COMPANIES_VIEW)
def unmask(company_id: int) -> Any:
    row = company_or_404(company_id)
    with transaction():
        service.unmask(row, actor())
    return go("companies.company", company_id=company_id, look=keep_answer([_UNMASKED, company_id]))


@blueprint.route("/desk/companies/<int:company_id>/edit", methods=["GET", "POST"])
@require(Permission.COMPANIES_EDIT)
def edit_company(company_id: int) -> Any:
    row = company_or_404(company_id)
    form = CompanyForm(data=_typed(row))
    form.offer()
    if form.accepted():
        try:
            with form.saving(lambda: _typed(row), ("company", company_id, "companies.changed")):
                service.change(row, form.facts, actor())
        except Refused as refusal:
            form.refuse(FIELD_OF.get(refusal.code, "name_zh"), refusal)
        else:
            tell(_("The company is saved."))
            return go("companies.company", company_id=company_id)
    return render_template("companies/company_form.html", form=form, company=row), form.status


def _typed(row: Company) -> dict[str, Any]:
    return asdict(service.facts_of(row)) | {
        "kinds": list(row.kinds or ()),
        "credit_code": row.credit_code or "",
    }


def _person(contact: CompanyContact, *, plain: bool) -> dict[str, Any]:
    """A person as the record shows them: number and address masked unless `plain` (B12)."""
    return {
        "id": contact.id,
        "name": contact.name,
        "title": contact.title,
        "role": _(ROLE_TEXTS[contact.role]),
        "phone": contact.phone and (contact.phone if plain else masked_phone(contact.phone)),
        "email": contact.email and (contact.email if plain else masked_email(contact.email)),
        "wechat": contact.wechat if plain else contact.wechat[:1] + "***" if contact.wechat else "",
    }


def _near(row: Company) -> list[dict[str, Any]]:
    return [
        {
            "company": other,
            "reasons": [_(REASON_TEXTS[reason]) for reason in double.reasons],
            "strength": _(STRENGTH_TEXTS[double.strength]),
        }
        for other, double in doubles.near(row)
    ]


def _merge(row: Any) -> dict[str, Any]:
    other = queries.company_of(row.merged_id)
    return {
        "id": row.id,
        "name": (other.name_zh or other.name_en) if other else "",
        "number": other.number if other else "",
        "at": row.merged_at,
        "can_part": joining.can_part(row, clock.now()),
    }


def _history(row: Company) -> list[tuple[Any, list[str]]]:
    """What happened to the company, by the names of the fields: their values may be what this reader sees masked."""
    entries = audit_queries.entries_about(None, [("company", row.id)], limit=_MOST_HISTORY)
    return [
        (entry, [str(_(DEEDS.fields[name])) for name in entry.before if name in DEEDS.fields])
        for entry in audit.readable(entries)
    ]
