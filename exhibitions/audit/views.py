"""Who saw, changed and exported what: of a fair, or of the whole installation. Nothing here can be edited."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, render_template, request, url_for
from flask_babel import gettext

from exhibitions.audit import queries, service
from exhibitions.audit.rules import Deeds, Fair, Page, day_of
from exhibitions.core.access import Permission, require

blueprint = Blueprint("audit", __name__)


_actions: dict[str, str] = {}
_subjects: dict[str, Page] = {}
_fields: dict[str, str] = {}
_values: dict[str, str] = {}


def know(deeds: Deeds) -> None:
    """Learn how a room calls its deeds. Called once a room at start."""
    _actions.update(deeds.actions)
    _subjects.update(deeds.subjects)
    room = next(iter(deeds.actions)).partition(".")[0]
    for name, word in deeds.fields.items():
        _fields[f"{room}.{name}"] = word
        _fields.setdefault(name, word)
    _values.update(deeds.values)


def deed(action: str) -> str:
    """What was done, in the reader's language; an action of an older release is shown as it was written."""
    return str(gettext(_actions[action])) if action in _actions else action


# In every template: `{{ entry.action | deed }}`.
blueprint.add_app_template_filter(deed)


def _subject(row: service.Readable, expo: Fair | None) -> tuple[str, str]:
    """What an entry is about, and the address of its page where it has one and may still be there."""
    if row.subject_kind is None:
        return "", ""
    page = _subjects.get(row.subject_kind, Page(row.subject_kind))
    word = gettext(page.word) + (f" {row.subject_id}" if page.argument or not page.endpoint else "")
    known = page.endpoint in current_app.view_functions and expo is not None
    if not known or row.action.endswith(("_removed", "_undone")):
        return word, ""
    number: dict[str, Any] = {page.argument: row.subject_id} if page.argument else {}
    return word, url_for(page.endpoint, slug=expo.slug if expo else "", **number)


def _changes(row: service.Readable) -> list[tuple[str, str, str]]:
    """Field by field: its label, how it was (empty when nothing was noted) and how it is."""
    names = [*row.before, *(name for name in row.after if name not in row.before)]
    return [
        (
            _label(row, name),
            _shown(name, row.before[name]) if name in row.before else "",
            _shown(name, row.after[name]) if name in row.after else "",
        )
        for name in names
    ]


def _label(row: service.Readable, name: str) -> str:
    """What the room of the entry calls this field; else what any room does."""
    room = row.action.partition(".")[0]
    word = _fields.get(f"{room}.{name}") or _fields.get(name)
    return str(gettext(word)) if word else name.replace("_", " ")


def _shown(name: str, value: object) -> str:
    if value is None:
        return str(gettext("erased or empty"))
    if isinstance(value, bool):
        return str(gettext("Yes") if value else gettext("No"))
    if isinstance(value, dict):
        inner = ((_fields.get(str(key)), str(key), each) for key, each in value.items())
        return ", ".join(f"{gettext(word) if word else key} {_shown(key, each)}" for word, key, each in inner)
    if isinstance(value, list):
        return "; ".join(_shown(name, each) for each in value) or str(gettext("empty"))
    word = _values.get(f"{name}={value}")
    return str(gettext(word)) if word else str(value) or str(gettext("empty"))


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
    shift = timedelta(seconds=(expo.demo_shift_seconds if expo else 0) or 0)
    since, until = day_of(request.args.get("since", "")), day_of(request.args.get("until", ""))
    wanted = queries.Wanted(
        action=request.args.get("action", "")[:64],
        since=_midnight(since, zone) - shift if since else None,
        until=_midnight(until + timedelta(days=1), zone) - shift if until else None,
    )
    total = queries.count(expo_id, wanted)
    last = max(1, -(-total // queries.PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), last)
    rows = queries.entries(expo_id, wanted, offset=(page - 1) * queries.PAGE)
    return render_template(
        "audit/entries.html",
        expo=expo,
        zone=zone,
        rows=[(row, _subject(row, expo), _changes(row)) for row in service.readable(rows)],
        actions=sorted(((name, deed(name)) for name in queries.actions(expo_id)), key=lambda pair: pair[1]),
        deed=deed,
        chosen={"action": wanted.action, "since": since or "", "until": until or ""},
        narrowed=wanted != queries.Wanted(),
        here=here,
        page=page,
        last=last,
        total=total,
    )


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
