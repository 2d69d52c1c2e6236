"""A result that is locked, published, opened again and locked anew: what it leaves behind (AW-33, AW-36, AW-39, P22)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.audit.models import Entry
from exhibitions.awards.models import AwardEntry, AwardSeason, Certificate, Decision, EntryEvent, SeasonEvent
from exhibitions.awards.queries import casework, entries, published
from exhibitions.awards.queries.deliberation import lines_of
from exhibitions.awards.rules.entry_words import shown_state, shown_to_company
from exhibitions.awards.rules.states import EntryStage, EntryState, SeasonState, stage
from exhibitions.awards.service import (
    certificates,
    deliberating,
    entering,
    locking,
    publishing_result,
    revoking,
    screening,
    tabled,
)
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from tests.awards.making import make_entry
from tests.awards.resulting import LI, WANG, judged_season, the_fair
from tests.engines import both_engines
from tests.people import People


@pytest.fixture(autouse=True)
def fair(app: Flask, people: People, context: None) -> None:
    """Every test begins with the fair and its people."""


def a_locked_one(publish_at: datetime | None = None) -> AwardSeason:
    with transaction():
        season = judged_season(publish_at=publish_at)
        locking.lock(season, ["Zhao"], LI)
    return season


def a_published_one() -> AwardSeason:
    season = a_locked_one()
    publish(season)
    return season


def publish(season: AwardSeason) -> None:
    with transaction():
        publishing_result.publish(season, LI)


def reopen(season: AwardSeason, note: str = "正在复核") -> Decision:
    with transaction():
        wish = locking.ask_reopening(season, "a complaint", note, LI)
    with transaction():
        locking.reopen(season, wish, WANG)
    return wish


def lock_again(season: AwardSeason) -> None:
    with transaction():
        locking.lock(season, ["Zhao"], WANG)


def entry(season: AwardSeason, number: str) -> AwardEntry:
    return casework.rows_of(season)[number]


def refused(deed: Callable[[], object]) -> str:
    with pytest.raises(Refused) as found, transaction():
        deed()
    return found.value.code


class TestReopening:
    def test_what_was_asked_before_publication_needs_the_note_once_it_is_public(self) -> None:
        season = a_locked_one()
        with transaction():
            wish = locking.ask_reopening(season, "a complaint", "", LI)
        publish(season)
        assert refused(lambda: locking.reopen(season, wish, WANG)) == "reopening_note_since"
        assert (season.state, len(wish.signed)) == (SeasonState.PUBLISHED, 1)
        with transaction():
            deliberating.take_back(season, wish, LI)
        reopen(season)
        assert season.state is SeasonState.DELIBERATING

    def test_a_moment_that_has_come_makes_it_public_before_the_job_does(self) -> None:
        """Between the moment and the job everybody reads the result: it is published, whoever comes first."""
        season = a_locked_one(publish_at=clock.now() + timedelta(hours=1))
        publish(season)
        with transaction():
            season.publish_at = clock.now() - timedelta(seconds=1)
        assert refused(lambda: locking.ask_reopening(season, "why", "", LI)) == "reopening_note"
        assert refused(lambda: publishing_result.lift_embargo(season, "why", LI)) == "published"
        reopen(season)
        assert published.was_public(season)
        assert [note.public_note for note in published.reviewed_notes(the_fair())] == ["正在复核"]

    @both_engines
    def test_aw_36_a_withdrawal_that_was_noted_counts_before_the_next_lock(self) -> None:
        """Else who gave the product back could move up to a medal when the result is locked anew."""
        season = a_published_one()
        with transaction():
            entering.withdraw(season, entry(season, "A-01"), "不再参评", LI)
        assert entry(season, "A-01").state is EntryState.AWARDED
        reopen(season)
        assert entry(season, "A-01").state is EntryState.WITHDRAWN
        lock_again(season)
        publish(season)
        line = next(each for each in casework.result_of(season).lines if each.entry.number == "A-01")  # type: ignore[union-attr]
        assert (line.medal, line.flags) == ("", ["WITHDRAWN"])
        assert entry(season, "A-01").state is EntryState.WITHDRAWN

    def test_a_change_of_what_was_revoked_since_stands_in_nobody_s_way(self) -> None:
        """AW-33: the next lock needs no medal from an entry that has lost it."""
        with transaction():
            season = judged_season()
            change = deliberating.propose(season, "A-03", "S", "outstanding", LI)
        with transaction():
            deliberating.sign(season, change, WANG)
        lock_again(season)
        publish(season)
        with transaction():
            revoking.revoke(season, "A-03", "plagiarism", LI)
        reopen(season)
        lock_again(season)
        assert {line.entry for line in casework.judged(season)[1].lines if line.medal} == {"A-01", "A-02"}

    def test_a_closed_season_is_opened_again_by_the_same_two(self) -> None:
        season = a_published_one()
        with transaction():
            season.state = SeasonState.CLOSED
        assert refused(lambda: locking.ask_reopening(season, "why", "", LI)) == "reopening_note"
        reopen(season)
        assert season.state is SeasonState.DELIBERATING

    def test_what_two_have_signed_is_not_taken_back(self) -> None:
        season = a_locked_one()
        wish = reopen(season, "")
        assert refused(lambda: deliberating.take_back(season, wish, LI)) == "reopened_already"
        assert wish.taken_back_at is None

    def test_the_version_before_names_no_winner_any_more(self) -> None:
        season = a_published_one()
        reopen(season)
        lock_again(season)
        publish(season)
        winners = published.winners(the_fair(), published.public_seasons(the_fair()))
        assert [(each.entry.number, each.medal) for each in winners] == [
            ("A-01", "G"),
            ("A-02", "S"),
            ("A-03", "B"),
        ]


class TestNotes:
    def test_everybody_reads_the_last_note_until_the_result_is_public_again(self) -> None:
        expo = the_fair()
        season = a_published_one()
        reopen(season, "第一次复核")
        lock_again(season)
        publish(season)
        assert published.reviewed_notes(expo) == []
        reopen(season, "第二次复核")

        def told() -> list[str]:
            assert published.has_something(expo)
            return [note.public_note for note in published.reviewed_notes(expo)]

        assert told() == ["第二次复核"]
        lock_again(season)
        assert told() == ["第二次复核"]
        with transaction():
            publishing_result.set_moment(season, clock.now() + timedelta(days=1), LI)
        publish(season)
        assert (season.state, told()) == (SeasonState.EMBARGOED, ["第二次复核"])

    def test_of_a_result_that_nobody_has_seen_nobody_is_told(self) -> None:
        season = a_locked_one()
        reopen(season, "委员会内部")
        assert published.reviewed_notes(the_fair()) == []
        assert not published.has_something(the_fair())


class TestMedals:
    def test_who_was_never_on_the_table_is_in_no_result_also_when_it_is_locked_anew(self) -> None:
        """§3.4 step 8: N counts what was presented; a publication in between makes nothing presented."""
        with transaction():
            season = judged_season()
            make_entry(season, "A-05")
            first = locking.lock(season, ["Zhao"], LI)
        publish(season)
        assert entry(season, "A-05").state is EntryState.SCREENED_OK
        reopen(season)
        lock_again(season)
        second = casework.result_of(season)
        assert second is not None
        assert (first.presented, second.presented, second.medals) == (4, 4, first.medals)

    def test_a_sample_that_comes_before_the_lock_makes_an_entry_a_judged_one(self) -> None:
        with transaction():
            season = judged_season()
            make_entry(season, "A-05", state=EntryState.SAMPLE_RECEIVED, sample_received_at=clock.now())
            row = locking.lock(season, ["Zhao"], LI)
        assert (entry(season, "A-05").state, row.presented) == (EntryState.JUDGED, 5)
        publish(season)
        assert entry(season, "A-05").state is EntryState.NOT_AWARDED

    @pytest.mark.parametrize("fate", ["disqualified", "withdrawn"])
    def test_the_certificate_of_who_falls_out_is_revoked(self, fate: str) -> None:
        """Its page says whether it is good: a certificate of no medal is not."""
        season = a_published_one()
        with transaction():
            certificates.issue(the_fair(), season, LI)
        reopen(season)
        with transaction():
            if fate == "disqualified":
                screening.disqualify(season, entry(season, "A-01"), "copied", LI)
            else:
                entering.withdraw(season, entry(season, "A-01"), "", LI)
        lock_again(season)
        publish(season)
        rows = db.session.scalars(sa.select(Certificate).order_by(Certificate.id)).all()
        revoked = {row.entry.number: row.revoked_at is not None for row in rows}
        assert revoked == {"A-01": True, "A-02": False, "A-03": False}
        assert entry(season, "A-01").state.value == fate
        assert entry(season, "A-02").state is EntryState.CERTIFICATE_ISSUED

    def test_publication_asks_the_same_whatever_the_number_of_entries(self) -> None:
        season = a_locked_one()
        asked: list[str] = []
        sa.event.listen(db.engine, "before_cursor_execute", lambda *each: asked.append(each[2]))
        with transaction():
            db.session.refresh(season)
            publishing_result.give_medals(season, LI)
        assert sum("FROM award_entries" in each for each in asked) == 0

    def test_the_audit_does_not_tell_who_won(self) -> None:
        """P22: the deed on the season is there, and no line of an entry."""
        season = a_published_one()
        reopen(season)
        actions = set(db.session.scalars(sa.select(Entry.action)))
        assert {"awards.published", "awards.unlocked"} <= actions
        assert not any(action.startswith("awards.entry_") for action in actions)


class TestRevoking:
    @pytest.mark.parametrize("state", ["locked", "embargoed", "locked anew"])
    def test_nothing_is_revoked_before_it_is_public(self, state: str) -> None:
        """AW-39, P22: the word "revoked" would tell the organiser and the company that it had won."""
        if state == "locked anew":
            season = a_published_one()
            reopen(season)
            lock_again(season)
        else:
            season = a_locked_one(
                publish_at=clock.now() + timedelta(days=1) if state == "embargoed" else None
            )
        if state == "embargoed":
            publish(season)
        assert refused(lambda: revoking.revoke(season, "A-01", "copied", LI)) == "revoke_unpublished"
        assert entry(season, "A-01").state is EntryState.JUDGED

    def test_between_the_moment_and_the_job_it_is_published_first(self) -> None:
        season = a_locked_one(publish_at=clock.now() + timedelta(hours=1))
        publish(season)
        with transaction():
            season.publish_at = clock.now() - timedelta(seconds=1)
        with transaction():
            revoking.revoke(season, "A-01", "copied", LI)
        assert (season.state, entry(season, "A-01").state) == (SeasonState.PUBLISHED, EntryState.REVOKED)

    def test_one_service_writes_a_withdrawal_after_the_lock(self) -> None:
        """AW-36: under one name, whichever page it comes from."""
        season = a_locked_one()
        with transaction():
            publishing_result.note_withdrawal(season, "A-01", "they closed", LI)
            entering.withdraw(season, entry(season, "A-02"), "they closed", LI)
        events = db.session.scalars(sa.select(EntryEvent.deed).where(EntryEvent.text == "they closed")).all()
        noted = db.session.scalars(sa.select(Entry.action).where(Entry.action.contains("withdrawal"))).all()
        assert events == ["withdrawal_noted"] * 2
        assert noted == ["awards.entry_withdrawal_noted"] * 2


class TestMoment:
    def test_at_its_second_desk_and_exhibitor_read_what_everybody_reads(self) -> None:
        """The job that moves the entries comes up to a minute later."""
        season = a_locked_one(publish_at=clock.now() + timedelta(hours=1))
        publish(season)

        def words(number: str) -> tuple[EntryStage, EntryStage]:
            told, row = published.told(season), entry(season, number)
            office = stage(shown_state(told.state(row), is_public=told.is_public))
            return office, shown_to_company(told.state(row), is_public=told.is_public)

        assert words("A-01") == words("A-04") == (EntryStage.JUDGED, EntryStage.ACCEPTED)
        with transaction():
            season.publish_at = clock.now() - timedelta(seconds=1)
        before = words("A-01"), words("A-04")
        assert before == ((EntryStage.MEDAL,) * 2, (EntryStage.NONE,) * 2)
        with transaction():
            publishing_result.publish_due(clock.now())
        assert (words("A-01"), words("A-04")) == before
        assert entries.counts(season)[EntryStage.MEDAL] == 3

    def test_an_embargo_is_lifted_with_a_reason_that_is_kept(self) -> None:
        season = a_locked_one(publish_at=clock.now() + timedelta(days=1))
        publish(season)
        assert refused(lambda: publishing_result.lift_embargo(season, " ", LI)) == "lift_reason"
        assert refused(lambda: publishing_result.set_moment(season, None, LI)) == "embargo_moment"
        with transaction():
            publishing_result.lift_embargo(season, "the ceremony is later", LI)
        event = db.session.scalars(sa.select(SeasonEvent).order_by(SeasonEvent.id.desc())).first()
        assert event is not None
        assert (event.state_after, event.reason) == (SeasonState.LOCKED, "the ceremony is later")
        noted = db.session.scalars(sa.select(Entry).where(Entry.action == "awards.embargo_lifted")).one()
        assert noted.reason

    def test_a_moment_that_was_put_off_while_the_job_waited_is_not_published(self) -> None:
        season = a_locked_one(publish_at=clock.now() + timedelta(days=1))
        publish(season)
        due = published.due
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(published, "due", lambda now: due(now + timedelta(days=2)))
            with transaction():
                assert publishing_result.publish_due(clock.now()) == 0
        assert season.state is SeasonState.EMBARGOED


class TestDisqualification:
    @pytest.mark.parametrize("sample", [False, True])
    def test_a_mistake_is_undone_before_the_lock(self, sample: bool) -> None:
        with transaction():
            season = judged_season(state=SeasonState.JUDGING)
            row = make_entry(season, "A-05", sample_received_at=clock.now() if sample else None)
            screening.disqualify(season, row, "wrong row", LI)
        assert refused(lambda: tabled.reinstate(season, row, "  ", LI)) == "reason_missing"
        with transaction():
            tabled.reinstate(season, row, "it was A-06", LI)
        assert row.state is (EntryState.SAMPLE_RECEIVED if sample else EntryState.SCREENED_OK)
        event = entries.last_event(row, "reinstated")
        assert event is not None
        assert (event.state_before, event.text) == (EntryState.DISQUALIFIED, "it was A-06")

    def test_where_judging_is_over_it_is_a_judged_one_again(self) -> None:
        with transaction():
            season = judged_season()
            screening.disqualify(season, entry(season, "A-01"), "wrong row", LI)
        with transaction():
            tabled.reinstate(season, entry(season, "A-01"), "it was A-06", LI)
        assert entry(season, "A-01").state is EntryState.JUDGED
        assert casework.judged(season)[1].medals == {"G": 1, "S": 1, "B": 1}

    def test_not_once_the_result_is_locked_and_only_what_was_disqualified(self) -> None:
        with transaction():
            season = judged_season()
            screening.disqualify(season, entry(season, "A-01"), "copied", LI)
        with pytest.raises(Conflict, match="not_disqualified"), transaction():
            tabled.reinstate(season, entry(season, "A-02"), "why", LI)
        assert entry(season, "A-02").state is EntryState.JUDGED
        lock_again(season)
        with pytest.raises(Conflict, match="result_locked"), transaction():
            tabled.reinstate(season, entry(season, "A-01"), "why", LI)


class TestMinute:
    def test_nobody_writes_over_what_was_locked_and_opened(self) -> None:
        """AW-33: the lines follow from what was done; the typed text is the people's own."""
        with transaction():
            season = judged_season()
            deliberating.save_minute(season, "Zhao, Qian", "All agree.", LI)
            locking.lock(season, ["Zhao"], LI)
        reopen(season, "")
        with transaction():
            deliberating.save_minute(season, "", "", LI)
        lock_again(season)
        assert [(line.version, bool(line.hash)) for line in lines_of(season)] == [
            (1, True),
            (1, False),
            (2, True),
        ]
        second, first = casework.results(season)
        assert (first.members, first.minute) == ("Zhao, Qian", "All agree.")
        assert (second.members, second.minute) == ("", "")

    def test_a_wish_that_waits_is_no_line(self) -> None:
        season = a_locked_one()
        with transaction():
            locking.ask_reopening(season, "why", "", LI)
        assert [line.version for line in lines_of(season)] == [1]


@both_engines
def test_a_result_goes_all_the_way_and_back(database: object) -> None:
    season = a_published_one()
    reopen(season)
    lock_again(season)
    publish(season)
    assert season.state is SeasonState.PUBLISHED
    assert entry(season, "A-01").state is EntryState.AWARDED
