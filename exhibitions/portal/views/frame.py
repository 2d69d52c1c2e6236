"""What stands around every page: the bars, the desk's menu and the switcher of fairs, made only when asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Flask, current_app, g, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.local import LocalProxy

from exhibitions.accounts import queries as accounts
from exhibitions.accounts.rules import DisplaySize
from exhibitions.awards.queries.published import has_something
from exhibitions.core.access import Permission, signed_in_person
from exhibitions.core.db import db
from exhibitions.core.errors import N_
from exhibitions.core.i18n import local
from exhibitions.exhibitors.models import ExhibitorPerson
from exhibitions.exhibitors.rules.people import Duty, may
from exhibitions.expos.models import Expo, ExpoDay
from exhibitions.expos.queries import expo_by_slug, is_over, rights_of
from exhibitions.organisation.queries import organisation
from exhibitions.organisation.rules import Facts
from exhibitions.organisation.service import facts_of
from exhibitions.portal import queries
from exhibitions.portal.rules.navigation import (
    BESIDE,
    DESK,
    EXHIBITOR,
    ORGANISATION,
    SETUP,
    Way,
    open_ways,
    public_ways,
    typed_names,
)

blueprint = Blueprint("portal", __name__)
# 大字 is what large type is called on screens in China.
DISPLAY_SIZES = (
    (DisplaySize.ROOMY.value, N_("Roomy")),
    (DisplaySize.DENSE.value, N_("Dense")),
    (DisplaySize.LARGE.value, N_("Large type")),
)
_Entry = dict[str, Any]
T = TypeVar("T")


def install(app: Flask) -> None:
    """Give every template of `app` its frame."""
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    # Error pages ask nothing of the database: these are worked out when a template first looks at them.
    return {
        "nav": LocalProxy(_nav),
        "fairs": LocalProxy(_fairs),
        "fair_of_address": _fair_of_address,
        "jumps": LocalProxy(_jumps),
        "people_search_url": LocalProxy(_people_search_url),
        "home_url": LocalProxy(_home_url),
        "display_size": LocalProxy(_display_size),
        "display_sizes": DISPLAY_SIZES,
        "organiser": LocalProxy(_organiser),
        "account_url": url_for("accounts.account"),
        "sign_out_url": url_for("accounts.sign_out"),
    }


def _display_size() -> str:
    """How large the desk is shown to the reader. Who is signed in is not asked for here: an error page may stand on it."""
    person = g.get("_login_user")
    return getattr(person, "display_size", "") if person is not None and _is_desk() else ""


def _once(make: Callable[[], T]) -> Callable[[], T]:
    """Work a part of the frame out once a request, whoever looks at it first."""

    @wraps(make)
    def made() -> T:
        known: dict[str, Any] = g.setdefault("frame", {})
        if make.__name__ not in known:
            known[make.__name__] = make()
        found: T = known[make.__name__]
        return found

    return made


def expo_here() -> Expo | None:
    """The fair of this page, if it is a page of one."""
    found = (request.view_args or {}).get("expo")
    return found if isinstance(found, Expo) else None


def _fair_of_address() -> dict[str, str] | None:
    """Name and page of the public fair that the address names, for a page that says why there is nothing here.

    A fair that is not public is not named. Nothing is asked of a database that does not answer.
    """
    words = [*request.path.split("/")[1:3], ""]
    desk = words[0] == "desk"
    try:
        expo = expo_by_slug(words[1] if desk else words[0])
    except SQLAlchemyError:
        return None
    if expo is None or expo.published_at is None:
        return None
    return {
        "name": local(expo, "name"),
        "url": url_for("portal.desk" if desk else "portal.fair", slug=expo.slug),
    }


def rights_here(expo: Expo) -> frozenset[str]:
    """What the reader may do in the fair of this page."""
    if "rights" not in g:
        person = signed_in_person()
        g.rights = rights_of(expo, person.id) if person is not None else frozenset()
    found: frozenset[str] = g.rights
    return found


def organisation_rights_here() -> frozenset[str]:
    """What the reader may do in the organisation."""
    if "organisation_rights" not in g:
        person = signed_in_person()
        g.organisation_rights = accounts.organisation_rights(person.id) if person is not None else frozenset()
    found: frozenset[str] = g.organisation_rights
    return found


def ways(offered: tuple[Way, ...], expo: Expo, rights: frozenset[str]) -> list[Way]:
    """Those of the offered pages that exist and that may be opened."""
    return open_ways(offered, rights, current_app.view_functions)


def address(endpoint: str, **values: Any) -> str:
    """The address of a page, or an empty text when no room offers it."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def _is_desk() -> bool:
    """The desk of the organiser; the own account is reached from it and leads back to it."""
    return request.path.split("/")[1] in ("desk", "me")


