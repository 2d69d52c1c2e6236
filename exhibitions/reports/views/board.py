"""The live board (O9), the rows behind its numbers, and the plot of arrivals."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, g, make_response, render_template, request
from flask_babel import gettext as _

from exhibitions.core.access import Permission, require
from exhibitions.core.charts import columns, lines
from exhibitions.core.contact import masked_name
from exhibitions.core.i18n import format_date, language, local
from exhibitions.core.regions import region_name
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import gate_of, previous_edition
from exhibitions.gates.queries.fair import setup_of
from exhibitions.gates.rules.counting import Attendance, Tally
from exhibitions.gates.rules.setup import Setup
from exhibitions.gates.rules.words import NOUNS, REASONS
from exhibitions.reports.queries.attendance import attendance as count_attendance
from exhibitions.reports.queries.board import board as live_board
from exhibitions.reports.queries.pace import registrations_by_week
from exhibitions.reports.queries.rows import EVIDENCE, KINDS, PAGE, Filter, Found, rows_behind
from exhibitions.reports.rules.documents import UNKNOWN, by_region

blueprint = Blueprint("reports", __name__)
_MOST_PAGES = 20000
_HOURS = frozenset(f"{hour:02}" for hour in range(24))
# A part of the attendance: its title, what its lines are, and the lines.
Table = tuple[str, str, list[tuple[str, Tally, dict[str, object]]]]


@blueprint.get("/desk/<slug>/live")
@require(Permission.FIGURES_VIEW)
def board(expo: Expo) -> str:
    return render_template("reports/board.html", **_facts(expo))


@blueprint.get("/desk/<slug>/live/figures")
@require(Permission.FIGURES_VIEW)
def figures(expo: Expo) -> Response:
    """The changing part of the board; 304 while nothing has changed."""
    facts = _facts(expo)
    fresh = make_response(render_template("reports/_figures.html", **facts))
    fresh.set_etag(facts["board"].etag + str(facts["board"].at.minute))
    fresh.headers["Cache-Control"] = "private, no-cache"
    fresh.make_conditional(request)
    return fresh


def _facts(expo: Expo) -> dict[str, Any]:
    return {"expo": expo, "board": live_board(expo), "verdicts": _verdicts()}


def _verdicts() -> dict[str, str]:
    """The words of verdicts, translated here: what a device calls its verdict is data and never a message id."""
    return {code: _(word) for code, word in NOUNS.items()}


@blueprint.get("/desk/<slug>/live/arrivals.svg")
@require(Permission.FIGURES_VIEW)
def arrivals(expo: Expo) -> Response:
    hours = live_board(expo).by_hour
    return _picture(
        columns([hour for hour, _count in hours], [(_("Visits"), [count for _hour, count in hours])])
    )


@blueprint.get("/desk/<slug>/registrations.svg")
@require(Permission.FIGURES_VIEW)
def registrations_chart(expo: Expo) -> Response:
    """Registrations over the last twelve weeks before the opening, beside the edition before (ux.md §10)."""
    before = previous_edition(expo)
    marks = registrations_by_week(expo, before)
    series = [(local(expo, "name"), [mark.now for mark in marks])]
    if before is not None:
        series.append((local(before, "name"), [mark.before for mark in marks]))
    return _picture(lines([str(mark.weeks) for mark in marks], [(str(name), line) for name, line in series]))


def _picture(drawn: bytes) -> Response:
    picture = Response(drawn, mimetype="image/svg+xml")
    # The drawing carries its own styles; nothing else may load or run in it.
    picture.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return picture


@blueprint.get("/desk/<slug>/attendance")
@require(Permission.FIGURES_VIEW)
def attendance(expo: Expo) -> str:
    found = count_attendance(expo)
    tables = _tables(expo, found, setup_of(expo.id, expo.setup_version))
    return render_template(
        "reports/attendance.html",
        expo=expo,
        found=found,
        tables=tables,
        reasons={code: _(word) for code, word in REASONS.items()},
    )


def _tables(expo: Expo, found: Attendance, setup: Setup) -> list[Table]:
    """The parts of the attendance; each line with its name, its figures and the filter that opens its rows."""
    speaks, none = language(), _("unknown")
    classes = {one.key: one.name.text(speaks) for one in setup.classes.values()}
    gates = {gate.id: gate.name.text(speaks) for gate in setup.gates.values()}
    return [
        (
            _("By day"),
            _("Day"),
            [(format_date(d), t, {"day": d.isoformat()}) for d, t in found.by_day.items()],
        ),
        (_("By hour"), _("Hour"), [(f"{h}:00", t, {"hour": h}) for h, t in found.by_hour.items()]),
        (_("By gate"), _("Gate"), [(gates[g], t, {"gate": g}) for g, t in found.by_gate.items()]),
        (
            _("By badge class"),
            _("Badge class"),
            [(classes.get(key, none), t, {"class": key or UNKNOWN}) for key, t in found.by_class.items()],
        ),
        (
            _("By region"),
            _("Region"),
            [
                (_region(key), t, {"region": key or UNKNOWN})
                for key, t in by_region(found.by_region, expo.city, expo.country)
            ],
        ),
    ]


def _region(key: str) -> str:
    return region_name(key, language()) if key and key != UNKNOWN else _("unknown")


@blueprint.get("/desk/<slug>/scans")
@require(Permission.FIGURES_VIEW)
def scans(expo: Expo) -> str:
    wanted = _filter(expo)
    page = _page()
    found = _as_seen(rows_behind(expo, wanted, page))
    last = max(1, -(-found.rows_total // PAGE))
    facts = {"page": page, "last": last, "chips": _chips(expo, wanted), "verdicts": _verdicts()}
    facts["names_people"] = Permission.VISITORS_VIEW in g.rights
    return render_template("reports/scans.html", expo=expo, wanted=wanted, found=found, **facts)


def _as_seen(found: Found) -> Found:
    """The rows as the reader may see them: names only for who may see visitors (ux.md B12)."""
    if Permission.VISITORS_VIEW in g.rights:
        return found
    rows = [dataclasses.replace(row, name=masked_name(row.name), company="", number="") for row in found.rows]
    return dataclasses.replace(found, rows=rows)


def _chips(expo: Expo, wanted: Filter) -> list[tuple[str, str]]:
    """The filters in force: the word of the address and what it is called."""
    gate = gate_of(expo, wanted.gate_id) if wanted.gate_id else None
    classes = setup_of(expo.id, expo.setup_version).classes.values()
    names = {one.key: one.name.text(language()) for one in classes}
    found = [
        ("day", format_date(wanted.day) if wanted.day else ""),
        ("hour", f"{wanted.hour}:00" if wanted.hour else ""),
        ("gate", str(local(gate, "name")) if gate else ""),
        ("verdict", _verdicts().get(wanted.verdict, wanted.verdict) if wanted.verdict else ""),
        ("class", names.get(wanted.badge_class, _("unknown")) if wanted.badge_class else ""),
        ("region", _region(wanted.region) if wanted.region else ""),
    ]
    return [(name, word) for name, word in found if word]


def _filter(expo: Expo) -> Filter:
    """The filter in the address; words that are no filter are a page that does not exist."""
    words = request.args
    kind = words.get("kind", "all")
    gate_id = words.get("gate", type=int)
    badge_class, region = words.get("class", "")[:64], words.get("region", "")[:64]
    if kind not in KINDS or (gate_id is not None and gate_of(expo, gate_id) is None):
        abort(404)
    if (badge_class or region) and kind not in EVIDENCE:
        abort(404)
    try:
        day = date.fromisoformat(words["day"]) if words.get("day") else None
    except ValueError:
        abort(404)
    verdict, hour = words.get("verdict", "")[:32], words.get("hour", "")
    if kind not in EVIDENCE or hour not in _HOURS:
        hour = ""
    return Filter(kind, day, hour, gate_id, verdict, badge_class, region)


def _page() -> int:
    page = request.args.get("page", default=1, type=int)
    return page if 1 <= page <= _MOST_PAGES else 1
