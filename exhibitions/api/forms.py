"""Reading the bodies of the machine API: strict about what is needed, blind to what is not known.

The envelope is read first and each item by itself, so that one bad item never blocks the rest.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec

from exhibitions.core.errors import N_, Refused
from exhibitions.gates.service.uploads import BadItem, Item, ScanItem, UndoItem

MOST_BYTES = 512 * 1024
MOST_ITEMS = 500
_YEARS = range(1971, 2200)


class BadRequest(Refused):
    """The body is not what the interface says."""

    status = 400


class TooLarge(Refused):
    """More bytes or more items than one request may carry."""

    status = 413


class DeviceBlock(msgspec.Struct):
    """What a phone says of itself."""

    battery: Annotated[float, msgspec.Meta(ge=0, le=100)] | None = None
    queue: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)] | None = None


class Envelope(msgspec.Struct):
    """The body of an upload, its items and side facts still unread."""

    scans: list[msgspec.Raw]
    sent_at: msgspec.Raw = msgspec.Raw(b"null")
    device: msgspec.Raw = msgspec.Raw(b"null")


class Override(msgspec.Struct):
    """Who lets somebody in against questions 6 to 11, and why."""

    reason: str
    by: str = ""


class Rehearsal(msgspec.Struct):
    """The moment that is rehearsed."""

    as_of: datetime


class ScanBody(msgspec.Struct):
    """An item that is a scan."""

    scan_id: uuid.UUID
    kind: Literal["badge", "reserve", "clicker"]
    gate: int
    direction: Literal["in", "out"]
    scanned_at: datetime
    code: str | None = None
    heads: Annotated[int, msgspec.Meta(ge=1, le=500)] = 1
    verdict: str | None = None
    admitted: bool | None = None
    operator: str | None = None
    override: Override | None = None
    rehearsal: Rehearsal | None = None


class UndoBody(msgspec.Struct):
    """An item that undoes a scan."""

    scan_id: uuid.UUID
    annuls: uuid.UUID
    scanned_at: datetime


class _Name(msgspec.Struct):
    scan_id: Any = None
    annuls: msgspec.Raw = msgspec.Raw(b"null")

    @property
    def called(self) -> str | None:
        return self.scan_id if isinstance(self.scan_id, str) else None


_envelopes = msgspec.json.Decoder(Envelope)
_names = msgspec.json.Decoder(_Name)
_scans = msgspec.json.Decoder(ScanBody)
_undos = msgspec.json.Decoder(UndoBody)
_devices = msgspec.json.Decoder(DeviceBlock | None)
_moments = msgspec.json.Decoder(datetime | None)
_ADMITTING = frozenset({"first_today", "re_entry", "passed_back", "open_gate", "exit", "counted"})


def too_large() -> TooLarge:
    """The refusal of a body that is longer than the interface allows."""
    return TooLarge("too_large", N_("At most 500 scans and 512 KiB fit into one request."))


def read_upload(body: bytes) -> tuple[datetime | None, DeviceBlock, tuple[Item, ...], list[str | None]]:
    """The time of sending (None when it is missing or unreadable), the device's block, the items in order, and what
    each item calls itself, letter by letter.

    Raises `BadRequest` when the body is no upload at all, `TooLarge` when it has more than 500 items.
    """
    envelope: Envelope | None = _read(_envelopes, msgspec.Raw(body)) or _read(_envelopes, _cleaned(body))
    if envelope is None:
        raise BadRequest("malformed", N_("The request could not be read."))
    if not envelope.scans:
        raise BadRequest("no_scans", N_("The request holds no scans."))
    if len(envelope.scans) > MOST_ITEMS:
        raise too_large()
    sent_at = _moment(_read(_moments, envelope.sent_at))
    device = _read(_devices, envelope.device) or DeviceBlock()
    names = [_read(_names, raw) or _read(_names, _cleaned(raw)) or _Name() for raw in envelope.scans]
    items = tuple(_item(raw, name) for raw, name in zip(envelope.scans, names, strict=True))
    return sent_at, device, items, [name.called for name in names]


def _cleaned(body: bytes | msgspec.Raw) -> msgspec.Raw:
    """JSON with texts in it that are none (half characters, wrong bytes), with a question mark in their place: a code
    with one is unknown, and costs no other scan. What is no JSON at all becomes empty.
    """
    try:
        loose = json.loads(bytes(body).decode("utf-8", "replace"))
        return msgspec.Raw(json.dumps(loose, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return msgspec.Raw(b"")


def _read(decoder: Any, raw: msgspec.Raw) -> Any:
    """What stands there, or None: a side fact that cannot be read never costs a scan."""
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _moment(value: datetime | None) -> datetime | None:
    """A moment that a clock may show: with its zone, in years that calendars can reckon with; else None."""
    if value is None or value.tzinfo is None or value.year not in _YEARS:
        return None
    return value.astimezone(UTC)


def _item(raw: msgspec.Raw, name: _Name) -> Item:
    if bytes(name.annuls) != b"null":
        return _undo(_read(_undos, raw)) or BadItem(name.called)
    return _scan(_read(_scans, raw) or _read(_scans, _cleaned(raw))) or BadItem(name.called)


def _undo(body: UndoBody | None) -> UndoItem | None:
    scanned_at = _moment(body.scanned_at) if body else None
    if body is None or scanned_at is None:
        return None
    return UndoItem(str(body.scan_id), str(body.annuls), scanned_at)


def _scan(body: ScanBody | None) -> ScanItem | None:
    scanned_at = _moment(body.scanned_at) if body else None
    if body is None or scanned_at is None:
        return None
    as_of = _moment(body.rehearsal.as_of) if body.rehearsal else None
    if body.rehearsal is not None and as_of is None:
        return None
    admitted = body.verdict in _ADMITTING if body.admitted is None else body.admitted
    return ScanItem(
        scan_id=str(body.scan_id),
        kind=body.kind,
        code=None if body.kind == "clicker" else body.code,
        gate=body.gate,
        direction=body.direction,
        heads=body.heads,
        scanned_at=scanned_at,
        verdict=body.verdict,
        admitted=admitted,
        operator=body.operator,
        override_reason=body.override.reason if body.override else None,
        override_by=body.override.by if body.override else None,
        as_of=as_of,
    )


def write_answers(server_time: datetime, results: Sequence[Mapping[str, Any]]) -> bytes:
    """The body of the answer."""
    return msgspec.json.encode({"server_time": server_time, "results": results})
