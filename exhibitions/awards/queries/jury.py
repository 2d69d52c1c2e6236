"""Questions about the jurors of a season, their panels and rounds, and how far everybody is; no mark is read here (P22)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from exhibitions.accounts.models import PersonalLink
from exhibitions.awards.models import (
    Assignment,
    AwardCategory,
    AwardEntry,
    AwardSeason,
    Ballot,
    Conflict,
    JudgingRound,
    Juror,
    Panel,
    RuleVersion,
    Sheet,
)
from exhibitions.awards.queries.seasons import in_force
from exhibitions.awards.rules import sheet_entry
from exhibitions.awards.rules.conflicts import Former
from exhibitions.awards.rules.freezing import Rules
from exhibitions.awards.rules.rule_set import RoundKind
from exhibitions.awards.rules.states import JUDGEABLE, AssignmentState, ConflictDecision
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import LARGEST_NUMBER, on_clock_of
from exhibitions.expos.rules import local_day

LINK = "award-juror"
"""The kind of the personal link by which a juror comes in."""
GONE = frozenset({AssignmentState.RECUSED, AssignmentState.WITHDRAWN})
"""Places of a queue that the juror does not judge."""
DONE = AssignmentState.SUBMITTED


@dataclass(slots=True)
class Progress:
    """So many entries in a queue, so many of them sent, so many recused."""

    given: int = 0
    sent: int = 0
    recused: int = 0

    @property
    def open(self) -> int:
        """How many are still to be judged."""
        return self.given - self.sent


@dataclass(frozen=True, slots=True)
class JurorLine:
    """A juror as the list shows one."""

    juror: Juror
    progress: Progress
    conflicts: int
    is_invited: bool


@dataclass(slots=True)
class EntryLine:
    """How far the jury is with one entry: the state of each juror's place, and whether the quorum can be reached."""

    entry: AwardEntry
    states: dict[int, Assignment] = field(default_factory=dict)
    given: int = 0
    sent: int = 0
    short: int = 0


def jurors(season: AwardSeason, *, left: bool = False) -> Sequence[Juror]:
    """The jurors by their codes; those who left only when asked for."""
    found = sa.select(Juror).where(Juror.season_id == season.id)
    if not left:
        found = found.where(Juror.left_at.is_(None))
    return db.session.scalars(found.order_by(Juror.code)).all()


def juror_of(season: AwardSeason, juror_id: int) -> Juror | None:
    """The juror with this number, if it is this season's."""
    if juror_id > LARGEST_NUMBER:
        return None
    return db.session.scalar(sa.select(Juror).where(Juror.season_id == season.id, Juror.id == juror_id))


def formers(juror: Juror) -> tuple[Former, ...]:
    """Earlier employers as the rules compare them."""
    return tuple(
        Former(each["company"], date.fromisoformat(each["until"]) if each.get("until") else None)
        for each in juror.former
    )


def panels(season: AwardSeason) -> Sequence[Panel]:
    """The panels with their seats; the one without a category is for all that have none of their own."""
    found = sa.select(Panel).where(Panel.season_id == season.id).options(selectinload(Panel.members))
    return db.session.scalars(found.order_by(Panel.id)).all()


def panel_of(season: AwardSeason, category_id: int | None) -> Panel | None:
    """The panel of a category, or (None) the one for all."""
    found = sa.select(Panel).where(
        Panel.season_id == season.id, Panel.category_id.is_not_distinct_from(category_id)
    )
    return db.session.scalar(found.options(selectinload(Panel.members)))


def panel_members(
    season: AwardSeason, everybody: Sequence[Juror], known: Sequence[Panel] | None = None
) -> Mapping[int | None, set[int]]:
    """The jurors of each category by its number: its own panel, else that for all, else (no panel at all) everybody.

    `known` are the season's `panels` if they were asked for already.
    """
    found = panels(season) if known is None else known
    seats = {panel.category_id: {seat.juror_id for seat in panel.members} for panel in found}
    here = {juror.id for juror in everybody}
    rest = seats.get(None, set() if seats else here)
    return {
        key: seats.get(key, rest) & here for key in (None, *(category.id for category in season.categories))
    }


@dataclass(frozen=True, slots=True)
class PanelLine:
    """Who judges a category (None: all that have no panel of their own), whether by a panel of its own, who presides."""

    category: AwardCategory | None
    is_own: bool
    president: str
    names: Sequence[str]


