"""Taking scans in: every one is decided once, stored once, and answered (check-in.md).

`store` takes whole groups, because a durable commit costs the same for one scan and for fifty. Within a group scans are
decided in the order of their corrected times, whatever the order of upload.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection

from exhibitions.badges.rules import number as badge_number
from exhibitions.gates.models import Device
from exhibitions.gates.queries import devices
from exhibitions.gates.queries.fair import setup_of
from exhibitions.gates.queries.scans import BadgeRow, StoredScan
from exhibitions.gates.rules import timing
from exhibitions.gates.rules.decision import Kind
from exhibitions.gates.rules.setup import Named, Setup
from exhibitions.gates.rules.words import reason_text
from exhibitions.gates.service import deciding, pairing, reading, uploads
from exhibitions.gates.service.deciding import Judged
from exhibitions.gates.service.ledger import Collision, Ledger, ScanRow, Wanted, load, write
from exhibitions.gates.service.pairing import Unauthorised
from exhibitions.gates.service.uploads import Answer, BadgeAnswer, Call, ScanItem, UndoItem, Upload

_log = structlog.get_logger("gates")
_MOST_CODE = 4000
_MILLISECOND = timedelta(milliseconds=1)
_SEEN_EVERY = timedelta(seconds=10)


@dataclass(slots=True)
class _Task:
    """One item on its way: when it happened by the server's clock, and why it may have to wait for the chief."""

    upload: Upload
    item: ScanItem | UndoItem
    at: datetime
    day: date
    period: datetime
    offset_ms: int | None
    review: str | None
    # Why it may not be stored; asked only when the store does not know its id (question 0 comes first).
    wrong: str | None = None
    # The same id came earlier in the group: answered from what that one left.
    echo: bool = False

    @property
    def order(self) -> tuple[bool, datetime, bool, str]:
        return self.echo, self.at, isinstance(self.item, UndoItem), self.item.scan_id


def take(connection: Connection, calls: Sequence[Call], *, look: bool) -> list[list[Answer] | Unauthorised]:
    """Look the callers up and `store` what those devices bring that may; the others get their refusal."""
    rows = devices.tickets(connection, {call.device.token_hash for call in calls})
    taken: list[list[Answer] | Unauthorised] = []
    known: list[Upload] = []
    places: list[int] = []
    for place, call in enumerate(calls):
        taken.append([])
        try:
            known.append(call.of(pairing.ticket_of(call.device, rows)))
            places.append(place)
        except Unauthorised as refusal:
            taken[place] = refusal
    for place, answers in zip(places, store(connection, known, look=look), strict=True):
        taken[place] = answers
    return taken


def store(connection: Connection, group: Sequence[Upload], *, look: bool = True) -> list[list[Answer]]:
    """Decide and store the scans of several uploads in the caller's write transaction; answers in their order.

    A scan that is stored already is answered as it was the first time. With `look` off that is not asked beforehand.
    Raises `Collision` when one is stored after all, or another process was quicker: then nothing may be kept, and the
    group is to be given again, with `look`.
    """
    by_fair: defaultdict[int, list[int]] = defaultdict(list)
    for place, upload in enumerate(group):
        by_fair[upload.device.expo_id].append(place)
    answers: list[list[Answer]] = [[] for _ in group]
    for expo_id, places in sorted(by_fair.items()):
        mine = [group[place] for place in places]
        setup = setup_of(expo_id, max(upload.device.setup_version for upload in mine))
        for place, those in zip(places, _store_of_fair(connection, setup, mine, look), strict=True):
            answers[place] = those
    _note_contacts(connection, group)
    return answers


