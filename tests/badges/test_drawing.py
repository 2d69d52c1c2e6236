"""Printed badges, judged by their pixels and by readers that are not ours (issue 2 demand 7, ux.md §7, O8)."""

from __future__ import annotations

import io
import subprocess

import pytest
from PIL import Image, ImageChops

from exhibitions.badges.rules import layout, token
from exhibitions.badges.rules.layout import MM, SHEETS, Facts
from exhibitions.badges.service import drawing
from exhibitions.badges.service.drawing import Printed
from exhibitions.core import pdf, signing
from tests.badges.conftest import codes_on, needs_poppler, pages_of, words_of

pytestmark = needs_poppler
PRIVATE = bytes(range(32))
NAMES = (
    "王伟",
    "欧阳娜娜",
    "𠮷田㛃䶮",
    "阿卜杜热合曼·买买提明",
    "김철수",
    "Alexander Hamilton",
    "Łukasz Šimůnek-Kowalczykiewiczówna",
    "Wolfeschlegelsteinhausenbergerdorff Hubert Blaine the Third of the House",
    "O'Neil <b>&amp;</b>",
)
COMPANIES = (
    "大连市轻工业联合会进出口贸易有限责任公司",
    "",
    "Korea Light Industry Federation Co., Ltd.",
    "한국경공업협회",
)
DPI = 200


def code(number: int) -> str:
    claims = token.Claims(key_number=0, fair=8, badge=number, class_number=1, first_day=0, days=0, issue=1)
    return token.issue(claims, lambda message: signing.sign(PRIVATE, message))[1]


def badge(at: int, name: str | None = None) -> Printed:
    facts = Facts(
        name or NAMES[at % len(NAMES)],
        COMPANIES[at % len(COMPANIES)],
        "专业观众 VISITOR",
        f"482 139 {at:03d}-9",
        "第八届中国（大连）轻工商品博览会",
    )
    return Printed(facts, code(482_139_000 + at), "#0b6e6e")


def drawn(badges: list[Printed], sheet: str) -> bytes:
    out = io.BytesIO()
    drawing.draw(out, badges, SHEETS[sheet], "8th")
    return out.getvalue()


@pytest.mark.parametrize("key", list(SHEETS))
def test_every_code_of_a_rendered_file_decodes_to_its_own_badge(key: str) -> None:
    badges = [badge(at) for at in range(len(NAMES))]
    pages = pages_of(drawn(badges, key), DPI)
    found = [text for page in pages for text in codes_on(page)]
    assert found == [printed.code for printed in badges]


def test_four_on_a_page_and_no_more() -> None:
    """ux.md §7: exactly 4 a page."""
    badges = [badge(at) for at in range(9)]
    pages = pages_of(drawn(badges, "a4x4"), DPI)
    assert [len(codes_on(page)) for page in pages] == [4, 4, 1]
    assert [page.size for page in pages] == [(round(210 / 25.4 * DPI), round(297 / 25.4 * DPI))] * 3


def test_a_single_badge_has_a_page_of_90_by_130_mm() -> None:
    info = subprocess.run(
        ["pdfinfo", "-"], input=drawn([badge(0)], "90x130"), capture_output=True, check=True
    ).stdout
    assert "Page size:       255.118 x 368.504 pts" in info.decode()


def test_every_name_is_found_as_text() -> None:
    badges = [badge(at) for at in range(len(NAMES))]
    words = words_of(drawn(badges, "90x130"))
    # pdftotext joins words that are broken at a hyphen.
    blanks = str.maketrans("", "", " \n-")
    for name in NAMES:
        assert name.translate(blanks) in words.translate(blanks)
    for printed in badges:
        assert printed.facts.number in words
        assert printed.facts.class_words in words


def test_all_fonts_are_embedded() -> None:
    content = drawn([badge(at) for at in range(len(NAMES))], "a4x4")
    listed = subprocess.run(["pdffonts", "-"], input=content, capture_output=True, check=True).stdout.decode()
    assert {line.split()[-5] for line in listed.splitlines()[2:]} == {"yes"}


