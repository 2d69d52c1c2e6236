"""From the tables to the case that is judged (awards.md §3.3, §3.4)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from exhibitions.awards.models import Assignment, AwardSeason, Decision, EntryEvent, Sheet
from exhibitions.awards.queries.casework import case_of, judged
from exhibitions.awards.rules.case import EntryState as Presented
from exhibitions.awards.rules.case import SheetState
from exhibitions.awards.rules.presented import Facts, presented_as
from exhibitions.awards.rules.states import AssignmentState, DecisionKind, EntryState
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from tests.awards.making import assign, make_entry, make_juror
from tests.awards.resulting import judged_season
from tests.people import People


@pytest.mark.parametrize(
    ("state", "is_judged", "had_sample", "found"),
    [
        (EntryState.SUBMITTED, False, False, Presented.NOT_PRESENTED),
        (EntryState.RETURNED, True, True, Presented.NOT_PRESENTED),
        (EntryState.REJECTED, False, False, Presented.NOT_PRESENTED),
        (EntryState.SCREENED_OK, False, False, Presented.NOT_PRESENTED),
        (EntryState.SCREENED_OK, True, False, Presented.PRESENTED),
        (EntryState.SAMPLE_RECEIVED, False, False, Presented.PRESENTED),
        (EntryState.JUDGED, False, False, Presented.PRESENTED),
        (EntryState.CERTIFICATE_ISSUED, True, True, Presented.PRESENTED),
        (EntryState.DISQUALIFIED, True, False, Presented.DISQUALIFIED),
        (EntryState.REVOKED, True, False, Presented.DISQUALIFIED),
        (EntryState.WITHDRAWN, False, False, Presented.NOT_PRESENTED),
        (EntryState.WITHDRAWN, True, False, Presented.WITHDRAWN),
        (EntryState.WITHDRAWN, False, True, Presented.WITHDRAWN),
    ],
)
def test_what_counts_as_presented(
    state: EntryState, is_judged: bool, had_sample: bool, found: Presented
) -> None:
    """§3.4 step 8: received and judged, or disqualified at the table, and not those refused at screening."""
    assert presented_as(state, Facts(is_judged=is_judged, had_sample=had_sample)) is found


def test_the_last_submitted_version_of_a_sheet_counts(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        season = judged_season({"A-01": ["80"]})
        first = db.session.scalars(sa.select(Sheet)).one()
        now = clock.now()
        for version, mark, sent in ((2, "88.5", now), (3, "99", None)):
            db.session.add(
                Sheet(
                    expo_id=season.expo_id,
                    assignment_id=first.assignment_id,
                    version=version,
                    marks={"score": mark},
                    submitted_at=sent,
                    changed_at=now,
                )
            )
        db.session.flush()
        (sheet,) = case_of(season).file.sheets
        assert str(sheet.scores["score"]) == "88.5"


def test_who_recused_is_recused_and_who_sent_nothing_is_missing(app: Flask, people: People) -> None:
    """AW-05: a recused juror counts neither as nought nor in n."""
    with app.app_context(), transaction():
        season = judged_season({"A-01": ["80", "82"]})
        entry = case_of(season).rows["A-01"]
        assign(entry, make_juror(season, "J08"), state=AssignmentState.RECUSED)
        assign(entry, make_juror(season, "J09"), state=AssignmentState.ACCEPTED)
        assign(entry, make_juror(season, "J10"), state=AssignmentState.WITHDRAWN)
        found, outcome = judged(season)
        assert [each.juror for each in found.file.sheets if each.state is SheetState.RECUSED] == ["J08"]
        assert found.missing == {"A-01": ["J09"]}
        assert outcome.lines[0].n == 2


def test_a_sheet_of_who_recused_afterwards_does_not_count(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        season = judged_season({"A-01": ["80", "82", "99"]})
        row = db.session.scalars(sa.select(Assignment).order_by(Assignment.id.desc())).first()
        assert row is not None
        row.state = AssignmentState.RECUSED
        db.session.flush()
        _, outcome = judged(season)
        assert outcome.lines[0].n == 2
        assert outcome.lines[0].score == 81


def test_a_changed_medal_counts_once_two_different_people_signed(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        season = judged_season()
        row = Decision(
            expo_id=season.expo_id,
            season_id=season.id,
            kind=DecisionKind.OVERRIDE,
            entry_id=case_of(season).rows["A-02"].id,
            content={"was": "S", "becomes": "G"},
            reason="finer",
            signed=[{"user_id": 1, "name": "Li", "at": ""}, {"user_id": 1, "name": "Li", "at": ""}],
            created_at=clock.now(),
        )
        db.session.add(row)
        db.session.flush()
        found, outcome = judged(season)
        assert {line.entry: line.medal for line in outcome.lines}["A-02"] == "S"
        assert [each.id for each in found.pending] == [row.id]
        row.signed = [*row.signed, {"user_id": 2, "name": "Wang", "at": ""}]
        db.session.flush()
        found, outcome = judged(season)
        assert {line.entry: line.medal for line in outcome.lines}["A-02"] == "G"
        assert found.pending == []


def test_an_entry_that_left_the_table_late_still_counts_in_n(app: Flask, people: People) -> None:
    """AW-36: N for the cap is those presented."""
    with app.app_context(), transaction():
        season = judged_season()
        early = make_entry(season, "A-08", state=EntryState.WITHDRAWN)
        late = make_entry(season, "A-09", state=EntryState.WITHDRAWN)
        for row, before in ((early, EntryState.SUBMITTED), (late, EntryState.SAMPLE_RECEIVED)):
            db.session.add(
                EntryEvent(
                    expo_id=row.expo_id,
                    entry_id=row.id,
                    at=clock.now(),
                    deed="withdrawn",
                    state_before=before,
                    state_after=EntryState.WITHDRAWN,
                )
            )
        db.session.flush()
        _, outcome = judged(season)
        assert outcome.presented == 5


def test_the_questions_do_not_grow_with_the_entries(app: Flask, people: People) -> None:
    def questions(entries: int) -> int:
        with app.app_context():
            with transaction():
                marks = {f"A-{place:02}": ["80", "85"] for place in range(entries)}
                season_id = judged_season(marks).id
            db.session.expire_all()
            season = db.session.get_one(AwardSeason, season_id)
            asked: list[str] = []
            event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
            case_of(season)
            return len(asked)

    few, many = questions(2), questions(30)
    assert few == many <= 11
