"""Writing down what was done, and forgetting who it was done to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from exhibitions.audit import queries, rules
from exhibitions.audit.models import Entry, Erasure, PersonKey, RetentionTerm
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.signing import derive_key, seal, unseal

_PURPOSE = "audit person keys v1"
_settings: dict[str, bytes] = {}
_ADD = sa.insert(cast(sa.Table, Entry.__table__))


@dataclass(frozen=True)
class Readable:
    """An entry as a page shows it. `actor_name` is None and personal values are None when the key was erased."""

    id: int
    at: datetime
    action: str
    actor_kind: str
    actor_id: int | None
    actor_name: str | None
    expo_id: int | None
    subject_kind: str | None
    subject_id: int | None
    before: dict[str, object]
    after: dict[str, object]
    reason: str


def configure(secret: str) -> None:
    """Say the installation's secret, from which the key of the persons' keys is derived. Called once at start."""
    _settings["key"] = derive_key(secret, _PURPOSE)


def record(  # noqa: PLR0913 - an entry has this many independent facts, all but two of them by name.
    action: str,
    actor: Actor,
    *,
    expo_id: int | None = None,
    subject: tuple[str, int] | None = None,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
    personal: frozenset[str] = frozenset(),
    withheld: frozenset[str] = frozenset(),
    reason: str = "",
) -> None:
    """Add one entry inside the caller's transaction: it is kept or lost together with what it tells of.

    `action` is room and verb (`visitors.cancelled`); `subject` is kind and id of the thing. Values of the fields in
    `personal`, and the reason, are sealed with the subject's own key, which `erase_person_key` takes away. Of the fields in
    `withheld` only that they changed is kept: words about persons under a subject that is no person, whose key nobody's
    erasure takes. Raises `ValueError` when there are personal fields and no subject whose key could seal them.
    """
    if not db.session.info.get("writing"):
        raise RuntimeError("an audit entry is part of a transaction")
    if personal and subject is None:
        raise ValueError("personal fields need a subject")
    key = _key(subject) if (personal or reason) and subject is not None else None
    whose = subject or ("", 0)
    hidden = partial(rules.hide, withheld=withheld)
    entry = {
        "at": clock.now(),
        "action": action,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_name": _sealed_name(actor),
        "expo_id": expo_id,
        "subject_kind": subject[0] if subject else None,
        "subject_id": subject[1] if subject else None,
        "before": None if before is None else rules.seal_values(hidden(before), personal, key, whose),
        "after": None if after is None else rules.seal_values(hidden(after), personal, key, whose),
        "reason": rules.seal_reason(reason, key, whose) if subject is not None else reason,
    }
    # Not by the session: an entry is never read again by who writes it.
    db.session.connection().execute(_ADD, entry)


def record_each(
    action: str, actor: Actor, expo_id: int, kind: str, said: Sequence[tuple[int, dict[str, object]]]
) -> None:
    """Add an entry for each of these subjects (id, what became of it) in one statement; nothing in them is personal."""
    if not db.session.info.get("writing"):
        raise RuntimeError("an audit entry is part of a transaction")
    same = {
        "at": clock.now(),
        "action": action,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_name": _sealed_name(actor),
        "expo_id": expo_id,
        "subject_kind": kind,
        "before": None,
        "reason": "",
    }
    rows = [same | {"subject_id": number, "after": after} for number, after in said]
    if rows:
        db.session.connection().execute(_ADD, rows)


def erase_person_key(kind: str, subject_id: int) -> None:
    """Take away the key of a subject: every personal value about it, past and to come, is unreadable from now on.

    The entries themselves stay. Erasing twice, or a subject that never had a key, is no error.
    """
    erase_person_keys(kind, [subject_id])


def erase_person_keys(kind: str, subject_ids: Sequence[int]) -> None:
    """The same for many subjects of one kind, at most 5000, in two statements."""
    if not subject_ids:
        return
    _ensure_rows([{"kind": kind, "subject_id": number, "sealed_key": None} for number in subject_ids])
    erased = sa.update(PersonKey).where(PersonKey.kind == kind, PersonKey.subject_id.in_(subject_ids))
    db.session.execute(
        erased.where(PersonKey.erased_at.is_(None)).values(sealed_key=None, erased_at=clock.now())
    )


def readable(entries: Iterable[Entry]) -> list[Readable]:
    """The entries with their sealed values opened, as far as the keys are still there."""
    rows = list(entries)
    whose = [(row.subject_kind, row.subject_id) for row in rows] + [
        (row.actor_kind, row.actor_id) for row in rows
    ]
    found = queries.person_keys(
        (kind, number) for kind, number in whose if kind is not None and number is not None
    )
    keys = {whose: _opened(row) for whose, row in found.items()}
    return [_readable(row, keys) for row in rows]


def last_change(about: tuple[str, int | None] | tuple[str, int | None, str]) -> tuple[str, datetime] | None:
    """Who did the last thing to a subject (kind and number, and the action where only one is meant), and when.

    The name is empty for who has none or was erased; None when nothing was ever written down.
    """
    kind, number, *action = about
    wanted = queries.Wanted(action=action[0] if action else "", subject=(kind, number))
    found = readable(queries.entries(None, wanted, limit=1))
    return (found[0].actor_name or "", found[0].at) if found else None


def actors(expo_id: int | None) -> dict[int, str]:
    """The accounts that did anything, each as it was called when it last did; empty for who was erased."""
    rows = readable(queries.last_of_actors(expo_id))
    return {row.actor_id or 0: row.actor_name or "" for row in rows}


def _readable(row: Entry, keys: dict[tuple[str, int], bytes | None]) -> Readable:
    whose = (row.subject_kind or "", row.subject_id or 0)
    doer = (row.actor_kind, row.actor_id or 0)
    key = keys.get(whose)
    name = None
    if row.actor_name is not None and keys.get(doer) is not None:
        name = unseal(keys[doer] or b"", row.actor_name, _actor_place(doer)).decode()
    return Readable(
        id=row.id,
        at=row.at,
        action=row.action,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        actor_name=name,
        expo_id=row.expo_id,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        before=rules.open_values(row.before or {}, key, whose),
        after=rules.open_values(row.after or {}, key, whose),
        reason=rules.open_reason(row.reason, key, whose),
    )


def note_erasure(kind: str, subject_id: int, expo_id: int | None, probe: Mapping[str, str]) -> Erasure:
    """Note that somebody was erased; `probe` is what files are still to be looked through for, kept sealed till then."""
    row = Erasure(kind=kind, subject_id=subject_id, expo_id=expo_id, erased_at=clock.now())
    text = json.dumps(dict(probe), ensure_ascii=False).encode()
    row.sealed_probe = seal(_settings["key"], text, _probe_place(kind, subject_id))
    db.session.add(row)
    db.session.flush()
    return row


def probe_of(row: Erasure) -> dict[str, str] | None:
    """What files are to be looked through for; None once that is done."""
    if row.sealed_probe is None:
        return None
    place = _probe_place(row.kind, row.subject_id)
    found: dict[str, str] = json.loads(unseal(_settings["key"], row.sealed_probe, place))
    return found


def close_erasure(row: Erasure) -> None:
    """Every file was looked through: forget what was looked for."""
    row.sealed_probe, row.files_done_at = None, clock.now()


def set_term(kind: str, months: int, by: Actor) -> None:
    """Keep a kind of personal data for so many months from now on; the same number changes nothing."""
    row = db.session.get(RetentionTerm, kind)
    before = row.months if row else None
    if before == months:
        return
    if row is None:
        row = RetentionTerm(kind=kind)
        db.session.add(row)
    row.months, row.changed_at = months, clock.now()
    record(
        "audit.term_changed",
        by,
        before={"kind": kind, "months": before},
        after={"kind": kind, "months": months},
    )


def _probe_place(kind: str, subject_id: int) -> bytes:
    return f"erasures/{kind}/{subject_id}".encode()


def _sealed_name(actor: Actor) -> bytes | None:
    if not actor.name or actor.id is None:
        return None
    key = _key((actor.kind, actor.id))
    return None if key is None else seal(key, actor.name.encode(), _actor_place((actor.kind, actor.id)))


def _actor_place(doer: tuple[str, int]) -> bytes:
    return f"audit/actor/{doer[0]}/{doer[1]}".encode()


def _key(subject: tuple[str, int]) -> bytes | None:
    """The subject's key, made on first use; None when it was erased."""
    row = db.session.get(PersonKey, subject)
    if row is None:
        fresh = seal(_settings["key"], rules.new_key(), _key_place(*subject))
        _ensure_rows([{"kind": subject[0], "subject_id": subject[1], "sealed_key": fresh}])
        # Another transaction may have been quicker: what stands in the table is what counts.
        row = db.session.get_one(PersonKey, subject)
    return _opened(row)


def _ensure_rows(rows: list[dict[str, object]]) -> None:
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    table = cast(sa.Table, PersonKey.__table__)
    db.session.connection().execute(insert(table).on_conflict_do_nothing(), rows)


def _opened(row: PersonKey) -> bytes | None:
    if row.sealed_key is None:
        return None
    return unseal(_settings["key"], row.sealed_key, _key_place(row.kind, row.subject_id))


def _key_place(kind: str, subject_id: int) -> bytes:
    return f"person_keys/{kind}/{subject_id}".encode()
