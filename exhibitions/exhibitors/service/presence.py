"""The floor inspector's ticks with their pictures, and the hour at which a stand counts as empty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, NotFound
from exhibitions.exhibitors import queries
from exhibitions.exhibitors.models import CoExhibitor, Exhibitor, ExhibitorSettings, Presence
from exhibitions.exhibitors.queries.presence import EMPTY_FROM
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import present
from exhibitions.files import service as files

PURPOSE = "exhibitors.presence"
LONGEST_NOTE = 300


@dataclass(frozen=True, slots=True)
class Seen:
    """What an inspector saw at a stand. `photo` are the bytes of a picture that was drawn anew, and its content type."""

    present: bool
    note: str = ""
    photo: tuple[files.Bytes, str] | None = None
    co_exhibitor_id: int | None = None


def note_presence(expo: Expo, exhibitor: Exhibitor, seen: Seen, by: Actor) -> Presence:
    """Keep what was seen, beside all that was seen before; a tick without a picture is no proof (rules.presence)."""
    if seen.co_exhibitor_id is not None:
        found = sa.select(CoExhibitor.id).where(
            CoExhibitor.expo_id == expo.id,
            CoExhibitor.exhibitor_id == exhibitor.id,
            CoExhibitor.id == seen.co_exhibitor_id,
        )
        if db.session.scalar(found) is None:
            raise NotFound("no_co_exhibitor", N_("There is no such co-exhibitor"))
    now = present(expo)
    row = Presence(
        expo_id=expo.id,
        exhibitor_id=exhibitor.id,
        co_exhibitor_id=seen.co_exhibitor_id,
        day=now.astimezone(ZoneInfo(expo.timezone)).date(),
        present=seen.present,
        at=now,
        user_id=by.id,
        photo_id=_kept(expo, exhibitor, seen.photo, by) if seen.photo else None,
        note=seen.note.strip()[:LONGEST_NOTE],
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        "exhibitors.presence_noted",
        by,
        expo_id=expo.id,
        subject=("exhibitor", exhibitor.id),
        after={"present": seen.present, "photo": seen.photo is not None},
    )
    return row


def _kept(expo: Expo, exhibitor: Exhibitor, photo: tuple[files.Bytes, str], by: Actor) -> int:
    content, kind = photo
    ending = kind.rpartition("/")[2]
    name = f"{exhibitor.number}.{ending}"
    return files.store(content, name=name, content_type=kind, purpose=PURPOSE, expo_id=expo.id, owner=by).id


def set_empty_from(expo: Expo, moment: datetime, by: Actor) -> None:
    """From when on a stand that nobody has come to may be used again (exhibitors-stands.md §2.4)."""
    row = queries.settings(expo)
    if row is None:
        row = ExhibitorSettings(expo_id=expo.id, data={}, changed_at=clock.now())
        db.session.add(row)
    before = row.data.get(EMPTY_FROM)
    row.data = {**row.data, EMPTY_FROM: moment.isoformat()}
    row.changed_at = clock.now()
    audit.record(
        "exhibitors.empty_hour_set",
        by,
        expo_id=expo.id,
        before={EMPTY_FROM: before},
        after={EMPTY_FROM: moment.isoformat()},
    )
