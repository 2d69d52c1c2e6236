"""A season from its first template to its end: categories, frozen rules with their versions, moves on and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.accounts import service as accounts
from exhibitions.accounts.models import User
from exhibitions.accounts.queries import organisation_rights
from exhibitions.accounts.rules import OrganisationRole
from exhibitions.audit.models import Entry
from exhibitions.awards.models import (
    AwardEntry,
    AwardSeason,
    EntryEvent,
    JudgingRound,
    RuleVersion,
    SeasonEvent,
)
from exhibitions.awards.queries import seasons as queries
from exhibitions.awards.rules.rule_set import Level, Pool
from exhibitions.awards.rules.states import EntryState, LegalBasis, SeasonState
from exhibitions.awards.rules.states import EntryState as E
from exhibitions.awards.rules.tables import Spot, Where, digest
from exhibitions.awards.rules.templates import RULES, Template
from exhibitions.awards.rules.version_facts import digest as digest_of_facts
from exhibitions.awards.service import moving_season, setting_up
from exhibitions.awards.service.setting_up import CategoryFacts, SeasonFacts
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Forbidden, Refused
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import Role
from tests.awards.making import assign, make_entry, make_juror, make_season, make_sheet
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
        setting_up.save_line(season, CRITERIA, Spot(place, row.code), line, SYSTEM)


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
            setting_up.save_line(
                season, where, Spot(0, "GG"), Level(medal="GG", at_least=Decimal(95)), SYSTEM
            )
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
            setting_up.end_own(season, number, "levels", digest(own), SYSTEM)
        assert season.categories[0].levels is None

    def test_own_lines_are_neither_begun_over_nor_ended_unseen(self, expo: Expo) -> None:
        """B5: a button of a page of before does nothing to what somebody has written since."""
        season = begun(expo)
        number, where = season.categories[0].id, Where("levels", season.categories[0].id)
        with transaction():
            setting_up.begin_own(season, number, "levels", SYSTEM)
        seen = digest(setting_up.own_rows(season, where))
        with transaction():
            setting_up.save_line(
                season, where, Spot(0, "GG"), Level(medal="GG", at_least=Decimal(95)), SYSTEM
            )
            setting_up.begin_own(season, number, "levels", SYSTEM)
        own = setting_up.own_rows(season, where)
        assert own is not None
        assert own[0].at_least == 95
        with pytest.raises(Conflict, match="line_changed"), transaction():
            setting_up.end_own(season, number, "levels", seen, SYSTEM)
        with transaction():
            setting_up.end_own(season, number, "levels", digest(own), SYSTEM)
            setting_up.end_own(season, number, "levels", digest(own), SYSTEM)
        assert setting_up.own_rows(season, where) is None

    def test_a_line_that_is_removed_twice_takes_no_other_with_it(self, expo: Expo) -> None:
        season = begun(expo)
        rows = queries.rules_of(season).criteria
        spot, shown = Spot(0, rows[0].code), digest(rows[0])
        for _time in range(2):
            with transaction():
                setting_up.remove_line(season, CRITERIA, spot, shown, SYSTEM)
            assert queries.rules_of(season).criteria == rows[1:]
        for _time in range(2):
            with transaction():
                setting_up.move_line(season, CRITERIA, Spot(0, rows[1].code), 1, SYSTEM)
            assert [each.code for each in queries.rules_of(season).criteria[:2]] == [
                rows[2].code,
                rows[1].code,
            ]

    def test_an_earlier_season_is_offered_to_who_may_read_its_fair(self, expo: Expo) -> None:
        """B4: a season of a fair in which somebody has no part is not told by its name."""
        member, stranger, boss = somebody("anna"), somebody("berta"), somebody("clara")
        with transaction():
            expo_service.grant_role(expo, member.id or 0, Role.ORGANISER)
            expo_service.grant_role(expo, stranger.id or 0, Role.DESK)
            user = db.session.get_one(User, boss.id)
            accounts.grant_organisation_role(user, OrganisationRole.ADMINISTRATOR)
            season = make_season(expo)
        offered = [
            [each.id for each in queries.earlier_seasons(one.id or 0, organisation_rights(one.id or 0))]
            for one in (member, stranger, boss)
        ]
        assert offered == [[season.id], [], [season.id]]

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
            setting_up.save_line(season, CRITERIA, Spot(0, row.code), line, SYSTEM)
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
        assert not queries.is_changed(season)


class TestFactsOfAVersion:
    """Demand 1 of awards: what is frozen with the rules stays, and an old version reads as it did."""

    @pytest.mark.parametrize(
        "changed",
        [
            {"is_blind": False},
            {"shows_others": True},
            {"jurors_per_entry": 2},
            {"most_entries": 9},
            {"entry_fee": 100, "basis": LegalBasis.OWN},
            {"basis": LegalBasis.OWN},
        ],
    )
    @pytest.mark.parametrize("state", [S.JUDGING, S.SCORED, S.DELIBERATING, S.LOCKED, S.PUBLISHED])
    def test_a_rule_among_the_facts_stays_once_judging_has_begun(
        self, expo: Expo, state: S, changed: dict[str, object]
    ) -> None:
        with transaction():
            season = make_season(expo, state=state)
        before = facts(season)
        with pytest.raises(Conflict, match=r"^fixed\."), transaction():
            setting_up.save_facts(season, facts(season, **changed), SYSTEM)
        db.session.refresh(season)
        assert facts(season) == before

    @pytest.mark.parametrize("state", [S.LOCKED, S.EMBARGOED, S.PUBLISHED, S.CLOSED])
    def test_aw_39_the_moment_of_a_locked_result_is_not_set_among_the_facts(
        self, expo: Expo, state: S
    ) -> None:
        with transaction():
            season = make_season(expo, state=state)
        moment = season.publish_at
        for name in ("publish_at", "closes_at", "judging_closes_at"):
            changed = facts(season, **{name: clock.now() - timedelta(days=9)})
            with pytest.raises(Conflict, match=f"fixed.{name}"), transaction():
                setting_up.save_facts(season, changed, SYSTEM)
        with transaction():
            setting_up.save_facts(season, facts(season, name_zh="新名"), SYSTEM)
        assert (season.name_zh, season.publish_at) == ("新名", moment)

    def test_dates_that_stay_are_not_checked_again(self, expo: Expo) -> None:
        """The deliberation may publish before judging was meant to end; other facts can still be saved."""
        with transaction():
            season = make_season(expo, state=S.LOCKED, publish_at=clock.now() - timedelta(days=30))
            setting_up.save_facts(season, facts(season, approval_number="9号"), SYSTEM)
        assert season.approval_number == "9号"

    def test_who_may_enter_a_category_stays_too(self, expo: Expo) -> None:
        season = judging(expo)
        category = season.categories[0]
        for name in ("division_zh", "division_en", "eligibility_zh", "eligibility_en"):
            new = CategoryFacts("A", "家居", "Home", **{name: "另一"})
            with pytest.raises(Conflict, match=f"fixed.{name}"), transaction():
                setting_up.save_category(season, category.id, new, SYSTEM)
        with transaction():
            added = setting_up.save_category(season, None, CategoryFacts("N", "新", ""), SYSTEM)
            setting_up.save_category(season, added.id, CategoryFacts("N", "新", "", "新组"), SYSTEM)
        assert queries.known(season).changed_facts == ["categories"]

    @both_engines
    def test_corrected_facts_make_the_next_version(self, expo: Expo) -> None:
        season = judging(expo)
        first = queries.frozen(season)
        assert first is not None
        with transaction():
            setting_up.save_facts(season, facts(season, name_zh="更正"), SYSTEM)
            number = season.categories[0].id
            setting_up.save_category(season, number, CategoryFacts("A", "家居用品", "Home"), SYSTEM)
        known = queries.known(season)
        assert (known.is_changed, known.changed_facts) == (True, ["name_zh", "categories"])
        with transaction():
            second = setting_up.put_in_force(season, "名称更正", SYSTEM)
        assert second.hash == first.hash
        assert digest_of_facts(second.facts) != digest_of_facts(first.facts)
        assert [queries.facts_in(each).name_zh for each in (first, second)] == ["评选", "更正"]
        assert not queries.is_changed(season)
        entry = db.session.scalars(sa.select(Entry).order_by(Entry.id.desc()).limit(1)).one()
        assert (entry.action, (entry.after or {})["parts"]) == ("awards.rules_frozen", "facts")

    @both_engines
    def test_a_rule_among_the_facts_changes_in_screening_and_counts_with_a_reason(self, expo: Expo) -> None:
        season = judging(expo)
        with transaction():
            moving_season.move(expo, season, S.SCREENING, SYSTEM, "漏审", sees_results=False)
            setting_up.save_facts(season, facts(season, is_blind=False), SYSTEM)
        with pytest.raises(Refused, match="rules_changed"), transaction():
            moving_season.move(expo, season, S.JUDGING, SYSTEM, sees_results=False)
        with transaction():
            setting_up.put_in_force(season, "公开评审", SYSTEM)
            moving_season.move(expo, season, S.JUDGING, SYSTEM, sees_results=False)
        kept = [queries.version_of(season, number) for number in (1, 2)]
        assert [queries.facts_in(each).is_blind for each in kept if each] == [True, False]

    def test_what_was_frozen_comes_back_when_changes_are_given_up(self, expo: Expo) -> None:
        season = judging(expo)
        number = season.categories[0].id
        with transaction():
            moving_season.move(expo, season, S.SCREENING, SYSTEM, "漏审", sees_results=False)
            setting_up.save_facts(season, facts(season, is_blind=False, most_entries=7, name_en="X"), SYSTEM)
            setting_up.save_category(season, number, CategoryFacts("A", "别", "", "组", "", "谁", ""), SYSTEM)
            setting_up.save_category(season, None, CategoryFacts("N", "新", ""), SYSTEM)
            setting_up.begin_own(season, number, "levels", SYSTEM)
            setting_up.discard(season, SYSTEM)
        assert (season.is_blind, season.most_entries, season.name_en) == (True, None, "Award")
        row = season.categories[0]
        assert [each.code for each in season.categories] == ["A"]
        assert (row.name_zh, row.division_zh, row.eligibility_zh, row.levels) == ("家居", "", "", None)
        assert not queries.is_changed(season)

    def test_a_new_category_with_entries_is_not_given_up(self, expo: Expo) -> None:
        season = judging(expo)
        with transaction():
            setting_up.save_category(season, None, CategoryFacts("N", "新", ""), SYSTEM)
            make_entry(season, "N-01", category="N")
        with pytest.raises(Conflict, match="category_used"), transaction():
            setting_up.discard(season, SYSTEM)

    def test_a_code_of_the_frozen_rules_stays_also_back_in_screening(self, expo: Expo) -> None:
        """A category under another code would lose its own medals when changes are given up."""
        season = judging(expo)
        number = season.categories[0].id
        with transaction():
            moving_season.move(expo, season, S.SCREENING, SYSTEM, "漏审", sees_results=False)
        with pytest.raises(Conflict, match="code_frozen"), transaction():
            setting_up.save_category(season, number, CategoryFacts("X", "家居", ""), SYSTEM)
        with pytest.raises(Conflict, match="category_frozen"), transaction():
            setting_up.remove_category(season, number, SYSTEM)

    def test_once_locked_nothing_waits_to_be_put_in_force(self, expo: Expo) -> None:
        with transaction():
            season = make_season(expo, state=S.DELIBERATING)
            setting_up.save_rules(season, lambda rules: msgspec.structs.replace(rules, quorum=2), SYSTEM)
        assert queries.is_changed(season)
        with transaction():
            season.state = S.LOCKED
        known = queries.known(season)
        assert (known.is_changed, known.shown.common.quorum) == (False, 3)
        assert known.shown_facts == queries.facts_now(season)


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
            moving_season.move(expo, season, S.SCREENING, SYSTEM, "漏审", sees_results=False)
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
            moving_season.move(expo, season, S.JUDGING, SYSTEM, "补评", sees_results=False)
        assert [bool(each.closed_at) for each in db.session.scalars(sa.select(JudgingRound))] == [False]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(RuleVersion)) == 1

    def test_a_move_that_somebody_else_has_made_is_refused(self, expo: Expo) -> None:
        season = judging(expo)
        with pytest.raises(Conflict, match="out_of_turn"), transaction():
            moving_season.move(expo, season, S.JUDGING, SYSTEM, sees_results=True)

    @pytest.mark.parametrize(
        ("state", "to"),
        [
            (S.DELIBERATING, S.LOCKED),
            (S.LOCKED, S.PUBLISHED),
            (S.LOCKED, S.EMBARGOED),
            (S.LOCKED, S.DELIBERATING),
            (S.EMBARGOED, S.LOCKED),
            (S.EMBARGOED, S.PUBLISHED),
            (S.PUBLISHED, S.DELIBERATING),
            (S.CLOSED, S.DELIBERATING),
        ],
    )
    def test_what_is_of_the_result_is_done_where_it_is_deliberated(self, expo: Expo, state: S, to: S) -> None:
        """One mechanism for lock, publication and the way back (AW-33, AW-39), not a second beside it."""
        with transaction():
            season = make_season(expo, state=state, publish_at=None)
        acts: tuple[Callable[[], object], ...] = (
            lambda: moving_season.move(expo, season, to, SYSTEM, "why", sees_results=True),
            lambda: moving_season.step(season, to, SYSTEM),
        )
        for act in acts:
            with pytest.raises(Conflict, match="of_deliberation"), transaction():
                act()
            assert season.state is state
        assert db.session.scalars(sa.select(SeasonEvent)).all() == []

    def test_the_deliberation_is_left_by_its_own_people(self, expo: Expo) -> None:
        with transaction():
            season = make_season(expo, state=S.DELIBERATING)
        with pytest.raises(Forbidden), transaction():
            moving_season.move(expo, season, S.SCORED, SYSTEM, "x", sees_results=False)

    def test_a_published_season_is_closed_here(self, expo: Expo) -> None:
        with transaction():
            season = make_season(expo, state=S.PUBLISHED)
        with pytest.raises(Forbidden), transaction():
            moving_season.move(expo, season, S.CLOSED, SYSTEM, sees_results=False)
        with transaction():
            moving_season.move(expo, season, S.CLOSED, SYSTEM, sees_results=True)
        assert season.state is S.CLOSED

    def test_what_was_presented_is_judged_when_judging_ends_and_on_the_table_when_it_opens_again(
        self, expo: Expo
    ) -> None:
        """ux.md §6: 已评. Received or given to a juror is presented, accepted alone is not; marks play no part."""
        with transaction():
            season = make_season(expo, state=S.JUDGING)
            juror = make_juror(season, "J01")
            make_sheet(make_entry(season, "A-01"), juror, "97")
            assign(make_entry(season, "A-02"), juror)
            make_entry(season, "A-03", state=E.SAMPLE_RECEIVED, sample_received_at=clock.now())
            make_entry(season, "A-04")
            make_entry(season, "A-05", state=E.DISQUALIFIED)
        before = entry_states(season)
        with transaction():
            moving_season.move(expo, season, S.SCORED, SYSTEM, sees_results=False)
        assert entry_states(season) == [E.JUDGED, E.JUDGED, E.JUDGED, E.SCREENED_OK, E.DISQUALIFIED]
        with transaction():
            moving_season.move(expo, season, S.JUDGING, SYSTEM, "补评", sees_results=False)
        assert entry_states(season) == before
        deeds = db.session.scalars(sa.select(EntryEvent.deed).order_by(EntryEvent.id)).all()
        assert deeds == ["judged"] * 3 + ["judged_again"] * 3


def entry_states(season: AwardSeason) -> list[E]:
    found = sa.select(AwardEntry.state).where(AwardEntry.season_id == season.id)
    return list(db.session.scalars(found.order_by(AwardEntry.number)))


def test_a_draft_that_is_given_up_was_never_entered(context: None, app: Flask) -> None:
    expo = db.session.get_one(Expo, make_expo())
    with transaction():
        season = make_season(expo, state=S.OPEN)
        make_entry(season, "A-01", state=EntryState.WITHDRAWN)
        for number, state in (("A-02", EntryState.WITHDRAWN), ("A-03", EntryState.DRAFT)):
            make_entry(season, number, state=state).submitted_at = None
    assert queries.progress(season).entered == 1
    assert queries.progress(season).states == {EntryState.WITHDRAWN: 2, EntryState.DRAFT: 1}
    assert queries.entered_by_season(expo) == {season.id: 1}


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