def _store_of_fair(
    connection: Connection, setup: Setup, group: Sequence[Upload], look: bool
) -> list[list[Answer]]:
    answers: dict[tuple[int, int], Answer] = {}
    tasks: dict[tuple[int, int], _Task] = {}
    for row, upload in enumerate(group):
        for column, item in enumerate(upload.items):
            made = _task(setup, upload, item)
            if isinstance(made, Answer):
                answers[row, column] = made
            else:
                tasks[row, column] = made
    _mark_echoes(tasks.values())
    ledger = load(connection, setup, _wanted(setup, list(tasks.values())), look=look)
    if setup.shift:
        _take_badges_along(ledger)
    codes = (task.item.parsed for task in tasks.values() if isinstance(task.item, ScanItem))
    fairs = reading.fairs_named_in(codes, setup)
    for place, task in sorted(tasks.items(), key=lambda each: each[1].order):
        answers[place] = _take(ledger, task, fairs)
    write(ledger)
    return [[answers[row, column] for column in range(len(upload.items))] for row, upload in enumerate(group)]


def _take_badges_along(ledger: Ledger) -> None:
    """Move what happened to badges by a demo's clock, as its scans are: a badge cancelled a moment ago is so at the gate."""

    def moved(moment: datetime | None) -> datetime | None:
        return None if moment is None else moment + ledger.setup.shift

    for key, row in ledger.badges.items():
        ledger.badges[key] = row._replace(
            approved_at=moved(row.approved_at),
            paid_at=moved(row.paid_at),
            cancelled_at=moved(row.cancelled_at),
            voided_at=moved(row.voided_at),
        )


def _task(setup: Setup, upload: Upload, item: uploads.Item) -> _Task | Answer:
    if isinstance(item, uploads.BadItem):
        return Answer(item.scan_id, uploads.INVALID, uploads.MALFORMED)
    device, received_at = upload.device, upload.received_at
    offset = None if upload.sent_at is None else timing.measured_offset(upload.sent_at, received_at)
    known = timing.offset_is_known(item.scanned_at, offset, received_at, device.last)
    used = offset if known and offset is not None else (device.last and device.last.offset) or timedelta(0)
    at = item.scanned_at - used
    moment, review = (at + setup.shift).astimezone(UTC), None
    if isinstance(item, ScanItem) and item.as_of is not None:
        # A rehearsal is judged as if it were that moment; nothing about the device's clock matters.
        moment = item.as_of.astimezone(UTC)
    elif not known:
        review = timing.CLOCK_UNKNOWN
    else:
        review = timing.review_reason(at + setup.shift, received_at + setup.shift, setup.begins)
    day = setup.calendar.day_of(moment)
    task = _Task(
        upload=upload,
        item=item,
        at=moment,
        day=day,
        period=setup.calendar.frame(day).period_start(moment),
        offset_ms=used // _MILLISECOND if known else None,
        review=review,
    )
    # A device that ended with its fair may hand in what it scanned before, and nothing later.
    too_late = device.expires_at <= received_at and at >= device.expires_at
    if too_late or (isinstance(item, ScanItem) and not _may_scan_at(setup, upload, item.gate)):
        task.wrong = uploads.MALFORMED
    return task


def _may_scan_at(setup: Setup, upload: Upload, gate_id: int) -> bool:
    return gate_id in upload.device.gate_ids and gate_id in setup.gates


def _mark_echoes(tasks: Iterable[_Task]) -> None:
    seen: set[str] = set()
    for task in tasks:
        task.echo = task.item.scan_id in seen
        seen.add(task.item.scan_id)


def _wanted(setup: Setup, tasks: Sequence[_Task]) -> Wanted:
    wanted = Wanted()
    for task in tasks:
        wanted.days.add(task.day)
        wanted.scan_ids.add(task.item.scan_id)
        if isinstance(task.item, UndoItem):
            wanted.undo_ids.add(task.item.scan_id)
            wanted.undone_ids.add(task.item.annuls)
            continue
        wanted.rehearsed |= task.item.as_of is not None
        wanted.periods.add(task.period)
        number = reading.number_in(task.item.parsed, setup)
        if number is not None:
            wanted.numbers.add(number)
    return wanted


