"""The plan of tasks of a fair: the list, a task, the usual ones, the dates counted anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from exhibitions.accounts import queries as accounts
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import language
from exhibitions.core.sheets.writing import csv_chunks
from exhibitions.core.web import go, own_path, passed, tell
from exhibitions.expos import queries as expos
from exhibitions.expos import service
from exhibitions.expos.forms.planning import STATES, TaskForm, UsualTasksForm
from exhibitions.expos.models import Expo, Task
from exhibitions.expos.queries import planning as queries
from exhibitions.expos.queries.planning import WantedTasks
from exhibitions.expos.rules import local_day, plan
from exhibitions.expos.rules.plan import TaskState
from exhibitions.expos.rules.setup import MOST_TASKS

blueprint = Blueprint("tasks", __name__)
TASKS = "/desk/<slug>/tasks"
WHICH = ("open", "late", "done", "all")


@blueprint.get(TASKS)
@require(Permission.EXPO_VIEW)
def tasks(expo: Expo) -> str:
    wanted, today = _wanted(), today_of(expo)
    found, total = queries.some_tasks(expo, wanted, today)
    opening = queries.opening(expo)
    return render_template(
        "expos/tasks.html",
        expo=expo,
        tasks=found,
        total=total,
        wanted=wanted,
        last=-(-total // queries.PAGE),
        today=today,
        me=actor().id,
        members=queries.members(expo),
        owners=_owners(found),
        states=dict(STATES),
        moved=len(plan.moved(queries.tasks(expo), opening)),
        legal={task.id: plan.last_day(task.template, opening) for task in found},
        may_edit=Permission.EXPO_EDIT in g.rights,
        query=_passed(),
    )


def today_of(expo: Expo) -> date:
    """The fair's own today."""
    return local_day(expos.present(expo), expo.timezone, expo.cutoff_hour)


def _passed() -> dict[str, Any]:
    return passed(("which", "owner", "sort", "page"))


def _wanted() -> WantedTasks:
    """What the address asks for; what it cannot ask for is not heard."""
    given = request.args
    which = given.get("which", "open")
    sort = given.get("sort", "due")
    owner = given.get("owner", "")
    page = given.get("page", "1")
    return WantedTasks(
        which if which in WHICH else "open",
        int(owner) if owner.isdecimal() and len(owner) < 19 else None,
        sort if sort.removeprefix("-") in queries.SORTS else "due",
        min(max(int(page), 1), MOST_TASKS) if page.isdecimal() and len(page) < 9 else 1,
    )


def _owners(found: Iterable[Task]) -> dict[int, str]:
    return accounts.names_of({task.user_id for task in found})


@blueprint.get(f"{TASKS}/list.csv")
@require(Permission.EXPO_VIEW)
def export(expo: Expo) -> Response:
    """The tasks that the list shows with this address, all its pages."""
    wanted, today = _wanted(), today_of(expo)
    found = queries.matching_tasks(expo, wanted, today)
    owners, states = _owners(found), dict(STATES)
    head = [_("Due"), _("Task in Chinese"), _("Task in English"), _("Person"), _("State"), _("Note")]
    rows = [
        [
            task.due.isoformat(),
            task.title_zh,
            task.title_en,
            owners.get(task.user_id or 0, ""),
            _("Late") if plan.is_late(task, today) else str(states[task.state.value]),
            task.note,
        ]
        for task in found
    ]
    headers = {"Content-Disposition": f"attachment; filename=tasks-{expo.slug}.csv"}
    return Response(csv_chunks([head, *rows]), mimetype="text/csv", headers=headers)


