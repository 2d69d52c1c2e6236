"""Whether the service is alive and ready, for machines."""

from __future__ import annotations

from flask import current_app, jsonify
from werkzeug.wrappers import Response

from exhibitions.core import clock
from exhibitions.core.access import public
from exhibitions.portal import queries
from exhibitions.portal.views.frame import blueprint


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    return jsonify(status="alive")


@blueprint.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    checks = {"database": queries.database_answers()}
    if checks["database"]:
        directory = str(current_app.extensions["migrate"].directory)
        checks["migrations"] = queries.migrations_at_head(directory)
        checks["worker"] = checks["migrations"] and queries.worker_is_alive(clock.now())
    ready = all(checks.values())
    return jsonify(status="ready" if ready else "not ready", checks=checks), 200 if ready else 503
