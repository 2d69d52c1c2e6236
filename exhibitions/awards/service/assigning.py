"""Who judges which entry: drawn by lot and changed by hand; rounds opened and closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.awards.models import Assignment, AwardEntry, AwardSeason, Ballot, JudgingRound, Juror
from exhibitions.awards.queries import assigning as queries
from exhibitions.awards.queries import conflicts, jury
from exhibitions.awards.queries.conflicts import Standing
from exhibitions.awards.rules.assignment import Pair, queue_order
from exhibitions.awards.rules.conflicts import Verdict
from exhibitions.awards.rules.states import ASSIGNMENT_MOVES, AssignmentState, SeasonState, check_move
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

    A place that an interest stands against is kept as recused; while the interest waits for its decision, as taken back.
    Raises `Conflict` where the lots would give something else now: jurors, entries or interests changed meanwhile, or
    somebody has begun with what would be given back.
    """
    lock(season)
    check_not_locked(season)
    seed = seed.strip()
    if not seed or len(seed) > LONGEST_SEED:
        raise Refused("seed", N_("Enter a seed of 1 to %(most)s characters"), most=LONGEST_SEED)
    found = queries.preview(expo, season, round_, seed, anew=anew)
    if found.mark != mark:
        raise _changed()
    season.seed = seed
    now = clock.now()
    for pair, place in _held(season, round_, found).items():
        _give_up(place, found.barred.get(pair), now)
    for pair in found.added:
        _give(season, round_, found.jurors[pair.juror], found.entries[pair.entry], None, now)
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


def _held(season: AwardSeason, round_: str, found: queries.Preview) -> dict[Pair, Assignment]:
    """The places that are given back, locked: no juror begins with one meanwhile. Raises `Conflict` where one has."""
    known = {(place.juror_id, place.entry_id): place.id for place in jury.assignments(season, round_)}
    ids = {known[found.jurors[pair.juror].id, found.entries[pair.entry].id]: pair for pair in found.dropped}
    locked = sa.select(Assignment).where(Assignment.id.in_(ids)).order_by(Assignment.id)
    rows = db.session.scalars(locked.with_for_update(), execution_options={"populate_existing": True}).all()
    if len(rows) < len(ids) or any(row.state is not AssignmentState.ASSIGNED for row in rows):
        raise _changed()
    return {ids[row.id]: row for row in rows}


def _changed() -> Conflict:
    return Conflict("drawing_changed", N_("Something has changed since. Please look at the drawing again."))


def _give_up(place: Assignment, why: Standing | None, now: datetime) -> None:
    if why is None:
        db.session.delete(place)
        return
    is_decided = why.verdict is Verdict.REFUSED
    place.state = AssignmentState.RECUSED if is_decided else AssignmentState.WITHDRAWN
    place.reason, place.changed_at = why.reason, now


def _give(
    season: AwardSeason, round_: str, juror: Juror, entry: AwardEntry, place: Assignment | None, now: datetime
) -> Assignment:
    if place is None:
        place = Assignment(
            expo_id=season.expo_id, season_id=season.id, round=round_, juror_id=juror.id, entry_id=entry.id
        )
        place.state = AssignmentState.ASSIGNED
        db.session.add(place)
    else:
        _restore(season, place)
    place.reason, place.changed_at = "", now
    return place


def _restore(season: AwardSeason, place: Assignment) -> None:
    """Bring a place back to where its juror had left it: what was sent counts again, a draft is there as it was."""
    check_move(ASSIGNMENT_MOVES, place.state, AssignmentState.ASSIGNED)
    ballot = jury.newest_ballot(season, place.round, place.juror_id)
    last = place.sheets[-1] if place.sheets else ballot
    place.state = AssignmentState.ASSIGNED
    if last is None or (last is ballot and not _names(ballot, place)):
        return
    to = AssignmentState.IN_PROGRESS if last.submitted_at is None else AssignmentState.SUBMITTED
    check_move(ASSIGNMENT_MOVES, place.state, to)
    place.state = to


def _names(ballot: Ballot | None, place: Assignment) -> bool:
    return ballot is not None and any(place.entry.number in group for group in ballot.order)


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
    full, where the juror has the entry or has recused from it, and where it did not come into this round.
    """
    lock(season)
    check_not_locked(season)
    if entry.number not in queries.reach_of(season, round_).standing:
        raise Refused(
            "not_in_round",
            N_("Entry %(entry)s did not come into round %(round)s."),
            entry=entry.number,
            round=round_,
        )
    if juror.left_at is not None:
        raise Refused("juror_left", N_("%(juror)s has left the jury."), juror=juror.name)
    _check_interest(expo, season, juror, entry)
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
    place = _give(season, round_, juror, entry, known, clock.now())
    db.session.flush()
    _order(season, round_, [juror.id])
    _record("awards.assigned", expo, place, entry, by)
    return place


def _check_interest(expo: Expo, season: AwardSeason, juror: Juror, entry: AwardEntry) -> None:
    """Raises `Refused` where an interest stands between juror and entry, or waits for its decision."""
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


def remove(expo: Expo, season: AwardSeason, place: Assignment, reason: str, by: Actor) -> None:
    """Take one entry from one juror by hand; the lots never give it back.

    Raises `Conflict` once a score was sent, also where it was opened again: what was sent counts.
    """
    lock(season)
    check_not_locked(season)
    db.session.refresh(place, with_for_update={"of": Assignment})
    if place.state is AssignmentState.SUBMITTED or jury.sent_once(season, [place]):
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


def give_back(expo: Expo, season: AwardSeason, place: Assignment, reason: str, by: Actor) -> None:
    """Give an entry back to a juror who recused, or from whom it was taken; what was sent before counts again.

    Raises `Refused` without a reason, while an interest stands against it or waits for its decision, and for a juror who has
    left; `Conflict` where the juror has the entry already.
    """
    lock(season)
    check_not_locked(season)
    db.session.refresh(place, with_for_update={"of": Assignment})
    if place.juror.left_at is not None:
        raise Refused("juror_left", N_("%(juror)s has left the jury."), juror=place.juror.name)
    if not reason.strip():
        raise Refused("give_back_reason", N_("Give a reason"))
    _check_interest(expo, season, place.juror, place.entry)
    _restore(season, place)
    place.reason, place.changed_at = "", clock.now()
    db.session.flush()
    _order(season, place.round, [place.juror_id])
    _record("awards.given_back", expo, place, place.entry, by, reason=reason)


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
