"""Who saw, changed and exported what: of a fair, or of the whole installation. Nothing here can be edited."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, render_template, request, stream_with_context, url_for
from flask_babel import gettext

from exhibitions.audit import queries, service
from exhibitions.audit.rules import Deeds, Fair, Page, day_of
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import N_, Refused
from exhibitions.core.i18n import home_zone
from exhibitions.core.sheets.writing import Value, csv_chunks

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


@blueprint.post("/desk/<slug>/audit/export")
@require(Permission.EXPO_EDIT)
def export(expo: Fair) -> Response:
    return _export(expo)


@blueprint.post("/desk/audit/export")
@require(Permission.SYSTEM_MANAGE)
def export_all() -> Response:
    return _export(None)


def _list(expo: Fair | None, here: str) -> str:
    expo_id, wanted = _scope(expo), _wanted(expo)
    total = queries.count(expo_id, wanted)
    last = max(1, -(-min(total, queries.MOST_COUNTED) // queries.PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), last)
    rows = queries.entries(expo_id, wanted, offset=(page - 1) * queries.PAGE)
    return render_template(
        "audit/entries.html",
        expo=expo,
        zone=_zone(expo),
        rows=[(row, _subject(row, expo), _changes(row)) for row in service.readable(rows)],
        actions=sorted(((name, deed(name)) for name in queries.actions(expo_id)), key=lambda pair: pair[1]),
        people=_people(expo_id),
        kinds=sorted(
            ((name, str(gettext(page.word))) for name, page in _subjects.items()), key=itemgetter(1)
        ),
        deed=deed,
        doer=doer,
        chosen={name: request.args.get(name, "") for name in _FILTERS},
        narrowed=wanted != queries.Wanted(),
        here=here,
        export_url=url_for("audit.export", slug=expo.slug) if expo else url_for("audit.export_all"),
        page=page,
        last=last,
        total=min(total, queries.MOST_COUNTED),
        more=total > queries.MOST_COUNTED,
    )


_FILTERS = ("action", "who", "kind", "number", "since", "until")


def _scope(expo: Fair | None) -> int | None:
    return expo.id if expo else None


def _zone(expo: Fair | None) -> str:
    return expo.timezone if expo else home_zone()


def _wanted(expo: Fair | None) -> queries.Wanted:
    """What the address asks for; what is no filter is left out."""
    zone = _zone(expo)
    shift = _shift(expo)
    since, until = day_of(request.args.get("since", "")), day_of(request.args.get("until", ""))
    who, kind = _number("who"), request.args.get("kind", "")
    return queries.Wanted(
        action=request.args.get("action", "").replace("\x00", "")[:64],
        actor=("user", who) if who is not None else _WHO.get(request.args.get("who", "")),
        subject=(kind, _number("number")) if kind in _subjects else None,
        since=_midnight(since, zone) - shift if since else None,
        until=_midnight(until + timedelta(days=1), zone) - shift if until else None,
    )


_WHO: dict[str, tuple[str, None]] = {"system": ("system", None), "public": ("public", None)}


def _number(name: str) -> int | None:
    text = request.args.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _people(expo_id: int | None) -> list[tuple[str, str]]:
    """Who did anything, by name; who was erased by number."""
    people = [
        (str(number), name or gettext("erased person #%(id)s", id=number))
        for number, name in service.actors(expo_id).items()
    ]
    others = [("system", gettext("the system")), ("public", gettext("somebody without an account"))]
    return sorted(people, key=itemgetter(1)) + others


def _export(expo: Fair | None) -> Response:
    """What the filters of the address show, as a file; that it was taken is itself an entry (P12, P13)."""
    expo_id, wanted = _scope(expo), _wanted(expo)
    reason = request.form.get("reason", "").replace("\x00", "").strip()[:300]
    if not reason:
        raise Refused("reason_needed", N_("Say what you need it for"))
    zone, shift = ZoneInfo(_zone(expo)), _shift(expo)
    with transaction():
        rows: dict[str, object] = {"rows": queries.count(expo_id, wanted)}
        service.record("audit.exported", actor(), expo_id=expo_id, after=rows, reason=reason)
    content = csv_chunks(_sheet(expo_id, wanted, zone, shift))
    response = Response(stream_with_context(content), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


def _sheet(
    expo_id: int | None, wanted: queries.Wanted, zone: ZoneInfo, shift: timedelta
) -> Iterator[list[Value]]:
    heads = ("Time", "Who did it", "Action", "About what", "What changed", "Reason")
    yield [gettext(head) for head in heads]
    for portion in queries.every(expo_id, wanted):
        for row in service.readable(portion):
            changes = (
                f"{label}: {was} → {now}" if was else f"{label}: {now}" for label, was, now in _changes(row)
            )
            yield [
                (row.at + shift).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
                doer(row),
                deed(row.action),
                _subject(row, None)[0],
                "; ".join(changes),
                row.reason,
            ]


def _shift(expo: Fair | None) -> timedelta:
    """How far the clock of the fair is ahead, where it is a demo's."""
    return timedelta(seconds=(expo.demo_shift_seconds if expo else 0) or 0)


def doer(row: service.Readable) -> str:
    """Who did it, in the reader's language."""
    if row.actor_name and row.actor_kind != "system":
        return row.actor_name
    match row.actor_kind:
        case "system":
            return str(gettext("the system"))
        case "user":
            return str(gettext("erased person #%(id)s", id=row.actor_id))
        case "device":
            return str(gettext("gate device %(id)s", id=row.actor_id))
        case "link":
            return str(gettext("the holder of the personal link"))
        case "public":
            return str(gettext("somebody without an account"))
    return f"{row.actor_kind} {row.actor_id or ''}".strip()


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
