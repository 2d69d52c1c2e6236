"""Links by which somebody sees the public pages before they are public."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from exhibitions.core import clock
from exhibitions.core.access import Permission, actor, personal_link, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, keep_answer, kept_answer, tell
from exhibitions.expos import queries as expos
from exhibitions.expos import service
from exhibitions.expos.forms.planning import PreviewForm
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import planning as queries
from exhibitions.expos.service.previews import LINK
from exhibitions.expos.views.answers import remember_preview

blueprint = Blueprint("previews", __name__)
PREVIEWS = "/desk/<slug>/setup/previews"


@blueprint.route(PREVIEWS, methods=["GET", "POST"])
@require(Permission.EXPO_PUBLISH)
def previews(expo: Expo) -> Any:
    """The live links; a new one is shown once, on the browser that made it, because it is not stored."""
    form = PreviewForm()
    if form.accepted():
        try:
            with transaction():
                token = service.open_preview(expo, form.name.data, form.days.data, actor())
        except Refused as refusal:
            form.refuse("name", refusal)
        else:
            return go("previews.previews", slug=expo.slug, made=keep_answer([form.name.data, token]))
    name, token = kept_answer(request.args.get("made", ""), once=True) or ("", "")
    link = current_app.config["PUBLIC_URL"] + url_for("previews.enter", slug=expo.slug, token=token)
    live = queries.previews(expo, clock.now())
    page = render_template(
        "expos/previews.html", expo=expo, form=form, previews=live, made=name, link=link if token else ""
    )
    return page, 422 if form.errors else 200


@blueprint.post(f"{PREVIEWS}/<int:preview_id>/revoke")
@require(Permission.EXPO_PUBLISH)
def revoke(expo: Expo, preview_id: int) -> Response:
    with transaction():
        service.close_preview(expo, preview_id, actor())
    tell(_("The link has ended. It opens nothing any more."))
    return go("previews.previews", slug=expo.slug)


@blueprint.errorhandler(404)
def ended(error: NotFound) -> Any:
    """A preview link that has ended, or was not copied whole, says so; nobody learns by it which fairs there are."""
    if request.endpoint != "previews.enter":
        return error
    expo = expos.expo_by_slug(request.path.split("/")[1])
    published = expo if expo is not None and expo.published_at is not None else None
    return render_template("expos/preview_ended.html", published=published), 404


@blueprint.get("/<slug>/preview/<token>")
@personal_link(LINK)
def enter(expo: Expo, subject_id: int) -> Response:
    """From here on this browser sees the public pages of the fair, as long as the link lives."""
    remember_preview(session, expo, request.path.rsplit("/", 1)[-1])
    return go("portal.fair", slug=expo.slug)
