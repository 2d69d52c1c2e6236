"""Leaving advertising and news by a link in a message, without signing in (P20, RFC 8058)."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from exhibitions.core.access import actor, personal_link
from exhibitions.core.db import transaction
from exhibitions.core.i18n import language
from exhibitions.expos.models import Expo
from exhibitions.mail.service import texting
from exhibitions.visitors.queries import mailing as queries
from exhibitions.visitors.service import telling

# The application takes its posts without a CSRF token: mail programs send them, and the address itself is the secret.
blueprint = Blueprint("unsubscribe", __name__)


@blueprint.get("/<slug>/unsubscribe/<token>")
@personal_link(telling.LEAVE)
def unsubscribe(expo: Expo, subject_id: int) -> str:
    """Programs that look at links before people do open this page: it changes nothing."""
    return _page(expo, subject_id)


@blueprint.post("/<slug>/unsubscribe/<token>")
@personal_link(telling.LEAVE)
def leave(expo: Expo, subject_id: int) -> str:
    with transaction():
        telling.leave_marketing(expo, subject_id, actor())
    return _page(expo, subject_id)


@blueprint.post("/<slug>/unsubscribe/<token>/again")
@personal_link(telling.LEAVE)
def join(expo: Expo, subject_id: int) -> str:
    with transaction():
        telling.join_marketing(expo, subject_id, language(), actor())
    return _page(expo, subject_id)


def _page(expo: Expo, registration_id: int) -> str:
    return render_template(
        "visitors/unsubscribe.html",
        expo=expo,
        token=str((request.view_args or {}).get("token", "")) or request.path.split("/")[3],
        agrees=queries.agrees_now(expo.id, registration_id),
        is_over=False,
        can_text=texting.can_text(),
    )
