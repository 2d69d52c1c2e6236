"""The drawing of lots through the pages: shown, carried out, repeated (awards.md §3.3)."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa

from exhibitions.awards.models import (
    Assignment,
    AwardSeason,
)
from exhibitions.awards.queries import assigning as drawing
from exhibitions.awards.queries import jury
from exhibitions.awards.rules.states import AssignmentState, ConflictKind, ConflictSource
from exhibitions.awards.service import assigning, conflicts, paper
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict as Stale
from exhibitions.core.errors import Refused
from exhibitions.expos.models import Expo
from tests.awards.making import ROUND, assign, make_entry
from tests.awards.office import Office, root
from tests.awards.seating.acts import BY, deeds, draw, entry, juror, queues
from tests.engines import both_engines

pytestmark = pytest.mark.usefixtures("context")


class TestDrawing:
    def test_it_is_shown_and_carried_out(self, expo: Expo, season: AwardSeason, office: Office) -> None:
        where = f"{root(expo, season)}/assignments/drawing"
        page = office.alice.get(f"{where}?seed=2026").get_data(as_text=True)
        assert jury.assignments(season, ROUND) == []
        mark = re.search(r'name="mark" value="(\w+)"', page)
        assert mark is not None
        sent = {"seed": "2026", "mark": mark[1]}
        assert office.alice.post(where, data=sent).status_code == 303
        found = queues(season)
        assert sorted(len(queue) for queue in found.values()) == [3, 3, 3, 3]
        assert db.session.get_one(AwardSeason, season.id).seed == "2026"
        assert "awards.drawn" in deeds()
        office.alice.post(where, data=sent)
        assert queues(season) == found

    def test_what_changed_meanwhile_is_not_drawn(self, expo: Expo, season: AwardSeason) -> None:
        mark = drawing.preview(expo, season, ROUND, "seed").mark
        with transaction():
            make_entry(season, "A009")
        with transaction(), pytest.raises(Stale):
            assigning.apply(expo, season, ROUND, "seed", mark, anew=False, by=BY)

    @pytest.mark.parametrize("seed", ["", " ", "x" * 65])
    def test_a_seed_is_needed(self, expo: Expo, season: AwardSeason, seed: str) -> None:
        with transaction(), pytest.raises(Refused):
            assigning.apply(expo, season, ROUND, seed, "x", anew=False, by=BY)

    @both_engines
    def test_a_later_entry_moves_no_other(self, expo: Expo, season: AwardSeason) -> None:
        draw(expo, season)
        before = queues(season)
        with transaction():
            make_entry(season, "A009", category="B")
        assert draw(expo, season) == 3
        after = queues(season)
        assert {code: [n for n in queue if n != "A009"] for code, queue in after.items()} == before

    def test_a_recused_entry_goes_to_another(self, expo: Expo, season: AwardSeason) -> None:
        draw(expo, season)
        code, queue = next(iter(queues(season).items()))
        place = jury.place_of(season, ROUND, juror(season, code), entry(season, queue[0]))
        assert place is not None
        with transaction():
            place.state = AssignmentState.RECUSED
        assert draw(expo, season) == 1
        assert queue[0] not in queues(season)[code]
        assert sum(queue[0] in each for each in queues(season).values()) == 3

    def test_anew_gives_back_what_nobody_has_begun(self, expo: Expo, season: AwardSeason) -> None:
        draw(expo, season)
        code, queue = next(iter(queues(season).items()))
        place = jury.place_of(season, ROUND, juror(season, code), entry(season, queue[0]))
        assert place is not None
        with transaction():
            place.state = AssignmentState.IN_PROGRESS
        draw(expo, season, anew=True, seed="another")
        assert queue[0] in queues(season)[code]

    def test_lacking_jurors_and_a_short_quorum_are_named(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        with transaction():
            season.jurors_per_entry = 6
        page = office.alice.get(f"{root(expo, season)}/assignments/drawing").get_data(as_text=True)
        assert "A001" in page
        assert drawing.preview(expo, season, ROUND, "seed").drawn.lacking["A001"] == 2
        with transaction():
            assign(entry(season, "A001"), juror(season, "J01"))
        lines = jury.matrix(season, ROUND, 3, drawing.reach_of(season, ROUND).called)
        assert {line.entry.number: line.short for line in lines} == {
            "A001": 2,
            "A002": 3,
            "A003": 3,
            "A004": 3,
        }

    @pytest.mark.parametrize("anew", [False, True])
    def test_a_place_with_a_sheet_of_paper_is_begun(
        self, expo: Expo, season: AwardSeason, *, anew: bool
    ) -> None:
        """The juror may have written on it: neither another seed nor another juror takes it away."""
        with transaction():
            season.jurors_per_entry = 1
        draw(expo, season)
        with transaction():
            printed = paper.print_sheets(expo, season, ROUND, None, BY)
        before = queues(season)
        draw(expo, season, anew=anew, seed="quite another")
        assert {code: sorted(queue) for code, queue in queues(season).items()} == {
            code: sorted(queue) for code, queue in before.items()
        }
        with transaction():
            again = paper.print_sheets(expo, season, ROUND, None, BY)
        assert {each.number for each in again} == {each.number for each in printed}

    def test_who_begins_between_the_look_and_the_drawing_loses_nothing(
        self, expo: Expo, season: AwardSeason, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        draw(expo, season)
        place = jury.assignments(season, ROUND)[0]
        look = drawing.preview

        def looked(*args: Any, **more: Any) -> Any:
            found = look(*args, **more)
            begun = sa.update(Assignment).where(Assignment.id == place.id)
            db.session.execute(
                begun.values(state=AssignmentState.IN_PROGRESS),
                execution_options={"synchronize_session": False},
            )
            return found

        with transaction():
            juror(season, place.juror.code).employer = f"{place.entry.number}轻工"
        mark = drawing.preview(expo, season, ROUND, "seed", anew=True).mark
        monkeypatch.setattr(drawing, "preview", looked)
        with pytest.raises(Stale) as refused, transaction():
            assigning.apply(expo, season, ROUND, "seed", mark, anew=True, by=BY)
        assert refused.value.code == "drawing_changed"
        assert db.session.get(Assignment, place.id) is not None

    def test_an_objection_that_waits_takes_a_place_back_and_says_why(
        self, expo: Expo, season: AwardSeason
    ) -> None:
        """It is no recusal: nothing was decided yet."""
        with transaction():
            place = assign(entry(season, "A001"), juror(season, "J01"))
            conflicts.note(
                expo,
                season,
                juror(season, "J01"),
                entry=entry(season, "A001"),
                company="",
                kind=ConflictKind.ADVISOR,
                source=ConflictSource.CHALLENGE,
                reason="曾任顾问",
                by=BY,
            )
        draw(expo, season)
        row = db.session.get_one(Assignment, place.id)
        assert (row.state, row.reason) == (AssignmentState.WITHDRAWN, "曾任顾问")
