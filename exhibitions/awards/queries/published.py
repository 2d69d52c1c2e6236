"""What everybody may know of a fair's awards: seasons that take entries, and results from their moment on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from exhibitions.awards.models import (
    AwardEntry,
    AwardResult,
    AwardSeason,
    Certificate,
    ResultLine,
    SeasonEvent,
)
from exhibitions.awards.queries.seasons import MOST_SEASONS
from exhibitions.awards.rules.entering import is_open
from exhibitions.awards.rules.states import PUBLIC, EntryState, SeasonState
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.exhibitors.queries.merging import parts_of
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import present


def is_public(season: AwardSeason, now: datetime) -> bool:
    """Whether everybody may read the result: it was published, or its embargo is over, to the second."""
    return season.state in PUBLIC or (
        season.state is SeasonState.EMBARGOED and season.publish_at is not None and season.publish_at <= now
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What may be told of how entries stand.

    The job that gives entries their medals comes up to a minute after the moment of publication. Until it has been there,
    `due` says how they will stand, so that the desk and the exhibitor read what the public page says.
    """

    is_public: bool
    due: Mapping[int, EntryState] = field(default_factory=dict)

    def state(self, entry: AwardEntry) -> EntryState:
        """How this entry stands; what of it may be shown hangs on `is_public`."""
        return self.due.get(entry.id, entry.state) if entry.state is EntryState.JUDGED else entry.state


def told(season: AwardSeason) -> Told:
    """What may be told now of how the entries of a season stand."""
    now = clock.now()
    if season.state is not SeasonState.EMBARGOED or not is_public(season, now):
        return Told(is_public(season, now))
    lines = db.session.execute(
        sa.select(ResultLine.entry_id, ResultLine.medal)
        .join(AwardResult, AwardResult.id == ResultLine.result_id)
        .where(AwardResult.season_id == season.id, AwardResult.replaced_at.is_(None))
    )
    return Told(
        True, {entry_id: EntryState.AWARDED if medal else EntryState.NOT_AWARDED for entry_id, medal in lines}
    )


def published_since(season: AwardSeason) -> datetime:
    """From when on everybody may read the result; `season` is public."""
    if season.state is SeasonState.EMBARGOED and season.publish_at is not None:
        return season.publish_at
    return season.state_since


