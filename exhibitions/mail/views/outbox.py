"""The outbox as people see it: what waits, what was given up and why, who was told; and one message to hand over."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, g, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from exhibitions.audit.rules import Fair
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import home_zone
from exhibitions.core.web import go, keep_answer, kept_answer, tell
from exhibitions.mail import queries, rules, service
from exhibitions.mail.models import Mail
from exhibitions.mail.rules import BOXES, Way, first_to_look_at, masked, masked_phone
from exhibitions.mail.rules.texts import wechat_text
from exhibitions.mail.service import telling, texting
from exhibitions.mail.views.base import blueprint

_PAGE = 50
# What a room above this one calls the person of a message, and its page: kind of subject → endpoint and argument.
subjects: dict[str, tuple[str, str]] = {}


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
def again(expo: Fair, mail_id: int) -> BaseResponse:
    _again(expo.id, mail_id)
    return go("mail.outbox", slug=expo.slug, box="failed")


@blueprint.post("/desk/mail/<int:mail_id>/again")
@require(Permission.SYSTEM_MANAGE)
def organisation_again(mail_id: int) -> BaseResponse:
    _again(None, mail_id)
    return go("mail.organisation_outbox", box="failed")


@blueprint.post("/desk/<slug>/mail/told")
@require(Permission.VISITORS_EDIT)
def told(expo: Fair) -> BaseResponse:
    """Note for the picked messages that their people were told, by the way of the pressed button."""
    way = request.form.get("way", "")
    if way not in list(Way):
        abort(422)
    batch = request.args.get("batch", "")[:32]
    with transaction():
        rows = _picked(expo, batch)
        done = telling.told(rows, Way(way), actor())
    tell(ngettext("%(num)s person is noted as told.", "%(num)s people are noted as told.", done))
    return go("mail.outbox", slug=expo.slug, box=rules.UNTOLD, batch=batch or None)


@blueprint.get("/desk/<slug>/mail/<int:mail_id>")
@require(Permission.VISITORS_EDIT)
def message(expo: Fair, mail_id: int) -> str:
    """One message: what became of it, and after `words` what to paste into a chat."""
    row = _row(expo, mail_id)
    # The secret of the link stands here once, on this browser, under an address of its own.
    # Not once: who reloads the page, or reads it in the other language, still needs the words.
    kept = kept_answer(request.args.get("look", ""))
    words, trouble = None, ""
    if isinstance(kept, list) and kept[:1] == [mail_id]:
        try:
            words = telling.words_of(row, kept[1])
        except Refused as refusal:
            trouble = _(refusal.message, **refusal.params)
    return render_template(
        "mail/message.html",
        expo=expo,
        mail=row,
        title=service.titles.get(row.template, "Message"),
        own_title=telling.titles_of(expo.id, [row]).get(row.id, ""),
        recipient=_recipient(row, telling.people_of(expo.id, [row])),
        person=_person_url(expo, row),
        words=wechat_text(words) if words else "",
        trouble=trouble,
        has_picture=row.template in service.painters,
        rules=rules,
        ways=rules.WAY_TEXTS,
    )


@blueprint.post("/desk/<slug>/mail/<int:mail_id>/words")
@require(Permission.VISITORS_EDIT)
def words(expo: Fair, mail_id: int) -> BaseResponse:
    row = _row(expo, mail_id)
    with transaction():
        token = telling.prepare(row, actor())
    return go("mail.message", slug=expo.slug, mail_id=mail_id, look=keep_answer([mail_id, token]))


@blueprint.get("/desk/<slug>/mail/<int:mail_id>/picture.png")
@require(Permission.VISITORS_EDIT)
def picture(expo: Fair, mail_id: int) -> Response:
    found = telling.picture_of(_row(expo, mail_id))
    if found is None:
        abort(404)
    response = Response(found, content_type="image/png")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/desk/<slug>/mail/<int:mail_id>/not-told")
@require(Permission.VISITORS_EDIT)
def not_told(expo: Fair, mail_id: int) -> BaseResponse:
    row = _row(expo, mail_id)
    with transaction():
        telling.not_told(row, actor())
    return go("mail.message", slug=expo.slug, mail_id=mail_id)


def _picked(expo: Fair, batch: str) -> Any:
    """What the boxes of a list say, or all that nobody was told of, at most a thousand at a time."""
    if request.form.get("all"):
        return queries.newest(expo.id, rules.UNTOLD, batch, limit=queries.PORTION)
    texts = request.form.getlist("id")[: queries.PORTION]
    return queries.chosen(expo.id, [int(t) for t in texts if t.isascii() and t.isdigit() and len(t) < 19])


def _row(expo: Fair, mail_id: int) -> Mail:
    row = queries.mail_of(expo.id, mail_id) if mail_id < 2**63 else None
    if row is None:
        abort(404)
    return row


def _again(expo_id: int | None, mail_id: int) -> None:
    with transaction():
        mail = queries.mail_of(expo_id, mail_id)
        if mail is None:
            abort(404)
        service.try_again(mail, actor())
    tell(_("The message is sent again."))


def _list(expo: Fair | None) -> str:
    expo_id = expo.id if expo else None
    batch = request.args.get("batch", "")[:32] if expo else ""
    counts = queries.counts(expo_id, batch)
    box = request.args.get("box") or first_to_look_at(counts)
    if box not in BOXES:
        abort(404)
    last = max(1, -(-counts[box] // _PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), last)
    rows = queries.newest(expo_id, box, batch, offset=(page - 1) * _PAGE, limit=_PAGE)
    people = telling.people_of(expo.id, rows) if expo else {}
    return render_template(
        "mail/outbox.html",
        expo=expo,
        zone=expo.timezone if expo else home_zone(),
        box=box,
        batch=batch,
        tabs=[(name, _box_url(expo, name, batch), count) for name, count in counts.items()],
        rows=[(row, _recipient(row, people), _again_url(expo, row.id)) for row in rows],
        titles=service.titles,
        own_titles=telling.titles_of(expo.id, rows) if expo else {},
        rules=rules,
        rights=g.get("rights", frozenset()),
        mailings_url=_mailings_url(expo),
        sender_url=url_for("portal.sender") if "portal.sender" in current_app.view_functions else "",
        has_sender=bool(service.account().server) or (texting.can_text() and not texting.is_sandbox()),
        page=page,
        last=last,
        total=counts[box],
    )


def _recipient(row: Mail, people: dict[int, tuple[str, str | None]]) -> tuple[str, str]:
    """Who is meant: the name where it is known, and the address or else the number, masked (B12)."""
    name, phone = people.get(row.id, ("", None))
    if row.recipient and not row.by_sms:
        return name, masked(row.recipient)
    number = row.recipient if row.recipient.startswith("+") else phone
    return name, masked_phone(number) if number else ""


def _mailings_url(expo: Fair | None) -> str:
    """The page of messages to many, where the application has one."""
    known = expo is not None and "visitors.mailings" in current_app.view_functions
    return url_for("visitors.mailings", slug=expo.slug) if expo and known else ""


def _person_url(expo: Fair, row: Mail) -> str:
    endpoint, argument = subjects.get(row.subject_kind or "", ("", ""))
    if endpoint not in current_app.view_functions:
        return ""
    number: dict[str, Any] = {argument: row.subject_id}
    return url_for(endpoint, slug=expo.slug, **number)


def _box_url(expo: Fair | None, box: str, batch: str) -> str:
    if expo is None:
        return url_for("mail.organisation_outbox", box=box)
    return url_for("mail.outbox", slug=expo.slug, box=box, batch=batch or None)


def _again_url(expo: Fair | None, mail_id: int) -> str:
    if expo is None:
        return url_for("mail.organisation_again", mail_id=mail_id)
    return url_for("mail.again", slug=expo.slug, mail_id=mail_id)
