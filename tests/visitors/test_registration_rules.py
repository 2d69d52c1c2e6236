"""What is true of a registration, without application and database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibitions.core import regions
from exhibitions.core.errors import Refused
from exhibitions.core.search import read_question, search_line
from exhibitions.visitors.rules.registration import (
    SHOWN_STATES,
    Moment,
    OpenState,
    State,
    checked_company,
    checked_email,
    checked_name,
    checked_phone,
    form_state,
    open_state,
    shown_state,
    source_text,
    source_word,
)

NOW = datetime(2016, 8, 1, 4, 0, tzinfo=UTC)
DAYS = [date(2016, 8, 19) + timedelta(days=n) for n in range(4)]


@dataclass
class Fair:
    registration_opens_at: datetime | None = None
    registration_closes_at: datetime | None = None
    capacity: int | None = None


def code_of(check: object, text: str) -> str:
    with pytest.raises(Refused) as refusal:
        check(text)  # type: ignore[operator]
    return refusal.value.code


@pytest.mark.parametrize(
    ("fair", "alive", "state"),
    [
        (Fair(), 10**6, OpenState.OPEN),
        (Fair(registration_opens_at=NOW), 0, OpenState.OPEN),
        (Fair(registration_opens_at=NOW + timedelta(microseconds=1)), 0, OpenState.NOT_YET),
        (Fair(registration_closes_at=NOW), 0, OpenState.CLOSED),
        (Fair(registration_closes_at=NOW + timedelta(microseconds=1)), 0, OpenState.OPEN),
        (Fair(capacity=5), 4, OpenState.OPEN),
        (Fair(capacity=5), 5, OpenState.FULL),
        (Fair(capacity=0), 0, OpenState.FULL),
        (Fair(registration_closes_at=NOW, capacity=5), 5, OpenState.CLOSED),
    ],
)
def test_the_form_is_open_from_opens_up_to_closes_while_there_are_places(
    fair: Fair, alive: int, state: OpenState
) -> None:
    """V2: [opens, closes), and no place more than the limit."""
    assert open_state(fair, alive, NOW) is state


@pytest.mark.parametrize(
    ("today", "on_site", "alive", "state"),
    [
        (date(2016, 8, 1), False, 0, OpenState.CLOSED),
        (date(2016, 8, 20), False, 0, OpenState.CLOSED),
        (date(2016, 8, 20), True, 0, OpenState.OPEN),
        (date(2016, 8, 20), True, 9, OpenState.FULL),
        (date(2016, 8, 18), True, 0, OpenState.CLOSED),
        (date(2016, 8, 22), True, 0, OpenState.OPEN),
        (date(2016, 8, 23), True, 0, OpenState.OVER),
        (date(2016, 8, 23), False, 0, OpenState.OVER),
    ],
)
def test_on_site_people_register_on_the_fairs_days_whatever_the_hours_of_pre_registration(
    today: date, on_site: bool, alive: int, state: OpenState
) -> None:
    fair = Fair(registration_closes_at=NOW, capacity=9)
    assert form_state(fair, alive, Moment(NOW, today, DAYS), on_site=on_site) is state


def test_a_fair_without_days_yet_is_not_over() -> None:
    assert form_state(Fair(), 0, Moment(NOW, date(2016, 8, 1), []), on_site=False) is OpenState.OPEN


def test_the_states_that_people_see() -> None:
    """ux §6: visited is read from the badge's days and hides the stored state."""
    assert [shown_state(state, came=False) for state in State] == [
        "waiting",
        "registered",
        "cancelled",
        "refused",
    ]
    assert {shown_state(state, came=True) for state in State} == {"visited"}
    assert SHOWN_STATES == ("waiting", "registered", "visited", "cancelled", "refused")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("王敏", "王敏"),
        ("  王  敏 ", "王 敏"),
        ("O'Brien", "O'Brien"),
        ("Null", "Null"),
        ("敏", "敏"),
        ("𠮷野 𪚥", "𠮷野 𪚥"),
        ("Zoe\u0308", "Zoë"),
        ("\u202eevil\u202c", "evil"),
        ("A\u200bB", "AB"),
        ("ＡＢ１", "AB1"),
        ("<b>x</b>", "<b>x</b>"),
        ("x" * 100, "x" * 100),
    ],
)
def test_names_are_kept_as_ir3_says(typed: str, kept: str) -> None:
    """F18, IR3: what people are called comes back the same after NFC."""
    assert checked_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "name_missing"),
        (" \u200b\u3164 ", "name_missing"),
        ("x" * 101, "name_long"),
        ("x" * 10_000, "name_long"),
        ("=cmd()", "formula_text"),
        (" @x", "formula_text"),
        ("a\x00b", "text_invalid"),
        ("a\x1bb", "text_invalid"),
        ("a\ud800b", "text_invalid"),
        ("a" + chr(0xFFFD) + "b", "text_invalid"),
    ],
)
def test_what_is_no_name_is_refused(typed: str, code: str) -> None:
    """F18, IR10: controls, surrogates and broken encodings are no letters; formulas are no names."""
    assert code_of(checked_name, typed) == code


def test_companies() -> None:
    assert checked_company("") == ""
    assert checked_company(" 星河 ") == "星河"
    assert code_of(checked_company, "x" * 201) == "company_long"
    assert code_of(checked_company, "=1") == "formula_text"


@pytest.mark.parametrize(
    "typed",
    ["138 0013 8000", "138-0013-8000", "+86 13800138000", "１３８００１３８０００", "0086 138 0013 8000"],
)
def test_one_phone_number_however_it_is_typed(typed: str) -> None:
    """IR4, ux §2: blanks, dashes, full-width digits and +86 are accepted."""
    assert checked_phone(typed) == "+8613800138000"