def _public(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(
        AwardSeason.state.in_(PUBLIC),
        sa.and_(
            AwardSeason.state == SeasonState.EMBARGOED,
            AwardSeason.publish_at.is_not(None),
            AwardSeason.publish_at <= now,
        ),
    )


def public_seasons(expo: Expo) -> Sequence[AwardSeason]:
    """The seasons whose result everybody may read, the newest first."""
    found = sa.select(AwardSeason).where(AwardSeason.expo_id == expo.id, _public(clock.now()))
    return db.session.scalars(found.order_by(AwardSeason.id.desc())).all()


def open_seasons(expo: Expo) -> Sequence[AwardSeason]:
    """The seasons that take entries now, by the fair's clock and to the second, as the page of entering says (E9)."""
    found = sa.select(AwardSeason).where(
        AwardSeason.expo_id == expo.id, AwardSeason.state == SeasonState.OPEN
    )
    rows, now = db.session.scalars(found.order_by(AwardSeason.id.desc()).limit(MOST_SEASONS)), present(expo)
    return [each for each in rows if is_open(each, now)]


def reviewed_notes(expo: Expo) -> Sequence[SeasonEvent]:
    """What everybody is told of results that were published and were opened again, until they are published anew.

    The last note of each season. What was said of a result that nobody outside has seen is not for them.
    """
    found = sa.select(SeasonEvent).where(SeasonEvent.id.in_(_reviewed(expo, clock.now())))
    return db.session.scalars(found.order_by(SeasonEvent.id.desc())).all()


def _reviewed(expo: Expo, now: datetime) -> sa.Select[int]:
    return (
        sa.select(sa.func.max(SeasonEvent.id))
        .join(AwardSeason, AwardSeason.id == SeasonEvent.season_id)
        .where(
            AwardSeason.expo_id == expo.id,
            sa.not_(_public(now)),
            SeasonEvent.state_before.in_(PUBLIC),
            SeasonEvent.public_note != "",
        )
        .group_by(SeasonEvent.season_id)
        .correlate(None)
    )


def has_something(expo: Expo) -> bool:
    """Whether the public bar leads to the awards."""
    now = clock.now()
    is_told = sa.or_(_public(now), sa.exists(_reviewed(expo, now)))
    found = sa.select(AwardSeason, is_told).where(
        AwardSeason.expo_id == expo.id, sa.or_(is_told, AwardSeason.state == SeasonState.OPEN)
    )
    rows = db.session.execute(found.limit(MOST_SEASONS))
    return any(told or is_open(season, present(expo)) for season, told in rows)


@dataclass(frozen=True, slots=True)
class Winner:
    """An entry that holds a medal of a published result."""

    entry: AwardEntry
    medal: str
    rank: int | None
    season: AwardSeason


def winners(expo: Expo, seasons: Collection[AwardSeason]) -> list[Winner]:
    """Who holds which medal in these published seasons, in the order of the results; revoked awards are left out."""
    by_id = {season.id: season for season in seasons}
    rows = db.session.execute(
        _held(expo)
        .where(AwardResult.season_id.in_(by_id), AwardEntry.state != EntryState.REVOKED)
        .order_by(AwardResult.season_id.desc(), ResultLine.position)
    )
    return [Winner(line.entry, line.medal, line.rank, by_id[season_id]) for line, season_id in rows]


def winning_exhibitors(expo: Expo) -> dict[int, list[Winner]]:
    """The medals of every exhibitor that holds one, by the exhibitor's number; empty before anything is published.

    Those of an entry that became part of another are the other's.
    """
    seasons = public_seasons(expo)
    became = parts_of(expo) if seasons else {}
    found: dict[int, list[Winner]] = {}
    for each in winners(expo, seasons) if seasons else []:
        if each.entry.exhibitor_id is not None:
            number = each.entry.exhibitor_id
            found.setdefault(became.get(number, number), []).append(each)
    return found


def revoked(seasons: Collection[AwardSeason]) -> Sequence[AwardEntry]:
    """Entries of these seasons whose award was taken away."""
    found = (
        sa.select(AwardEntry)
        .where(
            AwardEntry.season_id.in_([season.id for season in seasons]),
            AwardEntry.state == EntryState.REVOKED,
        )
        .order_by(AwardEntry.number)
    )
    return db.session.scalars(found).all()


def _held(expo: Expo) -> sa.Select[ResultLine, int]:
    return (
        sa.select(ResultLine, AwardResult.season_id)
        .join(AwardResult, AwardResult.id == ResultLine.result_id)
        .join(AwardEntry, AwardEntry.id == ResultLine.entry_id)
        .where(AwardResult.expo_id == expo.id, AwardResult.replaced_at.is_(None), ResultLine.medal != "")
        .options(joinedload(ResultLine.entry).joinedload(AwardEntry.category))
    )


def certificate_by_code(code: str) -> tuple[Certificate, AwardSeason] | None:
    """The certificate that this code verifies, with its season."""
    found = db.session.execute(
        sa.select(Certificate, AwardSeason)
        .join(AwardSeason, AwardSeason.id == Certificate.season_id)
        .where(Certificate.code == code)
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def was_public(season: AwardSeason) -> bool:
    """Whether the result was ever published, also where it is deliberated about again."""
    found = sa.select(SeasonEvent.id).where(
        SeasonEvent.season_id == season.id, SeasonEvent.state_after == SeasonState.PUBLISHED
    )
    return db.session.scalar(found.limit(1)) is not None


def due(now: datetime) -> Sequence[AwardSeason]:
    """Seasons whose embargo is over and that nobody has published yet."""
    found = sa.select(AwardSeason).where(
        AwardSeason.state == SeasonState.EMBARGOED, AwardSeason.publish_at <= now
    )
    return db.session.scalars(found.order_by(AwardSeason.id)).all()
