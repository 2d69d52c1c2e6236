"""On-site command 现场指挥: what waits for the chief, what was let in against a rule, and the chief's acts."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from exhibitions.accounts.queries import names_of
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.forms import typed_number
from exhibitions.core.i18n import language
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.gates.forms import ALL_DOORS, COMMON_DOOR, DoorsForm, OpenGateForm, plain_reason
from exhibitions.gates.queries import lists
from exhibitions.gates.queries.devices import device_of, devices_by_id
from exhibitions.gates.queries.fair import setup_of
from exhibitions.gates.queries.figures import doubles
from exhibitions.gates.service import chief as service
from exhibitions.gates.views.words import shown_scan

blueprint = Blueprint("chief", __name__)
_PAGE = "/desk/<slug>/gates/chief"
_MOST_PAGES = 20000
_REVIEW, _OVERRIDDEN, _DOUBLE, _INVALID, _CLOCKS, _OPEN = (
    "review",
    "overridden",
    "double",
    "invalid",
    "clocks",
    "open-gate",
)


@blueprint.get(_PAGE)
@require(Permission.GATES_MANAGE)
def chief(expo: Expo) -> str:
    kind = request.args.get("list", _REVIEW)
    counts = lists.counts(expo)
    if kind not in _LISTS:
        abort(404)
    rows, total = _LISTS[kind](expo, counts, _page())
    return render_template(
        "gates/chief.html",
        expo=expo,
        kind=kind,
        counts=counts,
        rows=rows,
        total=total,
        page=_page(),
        last=max(1, -(-total // lists.PAGE)),
        by_device=_waiting_devices(expo) if kind == _REVIEW else [],
        period=lists.open_gate_of(expo),
        doors=_doors(expo, lists.fair_today(expo)),
        today=lists.fair_today(expo),
    )


def _page() -> int:
    page = request.args.get("page", default=1, type=int)
    return page if 1 <= page <= _MOST_PAGES else 1


def _review(expo: Expo, counts: lists.Counts, page: int) -> tuple[list[dict[str, Any]], int]:
    return _shown(expo, lists.in_review(expo, page)), counts.review


def _overridden(expo: Expo, counts: lists.Counts, page: int) -> tuple[list[dict[str, Any]], int]:
    return _shown(expo, lists.overridden(expo, page)), counts.overridden


def _invalid(expo: Expo, counts: lists.Counts, page: int) -> tuple[list[dict[str, Any]], int]:
    return _shown(expo, lists.admitted_against_invalid(expo, page)), counts.invalid


def _double(expo: Expo, _counts: lists.Counts, page: int) -> tuple[list[dict[str, Any]], int]:
    """Both entries of each pair; the youngest pair first."""
    found = sorted(doubles(expo), key=lambda pair: (pair.later.at, pair.later.scan_id), reverse=True)
    part = found[(page - 1) * lists.PAGE : page * lists.PAGE]
    scans = lists.scans_by_id(expo, [scan.scan_id for pair in part for scan in (pair.first, pair.later)])
    shown = {row["scan"].scan_id: row for row in _shown(expo, scans)}
    rows = [
        {"first": shown[pair.first.scan_id], "later": shown[pair.later.scan_id], "mixed": pair.mixed}
        for pair in part
    ]
    return rows, len(found)


def _clocks(expo: Expo, _counts: lists.Counts, page: int) -> tuple[list[dict[str, Any]], int]:
    found = lists.wrong_clocks(expo)
    setup = setup_of(expo.id, expo.setup_version)
    rows = []
    for report in found[(page - 1) * lists.PAGE : page * lists.PAGE]:
        gate = setup.gates.get(report.device.gate_ids[0])
        rows.append(
            {
                "report": report,
                "gate": gate.name.text(language()) if gate else "",
                "seen_at": report.device.seen_at and report.device.seen_at + setup.shift,
            }
        )
    return rows, len(found)


def _open_gates(expo: Expo, _counts: lists.Counts, page: int) -> tuple[list[dict[str, Any]], int]:
    reports = lists.open_gate_reports(expo, page)
    names = names_of({report.period.started_by for report in reports})
    rows = [
        {"report": report, "by": names.get(report.period.started_by or 0) or _("the system")}
        for report in reports
    ]
    return rows, lists.count_open_gates(expo)


_LISTS = {
    _REVIEW: _review,
    _OVERRIDDEN: _overridden,
    _DOUBLE: _double,
    _INVALID: _invalid,
    _CLOCKS: _clocks,
    _OPEN: _open_gates,
}


def _shown(expo: Expo, scans: Any) -> list[dict[str, Any]]:
    """Scans as the reader may see them: names and numbers only for who may see visitors (ux.md B12)."""
    setup = setup_of(expo.id, expo.setup_version)
    badges = lists.badges_of_scans(expo, [scan.badge_id for scan in scans])
    by_id = devices_by_id(expo, [scan.device_id for scan in scans])
    plain = Permission.VISITORS_VIEW in g.rights
    return [
        shown_scan(scan, badges.get(scan.badge_id or 0), by_id[scan.device_id], setup, plain=plain)
        for scan in scans
    ]


def _waiting_devices(expo: Expo) -> list[dict[str, Any]]:
    return [{"device": device, "count": count} for device, count in lists.waiting_by_device(expo)]


@blueprint.post(f"{_PAGE}/scans/<int:row_id>/decide")
@require(Permission.GATES_MANAGE)
def decide(expo: Expo, row_id: int) -> Response:
    scan = lists.scan_of_row(expo, row_id)
    if scan is None:
        abort(404)
    accept = _decision()
    if accept is None:
        return go("chief.chief", slug=expo.slug)
    try:
        with transaction():
            reason = plain_reason(request.form.get("reason", ""))
            service.decide_review(expo, scan.scan_id, accept, actor(), reason)
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "warning")
    else:
        tell(_("The scan is accepted and counts.") if accept else _("The scan is refused and never counts."))
    return go("chief.chief", slug=expo.slug)


def _decision() -> bool | None:
    """What was pressed; None, with a sentence, when the form was sent by a key and says neither."""
    decision = request.form.get("decision")
    if decision not in ("accept", "refuse"):
        tell(_("Nothing was decided. Press one of the two buttons."), "warning")
        return None
    return decision == "accept"


@blueprint.route(f"{_PAGE}/devices/<int:device_id>", methods=["GET", "POST"])
@require(Permission.GATES_MANAGE)
def device_review(expo: Expo, device_id: int) -> Any:
    """Decide everything that waits of one device; how many that is must be typed."""
    device = device_of(expo, device_id)
    if device is None:
        abort(404)
    count = min(lists.count_waiting_of_device(expo, device_id), service.MOST_AT_ONCE)
    wrong = request.method == "POST" and typed_number(request.form.get("confirm", "")) != count
    if request.method == "GET" or (wrong and count):
        page = render_template("gates/device_review.html", expo=expo, device=device, count=count, wrong=wrong)
        return page, 422 if wrong else 200
    accept = _decision()
    if accept is None:
        return go("chief.device_review", slug=expo.slug, device_id=device_id)
    with transaction():
        reason = plain_reason(request.form.get("reason", ""))
        done = service.decide_device(expo, device_id, accept, actor(), reason)
    accepted = ngettext("%(num)s scan is accepted.", "%(num)s scans are accepted.", done)
    refused = ngettext("%(num)s scan is refused.", "%(num)s scans are refused.", done)
    tell(accepted if accept else refused)
    return go("chief.chief", slug=expo.slug)


@blueprint.route(f"{_PAGE}/doors", methods=["GET", "POST"])
@require(Permission.GATES_MANAGE)
def doors(expo: Expo) -> Any:
    """Ask for the hours, then show what would change; nothing moves before that was seen."""
    today, now, form = _doors_form(expo)
    if not form.accepted() or "change" in request.form:
        page = render_template("gates/doors.html", expo=expo, form=form, today=today, doors=now)
        return page, 422 if form.errors else 200
    moving = [one for one in now if form.door.data in (ALL_DOORS, one["key"], *one["shared_by"])]
    if form.door.data in (moving[0]["shared_by"] if moving else {}):
        moving = [{**moving[0], "names": moving[0]["shared_by"][form.door.data]}]
    return render_template("gates/doors_check.html", expo=expo, form=form, today=today, moving=moving)


@blueprint.post(f"{_PAGE}/doors/move")
@require(Permission.GATES_MANAGE)
def move_doors(expo: Expo) -> Any:
    today, now, form = _doors_form(expo)
    if not form.accepted():
        return render_template("gates/doors.html", expo=expo, form=form, today=today, doors=now), 422
    hours, reason = form.hours(today), form.reason.data
    try:
        with transaction():
            if form.door.data == ALL_DOORS:
                moved = service.move_all_doors(expo, hours, reason, actor()) > 0
            else:
                moved = service.move_doors(expo, hours, reason, actor())
    except Refused as refusal:
        form.refuse("door", refusal)
        return render_template(
            "gates/doors.html", expo=expo, form=form, today=today, doors=now
        ), refusal.status
    tell(
        _("The doors are moved, on all devices at once.")
        if moved
        else _("The doors stand like this already.")
    )
    return go("chief.chief", slug=expo.slug)


def _doors_form(expo: Expo) -> tuple[date, list[dict[str, Any]], DoorsForm]:
    today = lists.fair_today(expo)
    now = _doors(expo, today)
    choices = [(ALL_DOORS, _("All doors of today"))] if len(now) > 1 else []
    choices += [(one["key"], one["names"]) for one in now]
    shared = [each for one in now if len(one["shared_by"]) > 1 for each in one["shared_by"].items()]
    choices += [(key, _("Only %(name)s", name=name)) for key, name in shared]
    form = DoorsForm()
    form.offer(choices, today, expo.cutoff_hour)
    return today, now, form


def _doors(expo: Expo, day: date) -> list[dict[str, Any]]:
    """The doors of a day with the names of the classes that go through each; `shared_by` are those of the common one."""
    setup = setup_of(expo.id, expo.setup_version)
    names = {one.key: one.name.text(language()) for one in setup.classes.values()}
    found = lists.doors_now(expo, day)
    own = {door.class_key for door in found}
    rest = {key: name for key, name in names.items() if key not in own}
    return [
        {
            "key": door.class_key or COMMON_DOOR,
            "names": names.get(door.class_key, door.class_key)
            if door.class_key
            else _(", ").join(rest.values()),
            "shared_by": {} if door.class_key else rest,
            "hours": door.hours,
            "moved": door.moved,
        }
        for door in found
    ]


@blueprint.route(f"{_PAGE}/open-gate", methods=["GET", "POST"])
@require(Permission.GATES_MANAGE)
def open_gate(expo: Expo) -> Any:
    form = OpenGateForm()
    if not form.accepted():
        period = lists.open_gate_of(expo)
        page = render_template("gates/open_gate.html", expo=expo, form=form, period=period)
        return page, 422 if form.errors else 200
    try:
        with transaction():
            service.start_open_gate(expo, form.reason.data, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "warning")
    else:
        tell(_("The gates are open: every device lets everybody in and counts."))
    return go("chief.chief", slug=expo.slug)


@blueprint.post(f"{_PAGE}/open-gate/end")
@require(Permission.GATES_MANAGE)
def end_open_gate(expo: Expo) -> Response:
    with transaction():
        ended = service.end_open_gate(expo, actor())
    if ended:
        tell(_("Open-gate mode has ended. The report stands below."))
    else:
        tell(_("Open-gate mode had ended already."), "warning")
    return go("chief.chief", slug=expo.slug, list=_OPEN)


@blueprint.route(f"{_PAGE}/rehearsal", methods=["GET", "POST"])
@require(Permission.GATES_MANAGE)
def rehearsal(expo: Expo) -> Any:
    """Wipe the rehearsal; how many scans go away must be typed."""
    count = lists.counts(expo).rehearsed
    wrong = request.method == "POST" and typed_number(request.form.get("confirm", "")) != count
    if request.method == "GET" or (wrong and count):
        return render_template(
            "gates/rehearsal.html", expo=expo, count=count, wrong=wrong
        ), 422 if wrong else 200
    with transaction():
        gone = service.wipe_rehearsals(expo, actor())
    tell(ngettext("%(num)s rehearsed scan is wiped.", "%(num)s rehearsed scans are wiped.", gone))
    return go("chief.chief", slug=expo.slug)