@_once
def _nav() -> list[_Entry]:
    expo = expo_here()
    if expo is None:
        entries = _entries(organisation_ways(), None) if _is_desk() else []
        return [{"label": _("Organisation"), "items": entries}] if entries else []
    if (token := exhibitor_token()) is not None:
        entries = _entries(ways(EXHIBITOR, expo, _duties(expo)), expo, token=token)
        return [{"label": "", "items": entries}]
    if not _is_desk():
        offered = public_ways(is_over=is_over(expo), has_awards=has_something(expo))
        entries = _entries(ways(offered, expo, frozenset()), expo)
        return [{"label": "", "items": entries}] if entries else []
    rights = rights_here(expo)
    groups = [(label, _entries(ways(offered, expo, rights), expo)) for label, offered in DESK]
    _leave_one([entry for _label, entries in groups for entry in entries])
    return [{"label": _(label) if label else "", "items": entries} for label, entries in groups if entries]


def _leave_one(entries: Sequence[_Entry]) -> None:
    """Each group marks the longest of its addresses that fits; of all groups only one is where the reader is."""
    marked = [entry for entry in entries if entry["active"]]
    here = max(marked, key=lambda entry: len(entry["url"]), default=None)
    for entry in marked:
        entry["active"] = entry is here


def _duties(expo: Expo) -> frozenset[str]:
    """What the person whose link was opened may do in the exhibitor's centre."""
    row = db.session.get(ExhibitorPerson, int((request.view_args or {}).get("subject_id", 0)))
    if row is None or row.expo_id != expo.id or row.removed_at is not None:
        return frozenset()
    return frozenset(duty for duty in Duty if may(row.role, duty))


def exhibitor_token() -> str | None:
    """The token of an exhibitor's personal link in this page's address; its pages lead to each other by it."""
    words = request.path.split("/")
    return words[3] if len(words) > 3 and words[2] == "exhibitor" else None


def organisation_ways() -> list[Way]:
    """The pages of the organisation that the reader may open."""
    return open_ways(ORGANISATION, organisation_rights_here(), current_app.view_functions)


def _entries(offered: Sequence[Way], expo: Expo | None, **more: str) -> list[_Entry]:
    words: dict[str, Any] = {"slug": expo.slug, **more} if expo else {}
    found = [(way, url_for(way.endpoint, **words)) for way in offered]
    # The desk's own address is the beginning of every other; the longest that fits is where the reader is.
    here = max((url for _way, url in found if _begins(url)), key=len, default="")
    return [
        {
            "label": _(way.label),
            "url": url,
            "active": url == here,
            "key": way.key,
            "bar": way.bar,
            "typed": typed_names(_(way.label), way.label),
        }
        for way, url in found
    ]


def _begins(url: str) -> bool:
    return request.path == url or (not url.endswith("/") and request.path.startswith(f"{url}/"))


@_once
def dated_fairs_here() -> Sequence[tuple[Expo, Sequence[ExpoDay]]]:
    """The fairs that the reader works on, each with its days for visitors."""
    person = signed_in_person()
    return queries.dated_fairs_of(person.id, organisation_rights_here()) if person is not None else []


@_once
def _fairs() -> list[_Entry]:
    person = signed_in_person()
    if person is None or not _is_desk():
        return []
    here = expo_here()
    every: _Entry = {"label": _("All my fairs"), "url": url_for("portal.doors"), "active": False}
    return [
        {
            "label": local(expo, "name"),
            "url": url_for("portal.desk", slug=expo.slug),
            "active": here is not None and here.id == expo.id,
        }
        for expo, _days in dated_fairs_here()
    ] + [every]


@_once
def _jumps() -> list[_Entry]:
    """Every page of the desk that the reader may open, with its group: the menu, the set-up and the fairs."""
    expo = expo_here()
    found = [{**entry, "group": group["label"]} for group in _nav() for entry in group["items"]]
    if expo is not None and _is_desk():
        group = _("Set-up")
        parts = _entries(ways((*SETUP.values(), *BESIDE), expo, rights_here(expo)), expo)
        known = {entry["url"] for entry in found}
        found += [{**entry, "group": group} for entry in parts if entry["url"] not in known]
    group = _("Fairs")
    return found + [
        {**entry, "group": group, "typed": typed_names(str(entry["label"]))} for entry in _fairs()
    ]


@_once
def _people_search_url() -> str:
    """Where a person is searched for, if the reader may see visitors."""
    expo = expo_here()
    if expo is None or not _is_desk() or Permission.VISITORS_VIEW not in rights_here(expo):
        return ""
    return address("visitors.search", slug=expo.slug)


_ORGANISER_SECONDS = 60.0


def _organiser() -> Facts:
    """Who runs this installation, at most a minute old: it stands on every public page and changes once in years."""
    until, known = current_app.extensions.get("organiser", (0.0, Facts()))
    if time.monotonic() > until:
        known = facts_of(organisation())
        current_app.extensions["organiser"] = (time.monotonic() + _ORGANISER_SECONDS, known)
    found: Facts = known
    return found


@_once
def _home_url() -> str:
    expo = expo_here()
    if _is_desk():
        return url_for("portal.doors")
    return url_for("portal.fair", slug=expo.slug) if expo is not None else url_for("portal.home")