def _take(ledger: Ledger, task: _Task, fairs: Mapping[int, Named]) -> Answer:
    if isinstance(task.item, UndoItem):
        return _undo(ledger, task, task.item)
    if task.item.scan_id in ledger.undone:
        return _id_reused(task)
    known = ledger.known(task.item.scan_id)
    if known is not None:
        return _again(ledger, task, task.item, known)
    if task.wrong is not None:
        if not ledger.looked:
            raise Collision
        return Answer(task.item.scan_id, uploads.INVALID, task.wrong)
    return _first_time(ledger, task, task.item, fairs)


def _id_reused(task: _Task) -> Answer:
    """Refuse a used id with other content, and say so in the log: a device that makes ids twice loses scans."""
    _log.warning("id_reused", scan_id=task.item.scan_id, device=task.upload.device.id)
    return Answer(task.item.scan_id, uploads.INVALID, uploads.ID_REUSED)


def _again(ledger: Ledger, task: _Task, item: ScanItem, known: StoredScan) -> Answer:
    """Question 0: the stored answer, or the refusal of an id that was used for another scan."""
    if known.content != item.content:
        return _id_reused(task)
    language = task.upload.language
    badge = ledger.badges_by_id.get(known.badge_id or 0)
    return Answer(
        scan_id=item.scan_id,
        status=uploads.KNOWN,
        reason=known.reason,
        verdict=known.verdict,
        admitted=known.admitted,
        first_at=known.first_at,
        first_gate=_gate_name(ledger.setup, known.first_gate_id, language),
        badge=_badge_answer(ledger.setup, badge),
    )


def _first_time(ledger: Ledger, task: _Task, item: ScanItem, fairs: Mapping[int, Named]) -> Answer:
    read = reading.Read(reading.READ_NOTHING)
    if item.kind != Kind.CLICKER:
        read = reading.judge(item.parsed, ledger.setup, ledger.badges, fairs, task.upload.language)
    judged = deciding.judge(ledger, task.upload, item, read, deciding.When(task.at, task.day, task.period))
    counts = task.review is None and item.as_of is None
    if judged.admitted and task.review is None:
        deciding.remember(ledger, item, judged, task.at)
    row = _row(ledger, task, item, judged)
    ledger.new_rows[item.scan_id] = row
    if counts:
        ledger.tally(row)
    return Answer(
        scan_id=item.scan_id,
        status=uploads.STORED if task.review is None else uploads.REVIEW,
        reason=row.reason,
        verdict=row.verdict,
        admitted=row.admitted,
        first_at=row.first_at,
        first_gate=_gate_name(ledger.setup, row.first_gate_id, task.upload.language),
        badge=_badge_answer(ledger.setup, judged.badge),
    )


def _row(ledger: Ledger, task: _Task, item: ScanItem, judged: Judged) -> ScanRow:
    setup, storable = ledger.setup, uploads.storable
    first_at, first_gate_id = judged.first or (None, None)
    reason = task.review or reason_text(judged.verdict, setup.calendar)
    return ScanRow(
        expo_id=setup.expo_id,
        scan_id=item.scan_id,
        device_id=task.upload.device.id,
        gate_id=item.gate,
        badge_id=judged.badge.id if judged.badge else None,
        kind=item.kind,
        code=None if judged.badge else storable(item.code, _MOST_CODE),
        content=item.content,
        direction=item.direction,
        heads=item.heads,
        scanned_at=item.scanned_at,
        received_at=task.upload.received_at,
        corrected_at=task.at,
        offset_ms=task.offset_ms,
        day=judged.day,
        device_verdict=storable(item.verdict, 32),
        verdict=judged.verdict.code.value,
        admitted=judged.admitted,
        reason=storable(reason, 300),
        first_at=first_at,
        first_gate_id=first_gate_id,
        operator=storable(item.operator, 100),
        overridden=judged.verdict.overridden,
        override_reason=storable(item.override_reason, 300),
        override_by=storable(item.override_by, 100),
        rehearsal_as_of=item.as_of,
        review=task.review,
    )


