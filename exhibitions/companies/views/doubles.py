"""Two entries of one company: found, put side by side, merged, and parted again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _

from exhibitions.companies.models import Company
from exhibitions.companies.queries import doubles as queries
from exhibitions.companies.queries.listing import Filters, found
from exhibitions.companies.rules import merging as rules
from exhibitions.companies.rules.doubles import REASON_TEXTS, STRENGTH_TEXTS, Strength
from exhibitions.companies.rules.record import Part
from exhibitions.companies.rules.roles import BUSINESS_TEXTS
from exhibitions.companies.service import joining as service
from exhibitions.companies.views.base import blueprint, company_or_404, country_name, today
from exhibitions.core import asked
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import format_phone, language
from exhibitions.core.regions import region_name
from exhibitions.core.web import go, tell

_MOST_FOUND = 10

CLASHES: list[Callable[[Company, Company], Part | None]] = []
"""Filled by the composition root: what rooms above want settled before these two become one."""


@blueprint.get("/desk/companies/doubles")
@require(Permission.COMPANIES_EDIT)
def doubles() -> str:
    pairs, total = queries.suspected()
    return render_template(
        "companies/doubles.html",
        pairs=pairs,
        total=total,
        reasons=REASON_TEXTS,
        strengths=STRENGTH_TEXTS,
        tones={Strength.CERTAIN: "stop", Strength.LIKELY: "wait", Strength.POSSIBLE: "plain"},
    )


@blueprint.route("/desk/companies/<int:company_id>/merge", methods=["GET", "POST"])
@require(Permission.COMPANIES_EDIT)
def merge(company_id: int) -> Any:
    """First the other one is found, then both stand side by side; the merge itself is the third step."""
    company = company_or_404(company_id)
    other = _other(company)
    if request.method == "POST" and other is not None and "_lang" not in request.form:
        try:
            with transaction():
                service.merge(
                    company, other, {name: request.form.get(name, "") for name in rules.FIELDS}, actor()
                )
        except Refused as refusal:
            tell(_(refusal.message, **refusal.params), "error")
            return go("companies.merge", company_id=company_id, **{"with": other.id})
        tell(_("The two are one company now. This can be undone for 30 days."))
        return go("companies.company", company_id=company_id)
    return _page(company, other)


@blueprint.post("/desk/companies/<int:company_id>/merge/find")
@require(Permission.COMPANIES_EDIT)
def find_double(company_id: int) -> Any:
    company_or_404(company_id)
    return go("companies.merge", company_id=company_id, s=asked.keep_text(request.form.get("q", "")))


@blueprint.post("/desk/companies/merges/<int:merge_id>/part")
@require(Permission.COMPANIES_EDIT)
def part(merge_id: int) -> Any:
    row = queries.merge_of(merge_id)
    if row is None:
        abort(404)
    kept_id = row.kept_id
    try:
        with transaction():
            service.part(row, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("The two are apart again, each with its own contacts and papers."))
    return go("companies.company", company_id=kept_id)


def _page(company: Company, other: Company | None) -> str:
    text = asked.kept_text(request.args.get("s", ""))
    near = found(Filters(text=text), today(), size=_MOST_FOUND).rows if text else []
    near = near or [each for each, _double in queries.near(company)]
    return render_template(
        "companies/merge.html",
        company=company,
        other=other,
        others=[] if other else [each for each in near if each.id != company.id],
        text=text,
        sides=_sides(company, other) if other else [],
        clashes=[part for part in (find(company, other) for find in CLASHES) if part] if other else [],
    )


def _sides(company: Company, other: Company) -> list[dict[str, Any]]:
    """Field by field what each of the two says, and from which it is suggested; what is alike is not asked."""
    usual = rules.suggested(company, other)
    return [
        {
            "name": name,
            "label": _(rules.FIELDS[name]),
            "kept": _said(company, name),
            "gone": _said(other, name),
            "usual": usual[name],
        }
        for name in rules.differing(company, other)
    ]


def _said(company: Company, name: str) -> str:
    value = getattr(company, name)
    if name == "is_member":
        return str(_("Yes") if value else _("No"))
    if not value:
        return ""
    if name == "kinds":
        return str(_(", ")).join(_(BUSINESS_TEXTS[kind]) for kind in BUSINESS_TEXTS if kind.value in value)
    if name in ("country", "statistics_country"):
        return country_name(value)
    if name == "region":
        return region_name(value, language())
    return format_phone(value) if name == "phone" else str(value)


def _other(company: Company) -> Company | None:
    number = asked.number(request.values.get("with", ""))
    if number is None or number == company.id:
        return None
    other = company_or_404(number)
    return other if other.merged_into_id is None else None