@pytest.mark.parametrize(
    ("check", "typed", "code"),
    [
        (checked_phone, "", "phone_missing"),
        (checked_phone, " \u3000", "phone_missing"),
        (checked_phone, "12345", "phone_invalid"),
        (checked_phone, "23800138000", "phone_invalid"),
        (checked_email, "", "email_missing"),
        (checked_email, "a@b", "email_invalid"),
        (checked_email, "a b@c.de", "email_invalid"),
    ],
)
def test_what_is_no_contact_is_refused(check: object, typed: str, code: str) -> None:
    assert code_of(check, typed) == code


def test_an_address_is_kept_in_small_letters() -> None:
    """IR5."""
    assert checked_email(" Lee@Example.ORG ") == "lee@example.org"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("wechat-7", "wechat-7"),
        (None, ""),
        ("", ""),
        ("a b", ""),
        ("<x>", ""),
        ("x" * 65, ""),
        ("-a", ""),
        ("王", ""),
    ],
)
def test_a_source_is_a_plain_word(text: str | None, word: str) -> None:
    assert source_word(text) == word


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("辽宁省大连市", "大连"),
        ("辽宁 大连", "大连"),
        ("Dalian", "大连"),
        ("辽宁", "辽宁"),
        ("辽宁省", "辽宁"),
        ("Liaoning", "辽宁"),
        ("内蒙古自治区", "内蒙古"),
        ("新疆维吾尔自治区", "新疆"),
        ("北京市朝阳区", "北京"),
        ("陕西", "陕西"),
        ("Shaanxi", "陕西"),
        ("台湾省", "TW"),
        ("臺灣", "TW"),
        ("香港特别行政区", "HK"),
        ("Macau", "MO"),
        ("韩国", "KR"),
        ("대한민국", "KR"),
        ("kr", "KR"),
        ("Japan", "JP"),
        ("中国", "CN"),
        ("", ""),
        ("火星", "火星"),
        ("x" * 80, "x" * 64),
    ],
)
def test_places_have_one_key_however_they_are_written(text: str, key: str) -> None:
    assert regions.region_key(text) == key


@pytest.mark.parametrize(
    ("key", "group"),
    [
        ("大连", regions.Group.HOME_CITY),
        ("辽宁", regions.Group.PROVINCE),
        ("沈阳", regions.Group.PROVINCE),
        ("北京", regions.Group.REST),
        ("CN", regions.Group.REST),
        ("HK", regions.Group.ABROAD),
        ("KR", regions.Group.ABROAD),
        ("", regions.Group.UNKNOWN),
        ("火星", regions.Group.UNKNOWN),
    ],
)
def test_the_groups_of_statistics_for_a_fair_in_dalian(key: str, group: regions.Group) -> None:
    """ux §10: home city, province, rest, abroad; unknown as its own."""
    assert regions.group_of(key, "大连") is group
    assert regions.group_of(key, "辽宁省大连市") is group


def test_34_provinces_and_the_home_city_are_offered() -> None:
    """GB/T 2260: 31 on the mainland, Hong Kong, Macao and Taiwan, and no place twice."""
    offered = regions.choices("大连", "zh")
    assert len(offered.provinces) + len(offered.near) == 34
    assert [place.name for place in offered.home] == ["大连"]
    keys = [place.key for place in (*offered.home, *offered.provinces, *offered.near, *offered.countries)]
    assert len(keys) == len(set(keys)) == len(offered.keys)
    assert "CN" not in offered.keys
    assert regions.choices("上海", "zh").home == ()


@pytest.mark.parametrize("lang", ["zh", "en", "ko"])
def test_every_offered_place_is_read_back_from_its_own_name(lang: str) -> None:
    offered = regions.choices("大连", lang)
    # 吉林 is a province and a city in it, 海南 a province and a prefecture: the province is meant.
    for place in (*offered.home, *offered.provinces, *offered.countries):
        assert regions.is_known(place.key)
        assert place.name
        if lang != "ko":
            assert regions.region_key(place.name) == place.key, place


def test_a_search_line_holds_what_people_search_by() -> None:
    line = search_line("单敏", "Star 星河", "+8613800138000", "lee@example.org")
    assert line.split() == [
        "单敏",
        "shanmin",
        "sm",
        "star",
        "星河",
        "starxinghe",
        "xh",
        "8613800138000;",
        "lee@example.org",
    ]
    assert search_line("Zoë", "", None, None) == "zoë"


def test_a_question_is_words_or_a_number() -> None:
    assert read_question("  Star　ZOE\u0308 ").words == ("star", "zoë")
    assert read_question("8000").digits == "8000"
    assert read_question("80").digits == ""
    assert read_question("138 0013-8000").phone == "+8613800138000"
    assert read_question("").words == ()


@given(st.text(max_size=300))
def test_no_text_breaks_the_rules(text: str) -> None:
    """Whatever is typed is kept, or refused with a code; never anything else."""
    for check in (checked_name, checked_company, checked_phone, checked_email):
        try:
            kept = check(text)
        except Refused:
            continue
        assert check(kept) == kept
    regions.region_key(text)
    read_question(text)
    search_line(text, text, None, None)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("wechat", ("WeChat", "")),
        ("association-7", ("Association", "7")),
        ("wechat-group", ("wechat-group", "")),
        ("spring", ("spring", "")),
        ("", ("", "")),
    ],
)
def test_known_sources_have_a_name(word: str, text: tuple[str, str]) -> None:
    assert source_text(word) == text
