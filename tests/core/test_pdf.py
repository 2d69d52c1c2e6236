"""core.pdf: embedded fonts, runs by coverage, missing glyphs named before printing (ux.md §7, O8)."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from exhibitions.core import pdf
from exhibitions.core.errors import Refused

SC, KR, EUROPEAN, JP = (f"{name}-700Bold" for name in ("NotoSansSC", "NotoSansKR", "NotoSans", "NotoSansJP"))


@pytest.fixture(scope="module")
def fonts() -> pdf.Fonts:
    return pdf.fonts()


def page_of(text: str, folder: Path, bold: bool = True) -> Path:
    path = folder / "page.pdf"
    canvas = pdf.new_canvas(str(path), 400, 60, "test")
    pdf.draw_text(canvas, 10, 20, text, 24, bold)
    canvas.save()
    return path


def extracted(path: Path) -> str:
    return subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True, text=True).stdout.strip()


def picture(path: Path, dpi: int = 150) -> Image.Image:
    raw = subprocess.run(["pdftoppm", "-r", str(dpi), "-png", path], capture_output=True, check=True).stdout
    return Image.open(io.BytesIO(raw)).convert("L")


@pytest.mark.parametrize(
    ("text", "fonts_used"),
    [
        ("王伟 Li", [SC]),
        ("김철수", [KR]),
        ("김 Kim", [KR, SC]),
        ("Łukasz Šimůnek", [EUROPEAN]),
        ("𠮷㛃䶮", [JP, SC]),
        ("Ж王", [SC]),
    ],
)
def test_runs_follow_coverage(fonts: pdf.Fonts, text: str, fonts_used: list[str]) -> None:
    assert [run.font for run in fonts.runs(text, bold=True)] == fonts_used
    assert "".join(run.text for run in fonts.runs(text, bold=True)) == text


@pytest.mark.parametrize(
    "text",
    [
        "王伟",
        "欧阳娜娜",
        "𠮷田㛃䶮",
        "김철수",
        "Łukasz Šimůnek",
        "Zoë Ångström",
        "Ивáн".replace("á", "а"),
        "𬭛",
    ],
)
def test_every_name_is_found_again_as_text(tmp_path: Path, text: str) -> None:
    """pdftotext, an independent reader, finds the name; beyond U+FFFF too."""
    assert extracted(page_of(text, tmp_path)) == text


@pytest.mark.parametrize("text", ["王", "𠮷", "㛃", "䶮", "𬭛", "김", "Š", "ł"])
def test_every_glyph_is_drawn(fonts: pdf.Fonts, tmp_path: Path, text: str) -> None:
    """Text in a file proves no glyph: the pixels must have ink, and another one than the mark for missing."""
    drawn = picture(page_of(text, tmp_path))
    mark = picture(page_of(pdf.MISSING_MARK, tmp_path))
    assert sum(drawn.histogram()[:128]) > 100
    assert ImageChops.difference(drawn, mark).getbbox() is not None


def test_rare_characters_are_not_drawn_like_their_common_look_alikes(tmp_path: Path) -> None:
    rare, common = (picture(page_of(text, tmp_path)) for text in ("𠮷", "吉"))
    assert ImageChops.difference(rare, common).getbbox() is not None


def test_all_fonts_are_embedded_and_subset(tmp_path: Path) -> None:
    path = page_of("王伟 김철수 Šimůnek 𠮷", tmp_path)
    listed = subprocess.run(
        ["pdffonts", path], capture_output=True, check=True, text=True
    ).stdout.splitlines()[2:]
    assert len(listed) == 4
    for line in listed:
        embedded, subset, unicode_map = line.split()[-5:-2]
        assert (embedded, subset, unicode_map) == ("yes", "yes", "yes")
    assert path.stat().st_size < 100_000


def test_missing_glyphs_are_named_with_their_texts(fonts: pdf.Fonts) -> None:
    missing = fonts.missing_glyphs(["王𠀀", "王伟", "𠀀𠀁", "김철수"])
    assert missing == {"𠀀": ["王𠀀", "𠀀𠀁"], "𠀁": ["𠀀𠀁"]}


@pytest.mark.parametrize("text", ["محمد", "สมชาย", "अमित", "דוד"])
def test_scripts_that_need_shaping_count_as_missing(fonts: pdf.Fonts, text: str) -> None:
    assert set(fonts.missing_glyphs([text])) == set(text)


def test_marks_that_would_have_to_be_placed_upon_a_letter_count_as_missing(fonts: pdf.Fonts) -> None:
    assert fonts.missing_glyphs(["x\u0301"]) == {"\u0301": ["x\u0301"]}
    assert fonts.missing_glyphs(["\u00e9"]) == {}


def test_a_missing_glyph_stands_as_a_visible_mark(fonts: pdf.Fonts, tmp_path: Path) -> None:
    assert fonts.runs("王𠀀", bold=True) == [pdf.Run(SC, "王〓")]
    assert extracted(page_of("王𠀀", tmp_path)) == "王〓"


@pytest.mark.parametrize(
    "text", ["王\u200b伟", "王\ufe00伟", "王\U000e0100伟", "\ufeff王伟", "王\x00伟", "王\u202e伟"]
)
def test_invisible_characters_are_neither_drawn_nor_missing(fonts: pdf.Fonts, text: str) -> None:
    assert fonts.missing_glyphs([text]) == {}
    assert fonts.runs(text, bold=True) == [pdf.Run(SC, "王伟")]


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("text", ["王伟", "김철수 Kim", "Łukasz Šimůnek", "𠮷田"])
def test_measured_width_is_the_drawn_width(fonts: pdf.Fonts, tmp_path: Path, text: str, bold: bool) -> None:
    box = (
        ImageChops.invert(picture(page_of(text, tmp_path, bold), 144))
        .point(lambda v: v > 60 and 255)
        .getbbox()
    )
    assert box is not None
    assert box[2] / 2 == pytest.approx(10 + fonts.width(text, 24, bold), abs=3)


def test_without_fonts_the_answer_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        pdf.Fonts(tmp_path).width("王", 12)
    assert refused.value.code == "fonts_missing"
