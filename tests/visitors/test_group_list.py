"""Lists of people whom somebody brings along (V2, IR1)."""

from __future__ import annotations

import pytest

from exhibitions.core.errors import Refused
from exhibitions.visitors.rules.columns import Column
from exhibitions.visitors.rules.group_list import Listed, Member, as_text, checked_people, class_words

CLASSES = class_words([("trade", ["专业观众", "Trade visitor"]), ("public", ["普通观众", ""])])


def names(text: str, room: int = 20) -> list[str]:
    listed = checked_people(text, room)
    assert not listed.bad
    assert listed.only_names
    return [each.name for each in listed.people]


def refused(text: str, room: int = 20) -> tuple[str, dict[str, object]]:
    with pytest.raises(Refused) as caught:
        checked_people(text, room)
    return caught.value.code, caught.value.params


def wrong(listed: Listed) -> list[tuple[int, str]]:
    return [(each.number, each.why.code) for each in listed.bad]


def test_people_come_one_a_line() -> None:
    assert names(" 王敏 \n\n李雷\r\n") == ["王敏", "李雷"]
    assert refused(" \n ") == ("names_missing", {})
    assert refused("姓名") == ("names_missing", {})


def test_a_line_over_the_limit_is_refused_with_the_limit() -> None:
    assert refused("a\nb", 1) == ("names_many", {"room": 1})
    assert refused("甲；乙；丙", 2) == ("names_many", {"room": 2})
    assert len(names("\n".join(f"团员{n}" for n in range(500)), 500)) == 500


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1. 钱七", ["钱七"]),
        ("2、钱七", ["钱七"]),
        ("（3）钱七", ["钱七"]),
        ("4\t钱七", ["钱七"]),
        ("李八；孙九、周十", ["李八", "孙九", "周十"]),
        ("1、李八；2、孙九", ["李八", "孙九"]),
        ("李八\t孙九;", ["李八", "孙九"]),
        ("李八，孙九, 欧阳克", ["李八", "孙九", "欧阳克"]),
        ("Smith, John", ["Smith, John"]),
        ("J. R. Smith", ["J. R. Smith"]),
        ("3M Kim", ["3M Kim"]),
        ("团队成员01", ["团队成员01"]),
        ("姓名\n钱七", ["钱七"]),
    ],
)
def test_names_that_share_a_line_are_told_apart(line: str, expected: list[str]) -> None:
    assert names(line) == expected


@pytest.mark.parametrize(
    ("line", "member"),
    [
        ("赵六, 13900000000", Member("赵六", phone="+8613900000000")),
        ("赵六\t１３９ ００００ ００００", Member("赵六", phone="+8613900000000")),
        ("1 13900000000 赵六", Member("赵六", phone="+8613900000000")),
        ("139 0000 0000 赵六", Member("赵六", phone="+8613900000000")),
        ("赵六 大连星河家居 13900000000", Member("赵六", "大连星河家居", "+8613900000000")),
        (
            "赵六,大连星河家居有限公司,13900000000,普通观众",
            Member("赵六", "大连星河家居有限公司", "+8613900000000", "public"),
        ),
        ("王敏，大连星河家居有限公司", Member("王敏", "大连星河家居有限公司")),
        ("Kim Minsu; TRADE VISITOR", Member("Kim Minsu", class_key="trade")),
    ],
)
def test_a_line_is_read_by_what_its_parts_look_like(line: str, member: Member) -> None:
    assert checked_people(line, 20, CLASSES) == Listed([member], [])


def test_lines_with_equal_tabs_are_a_table() -> None:
    listed = checked_people("李雷\t星河\n韩梅\t银河", 20)
    assert listed.people == [Member("李雷", "星河"), Member("韩梅", "银河")]
    assert not listed.only_names


