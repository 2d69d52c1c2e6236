"""Until when, how many, under which code, and what jurors do not read (awards.md §3.3, §3.6; E9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibitions.awards.rules import entering as rules
from exhibitions.awards.rules.entry_words import shown_state, shown_to_company, states_shown_as
from exhibitions.awards.rules.screening import Deed, possible
from exhibitions.awards.rules.states import EntryStage, EntryState, SeasonState
from exhibitions.core.errors import Conflict, Refused

ZONE = "Asia/Shanghai"
CLOSES = datetime(2026, 7, 31, 23, 59, 59, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


@dataclass
class Season:
    state: SeasonState = SeasonState.OPEN
    opens_at: datetime | None = None
    closes_at: datetime | None = CLOSES
    screening_until: datetime | None = CLOSES + timedelta(days=7)


class TestDeadline:
    @pytest.mark.parametrize("micro", [0, 1, 999_999])
    def test_the_last_second_counts_whole(self, micro: int) -> None:
        rules.check_open(Season(), CLOSES.replace(microsecond=micro), ZONE)

    def test_one_second_later_is_late_and_both_moments_are_said_in_the_fairs_zone(self) -> None:
        with pytest.raises(Conflict) as refusal:
            rules.check_open(Season(), CLOSES + timedelta(seconds=1), ZONE)
        assert refusal.value.code == "entry_late"
        assert refusal.value.params == {"until": "2026-07-31 23:59:59", "came": "2026-08-01 00:00:00"}

    def test_before_the_beginning_and_while_it_is_set_up_nothing_is_taken(self) -> None:
        opens = CLOSES - timedelta(days=1)
        with pytest.raises(Conflict, match="entry_early"):
            rules.check_open(Season(opens_at=opens), opens - timedelta(microseconds=1), ZONE)
        rules.check_open(Season(opens_at=opens), opens, ZONE)
        with pytest.raises(Conflict, match="entry_early"):
            rules.check_open(Season(SeasonState.DRAFT), opens, ZONE)

    def test_a_returned_entry_is_answered_until_screening_ends_to_the_second(self) -> None:
        until = CLOSES + timedelta(days=7)
        rules.check_answer(Season(SeasonState.SCREENING), until, ZONE)
        with pytest.raises(Conflict, match="entry_late"):
            rules.check_answer(Season(SeasonState.SCREENING), until + timedelta(seconds=1), ZONE)
        with pytest.raises(Conflict, match="answer_closed"):
            rules.check_answer(Season(SeasonState.JUDGING), CLOSES, ZONE)

    def test_the_office_enters_late_only_for_a_reason_and_never_once_judging_began(self) -> None:
        late = CLOSES + timedelta(seconds=1)
        rules.check_office(Season(), CLOSES, "")
        with pytest.raises(Refused, match="late_reason"):
            rules.check_office(Season(), late, " ")
        rules.check_office(Season(SeasonState.SCREENING), late, "邮件系统故障")
        with pytest.raises(Conflict, match="entry_closed_office"):
            rules.check_office(Season(SeasonState.JUDGING), late, "x")


def test_the_limit_counts_what_was_entered() -> None:
    rules.check_limit(3, 2)
    rules.check_limit(None, 99)
    with pytest.raises(Refused, match="entries_full"):
        rules.check_limit(3, 3)


class TestBlindCode:
    def test_it_is_the_categorys_code_and_a_number_by_lot(self) -> None:
        assert rules.blind_code("A", [], lambda most: 16) == "A017"
        assert rules.blind_code("a", ["A001"], lambda most: 0) == "A002"

    @given(st.data())
    def test_no_code_is_given_twice_whatever_the_lot(self, data: st.DataObject) -> None:
        taken: list[str] = []
        for _entry in range(30):
            code = rules.blind_code("A", taken, lambda most: data.draw(st.integers(0, most - 1)))
            assert code not in taken
            taken.append(code)

    def test_half_of_the_numbers_stay_free_so_that_none_can_be_told_by_what_is_left(self) -> None:
        taken = [f"A{number:03d}" for number in range(1, 501)]
        asked: list[int] = []

        def draw(most: int) -> int:
            asked.append(most)
            return most - 1

        assert rules.blind_code("A", taken, draw) == "A9999"
        assert asked[0] >= 5_000


class TestCovered:
    NAMES = ("大连星河家居有限公司", "Dalian Xinghe Furniture Co., Ltd.", "星海")

    @pytest.mark.parametrize(
        "text",
        [
            "大连星河家居有限公司研制",
            "大连 星河 家居研制",
            "由星河家居研制",
            "made by DALIAN XINGHE FURNITURE",
            "the 星海 chair",
        ],
    )
    def test_no_name_of_the_company_is_left_in_a_text(self, text: str) -> None:
        left = rules.covered(text, self.NAMES)
        assert "▇▇" in left
        for name in ("星河", "星海", "xinghe"):
            assert name not in left.lower()

    def test_other_words_stay(self) -> None:
        text = "竹纤维餐具，可在 90 天内降解。Bamboo fibre."
        assert rules.covered(text, self.NAMES) == text
        assert rules.covered("Aroma", ["Rom"]) == "Aroma", "a Latin name is a word of its own"

    @pytest.mark.parametrize(
        ("company", "kept"),
        [
            ("大连食品有限公司", "出口食品的包装"),
            ("大连市食品有限公司", "出口食品的包装"),
            ("食品有限公司", "出口食品的包装"),
            ("沈阳木业有限公司", "传统木业工艺"),
            ("中国轻工机械总公司", "新型轻工机械"),
            ("沈阳家用电器厂", "节能家用电器"),
            ("大连轻工机械有限公司", "用于轻工机械"),
            ("大连日用化学工业有限公司", "日用化学工业标准"),
            ("青岛啤酒股份有限公司", "精酿啤酒"),
            ("贵州茅台酒股份有限公司", "酱香茅台酒杯"),
            ("大连豆制品有限公司", "非转基因豆制品"),
            ("辽宁省大连市纺织品进出口有限公司", "纺织品进出口贸易"),
            ("广东美的集团有限公司", "最美的造型"),
            ("China Food Group", "safe food for children"),
            ("Dalian Light Industry Co., Ltd.", "made for light industry"),
            ("Koreana Foods", "canned foods"),
            ("Rose Wood", "a rosewood chair"),
            ("Air", "it cleans the air"),
            ("Green", "a green surface"),
            ("家具", "实木家具"),
            ("360", "turns by 360 degrees"),
        ],
    )
    def test_what_a_company_makes_is_a_word_of_everybody(self, company: str, kept: str) -> None:
        """What is left of a name without place and form tells nobody while it only says the trade."""
        assert rules.covered(kept, [company]) == kept

    @pytest.mark.parametrize(
        ("company", "told"),
        [
            ("大连食品有限公司", "大连食品"),
            ("辽宁省大连市星河家居科技有限公司", "星河家居"),
            ("大连星河（集团）家居股份有限公司", "大连星河家居"),
            ("北京同仁堂股份有限公司", "同仁堂"),
            ("青岛海尔智能家电有限公司", "海尔智能家电"),
            ("青岛啤酒股份有限公司", "青岛啤酒"),
            ("贵州茅台酒股份有限公司", "贵州茅台酒"),
            ("海尔集团公司", "海尔"),
            ("大连中山食品厂", "中山食品"),
            ("内蒙古伊利实业集团股份有限公司", "内蒙古伊利"),
            ("Dalian Xinghe Furniture Co., Ltd.", "Xinghe  furniture"),
            ("Air", "Air"),
            ("Rose Wood", "ROSE-WOOD"),
            ("海尔Haier", "海尔 haier"),
        ],
    )
    def test_what_people_call_a_company_is_covered(self, company: str, told: str) -> None:
        assert rules.covered(f"由{told}研制", [company]) == "由▇▇研制"

    @given(
        st.sampled_from(("大连", "大连市", "辽宁省沈阳市", "中国", "广西壮族自治区")),
        st.lists(
            st.sampled_from(("食品", "机械", "轻工", "家具", "日用", "纺织品", "贸易")),
            min_size=1,
            max_size=3,
        ),
        st.sampled_from(("有限公司", "股份有限公司", "集团有限责任公司", "厂", "总公司")),
    )
    def test_no_row_of_trades_is_ever_covered(self, place: str, trades: list[str], form: str) -> None:
        trade = "".join(trades)
        assert rules.covered(f"优质{trade}用料", [f"{place}{trade}{form}"]) == f"优质{trade}用料"


class TestNothingTellsTheResult:
    """P22, AW-39: before publication no word, filter or count says who won."""

    @pytest.mark.parametrize("state", [EntryState.AWARDED, EntryState.NOT_AWARDED])
    def test_before_publication_both_ends_look_alike(self, state: EntryState) -> None:
        assert shown_state(state, is_public=False) is EntryState.JUDGED
        assert shown_to_company(state, is_public=False) is EntryStage.ACCEPTED
        assert state in states_shown_as(EntryStage.JUDGED, is_public=False)

    def test_afterwards_they_are_told(self) -> None:
        assert shown_to_company(EntryState.AWARDED, is_public=True) is EntryStage.MEDAL
        assert shown_to_company(EntryState.NOT_AWARDED, is_public=True) is EntryStage.NONE
        assert EntryState.AWARDED in states_shown_as(EntryStage.MEDAL, is_public=True)


@pytest.mark.parametrize("season", [SeasonState.LOCKED, SeasonState.EMBARGOED, SeasonState.PUBLISHED])
def test_after_the_lock_only_what_no_result_names_falls_out(season: SeasonState) -> None:
    """AW-36."""
    for state in (EntryState.DRAFT, EntryState.SUBMITTED, EntryState.RETURNED):
        assert rules.falls_out(state, season)
    for state in (EntryState.SCREENED_OK, EntryState.JUDGED, EntryState.AWARDED, EntryState.DISQUALIFIED):
        assert not rules.falls_out(state, season)
        assert rules.falls_out(state, SeasonState.DELIBERATING)


def test_what_the_office_can_do_follows_the_states() -> None:
    returned = possible(EntryState.RETURNED, SeasonState.SCREENING, has_sample=False)
    assert returned == {Deed.ANSWER, Deed.REJECT, Deed.MOVE, Deed.WITHDRAW}
    submitted = possible(EntryState.SUBMITTED, SeasonState.SCREENING, has_sample=False)
    assert submitted == {Deed.ACCEPT, Deed.RETURN, Deed.REJECT, Deed.MOVE, Deed.WITHDRAW}
    judging = possible(EntryState.SAMPLE_RECEIVED, SeasonState.JUDGING, has_sample=True)
    assert judging == {Deed.RECEIVE, Deed.GIVE_BACK, Deed.DISQUALIFY, Deed.WITHDRAW}
    assert possible(EntryState.AWARDED, SeasonState.LOCKED, has_sample=False) == {Deed.WITHDRAW}
