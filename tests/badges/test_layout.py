"""Where texts stand on a badge (ux.md §7: sizes of text; O8: long names)."""

from __future__ import annotations

import unicodedata
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exhibitions.badges.rules import colour, layout
from exhibitions.badges.rules.classes import Audience, is_visitor
from exhibitions.badges.rules.layout import MM, SHEETS, TEMPLATES, Box, Facts, Layout
from exhibitions.core.errors import Refused

BADGE = TEMPLATES["90x130"]
FAIR = "第八届中国（大连）轻工商品博览会 The 8th China (Dalian) Light Industry Expo"
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


names = st.one_of(
    st.text(alphabet="王伟欧阳娜𠮷㛃䶮", min_size=1, max_size=100),
    st.text(alphabet="김철수이박최 ", min_size=1, max_size=100).map(str.strip),
    st.text(alphabet="abcdeŁŠ -'.", min_size=1, max_size=100).map(str.strip),
)
companies = st.one_of(names, st.text(alphabet="大连（集团）有限公司Co.,Ltd ", max_size=200).map(str.strip))


def measure(text: str, size: float, bold: bool) -> float:
    """A font of the plainest kind: Han and Hangul as wide as they are high, all else 0.55 of it."""
    return sum(
        size * (1.0 if unicodedata.east_asian_width(c) in "WF" else 0.58 if bold else 0.55) for c in text
    )


def placed(name: str, company: str = "大连市轻工业联合会", template: layout.Template = BADGE) -> Layout:
    return layout.place(Facts(name, company, "专业观众 VISITOR", "482 139 057-9", FAIR), template, measure)


def sizes(found: Layout, role: str) -> list[tuple[str, float]]:
    return [(line.text, line.size) for line in found.lines if line.role == role]


@pytest.mark.parametrize("name", ["王伟", "王", "欧阳娜娜", "김철수"])
def test_up_to_four_han_stand_at_40_points(name: str) -> None:
    assert sizes(placed(name), "name") == [(name, 40.0)]


def test_longer_names_shrink_on_one_line_down_to_20_points() -> None:
    found = [sizes(placed("王" * count), "name") for count in range(1, 12)]
    assert [len(lines) for lines in found] == [1] * 11
    heights = [lines[0][1] for lines in found]
    assert heights == sorted(heights, reverse=True)
    assert min(heights) >= 20


def test_then_they_take_two_lines_of_at_least_20_points() -> None:
    for count in (12, 16, 22):
        found = placed("王" * count)
        lines = sizes(found, "name")
        assert len(lines) == 2
        assert min(size for _, size in lines) >= 20
        assert found.look == ()


@pytest.mark.parametrize(
    "text", ["大连示例轻工业进出口贸易有限责任公司甲", "大连星河家居用品有限公司北京分公司"]
)
def test_two_lines_are_about_equally_long(text: str) -> None:
    """ux.md §7: no line of a company holds a single Han, and the second is nearly as long as the first."""
    for template in layout.TEMPLATES.values():
        lines = layout.fit_company(text, template.company, measure)[0].lines
        if len(lines) == 2:
            assert abs(len(lines[0]) - len(lines[1])) <= 1, (template.key, lines)
            assert "".join(lines) == text


def test_lines_of_equal_length_cut_no_word() -> None:
    lines = layout.fit_name("Maria Alexandra Constantinescu-Ionescu", BADGE.name, measure)[0].lines
    assert all(word in " ".join(lines).split() for word in ("Maria", "Alexandra"))
    assert any("Constantinescu-" in line for line in lines)


def test_each_name_of_the_fair_has_a_line_of_its_own() -> None:
    """As long as it can be read; a name too long for that goes over the end of a line."""
    short, long = FAIR.replace(" The", "\nThe"), f"第八届博览会\n{'International Exhibition of ' * 4}Goods"
    for names, found in ((short, short.split("\n")), (long, None)):
        facts = Facts("王伟", "", "专业观众 VISITOR", "482 139 057-9", names)
        lines = [line for line in layout.place(facts, BADGE, measure).lines if line.role == "fair"]
        assert all(BADGE.fair and line.box.right <= BADGE.fair.right + 0.01 for line in lines)
        texts = [line.text for line in lines]
        assert texts == found if found else " ".join(texts) == long.replace("\n", " ")


