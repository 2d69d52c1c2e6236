"""Saving a view of the list, sharing it, dropping it, and choosing columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Forbidden, Refused
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import ListColumns, SavedView
from exhibitions.visitors.rules import columns_shown as rules

_LONGEST_QUERY = 500


def save_view(expo: Expo, name: str, query: Mapping[str, str], by: Actor, *, shared: bool) -> SavedView:
    """Keep an address under a name, for this person or for everybody who sees the list.

    Raises `Refused` for a bad name, for an address without any filter, and for the twenty-first view.
    """
    name = rules.checked_name(name)
    text = urlencode(query)
    if not text or len(text) > _LONGEST_QUERY:
        raise Refused("view_empty", N_("Filter or sort the list first; a view keeps that."))
    mine = sa.select(sa.func.count()).where(SavedView.expo_id == expo.id, SavedView.owner_id == by.id)
    if (db.session.scalar(mine) or 0) >= rules.MOST_VIEWS:
        raise Refused("views_many", N_("You have %(most)s views. Remove one first."), most=rules.MOST_VIEWS)
    view = SavedView(
        expo_id=expo.id, owner_id=by.id, name=name, query=text, shared=shared, created_at=clock.now()
    )
    db.session.add(view)
    db.session.flush()
    audit.record(
        "visitors.view_saved", by, expo_id=expo.id, after={"name": name, "query": text, "shared": shared}
    )
    return view


def remove_view(expo: Expo, view: SavedView, by: Actor) -> None:
    """Drop a view. Raises `Forbidden` for somebody else's."""
    if view.owner_id != by.id:
        raise Forbidden("view_others", N_("Only who saved a view can remove it."))
    audit.record(
        "visitors.view_removed", by, expo_id=expo.id, before={"name": view.name, "query": view.query}
    )
    db.session.delete(view)


def choose_columns(words: Iterable[str], by: Actor) -> None:
    """Show this person these columns from now on; the usual ones when none is left."""
    columns = rules.checked_columns(words) or list(rules.USUAL)
    chosen = db.session.get(ListColumns, by.id)
    if chosen is None:
        db.session.add(ListColumns(user_id=by.id, columns=columns))
    else:
        chosen.columns = columns
