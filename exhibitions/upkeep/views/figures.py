"""`/metrics`: figures for a monitoring system, closed unless a token or an address opens it (ASVS 13.4.5)."""

from __future__ import annotations

import ipaddress
from datetime import timedelta

from flask import Response, abort, current_app, request

from exhibitions.core import clock, metrics
from exhibitions.core.access import public
from exhibitions.core.signing import same
from exhibitions.jobs import queries as jobs
from exhibitions.mail import queries as mails
from exhibitions.upkeep.service import keeping
from exhibitions.upkeep.service.place import here
from exhibitions.upkeep.views.base import blueprint


@blueprint.get("/metrics")
@public
def metrics_page() -> Response:
    """Nothing is said, not even that there is something, to who is neither let in by token nor by address."""
    settings = current_app.config["SETTINGS"]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    by_token = bool(settings.metrics_token) and same(given.encode(), settings.metrics_token.encode())
    if not (by_token or _is_near(request.remote_addr, settings.metrics_from)):
        abort(404)
    return Response(metrics.text(_now()), mimetype="text/plain; version=0.0.4")


def _is_near(address: str | None, networks: tuple[str, ...]) -> bool:
    if not (address and networks):
        return False
    here = ipaddress.ip_address(address)
    return any(here in ipaddress.ip_network(network) for network in networks)


def _now() -> list[tuple[str, str, dict[str, float]]]:
    now = clock.now()
    oldest, newest = jobs.oldest_due(now), keeping.newest_good(here())
    return [
        ("exhibitions_jobs_open", "Jobs that are queued or running.", jobs.count_open()),
        (
            "exhibitions_age_seconds",
            "Age of the longest waiting job, and of the newest good backup.",
            {
                "oldest_job": (now - oldest).total_seconds() if oldest else 0.0,
                "newest_backup": (now - newest.made_at).total_seconds() if newest else float("inf"),
            },
        ),
        ("exhibitions_mails", "Messages that have yet to leave.", {"under_way": mails.count_under_way()}),
        (
            "exhibitions_text_messages",
            "Text messages that have yet to leave, and those given up in seven days.",
            {
                "under_way": mails.count_under_way(by_sms=True),
                "given_up": mails.count_given_up(now - timedelta(days=7), by_sms=True),
            },
        ),
    ]
