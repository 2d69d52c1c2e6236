"""What the deliberation may decide together, and what its file tells of the jury (awards.md §3.6; P22)."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import msgspec
import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.awards.models import Assignment, AwardEntry, AwardSeason, Sheet
from exhibitions.awards.queries import casework
from exhibitions.awards.rules import result_file
from exhibitions.awards.rules.judging import decide
from exhibitions.awards.rules.lines import Flag
from exhibitions.awards.rules.rule_set import AtBorder, Ballots, Level
from exhibitions.awards.rules.states import AssignmentState
from exhibitions.awards.rules.unnamed import unnamed
from exhibitions.awards.service import deliberating, locking, reading
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from tests.awards.judged import a_file
from tests.awards.making import assign, make_juror
from tests.awards.resulting import LI, RULES, WANG, judged_season
from tests.people import People

# One of four may have a medal: two changes fit the cap each for itself.
CAPPED = msgspec.structs.replace(RULES, levels=(Level(medal="G", at_least=Decimal(99)),), cap=Decimal("0.25"))


def test_of_two_changes_that_fit_the_cap_each_alone_one_is_signed(app: Flask, people: People) -> None:
    """§3.6: never above the cap; the second signature is where both meet."""
    with app.app_context():
        with transaction():
            season = judged_season(rules=CAPPED)
            first = deliberating.propose(season, "A-01", "G", "best", LI)
            second = deliberating.propose(season, "A-02", "G", "second best", LI)
        with transaction():
            deliberating.sign(season, first, WANG)
        with pytest.raises(Refused) as found, transaction():
            deliberating.sign(season, second, WANG)
        assert found.value.code == "override_cap"
        assert len(second.signed) == 1
        _, outcome = casework.judged(season)
        assert {line.entry for line in outcome.lines if line.medal} == {"A-01"}


def contradicting(app: Flask) -> AwardSeason:
    """A signed change of an entry whose marks are others by now: nothing follows from this case."""
    rules = msgspec.structs.replace(
        RULES, levels=(Level(medal="G", places=1),), tie_at_border=AtBorder.TIEBREAK
    )
    with transaction():
        season = judged_season({"A-01": ["90", "90"], "A-02": ["90", "90"], "A-03": ["80", "80"]}, rules)
        row = deliberating.propose(season, "A-03", "G", "first", LI)
    with transaction():
        deliberating.sign(season, row, WANG)
    with transaction():
        entry = db.session.scalars(sa.select(AwardEntry).where(AwardEntry.number == "A-03")).one()
        places = sa.select(Assignment.id).where(Assignment.entry_id == entry.id)
        for sheet in db.session.scalars(sa.select(Sheet).where(Sheet.assignment_id.in_(places))):
            sheet.marks = {"score": "95"}
    return season


def test_a_vote_on_a_case_that_contradicts_itself_is_refused(app: Flask, people: People) -> None:
    with app.app_context():
        season_id = contradicting(app).id
    sent = people.dora.post(
        f"/desk/8th/awards/{season_id}/deliberation/vote?lang=en",
        data={"vote-order": "A-01 A-02", "vote-president": "Zhao", "vote-reason": "finer"},
    )
    assert sent.status_code == 422
    assert "Entry A-03 has another medal than the change begins with." in sent.text
    # What stands in the way can be taken back there.
    assert "Take back" in sent.text


def test_p22_the_file_tells_neither_who_recused_nor_which_marks_are_one_juror_s(
    app: Flask, people: People
) -> None:
    """The office reads on the page of the assignment who was given which entries."""
    marks = {f"A-{place:02}": [str(60 + place), str(70 + place), str(80 + place)] for place in range(6)}
    with app.app_context():
        with transaction():
            season = judged_season(marks)
            assign(casework.rows_of(season)["A-01"], make_juror(season, "J09"), state=AssignmentState.RECUSED)
            row = locking.lock(season, ["Zhao"], LI)
        assert db.session.scalar(sa.select(sa.func.count(Assignment.id))) == 19
        file = reading.sealed_file(season, row)
        assert {sheet.state.value for sheet in file.sheets} == {"submitted"}
        assert set(Counter(sheet.juror for sheet in file.sheets).values()) == {1}
        assert len(file.sheets) == 18


@pytest.mark.parametrize("rules", [{}, {"normalise": "spread"}, {"normalise": "range"}, {"method": "median"}])
def test_another_code_makes_no_other_result(rules: dict[str, object]) -> None:
    """The result is the same for any lot, levelled or not; where marks are levelled a juror keeps one code."""
    marks = {"E1": [92, 70, 85], "E2": [90, 80, 88], "E3": [94, 75, 82], "E4": [60, 65, 70]}
    raw = a_file(marks, rules={"quorum": 2, **rules})
    raw["sheets"].append({"entry": "E1", "juror": "J9", "state": "recused"})
    file = result_file.read(msgspec.json.encode(raw))
    told = unnamed(file, lambda numbers: list(reversed(numbers)))
    before, after = decide(file), decide(told)
    assert [(line.entry, line.score, line.rank, line.medal, line.flags) for line in before.lines] == [
        (line.entry, line.score, line.rank, line.medal, line.flags) for line in after.lines
    ]
    times = set(Counter(sheet.juror for sheet in told.sheets).values())
    assert times == ({4} if "normalise" in rules else {1})
    assert len(told.sheets) == 12


def test_a_juror_who_says_no_award_in_two_rounds_is_one_in_the_file_too() -> None:
    """§3.4 step 6: two jurors take the medal, one asks the president, however often he says so."""
    raw = a_file(
        {"E1": [90, 91]},
        rules={"quorum": 1, "rounds": [{"round": "1", "kind": "qualifying", "advance": 1}, {"round": "2"}]},
    )
    raw["sheets"] = [
        each | {"round": round_, "eliminated": each["juror"] == "J1"}
        for each in raw["sheets"]
        for round_ in ("1", "2")
    ]
    told = unnamed(result_file.read(msgspec.json.encode(raw)), list)
    assert [line.flags for line in decide(told).lines] == [[Flag.SECOND_JUDGING]]


def test_an_order_keeps_its_code_apart_from_sheets() -> None:
    raw = a_file(
        {"E1": [90, 91], "E2": [80, 81]},
        rules={
            "quorum": 1,
            "ballots": Ballots.POINTS.value,
            "rounds": [{"round": "1", "kind": "qualifying", "advance": 2}, {"round": "2", "kind": "ranking"}],
            "levels": [{"medal": "G", "places": 1}],
        },
        ballots=[
            {"juror": "J1", "round": "2", "order": [["E2"], ["E1"]]},
            {"juror": "J2", "round": "2", "order": [["E2"], ["E1"]]},
        ],
    )
    file = result_file.read(msgspec.json.encode(raw))
    told = unnamed(file, list)
    assert [each.juror for each in told.ballots] == ["P01", "P02"]
    assert [line.medal for line in decide(told).lines] == [line.medal for line in decide(file).lines]