@pytest.mark.parametrize("key", ["90x130", "a6", "86x54", "60x40"])
def test_letters_stand_where_the_layout_says_and_nowhere_else(key: str) -> None:
    """Pixels: each line has ink, the place of the code keeps its quiet zone, and outside all boxes the badge is white."""
    sheet = SHEETS[key]
    for at in range(len(NAMES)):
        printed = badge(at)
        page = ImageChops.invert(pages_of(drawn([printed], key), DPI)[0].convert("L"))
        placed = layout.place(printed.facts, sheet.template, pdf.fonts().width)
        for line in placed.lines:
            if line.text:
                assert ink(page, line.box) > 0
        template = sheet.template
        quiet = template.qr.width * 4 / 45
        for box in (
            layout.Box(template.qr.left, template.qr.top, template.qr.width, quiet * 0.9),
            layout.Box(template.qr.left, template.qr.top, quiet * 0.9, template.qr.height),
        ):
            assert ink(page, box) == 0
        for box in [*(line.box for line in placed.lines), template.qr, template.band]:
            blank(page, box)
        assert page.point(lambda value: 255 if value > 60 else 0).getbbox() is None


def ink(page: Image.Image, box: layout.Box) -> int:
    left, top, right, bottom = (
        round(value / 72 * DPI) for value in (box.left, box.top, box.right, box.bottom)
    )
    return sum(page.crop((left, top, right, bottom)).histogram()[128:])


def blank(page: Image.Image, box: layout.Box) -> None:
    """Wipe a box with a pixel around it."""
    left, top, right, bottom = (value / 72 * DPI for value in (box.left, box.top, box.right, box.bottom))
    page.paste(0, (int(left) - 2, int(top) - 2, int(right) + 3, int(bottom) + 3))


def test_the_band_has_the_colour_of_the_class() -> None:
    page = pages_of(drawn([badge(0)], "90x130"), 100)[0].convert("RGB")
    assert page.getpixel((5, page.height - 5)) == (0x0B, 0x6E, 0x6E)


def test_rare_han_are_drawn_and_not_as_a_box() -> None:
    """O8: rare Han shown; a missing glyph is listed, and stands as 〓, never as an empty box."""
    rare, common, missing, mark = (
        pages_of(drawn([badge(0, name)], "90x130"), 100)[0] for name in ("𠮷", "吉", "𠀀", "〓")
    )
    assert ImageChops.difference(rare, common).getbbox() is not None
    assert ImageChops.difference(rare, mark).getbbox() is not None
    assert ImageChops.difference(missing, mark).getbbox() is None


def test_badges_with_texts_that_are_too_long_are_reported() -> None:
    out = io.BytesIO()
    looks = drawing.draw(out, [badge(at) for at in range(len(NAMES))], SHEETS["a4x4"], "8th")
    assert [(look.name, look.fields) for look in looks] == [(NAMES[7], ("name",))]


def test_badges_with_a_character_that_no_font_has_are_reported() -> None:
    """They were printed with 〓 in its place."""
    out = io.BytesIO()
    looks = drawing.draw(out, [badge(0, "𠀀一"), badge(1, "王一")], SHEETS["90x130"], "8th")
    assert [(look.name, look.fields) for look in looks] == [("𠀀一", ("glyph",))]


def test_progress_is_told_page_by_page() -> None:
    told: list[int] = []
    drawing.draw(io.BytesIO(), [badge(at) for at in range(9)], SHEETS["a4x4"], "8th", told.append)
    assert told == [4, 8, 9]


def test_cut_marks_lie_outside_the_badges() -> None:
    page = ImageChops.invert(pages_of(drawn([badge(at) for at in range(4)], "a4x4"), DPI)[0].convert("L"))
    sheet = SHEETS["a4x4"]
    for left, top in sheet.places:
        blank(page, layout.Box(left, top, sheet.template.width, sheet.template.height))
    marks = page.getbbox()
    assert marks is not None
    assert min(marks[0], marks[1]) > (15 - 5) * MM / 72 * DPI
