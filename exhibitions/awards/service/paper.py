"""The paper jury: numbered sheets, typed twice by two persons, differences settled, scans kept."""

from __future__ import annotations

from collections.abc import Mapping

from exhibitions.audit import service as audit
from exhibitions.awards.models import AwardSeason, PaperSheet, Sheet, Typing
from exhibitions.awards.queries import jury
from exhibitions.awards.queries import paper as queries
from exhibitions.awards.queries.paper import Paper
from exhibitions.awards.queries.rubrics import rules_by_category
from exhibitions.awards.queries.seasons import rules_of
from exhibitions.awards.rules import paper as rules
from exhibitions.awards.rules.paper import Content, Printed
from exhibitions.awards.rules.rule_set import RoundKind
from exhibitions.awards.rules.sheet_entry import sheet_hash
from exhibitions.awards.rules.states import AssignmentState, SeasonState, SheetSource
from exhibitions.awards.service.jurors import check_not_locked, lock
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
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

    Raises `Refused` for a round of orders, for nothing to print, and for more than `MOST_PRINTED` at once.
    """
    lock(season)
    check_not_locked(season)
    kinds = {each.round: each.kind for each in rules_of(season).rounds}
    if kinds.get(round_) is RoundKind.RANKING:
        raise Refused("paper_order", N_("A round of orders has no sheets of marks."))
    places = queries.to_print(season, round_, juror_id)
    if not places:
        raise Refused("paper_nothing", N_("Nobody has an entry left to judge: assign the entries first."))
    if len(places) > MOST_PRINTED:
        raise Refused(
            "paper_many",
            N_("These are %(count)s sheets. Print at most %(most)s at once: one juror after the other."),
            count=len(places),
            most=MOST_PRINTED,
        )
    known, count, now = queries.sheets_of(season), queries.count(season), clock.now()
    for place in places:
        if place.id not in known:
            count += 1
            known[place.id] = PaperSheet(
                expo_id=expo.id,
                season_id=season.id,
                assignment_id=place.id,
                number=rules.sheet_number(season.id, count),
            )
            db.session.add(known[place.id])
        known[place.id].printed_at = now
    db.session.flush()
    audit.record(
        "awards.papers_printed",
        by,
        expo_id=expo.id,
        subject=("award_season", season.id),
        after={"round": round_, "sheets": len(places)},
    )
    own = rules_by_category(season)
    lines = {
        (category, lang): rules.lines_of(each, lang) for category, each in own.items() for lang in rules.WORDS
    }
    found = []
    for place in places:
        entry, juror = place.entry, place.juror
        lang = juror.language if juror.language in rules.WORDS else "en"
        found.append(
            Printed(
                lang=lang,
                number=known[place.id].number,
                award=_in(lang, season.name_zh, season.name_en),
                juror=f"{juror.code} {juror.name}",
                round=round_,
                entry=str(entry.number),
                category=_in(lang, entry.category.name_zh, entry.category.name_en) if entry.category else "",
                product=_in(lang, entry.product_zh, entry.product_en),
                lines=lines[entry.category_id, lang],
            )
        )
    return found


def _in(lang: str, zh: str, en: str) -> str:
    return (zh or en) if lang == "zh" else (en or zh)


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
    _settle(expo, paper, queries.contents(paper)[0], "", by)
    return True


def settle(
    expo: Expo, season: AwardSeason, paper: Paper, chosen: Mapping[str, str], reason: str, by: Actor
) -> None:
    """Settle what two readings differ in, after a third look at the paper; `chosen` maps each field to `1`, `2` or a value.

    Raises `Refused` without a reason and for a field that was not settled.
    """
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
    content, wrong = rules.typed(queries.rules_for(season, paper), values)
    for refusal in wrong.values():
        raise refusal
    _settle(expo, paper, content, reason, by)


def seen(expo: Expo, season: AwardSeason, number: str, by: Actor) -> None:
    """Note that somebody looks at marks that were read from a sheet, before the result is published (P22)."""
    row_id = queries.row_of(season, number)
    if row_id is not None:
        audit.record(
            "awards.paper_seen", by, expo_id=expo.id, subject=(SUBJECT, row_id), after={"sheet": number[:24]}
        )


def _settle(expo: Expo, paper: Paper, content: Content, reason: str, by: Actor) -> None:
    now, place = clock.now(), paper.place
    sheet = Sheet(
        expo_id=expo.id,
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
    db.session.add(sheet)
    place.state, place.changed_at = AssignmentState.SUBMITTED, now
    paper.row.settled_at, paper.row.user_id = now, by.id
    db.session.flush()
    audit.record(
        "awards.paper_settled",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, paper.row.id),
        after={"sheet": paper.row.number, "hash": sheet.hash},
        reason=reason,
    )


def _fresh(season: AwardSeason, paper: Paper) -> Paper:
    """The sheet as it is now, whoever typed meanwhile."""
    db.session.refresh(paper.row)
    db.session.refresh(paper.place)
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
    if paper.place.state is AssignmentState.SUBMITTED:
        raise Conflict(
            "sent_by_link", N_("The juror has sent a score for this entry by the link. Only one can count.")
        )
    if paper.place.state in jury.GONE:
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
