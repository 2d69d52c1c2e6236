"""The outbox as people see it: what waits, what was given up and why, and sending that again."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from exhibitions.audit.rules import Fair
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.web import go, tell
from exhibitions.mail import queries, service
from exhibitions.mail.rules import BOXES, first_to_look_at, masked

blueprint = Blueprint("mail", __name__)
_PAGE = 50


@blueprint.get("/desk/<slug>/mail")
@require(Permission.VISITORS_VIEW)
def outbox(expo: Fair) -> str:
    return _list(expo)


@blueprint.get("/desk/mail")
@require(Permission.SYSTEM_MANAGE)
def organisation_outbox() -> str:
    return _list(None)


@blueprint.post("/desk/<slug>/mail/<int:mail_id>/again")
@require(Permission.VISITORS_EDIT)
def again(expo: Fair, mail_id: int) -> Response:
    _again(expo.id, mail_id)
    return go("mail.outbox", slug=expo.slug, box="failed")


@blueprint.post("/desk/mail/<int:mail_id>/again")
@require(Permission.SYSTEM_MANAGE)
def organisation_again(mail_id: int) -> Response:
    _again(None, mail_id)
    return go("mail.organisation_outbox", box="failed")


def _again(expo_id: int | None, mail_id: int) -> None:
    with transaction():
        mail = queries.mail_of(expo_id, mail_id)
        if mail is None:
            abort(404)
        service.try_again(mail, actor())
    tell(_("The message is sent again."))


def _list(expo: Fair | None) -> str:
    expo_id = expo.id if expo else None
    counts = {name: queries.count(expo_id, states) for name, states in BOXES.items()}
    box = request.args.get("box") or first_to_look_at(counts)
    if box not in BOXES:
        abort(404)
    last = max(1, -(-counts[box] // _PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), last)
    rows = queries.newest(expo_id, BOXES[box], offset=(page - 1) * _PAGE, limit=_PAGE)
    return render_template(
        "mail/outbox.html",
        expo=expo,
        zone=expo.timezone if expo else "UTC",
        box=box,
        tabs=[(name, _box_url(expo, name), count) for name, count in counts.items()],
        rows=[(row, masked(row.recipient), _again_url(expo, row.id)) for row in rows],
        titles=service.titles,
        page=page,
        last=last,
        total=counts[box],
    )


def _box_url(expo: Fair | None, box: str) -> str:
    if expo is None:
        return url_for("mail.organisation_outbox", box=box)
    return url_for("mail.outbox", slug=expo.slug, box=box)


def _again_url(expo: Fair | None, mail_id: int) -> str:
    if expo is None:
        return url_for("mail.organisation_again", mail_id=mail_id)
    return url_for("mail.again", slug=expo.slug, mail_id=mail_id)
