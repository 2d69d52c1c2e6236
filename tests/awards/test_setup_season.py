"""A season from its first template to its end: categories, frozen rules with their versions, moves on and back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.accounts import service as accounts
from exhibitions.audit.models import Entry
from exhibitions.awards.models import AwardEntry, AwardSeason, JudgingRound, RuleVersion, SeasonEvent
from exhibitions.awards.queries import seasons as queries
from exhibitions.awards.rules.rule_set import Level, Pool
from exhibitions.awards.rules.states import LegalBasis, SeasonState
from exhibitions.awards.rules.tables import Where
from exhibitions.awards.rules.templates import RULES, Template
from exhibitions.awards.service import moving_season, setting_up
from exhibitions.awards.service.moving_season import Words
from exhibitions.awards.service.setting_up import CategoryFacts, SeasonFacts
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Forbidden, Refused
from exhibitions.expos.models import Expo
from tests.awards.making import make_entry, make_juror, make_season, make_sheet
from tests.engines import both_engines
from tests.factories import make_expo

S = SeasonState
CRITERIA = Where("criteria")


@pytest.fixture
def expo(app: Flask, context: None) -> Expo:
    return db.session.get_one(Expo, make_expo())


def somebody(name: str) -> Actor:
    with transaction():
        user = accounts.create_user(f"{name}@example.org", name, None)
    return Actor("user", user.id, name)


def begun(expo: Expo, template: Template = Template.THRESHOLD) -> AwardSeason:
    with transaction():
        season = setting_up.begin(expo, ("评选", "Award"), 2026, template, SYSTEM)
        setting_up.save_category(season, None, CategoryFacts("A", "家居", "Home"), SYSTEM)
    return season


def facts(season: AwardSeason, **changed: object) -> SeasonFacts:
    now = {name: getattr(season, name) for name in SeasonFacts.__dataclass_fields__}
    return SeasonFacts(**(now | changed))


def judging(expo: Expo) -> AwardSeason:
    """A season whose rules were just frozen, with one accepted entry."""
    season = begun(expo)
    with transaction():
        season.state = S.SCREENING
        make_entry(season, "A-01")
        moving_season.move(expo, season, S.JUDGING, SYSTEM, sees_results=False)
    return season


def lighter(season: AwardSeason, place: int, weight: int) -> None:
    """Give one criterion another weight."""
    row = queries.rules_of(season).criteria[place]
    line = msgspec.structs.replace(row, weight=Decimal(weight))
    with transaction():
        setting_up.save_line(season, CRITERIA, place, line, SYSTEM)


class TestSettingUp:
    def test_a_season_begins_with_a_template(self, expo: Expo) -> None:
        season = begun(expo)
        assert queries.rules_of(season) == RULES[Template.THRESHOLD]
        assert (season.state, len(season.seed)) == (S.DRAFT, 32)
        assert [each.code for each in season.categories] == ["A"]

    def test_or_as_an_earlier_one_was_set_up_without_its_dates_and_entries(self, expo: Expo) -> None:
        with transaction():
            earlier = make_season(expo, state=S.CLOSED, categories=("A", "B"), approval_number="8号")
            make_entry(earlier, "A-01")
            season = setting_up.begin(expo, ("新", "New"), 2027, earlier, SYSTEM)
        assert season.rules == earlier.rules
        assert [(each.code, each.season_id) for each in season.categories] == [
            ("A", season.id),
            ("B", season.id),
        ]
        assert (season.approval_number, season.closes_at, season.state) == ("8号", None, S.DRAFT)
        assert season.seed != earlier.seed
        assert queries.progress(season).entered == 0

    def test_aw_40_a_fee_under_the_rule_is_refused(self, expo: Expo) -> None:
        season = begun(expo)
        with pytest.raises(Refused, match="fee_forbidden"), transaction():
            setting_up.save_facts(season, facts(season, entry_fee=100), SYSTEM)
        with transaction():
            setting_up.save_facts(season, facts(season, entry_fee=100, basis=LegalBasis.OWN), SYSTEM)
        assert season.entry_fee == 100

    def test_categories_have_codes_of_their_own_and_an_order(self, expo: Expo) -> None:
        season = begun(expo)
        with transaction():
            second = setting_up.save_category(season, None, CategoryFacts("B", "工艺", ""), SYSTEM)
            setting_up.move_category(season, second.id, -1, SYSTEM)
        assert [each.code for each in season.categories] == ["B", "A"]
        with pytest.raises(Conflict, match="category_twice"), transaction():
            setting_up.save_category(season, None, CategoryFacts("B", "又", ""), SYSTEM)
        with transaction():
            make_entry(season, "B-01", category="B")
        with pytest.raises(Conflict, match="category_used"), transaction():
            setting_up.remove_category(season, second.id, SYSTEM)

    def test_a_category_may_have_medals_and_a_rubric_of_its_own(self, expo: Expo) -> None:
        season = begun(expo)
        number = season.categories[0].id
        with transaction():
            setting_up.begin_own(season, number, "levels", SYSTEM)
            where = Where("levels", number)
            setting_up.save_line(season, where, 0, Level(medal="GG", at_least=Decimal(95)), SYSTEM)
        own = queries.in_force(season).of("A").levels
        assert [level.at_least for level in own] == [95, 85, 82, 80]
        assert queries.rules_of(season).levels[0].at_least == 92
        with pytest.raises(Refused, match="levels_of_season"), transaction():
            setting_up.save_rules(
                season,
                lambda rules: msgspec.structs.replace(rules, rank_in=Pool.SEASON),
                SYSTEM,
                frozenset({"levels_of_season"}),
            )
        with transaction():
            setting_up.end_own(season, number, "levels", SYSTEM)
        assert season.categories[0].levels is None

    def test_a_line_may_leave_the_sum_open_and_not_be_wrong_by_itself(self, expo: Expo) -> None:
        season = begun(expo)
        lighter(season, 4, 5)
        assert sum(each.weight for each in queries.rules_of(season).criteria) == 95
        with pytest.raises(Refused, match="weight"):
            lighter(season, 4, 0)


class TestFreezing:
    def test_aw_32_judging_is_not_opened_with_weights_of_95(self, expo: Expo) -> None:
        season = begun(expo)
        lighter(season, 4, 5)
        with transaction():
            season.state = S.SCREENING
            make_entry(season, "A-01")
        with pytest.raises(Refused) as refused, transaction():
            moving_season.move(expo, season, S.JUDGING, SYSTEM, sees_results=True)
        assert refused.value.params == {"sum": "95", "total": "100"}
        assert queries.frozen(season) is None

    @both_engines
    def test_to_open_judging_freezes_version_1_and_opens_the_first_round(self, expo: Expo) -> None:
        season = judging(expo)
        version = queries.frozen(season)
        assert version is not None
        assert (version.number, version.hash) == (1, queries.worked_on(season).hash)
        assert queries.of_version(version).hash == version.hash
        opened = db.session.scalars(sa.select(JudgingRound)).one()
        assert (opened.round, opened.closed_at) == ("1", None)

    @both_engines
    def test_what_changes_later_counts_once_it_is_put_in_force_with_a_reason(self, expo: Expo) -> None:
        season = judging(expo)
        first = queries.frozen(season)
        assert first is not None
        lighter(season, 0, 25)
        lighter(season, 4, 15)
        assert queries.is_changed(season)
        assert queries.in_force(season).hash == first.hash
        with pytest.raises(Refused, match="reason"), transaction():
            setting_up.put_in_force(season, "  ", SYSTEM)
        with transaction():
            second = setting_up.put_in_force(season, "评委会决议", SYSTEM)
        assert (second.number, second.reason) == (2, "评委会决议")
        assert queries.in_force(season).hash == second.hash != first.hash
        old = queries.version_of(season, 1)
        assert old is not None
        assert queries.of_version(old).common.criteria[0].weight == 30
        with pytest.raises(Conflict, match="no_change"), transaction():
            setting_up.put_in_force(season, "again", SYSTEM)

    def test_changes_can_be_given_up(self, expo: Expo) -> None:
        season = judging(expo)
        number = season.categories[0].id
        lighter(season, 0, 25)
        with transaction():
            setting_up.begin_own(season, number, "criteria", SYSTEM)
            setting_up.discard(season, SYSTEM)
        assert not queries.is_changed(season)
        assert season.categories[0].criteria is None

    def test_marks_that_jurors_have_sent_keep_the_rubric_from_shrinking(self, expo: Expo) -> None:
        season = judging(expo)
        with transaction():
            entry = db.session.scalars(sa.select(AwardEntry)).one()
            make_sheet(entry, make_juror(season, "J01"), {"innovation": "90"})
        row = queries.rules_of(season).criteria[0]
        with transaction():
            line = msgspec.structs.replace(row, max=Decimal(50))
            setting_up.save_line(season, CRITERIA, 0, line, SYSTEM)
        with pytest.raises(Conflict, match="marks_misfit"), transaction():
            setting_up.put_in_force(season, "why", SYSTEM)

    def test_once_the_result_is_locked_rules_stay(self, expo: Expo) -> None:
        with transaction():
            season = make_season(expo, state=S.LOCKED)
        for change in (
            lambda: setting_up.save_rules(season, lambda rules: rules, SYSTEM),
            lambda: setting_up.put_in_force(season, "why", SYSTEM),
            lambda: setting_up.begin_own(season, season.categories[0].id, "levels", SYSTEM),
            lambda: setting_up.save_category(season, None, CategoryFacts("Z", "新", ""), SYSTEM),
        ):
            with pytest.raises(Conflict, match="locked"), transaction():
                change()

    def test_codes_and_categories_stay_while_jurors_judge(self, expo: Expo) -> None:
        season = judging(expo)
        number = season.categories[0].id
        with pytest.raises(Conflict, match="code_frozen"), transaction():
            setting_up.save_category(season, number, CategoryFacts("X", "家居", ""), SYSTEM)
        with pytest.raises(Conflict, match="category_frozen"), transaction():
            setting_up.remove_category(season, number, SYSTEM)
        with transaction():
            setting_up.save_category(season, number, CategoryFacts("A", "家居用品", "Home"), SYSTEM)
        assert not queries.is_changed(season)


class TestMoving:
    def test_a_season_opens_with_dates_and_a_category(self, expo: Expo) -> None:
        season = begun(expo)
        with pytest.raises(Refused, match="no_dates"), transaction():
            moving_season.move(expo, season, S.OPEN, SYSTEM, sees_results=False)
        now = clock.now()
        with transaction():
            setting_up.save_facts(
                season, facts(season, opens_at=now, closes_at=now + timedelta(days=9)), SYSTEM
            )
            moving_season.move(expo, season, S.OPEN, SYSTEM, sees_results=False)
        assert season.state is S.OPEN

    def test_back_needs_a_reason_and_both_are_kept(self, expo: Expo) -> None:
        season = judging(expo)
        with pytest.raises(Refused, match="reason"), transaction():
            moving_season.move(expo, season, S.SCREENING, SYSTEM, sees_results=False)
        with transaction():
            moving_season.move(expo, season, S.SCREENING, SYSTEM, Words("漏审"), sees_results=False)
        event = queries.events(season)[0].event
        assert (event.state_before, event.state_after, event.reason) == (S.JUDGING, S.SCREENING, "漏审")
        entry = db.session.scalars(sa.select(Entry).order_by(Entry.id.desc()).limit(1)).one()
        assert (entry.action, entry.before, entry.after) == (
            "awards.season_moved",
            {"state": "judging"},
            {"state": "screening"},
        )

    def test_judging_that_opens_again_keeps_version_1(self, expo: Expo) -> None:
        season = judging(expo)
        with transaction():
            moving_season.move(expo, season, S.SCORED, SYSTEM, sees_results=False)
        assert [bool(each.closed_at) for each in db.session.scalars(sa.select(JudgingRound))] == [True]
        with transaction():
            moving_season.move(expo, season, S.JUDGING, SYSTEM, Words("补评"), sees_results=False)
        assert [bool(each.closed_at) for each in db.session.scalars(sa.select(JudgingRound))] == [False]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(RuleVersion)) == 1

    def test_a_move_that_somebody_else_has_made_is_refused(self, expo: Expo) -> None:
        season = judging(expo)
        with pytest.raises(Conflict, match="out_of_turn"), transaction():
            moving_season.move(expo, season, S.JUDGING, SYSTEM, sees_results=True)

    def test_the_result_is_locked_elsewhere_and_moved_by_its_own_people(self, expo: Expo) -> None:
        with transaction():
            season = make_season(expo, state=S.DELIBERATING)
        with pytest.raises(Conflict, match="lock_elsewhere"), transaction():
            moving_season.move(expo, season, S.LOCKED, SYSTEM, sees_results=True)
        with pytest.raises(Forbidden), transaction():
            moving_season.move(expo, season, S.SCORED, SYSTEM, Words("x"), sees_results=False)

    def test_nothing_is_published_before_its_moment(self, expo: Expo) -> None:
        with transaction():
            season = make_season(expo, state=S.EMBARGOED)
        with pytest.raises(Refused, match="embargo"), transaction():
            moving_season.move(expo, season, S.PUBLISHED, SYSTEM, sees_results=True)

    @both_engines
    def test_back_after_publication_needs_two_administrators_and_a_public_note(self, expo: Expo) -> None:
        first, second = somebody("anna"), somebody("berta")
        with transaction():
            season = make_season(expo, state=S.PUBLISHED)
        with pytest.raises(Refused, match="public_note"), transaction():
            moving_season.move(expo, season, S.DELIBERATING, first, Words("抄袭"), sees_results=True)
        words = Words("抄袭", "结果复核中")
        with transaction():
            moved = moving_season.move(expo, season, S.DELIBERATING, first, words, sees_results=True)
        assert (moved, season.state) == (False, S.PUBLISHED)
        for by, sees in ((first, True), (SYSTEM, True), (second, False)):
            with pytest.raises(Forbidden), transaction():
                moving_season.confirm(expo, season, by, sees_results=sees)
        with pytest.raises(Conflict, match="asked_already"), transaction():
            moving_season.move(expo, season, S.DELIBERATING, second, words, sees_results=True)
        with transaction():
            moving_season.confirm(expo, season, second, sees_results=True)
        event = db.session.scalars(sa.select(SeasonEvent)).one()
        assert season.state is S.DELIBERATING
        assert (event.user_id, event.second_user_id, event.public_note) == (first.id, second.id, "结果复核中")
        with pytest.raises(Conflict, match="no_request"), transaction():
            moving_season.confirm(expo, season, second, sees_results=True)

    def test_a_request_can_be_given_up_and_ends_with_any_other_move(self, expo: Expo) -> None:
        first, second = somebody("anna"), somebody("berta")
        with transaction():
            season = make_season(expo, state=S.PUBLISHED)
            words = Words("抄袭", "结果复核中")
            moving_season.move(expo, season, S.DELIBERATING, first, words, sees_results=True)
            moving_season.drop(season, first)
            moving_season.move(expo, season, S.DELIBERATING, first, words, sees_results=True)
            moving_season.move(expo, season, S.CLOSED, second, sees_results=True)
        assert queries.move_request(season) is None


def test_progress_counts_without_any_mark(context: None, app: Flask) -> None:
    """P22: how far the jury is, is no mark."""
    expo = db.session.get_one(Expo, make_expo())
    with transaction():
        season = make_season(expo, state=S.JUDGING)
        juror = make_juror(season, "J01")
        make_sheet(make_entry(season, "A-01"), juror, "97.25")
        make_entry(season, "A-02")
    found = queries.progress(season)
    assert (found.entered, found.assigned, found.sent, found.jurors) == (2, 1, 1, 1)
    assert "97.25" not in repr(found)