def panel_lines(season: AwardSeason) -> list[PanelLine]:
    """Every category with its jury, the panel for all first."""
    everybody = jurors(season)
    names = {juror.id: juror.name for juror in everybody}
    known = panels(season)
    own = {panel.category_id: panel for panel in known}
    members = panel_members(season, everybody, known)
    found = []
    for category in (None, *season.categories):
        key = category.id if category is not None else None
        president = own[key].president_id if key in own else None
        seats = [names[each] for each in sorted(members[key])]
        found.append(PanelLine(category, key in own, names.get(president or 0, ""), seats))
    return found


def rounds(season: AwardSeason) -> Mapping[str, JudgingRound]:
    """The rounds that were opened, by their names in the rules."""
    found = sa.select(JudgingRound).where(JudgingRound.season_id == season.id).order_by(JudgingRound.id)
    return {row.round: row for row in db.session.scalars(found)}


def round_names(season: AwardSeason, rules: Rules | None = None) -> list[str]:
    """The rounds of the rules, in their order; `rules` are those in force if known."""
    return [each.round for each in (rules or in_force(season)).common.rounds]


def is_ranking(season: AwardSeason, round_: str, rules: Rules | None = None) -> bool:
    """Whether jurors give an order in this round, and no marks (§3.4 step 13); `rules` are those in force if known."""
    kinds = {each.round: each.kind for each in (rules or in_force(season)).common.rounds}
    return kinds.get(round_) is RoundKind.RANKING


def takes_sheets(season: AwardSeason, judging: JudgingRound | None) -> bool:
    """Whether what a juror sends to this round now is in time."""
    return sheet_entry.is_open(season.state, judging, clock.now())


def round_asked(
    season: AwardSeason,
    name: str,
    opened: Mapping[str, JudgingRound] | None = None,
    rules: Rules | None = None,
) -> str:
    """This round where the rules have it; else the last that was opened, else the first.

    `opened` is `rounds`, and `rules` are those in force, if known.
    """
    names = round_names(season, rules)
    if name in names:
        return name
    known = rounds(season) if opened is None else opened
    return next((each for each in reversed(names) if each in known), names[0])


def judging_day(expo: Expo, season: AwardSeason) -> date:
    """The fair's day on which judging opens, by which former employers are counted; today while it is not said."""
    moment = season.judging_opens_at or clock.now()
    if season.judging_opens_at is None:
        last = sa.select(sa.func.max(RuleVersion.frozen_at)).where(RuleVersion.season_id == season.id)
        moment = db.session.scalar(last) or moment
    return local_day(on_clock_of(moment, expo), expo.timezone, 0)


def entries_to_judge(season: AwardSeason) -> Sequence[AwardEntry]:
    """What jurors are given, by blind code."""
    found = sa.select(AwardEntry).where(
        AwardEntry.season_id == season.id,
        AwardEntry.state.in_(JUDGEABLE),
        AwardEntry.number.is_not(None),
    )
    with_all = found.options(selectinload(AwardEntry.makers), selectinload(AwardEntry.category))
    return db.session.scalars(with_all.order_by(AwardEntry.number)).all()


def entry_numbered(season: AwardSeason, number: str) -> AwardEntry | None:
    """The entry with this blind code that jurors may be given."""
    found = sa.select(AwardEntry).where(
        AwardEntry.season_id == season.id,
        AwardEntry.number == number,
        AwardEntry.state.in_(JUDGEABLE),
    )
    return db.session.scalar(found.options(selectinload(AwardEntry.makers)))


def assignments(season: AwardSeason, round_: str) -> Sequence[Assignment]:
    """Every place of every queue of a round."""
    found = sa.select(Assignment).where(Assignment.season_id == season.id, Assignment.round == round_)
    return db.session.scalars(found.order_by(Assignment.juror_id, Assignment.position, Assignment.id)).all()


def assignment_of(season: AwardSeason, assignment_id: int) -> Assignment | None:
    """The place with this number, if it is this season's."""
    if assignment_id > LARGEST_NUMBER:
        return None
    found = sa.select(Assignment).where(Assignment.season_id == season.id, Assignment.id == assignment_id)
    return db.session.scalar(found.options(selectinload(Assignment.entry), selectinload(Assignment.juror)))


def place_of(season: AwardSeason, round_: str, juror: Juror, entry: AwardEntry) -> Assignment | None:
    """A juror's place for an entry in a round."""
    return db.session.scalar(
        sa.select(Assignment).where(
            Assignment.season_id == season.id,
            Assignment.round == round_,
            Assignment.juror_id == juror.id,
            Assignment.entry_id == entry.id,
        )
    )


