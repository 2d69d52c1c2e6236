"""Entries given, taken and given back by hand; what was sent counts."""

from __future__ import annotations

import pytest

from exhibitions.awards.models import (
    Assignment,
    AwardSeason,
)
from exhibitions.awards.queries import jury
from exhibitions.awards.queries.casework import case_of
from exhibitions.awards.rules.states import (
    AssignmentState,
)
from exhibitions.awards.service import assigning, jurors, reopening
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict as Stale
from exhibitions.core.errors import Refused
from exhibitions.expos.models import Expo
from tests.awards.making import ROUND, make_sheet
from tests.awards.office import Office, root
from tests.awards.seating.acts import BY, draw, entry, juror, queues

pytestmark = pytest.mark.usefixtures("context")


class TestByHand:
    def test_one_entry_is_given_and_taken(self, expo: Expo, season: AwardSeason, office: Office) -> None:
        where = f"{root(expo, season)}/assignments"
        sent = {"juror": str(juror(season, "J01").id), "entry": "A001"}
        assert office.alice.post(f"{where}/give", data=sent).status_code == 303
        (place,) = jury.assignments(season, ROUND)
        office.alice.post(f"{where}/give", data=sent)
        assert len(jury.assignments(season, ROUND)) == 1
        office.alice.post(f"{where}/{place.id}/take", data={"reason": ""})
        db.session.expire_all()
        assert jury.assignments(season, ROUND)[0].state is AssignmentState.ASSIGNED
        office.alice.post(f"{where}/{place.id}/take", data={"reason": "换评委"})
        db.session.expire_all()
        assert jury.assignments(season, ROUND)[0].state is AssignmentState.WITHDRAWN
        draw(expo, season)
        assert "A001" not in queues(season)["J01"], "the lots never give back what was taken by hand"
        office.alice.post(f"{where}/give", data=sent)
        assert "A001" in queues(season)["J01"]
        assert office.alice.post(f"{where}/give", data={**sent, "entry": "X"}).status_code == 404
        assert office.alice.post(f"{where}/give", data={**sent, "juror": "0"}).status_code == 404

    def test_the_load_is_a_limit_and_who_left_gets_nothing(self, expo: Expo, season: AwardSeason) -> None:
        with transaction():
            season.most_load = 1
            assigning.add(expo, season, ROUND, juror(season, "J01"), entry(season, "A001"), BY)
            jurors.leave(expo, season, juror(season, "J02"), "x", BY)
        for code, reason in (("J01", "load"), ("J02", "juror_left")):
            with transaction(), pytest.raises(Refused) as refused:
                assigning.add(expo, season, ROUND, juror(season, code), entry(season, "A002"), BY)
            assert refused.value.code == reason

    def test_a_sent_sheet_is_not_taken_by_hand(self, expo: Expo, season: AwardSeason) -> None:
        with transaction():
            sheet = make_sheet(entry(season, "A001"), juror(season, "J01"), "88")
        place = db.session.get_one(Assignment, sheet.assignment_id)
        with transaction(), pytest.raises(Stale):
            assigning.remove(expo, season, place, "x", BY)

    def test_what_was_sent_counts_after_it_was_opened_again(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        with transaction():
            sheet = make_sheet(entry(season, "A001"), juror(season, "J01"), "88")
            place = db.session.get_one(Assignment, sheet.assignment_id)
            reopening.reopen(expo, season, place, "x", BY)
        with transaction(), pytest.raises(Stale):
            assigning.remove(expo, season, place, "x", BY)
        page = office.alice.get(f"{root(expo, season)}/assignments/{place.id}").get_data(as_text=True)
        assert 'id="take"' not in page
        with transaction():
            assert jurors.leave(expo, season, juror(season, "J01"), "病假", BY) == 0
        db.session.expire_all()
        assert db.session.get_one(Assignment, place.id).state is AssignmentState.SUBMITTED
        (counted,) = case_of(season).file.sheets
        assert str(counted.scores["score"]) == "88"

    def test_a_draft_comes_back_with_its_entry(self, expo: Expo, season: AwardSeason) -> None:
        with transaction():
            sheet = make_sheet(entry(season, "A001"), juror(season, "J01"), "88")
            sheet.submitted_at = None
            place = db.session.get_one(Assignment, sheet.assignment_id)
            place.state = AssignmentState.RECUSED
        with transaction():
            assigning.give_back(expo, season, place, "误点", BY)
        assert place.state is AssignmentState.IN_PROGRESS
        with transaction(), pytest.raises(Stale):
            assigning.give_back(expo, season, place, "x", BY)
        with transaction():
            jurors.leave(expo, season, juror(season, "J01"), "x", BY)
        with transaction(), pytest.raises(Refused) as refused:
            assigning.give_back(expo, season, place, "x", BY)
        assert refused.value.code == "juror_left"
