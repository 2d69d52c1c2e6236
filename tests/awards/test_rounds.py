"""Rounds after the first: who comes into them, and what the tables say of them (awards.md §3.3 Round, §3.4 steps 3, 6, 13)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from decimal import Decimal

import pytest

from exhibitions.awards.models import AwardSeason, Ballot, JudgingRound
from exhibitions.awards.queries import assigning as drawing
from exhibitions.awards.queries import casework, jury
from exhibitions.awards.rules.rounds import reach
from exhibitions.awards.rules.rule_set import Criterion, Method, Round, RoundKind, RuleSet
from exhibitions.awards.rules.states import AssignmentState, SeasonState
from exhibitions.awards.service import assigning
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.expos.models import Expo
from tests.awards.making import assign, make_entry, make_juror, make_season, make_sheet
from tests.awards.office import make_office, root
from tests.factories import make_expo

BY = Actor("user", None, "Alice")
CRITERIA = (Criterion(code="score", weight=Decimal(100), name_zh="得分", name_en="Score"),)
QUALIFYING = Round(round="1", kind=RoundKind.QUALIFYING, advance=2)
FINAL = Round(round="2")
ORDER = Round(round="2", kind=RoundKind.RANKING)
RETASTE = Round(round="1b", kind=RoundKind.RETASTE)
FIRST_MARKS = {"A001": "90", "A002": "80", "A003": "85", "A004": "70"}

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def expo(context: None) -> Expo:
    return db.session.get_one(Expo, make_expo())


def rules_of(*rounds: Round, **more: object) -> RuleSet:
    return RuleSet(criteria=CRITERIA, rounds=rounds, quorum=3, **more)  # type: ignore[arg-type]


def season_after(
    expo: Expo, rules: RuleSet, marks: Mapping[str, str] = FIRST_MARKS, *, closed: bool = True
) -> AwardSeason:
    """A season whose three jurors sent these marks in its first round."""
    with transaction():
        season = make_season(expo, state=SeasonState.JUDGING, rules=rules, jurors_per_entry=3)
        jurors = [make_juror(season, f"J0{number}") for number in range(1, 4)]
        for number, mark in marks.items():
            entry = make_entry(season, number)
            for each in jurors:
                make_sheet(entry, each, mark)
        if closed:
            jury.rounds(season)["1"].closed_at = clock.now()
    return season


def drawn(expo: Expo, season: AwardSeason, round_: str) -> set[str]:
    found = drawing.preview(expo, season, round_, "seed")
    return set(itertools.chain.from_iterable(found.drawn.queues.values()))


def test_the_final_is_drawn_for_those_alone_who_went_on(expo: Expo) -> None:
    season = season_after(expo, rules_of(QUALIFYING, FINAL))
    assert drawn(expo, season, "1") == set(FIRST_MARKS)
    assert drawn(expo, season, "2") == {"A001", "A003"}
    lines = jury.matrix(season, "2", 3, drawing.reach_of(season, "2").called)
    assert [line.entry.number for line in lines] == ["A001", "A003"]


def test_equal_scores_at_the_border_all_go_on(expo: Expo) -> None:
    season = season_after(expo, rules_of(QUALIFYING, FINAL), FIRST_MARKS | {"A002": "85"})
    assert drawn(expo, season, "2") == {"A001", "A002", "A003"}


def test_who_goes_on_is_not_known_before_the_round_is_closed(expo: Expo) -> None:
    season = season_after(expo, rules_of(QUALIFYING, FINAL), closed=False)
    with pytest.raises(Refused) as refused:
        drawn(expo, season, "2")
    assert refused.value.code == "round_before"


def test_an_entry_that_did_not_go_on_is_not_given_by_hand_either(expo: Expo) -> None:
    season = season_after(expo, rules_of(QUALIFYING, FINAL))
    juror = jury.jurors(season)[0]
    out, through = (jury.entry_numbered(season, number) for number in ("A004", "A001"))
    assert out
    assert through
    with transaction(), pytest.raises(Refused) as refused:
        assigning.add(expo, season, "2", juror, out, BY)
    assert refused.value.code == "not_in_round"
    with transaction():
        assert assigning.add(expo, season, "2", juror, through, BY).round == "2"


def test_a_retaste_is_drawn_for_those_whose_marks_ask_for_it_and_given_to_others_by_hand(expo: Expo) -> None:
    """§3.4 step 6: one juror wants no award for A002, so it is judged again."""
    season = season_after(expo, rules_of(Round(round="1"), RETASTE))
    juror, entry = jury.jurors(season)[0], jury.entry_numbered(season, "A002")
    other = jury.entry_numbered(season, "A004")
    assert entry
    assert other
    with transaction():
        place = jury.place_of(season, "1", juror, entry)
        assert place
        place.sheets[-1].eliminated = True
    assert drawn(expo, season, "1b") == {"A002"}
    with transaction():
        assigning.add(expo, season, "1b", juror, other, BY)
    assert drawn(expo, season, "1b") == {"A002", "A004"}


def test_a_retaste_after_marks_far_apart(expo: Expo) -> None:
    """§3.4 step 3: with OIV too few sheets lie near the mean of A001."""
    season = season_after(
        expo, rules_of(Round(round="1"), RETASTE, method=Method.OIV, oiv_distance=Decimal(7))
    )
    entry = jury.entry_numbered(season, "A001")
    assert entry
    with transaction():
        for juror, mark in zip(jury.jurors(season), ("60", "80", "99"), strict=True):
            place = jury.place_of(season, "1", juror, entry)
            assert place
            place.sheets[-1].marks = {"score": mark}
    assert drawn(expo, season, "1b") == {"A001"}


def test_a_second_retaste_looks_at_what_was_before_it(expo: Expo) -> None:
    again = Round(round="1c", kind=RoundKind.RETASTE)
    season = season_after(expo, rules_of(Round(round="1"), RETASTE, again))
    case = casework.case_of(season).file
    assert reach(case, "1b").called == frozenset()
    assert reach(case, "1c").standing == frozenset(FIRST_MARKS)
    with pytest.raises(ValueError, match="no round"):
        reach(case, "9")


def test_a_recusal_in_a_ranking_round_leaves_the_result_judgeable(expo: Expo) -> None:
    """§3.4 step 13: the share counts those orders alone that contain the entry; what was recused is in none."""
    season = season_after(expo, rules_of(QUALIFYING, ORDER), FIRST_MARKS | {"A002": "85"})
    numbers = ("A001", "A002", "A003")
    with transaction():
        now = clock.now()
        db.session.add(JudgingRound(expo_id=expo.id, season_id=season.id, round="2", opened_at=now))
        for juror in jury.jurors(season):
            for number in numbers:
                entry = jury.entry_numbered(season, number)
                assert entry
                recused = juror.code == "J01" and number == "A001"
                assign(
                    entry,
                    juror,
                    round_="2",
                    state=AssignmentState.RECUSED if recused else AssignmentState.SUBMITTED,
                )
            # The first juror's order was sent before the interest in A001 was upheld.
            db.session.add(
                Ballot(
                    expo_id=expo.id,
                    season_id=season.id,
                    round="2",
                    juror_id=juror.id,
                    order=[["A001"], ["A002"], ["A003"]],
                    submitted_at=now,
                    changed_at=now,
                )
            )
    found, outcome = casework.judged(season)
    assert [ballot.order for ballot in found.file.ballots if ballot.juror == "J01"] == [
        (("A002",), ("A003",))
    ]
    line = next(each for each in outcome.lines if each.entry == "A001")
    assert line.n == 2


def test_the_office_reads_why_the_final_waits_and_then_who_is_in_it(app: object, expo: Expo) -> None:
    season = season_after(expo, rules_of(QUALIFYING, FINAL), closed=False)
    office = make_office(app)  # type: ignore[arg-type]
    where = f"{root(expo, season)}/assignments"
    said = "请先完成并结束第 1 轮评审"
    page = office.alice.get(f"{where}?round=2").get_data(as_text=True)
    assert said in page
    assert "/assignments/drawing" not in page
    assert office.alice.get(f"{where}/drawing?round=2").status_code == 303
    assert said in office.alice.get(f"{where}?round=2").get_data(as_text=True)
    office.alice.post(f"{where}/close-round", data={"round": "1"})
    page = office.alice.get(f"{where}?round=2").get_data(as_text=True)
    assert "A003" in page
    assert "A004" not in page
    assert office.alice.get(f"{where}/drawing?round=2").status_code == 200
