"""What exhibitors wait for: unread messages, badges over the quota, changes after the print date; and the thread of one."""

from __future__ import annotations

from typing import Any

from flask import abort, g, render_template, request
from flask_babel import gettext as _

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell
from exhibitions.exhibitors import queries as exhibitor_queries
from exhibitions.exhibitors.forms.centre import KINDS, MessageForm
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.queries import directory, messages
from exhibitions.exhibitors.queries import staff as staff_queries
from exhibitions.exhibitors.rules.directory import EntryState
from exhibitions.exhibitors.service import messages as message_service
from exhibitions.exhibitors.service import staff
from exhibitions.exhibitors.service.staff import company_words
from exhibitions.expos.models import Expo
from exhibitions.portal.views.frame import blueprint

_REQUESTS = "/desk/<slug>/exhibitors/requests"
_THREAD = "/desk/<slug>/exhibitors/<number>/messages"


@blueprint.get(_REQUESTS)
@require(Permission.EXHIBITORS_VIEW)
def exhibitor_requests(expo: Expo) -> str:
    return render_template(
        "portal/requests.html",
        expo=expo,
        unread=messages.unread(expo),
        asked=staff_queries.asked(expo),
        changes=directory.entries(expo, (EntryState.CHANGE_ASKED,)),
        kinds=KINDS,
        rights=g.rights,
        name_of=company_words,
    )


@blueprint.post(f"{_REQUESTS}/<number>/<int:staff_id>/<any(grant, refuse):answer>")
@require(Permission.EXHIBITORS_EDIT)
def answer_badge(expo: Expo, number: str, staff_id: int, answer: str) -> Any:
    """A badge over the quota by grace of who answers, or none."""
    exhibitor = _exhibitor(expo, number)
    person = staff_queries.staff_of(expo, exhibitor.id, staff_id)
    if person is None:
        abort(404)
    with transaction():
        if answer == "grant":
            staff.answer(expo, exhibitor, person, request.form.get("note", ""), actor())
        else:
            staff.cancel(expo, exhibitor, person, actor())
    tell(_("The badge is made.") if answer == "grant" else _("The request is refused."))
    return go("portal.exhibitor_requests", slug=expo.slug)


def _exhibitor(expo: Expo, number: str) -> Exhibitor:
    found = exhibitor_queries.exhibitor(expo, number)
    if found is None:
        abort(404)
    return found


@blueprint.route(_THREAD, methods=["GET", "POST"])
@require(Permission.EXHIBITORS_VIEW)
def exhibitor_messages(expo: Expo, number: str) -> Any:
    """The thread with one exhibitor; who answers has read it."""
    exhibitor, form = _exhibitor(expo, number), MessageForm()
    if form.accepted():
        try:
            with transaction():
                message_service.write(expo, exhibitor, form.text.data or "", actor())
        except Refused as refusal:
            form.refuse("text", refusal)
        else:
            tell(_("Sent. The exhibitor sees it in the centre."))
            return go("portal.exhibitor_messages", slug=expo.slug, number=number)
    page = render_template(
        "portal/exhibitor_messages.html",
        expo=expo,
        exhibitor=exhibitor,
        name=company_words(exhibitor) or exhibitor.reference,
        thread=messages.thread(expo, exhibitor.id),
        form=form,
    )
    return page, 422 if form.errors else 200


@blueprint.post(f"{_THREAD}/seen")
@require(Permission.EXHIBITORS_VIEW)
def see_messages(expo: Expo, number: str) -> Any:
    """Nothing to answer: they are read."""
    exhibitor = _exhibitor(expo, number)
    with transaction():
        message_service.seen(expo, exhibitor, by_office=True)
    return go("portal.exhibitor_requests", slug=expo.slug)
