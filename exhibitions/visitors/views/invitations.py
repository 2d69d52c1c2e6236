"""Who invites visitors 邀请渠道: the list with what came of each, one source with its link and words, many pasted."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.core import asked
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.contact import masked_phone
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import format_span, local
from exhibitions.core.web import go, keep_answer, kept_answer, tell
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.visitors.forms.invitations import SourceForm, wanted
from exhibitions.visitors.models import InvitationSource
from exhibitions.visitors.queries import invitations as queries
from exhibitions.visitors.rules.invitations import KINDS, Tally, read_sources
from exhibitions.visitors.service import invitations as service
from exhibitions.visitors.views.base import blueprint
from exhibitions.visitors.views.pasting import paste_page

PAGES = "/desk/<slug>/visitors/invitations"
_UNMASKED = "source unmasked"


@blueprint.get(PAGES)
@require(Permission.VISITORS_VIEW)
def invitations(expo: Expo) -> str:
    filters = wanted()
    found = queries.sources_found(expo, filters, asked.page())
    return render_template(
        "visitors/invitations.html",
        expo=expo,
        found=found,
        filters=filters,
        tallies=queries.tallies(expo, [row.word for row in found.rows]) if found.rows else {},
        nothing=Tally(),
        kinds=KINDS,
        masked=masked_phone,
        rights=g.rights,
    )


@blueprint.post(f"{PAGES}/search")
@require(Permission.VISITORS_VIEW)
def search_invitations(expo: Expo) -> Any:
    return go("visitors.invitations", slug=expo.slug, s=asked.keep_text(request.form.get("q", "")))


@blueprint.route(f"{PAGES}/new", methods=["GET", "POST"])
@require(Permission.VISITORS_EDIT)
def new_invitation(expo: Expo) -> Any:
    form = SourceForm()
    if form.accepted():
        try:
            with transaction():
                (row,) = service.add_sources(expo, [form.facts()], actor())
        except Refused as refusal:
            form.refuse("name_zh", refusal)
        else:
            tell(_("The source is entered. Its link and its poster are below."))
            return go("visitors.invitation", slug=expo.slug, source_id=row.id)
    page = render_template("visitors/invitation_form.html", expo=expo, form=form, row=None, known="")
    return page, 422 if form.errors else 200


@blueprint.route(f"{PAGES}/paste", methods=["GET", "POST"])
@require(Permission.VISITORS_EDIT)
def paste_invitations(expo: Expo) -> Any:
    page = paste_page(
        expo,
        "visitors/invitations_paste.html",
        lambda text: read_sources(text, queries.source_keys(expo)),
        lambda good: service.add_sources(expo, good, actor()),
        lambda added: ngettext("%(num)s source is entered.", "%(num)s sources are entered.", added),
    )
    return page or go("visitors.invitations", slug=expo.slug)


@blueprint.get(f"{PAGES}/<int:source_id>")
@require(Permission.VISITORS_VIEW)
def invitation(expo: Expo, source_id: int) -> str:
    row = _row(expo, source_id)
    plain = kept_answer(request.args.get("look", "")) == [_UNMASKED, source_id]
    return render_template(
        "visitors/invitation.html",
        expo=expo,
        row=row,
        tally=queries.tallies(expo, [row.word]).get(row.word, Tally()),
        kinds=KINDS,
        phone=row.phone and (row.phone if plain else masked_phone(row.phone)),
        plain=plain,
        link=link_of(expo, row.word),
        words=wechat_text(expo, row),
        rights=g.rights,
    )


@blueprint.post(f"{PAGES}/<int:source_id>/unmask")
@require(Permission.VISITORS_VIEW)
def unmask_invitation(expo: Expo, source_id: int) -> Any:
    row = _row(expo, source_id)
    with transaction():
        service.unmask_source(expo, row, actor())
    look = keep_answer([_UNMASKED, source_id])
    return go("visitors.invitation", slug=expo.slug, source_id=source_id, look=look)


@blueprint.route(f"{PAGES}/<int:source_id>/change", methods=["GET", "POST"])
@require(Permission.VISITORS_EDIT)
def change_invitation(expo: Expo, source_id: int) -> Any:
    row = _row(expo, source_id)
    form = SourceForm(data=_typed(row))
    if form.accepted():
        try:
            with form.saving(
                lambda: _typed(row), ("invitation_source", source_id, "visitors.source_changed")
            ):
                without = bool(form.no_phone.data)
                service.change_source(expo, row, form.facts(), actor(), without_phone=without)
        except Refused as refusal:
            form.refuse("name_zh", refusal)
        else:
            tell(_("The source is changed. Its link stays the same."))
            return go("visitors.invitation", slug=expo.slug, source_id=source_id)
    known = masked_phone(row.phone) if row.phone else ""
    page = render_template("visitors/invitation_form.html", expo=expo, form=form, row=row, known=known)
    return page, form.status


def _typed(row: InvitationSource) -> dict[str, str]:
    """A source as the form shows it."""
    typed = {name: getattr(row, name) for name in ("name_zh", "name_en", "contact")}
    return {**typed, "kind": row.kind.value}


@blueprint.post(f"{PAGES}/<int:source_id>/end")
@require(Permission.VISITORS_EDIT)
def end_invitation(expo: Expo, source_id: int) -> Any:
    row = _row(expo, source_id)
    ended = request.form.get("ended") == "yes"
    with transaction():
        service.end_source(expo, row, actor(), ended=ended)
    tell(
        _("The source has ended. Who registers by its link comes by nobody.")
        if ended
        else _("The source is open again.")
    )
    return go("visitors.invitation", slug=expo.slug, source_id=source_id)


def link_of(expo: Expo, word: str = "") -> str:
    """The whole address of the form of a fair, with the word of who invites."""
    values = {"slug": expo.slug, **({"from": word} if word else {})}
    # Also asked by a job, outside of any request.
    path = current_app.url_map.bind("").build("visitors.register", values)
    return str(current_app.config["PUBLIC_URL"]) + path


def wechat_text(expo: Expo, row: InvitationSource | None) -> str:
    """What is pasted into a chat, in the language of the page: who invites to what, when, where, and the link."""
    days = expo_queries.visitor_days(expo)
    fair = str(local(expo, "name"))
    venue = " ".join(filter(None, (str(local(expo, "venue")), str(local(expo, "address")))))
    lines = [
        _("%(name)s invites you to %(fair)s", name=str(local(row, "name")), fair=fair) if row else fair,
        _("When: %(days)s", days=" ".join(format_span(days[0], days[-1]))) if days else "",
        _("Where: %(place)s", place=venue) if venue else "",
        _("Register to visit: %(link)s", link=link_of(expo, row.word if row else "")),
    ]
    return "\n".join(filter(None, lines))


def _row(expo: Expo, source_id: int) -> InvitationSource:
    row = queries.source_of(expo, source_id)
    if row is None:
        abort(404)
    return row
