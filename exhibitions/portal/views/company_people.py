"""A3: people of companies: a copy for whoever asked, made by the office, and their end."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from flask import Response, abort, current_app, render_template
from flask_babel import gettext as _

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.asked import ReasonForm
from exhibitions.core.contact import masked_email, masked_phone
from exhibitions.core.db import transaction
from exhibitions.core.i18n import local
from exhibitions.core.web import go, tell
from exhibitions.portal.forms import EraseForm
from exhibitions.portal.rules.readable_copy import company_sections
from exhibitions.portal.service import company_people as service
from exhibitions.portal.service import incident
from exhibitions.portal.service.company_people import Found
from exhibitions.portal.views.frame import blueprint
from exhibitions.portal.views.my_data import said_by

_PERSON = "/desk/privacy/company-people/<kind>/<int:row_id>"


@blueprint.route(f"{_PERSON}/export", methods=["GET", "POST"])
@require(Permission.PRIVACY_MANAGE)
def export_company_person(kind: str, row_id: int) -> Any:
    found, form = _one(kind, row_id), ReasonForm()
    if form.accepted():
        with transaction():
            known = service.export_person(found, actor(), form.reason.data or "")
        return _packed(known)
    page = render_template(
        "portal/export_company_person.html", expo=None, facts=_facts(found), form=form, link=""
    )
    return page, 422 if form.errors else 200


@blueprint.route(f"{_PERSON}/erase", methods=["GET", "POST"])
@require(Permission.PRIVACY_MANAGE)
def erase_company_person(kind: str, row_id: int) -> Any:
    found, form = _one(kind, row_id), EraseForm()
    form.expect(None, row_id)
    form.offer([], ())
    block = service.blocked(found)
    if form.accepted():
        with transaction():
            rows = service.erase_person(found, actor())
        tell(_("The person is erased from %(n)s entries of companies.", n=rows))
        return go("portal.privacy")
    page = render_template(
        "portal/erase_company_person.html",
        expo=None,
        facts=_facts(found),
        rows=len(found.rows),
        number=row_id,
        block=_(block.message, **block.params) if block else "",
        form=form,
    )
    return page, 422 if form.errors else 200


def _one(kind: str, row_id: int) -> Found:
    found = service.person(kind, row_id)
    if found is None:
        abort(404)
    return found


def _packed(known: dict[str, object]) -> Response:
    """The copy as a file: for machines (JSON) and for people (HTML). Its name says nothing of the person."""
    page = render_template(
        "portal/copy_file.html", expo=None, sections=company_sections(known), said=said_by("UTC")
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(known, ensure_ascii=False, indent=2, default=str))
        archive.writestr("data.html", page)
    response = current_app.response_class(packed.getvalue(), mimetype="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="data-of-a-person.zip"'
    return response


def _facts(found: Found) -> list[tuple[str, str, str]]:
    fairs = [str(local(fair, "name")) for fair in incident.fairs() if fair.id in found.expo_ids]
    facts = [
        (_("Name"), found.who.name, ""),
        (_("Contact"), masked(found), ""),
        (_("Company"), ", ".join(found.companies), ""),
        (_("Fair"), ", ".join(fairs), ""),
    ]
    return [fact for fact in facts if fact[1]]


def masked(found: Found) -> str:
    """The numbers and addresses of a person for who need not know them."""
    phones, emails = sorted(found.who.phones), sorted(found.who.emails)
    return ", ".join([*map(masked_phone, phones), *map(masked_email, emails)])
