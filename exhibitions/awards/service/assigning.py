"""Who judges which entry: drawn by lot and changed by hand; rounds opened and closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.awards.models import Assignment, AwardEntry, AwardSeason, JudgingRound, Juror
from exhibitions.awards.queries import assigning as queries
from exhibitions.awards.queries import conflicts, jury
from exhibitions.awards.rules.assignment import queue_order
from exhibitions.awards.rules.conflicts import Verdict
from exhibitions.awards.rules.states import AssignmentState, SeasonState
from exhibitions.awards.service.jurors import SUBJECT, check_not_locked, lock
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.expos.models import Expo

LONGEST_SEED = 64


def apply(  # noqa: PLR0913 - independent facts, by name.
    expo: Expo, season: AwardSeason, round_: str, seed: str, mark: str, *, anew: bool, by: Actor
) -> int:
    """Carry out the drawing that was shown; gives how many places are new.

    Raises `Conflict` where the lots would give something else now: jurors, entries or interests changed meanwhile.
    """
    lock(season)
    check_not_locked(season)
    seed = seed.strip()
    if not seed or len(seed) > LONGEST_SEED:
        raise Refused("seed", N_("Enter a seed of 1 to %(most)s characters"), most=LONGEST_SEED)
    found = queries.preview(expo, season, round_, seed, anew=anew)
    if found.mark != mark:
        raise Conflict(
            "drawing_changed", N_("Something has changed since. Please look at the drawing again.")
        )
    season.seed = seed
    now = clock.now()
    known = {(place.juror_id, place.entry_id): place for place in jury.assignments(season, round_)}
    for pair in found.dropped:
        place = known[found.jurors[pair.juror].id, found.entries[pair.entry].id]
        if pair in found.barred:
            place.state, place.changed_at = AssignmentState.RECUSED, now
        else:
            db.session.delete(place)
    for pair in found.added:
        _give(season, round_, found.jurors[pair.juror], found.entries[pair.entry], known, now)
    db.session.flush()
    _order(season, round_)
    audit.record(
        "awards.drawn",
        by,
        expo_id=expo.id,
        subject=("award_season", season.id),
        after={"round": round_, "seed": seed, "added": len(found.added), "gone": len(found.dropped)},
    )
    return len(found.added)


def _give(
    season: AwardSeason,
    round_: str,
    juror: Juror,
    entry: AwardEntry,
    known: dict[tuple[int, int], Assignment],
    now: datetime,
) -> Assignment:
    place = known.get((juror.id, entry.id))
    if place is None:
        place = Assignment(
            expo_id=season.expo_id, season_id=season.id, round=round_, juror_id=juror.id, entry_id=entry.id
        )
        db.session.add(place)
    place.state, place.reason, place.changed_at = AssignmentState.ASSIGNED, "", now
    return place


def _order(season: AwardSeason, round_: str, jurors: Iterable[int] | None = None) -> None:
    """Number the queues as their lots are; who judges already keeps the relative order of what was there."""
    only = None if jurors is None else set(jurors)
    codes = {juror.id: juror.code for juror in jury.jurors(season, left=True)}
    found = sa.select(Assignment, AwardEntry.number).join(AwardEntry, AwardEntry.id == Assignment.entry_id)
    rows = db.session.execute(
        found.where(Assignment.season_id == season.id, Assignment.round == round_)
    ).all()
    queues: dict[int, dict[str, Assignment]] = {}
    for place, number in rows:
        if only is None or place.juror_id in only:
            queues.setdefault(place.juror_id, {})[str(number)] = place
    for juror_id, queue in queues.items():
        ordered = queue_order(season.seed, round_, codes[juror_id], queue)
        for position, number in enumerate(ordered):
            queue[number].position = position


def add(
    expo: Expo, season: AwardSeason, round_: str, juror: Juror, entry: AwardEntry, by: Actor
) -> Assignment:
    """Give one entry to one juror by hand.

    Raises `Refused` for an interest that was upheld or waits for its decision, for a juror who left or whose hands are
    full, and where the juror has the entry or has recused from it.
    """
    lock(season)
    check_not_locked(season)
    if juror.left_at is not None:
        raise Refused("juror_left", N_("%(juror)s has left the jury."), juror=juror.name)
    means = conflicts.standing(expo, season, [juror], [entry]).get((juror.id, entry.id))
    if means is not None and means.verdict is Verdict.REFUSED:
        raise Refused(
            "conflict",
            N_("%(juror)s may not judge entry %(entry)s because of an interest."),
            juror=juror.name,
            entry=entry.number,
        )
    if means is not None and means.verdict is Verdict.WAITING:
        raise Refused(
            "conflict_open",
            N_("An interest of %(juror)s in entry %(entry)s is not decided yet."),
            juror=juror.name,
            entry=entry.number,
        )
    known = jury.place_of(season, round_, juror, entry)
    if known is not None and known.state is not AssignmentState.WITHDRAWN:
        raise Conflict(
            "given_already",
            N_("%(juror)s has entry %(entry)s already, or has recused from it."),
            juror=juror.name,
            entry=entry.number,
        )
    mine = jury.progress(season, round_).get(juror.id)
    if season.most_load is not None and mine is not None and mine.given >= season.most_load:
        raise Refused(
            "load",
            N_("%(juror)s has %(most)s entries, as many as one juror takes."),
            juror=juror.name,
            most=season.most_load,
        )
    place = _give(
        season, round_, juror, entry, {} if known is None else {(juror.id, entry.id): known}, clock.now()
    )
    db.session.flush()
    _order(season, round_, [juror.id])
    _record("awards.assigned", expo, place, entry, by)
    return place


def remove(expo: Expo, season: AwardSeason, place: Assignment, reason: str, by: Actor) -> None:
    """Take one entry from one juror by hand; the lots never give it back. Raises `Conflict` once the sheet was sent."""
    lock(season)
    check_not_locked(season)
    db.session.refresh(place, with_for_update={"of": Assignment})
    if place.state is AssignmentState.SUBMITTED:
        raise Conflict(
            "sent_already",
            N_("The score was sent. It can be left out only by an interest that is upheld."),
        )
    if not reason.strip():
        raise Refused("remove_reason", N_("Give a reason"))
    if place.state in jury.GONE:
        return
    place.state, place.reason, place.changed_at = AssignmentState.WITHDRAWN, reason, clock.now()
    db.session.flush()
    _record("awards.unassigned", expo, place, place.entry, by, reason=reason)


def _record(
    action: str, expo: Expo, place: Assignment, entry: AwardEntry, by: Actor, reason: str = ""
) -> None:
    audit.record(
        action,
        by,
        expo_id=expo.id,
        subject=(SUBJECT, place.juror_id),
        after={"entry": entry.number, "round": place.round},
        reason=reason,
    )


def open_round(
    expo: Expo, season: AwardSeason, round_: str, closes_at: datetime | None, by: Actor
) -> JudgingRound:
    """Open a round of the rules, or open it again until another moment. The earlier ones must be closed by then.

    Raises `Refused` while the season is not being judged, for an end that is over, and for a round of another name.
    """
    lock(season)
    db.session.refresh(season, attribute_names=["state"])
    now = clock.now()
    names, opened = jury.round_names(season), jury.rounds(season)
    if season.state is not SeasonState.JUDGING:
        raise Conflict("not_judging", N_("Open judging of the season first."))
    if round_ not in names:
        raise Refused("round_unknown", N_("There is no round %(round)s."), round=round_)
    if closes_at is not None and closes_at <= now:
        raise Refused("closes_past", N_("The end must lie in the future."))
    if any(row.closed_at is None for name, row in opened.items() if name != round_):
        raise Conflict("round_open", N_("Close the round that is open first."))
    row = opened.get(round_)
    if row is None:
        row = JudgingRound(expo_id=expo.id, season_id=season.id, round=round_, opened_at=now)
        db.session.add(row)
    row.closes_at, row.closed_at = closes_at, None
    db.session.flush()
    audit.record(
        "awards.round_opened",
        by,
        expo_id=expo.id,
        subject=("award_season", season.id),
        after={"round": round_, "closes_at": closes_at},
    )
    return row


def close_round(expo: Expo, season: AwardSeason, round_: str, by: Actor) -> None:
    """Close a round: no sheet is taken any more. Said twice, nothing more happens."""
    lock(season)
    row = jury.rounds(season).get(round_)
    if row is None:
        raise Refused("round_unknown", N_("There is no round %(round)s."), round=round_)
    # Who sends a sheet at this moment holds the row: it is in time, or it comes after.
    db.session.refresh(row, with_for_update=True)
    if row.closed_at is not None:
        return
    row.closed_at = clock.now()
    audit.record(
        "awards.round_closed",
        by,
        expo_id=expo.id,
        subject=("award_season", season.id),
        after={"round": round_},
    )
