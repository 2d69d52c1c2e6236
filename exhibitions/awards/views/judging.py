"""J1 and J2: a juror's queue and score sheets, by the personal link and the code beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from flask import (
    Response,
    abort,
    current_app,
    jsonify,
    render_template,
    request,
    send_file,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from exhibitions.awards.forms import judging as forms
from exhibitions.awards.queries import judging as queries
from exhibitions.awards.queries.judging import Place, Task
from exhibitions.awards.queries.jury import LINK
from exhibitions.awards.rules import sheet_entry
from exhibitions.awards.rules.sheet_entry import Change
from exhibitions.awards.service import judging as service
from exhibitions.awards.service import juror_access
from exhibitions.awards.views import judging_shown as shown
from exhibitions.awards.views.base import blueprint
from exhibitions.core import clock
from exhibitions.core.access import actor, personal_link
from exhibitions.core.db import transaction
from exhibitions.core.errors import N_, Refused
from exhibitions.core.forms import Form
from exhibitions.core.web import TooMany, forget_tries, go, tell, throttle
from exhibitions.expos.models import Expo
from exhibitions.files import service as files

PAGE = "/<slug>/jury/<token>"
ONE = f"{PAGE}/entries/<int:assignment_id>"
_TRIES = 5
_KEPT = "jury"
_JSON = frozenset({"awards.judging_fields", "awards.judging_order_fields"})
View = Callable[..., Any]


def link_token() -> str:
    """The secret of the address that was asked for; the access mark has taken it out of the arguments."""
    return request.path.split("/")[3]


def to(endpoint: str, expo: Expo, **values: Any) -> Any:
    """Go on to another page of the juror."""
    return go(f"awards.{endpoint}", slug=expo.slug, token=link_token(), **values)


def entered(view: View) -> View:
    """The view gets the juror's place; who has not typed the code on this browser gets to the code's form, and no further."""

    @wraps(view)
    def guarded(expo: Expo, subject_id: int, **rest: Any) -> Any:
        place = _place(expo, subject_id)
        if not _is_remembered(place):
            return _code_first(expo)
        return view(expo, place, **rest)

    return guarded


def _place(expo: Expo, juror_id: int) -> Place:
    place = queries.place_of(expo, juror_id)
    if place is None:
        abort(404)
    return place


def _code_first(expo: Expo) -> Any:
    if request.endpoint in _JSON:
        return jsonify(code="code", message=_("Type your code again on this device.")), 403
    return to("jury_code", expo)


def _mark(place: Place) -> list[str]:
    """What this browser keeps: which code was typed, and in which round. It is over with the round, and with a new code."""
    is_open = sheet_entry.is_open(place.season.state, place.round, clock.now())
    return [place.juror.code_hash[:16], place.round_code if is_open else ""]


def _is_remembered(place: Place) -> bool:
    return bool(place.juror.code_hash) and session.get(_KEPT, {}).get(str(place.juror.id)) == _mark(place)


@blueprint.route(f"{PAGE}/code", methods=["GET", "POST"])
@personal_link(LINK)
def jury_code(expo: Expo, subject_id: int) -> Any:
    """Nothing of the award is told here: the link may have been forwarded."""
    place, form = _place(expo, subject_id), forms.CodeForm()
    if _is_remembered(place):
        return to("judging", expo)
    if form.accepted():
        try:
            _check_code(place, form.code.data or "")
        except Refused as refusal:
            form.refuse("code", refusal)
            status = TooMany.status if isinstance(refusal, TooMany) else form.status
            return render_template("awards/jury_code.html", expo=expo, form=form), status
        with transaction():
            service.record_entering(place, actor())
        session[_KEPT] = {**session.get(_KEPT, {}), str(place.juror.id): _mark(place)}
        return to("judging", expo)
    return render_template("awards/jury_code.html", expo=expo, form=form), form.status


def _check_code(place: Place, typed: str) -> None:
    """Raises a refusal for a wrong code, and after five of them within the hour for any, whichever link they came by.

    A new code has tries of its own, so that the office lets in who was kept out by somebody else's guesses.
    """
    # Each web process counts for itself and is given a share; here each may count five: a million codes stay far away.
    limit = f"{_TRIES * current_app.config['LIMIT_SHARES']} per hour"
    key = f"{place.juror.id} {place.juror.code_hash}"
    throttle("juror-code", key, limit)
    if not juror_access.check_code(place.juror, typed):
        raise Refused(
            "wrong_code", N_("That is not the code. It has six digits and came apart from the link.")
        )
    forget_tries("juror-code", key, limit)


@blueprint.route(f"{PAGE}/leave", methods=["GET", "POST"])
@personal_link(LINK)
@entered
def jury_leave(expo: Expo, place: Place) -> Any:
    """Forget on this browser that the code was typed; the page's script removes what else is kept on the device."""
    form = Form()
    if form.accepted():
        others = {juror: mark for juror, mark in session[_KEPT].items() if juror != str(place.juror.id)}
        session[_KEPT] = others
        return to("jury_code", expo)
    return render_template("awards/judging_leave.html", **shown.around(expo, place), form=form)


