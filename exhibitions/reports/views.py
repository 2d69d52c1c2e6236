"""The live board (O9), the rows behind its numbers, and the plot of arrivals."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask_babel import gettext as _

from exhibitions.core.access import Permission, require
from exhibitions.core.charts import columns
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import gate_of
from exhibitions.gates.queries.fair import setup_of
from exhibitions.gates.rules.words import REASONS, VERDICTS
from exhibitions.reports.queries.attendance import attendance as count_attendance
from exhibitions.reports.queries.board import board as live_board
from exhibitions.reports.queries.rows import KINDS, PAGE, Filter, rows_behind
from exhibitions.visitors.rules.regions import region_name

blueprint = Blueprint("reports", __name__)
_MOST_PAGES = 20000


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
    return {"expo": expo, "board": live_board(expo), "verdicts": VERDICTS}


@blueprint.get("/desk/<slug>/live/arrivals.svg")
@require(Permission.FIGURES_VIEW)
def arrivals(expo: Expo) -> Response:
    hours = live_board(expo).by_hour
    drawn = columns([hour for hour, _count in hours], [(_("Visits"), [count for _hour, count in hours])])
    picture = Response(drawn, mimetype="image/svg+xml")
    # The drawing carries its own styles; nothing else may load or run in it.
    picture.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return picture


@blueprint.get("/desk/<slug>/attendance")
@require(Permission.FIGURES_VIEW)
def attendance(expo: Expo) -> str:
    found = count_attendance(expo)
    setup = setup_of(expo.id, expo.setup_version)
    return render_template(
        "reports/attendance.html",
        expo=expo,
        found=found,
        setup=setup,
        reasons=REASONS,
        region_name=region_name,
    )


@blueprint.get("/desk/<slug>/scans")
@require(Permission.FIGURES_VIEW)
def scans(expo: Expo) -> str:
    wanted = _filter(expo)
    page = _page()
    found = rows_behind(expo, wanted, page)
    last = max(1, -(-found.rows_total // PAGE))
    return render_template(
        "reports/scans.html",
        expo=expo,
        wanted=wanted,
        found=found,
        page=page,
        last=last,
        verdicts=VERDICTS,
        gate=gate_of(expo, wanted.gate_id) if wanted.gate_id else None,
    )


def _filter(expo: Expo) -> Filter:
    """The filter in the address; words that are no filter are a page that does not exist."""
    words = request.args
    kind = words.get("kind", "all")
    gate_id = words.get("gate", type=int)
    if kind not in KINDS or (gate_id is not None and gate_of(expo, gate_id) is None):
        abort(404)
    try:
        day = date.fromisoformat(words["day"]) if words.get("day") else None
    except ValueError:
        abort(404)
    return Filter(kind, day, words.get("hour", "")[:2], gate_id, words.get("verdict", "")[:32])


def _page() -> int:
    page = request.args.get("page", default=1, type=int)
    return page if 1 <= page <= _MOST_PAGES else 1
