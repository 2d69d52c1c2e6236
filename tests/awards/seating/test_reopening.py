"""What was sent is opened again: logged, with the old version kept (awards.md §3.3, AW-33)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from exhibitions.audit.models import Entry
from exhibitions.awards.models import (
    Assignment,
    AwardSeason,
    Ballot,
    Juror,
)
from exhibitions.awards.queries import jury
from exhibitions.awards.queries.casework import case_of
from exhibitions.awards.rules.rule_set import Round, RoundKind, RuleSet
from exhibitions.awards.rules.states import (
    AssignmentState,
    SeasonState,
)
from exhibitions.awards.service import assigning, jurors, reopening
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict as Stale
from exhibitions.expos.models import Expo
from tests.awards.making import ROUND, assign, make_entry, make_juror, make_season, make_sheet
from tests.awards.office import Office, root
from tests.awards.seating.acts import BY, deeds, entry, juror

pytestmark = pytest.mark.usefixtures("context")


class TestReopening:
    def test_the_old_version_is_kept_and_the_deed_logged(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        with transaction():
            sheet = make_sheet(entry(season, "A001"), juror(season, "J01"), "88")
        where = f"{root(expo, season)}/assignments/{sheet.assignment_id}/reopen"
        assert office.alice.post(where, data={"reason": "x"}).status_code == 403
        office.chen.post(where, data={"reason": " "})
        db.session.expire_all()
        place = db.session.get_one(Assignment, sheet.assignment_id)
        assert place.state is AssignmentState.SUBMITTED
        office.chen.post(where, data={"reason": "评委填错"})
        db.session.expire_all()
        place = db.session.get_one(Assignment, sheet.assignment_id)
        assert place.state is AssignmentState.IN_PROGRESS
        old, new = place.sheets
        assert (old.marks, old.submitted_at is not None) == ({"score": "88"}, True)
        assert (new.version, new.marks, new.submitted_at) == (2, {"score": "88"}, None)
        assert "awards.sheet_reopened" in deeds()
        logged = db.session.scalars(sa.select(Entry.after).order_by(Entry.id.desc()).limit(1)).one()
        assert "88" not in str({key: value for key, value in (logged or {}).items() if key != "hash"})

    def test_never_once_locked_nor_while_closed(self, expo: Expo, season: AwardSeason) -> None:
        with transaction():
            sheet = make_sheet(entry(season, "A001"), juror(season, "J01"), "88")
            assigning.close_round(expo, season, ROUND, BY)
        place = db.session.get_one(Assignment, sheet.assignment_id)
        with transaction(), pytest.raises(Stale) as refused:
            reopening.reopen(expo, season, place, "x", BY)
        assert refused.value.code == "round_closed_reopen"
        with transaction():
            season.state = SeasonState.LOCKED
        with transaction(), pytest.raises(Stale) as refused:
            reopening.reopen(expo, season, place, "x", BY)
        assert refused.value.code == "result_locked"

    def test_p22_no_mark_nor_its_hash_stands_in_the_trail(self, expo: Expo, season: AwardSeason) -> None:
        """A hash of two marks is undone by trying every pair of them."""
        with transaction():
            sheet = make_sheet(entry(season, "A001"), juror(season, "J01"), "88", hash="ab" * 32)
            place = db.session.get_one(Assignment, sheet.assignment_id)
            reopening.reopen(expo, season, place, "x", BY)
        logged = db.session.scalars(sa.select(Entry.after).order_by(Entry.id.desc()).limit(1)).one()
        assert "ab" * 32 not in str(logged)

    def test_an_order_is_opened_with_every_entry_on_it(self, expo: Expo, office: Office) -> None:
        rules = RuleSet(rounds=(Round(kind=RoundKind.RANKING),))
        with transaction():
            season = make_season(expo, state=SeasonState.JUDGING, rules=rules)
            row = make_juror(season, "J01")
            places = [
                assign(make_entry(season, number), row, state=AssignmentState.SUBMITTED)
                for number in ("A001", "A002")
            ]
            order = [["A002"], ["A001"]]
            about = {"expo_id": expo.id, "season_id": season.id, "round": ROUND, "juror_id": row.id}
            db.session.add(Ballot(**about, order=order, submitted_at=clock.now(), changed_at=clock.now()))
        where = f"{root(expo, season)}/assignments/{places[0].id}"
        assert 'id="reopen"' in office.chen.get(where).get_data(as_text=True)
        assert office.chen.post(f"{where}/reopen", data={"reason": "评委填错"}).status_code == 303
        db.session.expire_all()
        assert {place.state for place in jury.assignments(season, ROUND)} == {AssignmentState.IN_PROGRESS}
        old, new = db.session.scalars(sa.select(Ballot).order_by(Ballot.version))
        assert (new.order, new.submitted_at, old.submitted_at is not None) == (order, None, True)
        (ballot,) = case_of(season).file.ballots
        assert [list(group) for group in ballot.order] == order, (
            "the old version counts until the new is sent"
        )
        with transaction(), pytest.raises(Stale):
            assigning.remove(expo, season, db.session.get_one(Assignment, places[1].id), "x", BY)
        with transaction():
            jurors.leave(expo, season, db.session.get_one(Juror, row.id), "x", BY)
        assert {place.state for place in jury.assignments(season, ROUND)} == {AssignmentState.SUBMITTED}

    def test_a_place_of_a_ranking_round_without_an_order_is_not_opened(self, expo: Expo) -> None:
        rules = RuleSet(rounds=(Round(kind=RoundKind.RANKING),))
        with transaction():
            season = make_season(expo, state=SeasonState.JUDGING, rules=rules)
            place = assign(
                make_entry(season, "A001"), make_juror(season, "J01"), state=AssignmentState.SUBMITTED
            )
        with transaction(), pytest.raises(Stale) as refused:
            reopening.reopen(expo, season, place, "x", BY)
        assert refused.value.code == "not_sent"
