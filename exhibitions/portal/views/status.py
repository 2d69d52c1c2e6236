"""What machines ask for: whether the service is alive and ready, what may be searched, the icon."""

from __future__ import annotations

from flask import Response as Answer
from flask import current_app, jsonify
from werkzeug.wrappers import Response

from exhibitions.core import clock
from exhibitions.core.access import public
from exhibitions.portal.views.frame import blueprint
from exhibitions.upkeep.queries.health import essentials
from exhibitions.upkeep.rules import health


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    return jsonify(status="alive")


@blueprint.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    directory = str(current_app.extensions["migrate"].directory)
    checks = health.ready(health.judge(essentials(directory, clock.now())))
    ready = all(checks.values())
    return jsonify(status="ready" if ready else "not ready", checks=checks), 200 if ready else 503


# Personal pages and those of people who work here. Each says noindex as well: a robot may also come by a link.
_ROBOTS = """User-agent: *
Disallow: /desk
Disallow: /doors
Disallow: /gate/
Disallow: /api/
Disallow: /demo
Disallow: /sign-in
Disallow: /sign-out
Disallow: /*/badge/
Disallow: /*/my-data/
Disallow: /*/find-badge
"""


@blueprint.get("/robots.txt")
@public
def robots() -> Answer:
    return Answer(_ROBOTS, mimetype="text/plain", headers={"Cache-Control": "public, max-age=86400"})


@blueprint.get("/favicon.ico")
@public
def favicon() -> Answer:
    """Browsers ask for this name by themselves; what they get is the icon that every page names."""
    answer = current_app.send_static_file("core/icon.svg")
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer
