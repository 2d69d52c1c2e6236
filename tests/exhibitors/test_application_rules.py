"""The four blocks of an application (spec exhibitors-stands §2.1, E1): what each takes, what is missing, when it is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from exhibitions.core.errors import Refused
from exhibitions.exhibitors.rules import application as rules
from exhibitions.exhibitors.rules import typed
from exhibitions.exhibitors.rules.application import (
    Application,
    CompanyBlock,
    ContactBlock,
    Declarations,
    OpenState,
    ProductsBlock,
    StandBlock,
    Step,
)

NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)
TODAY, LAST = date(2026, 6, 1), date(2026, 9, 12)
M2 = 10_000
DAY = timedelta(days=1)


@dataclass
class Window:
    opens_at: datetime | None = None
    closes_at: datetime | None = None


def code_of(check: Callable[..., Any], *arguments: Any) -> str:
    with pytest.raises(Refused) as refusal:
        check(*arguments)
    return refusal.value.code


@pytest.mark.parametrize(
    ("window", "today", "state"),
    [
        (None, TODAY, OpenState.NOT_SET),
        (Window(), TODAY, OpenState.NOT_SET),
        (Window(closes_at=NOW + DAY), TODAY, OpenState.NOT_SET),
        (Window(opens_at=NOW), TODAY, OpenState.OPEN),
        (Window(opens_at=NOW + timedelta(microseconds=1)), TODAY, OpenState.NOT_YET),
        (Window(NOW - DAY, NOW), TODAY, OpenState.CLOSED),
        (Window(NOW - DAY, NOW + timedelta(microseconds=1)), TODAY, OpenState.OPEN),
        (Window(NOW - DAY), LAST, OpenState.OPEN),
        (Window(NOW - DAY), LAST + DAY, OpenState.OVER),
    ],
)
def test_applications_are_taken_from_the_opening_until_the_closing(
    window: Window | None, today: date, state: OpenState
) -> None:
    assert rules.open_state(window, NOW, today, LAST) is state


def test_a_fair_without_days_is_not_over_and_after_the_closing_one_waits() -> None:
    assert rules.open_state(Window(NOW), NOW, TODAY, None) is OpenState.OPEN
    rules.check_begin(OpenState.OPEN)
    rules.check_begin(OpenState.CLOSED)
    assert code_of(rules.check_begin, OpenState.NOT_YET) == "not_open"
    assert code_of(rules.check_begin, OpenState.NOT_SET) == "not_open"
    assert code_of(rules.check_begin, OpenState.OVER) == "fair_over"


def test_a_reference_tells_a_typing_fault() -> None:
    mark = rules.reference(8, 142)
    assert mark.startswith("0800142")
    assert rules.is_reference(mark)
    assert rules.is_reference(f" {mark[:2]}-{mark[2:7]} {mark[7]} ")
    assert rules.is_reference("".join(chr(ord(digit) + 0xFEE0) for digit in mark))
    assert not any(rules.is_reference(mark[:-1] + other) for other in "0123456789" if other != mark[-1])
    assert not rules.is_reference("")
    assert not rules.is_reference("abc")
    assert len({rules.reference(8, number) for number in range(500)}) == 500
    # MOD 11,10 as the specification verified it: 0794 → 5.
    assert rules._check_digit("0794") == 5


def test_what_is_kept_comes_back_and_what_is_unknown_is_left() -> None:
    whole = Application(
        CompanyBlock(name_zh="星河", kinds=("dealer",)),
        ContactBlock(name="王敏"),
        ProductsBlock((3, 4), "杯子"),
        StandBlock(area=9 * M2, wishes=("A01",)),
    )
    kept = {name: rules.written(getattr(whole, name)) for name in ("company", "contact", "products", "stand")}
    assert rules.read(kept) == whole
    assert rules.read({}) == Application()
    assert rules.read({"company": {"name_en": "Star", "of_old": 1}, "papers": []}).company.name_en == "Star"


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        (StandBlock(area=9 * M2), 9 * M2),
        (StandBlock(width=3000, depth=3000), 9 * M2),
        (StandBlock(width=3000, depth=3000, area=9 * M2, least_area=9 * M2), 9 * M2),
        (StandBlock(area=36 * M2, package="raw", two_storeys=True), 36 * M2),
        (StandBlock(area=100 * M2, package="raw", place="outdoor", open_sides=4), 100 * M2),
        (StandBlock(), "area_missing"),
        (StandBlock(width=3000), "one_side"),
        (StandBlock(depth=3000, area=9 * M2), "one_side"),
        (StandBlock(width=3000, depth=3000, area=10 * M2), "area_differs"),
        (StandBlock(width=500_000, depth=500_000), "measure_invalid"),
        (StandBlock(area=9 * M2, least_area=9 * M2 + 1), "least_area"),
        (StandBlock(area=36 * M2 - 1, package="raw"), "raw_small"),
        (StandBlock(area=100 * M2 - 1, package="raw", place="outdoor"), "raw_small"),
        (StandBlock(area=36 * M2, two_storeys=True), "storeys_raw"),
        (StandBlock(area=9 * M2, open_sides=5), "open_sides"),
        (StandBlock(area=9 * M2, wishes=("A01", "Ａ01")), "wish_twice"),
        (StandBlock(area=9 * M2, wishes=("1", "2", "3", "4")), "wishes_many"),
    ],
)
def test_a_stand_wish_holds_together(wish: StandBlock, found: int | str) -> None:
    if isinstance(found, str):
        assert code_of(rules.checked_stand, wish) == found
    else:
        assert rules.checked_stand(wish).area == found


def test_the_fair_may_let_smaller_raw_space_and_the_choices_keep_their_order() -> None:
    wish = StandBlock(area=18 * M2, package="raw", wishes=(" b02 ", "", "a01"))
    assert rules.checked_stand(wish, {"indoor": 18 * M2}).wishes == ("B02", "A01")


def test_what_is_missing_is_told_page_by_page() -> None:
    empty = rules.gaps(Application(), has_nomenclature=True)
    assert [(gap.step, gap.code) for gap in empty] == [
        (Step.COMPANY, "name_missing"),
        (Step.COMPANY, "code_missing"),
        (Step.DETAILS, "address_missing"),
        (Step.CONTACT, "contact_missing"),
        (Step.CONTACT, "reach_missing"),
        (Step.PRODUCTS, "categories_missing"),
        (Step.STAND, "area_missing"),
    ]
    foreign = Application(
        CompanyBlock(name_en="Star", country="DE", address="Weg 1"),
        ContactBlock(name="A. B.", email="a@b.de"),
        ProductsBlock(text="Cups"),
        StandBlock(area=9 * M2),
    )
    assert rules.gaps(foreign, has_nomenclature=False) == ()
    assert [gap.code for gap in rules.gaps(foreign, has_nomenclature=True)] == ["categories_missing"]
    nowhere = replace(foreign, company=replace(foreign.company, country=""))
    assert [gap.code for gap in rules.gaps(nowhere, has_nomenclature=False)] == ["country_unknown"]
    chinese = replace(foreign, company=replace(foreign.company, country="CN"), products=ProductsBlock((1,)))
    assert [gap.code for gap in rules.gaps(chinese, has_nomenclature=False)] == [
        "name_zh_missing",
        "code_missing",
        "products_missing",
    ]


def test_each_declaration_is_agreed_to_in_the_version_in_force() -> None:
    said = Declarations(3, consent=True, no_claim=True, no_subletting=True)
    rules.check_declarations(said, 3)
    assert code_of(rules.check_declarations, said, 4) == "terms_changed"
    for name in ("consent", "no_claim", "no_subletting"):
        assert code_of(rules.check_declarations, replace(said, **{name: False}), 3) == f"{name}_missing"


def test_the_country_of_the_statistics_falls_out_of_the_company_block_e5() -> None:
    company = CompanyBlock(country="HK", statistics_country="DE", statistics_reason="Headquarters")
    assert rules.statistics_country(company) == "DE"
    assert rules.statistics_country(replace(company, statistics_country="")) == "HK"


def test_pages_follow_each_other_and_differences_name_what_is_said_otherwise() -> None:
    assert rules.next_step(Step.COMPANY) is Step.DETAILS
    assert rules.next_step(Step.CHECK) is Step.CHECK
    found = rules.differences(
        {"name_zh": "星河", "phone": ""}, {"name_zh": "星河", "phone": "1", "website": ""}
    )
    assert found == (("phone", "", "1"),)


def test_texts_are_cleaned_and_what_no_one_can_print_is_refused() -> None:
    assert typed.checked_text(" 星河　ＡＢ ", 10) == "星河 AB"
    assert code_of(typed.checked_text, "=1+1", 10) == "formula_text"
    assert code_of(typed.checked_text, "a\ufffd", 10) == "text_invalid"
    assert typed.checked_text("𠮷" * 40, 40) == "𠮷" * 40
    assert code_of(typed.checked_text, "a" * 41, 40) == "text_long"
    assert typed.checked_lines("a\r\n\r\nb ") == "a\n\nb"
    assert code_of(typed.checked_lines, "aa\naa", 4) == "text_long"


@pytest.mark.parametrize(
    ("check", "text", "kept"),
    [
        (typed.checked_website, "", ""),
        (typed.checked_website, "www.example.com", "https://www.example.com"),
        (typed.checked_website, "HTTP://例子.公司/a?b", "HTTP://例子.公司/a?b"),
        (typed.checked_website, "javascript:alert(1)", None),
        (typed.checked_website, "nonsense", None),
        (typed.checked_website, f"{'a' * 200}.com", None),
        (typed.checked_landline, "", ""),
        (typed.checked_landline, "（0411） 8265 0000", "(0411) 8265 0000"),
        (typed.checked_landline, "12345", None),
        (typed.checked_landline, "call me", None),
        (typed.checked_landline, "()()()", None),
        (typed.switchboard, "0411-82650000-801", "+8641182650000"),
        (typed.switchboard, "(0411) 8265 0000", "+8641182650000"),
        (typed.switchboard, "8265 0000", ""),
        (typed.switchboard, "", ""),
        (typed.checked_hs_code, "", ""),
        (typed.checked_hs_code, "6912.00 10", "69120010"),
        (typed.checked_hs_code, "123", None),
        (typed.checked_area, "", 0),
        (typed.checked_area, "３６．５ ㎡", 365_000),
        (typed.checked_area, "1,200m2", 12_000_000),
        (typed.checked_area, "10000", 100_000_000),
        (typed.checked_area, "10000.01", None),
        (typed.checked_area, "0", None),
        (typed.checked_area, "-9", None),
        (typed.checked_area, "9.00001", None),
        (typed.checked_area, "nine", None),
        (typed.checked_side, "6.5 米", 6500),
        (typed.checked_side, "500.001", None),
        (typed.checked_person, "王 敏", "王 敏"),
        (typed.checked_person, "", None),
        (typed.checked_person, "a" * 101, None),
    ],
)
def test_what_is_typed_is_kept_in_one_form(check: Callable[[str], Any], text: str, kept: object) -> None:
    if kept is None:
        assert code_of(check, text)
    else:
        assert check(text) == kept


def test_letters_countries_and_whom_to_reach() -> None:
    assert typed.checked_letter("é", "Star", "星") == "E"
    assert typed.checked_letter("", "3M", "") == "3"
    assert typed.checked_letter("星", "", "星河") == "X"
    assert typed.checked_letter("", "", "…") == ""
    assert typed.checked_country("kr", ["CN", "KR"]) == "KR"
    assert code_of(typed.checked_country, "XX", ["CN"]) == "country_unknown"
    assert typed.checked_reach("138 0013 8000", "") == ("+8613800138000", None)
    assert typed.checked_reach("", "A@B.de") == (None, "a@b.de")
    assert code_of(typed.checked_reach, "12", "") == "phone_invalid"
    assert code_of(typed.checked_reach, "", "a@b") == "email_invalid"
    assert code_of(typed.checked_reach, "", " ") == "reach_missing"