def _undo(ledger: Ledger, task: _Task, item: UndoItem) -> Answer:
    """The device that admitted takes it back within fifteen minutes, both by its own clock; asking twice is no error."""
    if ledger.undone.get(item.scan_id) == item.annuls:
        return Answer(item.scan_id, uploads.KNOWN)
    if item.scan_id in ledger.undone or ledger.known(item.scan_id) is not None:
        return _id_reused(task)
    if task.wrong is not None:
        return Answer(item.scan_id, uploads.INVALID, task.wrong)
    target = ledger.known(item.annuls)
    if target is None or target.device_id != task.upload.device.id or not target.admitted:
        return Answer(item.scan_id, uploads.INVALID, uploads.ANNUL_REFUSED)
    if not timing.may_annul(target.scanned_at, item.scanned_at):
        return Answer(item.scan_id, uploads.INVALID, uploads.ANNUL_REFUSED)
    if target.annulled_at is not None:
        return Answer(item.scan_id, uploads.KNOWN)
    _mark_undone(ledger, task, item, target)
    return Answer(item.scan_id, uploads.STORED)


def _mark_undone(ledger: Ledger, task: _Task, item: UndoItem, target: StoredScan) -> None:
    moment = task.upload.received_at
    ledger.undone[item.scan_id] = item.annuls
    ledger.new_undos.append(
        {
            "expo_id": ledger.setup.expo_id,
            "undo_id": item.scan_id,
            "scan_id": item.annuls,
            "device_id": task.upload.device.id,
            "scanned_at": item.scanned_at,
            "received_at": moment,
        }
    )
    pending = ledger.new_rows.get(item.annuls)
    if pending is not None:
        ledger.new_rows[item.annuls] = pending._replace(annulled_at=moment)
    else:
        ledger.stored[item.annuls] = target._replace(annulled_at=moment)
        ledger.undone_rows.append({"of_expo": ledger.setup.expo_id, "undone": item.annuls, "moment": moment})
    if target.rehearsal_as_of is None and (target.review is None or target.accepted):
        deciding.forget(ledger, target)


def _gate_name(setup: Setup, gate_id: int | None, language: str) -> str | None:
    gate = setup.gates.get(gate_id or 0)
    return gate.name.text(language) if gate else None


def _badge_answer(setup: Setup, badge: BadgeRow | None) -> BadgeAnswer | None:
    if badge is None:
        return None
    badge_class = setup.classes.get(badge.class_id)
    key = badge_class.key if badge_class else ""
    return BadgeAnswer(badge_number.shown(badge.number), badge.name, badge.company, key, badge.heads)


def _note_contacts(connection: Connection, group: Sequence[Upload]) -> None:
    """Remember when each device spoke, its clock, battery and queue; not more often than the board needs it."""
    rows = {upload.device.id: _contact(upload) for upload in group if _is_news(upload)}
    for device_id, values in sorted(rows.items()):
        connection.execute(sa.update(Device).where(Device.id == device_id).values(**values))


def _contact(upload: Upload) -> dict[str, Any]:
    values: dict[str, Any] = {
        "seen_at": upload.received_at,
        "uploaded_at": upload.received_at,
        "battery": upload.battery,
        "queue": None if upload.queue is None else max(0, upload.queue - len(upload.items)),
        "drained": upload.drained,
    }
    if upload.sent_at is not None:
        offset = timing.measured_offset(upload.sent_at, upload.received_at)
        if timing.moved_within_queue(offset, upload.device.last) and not upload.drained:
            # Until the queue is empty its scans are held against the clock that it began with.
            return values
        values["offset_ms"] = offset // timedelta(milliseconds=1)
    return values


def _is_news(upload: Upload) -> bool:
    last = upload.device.last
    if last is None or upload.received_at - last.at >= _SEEN_EVERY:
        return True
    if upload.drained != last.drained or upload.battery != upload.device.battery or upload.sent_at is None:
        return True
    return timing.measured_offset(upload.sent_at, upload.received_at) != last.offset
