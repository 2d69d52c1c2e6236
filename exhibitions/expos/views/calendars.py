"""Tasks in the calendar program of a person, by a personal link that can be taken back."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from exhibitions.accounts import queries as accounts
from exhibitions.core.access import Permission, actor, personal_link, require
from exhibitions.core.db import transaction
from exhibitions.core.i18n import language
from exhibitions.core.web import go, keep_answer, kept_answer, tell
from exhibitions.expos import service
from exhibitions.expos.models import Expo, Task, TaskFeed
from exhibitions.expos.queries import planning as queries
from exhibitions.expos.queries import rights_of
from exhibitions.expos.rules.feed import Entry, Scope, calendar_of
from exhibitions.expos.rules.plan import TaskState
from exhibitions.expos.service.planning import LINK

blueprint = Blueprint("calendars", __name__)
CALENDAR = "/desk/<slug>/tasks/calendar"


@blueprint.get(CALENDAR)
@require(Permission.EXPO_VIEW)
def calendar(expo: Expo) -> str:
    """The reader's own calendars; a link is shown once, on the browser that made it."""
    person = actor().id or 0
    scope, token = kept_answer(request.args.get("made", ""), once=True) or ("", "")
    link = current_app.config["PUBLIC_URL"] + url_for("calendars.tasks", slug=expo.slug, token=token)
    return render_template(
        "expos/calendar.html",
        expo=expo,
        feeds=queries.feeds(expo, person),
        scopes=list(Scope),
        made=scope if token else "",
        link=link,
    )


@blueprint.post(CALENDAR)
@require(Permission.EXPO_VIEW)
def make(expo: Expo) -> BaseResponse:
    scope, by = _scope(), actor()
    with transaction():
        token = service.open_feed(expo, by.id or 0, scope, language(), by)
    return go("calendars.calendar", slug=expo.slug, made=keep_answer([scope.value, token]))


@blueprint.post(f"{CALENDAR}/revoke")
@require(Permission.EXPO_VIEW)
def revoke(expo: Expo) -> BaseResponse:
    by = actor()
    with transaction():
        service.close_feed(expo, by.id or 0, _scope(), by)
    tell(_("The link is taken back. Calendar programs get nothing by it any more."))
    return go("calendars.calendar", slug=expo.slug)


def _scope() -> Scope:
    given = request.form.get("scope", Scope.MINE.value)
    return Scope(given) if given in set(Scope) else abort(400)


@blueprint.get("/<slug>/calendar/<token>/tasks.ics")
@personal_link(LINK)
def tasks(expo: Expo, subject_id: int) -> Response:
    """The calendar that programs fetch; nothing (404) once its person has no role in the fair any more."""
    feed = queries.live_feed(expo, subject_id)
    if feed is None or Permission.EXPO_VIEW not in rights_of(expo, feed.user_id):
        abort(404)
    rows = queries.feed_tasks(feed)
    owners = accounts.names_of({task.user_id for task in rows})
    name = _in(feed, expo.name_zh, expo.name_en)
    entries = [_entry(expo, feed, task, owners.get(task.user_id or 0, "")) for task in rows]
    body = calendar_of(name, expo.timezone, entries)
    headers = {"Content-Disposition": "inline; filename=tasks.ics", "Cache-Control": "private, max-age=900"}
    return Response(body, mimetype="text/calendar", headers=headers)


def _in(feed: TaskFeed, zh: str, en: str) -> str:
    return (zh or en) if feed.language == "zh" else (en or zh)


def _entry(expo: Expo, feed: TaskFeed, task: Task, owner: str) -> Entry:
    """Done tasks stay in the calendar with a tick; who does a task stands in the calendar of all of them."""
    public = current_app.config["PUBLIC_URL"]
    done = "✓ " if task.state is TaskState.DONE else ""
    whose = f"{owner}\n" if owner and feed.scope is Scope.ALL else ""
    return Entry(
        uid=f"{task.uid}@{urlsplit(public).hostname}",
        sequence=task.sequence,
        changed_at=task.changed_at,
        due=task.due,
        title=done + _in(feed, task.title_zh, task.title_en),
        note=whose + task.note,
        url=public + url_for("tasks.tasks", slug=expo.slug),
    )
