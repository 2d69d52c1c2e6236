"""O12: an award set up by forms alone, its problems in words, and the moves of its season."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.awards.models import AwardEntry, AwardSeason
from exhibitions.awards.queries import seasons as queries
from exhibitions.awards.rules.rule_set import RuleSet
from exhibitions.awards.rules.states import SeasonState
from exhibitions.awards.rules.tables import digest
from exhibitions.awards.rules.templates import RULES, Template
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Expo
from tests.awards.making import make_entry, make_juror, make_season, make_sheet
from tests.people import People

ROOT = "/desk/8th/awards"
CRITERION = {"code": "taste", "weight": "30", "min": "0", "max": "100", "required": "y"}
METHOD = {
    "weights_total": "100",
    "quorum": "3",
    "method": "mean",
    "trim": "1",
    "oiv_distance": "7",
    "normalise": "none",
    "least_sheets": "3",
    "rounding": "half_up",
    "decimals": "2",
    "ballots": "auto",
    "ballot_points": "",
}
MEDALS = {
    "rank_in": "category",
    "cap": "",
    "cap_in": "season",
    "cap_counts": "presented",
    "tie_at_cap": "exclude_all",
    "tie_at_border": "up",
    "tie_1": "",
    "tie_2": "",
    "tie_3": "",
    "tie_4": "",
    "tie_5": "",
    "agreement_prize_from": "",
}
FACTS = {
    "name_zh": "产品评选",
    "name_en": "Award",
    "year": "2026",
    "basis": "regulated",
    "entry_fee": "0",
    "jurors_per_entry": "5",
}


def expo_of(app: Flask) -> Expo:
    return db.session.scalars(sa.select(Expo).where(Expo.slug == "8th")).one()


def begin(app: Flask, people: People, source: str = "threshold") -> str:
    """A season made by the form of a template; its address."""
    sent = {"source": source, "name_zh": "评选", "name_en": "Award", "year": "2026"}
    answer = people.alice.post(f"{ROOT}/new", data=sent)
    assert answer.status_code == 303
    return str(answer.location)


def there(app: Flask, **facts: Any) -> str:
    """A season made straight into the tables; its address."""
    with app.app_context(), transaction():
        return f"{ROOT}/{make_season(expo_of(app), **facts).id}"


def rules(app: Flask) -> RuleSet:
    with app.app_context():
        return queries.rules_of(db.session.scalars(sa.select(AwardSeason)).one())


def state(app: Flask) -> SeasonState:
    with app.app_context():
        return db.session.scalars(sa.select(AwardSeason)).one().state


def press(client: Any, page: str, button: str) -> Any:
    """Send the form of one button as this page shows it; `button` is where it is sent to."""
    return send(client, shown(client, page, button), button)


def shown(client: Any, page: str, button: str) -> dict[str, str]:
    """The hidden fields of a form as the page shows it now."""
    answer = client.get(page).get_data(as_text=True)
    form = re.search(rf'<form action="{re.escape(button)}"[^>]*>(.*?)</form>', answer, re.DOTALL)
    assert form is not None, button
    return dict(re.findall(r'<input type="hidden"\s+name="([^"]*)"\s+value="([^"]*)"', form[1]))


def send(client: Any, fields: dict[str, str], button: str) -> Any:
    """Send what a page has shown before."""
    return client.post(button, data=fields)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", unescape(answer.get_data(as_text=True)))


class TestTemplates:
    def test_an_empty_list_offers_the_three_templates(self, people: People) -> None:
        page = text_of(people.alice.get(f"{ROOT}?lang=zh"))
        for template in Template:
            assert f"{ROOT}/new?source={template.value}" in page

    @pytest.mark.parametrize("template", list(Template))
    def test_a_season_from_each_has_its_rules(self, app: Flask, people: People, template: Template) -> None:
        address = begin(app, people, template.value)
        assert rules(app) == RULES[template]
        for page in ("", "/facts", "/rules", "/rules/print", "/rules/method", "/rules/medals"):
            for lang in ("zh", "en"):
                assert people.alice.get(f"{address}{page}?lang={lang}").status_code == 200, page
        assert "评选" in text_of(people.alice.get(f"{ROOT}?lang=zh"))

    def test_an_earlier_season_can_be_copied(self, app: Flask, people: People) -> None:
        address = there(app, categories=("A", "B"), rules=RULES[Template.QUOTA])
        number = address.rpartition("/")[2]
        sent = {"source": f"copy-{number}", "name_zh": "新", "name_en": "", "year": "2027"}
        assert people.alice.post(f"{ROOT}/new", data=sent).status_code == 303
        with app.app_context():
            made = db.session.scalars(sa.select(AwardSeason).order_by(AwardSeason.id.desc()).limit(1)).one()
            assert queries.rules_of(made) == RULES[Template.QUOTA]
            assert [each.code for each in made.categories] == ["A", "B"]

    def test_a_season_without_a_name_or_a_source_is_refused(self, people: People) -> None:
        for wrong in ({"source": "copy-99", "name_zh": "新"}, {"source": "quota"}):
            assert people.alice.post(f"{ROOT}/new", data={"year": "2026", **wrong}).status_code == 422


class TestFacts:
    def test_everything_is_kept_and_the_deadline_to_the_second(self, app: Flask, people: People) -> None:
        address = there(app)
        sent = FACTS | {
            "organiser_zh": "联合会",
            "approval_number": "8号",
            "approved_until": "2030-01-01",
            "most_entries": "3",
            "opens_at": "2026-08-01T09:00:00",
            "closes_at": "2026-08-10T23:59:59",
            "screening_until": "2026-08-12T18:00",
            "judging_opens_at": "2026-08-13T09:00",
            "judging_closes_at": "2026-08-14T18:00",
            "publish_at": "2026-08-15T10:00",
            "shows_others": "y",
            "most_load": "40",
        }
        assert people.alice.post(f"{address}/facts", data=sent).status_code == 303
        with app.app_context():
            season = db.session.scalars(sa.select(AwardSeason)).one()
            assert season.closes_at is not None
            assert season.closes_at.isoformat() == "2026-08-10T15:59:59+00:00"
            assert (season.most_entries, season.most_load, season.jurors_per_entry) == (3, 40, 5)
            assert (season.is_blind, season.shows_others) == (False, True)
        assert 'value="2026-08-10T23:59:59"' in text_of(people.alice.get(f"{address}/facts"))
        assert "23:59:59" in text_of(people.alice.get(address))

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_aw_40_a_fee_under_an_approval_is_refused_with_the_reference(
        self, app: Flask, people: People, lang: str
    ) -> None:
        address = there(app)
        answer = people.alice.post(f"{address}/facts?lang={lang}", data=FACTS | {"entry_fee": "300"})
        assert answer.status_code == 422
        page = text_of(answer)
        assert page.count("《评比达标表彰活动管理办法》") >= 2
        assert 'aria-describedby="entry_fee-hint entry_fee-error"' in page
        own = FACTS | {"entry_fee": "300", "basis": "own"}
        assert people.alice.post(f"{address}/facts", data=own).status_code == 303

    def test_an_approval_that_is_over_is_said(self, app: Flask, people: People) -> None:
        day = clock.today("Asia/Shanghai")
        address = there(app, approval_number="8号", approved_until=day - timedelta(days=1))
        assert "批准" in text_of(people.alice.get(f"{address}?lang=zh"))
        assert "is over" in text_of(people.alice.get(f"{address}?lang=en"))

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"opens_at": "2026-08-09T09:00", "closes_at": "2026-08-08T09:00"}, "closes_at"),
            ({"closes_at": "yesterday"}, "closes_at"),
            ({"opens_at": "0001-01-01T00:00"}, "opens_at"),
            ({"publish_at": "9999-12-31T23:59:59"}, "publish_at"),
            ({"entry_fee": "82,5"}, "entry_fee"),
            ({"entry_fee": "-1"}, "entry_fee"),
            ({"entry_fee": "free"}, "entry_fee"),
            ({"jurors_per_entry": "0"}, "jurors_per_entry"),
            ({"most_entries": "0"}, "most_entries"),
            ({"year": "26"}, "year"),
            ({"basis": "mine"}, "basis"),
            ({"name_zh": "", "name_en": ""}, "name_zh"),
        ],
    )
    def test_bad_input_is_told_at_its_field(
        self, app: Flask, people: People, wrong: dict[str, str], field: str
    ) -> None:
        answer = people.alice.post(f"{there(app)}/facts", data=FACTS | wrong)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.get_data(as_text=True)


class TestRules:
    def test_a_rubric_is_written_line_by_line(self, app: Flask, people: People) -> None:
        address = begin(app, people, "ranking")
        alice = people.alice
        lines = f"{address}/rules/criteria"
        assert press(alice, f"{address}/rules", f"{lines}/0/remove").status_code == 303
        assert (
            alice.post(
                f"{address}/rules/criteria/new",
                data=CRITERION | {"step": "0.5", "anchors": "90：突出 / Outstanding\n80: 好"},
            ).status_code
            == 303
        )
        alice.post(f"{address}/rules/criteria/new", data=CRITERION | {"code": "looks", "weight": "６５"})
        found = rules(app).criteria
        assert [(each.code, each.weight) for each in found] == [
            ("taste", Decimal(30)),
            ("looks", Decimal(65)),
        ]
        assert [(each.mark, each.text_zh, each.text_en) for each in found[0].anchors] == [
            (Decimal(90), "突出", "Outstanding"),
            (Decimal(80), "好", ""),
        ]
        press(alice, f"{address}/rules", f"{lines}/1/up")
        assert [each.code for each in rules(app).criteria] == ["looks", "taste"]
        page = text_of(alice.get(f"{address}/rules?lang=en"))
        # AW-32: the running sum, and what is wrong with it.
        assert page.count("The weights add up to 95, not to 100.") == 2
        assert "权重合计 95，应为 100" in text_of(alice.get(f"{address}/rules?lang=zh"))

    @pytest.mark.parametrize(
        ("line", "wrong", "field"),
        [
            ("criteria/new", CRITERION | {"weight": "0"}, "weight"),
            ("criteria/new", CRITERION | {"weight": "much"}, "weight"),
            ("criteria/new", CRITERION | {"weight": "82,5"}, "weight"),
            ("levels/new", {"medal": "Z", "at_least": "1_000"}, "at_least"),
            ("criteria/new", CRITERION | {"min": "100"}, "max"),
            ("criteria/new", CRITERION | {"step": "0.7"}, "step"),
            ("criteria/new", CRITERION | {"code": "innovation"}, "code"),
            ("criteria/new", CRITERION | {"code": "a b"}, "code"),
            ("criteria/new", CRITERION | {"anchors": "well done"}, "anchors"),
            ("levels/new", {"medal": "Z"}, "at_least"),
            ("levels/new", {"medal": "G", "places": "1"}, "medal"),
            ("levels/new", {"medal": "Z", "places": "-1"}, "places"),
            ("rounds/new", {"round": "2", "kind": "qualifying"}, "advance"),
            ("rounds/new", {"round": "2", "kind": "lunch"}, "kind"),
            ("method", METHOD | {"oiv_distance": "0"}, "oiv_distance"),
            ("method", METHOD | {"quorum": "0"}, "quorum"),
            ("method", METHOD | {"ballots": "share", "ballot_points": "5, 3"}, "ballot_points"),
            ("method", METHOD | {"ballot_points": "five"}, "ballot_points"),
            ("method", METHOD | {"decimals": "9"}, "decimals"),
            ("medals", MEDALS | {"cap": "101"}, "cap"),
            ("medals", MEDALS | {"cap": "0"}, "cap"),
            ("medals", MEDALS | {"cap": "30", "tie_at_cap": "include_all"}, "tie_at_cap"),
            ("medals", MEDALS | {"tie_1": "median", "tie_2": "median"}, "tie_1"),
            ("medals", MEDALS | {"tie_at_border": "tiebreak"}, "tie_1"),
        ],
    )
    def test_what_one_form_can_mend_is_refused_at_its_field(
        self, app: Flask, people: People, line: str, wrong: dict[str, str], field: str
    ) -> None:
        address = begin(app, people)
        before = rules(app)
        answer = people.alice.post(f"{address}/rules/{line}", data=wrong)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.get_data(as_text=True)
        assert rules(app) == before

    def test_every_rule_can_be_reached(self, app: Flask, people: People) -> None:
        """Each field of a rule set is changed by some form."""
        address = begin(app, people)
        before = rules(app)
        method = METHOD | {
            "weights_total": "101",
            "rescale": "y",
            "quorum": "4",
            "method": "oiv",
            "trim": "2",
            "oiv_distance": "6.5",
            "normalise": "range",
            "least_sheets": "4",
            "few_sheets_confirmed": "y",
            "rounding": "exact",
            "decimals": "3",
            "ballots": "points",
            "ballot_points": "5，3，1",
        }
        medals = MEDALS | {
            "rank_in": "season",
            "cap": "25",
            "cap_in": "category",
            "cap_counts": "all",
            "cap_is_target": "y",
            "tie_at_cap": "include_all",
            "tie_at_border": "down",
            "roll": "y",
            "tie_1": "median",
            "agreement_prize_from": "86",
        }
        for page, sent in (
            ("method", method),
            ("medals", medals),
            ("criteria/new", CRITERION),
            ("levels/new", {"medal": "M", "places": "2"}),
            ("rounds/new", {"round": "2", "kind": "retaste"}),
        ):
            assert people.alice.post(f"{address}/rules/{page}", data=sent).status_code == 303, page
        after = rules(app)
        assert [
            name for name in RuleSet.__struct_fields__ if getattr(before, name) == getattr(after, name)
        ] == []
        assert str(after.cap) == "0.25"
        for lang in ("zh", "en"):
            assert people.alice.get(f"{address}/rules?lang={lang}").status_code == 200

    def test_thresholds_out_of_order_are_told_until_they_are_mended(self, app: Flask, people: People) -> None:
        address = begin(app, people)
        press(people.alice, f"{address}/rules", f"{address}/rules/levels/1/up")
        page = text_of(people.alice.get(f"{address}/rules?lang=en"))
        assert "“G” must need a higher score than “GG”." in page
        press(people.alice, f"{address}/rules", f"{address}/rules/levels/0/down")
        assert "must need a higher score" not in text_of(people.alice.get(f"{address}/rules?lang=en"))

    def test_quotas_above_the_entries_are_a_warning(self, app: Flask, people: People) -> None:
        address = there(app, rules=RULES[Template.QUOTA])
        with app.app_context(), transaction():
            make_entry(db.session.scalars(sa.select(AwardSeason)).one(), "A-01")
        for page in (address, f"{address}/rules"):
            assert "Category A: 16 medals by quota for 1 entries." in text_of(
                people.alice.get(f"{page}?lang=en")
            )

    def test_the_whole_of_it_in_words_with_its_hash(self, app: Flask, people: People) -> None:
        draft = begin(app, people)
        assert "尚未冻结" in text_of(people.alice.get(f"{draft}/rules/print?lang=zh"))
        frozen = there(app, state=SeasonState.JUDGING, rules=RULES[Template.THRESHOLD])
        page = text_of(people.alice.get(f"{frozen}/rules/print?lang=en"))
        assert re.search(r"<code>[0-9a-f]{64}</code>", page)
        assert "At most 30 % of the entries of the season get a medal." in page
        assert "from 92" in page
        chinese = text_of(people.alice.get(f"{frozen}/rules/print?lang=zh"))
        assert "特等金奖" in chinese
        assert not re.search(r"\b(score|entries|medal)\b", chinese)

    def test_a_category_can_have_its_own_rubric_and_medals(self, app: Flask, people: People) -> None:
        address = there(app, rules=RULES[Template.THRESHOLD])
        with app.app_context():
            number = db.session.scalars(sa.select(AwardSeason)).one().categories[0].id
        category = f"{address}/categories/{number}"
        assert people.alice.get(f"{category}/levels/0").status_code == 404
        assert people.alice.post(f"{category}/levels/own").status_code == 303
        sent = {"medal": "GG", "at_least": "95"}
        assert people.alice.post(f"{category}/levels/0", data=sent).status_code == 303
        assert people.alice.post(f"{category}/criteria/own").status_code == 303
        assert press(people.alice, category, f"{category}/criteria/4/remove").status_code == 303
        page = text_of(people.alice.get(f"{address}/rules?lang=en"))
        assert "A: The weights add up to 90, not to 100." in page
        assert "from 95" in text_of(people.alice.get(category))
        ending = f"{category}/criteria/common"
        asked = text_of(people.alice.get(f"{ending}?lang=en"))
        assert "Category A: these lines of its own are removed." in asked
        assert press(people.alice, ending, ending).status_code == 303
        assert people.alice.get(ending).status_code == 404
        assert "add up to 90" not in text_of(people.alice.get(f"{address}/rules?lang=en"))


class TestStalePages:
    """B5, B7: a page that was opened before does nothing to what it has never shown."""

    def test_a_line_is_removed_once_however_often_it_is_asked(self, app: Flask, people: People) -> None:
        address = begin(app, people)
        button = f"{address}/rules/criteria/1/remove"
        fields = shown(people.alice, f"{address}/rules", button)
        before = [each.code for each in rules(app).criteria]
        for _time in range(2):
            assert send(people.alice, fields, button).status_code == 303
            assert [each.code for each in rules(app).criteria] == [before[0], *before[2:]]
        button = f"{address}/rules/levels/0/remove"
        fields = shown(people.alice, f"{address}/rules", button)
        for _time in range(2):
            send(people.alice, fields, button)
            assert [each.medal for each in rules(app).levels] == ["G", "S", "B"]

    def test_a_button_that_does_not_say_which_line_does_nothing(self, app: Flask, people: People) -> None:
        address = begin(app, people)
        before = rules(app)
        for deed in ("remove", "up", "down"):
            assert people.alice.post(f"{address}/rules/criteria/1/{deed}").status_code == 400
        assert rules(app) == before

    @pytest.mark.parametrize(
        ("lang", "sentence"), [("en", "This line was changed meanwhile."), ("zh", "这一行已被他人修改")]
    )
    def test_a_line_that_was_changed_meanwhile_is_not_removed_unseen(
        self, app: Flask, people: People, lang: str, sentence: str
    ) -> None:
        address = begin(app, people)
        button = f"{address}/rules/levels/0/remove"
        fields = shown(people.alice, f"{address}/rules", button)
        people.dora.post(f"{address}/rules/levels/0", data={"medal": "GG", "at_least": "95"})
        answer = people.alice.post(f"{button}?lang={lang}", data=fields, follow_redirects=True)
        assert sentence in text_of(answer)
        assert rules(app).levels[0].at_least == 95

    def test_a_form_changes_the_line_it_was_opened_for(self, app: Flask, people: People) -> None:
        address = begin(app, people)
        form = people.alice.get(f"{address}/rules/criteria/0").get_data(as_text=True)
        assert '<input type="hidden" name="line" value="innovation" />' in form
        press(people.dora, f"{address}/rules", f"{address}/rules/criteria/0/down")
        sent = CRITERION | {"line": "innovation", "code": "innovation", "weight": "31"}
        assert people.alice.post(f"{address}/rules/criteria/0", data=sent).status_code == 303
        assert [each.weight for each in rules(app).criteria if each.code == "innovation"] == [31]
        assert len({each.code for each in rules(app).criteria}) == 5
        press(people.dora, f"{address}/rules", f"{address}/rules/criteria/1/remove")
        answer = people.alice.post(f"{address}/rules/criteria/0?lang=en", data=sent)
        assert answer.status_code == 422
        assert "This line is not there any more." in text_of(answer)

    def test_own_lines_are_not_begun_over(self, app: Flask, people: People) -> None:
        address = there(app, rules=RULES[Template.THRESHOLD])
        with app.app_context():
            number = db.session.scalars(sa.select(AwardSeason)).one().categories[0].id
        category = f"{address}/categories/{number}"
        people.alice.post(f"{category}/levels/own")
        people.alice.post(f"{category}/levels/0", data={"medal": "GG", "at_least": "95"})
        people.alice.post(f"{category}/levels/own")
        assert "from 95" in text_of(people.alice.get(f"{category}?lang=en"))
        fields = shown(people.alice, f"{category}/levels/common", f"{category}/levels/common")
        people.dora.post(f"{category}/levels/0", data={"medal": "GG", "at_least": "96"})
        answer = people.alice.post(f"{category}/levels/common?lang=en", data=fields, follow_redirects=True)
        assert "These were changed meanwhile." in text_of(answer)
        assert "from 96" in text_of(answer)


class TestFrozenFacts:
    def sent(self, client: Any, address: str, **more: str) -> dict[str, str]:
        """What the form of the facts would send as it is shown."""
        page = client.get(f"{address}/facts").get_data(as_text=True)
        fields = {}
        for tag in re.findall(r"<input[^>]*>", page):
            found = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
            kind = found.get("type")
            if kind in ("checkbox", "radio") and "checked" not in tag.replace("checkbox", ""):
                continue
            if "name" in found and kind != "submit":
                fields[found["name"]] = found.get("value", "")
        return fields | more

    @pytest.mark.parametrize(
        ("lang", "sentence"),
        [
            ("en", "This is a rule, and judging has begun."),
            ("zh", "这是评选规则的一部分，评审已经开始"),
        ],
    )
    def test_blindness_is_not_lifted_while_jurors_judge(
        self, app: Flask, people: People, lang: str, sentence: str
    ) -> None:
        address = there(app, state=SeasonState.JUDGING)
        sent = self.sent(people.alice, address)
        assert sent["is_blind"] == "y"
        del sent["is_blind"]
        answer = people.alice.post(f"{address}/facts?lang={lang}", data=sent)
        assert answer.status_code == 422
        page = text_of(answer)
        assert sentence in page
        assert 'href="#is_blind"' in page
        assert 'id="is_blind-error"' in page
        with app.app_context():
            assert db.session.scalars(sa.select(AwardSeason)).one().is_blind

    def test_a_form_of_before_judging_is_refused_with_what_it_would_change(
        self, app: Flask, people: People
    ) -> None:
        """A stale tab still shows the fields; it is not told “Saved.” of what was not taken."""
        address = there(app, state=SeasonState.JUDGING)
        with app.app_context(), transaction():
            db.session.scalars(sa.select(AwardSeason)).one().state = SeasonState.SCREENING
        sent = self.sent(people.alice, address, jurors_per_entry="2")
        with app.app_context(), transaction():
            db.session.scalars(sa.select(AwardSeason)).one().state = SeasonState.JUDGING
        answer = people.alice.post(f"{address}/facts?lang=en", data=sent)
        assert answer.status_code == 422
        assert 'id="jurors_per_entry-error"' in text_of(answer)
        again = self.sent(people.alice, address, organiser_zh="新联合会")
        assert again["jurors_per_entry"] == "5"
        assert people.alice.post(f"{address}/facts", data=again).status_code == 303
        page = text_of(people.alice.get(f"{address}/rules?lang=en"))
        assert "Organiser in Chinese" in page.split("once it is put in force with a reason:")[1][:60]

    @pytest.mark.parametrize("state", [SeasonState.LOCKED, SeasonState.EMBARGOED, SeasonState.PUBLISHED])
    def test_aw_39_the_organiser_does_not_open_a_locked_result_by_its_date(
        self, app: Flask, people: People, state: SeasonState
    ) -> None:
        address = there(app, state=state)
        with app.app_context():
            before = db.session.scalars(sa.select(AwardSeason)).one().publish_at
        page = text_of(people.alice.get(f"{address}/facts?lang=en"))
        assert not re.search(r'type="datetime-local"', page)
        assert f"{address}/deliberation" not in page
        assert f'{address}/deliberation"' in text_of(people.dora.get(f"{address}/facts"))
        sent = self.sent(people.alice, address, publish_at="2020-01-01T00:00:00")
        answer = people.alice.post(f"{address}/facts?lang=en", data=sent)
        assert answer.status_code == 422
        assert "when it is published is set with the deliberation" in text_of(answer)
        assert "锁定" in text_of(people.alice.post(f"{address}/facts?lang=zh", data=sent))
        with app.app_context():
            assert db.session.scalars(sa.select(AwardSeason)).one().publish_at == before
        renamed = self.sent(people.alice, address, name_zh="新名")
        assert people.alice.post(f"{address}/facts", data=renamed).status_code == 303

    def test_an_old_version_reprints_identically_whatever_happens_later(
        self, app: Flask, people: People
    ) -> None:
        address = there(
            app,
            state=SeasonState.JUDGING,
            rules=RULES[Template.THRESHOLD],
            most_entries=2,
            approval_number="8号",
            approved_until=clock.today("Asia/Shanghai") + timedelta(days=400),
        )

        def printed(lang: str, number: int = 1) -> str:
            page = people.alice.get(f"{address}/rules/print?version={number}&lang={lang}")
            return re.sub(r"nonce-\w+|csrf[^>]*>", "", page.get_data(as_text=True))

        first = {lang: printed(lang) for lang in ("zh", "en")}
        assert "A company may enter 2 products." in first["en"]
        assert re.search("SHA-256 of the facts:\\s*<code>[0-9a-f]{64}</code>", first["en"])
        with app.app_context(), transaction():
            season = db.session.scalars(sa.select(AwardSeason)).one()
            for name, value in (
                *(
                    ("name_zh", "改名"),
                    ("name_en", "Renamed"),
                    ("organiser_zh", "别会"),
                    ("organiser_en", "Other"),
                ),
                *(("entry_fee", 5000), ("most_entries", 9), ("is_blind", False), ("shows_others", True)),
                *(("jurors_per_entry", 1), ("approval_number", "9号"), ("year", 2031), ("closes_at", None)),
            ):
                setattr(season, name, value)
            category = season.categories[0]
            category.name_zh, category.name_en = "改类", "Other category"
            category.division_zh, category.eligibility_en = "改组", "Locals only"
            expo_of(app).currency, expo_of(app).timezone = "KRW", "Asia/Seoul"
        assert {lang: printed(lang) for lang in first} == first
        people.alice.post(f"{address}/rules/freeze", data={"reason": "更正"})
        assert {lang: printed(lang) for lang in first} == first
        second = printed("en", 2)
        for words in ("Renamed", "Other category", "Locals only", "9号", "Jurors see which company"):
            assert words in second
            assert words not in first["en"]

    def test_a_category_of_the_frozen_rules_is_read_and_not_typed(self, app: Flask, people: People) -> None:
        address = there(app, state=SeasonState.JUDGING)
        with app.app_context(), transaction():
            category = db.session.scalars(sa.select(AwardSeason)).one().categories[0]
            number, category.eligibility_zh = category.id, '一\n二 "三"'
        page = people.alice.get(f"{address}/categories/{number}").get_data(as_text=True)
        assert re.findall(r'name="(division_zh|eligibility_zh|code)" value="', page) == [
            "code",
            "eligibility_zh",
        ]
        kept = {"code": "A", "name_zh": "新名", "eligibility_zh": '一\r\n二 "三"'}
        there_ = f"{address}/categories/{number}"
        assert people.alice.post(there_, data=kept).status_code == 303
        answer = people.alice.post(f"{there_}?lang=en", data=kept | {"eligibility_zh": "三"})
        assert answer.status_code == 422
        assert 'id="eligibility_zh-error"' in answer.get_data(as_text=True)
        answer = people.alice.post(there_, data=kept | {"code": "B"})
        assert 'id="code-error"' in answer.get_data(as_text=True)


class TestCategories:
    def test_they_are_added_changed_ordered_and_removed(self, app: Flask, people: People) -> None:
        address = begin(app, people)
        alice = people.alice
        for code in ("A", "B"):
            sent = {"code": code, "name_zh": f"{code}类", "division_zh": "轻工", "eligibility_zh": "展商"}
            assert alice.post(f"{address}/categories/new", data=sent).status_code == 303
        twice = alice.post(f"{address}/categories/new", data={"code": "A", "name_zh": "又"})
        assert twice.status_code == 422
        with app.app_context():
            first, second = (each.id for each in db.session.scalars(sa.select(AwardSeason)).one().categories)
        assert alice.post(f"{address}/categories/{second}/up").status_code == 303
        assert alice.post(f"{address}/categories/{first}/remove").status_code == 303
        sent = {"code": "C", "name_zh": "", "name_en": "Crafts", "division_zh": ""}
        assert alice.post(f"{address}/categories/{second}", data=sent).status_code == 303
        with app.app_context():
            left = db.session.scalars(sa.select(AwardSeason)).one().categories
            assert [(each.code, each.name_en, each.division_zh) for each in left] == [("C", "Crafts", "")]

    def test_one_with_entries_stays(self, app: Flask, people: People) -> None:
        address = there(app)
        with app.app_context(), transaction():
            season = db.session.scalars(sa.select(AwardSeason)).one()
            make_entry(season, "A-01")
            number = season.categories[0].id
        page = people.alice.post(f"{address}/categories/{number}/remove?lang=en", follow_redirects=True)
        assert "1 products are entered in this category." in text_of(page)


class TestMoving:
    def move(self, people: People, address: str, to: str, way: str = "on", **more: str) -> Any:
        return people.alice.post(f"{address}/move/{way}?lang=en", data={"to": to, **more})

    def test_the_main_action_opens_judging_and_freezes_the_rules(self, app: Flask, people: People) -> None:
        address = there(app, state=SeasonState.SCREENING, rules=RULES[Template.THRESHOLD])
        assert "No entry is accepted yet." in text_of(people.alice.get(f"{address}/move/on?lang=en"))
        assert self.move(people, address, "judging").status_code == 422
        with app.app_context(), transaction():
            make_entry(db.session.scalars(sa.select(AwardSeason)).one(), "A-01")
        assert "开始评审" in text_of(people.alice.get(f"{address}?lang=zh"))
        assert self.move(people, address, "judging").status_code == 303
        assert state(app) is SeasonState.JUDGING
        assert "Version 1 is frozen and counts." in text_of(people.alice.get(f"{address}/rules?lang=en"))

    def test_aw_32_it_does_not_with_weights_of_95(self, app: Flask, people: People) -> None:
        address = begin(app, people)
        people.alice.post(f"{address}/rules/criteria/4", data=CRITERION | {"code": "green", "weight": "5"})
        with app.app_context(), transaction():
            season = db.session.scalars(sa.select(AwardSeason)).one()
            season.state = SeasonState.SCREENING
        answer = self.move(people, address, "judging")
        assert answer.status_code == 422
        assert "The weights add up to 95, not to 100." in text_of(answer)
        assert state(app) is SeasonState.SCREENING

    def test_changes_after_the_freeze_make_a_version_with_a_reason(self, app: Flask, people: People) -> None:
        address = there(app, state=SeasonState.JUDGING, rules=RULES[Template.THRESHOLD])
        with app.app_context(), transaction():
            season = db.session.scalars(sa.select(AwardSeason)).one()
            make_sheet(make_entry(season, "A-01"), make_juror(season, "J01"), {"innovation": "90"})
        alice = people.alice
        alice.post(f"{address}/rules/method", data=METHOD | {"method": "median"})
        page = text_of(alice.get(f"{address}/rules?lang=en"))
        assert "Version 1 counts." in page
        assert alice.post(f"{address}/rules/freeze", data={"reason": " "}).status_code == 422
        assert alice.post(f"{address}/rules/freeze", data={"reason": "评委会决议"}).status_code == 303
        page = text_of(alice.get(f"{address}/rules?lang=en"))
        assert "Version 2 is frozen and counts." in page
        assert "评委会决议" in page
        assert "is the mean of its sheets" in text_of(alice.get(f"{address}/rules?version=1&lang=en"))
        assert "is the median of its sheets" in text_of(alice.get(f"{address}/rules?version=2&lang=en"))
        assert alice.get(f"{address}/rules?version=3").status_code == 404
        assert alice.post(f"{address}/rules/freeze", data={"reason": "again"}).status_code == 422

    def test_once_locked_nothing_of_it_changes(self, app: Flask, people: People) -> None:
        address = there(app, state=SeasonState.LOCKED)
        assert "rules/criteria/new" not in text_of(people.alice.get(f"{address}/rules"))
        assert people.alice.post(f"{address}/rules/method", data=METHOD | {"quorum": "4"}).status_code == 422
        assert (
            people.alice.post(f"{address}/rules/levels/new", data={"medal": "G", "places": "1"}).status_code
            == 422
        )
        sent = {"line": "score", "shown": digest(RuleSet().criteria[0])}
        assert people.alice.post(f"{address}/rules/criteria/0/remove", data=sent).status_code == 303
        assert "结果已锁定，规则不能再改。" in text_of(people.alice.get(f"{address}/rules"))
        assert rules(app) == RuleSet()

    def test_back_needs_a_reason(self, app: Flask, people: People) -> None:
        address = there(app, state=SeasonState.JUDGING)
        assert people.alice.get(f"{address}/move/back").status_code == 200
        assert self.move(people, address, "screening", "back").status_code == 422
        assert self.move(people, address, "screening", "back", reason="漏审").status_code == 303
        assert "漏审" in text_of(people.alice.get(address))

    def test_a_page_of_yesterday_moves_nothing_today(self, app: Flask, people: People) -> None:
        address = there(app, state=SeasonState.JUDGING)
        assert self.move(people, address, "judging").status_code == 422
        assert state(app) is SeasonState.JUDGING

    def test_the_organiser_does_not_move_the_result(self, app: Flask, people: People) -> None:
        """AW-39: what comes after judging is the award office's."""
        address = there(app, state=SeasonState.SCORED)
        page = text_of(people.alice.get(f"{address}/move/on?lang=en"))
        assert "Only the award office and administrators can do this." in page
        assert self.move(people, address, "deliberating").status_code == 422
        assert people.dora.post(f"{address}/move/on", data={"to": "deliberating"}).status_code == 303

    @pytest.mark.parametrize(
        ("stands", "to", "way"),
        [
            (SeasonState.DELIBERATING, "locked", "on"),
            (SeasonState.LOCKED, "published", "on"),
            (SeasonState.LOCKED, "deliberating", "back"),
            (SeasonState.EMBARGOED, "deliberating", "back"),
            (SeasonState.PUBLISHED, "deliberating", "back"),
        ],
    )
    def test_steps_of_the_result_lead_to_the_deliberation(
        self, app: Flask, people: People, stands: SeasonState, to: str, way: str
    ) -> None:
        """AW-33, AW-39: nothing of the result is moved beside the deeds that write its file and give its medals."""
        address = there(app, state=stands, publish_at=None)
        there_page = f'href="{address}/deliberation"'
        assert there_page in people.dora.get(address).text
        assert f"{address}/move/{way}" not in people.dora.get(address).text
        assert there_page in people.dora.get(f"{address}/move/{way}").text
        sent = people.dora.post(f"{address}/move/{way}", data={"to": to, "reason": "x", "public_note": "y"})
        assert sent.status_code == 422
        assert state(app) is stands
        # Who may not see results is led nowhere.
        assert f"{address}/deliberation" not in people.alice.get(address).text

    def test_a_published_season_is_closed_on_its_overview(self, app: Flask, people: People) -> None:
        address = there(app, state=SeasonState.PUBLISHED)
        assert f"{address}/move/on" in people.dora.get(address).text
        assert people.dora.post(f"{address}/move/on", data={"to": "closed"}).status_code == 303
        assert state(app) is SeasonState.CLOSED

    def test_a_draft_goes_nowhere_back(self, app: Flask, people: People) -> None:
        assert people.alice.get(f"{there(app)}/move/back").status_code == 404


def test_nobody_of_the_desk_reads_of_awards(app: Flask, people: People) -> None:
    address = there(app)
    for page in (ROOT, address, f"{address}/rules"):
        assert people.bob.get(page).status_code == 403
        assert people.charlie.get(page).status_code == 404


def test_the_overview_shows_no_mark(app: Flask, people: People) -> None:
    """P22: the organiser sees how many sheets are sent, and no mark in any page of the set-up."""
    address = there(app, state=SeasonState.JUDGING)
    with app.app_context(), transaction():
        season = db.session.scalars(sa.select(AwardSeason)).one()
        make_sheet(make_entry(season, "A-01"), make_juror(season, "J01"), "97.25")
    for page in (address, f"{address}/rules", f"{address}/rules/print", f"{address}/move/on"):
        for lang in ("zh", "en"):
            assert "97.25" not in text_of(people.alice.get(f"{page}?lang={lang}"))
    with app.app_context():
        assert db.session.scalars(sa.select(AwardEntry)).one().number == "A-01"