@blueprint.get(PAGE)
@personal_link(LINK)
@entered
def judging(expo: Expo, place: Place) -> str:
    return render_template("awards/judging.html", **shown.around(expo, place), **shown.queue(place))


@blueprint.route(f"{PAGE}/interests", methods=["GET", "POST"])
@personal_link(LINK)
@entered
def judging_interests(expo: Expo, place: Place) -> Any:
    if place.declaration is not None or not shown.is_open(place):
        return to("judging", expo)
    tasks = queries.queue(place)
    form = forms.InterestsForm().of(tasks, shown.entry_words(place, tasks))
    if form.accepted():
        try:
            with transaction():
                service.declare(place, form.interests(), actor())
        except Refused as refusal:
            form.refuse("answer", refusal)
        else:
            return to("judging", expo)
    page = render_template(
        "awards/judging_interests.html", **shown.around(expo, place), form=form, tasks=tasks
    )
    return page, form.status


def _task(place: Place, assignment_id: int) -> Task:
    """The juror's own; what is another's does not exist here."""
    found = queries.task_of(place, assignment_id)
    if found is None:
        abort(404)
    return found


def _may_look(place: Place, task: Task) -> bool:
    """Whether the entry is shown: after the declaration, and not to who is recused."""
    is_mine = task.is_open or task.is_sent
    return place.declaration is not None and is_mine and not queries.is_barred(place, task.entry)


@blueprint.route(ONE, methods=["GET", "POST"])
@personal_link(LINK)
@entered
def judging_sheet(expo: Expo, place: Place, assignment_id: int) -> Any:
    task = _task(place, assignment_id)
    if not _may_look(place, task):
        return to("judging", expo)
    form = forms.sheet_form(place.rubric(task.entry), queries.typed(task))
    if form.accepted():
        try:
            with form.saving(lambda: _values(place, assignment_id)):
                saved = service.save_form(place, assignment_id, form.typed())
        except Refused as refusal:
            form.refuse_here(refusal)
        else:
            return _onward(expo, place, form, saved.task)
    return _sheet_page(expo, place, task, form)


def _values(place: Place, assignment_id: int) -> dict[str, Any]:
    task = queries.task_of(place, assignment_id)
    return forms.form_values(place.rubric(task.entry), queries.typed(task)) if task is not None else {}


def _onward(expo: Expo, place: Place, form: forms.SheetForm, task: Task) -> Any:
    """After saving: back to the sheet, or on to its check unless a mark is missing."""
    number = task.assignment.id
    if "save" in request.form:
        tell(_("Saved as a draft. It counts once it is sent."))
        return to("judging_sheet", expo, assignment_id=number)
    problems = sheet_entry.incomplete(place.rubric(task.entry), queries.typed(task).values)
    if not problems:
        return to("judging_check", expo, assignment_id=number)
    for problem in problems:
        form.refuse_here(problem)
    return _sheet_page(expo, place, task, form)


def _sheet_page(expo: Expo, place: Place, task: Task, form: forms.SheetForm) -> Any:
    page = render_template(
        "awards/judging_sheet.html",
        **shown.around(expo, place),
        **shown.sheet(place, task),
        form=form,
        scale_of=forms.scale_of,
    )
    return page, form.status


