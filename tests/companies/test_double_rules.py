"""E-7 and issue 4.1: doubles by code, name, phone and domain, each with reason and strength; merging field by field."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from exhibitions.companies.rules import merging
from exhibitions.companies.rules.doubles import (
    MOST_IN_A_GROUP,
    Double,
    DoubleReason,
    Entry,
    Strength,
    alike_key,
    compared,
    found_doubles,
    mail_domain,
    name_key,
    site_domain,
)

CODE, OTHER_CODE = "91210200MA0ABCDE63", "91210200744370215R"


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (
            [
                "大连星河玻璃有限公司",
                "大连 星河玻璃股份有限公司",
                "大连（星河）玻璃有限责任公司",
                "大连星河玻璃集团有限公司",
                "大连星河玻璃",
            ],
            "大连星河玻璃",
        ),
        (
            [
                "Star River Glass Co., Ltd.",
                "STAR RIVER GLASS CO.LTD",
                "Star-River Glass Company Limited",
                "ＳＴＡＲ　ＲＩＶＥＲ Glass, Inc.",
            ],
            "starriverglass",
        ),
        (["㈜한빛", "주식회사 한빛", "한빛(주)", "한빛 유한회사"], "한빛"),
        (["Müller GmbH & Co. KG", "MÜLLER G.m.b.H."], "müller"),
        (["Johnson & Johnson Ltd", "Johnson and Johnson"], "johnsonandjohnson"),
        (["株式会社ＡＢＣ", "ABC K.K."], "abc"),
        (["星河（上海）有限公司", "星河上海有限公司"], "星河上海"),
        (
            [
                "大连海鸥股份合作公司",
                "大连海鸥（集团）有限责任公司",
                "大连海鸥总公司",
                "大连 海鸥（个体工商户）",
                "大连海鸥合伙企业(有限合伙)",
                "【大连】海鸥　有限公司",
            ],
            "大连海鸥",
        ),
        # A branch has a licence of its own and is never its parent.
        (["大连海鸥有限公司沈阳分公司"], "大连海鸥有限公司沈阳分公司"),
        (["海鸥分公司", "海鸥（分公司）"], "海鸥分公司"),
        (["Rossi S.p.A.", "Rossi S. p. A.", "ROSSI S.R.L."], "rossi"),
        (
            ["Lego A/S", "Lego ApS", "Lego AB", "Lego Oy", "Lego a.s.", "Lego s. r. o.", "Lego Sp. z o.o."],
            "lego",
        ),
        (
            [
                "Batik Sdn. Bhd.",
                "Batik Pte. Ltd.",
                "Batik Pty Ltd",
                "Batik L.L.C.",
                "Batik B.V.",
                "Batik N.V.",
            ],
            "batik",
        ),
        (["A B"], "ab"),
        (["ООО Ромашка", "Ромашка ООО", "Ромашка, ЗАО"], "ромашка"),
        (["PT Maju Jaya Tbk", "Maju Jaya"], "majujaya"),
        (["한빛 합자회사", "농업회사법인 주식회사 한빛", "한빛（주）"], "한빛"),
        (["有限会社山田", "山田(有)", "合資会社 山田"], "山田"),
        (["大连玻璃厂"], "大连玻璃厂"),
        (["有限公司"], "有限公司"),
        (["集团有限公司"], "集团"),
        (["Ltd."], "ltd"),
        (["", "  ", "（）"], ""),
    ],
)
def test_names_are_compared_without_brackets_blanks_and_legal_form(names: list[str], key: str) -> None:
    assert [name_key(name) for name in names] == [key] * len(names)


def test_a_factory_may_be_the_company_of_its_name() -> None:
    """What firms of one owner end on is no form of a company: such a pair is possible, and two trades are two firms."""
    company = Entry(1, "大连海鸥有限公司")
    for name in ("大连海鸥厂", "大连海鸥商行", "大连海鸥经营部", "大连海鸥工作室", "大连海鸥专业合作社"):
        assert compared(company, Entry(2, name)) == (DoubleReason.NAME_ALIKE,), name
    assert compared(Entry(1, "大连海鸥厂"), Entry(2, "大连海鸥商行")) == ()
    # What is left is a place, or nothing that could be a name.
    assert alike_key("大连厂") == "大连厂"
    assert alike_key("厂") == "厂"
    assert compared(company, Entry(2, "大连海鸥有限公司分公司")) == ()
    assert compared(company, Entry(2, "大连海鸥有限公司（沈阳分公司）")) == ()
    assert compared(Entry(1, "", "Foo Ltd"), Entry(2, "", "Foo Ltd (Dalian Branch)")) == ()


def test_a_remark_in_brackets_is_another_matter_than_a_place() -> None:
    assert alike_key("大连星河有限公司（原玻璃厂）") == alike_key("大连星河有限公司") == "大连星河"
    assert alike_key("星河（上海）有限公司") != alike_key("星河（北京）有限公司")
    assert len(name_key("㍿" * 200)) <= 200


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("Li@Star.com", "star.com"),
        ("1@qq.com", ""),
        ("1@vip.qq.com", ""),
        ("1@yahoo.co.kr", ""),
        ("1@naver.com", ""),
        ("1@star.com.cn.", "star.com.cn"),
        ("", ""),
    ],
)
def test_free_mail_says_nothing(address: str, domain: str) -> None:
    assert mail_domain(address) == domain


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("https://www.Star.com/zh", "star.com"),
        ("star.com", "star.com"),
        ("", ""),
        ("n/a", ""),
        ("http://[1", ""),
    ],
)
def test_the_domain_of_a_site(website: str, domain: str) -> None:
    assert site_domain(website) == domain


def test_two_codes_are_two_companies_whatever_else_is_alike() -> None:
    one = Entry(1, "星河有限公司", credit_code=CODE, phones=frozenset({"+8641184801234"}))
    assert compared(one, Entry(2, "星河股份有限公司", credit_code=OTHER_CODE, phones=one.phones)) == ()
    assert compared(one, Entry(2, "", "", CODE)) == (DoubleReason.CREDIT_CODE,)
    assert compared(Entry(1), Entry(2)) == ()


def test_doubles_have_reasons_and_a_strength() -> None:
    phone, domain = frozenset({"+8613800138000"}), frozenset({"star.com"})
    entries = [
        Entry(4, "海鸥有限公司", phones=phone),
        Entry(1, "星河有限公司", "Star Co., Ltd.", CODE, phone, domain),
        Entry(2, "星河", "STAR", phones=frozenset({"+8613900139000"}), domains=domain),
        Entry(3, "星河（老厂）", domains=frozenset({"else.cn"})),
        Entry(5, "月亮", credit_code=CODE),
        Entry(6, "独", ""),
        # Two companies at one number, each with a code of its own.
        Entry(7, "甲", credit_code=CODE[:-1] + "4", phones=frozenset({"+8613700137000"})),
        Entry(8, "乙", credit_code=OTHER_CODE, phones=frozenset({"+8613700137000"})),
    ]
    assert found_doubles(entries) == [
        Double(1, 5, (DoubleReason.CREDIT_CODE,), Strength.CERTAIN),
        Double(1, 2, (DoubleReason.NAME_ZH, DoubleReason.NAME_EN, DoubleReason.DOMAIN), Strength.LIKELY),
        Double(1, 3, (DoubleReason.NAME_ALIKE,), Strength.POSSIBLE),
        Double(1, 4, (DoubleReason.PHONE,), Strength.POSSIBLE),
        Double(2, 3, (DoubleReason.NAME_ALIKE,), Strength.POSSIBLE),
    ]


def test_two_remarks_tell_two_companies_apart() -> None:
    assert compared(Entry(1, "星河（一厂）有限公司"), Entry(2, "星河（二厂）有限公司")) == ()


def test_two_weak_reasons_are_likely_and_a_switchboard_is_none() -> None:
    phone, domain = frozenset({"+8641184801234"}), frozenset({"star.com"})
    both = found_doubles(
        [Entry(1, "甲", phones=phone, domains=domain), Entry(2, "乙", phones=phone, domains=domain)]
    )
    assert [double.strength for double in both] == [Strength.LIKELY]
    many = [Entry(number, f"户{number}", phones=phone) for number in range(MOST_IN_A_GROUP + 1)]
    assert found_doubles(many) == []
    assert len(found_doubles(many[1:])) == MOST_IN_A_GROUP * (MOST_IN_A_GROUP - 1) // 2


def company(**facts: Any) -> Any:
    return SimpleNamespace(**(dict.fromkeys(merging.FIELDS, "") | {"kinds": [], "is_member": False} | facts))


def test_what_is_kept_by_default_and_by_choice() -> None:
    kept = company(name_zh="星河", phone="+861", country="KR")
    gone = company(name_zh="星河有限公司", name_en="Star", credit_code=CODE, country="CN", is_member=True)
    usual = merging.suggested(kept, gone)
    assert {name for name, side in usual.items() if side == merging.GONE} == {
        "name_en",
        "credit_code",
        "country",
        "is_member",
    }
    fields = merging.chosen({"name_zh": "gone", "phone": "gone", "note": "nonsense"}, kept, gone)
    assert (fields["name_zh"], fields["phone"], fields["name_en"], fields["note"]) == (
        "星河有限公司",
        "",
        "Star",
        "",
    )
    assert merging.suggested(gone, kept)["country"] == merging.KEPT
    assert merging.differing(kept, kept) == []
    assert set(merging.differing(kept, gone)) == {
        "name_zh",
        "name_en",
        "credit_code",
        "country",
        "phone",
        "is_member",
    }


def test_parting_puts_back_what_nobody_changed_since() -> None:
    before, merged = {"name_zh": "甲", "phone": "1", "note": ""}, {"name_zh": "乙", "phone": "2", "note": ""}
    assert merging.restored(before, merged, {"name_zh": "乙", "phone": "3", "note": ""}) == {"name_zh": "甲"}


def test_thirty_days_and_not_a_moment_more() -> None:
    at = datetime(2026, 8, 1, tzinfo=UTC)
    assert merging.can_part(at, at + timedelta(days=30) - timedelta(microseconds=1))
    assert not merging.can_part(at, at + timedelta(days=30))
