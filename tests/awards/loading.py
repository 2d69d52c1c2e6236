"""A worked case of awards.md put into the tables, so that pages and lock judge it as the rules do."""

from __future__ import annotations

from typing import Any

import msgspec

from exhibitions.awards.models import AwardEntry, AwardSeason, Ballot, Decision, EntryMaker
from exhibitions.awards.queries.seasons import frozen
from exhibitions.awards.rules import case, result_file
from exhibitions.awards.rules.rule_set import canonical, normal
from exhibitions.awards.rules.states import AssignmentState, DecisionKind, EntryState, SeasonState
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from tests.awards.making import assign, make_entry, make_juror, make_season, make_sheet

_STATES = {
    case.EntryState.PRESENTED: EntryState.JUDGED,
    case.EntryState.DISQUALIFIED: EntryState.DISQUALIFIED,
    case.EntryState.WITHDRAWN: EntryState.WITHDRAWN,
    case.EntryState.NOT_PRESENTED: EntryState.REJECTED,
}


def load(expo: Expo, file: dict[str, Any], state: SeasonState = SeasonState.DELIBERATING) -> AwardSeason:
    """The file as rows of a season in deliberation, inside the caller's transaction."""
    content = result_file.read(msgspec.json.encode(file))
    own = content.categories or [case.Category(category=code) for code in content.rules_by_category()]
    codes = [each.category or "-" for each in own]
    season = make_season(expo, state=state, rules=content.rules, categories=codes)
    version = frozen(season)
    assert version is not None
    version.categories = canonical(
        [msgspec.structs.replace(each, category=each.category or "-") for each in own]
    ).decode()
    rows = {each.entry: _entry(season, each) for each in content.entries}
    jurors = {
        code: make_juror(season, code)
        for code in sorted({each.juror for each in content.sheets} | {each.juror for each in content.ballots})
    }
    for sheet in content.sheets:
        _sheet(sheet, rows[sheet.entry], jurors[sheet.juror], content.first_round)
    for ballot in content.ballots:
        db.session.add(
            Ballot(
                expo_id=expo.id,
                season_id=season.id,
                round=ballot.round or content.first_round,
                juror_id=jurors[ballot.juror].id,
                order=[list(group) for group in ballot.order],
                submitted_at=clock.now(),
                changed_at=clock.now(),
            )
        )
    _decisions(season, content.deliberation, rows)
    db.session.flush()
    return season


def _entry(season: AwardSeason, given: case.Entry) -> AwardEntry:
    row = make_entry(
        season,
        given.entry,
        category=given.category or "-",
        state=_STATES[given.state],
        sample_received_at=clock.now(),
        company_zh=given.company,
        company_en="",
        place=given.place,
        product_zh=given.product,
    )
    row.makers = [
        EntryMaker(expo_id=row.expo_id, company=each.company, place=each.place) for each in given.joint
    ]
    return row


def _sheet(sheet: case.ScoreSheet, entry: AwardEntry, juror: Any, first: str) -> None:
    round_ = sheet.round or first
    if sheet.state is case.SheetState.SUBMITTED:
        marks = {code: normal(mark) for code, mark in sheet.scores.items() if mark is not None}
        make_sheet(entry, juror, marks, round_=round_, eliminated=sheet.eliminated)
        return
    recused = sheet.state is case.SheetState.RECUSED
    state = AssignmentState.RECUSED if recused else AssignmentState.IN_PROGRESS
    assign(entry, juror, state=state, round_=round_)


def _decisions(season: AwardSeason, decided: case.Deliberation, rows: dict[str, AwardEntry]) -> None:
    for answer in decided.second_judging:
        content: dict[str, Any] = {"decision": answer.decision.value, "by": answer.by}
        _decision(season, DecisionKind.SECOND_JUDGING, rows[answer.entry].id, content, answer.reason, [])
    for vote in decided.casting_votes:
        content = {"order": list(vote.order), "by": vote.by}
        _decision(season, DecisionKind.CASTING_VOTE, None, content, vote.reason, [])
    for change in decided.overrides:
        _decision(
            season,
            DecisionKind.OVERRIDE,
            rows[change.entry].id,
            {"was": change.was, "becomes": change.becomes},
            change.reason,
            list(change.signed_by),
        )


def _decision(
    season: AwardSeason,
    kind: DecisionKind,
    entry_id: int | None,
    content: dict[str, Any],
    reason: str,
    names: list[str],
) -> None:
    db.session.add(
        Decision(
            expo_id=season.expo_id,
            season_id=season.id,
            kind=kind,
            entry_id=entry_id,
            content=content,
            reason=reason,
            signed=[{"user_id": place, "name": name, "at": ""} for place, name in enumerate(names, 1)],
            created_at=clock.now(),
        )
    )