def test_what_needs_more_than_two_lines_is_whole_and_listed_for_a_look() -> None:
    """O8: "shrinks to 20 pt, then two lines, then lists the rest for a look"."""
    name = "Wolfeschlegelsteinhausenbergerdorff Hubert Blaine the Third of the House"
    found = placed(name)
    lines = sizes(found, "name")
    assert len(lines) > 2
    assert {size for _, size in lines} == {20.0}
    assert " ".join(text for text, _ in lines).replace(" ", "") == name.replace(" ", "")
    assert found.look == ("name",)


def test_words_stay_whole_where_a_smaller_size_allows_it() -> None:
    assert [text for text, _ in sizes(placed("Łukasz Šimůnek-Kowalczykiewicz"), "name")] == [
        "Łukasz Šimůnek-",
        "Kowalczykiewicz",
    ]


def test_company_has_18_points_where_it_fits_and_two_lines_at_most() -> None:
    assert sizes(placed("王伟"), "company") == [("大连市轻工业联合会", 18.0)]
    two = sizes(placed("王伟", "大连市轻工业联合会进出口贸易有限责任公司"), "company")
    assert [size for _, size in two] == [18.0, 18.0]
    long = sizes(placed("王伟", "大" * 50), "company")
    assert len(long) == 2
    assert 8 <= long[0][1] < 18
    assert "".join(text for text, _ in long) == "大" * 50


def test_a_company_without_end_is_shortened_visibly_and_listed() -> None:
    found = placed("王伟", "大" * 200)
    lines = sizes(found, "company")
    assert len(lines) == 2
    assert lines[1][0].endswith("…")
    assert found.look == ("company",)


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=list(TEMPLATES))
@given(name=names, company=companies)
@settings(max_examples=40)
def test_the_quick_look_for_long_texts_agrees_with_the_layout(
    template: layout.Template, name: str, company: str
) -> None:
    look = placed(name, company, template).look
    assert layout.too_long(name, company, template, measure) == look
    name_fits, company_fits = layout.surely_fits(template)
    assert look == () or len(name) > name_fits or len(company) > company_fits


def test_each_field_that_is_too_long_is_named() -> None:
    assert layout.too_long("王" * 60, "大" * 200, BADGE, measure) == ("name", "company")
    assert layout.too_long("王伟", "大" * 200, BADGE, measure) == ("company",)
    assert layout.too_long("王伟", "大连", BADGE, measure) == ()
    assert [SHEETS[key].cut for key in ("a4x4", "90x130")] == [True, False]


def test_class_words_and_the_fair_s_name_fit_however_long_they_are() -> None:
    facts = Facts("王伟", "", "特邀采购商" * 20 + " X" * 40, "482 139 057-9", "展" * 300)
    found = layout.place(facts, TEMPLATES["60x40"], measure)
    words = "".join(line.text for line in found.lines if line.role == "class")
    assert words.replace(" ", "") == facts.class_words.replace(" ", "")
    fair = layout.place(facts, BADGE, measure)
    assert "".join(line.text for line in fair.lines if line.role == "fair") == facts.fair


def test_no_line_begins_with_a_closing_sign_or_ends_with_an_opening_one() -> None:
    text = layout.Text("大连轻工（集团）有限公司，大连", measure, bold=False)
    for width in range(30, 200, 3):
        lines = text.lines(12, width)
        assert "".join(lines) == text.text
        assert all(line[0] not in "）。，" for line in lines)
        if width >= 40:
            assert all(line[-1] != "（" for line in lines)


def overlap(one: Box, other: Box) -> bool:
    apart = (
        one.right <= other.left + 0.01
        or other.right <= one.left + 0.01
        or one.bottom <= other.top + 0.01
        or other.bottom <= one.top + 0.01
    )
    return not apart


