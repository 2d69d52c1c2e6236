"""The answers for addresses with a fair in them."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask import abort, g, redirect, request, session, url_for

from exhibitions.accounts import queries as account_queries
from exhibitions.core import clock
from exhibitions.core.access import Mark, Permission, sign_in_first, signed_in_person
from exhibitions.core.actor import Actor
from exhibitions.core.signing import hash_link_token
from exhibitions.expos import queries
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import rights_in, rights_of
from exhibitions.expos.service.previews import LINK as PREVIEW

_PREVIEWS = "previews"
_MOST_PREVIEWS = 3


def answer_public(mark: Mark, view_args: dict[str, Any]) -> dict[str, Any]:
    """Anybody; an unpublished fair exists only for the people who work on it and, to look at, for who has a preview."""
    person = signed_in_person()
    if "slug" not in view_args:
        return view_args
    expo = queries.expo_by_slug(view_args.pop("slug"))
    if expo is None:
        abort(404)
    if expo.published_at is None and not (
        (person is not None and Permission.EXPO_VIEW in rights_of(expo, person.id)) or _may_preview(expo)
    ):
        token = session.get(_PREVIEWS, {}).get(expo.slug)
        if token and request.method in ("GET", "HEAD"):
            # Whoever had a preview is told that it has ended, by its own link.
            abort(redirect(url_for("previews.enter", slug=expo.slug, token=token), 303))
        abort(404)
    return view_args | {"expo": expo}


def remember_preview(kept: MutableMapping[str, Any], expo: Expo, token: str) -> None:
    """Let this browser's session `kept` see the public pages of the fair by the link with this token."""
    others = {slug: word for slug, word in kept.get(_PREVIEWS, {}).items() if slug != expo.slug}
    kept[_PREVIEWS] = {**dict(list(others.items())[1 - _MOST_PREVIEWS :]), expo.slug: token}


def _may_preview(expo: Expo) -> bool:
    """Whether the reader has a live preview of this fair. It is for looking only: nothing can be sent by it."""
    token = session.get(_PREVIEWS, {}).get(expo.slug)
    looks = request.method in ("GET", "HEAD") or "_lang" in request.form
    if token is None or not looks:
        return False
    link = account_queries.live_link(PREVIEW, hash_link_token(token), clock.now())
    return link is not None and link.expo_id == expo.id


def answer_permission(mark: Mark, view_args: dict[str, Any]) -> dict[str, Any]:
    """Who holds the right; strangers do not learn that a fair exists."""
    person = signed_in_person()
    if person is None:
        abort(sign_in_first())
    # The page and its frame show what may be opened; they need not ask again.
    g.organisation_rights = account_queries.organisation_rights(person.id)
    if "slug" not in view_args:
        if mark.permission not in g.organisation_rights:
            abort(403)
        return view_args
    expo = queries.expo_by_slug(view_args.pop("slug"))
    g.rights = frozenset()
    if expo is not None:
        g.rights = rights_in([expo], person.id, g.organisation_rights)[expo.id]
    if expo is None or not g.rights:
        abort(404)
    if mark.permission not in g.rights:
        abort(403)
    return view_args | {"expo": expo}


def answer_personal_link(mark: Mark, view_args: dict[str, Any]) -> dict[str, Any]:
    """The holder of a live link of the marked kind; where the address names a fair, the link must be of that fair."""
    expo = None
    if "slug" in view_args:
        expo = queries.expo_by_slug(view_args.pop("slug"))
        if expo is None:
            abort(404)
        view_args["expo"] = expo
    link = account_queries.live_link(mark.what, hash_link_token(view_args.pop("token")), clock.now())
    if link is None or link.expo_id != (expo.id if expo else None):
        abort(404)
    g.actor = Actor("link", link.id)
    return view_args | {"subject_id": link.subject_id}