@blueprint.route(f"{ONE}/check", methods=["GET", "POST"])
@personal_link(LINK)
@entered
def judging_check(expo: Expo, place: Place, assignment_id: int) -> Any:
    task, form = _task(place, assignment_id), forms.SendForm()
    if not _may_look(place, task) or task.is_sent or place.has_orders:
        return to("judging_sheet", expo, assignment_id=assignment_id)
    if form.accepted():
        try:
            with transaction():
                service.send(place, assignment_id, form.seen.data or "", actor())
        except Refused as refusal:
            tell(shown.sentence(place.rubric(task.entry), refusal), "warning")
            return to("judging_sheet", expo, assignment_id=assignment_id)
        tell(_("Score of %(entry)s sent.", entry=task.entry.number))
        return to("judging", expo)
    return render_template(
        "awards/judging_check.html", **shown.around(expo, place), **shown.check(place, task), form=form
    )


@blueprint.route(f"{ONE}/recuse", methods=["GET", "POST"])
@personal_link(LINK)
@entered
def judging_recuse(expo: Expo, place: Place, assignment_id: int) -> Any:
    task, form = _task(place, assignment_id), forms.RecuseForm()
    if not _may_look(place, task):
        return to("judging", expo)
    if form.accepted():
        try:
            with transaction():
                service.recuse(place, assignment_id, form.reason.data or "", actor())
        except Refused as refusal:
            form.refuse("reason", refusal)
        else:
            tell(_("You do not judge %(entry)s. The office sees your reason.", entry=task.entry.number))
            return to("judging", expo)
    page = render_template(
        "awards/judging_recuse.html",
        **shown.around(expo, place),
        task=task,
        product=shown.covering(place),
        form=form,
    )
    return page, form.status


@blueprint.route(f"{ONE}/fields", methods=["GET", "POST"])
@personal_link(LINK)
@entered
def judging_fields(expo: Expo, place: Place, assignment_id: int) -> Any:
    """What the page's script keeps in step: fields that were typed, each with its moment, and the sheet as it stands."""
    del expo
    try:
        if request.method == "GET":
            task = _task(place, assignment_id)
            return _fields(place, service.Saved(task, queries.typed(task)))
        typing, now = forms.typing(request.get_data()), clock.now()
        changes = [
            Change(each.field, each.value, sheet_entry.server_moment(each.at, typing.sent_at, now))
            for each in typing.changes
        ]
        with transaction():
            saved = service.save_fields(place, assignment_id, changes)
    except Refused as refusal:
        return refused(refusal)
    return _fields(place, saved)


def refused(refusal: Refused) -> Any:
    """A refusal for the page's script."""
    return jsonify(code=refusal.code, message=_(refusal.message, **refusal.params)), refusal.status


def _fields(place: Place, saved: service.Saved) -> Response:
    rules = place.rubric(saved.task.entry)
    return jsonify(
        fields=saved.sheet.values,
        refused={name: shown.sentence(rules, refusal) for name, refusal in saved.refused.items()},
        state=saved.task.assignment.state,
        csrf_token=generate_csrf(),
    )


@blueprint.get(f"{ONE}/pictures/<int:number>")
@personal_link(LINK)
@entered
def judging_picture(expo: Expo, place: Place, assignment_id: int, number: int) -> Response:
    """A picture under a name that tells nothing: only to who may judge the entry."""
    task = _task(place, assignment_id)
    kept = queries.picture(expo, task.entry, number) if _may_look(place, task) else None
    if kept is None:
        abort(404)
    answer: Response = send_file(files.open_file(kept), kept.content_type, conditional=False, etag=False)
    answer.headers["Content-Length"] = str(kept.size)
    answer.headers["Content-Disposition"] = f'inline; filename="picture-{number}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.get(f"{PAGE}/offline.js")
@personal_link(LINK)
def judging_worker(expo: Expo, subject_id: int) -> Response:
    """The service worker that keeps the juror's pages readable without network, for this link's pages alone."""
    del subject_id
    script = Path(str(current_app.static_folder), "awards", "judging-offline.js").read_bytes()
    answer = Response(script, content_type="text/javascript; charset=utf-8")
    answer.headers["Service-Worker-Allowed"] = url_for("awards.judging", slug=expo.slug, token=link_token())
    return answer
