"""Space and exhibitors under a profile of counting rules, with the evidence behind them (statistics.md §1.2 to §1.4)."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, render_template, request
from flask_babel import gettext as _

from exhibitions.core import clock
from exhibitions.core.access import Permission, require
from exhibitions.core.errors import NotFound
from exhibitions.core.i18n import language
from exhibitions.core.regions import region_name
from exhibitions.core.shares import rounded
from exhibitions.expos.models import Expo
from exhibitions.reports.queries import exhibition as queries
from exhibitions.reports.rules.evidence import digest, evidence
from exhibitions.reports.rules.exhibition import Exhibition, exhibition
from exhibitions.reports.rules.facts import Use
from exhibitions.reports.rules.profiles import (
    DEFAULT,
    PROFILES,
    Basis,
    Profile,
    is_international,
    profile_of,
)
from exhibitions.reports.rules.space import UNKNOWN
from exhibitions.reports.views.board import blueprint

_PAGE = "/desk/<slug>/exhibition-figures"


@blueprint.get(_PAGE)
@require(Permission.FIGURES_VIEW)
def exhibition_figures(expo: Expo) -> str:
    profile, (facts, unchecked) = _profile(), queries.checked_facts(expo)
    found, people = exhibition(facts, profile), queries.visitors(expo, profile)
    basis, average = _basis(found, people), found.space.average_stand
    return render_template(
        "reports/exhibition.html",
        expo=expo,
        profile=profile,
        profiles=[(one.key, f"{one.label} · {_(one.name)}") for one in PROFILES.values()],
        found=found,
        people=people,
        basis=basis,
        is_international=is_international(profile, basis),
        lines=_lines(found),
        average=None if average is None else rounded(average, 2),
        unused={use: sum(one.use is use for one in facts.stands) for use in (Use.NO_SHOW, Use.CANCELLED)},
        unchecked=unchecked,
        sha256=digest(evidence(facts)),
        cut_off=clock.now(),
    )


@blueprint.get(f"{_PAGE}/evidence")
@require(Permission.FIGURES_VIEW)
def exhibition_evidence(expo: Expo) -> Response:
    """The rows behind the figures as a file: computing from it gives the same numbers, its SHA-256 stands on the page."""
    content = evidence(queries.facts(expo))
    answer = Response(content, mimetype="application/x-ndjson")
    name = f"evidence-{expo.slug}-{digest(content)[:8]}.jsonl"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _profile() -> Profile:
    try:
        return profile_of(request.args.get("profile", DEFAULT))
    except NotFound:
        abort(404)


def _basis(found: Exhibition, people: queries.Visitors) -> Basis:
    space = found.space.stand_space
    direct = found.exhibitors.direct if found.exhibitors else None
    exhibitors = (direct.overseas, direct.known) if direct else (space.overseas * 0, space.known * 0)
    return queries.basis(exhibitors, (space.overseas, space.known), people)


def _lines(found: Exhibition) -> list[tuple[str, Any, Any, Any]]:
    """Countries and regions in the order of their exhibitors: name, exhibitors, represented companies, m²."""
    counted = found.exhibitors.by_country if found.exhibitors else {}
    memo = found.exhibitors.represented_by_country if found.exhibitors else {}
    keys = sorted(dict.fromkeys((*counted, *found.space.by_country, *memo)), key=lambda key: key == UNKNOWN)
    return [
        (
            region_name(key, language()) if key else _("unknown"),
            counted.get(key, 0),
            memo.get(key, 0),
            found.space.by_country.get(key, 0),
        )
        for key in keys
    ]
