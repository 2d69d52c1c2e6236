"""O6: what is done to many: approve, refuse, cancel, another class, badges, an export, a message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import Badge
from exhibitions.badges.queries import paper
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.forms import typed_number
from exhibitions.core.i18n import local
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries
from exhibitions.visitors.forms import listing
from exhibitions.visitors.rules.registration import State
from exhibitions.visitors.service import bulk
from exhibitions.visitors.views.base import blueprint

_SHEET = "90x130"
_ASKED = frozenset({"refuse", "cancel"})
_ELSEWHERE: dict[str, tuple[Permission, Callable[[Expo, list[int]], Any]]] = {}


@blueprint.post("/desk/<slug>/visitors/decide")
@require(Permission.VISITORS_EDIT)
def decide(expo: Expo) -> Any:
    """Refusing and cancelling ask for the number to be typed first, another class for the class."""
    action, ids = request.form.get("decision", ""), _selected(expo)
    if not ids:
        tell(_("Tick somebody first."), "error")
        return _back(expo)
    if action in _ELSEWHERE:
        right, way = _ELSEWHERE[action]
        return way(expo, ids) if right in g.rights else abort(403)
    deed = bulk.Deed(
        action,
        _reason(),
        request.form.get("class_key", ""),
    )
    if action not in bulk.DEEDS:
        abort(400)
    missing = _missing(expo, deed, len(ids))
    return _done(expo, deed, ids) if missing is None else _asked(expo, deed, ids, missing)


def _reason() -> str:
    return request.form.get("reason", "").replace("\x00", "").strip()[:300]


def _missing(expo: Expo, deed: bulk.Deed, count: int) -> bool | None:
    """None when nothing is missing; else whether something was typed and is wrong."""
    if deed.action == "class" and badge_queries.class_by_key(expo, deed.class_key) is None:
        return bool(deed.class_key)
    if deed.action in _ASKED and typed_number(request.form.get("confirm", "")) != count:
        return "confirm" in request.form
    return None


def _asked(expo: Expo, deed: bulk.Deed, ids: list[int], wrong: bool) -> Any:
    everybody = bool(request.form.get("all"))
    page = render_template(
        "visitors/bulk.html",
        expo=expo,
        deed=deed,
        count=len(ids),
        ids=[] if everybody else ids,
        wrong=wrong,
        query=listing.passed(),
        back=url_for("visitors.visitors", slug=expo.slug, **listing.passed()),
        classes=[(each.key, local(each, "name")) for each in badge_queries.classes(expo)],
    )
    return page, 422 if wrong else 200


def _done(expo: Expo, deed: bulk.Deed, ids: list[int]) -> Any:
    slug, at_once = expo.slug, len(ids) <= bulk.AT_ONCE
    with transaction():
        job = None if at_once else bulk.ask(expo, deed, ids, actor())
        done = bulk.do(expo, deed, ids, actor()) if at_once else 0
    if job is not None:
        return go("jobs.job", slug=slug, job_id=job.id)
    tell(_sentence(deed.action, done))
    return _back(expo)


def _sentence(action: str, done: int) -> str:
    sentences = {
        "approve": ngettext("%(num)s registration approved.", "%(num)s registrations approved.", done),
        "refuse": ngettext("%(num)s registration refused.", "%(num)s registrations refused.", done),
        "cancel": ngettext("%(num)s registration cancelled.", "%(num)s registrations cancelled.", done),
        "class": ngettext("%(num)s registration moved.", "%(num)s registrations moved.", done),
    }
    return str(sentences[action])


def _print(expo: Expo, ids: list[int]) -> Any:
    """One PDF for as many as a page has; thousands are a run of the page of badges."""
    if len(ids) > bulk.AT_ONCE:
        tell(_("More than %(most)s badges are printed from the page of badges.", most=bulk.AT_ONCE), "error")
        return go("badges.badges", slug=expo.slug, **{"class": request.args.get("class") or None})
    cards = _printable(expo, ids)
    if not cards:
        tell(_("None of them has a badge to print."), "error")
        return _back(expo)
    deed = bulk.Deed("print", _reason())
    if not deed.reason and any(badge.prints for badge in cards):
        return _asked(expo, deed, ids, "reason" in request.form)
    try:
        return _printed(expo, cards, deed.reason)
    except Refused:
        # Somebody else has printed one of them meanwhile.
        return _asked(expo, deed, ids, wrong=False)


def _printable(expo: Expo, ids: list[int]) -> list[Badge]:
    """The badges of those who are let in; who still waits for that is counted aloud and left out."""
    rows = queries.rows_of(expo, ids)
    waiting = sum(row.registration.state is State.WAITING for row in rows)
    if waiting:
        tell(
            ngettext(
                "%(num)s waits for approval and was left out.",
                "%(num)s wait for approval and were left out.",
                waiting,
            )
        )
    return [row.badge for row in rows if row.badge and row.registration.state is State.REGISTERED]


def _printed(expo: Expo, cards: list[Badge], reason: str) -> Response:
    """At the printer at which this person works, as one badge is printed; the pages are taken from the stock."""
    printer = paper.chosen_printer(expo, actor().id)
    own = {badge.badge_class.sheet for badge in cards}
    key = printer.sheet if printer else own.pop() if len(own) == 1 else _SHEET
    response = make_response(badges.pdf_of(expo, cards, key, badges.placement_of(printer)))
    with transaction():
        badges.count_prints(expo, cards, reason, actor(), key)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'attachment; filename="badges.pdf"'
    return response


def _export(expo: Expo, ids: list[int]) -> Any:
    if request.form.get("all"):
        return go("visitors.export", slug=expo.slug, **listing.passed())
    chosen = ".".join(map(str, ids[:500]))
    return go("visitors.export", slug=expo.slug, **(listing.passed() | {"ids": chosen}))


def _message(expo: Expo, _ids: list[int]) -> Any:
    # The same form goes on to who writes messages.
    return redirect(url_for("visitors.start_mailing", slug=expo.slug, **listing.passed()), 307)


_ELSEWHERE |= {
    "print": (Permission.BADGES_PRINT, _print),
    "export": (Permission.VISITORS_EXPORT, _export),
    "message": (Permission.MESSAGES_SEND, _message),
}


def _back(expo: Expo) -> Any:
    return go("visitors.visitors", slug=expo.slug, **listing.passed())


def _selected(expo: Expo) -> list[int]:
    """Who is ticked, or all that match; nobody of another fair."""
    if request.form.get("all"):
        return list(queries.ids_of(expo, listing.wanted()))
    texts = request.form.getlist("id")[:5000]
    ids = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]
    return [row.registration.id for row in queries.rows_of(expo, ids)]
