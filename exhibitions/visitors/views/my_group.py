"""V3, beside my badge: the people whom somebody brings along, by the leader's personal link: named, shown, changed, printed."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.badges import queries as badge_queries
from exhibitions.badges.rules import number
from exhibitions.core import asked, clock
from exhibitions.core.access import actor, personal_link
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form
from exhibitions.core.i18n import language, local
from exhibitions.core.web import device_key, go, keep_answer, kept_answer, tell, throttle
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.jobs.rules import time_left
from exhibitions.visitors import service
from exhibitions.visitors.forms.groups import GroupForm
from exhibitions.visitors.forms.registration import ColleagueForm
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import HOLDER, Row, groups
from exhibitions.visitors.rules.registration import ALIVE, State
from exhibitions.visitors.service import group_print
from exhibitions.visitors.service.groups import open_classes, room_for, sent_list
from exhibitions.visitors.views.badge import link_token, mine, picture, shown_member, ticket
from exhibitions.visitors.views.base import my_badge as blueprint

_COLLEAGUES = "/<slug>/badge/<token>/colleagues"
_ONE = f"{_COLLEAGUES}/<int:badge_number>"
_LISTS_OF_A_DEVICE = "60 per hour"
_PRINTS_OF_A_DEVICE = "30 per hour"


@blueprint.route(_COLLEAGUES, methods=["GET", "POST"])
@personal_link(service.LINK)
def colleagues(expo: Expo, subject_id: int) -> Any:
    row = mine(expo, subject_id)
    if row.registration.state not in ALIVE or row.registration.leader_id is not None:
        # The badge's own page says what became of the registration, and how to come after all.
        return go("my_badge.badge", slug=expo.slug, token=link_token())
    if request.method == "POST":
        throttle("group-lists", device_key(), _LISTS_OF_A_DEVICE)
    form = _form(expo, row)
    if form.is_submitted() and sent_list(expo, row.registration, form.form_key.data):
        return go("my_badge.colleagues", slug=expo.slug, token=link_token())
    if form.accepted():
        if form.to_be_seen:
            return render_template("visitors/colleagues_check.html", **_page(expo, row, form))
        try:
            return _bring(expo, row, form)
        except Refused as refusal:
            form.refuse("names", refusal)
    template = "colleagues_check" if form.confirmed.data else "colleagues"
    return render_template(f"visitors/{template}.html", **_page(expo, row, form)), 422 if form.errors else 200


def _bring(expo: Expo, row: Row, form: GroupForm) -> Any:
    people, slug = form.listed.people, expo.slug
    gathered = service.gather(expo, row.registration, people, form_key=form.form_key.data or "")
    with transaction():
        service.bring(expo, row.registration, gathered, actor())
    said = ngettext("%(num)s badge is made.", "%(num)s badges are made.", len(people))
    tell(said)
    return go("my_badge.colleagues", slug=slug, token=link_token())


def _form(expo: Expo, row: Row) -> GroupForm:
    form = GroupForm()
    offered = open_classes(expo, row.badge_class)
    classes = map(badge_queries.offered, badge_queries.classes(expo))
    closed = [each for each in classes if each.key not in offered]
    form.allow(room_for(expo, row.registration), offered, groups.phones(expo, row.registration), closed)
    return form


def _page(expo: Expo, row: Row, form: GroupForm) -> dict[str, Any]:
    text = asked.kept_text(request.args.get("s", ""))
    found = groups.members(expo, row.registration, text, asked.page())
    people, came = groups.counts(expo, row.registration)
    return {
        "expo": expo,
        "row": row,
        "form": form,
        "text": text,
        "found": found,
        "people": [shown_member(one) for one in found.rows],
        "counted": people,
        "came": came,
        "token": link_token(),
        "class_names": {key: local(each, "name") for key, each in form.offered.items()},
    }


@blueprint.post(f"{_COLLEAGUES}/search")
@personal_link(service.LINK)
def search_colleagues(expo: Expo, subject_id: int) -> Any:
    _leading(expo, subject_id)
    word = asked.keep_text(request.form.get("q", ""))
    return go("my_badge.colleagues", slug=expo.slug, token=link_token(), s=word)


@blueprint.get(f"{_COLLEAGUES}/words")
@personal_link(service.LINK)
def colleagues_words(expo: Expo, subject_id: int) -> str:
    """Names and badge numbers as one text, to paste into a chat."""
    row = _leading(expo, subject_id)
    badges = groups.badges(expo, row.registration)
    return render_template(
        "visitors/colleagues_words.html",
        expo=expo,
        token=link_token(),
        lines=[f"{badge.name} {number.shown(badge.number)}" for badge in badges],
    )


@blueprint.route(f"{_COLLEAGUES}/print", methods=["GET", "POST"])
@personal_link(service.LINK)
def print_colleagues(expo: Expo, subject_id: int) -> Any:
    """All badges that open gates on A4: at once for a few, else by a job whose page this is."""
    row = _leading(expo, subject_id)
    badges = groups.badges(expo, row.registration)
    if Form().accepted() and badges:
        throttle("group-prints", device_key(), _PRINTS_OF_A_DEVICE)
        if len(badges) <= group_print.AT_ONCE:
            return _as_pdf(expo, group_print.draw(expo, badges))
        with transaction():
            group_print.ask(expo, row.registration, actor())
        return go("my_badge.print_colleagues", slug=expo.slug, token=link_token())
    job = group_print.open_job(expo, row.registration)
    left = time_left(job.step_started_at, job.done, job.total, clock.now()) if job else None
    return render_template(
        "visitors/colleagues_print.html",
        expo=expo,
        token=link_token(),
        count=len(badges),
        job=job,
        left=left.total_seconds() if left else None,
        kept=group_print.kept(expo, row.registration),
        at_once=len(badges) <= group_print.AT_ONCE,
    )


@blueprint.get(f"{_COLLEAGUES}/badges.pdf")
@personal_link(service.LINK)
def colleagues_pdf(expo: Expo, subject_id: int) -> Response:
    """What the job has drawn, for a day."""
    kept = group_print.kept(expo, _leading(expo, subject_id).registration)
    if kept is None:
        abort(404)
    with files.open_file(kept) as stream:
        return _as_pdf(expo, stream.read())


def _as_pdf(expo: Expo, content: bytes) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="badges-{expo.slug}.pdf"'
    return response


@blueprint.get(_ONE)
@personal_link(service.LINK)
def colleague(expo: Expo, subject_id: int, badge_number: int) -> str:
    row = _colleague(expo, subject_id, badge_number)
    look = kept_answer(request.args.get("look", ""), once=True)
    link = look[1] if isinstance(look, list) and look[:1] == [row.registration.id] else ""
    address = url_for("my_badge.badge", slug=expo.slug, token=link) if link else ""
    return render_template(
        "visitors/colleague.html",
        **ticket(expo, row),
        words=address and _words(expo, row, current_app.config["PUBLIC_URL"] + address),
    )


@blueprint.post(f"{_ONE}/link")
@personal_link(service.LINK)
def link_colleague(expo: Expo, subject_id: int, badge_number: int) -> Any:
    """A link of its own for somebody of the group, shown once, to be sent on."""
    row = _colleague(expo, subject_id, badge_number)
    if row.registration.state is not State.REGISTERED:
        return _to_colleague(expo, badge_number)
    with transaction():
        token = service.new_link(row.registration)
    look = keep_answer([row.registration.id, token])
    return go("my_badge.colleague", slug=expo.slug, token=link_token(), badge_number=badge_number, look=look)


def _words(expo: Expo, row: Row, address: str) -> str:
    chinese = language() == "zh"
    name = (expo.name_zh if chinese else expo.name_en) or expo.name_zh or expo.name_en
    return str(
        _(
            "%(name)s, your badge for %(fair)s: %(address)s",
            name=row.registration.name,
            fair=name,
            address=address,
        )
    )


@blueprint.route(f"{_ONE}/change", methods=["GET", "POST"])
@personal_link(service.LINK)
def change_colleague(expo: Expo, subject_id: int, badge_number: int) -> Any:
    row = _colleague(expo, subject_id, badge_number)
    if row.registration.state not in ALIVE or row.came:
        return _to_colleague(expo, badge_number)
    form = ColleagueForm(data={"name": row.registration.name})
    if form.accepted():
        try:
            return _change(expo, mine(expo, subject_id).registration, row, form)
        except Refused as refusal:
            form.refuse("name", refusal)
    page = render_template(
        "visitors/colleague_change.html", expo=expo, form=form, row=row, token=link_token()
    )
    return page, form.status


def _change(expo: Expo, leader: Registration, row: Row, form: ColleagueForm) -> Any:
    number = row.badge.number if row.badge else 0
    about = (HOLDER, row.registration.id, "visitors.corrected")
    with form.saving(lambda: {"name": row.registration.name}, about):
        if form.who.data == "other":
            number = service.give_place(expo, leader, row, form.kept_name, actor())
        else:
            service.rename(expo, row, form.kept_name, actor())
    if form.who.data == "other":
        tell(_("The badge of who came before is cancelled. This is the new one."))
    else:
        tell(_("The name is changed. The code stays the same."))
    return _to_colleague(expo, number)


@blueprint.route(f"{_ONE}/cancel", methods=["GET", "POST"])
@personal_link(service.LINK)
def cancel_colleague(expo: Expo, subject_id: int, badge_number: int) -> Any:
    """Ask first, then end the badge of one colleague."""
    row = _colleague(expo, subject_id, badge_number)
    if Form().accepted():
        with transaction():
            service.cancel(expo, row.registration, actor())
        return _to_colleague(expo, badge_number)
    if row.registration.state not in ALIVE:
        return _to_colleague(expo, badge_number)
    return render_template("visitors/colleague_cancel.html", expo=expo, row=row, token=link_token())


@blueprint.get(f"{_ONE}/code.png")
@personal_link(service.LINK)
def colleague_code(expo: Expo, subject_id: int, badge_number: int) -> Response:
    return picture(expo, _colleague(expo, subject_id, badge_number))


def _leading(expo: Expo, subject_id: int) -> Row:
    """Who leads a group, or nobody yet; of who belongs to somebody else's group nothing of it is to be had."""
    row = mine(expo, subject_id)
    if row.registration.leader_id is not None:
        abort(404)
    return row


def _colleague(expo: Expo, subject_id: int, badge_number: int) -> Row:
    leader = _leading(expo, subject_id).registration
    row = None
    if badge_number <= expo_queries.LARGEST_NUMBER:
        row = groups.member(expo, leader, badge_number)
    if row is None or row.badge is None or row.registration.erased_at is not None:
        abort(404)
    return row


def _to_colleague(expo: Expo, badge_number: int) -> Any:
    return go("my_badge.colleague", slug=expo.slug, token=link_token(), badge_number=badge_number)
