"""Where everything stands on a poster: long names are broken evenly and set smaller, never cut."""

from __future__ import annotations

from datetime import date

import pytest

from exhibitions.visitors.rules import poster
from exhibitions.visitors.rules.poster import MM, WIDTH, Code, Text, Words


def wide(text: str, size: float, _bold: bool) -> float:
    """A measure of Han as wide as high, and of others half so."""
    return size * sum(0.5 if letter.isascii() else 1 for letter in text)


def words(**changes: object) -> Words:
    facts: dict[str, object] = {
        "fair": "第八届中国（大连）轻工商品博览会",
        "other_fair": "Expo",
        "days": "2016.8.19–22",
        "weekdays": "",
        "venue": "大连世界博览广场",
        "place": "会展路10号",
        "invited": "",
        "call": "扫码预登记参观",
        "foot": (("主办单位", "中国轻工业联合会"),),
        "address": "example.org/8th/register",
        "code": "https://example.org/8th/register",
    }
    return Words(**{**facts, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "invited", ["", "由 大连市家具协会 邀请", "由 " + "大连市家具玻璃陶瓷协会" * 8 + " 邀请"]
)
def test_the_code_is_large_on_paper(invited: str) -> None:
    """At least 40 mm without its quiet zone, for a code of up to 49 modules."""
    (code,) = (part for part in poster.place(words(invited=invited), wide) if isinstance(part, Code))
    assert code.side * 49 / 57 >= 40 * MM
    assert code.y + code.side < 730


@pytest.mark.parametrize("times", [1, 3, 8])
def test_nothing_is_cut_and_all_stands_on_the_page(times: int) -> None:
    long = words(
        fair="第二十八届大连国际轻工商品博览会" * times,
        other_fair="Light Industry Exposition " * times,
        invited="Invited by Household Articles Company " * times,
        venue="大连世界博览广场" * times,
        foot=tuple((f"支持单位{at}", "、".join(["辽宁省轻工业联合会"] * 3 * times)) for at in range(times)),
    )
    texts = [part for part in poster.place(long, wide) if isinstance(part, Text)]
    assert all(text.x >= 0 and text.x + wide(text.text, text.size, text.bold) <= WIDTH for text in texts)
    assert all(0 < text.y < poster.HEIGHT for text in texts)
    whole = "".join(text.text for text in texts).replace(" ", "")
    assert whole.count("第二十八届大连国际轻工商品博览会") == times
    assert whole.count("辽宁省轻工业联合会") == 3 * times * times


def test_without_a_foot_the_page_ends_with_the_address() -> None:
    parts = poster.place(words(foot=()), wide)
    texts = [part for part in parts if isinstance(part, poster.Text)]
    address = words().address
    assert max(texts, key=lambda text: text.y).text == address
    assert len(texts) < len([one for one in poster.place(words(), wide) if isinstance(one, poster.Text)])


def test_lines_are_even_and_brackets_stay_whole() -> None:
    size, lines = poster.fitted("第八届中国（大连）轻工商品博览会", 42, 500, 3, True, wide)
    assert (size, lines) == (42, ["第八届中国（大连）", "轻工商品博览会"])
    assert poster.fitted("短", 42, 500, 3, True, wide) == (42, ["短"])
    assert poster.fitted("x" * 5000, 42, 100, 1, True, wide)[1] == ["x" * 5000]
    assert poster.broken("   ", 10, 100, False, wide) == []


@pytest.mark.parametrize(
    ("first", "last", "zh", "en"),
    [
        (date(2016, 8, 19), date(2016, 8, 19), "2016.8.19", "19 Aug 2016"),
        (date(2016, 8, 19), date(2016, 8, 22), "2016.8.19–22", "19–22 Aug 2016"),
        (date(2016, 8, 30), date(2016, 9, 2), "2016.8.30–9.2", "30 Aug–2 Sep 2016"),
        (date(2016, 12, 30), date(2017, 1, 2), "2016.12.30–2017.1.2", "30 Dec 2016–2 Jan 2017"),
    ],
)
def test_the_days_in_large_figures(first: date, last: date, zh: str, en: str) -> None:
    assert (poster.span(first, last, chinese=True), poster.span(first, last, chinese=False)) == (zh, en)