@pytest.mark.parametrize("key", sorted(TEMPLATES))
@given(name=names, company=companies)
@settings(max_examples=60)
def test_nothing_is_cut_and_nothing_lies_upon_another(key: str, name: str, company: str) -> None:
    """Every line lies within the badge, clear of the code with its quiet zone, of the band and of other lines."""
    found = placed(name, company, TEMPLATES[key])
    template = found.template
    page = Box(0, 0, template.width, template.height)
    for line in found.lines:
        assert line.box.left >= page.left - 0.01
        assert line.box.right <= page.right + 0.01
        assert line.box.top >= -0.01
        assert line.box.bottom <= page.bottom + 0.01
        assert line.box.width == pytest.approx(measure(line.text, line.size, line.bold))
        assert not overlap(line.box, template.qr)
        assert overlap(line.box, template.band) == (line.role == "class") or not line.text
    for one, other in combinations([line.box for line in found.lines if line.text], 2):
        assert not overlap(one, other)
    drawn = "".join(line.text for line in found.lines if line.role == "name")
    assert drawn.replace(" ", "") == name.replace(" ", "")


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=list(TEMPLATES))
def test_codes_are_20_mm_or_more_without_their_quiet_zone(template: layout.Template) -> None:
    assert template.qr.width == template.qr.height
    assert template.qr.width * 37 / 45 >= 20 * MM


def test_the_sizes_of_the_pages() -> None:
    """ux.md §7: 90 × 130 single, exactly four on A4, A6, card and labels."""
    pages = {
        key: (round(sheet.width / MM), round(sheet.height / MM), len(sheet.places))
        for key, sheet in SHEETS.items()
    }
    assert pages == {
        "90x130": (90, 130, 1),
        "a4x4": (210, 297, 4),
        "a6": (105, 148, 1),
        "86x54": (86, 54, 1),
        "80x60": (80, 60, 1),
        "70x50": (70, 50, 1),
        "60x40": (60, 40, 1),
    }


def test_four_on_a4_lie_apart_within_margins_of_15_mm() -> None:
    sheet = SHEETS["a4x4"]
    boxes = [Box(left, top, sheet.template.width, sheet.template.height) for left, top in sheet.places]
    assert len(boxes) == 4
    assert not any(overlap(one, other) for one, other in combinations(boxes, 2))
    for box in boxes:
        assert box.left >= 15 * MM - 0.01
        assert box.top >= 15 * MM - 0.01
        assert sheet.width - box.right >= 15 * MM - 0.01
        assert sheet.height - box.bottom >= 15 * MM - 0.01


def test_a_badge_without_name_is_drawn_too() -> None:
    """Reserve badges are unnamed (check-in.md)."""
    assert sizes(placed("", ""), "name") == [("", 40.0)]


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_words_on_every_band_are_readable(rgb: tuple[int, int, int]) -> None:
    """ux.md §6: text contrast of at least 4.5 to 1."""
    band = "#{:02x}{:02x}{:02x}".format(*rgb)
    assert colour.contrast(colour.text_on(band), band) >= 4.5


def test_contrast_is_that_of_wcag() -> None:
    assert colour.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colour.contrast("#0b6e6e", "#ffffff") == pytest.approx(6.0, abs=0.1)
    assert (colour.text_on("#0B6E6E"), colour.text_on("#FFBF47")) == ("#ffffff", "#000000")


@pytest.mark.parametrize("wrong", ["", "red", "#fff", "#12345g", "#1234567", "0b6e6e"])
def test_a_colour_of_another_form_is_refused(wrong: str) -> None:
    with pytest.raises(Refused) as refused:
        colour.check(wrong)
    assert refused.value.code == "colour_form"


def test_a_colour_is_kept_in_small_letters() -> None:
    assert colour.check("#0B6E6E") == "#0b6e6e"


def test_who_can_be_a_visitor() -> None:
    """V-2: exhibitors' and other staff and media never are."""
    visitors = {audience for audience in Audience if is_visitor(audience)}
    assert visitors == {Audience.TRADE, Audience.PUBLIC, Audience.UNCLASSIFIED, Audience.SPEAKER}
