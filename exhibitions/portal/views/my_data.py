"""V3, my data: what is known of me, a copy to take away, and my erasure, all by the personal link (P7, P9)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Response, abort, current_app, render_template, request
from flask_babel import gettext as _

from exhibitions.core.access import actor, personal_link
from exhibitions.core.db import transaction
from exhibitions.core.forms import Form
from exhibitions.core.i18n import format_date, format_datetime
from exhibitions.core.web import go
from exhibitions.expos.models import Expo
from exhibitions.portal.rules.readable_copy import Word, sections
from exhibitions.portal.service import persons
from exhibitions.portal.views.frame import blueprint
from exhibitions.visitors import queries, service
from exhibitions.visitors.queries import Row


@blueprint.route("/<slug>/badge/<token>/data", methods=["GET", "POST"])
@personal_link(service.LINK)
def my_data(expo: Expo, subject_id: int) -> Any:
    row = _mine(expo, subject_id)
    if Form().accepted():
        with transaction():
            token = persons.offer_export(expo, row.registration, actor())
        return go("portal.my_copy", slug=expo.slug, token=token)
    return render_template("portal/my_data.html", expo=expo, row=row, token=_token())


@blueprint.route("/<slug>/badge/<token>/erase", methods=["GET", "POST"])
@personal_link(service.LINK)
def erase_me(expo: Expo, subject_id: int) -> Any:
    row = _mine(expo, subject_id)
    mine = persons.all_here(expo, row.registration)
    if Form().accepted():
        with transaction():
            persons.erase_person(mine, actor())
        # The link has ended with the person; its page says so.
        return go("my_badge.badge", slug=expo.slug, token=_token())
    people = queries.colleagues(expo, row.registration, alive=True)
    return render_template("portal/erase_me.html", expo=expo, row=row, token=_token(), people=people)


@blueprint.get("/<slug>/my-data/<token>")
@personal_link(service.DATA_LINK)
def my_copy(expo: Expo, subject_id: int) -> str:
    row = _mine(expo, subject_id)
    found = sections(persons.export_person(expo, row.registration))
    return render_template(
        "portal/my_copy.html", expo=expo, sections=found, token=_token(), said=said_by(expo.timezone)
    )


@blueprint.get("/<slug>/my-data/<token>/data.zip")
@personal_link(service.DATA_LINK)
def my_copy_file(expo: Expo, subject_id: int) -> Response:
    """The copy as a file: for machines (JSON) and for people (HTML)."""
    known = persons.export_person(expo, _mine(expo, subject_id).registration)
    page = render_template(
        "portal/copy_file.html", expo=expo, sections=sections(known), said=said_by(expo.timezone)
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(known, ensure_ascii=False, indent=2))
        archive.writestr("data.html", page)
    response = current_app.response_class(packed.getvalue(), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="my-data-{expo.slug}.zip"'
    return response


def said_by(timezone: str) -> Callable[[Any], str]:
    """How a value of the copy is written in the reader's language, moments on the clock of an IANA zone."""

    def said(value: Any) -> str:
        match value:
            case list():
                return ", ".join(map(said, value))
            case Word():
                return str(_(value.text))
            case bool():
                return str(_("Yes") if value else _("No"))
            case datetime():
                return str(format_datetime(value, timezone))
            case date():
                return str(format_date(value))
        return str(value)

    return said


def _token() -> str:
    """The secret of the address that was asked for; the access mark has taken it out of the arguments."""
    return request.path.split("/")[3]


def _mine(expo: Expo, subject_id: int) -> Row:
    row = queries.registration_of(expo, subject_id)
    if row is None or row.registration.erased_at is not None:
        abort(404)
    return row
