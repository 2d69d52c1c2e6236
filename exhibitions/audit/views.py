"""Who saw, changed and exported what: of a fair, or of the whole installation. Nothing here can be edited."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for

from exhibitions.audit import queries, service
from exhibitions.audit.rules import Fair, day_of
from exhibitions.core.access import Permission, require

blueprint = Blueprint("audit", __name__)


@blueprint.get("/desk/<slug>/audit")
@require(Permission.EXPO_EDIT)
def entries(expo: Fair) -> str:
    return _list(expo, url_for("audit.entries", slug=expo.slug))


@blueprint.get("/desk/audit")
@require(Permission.SYSTEM_MANAGE)
def all_entries() -> str:
    return _list(None, url_for("audit.all_entries"))


def _list(expo: Fair | None, here: str) -> str:
    expo_id = expo.id if expo else None
    zone = expo.timezone if expo else "UTC"
    since, until = day_of(request.args.get("since", "")), day_of(request.args.get("until", ""))
    wanted = queries.Wanted(
        action=request.args.get("action", "")[:64],
        since=_midnight(since, zone) if since else None,
        until=_midnight(until + timedelta(days=1), zone) if until else None,
    )
    total = queries.count(expo_id, wanted)
    last = max(1, -(-total // queries.PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), last)
    rows = queries.entries(expo_id, wanted, offset=(page - 1) * queries.PAGE)
    return render_template(
        "audit/entries.html",
        expo=expo,
        zone=zone,
        rows=service.readable(rows),
        actions=queries.actions(expo_id),
        chosen={"action": wanted.action, "since": since or "", "until": until or ""},
        narrowed=wanted != queries.Wanted(),
        here=here,
        page=page,
        last=last,
        total=total,
    )


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
