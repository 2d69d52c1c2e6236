"""The page of health: what can go wrong, whether it does, and what to do."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from flask import current_app, render_template
from flask_babel import gettext as _

from exhibitions.core import clock
from exhibitions.core.access import Permission, require
from exhibitions.core.i18n import format_datetime
from exhibitions.core.version import VERSION
from exhibitions.mail.service import texting
from exhibitions.organisation import queries as organisations
from exhibitions.upkeep.queries import health as queries
from exhibitions.upkeep.rules import health
from exhibitions.upkeep.rules.health import Check, Facts
from exhibitions.upkeep.service import keeping
from exhibitions.upkeep.service.place import here
from exhibitions.upkeep.views.base import blueprint


@blueprint.get("/desk/health")
@require(Permission.SYSTEM_MANAGE)
def page() -> str:
    zone = organisations.zone()
    checks = health.judge(_facts())
    return render_template(
        "upkeep/health.html",
        checks=[
            (check, _(check.sentence, **_shown(check, zone)), _(check.advice) if check.advice else "")
            for check in checks
        ],
        worst=health.worst(checks).value,
        version=VERSION,
        zone=zone,
        at=clock.now(),
    )


def _facts() -> Facts:
    place = here()
    directory = str(current_app.extensions["migrate"].directory)
    found = queries.facts(directory, clock.now(), place.data_dir)
    newest = keeping.newest_good(place)
    return dataclasses.replace(
        found,
        has_mail_server=bool(current_app.config["SETTINGS"].mail.server),
        has_text_sender=texting.can_text(),
        last_backup=newest.made_at if newest else None,
        last_proof=keeping.newest_proof(place),
    )


def _shown(check: Check, zone: str) -> dict[str, Any]:
    return {
        name: format_datetime(value, zone) if isinstance(value, datetime) else value
        for name, value in check.params.items()
    }
