"""How far the jury is, without a mark (P22), and rounds that open and close."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from exhibitions.awards.models import (
    Assignment,
    AwardSeason,
    JudgingRound,
)
from exhibitions.awards.queries import jury
from exhibitions.awards.rules.states import (
    EntryState,
    SeasonState,
)
from exhibitions.awards.service import assigning, inviting_jurors, moving_season, reopening
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict as Stale
from exhibitions.core.errors import Refused
from exhibitions.expos.models import Expo
from tests.awards.making import ROUND, assign, make_sheet
from tests.awards.office import Office, root
from tests.awards.seating.acts import BY, entry, juror

pytestmark = pytest.mark.usefixtures("context")


class TestProgress:
    def test_p22_states_are_shown_and_no_mark(self, expo: Expo, season: AwardSeason, office: Office) -> None:
        with transaction():
            sheet = make_sheet(entry(season, "A001"), juror(season, "J01"), "87.125", comment="暗香")
        for name in ("alice", "awa", "chen"):
            for path in ("assignments", "jury", f"assignments/{sheet.assignment_id}", "paper"):
                page = getattr(office, name).get(f"{root(expo, season)}/{path}").get_data(as_text=True)
                assert "87.125" not in page, (name, path)
                assert "暗香" not in page, (name, path)
        assert "1/1" in office.alice.get(f"{root(expo, season)}/assignments").get_data(as_text=True)

    def test_rounds_open_and_close(self, expo: Expo, season: AwardSeason, office: Office) -> None:
        where = f"{root(expo, season)}/assignments"
        assert office.alice.post(f"{where}/close-round", data={"round": ROUND}).status_code == 303
        db.session.expire_all()
        assert db.session.scalars(sa.select(JudgingRound.closed_at)).one() is not None
        until = (clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
        for wrong in ("nonsense", "2020-01-01T09:00"):
            office.alice.post(f"{where}/open-round", data={"round": ROUND, "closes_at": wrong})
            db.session.expire_all()
            assert db.session.scalars(sa.select(JudgingRound.closed_at)).one() is not None
        office.alice.post(f"{where}/open-round", data={"round": ROUND, "closes_at": until})
        db.session.expire_all()
        row = db.session.scalars(sa.select(JudgingRound)).one()
        assert row.closed_at is None
        assert row.closes_at is not None
        with transaction():
            season.state = SeasonState.SCORED
        with transaction(), pytest.raises(Refused):
            assigning.open_round(expo, season, ROUND, None, BY)

    def test_an_entry_that_is_gone_is_nobodys_work(self, expo: Expo, season: AwardSeason) -> None:
        with transaction():
            season.most_load = 1
            assign(entry(season, "A001"), juror(season, "J01"))
            entry(season, "A001").state = EntryState.WITHDRAWN
        mine = jury.progress(season, ROUND).get(juror(season, "J01").id)
        assert mine is None or (mine.given, mine.open) == (0, 0)
        with transaction():
            assert inviting_jurors.remind(expo, season, ROUND, BY) == 0
            assigning.add(expo, season, ROUND, juror(season, "J01"), entry(season, "A002"), BY)

    def test_after_its_end_a_round_is_said_to_be_over(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        with transaction():
            sheet = make_sheet(entry(season, "A001"), juror(season, "J01"), "88")
            assign(entry(season, "A001"), juror(season, "J02"))
            jury.rounds(season)[ROUND].closes_at = clock.now() - timedelta(minutes=1)
        office.alice.set_cookie("lang", "en")
        page = office.alice.get(f"{root(expo, season)}/assignments").get_data(as_text=True)
        assert "Time is over" in page
        assert "Remind jurors with open work" not in page
        for act in (
            lambda: inviting_jurors.remind(expo, season, ROUND, BY),
            lambda: reopening.reopen(
                expo, season, db.session.get_one(Assignment, sheet.assignment_id), "x", BY
            ),
        ):
            with transaction(), pytest.raises(Stale):
                act()

    def test_judging_that_begins_again_takes_scores(self, expo: Expo, season: AwardSeason) -> None:
        with transaction():
            season.state, season.judging_closes_at = SeasonState.SCORED, clock.now() - timedelta(hours=1)
            moving_season.step(season, SeasonState.JUDGING, BY)
        assert jury.takes_sheets(season, jury.rounds(season)[ROUND])
