"""The paper jury: numbered sheets, typed twice by two persons, differences settled, scans kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.awards.models import (
    Assignment,
    AwardEntry,
    AwardSeason,
    Ballot,
    Juror,
    PaperSheet,
    Sheet,
    Typing,
)
from exhibitions.awards.queries import jury
from exhibitions.awards.queries import paper as queries
from exhibitions.awards.queries.entries import names_to_cover
from exhibitions.awards.queries.paper import Paper, Stage
from exhibitions.awards.queries.seasons import in_force
from exhibitions.awards.rules import paper as rules
from exhibitions.awards.rules.entering import covered
from exhibitions.awards.rules.paper import Content, OrderReader, Printed
from exhibitions.awards.rules.sheet_entry import sheet_hash
from exhibitions.awards.rules.states import (
    ASSIGNMENT_MOVES,
    AssignmentState,
    SeasonState,
    SheetSource,
    check_move,
)
from exhibitions.awards.service.jurors import check_not_locked, lock
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db, lock_named
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.expos.models import Expo
from exhibitions.files import service as files

SUBJECT = "award_paper"
PURPOSE = "awards.paper"
MOST_PRINTED = 500
_TYPED_IN = frozenset({SeasonState.JUDGING, SeasonState.SCORED})


def print_sheets(
    expo: Expo, season: AwardSeason, round_: str, juror_id: int | None, by: Actor
) -> list[Printed]:
    """Number a sheet for everything that is still to be judged, and give what each says; who has one keeps its number.

    In a ranking round that is one sheet a juror, with the entries to put in order; it has a new number where other entries
    stand on it than before. What was opened again after its sheet was settled is printed under a new number too. Raises
    `Refused` for nothing to print, and for more than `MOST_PRINTED` at once.
    """
    lock(season)
    check_not_locked(season)
    make = _order_sheets if jury.is_ranking(season, round_) else _mark_sheets
    wanted = make(season, round_, juror_id)
    if not wanted:
        raise Refused("paper_nothing", N_("Nobody has an entry left to judge: assign the entries first."))
    if len(wanted) > MOST_PRINTED:
        raise Refused(
            "paper_many",
            N_("These are %(count)s sheets. Print at most %(most)s at once: one juror after the other."),
            count=len(wanted),
            most=MOST_PRINTED,
        )
    numbers = _numbered(season, [row for row, _ in wanted])
    audit.record(
        "awards.papers_printed",
        by,
        expo_id=expo.id,
        subject=("award_season", season.id),
        after={"round": round_, "sheets": len(wanted)},
    )
    return [replace(printed, number=number) for (_, printed), number in zip(wanted, numbers, strict=True)]


Wanted = tuple[PaperSheet, Printed]
"""The row of a sheet, as it would be new, with what it says."""


def _mark_sheets(season: AwardSeason, round_: str, juror_id: int | None) -> list[Wanted]:
    places, own = queries.to_print(season, round_, juror_id), in_force(season)
    codes = {place.entry.category.code if place.entry.category else "" for place in places}
    lines = {(code, lang): rules.lines_of(own.of(code), lang) for code in codes for lang in rules.WORDS}
    found = []
    for place in places:
        entry, category = place.entry, place.entry.category
        printed = _for(season, round_, place.juror)
        found.append(
            (
                _row(season, round_, place.juror_id, assignment_id=place.id),
                replace(
                    printed,
                    entry=str(entry.number),
                    category=_in(printed.lang, category.name_zh, category.name_en) if category else "",
                    product=_product(season, entry, printed.lang),
                    lines=lines[category.code if category else "", printed.lang],
                ),
            )
        )
    return found


def _order_sheets(season: AwardSeason, round_: str, juror_id: int | None) -> list[Wanted]:
    found = []
    for juror, places in queries.orders_to_print(season, round_, juror_id):
        printed = _for(season, round_, juror)
        entries = [(str(each.entry.number), _product(season, each.entry, printed.lang)) for each in places]
        row = _row(season, round_, juror.id, entries=[number for number, _ in entries])
        found.append((row, replace(printed, lines=rules.order_lines(entries), is_order=True)))
    return found


def _for(season: AwardSeason, round_: str, juror: Juror) -> Printed:
    lang = juror.language if juror.language in rules.WORDS else "en"
    return Printed(
        lang=lang,
        number="",
        award=_in(lang, season.name_zh, season.name_en),
        juror=f"{juror.code} {juror.name}",
        round=round_,
        entry="",
        category="",
        product="",
        lines=(),
    )


def _product(season: AwardSeason, entry: AwardEntry, lang: str) -> str:
    """What paper calls an entry; in a blind season without the names of those who made it (E9)."""
    return covered(_in(lang, entry.product_zh, entry.product_en), names_to_cover(season, entry))


def _in(lang: str, zh: str, en: str) -> str:
    return (zh or en) if lang == "zh" else (en or zh)


def _row(
    season: AwardSeason,
    round_: str,
    juror_id: int,
    *,
    assignment_id: int | None = None,
    entries: Sequence[str] = (),
) -> PaperSheet:
    return PaperSheet(
        expo_id=season.expo_id,
        season_id=season.id,
        round=round_,
        juror_id=juror_id,
        assignment_id=assignment_id,
        entries=list(entries),
    )


def _numbered(season: AwardSeason, rows: Sequence[PaperSheet]) -> list[str]:
    """The numbers of these sheets: that of before where the same sheet is still to be typed, else the next."""
    known, count, now = queries.newest_sheets(season), queries.last_number(season), clock.now()
    numbers = []
    for new in rows:
        row = known.get(queries.key_of(new.round, new.juror_id, new.assignment_id))
        if row is None or row.settled_at is not None or sorted(row.entries) != sorted(new.entries):
            count += 1
            row = new
            row.number = rules.sheet_number(season.id, count)
            db.session.add(row)
        row.printed_at = now
        numbers.append(row.number)
    db.session.flush()
    return numbers


def type_in(expo: Expo, season: AwardSeason, paper: Paper, content: Content, by: Actor) -> bool:
    """Keep what one person read from a sheet; True once the sheet counts, because two persons read the same.

    Who has typed it may correct that until the sheet is settled. Raises `Refused` for a third person, `Conflict` for a sheet
    that is settled or whose juror has sent a score by link.
    """
    lock(season)
    paper = _fresh(season, paper)
    _check_open(season, paper)
    mine = paper.typing_of(by.id)
    if mine is None:
        if len(paper.typings) >= len(rules.TURNS):
            raise Conflict("typed_twice", N_("Two persons have typed this sheet already."))
        if paper.typings:
            rules.check_second(paper.typings[0].user_id, by.id)
        mine = Typing(
            expo_id=expo.id, paper_sheet_id=paper.row.id, turn=len(paper.typings) + 1, user_id=by.id
        )
        db.session.add(mine)
    mine.content, mine.typed_at = content.stored(), clock.now()
    db.session.flush()
    # No mark stands here (P22).
    _record("awards.paper_typed", expo, paper, by, turn=mine.turn)
    paper = _fresh(season, paper)
    if paper.turns < len(rules.TURNS) or queries.differences_of(season, paper):
        return False
    _settle(season, paper, queries.contents(paper)[0], "", by)
    return True


def settle(
    expo: Expo, season: AwardSeason, paper: Paper, chosen: Mapping[str, str], reason: str, by: Actor
) -> None:
    """Settle what two readings differ in, after a third look at the paper; `chosen` maps each field to `1` or `2`.

    Raises `Refused` without a reason and for a field that was not settled.
    """
    del expo
    lock(season)
    paper = _fresh(season, paper)
    _check_open(season, paper)
    found = queries.differences_of(season, paper)
    if not found:
        raise Conflict("no_difference", N_("There is nothing to settle."))
    if not reason.strip():
        raise Refused("settle_reason", N_("Give a reason: what does the paper say?"))
    values = rules.values_of(queries.contents(paper)[0])
    for each in found:
        turn = chosen.get(each.name, "")
        if turn not in ("1", "2"):
            raise Refused("settle_all", N_("Choose for every field which reading is right."))
        values[each.name] = each.first if turn == "1" else each.second
    content, wrong = queries.reader_of(season, paper).typed(values)
    for refusal in wrong.values():
        raise refusal
    _settle(season, paper, content, reason, by)


def seen(expo: Expo, season: AwardSeason, number: str, by: Actor) -> None:
    """Note that somebody looks at marks that were read from a sheet, before the result is published (P22)."""
    row_id = queries.row_of(season, number)
    if row_id is not None:
        audit.record(
            "awards.paper_seen", by, expo_id=expo.id, subject=(SUBJECT, row_id), after={"sheet": number[:24]}
        )


def _settle(season: AwardSeason, paper: Paper, content: Content, reason: str, by: Actor) -> None:
    now, reader = clock.now(), queries.reader_of(season, paper)
    if isinstance(reader, OrderReader):
        db.session.add(_ballot(season, paper, reader.groups(content), now))
    else:
        db.session.add(_sheet(paper.place, content, reason, now))
    for place in paper.live:
        if place.state is not AssignmentState.SUBMITTED:
            check_move(ASSIGNMENT_MOVES, place.state, AssignmentState.SUBMITTED)
            place.state, place.changed_at = AssignmentState.SUBMITTED, now
    paper.row.settled_at, paper.row.user_id = now, by.id
    db.session.flush()
    # Neither a mark nor its hash stands here: who reads the trail may not read marks (P22), and a hash of few marks is
    # soon found by trying all.
    audit.record(
        "awards.paper_settled",
        by,
        expo_id=season.expo_id,
        subject=(SUBJECT, paper.row.id),
        after={"sheet": paper.row.number},
        reason=reason,
    )


def _sheet(place: Assignment, content: Content, reason: str, now: datetime) -> Sheet:
    return Sheet(
        expo_id=place.expo_id,
        assignment_id=place.id,
        version=max((each.version for each in place.sheets), default=0) + 1,
        marks=dict(content.marks),
        moments={},
        eliminated=content.eliminated,
        comment=content.comment,
        source=SheetSource.PAPER,
        submitted_at=now,
        hash=sheet_hash(content.marks, eliminated=content.eliminated),
        reason=reason,
        changed_at=now,
    )


def _ballot(season: AwardSeason, paper: Paper, order: list[list[str]], now: datetime) -> Ballot:
    before = jury.newest_ballot(season, paper.row.round, paper.juror.id)
    return Ballot(
        expo_id=season.expo_id,
        season_id=season.id,
        round=paper.row.round,
        juror_id=paper.juror.id,
        version=before.version + 1 if before is not None else 1,
        order=order,
        submitted_at=now,
        changed_at=now,
    )


def _fresh(season: AwardSeason, paper: Paper) -> Paper:
    """The sheet as it is now, whoever typed meanwhile; the juror sends nothing by the link until it is written."""
    if paper.is_order:
        lock_named(f"awards.order:{paper.juror.id}")
    db.session.refresh(paper.row)
    places = sa.select(Assignment.id).where(Assignment.id.in_([each.id for each in paper.places]))
    db.session.execute(places.order_by(Assignment.id).with_for_update())
    for place in paper.places:
        db.session.refresh(place)
    found = queries.paper_numbered(season, paper.row.number)
    if found is None:
        raise Conflict("paper_gone", N_("This sheet is not there any more."))
    return found


def _check_open(season: AwardSeason, paper: Paper) -> None:
    check_not_locked(season)
    if season.state not in _TYPED_IN:
        raise Conflict(
            "paper_late", N_("Sheets are typed while the jury judges, and until the deliberation begins.")
        )
    if paper.row.settled_at is not None:
        raise Conflict("paper_settled", N_("This sheet is settled."))
    if paper.stage is Stage.REPLACED:
        raise Conflict(
            "paper_replaced", N_("A newer sheet was printed in place of this one. Type the newer one.")
        )
    if paper.stage is Stage.BY_LINK:
        raise Conflict(
            "sent_by_link", N_("The juror has sent a score for this entry by the link. Only one can count.")
        )
    if paper.stage is Stage.GONE:
        raise Conflict(
            "juror_gone", N_("This juror does not judge this entry any more: the sheet cannot count.")
        )


def keep_scan(
    expo: Expo, season: AwardSeason, paper: Paper, scan: tuple[files.Bytes, str, str], by: Actor
) -> None:
    """Keep the scan of a sheet (bytes, name, kind). A second one takes the place of the first, which is kept as a file.

    It belongs to nobody: only who may see marks fetches it, not even who sent it in (P22).
    """
    lock(season)
    content, name, kind = scan
    stored = files.store(
        content, name=name, content_type=kind, purpose=PURPOSE, expo_id=expo.id, owner=SYSTEM
    )
    paper.row.file_id = stored.id
    db.session.flush()
    _record("awards.paper_scanned", expo, paper, by)


def _record(action: str, expo: Expo, paper: Paper, by: Actor, **more: object) -> None:
    audit.record(
        action,
        by,
        expo_id=expo.id,
        subject=(SUBJECT, paper.row.id),
        after={"sheet": paper.row.number, **more},
    )