@pytest.mark.parametrize("mark", ["\t", ",", "，", ";"])
def test_a_first_line_of_column_names_makes_a_table(mark: str) -> None:
    """IR1: columns in any order, unknown ones left alone, quoted cells whole."""
    rows = [
        ["序号", "手机号码", "姓名", "单位名称", "类别"],
        ["1", "13900000000", "李雷", "星河", "trade"],
        ["2", "", "韩梅"],
    ]
    listed = checked_people("\n".join(mark.join(row) for row in rows), 20, CLASSES)
    assert listed == Listed([Member("李雷", "星河", "+8613900000000", "trade"), Member("韩梅")], [])


def test_every_line_that_is_wrong_is_named() -> None:
    """Blank lines count, so that the number is that of the box; a long line is known by its beginning."""
    listed = checked_people(
        "王敏\n\n=b\n" + "长" * 101 + "\n李雷\n赵六 84650001\n王敏，总经理助理，大连星河", 20
    )
    assert [each.name for each in listed.people] == ["王敏", "李雷"]
    assert wrong(listed) == [(3, "formula_text"), (4, "name_long"), (6, "phone_invalid"), (7, "name_more")]
    assert listed.bad[1].begin == "长" * 20 + "…"
    table = checked_people("name,company,class\n,星河,\n李雷,=1+1,\n韩梅,,nobody", 20, CLASSES)
    assert wrong(table) == [(2, "name_missing"), (3, "formula_text"), (4, "category_unknown")]


def test_a_number_stands_once_in_a_list() -> None:
    listed = checked_people(
        "李雷 13900000000\n韩梅 139-0000-0000\n赵六 13900000001", 20, known={"+8613900000001"}
    )
    assert [each.name for each in listed.people] == ["李雷"]
    assert [(each.number, each.why.code, each.why.params) for each in listed.bad] == [
        (2, "phone_twice", {"line": 1}),
        (3, "phone_before", {}),
    ]


def test_a_table_becomes_a_text_that_is_read_alike() -> None:
    rows = [["1", "李雷", "13900000000"], ["2", "韩\n梅"], []]
    text = as_text(rows[:2], {Column.NAME: 1, Column.PHONE: 2})
    assert text == "name\tphone\n李雷\t13900000000\n韩 梅\t"
    assert checked_people(text, 20).people == [Member("李雷", phone="+8613900000000"), Member("韩 梅")]
    assert as_text([["", "李雷", ""], ["韩梅"]], {}) == "\t李雷\n韩梅"
    assert names("\t李雷\n韩梅") == ["李雷", "韩梅"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("张三\t同行单位\t123\t", "phone_invalid"),
        ("张三\t123", "phone_invalid"),
        ("张三，123", "phone_invalid"),
        ("\t同行单位\t13712345678", "name_missing"),
        ("1\t\t同行单位\t13712345678", "name_missing"),
        ("张三\t同行单位\t\t媒体", "class_closed"),
        ("张三\t同行单位\t13712345678\t贵宾", "category_unknown"),
        ("张三\t同行单位\t贵宾", "category_unknown"),
        ("张三\t同行单位\t13712345678\t媒体\t经理", "name_more"),
        ("张三，媒体", "class_closed"),
        ("张三\t同行单位\t不详\t普通", "phone_invalid"),
        ("张三，同行单位，经理，13712345678", "name_more"),
    ],
)
def test_a_row_that_was_pasted_without_headings_is_wrong_for_its_own_reason(line: str, found: str) -> None:
    """IR6: a bad number, a missing name and a category that is not there are each told; none becomes somebody."""
    listed = checked_people(line, 20, CLASSES | {"媒体": ""})
    assert not listed.people
    assert wrong(listed) == [(1, found)]


def test_a_single_row_and_a_nameless_one_stay_rows_of_a_table() -> None:
    listed = checked_people("1\t张三\t同行单位\t13712345678\t普通观众", 20, CLASSES)
    assert listed == Listed([Member("张三", "同行单位", "+8613712345678", "public")], [])
    listed = checked_people("张三\t同行单位\t13712345678\n\t同行单位\t13712345679", 20, CLASSES)
    assert listed.people == [Member("张三", "同行单位", "+8613712345678")]
    assert wrong(listed) == [(2, "name_missing")]
