"""Deliberation, lock and what comes after it (AW-33, AW-36, AW-37, AW-39; ux.md J3)."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from exhibitions.awards import commands, handlers
from exhibitions.awards.models import (
    AwardEntry,
    AwardResult,
    AwardSeason,
    Decision,
    ResultLine,
    Sheet,
)
from exhibitions.awards.queries import casework, published
from exhibitions.awards.queries.casework import case_of
from exhibitions.awards.queries.deliberation import lines_of
from exhibitions.awards.rules.case import Second
from exhibitions.awards.rules.rule_set import AtBorder, Level, RuleSet
from exhibitions.awards.rules.states import EntryState, SeasonState
from exhibitions.awards.service import deliberating, locking, publishing_result, reading
from exhibitions.awards.service.result_files import notes_of
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.expos.rules import Role
from exhibitions.files.models import StoredFile
from tests.awards.resulting import LI, RULES, WANG, judged_season, person, the_fair
from tests.engines import both_engines
from tests.people import People


def medals(season: AwardSeason) -> dict[str, str | None]:
    _, outcome = casework.judged(season)
    return {line.entry: line.medal for line in outcome.lines}


@both_engines
def test_what_is_locked_is_what_was_compared(app: Flask, people: People) -> None:
    with app.app_context():
        with transaction():
            season = judged_season()
            row = locking.lock(season, ["Zhao", "Qian"], LI)
        assert (season.state, row.version, row.medals, row.presented) == (
            SeasonState.LOCKED,
            1,
            {"G": 1, "S": 1, "B": 1},
            4,
        )
        lines = db.session.scalars(sa.select(ResultLine).order_by(ResultLine.position)).all()
        assert [(line.entry.number, line.score, line.rank, line.medal) for line in lines] == [
            ("A-01", "90.75", 1, "G"),
            ("A-02", "83.50", 2, "S"),
            ("A-03", "80.75", 3, "B"),
            ("A-04", "71.00", 4, ""),
        ]
        assert [each["name"] for each in row.signed] == ["Li", "Zhao", "Qian"]
        sealed = reading.sealed_bytes(season, row)
        assert json.loads(sealed)["hash"] == row.hash


def test_the_sealed_file_is_recomputed_by_the_command(app: Flask, people: People, tmp_path: Path) -> None:
    with app.app_context():
        with transaction():
            season = judged_season()
            row = locking.lock(season, ["Zhao"], LI)
        sealed = reading.sealed_bytes(season, row)
    path = tmp_path / "result.json"
    path.write_bytes(sealed)
    done = CliRunner().invoke(commands.awards, ["recompute", str(path), "--json"])
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["hash"] == row.hash


def test_the_file_names_no_juror_by_the_office_s_code(app: Flask, people: People) -> None:
    """P22: the office knows who J01 is, everybody may read the published file."""
    marks = {f"A-{place:02}": [str(60 + place), str(70 + place), str(80 + place)] for place in range(6)}
    with app.app_context():
        with transaction():
            season = judged_season(marks)
            row = locking.lock(season, ["Zhao"], LI)
        file = reading.sealed_file(season, row)
        # Each sheet has a code of its own: the set of a juror's entries would name him as well.
        assert sorted(sheet.juror for sheet in file.sheets) == [f"P{place:02}" for place in range(1, 19)]


def test_the_lot_of_codes_is_drawn_anew(app: Flask, people: People) -> None:
    codes = [f"J{place:02}" for place in range(40)]
    assert locking.drawn(codes) != locking.drawn(codes)
    assert sorted(locking.drawn(codes)) == codes


def test_entries_show_no_medal_before_publication(app: Flask, people: People) -> None:
    """AW-39, P22: lists that more people read show the state of an entry."""
    with app.app_context():
        with transaction():
            season = judged_season()
            locking.lock(season, ["Zhao"], LI)
        assert states(season) == {EntryState.JUDGED}
        with transaction():
            publishing_result.publish(season, LI)
        assert {row.number: row.state for row in casework.rows_of(season).values()} == {
            "A-01": EntryState.AWARDED,
            "A-02": EntryState.AWARDED,
            "A-03": EntryState.AWARDED,
            "A-04": EntryState.NOT_AWARDED,
        }


def states(season: AwardSeason) -> set[EntryState]:
    return {row.state for row in casework.rows_of(season).values()}


def refused(season: AwardSeason) -> Refused:
    with pytest.raises(Refused) as found, transaction():
        locking.lock(season, ["Zhao"], LI)
    assert season.state is SeasonState.DELIBERATING
    assert db.session.scalars(sa.select(AwardResult)).all() == []
    return found.value


def test_an_open_tie_at_a_border_hinders_locking_and_is_named(app: Flask, people: People) -> None:
    rules = tied_rules()
    with app.app_context():
        with transaction():
            season = judged_season({"A-01": ["90", "90"], "A-02": ["90", "90"]}, rules)
        found = refused(season)
        assert (found.code, found.params) == ("open_tie", {"entries": "A-01, A-02"})
        with transaction():
            deliberating.cast_vote(season, ["A-02", "A-01"], "Zhao", "finer", LI)
        with transaction():
            locking.lock(season, ["Zhao"], LI)
        assert medals(season) == {"A-02": "G", "A-01": None}


def tied_rules() -> RuleSet:
    return msgspec.structs.replace(
        RULES, levels=(Level(medal="G", places=1),), tie_at_border=AtBorder.TIEBREAK
    )


def test_an_undecided_second_judging_hinders_locking_and_is_named(app: Flask, people: People) -> None:
    """AW-28: exactly one mark against any award asks the president."""
    with app.app_context():
        with transaction():
            season = judged_season()
            sheet = db.session.scalars(sa.select(Sheet)).first()
            assert sheet is not None
            sheet.eliminated = True
        found = refused(season)
        assert (found.code, found.params) == ("second_judging", {"entries": "A-01"})
        with transaction():
            deliberating.answer_second(season, "A-01", Second.AWARD, "Zhao", "", LI)
        assert medals(season)["A-01"] == "G"
        with transaction():
            deliberating.answer_second(season, "A-01", Second.NO_AWARD, "Zhao", "cracked", LI)
        with transaction():
            locking.lock(season, ["Zhao"], LI)
        assert medals(season)["A-01"] is None


def test_the_president_is_not_asked_where_nobody_objects(app: Flask, people: People) -> None:
    with app.app_context():
        with transaction():
            season = judged_season()
        with pytest.raises(Refused) as found, transaction():
            deliberating.answer_second(season, "A-01", Second.NO_AWARD, "Zhao", "", LI)
        assert found.value.code == "nobody_asked"


def test_a_changed_medal_is_proposed_by_one_and_signed_by_another(app: Flask, people: People) -> None:
    with app.app_context():
        with transaction():
            season = judged_season()
            row = deliberating.propose(season, "A-04", "B", "a world first", LI)
        found = refused(season)
        assert (found.code, found.params) == ("unsigned", {"entries": "A-04"})
        for same in (LI, Actor("user", 3, " li ")):
            with pytest.raises(Refused) as again, transaction():
                deliberating.sign(season, row, same)
            assert again.value.code == "signatories"
        marks = [dict(sheet.marks) for sheet in db.session.scalars(sa.select(Sheet).order_by(Sheet.id))]
        with transaction():
            deliberating.sign(season, row, WANG)
        assert medals(season)["A-04"] == "B"
        # §3.6: deliberation cannot touch marks.
        assert marks == [sheet.marks for sheet in db.session.scalars(sa.select(Sheet).order_by(Sheet.id))]
        with transaction():
            deliberating.take_back(season, row, LI)
        assert medals(season)["A-04"] is None
        assert db.session.get_one(Decision, row.id).taken_back_at is not None


@pytest.mark.parametrize(
    ("entry", "medal", "reason", "code"),
    [
        ("A-04", "X", "r", "medal_unknown"),
        ("A-04", None, "r", "override_nothing"),
        ("A-04", "B", " ", "override_reason"),
        ("A-99", "B", "r", "entry_unknown"),
    ],
)
def test_a_change_that_the_rules_forbid_is_refused_before_anybody_signs(
    app: Flask, people: People, entry: str, medal: str | None, reason: str, code: str
) -> None:
    with app.app_context():
        with transaction():
            season = judged_season()
        with pytest.raises(Refused) as found, transaction():
            deliberating.propose(season, entry, medal, reason, LI)
        assert found.value.code == code


def test_a_casting_vote_is_for_equal_scores(app: Flask, people: People) -> None:
    with app.app_context():
        with transaction():
            season = judged_season()
        for order in (["A-01"], ["A-01", "A-02"], ["A-01", "A-77"], ["A-01", "A-01"]):
            with pytest.raises(Refused) as found, transaction():
                deliberating.cast_vote(season, order, "Zhao", "r", LI)
            assert found.value.code == "not_tied"


def a_locked_one() -> tuple[AwardSeason, AwardResult]:
    with transaction():
        season = judged_season()
        return season, locking.lock(season, ["Zhao"], LI)


def reopened(season: AwardSeason, reason: str) -> None:
    with transaction():
        wish = locking.ask_reopening(season, reason, "", LI)
    with transaction():
        locking.reopen(season, wish, WANG)


def test_aw_33_what_changes_in_the_tables_after_the_lock_changes_no_result(
    app: Flask, people: People
) -> None:
    with app.app_context():
        season, _row = a_locked_one()
        with transaction():
            sheet = db.session.scalars(sa.select(Sheet).order_by(Sheet.id)).first()
            assert sheet is not None
            sheet.marks = {"score": "60"}
        shown = reading.result_now(season)
        assert shown.outcome is not None
        assert shown.outcome.lines[0].entry == "A-01"
        with pytest.raises(Conflict), transaction():
            deliberating.propose(season, "A-04", "B", "late", LI)


def test_aw_33_one_alone_or_without_a_reason_opens_nothing(app: Flask, people: People) -> None:
    with app.app_context():
        season, _row = a_locked_one()
        with pytest.raises(Refused) as found, transaction():
            locking.ask_reopening(season, " ", "", LI)
        assert found.value.code == "reopening_reason"
        with transaction():
            wish = locking.ask_reopening(season, "J01 read the wrong line", "", LI)
        with pytest.raises(Refused) as found, transaction():
            locking.reopen(season, wish, LI)
        assert found.value.code == "signatories"
        assert season.state is SeasonState.LOCKED


@both_engines
def test_aw_33_two_open_it_and_the_next_lock_is_a_new_version(app: Flask, people: People) -> None:
    with app.app_context():
        season, first = a_locked_one()
        old = reading.sealed_bytes(season, first)
        reopened(season, "J01 read the wrong line")
        assert season.state is SeasonState.DELIBERATING
        with transaction():
            sheet = db.session.scalars(sa.select(Sheet).order_by(Sheet.id)).first()
            assert sheet is not None
            sheet.marks = {"score": "93"}
        with transaction():
            second = locking.lock(season, ["Zhao"], WANG)
        kept = db.session.get_one(AwardResult, first.id)
        assert (second.version, kept.replaced_at is not None, second.hash != kept.hash) == (2, True, True)
        assert reading.sealed_bytes(season, kept) == old
        # `reason` says why a version replaced the one before, not why it was replaced itself.
        assert (kept.reason, second.reason) == ("", "J01 read the wrong line")
        why = ("Li", "Wang"), "J01 read the wrong line"
        assert [(line.version, line.hash, line.names, line.reason) for line in lines_of(season)] == [
            (1, kept.hash, (), ""),
            (1, "", *why),
            (2, second.hash, (), ""),
        ]
        stored = db.session.scalars(sa.select(StoredFile).where(StoredFile.purpose == locking.PURPOSE)).all()
        assert len(stored) == 2


def test_a_published_result_is_reopened_with_a_note_for_everybody(app: Flask, people: People) -> None:
    with app.app_context():
        with transaction():
            season = judged_season()
            locking.lock(season, ["Zhao"], LI)
        with transaction():
            publishing_result.publish(season, LI)
        with pytest.raises(Refused) as found, transaction():
            locking.ask_reopening(season, "a complaint", "", LI)
        assert found.value.code == "reopening_note"
        with transaction():
            wish = locking.ask_reopening(season, "a complaint", "正在复核", LI)
        with pytest.raises(Conflict), transaction():
            locking.ask_reopening(season, "again", "正在复核", WANG)
        with transaction():
            locking.reopen(season, wish, WANG)
        assert states(season) == {EntryState.JUDGED}
        expo = the_fair()
        assert published.public_seasons(expo) == []
        (event,) = published.reviewed_notes(expo)
        assert (event.public_note, event.user_id, event.second_user_id) == ("正在复核", WANG.id, LI.id)


def test_aw_36_a_withdrawal_after_the_lock_is_a_note(app: Flask, people: People) -> None:
    with app.app_context():
        with transaction():
            season = judged_season()
            with pytest.raises(Refused):
                publishing_result.note_withdrawal(season, "A-01", "they closed", LI)
            row = locking.lock(season, ["Zhao"], LI)
        with transaction():
            publishing_result.note_withdrawal(season, "A-01", "they closed", LI)
        shown = reading.result_now(season)
        assert shown.outcome is not None
        assert shown.outcome.lines[0].medal == "G"
        assert casework.rows_of(season)["A-01"].state is EntryState.JUDGED

        assert [each.text for each in notes_of(casework.rows_of(season)["A-01"])] == ["they closed"]
        assert row.replaced_at is None


def test_under_embargo_nothing_is_public_until_its_second(app: Flask, people: People) -> None:
    with app.app_context():
        with transaction():
            moment = clock.now() + timedelta(hours=1)
            season = judged_season(publish_at=moment)
            locking.lock(season, ["Zhao"], LI)
        with transaction():
            publishing_result.publish(season, LI)
        assert season.state is SeasonState.EMBARGOED
        assert not published.is_public(season, moment - timedelta(seconds=1))
        assert published.is_public(season, moment)
        with transaction():
            assert publishing_result.publish_due(moment - timedelta(seconds=1)) == 0
        with transaction():
            assert publishing_result.publish_due(moment) == 1
        assert (season.state, season.state_since) == (SeasonState.PUBLISHED, moment)
        assert casework.rows_of(season)["A-01"].state is EntryState.AWARDED


def test_the_job_publishes_what_is_due(app: Flask, people: People) -> None:
    with app.app_context():
        with transaction():
            season = judged_season(publish_at=clock.now() + timedelta(hours=1))
            locking.lock(season, ["Zhao"], LI)
        with transaction():
            publishing_result.publish(season, LI)
        with transaction():
            season.publish_at = clock.now() - timedelta(seconds=1)
        assert handlers.publish_due(None) == {"seasons": 1}  # type: ignore[arg-type]
        assert handlers.publish_due(None) == {"seasons": 0}  # type: ignore[arg-type]


def test_a_result_is_locked_only_in_deliberation_and_once(app: Flask, people: People) -> None:
    with app.app_context():
        with transaction():
            season = judged_season(state=SeasonState.SCORED)
        with pytest.raises(Conflict), transaction():
            locking.lock(season, ["Zhao"], LI)
        with transaction():
            deliberating.begin(season, LI)
        with transaction():
            locking.lock(season, ["Zhao"], LI)
        with pytest.raises(Conflict), transaction():
            locking.lock(season, ["Zhao"], LI)
        assert [row.version for row in casework.results(season)] == [1]


def test_a_revoked_award_takes_no_part_in_a_result_that_is_locked_anew(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        season = judged_season()
        row = db.session.scalars(sa.select(AwardEntry).where(AwardEntry.number == "A-01")).one()
        row.state = EntryState.REVOKED
        db.session.flush()
        assert medals(season)["A-01"] is None
        assert case_of(season).file.entries[0].state.value == "disqualified"


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        ("zh", ["结果第1版由Li、Wang申请并签字重新合议：a complaint", "结果第2版已锁定，SHA-256为"]),
        ("en", ["Result version 1 reopened by Li, Wang: a complaint", "Result version 2 locked, SHA-256"]),
    ],
)
def test_the_page_shows_what_was_locked_and_opened_with_the_minute_of_each_version(
    app: Flask, people: People, lang: str, sentences: list[str]
) -> None:
    """AW-33: on the fair's clock, in the reader's language; the typed minute is that of its version."""
    with app.app_context():
        with transaction():
            season = judged_season()
            deliberating.save_minute(season, "", "All agree.", LI)
            first = locking.lock(season, ["Zhao"], LI)
        reopened(season, "a complaint")
        with transaction():
            deliberating.save_minute(season, "", "Wang read A-01 again.", LI)
        with transaction():
            locking.lock(season, ["Zhao"], WANG)
        address = f"/desk/8th/awards/{season.id}/deliberation"
        local = first.locked_at.astimezone(ZoneInfo("Asia/Shanghai"))
    answer = person(app, "office", Role.AWARD_ADMIN).get(f"{address}?lang={lang}")
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))
    for sentence in (*sentences, f"{local:%H:%M}", "All agree.", "Wang read A-01 again."):
        assert sentence in page


def test_an_embargo_is_lifted_on_the_page_with_a_reason(app: Flask, people: People) -> None:
    with app.app_context():
        with transaction():
            season = judged_season(publish_at=clock.now() + timedelta(hours=1))
            locking.lock(season, ["Zhao"], LI)
        with transaction():
            publishing_result.publish(season, LI)
        address = f"/desk/8th/awards/{season.id}/deliberation"
    office = person(app, "office", Role.AWARD_ADMIN)
    assert office.post(f"{address}/lift-embargo", data={"lift-text": " "}).status_code == 422
    assert office.post(f"{address}/lift-embargo", data={"lift-text": "颁奖推迟"}).status_code == 303
    with app.app_context():
        assert db.session.scalars(sa.select(AwardSeason)).one().state is SeasonState.LOCKED
    assert "颁奖推迟" in office.get(f"/desk/8th/awards/{season_number(address)}").text


def season_number(address: str) -> str:
    return address.split("/")[-2]
