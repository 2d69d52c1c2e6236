"""V3: my badge, by the personal link: shown, saved, corrected, cancelled, and colleagues brought along."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, current_app, make_response, render_template, request
from flask_babel import lazy_gettext
from werkzeug.exceptions import NotFound

from exhibitions.badges import service as badges
from exhibitions.badges.rules import number
from exhibitions.core import clock
from exhibitions.core.access import actor, personal_link, public
from exhibitions.core.db import transaction
from exhibitions.core.i18n import language
from exhibitions.core.signing import hash_link_token
from exhibitions.core.stale import Stale
from exhibitions.core.web import go, tell
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries, service
from exhibitions.visitors.forms.registration import CorrectionForm, LeaveForm
from exhibitions.visitors.queries import HOLDER, Row, groups
from exhibitions.visitors.rules.calendar import Visit, calendar_file
from exhibitions.visitors.rules.maps import map_links
from exhibitions.visitors.rules.registration import ALIVE, State, shown_state
from exhibitions.visitors.views.agreements import agreements
from exhibitions.visitors.views.base import blueprint as visitors
from exhibitions.visitors.views.base import my_badge as blueprint
from exhibitions.visitors.views.letters import card_of

# So many of the people whom somebody brings are named on the own badge's page.
_FIRST = 20


@blueprint.errorhandler(404)
def wrong_link(_error: NotFound) -> Any:
    """A link that opens nothing (any more) leads to where the badge is found again (V4)."""
    slug = str((request.view_args or {}).get("slug", ""))
    expo = (request.view_args or {}).get("expo") or expo_queries.expo_by_slug(slug)
    if expo is None or expo.published_at is None:
        return _error
    is_over = expo_queries.is_over(expo)
    erased_at = (
        queries.erased_at(expo, hash_link_token(link_token())) if request.path.count("/") > 2 else None
    )
    if erased_at is not None:
        return render_template("visitors/erased.html", expo=expo, is_over=is_over, erased_at=erased_at), 410
    return render_template("visitors/wrong_link.html", expo=expo, is_over=is_over), 404


@blueprint.get("/<slug>/badge/<token>")
@personal_link(service.LINK)
def badge(expo: Expo, subject_id: int) -> str:
    row = mine(expo, subject_id)
    theirs = groups.members(expo, row.registration, size=_FIRST)
    return render_template(
        "visitors/badge.html",
        **ticket(expo, row),
        **agreements(expo, row),
        people=[shown_member(one) for one in theirs.rows],
        more_people=theirs.total - len(theirs.rows),
        may_cancel_people=theirs.total > 0 and groups.size(expo, row.registration) > 0,
        next_fair=expo_queries.next_edition(expo) if expo_queries.is_over(expo) else None,
    )


@blueprint.get("/<slug>/badge/<token>/code.png")
@personal_link(service.LINK)
def code(expo: Expo, subject_id: int) -> Response:
    return picture(expo, mine(expo, subject_id))


@blueprint.get("/<slug>/badge/<token>/card.png")
@personal_link(service.LINK)
def card(expo: Expo, subject_id: int) -> Response:
    """Fair, name, class, day and code as one picture for the album of a phone; only while it opens a gate."""
    drawn = card_of(expo, mine(expo, subject_id), language())
    if drawn is None:
        abort(404)
    response = make_response(drawn)
    response.headers["Content-Type"] = "image/png"
    return response


@blueprint.get("/<slug>/badge/<token>/calendar.ics")
@personal_link(service.LINK)
def calendar(expo: Expo, subject_id: int) -> Response:
    row = mine(expo, subject_id)
    response = make_response(calendar_file(_visits(expo, row), clock.now()))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{expo.slug}.ics"'
    return response


@blueprint.route("/<slug>/badge/<token>/change", methods=["GET", "POST"])
@personal_link(service.LINK)
def change(expo: Expo, subject_id: int) -> Any:
    row = mine(expo, subject_id)
    if row.registration.state not in ALIVE:
        # The badge's own page says what became of the registration, and how to come after all.
        return go("my_badge.badge", slug=expo.slug, token=link_token())
    form = CorrectionForm(data=_typed(row))
    form.prepare(expo, queries.moment(expo).to_come)
    form.of_class(row.badge_class.audience)
    if form.accepted():
        try:
            with form.saving(lambda: _typed(row), (HOLDER, subject_id, "visitors.corrected")):
                person = form.person_of(row.registration)
                service.correct(expo, row.registration, person, row.badge_class, actor())
        except Stale as refusal:
            form.refuse("name", refusal)
        else:
            tell(_CHANGED[row.registration.state])
            return go("my_badge.badge", slug=expo.slug, token=link_token())
    page = render_template("visitors/change.html", expo=expo, form=form, row=row, token=link_token())
    return page, form.status


@blueprint.route("/<slug>/badge/<token>/cancel", methods=["GET", "POST"])
@personal_link(service.LINK)
def cancel(expo: Expo, subject_id: int) -> Any:
    row = mine(expo, subject_id)
    form = LeaveForm()
    people = groups.members(expo, row.registration, size=_FIRST, alive=True)
    if form.accepted():
        with transaction():
            service.cancel(expo, row.registration, actor(), with_colleagues=form.with_colleagues)
        if people.total:
            tell(_ENDED[form.whose.data])
        return go("my_badge.badge", slug=expo.slug, token=link_token())
    if row.registration.state not in ALIVE and not people.total:
        return go("my_badge.badge", slug=expo.slug, token=link_token())
    page = render_template(
        "visitors/cancel.html", expo=expo, row=row, form=form, people=people, token=link_token()
    )
    return page, 422 if form.errors else 200


_CHANGED = {
    State.WAITING: lazy_gettext(
        "Your details are changed. We will tell you once your registration is approved."
    ),
    State.REGISTERED: lazy_gettext("Your details are changed. The code stays the same."),
}
_ENDED = {
    "mine": lazy_gettext("Only your badge is cancelled. Those of your colleagues stay valid."),
    "all": lazy_gettext("Your badge and those of your colleagues are cancelled."),
}


@visitors.get("/<slug>/badge/offline.js")
@public
def badge_worker(expo: Expo) -> Response:
    """The service worker that keeps a badge readable without network; its place makes its scope."""
    script = Path(str(current_app.static_folder), "visitors", "badge-offline.js").read_bytes()
    return Response(script, content_type="text/javascript; charset=utf-8")


def link_token() -> str:
    """The secret of the address that was asked for; the access mark has taken it out of the arguments."""
    return request.path.split("/")[3]


def mine(expo: Expo, subject_id: int) -> Row:
    row = queries.registration_of(expo, queries.stands_for(expo, subject_id))
    if row is None or row.registration.erased_at is not None:
        abort(404)
    return row


def shown_member(row: Row) -> dict[str, Any]:
    """A colleague in the list of who brings them: there a badge that was cancelled after a visit is cancelled."""
    return {
        "registration": row.registration,
        "number": row.badge.number if row.badge else 0,
        "shown_number": number.shown(row.badge.number) if row.badge else "",
        "state": shown_state(row.registration.state, row.came and row.registration.state in ALIVE),
    }


def ticket(expo: Expo, row: Row) -> dict[str, Any]:
    place = expo.address_zh or expo.venue_zh if language() == "zh" else expo.venue_en or expo.venue_zh
    return {
        "expo": expo,
        "row": row,
        "person": row.registration,
        "state": shown_state(row.registration.state, row.came),
        "number": number.shown(row.badge.number) if row.badge else "",
        "maps": map_links(place, expo.city, language()),
        "is_over": expo_queries.is_over(expo),
        "in_wechat": "micromessenger" in request.user_agent.string.lower(),
        "token": link_token(),
    }


def picture(expo: Expo, row: Row) -> Response:
    """The code as a picture: only while it opens a gate."""
    if row.badge is None or row.registration.state is not State.REGISTERED:
        abort(404)
    response = make_response(badges.badge_png(expo, row.badge))
    response.headers["Content-Type"] = "image/png"
    return response


def _typed(row: Row) -> dict[str, str]:
    person = row.registration
    return {
        "name": person.name,
        "company": person.company,
        "region": person.region,
        "visit_day": person.visit_day.isoformat() if person.visit_day else "",
    }


def _visits(expo: Expo, row: Row) -> list[Visit]:
    """The chosen day, or every day of the fair while none is chosen."""
    zone = ZoneInfo(expo.timezone)
    chinese = row.registration.language == "zh"
    title = (expo.name_zh if chinese else expo.name_en) or expo.name_zh or expo.name_en
    place = " ".join(
        filter(None, (expo.venue_zh, expo.address_zh) if chinese else (expo.venue_en, expo.address_en))
    )
    return [
        Visit(
            uid=f"{expo.slug}-{day.date.isoformat()}-{row.registration.id}@exhibitions",
            title=title,
            place=place,
            starts=datetime.combine(day.date, day.official_from, tzinfo=zone),
            ends=datetime.combine(day.date, day.official_to, tzinfo=zone),
        )
        for day in expo_queries.open_days(expo)
        if row.registration.visit_day in (None, day.date) and day.official_from and day.official_to
    ]