def sent_once(season: AwardSeason, places: Collection[Assignment]) -> set[int]:
    """Those of these places, by number, of which a version of the sheet, or an order with the entry, was ever sent.

    What was sent counts: a place that was opened again and not sent anew is among them.
    """
    found = sa.select(Sheet.assignment_id).where(
        Sheet.assignment_id.in_([place.id for place in places]), Sheet.submitted_at.is_not(None)
    )
    orders = sa.select(Ballot.juror_id, Ballot.round, Ballot.order).where(
        Ballot.season_id == season.id,
        Ballot.juror_id.in_({place.juror_id for place in places}),
        Ballot.submitted_at.is_not(None),
    )
    named = {
        (juror_id, round_, number)
        for juror_id, round_, order in db.session.execute(orders)
        for group in order
        for number in group
    }
    ranked = {place.id for place in places if (place.juror_id, place.round, place.entry.number) in named}
    return ranked | set(db.session.scalars(found))


def newest_ballot(season: AwardSeason, round_: str, juror_id: int) -> Ballot | None:
    """The last version of a juror's order, sent or not."""
    found = sa.select(Ballot).where(
        Ballot.season_id == season.id, Ballot.round == round_, Ballot.juror_id == juror_id
    )
    return db.session.scalar(found.order_by(Ballot.version.desc()).limit(1))


def progress(season: AwardSeason, round_: str) -> Mapping[int, Progress]:
    """How far each juror is, by the juror's number; entries that are no longer before the jury are nobody's work."""
    found: dict[int, Progress] = defaultdict(Progress)
    counted = (
        sa.select(Assignment.juror_id, Assignment.state, sa.func.count())
        .join(AwardEntry, AwardEntry.id == Assignment.entry_id)
        .where(
            Assignment.season_id == season.id,
            Assignment.round == round_,
            AwardEntry.state.not_in(sheet_entry.GONE),
        )
        .group_by(Assignment.juror_id, Assignment.state)
    )
    for juror_id, state, count in db.session.execute(counted):
        mine = found[juror_id]
        mine.recused += count * (state is AssignmentState.RECUSED)
        mine.given += count * (state not in GONE)
        mine.sent += count * (state is DONE)
    return found


def lines(season: AwardSeason, round_: str) -> list[JurorLine]:
    """The list of the jury with progress in this round, who left at the end."""
    far = progress(season, round_)
    everybody = sorted(jurors(season, left=True), key=lambda each: (each.left_at is not None, each.code))
    counted = (
        sa.select(Conflict.juror_id, sa.func.count())
        .where(Conflict.season_id == season.id, Conflict.decision == ConflictDecision.OPEN)
        .group_by(Conflict.juror_id)
    )
    open_ = {row[0]: row[1] for row in db.session.execute(counted)}
    invited = _invited([juror.id for juror in everybody])
    return [
        JurorLine(juror, far.get(juror.id, Progress()), open_.get(juror.id, 0), juror.id in invited)
        for juror in everybody
    ]


def _invited(ids: Sequence[int]) -> set[int]:
    live = sa.select(PersonalLink.subject_id).where(
        PersonalLink.kind == LINK, PersonalLink.subject_id.in_(ids), PersonalLink.revoked_at.is_(None)
    )
    return set(db.session.scalars(live))


def matrix(
    season: AwardSeason,
    round_: str,
    quorum: int,
    coming: Collection[str],
    entries: Sequence[AwardEntry] | None = None,
) -> list[EntryLine]:
    """Every entry that comes into the round or was given by hand, with the state of its places.

    `coming` are numbers of entries, `entries` those to judge if known; `short` is how many jurors one lacks for the quorum, whatever they do.
    """
    places = assignments(season, round_)
    given = {place.entry_id for place in places if place.state is not AssignmentState.WITHDRAWN}
    found = {
        entry.id: EntryLine(entry)
        for entry in (entries_to_judge(season) if entries is None else entries)
        if entry.number in coming or entry.id in given
    }
    for place in places:
        line = found.get(place.entry_id)
        if line is None or place.state is AssignmentState.WITHDRAWN:
            continue
        line.states[place.juror_id] = place
        line.given += place.state not in GONE
        line.sent += place.state is DONE
    for line in found.values():
        line.short = max(0, quorum - line.given)
    return list(found.values())


def named(expo_id: int, ids: Collection[int]) -> dict[int, tuple[str, str | None]]:
    """Name and phone of these jurors of a fair, for the outbox."""
    found = sa.select(Juror.id, Juror.name, Juror.phone).where(Juror.expo_id == expo_id, Juror.id.in_(ids))
    return {number: (name, phone or None) for number, name, phone in db.session.execute(found)}