@blueprint.route(f"{TASKS}/new", methods=["GET", "POST"], defaults={"task_id": None})
@blueprint.route(f"{TASKS}/<int:task_id>", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def task(expo: Expo, task_id: int | None) -> Any:
    row = queries.task_of(expo, task_id) if task_id is not None else None
    if task_id is not None and row is None:
        abort(404)
    form = TaskForm(data=TaskForm.shown(row) if row else {})
    owner = row.user_id if row else None
    form.offer(queries.members(expo), owner, accounts.names_of([owner]).get(owner or 0, ""))
    if form.accepted():
        try:
            with form.saving(lambda: row and TaskForm.shown(row), ("task", task_id)):
                facts = form.facts(row.template if row else "")
                state = TaskState(form.state.data)
                service.save_task(expo, task_id, facts, actor(), user_id=form.who(), state=state)
        except Refused as refusal:
            form.refuse(_FIELD_OF.get(refusal.code, "title_zh"), refusal)
        else:
            tell(_("The task is saved."))
            return go("tasks.tasks", slug=expo.slug)
    limit = plan.last_day(row.template, queries.opening(expo)) if row else None
    page = render_template("expos/task.html", expo=expo, form=form, task=row, limit=limit)
    return page, form.status


_FIELD_OF = {
    "date_missing": "days_before",
    "due_range": "due",
    "no_opening": "days_before",
    "owner_unknown": "owner",
}


@blueprint.post(f"{TASKS}/<int:task_id>/done")
@require(Permission.EXPO_VIEW)
def finish(expo: Expo, task_id: int) -> BaseResponse:
    return _finish(expo, task_id, done=True)


@blueprint.post(f"{TASKS}/<int:task_id>/reopen")
@require(Permission.EXPO_VIEW)
def reopen(expo: Expo, task_id: int) -> BaseResponse:
    return _finish(expo, task_id, done=False)


def _finish(expo: Expo, task_id: int, *, done: bool) -> BaseResponse:
    with transaction():
        row = service.finish_task(
            expo, task_id, actor(), done=done, may_edit=Permission.EXPO_EDIT in g.rights
        )
    words = {"task": _named(row)}
    tell(_("Done: %(task)s", **words) if done else _("Open again: %(task)s", **words))
    back = own_path(request.form.get("back"))
    return go("tasks.tasks", slug=expo.slug) if back is None else _to(back)


@blueprint.post(f"{TASKS}/many")
@require(Permission.EXPO_EDIT)
def change_many(expo: Expo) -> BaseResponse:
    """The bulk bar: what is ticked, or all that the address shows, is done, open again, or given to somebody."""
    ids, deed = _ticked(expo), request.form.get("deed")
    if deed not in ("done", "todo", "owner"):
        abort(400)
    owner = request.form.get("owner", "")
    if deed == "owner" and not owner:
        tell(_("Choose a person first."), "error")
        return go("tasks.tasks", slug=expo.slug, **_passed())
    try:
        with transaction():
            if deed == "owner":
                user_id = int(owner) if owner.isdecimal() and len(owner) < 19 else 0
                count = service.hand_over(expo, ids, user_id or None, actor())
            else:
                count = service.finish_tasks(expo, ids, actor(), done=deed == "done")
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        if ids:
            tell(ngettext("%(num)s task is changed.", "%(num)s tasks are changed.", count))
        else:
            tell(_("Tick a task first."), "error")
    return go("tasks.tasks", slug=expo.slug, **_passed())


def _ticked(expo: Expo) -> list[int]:
    if request.form.get("all"):
        return [task.id for task in queries.matching_tasks(expo, _wanted(), today_of(expo))]
    given = request.form.getlist("id")[:MOST_TASKS]
    return [int(text) for text in given if text.isdecimal() and len(text) < 19]


def _to(path: str) -> BaseResponse:
    return Response(status=303, headers={"Location": path})


def _named(row: Task) -> str:
    """What a sentence calls the task: its title in the reader's language, or else in the other."""
    return (row.title_zh or row.title_en) if language() == "zh" else (row.title_en or row.title_zh)


@blueprint.post(f"{TASKS}/<int:task_id>/remove")
@require(Permission.EXPO_EDIT)
def remove(expo: Expo, task_id: int) -> BaseResponse:
    with transaction():
        service.remove_task(expo, task_id, actor())
    tell(_("The task is removed."))
    return go("tasks.tasks", slug=expo.slug)


@blueprint.route(f"{TASKS}/usual", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def usual(expo: Expo) -> Any:
    opening = queries.opening(expo)
    offered = plan.templates_for(expo.country, queries.templates_taken(expo))
    form = UsualTasksForm(data={"keys": [each.key for each in offered]})
    form.offer(offered)
    if form.accepted():
        try:
            with transaction():
                count = service.add_usual_tasks(expo, form.keys.data or [], actor())
        except Refused as refusal:
            form.refuse("keys", refusal)
        else:
            tell(ngettext("%(num)s task is added.", "%(num)s tasks are added.", count))
            return go("tasks.tasks", slug=expo.slug)
    dates = {each.key: plan.due_on(each.facts(), opening) for each in offered} if opening else {}
    page = render_template(
        "expos/usual_tasks.html",
        expo=expo,
        form=form,
        offered=offered,
        dates=dates,
        opening=opening,
        today=today_of(expo),
    )
    return page, 422 if form.errors else 200


@blueprint.route(f"{TASKS}/recount", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def recount(expo: Expo) -> Any:
    if request.method == "POST":
        with transaction():
            count = service.recount(expo, actor())
        tell(ngettext("%(num)s date is counted anew.", "%(num)s dates are counted anew.", count))
        return go("tasks.tasks", slug=expo.slug)
    opening = queries.opening(expo)
    found = plan.moved(queries.tasks(expo), opening)
    return render_template(
        "expos/recount.html", expo=expo, moved=found, opening=opening, today=today_of(expo)
    )
